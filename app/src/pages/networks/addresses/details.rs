//! Everything that is known of one address.

use leptos::ev;
use leptos::prelude::*;
use leptos::wasm_bindgen::JsCast;
use leptos::web_sys::HtmlElement;
use model::{AddressRow, Client, Content, Hold, Lease, LeaseState, Reservation, ReservationKey};

use super::history::History;
use super::verb::Verb;
use super::{List, words};
use crate::components::badge::ClientBadge;
use crate::components::copy::{Copied, CopyButton};
use crate::components::diff::{SideBySide, option_facts, place_facts};
use crate::components::drawer::Drawer;
use crate::components::icon::Icon;
use crate::components::moment::sentence;

/// A term, what there is to say, and what of it can be copied.
struct Fact(&'static str, Option<String>, Option<(Copied, String)>);

/// What is only said.
fn said(term: &'static str, value: Option<String>) -> Fact {
    Fact(term, value, None)
}

/// What people take elsewhere, too.
fn taken(what: Copied, term: &'static str, value: Option<String>) -> Fact {
    let copied = value.clone().map(|text| (what, text));
    Fact(term, value, copied)
}

/// What of an address is shown.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Tab {
    Now,
    History,
}

/// The drawer with everything that is known of the row.
#[component]
pub(super) fn Details(list: List, id: String, client: Client) -> impl IntoView {
    let close = move |()| list.opened.close();
    let id = StoredValue::new(id);
    let row = StoredValue::new(AddressRow::Client(Box::new(client.clone())));
    let act = move |verb: Verb| {
        let id = id.get_value();
        if !verb.opens_drawer() && verb != Verb::Copy {
            close(());
        }
        request_animation_frame(move || list.act(verb, &id));
    };
    // The keys of the row are those of its details, too.
    let on_key = Callback::new(move |key: String| {
        let fits = |verb: &Verb| row.with_value(|row| Verb::of(row, untrack(|| list.rights())).contains(verb));
        let verb = Verb::of_key(&key).filter(|verb| *verb != Verb::Details && fits(verb));
        verb.map(act).is_some()
    });
    let button = move |verb: Verb| {
        let class = if verb == Verb::Delete { "button button-quiet-danger" } else { "button" };
        view! {
            <button type="button" class=class aria-keyshortcuts=verb.key() on:click=move |_| act(verb)>
                <Icon glyph=verb.glyph()/>
                {row.with_value(|row| verb.label(row))}
            </button>
        }
    };
    let buttons = move || {
        let verbs = row.with_value(|row| Verb::of(row, list.rights()));
        verbs.into_iter().filter(|verb| *verb != Verb::Details).map(button).collect::<Vec<_>>()
    };
    let tab = RwSignal::new(Tab::Now);
    let key = key_of(&client);
    let has_history = key.is_some();
    let title = words::title(&client);
    let now = client.reservation.clone();
    let history = StoredValue::new(key.map(|key| (key, now)));
    let client = StoredValue::new(client);
    let body = move || match (tab.get(), history.get_value()) {
        (Tab::History, Some((key, now))) => view! { <History list key now/> }.into_any(),
        _ => view! { <Now list client/> }.into_any(),
    };
    view! {
        <Drawer title on_close=close testid="address-details" on_key>
            {has_history.then(|| view! { <Tabs tab/> })}
            <div
                class="drawer-body"
                id="details-panel"
                role=has_history.then_some("tabpanel")
                aria-labelledby=move || has_history.then(|| id_of(tab.get()))
                tabindex="0"
            >
                {body}
            </div>
            <footer class="drawer-foot">{buttons}</footer>
        </Drawer>
    }
    .into_any()
}

/// The reservation that the row has, or would have when one was made for its client.
fn key_of(client: &Client) -> Option<ReservationKey> {
    if let Some(reservation) = &client.reservation {
        return Some(reservation.key());
    }
    let lease = client.lease.as_ref()?;
    Some(ReservationKey { subnet: lease.subnet.clone(), identifier: lease.client()? })
}

/// Now, and what was before. The arrow keys go from one to the other.
#[component]
fn Tabs(tab: RwSignal<Tab>) -> impl IntoView {
    let button = move |(this, label): (Tab, &'static str)| {
        let on_key = move |event: ev::KeyboardEvent| {
            if matches!(event.key().as_str(), "ArrowLeft" | "ArrowRight") {
                event.prevent_default();
                let next = if this == Tab::Now { Tab::History } else { Tab::Now };
                tab.set(next);
                if let Some(button) = document().get_element_by_id(id_of(next)).and_then(|it| it.dyn_into().ok()) {
                    let button: HtmlElement = button;
                    let _ = button.focus();
                }
            }
        };
        view! {
            <button
                type="button"
                role="tab"
                id=id_of(this)
                class="tab"
                aria-controls="details-panel"
                aria-selected=move || (tab.get() == this).to_string()
                tabindex=move || if tab.get() == this { "0" } else { "-1" }
                on:click=move |_| tab.set(this)
                on:keydown=on_key
            >
                {label}
            </button>
        }
    };
    view! {
        <div class="tabs drawer-tabs" role="tablist" aria-label="What is shown">
            {[(Tab::Now, "Now"), (Tab::History, "History")].map(button)}
        </div>
    }
}

fn id_of(tab: Tab) -> &'static str {
    match tab {
        Tab::Now => "tab-now",
        Tab::History => "tab-history",
    }
}

