//! The client against a real `kea-dhcp6` 3.0, and what is different there.

use std::net::Ipv6Addr;

use crate::lab::Kea;
use kea::commands::*;
use kea::wire::{Lease6Type, RawConfig, Reservation, SubnetStatistics, state};
use kea::{Capabilities, Client, Endpoint, ErrorKind, Hook, Secret, Service};
use serde_json::{Value, json};

const FIRST: &str = "00:03:00:01:02:00:00:00:00:01";
const SECOND: &str = "00:03:00:01:02:00:00:00:00:02";

fn client(kea: &Kea) -> Client {
    let endpoint = Endpoint::new(&kea.url()).unwrap().with_service(Service::Dhcp6);
    Client::new(endpoint.with_auth(kea.user(), Secret::new(kea.password())).unwrap()).unwrap()
}

fn ip(address: &str) -> Ipv6Addr {
    address.parse().unwrap()
}

fn reservation(duid: &str, addresses: &[&str], prefixes: &[&str]) -> Reservation {
    Reservation {
        subnet_id: Some(1),
        duid: Some(duid.to_owned()),
        ip_addresses: addresses.iter().map(|address| ip(address)).collect(),
        prefixes: prefixes.iter().map(|prefix| prefix.parse().unwrap()).collect(),
        ..Reservation::default()
    }
}

async fn add(client: &Client, reservation: Reservation) -> Result<(), ErrorKind> {
    let command = ReservationAdd { reservation, operation_target: Target::Memory };
    client.send(&command).await.map_err(|error| error.kind)
}

async fn update(client: &Client, reservation: Reservation) -> Result<(), ErrorKind> {
    let command = ReservationUpdate { reservation, operation_target: Target::Memory };
    client.send(&command).await.map_err(|error| error.kind)
}

fn by_duid(duid: &str) -> HostKey {
    HostKey::Identifier { identifier_type: IdentifierType::Duid, identifier: duid.to_owned() }
}

fn at(address: &str) -> HostKey {
    HostKey::Address { ip_address: address.parse().unwrap() }
}

async fn get(client: &Client, key: HostKey) -> Option<Reservation> {
    client.send(&ReservationGet { subnet_id: 1, key, operation_target: Target::All }).await.unwrap()
}

async fn delete(client: &Client, key: HostKey) -> Removal {
    client.send(&ReservationDel { subnet_id: 1, key, operation_target: Target::Memory }).await.unwrap()
}

/// The clients that have an address reserved, or a prefix that begins with it.
async fn holders(client: &Client, address: &str) -> Vec<String> {
    let command = ReservationGetByAddress { ip_address: address.parse().unwrap(), subnet_id: Some(1) };
    client.send(&command).await.unwrap().iter().map(|found| found.duid.clone().unwrap()).collect()
}

/// Every client that has a reservation, in the order in which pages have them.
async fn all_clients(client: &Client) -> Vec<String> {
    let all = client.reservation_scan(None, PageSize::default()).all().await.unwrap();
    all.iter().map(|found| found.duid.clone().unwrap()).collect()
}

async fn loads(client: &Client) -> bool {
    let config = client.send(&ConfigGetRaw).await.unwrap();
    client.send(&ConfigTest { config: &config }).await.is_ok()
}

fn is_refused(outcome: &Result<(), ErrorKind>) -> bool {
    matches!(outcome, Err(ErrorKind::Rejected { .. }))
}

fn add_lease(kea: &Kea, lease: &Value) {
    let answer = kea.command("lease6-add", lease);
    assert_eq!(answer["result"], 0, "{answer}");
}

fn address_lease(kea: &Kea, address: Ipv6Addr, more: Value) {
    let mut lease = json!({ "ip-address": address, "duid": FIRST, "iaid": 1 });
    let Value::Object(more) = more else { panic!("a map is wanted") };
    lease.as_object_mut().unwrap().extend(more);
    add_lease(kea, &lease);
}

