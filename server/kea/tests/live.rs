//! The client against a real Kea 3.0.

use std::net::Ipv4Addr;
use std::time::{Duration, Instant};

use crate::lab::Kea;
use kea::commands::*;
use kea::wire::{OptionData, RawConfig, Reservation, SubnetStatistics, state};
use kea::{Capabilities, Client, Endpoint, ErrorKind, Hook, Secret};
use serde_json::{Value, json};

fn client(kea: &Kea) -> Client {
    let endpoint = Endpoint::new(&kea.url()).unwrap();
    Client::new(endpoint.with_auth(kea.user(), Secret::new(kea.password())).unwrap()).unwrap()
}

fn reservation(last: u8, hostname: &str) -> Reservation {
    Reservation {
        subnet_id: Some(1),
        hw_address: Some(format!("02:00:00:00:00:{last:02x}")),
        ip_address: Some([192, 0, 2, last].into()),
        hostname: Some(hostname.to_owned()),
        ..Reservation::default()
    }
}

async fn add(client: &Client, reservation: Reservation) {
    client.send(&ReservationAdd { reservation, operation_target: Target::Memory }).await.unwrap();
}

fn at(last: u8) -> HostKey {
    HostKey::Address { ip_address: [192, 0, 2, last].into() }
}

async fn get(client: &Client, last: u8) -> Option<Reservation> {
    let command = ReservationGet { subnet_id: 1, key: at(last), operation_target: Target::All };
    client.send(&command).await.unwrap()
}

fn add_lease(kea: &Kea, address: Ipv4Addr, hostname: &str) {
    let [_, _, c, d] = address.octets();
    let hw_address = format!("02:00:00:01:{c:02x}:{d:02x}");
    let client_id = format!("01:{hw_address}");
    let lease =
        json!({ "ip-address": address, "hw-address": hw_address, "client-id": client_id, "hostname": hostname });
    assert_eq!(kea.command("lease4-add", &lease)["result"], 0);
}

#[tokio::test]
async fn a_daemon_says_what_it_is() {
    let kea = Kea::with_one_subnet();
    let client = client(&kea);
    assert!(client.send(&VersionGet).await.unwrap().number.starts_with("3."));
    let status = client.send(&StatusGet).await.unwrap();
    assert!(status.high_availability.is_empty() && !status.dhcp_state.unwrap().globally_disabled);
    let known = Capabilities::of(&client).await.unwrap();
    assert!(known.offers::<Lease4GetPage>() && known.has(Hook::HostCmds) && !known.has(Hook::Ha));
    assert!(!client.send(&ConfigGet).await.unwrap().dhcp.writes_to_database());
    let subnets = client.send(&Subnet4List).await.unwrap();
    assert_eq!((subnets[0].id, subnets[0].subnet.as_str()), (1, "192.0.2.0/24"));
    let counts = client.send(&StatLease4Get::default()).await.unwrap();
    assert_eq!(counts, [SubnetStatistics { subnet_id: 1, total: 100, ..Default::default() }]);
    assert_eq!(client.send(&StatLease4Get { subnet_id: Some(9) }).await.unwrap(), []);
}

#[tokio::test]
async fn a_daemon_without_hooks_supports_less() {
    let kea = Kea::start(json!({ "hooks-libraries": [] }));
    let client = client(&kea);
    let known = Capabilities::of(&client).await.unwrap();
    assert!(Hook::ALL.iter().all(|hook| !known.has(*hook)));
    let error = client.send(&Subnet4List).await.unwrap_err();
    assert_eq!((error.kind, error.command), (ErrorKind::Unsupported, "subnet4-list"));
}

#[tokio::test]
async fn the_configuration_is_read_whole_or_typed() {
    let shared = json!([{ "name": "lab", "subnet4": [{ "id": 20, "subnet": "198.51.100.0/25",
        "pools": [{ "pool": "198.51.100.64/26", "client-classes": ["pxe"], "user-context": { "n": "Süd" } }] }] }]);
    let kea = Kea::start(json!({
        "client-classes": [{ "name": "pxe" }], "shared-networks": shared, "match-client-id": false,
        "option-data": [{ "name": "routers", "data": "192.0.2.1" }],
    }));
    let client = client(&kea);
    let running = client.send(&ConfigGet).await.unwrap();
    let (subnet, network) = running.dhcp.subnets().next().unwrap();
    assert_eq!((subnet.id, network.unwrap().name.as_str()), (20, "lab"));
    let pool = &subnet.pools[0];
    assert_eq!((pool.pool.as_str(), pool.client_classes[0].as_str()), ("198.51.100.64/26", "pxe"));
    assert_eq!(pool.user_context.as_ref().unwrap()["n"], "Süd");
    assert_eq!(running.dhcp.option_data[0].code, Some(3));
    assert_eq!((running.dhcp.match_client_id, running.dhcp.valid_lifetime), (Some(false), Some(3600)));
    assert_eq!(running.hash, Some(client.send(&ConfigHashGet).await.unwrap()));

    let config = client.send(&ConfigGetRaw).await.unwrap();
    client.send(&ConfigTest { config: &config }).await.unwrap();
    let mut broken = config.into_value();
    broken["Dhcp4"]["valid-lifetime"] = json!("long");
    let refused = client.send(&ConfigTest { config: &RawConfig::new(broken) }).await.unwrap_err();
    assert!(matches!(refused.kind, ErrorKind::Rejected { .. }), "{refused}");
}

