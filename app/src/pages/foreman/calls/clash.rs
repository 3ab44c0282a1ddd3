//! The reservation that stood in Foreman's way, as it is now, and what can be done about it.

use std::net::IpAddr;

use leptos::prelude::*;
use leptos::task::spawn_local;
use model::{Problem, ProblemKind, Reservation, ReservationKey, Subnet};

use super::List;
use super::detail::fact_list;
use crate::api::{self, Answer};
use crate::components::dialog::Confirm;
use crate::components::icon::{Glyph, Icon};
use crate::components::problem::ProblemView;
use crate::components::skeleton::Skeleton;
use crate::forms::{ChangeProblem, Notices};
use crate::routes;

/// How the reservation is now, and its subnet where that is known.
type Now = (Answer<Reservation>, Option<Subnet>);

/// What is about to be freed.
#[derive(Clone)]
struct Candidate {
    reservation: Reservation,
    subnet: Option<Subnet>,
}

/// The reservation that stood in the way.
#[component]
pub(super) fn Clash(
    list: List,
    key: ReservationKey,
    address: Option<IpAddr>,
    host_name: Option<String>,
) -> impl IntoView {
    let freeing = RwSignal::new(None::<Candidate>);
    let now = now(list, &key, freeing);
    let then = StoredValue::new((address, host_name));
    let key = StoredValue::new(key);
    let retry = Callback::new(move |()| now.refetch());
    view! {
        <section class="clash" aria-labelledby="clash" data-testid="clash">
            <h3 id="clash">
                <Icon glyph=Glyph::Bolt/>
                "Conflict"
            </h3>
            <Transition fallback=|| view! { <Skeleton rows=3/> }>
                {move || Suspend::new(async move {
                    match now.await {
                        (Ok(reservation), subnet) => {
                            let candidate = Candidate { reservation, subnet };
                            view! { <Standing list candidate then freeing/> }.into_any()
                        }
                        (Err(error), _) if error.0.kind == ProblemKind::NotFound => {
                            view! { <Gone key=key.get_value() address=then.with_value(|(address, _)| *address)/> }.into_any()
                        }
                        (Err(error), _) => view! { <ProblemView problem=error.0 retry/> }.into_any(),
                    }
                })}
            </Transition>
            {move || freeing.get().map(|candidate| view! { <FreeIt list candidate freeing/> })}
        </section>
    }
    .into_any()
}

/// Asks again when the subnet changes, but not while it is being freed: its going is expected then.
fn now(list: List, key: &ReservationKey, freeing: RwSignal<Option<Candidate>>) -> Resource<Now> {
    let (live, subnet, key) = (list.live, key.subnet.clone(), key.clone());
    let version = Memo::new(move |before: Option<&u64>| match before {
        Some(before) if freeing.with(Option::is_some) => *before,
        _ => live.subnet_version(&subnet),
    });
    Resource::new(
        move || version.get(),
        move |_| {
            let key = key.clone();
            async move {
                let subnet = api::get_subnet(key.subnet.clone()).await.ok().map(|summary| summary.subnet);
                (api::get_reservation(key).await, subnet)
            }
        },
    )
}

/// It is not there any more.
#[component]
fn Gone(key: ReservationKey, address: Option<IpAddr>) -> impl IntoView {
    let text = address.map_or_else(|| key.identifier.to_string(), |address| address.to_string());
    view! {
        <p class="notice tone-good">
            <strong>"It no longer exists."</strong>
            " Retry in Foreman: submit the host again."
        </p>
        <p>
            <a href=routes::subnet_with_text(&key.subnet, &text)>{format!("See {text} in its subnet")}</a>
        </p>
    }
}

/// It still stands.
#[component]
fn Standing(
    list: List,
    candidate: Candidate,
    then: StoredValue<(Option<IpAddr>, Option<String>)>,
    freeing: RwSignal<Option<Candidate>>,
) -> impl IntoView {
    let Candidate { reservation, subnet } = candidate.clone();
    let title = reservation.title();
    let place = subnet.as_ref().map_or_else(|| reservation.subnet.to_string(), |subnet| subnet.prefix.to_string());
    let changed = then.with_value(|then| changes(then, &reservation));
    let candidate = StoredValue::new(candidate);
    let buttons = move || {
        view! {
            <div class="clash-actions">
                <button
                    type="button"
                    class="button button-danger"
                    data-testid="free-it"
                    on:click=move |_| freeing.set(Some(candidate.get_value()))
                >
                    <Icon glyph=Glyph::Release/>
                    "Delete this reservation"
                </button>
            </div>
            <p class="field-note">
                "Delete it so that Foreman can create its own. To keep it, give the host another address or MAC address in Foreman."
            </p>
        }
    };
    view! {
        <p>
            "The existing reservation:"
        </p>
        {fact_list(facts(&reservation, &place))}
        {changed.map(|text| view! { <p class="notice tone-info">{text}</p> })}
        <p>
            <a href=routes::subnet_with_text(&reservation.subnet, &title)>{format!("See {title} in its subnet")}</a>
        </p>
        <Show
            when=move || list.may_reserve.get()
            fallback=|| view! { <p class="field-note">"You can view it, but not delete it."</p> }
        >
            {buttons()}
        </Show>
    }
    .into_any()
}

