//! What a server ran, revision by revision, and the way back.

use leptos::prelude::*;
use leptos::task::spawn_local;
use leptos_router::hooks::use_query_map;
use model::{ConfigEdit, ConfigurationDifference, Permission, Revision, RevisionPage, ServerName};

use super::review::Reviewed;
use super::{Asked, asked, of_server};
use crate::api;
use crate::components::empty::Empty;
use crate::components::icon::{Glyph, Icon};
use crate::components::moment::Moment;
use crate::components::problem::ProblemView;
use crate::live::Live;
use crate::routes;
use crate::state::{Session, Toasts};

/// The revisions of the server that the address names.
/// No findings stand there: they are of what runs now.
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
    live: Live,
}

impl History {
    /// Its page, with this in its address.
    fn page(self, pairs: &[(&str, String)]) -> String {
        self.server.with_value(|server| routes::page(&routes::of_server(server, routes::HISTORY), pairs))
    }

    /// Has that revision count as looked at, where somebody who may decide about it looks at it now. For browsers.
    fn see(self, unseen: Option<i64>) {
        Effect::new(move || {
            let Some(number) = unseen.filter(|_| self.may.get()) else { return };
            spawn_local(async move {
                // Else it is announced once more.
                drop(api::see_revisions(self.server.get_value(), number).await);
            });
        });
    }

    /// Has the server save what it runs.
    fn save(self) {
        spawn_local(async move {
            match api::save_server(self.server.get_value()).await {
                Ok(()) => self.toasts.done("What runs is saved."),
                Err(error) => self.toasts.failed(&error.0),
            }
            self.live.changed(None);
        });
    }

