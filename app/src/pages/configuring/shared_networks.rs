//! The shared networks of a server: which subnets are in them, what they are called, and what becomes of their subnets when
//! one is deleted.

use leptos::prelude::*;
use leptos_router::NavigateOptions;
use leptos_router::hooks::use_navigate;
use model::{ConfigEdit, ConfigNetwork, ConfigNetworks, NetworkSubnet, Permission, ServerName};

use super::edits::{Edits, Typed};
use super::review::{EditBar, Review};
use super::typed::quoted;
use super::{OfPart, of_server, part_named, version};
use crate::api;
use crate::components::each::Each;
use crate::components::empty::Empty;
use crate::components::field::TextField;
use crate::components::icon::{Glyph, Icon};
use crate::components::latest::{Latest, Outdated, load};
use crate::live::Live;
use crate::routes;
use crate::state::Session;

/// The list of shared networks.
const LIST: &str = "shared-networks";

/// The shared networks of the server that the address names, or one of them.
#[component]
pub fn SharedNetworksPage() -> impl IntoView {
    of_server(routes::SHARED_NETWORKS, |server| view! { <Loading server/> }.into_any())
}

#[component]
fn Loading(server: ServerName) -> impl IntoView {
    let live = Live::here();
    let server = StoredValue::new(server);
    let part = part_named();
    let text = RwSignal::new(String::new());
    let networks = Resource::new(
        move || (version(live), part.get(), text.get()),
        move |(_, part, text)| api::list_shared_networks(server.get_value(), part, text),
    );
    let retry = Callback::new(move |()| networks.refetch());
    load(networks, 8, move |latest: Latest<ConfigNetworks>| {
        let found = latest.value;
        let shown = Memo::new(move |_| part.get());
        let body = move || {
            let path = shown.get();
            if path.is_empty() {
                view! { <List server found/> }.into_any()
            } else {
                view! { <One server found path text/> }.into_any()
            }
        };
        view! {
            <OfPart server part/>
            <Outdated problem=latest.problem retry/>
            {body}
        }
        .into_any()
    })
}

/// A page of a shared network.
fn of_network(server: StoredValue<ServerName>, page: &str, path: &str) -> String {
    server.with_value(|server| routes::settings_of_part(server, page, path))
}

/// How many subnets, in words.
fn subnets(count: usize) -> String {
    if count == 1 { "1 subnet".to_owned() } else { format!("{count} subnets") }
}

#[component]
fn List(server: StoredValue<ServerName>, found: RwSignal<ConfigNetworks>) -> impl IntoView {
    let may = Session::allows(Permission::Reserve);
    let none = move || found.with(|found| found.networks.is_empty());
    let row = move |network: ConfigNetwork| {
        let ConfigNetwork { path, name, subnets: count, own, .. } = network;
        let href = of_network(server, routes::SHARED_NETWORKS, &path);
        let own = if own.is_empty() { "–".to_owned() } else { own.join(", ") };
        view! {
            <tr class="row" data-path=path>
                <th scope="row" class="row-main">
                    <a class="row-link" href=href data-noscroll="">
                        {name}
                    </a>
                </th>
                <td data-label="Subnets" class="number">
                    {count}
                </td>
                <td data-label="Set on it">{own}</td>
            </tr>
        }
    };
    let table = move || {
        view! {
            <div class="table-frame">
                <table class="table table-cards config-table" data-testid="shared-networks">
                    <caption class="visually-hidden">"Shared networks"</caption>
                    <thead>
                        <tr>
                            <th scope="col">"Shared network"</th>
                            <th scope="col" class="number">
                                "Subnets"
                            </th>
                            <th scope="col">"Set on it"</th>
                        </tr>
                    </thead>
                    <tbody>
                        <Each each=move || found.with(|found| found.networks.clone()) key=Clone::clone children=row/>
                    </tbody>
                </table>
            </div>
        }
    };
    view! {
        <Show when=none fallback=table>
            <Empty glyph=Glyph::Networks title="No shared networks">
                <p>"A shared network holds subnets that are on one link: a client there gets an address of any of them."</p>
            </Empty>
        </Show>
        <Show when=move || may.get()>
            <NewNetwork server/>
        </Show>
    }
}

