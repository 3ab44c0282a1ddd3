//! What servers run: the configuration part by part, its parameters, and what stands against it.
#![allow(unreachable_pub, private_interfaces, reason = "the component macro makes every component `pub`")]

mod bench;
mod bulk;
mod check;
mod clashes;
mod class_choice;
mod classes;
mod comment;
mod ddns;
mod definitions;
mod edits;
mod elsewhere;
mod expression;
mod findings;
mod form_card;
mod history;
mod hooks;
mod lint;
mod logging;
mod new_subnet;
mod options;
mod orphans;
mod parameters;
mod parts;
mod pools;
mod reload;
mod review;
mod shared_networks;
mod silence;
mod subnet;
mod templates;
mod text;
mod typed;
mod uses;

use leptos::prelude::*;
use leptos_meta::Title;
use leptos_router::hooks::{use_params_map, use_query_map};
use model::{ConfigForm, ServerName, Unconfirmed};
use serde::Serialize;
use serde::de::DeserializeOwned;

pub use bulk::BulkPage;
pub use check::CheckPage;
pub use classes::ClassesPage;
pub use ddns::DdnsPage;
pub use definitions::DefinitionsPage;
pub use findings::FindingsPage;
pub use history::HistoryPage;
pub use hooks::HooksPage;
pub use logging::LoggingPage;
pub use new_subnet::NewSubnetPage;
pub use options::OptionsPage;
pub use parameters::ParametersPage;
pub use parts::ConfigurationPage;
pub use shared_networks::SharedNetworksPage;
pub use subnet::SettingsPage;
pub use templates::TemplatesPage;

use self::findings::FindingsOf;
use crate::api::{self, Answer};
use crate::components::empty::Empty;
use crate::components::icon::Glyph;
use crate::components::latest::{Latest, Outdated, load};
use crate::components::unconfirmed::UnconfirmedChanges;
use crate::live::Live;
use crate::routes;

/// The pages of a server, each with its title.
pub(crate) const TABS: [(&str, &str); 13] = [
    (routes::CONFIGURATION, "Configuration"),
    (routes::PARAMETERS, "Parameters"),
    (routes::OPTIONS, "Options"),
    (routes::DEFINITIONS, "Definitions"),
    (routes::SHARED_NETWORKS, "Shared networks"),
    (routes::CLASSES, "Classes"),
    (routes::HOOKS, "Hooks"),
    (routes::DDNS, "DNS updates"),
    (routes::LOGGING, "Logging"),
    (routes::TEMPLATES, "Templates"),
    (routes::FINDINGS, "Findings"),
    (routes::CHECK, "Check"),
    (routes::HISTORY, "History"),
];

/// Grows when configurations may have changed. Not with every lease: large ones are not asked for lightly.
fn version(live: Live) -> u64 {
    live.version_under(&[])
}

/// A page of the server that the address names.
fn of_server(tab: &'static str, body: impl Fn(ServerName) -> AnyView + Copy + Send + Sync + 'static) -> impl IntoView {
    let params = use_params_map();
    let server = Memo::new(move |_| params.with(routes::server_name));
    move || match server.get() {
        Some(server) => {
            let page = body(server.clone());
            view! { <Head server tab/> {page} }.into_any()
        }
        None => view! {
            <Title text="Not found · Nestor"/>
            <Empty glyph=Glyph::NoEntry title="Server not found">
                <p>"No server has that name. "<a href=routes::SERVERS>"Servers"</a></p>
            </Empty>
        }
        .into_any(),
    }
}

/// A page of a part of a server.
fn of_part(server: StoredValue<ServerName>, page: &str, path: &str) -> String {
    server.with_value(|server| routes::settings_of_part(server, page, path))
}

/// The part that the address of the page names; empty: the whole.
fn part_named() -> Memo<String> {
    let params = use_query_map();
    Memo::new(move |_| params.with(|params| params.get("at").unwrap_or_default()))
}

/// What a page asks a server for, as it came back last.
struct Asked<T: Send + Sync + 'static> {
    /// The last good answer.
    value: RwSignal<T>,
    /// Asks again.
    again: Callback<()>,
}