#[tokio::test]
async fn leases_are_found_by_every_key_and_deleted() {
    let kea = Kea::with_one_subnet();
    let client = client(&kea);
    let ip_address = Ipv4Addr::new(192, 0, 2, 101);
    add_lease(&kea, ip_address, "one.example.org");
    let lease = client.send(&Lease4Get { ip_address }).await.unwrap().unwrap().known().unwrap();
    assert_eq!((lease.subnet_id, lease.state, lease.valid_lft), (1, state::DEFAULT, 3600));
    assert_eq!(lease.rest, serde_json::Map::new());
    let (hw_address, client_id) = (lease.hw_address.clone(), lease.client_id.clone().unwrap());
    let same = [lease];
    assert_eq!(client.send(&Lease4GetByHwAddress { hw_address }).await.unwrap(), same);
    assert_eq!(client.send(&Lease4GetByClientId { client_id }).await.unwrap(), same);
    assert_eq!(client.send(&Lease4GetByHostname { hostname: "ONE.example.org".into() }).await.unwrap(), same);
    assert_eq!(client.send(&Lease4GetByHostname { hostname: "one".into() }).await.unwrap(), []);
    assert_eq!(client.send(&Lease4Del { ip_address }).await.unwrap(), Removal::Removed);
    assert_eq!(client.send(&Lease4Del { ip_address }).await.unwrap(), Removal::Absent);
    assert_eq!(client.send(&Lease4Get { ip_address }).await.unwrap(), None);
}

#[tokio::test]
async fn reservations_are_made_found_replaced_and_deleted() {
    let kea = Kea::with_one_subnet();
    let client = client(&kea);
    let option = OptionData { name: Some("routers".into()), data: Some("192.0.2.7".into()), ..OptionData::default() };
    add(&client, Reservation { option_data: vec![option], ..reservation(30, "thirty") }).await;
    let found = get(&client, 30).await.unwrap();
    assert_eq!((found.hostname.as_deref(), found.option_data[0].code), (Some("thirty"), Some(3)));

    let (identifier_type, identifier) = (IdentifierType::HwAddress, found.hw_address.clone().unwrap());
    let same = [found.clone()];
    let by_address = ReservationGetByAddress { ip_address: found.ip_address.unwrap().into(), subnet_id: None };
    assert_eq!(client.send(&by_address).await.unwrap(), same);
    let by_id = ReservationGetById { identifier_type, identifier: identifier.clone() };
    assert_eq!(client.send(&by_id).await.unwrap(), same);
    let by_name = ReservationGetByHostname { hostname: "Thirty".into(), subnet_id: Some(1) };
    assert_eq!(client.send(&by_name).await.unwrap(), same);

    // Written back as it was read, but for the name: nothing is lost.
    let renamed = Reservation { hostname: Some("renamed".into()), ..found };
    let update = ReservationUpdate { reservation: renamed.clone(), operation_target: Target::Memory };
    client.send(&update).await.unwrap();
    assert_eq!(get(&client, 30).await, Some(renamed));

    let key = HostKey::Identifier { identifier_type, identifier };
    let deletion = ReservationDel { subnet_id: 1, key, operation_target: Target::Memory };
    assert_eq!(client.send(&deletion).await.unwrap(), Removal::Removed);
    assert_eq!(client.send(&deletion).await.unwrap(), Removal::Absent);
    assert_eq!(get(&client, 30).await, None);
}

#[tokio::test]
async fn a_refused_reservation_is_reported_in_keas_words() {
    let kea = Kea::with_one_subnet();
    let client = client(&kea);
    add(&client, reservation(30, "first")).await;
    let second = Reservation { ip_address: Some([192, 0, 2, 30].into()), ..reservation(31, "second") };
    let command = ReservationAdd { reservation: second, operation_target: Target::Memory };
    let ErrorKind::Rejected { text } = client.send(&command).await.unwrap_err().kind else { panic!() };
    assert!(text.contains("192.0.2.30"), "{text}");
    let command = ReservationAdd { reservation: reservation(32, "third"), operation_target: Target::Database };
    assert!(matches!(client.send(&command).await.unwrap_err().kind, ErrorKind::Rejected { .. }));
}

