//! What others changed while somebody typed: the three values side by side, and whose holds.

use leptos::prelude::*;
use model::{ConfigClash, ConfigEdit};

use crate::components::icon::{Glyph, Icon};

/// Parts that others changed meanwhile, each with the choice of what holds.
#[component]
pub(super) fn Clashes(
    /// The parts.
    clashes: Vec<ConfigClash>,
    /// The edits that were to be made.
    edits: StoredValue<Vec<ConfigEdit>>,
    /// Called with the edits to go on with.
    #[prop(into)]
    on_settled: Callback<Vec<ConfigEdit>>,
) -> impl IntoView {
    let mine = RwSignal::new(vec![false; clashes.len()]);
    let rows =
        clashes.iter().cloned().enumerate().map(|(at, clash)| view! { <Side at clash mine/> }).collect::<Vec<_>>();
    let clashes = StoredValue::new(clashes);
    let go_on = move |_| {
        let settled = edits.with_value(|edits| {
            clashes.with_value(|clashes| ConfigClash::settle(edits, clashes, &mine.get_untracked()))
        });
        on_settled.run(settled);
    };
    view! {
        <section aria-labelledby="clashes" data-testid="clashes">
            <h3 id="clashes">"Others changed the same meanwhile"</h3>
            <p class="muted">"Choose what holds. What you typed stays in the form until it is applied or discarded."</p>
            {rows}
            <p>
                <button type="button" class="button button-primary" data-testid="settle-clashes" on:click=go_on>
                    "Review again"
                </button>
            </p>
        </section>
    }
}

/// One part: what it was, what it is, what is wanted.
#[component]
fn Side(at: usize, clash: ConfigClash, mine: RwSignal<Vec<bool>>) -> impl IntoView {
    let ConfigClash { label, was, now, wanted, anew, .. } = clash;
    let name = label.clone();
    let is_there = now.is_some();
    let said = |value: Option<String>| value.unwrap_or_else(|| "nothing".to_owned());
    let value = |title: &'static str, value: Option<String>| {
        view! {
            <dt>{title}</dt>
            <dd class="mono">{said(value)}</dd>
        }
    };
    let choice = move |text: &'static str, own: bool| {
        view! {
            <label class="check-line">
                <input
                    type="radio"
                    name=format!("clash-{at}")
                    prop:checked=move || mine.with(|mine| mine.get(at) == Some(&own))
                    on:change=move |_| mine.update(|mine| mine[at] = own)
                />
                <span>{text}</span>
            </label>
        }
    };
    let own = anew.map(|_| choice("Make my change on it", true));
    let gone = own.is_none().then(|| {
        let text = if is_there { "It is another one now" } else { "It is gone" };
        view! { <p class="muted">{text} ": there is nothing to make your change on."</p> }
    });
    view! {
        <div class="notice tone-warn clash" role="group" aria-label=name>
            <Icon glyph=Glyph::Warning/>
            <div>
                <strong>{label}</strong>
                <dl class="clash-values">
                    {value("It was", was)} {value("Others made it", now)} {value("You want", wanted)}
                </dl>
                {choice("Keep what others made", false)} {own} {gone}
            </div>
        </div>
    }
}
