//! Which subnets and pools are open to a packet.

use std::net::IpAddr;

use model::{Family, IpNetwork, Packet, PacketTrial, TriedClass, TriedPlace, Verdict};

use super::Standing;
use crate::classes::{ASKED, GUARDS};
use crate::parts::Part;
use crate::{Document, Map, Path, Value, Words};

/// The lists of pools.
const POOLS: [&str; 2] = ["pools", "pd-pools"];

pub(super) struct Places<'a> {
    pub(super) document: &'a Document,
    pub(super) packet: &'a Packet,
    /// The classes when the subnet is chosen.
    pub(super) early: Standing,
    /// The classes when the address is chosen.
    pub(super) late: Standing,
    pub(super) tried: &'a [TriedClass],
}

type Answer = (Verdict, String);

impl Places<'_> {
    /// The subnets worth a line, how many more of them there are, and how many are left out.
    pub(super) fn all(&self) -> (Vec<TriedPlace>, u32, u32) {
        let parts = self.document.parts();
        let subnets: Vec<&Part<'_>> = parts.iter().filter(|part| part.is_subnet).collect();
        let relay = self.relay();
        let at_relay = |part: &Part<'_>| relay.is_some_and(|relay| is_at(part, relay));
        let networks: Vec<&Map> =
            subnets.iter().filter(|part| at_relay(part)).filter_map(|part| part.network).collect();
        let beside =
            |part: &Part<'_>| part.network.is_some_and(|own| networks.iter().any(|other| std::ptr::eq(*other, own)));
        let is_listed = |part: &&&Part<'_>| match relay {
            Some(_) => at_relay(part) || beside(part),
            None => is_limited(part),
        };
        let listed: Vec<&Part<'_>> = subnets.iter().filter(is_listed).copied().collect();
        let words = Words::new(self.document, self.document);
        let subnet = |part: &&Part<'_>| self.subnet(&words, part, &subnets);
        let count = |number: usize| u32::try_from(number).unwrap_or(u32::MAX);
        let shown: Vec<TriedPlace> = listed.iter().take(PacketTrial::MOST).map(subnet).collect();
        let more = count(listed.len() - shown.len());
        (shown, more, count(subnets.len() - listed.len()))
    }

    /// The address by which Kea chooses the subnet, where a relay gives one.
    fn relay(&self) -> Option<IpAddr> {
        let address = match self.packet.family {
            Family::V4 => IpAddr::from(self.packet.giaddr),
            Family::V6 => IpAddr::from(self.packet.relays.first()?.link),
        };
        (!address.is_unspecified()).then_some(address)
    }

    fn subnet(&self, words: &Words<'_>, part: &Part<'_>, all: &[&Part<'_>]) -> TriedPlace {
        let (open, why) = self.of_subnet(part, all);
        let pools = POOLS.iter().flat_map(|list| self.document.elements(&part.path, part.map, list));
        let pool = |(path, map): (Path, &Map)| {
            let (open, why) = match open {
                Verdict::No => (Verdict::No, "the subnet is closed".to_owned()),
                _ => guard(map, &self.late),
            };
            let label = words.name(&last(&path));
            TriedPlace { path: path.to_string(), label, open, why, asks: self.asks(&[map]), pools: Vec::new() }
        };
        let around: Vec<&Map> = std::iter::once(part.map).chain(part.network).collect();
        TriedPlace {
            path: part.path.to_string(),
            label: words.name(&last(&part.path)),
            open,
            why,
            asks: self.asks(&around),
            pools: pools.map(pool).collect(),
        }
    }

    /// Kea chooses the subnet before it knows of reservations, and goes on to others of a shared network afterwards.
    fn of_subnet(&self, part: &Part<'_>, all: &[&Part<'_>]) -> Answer {
        let early = both(part, &self.early);
        let late = both(part, &self.late);
        if early.0 != Verdict::No || late.0 == Verdict::No {
            return early;
        }
        let own = part.network;
        let same = |other: &&&Part<'_>| own.zip(other.network).is_some_and(|(own, other)| std::ptr::eq(own, other));
        let entry = all.iter().filter(same).any(|other| both(other, &self.early).0 == Verdict::Yes);
        match (entry, self.looks_early()) {
            (true, _) => (late.0, format!("{}, after another subnet of the shared network", late.1)),
            (false, true) => (Verdict::Unknown, format!("{}, if the reservation is a global one", late.1)),
            (false, false) => (Verdict::No, format!("{}: that is known only after a subnet is chosen", early.1)),
        }
    }

    /// Whether Kea looks for global reservations before it chooses a subnet, and finds one.
    fn looks_early(&self) -> bool {
        let looks = self.document.root.get("early-global-reservations-lookup").and_then(Value::as_bool) == Some(true);
        looks && self.late.classes.contains("KNOWN")
    }

    /// What comes of the classes that are asked for.
    fn asks(&self, maps: &[&Map]) -> Vec<String> {
        let names = maps.iter().flat_map(|map| names(map, &ASKED));
        let said = |name: &str| {
            let class = self.tried.iter().find(|class| class.name == name);
            let word = match class.map(|class| class.fits) {
                None => "not defined",
                Some(Verdict::Yes) => "in it",
                Some(Verdict::No) => "not in it",
                Some(Verdict::Unknown) => "not known",
            };
            format!("{name}: {word}")
        };
        names.map(said).collect()
    }
}

