//! Everything that is known of one change, and what can be done about it.

use leptos::prelude::*;
use model::{Change, ChangeQuery, Content};

use super::list::List;
use super::words::{self, Act};
use super::{act, query};
use crate::components::badge::ChangeBadge;
use crate::components::copy::{Copied, CopyButton};
use crate::components::diff::{VersionDiff, place_facts};
use crate::components::drawer::Drawer;
use crate::components::icon::Icon;
use crate::components::moment::{Moment, sentence};
use crate::forms::Notices;
use crate::routes;

/// The drawer. It stays open when the change comes to stand differently.
#[component]
pub(super) fn Detail(list: List, number: i64) -> impl IntoView {
    let title = list.shown.with_untracked(|shown| shown.as_ref().map(words::title));
    let body =
        move || list.shown.get().filter(|change| change.number == number).map(|change| view! { <Body list change/> });
    view! {
        <Drawer
            title=title.unwrap_or_else(|| format!("Change {number}"))
            on_close=move |()| list.open.close()
            testid="change-detail"
        >
            <div class="drawer-body">{body}</div>
            <Acts list/>
        </Drawer>
    }
    .into_any()
}

#[component]
fn Body(list: List, change: Change) -> impl IntoView {
    let server = change.subject.server().clone();
    let detail = Some(change.detail.clone()).filter(|detail| !detail.is_empty());
    view! {
        <p class="call-ending">
            <ChangeBadge state=change.state server/>
            <span class="muted">
                <Moment at=change.at past=true/>
            </span>
        </p>
        <p>{words::stands(&change)}</p>
        {detail.map(|detail| view! { <p class="answer-text">{sentence(&detail)}</p> })}
        <section class="facts-section">
            <h3>"Before → after"</h3>
            <VersionDiff before=change.before.clone() after=change.after.clone()/>
        </section>
        {partners(list, &change)}
        {facts(list, &change)}
        <p>
            <a href=query::href(&ChangeQuery::of(&change.subject))>
                "Full history"
            </a>
        </p>
    }
    .into_any()
}

/// The same change on the other servers of the pair.
fn partners(list: List, change: &Change) -> impl IntoView + use<> {
    let rows = list.repeats(change.number).into_iter().map(|repeat| {
        let server = repeat.subject.server().clone();
        let name = server.to_string();
        let number = repeat.number;
        view! {
            <li>
                <button type="button" class="link" on:click=move |_| list.open.open("open", &number.to_string())>
                    {name}
                </button>
                " "
                <ChangeBadge state=repeat.state server/>
                " "
                <span class="muted">{sentence(&repeat.detail)}</span>
            </li>
        }
    });
    let rows = rows.collect::<Vec<_>>();
    (!rows.is_empty()).then(|| {
        view! {
            <section class="facts-section">
                <h3>"On the partner"</h3>
                <ul class="peer-list">{rows}</ul>
            </section>
        }
    })
}

fn facts(list: List, change: &Change) -> impl IntoView + use<> {
    let key = change.subject.subnet().clone();
    let href = routes::subnet_with_text(&key, &words::wanted(change));
    let subnet = view! {
        <a class="address" href=href>
            {move || list.subnet(&key).0}
        </a>
    };
    let text = |text: String| text.into_any();
    let copied = |what: Copied, text: String| view! { {text.clone()} <CopyButton what text/> }.into_any();
    let other = |number: i64| view! { <OtherChange number/> }.into_any();
    let batch = change
        .batch
        .as_ref()
        .map(|batch| view! { <a href=routes::changes_of_batch(batch)>"part of a batch"</a> }.into_any());
    let client = change.subject.reservation().map(|key| &key.identifier);
    let client =
        client.map_or(("Client", None), |id| (id.kind().label(), Some(copied(Copied::of(id), id.to_string()))));
    let known = change.version().and_then(Content::reservation);
    let [address, _] = known.map(place_facts).unwrap_or_default();
    let name = known.and_then(|known| known.host_name.clone());
    let facts = [
        ("Number", Some(text(change.number.to_string()))),
        ("Who", Some(text(change.actor.clone()))),
        ("When", Some(sentence(&change.at.to_string()).into_any())),
        client,
        ("Address", address.1.map(|text| copied(Copied::Address, text))),
        ("Host name", name.map(|text| copied(Copied::Name, text))),
        ("Server", Some(text(change.subject.server().to_string()))),
        ("Subnet", Some(subnet.into_any())),
        ("Copy of", change.repeats.map(other)),
        ("Undoes", change.undoes.map(other)),
        ("Undone by", change.undone_by.map(other)),
        ("Batch", batch),
    ];
    let rows = facts.into_iter().filter_map(|(term, value)| {
        let value = value?;
        Some(view! {
            <div>
                <dt>{term}</dt>
                <dd>{value}</dd>
            </div>
        })
    });
    view! {
        <section class="facts-section">
            <h3>"Change"</h3>
            <dl class="fact-list">{rows.collect::<Vec<_>>()}</dl>
        </section>
    }
}

/// The way to another change.
#[component]
fn OtherChange(number: i64) -> impl IntoView {
    view! { <a href=routes::change(number)>{format!("change {number}")}</a> }
}

/// What can be done, for those who may.
#[component]
fn Acts(list: List) -> impl IntoView {
    let buttons = move || {
        let change = list.shown.get().filter(|_| list.may_change.get())?;
        let acts = Act::of(&change);
        let notices = Notices::here(change.subject.subnet().clone());
        let shown = StoredValue::new((change, notices));
        let button = |act: Act| {
            view! {
                <button
                    type="button"
                    class="button"
                    disabled=move || list.busy.get()
                    on:click=move |_| {
                        let (change, notices) = shown.get_value();
                        act::start(list, act, change, notices);
                    }
                >
                    <Icon glyph=act.glyph()/>
                    {act.label()}
                </button>
            }
        };
        let buttons = acts.into_iter().map(button).collect::<Vec<_>>();
        (!buttons.is_empty())
            .then(|| view! { <footer class="drawer-foot" data-testid="change-acts">{buttons}</footer> })
    };
    view! { {buttons} }
}
