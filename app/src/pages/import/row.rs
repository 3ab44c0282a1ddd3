//! One row of a table: what it asks for, its verdict, and the notes on it.

use leptos::prelude::*;
use model::{Storage, TableRow};

use super::words::Lot;
use crate::components::badge::Badge;
use crate::components::conflicts::ConflictList;
use crate::components::copy::{Copied, CopyButton};
use crate::components::icon::{Glyph, Icon};
use crate::components::peers::Peers;
use crate::components::problem::ProblemView;
use crate::routes;

/// The row. Links open beside the page: what was pasted there would be lost.
#[component]
pub(super) fn Row(row: TableRow) -> impl IntoView {
    let (tone, glyph, word) = Lot::of(&row).look();
    let made =
        row.outcome.as_ref().and_then(|outcome| outcome.as_ref().ok()).and_then(|applied| applied.reservation.as_ref());
    let wanted = row.wanted.as_ref();
    let line = row.line;
    let dash = || "–".to_owned();
    let asked = || wanted.map(|wanted| wanted.over(None, Storage::Configuration));
    let what = made.cloned().or_else(asked).map(|reservation| reservation.what());
    let what = what.filter(|what| !what.is_empty());
    let client = wanted.map(|wanted| wanted.identifier.to_string());
    let name = wanted.and_then(|wanted| wanted.host_name.as_ref()).map(|name| name.as_str().to_owned());
    let or_dash = |of: Copied, text: Option<String>| match text {
        Some(text) => view! { {text.clone()} <CopyButton what=of text in_row=true/> }.into_any(),
        None => dash().into_any(),
    };
    let subnet = match wanted.map(|wanted| &wanted.subnet) {
        Some(key) => {
            let (href, text) = (routes::subnet_with_text(key, client.as_deref().unwrap_or_default()), key.to_string());
            view! {
                <a class="address" href=href target="_blank" rel="noopener">
                    {text}
                    <span class="visually-hidden">" (opens in a new tab)"</span>
                </a>
            }
            .into_any()
        }
        None => dash().into_any(),
    };
    view! {
        <tr data-testid="verdict-row" data-line=line.to_string()>
            <th scope="row" class="row-main number" data-label="Line">
                {line}
            </th>
            <td data-label="Status">
                <span>
                    <Badge tone glyph text=word/>
                </span>
            </td>
            <td data-label="Client" class="address">
                {or_dash(Copied::Identifier, client)}
            </td>
            <td data-label="Address" class="address">
                {or_dash(Copied::Address, what)}
            </td>
            <td data-label="Host name">{or_dash(Copied::Name, name)}</td>
            <td data-label="Subnet">{subnet}</td>
            <td data-label="Notes" class="verdict-notes">
                <Notes row/>
            </td>
        </tr>
    }
    .into_any()
}

/// Faults by column, findings, and what became of the row.
#[component]
fn Notes(row: TableRow) -> impl IntoView {
    let faults = row.faults.into_iter().map(|fault| {
        view! {
            <li class="field-fault">
                <Icon glyph=Glyph::Error/>
                <span>
                    <code>{fault.field}</code>
                    ": "
                    {fault.text}
                </span>
            </li>
        }
    });
    let faults = faults.collect::<Vec<_>>();
    // What was found when the row was applied is newer than what was found before.
    let (findings, outcome) = match row.outcome {
        Some(Ok(applied)) => (applied.findings, view! { <Peers peers=applied.peers/> }.into_any()),
        Some(Err(problem)) => (Vec::new(), view! { <ProblemView problem/> }.into_any()),
        None => (row.findings, ().into_any()),
    };
    let found = row.wanted.filter(|_| !findings.is_empty()).map(|wanted| {
        view! { <ConflictList conflicts=findings subnet=wanted.subnet beside=true/> }
    });
    view! {
        {(!faults.is_empty()).then(|| view! { <ul>{faults}</ul> })}
        {found}
        {outcome}
    }
}
