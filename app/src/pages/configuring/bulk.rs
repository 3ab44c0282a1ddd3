//! One change for several subnets of a server: which ones, and what is to be the same in all of them.

mod wish;

use std::collections::BTreeSet;

use leptos::prelude::*;
use leptos::task::spawn_local;
use leptos_meta::Title;
use leptos_router::hooks::use_query_map;
use model::{ConfigEdit, DefinedOption, Family, ParameterKind, Permission, ServerName, SubnetChoice};

use self::wish::{Deed, Shared, of_class, of_option, of_parameter, offered, shared};
use super::class_choice::ClassChoice;
use super::edits::Typed;
use super::parameters::FaultLine;
use super::review::Review;
use crate::api;
use crate::components::each::Each;
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
        let edits = match untrack(|| self.wish()) {
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
    ask_before_leaving(move || bulk.value.try_with_untracked(|value| !value.is_empty()) == Some(true));
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
            });
            let close = move |()| bulk.reviewing.set(None);
            Some(view! { <Review edits server on_close=close on_applied=applied/> })
        }}
    }
}

/// What is to be the same in all of them.
#[component]
fn Wanted(bulk: Bulk) -> impl IntoView {
    let deeds = Deed::ALL.map(|(deed, name, label)| {
        view! {
            <option value=name selected=move || bulk.deed.get() == deed>
                {label}
            </option>
        }
    });
    let which = move || {
        let deed = bulk.deed.get();
        if deed.is_of_option() {
            view! { <WhichOption bulk/> }.into_any()
        } else if deed.is_of_parameter() {
            view! { <WhichParameter bulk/> }.into_any()
        } else {
            ().into_any()
        }
    };
    let count = move || match bulk.selected().len() {
        1 => "Review for 1 subnet…".to_owned(),
        count => format!("Review for {count} subnets…"),
    };
    view! {
        <form
            class="card new-subnet"
            data-testid="bulk"
            novalidate
            on:submit=move |event| {
                event.prevent_default();
                bulk.review();
            }
        >
            <div class="field">
                <label class="field-label" for="bulk-deed">
                    "What to do"
                </label>
                <select
                    id="bulk-deed"
                    class="input"
                    on:change=move |event| bulk.choose(Deed::named(&event_target_value(&event)))
                >
                    {deeds}
                </select>
            </div>
            {which}
            <Show when=move || bulk.deed.get().takes_value()>
                <ValueField bulk/>
            </Show>
            <div aria-live="polite">{move || bulk.fault.get().map(|text| view! { <FaultLine text/> })}</div>
            <p>
                <button type="submit" class="button button-primary" data-testid="review">
                    {count}
                </button>
            </p>
        </form>
    }
}

#[component]
fn WhichOption(bulk: Bulk) -> impl IntoView {
    let family = Memo::new(move |_| bulk.family());
    // Of IPv6 those are listed that the server defines itself: the others go by their code.
    move || {
        let own = bulk.defined.with(|all| all.iter().map(DefinedOption::label).collect::<Vec<_>>());
        if family.get() == Family::V6 {
            let own = own.into_iter().map(|label| view! { <option value=label></option> }).collect::<Vec<_>>();
            return view! {
                <div class="field">
                    <label class="field-label" for="bulk-which">
                        "Code of the option"
                    </label>
                    <input
                        id="bulk-which"
                        class="input"
                        type="text"
                        list="bulk-options"
                        autocomplete="off"
                        placeholder="23"
                        prop:value=move || bulk.which.get()
                        on:input=move |event| bulk.which.set(event_target_value(&event))
                    />
                    <datalist id="bulk-options">{own}</datalist>
                </div>
            }
            .into_any();
        }
        let standard = offered().into_iter().map(|(code, label)| (code.to_string(), label));
        let options = own.into_iter().map(|label| (label.clone(), label)).chain(standard).collect();
        view! { <Choice bulk label="Option" options/> }.into_any()
    }
}

#[component]
fn WhichParameter(bulk: Bulk) -> impl IntoView {
    move || {
        let parameters = bulk.parameters.get();
        let options = parameters.into_iter().map(|shared| (shared.path.clone(), shared.path)).collect();
        view! { <Choice bulk label="Parameter" options/> }
    }
}

/// One of these, each with its label.
#[component]
fn Choice(bulk: Bulk, label: &'static str, options: Vec<(String, String)>) -> impl IntoView {
    let option = move |(value, label): (String, String)| {
        let this = value.clone();
        view! {
            <option value=value selected=move || bulk.which.with(|which| *which == this)>
                {label}
            </option>
        }
    };
    let none = (String::new(), "Choose …".to_owned());
    let options = std::iter::once(none).chain(options).map(option).collect::<Vec<_>>();
    view! {
        <div class="field">
            <label class="field-label" for="bulk-which">
                {label}
            </label>
            <select
                id="bulk-which"
                class="input"
                on:change=move |event| {
                    bulk.which.set(event_target_value(&event));
                    bulk.value.set(String::new());
                }
            >
                {options}
            </select>
        </div>
    }
}

/// The words that a value is one of; empty: it is typed.
fn words(bulk: Bulk) -> Vec<String> {
    match bulk.parameter().filter(|_| bulk.deed.get().is_of_parameter()).map(|shared| shared.parameter.kind) {
        Some(ParameterKind::Flag) => vec!["true".to_owned(), "false".to_owned()],
        Some(ParameterKind::Word(words)) => words,
        _ => Vec::new(),
    }
}

