//! A subnet as far as it can be edited, and what a new one is proposed to be.

use keaconf::proposal::{free_interface, interfaces, name_servers, next_id, pool};
use keaconf::{Daemon, Document, Map, Part, Value};
use model::{
    AddressRange, FieldError, IpNetwork, NetworkChoice, ServerName, SubnetKey, SubnetProposal, SubnetSettings,
};

use super::Configurations;
use super::options::options;
use super::parameters::parameters;
use super::pools::{pools, prefix_pools};
use crate::{Actor, Error, Result};

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

/// What people say of a part, in its user context; empty: nothing.
pub(super) fn comment(map: &Map) -> String {
    let context = map.get("user-context").and_then(Value::as_map);
    context.and_then(|context| context.text("comment")).unwrap_or_default().to_owned()
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
        pool: pool(prefix).map(|pool| format!("{}-{}", pool.first(), pool.last())),
        gateway: (prefix.is_ipv4() && prefix.prefix() < 31).then(|| gateway.to_string()),
        name_servers: name_servers(document.daemon, &document.root, others.iter().map(|(_, map)| *map))
            .unwrap_or_default(),
        list: list.to_owned(),
        overlaps: overlaps.map(|(other, map)| format!("{other}{}", known_by(map))).collect(),
        networks: parts.iter().filter_map(|part| network(part, list)).collect(),
        interfaces: interfaces(&document.root).into_iter().map(str::to_owned).collect(),
        interface: free_interface(&document.root, &parts)
            .filter(|_| document.daemon == Daemon::Dhcp6)
            .map(str::to_owned),
    })
}

/// A shared network that subnets may be put into.
fn network(part: &Part<'_>, list: &str) -> Option<NetworkChoice> {
    let name = part.map.text("name").filter(|_| !part.is_subnet)?.to_owned();
    Some(NetworkChoice { name, list: part.path.member(list).to_string() })
}

/// The number of a subnet and its name, as far as it has them, in brackets.
fn known_by(map: &Map) -> String {
    let id = map.get("id").and_then(Value::as_i64).map(|id| format!("id {id}"));
    let known = id.into_iter().chain(name(map)).collect::<Vec<_>>().join(", ");
    if known.is_empty() { known } else { format!(" ({known})") }
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
        assert_eq!(inside.overlaps, ["192.0.2.0/24 (id 7, office)"]);
        assert_eq!(inside.id, 51, "above that of a subnet that is gone");
        assert_eq!(inside.networks, []);
    }

    #[test]
    fn clients_on_the_only_link_of_a_server_are_taken_for_those_of_a_new_subnet() {
        let text = r#"{ "Dhcp6": { "interfaces-config": { "interfaces": ["eth0"] } } }"#;
        let found = proposal(&document(text), "2001:db8:1::/64", &[]).unwrap();
        assert_eq!((found.interfaces, found.interface.as_deref()), (vec!["eth0".to_owned()], Some("eth0")));
        let found = proposal(&document(&text.replace("Dhcp6", "Dhcp4")), "192.0.2.0/24", &[]).unwrap();
        assert_eq!(found.interface, None, "in IPv4 the addresses of the link say it");
    }

    #[test]
    fn a_new_subnet_may_be_put_into_each_shared_network() {
        let text = r#"{ "Dhcp6": { "shared-networks": [{ "name": "floor 3", "subnet6": [{ "id": 1, "subnet": "2001:db8::/64" }] },
            { "name": "empty" }] } }"#;
        let found = proposal(&document(text), "2001:db8:1::/64", &[]).unwrap();
        let networks: Vec<_> = found.networks.iter().map(|one| (one.name.as_str(), one.list.as_str())).collect();
        assert_eq!(
            networks,
            [
                ("floor 3", "shared-networks[name=\"floor 3\"].subnet6"),
                ("empty", "shared-networks[name=empty].subnet6")
            ]
        );
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
}
