//! The form for one reservation, in a drawer: made from nothing, from a lease, in a gap, or changed.
#![allow(unreachable_pub, reason = "the component macro makes every component `pub`")]
#![allow(
    clippy::large_types_passed_by_value,
    reason = "what is shared is a handful of handles, large in debug builds only"
)]

mod classes;
mod fields;
mod next;
mod options;
mod overtaken;
mod suggestion;
mod verdict;

use std::net::IpAddr;

use leptos::callback::Callable;
use leptos::ev;
use leptos::prelude::*;
use leptos::task::spawn_local;
use model::{
    AddressRange, Applied, Conflict, Family, FieldError, NewReservation, Problem, ProblemKind, Reservation, ServerName,
    Severity, Storage, StorageInfo, Subnet,
};

use self::fields::Fields;
use self::next::{Choice, Sent};
use self::overtaken::{News, Theirs};
use self::suggestion::Suggested;
use super::discard::Discard;
use super::draft::{Draft, Input};
use super::outcome::{ChangeProblem, Notices};
use crate::api::{self, Answer};
use crate::components::drawer::Drawer;
use crate::components::opened::Opened;
use crate::components::overtaken::WAITS;
use crate::components::unsaved::ask_before_leaving;

/// What the form is opened for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Task {
    /// A new reservation.
    Create {
        /// What is filled in already.
        draft: Box<Draft>,
        /// Where a free address is looked for; none: anywhere in the subnet.
        range: Option<AddressRange>,
    },
    /// A change of this one.
    Edit(Box<Reservation>),
}

impl Task {
    fn draft(&self, family: Family) -> Draft {
        match self {
            Self::Create { draft, .. } => (**draft).clone(),
            Self::Edit(seen) => Draft::of_reservation(seen, family),
        }
    }

    fn title(&self) -> &'static str {
        match self {
            Self::Create { .. } => "Reserve an address",
            Self::Edit(_) => "Edit reservation",
        }
    }
}

/// What the parts of the form share.
#[derive(Clone, Copy)]
struct Form {
    subnet: StoredValue<Subnet>,
    task: StoredValue<Task>,
    draft: RwSignal<Draft>,
    /// What the draft asks for, or what is wrong with it.
    checked: Memo<Result<NewReservation, Vec<FieldError>>>,
    /// The fields whose faults are shown: those of a field that is still being typed are not.
    left: RwSignal<Vec<Input>>,
    /// The options, by row, whose faults are shown.
    touched: RwSignal<Vec<u32>>,
    /// What an empty address means.
    choice: RwSignal<Choice>,
    /// The address that was reserved last on this page.
    last: RwSignal<Option<IpAddr>>,
    /// What the server was asked last to choose an address for.
    sent: StoredValue<Sent>,
    suggested: RwSignal<Suggested>,
    conflicts: RwSignal<Vec<Conflict>>,
    kept: RwSignal<Option<Answer<StorageInfo>>>,
    /// What others made of the reservation meanwhile, while the user has yet to say how to go on.
    theirs: RwSignal<Option<Theirs>>,
    /// Why the last try to save failed.
    problem: RwSignal<Option<Problem>>,
    saving: RwSignal<bool>,
    /// Save as soon as the suggestion is there.
    hurried: StoredValue<bool>,
    on_close: Callback<()>,
    notices: StoredValue<Notices>,
}