/// What differs from how it was when Foreman called.
fn changes((address, host_name): &(Option<IpAddr>, Option<String>), now: &Reservation) -> Option<String> {
    let address = (*address != now.address).then(|| format!("the address {}", named(address.as_ref())));
    let name = (*host_name != now.host_name).then(|| format!("the name {}", named(host_name.as_ref())));
    let before = [address, name].into_iter().flatten().collect::<Vec<_>>().join(" and ");
    (!before.is_empty()).then(|| format!("It was changed since: when Foreman called, it had {before}."))
}

fn named<T: ToString>(value: Option<&T>) -> String {
    value.map_or_else(|| "(none)".to_owned(), ToString::to_string)
}

fn facts(reservation: &Reservation, place: &str) -> Vec<super::detail::Fact> {
    let text = |text: String| Some(text).filter(|text| !text.is_empty());
    let options = reservation.options.iter().map(|option| {
        let name = if option.name.is_empty() { option.code.to_string() } else { option.name.clone() };
        format!("{name} = {}", option.data)
    });
    vec![
        (reservation.identifier.kind().label(), Some(reservation.identifier.to_string())),
        ("Address", reservation.address.map(|address| address.to_string())),
        ("Host name", reservation.host_name.clone()),
        ("Subnet", Some(place.to_owned())),
        ("Next server", reservation.next_server.map(|server| server.to_string())),
        ("Boot file", reservation.boot_file_name.clone()),
        ("Server host name", reservation.server_host_name.clone()),
        ("Client classes", text(reservation.client_classes.join(", "))),
        ("Options", text(options.collect::<Vec<_>>().join("; "))),
        ("Note", reservation.note.clone()),
        ("Record name", reservation.record_name.clone()),
    ]
}

/// Asks whether the reservation shall go, says what goes with it, and deletes it.
#[component]
fn FreeIt(list: List, candidate: Candidate, freeing: RwSignal<Option<Candidate>>) -> impl IntoView {
    let busy = RwSignal::new(false);
    let problem = RwSignal::new(None::<Problem>);
    let Candidate { reservation, subnet } = candidate.clone();
    let whose = reservation.host_name.clone().unwrap_or_else(|| reservation.identifier.to_string());
    let place = subnet.as_ref().map_or_else(|| reservation.subnet.to_string(), |subnet| subnet.prefix.to_string());
    let notices = Notices::here(reservation.subnet.clone());
    let key = reservation.subnet.clone();
    let confirm = move |()| {
        busy.set(true);
        spawn_local(free(list, candidate.clone(), busy, problem, notices.clone()));
    };
    view! {
        <Confirm
            title=format!("Delete the reservation of {}?", reservation.title())
            confirm="Delete reservation"
            testid="confirm-free"
            busy
            on_confirm=confirm
            on_close=move |()| freeing.set(None)
        >
            <p>
                "The reservation for " <strong>{whose}</strong>
                " will be deleted, with everything in it:"
            </p>
            {fact_list(facts(&reservation, &place))}
            <p>
                "If that client has a lease on the address now, it keeps the address until the lease ends: Foreman’s host gets it only then."
            </p>
            <ChangeProblem problem subnet=key on_saved=move |()| list.open.close()/>
        </Confirm>
    }
    .into_any()
}

async fn free(
    list: List,
    candidate: Candidate,
    busy: RwSignal<bool>,
    problem: RwSignal<Option<Problem>>,
    notices: Notices,
) {
    let answer = api::delete_reservation(candidate.reservation.clone()).await;
    busy.try_set(false);
    match answer {
        Ok(applied) => {
            let what = candidate.reservation.title();
            let done = format!("{what} is free. Retry in Foreman: submit the host again.");
            notices.done(&done, format!("The reservation of {what} is restored."), &applied);
            list.open.close();
        }
        Err(error) => {
            if problem.try_set(Some(error.0.clone())).is_some() {
                notices.failed(&error.0);
            }
        }
    }
    list.live.changed(Some(candidate.reservation.subnet));
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_changed_since_is_reported() {
        let now = Reservation {
            subnet: "main/3".parse().unwrap(),
            identifier: model::Identifier::HwAddress("02:00:00:00:00:02".parse().unwrap()),
            address: "192.0.2.7".parse().ok(),
            more_addresses: Vec::new(),
            prefixes: Vec::new(),
            host_name: Some("web-02".to_owned()),
            next_server: None,
            server_host_name: None,
            boot_file_name: None,
            client_classes: Vec::new(),
            options: Vec::new(),
            note: None,
            label: None,
            record_name: None,
            storage: model::Storage::Configuration,
        };
        assert_eq!(changes(&(now.address, now.host_name.clone()), &now), None);
        let before = (now.address, Some("web-01".to_owned()));
        assert_eq!(
            changes(&before, &now).as_deref(),
            Some("It was changed since: when Foreman called, it had the name web-01.")
        );
        assert!(changes(&(None, None), &now).unwrap().ends_with("the address (none) and the name (none)."));
    }
}
