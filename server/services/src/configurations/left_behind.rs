//! What an edit of subnets and pools leaves behind: leases and reservations whose subnet goes, leases whose pool does.

use std::collections::BTreeMap;

use keaconf::{Document, Map, Part, Path, Plan, Value, Words, prefix_pool};
use model::{
    AddressQuery, AddressRange, ConfigFinding, ConfigForm, FindingLevel, Lease, Orphans, ServerName, SubnetKey,
};

use super::Configurations;
use super::forms::finding;
use super::orphans::Left;
use crate::changes::Counterpart;
use crate::ports::Listed;
use crate::{Error, Result};

/// How many leases are named.
const NAMED: usize = 10;

/// What goes, by the number of its subnet.
#[derive(Debug, PartialEq, Eq)]
enum Going {
    /// The subnet itself.
    Subnet,
    /// Addresses that are in a pool no longer.
    Addresses(Vec<AddressRange>),
    /// Prefixes that are in a prefix pool no longer.
    Prefixes(Vec<AddressRange>),
    /// So many of its reservations in the configuration.
    Reservations(usize),
}

/// Of which kind leases are.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Kind {
    Address,
    Prefix,
}

/// What is to be known of a plan beside what the rules hold against it.
#[derive(Debug, Default)]
pub struct Beside {
    /// What is worth knowing.
    pub findings: Vec<ConfigFinding>,
    /// What the subnets have that it deletes.
    pub(super) left: Vec<Left>,
}

impl Beside {
    /// What the subnets have that it deletes, of those that have anything, or may.
    pub fn orphans(&self) -> Vec<Orphans> {
        self.left.iter().filter_map(Left::shown).collect()
    }
}

impl Configurations {
    /// What changes would leave behind on a server: warnings, for whoever reviews them. What cannot be found out is said, too.
    pub(super) async fn left_behind(&self, server: &ServerName, plan: &Plan) -> Beside {
        let mut beside = Beside::default();
        let [before, after] = plan.apart();
        let words = Words::new(&before, &after);
        let all = going(&before, &after)
            .into_iter()
            .flat_map(|(id, (path, all))| all.into_iter().map(move |going| (id, path.clone(), going)));
        for (id, path, going) in all.collect::<Vec<_>>() {
            let key = SubnetKey { server: server.clone(), id };
            let found = match going {
                Going::Subnet => {
                    let left = self.left_in(&key, &plan.running).await;
                    let text = left.sentences(&plan.running);
                    beside.left.push(left);
                    text.map(|text| (text, String::new()))
                }
                Going::Addresses(ranges) => self.of_ranges(&key, &ranges, Kind::Address).await,
                Going::Prefixes(ranges) => self.of_ranges(&key, &ranges, Kind::Prefix).await,
                Going::Reservations(count) => counted(Some(count), "reservation")
                    .map(|count| (format!("The subnet loses {count} of the configuration."), String::new())),
            };
            beside.findings.extend(found.map(|(text, those)| {
                let found = finding(&words, "left-behind", FindingLevel::Warning, &path, text);
                // Its addresses are what goes, and not what one would change of it.
                ConfigFinding { form: Some(ConfigForm::Addresses { subnet: id, text: those }), ..found }
            }));
        }
        beside
    }

    /// What a subnet has that goes.
    async fn left_in(&self, key: &SubnetKey, running: &Document) -> Left {
        let all = subnets(running);
        let map = all.get(&key.id).map(|(_, map)| *map);
        let mut partners = Vec::new();
        for partner in self.dhcp.partners(&key.server).await {
            match self.gate.counterpart(key, &partner).await {
                Counterpart::Is(there) => partners.push((partner, Some(there))),
                Counterpart::Unknown(_) => partners.push((partner, None)),
                Counterpart::Missing => {}
            }
        }
        Left {
            key: key.clone(),
            prefix: map.and_then(|map| map.text("subnet")).unwrap_or_default().to_owned(),
            leases: self.leases_noted(key).await,
            reservations: self.dhcp.reservations_in(key).await,
            written: map.map_or(0, written_in),
            has_database: has_database(running),
            partners,
        }
    }

    /// The leases that a server notes for a subnet, which are fewer than all that lie in its prefix.
    async fn leases_noted(&self, key: &SubnetKey) -> Result<Listed<Lease>> {
        let mut leases = self.leases(key).await?;
        leases.known.retain(|lease| is_noted(lease, key.id));
        leases.raw.retain(|raw| raw.subnet == *key);
        Ok(leases)
    }