fn prefix_lease(kea: &Kea, prefix: &str, length: u8) {
    let mut lease = json!({ "ip-address": prefix, "prefix-len": length, "type": "IA_PD" });
    lease.as_object_mut().unwrap().extend([
        ("duid".to_owned(), json!(FIRST)),
        ("iaid".to_owned(), json!(2)),
        ("subnet-id".to_owned(), json!(1)),
    ]);
    add_lease(kea, &lease);
}

#[tokio::test]
async fn a_daemon_says_what_it_is() {
    let kea = Kea::with_one_subnet6();
    let client = client(&kea);
    assert!(client.send(&VersionGet).await.unwrap().number.starts_with("3."));
    assert!(!client.send(&StatusGet).await.unwrap().dhcp_state.unwrap().globally_disabled);
    let known = Capabilities::of(&client).await.unwrap();
    assert!(known.offers::<Lease6GetPage>() && known.offers::<StatLease6Get>() && known.offers::<Subnet6List>());
    assert!(Hook::ALL.iter().all(|hook| known.has(*hook) == (*hook != Hook::Ha)));
    assert!(!client.send(&ConfigGet).await.unwrap().dhcp.writes_to_database());
    let subnets = client.send(&Subnet6List).await.unwrap();
    assert_eq!((subnets[0].id, subnets[0].subnet.as_str()), (1, "2001:db8:1::/64"));
}

#[tokio::test]
async fn a_daemon_without_hooks_supports_less() {
    let kea = Kea::start6(json!({ "hooks-libraries": [] }));
    let client = client(&kea);
    let known = Capabilities::of(&client).await.unwrap();
    assert!(Hook::ALL.iter().all(|hook| !known.has(*hook)));
    assert_eq!(client.send(&Subnet6List).await.unwrap_err().kind, ErrorKind::Unsupported);
}

#[tokio::test]
async fn only_the_configuration_shows_the_family() {
    let (kea4, kea6) = (Kea::with_one_subnet(), Kea::with_one_subnet6());
    // Each answers that it is the other: its own socket does not mind.
    let endpoint = Endpoint::new(&kea4.url()).unwrap().with_service(Service::Dhcp6);
    let v4 = Client::new(endpoint.with_auth(kea4.user(), Secret::new(kea4.password())).unwrap()).unwrap();
    let endpoint = Endpoint::new(&kea6.url()).unwrap();
    let v6 = Client::new(endpoint.with_auth(kea6.user(), Secret::new(kea6.password())).unwrap()).unwrap();
    assert_eq!(v4.send(&ConfigGet).await.unwrap().service, Service::Dhcp4);
    assert_eq!(v6.send(&ConfigGet).await.unwrap().service, Service::Dhcp6);
    // Both know the commands of both, and find nothing of the other.
    for client in [&v4, &v6] {
        let known = Capabilities::of(client).await.unwrap();
        assert!(known.offers::<Lease4GetPage>() && known.offers::<Lease6GetPage>());
    }
    assert_eq!(v6.send(&Subnet4List).await.unwrap(), []);
    assert_eq!(v6.send(&StatLease4Get::default()).await.unwrap(), []);
    assert_eq!(v4.send(&Subnet6List).await.unwrap(), []);
    assert_eq!(v4.send(&Lease6GetPage { from: None, limit: PageSize::default() }).await.unwrap(), []);
}

