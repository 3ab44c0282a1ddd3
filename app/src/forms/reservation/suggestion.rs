//! The next free address.

use leptos::prelude::*;
use leptos::task::spawn_local;
use model::{Problem, Suggestion, Timestamp};

use super::next::Choice;
use super::{Form, Task, fields};
use crate::api;
use crate::forms::draft::{Draft, Input};

/// Where the address in the form comes from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Suggested {
    /// Typed by the user.
    Nothing,
    /// One is being looked for.
    Asked,
    /// It was found while somebody was at the field: it is filled in when they leave it empty.
    Offered(Suggestion),
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
            Self::Offered(Suggestion { address, .. }) => {
                Some(format!("{address} is free: leave the field empty to take it"))
            }
            Self::Given(Some(until)) => Some(format!("free, on hold for you until {until}")),
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
            // Nobody finds something else in the field than what they are just typing.
            Ok(suggestion) if fields::has_focus(Input::Address.name()) => {
                form.suggested.set(Suggested::Offered(suggestion));
            }
            Ok(suggestion) => fill_in(form, &suggestion),
            Err(error) => form.suggested.set(Suggested::Failed(Box::new(error.0))),
        }
        if form.hurried.try_update_value(std::mem::take) == Some(true) {
            form.submit();
        }
    });
}

fn fill_in(form: Form, suggestion: &Suggestion) {
    form.draft.update(|draft| draft.set(Input::Address, suggestion.address.to_string()));
    form.suggested.set(Suggested::Given(suggestion.held_until));
}

/// Nobody is at the field any more: what was offered meanwhile is filled in, unless something was typed.
pub(super) fn take_offered(form: Form) {
    if let Suggested::Offered(suggestion) = form.suggested.get_untracked() {
        fill_in(form, &suggestion);
    }
}