/// The classes to choose from, and whether there may be several; none: the value is something else.
fn classes(bulk: Bulk) -> (Vec<String>, bool) {
    if bulk.deed.get() == Deed::AddClass {
        return (bulk.classes.get(), false);
    }
    let parameter = bulk.parameter().filter(|_| bulk.deed.get().is_of_parameter()).map(|shared| shared.parameter);
    parameter.map(|parameter| (parameter.classes, parameter.kind == ParameterKind::Texts)).unwrap_or_default()
}

#[component]
fn ValueField(bulk: Bulk) -> impl IntoView {
    let words = Memo::new(move |_| words(bulk));
    let label = move || if bulk.deed.get() == Deed::AddClass { "Name of the class" } else { "Value" };
    let about = move || bulk.parameter().map(|shared| shared.parameter.about);
    let set = move |event| bulk.value.set(event_target_value(&event));
    let known = Memo::new(move |_| classes(bulk));
    let choice = move || {
        let (known, several) = known.get();
        let set = Callback::new(move |text| bulk.value.set(text));
        (!known.is_empty()).then(|| view! { <ClassChoice text=bulk.value known several set/> })
    };
    let control = move || {
        let words = words.get();
        if words.is_empty() {
            return view! {
                <input
                    id="bulk-value"
                    class="input mono"
                    type="text"
                    autocomplete="off"
                    autocapitalize="off"
                    spellcheck="false"
                    prop:value=move || bulk.value.get()
                    on:input=set
                />
            }
            .into_any();
        }
        let words = std::iter::once(String::new()).chain(words).map(|word| {
            let this = word.clone();
            let label = if word.is_empty() { "Choose …".to_owned() } else { word.clone() };
            view! {
                <option value=word selected=move || bulk.value.with(|value| *value == this)>
                    {label}
                </option>
            }
        });
        view! {
            <select id="bulk-value" class="input" on:change=set>
                {words.collect::<Vec<_>>()}
            </select>
        }
        .into_any()
    };
    view! {
        <div class="field">
            <label class="field-label" for="bulk-value">
                {label}
            </label>
            {control}
            {choice}
            <p class="muted">{about}</p>
        </div>
    }
}

/// Which server, where subnets of several are listed: a change is of one server and its partners.
#[component]
fn Servers(bulk: Bulk) -> impl IntoView {
    let several = Memo::new(move |_| bulk.servers()).get_untracked().len() > 1;
    let options = move || {
        let option = |name: ServerName| {
            let (value, label) = (name.to_string(), name.to_string());
            view! {
                <option value=value selected=move || bulk.server().as_ref() == Some(&name)>
                    {label}
                </option>
            }
        };
        bulk.servers().into_iter().map(option).collect::<Vec<_>>()
    };
    let choose = move |event| {
        bulk.named.set(event_target_value(&event).parse().ok());
        bulk.left_out.set(BTreeSet::new());
    };
    several.then(|| {
        view! {
            <div class="field">
                <label class="field-label" for="bulk-server">
                    "Server: one change is of one server and its partner"
                </label>
                <select id="bulk-server" class="input" on:change=choose>
                    {options}
                </select>
            </div>
        }
    })
}

/// The subnets, each to be left out.
#[component]
fn Subnets(bulk: Bulk) -> impl IntoView {
    let count = move || format!("{} of {} subnets selected", bulk.selected().len(), bulk.listed().len());
    let all = move || bulk.left_out.with(BTreeSet::is_empty);
    let toggle_all = move |_| {
        let all = untrack(all);
        let ids = untrack(|| bulk.listed()).into_iter().map(|choice| choice.key.id);
        bulk.left_out.set(if all { ids.collect() } else { BTreeSet::new() });
    };
    view! {
        <section class="card" aria-labelledby="bulk-subnets">
            <header class="card-head">
                <h2 id="bulk-subnets">"Subnets"</h2>
                <p class="muted" role="status">{count}</p>
                <button type="button" class="button button-small" on:click=toggle_all>
                    {move || if all() { "Select none" } else { "Select all" }}
                </button>
            </header>
            <ul class="bulk-subnets card-body">
                <Each
                    each=move || bulk.listed()
                    key=Clone::clone
                    children=move |choice| view! { <Subnet bulk choice/> }
                />
            </ul>
        </section>
    }
}

#[component]
fn Subnet(bulk: Bulk, choice: SubnetChoice) -> impl IntoView {
    let SubnetChoice { key, prefix, name, shared_network } = choice;
    let id = key.id;
    let change = move |event| {
        let selected = event_target_checked(&event);
        bulk.left_out.update(|out| {
            let _ = if selected { out.remove(&id) } else { out.insert(id) };
        });
    };
    view! {
        <li>
            <label class="check-line">
                <input
                    type="checkbox"
                    prop:checked=move || bulk.left_out.with(|out| !out.contains(&id))
                    on:change=change
                />
                <span>
                    <span class="mono">{prefix.to_string()}</span>
                    " "
                    {name}
                    {shared_network.map(|network| view! { <span class="muted">" in " {network}</span> })}
                </span>
            </label>
        </li>
    }
}