impl Form {
    fn new(subnet: Subnet, task: Task, last: RwSignal<Option<IpAddr>>, on_close: Callback<()>) -> Self {
        let draft = RwSignal::new(task.draft(subnet.family()));
        // A client that keeps its prefix asks for no address beside it.
        let prefix_alone = draft.with_untracked(|draft| !draft.text(Input::Prefixes).is_empty());
        let choice = RwSignal::new(if prefix_alone { Choice::Nothing } else { Choice::Lowest });
        let notices = StoredValue::new(Notices::here(subnet.key.clone()));
        let subnet = StoredValue::new(subnet);
        let is_new = matches!(task, Task::Create { .. });
        let checked = Memo::new(move |_| {
            let chosen = is_new && choice.get() != Choice::Nothing;
            subnet.with_value(|subnet| {
                draft.with(|draft| if chosen { draft.check_without_address(subnet) } else { draft.check(subnet) })
            })
        });
        Self {
            subnet,
            task: StoredValue::new(task),
            draft,
            checked,
            left: RwSignal::new(Vec::new()),
            touched: RwSignal::new(Vec::new()),
            choice,
            last,
            sent: StoredValue::new(None),
            suggested: RwSignal::new(Suggested::Nothing),
            conflicts: RwSignal::new(Vec::new()),
            kept: RwSignal::new(None),
            theirs: RwSignal::new(None),
            problem: RwSignal::new(None),
            saving: RwSignal::new(false),
            hurried: StoredValue::new(false),
            on_close,
            notices,
        }
    }

    fn is_new(self) -> bool {
        self.task.with_value(|task| matches!(task, Task::Create { .. }))
    }

    /// The reservation that is changed, if one is.
    fn seen(self) -> Option<Reservation> {
        self.task.with_value(|task| match task {
            Task::Edit(seen) => Some((**seen).clone()),
            Task::Create { .. } => None,
        })
    }

    fn is_typed_in(self) -> bool {
        self.task.with_value(|task| self.draft.with_untracked(|draft| *draft != task.draft(self.family())))
    }

    fn family(self) -> Family {
        self.subnet.with_value(Subnet::family)
    }

    fn blocked(self) -> bool {
        self.conflicts.with(|conflicts| conflicts.iter().any(|conflict| conflict.severity == Severity::Blocks))
    }

    /// Whether what was asked for is done, or may be: asking again would be wrong.
    fn is_over(self) -> bool {
        let kind = self.problem.with(|problem| problem.as_ref().map(|problem| problem.kind));
        match kind {
            Some(ProblemKind::NotSaved) => true,
            Some(ProblemKind::Unknown) => !self.chooses(),
            _ => false,
        }
    }

    /// Whether an answer was lost that can be had again: the server knows the request by its mark.
    fn may_ask_again(self) -> bool {
        self.chooses() && self.problem.with(|problem| problem.as_ref().is_some_and(is_lost))
    }

    /// Puts the focus on the field of that name; of options on the first that is wrong.
    fn focus(self, field: &str) {
        let wrong = self.draft.with_untracked(|draft| {
            draft.options.iter().map(|row| row.id).find(|id| draft.option_fault(*id).is_some())
        });
        match wrong {
            Some(id) if field == "options" => fields::focus(&format!("option-{id}")),
            _ => fields::focus(field),
        }
    }

    /// Saves what is filled in, if it can be; shows what is in the way, if not.
    fn submit(self) {
        if self.saving.get_untracked() || self.theirs.with_untracked(Option::is_some) || untrack(|| self.is_over()) {
            return;
        }
        if self.suggested.with_untracked(|suggested| *suggested == Suggested::Asked) {
            self.hurried.set_value(true);
            return;
        }
        match self.checked.get_untracked() {
            Err(faults) => {
                self.left.set(Input::ALL.to_vec());
                self.touched.set(self.draft.with_untracked(|draft| draft.options.iter().map(|row| row.id).collect()));
                self.focus(faults.first().map_or("identifier", |fault| fault.field.as_str()));
            }
            Ok(_) if untrack(|| self.blocked()) => {}
            Ok(new) if self.seen().is_some_and(|seen| seen.matches(&new)) => self.on_close.run(()),
            Ok(new) => {
                self.saving.set(true);
                self.problem.set(None);
                spawn_local(self.save(new));
            }
        }
    }

