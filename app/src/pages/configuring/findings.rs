//! What stands against a configuration, that Kea says late or never.

use leptos::prelude::*;
use model::{ConfigEdit, ConfigFinding, ConfigForm, FindingLevel, Permission, ServerName, Silenced, Silencing};

use super::lint::LintCard;
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
    let silence = Silence::here(server);
    let ask = move |()| {
        let (server, of) = (server.get_value(), server.get_value());
        async move { Ok((api::list_config_findings(server, String::new(), None).await?, api::list_silenced(of).await?)) }
    };
    asked(
        6,
        || (),
        ask,
        move |asked: Asked<(Vec<ConfigFinding>, Vec<Silenced>)>| {
            let found = Signal::derive(move || asked.value.with(|(findings, _)| findings.clone()));
            let silenced = move || asked.value.with(|(_, silenced)| silenced.clone());
            view! {
                <Show when=move || found.with(Vec::is_empty)>
                    <div class="well">
                        <Icon glyph=Glyph::CheckCircle/>
                        <p>"No problems were found in what this server runs."</p>
                    </div>
                </Show>
                <Found found server silence=Some(silence)/>
                {move || view! { <SilencedList silence silenced=silenced()/> }}
                <SilenceQuestion silence/>
                <LintCard server/>
            }
            .into_any()
        },
    )
}

/// What stands against a part, or of the whole what is edited on the page, above its form: nothing where nothing does.
#[component]
pub(super) fn FindingsOf(
    /// The server.
    server: StoredValue<ServerName>,
    /// The path of the part; empty: the whole.
    #[prop(into)]
    part: Signal<String>,
    /// The page, as findings of the whole lead to it; none: those of the whole are not shown.
    #[prop(optional_no_strip)]
    page: Option<ConfigForm>,
) -> impl IntoView {
    let silence = Silence::here(server);
    let ask = move |part: String| {
        let page = page.clone().filter(|_| part.is_empty());
        async move {
            if part.is_empty() && page.is_none() {
                return Ok(Vec::new());
            }
            api::list_config_findings(server.get_value(), part, page).await
        }
    };
    asked(
        0,
        move || part.get(),
        ask,
        move |asked: Asked<Vec<ConfigFinding>>| {
            view! {
                <Found found=asked.value server silence=Some(silence)/>
                <SilenceQuestion silence/>
            }
            .into_any()
        },
    )
}

/// Findings that are mended here: nothing where there are none.
#[component]
pub(super) fn Found(
    /// They.
    #[prop(into)]
    found: Signal<Vec<ConfigFinding>>,
    /// The server that they are of.
    server: StoredValue<ServerName>,
    /// How they are silenced; none: that is not offered.
    #[prop(optional_no_strip)]
    silence: Option<Silence>,
) -> impl IntoView {
    let may = Session::allows(Permission::Reserve);
    let (mending, elsewhere) = (RwSignal::new(None::<Vec<ConfigEdit>>), RwSignal::new(None));
    let list = move || {
        let findings = found.get();
        let on_mend = may.get().then(|| {
            Callback::new(move |(server, edits)| {
                elsewhere.set(server);
                mending.set(Some(edits));
            })
        });
        (!findings.is_empty()).then(|| view! { <div class="card"><FindingList findings server on_mend silence/></div> })
    };
    view! {
        {list}
        <Reviewed reviewing=mending server elsewhere/>
    }
}

/// Findings, each with the way to the part that it is about.
#[component]
pub(super) fn FindingList(
    findings: Vec<ConfigFinding>,
    server: StoredValue<ServerName>,
    /// Takes the edits that mend a finding, and the server that they are for, where that is another one; none: they are not
    /// offered.
    #[prop(optional_no_strip)]
    on_mend: Option<Callback<(Option<ServerName>, Vec<ConfigEdit>)>>,
    /// How they are silenced; none: that is not offered.
    #[prop(optional_no_strip)]
    silence: Option<Silence>,
) -> impl IntoView {
    let row = move |finding: ConfigFinding| {
        let silencing = Silencing { finding: finding.key(), text: finding.text.clone() };
        let quiet = silence.filter(|_| finding.may_be_silenced());
        let quiet = quiet.map(|silence| view! { " " <SilenceButton silence findings=vec![silencing]/> });
        let ConfigFinding { level, path, label, text, mend, mend_at, form, .. } = finding;
        let fix = on_mend.filter(|_| !mend.is_empty()).map(|on_mend| {
            let what = mend_at.as_ref().map_or_else(|| "Fix it…".to_owned(), |server| format!("Fix it on {server}…"));
            view! {
                <button
                    type="button"
                    class="button button-small"
                    on:click=move |_| on_mend.run((mend_at.clone(), mend.clone()))
                >
                    {what}
                </button>
            }
        });
        let place = (!path.is_empty()).then(|| {
            let href = server.with_value(|server| routes::place(server, &path, form.as_ref()));
            view! {
                <a class="link" href=href>
                    {label}
                </a>
            }
        });
        view! {
            <li class="concern" data-testid="config-finding">
                <LevelBadge level/>
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

/// How bad a finding is.
#[component]
pub(super) fn LevelBadge(level: FindingLevel) -> impl IntoView {
    let (tone, glyph, text) = match level {
        FindingLevel::Hint => (Tone::Info, Glyph::Info, "hint"),
        FindingLevel::Warning => (Tone::Warn, Glyph::Warning, "warning"),
        FindingLevel::Error => (Tone::Bad, Glyph::Error, "harmful"),
        FindingLevel::Refused => (Tone::Bad, Glyph::Error, "refused"),
    };
    view! { <Badge tone glyph text/> }
}
