//! What stands against a configuration, that Kea says late or never.

use leptos::prelude::*;
use model::{ConfigEdit, ConfigFinding, FindingLevel, Permission, ServerName, Silenced, Silencing};

use super::review::Reviewed;
use super::silence::{Silence, SilenceButton, SilenceQuestion, SilencedList};
use super::{Asked, asked, of_server};
use crate::api;
use crate::components::badge::{Badge, Tone};
use crate::components::icon::{Glyph, Icon};
use crate::routes;
use crate::state::Session;

/// The findings of the server that the address names.
#[component]
pub fn FindingsPage() -> impl IntoView {
    of_server(routes::FINDINGS, |server| view! { <Loading server/> }.into_any())
}

#[component]
fn Loading(server: ServerName) -> impl IntoView {
    let server = StoredValue::new(server);
    let may = Session::allows(Permission::Reserve);
    let mending = RwSignal::new(None::<Vec<ConfigEdit>>);
    let silence = Silence::here(server);
    let ask = move |()| {
        let (server, of) = (server.get_value(), server.get_value());
        async move { Ok((api::list_config_findings(server).await?, api::list_silenced(of).await?)) }
    };
    asked(
        6,
        || (),
        ask,
        move |asked: Asked<(Vec<ConfigFinding>, Vec<Silenced>)>| {
            let found = asked.value;
            let rows = move || {
                let findings = found.with(|(findings, _)| findings.clone());
                if findings.is_empty() {
                    return view! {
                        <div class="well">
                            <Icon glyph=Glyph::CheckCircle/>
                            <p>"No problems were found in what this server runs."</p>
                        </div>
                    }
                    .into_any();
                }
                let on_mend = may.get().then(|| Callback::new(move |edits| mending.set(Some(edits))));
                view! { <div class="card"><FindingList findings server on_mend silence=Some(silence)/></div> }
                    .into_any()
            };
            view! {
                {rows}
                {move || view! { <SilencedList silence silenced=found.with(|(_, silenced)| silenced.clone())/> }}
                <Reviewed reviewing=mending server/>
                <SilenceQuestion silence/>
            }
            .into_any()
        },
    )
}

/// Findings, each with the way to the part that it is about.
#[component]
pub(super) fn FindingList(
    findings: Vec<ConfigFinding>,
    server: StoredValue<ServerName>,
    /// Takes the edits that mend a finding; none: they are not offered.
    #[prop(optional_no_strip)]
    on_mend: Option<Callback<Vec<ConfigEdit>>>,
    /// How they are silenced; none: that is not offered.
    #[prop(optional_no_strip)]
    silence: Option<Silence>,
) -> impl IntoView {
    let row = move |finding: ConfigFinding| {
        let silencing = Silencing { finding: finding.key(), text: finding.text.clone() };
        let quiet = silence.filter(|_| finding.may_be_silenced());
        let quiet = quiet.map(|silence| view! { " " <SilenceButton silence findings=vec![silencing]/> });
        let ConfigFinding { level, path, label, text, mend, .. } = finding;
        let fix = on_mend.filter(|_| !mend.is_empty()).map(|on_mend| {
            view! {
                <button type="button" class="button button-small" on:click=move |_| on_mend.run(mend.clone())>
                    "Fix it…"
                </button>
            }
        });
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
                    {fix}
                    {quiet}
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
