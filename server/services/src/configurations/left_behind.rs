//! What an edit of subnets and pools leaves behind: leases and reservations whose subnet goes, leases whose pool does.

use std::collections::BTreeMap;

use keaconf::{Change, Keys, Path, Step, Value, What};
use model::{AddressRange, ConfigFinding, FindingLevel, Lease, ServerName, SubnetKey};

use super::Configurations;
use crate::ports::Listed;

/// What goes, by the number of its subnet.
#[derive(Debug, PartialEq, Eq)]
enum Going {
    /// The subnet itself.
    Subnet,
    /// Addresses that are in a pool no longer.
    Addresses(Vec<AddressRange>),
}

impl Configurations {
    /// What changes would leave behind on a server: warnings, for whoever reviews them. What cannot be found out is said, too.
    pub(super) async fn left_behind(&self, server: &ServerName, changes: &[Change]) -> Vec<ConfigFinding> {
        let mut findings = Vec::new();
        for (id, (path, going)) in going(changes) {
            let key = SubnetKey { server: server.clone(), id };
            let text = match going {
                Going::Subnet => self.of_subnet(&key).await,
                Going::Addresses(ranges) => self.of_ranges(&key, &ranges).await,
            };
            findings.extend(text.map(|text| ConfigFinding {
                rule: "left-behind".to_owned(),
                level: FindingLevel::Warning,
                path: path.to_string(),
                label: path.to_string(),
                text,
                mend: Vec::new(),
            }));
        }
        findings
    }

    async fn of_subnet(&self, key: &SubnetKey) -> Option<String> {
        let leases = self.leases(key).await.map(|leases| leases.known.len() + leases.raw.len());
        let reservations = self.dhcp.reservations_in(key).await.ok().map(|all| all.known.len() + all.raw.len());
        let left = [counted(leases, "lease"), counted(reservations, "reservation")];
        let left: Vec<String> = left.into_iter().flatten().collect();
        (!left.is_empty()).then(|| {
            format!(
                "The subnet still has {}. Its reservations in the configuration are deleted with it; those in a database and \
                 its leases stay, and belong to the next subnet of number {}. Clients keep their addresses until their leases \
                 end.",
                left.join(" and "),
                key.id
            )
        })
    }

    /// The leases of a subnet, as far as its server tells them.
    async fn leases(&self, key: &SubnetKey) -> Option<Listed<Lease>> {
        let subnets = self.dhcp.subnets(&key.server).await.ok()?;
        let subnet = subnets.into_iter().find(|subnet| subnet.key == *key)?;
        let prefixes: Vec<_> = subnet.prefix_pools.iter().map(|pool| pool.prefix).collect();
        self.dhcp.leases_in(&subnet, &prefixes).await.ok()
    }

    async fn of_ranges(&self, key: &SubnetKey, ranges: &[AddressRange]) -> Option<String> {
        let leases = self.leases(key).await?;
        let inside = |address| ranges.iter().any(|range| range.contains(address));
        let count = leases.known.iter().filter(|lease| inside(lease.address)).count();
        (count > 0).then(|| {
            let of = if count == 1 { "1 lease is".to_owned() } else { format!("{count} leases are") };
            format!("{of} outside of the pools then: the clients keep their addresses until they renew, and get others then.")
        })
    }
}

/// So many of something; none where there are none.
fn counted(count: Option<usize>, one: &str) -> Option<String> {
    match count {
        None => Some(format!("an unknown number of {one}s")),
        Some(0) => None,
        Some(1) => Some(format!("1 {one}")),
        Some(count) => Some(format!("{count} {one}s")),
    }
}

/// The subnets and the ranges that are gone after changes.
fn going(changes: &[Change]) -> BTreeMap<u32, (Path, Going)> {
    let mut found: BTreeMap<u32, (Path, Going)> = BTreeMap::new();
    let pool = |change: &Change| {
        let (subnet, id, rest) = subnet_of(&change.path)?;
        let [Step::Member(list), Step::Element(_)] = rest else { return None };
        (*list == "pools").then_some((subnet, id))
    };
    for change in changes {
        let Some((subnet, id, rest)) = subnet_of(&change.path) else { continue };
        if let (What::Removed(_), true) = (&change.what, rest.is_empty()) {
            found.insert(id, (subnet, Going::Subnet));
        } else if let (What::Removed(value), Some(_)) = (&change.what, pool(change)) {
            let added = changes.iter().filter(|other| pool(other).is_some_and(|(_, other)| other == id));
            let added: Vec<AddressRange> = added
                .filter_map(|other| if let What::Added(value) = &other.what { range(value) } else { None })
                .collect();
            let left = range(value).into_iter().flat_map(|range| without(range, &added));
            match found.entry(id).or_insert_with(|| (subnet, Going::Addresses(Vec::new()))) {
                (_, Going::Addresses(ranges)) => ranges.extend(left),
                (_, Going::Subnet) => {}
            }
        }
    }
    found.retain(|_, (_, going)| *going != Going::Addresses(Vec::new()));
    found
}

fn range(pool: &Value) -> Option<AddressRange> {
    pool.as_map()?.text("pool")?.parse().ok()
}

fn without(range: AddressRange, others: &[AddressRange]) -> Vec<AddressRange> {
    others.iter().fold(vec![range], |left, other| left.iter().flat_map(|part| part.without(*other)).collect())
}

/// The subnet that a path is of or in, its number, and the rest of the path.
fn subnet_of(path: &Path) -> Option<(Path, u32, &[Step])> {
    let steps = path.steps();
    let at = steps.windows(2).position(|pair| {
        matches!(&pair[0], Step::Member(name) if *name == "subnet4" || *name == "subnet6")
            && matches!(pair[1], Step::Element(_))
    })?;
    let Step::Element(keys) = &steps[at + 1] else { return None };
    Some((Path::from(steps[..at + 2].to_vec()), id(keys)?, &steps[at + 2..]))
}

fn id(keys: &Keys) -> Option<u32> {
    keys.iter().find(|(name, _)| name == "id").and_then(|(_, value)| value.as_str()?.parse().ok())
}

#[cfg(test)]
mod tests {
    use keaconf::{Document, Edit, Plan};

    use super::*;

    fn of(edits: &str) -> Vec<(u32, Going)> {
        let site = br#"{ "Dhcp4": { "subnet4": [{ "id": 1, "subnet": "192.0.2.0/24", "pools": [
            { "pool": "192.0.2.10-192.0.2.99" }, { "pool": "192.0.2.200-192.0.2.209" } ] }, { "id": 2, "subnet": "198.51.100.0/24" }] } }"#;
        let plan = Plan::of(&Document::read(site).unwrap(), &Edit::read_all(edits.as_bytes()).unwrap()).unwrap();
        going(&plan.changes).into_iter().map(|(id, (_, going))| (id, going)).collect()
    }

    fn ranges(texts: &[&str]) -> Going {
        Going::Addresses(texts.iter().map(|text| text.parse().unwrap()).collect())
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
        assert_eq!(of(r#"[{"op":"set","path":"valid-lifetime","value":600}]"#), []);
    }
}
