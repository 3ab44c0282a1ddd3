//! Pools: pools of prefixes as values that check themselves, and pools that become several.

use std::net::IpAddr;

use model::{AddressRange, IpNetwork, PrefixPool};

use crate::identity::canonical;
use crate::{Document, Edit, Map, Op, Path, Step, Text, Value};

/// The pool of prefixes that a map is; none: a part is missing, or does not fit.
pub fn prefix_pool(map: &Map) -> Option<PrefixPool> {
    let length = |name: &str| u8::try_from(map.get(name)?.as_i64()?).ok();
    let network = |address: &str, length: u8| model::Ipv6Network::new(address.trim().parse().ok()?, length).ok();
    let prefix = network(map.text("prefix")?, length("prefix-len")?)?;
    let excluded = match (map.text("excluded-prefix"), length("excluded-prefix-len")) {
        // That is how Kea writes none.
        (None, _) | (_, None | Some(0)) => None,
        (Some(address), Some(length)) => Some(network(address, length)?),
    };
    Some(PrefixPool {
        prefix,
        delegated_len: length("delegated-len")?,
        excluded,
        settings: model::PoolSettings::default(),
    })
}

impl Document {
    /// The edits that make several pools of one: the first keeps all that the pool has, the others get the same, but for its
    /// number. A pool of addresses is split at an address, with which the second part begins, or around a prefix inside of
    /// it; one of prefixes into its halves, whatever `at` says. An error is a sentence without its full stop.
    pub fn split(&self, pool: &Path, at: &str) -> Result<Vec<Edit>, String> {
        let map = self.map(pool).map_err(|error| error.to_string())?;
        let Some((list, Step::Element(_))) = pool.split() else { return Err(format!("{pool} is no pool")) };
        match list.kind().and_then(Text::as_str) {
            Some("pools") => {
                let parts = parts(range(map)?, at.trim())?;
                Ok(split(
                    pool,
                    &list,
                    map,
                    parts.iter().map(|part| vec![("pool", Value::from(written(*part).as_str()))]),
                ))
            }
            Some("pd-pools") => halved(pool, &list, map),
            _ => Err(format!("{pool} is no pool")),
        }
    }
}

fn range(map: &Map) -> Result<AddressRange, String> {
    let text = map.get("pool").and_then(|pool| canonical("pool", pool));
    text.and_then(|text| text.shown().parse().ok()).ok_or_else(|| "the range of the pool is not understood".to_owned())
}

fn written(range: AddressRange) -> String {
    format!("{}-{}", range.first(), range.last())
}

/// The parts of a range that is split at an address or around a prefix.
fn parts(range: AddressRange, at: &str) -> Result<Vec<AddressRange>, String> {
    let outside = || format!("{at} is not inside of {range}, behind its first address");
    let middle = if at.contains('/') {
        let prefix: IpNetwork = at.parse().map_err(|_| format!("“{at}” is no prefix"))?;
        AddressRange::of_prefix(prefix)
    } else {
        let address: IpAddr = at.parse().map_err(|_| format!("“{at}” is no address"))?;
        AddressRange::new(address, range.last()).map_err(|_| outside())?
    };
    if !(range.contains(middle.first()) && range.contains(middle.last())) || middle == range {
        return Err(outside());
    }
    let mut parts: Vec<AddressRange> = range.without(middle).chain([middle]).collect();
    parts.sort_by_key(|part| part.first());
    Ok(parts)
}