    async fn save(self, new: NewReservation) {
        let (seen, notices, last) = (self.seen(), self.notices.get_value(), self.last);
        let answer = match &seen {
            Some(seen) => api::update_reservation(seen.clone(), new.clone()).await,
            None if untrack(|| self.chooses()) => api::reserve_next(self.request(new.clone())).await,
            None => api::create_reservation(new.clone()).await,
        };
        self.saving.try_set(false);
        match answer {
            Ok(applied) => {
                if let Some(address) =
                    applied.reservation.as_ref().and_then(|made| made.address).filter(|_| seen.is_none())
                {
                    last.try_set(Some(address));
                }
                notify(&notices, seen.is_some(), &new, &applied);
                self.on_close.try_run(());
            }
            // A user who has left the page in the meantime hears of it all the same.
            Err(error) => {
                let overtaken = matches!(error.0.kind, ProblemKind::Stale | ProblemKind::NotFound) && seen.is_some();
                if self.problem.try_set(Some(error.0.clone())).is_some() {
                    notices.failed(&error.0);
                } else if let Some(fault) = error.0.fields.first() {
                    fields::focus(&fault.field);
                } else if overtaken {
                    overtaken::look(self);
                }
                // An answer that was not lost is final: what is tried next is another request.
                if !is_lost(&error.0) {
                    self.sent.try_update_value(Option::take);
                }
            }
        }
    }
}

/// Whether the server may have done what it did not answer for.
fn is_lost(problem: &Problem) -> bool {
    matches!(problem.kind, ProblemKind::Unknown | ProblemKind::Unreachable)
}

/// Says what was made or changed.
fn notify(notices: &Notices, changed: bool, new: &NewReservation, applied: &Applied) {
    let client = &new.identifier;
    let made = applied.reservation.clone().unwrap_or_else(|| new.over(None, Storage::Configuration));
    let what = Some(made.what()).filter(|what| !what.is_empty());
    let what = what.map_or_else(|| client.to_string(), |what| format!("{what} for {client}"));
    if changed {
        let undone = format!("The reservation for {client} is restored.");
        notices.done(&format!("Changed the reservation: {what}."), undone, applied);
    } else {
        let undone = format!("The reservation for {client} is removed again.");
        notices.done(&format!("Reserved {what}."), undone, applied);
    }
}

/// The form in its drawer. It is open for as long as it is there.
#[component]
pub fn ReservationDrawer(
    /// The subnet.
    subnet: Subnet,
    /// What it is opened for.
    task: Task,
    /// The address that was reserved last on this page.
    last: RwSignal<Option<IpAddr>>,
    /// What it is open by.
    opened: Opened,
    /// It is over, one way or the other.
    #[prop(into)]
    on_close: Callback<()>,
) -> impl IntoView {
    let title = task.title();
    let key = subnet.key.clone();
    let form = Form::new(subnet, task, last, on_close);
    let asking = RwSignal::new(false);
    let unsaved = move || form.is_typed_in() && !untrack(|| form.is_over());
    let may_close = Callback::new(move |()| {
        asking.set(unsaved());
        !unsaved()
    });
    let close = move |()| {
        if may_close.run(()) {
            on_close.run(());
        }
    };
    opened.keep_while(may_close);
    verdict::watch(form);
    overtaken::watch(form);
    ask_before_leaving(unsaved);
    ask_where(form);
    let on_submit = move |event: ev::SubmitEvent| {
        event.prevent_default();
        form.submit();
    };
    view! {
        <Drawer title on_close=close>
            <form class="drawer-form" data-testid="reservation-form" novalidate on:submit=on_submit>
                <div class="drawer-body">
                    <Place form/>
                    <Fields form/>
                    <News form/>
                    <Show when=move || form.problem.with(|problem| problem.as_ref().is_some_and(needs_box))>
                        <ChangeProblem
                            problem=form.problem
                            subnet=key.clone()
                            on_saved=move |()| on_close.run(())
                        />
                    </Show>
                </div>
                <Foot form close=Callback::new(close)/>
            </form>
            <Discard asking on_discard=on_close/>
        </Drawer>
    }
}

/// A problem whose whole content stands at the fields needs no box.
fn needs_box(problem: &Problem) -> bool {
    problem.kind != ProblemKind::Invalid || problem.fields.is_empty() || !problem.conflicts.is_empty()
}

