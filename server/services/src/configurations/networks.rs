//! The shared networks of a server, and which subnets are in them or may be.

use keaconf::{Document, Map, Part, Path, Value};
use model::{ConfigNetwork, ConfigNetworks, NetworkSubnet, ServerName, SubnetKey};

use super::Configurations;
use super::subnet::{comment, name};
use super::view::{missing, read_path};
use crate::{Actor, Error, Result};

impl Configurations {
    /// The shared networks of a server. With the path of one of them also its subnets, and the first of the others that have
    /// a text in what people know them by.
    pub async fn networks(&self, actor: &Actor, server: &ServerName, path: &str, text: &str) -> Result<ConfigNetworks> {
        let document = self.show(actor, server).await?;
        let path = read_path(path)?;
        networks(&document, server, &path, &text.trim().to_lowercase())
    }
}

fn networks(document: &Document, server: &ServerName, path: &Path, text: &str) -> Result<ConfigNetworks> {
    let list = document.daemon.subnets().ok_or_else(|| Error::invalid("server", "this daemon has no subnets"))?;
    document.map(path).map_err(|error| missing(&error))?;
    let parts = document.parts();
    let (subnets, networks): (Vec<&Part<'_>>, Vec<_>) = parts.iter().partition(|part| part.is_subnet);
    let (inside, outside): (Vec<_>, Vec<_>) = subnets.into_iter().partition(|part| part.path.starts_with(path));
    let mut found = ConfigNetworks {
        networks: networks.into_iter().map(|part| network(part, list)).collect(),
        list: Path::root().member(list).to_string(),
        inside: Vec::new(),
        outside: Vec::new(),
        outside_total: 0,
    };
    if !path.is_root() {
        found.inside = inside.into_iter().map(|part| subnet(server, part)).collect();
        let fits = |subnet: &NetworkSubnet| text.split_whitespace().all(|word| texts(subnet).contains(word));
        let mut fitting: Vec<_> = outside.into_iter().map(|part| subnet(server, part)).filter(fits).collect();
        found.outside_total = u32::try_from(fitting.len()).unwrap_or(u32::MAX);
        // Those of no network come first: they are meant more often.
        fitting.sort_by_key(|subnet| subnet.network.is_some());
        fitting.truncate(ConfigNetworks::MOST);
        found.outside = fitting;
    }
    Ok(found)
}

fn network(part: &Part<'_>, list: &str) -> ConfigNetwork {
    let subnets = part.map.get(list).and_then(Value::as_list).unwrap_or_default().len();
    ConfigNetwork {
        path: part.path.to_string(),
        name: part.map.text("name").unwrap_or_default().to_owned(),
        list: part.path.member(list).to_string(),
        subnets: u32::try_from(subnets).unwrap_or(u32::MAX),
        own: own(part.map, list),
        comment: comment(part.map),
    }
}

/// What is set on a network, without what says nothing.
fn own(network: &Map, list: &str) -> Vec<String> {
    let set = network.iter().filter(|(name, value)| {
        let is_empty = value.as_list().is_some_and(<[Value]>::is_empty) || value.as_map().is_some_and(says_nothing);
        *name != "name" && *name != list && !is_empty
    });
    let said = |name: &str, value: &Value| match value {
        Value::List(options) if name == "option-data" && options.len() == 1 => "1 option".to_owned(),
        Value::List(options) if name == "option-data" => format!("{} options", options.len()),
        _ => name.to_owned(),
    };
    set.map(|(name, value)| said(&name.shown(), value)).collect()
}

/// Whether a map has nothing but empty lists in it, as Kea shows a relay that is not set.
fn says_nothing(map: &Map) -> bool {
    map.iter().all(|(_, value)| value.as_list().is_some_and(<[Value]>::is_empty))
}

fn subnet(server: &ServerName, part: &Part<'_>) -> NetworkSubnet {
    let id = part.map.get("id").and_then(Value::as_i64).and_then(|id| u32::try_from(id).ok()).unwrap_or_default();
    NetworkSubnet {
        key: SubnetKey { server: server.clone(), id },
        path: part.path.to_string(),
        prefix: part.map.text("subnet").unwrap_or_default().to_owned(),
        name: name(part.map),
        network: part.network.and_then(|network| network.text("name")).map(str::to_owned),
    }
}

/// All that a subnet is found by.
fn texts(subnet: &NetworkSubnet) -> String {
    let NetworkSubnet { key, prefix, name, network, .. } = subnet;
    let more = [name, network].into_iter().flatten().map(String::as_str).collect::<Vec<_>>().join(" ");
    format!("{prefix} {more} {}", key.id).to_lowercase()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn site() -> Document {
        let text = br#"{ "Dhcp4": { "shared-networks": [
            { "name": "floor 3", "renew-timer": 900, "relay": { "ip-addresses": [] }, "option-data": [{ "code": 6 }],
              "subnet4": [{ "id": 2, "subnet": "198.51.100.0/24" }] },
            { "name": "west", "subnet4": [{ "id": 3, "subnet": "203.0.113.0/24" }] }],
            "subnet4": [{ "id": 1, "subnet": "192.0.2.0/24", "user-context": { "subnet-name": "Office" } }] } }"#;
        Document::read(text).unwrap()
    }

    fn of(path: &str, text: &str) -> ConfigNetworks {
        networks(&site(), &"kea".parse().unwrap(), &path.parse().unwrap(), text).unwrap()
    }

    fn ids(subnets: &[NetworkSubnet]) -> Vec<u32> {
        subnets.iter().map(|subnet| subnet.key.id).collect()
    }

    #[test]
    fn networks_are_listed_with_what_is_set_on_them() {
        let found = of("", "");
        let [floor, west] = found.networks.as_slice() else { panic!("{found:?}") };
        assert_eq!((floor.path.as_str(), floor.subnets), ("shared-networks[name=\"floor 3\"]", 1));
        assert_eq!(floor.list, "shared-networks[name=\"floor 3\"].subnet4");
        assert_eq!(floor.own, ["renew-timer", "1 option"]);
        assert!(west.own.is_empty() && found.inside.is_empty() && found.outside.is_empty() && found.list == "subnet4");
    }

    #[test]
    fn one_has_its_subnets_and_others_by_what_people_know_them_by() {
        let found = of("shared-networks[name=\"floor 3\"]", "");
        assert_eq!((ids(&found.inside), ids(&found.outside), found.outside_total), (vec![2], vec![1, 3], 2));
        assert_eq!(found.outside[1].network.as_deref(), Some("west"));
        for (text, expected) in [("office", 1), ("203.0", 3), ("west", 3)] {
            assert_eq!(ids(&of("shared-networks[name=\"floor 3\"]", text).outside), [expected], "{text}");
        }
        let server = "kea".parse().unwrap();
        let none = networks(&site(), &server, &"shared-networks[name=x]".parse().unwrap(), "");
        assert!(matches!(none, Err(Error::NotFound { .. })));
    }
}
