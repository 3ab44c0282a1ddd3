//! One change for several subnets of a server: which ones, and what is to be the same in all of them.

mod subnets;
mod wanted;
mod wish;

use std::collections::BTreeSet;

use leptos::prelude::*;
use leptos::task::spawn_local;
use leptos_meta::Title;
use leptos_router::hooks::use_query_map;
use model::{ConfigEdit, DefinedOption, Family, Permission, ServerName, SubnetChoice};

use self::subnets::{Servers, Subnets};
use self::wanted::Wanted;
use self::wish::{Deed, Shared, of_class, of_option, of_parameter, shared};
use super::edits::Typed;
use super::review::Review;
use crate::api;
use crate::components::latest::{Latest, Outdated, load};
use crate::components::text_filter::TextFilter;
use crate::components::unsaved::ask_before_leaving;
use crate::routes;
use crate::state::Session;

/// What the parts of the page share.
#[derive(Clone, Copy)]
struct Bulk {
    choices: RwSignal<Vec<SubnetChoice>>,
    /// The server that is meant, as far as one was chosen.
    named: RwSignal<Option<ServerName>>,
    left_out: RwSignal<BTreeSet<u32>>,
    deed: RwSignal<Deed>,
    /// Which option or parameter: a code, or a path.
    which: RwSignal<String>,
    value: RwSignal<String>,
    /// What is wanted besides, in the same change.
    besides: RwSignal<Vec<Besides>>,
    parameters: RwSignal<Vec<Shared>>,
    /// The options that the server defines itself.
    defined: RwSignal<Vec<DefinedOption>>,
    /// The classes of the server.
    classes: RwSignal<Vec<String>>,
    fault: RwSignal<Option<String>>,
    reviewing: RwSignal<Option<(ServerName, Vec<ConfigEdit>)>>,
}

impl Bulk {
    fn of(choices: RwSignal<Vec<SubnetChoice>>) -> Self {
        let empty = || RwSignal::new(String::new());
        Self {
            choices,
            named: RwSignal::new(None),
            left_out: RwSignal::new(BTreeSet::new()),
            deed: RwSignal::new(Deed::default()),
            which: empty(),
            value: empty(),
            besides: RwSignal::new(Vec::new()),
            parameters: RwSignal::new(Vec::new()),
            defined: RwSignal::new(Vec::new()),
            classes: RwSignal::new(Vec::new()),
            fault: RwSignal::new(None),
            reviewing: RwSignal::new(None),
        }
    }

    /// The servers that subnets are listed of. Reactive.
    fn servers(self) -> Vec<ServerName> {
        let names: BTreeSet<_> = self.choices.with(|all| all.iter().map(|choice| choice.key.server.clone()).collect());
        names.into_iter().collect()
    }

    /// The server that is meant. Reactive.
    fn server(self) -> Option<ServerName> {
        let servers = self.servers();
        let named = self.named.get().filter(|named| servers.contains(named));
        named.or_else(|| servers.into_iter().next())
    }

    /// Its subnets. Reactive.
    fn listed(self) -> Vec<SubnetChoice> {
        let server = self.server();
        self.choices
            .with(|all| all.iter().filter(|choice| Some(&choice.key.server) == server.as_ref()).cloned().collect())
    }

    /// Those that are selected, by number. Reactive.
    fn selected(self) -> Vec<u32> {
        let listed = self.listed();
        self.left_out.with(|out| listed.iter().map(|choice| choice.key.id).filter(|id| !out.contains(id)).collect())
    }

    /// Reactive.
    fn family(self) -> Family {
        self.listed().first().map_or(Family::V4, |choice| Family::of(choice.prefix.ip()))
    }

    /// The parameter that is chosen. Reactive.
    fn parameter(self) -> Option<Shared> {
        let which = self.which.get();
        self.parameters.with(|all| all.iter().find(|shared| shared.path == which).cloned())
    }

    fn wish(self) -> Typed {
        let (deed, which, value) = (self.deed.get(), self.which.get(), self.value.get());
        if deed.is_of_option() {
            self.defined.with(|defined| of_option(deed, &which, self.family(), defined, &value))
        } else if deed.is_of_parameter() {
            of_parameter(deed, self.parameter().as_ref(), &value)
        } else {
            of_class(&value)
        }
    }

    /// Whether nothing is typed.
    fn is_untouched(self) -> bool {
        self.which.with(String::is_empty) && self.value.with(|value| value.trim().is_empty())
    }

    /// Puts what is typed beside the rest of the change, and empties the fields for something else.
    fn put_beside(self) {
        match untrack(|| self.wish()) {
            Ok(edits) => {
                let what = untrack(|| self.deed.get().said(&self.which.get(), &self.value.get()));
                self.besides.update(|besides| {
                    besides.retain(|other| other.what != what);
                    besides.push(Besides { what, edits });
                });
                self.choose(self.deed.get_untracked());
            }
            Err(fault) => self.fault.set(Some(fault)),
        }
    }