    /// The leases of a subnet, as far as its server tells them.
    async fn leases(&self, key: &SubnetKey) -> Result<Listed<Lease>> {
        let subnets = self.dhcp.subnets(&key.server).await?;
        let subnet = subnets.into_iter().find(|subnet| subnet.key == *key);
        let subnet = subnet.ok_or_else(|| Error::not_found(format!("the subnet {key}")))?;
        let prefixes: Vec<_> = subnet.prefix_pools.iter().map(|pool| pool.prefix).collect();
        self.dhcp.leases_in(&subnet, &prefixes).await
    }

    /// What is said of the leases in ranges, and the text by which the page of the subnet shows them.
    async fn of_ranges(&self, key: &SubnetKey, ranges: &[AddressRange], kind: Kind) -> Option<(String, String)> {
        let leases = self.leases(key).await.ok()?;
        let is_of_kind = |lease: &&Lease| lease.prefix_len.is_some() == (kind == Kind::Prefix);
        let inside = |lease: &&Lease| ranges.iter().any(|range| range.contains(lease.address));
        let found: Vec<&Lease> = leases.known.iter().filter(is_of_kind).filter(inside).collect();
        (!found.is_empty()).then(|| (outside(&found, kind), as_text(ranges)))
    }
}

/// Whether a server notes that number for a lease. Where another subnet has its address, it is a stray of the number.
fn is_noted(lease: &Lease, id: u32) -> bool {
    lease.stray.map_or(lease.subnet.id == id, |noted| noted == id)
}

/// What becomes of leases that are outside of the pools then, the first of them by their addresses.
fn outside(leases: &[&Lease], kind: Kind) -> String {
    let (one, several, what) = match kind {
        Kind::Address => ("lease is", "leases are", "addresses"),
        Kind::Prefix => ("delegated prefix is", "delegated prefixes are", "prefixes"),
    };
    let count = leases.len();
    let of = if count == 1 { one } else { several };
    let name = |lease: &&Lease| match lease.prefix_len {
        Some(length) => format!("{}/{length}", lease.address),
        None => lease.address.to_string(),
    };
    let named = leases.iter().take(NAMED).map(name).collect::<Vec<_>>().join(", ");
    let more = count.saturating_sub(NAMED);
    let more = if more > 0 { format!(" and {more} more") } else { String::new() };
    format!(
        "{count} {of} outside of the pools then: {named}{more}. The clients keep their {what} until they renew, and get others \
         then."
    )
}

/// The ranges as the page of a subnet takes them to filter by; as many as its filter takes.
fn as_text(ranges: &[AddressRange]) -> String {
    let mut text = String::new();
    for range in ranges {
        let next = format!("{}-{}", range.first(), range.last());
        if !text.is_empty() && text.len() + next.len() > AddressQuery::LONGEST_TEXT {
            break;
        }
        text = if text.is_empty() { next } else { format!("{text},{next}") };
    }
    text
}

/// The reservations of a subnet of a server that cannot be asked for them: those of the configuration stand in it.
pub(super) fn written_down(running: &Document, subnet: u32) -> Option<String> {
    let own = subnets(running).get(&subnet).map_or(0, |(_, map)| written_in(map));
    let counted = counted(Some(own), "reservation");
    match (counted, has_database(running)) {
        (counted, false) => counted,
        (None, true) => Some("an unknown number of reservations in a database".to_owned()),
        (Some(counted), true) => Some(format!("{counted} in the configuration and an unknown number in a database")),
    }
}

/// How many reservations a subnet has written in it.
fn written_in(map: &Map) -> usize {
    map.get("reservations").and_then(Value::as_list).map_or(0, <[Value]>::len)
}

fn has_database(running: &Document) -> bool {
    ["hosts-database", "hosts-databases"].into_iter().any(|name| running.root.has(name))
}

/// So many of something; none where there are none.
pub(super) fn counted(count: Option<usize>, one: &str) -> Option<String> {
    match count {
        None => Some(format!("an unknown number of {one}s")),
        Some(0) => None,
        Some(1) => Some(format!("1 {one}")),
        Some(count) => Some(format!("{count} {one}s")),
    }
}

