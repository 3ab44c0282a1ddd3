//! What Foreman's form would lack of a subnet, and what to do about it.

use model::{ForemanSubnet, IpNetwork, SubnetKey};

use crate::components::badge::Tone;

/// How many name servers Foreman keeps of a subnet.
pub(super) const FOREMANS_DNS: usize = 2;

/// Something to know of a subnet.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Note {
    /// How bad it is.
    pub(super) tone: Tone,
    /// What.
    pub(super) text: String,
    /// Another subnet that it is about, and what the link to it says.
    pub(super) link: Option<(SubnetKey, String)>,
}

impl Note {
    fn new(tone: Tone, text: impl Into<String>) -> Self {
        Self { tone, text: text.into(), link: None }
    }
}

/// Notes of a subnet; `hiding`: the prefixes of those that hide others.
pub(super) fn notes(view: &ForemanSubnet, hiding: &[(SubnetKey, IpNetwork)]) -> Vec<Note> {
    let ForemanSubnet { subnet, range, hidden_by } = view;
    if let Some(key) = hidden_by {
        let other = hiding.iter().find(|(other, _)| other == key);
        let other = other.map_or_else(|| key.to_string(), |(_, prefix)| format!("{prefix} ({key})"));
        let text =
            "Foreman cannot use this subnet: it names subnets by network address alone, and another one has the same.";
        return vec![Note { link: Some((key.clone(), format!("It gets {other}."))), ..Note::new(Tone::Warn, text) }];
    }
    let mut notes = Vec::new();
    if let Some((tone, text)) = about_range(view) {
        notes.push(Note::new(tone, text));
    }
    if subnet.routers.is_empty() {
        notes.push(Note::new(
            Tone::Warn,
            "Foreman gets no gateway: no router (option 3) is set in Kea. Set one there, or enter it in Foreman’s form.",
        ));
    }
    if subnet.dns_servers.is_empty() {
        notes.push(Note::new(Tone::Info, "Foreman gets no DNS servers: none (option 6) are set in Kea."));
    }
    if subnet.dns_servers.len() > FOREMANS_DNS {
        notes.push(Note::new(
            Tone::Info,
            format!("Kea has {} DNS servers; Foreman keeps the first two.", subnet.dns_servers.len()),
        ));
    }
    let pools_count = !subnet.rules.out_of_pool && !subnet.pools.is_empty();
    let between = range.filter(|_| pools_count).map_or(0, |range| range.count().saturating_sub(pooled(view)));
    if between > 0 {
        notes.push(Note::new(
            Tone::Info,
            format!(
                "The range spans {between} {} that {} in no pool. Nestor suggests pool addresses only.",
                if between == 1 { "address" } else { "addresses" },
                if between == 1 { "is" } else { "are" },
            ),
        ));
    }
    notes
}

/// What is to be known of the range, where it is not that of the pools.
fn about_range(view: &ForemanSubnet) -> Option<(Tone, &'static str)> {
    match (view.range, view.subnet.rules.out_of_pool) {
        (None, _) => Some((
            Tone::Warn,
            "Foreman gets no IP range: the pools take all of the subnet, and reserved addresses must lie outside of them (reservations-out-of-pool).",
        )),
        (Some(_), true) => Some((
            Tone::Info,
            "Reserved addresses must lie outside of the pools (reservations-out-of-pool): Foreman gets the largest range that does.",
        )),
        (Some(_), false) if view.subnet.pools.is_empty() => {
            Some((Tone::Info, "Kea has no pool here: Foreman gets the whole subnet as its IP range."))
        }
        (Some(_), false) => None,
    }
}

/// How many addresses are in pools.
fn pooled(view: &ForemanSubnet) -> u128 {
    view.subnet.pools.iter().map(|pool| pool.range.count()).sum()
}

#[cfg(test)]
mod tests {
    use model::{AddressRange, Pool, Subnet};

    use super::*;

    fn range(first: &str, last: &str) -> AddressRange {
        AddressRange::new(first.parse().unwrap(), last.parse().unwrap()).unwrap()
    }

    fn whole(key: &str) -> ForemanSubnet {
        let range = range("192.0.2.10", "192.0.2.19");
        let subnet = Subnet {
            pools: vec![Pool::of(range)],
            routers: vec!["192.0.2.1".parse().unwrap()],
            dns_servers: vec!["192.0.2.2".parse().unwrap()],
            ..Subnet::of(key.parse().unwrap(), "192.0.2.0/24".parse().unwrap())
        };
        ForemanSubnet { subnet, range: Some(range), hidden_by: None }
    }

    fn texts(view: &ForemanSubnet) -> Vec<String> {
        notes(view, &[]).into_iter().map(|note| note.text).collect()
    }

    #[test]
    fn a_whole_subnet_needs_no_words() {
        assert!(texts(&whole("a/1")).is_empty());
    }

    #[test]
    fn everything_that_foreman_lacks_is_said() {
        let mut bare = whole("a/1");
        bare.subnet.routers.clear();
        bare.subnet.dns_servers.clear();
        bare.subnet.pools.clear();
        bare.subnet.rules.out_of_pool = true;
        bare.range = None;
        let said = texts(&bare);
        assert_eq!(said.len(), 3);
        assert!(
            said[0].contains("no IP range") && said[1].contains("no gateway") && said[2].contains("no DNS"),
            "{said:?}"
        );
    }

    #[test]
    fn a_range_that_is_not_that_of_the_pools_is_explained() {
        let mut other = whole("a/1");
        other.subnet.pools.clear();
        assert_eq!(texts(&other), ["Kea has no pool here: Foreman gets the whole subnet as its IP range."]);
        other.subnet.rules.out_of_pool = true;
        assert!(texts(&other)[0].starts_with("Reserved addresses must lie outside"));
    }

    #[test]
    fn gaps_between_pools_are_counted() {
        let mut gap = whole("a/1");
        gap.subnet.pools.push(Pool::of(range("192.0.2.21", "192.0.2.30")));
        gap.range = Some(range("192.0.2.10", "192.0.2.30"));
        assert!(texts(&gap)[0].starts_with("The range spans 1 address that is in no pool"), "{:?}", texts(&gap));
    }

    #[test]
    fn who_hides_a_subnet_is_named() {
        let hidden = ForemanSubnet { hidden_by: "b/2".parse().ok(), ..whole("a/1") };
        let other = whole("b/2").subnet;
        let note = notes(&hidden, &[(other.key, other.prefix)]).remove(0);
        assert_eq!(note.link, Some(("b/2".parse().unwrap(), "It gets 192.0.2.0/24 (b/2).".to_owned())));
    }
}
