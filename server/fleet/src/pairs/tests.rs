use serde_json::json;

use super::*;

fn name(text: &str) -> ServerName {
    text.parse().unwrap()
}

/// A server of ours on that machine. `peers` are those of each relationship, itself first.
fn known(ours: &str, host: &str, relationships: &[&[(&str, &str)]], databases: &serde_json::Value) -> Known {
    let relationship = |peers: &&[(&str, &str)]| {
        let mut named: Vec<_> =
            peers.iter().map(|(name, host)| json!({ "name": name, "url": format!("http://{host}:8005/") })).collect();
        named.sort_by_key(ToString::to_string);
        json!({ "this-server-name": peers[0].0, "mode": "load-balancing", "peers": named })
    };
    let relationships: Vec<_> = relationships.iter().map(relationship).collect();
    let hook = json!({ "library": "libdhcp_ha.so", "parameters": { "high-availability": relationships } });
    let config = json!({ "hooks-libraries": [hook], "hosts-databases": databases });
    let config: Dhcp = serde_json::from_value(config).unwrap();
    Known { name: name(ours), family: Family::V4, host: host.to_owned(), bonds: Some(Arc::new(Bonds::of(&config))) }
}

fn silent(ours: &str, host: &str) -> Known {
    Known { name: name(ours), family: Family::V4, host: host.to_owned(), bonds: None }
}

fn partners_of(known: &[Known], of: &str) -> Vec<String> {
    partners(known, &name(of)).iter().map(ToString::to_string).collect()
}

const A: (&str, &str) = ("a", "192.0.2.1");
const B: (&str, &str) = ("b", "192.0.2.2");
const C: (&str, &str) = ("c", "192.0.2.3");

#[test]
fn both_sides_of_a_pair_find_each_other() {
    let none = || json!([]);
    let all =
        [known("one", A.1, &[&[A, B]], &none()), known("two", B.1, &[&[B, A]], &none()), known("x", C.1, &[], &none())];
    assert_eq!((partners_of(&all, "one"), partners_of(&all, "two")), (vec!["two".into()], vec!["one".into()]));
    assert!(partners_of(&all, "x").is_empty() && partners_of(&all, "nobody").is_empty());
}

#[test]
fn the_same_names_at_other_addresses_are_another_pair() {
    let elsewhere = [("a", "198.51.100.1"), ("b", "198.51.100.2")];
    let all = [
        known("one", A.1, &[&[A, B]], &json!([])),
        known("two", "198.51.100.2", &[&[elsewhere[1], elsewhere[0]]], &json!([])),
    ];
    assert!(partners_of(&all, "one").is_empty());
}

#[test]
fn a_hub_has_the_partners_of_all_its_relationships_and_spokes_do_not_know_each_other() {
    let hub = [("hub1", "192.0.2.9"), ("hub2", "192.0.2.9")];
    let all = [
        known("spoke-a", A.1, &[&[A, hub[0]]], &json!([])),
        known("hub", "192.0.2.9", &[&[hub[0], A], &[hub[1], B]], &json!([])),
        known("spoke-b", B.1, &[&[B, hub[1]]], &json!([])),
    ];
    assert_eq!(partners_of(&all, "hub"), ["spoke-a", "spoke-b"]);
    assert_eq!(partners_of(&all, "spoke-a"), ["hub"]);
}

/// A server of ours whose subnets have these user contexts, by number, and of which the last is in a shared network that
/// has one too.
fn with_subnets(known: Known, contexts: &[serde_json::Value], of_network: &serde_json::Value) -> Known {
    let subnet = |(id, context): (usize, &serde_json::Value)| json!({ "id": id + 1, "subnet": format!("10.{id}.0.0/24"), "user-context": context });
    let mut subnets: Vec<_> = contexts.iter().enumerate().map(subnet).collect();
    let inside = subnets.pop();
    let network = json!({ "name": "floor", "subnet4": [inside], "user-context": of_network });
    let config: Dhcp = serde_json::from_value(json!({ "subnet4": subnets, "shared-networks": [network] })).unwrap();
    let relationships = known.bonds.as_ref().unwrap().relationships.clone();
    Known { bonds: Some(Arc::new(Bonds { relationships, ..Bonds::of(&config) })), ..known }
}

