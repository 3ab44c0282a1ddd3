use model::{Family, Pair, Peer, Timestamp, Unsettled};

use super::*;

/// A server with these subnets, by number and prefix.
fn known(server: &str, partners: &[&str], subnets: &[(u32, &str)]) -> Known {
    let name: ServerName = server.parse().unwrap();
    let subnet =
        |(id, prefix): &(u32, &str)| Subnet::of(SubnetKey { server: name.clone(), id: *id }, prefix.parse().unwrap());
    Known {
        subnets: Some(Arc::new(subnets.iter().map(subnet).collect())),
        failure: None,
        partners: Partners {
            all: partners.iter().map(|partner| partner.parse().unwrap()).collect(),
            ..Partners::default()
        },
        status: None,
        server: name,
    }
}

fn silent(known: Known) -> Known {
    Known { failure: Some(Error::Internal("it is away".to_owned())), ..known }
}

/// A server that says of itself, in a pair with the other, that it is in this role and state.
fn in_state(known: Known, role: &str, state: Option<&str>) -> Known {
    let peer = |server: &ServerName, role: &str, state: Option<&str>| Peer {
        name: server.to_string(),
        role: role.to_owned(),
        server: Some(server.clone()),
        state: state.map(str::to_owned),
        silent: false,
    };
    let others = known.partners.all.iter().map(|partner| peer(partner, "other", None));
    let peers = std::iter::once(peer(&known.server, role, state)).chain(others).collect();
    let status = ServerStatus {
        name: known.server.clone(),
        family: Family::V4,
        health: Health::Serving,
        version: None,
        hooks: Vec::new(),
        storage: None,
        findings: Vec::new(),
        pairs: vec![Pair { mode: "hot-standby".to_owned(), peers }],
        unsettled: Unsettled::default(),
        as_of: Timestamp(0),
        silent_since: None,
        repairable: false,
        unconfirmed: Vec::new(),
        outside: None,
        started_at: None,
        loaded_at: None,
    };
    known.in_state(Some(status))
}

/// Each network as its members, such as `a/1 b/1`; one that does not answer has a mark.
fn shown(servers: &[Known]) -> Vec<String> {
    let member = |member: Member| {
        let id = member.id.map_or_else(|| "?".to_owned(), |id| id.to_string());
        format!("{}/{id}{}", member.server, if member.answers { "" } else { "!" })
    };
    let line = |network: Network| network.members().into_iter().map(member).collect::<Vec<_>>().join(" ");
    group(servers).into_iter().map(line).collect()
}

#[test]
fn a_pair_has_every_subnet_once() {
    let pair = [
        known("a", &["b"], &[(1, "10.1.0.0/24"), (2, "10.2.0.0/24")]),
        known("b", &["a"], &[(7, "10.2.0.0/24"), (1, "10.1.0.0/24")]),
    ];
    assert_eq!(shown(&pair), ["a/1 b/1", "a/2 b/7"]);
}

#[test]
fn what_one_of_a_pair_has_alone_is_its_own() {
    let pair = [
        known("a", &["b"], &[(1, "10.1.0.0/24"), (2, "10.2.0.0/24")]),
        known("b", &["a"], &[(1, "10.1.0.0/24"), (2, "10.3.0.0/24")]),
    ];
    assert_eq!(shown(&pair), ["a/1 b/1", "a/2", "b/2"]);
}

#[test]
fn servers_that_are_no_partners_share_nothing() {
    let servers = [
        known("a", &["b"], &[(1, "10.1.0.0/24")]),
        known("b", &["a"], &[(1, "10.1.0.0/24")]),
        known("c", &[], &[(1, "10.1.0.0/24")]),
    ];
    assert_eq!(shown(&servers), ["a/1 b/1", "c/1"]);
}

