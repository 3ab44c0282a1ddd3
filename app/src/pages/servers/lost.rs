//! What a server does not hold any more although it was saved, and the way to bring it back.

use leptos::prelude::*;
use leptos::task::spawn_local;
use model::{BatchUndone, Change, Content, Permission, Problem, ServerName, Unsettled};

use super::Servers;
use crate::api;
use crate::components::copy::{Copied, CopyButton};
use crate::components::icon::{Glyph, Icon};
use crate::components::problem::ProblemView;
use crate::components::server::lost;
use crate::state::{Session, Toasts};

/// The handles of one card.
#[derive(Clone, Copy)]
struct Recovery {
    servers: Servers,
    name: StoredValue<ServerName>,
    changes: RwSignal<Option<Vec<Change>>>,
    problem: RwSignal<Option<Problem>>,
    busy: RwSignal<bool>,
    toasts: Toasts,
}

impl Recovery {
    /// Asks which changes they are.
    fn look(self) {
        self.busy.set(true);
        spawn_local(async move {
            match api::list_lost(self.name.get_value()).await {
                Ok(changes) => drop(self.changes.try_set(Some(changes))),
                Err(error) => drop(self.problem.try_set(Some(error.0))),
            }
            self.busy.try_set(false);
        });
    }

    /// Has some of them made again.
    fn put_back(self, numbers: Vec<i64>) {
        self.busy.set(true);
        self.problem.set(None);
        spawn_local(async move {
            match api::put_back(self.name.get_value(), numbers).await {
                Ok(done) => self.notify(done),
                Err(error) => {
                    if self.problem.try_set(Some(error.0.clone())).is_some() {
                        self.toasts.failed(&error.0);
                    }
                }
            }
            self.servers.live.changed(None);
            self.servers.refetch.try_run(());
            if self.changes.try_get_untracked().is_some() {
                self.look();
            }
        });
    }

    fn notify(self, done: BatchUndone) {
        match done.undone {
            0 => {}
            1 => self.toasts.done("1 change was restored.".to_owned()),
            count => self.toasts.done(format!("{count} changes were restored.")),
        }
        self.problem.try_set(done.left.into_iter().next());
    }
}

/// What is lost, and the buttons that bring it back.
#[component]
pub(super) fn Lost(servers: Servers, name: ServerName, unsettled: Memo<Unsettled>) -> impl IntoView {
    let recovery = Recovery {
        servers,
        name: StoredValue::new(name),
        changes: RwSignal::new(None),
        problem: RwSignal::new(None),
        busy: RwSignal::new(false),
        toasts: Toasts::here(),
    };
    let text = Memo::new(move |_| lost(unsettled.get()));
    view! {
        <Show when=move || text.with(Option::is_some)>
            <div class="notice tone-bad server-unsettled" data-testid="lost">
                <Icon glyph=Glyph::Warning/>
                <p>{move || text.get()}</p>
                <Show when=move || recovery.changes.with(Option::is_none)>
                    <button
                        type="button"
                        class="button"
                        data-testid="show-lost"
                        disabled=move || recovery.busy.get()
                        on:click=move |_| recovery.look()
                    >
                        "Show them"
                    </button>
                </Show>
            </div>
            {move || recovery.changes.get().map(|changes| view! { <List recovery changes/> })}
        </Show>
        {move || recovery.problem.get().map(|problem| view! { <ProblemView problem/> })}
    }
    .into_any()
}

#[component]
fn List(recovery: Recovery, changes: Vec<Change>) -> impl IntoView {
    let may = Session::allows(Permission::Reserve);
    let numbers: Vec<i64> = changes.iter().map(|change| change.number).collect();
    let rows = changes.into_iter().map(|change| view! { <Row recovery change/> }).collect::<Vec<_>>();
    view! {
        <ul class="lost-list" data-testid="lost-list">
            {rows}
        </ul>
        <Show when=move || may.get()>
            <button
                type="button"
                class="button button-change"
                data-testid="put-back-all"
                disabled=move || recovery.busy.get()
                on:click={
                    let numbers = numbers.clone();
                    move |_| recovery.put_back(numbers.clone())
                }
            >
                {move || if recovery.busy.get() { "Restoring …" } else { "Restore all" }}
            </button>
        </Show>
    }
}

#[component]
fn Row(recovery: Recovery, change: Change) -> impl IntoView {
    let may = Session::allows(Permission::Reserve);
    let number = change.number;
    let known = change.version().and_then(Content::reservation);
    let title = known.map(model::Reservation::title).unwrap_or_default();
    let name = known.and_then(|known| known.host_name.clone()).unwrap_or_default();
    let what = match (&change.before, &change.after) {
        (_, None) => "was deleted, but is back",
        (None, Some(Content::Configuration { .. })) => "has lost the last change of its configuration",
        (None, Some(_)) => "is missing",
        (Some(_), Some(Content::Labels { .. })) => "has the name from before its last change",
        (Some(_), Some(_)) => "is at the version before its last change",
    };
    let identifier = change.subject.short();
    let known_by = change.subject.reservation().map_or(Copied::Identifier, |key| Copied::of(&key.identifier));
    view! {
        <li data-testid="lost-change">
            <span>
                <span class="address">{title.clone()}</span>
                {(!title.is_empty()).then(|| view! { <CopyButton what=Copied::Address text=title/> })}
                " "
                {name}
                " "
                <span class="address">{identifier.clone()}</span>
                <CopyButton what=known_by text=identifier/>
                " "
                {what}
            </span>
            <Show when=move || may.get()>
                <button
                    type="button"
                    class="button button-small"
                    disabled=move || recovery.busy.get()
                    on:click=move |_| recovery.put_back(vec![number])
                >
                    "Restore"
                </button>
            </Show>
        </li>
    }
}
