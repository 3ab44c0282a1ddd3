//! One server.

use std::pin::Pin;

use leptos::prelude::*;
use leptos::task::spawn_local;
use model::{Permission, Problem, ServerName, ServerStatus, Unsettled};

use super::Servers;
use super::lost::Lost;
use crate::api::{self, Answer};
use crate::components::badge::HealthBadge;
use crate::components::icon::{Glyph, Icon};
use crate::components::problem::ProblemView;
use crate::components::server::{FamilyTag, Findings, ServerFacts, not_saved, unknown, waiting};
use crate::components::unconfirmed::UnconfirmedChanges;
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
    let unconfirmed =
        Memo::new(move |_| status.with(|status| status.as_ref().map(|s| s.unconfirmed.clone()).unwrap_or_default()));
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
            <UnconfirmedChanges server=name.clone() changes=unconfirmed/>
            <Deaf servers name=name.clone()/>
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

/// What a button of the card has the server do.
type Deed = fn(ServerName) -> Pin<Box<dyn Future<Output = Answer<()>>>>;

/// What a restart would lose, and the button that ends that.
#[component]
fn NotSaved(servers: Servers, name: ServerName, unsettled: Memo<Unsettled>) -> impl IntoView {
    let text = Memo::new(move |_| not_saved(unsettled.get()));
    let words = Words {
        notice: "not-saved",
        button: "save-now",
        at_rest: "Save now",
        at_work: "Saving …",
        done: "has saved its running configuration.",
    };
    view! { <Remedy servers name text words deed=|name| Box::pin(api::save_server(name))/> }
}

/// That it hands out no leases, and the button that may end that.
#[component]
fn Deaf(servers: Servers, name: ServerName) -> impl IntoView {
    let status = servers.one(name.clone());
    let text = Memo::new(move |_| {
        let repairable = status.with(|status| status.as_ref().is_some_and(|status| status.repairable));
        repairable.then(|| {
            "Clients get no addresses from it. Repair gives it once more what it runs; if it refuses that, it loads its \
             saved file, and what was not saved is lost."
                .to_owned()
        })
    });
    let words = Words {
        notice: "deaf",
        button: "repair",
        at_rest: "Repair",
        at_work: "Repairing …",
        done: "serves clients again.",
    };
    view! { <Remedy servers name text words deed=|name| Box::pin(api::repair_server(name))/> }
}

/// The words of a remedy.
#[derive(Clone, Copy)]
struct Words {
    /// The names of the notice and its button for tests.
    notice: &'static str,
    button: &'static str,
    /// What is on the button before and while it works.
    at_rest: &'static str,
    at_work: &'static str,
    /// What is said of the server afterwards.
    done: &'static str,
}

/// What is wrong with a server, and the button that ends that.
#[component]
fn Remedy(servers: Servers, name: ServerName, text: Memo<Option<String>>, words: Words, deed: Deed) -> impl IntoView {
    let may = Session::allows(Permission::Reserve);
    let toasts = Toasts::here();
    let busy = RwSignal::new(false);
    let problem = RwSignal::new(None::<Problem>);
    let name = StoredValue::new(name);
    let Words { notice, button, at_rest, at_work, done } = words;
    let act = move |_| {
        busy.set(true);
        problem.set(None);
        spawn_local(async move {
            let name = name.get_value();
            match deed(name.clone()).await {
                Ok(()) => toasts.done(format!("{name} {done}")),
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
    view! {
        <Show when=move || text.with(Option::is_some)>
            <div class="notice tone-warn server-unsettled" data-testid=notice>
                <Icon glyph=Glyph::Warning/>
                <p>{move || text.get()}</p>
                <Show when=move || may.get()>
                    <button
                        type="button"
                        class="button button-change"
                        data-testid=button
                        disabled=move || busy.get()
                        on:click=act
                    >
                        {move || if busy.get() { at_work } else { at_rest }}
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
