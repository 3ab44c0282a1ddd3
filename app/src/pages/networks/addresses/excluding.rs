//! Excluded ranges: adding and removing them.

use std::net::IpAddr;

use leptos::ev;
use leptos::prelude::*;
use leptos::task::spawn_local;
use model::{AddressRange, Exclusion, Problem, Subnet, SubnetKey};

use super::List;
use super::opened::{EXCLUDE, NOTHING};
use crate::api::{self, Answer};
use crate::components::dialog::{Confirm, DialogHead, Modal};
use crate::components::field::TextField;
use crate::components::problem::ProblemView;
use crate::components::unsaved::ask_before_leaving;
use crate::forms::Discard;
use crate::state::{Recheck, ToastAction, ToastKind};

impl List {
    /// Asks for the excluded ranges, now and whenever something in the subnet changes.
    pub(super) fn follow_exclusions(self) {
        Effect::new(move || {
            let Some(subnet) = self.key() else { return };
            self.live.subnet_version(&subnet);
            spawn_local(async move {
                let answer = api::list_exclusions(Some(subnet)).await;
                self.exclusions.try_set(Some(answer));
            });
        });
    }

    /// The exclusion that covers something of that range.
    pub(super) fn exclusion_of(self, range: AddressRange) -> Option<Exclusion> {
        let covers = |exclusion: &&Exclusion| exclusion.range.intersection(range).is_some();
        self.exclusions.with_untracked(|known| known.as_ref()?.as_ref().ok()?.iter().find(covers).cloned())
    }

    /// Opens the dialog that excludes addresses.
    pub(in crate::pages::networks) fn exclude(self, range: Option<AddressRange>) {
        let which = range.map(|range| format!("{}-{}", range.first(), range.last()));
        self.opened.open(EXCLUDE, which.as_deref().unwrap_or(NOTHING));
    }
}

/// The first and the last address that the address of the page names, as far as it names any.
pub(super) fn ends(which: &str) -> (String, String) {
    let (first, last) = which.split_once('-').unwrap_or_default();
    (first.to_owned(), last.to_owned())
}

/// What is wrong with what was typed.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
struct Faults {
    first: Option<String>,
    last: Option<String>,
    reason: Option<String>,
}

/// The range that was typed. One address alone needs no end.
fn checked(first: &str, last: &str, reason: &str, subnet: &Subnet) -> Result<AddressRange, Faults> {
    let address = |text: &str| match text.trim().parse::<IpAddr>() {
        Ok(address) if subnet.prefix.contains(address) => Ok(address),
        Ok(address) => Err(format!("{address} is outside of {}", subnet.prefix)),
        Err(_) => Err(format!("“{}” is not an {} address", text.trim(), subnet.family())),
    };
    let (start, end) = (address(first), Some(last).filter(|last| !last.trim().is_empty()).map(address));
    let (range, reversed) = match (&start, &end) {
        (Ok(start), None) => (Some(AddressRange::single(*start)), None),
        (Ok(start), Some(Ok(end))) => match AddressRange::new(*start, *end) {
            Ok(range) => (Some(range), None),
            Err(error) => (None, Some(error.to_string())),
        },
        _ => (None, None),
    };
    match (range, Exclusion::reason(reason).err()) {
        (Some(range), None) => Ok(range),
        (_, reason) => Err(Faults { first: start.err(), last: end.and_then(Result::err).or(reversed), reason }),
    }
}

/// The dialog that excludes addresses.
#[component]
pub(super) fn Excluding(list: List, ends: (String, String)) -> impl IntoView {
    let (start, end) = (RwSignal::new(ends.0.clone()), RwSignal::new(ends.1.clone()));
    let reason = RwSignal::new(String::new());
    let untouched = StoredValue::new([ends.0, ends.1, String::new()]);
    let shown = RwSignal::new(false);
    let busy = RwSignal::new(false);
    let problem = RwSignal::new(None::<Problem>);
    let subnet = StoredValue::new(list.summary.with_untracked(|summary| summary.subnet.clone()));
    let checked = Memo::new(move |_| {
        subnet.with_value(|subnet| checked(&start.get(), &end.get(), &reason.get(), subnet)).map_err(Box::new)
    });
    let fault = move |part: fn(&Faults) -> &Option<String>| {
        Signal::derive(move || {
            checked
                .with(|checked| checked.as_ref().err().and_then(|faults| part(faults).clone()))
                .filter(|_| shown.get())
        })
    };
    let unsaved = move || {
        let typed = [start, end, reason].map(|field| field.get_untracked());
        untouched.with_value(|untouched| typed != *untouched)
    };
    let asking = RwSignal::new(false);
    let may_close = Callback::new(move |()| {
        asking.set(unsaved());
        !unsaved()
    });
    let close = move |()| {
        if may_close.run(()) {
            list.opened.close();
        }
    };
    list.opened.keep_while(may_close);
    ask_before_leaving(unsaved);
    let on_submit = move |event: ev::SubmitEvent| {
        event.prevent_default();
        shown.set(true);
        if let (Ok(range), false) = (checked.get_untracked(), busy.get_untracked()) {
            busy.set(true);
            problem.set(None);
            spawn_local(exclude(list, range, reason.get_untracked().trim().to_owned(), busy, problem));
        }
    };
    view! {
        <Modal class="dialog" labelled_by="exclude-title" on_close=close testid="exclude-dialog">
            <DialogHead id="exclude-title" title="Exclude addresses" on_close=close/>
            <form class="dialog-form" novalidate on:submit=on_submit>
                <div class="dialog-text">
                    <p>
                        "Nestor no longer suggests or reserves these addresses, neither here nor for Foreman. Existing reservations and leases stay; Kea itself still leases addresses of its pools."
                    </p>
                    <div class="field-pair">
                        <TextField
                            name="exclude_first"
                            label="First address"
                            value=start
                            on_input=move |text| start.set(text)
                            fault=fault(|faults| &faults.first)
                            mono=true
                            first=true
                        />
                        <TextField
                            name="exclude_last"
                            label="Last address"
                            value=end
                            on_input=move |text| end.set(text)
                            fault=fault(|faults| &faults.last)
                            mono=true
                        />
                    </div>
                    <TextField
                        name="exclude_reason"
                        label="Reason (shown to others)"
                        value=reason
                        on_input=move |text| reason.set(text)
                        fault=fault(|faults| &faults.reason)
                    />
                    {move || problem.get().map(|problem| view! { <ProblemView problem/> })}
                </div>
                <footer class="dialog-foot">
                    <button type="button" class="button" on:click=move |_| close(())>
                        "Cancel"
                    </button>
                    <button
                        type="submit"
                        class="button button-change"
                        data-testid="confirm-exclude"
                        disabled=move || busy.get()
                    >
                        "Exclude"
                    </button>
                </footer>
            </form>
            <Discard asking on_discard=Callback::new(move |()| list.opened.close())/>
        </Modal>
    }
    .into_any()
}

