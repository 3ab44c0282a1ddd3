use model::{LeaseState, Seconds, Storage, SubnetKey, Timestamp};

use super::*;

fn subnet() -> Subnet {
    Subnet {
        key: key(),
        prefix: "192.0.2.0/24".parse().unwrap(),
        name: None,
        shared_network: None,
        pools: Vec::new(),
        routers: Vec::new(),
        dns_servers: Vec::new(),
        ntp_servers: Vec::new(),
        domain_name: None,
        interface_mtu: None,
        options: Vec::new(),
        valid_lifetime: None,
        next_server: None,
        boot_file_name: None,
        rules: model::ReservationRules::default(),
    }
}

fn key() -> SubnetKey {
    "main/1".parse().unwrap()
}

fn draft(texts: &[(Input, &str)]) -> Draft {
    let mut draft = Draft::empty();
    for (input, text) in texts {
        draft.set(*input, (*text).to_owned());
    }
    draft
}

fn wrong_fields(draft: &Draft) -> Vec<String> {
    draft.check(&subnet()).unwrap_err().into_iter().map(|fault| fault.field).collect()
}

fn lease(host_name: &str) -> Lease {
    Lease {
        subnet: key(),
        address: "192.0.2.7".parse().unwrap(),
        hw_address: Some("02:00:5e:10:00:01".parse().unwrap()),
        client_id: Some("01:02".parse().unwrap()),
        host_name: Some(host_name.to_owned()),
        state: LeaseState::Assigned,
        renewed_at: Timestamp(0),
        lifetime: Some(Seconds(60)),
    }
}

#[test]
fn a_pasted_mac_in_any_notation_and_an_address_are_enough() {
    let draft = draft(&[(Input::Identifier, " 0200.5E10.0001 "), (Input::Address, " 192.0.2.7 ")]);
    let new = draft.check(&subnet()).unwrap();
    assert_eq!(new.identifier.to_string(), "02:00:5e:10:00:01");
    assert_eq!(new.address, Some("192.0.2.7".parse().unwrap()));
    assert_eq!((new.host_name, new.note), (None, None));
    assert_eq!(draft.echo().as_deref(), Some("02:00:5e:10:00:01"));
}

#[test]
fn every_fault_is_told_at_once_and_at_its_field() {
    assert_eq!(wrong_fields(&Draft::empty()), ["identifier"]);
    let all = draft(&[
        (Input::Identifier, "02:00"),
        (Input::Address, "192.0.2"),
        (Input::HostName, "<script>"),
        (Input::NextServer, "boot"),
    ]);
    assert_eq!(wrong_fields(&all), ["identifier", "address", "host_name", "next_server"]);
}

#[test]
fn the_model_has_the_last_word() {
    let mac = (Input::Identifier, "02:00:5e:10:00:01");
    assert_eq!(wrong_fields(&draft(&[mac])), ["address"], "nothing would be reserved");
    assert_eq!(wrong_fields(&draft(&[mac, (Input::Address, "192.0.2.255")])), ["address"]);
    assert_eq!(wrong_fields(&draft(&[mac, (Input::Address, "ten")])), ["address"], "one fault for one field");
    let long = "x".repeat(128);
    assert_eq!(
        wrong_fields(&draft(&[mac, (Input::Address, "192.0.2.7"), (Input::BootFileName, &long)])),
        ["boot_file_name"]
    );
}

#[test]
fn a_lease_fills_in_the_form() {
    let draft = Draft::of_lease(&lease("printer")).unwrap();
    let new = draft.check(&subnet()).unwrap();
    assert_eq!(new.identifier.kind(), IdentifierKind::HwAddress);
    assert_eq!(new.host_name.unwrap().as_str(), "printer");
}

#[test]
fn a_hostile_name_of_a_lease_is_left_out() {
    for name in ["<img src=x>", "a\nb", "=cmd|' /C calc'!A0", ""] {
        assert_eq!(Draft::of_lease(&lease(name)).unwrap().text(Input::HostName), "", "{name:?}");
    }
}

#[test]
fn a_lease_of_nobody_fills_in_nothing() {
    let by_client_id = Lease { hw_address: None, ..lease("a") };
    assert_eq!(Draft::of_lease(&by_client_id).unwrap().kind, IdentifierKind::ClientId);
    assert_eq!(Draft::of_lease(&Lease { client_id: None, ..by_client_id }), None);
}

#[test]
fn editing_without_a_change_says_the_same_again() {
    let reservation = Reservation {
        subnet: key(),
        identifier: Identifier::parse(IdentifierKind::CircuitId, "65:74:68:30").unwrap(),
        address: Some("192.0.2.9".parse().unwrap()),
        host_name: Some("web-01".to_owned()),
        next_server: Some("192.0.2.2".parse().unwrap()),
        server_host_name: Some("boot".to_owned()),
        boot_file_name: Some("pxelinux.0".to_owned()),
        client_classes: vec!["pxe".to_owned()],
        options: Vec::new(),
        note: Some("rack 4".to_owned()),
        record_name: Some("web-01.example.com".to_owned()),
        storage: Storage::Configuration,
    };
    let draft = Draft::of_reservation(&reservation);
    assert!(reservation.says(&draft.check(&subnet()).unwrap()));
    assert!(draft.boots());
    assert_eq!(draft.echo().as_deref(), Some("65:74:68:30  “eth0”"));
}