/// Where the reservation goes: subnet, and the part of it that was chosen.
#[component]
fn Place(form: Form) -> impl IntoView {
    let named = |subnet: &Subnet| subnet.name.clone().filter(|_| !subnet.key.is_global());
    let subnet = form.subnet.with_value(|subnet| (subnet.heading(), named(subnet)));
    let range = form.task.with_value(|task| match task {
        Task::Create { range, .. } => *range,
        Task::Edit(_) => None,
    });
    view! {
        <p class="drawer-place">
            "in "
            <span class="mono">{subnet.0}</span>
            {subnet.1.map(|name| format!(" ({name})"))}
            {range.map(|range| view! { ", between "<span class="mono">{range.to_string()}</span> })}
        </p>
    }
}

#[component]
fn Foot(form: Form, close: Callback<()>) -> impl IntoView {
    let label = move || {
        if form.saving.get() {
            "Saving …"
        } else if !form.is_new() {
            "Save"
        } else if form.may_ask_again() {
            "Try again"
        } else if form.chooses() {
            "Reserve next free"
        } else {
            "Reserve"
        }
    };
    let off = move || form.saving.get() || form.blocked() || form.theirs.with(Option::is_some);
    view! {
        <footer class="drawer-foot">
            <KeptLine form/>
            <Show
                when=move || form.is_over()
                fallback=move || {
                    view! {
                        <button type="button" class="button" on:click=move |_| close.run(())>
                            "Cancel"
                        </button>
                        <button type="submit" class="button button-primary" data-testid="save-button" disabled=off>
                            {label}
                        </button>
                    }
                }
            >
                <button type="button" class="button" on:click=move |_| close.run(())>
                    "Close"
                </button>
            </Show>
        </footer>
    }
}

/// Where it will be kept, unless it cannot be saved because someone else changed it.
#[component]
fn KeptLine(form: Form) -> impl IntoView {
    let line = move || {
        if form.theirs.with(Option::is_some) {
            return Some((WAITS.to_owned(), "storage-line is-trouble"));
        }
        Some(match form.kept.get()? {
            Ok(kept) => (in_words(&kept), "storage-line"),
            Err(error) => (format!("{} {}", error.0.text, error.0.advice), "storage-line is-trouble"),
        })
    };
    move || line().map(|(text, class)| view! { <p class=class>{text}</p> })
}

fn in_words(kept: &StorageInfo) -> String {
    let place = match kept.storage {
        Storage::Configuration => "Kea’s configuration",
        Storage::Database => "Kea’s host database",
    };
    let named = |servers: &[ServerName]| servers.iter().map(ToString::to_string).collect::<Vec<_>>().join(" and ");
    let also = if kept.also_on.is_empty() { String::new() } else { format!(", also on {}", named(&kept.also_on)) };
    let first = if kept.first_save.is_empty() {
        String::new()
    } else {
        let servers = named(&kept.first_save);
        format!(" This may be the first save on {servers}: comments and includes in Kea’s file are lost. Keep a copy.")
    };
    format!("Saved to {place}{also}.{first}")
}

/// Finds out where the reservation will be kept, or is.
fn ask_where(form: Form) {
    Effect::new(move || {
        let server = form.subnet.with_value(|subnet| subnet.key.server.clone());
        let storage = form.seen().map(|seen| seen.storage);
        spawn_local(async move {
            let answer = api::reservation_storage(server, storage).await;
            form.kept.try_set(Some(answer));
        });
    });
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn who_gets_it_too_is_named() {
        let said = |names: &[&str]| {
            let also_on = names.iter().map(|name| name.parse().unwrap()).collect();
            in_words(&StorageInfo { storage: Storage::Configuration, also_on, first_save: Vec::new() })
        };
        assert_eq!(said(&[]), "Saved to Kea’s configuration.");
        assert_eq!(said(&["b"]), "Saved to Kea’s configuration, also on b.");
        assert_eq!(said(&["b", "c"]), "Saved to Kea’s configuration, also on b and c.");
        let first_save = vec!["a".parse().unwrap()];
        let first = in_words(&StorageInfo { storage: Storage::Configuration, also_on: Vec::new(), first_save });
        assert!(first.contains("first save on a: comments and includes"), "{first}");
    }
}