async fn exclude(
    list: List,
    range: AddressRange,
    reason: String,
    busy: RwSignal<bool>,
    problem: RwSignal<Option<Problem>>,
) {
    let Some(subnet) = list.key() else { return };
    let (live, toasts) = (list.live, list.toasts);
    let answer = api::add_exclusion(subnet.clone(), range, reason).await;
    busy.try_set(false);
    match answer {
        Ok(()) => {
            let key = subnet.clone();
            let undo = Callback::new(move |()| {
                let key = key.clone();
                spawn_local(async move {
                    match api::remove_exclusion(key.clone(), range).await {
                        Ok(()) => toasts.done(format!("{range} is no longer excluded.")),
                        Err(error) => toasts.failed(&error.0),
                    }
                    live.changed(Some(key));
                });
            });
            let key = subnet.clone();
            let recheck = Recheck::new(toasts, subnet.clone(), move || is_excluded(key.clone(), range));
            toasts.push(ToastKind::Done, format!("{range} is excluded."), Some(ToastAction::undo(undo, recheck)));
            list.opened.close();
        }
        Err(error) => {
            if problem.try_set(Some(error.0.clone())).is_some() {
                toasts.failed(&error.0);
            }
        }
    }
    live.changed(Some(subnet));
}

/// Whether just that range is still excluded.
async fn is_excluded(subnet: SubnetKey, range: AddressRange) -> Answer<bool> {
    let known = api::list_exclusions(Some(subnet)).await?;
    Ok(known.iter().any(|exclusion| exclusion.range == range))
}

/// Asks whether an exclusion shall end, and ends it.
#[component]
pub(super) fn Including(list: List, exclusion: Exclusion) -> impl IntoView {
    let busy = RwSignal::new(false);
    let problem = RwSignal::new(None::<Problem>);
    let close = move |()| list.including.set(None);
    let Exclusion { subnet, range, reason, author, .. } = exclusion;
    let title = format!("Remove the exclusion of {range}?");
    let confirm = move |()| {
        busy.set(true);
        let (subnet, live, toasts) = (subnet.clone(), list.live, list.toasts);
        spawn_local(async move {
            let answer = api::remove_exclusion(subnet.clone(), range).await;
            busy.try_set(false);
            match answer {
                Ok(()) => {
                    toasts.done(format!("{range} is no longer excluded."));
                    list.including.try_set(None);
                }
                Err(error) => {
                    if problem.try_set(Some(error.0.clone())).is_some() {
                        toasts.failed(&error.0);
                    }
                }
            }
            live.changed(Some(subnet));
        });
    };
    view! {
        <Confirm title confirm="Remove" testid="confirm-include" harmless=true busy on_confirm=confirm on_close=close>
            <p>{format!("{author} excluded it: {reason}")}</p>
            <p>"Its free addresses can be suggested and reserved again."</p>
            {move || problem.get().map(|problem| view! { <ProblemView problem/> })}
        </Confirm>
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn subnet() -> Subnet {
        Subnet::of("main/1".parse().unwrap(), "192.0.2.0/24".parse().unwrap())
    }

    fn wrong(first: &str, last: &str, reason: &str) -> [bool; 3] {
        let Faults { first, last, reason } = checked(first, last, reason, &subnet()).unwrap_err();
        [first, last, reason].map(|fault| fault.is_some())
    }

    #[test]
    fn a_range_or_an_address_with_a_reason_is_enough() {
        let range = |first, last| checked(first, last, "old printers", &subnet()).unwrap().to_string();
        assert_eq!(range(" 192.0.2.7", "192.0.2.9 "), "192.0.2.7 – 192.0.2.9");
        assert_eq!(range("192.0.2.7", ""), "192.0.2.7");
    }

    #[test]
    fn the_address_of_the_page_names_the_ends() {
        assert_eq!(ends("192.0.2.7-192.0.2.9"), ("192.0.2.7".to_owned(), "192.0.2.9".to_owned()));
        assert_eq!(ends(NOTHING), Default::default());
    }

    #[test]
    fn every_fault_stands_at_its_field() {
        assert_eq!(wrong("", "", ""), [true, false, true]);
        assert_eq!(wrong("192.0.2.9", "192.0.2.7", "x"), [false, true, false]);
        assert_eq!(wrong("10.0.0.1", "ten", "x"), [true, true, false]);
        assert_eq!(wrong("192.0.2.7", "192.0.2.7", "a\nb"), [false, false, true]);
        assert_eq!(wrong("192.0.2.7", "", &"x".repeat(201)), [false, false, true]);
    }
}
