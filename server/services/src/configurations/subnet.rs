//! A subnet as far as it can be edited, and what a new one is proposed to be.

use std::collections::HashMap;

use keaconf::{Document, Map, Value};
use model::{AddressRange, FieldError, IpNetwork, ServerName, SubnetKey, SubnetProposal, SubnetSettings};

use super::Configurations;
use super::options::options;
use super::parameters::parameters;
use super::pools::{pools, prefix_pools};
use crate::{Actor, Error, Result};

/// The addresses at the start of a prefix that a proposed pool leaves to devices with fixed ones.
const LEFT_OUT: u128 = 9;

/// How many addresses a proposed pool has at most.
const MOST: u128 = 65_536;

impl Configurations {
    /// What of a subnet can be edited.
    pub async fn subnet(&self, actor: &Actor, key: &SubnetKey) -> Result<SubnetSettings> {
        let document = self.show(actor, &key.server).await?;
        settings(&document, key)
    }

    /// What a new subnet of that prefix is proposed to be.
    pub async fn propose_subnet(&self, actor: &Actor, server: &ServerName, prefix: &str) -> Result<SubnetProposal> {
        let document = self.show(actor, server).await?;
        let gone = self.store.gone_subnets(server).await?;
        proposal(&document, prefix, &gone.iter().map(|gone| i64::from(gone.id)).collect::<Vec<_>>())
    }
}

fn settings(document: &Document, key: &SubnetKey) -> Result<SubnetSettings> {
    let id = Value::from(i64::from(key.id));
    let parts = document.parts();
    let part = parts.iter().find(|part| part.is_subnet && part.map.get("id") == Some(&id));
    let part = part.ok_or_else(|| Error::NotFound { what: format!("subnet {key}") })?;
    let prefix = part.map.text("subnet").unwrap_or_default().to_owned();
    Ok(SubnetSettings {
        key: key.clone(),
        path: part.path.to_string(),
        network: prefix.parse().ok(),
        prefix,
        name: name(part.map),
        shared_network: part.network.and_then(|network| network.text("name")).map(str::to_owned),
        pools: pools(document, &part.path),
        prefix_pools: prefix_pools(document, &part.path),
        options: options(document, &part.path)?,
        groups: parameters(document, &part.path)?.groups,
    })
}

/// What Stork and others call it, in its user context.
pub(super) fn name(map: &Map) -> Option<String> {
    let context = map.get("user-context")?.as_map()?;
    ["subnet-name", "name"].into_iter().find_map(|member| context.text(member)).map(str::to_owned)
}

/// `gone`: numbers of subnets that were there, of which something may be left.
fn proposal(document: &Document, prefix: &str, gone: &[i64]) -> Result<SubnetProposal> {
    let list = document.daemon.subnets().ok_or_else(|| Error::invalid("server", "this daemon has no subnets"))?;
    let prefix = read_prefix(prefix, list == "subnet4")?;
    let parts = document.parts();
    let others: Vec<(IpNetwork, &Map)> = parts
        .iter()
        .filter(|part| part.is_subnet)
        .filter_map(|part| Some((part.map.text("subnet")?.parse().ok()?, part.map)))
        .collect();
    let whole = AddressRange::of_prefix(prefix);
    let overlaps = others.iter().filter(|(other, _)| whole.intersection(AddressRange::of_prefix(*other)).is_some());
    let gateway = AddressRange::usable(prefix).first();
    let used: Vec<i64> =
        parts.iter().filter_map(|part| part.map.get("id")?.as_i64()).chain(gone.iter().copied()).collect();
    Ok(SubnetProposal {
        prefix,
        id: next_id(&used),
        pool: pool(prefix),
        gateway: (prefix.is_ipv4() && prefix.prefix() < 31).then(|| gateway.to_string()),
        name_servers: name_servers(document, others.iter().map(|(_, map)| *map)),
        list: list.to_owned(),
        overlaps: overlaps.map(|(other, map)| format!("{other}{}", named(map))).collect(),
    })
}

fn named(map: &Map) -> String {
    name(map).map(|name| format!(" ({name})")).unwrap_or_default()
}

