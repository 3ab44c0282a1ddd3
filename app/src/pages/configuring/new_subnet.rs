//! A new subnet: a prefix and a name suffice, the rest is proposed.

use leptos::prelude::*;
use leptos::task::spawn_local;
use leptos_meta::Title;
use leptos_router::NavigateOptions;
use leptos_router::hooks::use_navigate;
use model::{ConfigEdit, NetworkChoice, Permission, ServerName, ServerStatus, SubnetKey, SubnetProposal};

use super::form_card::FormCard;
use super::pools::prefix_pool;
use super::review::Review;
use super::typed::quoted;
use crate::api;
use crate::components::field::{SelectField, TextField};
use crate::components::latest::{Latest, load};
use crate::components::unsaved::ask_before_leaving;
use crate::routes;
use crate::state::Session;

/// What the parts of the form share.
#[derive(Clone, Copy)]
struct Form {
    server: RwSignal<ServerName>,
    prefix: RwSignal<String>,
    name: RwSignal<String>,
    id: RwSignal<String>,
    pool: RwSignal<String>,
    gateway: RwSignal<String>,
    name_servers: RwSignal<String>,
    interface: RwSignal<String>,
    relays: RwSignal<String>,
    /// The pool of prefixes, and how long those are that are delegated out of it.
    prefix_pool: [RwSignal<String>; 2],
    /// The list that it is put into; empty: it is in no shared network.
    list: RwSignal<String>,
    proposal: RwSignal<Option<SubnetProposal>>,
    fault: RwSignal<Option<String>>,
    reviewing: RwSignal<Option<Vec<ConfigEdit>>>,
}

impl Form {
    fn new(server: ServerName) -> Self {
        let empty = || RwSignal::new(String::new());
        Self {
            server: RwSignal::new(server),
            prefix: empty(),
            name: empty(),
            id: empty(),
            pool: empty(),
            gateway: empty(),
            name_servers: empty(),
            interface: empty(),
            relays: empty(),
            prefix_pool: [empty(), empty()],
            list: empty(),
            proposal: RwSignal::new(None),
            fault: RwSignal::new(None),
            reviewing: RwSignal::new(None),
        }
    }

    /// Asks what a subnet of the prefix is proposed to be, and fills the form with it.
    fn propose(self) {
        let (server, prefix) = (self.server.get_untracked(), self.prefix.get_untracked());
        if prefix.trim().is_empty() {
            return;
        }
        spawn_local(async move {
            let answer = api::propose_subnet(server, prefix.clone()).await;
            if self.prefix.try_get_untracked().as_ref() != Some(&prefix) {
                return;
            }
            match answer {
                Ok(proposal) => {
                    self.id.set(proposal.id.to_string());
                    self.pool.set(proposal.pool.clone().unwrap_or_default());
                    self.gateway.set(proposal.gateway.clone().unwrap_or_default());
                    self.name_servers.set(proposal.name_servers.clone());
                    self.interface.set(proposal.interface.clone().unwrap_or_default());
                    self.fault.set(None);
                    self.proposal.set(Some(proposal));
                }
                Err(error) => {
                    let fault = error.0.fields.first().map(|fault| fault.text.clone());
                    self.fault.set(Some(fault.unwrap_or_else(|| format!("{} {}", error.0.text, error.0.advice))));
                    self.proposal.set(None);
                }
            }
        });
    }

    /// The list of the shared network that it is put into; none: it is in none. Reactive.
    fn network(self) -> Option<String> {
        let list = self.list.get();
        let is_there = |proposal: &SubnetProposal| proposal.networks.iter().any(|network| network.list == list);
        self.proposal.with(|proposal| proposal.as_ref().is_some_and(is_there)).then_some(list)
    }

    /// Whether it is known to be one of IPv6. Reactive.
    fn is_v6(self) -> bool {
        self.proposal.with(|proposal| proposal.as_ref().is_some_and(|one| one.prefix.is_ipv6()))
    }

    /// Its pool of prefixes as Kea has it written, or what is wrong with it; none: it has none. Reactive.
    fn prefix_pool(self) -> Option<Result<String, String>> {
        let [prefix, delegated] = self.prefix_pool.map(|typed| typed.get());
        self.is_v6().then(|| prefix_pool(&prefix, &delegated)).flatten()
    }

