//! Reserving whatever address is free, in one go: the server chooses it when the form is sent.

use std::fmt::Write as _;
use std::net::IpAddr;

use leptos::prelude::*;
use model::{NewReservation, Order, ReserveNext};
use web_sys::js_sys;

use super::suggestion::{self, Suggested};
use super::{Form, Task};
use crate::forms::draft::Input;

/// What an empty address means.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Choice {
    /// The lowest free one; it is suggested, and held, as soon as the client is known.
    Lowest,
    /// Any free one.
    Random,
    /// The first free one after the one that was reserved last.
    After(IpAddr),
    /// None: names, classes and options are reserved alone.
    Nothing,
}

impl Choice {
    fn code(self) -> &'static str {
        match self {
            Self::Lowest => "lowest",
            Self::Random => "random",
            Self::After(_) => "after",
            Self::Nothing => "none",
        }
    }

    fn order(self) -> Option<Order> {
        match self {
            Self::Lowest => Some(Order::Lowest),
            Self::Random => Some(Order::Random),
            Self::After(address) => Some(Order::After(address)),
            Self::Nothing => None,
        }
    }
}

/// A request that was sent, and what stands for it.
pub(super) type Sent = Option<(ReserveNext, String)>;

impl Form {
    /// Whether the server is to choose the address.
    pub(super) fn chooses(self) -> bool {
        self.is_new()
            && self.choice.get().order().is_some()
            && self.draft.with(|draft| draft.text(Input::Address).trim().is_empty())
    }

    /// What is asked for. The very same asked again has the same mark, so that an answer that was lost can be had again
    /// without a second address.
    pub(super) fn request(self, new: NewReservation) -> ReserveNext {
        let range = self.task.with_value(|task| match task {
            Task::Create { range, .. } => *range,
            Task::Edit(_) => None,
        });
        let order = self.choice.get_untracked().order().unwrap_or_default();
        let wanted = ReserveNext { new, range, order, request: None };
        let mark = self.sent.with_value(|sent| match sent {
            Some((last, mark)) if *last == wanted => Some(mark.clone()),
            _ => None,
        });
        let mark = mark.unwrap_or_else(mark_of_its_own);
        self.sent.set_value(Some((wanted.clone(), mark.clone())));
        ReserveNext { request: Some(mark), ..wanted }
    }
}

/// Unique to this request: 128 random bits.
fn mark_of_its_own() -> String {
    (0..4).fold(String::from("form-"), |mut mark, _| {
        #[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "a random number below 2³²")]
        let part = (js_sys::Math::random() * 4_294_967_296.0) as u32;
        let _ = write!(mark, "{part:08x}");
        mark
    })
}

/// Which address is taken when none is filled in.
#[component]
pub(super) fn ChoiceField(form: Form) -> impl IntoView {
    let mut choices = vec![(Choice::Lowest, "lowest free".to_owned()), (Choice::Random, "any free".to_owned())];
    choices.extend(form.last.get_untracked().map(|last| (Choice::After(last), format!("next after {last}"))));
    choices.push((Choice::Nothing, "no address".to_owned()));
    let known: Vec<Choice> = choices.iter().map(|(choice, _)| *choice).collect();
    let on_change = move |event| {
        let code = event_target_value(&event);
        if let Some(choice) = known.iter().find(|choice| choice.code() == code) {
            choose(form, *choice);
        }
    };
    let options = choices.into_iter().map(|(choice, label)| {
        view! {
            <option value=choice.code() selected=move || form.choice.get() == choice>
                {label}
            </option>
        }
    });
    view! {
        <label class="visually-hidden" for="field-address_choice">
            "If no address is entered"
        </label>
        <select id="field-address_choice" class="input" name="address_choice" on:change=on_change>
            {options.collect::<Vec<_>>()}
        </select>
    }
}

/// What was suggested gives way to another choice; what was typed stays.
fn choose(form: Form, choice: Choice) {
    form.choice.set(choice);
    let suggested = form.suggested.with_untracked(|suggested| *suggested != Suggested::Nothing);
    if suggested {
        form.draft.update(|draft| draft.set(Input::Address, String::new()));
        form.suggested.set(Suggested::Nothing);
    }
    suggestion::offer(form);
}
