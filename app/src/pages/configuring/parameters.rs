//! The parameters of a part: what is set, what holds, and where that comes from.

use leptos::prelude::*;
use model::{ConfigParameter, ConfigParameters, ParameterGroup, ServerName};

use super::of_server;
use super::typed::shown;
use crate::api;
use crate::components::latest::{Latest, Outdated, load};
use crate::live::Live;
use crate::routes;

/// The parameters of the server that the address names.
#[component]
pub fn ParametersPage() -> impl IntoView {
    of_server(routes::PARAMETERS, |server| view! { <Loading server/> }.into_any())
}

#[component]
fn Loading(server: ServerName) -> impl IntoView {
    let live = Live::here();
    let parameters =
        Resource::new(move || live.version(), move |_| api::list_config_parameters(server.clone(), String::new()));
    let retry = Callback::new(move |()| parameters.refetch());
    load(parameters, 12, move |latest: Latest<ConfigParameters>| {
        let groups = move || view! { <Groups groups=latest.value.with(|all| all.groups.clone())/> };
        view! { <Outdated problem=latest.problem retry/> {groups} }.into_any()
    })
}

/// Parameters in groups, each folded open.
#[component]
pub(super) fn Groups(groups: Vec<ParameterGroup>) -> impl IntoView {
    let group = |ParameterGroup { title, parameters }: ParameterGroup| {
        let rows = parameters.into_iter().map(|parameter| view! { <Row parameter/> }).collect::<Vec<_>>();
        view! {
            <section class="card parameter-group">
                <header class="card-head">
                    <h2>{title}</h2>
                </header>
                <table class="table table-cards parameter-table">
                    <thead class="visually-hidden">
                        <tr>
                            <th scope="col">"Parameter"</th>
                            <th scope="col">"Value"</th>
                            <th scope="col">"Where from"</th>
                        </tr>
                    </thead>
                    <tbody>{rows}</tbody>
                </table>
            </section>
        }
    };
    groups.into_iter().map(group).collect::<Vec<_>>()
}

#[component]
fn Row(parameter: ConfigParameter) -> impl IntoView {
    let value = parameter.own.as_ref().or(parameter.inherited.as_ref());
    let value = value.map_or_else(|| "–".to_owned(), |json| shown(&parameter, json));
    let ConfigParameter { path, name, about, own, from, notes, .. } = parameter;
    let from = if own.is_some() { "set here".to_owned() } else { from };
    let notes = notes.into_iter().map(|note| view! { <p class="muted">{note}</p> }).collect::<Vec<_>>();
    view! {
        <tr class="row" data-path=path>
            <th scope="row">
                <span class="mono">{name}</span>
                <p class="muted">{about}</p>
                {notes}
            </th>
            <td data-label="Value" class="config-value">
                {value}
            </td>
            <td data-label="Where from" class="muted">
                {from}
            </td>
        </tr>
    }
}