#[test]
fn a_hub_shares_with_each_spoke_and_the_spokes_not_with_each_other() {
    let servers = [
        known("hub", &["spoke-a", "spoke-b"], &[(1, "192.0.2.0/24"), (2, "198.51.100.0/24")]),
        known("spoke-a", &["hub"], &[(1, "192.0.2.0/24"), (2, "10.9.0.0/24")]),
        known("spoke-b", &["hub"], &[(1, "10.99.0.0/24"), (2, "198.51.100.0/24"), (3, "10.9.0.0/24")]),
    ];
    let expected = ["spoke-a/2", "spoke-b/3", "spoke-b/1", "hub/1 spoke-a/1", "hub/2 spoke-b/2"];
    assert_eq!(shown(&servers), expected);
    // A prefix that both spokes have is the hub's with one of them, never all in one.
    let mut servers = servers;
    servers[0] = known("hub", &["spoke-a", "spoke-b"], &[(9, "10.9.0.0/24")]);
    assert_eq!(shown(&servers)[..2], ["hub/9 spoke-a/2", "spoke-b/3"]);
}

#[test]
fn a_hub_says_with_which_spoke_it_shares() {
    let spokes = ["spoke-a", "spoke-b"].map(|spoke| known(spoke, &["hub"], &[(1, "192.0.2.0/24")]));
    let hub = |named: &[&str]| {
        let mut hub = known("hub", &["spoke-a", "spoke-b"], &[(5, "192.0.2.0/24")]);
        hub.partners.of_subnet.insert(5, named.iter().map(|name| name.parse().unwrap()).collect());
        hub
    };
    for (named, expected) in [
        (&["spoke-a"][..], &["hub/5 spoke-a/1", "spoke-b/1"][..]),
        (&["spoke-b"], &["hub/5 spoke-b/1", "spoke-a/1"]),
        (&[], &["hub/5", "spoke-a/1", "spoke-b/1"]),
    ] {
        let [a, b] = spokes.clone();
        assert_eq!(shown(&[hub(named), a, b]), expected, "{named:?}");
    }
    // One that never answered may have what the hub shares with it, and nothing else.
    let [a, b] = spokes;
    let never = Known { subnets: None, ..silent(a) };
    assert_eq!(shown(&[hub(&["spoke-b"]), never.clone(), b.clone()]), ["hub/5 spoke-b/1"]);
    assert_eq!(shown(&[hub(&["spoke-a"]), never, b]), ["hub/5 spoke-a/?!", "spoke-b/1"]);
}

#[test]
fn a_relationship_of_three_is_one() {
    let subnets = [(1, "10.1.0.0/24")];
    let servers =
        [known("a", &["b", "c"], &subnets), known("b", &["a", "c"], &subnets), known("c", &["a", "b"], &subnets)];
    assert_eq!(shown(&servers), ["a/1 b/1 c/1"]);
}

#[test]
fn where_a_prefix_repeats_the_shared_network_decides() {
    let repeated = |server: &str, partner: &str, ids: [u32; 2]| {
        let mut known = known(server, &[partner], &[(ids[0], "10.1.0.0/24"), (ids[1], "10.1.0.0/24")]);
        let named = known.subnets.take().unwrap();
        let named = named
            .iter()
            .zip(["x", "y"])
            .map(|(subnet, network)| Subnet { shared_network: Some(network.to_owned()), ..subnet.clone() });
        Known { subnets: Some(Arc::new(named.collect())), ..known }
    };
    assert_eq!(shown(&[repeated("a", "b", [1, 2]), repeated("b", "a", [2, 1])]), ["a/1 b/2", "a/2 b/1"]);
    // Which of two is meant by one in no shared network cannot be known.
    assert_eq!(shown(&[repeated("a", "b", [1, 2]), known("b", &["a"], &[(1, "10.1.0.0/24")])]), ["a/1", "a/2", "b/1"]);
}