fn read_prefix(text: &str, v4: bool) -> Result<IpNetwork> {
    let fault = |text: String| Error::Invalid { fields: vec![FieldError::new("prefix", text)] };
    let text = text.trim();
    let prefix: IpNetwork = Some(text)
        .filter(|text| text.contains('/'))
        .and_then(|text| text.parse().ok())
        .ok_or_else(|| fault(format!("write a prefix, as {}", if v4 { "192.0.2.0/24" } else { "2001:db8:1::/64" })))?;
    if prefix.is_ipv4() != v4 {
        return Err(fault(format!("this server serves IPv{} alone", if v4 { 4 } else { 6 })));
    }
    if prefix.ip() != prefix.network() {
        let right = format!("{}/{}", prefix.network(), prefix.prefix());
        return Err(fault(format!("{} lies inside of {right}: write {right}", prefix.ip())));
    }
    Ok(prefix)
}

/// One above the highest there is; where that is the last one, the lowest that is free.
fn next_id(used: &[i64]) -> u32 {
    const LAST: i64 = 4_294_967_294;
    let above = used.iter().max().map_or(1, |highest| highest + 1);
    let next = if above <= LAST { above } else { (1..=LAST).find(|id| !used.contains(id)).unwrap_or(LAST) };
    u32::try_from(next).unwrap_or(u32::MAX)
}

/// What is left of a prefix without the gateway and some addresses for devices with fixed ones; of a large prefix its
/// start.
fn pool(prefix: IpNetwork) -> Option<String> {
    let usable = AddressRange::usable(prefix);
    let count = usable.count();
    let skipped = if count > 4 * LEFT_OUT { LEFT_OUT } else { 1 };
    let first = usable.nth(skipped)?;
    let last = usable.nth((skipped + MOST - 1).min(count - 1))?;
    Some(format!("{first}-{last}"))
}

