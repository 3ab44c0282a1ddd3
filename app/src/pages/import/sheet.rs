//! The table that is being worked on.

use std::cell::RefCell;

use leptos::prelude::*;
use leptos::task::spawn_local;
use model::{Permission, Problem, SubnetKey, Table};

use super::words::{Lot, unfit};
use crate::api;
use crate::live::Live;
use crate::state::{Session, ToastKind, Toasts};

/// What was sent, and what came back.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Answered {
    /// Tells it from others.
    pub(super) number: u32,
    pub(super) text: String,
    pub(super) subnet: Option<SubnetKey>,
    pub(super) table: Table,
    /// Whether it was applied, not only checked.
    pub(super) applied: bool,
}

/// What is being done.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Doing {
    Nothing,
    Checking,
    Applying,
}

/// What is said when the page is left with something on it.
const KEPT: &str =
    "The CSV data was not imported. It is kept on the import page until you close or reload the console.";

/// What the parts of the page share.
#[derive(Clone, Copy)]
pub(super) struct Sheet {
    pub(super) text: RwSignal<String>,
    /// For rows that name no subnet.
    pub(super) subnet: RwSignal<Option<SubnetKey>>,
    pub(super) answered: RwSignal<Option<Answered>>,
    pub(super) doing: RwSignal<Doing>,
    pub(super) problem: RwSignal<Option<Problem>>,
    /// The rows that are shown; none: all.
    pub(super) lot: RwSignal<Option<Lot>>,
    /// Whether the user is about to apply it.
    pub(super) asking: RwSignal<bool>,
    pub(super) may_apply: Signal<bool>,
    live: Live,
}

/// What was worked on and not applied when the page was left.
struct Left {
    text: String,
    subnet: Option<SubnetKey>,
    answered: Option<Answered>,
}

thread_local! {
    /// In a browser, what the page takes up again when somebody comes back to it. The server has nothing to leave.
    static LEFT: RefCell<Option<Left>> = const { RefCell::new(None) };
}

/// The subnet that was chosen when the page was left with something on it.
pub(super) fn left_subnet() -> Option<SubnetKey> {
    LEFT.with_borrow(|left| left.as_ref()?.subnet.clone())
}

impl Sheet {
    /// What was left on the page, else an empty one. It is left there again when the current owner goes.
    pub(super) fn here(subnet: Option<SubnetKey>) -> Self {
        let (text, answered) = LEFT.take().map(|left| (left.text, left.answered)).unwrap_or_default();
        let sheet = Self::new(text, subnet, answered);
        let toasts = Toasts::here();
        on_cleanup(move || {
            if sheet.is_unsaved() {
                let Self { text, subnet, answered, .. } = sheet;
                let (text, subnet) = (text.get_untracked(), subnet.get_untracked());
                LEFT.set(Some(Left { text, subnet, answered: answered.get_untracked() }));
                toasts.push(ToastKind::Warning, KEPT, None);
            }
        });
        sheet
    }

    fn new(text: String, subnet: Option<SubnetKey>, answered: Option<Answered>) -> Self {
        Self {
            text: RwSignal::new(text),
            subnet: RwSignal::new(subnet),
            answered: RwSignal::new(answered),
            doing: RwSignal::new(Doing::Nothing),
            problem: RwSignal::new(None),
            lot: RwSignal::new(None),
            asking: RwSignal::new(false),
            may_apply: Session::allows(Permission::Reserve),
            live: Live::here(),
        }
    }

    /// Whether what came back is no longer what stands in the fields.
    pub(super) fn is_outdated(self) -> bool {
        self.answered.with(|answered| {
            answered.as_ref().is_some_and(|answered| {
                self.text.with(|text| *text != answered.text) || self.subnet.with(|subnet| *subnet != answered.subnet)
            })
        })
    }

    /// Whether there is a table that was not applied as it stands.
    pub(super) fn is_unsaved(self) -> bool {
        let applied = untrack(|| self.answered.with(|answered| answered.as_ref().is_some_and(|it| it.applied)));
        !self.text.with_untracked(|text| text.trim().is_empty()) && (!applied || untrack(|| self.is_outdated()))
    }

    /// Checks what has just come as a whole, pasted or out of a file: nothing is changed by that. For event handlers.
    pub(super) fn check_all(self) {
        let is_whole = self.text.try_with_untracked(|text| text.trim().lines().count() > 1);
        if is_whole == Some(true) && self.doing.get_untracked() == Doing::Nothing {
            self.check();
        }
    }

    /// Asks what each row would do. For event handlers.
    pub(super) fn check(self) {
        let (text, subnet) = (self.text.get_untracked(), self.subnet.get_untracked());
        if let Some(problem) = unfit(&text) {
            self.problem.set(Some(problem));
            return;
        }
        self.start(Doing::Checking);
        spawn_local(async move {
            let answer = api::check_table(text.clone(), subnet.clone()).await;
            self.finish(answer, text, subnet, false);
        });
    }

    /// Applies what was checked, and nothing else. For event handlers.
    pub(super) fn apply(self) {
        let Some(Answered { text, subnet, .. }) = self.answered.get_untracked() else { return };
        self.start(Doing::Applying);
        spawn_local(async move {
            let answer = api::apply_table(text.clone(), subnet.clone()).await;
            self.asking.try_set(false);
            self.finish(answer, text, subnet, true);
            self.live.changed(None);
        });
    }

    fn start(self, doing: Doing) {
        self.problem.set(None);
        self.doing.set(doing);
    }

    fn finish(self, answer: api::Answer<Table>, text: String, subnet: Option<SubnetKey>, applied: bool) {
        self.doing.try_set(Doing::Nothing);
        match answer {
            Ok(table) => {
                self.lot.try_set(None);
                self.answered.try_update(|answered| {
                    let number = answered.as_ref().map_or(0, |before| before.number + 1);
                    *answered = Some(Answered { number, text, subnet, table, applied });
                });
            }
            Err(error) => {
                self.problem.try_set(Some(error.0));
            }
        }
    }
}