#[tokio::test]
async fn any_text_survives_kea() {
    let kea = Kea::with_one_subnet();
    let client = client(&kea);
    let context =
        json!({ "Straße": "Zürich 日本 🦜", "quotes": "\"\\/\n\t\u{1}", "nested": [{ "ÿ\u{80}": "\u{7ff}" }] });
    let Value::Object(context) = context else { panic!() };
    add(&client, Reservation { user_context: Some(context.clone()), ..reservation(30, "x") }).await;
    for _ in 0..3 {
        let read = get(&client, 30).await.unwrap();
        assert_eq!(read.user_context.as_ref(), Some(&context));
        client.send(&ReservationUpdate { reservation: read, operation_target: Target::Memory }).await.unwrap();
    }
}

#[tokio::test]
async fn a_walk_sees_every_lease_of_its_range_once() {
    let subnets = [(1, "10.0.0.0/23"), (2, "10.0.2.0/23"), (3, "10.0.4.0/24")];
    let subnets = subnets.map(|(id, subnet)| json!({ "id": id, "subnet": subnet }));
    let kea = Kea::start(json!({ "subnet4": subnets }));
    let leases = |first: u32, count: u32| (first..first + count).map(Ipv4Addr::from_bits);
    let [before, inside, after] = [(0x0a00_0000, 40), (0x0a00_0200, 471), (0x0a00_0400, 40)];
    for (first, count) in [before, inside, after] {
        leases(first, count).for_each(|address| add_lease(&kea, address, ""));
    }
    let client = client(&kea);
    let scan = client.lease4_scan([10, 0, 2, 0].into(), [10, 0, 3, 255].into(), PageSize::default());
    let seen = scan.all().await.unwrap();
    assert!(seen.iter().map(|lease| lease.ip_address).eq(leases(inside.0, inside.1)));
    assert!(seen.iter().all(|lease| lease.subnet_id == 2));

    let everything = client.lease4_scan(Ipv4Addr::UNSPECIFIED, Ipv4Addr::BROADCAST, PageSize::new(100));
    assert_eq!(everything.pause(Duration::from_millis(1)).all().await.unwrap().len(), 551);
    let mut nothing = client.lease4_scan([10, 0, 5, 0].into(), [10, 0, 5, 255].into(), PageSize::MAX);
    assert_eq!(nothing.next_page().await.unwrap(), None);
    assert_eq!(nothing.next_page().await.unwrap(), None);
}

#[tokio::test]
async fn a_walk_sees_every_reservation() {
    let kea = Kea::with_one_subnet();
    let client = client(&kea);
    for last in 1..=25 {
        add(&client, reservation(last, "r")).await;
    }
    let all = client.reservation_scan(None, PageSize::new(10)).all().await.unwrap();
    assert!(all.iter().map(|found| found.ip_address.unwrap().octets()[3]).eq(1..=25));
    assert_eq!(client.reservation_scan(Some(0), PageSize::new(10)).all().await.unwrap(), []);
    assert!(client.reservation_scan(Some(9), PageSize::new(10)).all().await.is_err());
}

#[tokio::test]
async fn only_what_is_written_outlasts_a_crash() {
    let mut kea = Kea::with_one_subnet();
    let client = client(&kea);
    add(&client, reservation(30, "written")).await;
    let written = client.send(&ConfigWrite).await.unwrap();
    assert_eq!(written.filename, kea.config_path().to_str().unwrap());
    add(&client, reservation(31, "not written")).await;
    kea.restart();
    assert!(get(&client, 30).await.is_some() && get(&client, 31).await.is_none());
    assert_eq!(client.reservation_scan(Some(1), PageSize::default()).all().await.unwrap().len(), 1);
}

#[tokio::test]
async fn changes_during_a_restart_are_clear_cut() {
    let mut kea = Kea::with_one_subnet();
    let client = client(&kea);
    client.send(&VersionGet).await.unwrap();
    kea.kill9();
    let command = ReservationAdd { reservation: reservation(30, "x"), operation_target: Target::Memory };
    let error = client.send(&command).await.unwrap_err();
    assert!(matches!(error.kind, ErrorKind::Unreachable { .. }), "{error}");
    kea.restart();
    client.send(&command).await.unwrap();
}

#[tokio::test]
async fn a_wrong_password_is_denied_and_not_tried_again_at_once() {
    let kea = Kea::with_one_subnet();
    let endpoint = Endpoint::new(&kea.url()).unwrap().with_auth("console", Secret::new("wrong")).unwrap();
    let wrong = Client::new(endpoint).unwrap();
    assert_eq!(wrong.send(&VersionGet).await.unwrap_err().kind, ErrorKind::Denied);
    let start = Instant::now();
    for _ in 0..1000 {
        assert_eq!(wrong.send(&ConfigWrite).await.unwrap_err().kind, ErrorKind::Denied);
    }
    assert!(start.elapsed() < Duration::from_millis(500));
    client(&kea).send(&VersionGet).await.unwrap();
}
