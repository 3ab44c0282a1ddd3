//! Filters, sorts and groups subnets, and gives one page of them. Pure.

use std::cmp::Reverse;
use std::collections::{BTreeSet, HashMap};
use std::net::IpAddr;

use model::{
    NetworkOrder, NetworkPage, NetworkQuery, NetworkRow, ServerName, SubnetChoice, SubnetKey, SubnetList, SubnetSummary,
};

/// The page that is asked for. `globals`: where reservations of no subnet in particular are.
pub(crate) fn page(list: SubnetList, globals: Vec<SubnetKey>, query: &NetworkQuery) -> NetworkPage {
    let SubnetList { subnets, silent } = list;
    let (all, several_servers) = (count(subnets.len()), servers(&subnets) > 1);
    let rows = arrange(&subnets, &query.text, query.order);
    let total = count(rows.len());
    let rows = rows.into_iter().skip(query.offset as usize).take(NetworkQuery::ROWS as usize);
    NetworkPage { rows: rows.collect(), offset: query.offset, total, all, several_servers, globals, silent }
}

/// The subnets that match a text as the rows of a page do, in the same order.
pub(crate) fn choices(list: &SubnetList, text: &str) -> Vec<SubnetChoice> {
    let choice = |row: NetworkRow| SubnetChoice {
        key: row.key,
        prefix: row.prefix,
        name: row.name,
        shared_network: row.shared_network,
    };
    arrange(&list.subnets, text, NetworkOrder::Prefix).into_iter().map(choice).collect()
}

fn count(length: usize) -> u32 {
    u32::try_from(length).unwrap_or(u32::MAX)
}

/// How many servers the subnets are on.
fn servers(subnets: &[SubnetSummary]) -> usize {
    subnets.iter().flat_map(members).collect::<BTreeSet<_>>().len()
}

/// The servers that a subnet is on.
fn members(summary: &SubnetSummary) -> BTreeSet<&ServerName> {
    let members = summary.members.iter().map(|member| &member.server);
    members.chain([&summary.subnet.key.server]).collect()
}

/// The subnets that match the text, in that order, those of a shared network together.
fn arrange(subnets: &[SubnetSummary], text: &str, order: NetworkOrder) -> Vec<NetworkRow> {
    let words = words(&text.to_lowercase());
    let mut rows: Vec<&SubnetSummary> = subnets.iter().filter(|summary| matches(summary, &words)).collect();
    sort(&mut rows, order);
    if !order.is_by_prefix() || rows.iter().all(|summary| summary.subnet.shared_network.is_none()) {
        return rows.into_iter().map(|summary| row(summary, None, None)).collect();
    }
    grouped(&rows)
}

/// One group for each shared network of each server, or of servers that share it, in the order of their first subnets; the
/// others come last.
fn grouped(rows: &[&SubnetSummary]) -> Vec<NetworkRow> {
    let several = rows.iter().map(|summary| members(summary)).collect::<BTreeSet<_>>().len() > 1;
    let title = |summary: &SubnetSummary| {
        let network = summary.subnet.shared_network.as_ref()?;
        let on = || members(summary).into_iter().map(ServerName::as_str).collect::<Vec<_>>().join(" and ");
        Some(if several { format!("{network} on {}", on()) } else { network.clone() })
    };
    let mut places: HashMap<String, usize> = HashMap::new();
    let mut groups: Vec<Vec<NetworkRow>> = Vec::new();
    let mut others = Vec::new();
    for summary in rows {
        let Some(title) = title(summary) else {
            others.push(row(summary, Some("Other subnets".to_owned()), None));
            continue;
        };
        let place = *places.entry(title.clone()).or_insert(groups.len());
        if place == groups.len() {
            groups.push(Vec::new());
        }
        groups[place].push(row(summary, Some(title), summary.subnet.shared_network.as_deref().map(path)));
    }
    groups.into_iter().flatten().chain(others).collect()
}

/// The path of a shared network.
fn path(name: &str) -> String {
    let known_by = vec![("name".to_owned(), name.into())];
    keaconf::Path::root().member("shared-networks").with(keaconf::Step::Element(known_by)).to_string()
}

