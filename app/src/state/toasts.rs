//! Short notices: what was done, what failed, and the way back.

use std::time::Duration;

use leptos::prelude::*;
use leptos::task::spawn_local;
use model::{Problem, SubnetKey};

use crate::api::Answer;

/// What a notice is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ToastKind {
    /// It is done.
    Done,
    /// Done, but look at it.
    Warning,
    /// It failed.
    Failed,
}

/// Something that can be done about a notice.
#[derive(Clone)]
pub struct ToastAction {
    /// What the button says, as "Undo".
    pub label: &'static str,
    /// What it does.
    pub run: Callback<()>,
    /// Asked whenever something changes that may stand against it.
    pub recheck: Option<Recheck>,
}

/// Finds out whether what a notice offers can still be done, and has it withdrawn where it cannot.
#[derive(Clone)]
pub struct Recheck {
    /// Changes of this subnet may stand against it.
    pub subnet: SubnetKey,
    /// Called with the number of the notice.
    pub run: Callback<u64>,
}

impl Recheck {
    /// Asks that, which answers whether it can still be done.
    pub fn new<F>(toasts: Toasts, subnet: SubnetKey, ask: impl Fn() -> F + Send + Sync + 'static) -> Self
    where
        F: Future<Output = Answer<bool>> + 'static,
    {
        let run = Callback::new(move |id| {
            let asked = ask();
            spawn_local(async move {
                // Without an answer it stays: it may be possible again.
                if matches!(asked.await, Ok(false)) {
                    toasts.dismiss(id);
                }
            });
        });
        Self { subnet, run }
    }
}

impl ToastAction {
    /// “Undo”, for as long as that is possible.
    pub fn undo(run: Callback<()>, recheck: Recheck) -> Self {
        Self { label: "Undo", run, recheck: Some(recheck) }
    }
}

/// A notice.
#[derive(Clone)]
pub struct Toast {
    /// Tells it from the others.
    pub id: u64,
    /// What it is about.
    pub kind: ToastKind,
    /// What it says.
    pub text: String,
    /// What can be done about it.
    pub action: Option<ToastAction>,
}

/// The notices that are on the screen, the newest last.
#[derive(Clone, Copy)]
pub struct Toasts {
    list: RwSignal<Vec<Toast>>,
    next: StoredValue<u64>,
}

impl Toasts {
    /// How long a notice stays.
    const STAY: Duration = Duration::from_secs(8);
    /// How long a notice stays that offers something.
    const STAY_WITH_ACTION: Duration = Duration::from_secs(30);

    /// Provides an empty list to everything below.
    pub fn provide() -> Self {
        let toasts = Self { list: RwSignal::new(Vec::new()), next: StoredValue::new(0) };
        provide_context(toasts);
        toasts
    }

    /// The list that is provided.
    pub fn here() -> Self {
        use_context().unwrap_or_else(Self::provide)
    }

    /// Shows a notice for a while. For effects and event handlers.
    pub fn push(self, kind: ToastKind, text: impl Into<String>, action: Option<ToastAction>) {
        let id = self.next.get_value();
        self.next.set_value(id + 1);
        let stay = if action.is_some() { Self::STAY_WITH_ACTION } else { Self::STAY };
        self.list.update(|list| list.push(Toast { id, kind, text: text.into(), action }));
        set_timeout(move || self.dismiss(id), stay);
    }

    /// Says that something is done.
    pub fn done(self, text: impl Into<String>) {
        self.push(ToastKind::Done, text, None);
    }

    /// Says that something failed.
    pub fn failed(self, problem: &Problem) {
        self.push(ToastKind::Failed, problem.in_full(), None);
    }

    /// Takes a notice away.
    pub fn dismiss(self, id: u64) {
        self.list.try_update(|list| list.retain(|toast| toast.id != id));
    }

    /// The notices.
    pub fn list(self) -> Vec<Toast> {
        self.list.get()
    }
}