/// A form for one more shared network.
#[component]
fn NewNetwork(server: StoredValue<ServerName>) -> impl IntoView {
    let name = RwSignal::new(String::new());
    let reviewing = RwSignal::new(None::<Vec<ConfigEdit>>);
    let ready = move || name.with(|name| !name.trim().is_empty());
    let applied = Callback::new(move |()| {
        reviewing.set(None);
        name.set(String::new());
    });
    let submit = move || {
        let value = format!("{{\"name\":{}}}", quoted(name.get_untracked().trim()));
        reviewing.set(Some(vec![ConfigEdit::add(LIST, value)]));
    };
    let review = move || {
        let edits = reviewing.get()?;
        Some(view! { <Review edits server on_close=move |()| reviewing.set(None) on_applied=applied/> })
    };
    view! {
        <form
            class="card new-subnet"
            on:submit=move |event| {
                event.prevent_default();
                if ready() {
                    submit();
                }
            }
        >
            <h2>"New shared network"</h2>
            <TextField
                name="network-name"
                label="Name"
                value=name
                on_input=move |text| name.set(text)
                on_leave=move |()| {}
                fault=Signal::derive(|| None::<String>)
                note=Signal::derive(|| Some("Its subnets are chosen on its page.".to_owned()))
            />
            <p>
                <button type="submit" class="button button-primary" data-testid="review-network" disabled=move || !ready()>
                    "Review…"
                </button>
            </p>
        </form>
        {review}
    }
}

/// What the parts of the page of one shared network share.
#[derive(Clone, Copy)]
struct OneNetwork {
    server: StoredValue<ServerName>,
    found: RwSignal<ConfigNetworks>,
    edits: Edits,
    may: Signal<bool>,
    /// Whether another name is typed.
    renamed: StoredValue<bool>,
}

/// One shared network.
#[component]
fn One(
    server: StoredValue<ServerName>,
    found: RwSignal<ConfigNetworks>,
    path: String,
    text: RwSignal<String>,
) -> impl IntoView {
    let edits = Edits::new();
    let may = Session::allows(Permission::Reserve);
    let one = OneNetwork { server, found, edits, may, renamed: StoredValue::new(false) };
    let settled = edits.settled(found);
    let network = Memo::new(move |_| {
        settled.with(|(round, found)| (*round, found.networks.iter().find(|network| network.path == path).cloned()))
    });
    let navigate = use_navigate();
    let back = server.with_value(|server| routes::of_server(server, routes::SHARED_NETWORKS));
    let renamed = {
        let back = back.clone();
        // Under its new name it is another page.
        Callback::new(move |()| {
            if one.renamed.get_value() {
                navigate(&back, NavigateOptions::default());
            }
        })
    };
    let body = move || {
        let Some(network) = network.get().1 else {
            let back = back.clone();
            return view! {
                <Empty glyph=Glyph::NoEntry title="Shared network not found">
                    <p>
                        "The server has none of this name, or it was renamed. "
                        <a href=back>"All shared networks"</a>
                    </p>
                </Empty>
            }
            .into_any();
        };
        let ConfigNetwork { path, name, list, .. } = network;
        view! {
            <Named one path=path.clone() name=name.clone()/>
            <Inside one/>
            <Outside one list text/>
            <Delete one path name/>
        }
        .into_any()
    };
    view! {
        {body}
        <EditBar edits server on_applied=renamed/>
    }
}

/// Its name, and the ways to what holds for all of its subnets.
#[component]
fn Named(one: OneNetwork, path: String, name: String) -> impl IntoView {
    let OneNetwork { server, edits, may, renamed, .. } = one;
    renamed.set_value(false);
    let ways = [(routes::PARAMETERS, "Parameters"), (routes::OPTIONS, "Options")]
        .map(|(page, label)| view! { <a href=of_network(server, page, &path)>{label}</a> });
    let text = server.with_value(|server| routes::config_part(server, &path, 0));
    let back = server.with_value(|server| routes::of_server(server, routes::SHARED_NETWORKS));
    let control = format!("{path}.name");
    let typed = RwSignal::new(name.clone());
    let fault = {
        let control = control.clone();
        Signal::derive(move || edits.fault(&control))
    };
    let heading = name.clone();
    let first = StoredValue::new((control, name));
    let on_input = move |text: String| {
        first.with_value(|(control, name)| {
            let edit = renaming(control, name, &text);
            renamed.set_value(edit.is_some());
            edits.put(control, edit);
        });
        typed.set(text);
    };
    view! {
        <section class="card new-subnet" aria-labelledby="network">
            <h2 id="network">{heading}</h2>
            <nav class="subnet-ways" aria-label="More of this shared network">
                {ways}
                <a href=text>"As JSON"</a>
                <a href=back>"All shared networks"</a>
            </nav>
            <Show when=move || may.get()>
                <TextField name="network-name" label="Name" value=typed on_input=on_input on_leave=move |()| {} fault/>
            </Show>
        </section>
    }
}