fn row(summary: &SubnetSummary, group: Option<String>, group_path: Option<String>) -> NetworkRow {
    let SubnetSummary { subnet, utilization, as_of, members, .. } = summary;
    NetworkRow {
        key: subnet.key.clone(),
        prefix: subnet.prefix,
        name: subnet.name.clone(),
        shared_network: subnet.shared_network.clone(),
        group,
        group_path,
        utilization: *utilization,
        pools: count(subnet.pools.len()),
        gateway: subnet.routers.first().copied(),
        as_of: *as_of,
        members: members.clone(),
    }
}

/// What stands before the name of a class in a filter.
const CLASS: &str = "class:";

/// The words of a filter. Blanks between double quotes are part of a word, and the quotes are not.
fn words(text: &str) -> Vec<String> {
    let mut words = vec![String::new()];
    let mut quoted = false;
    for character in text.chars() {
        match (character, words.last_mut()) {
            ('"', _) => quoted = !quoted,
            (blank, _) if blank.is_whitespace() && !quoted => words.push(String::new()),
            (other, Some(word)) => word.push(other),
            (_, None) => {}
        }
    }
    words.retain(|word| !word.is_empty());
    words
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
        if let Some(class) = word.strip_prefix(CLASS) {
            return subnet.classes().any(|known| known.to_lowercase() == class);
        }
        let inside = word.parse::<IpAddr>().is_ok_and(|address| subnet.prefix.contains(address));
        inside || fields.iter().any(|field| field.contains(word.as_str()))
    })
}

fn sort(rows: &mut [&SubnetSummary], order: NetworkOrder) {
    let prefix =
        |row: &&SubnetSummary| (row.subnet.prefix.network(), row.subnet.prefix.prefix(), row.subnet.key.clone());
    // Named ones first, either way: what has no name is not looked for by name.
    let name = |row: &&SubnetSummary| row.subnet.name.as_deref().map(str::to_lowercase);
    // In thousandths, so that 99.4 % stands above 99.1 %.
    let used = |row: &&SubnetSummary| {
        let counted = row.utilization.filter(|utilization| utilization.total > 0);
        counted.map(|utilization| utilization.assigned.saturating_mul(1000) / utilization.total)
    };
    rows.sort_by_key(prefix);
    match order {
        NetworkOrder::Prefix => {}
        NetworkOrder::PrefixDown => rows.reverse(),
        NetworkOrder::Name => rows.sort_by_key(|row| (name(row).is_none(), name(row))),
        NetworkOrder::NameDown => rows.sort_by_key(|row| (name(row).is_none(), Reverse(name(row)))),
        NetworkOrder::Used => rows.sort_by_key(|row| (used(row).is_none(), used(row))),
        NetworkOrder::UsedDown => rows.sort_by_key(|row| (used(row).is_none(), Reverse(used(row)))),
    }
}

#[cfg(test)]
mod tests {
    use model::{Member, Pool, Subnet, Utilization};

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
        SubnetSummary {
            subnet,
            utilization,
            as_of: None,
            members: Vec::new(),
            naming_lacks: None,
            reserving_lacks: None,
        }
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

    fn ids(rows: &[NetworkRow]) -> Vec<u32> {
        rows.iter().map(|row| row.key.id).collect()
    }

    /// The headings, each once.
    fn titles(rows: &[NetworkRow]) -> Vec<&str> {
        let mut titles: Vec<_> = rows.iter().filter_map(|row| row.group.as_deref()).collect();
        titles.dedup();
        titles
    }

    #[test]
    fn prefixes_sort_as_numbers_within_shared_networks() {
        let groups = arrange(&some(), "", NetworkOrder::Prefix);
        assert_eq!(titles(&groups), ["floor 3", "floor 1", "Other subnets"]);
        assert_eq!(ids(&groups), [2, 9, 3, 10]);
        assert_eq!(groups[0].group_path.as_deref(), Some("shared-networks[name=\"floor 3\"]"));
        assert_eq!(groups[3].group_path, None, "those of no shared network");
    }

    #[test]
    fn unknown_values_come_last_either_way() {
        assert_eq!(ids(&arrange(&some(), "", NetworkOrder::Used)), [3, 10, 9, 2]);
        assert_eq!(ids(&arrange(&some(), "", NetworkOrder::UsedDown)), [9, 10, 3, 2]);
        assert_eq!(ids(&arrange(&some(), "", NetworkOrder::Name)), [2, 3, 10, 9]);
        assert_eq!(ids(&arrange(&some(), "", NetworkOrder::NameDown)), [10, 3, 2, 9]);
    }