#[tokio::test]
async fn the_configuration_is_read_whole_or_typed() {
    let pool = json!({ "prefix": "2001:db8:e000::", "prefix-len": 40, "delegated-len": 56, "client-classes": ["cpe"],
        "excluded-prefix": "2001:db8:e000:1::", "excluded-prefix-len": 64, "user-context": { "n": "Süd" } });
    let inside = json!({ "id": 20, "subnet": "2001:db8:20::/64", "pd-pools": [pool], "preferred-lifetime": 900,
        "pools": [{ "pool": "2001:db8:20::10 - 2001:db8:20::1f" }] });
    let kea = Kea::start6(json!({
        "client-classes": [{ "name": "cpe" }], "shared-networks": [{ "name": "lab", "subnet6": [inside] }],
        "subnet6": [{ "id": 1, "subnet": "2001:db8:1::/64" }], "preferred-lifetime": 1800,
        "option-data": [{ "name": "dns-servers", "data": "2001:db8::53" }],
    }));
    let client = client(&kea);
    let running = client.send(&ConfigGet).await.unwrap();
    let (alone, network) = running.dhcp.subnets().next().unwrap();
    assert_eq!((alone.id, network, &alone.pd_pools[..]), (1, None, &[][..]));
    let (subnet, network) = running.dhcp.subnets().nth(1).unwrap();
    assert_eq!((subnet.id, network.unwrap().name.as_str()), (20, "lab"));
    assert_eq!(subnet.pools[0].pool, "2001:db8:20::10/124");
    assert_eq!((subnet.preferred_lifetime, running.dhcp.preferred_lifetime), (Some(900), Some(1800)));
    let pool = &subnet.pd_pools[0];
    assert_eq!((pool.prefix, pool.prefix_len, pool.delegated_len), (ip("2001:db8:e000::"), 40, 56));
    assert_eq!((pool.excluded_prefix, pool.excluded_prefix_len), (Some(ip("2001:db8:e000:1::")), Some(64)));
    assert_eq!((pool.client_classes[0].as_str(), &pool.user_context.as_ref().unwrap()["n"]), ("cpe", &json!("Süd")));
    assert_eq!(running.dhcp.option_data[0].code, Some(23));
    assert_eq!(running.hash, Some(client.send(&ConfigHashGet).await.unwrap()));

    let config = client.send(&ConfigGetRaw).await.unwrap();
    client.send(&ConfigTest { config: &config }).await.unwrap();
    let mut broken = config.into_value();
    broken["Dhcp6"]["valid-lifetime"] = json!("long");
    let refused = client.send(&ConfigTest { config: &RawConfig::new(broken) }).await.unwrap_err();
    assert!(matches!(refused.kind, ErrorKind::Rejected { .. }), "{refused}");
}

#[tokio::test]
async fn leases_are_found_by_every_key_and_deleted() {
    let kea = Kea::with_one_subnet6();
    let client = client(&kea);
    let address = ip("2001:db8:1::1001");
    let more = json!({ "hostname": "One.example.org", "hw-address": "02:00:00:00:00:01", "preferred-lft": 900,
        "user-context": { "note": "Süd" } });
    address_lease(&kea, address, more);
    let one = Lease6Get { ip_address: address, kind: Lease6Type::Address };
    let lease = client.send(&one).await.unwrap().unwrap().known().unwrap();
    assert_eq!((lease.kind, lease.prefix_len, lease.duid.as_str(), lease.iaid), (one.kind, None, FIRST, 1));
    assert_eq!((lease.subnet_id, lease.state, lease.valid_lft, lease.preferred_lft), (1, state::DEFAULT, 3600, 900));
    assert_eq!((lease.hostname.as_str(), lease.hw_address.as_deref()), ("one.example.org", Some("02:00:00:00:00:01")));
    assert_eq!((&lease.user_context.as_ref().unwrap()["note"], lease.rest.len()), (&json!("Süd"), 0));

    let same = [lease];
    assert_eq!(client.send(&Lease6GetByDuid { duid: FIRST.into() }).await.unwrap(), same);
    assert_eq!(client.send(&Lease6GetByDuid { duid: SECOND.into() }).await.unwrap(), []);
    assert_eq!(client.send(&Lease6GetByHostname { hostname: "ONE.example.org".into() }).await.unwrap(), same);
    let by_hw_address = Lease6GetByHwAddress { hw_address: "02:00:00:00:00:01".into() };
    if Capabilities::of(&client).await.unwrap().offers::<Lease6GetByHwAddress>() {
        assert_eq!(client.send(&by_hw_address).await.unwrap(), same);
    } else {
        assert_eq!(client.send(&by_hw_address).await.unwrap_err().kind, ErrorKind::Unsupported);
    }

    let deletion = Lease6Del { ip_address: address, kind: Lease6Type::Address };
    assert_eq!(client.send(&deletion).await.unwrap(), Removal::Removed);
    assert_eq!(client.send(&deletion).await.unwrap(), Removal::Absent);
    assert_eq!(client.send(&one).await.unwrap(), None);
}

