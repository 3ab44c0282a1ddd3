//! Subnets and their pools: numbers, prefixes, ranges, and whether anybody can get an address.

use std::collections::HashMap;
use std::net::IpAddr;

use model::{AddressRange, IpNetwork};

use super::{Finding, Review, Severity, set};
use crate::identity::{Identities, canonical};
use crate::{Daemon, Document, Edit, Keys, Map, Op, Part, Path, Text, Value, proposal};

/// The highest number of a subnet; those above mean “none”, “global” and “all” to Kea.
const MOST_ID: i64 = 4_294_967_294;

pub(super) fn look(review: &mut Review<'_>) {
    twice(review);
    let identities = review.document.identities();
    for part in review.parts.iter().filter(|part| part.is_subnet) {
        if let Some(id) = part.map.get("id").and_then(Value::as_i64).filter(|id| !is_id(*id)) {
            let text = format!("A subnet's id is from 1 to {MOST_ID}, this is {id}. Kea refuses it.");
            review.say("subnet-id", Severity::Refused, &part.path, text);
        }
        if let Some(prefix) = prefix(review, part) {
            host_bits(review, &part.path, prefix);
            pools(review, &identities, part, prefix);
        }
    }
    let interfaces =
        review.document.root.get("interfaces-config").and_then(Value::as_map).and_then(|map| map.get("interfaces"));
    let none = interfaces.and_then(Value::as_list).is_none_or(<[Value]>::is_empty);
    if none && review.everywhere.iter().any(|part| part.is_subnet) {
        let text = "Kea listens on no interface, so no client is served. Name interfaces, or \"*\" for all.";
        let path = Path::root().member("interfaces-config");
        let all = set(path.member("interfaces"), Value::List(vec!["*".into()]));
        review.say("no-interface", Severity::Warning, &path, text).mended_by([all]);
    }
}

fn is_id(id: i64) -> bool {
    (1..=MOST_ID).contains(&id)
}

/// Ids and prefixes that several subnets have.
fn twice(review: &mut Review<'_>) {
    let (mut ids, mut prefixes) = (HashMap::new(), HashMap::new());
    for part in review.everywhere.iter().filter(|part| part.is_subnet) {
        let text = part.map.text("subnet");
        let id = part.map.get("id").and_then(Value::as_i64).filter(|id| is_id(*id));
        if let Some(other) = id.and_then(|id| ids.insert(id, text.unwrap_or_default())) {
            let id = id.unwrap_or_default();
            let text = format!("The id {id} is taken by the subnet {other}. Kea refuses two of the same id.");
            review.say("subnet-id", Severity::Refused, &part.path, text);
        }
        let prefix = text.and_then(|text| text.parse::<IpNetwork>().ok());
        let prefix = prefix.filter(|prefix| prefix.is_ipv4() == (review.document.daemon == Daemon::Dhcp4));
        let Some(prefix) = prefix else { continue };
        if let Some(other) = prefixes.insert((prefix.network(), prefix.prefix()), part) {
            let text = format!("There is another subnet {}. Kea refuses two of the same prefix.", other.called());
            review.say("prefix", Severity::Refused, &part.path, text);
        }
    }
}

/// The prefix of a subnet, where it is one that its server takes.
fn prefix(review: &mut Review<'_>, part: &Part<'_>) -> Option<IpNetwork> {
    let text = part.map.text("subnet")?;
    let path = || part.path.member("subnet");
    let Ok(prefix) = text.parse::<IpNetwork>() else {
        review.say("prefix", Severity::Refused, &path(), format!("“{text}” is no prefix."));
        return None;
    };
    if prefix.is_ipv4() != (review.document.daemon == Daemon::Dhcp4) {
        let family = if prefix.is_ipv4() { "IPv4" } else { "IPv6" };
        let text = format!("{prefix} is an {family} prefix, and this server is for the other family. Kea refuses it.");
        review.say("prefix", Severity::Refused, &path(), text);
        return None;
    }
    Some(prefix)
}