/// What is typed as the name of a shared network.
fn renaming(control: &str, name: &str, typed: &str) -> Option<Typed> {
    let typed = typed.trim();
    match typed {
        _ if typed == name => None,
        "" => Some(Err("A shared network has a name.".to_owned())),
        _ => Some(Ok(vec![ConfigEdit::set(control, quoted(typed))])),
    }
}

/// The subnets that are in it.
#[component]
fn Inside(one: OneNetwork) -> impl IntoView {
    let all = move || one.found.with(|found| found.inside.clone());
    let top = Signal::derive(move || one.found.with(|found| found.list.clone()));
    let none = move || one.found.with(|found| found.inside.is_empty());
    let row = move |subnet: NetworkSubnet| view! { <SubnetRow one subnet to=top verb=("Take out", "Leave in")/> };
    view! {
        <section class="card" aria-labelledby="network-inside">
            <header class="card-head">
                <h2 id="network-inside">"Subnets"</h2>
            </header>
            <Show when=none>
                <p class="card-empty muted">"None are in it."</p>
            </Show>
            <ul class="network-subnets" data-testid="network-inside">
                <Each each=all key=Clone::clone children=row/>
            </ul>
        </section>
    }
}

/// The others, to be put into it.
#[component]
fn Outside(one: OneNetwork, list: String, text: RwSignal<String>) -> impl IntoView {
    let to = Signal::stored(list);
    let all = move || one.found.with(|found| found.outside.clone());
    let row = move |subnet: NetworkSubnet| view! { <SubnetRow one subnet to verb=("Add", "Leave out")/> };
    let count = move || {
        let (shown, total) = one.found.with(|found| (found.outside.len(), found.outside_total as usize));
        if shown == total { subnets(total) } else { format!("{shown} of {}: search for more of it", subnets(total)) }
    };
    view! {
        <Show when=move || one.may.get()>
            <section class="card" aria-labelledby="network-outside">
                <header class="card-head">
                    <h2 id="network-outside">"Other subnets"</h2>
                </header>
                <div class="card-body field">
                    <label class="field-label" for="network-search">
                        "Search by prefix, name, number or shared network"
                    </label>
                    <input
                        id="network-search"
                        class="input"
                        type="search"
                        autocomplete="off"
                        spellcheck="false"
                        prop:value=move || text.get()
                        on:change=move |event| text.set(event_target_value(&event))
                    />
                    <p class="muted" role="status">
                        {count}
                    </p>
                </div>
                <ul class="network-subnets" data-testid="network-outside">
                    <Each each=all key=Clone::clone children=row/>
                </ul>
            </section>
        </Show>
    }
}

/// A subnet, and the button that moves it.
#[component]
fn SubnetRow(
    one: OneNetwork,
    subnet: NetworkSubnet,
    /// The list that it moves to.
    to: Signal<String>,
    /// What the button says before and after it is pressed.
    verb: (&'static str, &'static str),
) -> impl IntoView {
    let NetworkSubnet { key, path, prefix, name, network } = subnet;
    let control = StoredValue::new(path);
    let moves = move || control.with_value(|path| one.edits.touches(path));
    let label = prefix.clone();
    let toggle = move |_| {
        let move_it = (!untrack(moves)).then(|| {
            let to = quoted(&to.get_untracked());
            Ok(vec![ConfigEdit::moved(control.get_value(), to)])
        });
        control.with_value(|path| one.edits.put(path, move_it));
    };
    let said = move || if moves() { verb.1 } else { verb.0 };
    view! {
        <li class="field-line" class:is-changed=moves>
            <a class="mono" href=routes::settings(&key)>
                {prefix}
            </a>
            <span>{name}</span>
            <span class="muted">{network.map(|network| format!("in {network}"))}</span>
            <Show when=move || one.may.get()>
                <button
                    type="button"
                    class="button button-small"
                    aria-pressed=move || if moves() { "true" } else { "false" }
                    aria-label=format!("{} {label}", verb.0)
                    on:click=toggle
                >
                    {said}
                </button>
            </Show>
        </li>
    }
}

