//! What is wrong with a server, what that means, and how it is mended.

use leptos::prelude::*;
use model::{CheckLevel, CheckLine, ConfigEdit, Permission, ServerCheck, ServerName};

use super::review::Reviewed;
use super::silence::{Silence, SilenceButton, SilenceQuestion, SilencedList};
use super::{Asked, asked, of_server};
use crate::api;
use crate::components::badge::{Badge, Tone};
use crate::components::copy::CopyField;
use crate::components::icon::{Glyph, Icon};
use crate::routes;
use crate::state::Session;

/// What is being mended.
#[derive(Clone, Copy)]
struct Mending {
    /// The edits.
    edits: RwSignal<Option<Vec<ConfigEdit>>>,
    /// The server that they are for; none: the one that is checked.
    elsewhere: RwSignal<Option<ServerName>>,
}

/// The check of the server that the address names.
/// Findings are among its lines, so none stand above them.
#[component]
pub fn CheckPage() -> impl IntoView {
    of_server(routes::CHECK, |server| view! { <Loading server/> }.into_any())
}

#[component]
fn Loading(server: ServerName) -> impl IntoView {
    let server = StoredValue::new(server);
    let mending = Mending { edits: RwSignal::new(None), elsewhere: RwSignal::new(None) };
    let silence = Silence::here(server);
    let ask = move |()| api::check_server(server.get_value());
    asked(
        8,
        || (),
        ask,
        move |Asked { value, again }: Asked<ServerCheck>| {
            view! {
                <div class="toolbar">
                    <button type="button" class="button" data-testid="check-again" on:click=move |_| again.run(())>
                        "Check again"
                    </button>
                </div>
                {move || {
                    let ServerCheck { lines, silenced, .. } = value.get();
                    view! {
                        <Lines lines mending silence/>
                        <SilencedList silence silenced/>
                    }
                }}
                <Reviewed reviewing=mending.edits server on_applied=again elsewhere=mending.elsewhere/>
                <SilenceQuestion silence/>
            }
            .into_any()
        },
    )
}

/// What needs attention, the worst first; below it what is as it should be.
#[component]
fn Lines(lines: Vec<CheckLine>, mending: Mending, silence: Silence) -> impl IntoView {
    let (fine, mut rest): (Vec<_>, Vec<_>) = lines.into_iter().partition(|line| line.level == CheckLevel::Fine);
    rest.sort_by_key(|line| std::cmp::Reverse(line.level));
    let summary = format!("{} checks passed", fine.len());
    let row = move |line| view! { <Line line mending silence/> };
    let none = rest.is_empty();
    let rest = rest.into_iter().map(row).collect::<Vec<_>>();
    let fine = fine.into_iter().map(row).collect::<Vec<_>>();
    view! {
        {if none {
            view! {
                <div class="well">
                    <Icon glyph=Glyph::CheckCircle/>
                    <p>"No problems were found."</p>
                </div>
            }
                .into_any()
        } else {
            view! {
                <div class="card">
                    <ul class="concerns">{rest}</ul>
                </div>
            }
                .into_any()
        }}
        <details class="fold" open=none>
            <summary>{summary}</summary>
            <ul class="concerns">{fine}</ul>
        </details>
    }
}

#[component]
fn Line(line: CheckLine, mending: Mending, silence: Silence) -> impl IntoView {
    let CheckLine { area, level, text, advice, items, lines, edits, edits_at, findings } = line;
    let (tone, glyph, word) = match level {
        CheckLevel::Fine => (Tone::Good, Glyph::CheckCircle, "fine"),
        CheckLevel::Hint => (Tone::Info, Glyph::Info, "hint"),
        CheckLevel::Warning => (Tone::Warn, Glyph::Warning, "warning"),
        CheckLevel::Fault => (Tone::Bad, Glyph::Error, "fault"),
    };
    let may = Session::allows(Permission::Reserve);
    let can_be_done = !edits.is_empty();
    let what = edits_at.as_ref().map_or_else(|| "Do it…".to_owned(), |server| format!("Do it on {server}…"));
    let edits = StoredValue::new((edits_at, edits));
    let mend = move || {
        let (elsewhere, edits) = edits.get_value();
        mending.elsewhere.set(elsewhere);
        mending.edits.set(Some(edits));
    };
    let copies = lines.into_iter().map(|text| view! { <CopyField label="line" text/> }).collect::<Vec<_>>();
    view! {
        <li class="concern" data-testid="check-line">
            <Badge tone glyph text=word/>
            <div>
                <p>
                    <strong>{area.label()}</strong>
                    " "
                    {text}
                </p>
                {(!advice.is_empty()).then(|| view! { <p class="muted">{advice}</p> })}
                {(!items.is_empty()).then(|| view! { <pre>{items.join("\n")}</pre> })}
                {copies}
                <Show when=move || can_be_done && may.get()>
                    <button
                        type="button"
                        class="button button-small"
                        data-testid="do-it"
                        on:click=move |_| mend()
                    >
                        {what.clone()}
                    </button>
                </Show>
                " "
                <SilenceButton silence findings/>
            </div>
        </li>
    }
}