    fn review(self) {
        let Some(proposal) = self.proposal.get_untracked() else { return };
        let (network, prefix_pool) = untrack(|| (self.network(), self.prefix_pool()));
        let Ok(prefix_pool) = prefix_pool.transpose() else { return };
        let new = NewSubnet {
            id: self.id.get_untracked(),
            name: self.name.get_untracked(),
            pool: self.pool.get_untracked(),
            prefix_pool,
            gateway: self.gateway.get_untracked(),
            name_servers: self.name_servers.get_untracked(),
            link: network.is_none().then(|| [self.interface.get_untracked(), self.relays.get_untracked()]),
        };
        let list = network.unwrap_or_else(|| proposal.list.clone());
        self.reviewing.set(Some(vec![ConfigEdit::add(&list, new.as_json(&proposal))]));
    }
}

/// What is typed into the form.
#[derive(Default)]
struct NewSubnet {
    id: String,
    name: String,
    pool: String,
    /// As Kea has it written.
    prefix_pool: Option<String>,
    gateway: String,
    name_servers: String,
    /// The interface of its clients, and their relays; none: those of its shared network.
    link: Option<[String; 2]>,
}

impl NewSubnet {
    /// The subnet as Kea has it written.
    fn as_json(&self, proposal: &SubnetProposal) -> String {
        let option = |name: &str, data: &str| {
            let data = Some(data.trim()).filter(|data| !data.is_empty())?;
            Some(format!("{{\"name\":{},\"data\":{}}}", quoted(name), quoted(data)))
        };
        let v4 = proposal.prefix.is_ipv4();
        let options = [
            option("routers", &self.gateway).filter(|_| v4),
            option(if v4 { "domain-name-servers" } else { "dns-servers" }, &self.name_servers),
        ];
        let options: Vec<String> = options.into_iter().flatten().collect();
        let text = |text: &str| Some(text.trim().to_owned()).filter(|text| !text.is_empty());
        let [interface, relays] = self.link.as_ref().map_or(["", ""], |link| link.each_ref().map(String::as_str));
        let interface = Some(interface.trim()).filter(|interface| !v4 && !interface.is_empty());
        let apart = |letter: char| letter == ',' || letter.is_whitespace();
        let relays: Vec<String> = relays.split(apart).filter(|relay| !relay.is_empty()).map(quoted).collect();
        // A number that is none is refused with the rest of the review, in words.
        let id = self.id.trim().parse::<u32>().map_or_else(|_| quoted(&self.id), |id| id.to_string());
        let members = [
            Some(format!("\"id\":{id},\"subnet\":{}", quoted(&proposal.prefix.to_string()))),
            text(&self.name).map(|name| format!("\"user-context\":{{\"subnet-name\":{}}}", quoted(&name))),
            text(&self.pool).map(|pool| format!("\"pools\":[{{\"pool\":{}}}]", quoted(&pool))),
            self.prefix_pool.as_ref().map(|pool| format!("\"pd-pools\":[{pool}]")),
            (!options.is_empty()).then(|| format!("\"option-data\":[{}]", options.join(","))),
            interface.map(|interface| format!("\"interface\":{}", quoted(interface))),
            (!relays.is_empty()).then(|| format!("\"relay\":{{\"ip-addresses\":[{}]}}", relays.join(","))),
        ];
        format!("{{{}}}", members.into_iter().flatten().collect::<Vec<_>>().join(","))
    }
}

/// The form for a new subnet.
#[component]
pub fn NewSubnetPage() -> impl IntoView {
    let servers = Resource::new(|| (), |()| api::list_servers());
    view! {
        <Title text="New subnet · Nestor"/>
        <header class="page-head">
            <div>
                <p class="crumbs">
                    <a href=routes::NETWORKS>"Networks"</a>
                </p>
                <h1>"New subnet"</h1>
            </div>
        </header>
        {load(servers, 6, move |latest: Latest<Vec<ServerStatus>>| {
            let servers = latest.value.get_untracked();
            match servers.first() {
                Some(first) => view! { <Offered form=Form::new(first.name.clone()) servers/> }.into_any(),
                None => view! { <p class="muted">"No server is configured."</p> }.into_any(),
            }
        })}
    }
}

/// The form, for those who may make a subnet.
#[component]
fn Offered(form: Form, servers: Vec<ServerStatus>) -> impl IntoView {
    let (session, may) = (Session::here(), Session::allows(Permission::Reserve));
    let known = move || session.is_some_and(|session| session.account().is_some());
    let servers = StoredValue::new(servers);
    ask_before_leaving(move || form.prefix.try_with_untracked(|prefix| !prefix.is_empty()) == Some(true));
    view! {
        <Show when=move || known() && !may.get()>
            <p class="notice tone-warn">"Your role does not allow making subnets."</p>
        </Show>
        <Show when=move || may.get()>
            <FormCard
                testid="new-subnet"
                review="review"
                ready=Signal::derive(move || {
                    form.proposal.with(Option::is_some) && !matches!(form.prefix_pool(), Some(Err(_)))
                })
                on_review=move |()| form.review()
            >
                <Asked form servers/>
                <Proposed form/>
            </FormCard>
        </Show>
        <Reviewing form/>
    }
}