/// Addresses of a subnet that no client can use: those of the network itself and of its routers.
fn special_addresses(identities: &Identities, prefix: IpNetwork, subnet: &Map) -> Vec<(IpAddr, &'static str)> {
    let mut taken = Vec::new();
    if prefix.is_ipv4() && prefix.prefix() < 31 {
        let whole = AddressRange::of_prefix(prefix);
        taken.push((whole.first(), "the address of the network itself"));
        taken.push((whole.last(), "the broadcast address"));
    }
    let list = Text::from("option-data");
    let code: Keys = vec![("space".to_owned(), "dhcp4".into()), ("code".to_owned(), "3".into())];
    let options = subnet.get("option-data").and_then(Value::as_list).unwrap_or_default();
    let routers = options.iter().filter(|option| prefix.is_ipv4() && identities.has(&list, option, &code));
    let routers = routers.filter_map(|option| option.as_map()?.text("data")).flat_map(|data| data.split(','));
    taken.extend(routers.filter_map(|router| Some((router.trim().parse().ok()?, "the gateway of the subnet"))));
    taken
}

/// The pool that a new subnet of the prefix would get, but for addresses that no client can use.
fn free_pool(special: &[(IpAddr, &str)], prefix: IpNetwork) -> Option<AddressRange> {
    let taken = special.iter().map(|(address, _)| AddressRange::single(*address));
    let without = |pools: Vec<AddressRange>, taken| pools.into_iter().flat_map(|pool| pool.without(taken)).collect();
    let pools: Vec<AddressRange> = taken.fold(proposal::pool(prefix).into_iter().collect(), without);
    pools.into_iter().max_by_key(|pool| pool.count())
}

/// Subnets that would get another number in place: leases, reservations in a database and Kea's partner hold the old one. One
/// whose number stays with it, beside another of its prefix, keeps all of that.
pub(super) fn renumbered(before: &Document, after: &Document) -> Vec<Finding> {
    let (mut old, new) = (numbers(before), numbers(after));
    let mut findings = Vec::new();
    for (prefix, mut now) in new {
        let Some(was) = old.get_mut(&prefix) else { continue };
        leave_out_pairs(was, &mut now, |one, other| one == other);
        // One that moves keeps its number, too.
        leave_out_pairs(was, &mut now, |one, other| one.0 == other.0);
        if let Some((gone, _)) = was.first() {
            findings.extend(now.iter().map(|(id, path)| renumbering(&prefix, *gone, *id, path)));
        }
    }
    findings.sort_by(|one, other| one.path.cmp(&other.path));
    findings
}

/// The number of a subnet, and where it is.
type Numbered = (i64, Path);

/// Takes out of two lists what has its like in the other one.
fn leave_out_pairs(was: &mut Vec<Numbered>, now: &mut Vec<Numbered>, are_alike: impl Fn(&Numbered, &Numbered) -> bool) {
    now.retain(|new| {
        let like = was.iter().position(|old| are_alike(old, new));
        like.map(|at| was.remove(at)).is_none()
    });
}

/// The subnets by their prefixes.
fn numbers(document: &Document) -> HashMap<Text, Vec<Numbered>> {
    let mut numbers: HashMap<Text, Vec<Numbered>> = HashMap::new();
    for part in document.parts().into_iter().filter(|part| part.is_subnet) {
        let prefix = part.map.get("subnet").and_then(|prefix| canonical("subnet", prefix));
        if let (Some(prefix), Some(id)) = (prefix, part.map.get("id").and_then(Value::as_i64)) {
            numbers.entry(prefix).or_default().push((id, part.path));
        }
    }
    numbers
}

fn renumbering(prefix: &Text, was: i64, id: i64, path: &Path) -> Finding {
    let text = format!(
        "The subnet {prefix} would get the id {id} in the place of {was}, and lose its leases and its reservations in \
         databases, which hold {was}. Keep the id; for another one delete the subnet first, and make it anew then."
    );
    Finding { rule: "subnet-renumbered", severity: Severity::Error, path: path.clone(), text, mend: Vec::new() }
}

fn host_bits(review: &mut Review<'_>, path: &Path, prefix: IpNetwork) {
    if prefix.ip() == prefix.network() {
        return;
    }
    let right = IpNetwork::new(prefix.network(), prefix.prefix()).map(|prefix| prefix.to_string());
    let right = right.unwrap_or_default();
    let text = format!("{prefix} has host bits set. Kea takes it, and reads it as {right}: write that.");
    let path = path.member("subnet");
    review.say("host-bits", Severity::Error, &path, text).mended_by([set(path.clone(), right.as_str())]);
}

