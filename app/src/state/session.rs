//! Who is signed in.

use leptos::prelude::*;
use model::{Account, Permission, ProblemKind};

use crate::api::{self, Answer};
use crate::routes;

/// Who is signed in.
#[derive(Debug, Clone, Copy)]
pub struct Session {
    /// The answer itself; to be read below a `Suspense` only.
    pub resource: Resource<Answer<Account>>,
    account: RwSignal<Option<Account>>,
}

impl Session {
    /// Asks who is signed in and provides the answer to everything below.
    pub fn provide() -> Self {
        let session = Self { resource: Resource::new(|| (), |()| api::session()), account: RwSignal::new(None) };
        provide_context(session);
        Effect::new(move || match session.resource.get() {
            Some(Ok(account)) => session.account.set(Some(account)),
            Some(Err(error)) if error.0.kind == ProblemKind::Unauthenticated => sign_in_again(),
            _ => {}
        });
        session
    }

    /// The session that is provided, if there is one.
    pub fn here() -> Option<Self> {
        use_context()
    }

    /// The account, once the browser has taken over. Reactive, and safe to read anywhere: what depends on it appears
    /// when it can be used.
    pub fn account(self) -> Option<Account> {
        self.account.get()
    }

    /// Whether the one who is signed in may do this. Only decides what is shown: the server decides what is done.
    pub fn may(self, permission: Permission) -> bool {
        self.account.with(|account| account.as_ref().is_some_and(|account| account.role.may(permission)))
    }

    /// The same of the session that is provided.
    pub fn allows(permission: Permission) -> Signal<bool> {
        let session = Self::here();
        Signal::derive(move || session.is_some_and(|session| session.may(permission)))
    }
}

/// Leads to the sign-in page and from there back to where we are. For effects and event handlers.
pub fn sign_in_again() {
    let location = window().location();
    let path = location.pathname().unwrap_or_default();
    if path == routes::LOGIN {
        return;
    }
    let here = path + &location.search().unwrap_or_default();
    let _ = location.set_href(&routes::login(&here));
}
