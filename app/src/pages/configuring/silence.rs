//! Findings that are known and may stay so: silenced with a reason, listed, and shown again.

use leptos::prelude::*;
use leptos::task::spawn_local;
use model::{Permission, Problem, ServerName, Silenced, Silencing};

use crate::api;
use crate::components::dialog::{DialogHead, Modal};
use crate::components::field::TextField;
use crate::components::moment::Moment;
use crate::components::problem::ProblemView;
use crate::live::Live;
use crate::state::{Session, Toasts};

/// What a page does with findings that may be silenced.
#[derive(Clone, Copy)]
pub(super) struct Silence {
    server: StoredValue<ServerName>,
    /// What the user is about to silence.
    asked: RwSignal<Option<Vec<Silencing>>>,
    may: Signal<bool>,
    live: Live,
    toasts: Toasts,
}

impl Silence {
    /// For the page that is being made.
    pub(super) fn here(server: StoredValue<ServerName>) -> Self {
        let may = Session::allows(Permission::Reserve);
        Self { server, asked: RwSignal::new(None), may, live: Live::here(), toasts: Toasts::here() }
    }

    fn show_again(self, finding: String) {
        spawn_local(async move {
            if let Err(error) = api::show_again(self.server.get_value(), finding).await {
                self.toasts.failed(&error.0);
            }
            self.live.changed(None);
        });
    }
}

/// The button that asks why findings may be silenced; nothing where they may not.
#[component]
pub(super) fn SilenceButton(silence: Silence, findings: Vec<Silencing>) -> impl IntoView {
    let any = !findings.is_empty();
    let findings = StoredValue::new(findings);
    view! {
        <Show when=move || any && silence.may.get()>
            <button
                type="button"
                class="button button-small"
                data-testid="silence"
                on:click=move |_| silence.asked.set(Some(findings.get_value()))
            >
                "Silence…"
            </button>
        </Show>
    }
}

/// The question why, while one is asked.
#[component]
pub(super) fn SilenceQuestion(silence: Silence) -> impl IntoView {
    move || silence.asked.get().map(|findings| view! { <Question silence findings/> })
}

#[component]
fn Question(silence: Silence, findings: Vec<Silencing>) -> impl IntoView {
    let reason = RwSignal::new(String::new());
    let problem = RwSignal::new(None::<Problem>);
    let busy = RwSignal::new(false);
    let texts = findings.iter().map(|finding| view! { <li>{finding.text.clone()}</li> }).collect::<Vec<_>>();
    let close = Callback::new(move |()| silence.asked.set(None));
    let send = move |_| {
        busy.set(true);
        let (server, findings, reason) = (silence.server.get_value(), findings.clone(), reason.get_untracked());
        spawn_local(async move {
            match api::silence_findings(server, findings, reason).await {
                Ok(()) => drop(silence.asked.try_set(None)),
                Err(error) => drop(problem.try_set(Some(error.0))),
            }
            busy.try_set(false);
            silence.live.changed(None);
        });
    };
    view! {
        <Modal class="dialog" labelled_by="silence-title" on_close=close testid="silence-dialog">
            <DialogHead id="silence-title" title="Silence this finding?" on_close=close/>
            <div class="dialog-text">
                <ul class="review-words">{texts}</ul>
                <p>"It no longer counts on the overview, nor in the log. Others see who silenced it, and why."</p>
                <TextField
                    name="silence-reason"
                    label="Why it may stay so"
                    value=reason
                    on_input=move |text| reason.set(text)
                    first=true
                />
                {move || problem.get().map(|problem| view! { <ProblemView problem/> })}
            </div>
            <footer class="dialog-foot">
                <button type="button" class="button" on:click=move |_| close.run(())>
                    "Cancel"
                </button>
                <button
                    type="button"
                    class="button button-change"
                    data-testid="confirm-silence"
                    disabled=move || busy.get() || reason.with(|reason| reason.trim().is_empty())
                    on:click=send
                >
                    "Silence"
                </button>
            </footer>
        </Modal>
    }
}

/// What is silenced, with who silenced it and why.
#[component]
pub(super) fn SilencedList(silence: Silence, silenced: Vec<Silenced>) -> impl IntoView {
    let count = silenced.len();
    let rows = silenced.into_iter().map(|one| {
        let Silenced { finding, text, reason, actor, at, .. } = one;
        let finding = StoredValue::new(finding);
        view! {
            <li class="concern" data-testid="silenced">
                <div>
                    <p>{text}</p>
                    <p class="muted">{reason} " (" {actor} ", " <Moment at past=true/> ")"</p>
                    <Show when=move || silence.may.get()>
                        <button
                            type="button"
                            class="button button-small"
                            data-testid="show-again"
                            on:click=move |_| silence.show_again(finding.get_value())
                        >
                            "Show again"
                        </button>
                    </Show>
                </div>
            </li>
        }
    });
    let rows = rows.collect::<Vec<_>>();
    (count > 0).then(|| {
        view! {
            <details class="fold" data-testid="silenced-list">
                <summary>{format!("{count} silenced")}</summary>
                <ul class="concerns">{rows}</ul>
            </details>
        }
    })
}