#[test]
fn one_that_is_away_is_still_a_member_and_asked_last() {
    let subnets = [(1, "10.1.0.0/24")];
    let (a, b) = (known("a", &["b"], &subnets), known("b", &["a"], &subnets));
    assert_eq!(shown(&[silent(a.clone()), b.clone()]), ["b/1 a/1!"]);
    assert_eq!(shown(&[a.clone(), silent(b.clone())]), ["a/1 b/1!"]);
    assert_eq!(shown(&[silent(a.clone()), silent(b.clone())]), ["a/1! b/1!"]);
    // One that never said anything may have it; the server of another pair not.
    let never = |known: Known| Known { subnets: None, ..silent(known) };
    assert_eq!(shown(&[never(a.clone()), b]), ["b/1 a/?!"]);
    assert_eq!(shown(&[a, never(known("c", &["d"], &[]))]), ["a/1"]);
}

#[test]
fn the_one_that_serves_is_asked_first() {
    let subnets = [(1, "10.1.0.0/24")];
    let (a, b) = (|| known("a", &["b"], &subnets), || known("b", &["a"], &subnets));
    let first = |of_a: (&str, Option<&str>), of_b: (&str, Option<&str>)| {
        let networks = group(&[in_state(a(), of_a.0, of_a.1), in_state(b(), of_b.0, of_b.1)]);
        networks[0].first().key.to_string()
    };
    let states = [
        (("primary", Some("hot-standby")), ("standby", Some("hot-standby")), "a/1"),
        (("standby", Some("hot-standby")), ("primary", Some("hot-standby")), "b/1"),
        (("primary", Some("load-balancing")), ("secondary", Some("load-balancing")), "a/1"),
        (("primary", Some("waiting")), ("standby", Some("partner-down")), "b/1"),
        (("primary", Some("syncing")), ("standby", Some("partner-down")), "b/1"),
        (("primary", Some("partner-down")), ("standby", Some("ready")), "a/1"),
        (("primary", Some("in-maintenance")), ("standby", Some("partner-in-maintenance")), "b/1"),
        (("backup", Some("backup")), ("primary", Some("passive-backup")), "b/1"),
        (("primary", Some("terminated")), ("standby", Some("terminated")), "a/1"),
        (("primary", None), ("standby", Some("partner-down")), "b/1"),
        (("primary", None), ("standby", None), "a/1"),
    ];
    for (of_a, of_b, expected) in states {
        assert_eq!(first(of_a, of_b), expected, "{of_a:?} {of_b:?}");
    }
    // Whatever it said last of itself: one that does not answer, or hands out nothing, is not asked first.
    for (health, expected) in [(Health::Unreachable, "b/1 a/1!"), (Health::NotServing, "b/1 a/1")] {
        let well = in_state(a(), "primary", Some("hot-standby"));
        let now = well.status.clone().map(|status| ServerStatus { health, ..status });
        let standby = in_state(b(), "standby", Some("hot-standby"));
        assert_eq!(shown(&[well.in_state(now), standby]), [expected], "{health:?}");
    }
}

#[test]
fn numbers_come_from_the_first_that_has_any() {
    let subnets = [(1, "10.1.0.0/24")];
    let pair = [known("a", &["b"], &subnets), known("b", &["a"], &subnets)];
    let network = group(&pair).remove(0);
    let of = |key: &str, assigned| (key.parse().unwrap(), Utilization { total: 9, assigned, ..Utilization::default() });
    let assigned = |counts: &[(SubnetKey, Utilization)]| {
        network.utilization(&counts.iter().cloned().collect()).map(|filled| filled.assigned)
    };
    assert_eq!(assigned(&[of("a/1", 3), of("b/1", 2)]), Some(3));
    assert_eq!(assigned(&[of("b/1", 2)]), Some(2));
    assert_eq!(assigned(&[]), None);
    // What one said before it went away is no number of now.
    let network = group(&[silent(pair[0].clone()), pair[1].clone()]).remove(0);
    assert_eq!(network.utilization(&[of("a/1", 3)].into()), None);
    let named = |key: &str| network.named(&key.parse().unwrap()).key.to_string();
    assert_eq!([named("a/1"), named("b/1")], ["b/1", "b/1"]);
}
