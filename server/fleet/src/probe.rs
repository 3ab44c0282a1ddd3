//! How a server is, and what its operator should know.

use std::sync::Arc;

use kea::commands::{StatusGet, VersionGet};
use kea::wire::{Dhcp, HaStatus};
use kea::{CertificateRole, ErrorKind, Hook, OwnCertificate, UnreachableReason};
use model::{Family, Finding, Health, Seconds, ServerName, ServerStatus, Severity, Storage, Timestamp, Unsettled};
use services::Error;
use services::ports::{Contact, Obstacle, Sight, Told};

use crate::convert;
use crate::node::{CAPABILITIES_FOR, Node, missing};
use crate::serving::{self, Lends};

/// A server that has just left a question open is shown as it was, when that was so short a time ago.
const A_MOMENT_AGO: Seconds = Seconds(8);

/// Most lines of one finding; how many there are is said.
const MOST_ITEMS: usize = 100;

/// How long before its end a certificate is worth a word.
const SOON: Seconds = Seconds(30 * 86_400);

/// How a server is, by itself.
#[derive(Clone)]
pub(crate) struct Probed {
    pub(crate) status: ServerStatus,
    /// What it says of its high-availability relationships.
    pub(crate) relationships: Vec<HaStatus>,
}

/// The status of a server of which nothing is known.
pub(crate) fn unknown(name: ServerName, family: Family) -> ServerStatus {
    ServerStatus {
        name,
        family,
        health: Health::Unreachable,
        version: None,
        hooks: Vec::new(),
        storage: None,
        findings: Vec::new(),
        pairs: Vec::new(),
        unsettled: Unsettled::default(),
        silent_since: None,
        repairable: false,
        unconfirmed: Vec::new(),
        outside: None,
        started_at: None,
        loaded_at: None,
        as_of: Timestamp(0),
    }
}

/// Asks the server how it is.
pub(crate) async fn probe(node: &Arc<Node>) -> Probed {
    let mut status = status(node).await;
    if status.health == Health::Unreachable {
        return Probed { status, relationships: Vec::new() };
    }
    let relationships = match node.ask(&StatusGet).await {
        Ok(said) => {
            let ago = |seconds: u64| status.as_of.plus(Seconds(-i64::try_from(seconds).unwrap_or(i64::MAX)));
            (status.started_at, status.loaded_at) = (Some(ago(said.uptime)), Some(ago(said.reload)));
            if let Some(fault) = serving::switched_off(node.client.endpoint().service().name(), &said) {
                status.health = Health::NotServing;
                status.findings.push(fault);
            }
            status.findings.extend(serving::unheard(&said));
            said.high_availability
        }
        Err(error) if status.hooks.iter().any(|hook| hook == Hook::Ha.library()) => {
            status.findings.push(pair_unseen(error));
            Vec::new()
        }
        Err(error) => {
            status.findings.push(silent(error));
            Vec::new()
        }
    };
    Probed { status, relationships }
}

async fn status(node: &Arc<Node>) -> ServerStatus {
    let mut status = ServerStatus { as_of: node.clock.now(), ..unknown(node.name.clone(), node.family()) };
    status.findings = own_certificates(node, status.as_of);
    match node.ask(&VersionGet).await {
        Ok(version) => {
            status.findings.extend(old_version(&version.number));
            status.version = Some(version.number);
        }
        Err(error) => {
            status.findings.push(silent(error));
            return status;
        }
    }
    status.health = Health::Serving;
    let known = async { Ok((node.capabilities().await?, node.config(CAPABILITIES_FOR).await?)) };
    let (capabilities, config) = match known.await {
        Ok(known) => known,
        Err(error) => {
            status.findings.push(silent(error));
            return status;
        }
    };
    status.hooks = config.hooks_libraries.iter().map(|hook| file_name(&hook.library)).collect();
    status.storage = Some(convert::storage(&config));
    status.findings.extend(ending(node.client.certificate_end().map(Timestamp), status.as_of));
    status.findings.extend(configured(node.family(), &config));
    status.findings.extend(not_understood(&config));
    if capabilities.has(Hook::HostCmds)
        && let Err(error) = node.database_is_there().await
    {
        status.findings.push(silent(error));
    }
    let lends = node.lends().await;
    // One that has lost its hooks lacks none of them in its configuration: it is given that once more.
    if lends != Ok(Lends::WithoutHooks) {
        status.findings.extend(missing(&capabilities).into_iter().map(model::Hook::is_missing));
    }
    if let Some(fault) = lease_fault(node, lends) {
        status.health = Health::NotServing;
        status.repairable = true;
        status.findings.push(fault);
    }
    status
}