/// Shows what a page asks a server for: the first good answer builds the view, and it is asked for again when `of` is
/// something else, and when configurations may have changed.
fn asked<O, T, F>(
    rows: usize,
    of: impl Fn() -> O + Send + Sync + 'static,
    ask: impl Fn(O) -> F + Send + Sync + 'static,
    build: impl Fn(Asked<T>) -> AnyView + Copy + Send + Sync + 'static,
) -> AnyView
where
    O: Clone + PartialEq + Send + Sync + 'static,
    T: Clone + Send + Sync + Serialize + DeserializeOwned + 'static,
    F: Future<Output = Answer<T>> + Send + 'static,
{
    let live = Live::here();
    let answer = Resource::new(move || (version(live), of()), move |(_, of)| ask(of));
    let again = Callback::new(move |()| answer.refetch());
    load(answer, rows, move |latest: Latest<T>| {
        let body = build(Asked { value: latest.value, again });
        view! { <Outdated problem=latest.problem retry=again/> {body} }.into_any()
    })
    .into_any()
}

/// Parts of a server that are listed on a page, each with one of its own.
struct Listed {
    /// The page of the list.
    page: &'static str,
    /// What is said where the one that is named is not there.
    missing: &'static str,
    /// How the list is called.
    all: &'static str,
    /// How findings lead to the part of a path.
    form: fn(String) -> ConfigForm,
}

impl Listed {
    /// The page of the list.
    fn href(&self, server: StoredValue<ServerName>) -> String {
        server.with_value(|server| routes::of_server(server, self.page))
    }

    /// The list where the address names no part of it, and the part that it names; or that there is none so named. A part is
    /// built anew when another one is found.
    fn show<T: Clone + PartialEq + Send + Sync + 'static>(
        &'static self,
        server: StoredValue<ServerName>,
        part: Memo<String>,
        find: impl Fn(&str) -> Option<T> + Send + Sync + 'static,
        list: impl Fn() -> AnyView + Send + 'static,
        one: impl Fn(T) -> AnyView + Send + 'static,
    ) -> AnyView {
        let is_list = Memo::new(move |_| part.with(String::is_empty));
        let found = Memo::new(move |_| part.with(|path| find(path)));
        // The list does not look for a part: what depends on the answer twice, directly and by a memo, may miss a new one.
        let body = move || {
            if is_list.get() {
                return list();
            }
            found.get().map_or_else(|| self.not_found(server), &one)
        };
        view! { <OfPart server part page=(self.form)(String::new())/> {body} }.into_any()
    }

    fn not_found(&'static self, server: StoredValue<ServerName>) -> AnyView {
        view! {
            <Empty glyph=Glyph::NoEntry title=self.missing>
                <p>
                    "The server has none that is so named. It may have another name now. "
                    <a href=self.href(server)>{self.all}</a>
                </p>
            </Empty>
        }
        .into_any()
    }
}

/// Of which part something is shown, where it is not the whole, and what stands against it. `page`: as findings of the whole
/// lead to it.
#[component]
fn OfPart(server: StoredValue<ServerName>, part: Memo<String>, page: ConfigForm) -> impl IntoView {
    let name = move || {
        let path = part.get();
        (!path.is_empty()).then(|| {
            let [part, changes] = server
                .with_value(|server| [routes::config_part(server, &path, 0), routes::changes_at(server, &path)]);
            view! {
                <p class="muted">
                    "Of " <a class="mono" href=part>{path}</a> " · " <a href=changes data-testid="changes-at">"Changes"</a>
                </p>
            }
        })
    };
    view! {
        {name}
        <FindingsOf server part page=Some(page)/>
    }
}

/// What of a server is taken back unless somebody keeps it: for everybody who looks at its pages.
#[component]
fn Pending(server: ServerName) -> impl IntoView {
    let live = Live::here();
    let server = StoredValue::new(server);
    let pending = Resource::new(move || version(live), move |_| api::list_unconfirmed(server.get_value()));
    load(pending, 0, move |latest: Latest<Vec<Unconfirmed>>| {
        view! { <UnconfirmedChanges server=server.get_value() changes=latest.value/> }.into_any()
    })
}

/// Which server it is, and its pages.
#[component]
fn Head(server: ServerName, tab: &'static str) -> impl IntoView {
    let label = TABS.iter().find(|(page, _)| *page == tab).map_or("", |(_, label)| *label);
    let tabs = TABS.map(|(page, label)| {
        let current = (page == tab).then_some("page");
        view! {
            <a class="tab" href=routes::of_server(&server, page) aria-current=current>
                {label}
            </a>
        }
    });
    view! {
        <Title text=format!("{label} of {server} · Nestor")/>
        <header class="page-head">
            <div>
                <p class="crumbs">
                    <a href=routes::SERVERS>"Servers"</a>
                </p>
                <h1>{server.to_string()}</h1>
            </div>
        </header>
        <nav class="tabs" aria-label="Parts of the page">
            {tabs}
        </nav>
        <Pending server/>
    }
}
