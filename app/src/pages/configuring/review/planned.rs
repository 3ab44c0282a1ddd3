//! What edits would do, as it is reviewed: in words, what stands against it, and how it is made.
#![allow(
    clippy::large_types_passed_by_value,
    reason = "what is shared is a handful of handles, large in debug builds only"
)]

use leptos::prelude::*;
use model::{ConfigCommand, ConfigPartner, ConfigPlan, ConfigSummary};

use super::super::findings::FindingList;
use super::super::orphans::OrphanList;
use super::{Reviewing, has_warnings};
use crate::components::dangers::Dangers;
use crate::components::field::TextField;
use crate::components::icon::{Glyph, Icon};

/// What changes, with the subnets to be opened where it is said once for several.
fn summarised(summary: ConfigSummary) -> impl IntoView {
    let ConfigSummary { text, subnets } = summary;
    let which = (!subnets.is_empty()).then(|| {
        view! {
            <details>
                <summary class="muted">"Which subnets"</summary>
                <p class="mono">{subnets.join(", ")}</p>
            </details>
        }
    });
    view! { <li>{text} {which}</li> }
}

/// What edits would do.
#[component]
pub(super) fn Planned(
    /// The same, as the server has it planned.
    plan: ConfigPlan,
    /// What the parts of the review share.
    review: Reviewing,
) -> impl IntoView {
    let refused = plan.is_refused();
    let warned = has_warnings(&plan) && !refused;
    let nothing = plan.words.is_empty();
    let can_go_back = plan.findings.iter().all(|finding| finding.rule != "no-way-back");
    let ConfigPlan { summary, findings, commands, dangers, partners, tested, first_save, orphans, .. } = plan;
    let words = summary.into_iter().map(summarised).collect::<Vec<_>>();
    let accepted = review.accepted;
    view! {
        <section aria-labelledby="review-words">
            <h3 id="review-words">"What changes"</h3>
            {if nothing {
                view! { <p class="muted">"Nothing: the server is so already."</p> }.into_any()
            } else {
                view! {
                    <ul class="review-words" data-testid="review-words">
                        {words}
                    </ul>
                }
                    .into_any()
            }}
        </section>
        {(!findings.is_empty())
            .then(|| {
                view! {
                    <section aria-label="What stands against it">
                        <FindingList findings server=review.server/>
                    </section>
                }
            })}
        {refused
            .then(|| {
                view! {
                    <p class="notice tone-bad" data-testid="review-refused">
                        <strong>"It cannot be applied."</strong>
                        " Go back and correct what is refused or harmful."
                    </p>
                }
            })}
        {(!refused && !dangers.is_empty()).then(|| view! { <Dangers dangers password=review.password/> })}
        {(!refused && !orphans.is_empty()).then(|| view! { <OrphanList orphans deciding=review.orphans/> })}
        {warned
            .then(|| {
                view! {
                    <label class="check-line">
                        <input
                            type="checkbox"
                            data-testid="accept-warnings"
                            prop:checked=move || accepted.get()
                            on:change=move |event| accepted.set(event_target_checked(&event))
                        />
                        <span>"I have read the warnings: apply it all the same."</span>
                    </label>
                }
            })}
        {(!nothing && !refused)
            .then(|| {
                view! {
                    <TextField
                        name="note"
                        label="Why (shown in Changes; may stay empty)"
                        value=review.note
                        on_input=move |text| review.note.set(text)
                    />
                    <Within within=review.within can_go_back/>
                    {first_save
                        .then_some(view! {
                            <p class="muted" data-testid="first-save">
                                "This may be its first save: comments and includes in Kea’s file are lost. Keep a copy."
                            </p>
                        })}
                    <Sent commands partners tested/>
                }
            })}
    }
}

/// How it is made: what is sent, and what becomes of it at the other servers of a pair.
#[component]
fn Sent(commands: Vec<ConfigCommand>, partners: Vec<ConfigPartner>, tested: bool) -> impl IntoView {
    let test = if tested {
        " Kea tests it first."
    } else {
        " Kea is not asked for a test, after which a member of a pair would not let its partner in."
    };
    let elsewhere = partners.iter().flat_map(|partner| partner.commands.clone());
    let sent = commands.into_iter().chain(elsewhere).map(|command| {
        view! {
            <li>
                <code>{format!("{} to {}", command.name, command.server)}</code>
                <p class="mono muted review-command">{command.text}</p>
            </li>
        }
    });
    let sent = sent.collect::<Vec<_>>();
    let notes = partners.into_iter().map(|partner| {
        let glyph = if partner.waits { Glyph::Warning } else { Glyph::Info };
        view! {
            <p class="muted" data-testid="review-partner">
                <Icon glyph/>
                " "
                {partner.text}
            </p>
        }
    });
    view! {
        <details class="fold">
            <summary>"What is sent"</summary>
            <ul class="review-words">{sent}</ul>
        </details>
        <p class="muted">
            <Icon glyph=Glyph::Info/>
            {test}
            " If it then serves no leases, its previous configuration is restored."
        </p>
        {notes.collect::<Vec<_>>()}
    }
    .into_any()
}

/// After which times a change may be taken back, in seconds, each with what it is called.
const TIMES: [(i64, &str); 5] = [(60, "1 min"), (300, "5 min"), (900, "15 min"), (3_600, "1 h"), (86_400, "1 day")];

/// Whether it is taken back unless somebody confirms it, and after which time.
#[component]
fn Within(
    within: RwSignal<Option<i64>>,
    /// Whether it could be: not where a secret goes, as none is kept.
    can_go_back: bool,
) -> impl IntoView {
    let chosen = RwSignal::new(TIMES[1].0);
    let on = move || within.with(Option::is_some);
    let choose = move |seconds: String| {
        if let Ok(seconds) = seconds.parse() {
            chosen.set(seconds);
            within.set(Some(seconds));
        }
    };
    let options = TIMES.map(|(seconds, label)| {
        view! {
            <option value=seconds.to_string() selected=move || chosen.get() == seconds>
                {label}
            </option>
        }
    });
    view! {
        <div class="check-line">
            <input
                id="confirm-within"
                type="checkbox"
                data-testid="confirm-within"
                disabled=!can_go_back
                prop:checked=on
                on:change=move |event| within.set(event_target_checked(&event).then(|| chosen.get_untracked()))
            />
            <label for="confirm-within">"Take it back in"</label>
            <select
                class="input"
                aria-label="Time until it is taken back"
                disabled=!can_go_back
                on:change=move |event| choose(event_target_value(&event))
            >
                {options}
            </select>
            <span>"unless I confirm it"</span>
        </div>
        {(!can_go_back)
            .then(|| {
                view! { <p class="muted">"It cannot be taken back by itself: a password or key goes that Nestor does not keep."</p> }
            })}
    }
}