/// How things stand.
#[component]
fn Now(list: List, client: StoredValue<Client>) -> impl IntoView {
    let as_of = list.page.with_untracked(|page| page.as_of);
    client.with_value(|client| {
        let troubles = words::trouble(client, as_of).into_iter().chain(words::twice(client)).map(|(what, advice)| {
            view! { <p class="notice tone-bad"><strong>{what}</strong>" "{advice}</p> }
        });
        let vendor = client.vendor.clone();
        view! {
            <p>
                <ClientBadge state=client.state/>
            </p>
            {vendor.map(|vendor| view! { <p class="muted">{format!("MAC address: {vendor}")}</p> })}
            {troubles.collect::<Vec<_>>()}
            {sections(client, as_of)}
        }
        .into_any()
    })
}

fn sections(client: &Client, as_of: model::Timestamp) -> impl IntoView + use<> {
    let lease = client.lease.as_ref().map(|lease| section("Lease", lease_facts(lease, as_of)));
    let reservation =
        client.reservation.as_ref().map(|reservation| section("Reservation", reservation_facts(reservation)));
    let hold = client.hold.as_ref().map(|hold| section("Hold", hold_facts(hold, as_of)));
    let duplicate = client.duplicate.as_ref().map(|duplicate| {
        view! {
            <section class="facts-section">
                <h3>"The other reservation of this client"</h3>
                <p class="muted">{format!("It is {}. It differs in:", duplicate.storage.label())}</p>
                <SideBySide
                    names=["this one".to_owned(), "the other".to_owned()]
                    left=client.reservation.clone().map(Content::from)
                    right=Some(Content::from(duplicate.clone()))
                />
            </section>
        }
    });
    (lease, reservation, duplicate, hold)
}

fn section(title: &'static str, facts: Vec<Fact>) -> impl IntoView {
    let facts = facts.into_iter().filter_map(|Fact(term, value, copied)| {
        let value = value?;
        Some(view! {
            <div>
                <dt>{term}</dt>
                <dd>
                    {sentence(&value)}
                    {copied.map(|(what, text)| view! { <CopyButton what text/> })}
                </dd>
            </div>
        })
    });
    view! {
        <section class="facts-section">
            <h3>{title}</h3>
            <dl class="fact-list">{facts.collect::<Vec<_>>()}</dl>
        </section>
    }
}

fn lease_facts(lease: &Lease, as_of: model::Timestamp) -> Vec<Fact> {
    let words::Expiry { text, exact } = words::expiry(lease, as_of);
    let state = match lease.state {
        LeaseState::Assigned => "assigned",
        LeaseState::Declined => "declined",
        LeaseState::Reclaimed => "expired and cleaned up",
        LeaseState::Released => "given back by the client",
        LeaseState::Registered => "registered by the client",
    };
    vec![
        taken(Copied::Address, "Address", Some(lease.what())),
        taken(Copied::Mac, "MAC address", lease.hw_address.as_ref().map(ToString::to_string)),
        taken(Copied::Identifier, "DUID", lease.duid.as_ref().map(ToString::to_string)),
        taken(Copied::Identifier, "Client id", lease.client_id.as_ref().map(ToString::to_string)),
        taken(Copied::Name, "Host name sent by the client", lease.host_name.clone()),
        said("State", Some(state.to_owned())),
        said("Renewed", Some(lease.renewed_at.to_string())),
        said("Ends", Some(format!("{text} ({exact})"))),
    ]
}

fn reservation_facts(reservation: &Reservation) -> Vec<Fact> {
    let classes = Some(reservation.client_classes.join(", ")).filter(|classes| !classes.is_empty());
    let options = option_facts(&reservation.options).into_iter().map(|(name, value)| format!("{name} = {value}"));
    let options = Some(options.collect::<Vec<_>>().join("; ")).filter(|options| !options.is_empty());
    let text = reservation.identifier.octets().text().filter(|_| reservation.hw_address().is_none());
    let identifier = match text {
        Some(text) => format!("{} “{text}”", reservation.identifier),
        None => reservation.identifier.to_string(),
    };
    let copied = Some((Copied::of(&reservation.identifier), reservation.identifier.to_string()));
    let [address, prefixes] = place_facts(reservation).map(|(term, value)| taken(Copied::Address, term, value));
    vec![
        Fact(reservation.identifier.kind().label(), Some(identifier), copied),
        address,
        prefixes,
        taken(Copied::Name, "Host name", reservation.host_name.clone()),
        said("Next server", reservation.next_server.map(|server| server.to_string())),
        said("Boot file", reservation.boot_file_name.clone()),
        said("Server host name", reservation.server_host_name.clone()),
        said("Client classes", classes),
        said("Options", options),
        said("Note", reservation.note.clone()),
        said("Name in other tools", reservation.label.clone()),
        said("Record name", reservation.record_name.clone()),
        said("Stored", Some(reservation.storage.label().to_owned())),
    ]
}

fn hold_facts(hold: &Hold, as_of: model::Timestamp) -> Vec<Fact> {
    vec![
        said("Held by", Some(hold.holder.clone())),
        said("For", hold.purpose.clone()),
        said("Since", Some(hold.since.to_string())),
        said("Until", Some(format!("{} (in {})", hold.until, hold.until.since(as_of)))),
    ]
}
