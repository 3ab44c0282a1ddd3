//! One server.

use leptos::prelude::*;
use leptos::task::spawn_local;
use model::{Permission, Problem, ServerName, ServerStatus, Unsettled};

use super::Servers;
use super::lost::Lost;
use crate::api;
use crate::components::badge::HealthBadge;
use crate::components::icon::{Glyph, Icon};
use crate::components::problem::ProblemView;
use crate::components::server::{FamilyTag, Findings, ServerFacts, not_saved, unknown, waiting};
use crate::pages::configuring::TABS;
use crate::routes;
use crate::state::{Session, Toasts};

/// A server: whether it serves, what it has not saved, what waits for it, what it is.
#[component]
pub(super) fn Card(servers: Servers, name: ServerName) -> impl IntoView {
    let status = servers.one(name.clone());
    let unsettled = Memo::new(move |_| status.with(|status| status.as_ref().map(|s| s.unsettled).unwrap_or_default()));
    let health = Memo::new(move |_| status.with(|status| status.as_ref().map(|status| status.health)));
    let family = Memo::new(move |_| status.with(|status| status.as_ref().map(|status| status.family)));
    let facts = move || status.get().filter(ServerStatus::is_known);
    let findings =
        move || status.with(|status| status.as_ref().map(|status| status.findings.clone()).unwrap_or_default());
    let (title, server) = (name.to_string(), name.to_string());
    view! {
        <article class="card" data-testid="server-card" data-server=server>
            <header class="card-head">
                <h2>
                    <Icon glyph=Glyph::Server/>
                    {title}
                    {move || family.get().map(|family| view! { <FamilyTag family/> })}
                </h2>
                {move || health.get().map(|health| view! { <HealthBadge health/> })}
            </header>
            <Pages name=name.clone()/>
            <NotSaved servers name=name.clone() unsettled/>
            <Lost servers name=name.clone() unsettled/>
            <Waiting name unsettled/>
            {move || facts().map(|server| view! { <ServerFacts server/> })}
            {move || view! { <Findings findings=findings()/> }}
        </article>
    }
    .into_any()
}

/// The pages of the server.
#[component]
fn Pages(name: ServerName) -> impl IntoView {
    let links = TABS.map(|(page, label)| view! { <a href=routes::of_server(&name, page)>{label}</a> });
    let label = format!("More of {name}");
    view! {
        <nav class="subnet-ways server-ways" aria-label=label>
            {links}
        </nav>
    }
}

/// What a restart would lose, and the button that ends that.
#[component]
fn NotSaved(servers: Servers, name: ServerName, unsettled: Memo<Unsettled>) -> impl IntoView {
    let may = Session::allows(Permission::Reserve);
    let toasts = Toasts::here();
    let busy = RwSignal::new(false);
    let problem = RwSignal::new(None::<Problem>);
    let name = StoredValue::new(name);
    let save = move |_| {
        busy.set(true);
        problem.set(None);
        spawn_local(async move {
            let name = name.get_value();
            match api::save_server(name.clone()).await {
                Ok(()) => toasts.done(format!("{name} has saved its running configuration.")),
                // A user who has left the page in the meantime hears of it all the same.
                Err(error) => {
                    if problem.try_set(Some(error.0.clone())).is_some() {
                        toasts.failed(&error.0);
                    }
                }
            }
            busy.try_set(false);
            servers.live.changed(None);
            servers.refetch.try_run(());
        });
    };
    let text = Memo::new(move |_| not_saved(unsettled.get()));
    view! {
        <Show when=move || text.with(Option::is_some)>
            <div class="notice tone-warn server-unsettled" data-testid="not-saved">
                <Icon glyph=Glyph::Warning/>
                <p>{move || text.get()}</p>
                <Show when=move || may.get()>
                    <button
                        type="button"
                        class="button button-change"
                        data-testid="save-now"
                        disabled=move || busy.get()
                        on:click=save
                    >
                        {move || if busy.get() { "Saving …" } else { "Save now" }}
                    </button>
                </Show>
            </div>
        </Show>
        {move || problem.get().map(|problem| view! { <ProblemView problem/> })}
    }
}

/// What waits for the server, and what is not known of it.
#[component]
fn Waiting(name: ServerName, unsettled: Memo<Unsettled>) -> impl IntoView {
    let href = routes::changes_to_settle(&name);
    let line = move |text: String, glyph: Glyph, testid: &'static str| {
        view! {
            <div class="notice tone-warn server-unsettled" data-testid=testid>
                <Icon glyph/>
                <p>{text}</p>
                <a class="button" href=href.clone()>
                    "See the changes"
                </a>
            </div>
        }
    };
    let also = line.clone();
    view! {
        {move || waiting(unsettled.get()).map(|text| line(text, Glyph::Pause, "waiting"))}
        {move || unknown(unsettled.get()).map(|text| also(text, Glyph::Info, "unknown"))}
    }
}
