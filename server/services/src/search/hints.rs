//! What a search box offers of an answer: a few of the best, in words. Pure.

use model::{
    Client, ClientHit, FreeAddress, HintKind, HwAddress, IpNetwork, SearchAnswer, SearchHint, SearchHints, Subnet,
    SubnetKey,
};

/// Most clients, and most subnets, that are offered.
const OFFERED: usize = 6;

/// What is offered for a text (in lower case): an address, an identifier or a name that is just that first, then subnets,
/// of which there are few, then other clients.
pub(super) fn of(answer: SearchAnswer, text: &str) -> SearchHints {
    let SearchAnswer { clients, hits, subnets, free, progress, gone, .. } = answer;
    let exactly: Vec<bool> = clients.iter().map(|(_, found)| is_exactly(found, text)).collect();
    let exact_clients = exactly.iter().filter(|exactly| **exactly).count();
    let prefix = text.parse::<IpNetwork>().ok();
    let (named, around): (Vec<_>, Vec<_>) = subnets.into_iter().partition(|subnet| Some(subnet.prefix) == prefix);
    let mut hits = hits.into_iter().chain(std::iter::repeat(ClientHit::default()));
    let (mut exact, mut others) = (Vec::new(), Vec::new());
    for ((key, found), exactly) in clients.into_iter().zip(exactly).take(OFFERED) {
        let into = if exactly { &mut exact } else { &mut others };
        let is_stray = gone.contains(&key);
        let hint = client(key, &found, hits.next().unwrap_or_default());
        into.push(if is_stray { SearchHint { kind: HintKind::Stray, ..hint } } else { hint });
    }
    exact.extend(free.map(address));
    let only_one = exact.len().max(exact_clients) + named.len() == 1;
    let subnets = named.into_iter().chain(around).take(OFFERED).map(subnet);
    SearchHints {
        list: exact.into_iter().chain(subnets).chain(others).collect(),
        exact: only_one.then_some(0),
        missing: progress.missing(),
        under_way: progress.under_way,
    }
}

fn is_exactly(client: &Client, text: &str) -> bool {
    let is_address = client.what().is_some_and(|what| what == text);
    let is_name = client.host_name().is_some_and(|name| name.trim_end_matches('.').eq_ignore_ascii_case(text));
    let wanted = text.parse::<HwAddress>().ok();
    is_address || is_name || (wanted.is_some() && client.hw_address() == wanted.as_ref())
}

fn client(key: SubnetKey, client: &Client, hit: ClientHit) -> SearchHint {
    let name = client.host_name().map(ToOwned::to_owned);
    let hw_address = client.hw_address().map(ToString::to_string);
    let what = client.what();
    let matched = hit.matched.map(|(what, text)| format!("{what}: {text}"));
    let subnet = hit.prefix.map(|prefix| prefix.to_string()).or(hit.subnet_name);
    let details = [name.clone(), hw_address.clone(), Some(client.state.label().to_owned()), matched, subnet];
    SearchHint {
        kind: if what.is_some() { HintKind::Client } else { HintKind::Unaddressed },
        title: what.clone().unwrap_or_else(|| "no address".to_owned()),
        detail: details.into_iter().flatten().collect::<Vec<_>>().join(" · "),
        subnet: key,
        text: what.or(hw_address).or(name),
    }
}

fn subnet(subnet: Subnet) -> SearchHint {
    SearchHint {
        kind: HintKind::Subnet,
        title: subnet.prefix.to_string(),
        detail: subnet.name.unwrap_or_default(),
        subnet: subnet.key,
        text: None,
    }
}

fn address(free: FreeAddress) -> SearchHint {
    SearchHint {
        kind: HintKind::Free,
        title: free.address.to_string(),
        detail: format!("free · {}", free.prefix),
        subnet: free.subnet,
        text: Some(free.address.to_string()),
    }
}

#[cfg(test)]
mod tests {
    use model::{Identifier, IdentifierKind, NewReservation, SearchProgress, Storage, Timestamp};

    use super::*;
    use crate::index::{self, Place};

    fn found(last: u8, name: &str) -> (SubnetKey, Client) {
        let key: SubnetKey = "main/1".parse().unwrap();
        let mac = Identifier::parse(IdentifierKind::HwAddress, &format!("02:00:5e:20:00:{last:02x}")).unwrap();
        let address = [192, 0, 2, last].into();
        let new = NewReservation {
            address: Some(address),
            host_name: Some(name.to_owned()),
            ..NewReservation::of(key.clone(), mac)
        };
        let reservation = new.over(None, Storage::Configuration);
        (key, index::client(Some(Place::Address(address)), None, Some(reservation), None, Timestamp(0)))
    }

    fn offered(clients: Vec<(SubnetKey, Client)>, subnets: &[&str], text: &str) -> (Vec<String>, Option<u32>) {
        let subnet = |(at, prefix): (usize, &&str)| {
            Subnet::of(format!("main/{}", at + 1).parse().unwrap(), prefix.parse().unwrap())
        };
        let answer = SearchAnswer {
            clients,
            subnets: subnets.iter().enumerate().map(subnet).collect(),
            progress: SearchProgress { searched: 1, of: 3, as_of: None, under_way: true },
            ..SearchAnswer::default()
        };
        let offered = of(answer, text);
        assert_eq!(offered.missing.as_deref(), Some("searching 1 of 3 subnets"));
        (offered.list.into_iter().map(|one| one.title).collect(), offered.exact)
    }

    #[test]
    fn the_only_one_that_is_meant_comes_first_and_is_known() {
        let two = || vec![found(2, "printer"), found(20, "printer-2")];
        let expected = ["192.0.2.2", "192.0.2.0/24", "192.0.2.20"].map(str::to_owned).to_vec();
        for text in ["192.0.2.2", "printer", "02:00:5e:20:00:02", "02005e200002"] {
            assert_eq!(offered(two(), &["192.0.2.0/24"], text), (expected.clone(), Some(0)), "{text}");
        }
        assert_eq!(offered(two(), &[], "print").1, None, "two begin so");
        assert_eq!(offered(vec![found(2, "same"), found(3, "same")], &[], "same").1, None, "both are");
        let of_subnet = offered(two(), &["192.0.0.0/16", "192.0.2.0/24"], "192.0.2.0/24");
        assert_eq!(of_subnet.1, Some(0));
        assert_eq!(of_subnet.0[0], "192.0.2.0/24");
    }

    #[test]
    fn a_free_address_is_offered() {
        let free = FreeAddress {
            subnet: "main/1".parse().unwrap(),
            prefix: "192.0.2.0/24".parse().unwrap(),
            address: [192, 0, 2, 9].into(),
        };
        let offered = of(SearchAnswer { free: Some(free), ..SearchAnswer::default() }, "192.0.2.9");
        assert_eq!((offered.list[0].kind, offered.exact), (HintKind::Free, Some(0)));
        assert_eq!(offered.list[0].detail, "free · 192.0.2.0/24");
    }
}
