//! Filters, sorts and groups subnets.

use std::cmp::Reverse;
use std::collections::BTreeSet;
use std::net::IpAddr;

use model::{ServerName, SubnetSummary};

/// What the subnets are ordered by.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(super) enum Order {
    /// By prefix, in groups of shared networks.
    #[default]
    Prefix,
    PrefixDown,
    Name,
    NameDown,
    /// By the leased share.
    Used,
    UsedDown,
}

impl Order {
    const ALL: [Self; 6] = [Self::Prefix, Self::PrefixDown, Self::Name, Self::NameDown, Self::Used, Self::UsedDown];

    /// The order in the address of the page; the usual one is not written.
    pub(super) fn as_str(self) -> &'static str {
        match self {
            Self::Prefix => "",
            Self::PrefixDown => "-prefix",
            Self::Name => "name",
            Self::NameDown => "-name",
            Self::Used => "used",
            Self::UsedDown => "-used",
        }
    }

    /// Reads the above; anything unknown is the usual order.
    pub(super) fn parse(text: &str) -> Self {
        Self::ALL.into_iter().find(|order| order.as_str() == text).unwrap_or_default()
    }

    pub(super) fn is_descending(self) -> bool {
        matches!(self, Self::PrefixDown | Self::NameDown | Self::UsedDown)
    }

    fn is_by_prefix(self) -> bool {
        matches!(self, Self::Prefix | Self::PrefixDown)
    }
}

/// Subnets under one heading.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Group {
    /// The heading; none when there is but one group, or when the order cuts through the groups.
    pub(super) title: Option<String>,
    /// The subnets.
    pub(super) rows: Vec<SubnetSummary>,
}

/// How many servers the subnets are on.
pub(super) fn servers(subnets: &[SubnetSummary]) -> usize {
    subnets.iter().flat_map(members).collect::<BTreeSet<_>>().len()
}

/// The servers that a subnet is on.
fn members(summary: &SubnetSummary) -> BTreeSet<&ServerName> {
    let members = summary.members.iter().map(|member| &member.server);
    members.chain([&summary.subnet.key.server]).collect()
}

/// The subnets that match the text, in that order, in groups.
pub(super) fn arrange(subnets: &[SubnetSummary], text: &str, order: Order) -> Vec<Group> {
    let words: Vec<String> = text.split_whitespace().map(str::to_lowercase).collect();
    let mut rows: Vec<_> = subnets.iter().filter(|summary| matches(summary, &words)).cloned().collect();
    sort(&mut rows, order);
    if rows.is_empty() {
        return Vec::new();
    }
    if !order.is_by_prefix() || rows.iter().all(|summary| summary.subnet.shared_network.is_none()) {
        return vec![Group { title: None, rows }];
    }
    grouped(rows)
}

/// One group for each shared network of each server, or of servers that share it, in the order of their first subnets; the
/// others come last.
fn grouped(rows: Vec<SubnetSummary>) -> Vec<Group> {
    let several = rows.iter().map(members).collect::<BTreeSet<_>>().len() > 1;
    let mut groups: Vec<Group> = Vec::new();
    let mut others = Vec::new();
    for summary in rows {
        let Some(network) = &summary.subnet.shared_network else {
            others.push(summary);
            continue;
        };
        let on = members(&summary).into_iter().map(ServerName::as_str).collect::<Vec<_>>().join(" and ");
        let title = if several { format!("{network} on {on}") } else { network.clone() };
        match groups.iter_mut().find(|group| group.title.as_ref() == Some(&title)) {
            Some(group) => group.rows.push(summary),
            None => groups.push(Group { title: Some(title), rows: vec![summary] }),
        }
    }
    if !others.is_empty() {
        groups.push(Group { title: Some("Other subnets".to_owned()), rows: others });
    }
    groups
}

/// Whether every word is in something that is shown of the subnet, or in a server’s name, or is an address inside.
fn matches(summary: &SubnetSummary, words: &[String]) -> bool {
    let subnet = &summary.subnet;
    if words.is_empty() {
        return true;
    }
    let servers = members(summary).into_iter().map(|server| server.as_str().to_owned());
    let fields = subnet.texts().into_iter().chain(servers).map(|text| text.to_lowercase());
    let fields: Vec<_> = fields.chain([subnet.prefix.to_string()]).collect();
    words.iter().all(|word| {
        let inside = word.parse::<IpAddr>().is_ok_and(|address| subnet.prefix.contains(address));
        inside || fields.iter().any(|field| field.contains(word.as_str()))
    })
}

fn sort(rows: &mut [SubnetSummary], order: Order) {
    let prefix =
        |row: &SubnetSummary| (row.subnet.prefix.network(), row.subnet.prefix.prefix(), row.subnet.key.clone());
    // Named ones first, either way: nobody looks for what has no name by its name.
    let name = |row: &SubnetSummary| row.subnet.name.as_deref().map(str::to_lowercase);
    // In thousandths, so that 99.4 % stands above 99.1 %.
    let used = |row: &SubnetSummary| {
        let counted = row.utilization.filter(|utilization| utilization.total > 0);
        counted.map(|utilization| utilization.assigned.saturating_mul(1000) / utilization.total)
    };
    rows.sort_by_key(prefix);
    match order {
        Order::Prefix => {}
        Order::PrefixDown => rows.reverse(),
        Order::Name => rows.sort_by_key(|row| (name(row).is_none(), name(row))),
        Order::NameDown => rows.sort_by_key(|row| (name(row).is_none(), Reverse(name(row)))),
        Order::Used => rows.sort_by_key(|row| (used(row).is_none(), used(row))),
        Order::UsedDown => rows.sort_by_key(|row| (used(row).is_none(), Reverse(used(row)))),
    }
}