/// What has to be said: on which server, which prefix, and its name.
#[component]
fn Asked(form: Form, servers: StoredValue<Vec<ServerStatus>>) -> impl IntoView {
    let several = servers.with_value(|servers| servers.len() > 1);
    let overlaps = move || {
        let overlaps = form.proposal.with(|proposal| proposal.as_ref().map(|one| one.overlaps.clone()))?;
        (!overlaps.is_empty()).then(|| {
            let text = format!("It has addresses of {} too.", overlaps.join(", "));
            view! { <p class="notice tone-warn">{text}</p> }
        })
    };
    view! {
        {several.then(|| view! { <ServerField form servers=servers.get_value()/> })}
        <TextField
            name="prefix"
            label="Prefix"
            value=form.prefix
            on_input=move |text| {
                form.prefix.set(text);
                form.proposal.set(None);
                form.fault.set(None);
            }
            on_leave=move |()| form.propose()
            fault=form.fault
            placeholder="192.0.2.0/24".to_owned()
            mono=true
            first=true
        />
        <Plain name="name" label="Name" value=form.name/>
        {overlaps}
    }
}

/// What is proposed, to be changed where it does not fit.
#[component]
fn Proposed(form: Form) -> impl IntoView {
    let networks =
        Memo::new(move |_| form.proposal.with(|proposal| proposal.as_ref().map(networks).unwrap_or_default()));
    let v6 = Memo::new(move |_| form.is_v6());
    let alone = Memo::new(move |_| form.network().is_none());
    view! {
        <Show when=move || form.proposal.with(Option::is_some)>
            <Plain name="pool" label="Pool" value=form.pool mono=true/>
            <Show when=move || v6.get() fallback=move || view! { <Plain name="gateway" label="Gateway" value=form.gateway mono=true/> }>
                <Prefixes form/>
            </Show>
            <Plain name="name_servers" label="Name servers" value=form.name_servers mono=true/>
            <Plain name="id" label="Number" value=form.id mono=true/>
            <Show when=move || networks.with(|networks| networks.len() > 1)>
                <SelectField
                    name="network"
                    label="Shared network"
                    options=networks
                    value=form.list
                    on_choose=move |list| form.list.set(list)
                />
            </Show>
            <Show when=move || alone.get()>
                <Link form v6/>
            </Show>
        </Show>
    }
}

/// The prefixes that routers are delegated.
#[component]
fn Prefixes(form: Form) -> impl IntoView {
    let [prefix, delegated] = form.prefix_pool;
    let fault = Signal::derive(move || form.prefix_pool()?.err());
    view! {
        <TextField
            name="prefix_pool"
            label="Prefixes to delegate (optional)"
            value=prefix
            on_input=move |text| prefix.set(text)
            placeholder="2001:db8:8000::/40".to_owned()
            mono=true
        />
        <TextField
            name="delegated"
            label="Length of each delegated prefix"
            value=delegated
            on_input=move |text| delegated.set(text)
            placeholder="56".to_owned()
            fault
            mono=true
        />
    }
}

/// Where its clients are: what a shared network has for all of its subnets.
#[component]
fn Link(form: Form, v6: Memo<bool>) -> impl IntoView {
    let interfaces = Signal::derive(move || {
        let choice = |name: &String| (name.clone(), String::new());
        form.proposal.with(|proposal| proposal.iter().flat_map(|one| one.interfaces.iter().map(choice)).collect())
    });
    let relays = Signal::derive(move || {
        let behind = if v6.get() {
            "For clients behind relays; none is needed for one with an address in the prefix"
        } else {
            "Only for relays without an address in the prefix"
        };
        Some(format!("{behind}. Several are separated by commas."))
    });
    view! {
        <Show when=move || v6.get()>
            <TextField
                name="interface"
                label="Interface"
                value=form.interface
                on_input=move |text| form.interface.set(text)
                note="For clients on a link of the server itself. Empty: they are all behind relays.".to_owned()
                suggestions=interfaces
                mono=true
            />
        </Show>
        <TextField
            name="relays"
            label="Relay addresses (optional)"
            value=form.relays
            on_input=move |text| form.relays.set(text)
            note=relays
            mono=true
        />
    }
}