    #[test]
    fn text_matches_any_field_and_addresses_inside() {
        assert_eq!(ids(&arrange(&some(), "camp", NetworkOrder::Prefix)), [10]);
        assert_eq!(ids(&arrange(&some(), "10.10.77.1", NetworkOrder::Prefix)), [10]);
        assert_eq!(
            ids(&arrange(&some(), "FLOOR 3", NetworkOrder::Prefix)),
            [2, 9, 3],
            "two words: “3” is in 10.3.0.0 as well"
        );
        assert_eq!(ids(&arrange(&some(), "main", NetworkOrder::Prefix)).len(), 4);
        assert!(arrange(&some(), "nothing", NetworkOrder::Prefix).is_empty());
    }

    #[test]
    fn a_class_is_found_wherever_something_is_for_it_and_by_its_whole_name() {
        let mut subnets = some();
        subnets[0].subnet.client_classes = vec!["pxe".to_owned()];
        subnets[1].subnet.network_classes = vec!["Floor 3".to_owned()];
        let mut pool = Pool::of("10.2.0.10-10.2.0.20".parse().unwrap());
        pool.settings.client_classes = vec!["pxe".to_owned(), "pxe-bios".to_owned()];
        subnets[2].subnet.pools = vec![pool];
        let found = |text: &str| ids(&arrange(&subnets, text, NetworkOrder::Prefix));
        assert_eq!(found("class:PXE"), [2, 10]);
        assert_eq!(found("class:pxe attic"), [2]);
        assert_eq!(found("class:pxe-bios"), [2]);
        assert_eq!(found("class:\"floor 3\""), [9]);
        assert!(found("class:px").is_empty() && found("class:").is_empty());
    }

    #[test]
    fn without_shared_networks_there_are_no_headings() {
        let groups = arrange(&[subnet("a/1", "10.0.0.0/24", None, None, None)], "", NetworkOrder::Prefix);
        assert_eq!((groups.len(), titles(&groups)), (1, vec![]));
    }

    #[test]
    fn shared_networks_of_two_servers_are_two() {
        let rows =
            [subnet("a/1", "10.0.0.0/24", None, Some("x"), None), subnet("b/1", "10.0.0.0/24", None, Some("x"), None)];
        let groups = arrange(&rows, "", NetworkOrder::Prefix);
        assert_eq!(titles(&groups), ["x on a", "x on b"]);
    }

    #[test]
    fn a_shared_network_of_a_pair_is_one_whichever_server_serves_it() {
        let row = |key, prefix, servers: &[&str]| shared(subnet(key, prefix, None, Some("x"), None), servers);
        let pair = [row("a/1", "10.0.0.0/24", &["a", "b"]), row("b/2", "10.1.0.0/24", &["b", "a"])];
        let arranged = |rows: &[SubnetSummary]| arrange(rows, "", NetworkOrder::Prefix);
        assert_eq!(titles(&arranged(&pair)), ["x"]);
        let [one, other] = pair;
        assert_eq!(servers(&[one.clone(), other.clone()]), 2);
        let rows = [one, other, row("c/1", "10.0.0.0/24", &["c"])];
        assert_eq!(titles(&arranged(&rows)), ["x on a and b", "x on c"]);
        assert_eq!(ids(&arrange(&rows, "b", NetworkOrder::Prefix)), [1, 2], "by the name of any of its servers");
    }

    #[test]
    fn a_page_is_a_part_of_the_whole() {
        let many: Vec<_> =
            (0..250).map(|at| subnet(&format!("a/{}", at + 1), &format!("10.0.{at}.0/24"), None, None, None)).collect();
        let list = || SubnetList { subnets: many.clone(), silent: Vec::new() };
        let ask = |text: &str, offset| {
            page(list(), Vec::new(), &NetworkQuery { text: text.to_owned(), offset, ..NetworkQuery::default() })
        };
        let second = ask("", 100);
        assert_eq!((second.rows.len(), second.rows[0].key.id, second.total, second.all), (100, 101, 250, 250));
        assert_eq!(ask("", 200).rows.len(), 50);
        let filtered = ask("10.0.7", 0);
        assert_eq!((filtered.rows.len(), filtered.total, filtered.all), (11, 11, 250));
        assert!(ask("", 1_000).rows.is_empty());
    }
}