#[cfg(test)]
mod tests {
    use model::{Member, Subnet, Utilization};

    use super::*;

    fn subnet(
        key: &str,
        prefix: &str,
        name: Option<&str>,
        network: Option<&str>,
        assigned: Option<u64>,
    ) -> SubnetSummary {
        let subnet = Subnet {
            name: name.map(ToOwned::to_owned),
            shared_network: network.map(ToOwned::to_owned),
            ..Subnet::of(key.parse().unwrap(), prefix.parse().unwrap())
        };
        let utilization = assigned.map(|assigned| Utilization { total: 100, assigned, ..Utilization::default() });
        SubnetSummary { subnet, utilization, as_of: None, members: Vec::new() }
    }

    /// The same on a partner, too.
    fn shared(summary: SubnetSummary, servers: &[&str]) -> SubnetSummary {
        let member = |server: &&str| Member { server: server.parse().unwrap(), id: Some(1), answers: true };
        SubnetSummary { members: servers.iter().map(member).collect(), ..summary }
    }

    fn some() -> Vec<SubnetSummary> {
        vec![
            subnet("main/10", "10.10.0.0/16", Some("Campus"), None, Some(50)),
            subnet("main/9", "10.9.0.0/24", None, Some("floor 3"), Some(95)),
            subnet("main/2", "10.2.0.0/24", Some("attic"), Some("floor 3"), None),
            subnet("main/3", "10.3.0.0/24", Some("Bar"), Some("floor 1"), Some(0)),
        ]
    }

    fn ids(groups: &[Group]) -> Vec<u32> {
        groups.iter().flat_map(|group| group.rows.iter().map(|row| row.subnet.key.id)).collect()
    }

    #[test]
    fn prefixes_sort_as_numbers_within_shared_networks() {
        let groups = arrange(&some(), "", Order::Prefix);
        let titles: Vec<_> = groups.iter().map(|group| group.title.as_deref().unwrap()).collect();
        assert_eq!(titles, ["floor 3", "floor 1", "Other subnets"]);
        assert_eq!(ids(&groups), [2, 9, 3, 10]);
    }

    #[test]
    fn unknown_values_come_last_either_way() {
        assert_eq!(ids(&arrange(&some(), "", Order::Used)), [3, 10, 9, 2]);
        assert_eq!(ids(&arrange(&some(), "", Order::UsedDown)), [9, 10, 3, 2]);
        assert_eq!(ids(&arrange(&some(), "", Order::Name)), [2, 3, 10, 9]);
        assert_eq!(ids(&arrange(&some(), "", Order::NameDown)), [10, 3, 2, 9]);
    }

    #[test]
    fn text_matches_any_field_and_addresses_inside() {
        assert_eq!(ids(&arrange(&some(), "camp", Order::Prefix)), [10]);
        assert_eq!(ids(&arrange(&some(), "10.10.77.1", Order::Prefix)), [10]);
        assert_eq!(
            ids(&arrange(&some(), "FLOOR 3", Order::Prefix)),
            [2, 9, 3],
            "two words: “3” is in 10.3.0.0 as well"
        );
        assert_eq!(ids(&arrange(&some(), "main", Order::Prefix)).len(), 4);
        assert!(arrange(&some(), "nothing", Order::Prefix).is_empty());
    }

    #[test]
    fn without_shared_networks_there_are_no_headings() {
        let groups = arrange(&[subnet("a/1", "10.0.0.0/24", None, None, None)], "", Order::Prefix);
        assert_eq!(groups.len(), 1);
        assert_eq!(groups[0].title, None);
    }

    #[test]
    fn shared_networks_of_two_servers_are_two() {
        let rows =
            [subnet("a/1", "10.0.0.0/24", None, Some("x"), None), subnet("b/1", "10.0.0.0/24", None, Some("x"), None)];
        let groups = arrange(&rows, "", Order::Prefix);
        assert_eq!(
            groups.iter().map(|group| group.title.as_deref().unwrap()).collect::<Vec<_>>(),
            ["x on a", "x on b"]
        );
    }

    #[test]
    fn a_shared_network_of_a_pair_is_one_whoever_serves_it() {
        let row = |key, prefix, servers: &[&str]| shared(subnet(key, prefix, None, Some("x"), None), servers);
        let pair = [row("a/1", "10.0.0.0/24", &["a", "b"]), row("b/2", "10.1.0.0/24", &["b", "a"])];
        let titles = |rows: &[SubnetSummary]| {
            arrange(rows, "", Order::Prefix).into_iter().map(|group| group.title.unwrap()).collect::<Vec<_>>()
        };
        assert_eq!(titles(&pair), ["x"]);
        let [one, other] = pair;
        assert_eq!(servers(&[one.clone(), other.clone()]), 2);
        let rows = [one, other, row("c/1", "10.0.0.0/24", &["c"])];
        assert_eq!(titles(&rows), ["x on a and b", "x on c"]);
        assert_eq!(ids(&arrange(&rows, "b", Order::Prefix)), [1, 2], "by the name of any of its servers");
    }

    #[test]
    fn orders_are_readable_both_ways() {
        for order in Order::ALL {
            assert_eq!(Order::parse(order.as_str()), order);
        }
        assert_eq!(Order::parse("<script>"), Order::Prefix);
    }
}
