//! What a server ran, revision by revision, and the way back.

use leptos::prelude::*;
use leptos::task::spawn_local;
use leptos_router::hooks::use_query_map;
use model::{ConfigEdit, Permission, Revision, RevisionPage, ServerName};

use super::review::Reviewed;
use super::{Asked, asked, of_server};
use crate::api;
use crate::components::empty::Empty;
use crate::components::icon::{Glyph, Icon};
use crate::components::moment::Moment;
use crate::components::problem::ProblemView;
use crate::routes;
use crate::state::{Session, Toasts};

/// The revisions of the server that the address names.
#[component]
pub fn HistoryPage() -> impl IntoView {
    of_server(routes::HISTORY, |server| view! { <Loading server/> }.into_any())
}

/// What the parts of the page share.
#[derive(Clone, Copy)]
struct History {
    server: StoredValue<ServerName>,
    may: Signal<bool>,
    restoring: RwSignal<Option<Vec<ConfigEdit>>>,
    toasts: Toasts,
}

impl History {
    /// Reviews what leads back to a revision.
    fn restore(self, number: i64) {
        spawn_local(async move {
            match api::restore_config(self.server.get_value(), number, String::new()).await {
                Ok(edits) if edits.is_empty() => {
                    self.toasts.done("The server runs this already: nothing to restore.");
                }
                Ok(edits) => drop(self.restoring.try_set(Some(edits))),
                Err(error) => self.toasts.failed(&error.0),
            }
        });
    }
}

#[component]
fn Loading(server: ServerName) -> impl IntoView {
    let params = use_query_map();
    let before = Memo::new(move |_| params.with(|params| params.get("before")?.parse::<i64>().ok()));
    let history = History {
        server: StoredValue::new(server),
        may: Session::allows(Permission::Reserve),
        restoring: RwSignal::new(None),
        toasts: Toasts::here(),
    };
    let ask = move |before| api::list_revisions(history.server.get_value(), before);
    asked(
        8,
        move || before.get(),
        ask,
        move |asked: Asked<RevisionPage>| {
            let list = move || view! { <Revisions page=asked.value.get() history/> };
            view! {
                {list}
                <Reviewed reviewing=history.restoring server=history.server/>
            }
            .into_any()
        },
    )
}

#[component]
fn Revisions(page: RevisionPage, history: History) -> impl IntoView {
    let RevisionPage { revisions, more, problem } = page;
    let older = revisions.last().filter(|_| more).map(|last| {
        let number = last.number.to_string();
        history
            .server
            .with_value(|server| routes::page(&routes::of_server(server, routes::HISTORY), &[("before", number)]))
    });
    let newest = revisions.first().map(|first| first.number);
    let none = revisions.is_empty();
    let rows = revisions.into_iter().map(|revision| {
        let is_newest = newest == Some(revision.number);
        view! { <Row revision is_newest history/> }
    });
    let rows = rows.collect::<Vec<_>>();
    view! {
        {problem.map(|problem| view! { <ProblemView problem/> })}
        {if none {
            view! {
                <Empty glyph=Glyph::History title="No revision yet">
                    <p>"What the server runs is looked at every 30 seconds; the first revision appears after that."</p>
                </Empty>
            }
                .into_any()
        } else {
            view! { <ol class="card revisions" data-testid="revisions">{rows}</ol> }.into_any()
        }}
        {older
            .map(|href| {
                view! {
                    <footer class="list-foot">
                        <a class="button" href=href>
                            <span>"Older"</span>
                            <Icon glyph=Glyph::ChevronRight/>
                        </a>
                    </footer>
                }
            })}
    }
}

#[component]
fn Row(revision: Revision, is_newest: bool, history: History) -> impl IntoView {
    let summary = revision.summary();
    let Revision { number, at, words, differences, .. } = revision;
    let more = usize::try_from(differences).unwrap_or_default().saturating_sub(words.len());
    let words = words.into_iter().map(|text| view! { <li>{text}</li> }).collect::<Vec<_>>();
    let label = format!("Restore revision {number}");
    view! {
        <li class="revision" data-testid="revision">
            <div class="revision-head">
                <strong class="numeric">{format!("#{number}")}</strong>
                <span>{summary}</span>
                <span class="muted">
                    <Moment at past=true/>
                </span>
                <Show when=move || history.may.get() && !is_newest>
                    <button
                        type="button"
                        class="button button-small"
                        aria-label=label.clone()
                        on:click=move |_| history.restore(number)
                    >
                        <Icon glyph=Glyph::Undo/>
                        "Restore…"
                    </button>
                </Show>
            </div>
            <ul class="review-words muted">
                {words}
                {(more > 0).then(|| view! { <li>{format!("and {more} more")}</li> })}
            </ul>
        </li>
    }
}
