//! The settings of a subnet: pools, options and parameters, each with what holds and where it comes from.

use leptos::prelude::*;
use leptos_meta::Title;
use leptos_router::NavigateOptions;
use leptos_router::hooks::{use_navigate, use_params_map};
use model::{ConfigEdit, Permission, SubnetKey, SubnetSettings};

use super::edits::Edits;
use super::findings::FindingsOf;
use super::options::OptionSection;
use super::parameters::Groups;
use super::pools::PoolSections;
use super::review::{EditBar, Reviewed};
use super::{Pending, version};
use crate::api;
use crate::components::empty::Empty;
use crate::components::icon::{Glyph, Icon};
use crate::components::latest::{Latest, Outdated, load_headed};
use crate::components::subnet_tabs::{SubnetTab, subnet_tabs, unread_subnet};
use crate::live::Live;
use crate::routes;
use crate::state::Session;

/// The settings of the subnet that the address names.
#[component]
pub fn SettingsPage() -> impl IntoView {
    let params = use_params_map();
    let key = Memo::new(move |_| params.with(routes::subnet_key).filter(|key| !key.is_global()));
    move || match key.get() {
        Some(key) => view! { <Loading subnet=key/> }.into_any(),
        None => view! {
            <Title text="Not found · Nestor"/>
            <Empty glyph=Glyph::NoEntry title="Subnet not found">
                <p>
                    <a href=routes::NETWORKS>"Networks"</a>
                </p>
            </Empty>
        }
        .into_any(),
    }
}

#[component]
fn Loading(subnet: SubnetKey) -> impl IntoView {
    let live = Live::here();
    let edits = Edits::new();
    let asked = subnet.clone();
    let settings = Resource::new(move || version(live), move |_| api::get_subnet_settings(asked.clone()));
    let retry = Callback::new(move |()| settings.refetch());
    let server = StoredValue::new(subnet.server.clone());
    let key = StoredValue::new(subnet);
    let head = move || key.with_value(|key| unread_subnet(key, SubnetTab::Settings)).into_any();
    load_headed(settings, 12, head, move |latest: Latest<SubnetSettings>| {
        let settled = edits.settled(latest.value);
        let body = move || {
            let (_, settings) = settled.get();
            let SubnetSettings { options, groups, .. } = settings.clone();
            view! {
                <PoolSections settings edits/>
                <OptionSection settings=options server edits/>
                <Groups groups edits/>
            }
        };
        let settings = latest.value;
        let part = Memo::new(move |_| settings.with(|settings| settings.path.clone()));
        view! {
            <Head settings/>
            {key.with_value(|key| subnet_tabs(key, SubnetTab::Settings))}
            <Pending server=server.get_value()/>
            <Outdated problem=latest.problem retry/>
            <FindingsOf server part/>
            {body}
            <Delete settings server/>
            <EditBar edits server/>
        }
        .into_any()
    })
}

#[component]
fn Head(settings: RwSignal<SubnetSettings>) -> impl IntoView {
    let (prefix, server) =
        settings.with_untracked(|settings| (settings.prefix.clone(), settings.key.server.to_string()));
    let text = settings.with_untracked(|settings| routes::config_part(&settings.key.server, &settings.path, 0));
    let name = move || settings.with(|settings| settings.name.clone());
    let network = move || {
        settings.with(|settings| {
            let name = settings.shared_network.clone()?;
            // The subnet is in a list of its network.
            let (network, _) = settings.path.rsplit_once(".subnet")?;
            let way = |page| routes::settings_of_part(&settings.key.server, page, network);
            let (parameters, options) = (way(routes::PARAMETERS), way(routes::OPTIONS));
            let itself = way(routes::SHARED_NETWORKS);
            Some(view! {
                " / " <a href=itself>{name}</a> " ("
                <a href=parameters>"its parameters"</a>
                ", "
                <a href=options>"its options"</a>
                ")"
            })
        })
    };
    view! {
        <Title text=format!("Settings of {prefix} · Nestor")/>
        <header class="page-head">
            <div>
                <p class="crumbs">
                    <a href=routes::NETWORKS>"Networks"</a>
                    <span aria-hidden="true">" / "</span>
                    {server}
                    {network}
                </p>
                <h1>
                    <span class="mono">{prefix}</span>
                    " "
                    <span class="subnet-alias">{name}</span>
                </h1>
            </div>
            <a class="button" href=text>
                <Icon glyph=Glyph::File/>
                "As JSON"
            </a>
        </header>
    }
}

/// The way to delete the subnet, by the same review as any other change.
#[component]
fn Delete(settings: RwSignal<SubnetSettings>, server: StoredValue<model::ServerName>) -> impl IntoView {
    let may = Session::allows(Permission::Reserve);
    let reviewing = RwSignal::new(None::<Vec<ConfigEdit>>);
    let navigate = use_navigate();
    let gone = move |()| navigate(routes::NETWORKS, NavigateOptions::default());
    let ask = move |_| {
        reviewing.set(Some(vec![ConfigEdit::remove(settings.with_untracked(|settings| settings.path.clone()))]));
    };
    view! {
        <Show when=move || may.get()>
            <p>
                <button type="button" class="button button-quiet-danger" data-testid="delete-subnet" on:click=ask>
                    <Icon glyph=Glyph::Delete/>
                    "Delete this subnet…"
                </button>
            </p>
        </Show>
        <Reviewed reviewing server on_applied=gone leaves=true/>
    }
}
