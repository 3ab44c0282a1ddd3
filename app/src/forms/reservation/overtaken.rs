//! Somebody else changed the reservation while its form is open.

use leptos::prelude::*;
use leptos::task::spawn_local;
use model::{Content, ProblemKind, Reservation};

use super::{Choice, Form, Task};
use crate::api;
use crate::components::overtaken::{Overtaken, Way};
use crate::forms::Draft;
use crate::live::Live;

/// How the reservation is now that others changed; none of it: it is gone.
pub(super) type Theirs = Option<Box<Reservation>>;

/// Looks again whenever something in the subnet changes.
pub(super) fn watch(form: Form) {
    let live = Live::here();
    Effect::new(move |before: Option<u64>| {
        let Some(seen) = form.seen() else { return 0 };
        let version = live.subnet_version(&seen.subnet);
        if before.is_some_and(|before| before != version) {
            look(form);
        }
        version
    });
}

/// Asks how the reservation is now, and takes over what is news. The form's own change is none.
pub(super) fn look(form: Form) {
    let Some(seen) = form.seen() else { return };
    spawn_local(async move {
        let now = match api::get_reservation(seen.key()).await {
            Ok(now) => Some(Box::new(now)),
            Err(error) if error.0.kind == ProblemKind::NotFound => None,
            // What fails here fails in earnest, with words, when it is saved.
            Err(_) => return,
        };
        if form.saving.try_get_untracked() == Some(false) {
            form.take_news(&seen, now);
        }
    });
}

impl Form {
    fn take_news(self, seen: &Reservation, now: Theirs) {
        match now {
            // The other of two copies: this one was not asked for.
            Some(now) if now.storage != seen.storage => {}
            Some(now) if now.is_equivalent_to(seen) => self.theirs.set(None),
            // Nothing is typed that could be lost.
            Some(now) if !self.is_typed_in() => self.start_from(&now, Draft::of_reservation(&now, self.family())),
            now => {
                self.problem.set(None);
                self.theirs.set(Some(now));
            }
        }
    }

    fn start_from(self, now: &Reservation, draft: Draft) {
        self.task.set_value(Task::Edit(Box::new(now.clone())));
        self.draft.set(draft);
        self.theirs.set(None);
        self.problem.set(None);
    }

    fn go(self, way: Way) {
        let Some(theirs) = self.theirs.get_untracked() else { return };
        let typed = self.draft.get_untracked();
        match theirs {
            Some(now) if way == Way::Theirs => self.start_from(&now, Draft::of_reservation(&now, self.family())),
            Some(now) => self.start_from(&now, typed.onto(&now)),
            None => {
                self.task.set_value(Task::Create { draft: Box::new(typed), range: None });
                self.choice.set(Choice::Nothing);
                self.theirs.set(None);
            }
        }
        if way == Way::Mine {
            self.submit();
        }
    }

    /// What is typed, on top of what others made of it, if it could be saved.
    fn mine(self, theirs: &Theirs) -> Option<Reservation> {
        let draft = self.draft.with(|draft| theirs.as_ref().map_or_else(|| draft.clone(), |now| draft.onto(now)));
        let new = self.subnet.with_value(|subnet| draft.check(subnet)).ok()?;
        let storage = self.seen().map(|seen| seen.storage)?;
        Some(new.over(theirs.as_deref(), storage))
    }
}

/// What others made of it beside what is typed, if they did.
#[component]
pub(super) fn News(form: Form) -> impl IntoView {
    move || {
        let theirs = form.theirs.get()?;
        let seen = Content::from(form.seen()?);
        let mine = form.mine(&theirs).map(Content::from);
        let theirs = theirs.map(|now| Content::from(*now));
        Some(view! { <Overtaken theirs mine seen on_way=move |way| form.go(way)/> })
    }
}
