//! The next free address.

use leptos::prelude::*;
use leptos::task::spawn_local;
use model::{Problem, Suggestion, Timestamp};

use super::next::Choice;
use super::{Form, Task};
use crate::api;
use crate::forms::draft::{Draft, Input};

/// Where the address in the form comes from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Suggested {
    /// Typed by the user.
    Nothing,
    /// One is being looked for.
    Asked,
    /// It was suggested, and is held until then.
    Given(Option<Timestamp>),
    /// None could be suggested.
    Failed(Box<Problem>),
}

impl Suggested {
    /// What stands beneath the address.
    pub(super) fn in_words(&self) -> Option<String> {
        match self {
            Self::Nothing | Self::Asked => None,
            Self::Given(Some(until)) => {
                let until = until.to_string();
                Some(format!("free, on hold for you until {} UTC", until.get(11..16).unwrap_or_default()))
            }
            Self::Given(None) => Some("this client already has it".to_owned()),
            Self::Failed(problem) => Some(format!("{} {}", problem.text, problem.advice)),
        }
    }
}

/// Asks by itself when only the address is missing: after pasting a MAC address, Enter is enough.
pub(super) fn offer(form: Form) {
    let creates = form.is_new() && form.choice.get_untracked() == Choice::Lowest;
    let untouched = form.suggested.with_untracked(|suggested| *suggested == Suggested::Nothing)
        && !form.left.with_untracked(|left| left.contains(&Input::Address));
    let missing =
        form.draft.with_untracked(|draft| draft.identifier().is_some() && draft.text(Input::Address).trim().is_empty());
    if creates && untouched && missing {
        ask(form);
    }
}

/// Asks for a free address where the form was opened for.
pub(super) fn ask(form: Form) {
    let range = form.task.with_value(|task| match task {
        Task::Create { range, .. } => *range,
        Task::Edit(_) => None,
    });
    let subnet = form.subnet.with_value(|subnet| subnet.key.clone());
    let client = form.draft.with_untracked(Draft::identifier);
    form.suggested.set(Suggested::Asked);
    spawn_local(async move {
        let answer = api::suggest_address(subnet, range, client).await;
        // Typed over meanwhile, or closed: the typing counts.
        if form.suggested.try_with_untracked(|suggested| *suggested == Suggested::Asked) != Some(true) {
            return;
        }
        match answer {
            Ok(Suggestion { address, held_until }) => {
                form.draft.update(|draft| draft.set(Input::Address, address.to_string()));
                form.suggested.set(Suggested::Given(held_until));
            }
            Err(error) => form.suggested.set(Suggested::Failed(Box::new(error.0))),
        }
        if form.hurried.try_update_value(std::mem::take) == Some(true) {
            form.submit();
        }
    });
}
