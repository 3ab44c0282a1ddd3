//! One shared network: its name, the subnets that are in it and others, and both ways to delete it.

use leptos::prelude::*;
use model::{ConfigEdit, ConfigNetwork, ConfigNetworks, NetworkSubnet, ServerName};

use super::super::comment::Comment;
use super::super::edits::{Edits, Typed};
use super::super::of_part;
use super::super::review::Reviewed;
use super::super::typed::quoted;
use super::{NETWORKS, leaving};
use crate::components::each::Each;
use crate::components::field::TextField;
use crate::components::icon::{Glyph, Icon};
use crate::routes;

/// What the parts of the page of one shared network share.
#[derive(Clone, Copy)]
pub(super) struct OneNetwork {
    pub(super) server: StoredValue<ServerName>,
    pub(super) found: RwSignal<ConfigNetworks>,
    pub(super) edits: Edits,
    pub(super) may: Signal<bool>,
    /// Whether another name is typed.
    pub(super) renamed: RwSignal<bool>,
    /// What other subnets are searched by.
    pub(super) text: RwSignal<String>,
}

/// One shared network.
#[component]
pub(super) fn One(one: OneNetwork, network: ConfigNetwork) -> impl IntoView {
    let ConfigNetwork { path, name, list, comment, .. } = network;
    view! {
        <Named one path=path.clone() name=name.clone() comment/>
        <Inside one/>
        <Outside one list/>
        <Delete one path name/>
    }
}

/// Its name, and the ways to what holds for all of its subnets.
#[component]
fn Named(one: OneNetwork, path: String, name: String, comment: String) -> impl IntoView {
    let OneNetwork { server, edits, may, renamed, .. } = one;
    renamed.set(false);
    let ways = [(routes::PARAMETERS, "Parameters"), (routes::OPTIONS, "Options")]
        .map(|(page, label)| view! { <a href=of_part(server, page, &path)>{label}</a> });
    let text = server.with_value(|server| routes::config_part(server, &path, 0));
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
            renamed.set(edit.is_some());
            edits.put(control, edit);
        });
        typed.set(text);
    };
    view! {
        <section class="card form-card" aria-labelledby="network">
            <h2 id="network">{heading}</h2>
            <nav class="subnet-ways" aria-label="More of this shared network">
                {ways}
                <a href=text>"As JSON"</a>
                <a href=NETWORKS.href(server)>{NETWORKS.all}</a>
            </nav>
            <Show when=move || may.get()>
                <TextField name="network-name" label="Name" value=typed on_input fault/>
            </Show>
            <Comment path comment edits/>
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

/// How many subnets, in words.
fn subnets(count: usize) -> String {
    if count == 1 { "1 subnet".to_owned() } else { format!("{count} subnets") }
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
fn Outside(one: OneNetwork, list: String) -> impl IntoView {
    let (to, text) = (Signal::stored(list), one.text);
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
    let gone = leaving(server);
    let ask = move |keep: bool| {
        let edits = found.with_untracked(|found| path.with_value(|path| deletion(path, found, keep)));
        reviewing.set(Some(edits));
    };
    let any = move || found.with(|found| !found.inside.is_empty());
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
        <Reviewed reviewing server on_applied=gone leaves=true/>
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