    /// Reviews what leads back to a revision, or in a part alone.
    fn restore(self, number: i64, path: String) {
        spawn_local(async move {
            match api::restore_config(self.server.get_value(), number, path).await {
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
    let compared = Memo::new(move |_| {
        params.with(|params| {
            let number = |name| params.get(name).and_then(|text| text.parse::<i64>().ok());
            number("from").map(|from| (from, number("to")))
        })
    });
    let history = History {
        server: StoredValue::new(server),
        may: Session::allows(Permission::Reserve),
        restoring: RwSignal::new(None),
        toasts: Toasts::here(),
        live: Live::here(),
    };
    let ask = move |before| api::list_revisions(history.server.get_value(), before);
    asked(
        8,
        move || before.get(),
        ask,
        move |asked: Asked<RevisionPage>| {
            let list = move || view! { <Revisions page=asked.value.get() history compared/> };
            let comparison = move || compared.get().map(|(from, to)| view! { <Comparison history from to/> });
            view! {
                {comparison}
                {list}
                <Reviewed reviewing=history.restoring server=history.server/>
            }
            .into_any()
        },
    )
}

/// How many differences are listed.
const MOST: usize = 500;

/// What differs from a revision to another, or to what runs now, and the way back for each part.
#[component]
fn Comparison(history: History, from: i64, to: Option<i64>) -> impl IntoView {
    let until = to.map_or_else(|| "what runs now".to_owned(), |to| format!("#{to}"));
    let title = format!("From #{from} to {until}");
    let all = history.page(&[]);
    let found = asked(
        4,
        || (),
        move |()| api::get_config_difference(history.server.get_value(), from, to),
        move |asked: Asked<ConfigurationDifference>| {
            let list = move || {
                let ConfigurationDifference { words, paths, .. } = asked.value.get();
                let more = words.len().saturating_sub(MOST);
                let none = words.is_empty();
                let rows = words.into_iter().zip(paths).take(MOST);
                let rows = rows.map(|(text, path)| view! { <Difference history from text path/> }).collect::<Vec<_>>();
                view! {
                    <ul class="review-words" data-testid="differences">
                        {rows}
                    </ul>
                    {none
                        .then(|| {
                            view! { <p class="muted">"Nothing that is shown differs: a password or key may."</p> }
                        })}
                    {(more > 0)
                        .then(|| {
                            view! { <p class="muted">{format!("and {more} more: nestor config diff lists them all")}</p> }
                        })}
                }
            };
            list.into_any()
        },
    );
    view! {
        <section class="card card-body" aria-labelledby="compared" data-testid="comparison">
            <header class="card-head">
                <h2 id="compared">{title}</h2>
                <a class="card-more" href=all>
                    "Close"
                </a>
            </header>
            {found}
        </section>
    }
}

/// One difference, and the way back to how it was before it.
#[component]
fn Difference(history: History, from: i64, text: String, path: String) -> impl IntoView {
    let label = format!("Restore as in #{from}: {text}");
    let path = StoredValue::new(path);
    view! {
        <li>
            {text}
            " "
            <Show when=move || history.may.get()>
                <button
                    type="button"
                    class="button button-small"
                    aria-label=label.clone()
                    data-testid="restore-part"
                    on:click=move |_| history.restore(from, path.get_value())
                >
                    "Restore…"
                </button>
            </Show>
        </li>
    }
}

/// That others changed what runs, and may not have saved it.
#[component]
fn PerhapsUnsaved(history: History) -> impl IntoView {
    view! {
        <div class="notice tone-warn" data-testid="perhaps-unsaved">
            <Icon glyph=Glyph::Warning/>
            <p>
                "Others changed what runs. Kea does not say whether they saved it: if not, a restart loses it."
            </p>
            <Show when=move || history.may.get()>
                <button type="button" class="button button-change" data-testid="save-running" on:click=move |_| history.save()>
                    "Save what runs"
                </button>
            </Show>
        </div>
    }
}

/// The form that asks what differs between two of these revisions. It is part of the address, and works as it is loaded.
#[component]
fn Compare(history: History, numbers: Vec<i64>, compared: Memo<Option<(i64, Option<i64>)>>) -> impl IntoView {
    let second = numbers.get(1).copied();
    let choices = move |chosen: Option<i64>| {
        let option = |number: &i64| {
            let number = *number;
            view! {
                <option value=number selected=chosen == Some(number)>
                    {format!("#{number}")}
                </option>
            }
        };
        numbers.iter().map(option).collect::<Vec<_>>()
    };
    let (from, to) = compared.get_untracked().map_or((second, None), |(from, to)| (Some(from), to));
    view! {
        <form class="toolbar" method="get" action=history.page(&[]) data-testid="compare">
            <label>
                "From " <select name="from" class="input">
                    {choices(from)}
                </select>
            </label>
            <label>
                "to " <select name="to" class="input">
                    <option value="">"what runs now"</option>
                    {choices(to)}
                </select>
            </label>
            <button type="submit" class="button">
                "Compare"
            </button>
        </form>
    }
}

#[component]
fn Revisions(page: RevisionPage, history: History, compared: Memo<Option<(i64, Option<i64>)>>) -> impl IntoView {
    let RevisionPage { revisions, more, problem, looked_at, unseen, perhaps_unsaved } = page;
    history.see(unseen);
    let older = revisions.last().filter(|_| more).map(|last| history.page(&[("before", last.number.to_string())]));
    let numbers: Vec<i64> = revisions.iter().map(|revision| revision.number).collect();
    let newest = revisions.first().map(|first| first.number);
    let none = revisions.is_empty();
    let rows = revisions.into_iter().map(|revision| {
        let is_newest = newest == Some(revision.number);
        view! { <Row revision is_newest history/> }
    });
    let rows = rows.collect::<Vec<_>>();
    view! {
        {problem.map(|problem| view! { <ProblemView problem/> })}
        {looked_at.map(|at| view! { <p class="muted" data-testid="looked-at">"Last looked at " <Moment at past=true/></p> })}
        {perhaps_unsaved.then(|| view! { <PerhapsUnsaved history/> })}
        {(!none).then(|| view! { <Compare history numbers compared/> })}
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
                        on:click=move |_| history.restore(number, String::new())
                    >
                        <Icon glyph=Glyph::Undo/>
                        "Restore…"
                    </button>
                </Show>
            </div>
            <ul class="review-words muted">
                {words}
                {(more > 0)
                    .then(|| {
                        let href = history.page(&[("from", (number - 1).to_string()), ("to", number.to_string())]);
                        view! {
                            <li>
                                <a href=href data-testid="all-differences">
                                    {format!("and {more} more")}
                                </a>
                            </li>
                        }
                    })}
            </ul>
        </li>
    }
}
