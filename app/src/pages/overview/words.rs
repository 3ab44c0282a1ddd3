//! What needs attention, in sentences.

use model::{
    CheckSummary, Finding, Health, OutsideChange, Overview, Pair, Remedy, ServerStatus, Severity, Shortage,
    SubnetConcern, Unconfirmed,
};

use crate::components::pair;
use crate::components::server::{lost, not_saved, unknown, waiting};
use crate::routes;

/// Something that needs attention.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Concern {
    pub(super) severity: Severity,
    pub(super) place: String,
    pub(super) text: String,
    pub(super) advice: String,
    /// What of the advice is to be written exactly so, to be copied.
    pub(super) line: Option<String>,
    pub(super) href: Option<String>,
    /// Where it can be mended here.
    pub(super) settings: Option<String>,
}

/// What needs attention, the worst first.
pub(super) fn concerns(overview: &Overview) -> Vec<Concern> {
    let servers = overview.servers.iter().flat_map(of_server);
    let pairs = overview.pairs.iter().filter(|pair| pair::needs_attention(pair)).map(of_pair);
    let subnets = overview.concerns.iter().map(of_subnet);
    let rest = [of_more_subnets(overview.more_concerns), of_calls(overview.refused_calls)].into_iter().flatten();
    let own = overview.own.iter().map(|finding| of_finding("Nestor", finding));
    let checks = overview.checks.iter().map(of_check);
    let mut concerns: Vec<_> = servers.chain(checks).chain(pairs).chain(subnets).chain(rest).chain(own).collect();
    concerns.sort_by_key(|concern| std::cmp::Reverse(concern.severity));
    concerns
}

fn of_finding(place: &str, finding: &Finding) -> Concern {
    let Finding { severity, text, advice, line, .. } = finding.clone();
    Concern { severity, place: place.to_owned(), text, advice, line, href: None, settings: None }
}

fn of_server(server: &ServerStatus) -> Vec<Concern> {
    let place = server.name.as_str();
    let mut found: Vec<_> = server.findings.iter().map(|finding| of_finding(place, finding)).collect();
    // A server that does not serve usually says why; if it does not, the fact itself must not be missing.
    if server.health != Health::Serving && found.iter().all(|concern| concern.severity < Severity::Blocks) {
        let (text, advice) = match server.health {
            Health::NotServing => (
                "The server answers, but hands out no leases.",
                "Check Kea’s log on that host: its configuration or its lease database has failed.",
            ),
            _ => (
                "The server does not answer.",
                "Check that Kea runs on that host and that its control socket can be reached from here.",
            ),
        };
        let (text, advice) = (text.to_owned(), advice.to_owned());
        found.push(Concern {
            severity: Severity::Blocks,
            place: place.to_owned(),
            text,
            advice,
            line: None,
            href: None,
            settings: None,
        });
    }
    found.extend(server.outside.as_ref().map(of_outside));
    found.extend(server.unconfirmed.iter().map(|change| of_unconfirmed(server, change)));
    found.extend(unsettled(server));
    found
}

/// What others changed, until somebody has looked at it.
fn of_outside(change: &OutsideChange) -> Concern {
    Concern {
        severity: Severity::Warns,
        place: change.server.to_string(),
        text: change.text.clone(),
        advice: "Its history shows the difference, and leads back. Once looked at there, this goes.".to_owned(),
        line: None,
        href: Some(routes::of_server(&change.server, routes::HISTORY)),
        settings: None,
    }
}

/// A change that is taken back unless somebody keeps it. How long that is counts down where both can be done.
fn of_unconfirmed(server: &ServerStatus, change: &Unconfirmed) -> Concern {
    let Unconfirmed { change: number, actor, words, problem, .. } = change;
    let (severity, stands) = match problem {
        Some(why) => (Severity::Blocks, format!("was not confirmed in time, and could not be taken back. {why}")),
        None => (Severity::Warns, format!("is taken back unless somebody keeps it: {}", words.join("; "))),
    };
    Concern {
        severity,
        place: server.name.to_string(),
        text: format!("Change #{number} by {actor} {stands}"),
        advice: "Keep it, or take it back now, on the pages of the server.".to_owned(),
        line: None,
        href: Some(routes::of_server(&server.name, routes::CONFIGURATION)),
        settings: None,
    }
}

/// What the last check of a server found.
fn of_check(check: &CheckSummary) -> Concern {
    let all = check.faults + check.warnings;
    let advice = match all {
        1 => "Its check says what to do.".to_owned(),
        _ => format!("Its check found {all} things, and says what to do."),
    };
    Concern {
        severity: if check.faults > 0 { Severity::Blocks } else { Severity::Warns },
        place: check.server.to_string(),
        text: check.worst.clone(),
        advice,
        line: None,
        href: Some(routes::of_server(&check.server, routes::CHECK)),
        settings: None,
    }
}

