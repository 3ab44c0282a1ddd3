//! Reservations, leases and subnets on a real kea-dhcp6.

use std::net::IpAddr;

use crate::support::*;
use changes::Edit;
use model::{Family, Identifier, IdentifierKind, NewReservation, OptionDatum, Subnet};
use serde_json::{Value, json};
use services::Error;
use services::ports::{Leases, Reservations, Servers, Subnets};

fn text_of(number: u8) -> String {
    format!("00:03:00:01:02:00:00:00:00:{number:02x}")
}

fn duid(number: u8) -> Identifier {
    Identifier::parse(IdentifierKind::Duid, &text_of(number)).unwrap()
}

/// A reservation of two addresses and a prefix that end with that number, for a client of that number.
fn wanted(number: u8) -> NewReservation {
    NewReservation {
        address: format!("2001:db8:1::{number:x}").parse().ok(),
        more_addresses: vec![format!("2001:db8:1::1:{number:x}").parse().unwrap()],
        prefixes: vec![format!("2001:db8:e000:{number:x}00::/56").parse().unwrap()],
        host_name: Some(format!("host-{number}").parse().unwrap()),
        ..NewReservation::of(subnet(), duid(number))
    }
}

/// What the daemon itself holds of a client; null: nothing.
fn held(kea: &Kea, number: u8) -> Value {
    let key = json!({ "subnet-id": 1, "identifier-type": "duid", "identifier": text_of(number),
        "operation-target": "memory" });
    kea.command("reservation-get", &key)["arguments"].clone()
}

fn on_disk(kea: &Kea) -> usize {
    let file: Value = serde_json::from_slice(&std::fs::read(kea.config_path()).unwrap()).unwrap();
    file["Dhcp6"]["subnet6"][0]["reservations"].as_array().map_or(0, Vec::len)
}

fn add_lease(kea: &Kea, lease: &Value) {
    let answer = kea.command("lease6-add", lease);
    assert_eq!(answer["result"], 0, "{answer}");
}

async fn only_subnet(fleet: &fleet::Fleet) -> Subnet {
    fleet.subnets(&name("one")).await.unwrap().remove(0)
}

#[tokio::test]
async fn a_subnet_is_shown_with_its_prefix_pools() {
    let kea = Kea::start6(json!({ "subnet6": [{
        "id": 7, "subnet": "2001:db8:7::/64", "pools": [{ "pool": "2001:db8:7::/80" }],
        "pd-pools": [{ "prefix": "2001:db8:e000::", "prefix-len": 40, "delegated-len": 56 }],
        "option-data": [{ "name": "dns-servers", "data": "2001:db8::53, 2001:db8::54" },
            { "name": "domain-search", "data": "example.org, example.com" }],
    }] }));
    let fleet = fleet6(&kea);
    let subnet = only_subnet(&fleet).await;
    assert_eq!((subnet.family(), fleet.family(&name("one"))), (Family::V6, Family::V6));
    assert_eq!(subnet.prefix.to_string(), "2001:db8:7::/64");
    assert_eq!(subnet.pools[0].range.count(), 1 << 48);
    assert_eq!((subnet.prefix_pools[0].prefix.prefix(), subnet.prefix_pools[0].delegated_len), (40, 56));
    let servers: Vec<IpAddr> = ["2001:db8::53", "2001:db8::54"].map(|text| text.parse().unwrap()).to_vec();
    assert_eq!((subnet.dns_servers, subnet.domain_name.as_deref()), (servers, Some("example.org")));
    let (_, use_) = fleet.utilization(&name("one")).await.unwrap().remove(0);
    assert_eq!((use_.total, use_.prefixes, use_.percent()), (1 << 48, 1 << 16, Some(0)));
    let status = fleet.status(&name("one")).await;
    assert!(status.findings.is_empty(), "{:?}", status.findings);
}

