//! Everything that is known of one address.

use leptos::prelude::*;
use model::{AddressRow, Client, Hold, Lease, LeaseState, Reservation};

use super::verb::Verb;
use super::{List, words};
use crate::components::badge::ClientBadge;
use crate::components::drawer::Drawer;
use crate::components::icon::Icon;

/// A term and what there is to say.
type Fact = (&'static str, Option<String>);

/// The drawer with everything that is known of the row.
#[component]
pub(super) fn Details(list: List, id: String) -> impl IntoView {
    let close = move |()| list.details.set(None);
    let id = StoredValue::new(id);
    let row = id.with_value(|id| list.row(id));
    let Some(AddressRow::Client(client)) = row else { return ().into_any() };
    let as_of = list.page.with_untracked(|page| page.as_of);
    let verbs = Verb::of(&AddressRow::Client(client.clone()), list.may_reserve.get_untracked());
    let row = AddressRow::Client(client.clone());
    let buttons = verbs.into_iter().filter(|verb| *verb != Verb::Details).map(|verb| {
        let on_click = move |_| {
            let id = id.get_value();
            close(());
            request_animation_frame(move || list.act(verb, &id));
        };
        let class = if verb == Verb::Delete { "button button-quiet-danger" } else { "button" };
        view! {
            <button type="button" class=class on:click=on_click>
                <Icon glyph=verb.glyph()/>
                {verb.label(&row)}
            </button>
        }
    });
    let buttons = buttons.collect::<Vec<_>>();
    view! {
        <Drawer title=words::title(&client) on_close=close testid="address-details">
            <div class="drawer-body">
                <p>
                    <ClientBadge state=client.state/>
                </p>
                {words::trouble(&client, as_of)
                    .map(|(what, advice)| view! { <p class="notice tone-bad"><strong>{what}</strong>" "{advice}</p> })}
                {sections(&client, as_of)}
            </div>
            <footer class="drawer-foot">{buttons}</footer>
        </Drawer>
    }
    .into_any()
}

fn sections(client: &Client, as_of: model::Timestamp) -> impl IntoView + use<> {
    let lease = client.lease.as_ref().map(|lease| section("Lease", lease_facts(lease, as_of)));
    let reservation =
        client.reservation.as_ref().map(|reservation| section("Reservation", reservation_facts(reservation)));
    let hold = client.hold.as_ref().map(|hold| section("Hold", hold_facts(hold, as_of)));
    (lease, reservation, hold)
}

fn section(title: &'static str, facts: Vec<Fact>) -> impl IntoView {
    let facts = facts.into_iter().filter_map(|(term, value)| Some((term, value?))).map(|(term, value)| {
        view! {
            <div>
                <dt>{term}</dt>
                <dd>{value}</dd>
            </div>
        }
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
        ("MAC address", lease.hw_address.as_ref().map(ToString::to_string)),
        ("Client id", lease.client_id.as_ref().map(ToString::to_string)),
        ("Calls itself", lease.host_name.clone()),
        ("State", Some(state.to_owned())),
        ("Renewed", Some(lease.renewed_at.to_string())),
        ("Ends", Some(format!("{text} ({exact})"))),
    ]
}

fn reservation_facts(reservation: &Reservation) -> Vec<Fact> {
    let classes = Some(reservation.client_classes.join(", ")).filter(|classes| !classes.is_empty());
    let options = reservation.options.iter().map(|option| format!("{} = {}", option_name(option), option.data));
    let options = Some(options.collect::<Vec<_>>().join("; ")).filter(|options| !options.is_empty());
    vec![
        (reservation.identifier.kind().label(), Some(reservation.identifier.to_string())),
        ("Address", reservation.address.map(|address| address.to_string())),
        ("Host name", reservation.host_name.clone()),
        ("Next server", reservation.next_server.map(|server| server.to_string())),
        ("Boot file", reservation.boot_file_name.clone()),
        ("Server host name", reservation.server_host_name.clone()),
        ("Client classes", classes),
        ("Options", options),
        ("Note", reservation.note.clone()),
        ("Record name", reservation.record_name.clone()),
        ("Stored", Some(reservation.storage.label().to_owned())),
    ]
}

/// The name of an option, or its code where it has none.
fn option_name(option: &model::OptionDatum) -> String {
    if option.name.is_empty() { option.code.to_string() } else { option.name.clone() }
}

fn hold_facts(hold: &Hold, as_of: model::Timestamp) -> Vec<Fact> {
    vec![
        ("Held by", Some(hold.holder.clone())),
        ("For", hold.purpose.clone()),
        ("Since", Some(hold.since.to_string())),
        ("Until", Some(format!("{} (in {})", hold.until, hold.until.since(as_of)))),
    ]
}