#[tokio::test]
async fn a_prefix_is_found_by_its_beginning_and_its_type() {
    let kea = Kea::with_one_subnet6();
    let client = client(&kea);
    prefix_lease(&kea, "2001:db8:e000:100::", 56);
    let get = |address: &str, kind| Lease6Get { ip_address: ip(address), kind };
    let found = client.send(&get("2001:db8:e000:100::", Lease6Type::Prefix)).await.unwrap().unwrap().known().unwrap();
    assert_eq!((found.kind, found.prefix_len, found.subnet_id), (Lease6Type::Prefix, Some(56), 1));
    assert_eq!(client.send(&get("2001:db8:e000:100::", Lease6Type::Address)).await.unwrap(), None);
    assert_eq!(client.send(&get("2001:db8:e000:101::", Lease6Type::Prefix)).await.unwrap(), None);
    assert_eq!(client.send(&Lease6GetByDuid { duid: FIRST.into() }).await.unwrap(), [found]);
    let del = |kind| Lease6Del { ip_address: ip("2001:db8:e000:100::"), kind };
    assert_eq!(client.send(&del(Lease6Type::Address)).await.unwrap(), Removal::Absent);
    assert_eq!(client.send(&del(Lease6Type::Prefix)).await.unwrap(), Removal::Removed);
}

#[tokio::test]
async fn a_walk_sees_every_address_and_prefix_of_its_range_once() {
    let pd_pools = json!([{ "prefix": "2001:db8:2::", "prefix-len": 48, "delegated-len": 64 }]);
    let kea = Kea::start6(json!({ "subnet6": [
        { "id": 1, "subnet": "2001:db8:1::/64", "pd-pools": pd_pools }, { "id": 3, "subnet": "2001:db8:3::/64" },
    ] }));
    let inside = |subnet: &str, count: u128| {
        let first = ip(subnet).to_bits() + 1;
        (first..first + count).map(Ipv6Addr::from_bits)
    };
    inside("2001:db8:1::", 230).for_each(|address| address_lease(&kea, address, json!({})));
    prefix_lease(&kea, "2001:db8:2:1::", 64);
    prefix_lease(&kea, "2001:db8:2:2::", 64);
    inside("2001:db8:3::", 40).for_each(|address| address_lease(&kea, address, json!({})));
    let client = client(&kea);

    let scan = client.lease6_scan(ip("2001:db8:1::"), ip("2001:db8:1::ffff:ffff:ffff:ffff"), PageSize::new(100));
    let seen = scan.all().await.unwrap();
    assert!(seen.iter().map(|lease| lease.ip_address).eq(inside("2001:db8:1::", 230)));
    let pool = client.lease6_scan(ip("2001:db8:2::"), ip("2001:db8:2:ffff::"), PageSize::default());
    let prefixes = pool.all().await.unwrap();
    assert!(prefixes.iter().all(|lease| (lease.kind, lease.subnet_id) == (Lease6Type::Prefix, 1)));
    assert_eq!(prefixes.len(), 2);

    // Prefixes have their place among the addresses.
    let last = Ipv6Addr::from_bits(u128::MAX);
    let everything = client.lease6_scan(Ipv6Addr::UNSPECIFIED, last, PageSize::new(100)).all().await.unwrap();
    assert!(everything.is_sorted_by(|a, b| a.ip_address < b.ip_address) && everything.len() == 272);
    let kinds: Vec<_> = everything.chunk_by(|a, b| a.kind == b.kind).map(<[_]>::len).collect();
    assert_eq!(kinds, [230, 2, 40]);
    let mut nothing = client.lease6_scan(ip("2001:db8:4::"), last, PageSize::MAX);
    assert_eq!(nothing.next_page().await.unwrap(), None);
}