/// The status of a server that does not answer: the last one that is known, with what is wrong now.
pub(crate) fn of_silent(node: &Node, now: ServerStatus) -> ServerStatus {
    let mut status = now;
    if let Some(Probed { status: last, .. }) = node.last_probed() {
        (status.version, status.hooks, status.storage, status.as_of) =
            (last.version, last.hooks, last.storage, last.as_of);
        (status.started_at, status.loaded_at) = (last.started_at, last.loaded_at);
    } else if let Some(last) = node.last_config() {
        status.hooks = last.dhcp.hooks_libraries.iter().map(|hook| file_name(&hook.library)).collect();
        let database = last.dhcp.host_databases().any(|database| !database.readonly);
        status.storage = Some(if database { Storage::Database } else { Storage::Configuration });
        status.as_of = last.as_of;
    }
    status.silent_since = match node.contact() {
        Contact::Silent { since } | Contact::Refusing { since } => Some(since),
        Contact::Answering | Contact::Quiet => None,
    };
    status
}

/// How a server is that has left a question open: as it was a moment ago, or not known.
pub(crate) fn of_quiet(node: &Node) -> Probed {
    let now = node.clock.now();
    if let Some(last) = node.last_probed().filter(|last| now.since(last.status.as_of) <= A_MOMENT_AGO) {
        return last;
    }
    let mut status = ServerStatus { as_of: now, ..unknown(node.name.clone(), node.family()) };
    status.findings = own_certificates(node, now);
    status.findings.push(silent(node.unheard()));
    Probed { status, relationships: Vec::new() }
}

pub(crate) fn finding(severity: Severity, text: impl Into<String>, advice: impl Into<String>) -> Finding {
    Finding { severity, text: text.into(), advice: advice.into(), items: Vec::new(), line: None }
}

fn silent(error: Error) -> Finding {
    let problem = model::Problem::from(error);
    finding(Severity::Blocks, problem.text, problem.advice)
}

fn pair_unseen(error: Error) -> Finding {
    let problem = model::Problem::from(error);
    let text = format!("The state of its high-availability pair is not known: {}", problem.text);
    finding(Severity::Warns, text, problem.advice)
}

/// That it has no leases to give, or does not say whether it has.
fn lease_fault(node: &Node, lends: Result<Lends, Error>) -> Option<Finding> {
    let daemon = node.client.endpoint().service().name();
    let text = match lends {
        Ok(Lends::Yes | Lends::Unseen) => return None,
        Ok(Lends::No) => "Kea has refused a configuration, or lost its lease database.".to_owned(),
        Ok(Lends::WithoutHooks) => {
            "Kea has refused a configuration, as a hook library failed to load, and has lost all of \
                                    its hook libraries."
                .to_owned()
        }
        Err(Error::Refused { text, .. }) => text,
        Err(error) => return Some(silent(error)),
    };
    let advice = format!("Repair it on the Servers page, or restart kea-{daemon}; then look at its log.");
    Some(finding(Severity::Blocks, format!("DHCP is not being served: {text}"), advice))
}

/// That certificates of ours for it end soon, or have ended: then it does not answer, and does not say why.
fn own_certificates(node: &Node, now: Timestamp) -> Vec<Finding> {
    node.client.endpoint().certificates().iter().filter_map(|own| own_ending(own, now)).collect()
}

/// What was seen of the server beside its answers.
pub(crate) fn sight(node: &Node) -> Sight {
    let whose = |own: &OwnCertificate| match own.role {
        CertificateRole::Client => "Nestor’s own certificate for it".to_owned(),
        CertificateRole::Authority => format!("The authority {} in kea.ca_file", own.subject),
    };
    let endpoint = node.client.endpoint();
    let certificates = endpoint.certificates();
    let told = Told {
        host: endpoint.host().to_owned(),
        port: endpoint.port(),
        is_tls: endpoint.is_tls(),
        user: endpoint.user().map(str::to_owned),
    };
    Sight {
        told: Some(told),
        obstacle: node.link.why().and_then(|error| obstacle(&error.kind)),
        certificate_end: node.client.certificate_end().map(Timestamp),
        own_certificates: certificates.iter().map(|own| (whose(own), Timestamp(own.end))).collect(),
        clock_ahead: node.client.clock_ahead().map(Seconds),
    }
}