#[tokio::test]
async fn a_reservation_with_addresses_and_a_prefix_is_made_changed_deleted_and_brought_back() {
    let mut kea = Kea::with_one_subnet6();
    let fleet = fleet6(&kea);
    let dns = OptionDatum { space: Some("dhcp6".into()), ..option(23, "2001:db8::53") };
    let new = NewReservation { options: Some(vec![dns]), note: Some("Büro".into()), ..wanted(5) };
    let made = now(&done(&fleet, add(new.clone())).await).0;
    assert!(made.matches(&new), "{made:?}");
    assert_eq!(made.options[0].name, "dns-servers");
    assert_eq!(held(&kea, 5)["ip-addresses"], json!(["2001:db8:1::5", "2001:db8:1::1:5"]));
    assert_eq!((held(&kea, 5)["prefixes"].clone(), on_disk(&kea)), (json!(["2001:db8:e000:500::/56"]), 1));
    for address in ["2001:db8:1::5", "2001:db8:1::1:5", "2001:db8:e000:500::"] {
        let found = fleet.reservations_at(&name("one"), address.parse().unwrap()).await.unwrap();
        assert_eq!(found, std::slice::from_ref(&made), "{address}");
    }
    assert_eq!(fleet.reservations_at(&name("one"), [192, 0, 2, 1].into()).await.unwrap(), []);
    assert_eq!(fleet.reservations_of(&name("one"), &duid(5)).await.unwrap(), std::slice::from_ref(&made));

    let fewer = NewReservation { more_addresses: Vec::new(), prefixes: Vec::new(), options: None, ..new };
    let written = done(&fleet, Edit::change(made.clone(), fewer.clone())).await;
    let changed = now(&written).0;
    assert!(changed.matches(&fewer) && changed.options == made.options, "{changed:?}");
    assert_eq!(held(&kea, 5)["prefixes"], json!([]));
    let back = Edit::restore(Some(changed), made.clone(), written.was.unwrap());
    assert_eq!(now(&done(&fleet, back).await).0, made);
    let verbatim = done(&fleet, Edit::delete(made.clone())).await.was.unwrap();
    assert_eq!((held(&kea, 5), on_disk(&kea)), (Value::Null, 0));
    let restored = done(&fleet, Edit::restore(None, made.clone(), verbatim)).await;
    assert_eq!(now(&restored).0, made);
    kea.restart();
    assert_eq!(fleet.reservations_in(&subnet()).await.unwrap().known, [made]);
}

#[tokio::test]
async fn what_is_not_modelled_survives_and_exclusions_go_with_their_prefix() {
    let kea = Kea::with_one_subnet6();
    let fleet = fleet6(&kea);
    let foreign = json!({
        "subnet-id": 1, "duid": text_of(5), "ip-addresses": ["2001:db8:1::5"], "hostname": "made-by-hand",
        "prefixes": ["2001:db8:e000:500::/56", "2001:db8:e000:600::/56"],
        "excluded-prefixes": ["", "2001:db8:e000:600::/64"],
        "option-data": [{ "name": "dns-servers", "data": "2001:db8::53", "never-send": true }],
        "user-context": { "site": { "rack": [1, 2, null] } },
    });
    let answer = kea.command("reservation-add", &json!({ "operation-target": "memory", "reservation": foreign }));
    assert_eq!(answer["result"], 0, "{answer}");
    let before = held(&kea, 5);
    let old = fleet.reservations_in(&subnet()).await.unwrap().known.remove(0);
    let prefixes = ["2001:db8:e000:700::/56", "2001:db8:e000:600::/56"].map(|text| text.parse().unwrap());
    let new =
        NewReservation { address: old.address, prefixes: prefixes.to_vec(), ..NewReservation::of(subnet(), duid(5)) };
    done(&fleet, Edit::change(old, new)).await;
    let after = held(&kea, 5);
    assert_eq!(after["prefixes"], json!(["2001:db8:e000:700::/56", "2001:db8:e000:600::/56"]));
    for kept in ["excluded-prefixes", "option-data", "user-context", "ip-addresses"] {
        assert_eq!(after[kept], before[kept], "{kept}");
    }
}

#[tokio::test]
async fn a_refusal_leaves_everything_as_it_was() {
    let mut kea = Kea::with_one_subnet6();
    let fleet = fleet6(&kea);
    let first = now(&done(&fleet, add(wanted(5))).await).0;
    let second = now(&done(&fleet, add(wanted(6))).await).0;
    let before = held(&kea, 6);
    let taken = first.more_addresses.clone();
    // One that is new, one changed under its own identifier, one changed under another one.
    let clash = |number| NewReservation { more_addresses: taken.clone(), ..wanted(number) };
    let refused = [
        add(clash(7)),
        Edit::change(second.clone(), clash(6)),
        Edit::change(second.clone(), NewReservation { address: None, prefixes: vec![], ..clash(8) }),
    ];
    for write in refused {
        let error = failed(&fleet, write).await;
        assert!(matches!(error, Error::Refused { .. }), "{error:?}");
        assert_eq!(fleet.reservations_in(&subnet()).await.unwrap().known.len(), 2);
        assert_eq!((held(&kea, 6), held(&kea, 7), held(&kea, 8)), (before.clone(), Value::Null, Value::Null));
    }
    // What follows is saved, and the daemon starts from its file.
    done(&fleet, add(wanted(9))).await;
    kea.restart();
    assert_eq!(fleet.reservations_in(&subnet()).await.unwrap().known.len(), 3);
}

