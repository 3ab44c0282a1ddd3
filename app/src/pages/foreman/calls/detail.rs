//! Everything that is known of one call.

use std::net::IpAddr;

use leptos::prelude::*;
use model::{ForemanCall, HwAddress, Why};

use super::advice::{self, Advice};
use super::clash::Clash;
use super::row::outcome;
use super::{List, words};
use crate::components::badge::Tone;
use crate::components::copy::{Copied, CopyButton, CopyField};
use crate::components::drawer::Drawer;
use crate::components::icon::{Glyph, Icon};
use crate::components::moment::{Moment, sentence};

/// A term and what there is to say.
pub(super) type Fact = (&'static str, Option<String>);

/// The drawer with everything that is known of the call.
#[component]
pub(super) fn Detail(list: List, call: ForemanCall) -> impl IntoView {
    let close = move |()| list.open.close();
    let title = words::in_words(&call).what;
    let clashes = call.why.iter().filter_map(|why| match why {
        Why::Clash { key, address, host_name } => {
            let (key, address, host_name) = (key.clone(), *address, host_name.clone());
            Some(view! { <Clash list key address host_name/> })
        }
        _ => None,
    });
    let clashes = clashes.collect::<Vec<_>>();
    view! {
        <Drawer title on_close=close testid="call-detail">
            <div class="drawer-body">
                <p class="call-ending">
                    {outcome(&call)}
                    <span class="muted">
                        <Moment at=call.at past=true/>
                    </span>
                </p>
                {advice::advice(&call).map(|advice| view! { <AdviceView advice/> })}
                {clashes}
                {answer(&call)}
                {reasons(&call)}
                {passed_over(&call)}
                {request(&call)}
                {parameters(&call)}
            </div>
        </Drawer>
    }
    .into_any()
}

#[component]
fn AdviceView(advice: Advice) -> impl IntoView {
    let Advice { tone, what, todo, place } = advice;
    let glyph = match tone {
        Tone::Bad => Glyph::Error,
        Tone::Warn => Glyph::Warning,
        _ => Glyph::Info,
    };
    view! {
        <div class=format!("notice {}", tone.class()) data-testid="call-advice">
            <Icon glyph/>
            <div>
                <strong>{what}</strong>
                " "
                {todo}
                {place
                    .map(|place| {
                        view! {
                            " "
                            <a href=place.href()>{format!("To “{}”", place.label())}</a>
                        }
                    })}
            </div>
        </div>
    }
}

/// What we answered. Foreman shows its users nothing of it but the status.
fn answer(call: &ForemanCall) -> impl IntoView + use<> {
    let text = Some(call.answer.clone()).filter(|text| !text.is_empty())?;
    let hidden = call.outcome.is_a_problem().then(|| {
        view! {
            <p class="field-note">{format!("Foreman shows its users only the status {}.", call.status)}</p>
        }
    });
    Some(view! {
        <section class="facts-section">
            <h3>"Our answer"</h3>
            <p class="answer-text">{text}</p>
            {hidden}
        </section>
    })
}

fn reasons(call: &ForemanCall) -> impl IntoView + use<> {
    let said = call.why.iter().filter_map(|why| match why {
        Why::Said(text) => Some(view! { <li>{text.clone()}</li> }),
        _ => None,
    });
    let said = said.collect::<Vec<_>>();
    (!said.is_empty()).then(|| {
        view! {
            <section class="facts-section">
                <h3>"Why"</h3>
                <ul class="reasons">{said}</ul>
            </section>
        }
    })
}

/// Addresses that looked free and were not.
fn passed_over(call: &ForemanCall) -> impl IntoView + use<> {
    let passed_over = call.why.iter().filter_map(|why| match why {
        Why::PassedOver { address, because } => Some((address.to_string(), because.clone())),
        _ => None,
    });
    let passed_over: Vec<_> = passed_over.collect();
    (!passed_over.is_empty()).then(|| {
        view! {
            <section class="facts-section">
                <h3>"Skipped"</h3>
                {table(passed_over)}
                <p class="field-note">"These looked free, but were not when checked again before one was offered."</p>
            </section>
        }
    })
}

fn request(call: &ForemanCall) -> impl IntoView + use<> {
    let certificate = call.address.as_ref() != Some(&call.caller);
    let (name, address) = if certificate { ("Certificate", call.address.clone()) } else { ("Address", None) };
    let facts = vec![
        ("Call", Some(format!("{} {}", call.method, call.path))),
        (name, Some(call.caller.clone())),
        ("Address", address),
        ("Answered", Some(call.at.to_string())),
        ("Took", Some(words::took(call.took_micros))),
    ];
    let id = call.request_id.clone().map(|id| {
        view! {
            <CopyField label="request id" text=id/>
            <p class="field-note">"Foreman’s production.log has the same request id."</p>
        }
    });
    view! {
        <section class="facts-section">
            <h3>"Call"</h3>
            {fact_list(facts)}
            {id}
        </section>
    }
}

fn parameters(call: &ForemanCall) -> impl IntoView + use<> {
    let rows = call.parameters.lines().filter(|line| !line.is_empty()).map(|line| {
        let (name, value) = line.split_once('=').unwrap_or((line, ""));
        (name.to_owned(), value.to_owned())
    });
    let rows: Vec<_> = rows.collect();
    (!rows.is_empty()).then(|| {
        view! {
            <section class="facts-section">
                <h3>"Parameters"</h3>
                {table(rows)}
            </section>
        }
    })
}

/// What is known of something, line by line; what is not known is left out.
pub(super) fn fact_list(facts: Vec<Fact>) -> impl IntoView {
    table(facts.into_iter().filter_map(|(term, value)| Some((term.to_owned(), value?))).collect())
}

fn table(rows: Vec<(String, String)>) -> impl IntoView {
    let rows = rows.into_iter().map(|(term, value)| {
        let copied = copied(&term, &value).map(|what| (what, value.clone()));
        let value = if value.is_empty() {
            view! { <span class="muted">"empty"</span> }.into_any()
        } else {
            sentence(&value).into_any()
        };
        view! {
            <div>
                <dt>{term}</dt>
                <dd>
                    {value}
                    {copied.map(|(what, text)| view! { <CopyButton what text/> })}
                </dd>
            </div>
        }
    });
    view! { <dl class="fact-list">{rows.collect::<Vec<_>>()}</dl> }
}

/// What of a call people take elsewhere: addresses, MAC addresses and names, whatever Foreman calls them.
fn copied(term: &str, value: &str) -> Option<Copied> {
    match () {
        () if value.parse::<IpAddr>().is_ok() => Some(Copied::Address),
        () if value.parse::<HwAddress>().is_ok() => Some(Copied::Mac),
        () => (term.to_lowercase().ends_with("name") && !value.is_empty()).then_some(Copied::Name),
    }
}