/// What was changed and is not safe yet.
fn unsettled(server: &ServerStatus) -> impl Iterator<Item = Concern> {
    let said = [
        (not_saved(server.unsettled), "Save it on the Servers page."),
        (lost(server.unsettled), "Restore them on the Servers page."),
        (waiting(server.unsettled), "They are applied when the server is back; until then only its partner has them."),
        (unknown(server.unsettled), "Ask the server again on the Changes page."),
    ];
    said.into_iter().filter_map(|(text, advice)| {
        Some(Concern {
            severity: Severity::Warns,
            place: server.name.to_string(),
            text: text?,
            advice: advice.to_owned(),
            line: None,
            href: Some(routes::SERVERS.to_owned()),
            settings: None,
        })
    })
}

fn of_pair(pair: &Pair) -> Concern {
    let (severity, text) = (pair::severity(pair), pair::sentence(pair));
    Concern {
        severity,
        place: pair::title(pair),
        text,
        advice: "The Servers page shows the state of both.".to_owned(),
        line: None,
        href: Some(routes::SERVERS.to_owned()),
        settings: None,
    }
}

fn of_subnet(concern: &SubnetConcern) -> Concern {
    let page = routes::subnet(&concern.subnet);
    let settings = matches!(concern.what, Shortage::Addresses { .. } | Shortage::Prefixes { .. })
        .then(|| routes::settings(&concern.subnet));
    let severity = match concern.what {
        Shortage::Addresses { free: 0, .. } | Shortage::Prefixes { free: 0, .. } => Severity::Blocks,
        _ => Severity::Warns,
    };
    let (text, (advice, line), href) = match concern.what {
        Shortage::Addresses { percent, free, remedy } => {
            let text = match free {
                0 => "Pools full: new clients get no address.".to_owned(),
                _ => format!("Pools {percent} % used, {free} addresses free."),
            };
            (text, room(remedy, &within(concern)), page)
        }
        Shortage::Prefixes { percent, free } => {
            let text = match free {
                0 => "Prefix pools full: new routers get no prefix.".to_owned(),
                _ => format!("Prefix pools {percent} % used, {free} prefixes free."),
            };
            (text, (format!("Add a prefix pool to “pd-pools” of {}.", within(concern)), None), page)
        }
        Shortage::Declined { count } => {
            let advice = "Find the devices that use them without a lease: give each a reservation, or an address \
                          outside the pools.";
            let text = format!("{count} addresses declined: clients found them in use.");
            (text, (advice.to_owned(), None), format!("{page}?filter=problems"))
        }
    };
    Concern { severity, place: concern.prefix.to_string(), text, advice, line, href: Some(href), settings }
}

/// What makes room, and the line of Kea's configuration for it.
fn room(remedy: Option<Remedy>, within: &str) -> (String, Option<String>) {
    match remedy {
        Some(Remedy::Pool(range)) => (
            format!(
                "Add a pool: add this line to “pools” of {within}, if no device has a fixed address in it, and reload Kea."
            ),
            Some(format!(r#"{{ "pool": "{} - {}" }}"#, range.first(), range.last())),
        ),
        Some(Remedy::Lifetime(seconds)) => (
            format!(
                "The pools leave no room in the subnet: shorten the lease time with this line in {within}, in place of \
                 these keys where they are there already, and reload Kea, or move clients to another subnet."
            ),
            // Kea refuses a lifetime outside of its bounds, and writes those into every subnet when it saves.
            Some(["valid", "min-valid", "max-valid"].map(|key| format!(r#""{key}-lifetime": {seconds}"#)).join(", ")),
        ),
        None => ("Move clients to another subnet.".to_owned(), None),
    }
}

/// Where in Kea's configuration a subnet is: "subnet 50 in the configuration of kea1".
fn within(concern: &SubnetConcern) -> String {
    let places = concern.members.iter().map(|(server, id)| format!("subnet {id} in Kea’s configuration of {server}"));
    places.collect::<Vec<_>>().join(" and ")
}

fn of_more_subnets(count: u32) -> Option<Concern> {
    let text = match count {
        0 => return None,
        1 => "1 more subnet needs attention.".to_owned(),
        _ => format!("{count} more subnets need attention."),
    };
    Some(Concern {
        severity: Severity::Warns,
        place: "Networks".to_owned(),
        text,
        advice: "Sorted by use, the list of subnets shows them first.".to_owned(),
        line: None,
        href: Some(routes::networks("", "-used", 0)),
        settings: None,
    })
}

fn of_calls(refused: u64) -> Option<Concern> {
    let text = match refused {
        0 => return None,
        1 => "1 call was refused or failed in the last 24 hours.".to_owned(),
        _ => format!("{refused} calls were refused or failed in the last 24 hours."),
    };
    Some(Concern {
        severity: Severity::Warns,
        place: "Foreman".to_owned(),
        text,
        advice: "Each of them says why, and what to do.".to_owned(),
        line: None,
        href: Some(format!("{}?filter=problems", routes::FOREMAN)),
        settings: None,
    })
}

#[cfg(test)]
mod tests;