/// The end of a path that has a name by itself.
fn last(path: &Path) -> Path {
    let steps = path.steps();
    Path::from(steps[steps.len().saturating_sub(2)..].to_vec())
}

/// The classes that a member names, whether as a text or a list.
fn names<'a>(map: &'a Map, members: &[&str]) -> impl Iterator<Item = &'a str> {
    let values: Vec<&Value> = members.iter().filter_map(|member| map.get(member)).collect();
    let texts = values.into_iter().flat_map(|value| value.as_list().unwrap_or(std::slice::from_ref(value)));
    texts.filter_map(Value::as_str).filter(|name| !name.is_empty())
}

/// Whether something here is for some clients alone, or asks for classes.
fn is_limited(part: &Part<'_>) -> bool {
    let own = std::iter::once(part.map).chain(part.network);
    let pools = POOLS.iter().filter_map(|list| part.map.get(list)?.as_list()).flatten().filter_map(Value::as_map);
    own.chain(pools).any(|map| names(map, &GUARDS).chain(names(map, &ASKED)).next().is_some())
}

/// Whether a relay with this address is a subnet's: it is named by it or its shared network, or lies in its prefix.
fn is_at(part: &Part<'_>, relay: IpAddr) -> bool {
    let named = |map: &Map| {
        let relays = map.get("relay").and_then(Value::as_map)?.get("ip-addresses")?.as_list()?;
        Some(relays.iter().filter_map(Value::as_str).any(|text| text.parse() == Ok(relay)))
    };
    let own = named(part.map).or_else(|| named(part.network?)).unwrap_or(false);
    let prefix = part.map.text("subnet").and_then(|prefix| prefix.parse::<IpNetwork>().ok());
    own || prefix.is_some_and(|prefix| prefix.contains(relay))
}

/// What is for some clients alone is open to those that are in one of its classes.
fn guard(map: &Map, standing: &Standing) -> Answer {
    let names: Vec<&str> = names(map, &GUARDS).collect();
    if names.is_empty() {
        return (Verdict::Yes, "for every client".to_owned());
    }
    let of = |verdict: Verdict| names.iter().find(|name| standing.has(name) == verdict);
    match (of(Verdict::Yes), of(Verdict::Unknown), names.as_slice()) {
        (Some(name), ..) => (Verdict::Yes, format!("in class {name}")),
        (None, Some(name), _) => (Verdict::Unknown, format!("not known whether it is in class {name}")),
        (None, None, [one]) => (Verdict::No, format!("needs class {one}")),
        (None, None, several) => (Verdict::No, format!("needs one of the classes {}", several.join(", "))),
    }
}

/// A subnet is open where it is itself, and its shared network.
fn both(part: &Part<'_>, standing: &Standing) -> Answer {
    let own = guard(part.map, standing);
    let Some((open, why)) = part.network.map(|network| guard(network, standing)) else { return own };
    match (open, own.0) {
        (Verdict::No, _) => (Verdict::No, format!("the shared network {why}")),
        (Verdict::Unknown, Verdict::Yes) => (Verdict::Unknown, format!("of the shared network {why}")),
        _ => own,
    }
}