#[tokio::test]
async fn pools_of_more_addresses_than_can_be_counted_are_counted() {
    let pd_pool = json!({ "prefix": "2001:db8:e000::", "prefix-len": 40, "delegated-len": 56 });
    let kea = Kea::start6(json!({ "subnet6": [
        { "id": 1, "subnet": "2001:db8:1::/64", "pools": [{ "pool": "2001:db8:1::/64" }], "pd-pools": [pd_pool] },
        { "id": 2, "subnet": "2001:db8:2::/48", "pools": [{ "pool": "2001:db8:2::/48" }] },
        { "id": 3, "subnet": "2001:db8:3::/64",
          "pools": [{ "pool": "2001:db8:3::1-2001:db8:3::ffff:ffff:ffff:fffe" }] },
    ] }));
    let client = client(&kea);
    address_lease(&kea, ip("2001:db8:1::1"), json!({}));
    address_lease(&kea, ip("2001:db8:1::2"), json!({ "state": state::DECLINED }));
    address_lease(&kea, ip("2001:db8:1::3"), json!({ "state": state::REGISTERED }));
    address_lease(&kea, ip("2001:db8:1::4"), json!({ "type": "IA_TA", "subnet-id": 1 }));
    prefix_lease(&kea, "2001:db8:e000:100::", 56);
    let counts = client.send(&StatLease6Get::default()).await.unwrap();
    let first = counts[0];
    assert_eq!((first.subnet_id, first.total, first.declined), (1, u64::MAX, 1));
    // Since Kea 3.1.2 the declined one counts as assigned too.
    assert!(matches!(first.assigned, 1 | 2), "{first:?}");
    assert_eq!((first.total_prefixes, first.assigned_prefixes), (1 << 16, 1));
    assert_eq!(counts[1], SubnetStatistics { subnet_id: 2, total: u64::MAX, ..Default::default() });
    assert_eq!(counts[2], SubnetStatistics { subnet_id: 3, total: u64::MAX - 1, ..Default::default() });
    assert_eq!(client.send(&StatLease6Get { subnet_id: Some(1) }).await.unwrap(), [first]);
    assert_eq!(client.send(&StatLease6Get { subnet_id: Some(9) }).await.unwrap(), []);
}

#[tokio::test]
async fn reservations_are_made_found_replaced_and_deleted() {
    let kea = Kea::with_one_subnet6();
    let client = client(&kea);
    let prefixes = ["2001:db8:e000:100::/56", "2001:db8:e000:200::/56"];
    let mut full = reservation(FIRST, &["2001:db8:1::21", "2001:db8:1::20"], &prefixes);
    full.hostname = Some("first".into());
    let excluded = json!(["", "2001:db8:e000:200:1::/80"]);
    full.rest.insert("excluded-prefixes".into(), excluded.clone());
    add(&client, full.clone()).await.unwrap();

    let found = get(&client, by_duid(FIRST)).await.unwrap();
    assert_eq!((&found.ip_addresses, &found.prefixes), (&full.ip_addresses, &full.prefixes));
    assert_eq!(found.rest["excluded-prefixes"], excluded);
    for address in ["2001:db8:1::20", "2001:db8:1::21", "2001:db8:e000:100::", "2001:db8:e000:200::"] {
        assert_eq!(get(&client, at(address)).await.as_ref(), Some(&found), "{address}");
        assert_eq!(holders(&client, address).await, [FIRST], "{address}");
    }
    // Not by an address inside of a prefix.
    assert_eq!(
        (get(&client, at("2001:db8:e000:100::1")).await, holders(&client, "2001:db8:e000:100::1").await),
        (None, vec![])
    );

    // Written back as it was read, but for the name: nothing is lost.
    let renamed = Reservation { hostname: Some("renamed".into()), ..found };
    update(&client, renamed.clone()).await.unwrap();
    assert_eq!(get(&client, by_duid(FIRST)).await, Some(renamed));
    // An update replaces: what it does not name is reserved no more.
    update(&client, reservation(FIRST, &["2001:db8:1::22"], &[])).await.unwrap();
    assert_eq!(holders(&client, "2001:db8:1::20").await, Vec::<String>::new());
    assert!(is_refused(&update(&client, reservation(SECOND, &["2001:db8:1::30"], &[])).await), "there is none");

    assert_eq!(delete(&client, at("2001:db8:1::22")).await, Removal::Removed);
    assert_eq!(delete(&client, by_duid(FIRST)).await, Removal::Absent);
}