/// The shared networks that it may be put into, each with the list of its subnets, after none.
fn networks(proposal: &SubnetProposal) -> Vec<(String, String)> {
    let none = NetworkChoice { name: "none".to_owned(), list: String::new() };
    let all = std::iter::once(none).chain(proposal.networks.iter().cloned());
    all.map(|NetworkChoice { name, list }| (list, name)).collect()
}

/// A text that the review judges.
#[component]
fn Plain(
    name: &'static str,
    label: &'static str,
    value: RwSignal<String>,
    #[prop(optional)] mono: bool,
) -> impl IntoView {
    view! {
        <TextField
            name
            label
            value
            on_input=move |text| value.set(text)
            mono
        />
    }
}

#[component]
fn ServerField(form: Form, servers: Vec<ServerStatus>) -> impl IntoView {
    let option =
        |server: ServerStatus| (server.name.to_string(), format!("{} ({})", server.name, server.family.label()));
    let options: Vec<_> = servers.into_iter().map(option).collect();
    let choose = move |name: String| {
        if let Ok(server) = name.parse() {
            form.server.set(server);
            form.propose();
        }
    };
    let value = Signal::derive(move || form.server.with(ToString::to_string));
    view! { <SelectField name="server" label="Server" options value on_choose=choose/> }
}

#[component]
fn Reviewing(form: Form) -> impl IntoView {
    let navigate = use_navigate();
    let made = Callback::new(move |()| {
        let (server, id) = (form.server.get_untracked(), form.id.get_untracked().trim().parse());
        form.prefix.set(String::new());
        let page = id.map_or_else(|_| routes::NETWORKS.to_owned(), |id| routes::subnet(&SubnetKey { server, id }));
        navigate(&page, NavigateOptions::default());
    });
    move || {
        let edits = form.reviewing.get()?;
        let server = StoredValue::new(form.server.get_untracked());
        Some(view! { <Review edits server on_close=move |()| form.reviewing.set(None) on_applied=made/> })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn proposal(prefix: &str, list: &str) -> SubnetProposal {
        SubnetProposal {
            prefix: prefix.parse().unwrap(),
            id: 7,
            pool: None,
            gateway: None,
            name_servers: String::new(),
            list: list.to_owned(),
            overlaps: Vec::new(),
            networks: Vec::new(),
            interfaces: Vec::new(),
            interface: None,
        }
    }

    fn new(values: [&str; 5]) -> NewSubnet {
        let [id, name, pool, gateway, name_servers] = values.map(str::to_owned);
        NewSubnet { id, name, pool, gateway, name_servers, ..NewSubnet::default() }
    }

    #[test]
    fn a_subnet_says_where_its_clients_are_and_what_routers_get() {
        let link = |interface: &str, relays: &str| Some([interface, relays].map(str::to_owned));
        let prefix_pool = prefix_pool("2001:db8:8000::/40 ", "56").transpose().unwrap();
        let home = NewSubnet { link: link(" eth0 ", ""), prefix_pool, ..new(["7", "", "", "", ""]) };
        assert_eq!(
            home.as_json(&proposal("2001:db8::/64", "subnet6")),
            r#"{"id":7,"subnet":"2001:db8::/64","pd-pools":[{"prefix":"2001:db8:8000::","prefix-len":40,"delegated-len":56}],"interface":"eth0"}"#
        );
        let relayed = NewSubnet { link: link("eth0", "10.0.0.1, 10.0.0.2"), ..new(["7", "", "", "", ""]) };
        assert_eq!(
            relayed.as_json(&proposal("192.0.2.0/24", "subnet4")),
            r#"{"id":7,"subnet":"192.0.2.0/24","relay":{"ip-addresses":["10.0.0.1","10.0.0.2"]}}"#,
            "in IPv4 no interface is typed"
        );
    }

    #[test]
    fn a_subnet_is_written_as_kea_has_it() {
        let office = new(["7", " Office \"2\" ", "192.0.2.10-192.0.2.254", "192.0.2.1", "192.0.2.53"]);
        assert_eq!(
            office.as_json(&proposal("192.0.2.0/24", "subnet4")),
            r#"{"id":7,"subnet":"192.0.2.0/24","user-context":{"subnet-name":"Office \"2\""},"pools":[{"pool":"192.0.2.10-192.0.2.254"}],"option-data":[{"name":"routers","data":"192.0.2.1"},{"name":"domain-name-servers","data":"192.0.2.53"}]}"#
        );
        let bare = new(["seven", "", "", "", ""]);
        assert_eq!(bare.as_json(&proposal("2001:db8::/64", "subnet6")), r#"{"id":"seven","subnet":"2001:db8::/64"}"#);
    }
}
