//! Lines of the list as rows.

use leptos::prelude::*;
use model::{Batch, Change, SubnetKey};

use super::lines::{Entry, Line};
use super::list::List;
use super::{query, words};
use crate::components::badge::{Badge, ChangeBadge, Tone};
use crate::components::batch::UndoBatch;
use crate::components::icon::Glyph;
use crate::components::moment::{Hour, Moment, sentence};
use crate::routes;

/// The rows of a line.
#[component]
pub(super) fn LineRows(list: List, line: Line) -> impl IntoView {
    match line {
        Line::One(entry) => {
            let Entry { change, repeats } = *entry;
            let first = StoredValue::new(change.subject.subnet().clone());
            let repeats = repeats.into_iter().map(|change| view! { <Repeat list change first/> }).collect::<Vec<_>>();
            view! {
                <Row list change/>
                {repeats}
            }
            .into_any()
        }
        Line::Batch { batch, newest } => view! { <BatchRow list batch newest=*newest/> }.into_any(),
    }
}

#[component]
fn Row(list: List, change: Change) -> impl IntoView {
    let number = change.number;
    let is_new = number > list.newest;
    let (title, about) = (words::title(&change), words::about(&change));
    let server = change.subject.server().clone();
    let notes = notes(&change);
    let wanted = words::wanted(&change);
    view! {
        <tr class="row" class:is-new=is_new data-testid="change-row" data-change=number.to_string()>
            <th scope="row" class="row-main col-change">
                <OpenButton list number label=format!("{title}: details") text=title/>
                <span class="cell-sub">{about}</span>
            </th>
            <td data-label="State">
                <span class="change-state">
                    <ChangeBadge state=change.state server/>
                    {notes}
                </span>
            </td>
            <td data-label="Subnet">
                <SubnetLink list key=change.subject.subnet().clone() wanted/>
            </td>
            <td data-label="Who"><Who list actor=change.actor/></td>
            <td data-label="When">
                <span>
                    <Moment at=change.at past=true/>
                    <Hour at=change.at/>
                </span>
            </td>
        </tr>
    }
    .into_any()
}

/// The same change on another server of the pair.
#[component]
fn Repeat(
    list: List,
    change: Change,
    /// What it repeats is of this subnet.
    first: StoredValue<SubnetKey>,
) -> impl IntoView {
    let number = change.number;
    let server = change.subject.server().clone();
    let text = format!("the same on {server}");
    let subnet = {
        let (key, first) = (change.subject.subnet().clone(), first.get_value());
        let wanted = words::wanted(&change);
        if key.is_global() && !first.is_global() {
            // The number that it has there is not known yet.
            view! { <span class="address">{move || list.subnet(&first).0}</span> }.into_any()
        } else {
            view! { <SubnetLink list key wanted/> }.into_any()
        }
    };
    let label = format!("{} on {server}: details", words::title(&change));
    let notes = notes(&change);
    view! {
        <tr class="row repeat-line" data-testid="change-repeat" data-change=number.to_string()>
            <th scope="row" class="row-main col-change">
                <OpenButton list number label text/>
            </th>
            <td data-label="State">
                <span class="change-state">
                    <ChangeBadge state=change.state server/>
                    {notes}
                </span>
            </td>
            <td data-label="Subnet">{subnet}</td>
            <td></td>
            <td></td>
        </tr>
    }
    .into_any()
}

#[component]
fn BatchRow(list: List, batch: Batch, newest: Change) -> impl IntoView {
    let title = words::batch(&newest, &batch);
    let Batch { batch, subnet, states, .. } = batch;
    let server = newest.subject.server().clone();
    let badges = states.into_iter().map(|(state, count)| {
        view! {
            <span class="change-count">
                <span class="number">{count}</span>
                <ChangeBadge state server=server.clone()/>
            </span>
        }
    });
    let badges = badges.collect::<Vec<_>>();
    let is_new = newest.number > list.newest;
    view! {
        <tr class="row" class:is-new=is_new data-testid="change-batch">
            <th scope="row" class="row-main col-change">
                <a class="row-link" href=routes::changes_of_batch(&batch)>
                    {title}
                </a>
                <span class="cell-sub"><UndoBatch batch on_done=list.refetch small=true/></span>
            </th>
            <td data-label="State">
                <span class="change-state">{badges}</span>
            </td>
            <td data-label="Subnet">
                {match subnet {
                    Some(key) => view! { <SubnetLink list key wanted=String::new()/> }.into_any(),
                    None => view! { <span class="muted">"several"</span> }.into_any(),
                }}
            </td>
            <td data-label="Who"><Who list actor=newest.actor.clone()/></td>
            <td data-label="When">
                <span>
                    <Moment at=newest.at past=true/>
                    <Hour at=newest.at/>
                </span>
            </td>
        </tr>
    }
    .into_any()
}

/// Who made a change, and the way to all that they made.
#[component]
fn Who(list: List, actor: String) -> impl IntoView {
    let name = actor.clone();
    let href = move || list.query.with(|query| query::href(&query::with_actor(query, Some(name.clone()))));
    view! {
        <a href=href title=format!("Only changes by {actor}")>
            {actor.clone()}
        </a>
    }
}

#[component]
fn OpenButton(list: List, number: i64, label: String, text: String) -> impl IntoView {
    view! {
        <button
            type="button"
            class="row-link call-open"
            aria-label=label
            aria-haspopup="dialog"
            on:click=move |_| list.open.open("open", &number.to_string())
        >
            {text}
        </button>
    }
}

#[component]
fn SubnetLink(list: List, key: SubnetKey, wanted: String) -> impl IntoView {
    let href = if wanted.is_empty() { routes::subnet(&key) } else { routes::subnet_with_text(&key, &wanted) };
    let subnet = Memo::new(move |_| list.subnet(&key));
    let server = move || subnet.get().1.map(|server| view! { <span class="cell-sub">{server}</span> });
    view! {
        <span>
            <a class="address" href=href>
                {move || subnet.get().0}
            </a>
            {server}
        </span>
    }
}

/// What else is to be seen at a glance: what it is to another change, and why it stands as it does.
fn notes(change: &Change) -> impl IntoView + use<> {
    let undone = change.undone_by.map(|_| view! { <Badge tone=Tone::Neutral glyph=Glyph::Undo text="undone"/> });
    let undoes = change.undoes.map(|number| view! { <span class="cell-sub">{format!("undoes #{number}")}</span> });
    let detail = Some(change.detail.clone()).filter(|detail| !detail.is_empty());
    view! {
        {undone}
        {undoes}
        {detail.map(|detail| view! { <span class="cell-sub">{sentence(&detail)}</span> })}
    }
}