#[tokio::test]
async fn reservations_have_no_members_of_the_other_family() {
    let kea = Kea::with_one_subnet6();
    let client = client(&kea);
    let given = || reservation(FIRST, &["2001:db8:1::20"], &[]);
    for refused in [
        Reservation { duid: None, client_id: Some(FIRST.into()), ..given() },
        Reservation { duid: None, circuit_id: Some("'x'".into()), ..given() },
        Reservation { ip_address: Some([192, 0, 2, 1].into()), ..given() },
        Reservation { boot_file_name: Some("x".into()), ..given() },
        reservation(FIRST, &[], &["2001:db8:e000:101::/56"]),
    ] {
        assert!(is_refused(&add(&client, refused.clone()).await), "{refused:?}");
    }
    add(&client, Reservation { duid: None, flex_id: Some("'x'".into()), ..given() }).await.unwrap();
    let exclusions = json!({ "excluded-prefixes": [""] });
    let rest = exclusions.as_object().unwrap().clone();
    let prefixes = ["2001:db8:e000:100::/56", "2001:db8:e000:200::/56"];
    assert!(is_refused(&add(&client, Reservation { rest, ..reservation(SECOND, &[], &prefixes) }).await));
}

/// A refused addition: what the documentation of `ReservationAdd` says.
#[tokio::test]
async fn what_is_refused_for_a_duplicate_is_there_nevertheless() {
    let mut kea = Kea::with_one_subnet6();
    let client = client(&kea);
    add(&client, reservation(FIRST, &["2001:db8:1::20"], &["2001:db8:e000:100::/56"])).await.unwrap();
    // The second address and the prefix, of another length, are taken.
    let wanted = ["2001:db8:1::30", "2001:db8:1::20"];
    assert!(is_refused(&add(&client, reservation(SECOND, &wanted, &["2001:db8:e000:100::/60"])).await));
    assert_eq!(all_clients(&client).await, [FIRST, SECOND]);
    assert!(get(&client, by_duid(SECOND)).await.is_some());
    assert_eq!(holders(&client, "2001:db8:1::30").await, [SECOND]);
    assert_eq!(holders(&client, "2001:db8:1::20").await, [FIRST]);
    assert!(is_refused(&add(&client, reservation(SECOND, &["2001:db8:1::31"], &[])).await), "it is there already");
    assert!(!loads(&client).await);

    // Deleted by its identifier, it is gone, and all is as it was.
    assert_eq!(delete(&client, by_duid(SECOND)).await, Removal::Removed);
    assert_eq!(all_clients(&client).await, [FIRST]);
    assert_eq!(holders(&client, "2001:db8:1::20").await, [FIRST]);
    assert_eq!(holders(&client, "2001:db8:1::30").await, Vec::<String>::new());
    assert!(loads(&client).await);
    client.send(&ConfigWrite).await.unwrap();
    kea.restart();
    assert_eq!(all_clients(&client).await, [FIRST]);
}

