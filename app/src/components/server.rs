//! What is known of a server, and what of it needs somebody.

use leptos::prelude::*;
use model::{Family, Finding, ServerStatus, Unsettled};

use super::badge::SeverityBadge;

/// Which family a server serves, beside its name.
#[component]
pub fn FamilyTag(
    /// The family.
    family: Family,
) -> impl IntoView {
    view! { <span class="family-tag">{family.label()}</span> }
}

/// Version, storage and hooks.
#[component]
pub fn ServerFacts(
    /// The server.
    server: ServerStatus,
) -> impl IntoView {
    let hooks = server.hooks;
    let hook_count = match hooks.len() {
        1 => "1 hook library".to_owned(),
        count => format!("{count} hook libraries"),
    };
    view! {
        <dl class="facts">
            <dt>"Version"</dt>
            <dd>{server.version.map_or_else(|| "not known".to_owned(), |version| format!("Kea {version}"))}</dd>
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
        1 => Some("1 change runs but is not saved: a restart of Kea would lose it.".to_owned()),
        count => Some(format!("{count} changes run but are not saved: a restart of Kea would lose them.")),
    }
}

/// That the server does not hold what it had saved; none: it does.
pub fn lost(unsettled: Unsettled) -> Option<String> {
    let of = match unsettled.lost {
        0 => return None,
        1 => "1 change that was saved is".to_owned(),
        count => format!("{count} changes that were saved are"),
    };
    Some(format!("{of} missing since this server was started or configured anew: was an older file put in its place?"))
}

/// That changes wait for the server; none: none does.
pub fn waiting(unsettled: Unsettled) -> Option<String> {
    match unsettled.pending {
        0 => None,
        1 => Some("1 change waits for this server.".to_owned()),
        count => Some(format!("{count} changes wait for this server.")),
    }
}

/// That nobody knows how changes ended; none: it is known of all.
pub fn unknown(unsettled: Unsettled) -> Option<String> {
    match unsettled.unknown {
        0 => None,
        1 => Some("Whether 1 change was made is not known.".to_owned()),
        count => Some(format!("Whether {count} changes were made is not known.")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_settled_is_not_told() {
        let settled = Unsettled::default();
        assert_eq!((not_saved(settled), waiting(settled), unknown(settled)), (None, None, None));
        let some = Unsettled { not_saved: 1, pending: 2, unknown: 1, lost: 1 };
        assert!(not_saved(some).is_some_and(|text| text.starts_with("1 change runs")));
        assert_eq!(waiting(some).as_deref(), Some("2 changes wait for this server."));
        assert!(unknown(some).is_some());
    }
}
