//! Who is signed in, and what becomes of a page whose session ends.
//!
//! A call that is answered with 401 was refused before anything was done: it waits until whoever opened the page has signed
//! in again, and is then sent once more. What called knows nothing of it, and nothing that was typed is lost.

use std::cell::Cell;
use std::future::pending;

use futures::channel::oneshot;
use leptos::prelude::*;
use model::{Account, Permission, Problem};

use crate::api::{self, Answer};
use crate::routes;

thread_local! {
    /// The session of the page, in a browser: calls have no owner that could provide it.
    static HERE: Cell<Option<Session>> = const { Cell::new(None) };
}

/// Who is signed in.
#[derive(Debug, Clone, Copy)]
pub struct Session {
    /// The answer itself; to be read below a `Suspense` only.
    pub resource: Resource<Answer<Account>>,
    account: RwSignal<Option<Account>>,
    /// Why calls wait for somebody to sign in again, if they do.
    ended: RwSignal<Option<Problem>>,
    waiting: StoredValue<Vec<oneshot::Sender<()>>>,
}

impl Session {
    /// Asks who is signed in and provides the answer to everything below.
    pub fn provide() -> Self {
        let session = Self {
            resource: Resource::new(|| (), |()| api::session()),
            account: RwSignal::new(None),
            ended: RwSignal::new(None),
            waiting: StoredValue::new(Vec::new()),
        };
        provide_context(session);
        Effect::new(move || {
            HERE.set(Some(session));
            if let Some(Ok(account)) = session.resource.get() {
                session.account.set(Some(account));
            }
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

    /// The same, for event handlers and what is made once.
    pub fn account_untracked(self) -> Option<Account> {
        self.account.get_untracked()
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

    /// Why calls wait for somebody to sign in again, if they do.
    pub fn ended(self) -> Option<Problem> {
        self.ended.get()
    }

    /// Whoever opened the page has signed in again: what waits goes on, and acts with the role that they have now.
    pub fn resume(self, account: Account) {
        self.account.set(Some(account));
        self.ended.set(None);
        for call in self.waiting.try_update_value(std::mem::take).unwrap_or_default() {
            let _ = call.send(());
        }
    }
}

/// Whose page it is, as far as that is known: calls say so, and nobody else may act in their name.
pub fn whose_page() -> Option<String> {
    HERE.get()?.account.try_with_untracked(|account| account.as_ref().map(|account| account.name.to_string()))?
}

/// Waits until whoever opened the page has signed in again. A page of nobody is left for the sign-in page.
pub async fn signed_in_again(problem: Problem) {
    let (done, waiting) = oneshot::channel();
    if let Some(session) = HERE.get().filter(|_| whose_page().is_some()) {
        session.waiting.try_update_value(|calls| calls.push(done));
        // Once: the question that stands there already, and what is typed into it, stays.
        if session.ended.try_get_untracked().flatten().is_none() {
            session.ended.try_set(Some(problem));
        }
        let _ = waiting.await;
    } else {
        let _ = window().location().set_href(&routes::login(&here()));
        pending::<()>().await;
    }
}

/// Where we are, as a path with what belongs to it.
pub fn here() -> String {
    let location = window().location();
    location.pathname().unwrap_or_default() + &location.search().unwrap_or_default()
}