    /// All that is wanted.
    fn wishes(self) -> Typed {
        let mut edits =
            self.besides.with(|besides| besides.iter().flat_map(|one| one.edits.clone()).collect::<Vec<_>>());
        if edits.is_empty() || !self.is_untouched() {
            edits.extend(self.wish()?);
        }
        Ok(edits)
    }

    fn choose(self, deed: Deed) {
        self.deed.set(deed);
        self.which.set(String::new());
        self.value.set(String::new());
        self.fault.set(None);
    }

    fn review(self) {
        let (server, subnets) = untrack(|| (self.server(), self.selected()));
        let Some(server) = server.filter(|_| !subnets.is_empty()) else {
            return self.fault.set(Some("Select a subnet at least.".to_owned()));
        };
        let edits = match untrack(|| self.wishes()) {
            Ok(edits) => edits,
            Err(fault) => return self.fault.set(Some(fault)),
        };
        self.fault.set(None);
        spawn_local(async move {
            match api::spread_config(server.clone(), subnets, edits).await {
                Ok(edits) => drop(self.reviewing.try_set(Some((server, edits)))),
                Err(error) => {
                    let fault = error.0.fields.first().map(|fault| format!("{}.", fault.text));
                    self.fault.try_set(Some(fault.unwrap_or(error.0.text)));
                }
            }
        });
    }
}

/// Something that is wanted besides what is typed.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
struct Besides {
    /// What people read.
    what: String,
    edits: Vec<ConfigEdit>,
}

/// The form that changes several subnets together.
#[component]
pub fn BulkPage() -> impl IntoView {
    let params = use_query_map();
    let text = Memo::new(move |_| params.with(|params| params.get("text").unwrap_or_default().trim().to_owned()));
    let choices = Resource::new(move || text.get(), api::list_subnet_choices);
    let retry = Callback::new(move |()| choices.refetch());
    let (session, may) = (Session::here(), Session::allows(Permission::Reserve));
    let known = move || session.is_some_and(|session| session.account().is_some());
    view! {
        <Title text="Change several subnets · Nestor"/>
        <header class="page-head">
            <div>
                <p class="crumbs">
                    <a href=routes::NETWORKS>"Networks"</a>
                </p>
                <h1>"Change several subnets"</h1>
            </div>
        </header>
        <Show when=move || known() && !may.get()>
            <p class="notice tone-warn">"Your role does not allow changing subnets."</p>
        </Show>
        <Show when=move || may.get()>
            <div class="toolbar">
                <TextFilter
                    id="bulk-filter"
                    label="Filter subnets"
                    placeholder="Filter by prefix, name, network or class:name"
                    action=routes::BULK
                    text=text
                    href=move |text: String| routes::bulk(text.trim())
                    rest=Signal::derive(Vec::new)
                />
            </div>
        </Show>
        {load(choices, 8, move |latest: Latest<Vec<SubnetChoice>>| {
            let bulk = Bulk::of(latest.value);
            view! {
                <Outdated problem=latest.problem retry/>
                <Show when=move || may.get()>
                    <Form bulk/>
                </Show>
            }
            .into_any()
        })}
    }
}

#[component]
fn Form(bulk: Bulk) -> impl IntoView {
    ask_before_leaving(move || {
        let is_typed = bulk.value.try_with_untracked(|value| !value.is_empty());
        is_typed == Some(true) || bulk.besides.try_with_untracked(|besides| !besides.is_empty()) == Some(true)
    });
    // A subnet of the server tells which parameters its subnets have, and which options of its own.
    Effect::new(move || {
        let deed = bulk.deed.get();
        let first = bulk.listed().into_iter().next().filter(|_| deed.is_of_parameter() || deed.is_of_option());
        let Some(first) = first else { return };
        spawn_local(async move {
            match api::get_subnet_settings(first.key).await {
                Ok(mut settings) => {
                    bulk.defined.try_set(std::mem::take(&mut settings.options.defined));
                    bulk.parameters.try_set(shared(settings));
                }
                Err(error) => drop(bulk.fault.try_set(Some(error.0.text))),
            }
        });
    });
    // And what classes it has.
    Effect::new(move || {
        let Some(server) = bulk.server().filter(|_| bulk.deed.get() == Deed::AddClass) else { return };
        spawn_local(async move {
            match api::list_config_classes(server).await {
                Ok(found) => {
                    let names = found.classes.into_iter().map(|class| class.name).collect();
                    bulk.classes.try_set(names);
                }
                Err(error) => drop(bulk.fault.try_set(Some(error.0.text))),
            }
        });
    });
    view! {
        <Servers bulk/>
        <Wanted bulk/>
        <Subnets bulk/>
        {move || {
            let (server, edits) = bulk.reviewing.get()?;
            let server = StoredValue::new(server);
            let applied = Callback::new(move |()| {
                bulk.reviewing.set(None);
                bulk.value.set(String::new());
                bulk.besides.set(Vec::new());
            });
            let close = move |()| bulk.reviewing.set(None);
            Some(view! { <Review edits server on_close=close on_applied=applied/> })
        }}
    }
}
