//! One call as a row of the list.

use leptos::prelude::*;
use model::{CallOutcome, ForemanCall};

use super::{List, words};
use crate::components::badge::Badge;
use crate::components::moment::{Hour, Moment};

/// The row.
#[component]
pub(super) fn Row(list: List, call: ForemanCall) -> impl IntoView {
    let words::InWords { what, about } = words::in_words(&call);
    let class = class(&call);
    let is_new = call.number > list.newest.get_value();
    let at = call.at;
    let answer = words::answer(&call);
    let culprit = words::culprit(&call);
    let took = words::took(call.took_micros);
    let number = call.number.to_string();
    let opens = number.clone();
    let label = format!("{what}: details");
    let outcome = outcome(&call);
    let ForemanCall { caller, address, .. } = call;
    let address = address.filter(|address| *address != caller);
    view! {
        <tr class=class class:is-new=is_new data-testid="call-row" data-call=number>
            <td class="col-when">
                <Moment at past=true/>
                <Hour at/>
            </td>
            <td class="col-call">
                <button
                    type="button"
                    class="row-link call-open"
                    aria-label=label
                    aria-haspopup="dialog"
                    on:click=move |_| list.open.open("open", &opens)
                >
                    {what}
                </button>
                {about.map(|about| view! { <span class="cell-sub">{about}</span> })}
            </td>
            <td class="col-outcome">{outcome}</td>
            <td class="col-answer">
                <span class="cell-main">{answer}</span>
                {culprit.map(|culprit| view! { <span class="cell-sub">{culprit}</span> })}
            </td>
            <td class="col-caller">
                <span class="cell-main">{caller}</span>
                {address.map(|address| view! { <span class="cell-sub mono">{address}</span> })}
            </td>
            <td class="col-took numeric">{took}</td>
        </tr>
    }
    .into_any()
}

/// How it ended: a word, and the status that Foreman got.
pub(super) fn outcome(call: &ForemanCall) -> impl IntoView + use<> {
    let words::Ending { tone, glyph, word } = words::ending(call);
    view! {
        <span class="outcome">
            <Badge tone glyph text=word/>
            {(call.status > 0).then(|| view! { <span class="number muted">{call.status}</span> })}
        </span>
    }
}

/// The class for the style sheet: what needs attention stands out, reads stand back.
fn class(call: &ForemanCall) -> &'static str {
    match call.outcome {
        CallOutcome::Refused | CallOutcome::Failed => "row call-row is-bad",
        CallOutcome::Exhausted => "row call-row is-warn",
        _ if call.changes => "row call-row",
        _ => "row call-row is-quiet",
    }
}
