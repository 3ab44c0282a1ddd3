//! What stands against a reservation, or is worth knowing about it: what, why, the way out, and the way to its cause.

use leptos::prelude::*;
use leptos::task::spawn_local;
use model::{Cause, Conflict, HoldKey, Permission, Severity, SubnetKey};

use super::icon::{Glyph, Icon};
use super::moment::sentence;
use crate::api;
use crate::live::Live;
use crate::routes;
use crate::state::{Session, Toasts};

/// The conflicts, the worst first.
#[component]
pub fn ConflictList(
    /// The conflicts.
    conflicts: Vec<Conflict>,
    /// The subnet of the reservation: where excluded ranges are listed.
    #[prop(optional, into)]
    subnet: Option<SubnetKey>,
    /// Whether links open beside what is here, as something half typed.
    #[prop(optional)]
    beside: bool,
    /// Called when a cause was taken away.
    #[prop(optional, into)]
    on_settled: Option<Callback<()>>,
) -> impl IntoView {
    let mut conflicts = conflicts;
    conflicts.sort_by_key(|conflict| std::cmp::Reverse(conflict.severity));
    let rows = conflicts.into_iter().map(move |Conflict { severity, text, advice, cause, .. }| {
        let (class, glyph, word) = match severity {
            Severity::Blocks => ("notice tone-bad", Glyph::Error, "Not possible:"),
            Severity::Warns => ("notice tone-warn", Glyph::Warning, "Warning:"),
        };
        let way = cause.and_then(|cause| way(&cause, subnet.as_ref()));
        view! {
            <li class=class data-testid="conflict">
                <Icon glyph/>
                <p>
                    <strong>{word}</strong>
                    " "
                    {sentence(&text)}
                    " "
                    <span class="notice-advice">{sentence(&advice)}</span>
                    {way.map(|way| view! { " "<WayView way beside on_settled/> })}
                </p>
            </li>
        }
    });
    view! { <ul class="conflict-list">{rows.collect::<Vec<_>>()}</ul> }
}

/// What can be done about a cause.
#[derive(Debug, Clone, PartialEq, Eq)]
enum Way {
    /// To look at it there.
    Look(String, String),
    /// To end the hold.
    Release(HoldKey),
}

fn way(cause: &Cause, subnet: Option<&SubnetKey>) -> Option<Way> {
    let look = |label: &str, path: String| Some(Way::Look(label.to_owned(), path));
    match cause {
        Cause::Reservation { key, address, host_name } => {
            let text = address.map_or_else(|| key.identifier.to_string(), |address| address.to_string());
            let name = host_name.clone().unwrap_or_else(|| text.clone());
            look(&format!("Show the reservation of {name}"), routes::subnet_with_text(&key.subnet, &text))
        }
        Cause::Lease { subnet, address } => {
            look(&format!("Show the lease of {address}"), routes::subnet_with_text(subnet, &address.to_string()))
        }
        Cause::Hold(key) => Some(Way::Release(key.clone())),
        Cause::Exclusion(_) => look("Show the exclusions", routes::exclusions(subnet?)),
        Cause::Pool(_) => look("Show the pools", routes::subnet(subnet?)),
        Cause::Subnet(key) => look("Show the subnet", routes::subnet(key)),
        Cause::Server(_) => look("Show the server", routes::SERVERS.to_owned()),
    }
}

#[component]
fn WayView(way: Way, beside: bool, on_settled: Option<Callback<()>>) -> impl IntoView {
    match way {
        Way::Look(label, href) => {
            let target = beside.then_some("_blank");
            view! {
                <a class="conflict-way" href=href target=target rel=beside.then_some("noopener")>
                    {label}
                    {beside.then(|| view! { <span class="visually-hidden">" (opens in a new tab)"</span> })}
                </a>
            }
            .into_any()
        }
        Way::Release(key) => view! { <Release key on_settled/> }.into_any(),
    }
}

/// Ends the hold that stands in the way.
#[component]
fn Release(key: HoldKey, on_settled: Option<Callback<()>>) -> impl IntoView {
    let session = Session::here();
    let (live, toasts) = (Live::here(), Toasts::here());
    let busy = RwSignal::new(false);
    let label = format!("Release the hold on {}", key.address);
    let key = StoredValue::new(key);
    let release = move |_| {
        busy.set(true);
        let key = key.get_value();
        spawn_local(async move {
            let answer = api::release_hold(key.clone()).await;
            busy.try_set(false);
            match answer {
                Ok(()) => toasts.done(format!("{} is no longer on hold.", key.address)),
                Err(error) => toasts.failed(&error.0),
            }
            live.changed(Some(key.subnet));
            if let Some(on_settled) = on_settled {
                on_settled.try_run(());
            }
        });
    };
    let may = move || session.is_some_and(|session| session.may(Permission::Reserve));
    view! {
        <Show when=may>
            <button type="button" class="button button-small" disabled=move || busy.get() on:click=release>
                {label.clone()}
            </button>
        </Show>
    }
}

#[cfg(test)]
mod tests {
    use model::{AddressRange, Identifier, ReservationKey};

    use super::*;

    #[test]
    fn every_cause_that_is_somewhere_can_be_looked_at() {
        let subnet: SubnetKey = "main/3".parse().unwrap();
        let identifier = Identifier::HwAddress("02:00:5e:10:00:01".parse().unwrap());
        let key = ReservationKey { subnet: subnet.clone(), identifier };
        let address = "192.0.2.7".parse().unwrap();
        let of = |cause: &Cause, here: Option<&SubnetKey>| match way(cause, here) {
            Some(Way::Look(_, path)) => Some(path),
            _ => None,
        };
        let named = Cause::Reservation { key: key.clone(), address: Some(address), host_name: None };
        assert_eq!(of(&named, None).as_deref(), Some("/networks/main/3?text=192.0.2.7"));
        let unaddressed = Cause::Reservation { key, address: None, host_name: Some("a".to_owned()) };
        assert_eq!(of(&unaddressed, None).as_deref(), Some("/networks/main/3?text=02%3A00%3A5e%3A10%3A00%3A01"));
        let excluded = Cause::Exclusion(AddressRange::single(address));
        assert_eq!(of(&excluded, Some(&subnet)).as_deref(), Some("/networks/main/3#exclusions"));
        assert_eq!(of(&excluded, None), None);
        let hold = HoldKey { subnet: subnet.clone(), address };
        assert_eq!(way(&Cause::Hold(hold.clone()), None), Some(Way::Release(hold)));
        assert_eq!(of(&Cause::Server(subnet.server), None).as_deref(), Some("/servers"));
    }
}