/// Both ways to delete it: with its subnets, and without.
#[component]
fn Delete(one: OneNetwork, path: String, name: String) -> impl IntoView {
    let OneNetwork { server, found, may, .. } = one;
    let reviewing = RwSignal::new(None::<Vec<ConfigEdit>>);
    let path = StoredValue::new(path);
    let navigate = use_navigate();
    let list = server.with_value(|server| routes::of_server(server, routes::SHARED_NETWORKS));
    let gone = Callback::new(move |()| navigate(&list, NavigateOptions::default()));
    let ask = move |keep: bool| {
        let edits = found.with_untracked(|found| path.with_value(|path| deletion(path, found, keep)));
        reviewing.set(Some(edits));
    };
    let any = move || found.with(|found| !found.inside.is_empty());
    let review = move || {
        let edits = reviewing.get()?;
        Some(view! { <Review edits server on_close=move |()| reviewing.set(None) on_applied=gone/> })
    };
    let title = format!("Delete {name}");
    view! {
        <Show when=move || may.get()>
            <section class="card" aria-label=title.clone()>
                <div class="card-body page-actions">
                    <button
                        type="button"
                        class="button button-quiet-danger"
                        data-testid="delete-network"
                        on:click=move |_| ask(true)
                    >
                        <Icon glyph=Glyph::Delete/>
                        {move || if any() { "Delete it, keep its subnets…" } else { "Delete it…" }}
                    </button>
                    <Show when=any>
                        <button
                            type="button"
                            class="button button-quiet-danger"
                            data-testid="delete-network-all"
                            on:click=move |_| ask(false)
                        >
                            <Icon glyph=Glyph::Delete/>
                            "Delete it with its subnets…"
                        </button>
                    </Show>
                </div>
            </section>
        </Show>
        {review}
    }
}

/// The edits that delete a shared network.
fn deletion(path: &str, found: &ConfigNetworks, keep: bool) -> Vec<ConfigEdit> {
    let out = found.inside.iter().filter(|_| keep);
    let out = out.map(|subnet| ConfigEdit::moved(&subnet.path, quoted(&found.list)));
    out.chain([ConfigEdit::remove(path)]).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    const PATH: &str = "shared-networks[name=floor-3]";

    #[test]
    fn a_name_is_another_one_the_same_or_missing() {
        let typed = |text: &str| renaming("shared-networks[name=a].name", "a", text);
        assert_eq!((typed(" a "), typed("a")), (None, None));
        assert!(typed(" ").unwrap().is_err());
        assert_eq!(typed("b \"2\""), Some(Ok(vec![ConfigEdit::set("shared-networks[name=a].name", r#""b \"2\"""#)])));
    }

    #[test]
    fn a_network_is_deleted_with_its_subnets_or_without() {
        let subnet = NetworkSubnet {
            key: "kea/2".parse().unwrap(),
            path: format!("{PATH}.subnet4[id=2]"),
            prefix: "192.0.2.0/24".to_owned(),
            name: None,
            network: Some("floor-3".to_owned()),
        };
        let found = ConfigNetworks {
            networks: Vec::new(),
            list: "subnet4".to_owned(),
            inside: vec![subnet.clone()],
            outside: Vec::new(),
            outside_total: 0,
        };
        let gone = ConfigEdit::remove(PATH);
        assert_eq!(deletion(PATH, &found, false), [gone.clone()].as_slice());
        assert_eq!(deletion(PATH, &found, true), [ConfigEdit::moved(subnet.path, "\"subnet4\""), gone].as_slice());
    }
}