/// The first part takes the place of the pool, the others are added.
fn split(pool: &Path, list: &Path, map: &Map, parts: impl Iterator<Item = Vec<(&'static str, Value)>>) -> Vec<Edit> {
    let part = |(at, members): (usize, Vec<(&'static str, Value)>)| {
        let mut part = map.clone();
        for (name, value) in members {
            part.set(name, value);
        }
        if at == 0 {
            return Edit { path: pool.clone(), op: Op::Set(part.into()) };
        }
        // Numbers of pools are for statistics: two with the same would be counted together.
        part.remove("pool-id");
        Edit { path: list.clone(), op: Op::Add(part.into()) }
    };
    parts.enumerate().map(part).collect()
}

fn halved(pool: &Path, list: &Path, map: &Map) -> Result<Vec<Edit>, String> {
    let whole = prefix_pool(map).filter(|pool| pool.fault().is_none());
    let whole = whole.ok_or_else(|| "the prefix pool is not understood".to_owned())?;
    let halves = whole.halves().ok_or_else(|| "the prefix pool is one prefix, and has no halves".to_owned())?;
    let members = halves.map(|half| {
        let mut members = vec![
            ("prefix", Value::from(half.prefix.network().to_string().as_str())),
            ("prefix-len", Value::from(i64::from(half.prefix.prefix()))),
        ];
        members
            .extend(half.excluded.map(|excluded| ("excluded-prefix", Value::from(excluded.ip().to_string().as_str()))));
        members
    });
    Ok(split(pool, list, map, members.into_iter()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Plan;

    fn site() -> Document {
        let text =
            br#"{ "Dhcp6": { "shared-networks": [{ "name": "n", "subnet6": [{ "id": 1, "subnet": "2001:db8::/48",
            "pools": [{ "pool": "2001:db8::10-2001:db8::1f", "pool-id": 7, "client-classes": ["a"],
                "option-data": [{ "code": 23, "data": "2001:db8::1" }] }],
            "pd-pools": [{ "prefix": "2001:db8:8000::", "prefix-len": 40, "delegated-len": 56,
                "excluded-prefix": "2001:db8:8000:0:ff00::", "excluded-prefix-len": 72 }] }] }] } }"#;
        Document::read(text).unwrap()
    }

    fn of(pool: &str, at: &str) -> Result<Vec<String>, String> {
        let path = format!("shared-networks[name=n].subnet6[id=1].{pool}");
        let edits = site().split(&path.parse().unwrap(), at)?;
        let plan = Plan::of(&site(), &edits).unwrap();
        let refused: Vec<_> = plan.refusals().filter(|finding| finding.rule != "class-unknown").collect();
        assert!(refused.is_empty(), "{refused:?}");
        let list = plan.result.children(
            &path
                .split_once('[')
                .map(|_| {
                    let text = path.rsplit_once('[').unwrap().0;
                    text.parse().unwrap()
                })
                .unwrap(),
        );
        Ok(list.unwrap().into_iter().map(|(_, value)| value.to_json(crate::Layout::Compact)).collect())
    }

    #[test]
    fn a_pool_is_split_at_an_address_or_around_a_prefix_and_keeps_what_it_has() {
        let pool = "pools[pool=2001:db8::10-2001:db8::1f]";
        let two = of(pool, " 2001:db8::18 ").unwrap();
        assert!(two[0].contains("2001:db8::10-2001:db8::17") && two[0].contains("\"pool-id\""), "{two:?}");
        assert!(two[1].contains("2001:db8::18-2001:db8::1f") && !two[1].contains("pool-id"), "{two:?}");
        assert!(two.len() == 2 && two.iter().all(|pool| pool.contains("\"a\"") && pool.contains("2001:db8::1\"")));
        let three = of(pool, "2001:db8::14/126").unwrap();
        assert_eq!(three.len(), 3, "{three:?}");
        for at in ["2001:db8::10", "2001:db8::20", "192.0.2.1", "2001:db8::/64", "x", "x/1", ""] {
            assert!(of(pool, at).is_err(), "{at}");
        }
    }

    #[test]
    fn a_pool_of_prefixes_is_halved_with_what_is_excluded() {
        let halves = of("pd-pools[prefix=2001:db8:8000::,prefix-len=40]", "").unwrap();
        assert_eq!(halves.len(), 2);
        for (half, wanted) in halves.iter().zip([
            ["\"2001:db8:8000::\"", "\"2001:db8:8000:0:ff00::\""],
            ["\"2001:db8:8080::\"", "\"2001:db8:8080:0:ff00::\""],
        ]) {
            let squeezed = half.replace([' ', '\n'], "");
            assert!(wanted.iter().all(|text| half.contains(text)) && squeezed.contains("\"prefix-len\":41"), "{half}");
        }
    }
}
