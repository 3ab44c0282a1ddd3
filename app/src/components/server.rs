//! What is known of a server, and what of it needs attention.

use leptos::prelude::*;
use model::{Family, Finding, Member, ServerStatus, Unsettled};

use super::badge::{Badge, SeverityBadge, Tone};
use super::copy::CopyField;
use super::freshness::AsOf;
use super::icon::Glyph;
use super::moment::Moment;

/// Which family a server serves, beside its name.
#[component]
pub fn FamilyTag(
    /// The family.
    family: Family,
) -> impl IntoView {
    view! { <span class="family-tag">{family.label()}</span> }
}

/// The servers that have a subnet, the one first that its numbers come from; of several also how many of them answer.
#[component]
pub fn Members(
    /// The servers.
    members: Vec<Member>,
) -> impl IntoView {
    let (names, count) = counted(members);
    let Some((tone, count, text)) = count else {
        return view! { <span>{names}</span> }.into_any();
    };
    let glyph = if tone == Tone::Warn { Glyph::Warning } else { Glyph::Server };
    let title = text.clone();
    view! {
        <span class="members" data-testid="members" title=title>
            <Badge tone glyph text=count/>
            <span>{names}</span>
            <span class="visually-hidden">" "{text}</span>
        </span>
    }
    .into_any()
}

/// The names of the servers; of several also how many of them answer, and what that means.
fn counted(members: Vec<Member>) -> (String, Option<(Tone, String, String)>) {
    let names = |members: &[Member]| members.iter().map(|member| member.server.as_str()).collect::<Vec<_>>().join(", ");
    let (all, title) = (members.len(), names(&members));
    let (answering, away): (Vec<_>, Vec<_>) = members.into_iter().partition(|member| member.answers);
    let (tone, text) = match away.len() {
        0 => (Tone::Neutral, "All of them answer.".to_owned()),
        1 => (Tone::Warn, format!("{} does not answer.", names(&away))),
        _ => (Tone::Warn, format!("{} do not answer.", names(&away))),
    };
    (title, (all > 1).then(|| (tone, format!("{}/{all}", answering.len()), text)))
}

/// Version, storage and hooks; greyed and dated when the server does not answer now.
#[component]
pub fn ServerFacts(
    /// The server.
    server: ServerStatus,
) -> impl IntoView {
    let old = server.dated();
    let times = [("Running since", server.started_at), ("Configuration loaded", server.loaded_at)];
    let times = times.map(|(name, at)| at.map(|at| view! { <dt>{name}</dt> <dd><Moment at past=true/></dd> }));
    let hooks = server.hooks;
    let hook_count = match hooks.len() {
        1 => "1 hook library".to_owned(),
        count => format!("{count} hook libraries"),
    };
    view! {
        {old.map(|at| view! { <p class="old-note muted">"Last answer " <AsOf at/></p> })}
        <dl class="facts" class:is-old=old.is_some()>
            <dt>"Version"</dt>
            <dd>{server.version.map_or_else(|| "not known".to_owned(), |version| format!("Kea {version}"))}</dd>
            {times}
            <dt>"New reservations"</dt>
            <dd>
                {server.storage.map_or_else(|| "cannot be stored".to_owned(), |storage| format!("kept {}", storage.label()))}
            </dd>
            <dt>"Hooks"</dt>
            <dd>
                {if hooks.is_empty() {
                    "none loaded".into_any()
                } else {
                    view! {
                        <details class="hooks">
                            <summary>{hook_count}</summary>
                            <ul>{hooks.into_iter().map(|hook| view! { <li><code>{hook}</code></li> }).collect::<Vec<_>>()}</ul>
                        </details>
                    }
                        .into_any()
                }}
            </dd>
        </dl>
    }
    .into_any()
}

/// What the operator of a server should know.
#[component]
pub fn Findings(
    /// The findings.
    findings: Vec<Finding>,
) -> impl IntoView {
    let rows = findings.into_iter().map(|finding| {
        view! {
            <li class="finding">
                <SeverityBadge severity=finding.severity/>
                <p>{finding.text} " " <span class="muted">{finding.advice}</span></p>
                {(!finding.items.is_empty()).then(|| view! { <pre>{finding.items.join("\n")}</pre> })}
                {finding.line.map(|text| view! { <CopyField label="line" text/> })}
            </li>
        }
    });
    let rows = rows.collect::<Vec<_>>();
    (!rows.is_empty()).then(|| view! { <ul class="findings">{rows}</ul> })
}

/// That changes run but are not saved; none: all are.
pub fn not_saved(unsettled: Unsettled) -> Option<String> {
    match unsettled.not_saved {
        0 => None,
        1 => Some("1 change is active but not saved: a restart of Kea would lose it.".to_owned()),
        count => Some(format!("{count} changes are active but not saved: a restart of Kea would lose them.")),
    }
}

/// That the server does not hold what it had saved; none: it does.
pub fn lost(unsettled: Unsettled) -> Option<String> {
    let of = match unsettled.lost {
        0 => return None,
        1 => "1 saved change is".to_owned(),
        count => format!("{count} saved changes are"),
    };
    Some(format!("{of} missing since this server was restarted or reconfigured: was an older file restored?"))
}

/// That changes wait for the server; none: none does.
pub fn waiting(unsettled: Unsettled) -> Option<String> {
    match unsettled.pending {
        0 => None,
        1 => Some("1 change is waiting for this server.".to_owned()),
        count => Some(format!("{count} changes are waiting for this server.")),
    }
}

/// That it is not known how changes ended; none: it is known of all.
pub fn unknown(unsettled: Unsettled) -> Option<String> {
    match unsettled.unknown {
        0 => None,
        1 => Some("It is not known whether 1 change was made.".to_owned()),
        count => Some(format!("It is not known whether {count} changes were made.")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn of_several_servers_those_that_answer_are_counted() {
        let member = |server: &str, answers| Member { server: server.parse().unwrap(), id: Some(1), answers };
        assert_eq!(counted(vec![member("kea1", true)]), ("kea1".to_owned(), None));
        let (names, both) = counted(vec![member("kea1", true), member("kea2", true)]);
        assert_eq!(
            (names.as_str(), both.map(|both| (both.0, both.1))),
            ("kea1, kea2", Some((Tone::Neutral, "2/2".to_owned())))
        );
        let (_, one) = counted(vec![member("kea2", true), member("kea1", false)]);
        assert_eq!(one, Some((Tone::Warn, "1/2".to_owned(), "kea1 does not answer.".to_owned())));
    }

    #[test]
    fn what_is_settled_is_not_shown() {
        let settled = Unsettled::default();
        assert_eq!((not_saved(settled), waiting(settled), unknown(settled)), (None, None, None));
        let some = Unsettled { not_saved: 1, pending: 2, unknown: 1, lost: 1 };
        assert!(not_saved(some).is_some_and(|text| text.starts_with("1 change is active")));
        assert_eq!(waiting(some).as_deref(), Some("2 changes are waiting for this server."));
        assert!(unknown(some).is_some());
    }
}