#[test]
fn a_subnet_of_a_hub_says_which_relationship_it_belongs_to() {
    let hub = [("hub1", "192.0.2.9"), ("hub2", "192.0.2.9")];
    let of = |peer: &str| json!({ "ha-server-name": peer });
    let contexts = [of("a"), of("hub2"), of("nobody"), json!(null), json!({ "ha-server-name": 7 }), json!({})];
    let two = known("hub", "192.0.2.9", &[&[hub[0], A], &[hub[1], B]], &json!([]));
    let spokes =
        || [known("spoke-a", A.1, &[&[A, hub[0]]], &json!([])), known("spoke-b", B.1, &[&[B, hub[1]]], &json!([]))];
    let [spoke_a, spoke_b] = spokes();
    let all = [with_subnets(two, &contexts, &of("b")), spoke_a, spoke_b];
    let partners = partners_by_subnet(&all, &name("hub"));
    let both = ["spoke-a", "spoke-b"];
    let expected: [&[&str]; 6] = [&["spoke-a"], &["spoke-b"], &[], &both, &both, &["spoke-b"]];
    for (id, expected) in (1..).zip(expected) {
        assert_eq!(partners.of(id).iter().map(ServerName::as_str).collect::<Vec<_>>(), expected, "subnet {id}");
    }
    assert_eq!(partners.all, partners_by_subnet(&all, &name("hub")).all);

    // With a single relationship Kea does not look at the names.
    let one = with_subnets(known("hub", "192.0.2.9", &[&[hub[0], A]], &json!([])), &contexts, &of("b"));
    let [spoke_a, spoke_b] = spokes();
    let partners = partners_by_subnet(&[one, spoke_a, spoke_b], &name("hub"));
    assert!((1..=6).all(|id| partners.of(id) == [name("spoke-a")]));
}

#[test]
fn a_backup_is_a_partner_too() {
    let all = [
        known("one", A.1, &[&[A, B, C]], &json!([])),
        known("two", B.1, &[&[B, A, C]], &json!([])),
        known("three", C.1, &[&[C, A, B]], &json!([])),
    ];
    assert_eq!(partners_of(&all, "one"), ["two", "three"]);
    assert_eq!(partners_of(&all, "three"), ["one", "two"]);
}

#[test]
fn one_that_never_answered_is_known_by_its_machine_where_that_is_certain() {
    let one = || known("one", A.1, &[&[A, B]], &json!([]));
    assert_eq!(partners_of(&[one(), silent("two", B.1)], "one"), ["two"]);
    assert_eq!(partners_of(&[one(), silent("two", B.1)], "two"), ["one"]);
    assert!(partners_of(&[one(), silent("two", C.1)], "one").is_empty());
    assert!(partners_of(&[one(), silent("two", B.1), silent("three", B.1)], "one").is_empty());
    // Of three peers two are open.
    let of_three = known("one", A.1, &[&[A, B, C]], &json!([]));
    assert!(partners_of(&[of_three, silent("two", B.1)], "one").is_empty());
}

#[test]
fn who_does_not_look_into_the_database_is_apart() {
    let database = |host: &str| json!([{ "type": "postgresql", "name": "kea", "host": host }]);
    let pair = |one, two| [known("one", A.1, &[&[A, B]], &one), known("two", B.1, &[&[B, A]], &two)];
    let apart = |pair: &[Known]| apart(pair, &name("one")).iter().map(ToString::to_string).collect::<Vec<_>>();
    let none: [&str; 0] = [];
    assert_eq!(apart(&pair(database("db"), database("db"))), none);
    assert_eq!(apart(&pair(database(""), database("localhost"))), none);
    assert_eq!(apart(&pair(database("db"), database("other"))), ["two"]);
    assert_eq!(apart(&pair(database("db"), json!([]))), ["two"]);
    assert_eq!(apart(&pair(json!([]), database("db"))), none, "it keeps them in its configuration anyway");
    let readonly = json!([{ "type": "postgresql", "name": "kea", "readonly": true }]);
    assert_eq!(apart(&pair(readonly.clone(), readonly)), none);
    let [one, _] = pair(database("db"), json!([]));
    assert_eq!(apart(&[one, silent("two", B.1)]), none);
    assert_eq!(partners_of(&pair(database("db"), database("db")), "one"), ["two"], "for what is in the configuration");
    let said = separate(&[name("two")]).unwrap();
    assert!(said.text.starts_with("“two”"), "{said:?}");
    assert_eq!(separate(&[]), None);
}