fn obstacle(kind: &ErrorKind) -> Option<Obstacle> {
    match kind {
        ErrorKind::Unreachable { why: UnreachableReason::Refused } => Some(Obstacle::Refused),
        ErrorKind::Unreachable { why: UnreachableReason::ConnectTimeout } => Some(Obstacle::NoConnection),
        ErrorKind::Denied => Some(Obstacle::Credentials),
        _ => None,
    }
}

fn own_ending(own: &OwnCertificate, now: Timestamp) -> Option<Finding> {
    let OwnCertificate { role, subject, end } = own;
    let end = Timestamp(*end);
    let left = end.since(now);
    let (whose, then, advice) = match role {
        CertificateRole::Client => (
            "Nestor’s own certificate for it (kea.client_certificate_file)".to_owned(),
            "it refuses Nestor",
            "Have the certificate renewed, and restart Nestor.",
        ),
        CertificateRole::Authority => (
            format!("The authority {subject} in kea.ca_file"),
            "what it issued is not trusted",
            "Put the authority’s current certificate into the file, and restart Nestor.",
        ),
    };
    if left.0 >= SOON.0 {
        return None;
    }
    if left.0 > 0 {
        return Some(finding(
            Severity::Warns,
            format!("{whose} expires in {left}, at {end}: after that {then}."),
            advice,
        ));
    }
    // Beside an authority that has ended the next one may be in the file already.
    let severity = if *role == CertificateRole::Client { Severity::Blocks } else { Severity::Warns };
    Some(finding(severity, format!("{whose} expired at {end}: {then}."), advice))
}

/// That its certificate ends soon.
fn ending(end: Option<Timestamp>, now: Timestamp) -> Option<Finding> {
    let (end, left) = end.map(|end| (end, end.since(now)))?;
    (left.0 < SOON.0).then(|| {
        let text = format!("Its certificate ends in {left}, at {end}: nothing can be asked of it after that.");
        finding(Severity::Warns, text, "Have it renewed, and Kea reload its configuration.")
    })
}

fn old_version(number: &str) -> Option<Finding> {
    let major: u32 = number.split('.').next()?.parse().ok()?;
    (major < 3).then(|| {
        let advice = "Some functions need hook libraries that are free only since Kea 3.0: update Kea.";
        finding(Severity::Warns, format!("Kea {number} is older than 3.0."), advice)
    })
}

/// What of the configuration is of no type of ours: it does not count here, and stays as it is.
fn not_understood(config: &Dhcp) -> Option<Finding> {
    let mut items = convert::unread_in(config);
    let count = items.len();
    items.truncate(MOST_ITEMS);
    let (parts, are) = if count == 1 { ("part", "is") } else { ("parts", "are") };
    let text = format!("{count} {parts} of its configuration {are} not understood by Nestor.");
    let advice = "Look at it in Kea’s configuration: it does not count here, and Nestor leaves it as it is.";
    (count > 0).then(|| Finding { items, ..finding(Severity::Warns, text, advice) })
}

fn configured(family: Family, config: &Dhcp) -> Vec<Finding> {
    let mut found = Vec::new();
    if config.subnets().next().is_none() {
        let text = format!("It has no {family} subnet.");
        found.push(finding(Severity::Warns, text, "Add one to Kea’s configuration."));
    }
    if config.reservations_in_subnet == Some(false) {
        let text = "Reservations have no effect: “reservations-in-subnet” is off.";
        found.push(finding(Severity::Warns, text, "Turn it on in Kea’s configuration."));
    }
    found
}

/// The library's own name, without the folder that it was loaded from.
fn file_name(path: &str) -> String {
    path.rsplit('/').next().unwrap_or(path).to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_certificate_that_ends_within_thirty_days_is_worth_a_word() {
        let (now, day) = (Timestamp(1_700_000_000), 86_400);
        let ends_in = |left: i64| ending(Some(now.plus(Seconds(left))), now);
        assert!(ends_in(29 * day).unwrap().text.starts_with("Its certificate ends in 29 days"));
        assert_eq!((ends_in(31 * day), ending(None, now)), (None, None));

        let own = |role, left: i64| {
            let own = OwnCertificate { role, subject: "CN=Lab CA".to_owned(), end: now.0 + left };
            own_ending(&own, now).map(|found| (found.severity, found.text))
        };
        assert_eq!(own(CertificateRole::Client, 31 * day), None);
        let (severity, text) = own(CertificateRole::Client, 29 * day).unwrap();
        assert!(severity == Severity::Warns && text.contains("client_certificate_file) expires in 29 days"), "{text}");
        let (severity, text) = own(CertificateRole::Authority, -1).unwrap();
        assert!(severity == Severity::Warns && text.starts_with("The authority CN=Lab CA in kea.ca_file expired"));
    }
}