/// The subnets and the ranges that are gone from one configuration to the next, however it takes them out: one by one, with their shared network,
/// or because something else is put in their place. A subnet that only moves is none of them.
fn going(before: &Document, after: &Document) -> BTreeMap<u32, (Path, Vec<Going>)> {
    let (before, after) = (subnets(before), subnets(after));
    let gone = |(id, (path, map)): (u32, (Path, &Map))| {
        let going = match after.get(&id) {
            None => vec![Going::Subnet],
            Some((_, new)) => taken_out(map, new),
        };
        (!going.is_empty()).then_some((id, (path, going)))
    };
    before.into_iter().filter_map(gone).collect()
}

/// The subnets of a document, by their numbers.
pub(super) fn subnets<'a>(document: &'a Document) -> BTreeMap<u32, (Path, &'a Map)> {
    let numbered = |part: Part<'a>| Some((u32::try_from(part.map.get("id")?.as_i64()?).ok()?, part));
    let parts = document.parts().into_iter().filter(|part| part.is_subnet).filter_map(numbered);
    parts.map(|(id, part)| (id, (part.path, part.map))).collect()
}

/// What a subnet that stays has no more.
fn taken_out(old: &Map, new: &Map) -> Vec<Going> {
    let list = |map: &Map, name: &str| map.get(name).and_then(Value::as_list).unwrap_or_default().to_vec();
    let ranges = |map: &Map| list(map, "pools").iter().filter_map(range).collect::<Vec<_>>();
    let stay = ranges(new);
    let addresses: Vec<_> = ranges(old).into_iter().flat_map(|range| without(range, &stay)).collect();
    let stay: Vec<String> = list(new, "reservations").iter().filter_map(client).collect();
    let gone = list(old, "reservations").iter().filter_map(client).filter(|client| !stay.contains(client)).count();
    let addresses = (!addresses.is_empty()).then_some(Going::Addresses(addresses));
    let delegated = |map: &Map| {
        let pools = list(map, "pd-pools");
        pools.iter().filter_map(|pool| Some(prefix_pool(pool.as_map()?)?.range())).collect::<Vec<_>>()
    };
    let stay = delegated(new);
    let prefixes: Vec<_> = delegated(old).into_iter().flat_map(|range| without(range, &stay)).collect();
    let prefixes = (!prefixes.is_empty()).then_some(Going::Prefixes(prefixes));
    addresses.into_iter().chain(prefixes).chain((gone > 0).then_some(Going::Reservations(gone))).collect()
}

/// What a reservation is known by in its subnet.
fn client(reservation: &Value) -> Option<String> {
    let map = reservation.as_map()?;
    let kinds = ["hw-address", "duid", "client-id", "circuit-id", "flex-id"];
    kinds.iter().find_map(|kind| Some(format!("{kind} {}", map.text(kind)?.to_lowercase())))
}

fn range(pool: &Value) -> Option<AddressRange> {
    pool.as_map()?.text("pool")?.parse().ok()
}

fn without(range: AddressRange, others: &[AddressRange]) -> Vec<AddressRange> {
    others.iter().fold(vec![range], |left, other| left.iter().flat_map(|part| part.without(*other)).collect())
}

#[cfg(test)]
mod tests {
    use keaconf::Edit;

    use super::*;

