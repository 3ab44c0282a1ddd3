//! What stands against a configuration, that Kea says late or never.

use leptos::prelude::*;
use model::{ConfigFinding, FindingLevel, ServerName};

use super::of_server;
use crate::api;
use crate::components::badge::{Badge, Tone};
use crate::components::icon::{Glyph, Icon};
use crate::components::latest::{Latest, Outdated, load};
use crate::live::Live;
use crate::routes;

/// The findings of the server that the address names.
#[component]
pub fn FindingsPage() -> impl IntoView {
    of_server(routes::FINDINGS, |server| view! { <Loading server/> }.into_any())
}

#[component]
fn Loading(server: ServerName) -> impl IntoView {
    let live = Live::here();
    let asked = server.clone();
    let findings = Resource::new(move || live.version(), move |_| api::list_config_findings(asked.clone()));
    let retry = Callback::new(move |()| findings.refetch());
    let server = StoredValue::new(server);
    load(findings, 6, move |latest: Latest<Vec<ConfigFinding>>| {
        let rows = move || {
            let findings = latest.value.get();
            if findings.is_empty() {
                return view! {
                    <div class="well">
                        <Icon glyph=Glyph::CheckCircle/>
                        <p>"No problems were found in what this server runs."</p>
                    </div>
                }
                .into_any();
            }
            view! { <div class="card"><FindingList findings server/></div> }.into_any()
        };
        view! { <Outdated problem=latest.problem retry/> {rows} }.into_any()
    })
}

/// Findings, each with the way to the part that it is about.
#[component]
pub(super) fn FindingList(findings: Vec<ConfigFinding>, server: StoredValue<ServerName>) -> impl IntoView {
    let row = move |finding: ConfigFinding| {
        let ConfigFinding { level, path, label, text, .. } = finding;
        let (tone, glyph) = match level {
            FindingLevel::Hint => (Tone::Info, Glyph::Info),
            FindingLevel::Warning => (Tone::Warn, Glyph::Warning),
            FindingLevel::Error | FindingLevel::Refused => (Tone::Bad, Glyph::Error),
        };
        let place = (!path.is_empty()).then(|| {
            let href = server.with_value(|server| routes::config_part(server, &path, 0));
            view! {
                <a class="link" href=href>
                    {label}
                </a>
            }
        });
        view! {
            <li class="concern" data-testid="config-finding">
                <Badge tone glyph text=level_word(level)/>
                <div>
                    {place.map(|place| view! { <p>{place}</p> })}
                    <p>{text}</p>
                </div>
            </li>
        }
    };
    view! { <ul class="concerns">{findings.into_iter().map(row).collect::<Vec<_>>()}</ul> }
}

fn level_word(level: FindingLevel) -> &'static str {
    match level {
        FindingLevel::Hint => "hint",
        FindingLevel::Warning => "warning",
        FindingLevel::Error => "harmful",
        FindingLevel::Refused => "refused",
    }
}
