//! Changes as a table. Pure.

use model::{Change, Content, IpNetwork, Reservation, Subject, SubnetKey};

use crate::Result;
use crate::csv_import::written;

const HEAD: [&str; 15] = [
    "number",
    "time",
    "who",
    "what",
    "of",
    "address",
    "host name",
    "subnet",
    "server",
    "state",
    "why",
    "batch",
    "undoes",
    "undone by",
    "repeats",
];

/// The changes, one a line, in their order. `prefixes`: those of their subnets, as far as they are known.
pub(super) fn table(changes: &[Change], prefixes: &[(SubnetKey, IpNetwork)]) -> Result<String> {
    written(HEAD.map(str::to_owned), changes.iter().map(|change| cells(change, prefixes)))
}

fn cells(change: &Change, prefixes: &[(SubnetKey, IpNetwork)]) -> [String; HEAD.len()] {
    let subnet = change.subject.subnet();
    let prefix = prefixes.iter().find(|(key, _)| key == subnet).map(|(_, prefix)| prefix.to_string());
    let version = change.version().and_then(Content::reservation);
    let number = |number: Option<i64>| number.map(|number| number.to_string()).unwrap_or_default();
    let of = match (&change.subject, change.version().and_then(Content::configuration)) {
        (Subject::Reservation(key), _) => key.identifier.to_string(),
        (_, Some(configured)) => configured.words.join("; "),
        (_, None) => "name of the subnet".to_owned(),
    };
    [
        change.number.to_string(),
        change.at.to_string(),
        change.actor.clone(),
        change.verb.code().to_owned(),
        of,
        version.map(Reservation::what).unwrap_or_default(),
        version.and_then(|version| version.host_name.clone()).unwrap_or_default(),
        prefix.unwrap_or_else(|| subnet.to_string()),
        change.subject.server().to_string(),
        change.state.code().to_owned(),
        change.detail.clone(),
        change.batch.clone().unwrap_or_default(),
        number(change.undoes),
        number(change.undone_by),
        number(change.repeats),
    ]
}