#[test]
fn states_come_from_the_server_and_strangers_are_named() {
    let reported = json!([{ "ha-mode": "load-balancing", "ha-servers": {
        "local": { "server-name": "a", "role": "primary", "state": "partner-down" },
        "remote": { "server-name": "b", "role": "secondary", "last-state": "unavailable" } } }]);
    let reported: Vec<HaStatus> = serde_json::from_value(reported).unwrap();
    let all = [known("one", A.1, &[&[A, B]], &json!([]))];
    let pairs = pairs(&all, &name("one"), &reported);
    let shown: Vec<_> = pairs[0].peers.iter().map(|peer| (peer.name.as_str(), peer.state.as_deref())).collect();
    assert_eq!(shown, [("a", Some("partner-down")), ("b", Some("unavailable"))]);
    assert_eq!((pairs[0].peers[0].server.clone(), pairs[0].peers[1].server.clone()), (Some(name("one")), None));
    let [stranger] = &strangers(&all, &name("one"))[..] else { panic!("one is strange") };
    assert!(stranger.text.contains("“b”"));
}

#[test]
fn a_name_that_two_of_ours_claim_counts_for_neither() {
    let (one, two) = (|| known("one", A.1, &[&[A, B]], &json!([])), || known("two", B.1, &[&[B, A]], &json!([])));
    let copy = || known("copy", C.1, &[&[A, B]], &json!([]));
    for all in [[one(), two(), copy()], [copy(), two(), one()]] {
        for server in ["one", "two", "copy"] {
            assert!(partners_of(&all, server).is_empty(), "{server}");
            assert_eq!(strangers(&all, &name(server)), [], "{server}: it is not missing in our configuration");
            let said = contested(&all, &name(server));
            let [said] = &said[..] else { panic!("{server}: {said:?}") };
            assert!(
                said.text.contains("“one”") && said.text.contains("“copy”") && said.text.contains("“a”"),
                "{said:?}"
            );
        }
        assert_eq!(pairs(&all, &name("two"), &[])[0].peers[0].server, None);
        assert!(pairs(&all, &name("one"), &[]).is_empty());
    }
    let all = [one(), copy(), silent("two", B.1)];
    assert!(partners_of(&all, "two").is_empty(), "nothing is guessed into a name that is claimed twice");
    let well = [one(), two(), known("other", C.1, &[], &json!([]))];
    assert!(["one", "two", "other"].iter().all(|server| contested(&well, &name(server)).is_empty()));
}

#[test]
fn one_claimed_name_leaves_the_other_relationships_of_a_hub_alone() {
    let hub = [("hub1", "192.0.2.9"), ("hub2", "192.0.2.9")];
    let all = [
        known("spoke-a", A.1, &[&[A, hub[0]]], &json!([])),
        known("copy-of-a", C.1, &[&[A, hub[0]]], &json!([])),
        known("hub", "192.0.2.9", &[&[hub[0], A], &[hub[1], B]], &json!([])),
        known("spoke-b", B.1, &[&[B, hub[1]]], &json!([])),
    ];
    assert_eq!(partners_of(&all, "hub"), ["spoke-b"]);
    assert_eq!(contested(&all, &name("hub")).len(), 1);
    assert_eq!(contested(&all, &name("spoke-b")), []);
}
