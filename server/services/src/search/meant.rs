//! Which subnets a text means: what is shown of a subnet can be found. Pure.

use std::net::IpAddr;

use model::{IpNetwork, Subnet};

/// Most subnets that one search shows.
const MOST: usize = 10;

/// The subnets that a text (in lower case) means: those of that prefix, name or address first, then those that mention it
/// anywhere.
pub(super) fn subnets<'a>(all: impl Iterator<Item = &'a Subnet> + Clone, text: &str) -> Vec<Subnet> {
    let first = all.clone().filter(|subnet| is_meant(subnet, text));
    let then = all.filter(|subnet| !is_meant(subnet, text) && mentions(subnet, text));
    first.chain(then).take(MOST).cloned().collect()
}

fn is_meant(subnet: &Subnet, text: &str) -> bool {
    let holds = |prefix: IpNetwork| {
        text.parse().is_ok_and(|address: IpAddr| prefix.contains(address))
            || text.parse().is_ok_and(|inner: IpNetwork| {
                inner.prefix() >= prefix.prefix() && inner.is_ipv4() == prefix.is_ipv4() && prefix.contains(inner.ip())
            })
    };
    let names = [&subnet.name, &subnet.comment, &subnet.shared_network];
    subnet.prefix.to_string().starts_with(text)
        || names.into_iter().flatten().any(|name| name.to_lowercase().contains(text))
        || holds(subnet.prefix)
        || subnet.prefix_pools.iter().any(|pool| holds(pool.prefix.into()))
}

fn mentions(subnet: &Subnet, text: &str) -> bool {
    subnet.texts().iter().any(|shown| shown.to_lowercase().contains(text))
}

#[cfg(test)]
mod tests {
    use model::{Labels, OptionDatum, Pool, PoolSettings, PrefixPool};

    use super::*;

    fn subnet(id: u32, prefix: &str) -> Subnet {
        Subnet::of(format!("main/{id}").parse().unwrap(), prefix.parse().unwrap())
    }

    #[test]
    fn whatever_is_shown_of_a_subnet_finds_it() {
        let labels = |text: &str| Labels { name: Some(text.to_owned()), comment: Some(format!("{text} comment")) };
        let pool = Pool {
            settings: PoolSettings {
                client_classes: vec!["Phones".to_owned()],
                labels: labels("Desk pool"),
                options: vec![OptionDatum {
                    code: 3,
                    data: "C0000209".to_owned(),
                    hex: true,
                    ..OptionDatum::default()
                }],
                ..PoolSettings::default()
            },
            ..Pool::of("192.0.2.10 - 192.0.2.20".parse().unwrap())
        };
        let prefix_pool = PrefixPool {
            prefix: "2001:db8:8200::/40".parse().unwrap(),
            delegated_len: 62,
            excluded: "2001:db8:8200:3::/64".parse().ok(),
            settings: PoolSettings {
                client_classes: vec!["Routers".to_owned()],
                additional_classes: vec!["Later".to_owned()],
                labels: labels("Homes"),
                options: vec![],
            },
        };
        let full = Subnet {
            network_labels: labels("Floor"),
            relays: vec!["198.51.100.7".parse().unwrap()],
            client_classes: vec!["Guards".to_owned()],
            network_classes: vec!["Outer".to_owned()],
            additional_classes: vec!["Added".to_owned()],
            other_routers: vec!["192.0.2.77".parse().unwrap()],
            comment: Some("West wing".to_owned()),
            pools: vec![pool],
            prefix_pools: vec![prefix_pool],
            ..subnet(2, "192.0.2.0/24")
        };
        let all = [subnet(1, "203.0.113.0/24"), full];
        let texts = [
            "198.51.100.7",
            "guards",
            "outer",
            "added",
            "192.0.2.77",
            "west",
            "floor",
            "floor comment",
            "desk pool",
            "phones",
            "192.0.2.9",
            "2001:db8:8200:3::",
            "2001:db8:8200:3::/64",
            "2001:db8:82ff::1",
            "routers",
            "later",
            "homes",
        ];
        for text in texts {
            let found: Vec<u32> = subnets(all.iter(), text).iter().map(|subnet| subnet.key.id).collect();
            assert_eq!(found, [2], "{text}");
        }
        assert!(subnets(all.iter(), "nothing of this").is_empty());
    }

    #[test]
    fn what_is_meant_comes_before_what_is_mentioned() {
        let mentioned = Subnet { relays: vec!["192.0.2.1".parse().unwrap()], ..subnet(1, "203.0.113.0/24") };
        let found = subnets([mentioned, subnet(2, "192.0.2.0/24")].iter(), "192.0.2.1");
        assert_eq!(found.iter().map(|subnet| subnet.key.id).collect::<Vec<_>>(), [2, 1]);
    }
}