#[tokio::test]
async fn a_configuration_that_would_not_load_is_not_written() {
    let mut kea = Kea::with_one_subnet6();
    let fleet = fleet6(&kea);
    done(&fleet, add(wanted(5))).await;
    // Another program left what was refused.
    let clash = json!({ "subnet-id": 1, "duid": text_of(7), "prefixes": ["2001:db8:e000:500::/56"] });
    kea.command("reservation-add", &json!({ "operation-target": "memory", "reservation": clash }));
    let error = failed(&fleet, add(wanted(6))).await;
    assert!(matches!(error, Error::NotSaved { .. }), "{error:?}");
    assert_eq!(on_disk(&kea), 1);
    kea.restart();
    assert_eq!(fleet.reservations_in(&subnet()).await.unwrap().known.len(), 1);
}

#[tokio::test]
async fn leases_of_addresses_and_prefixes_are_found() {
    let kea = Kea::with_one_subnet6();
    let fleet = fleet6(&kea);
    let subnet = only_subnet(&fleet).await;
    let of = |number: u8| json!({ "duid": text_of(number), "iaid": 1, "subnet-id": 1, "hostname": "cpe" });
    let lease = |number: u8, more: Value| {
        let mut lease = of(number);
        lease.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        add_lease(&kea, &lease);
    };
    lease(5, json!({ "ip-address": "2001:db8:1::1005" }));
    lease(5, json!({ "ip-address": "2001:db8:e000:500::", "prefix-len": 56, "type": "IA_PD", "iaid": 2 }));
    lease(6, json!({ "ip-address": "2001:db8:ffff::", "prefix-len": 48, "type": "IA_PD" }));
    let outside = "2001:db8:ffff::/48".parse().unwrap();
    let shown = async |prefixes: &[model::Ipv6Network]| {
        let leases = fleet.leases_in(&subnet, prefixes).await.unwrap().known;
        leases.iter().map(model::Lease::what).collect::<Vec<_>>()
    };
    assert_eq!(shown(&[]).await, ["2001:db8:1::1005", "2001:db8:e000:500::/56"]);
    assert_eq!(shown(&[outside]).await, ["2001:db8:1::1005", "2001:db8:e000:500::/56", "2001:db8:ffff::/48"]);

    let one = name("one");
    let address: IpAddr = "2001:db8:1::1005".parse().unwrap();
    let found = fleet.lease_at(&one, address).await.unwrap().unwrap();
    assert_eq!((found.belongs_to(&duid(5)), found.belongs_to(&duid(6))), (Some(true), Some(false)));
    assert_eq!(fleet.lease_at(&one, "2001:db8:e000:500::".parse().unwrap()).await.unwrap(), None, "a prefix");
    assert_eq!(fleet.lease_at(&one, [192, 0, 2, 1].into()).await.unwrap(), None);
    let prefix = fleet.lease_of_prefix(&one, outside).await.unwrap().unwrap();
    assert_eq!(prefix.belongs_to(&duid(6)), Some(true));
    assert_eq!(
        fleet.lease_of_prefix(&one, "2001:db8:ffff::/56".parse().unwrap()).await.unwrap(),
        None,
        "another length"
    );
    assert_eq!(fleet.leases_of(&one, &duid(5)).await.unwrap().len(), 2);
    assert_eq!(fleet.leases_of(&one, &hw(1)).await.unwrap(), [], "Kea 3.0 has no such question");
    assert_eq!(fleet.leases_named(&one, "CPE").await.unwrap().len(), 3);
    assert!(fleet.release_lease(&subnet.key, address).await.unwrap());
    assert!(!fleet.release_lease(&subnet.key, address).await.unwrap());
}

#[tokio::test]
async fn a_server_of_the_other_family_is_recognised() {
    let kea = Kea::with_one_subnet6();
    let fleet = fleet(&[("one", &kea)]);
    let error = fleet.subnets(&name("one")).await.unwrap_err();
    assert!(matches!(&error, Error::Unsupported { fix, .. } if fix.contains("service = \"dhcp6\"")), "{error:?}");
    let status = fleet.status(&name("one")).await;
    assert!(status.findings.iter().any(|finding| finding.advice.contains("dhcp6") || finding.text.contains("dhcp6")));
}