    fn of(edits: &str) -> Vec<(u32, Going)> {
        let site = br#"{ "Dhcp4": { "subnet4": [{ "id": 1, "subnet": "192.0.2.0/24", "pools": [
            { "pool": "192.0.2.10-192.0.2.99" }, { "pool": "192.0.2.200-192.0.2.209" } ] }, { "id": 2, "subnet": "198.51.100.0/24",
            "reservations": [{ "hw-address": "02:00:00:00:00:01" }, { "hw-address": "02:00:00:00:00:02" }] }],
            "shared-networks": [{ "name": "a", "subnet4": [{ "id": 3, "subnet": "203.0.113.0/24" }] }] } }"#;
        let plan = Plan::of(&Document::read(site).unwrap(), &Edit::read_all(edits.as_bytes()).unwrap()).unwrap();
        let [before, after] = plan.apart();
        going(&before, &after)
            .into_iter()
            .flat_map(|(id, (_, all))| all.into_iter().map(move |going| (id, going)))
            .collect()
    }

    fn ranges(texts: &[&str]) -> Going {
        Going::Addresses(texts.iter().map(|text| text.parse().unwrap()).collect())
    }

    #[test]
    fn reservations_of_the_configuration_are_counted_there_without_the_server() {
        let of = |more: &str| {
            let text = format!(
                r#"{{"Dhcp4":{{{more}"subnet4":[{{"id":1,"subnet":"192.0.2.0/24","reservations":[
                    {{"hw-address":"02:00:00:00:00:01"}}]}},{{"id":2,"subnet":"198.51.100.0/24"}}]}}}}"#
            );
            let document = Document::read(text.as_bytes()).unwrap();
            [1, 2].map(|id| written_down(&document, id).unwrap_or_default())
        };
        assert_eq!(of(""), ["1 reservation", ""]);
        let [first, second] = of(r#""hosts-database":{"type":"mysql"},"#);
        assert_eq!(first, "1 reservation in the configuration and an unknown number in a database");
        assert_eq!(second, "an unknown number of reservations in a database");
    }

    #[test]
    fn what_no_pool_has_any_more_is_left_behind() {
        let pool = "subnet4[id=1].pools[pool=192.0.2.10-192.0.2.99]";
        let grown = format!(r#"[{{"op":"set","path":"{pool}.pool","value":"192.0.2.5-192.0.2.120"}}]"#);
        assert_eq!(of(&grown), []);
        let shrunk = format!(r#"[{{"op":"set","path":"{pool}.pool","value":"192.0.2.20-192.0.2.49"}}]"#);
        assert_eq!(of(&shrunk), [(1, ranges(&["192.0.2.10-192.0.2.19", "192.0.2.50-192.0.2.99"]))]);
        let split = format!(
            r#"[{{"op":"remove","path":"{pool}"}},{{"op":"add","path":"subnet4[id=1].pools","value":{{"pool":"192.0.2.10-192.0.2.49"}}}},
                {{"op":"add","path":"subnet4[id=1].pools","value":{{"pool":"192.0.2.50-192.0.2.99"}}}}]"#
        );
        assert_eq!(of(&split), [], "split, nothing is lost");
        assert_eq!(of(r#"[{"op":"remove","path":"subnet4[id=2]"}]"#), [(2, Going::Subnet)]);
        for whole in [
            r#"{"op":"remove","path":"shared-networks[name=a]"}"#,
            r#"{"op":"set","path":"shared-networks","value":[]}"#,
        ] {
            assert_eq!(of(&format!("[{whole}]")), [(3, Going::Subnet)], "with its network");
        }
        let bare = r#"{"op":"set","path":"subnet4[id=2]","value":{"id":2,"subnet":"198.51.100.0/24"}}"#;
        assert_eq!(of(&format!("[{bare}]")), [(2, Going::Reservations(2))]);
        let moved = r#"{"op":"remove","path":"subnet4[id=2]"},
            {"op":"add","path":"shared-networks[name=a].subnet4","value":{"id":2,"subnet":"198.51.100.0/24"}}"#;
        assert_eq!(of(&format!("[{moved}]")), [(2, Going::Reservations(2))], "moved, without its reservations");
        assert_eq!(of(r#"[{"op":"set","path":"valid-lifetime","value":600}]"#), []);
    }

    #[test]
    fn prefixes_that_no_pool_has_any_more_are_left_behind() {
        let site = br#"{ "Dhcp6": { "subnet6": [{ "id": 1, "subnet": "2001:db8::/48", "pd-pools": [
            { "prefix": "2001:db8:8000::", "prefix-len": 40, "delegated-len": 56 } ] }] } }"#;
        let site = Document::read(site).unwrap();
        let of = |edits: &str| {
            let plan = Plan::of(&site, &Edit::read_all(edits.as_bytes()).unwrap()).unwrap();
            let [before, after] = plan.apart();
            going(&before, &after).into_values().flat_map(|(_, all)| all).collect::<Vec<_>>()
        };
        let pool = "subnet6[id=1].pd-pools[prefix=2001:db8:8000::,prefix-len=40]";
        let gone = |range: &str| vec![Going::Prefixes(vec![range.parse().unwrap()])];
        assert_eq!(of(&format!(r#"[{{"op":"remove","path":"{pool}"}}]"#)), gone("2001:db8:8000::/40"));
        let to = "subnet6[id=1].pd-pools[prefix=2001:db8:8000::,prefix-len=41]";
        let shrunk = format!(r#"[{{"op":"move","path":"{pool}","value":"{to}"}}]"#);
        assert_eq!(of(&shrunk), gone("2001:db8:8080::/41"));
        assert_eq!(of(&format!(r#"[{{"op":"set","path":"{pool}.delegated-len","value":60}}]"#)), []);
    }
}