/// The name servers that most subnets have of their own. What is set for the whole server holds anyway.
fn name_servers<'a>(document: &Document, subnets: impl Iterator<Item = &'a Map>) -> String {
    let (code, name) =
        if document.daemon == keaconf::Daemon::Dhcp6 { (23, "dns-servers") } else { (6, "domain-name-servers") };
    let is_it = |map: &&Map| map.get("code").and_then(Value::as_i64) == Some(code) || map.text("name") == Some(name);
    let own = |map: &Map| {
        let list = map.get("option-data")?.as_list()?;
        let option = list.iter().filter_map(Value::as_map).find(is_it)?;
        let text = option.get("csv-format").and_then(Value::as_bool) != Some(false);
        option.text("data").filter(|_| text).map(str::to_owned)
    };
    if own(&document.root).is_some() {
        return String::new();
    }
    let mut counts: HashMap<String, usize> = HashMap::new();
    subnets.filter_map(own).for_each(|data| *counts.entry(data).or_default() += 1);
    let most = counts.into_iter().max_by(|one, other| (one.1, &other.0).cmp(&(other.1, &one.0)));
    most.map(|(data, _)| data).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn document(text: &str) -> Document {
        Document::read(text.as_bytes()).unwrap()
    }

    const SITE: &str = r#"{ "Dhcp4": { "subnet4": [
        { "id": 7, "subnet": "192.0.2.0/24", "user-context": { "subnet-name": "office" },
          "option-data": [{ "name": "domain-name-servers", "data": "192.0.2.53" }],
          "pools": [{ "pool": "192.0.2.100 - 192.0.2.199", "client-class": "pxe" }, { "pool": "odd" }] },
        { "id": 40, "subnet": "198.51.100.0/25", "option-data": [{ "code": 6, "data": "192.0.2.53" }] }] } }"#;

    #[test]
    fn a_subnet_is_found_by_its_number_with_every_pool() {
        let found = settings(&document(SITE), &"kea/7".parse().unwrap()).unwrap();
        assert_eq!((found.path.as_str(), found.name.as_deref()), ("subnet4[id=7]", Some("office")));
        assert_eq!(found.pools[0].path, "subnet4[id=7].pools[pool=192.0.2.100-192.0.2.199]");
        assert_eq!(found.pools[0].notes, ["only for class pxe"]);
        assert_eq!((found.pools[1].text.as_str(), found.pools[1].range), ("odd", None), "kept and shown");
        assert_eq!(
            (found.pools[0].more.classes.as_slice(), found.pools[0].more.is_old_class),
            (["pxe".to_owned()].as_slice(), true)
        );
        assert!(settings(&document(SITE), &"kea/8".parse().unwrap()).is_err());
    }

    #[test]
    fn prefix_pools_are_found_and_odd_ones_are_kept_and_shown() {
        let text = r#"{ "Dhcp6": { "subnet6": [{ "id": 7, "subnet": "2001:db8::/48", "pd-pools": [
            { "prefix": "2001:db8:8000::", "prefix-len": 40, "delegated-len": 56, "pool-id": 3,
              "user-context": { "name": "Homes" }, "client-classes": ["routers"] },
            { "prefix": "2001:db8:9000::", "prefix-len": 400, "delegated-len": 56 }] }] } }"#;
        let found = settings(&document(text), &"kea/7".parse().unwrap()).unwrap();
        let [homes, odd] = found.prefix_pools.as_slice() else { panic!("{found:?}") };
        assert_eq!(homes.path, "subnet6[id=7].pd-pools[prefix=2001:db8:8000::,prefix-len=40]");
        assert_eq!(homes.pool.as_ref().map(model::PrefixPool::count), Some(65_536));
        assert_eq!((homes.notes.join(" · ").as_str(), homes.more.number), ("Homes · only for class routers", Some(3)));
        assert_eq!((odd.text.as_str(), &odd.pool), ("2001:db8:9000::/400", &None));
    }

    #[test]
    fn a_prefix_is_enough_for_a_proposal() {
        let proposed = proposal(&document(SITE), " 203.0.113.0/24 ", &[]).unwrap();
        assert_eq!(proposed.id, 41, "above the highest, though lower ones are free");
        assert_eq!(proposed.pool.as_deref(), Some("203.0.113.10-203.0.113.254"));
        assert_eq!(proposed.gateway.as_deref(), Some("203.0.113.1"));
        assert_eq!((proposed.name_servers.as_str(), proposed.overlaps.len()), ("192.0.2.53", 0));
        let inside = proposal(&document(SITE), "192.0.2.128/25", &[50]).unwrap();
        assert_eq!(inside.overlaps, ["192.0.2.0/24 (office)"]);
        assert_eq!(inside.id, 51, "above that of a subnet that is gone");
    }

    #[test]
    fn prefixes_of_every_size_get_a_pool_inside_of_them() {
        for (prefix, expected) in [
            ("10.0.0.0/8", Some("10.0.0.10-10.1.0.9")),
            ("192.0.2.0/29", Some("192.0.2.2-192.0.2.6")),
            ("192.0.2.0/31", Some("192.0.2.1-192.0.2.1")),
            ("192.0.2.0/32", None),
            ("2001:db8::/64", Some("2001:db8::a-2001:db8::1:9")),
            ("2001:db8::/128", None),
        ] {
            assert_eq!(pool(prefix.parse().unwrap()).as_deref(), expected, "{prefix}");
        }
    }

    #[test]
    fn what_is_no_prefix_is_said() {
        let said = |text: &str| match proposal(&document(SITE), text, &[]) {
            Err(Error::Invalid { fields }) => fields[0].text.clone(),
            other => panic!("{text}: {other:?}"),
        };
        assert!(said("192.0.2.7/24").contains("write 192.0.2.0/24"));
        assert!(said("2001:db8::/64").contains("IPv4 alone"));
        assert!(said("office").contains("write a prefix") && said("192.0.2.0").contains("write a prefix"));
    }

    #[test]
    fn numbers_never_come_again_while_there_are_higher_ones() {
        assert_eq!(next_id(&[]), 1);
        assert_eq!(next_id(&[3, 1]), 4);
        assert_eq!(next_id(&[4_294_967_294, 1]), 2);
    }
}