fn pools(review: &mut Review<'_>, identities: &Identities, part: &Part<'_>, prefix: IpNetwork) {
    let (document, subnet, path) = (review.document, part.map, &part.path);
    let whole = AddressRange::of_prefix(prefix);
    let special = special_addresses(identities, prefix, subnet);
    let mut ranges: Vec<(AddressRange, Path)> = Vec::new();
    for (path, pool) in document.elements(path, subnet, "pools") {
        let Some(text) = pool.text("pool") else { continue };
        let range = canonical("pool", &Value::from(text)).and_then(|text| text.shown().parse::<AddressRange>().ok());
        let Some(range) = range else {
            let text = format!("“{text}” is no range: write 192.0.2.10-192.0.2.20, or a prefix.");
            review.say("pool", Severity::Refused, &path, text);
            continue;
        };
        if !(whole.contains(range.first()) && whole.contains(range.last())) {
            let text = format!("The pool {range} is not inside of its subnet {prefix}. Kea refuses it.");
            review.say("pool-outside", Severity::Refused, &path, text);
        }
        let overlaps =
            |other: &&(AddressRange, Path)| other.0.first() <= range.last() && range.first() <= other.0.last();
        if let Some((other, _)) = ranges.iter().find(overlaps) {
            let text = format!("The pool {range} overlaps with the pool {other}. Kea refuses that.");
            review.say("pool-overlap", Severity::Refused, &path, text);
        }
        for (address, what) in special.iter().filter(|(address, _)| range.contains(*address)) {
            let text = format!("The pool {range} has {address} in it, {what}: the client that gets it can not use it.");
            review.say("pool-unusable", Severity::Warning, &path, text);
        }
        ranges.push((range, path));
    }
    let filled = |list: &str| subnet.get(list).and_then(Value::as_list).is_some_and(|items| !items.is_empty());
    if !["pools", "pd-pools", "reservations"].into_iter().any(filled) {
        let text = format!("{prefix} has no pool: only clients with a reservation in a database get an address here.");
        let pool = free_pool(&special, prefix);
        let add = pool.map(|pool| {
            let range = format!("{}-{}", pool.first(), pool.last());
            let pool = [(Text::from("pool"), range.as_str().into())].into_iter().collect();
            Edit { path: path.member("pools"), op: Op::Add(Value::Map(pool)) }
        });
        review.say("no-pool", Severity::Hint, path, text).mended_by(add);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_subnet_keeps_its_number_wherever_it_is() {
        let of = |inside: &str| Document::read(format!(r#"{{"Dhcp4":{{{inside}}}}}"#).as_bytes()).unwrap();
        let before = of(r#""subnet4":[{"id":1,"subnet":"192.0.2.0/24"},{"id":2,"subnet":"198.51.100.0/24"}]"#);
        let rules = |after: &str| {
            let found = renumbered(&before, &of(after)).into_iter();
            found.map(|finding| (finding.rule, finding.path.to_string())).collect::<Vec<_>>()
        };
        let other = r#""subnet4":[{"id":7,"subnet":"192.0.2.0/24"},{"id":2,"subnet":"198.51.100.0/24"}]"#;
        assert_eq!(rules(other), [("subnet-renumbered", "subnet4[id=7]".to_owned())]);
        let moved = r#""shared-networks":[{"name":"a","subnet4":[{"id":7,"subnet":"192.0.2.0/24"}]}]"#;
        assert_eq!(rules(moved).len(), 1, "and the other one may go");
        assert_eq!(rules(r#""subnet4":[{"id":2,"subnet":"198.51.100.0/24"},{"id":3,"subnet":"10.0.0.0/8"}]"#), []);
        assert_eq!(rules(r#""subnet4":[{"id":1,"subnet":"10.0.0.0/8"}]"#), [], "another prefix keeps what it can");
        let twice = r#""subnet4":[{"id":1,"subnet":"192.0.2.0/24"},{"id":7,"subnet":"192.0.2.0/24"}]"#;
        assert_eq!(rules(twice), [], "it is there still, and that there are two is said elsewhere");
    }
}