#[tokio::test]
async fn a_refused_reservation_that_is_written_keeps_the_daemon_from_starting() {
    let mut kea = Kea::with_one_subnet6();
    let client = client(&kea);
    add(&client, reservation(FIRST, &[], &["2001:db8:e000:100::/56"])).await.unwrap();
    assert!(is_refused(&add(&client, reservation(SECOND, &[], &["2001:db8:e000:100::/56"])).await));
    client.send(&ConfigWrite).await.unwrap();
    assert!(kea.try_restart().unwrap_err().contains("There's already reservation for this address/prefix"));
}

#[tokio::test]
async fn the_refused_one_is_not_found_by_its_address_once_the_other_is_gone() {
    let kea = Kea::with_one_subnet6();
    let client = client(&kea);
    add(&client, reservation(FIRST, &["2001:db8:1::20"], &[])).await.unwrap();
    assert!(is_refused(&add(&client, reservation(SECOND, &["2001:db8:1::20"], &[])).await));
    assert_eq!(delete(&client, at("2001:db8:1::20")).await, Removal::Removed);
    assert_eq!(all_clients(&client).await, [SECOND]);
    assert_eq!(holders(&client, "2001:db8:1::20").await, Vec::<String>::new());
    assert!(loads(&client).await);
}

#[tokio::test]
async fn what_is_refused_for_anything_else_leaves_nothing() {
    let kea = Kea::with_one_subnet6();
    let client = client(&kea);
    add(&client, reservation(FIRST, &["2001:db8:1::20"], &[])).await.unwrap();
    for refused in [
        reservation(FIRST, &["2001:db8:1::21"], &[]),
        reservation(SECOND, &["2001:db8:9::1"], &[]),
        reservation(SECOND, &["2001:db8:1::30", "2001:db8:1::30"], &[]),
    ] {
        assert!(is_refused(&add(&client, refused).await));
    }
    assert!(is_refused(&update(&client, reservation(FIRST, &["2001:db8:9::1"], &[])).await));
    assert_eq!((all_clients(&client).await, loads(&client).await), (vec![FIRST.to_owned()], true));
    assert_eq!(holders(&client, "2001:db8:1::20").await, [FIRST]);
    // Overlapping prefixes are not even refused, unless they begin at the same address.
    add(&client, reservation(SECOND, &[], &["2001:db8:e000::/48"])).await.unwrap();
    update(&client, reservation(FIRST, &[], &["2001:db8:e000:100::/56"])).await.unwrap();
    assert!(loads(&client).await);
}

/// A refused update: what the documentation of `ReservationUpdate` says.
#[tokio::test]
async fn a_refused_update_puts_the_new_one_in_the_place_of_the_old_one() {
    let kea = Kea::with_one_subnet6();
    let client = client(&kea);
    let old = Reservation { hostname: Some("old".into()), ..reservation(SECOND, &["2001:db8:1::21"], &[]) };
    add(&client, reservation(FIRST, &["2001:db8:1::20"], &[])).await.unwrap();
    add(&client, old.clone()).await.unwrap();
    let new = Reservation { hostname: Some("new".into()), ..reservation(SECOND, &["2001:db8:1::20"], &[]) };
    assert!(is_refused(&update(&client, new.clone()).await));
    assert_eq!(get(&client, by_duid(SECOND)).await.unwrap().hostname.as_deref(), Some("new"));
    assert_eq!(holders(&client, "2001:db8:1::21").await, Vec::<String>::new());
    assert_eq!(holders(&client, "2001:db8:1::20").await, [FIRST]);
    assert!(!loads(&client).await);

    // Either way back.
    update(&client, old.clone()).await.unwrap();
    assert!(is_refused(&update(&client, new).await));
    assert_eq!(delete(&client, by_duid(SECOND)).await, Removal::Removed);
    add(&client, old).await.unwrap();
    assert_eq!(get(&client, by_duid(SECOND)).await.unwrap().hostname.as_deref(), Some("old"));
    assert_eq!(holders(&client, "2001:db8:1::21").await, [SECOND]);
    assert_eq!(holders(&client, "2001:db8:1::20").await, [FIRST]);
    assert!(loads(&client).await);
}
