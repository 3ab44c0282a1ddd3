use model::{Identifier, NewReservation, Pool, Seconds, Storage, SubnetKey, Timestamp};
use serde_json::{Value, json};

use super::*;

/// A subnet, 192.0.2.0/24, with two pools and nothing else.
pub(crate) fn subnet() -> Subnet {
    let pool = |range: &str| Pool::of(range.parse().unwrap());
    Subnet {
        pools: vec![pool("192.0.2.100-192.0.2.149"), pool("192.0.2.160-192.0.2.199")],
        ..Subnet::of(SubnetKey { server: "main".parse().unwrap(), id: 1 }, "192.0.2.0/24".parse().unwrap())
    }
}

fn reservation(mac: &str) -> Reservation {
    let NewReservation { subnet, identifier, .. } =
        NewReservation::of(subnet().key, Identifier::HwAddress(mac.parse().unwrap()));
    Reservation {
        subnet,
        identifier,
        address: Some([192, 0, 2, 10].into()),
        more_addresses: Vec::new(),
        prefixes: Vec::new(),
        host_name: None,
        next_server: None,
        server_host_name: None,
        boot_file_name: None,
        client_classes: Vec::new(),
        options: Vec::new(),
        note: None,
        label: None,
        record_name: None,
        storage: Storage::Configuration,
    }
}

fn lease() -> Lease {
    Lease {
        subnet: subnet().key,
        address: [192, 0, 2, 100].into(),
        prefix_len: None,
        duid: None,
        hw_address: Some("02:00:00:00:00:0A".parse().unwrap()),
        client_id: None,
        host_name: None,
        state: LeaseState::Assigned,
        renewed_at: Timestamp(1_700_000_000),
        lifetime: Some(Seconds(3600)),
        stray: None,
    }
}

fn encoded(record: &Record) -> Option<String> {
    Entry::of(&with_mask(&subnet()), record).map(|entry| serde_json::to_string(&entry).unwrap())
}

#[test]
fn a_reservation_says_only_what_is_set() {
    let bare = reservation("02:00:00:00:00:0A");
    let text = r#"{"name":"192.0.2.10","ip":"192.0.2.10","mac":"02:00:00:00:00:0a","subnet":"192.0.2.0/255.255.255.0","type":"reservation","deleteable":true}"#;
    assert_eq!(encoded(&Record::Reservation(bare)).unwrap(), text);
}

#[test]
fn a_full_reservation_has_its_keys_in_order() {
    let full = Reservation {
        host_name: Some("web".to_owned()),
        record_name: Some("web-01".to_owned()),
        next_server: Some([192, 0, 2, 3].into()),
        boot_file_name: Some("pxelinux.0".to_owned()),
        ..reservation("02:00:00:00:00:0a")
    };
    let text = r#"{"name":"web-01","ip":"192.0.2.10","mac":"02:00:00:00:00:0a","subnet":"192.0.2.0/255.255.255.0","type":"reservation","deleteable":true,"hostname":"web","nextServer":"192.0.2.3","filename":"pxelinux.0"}"#;
    assert_eq!(encoded(&Record::Reservation(full)).unwrap(), text);
}

#[test]
fn a_lease_has_its_times_and_a_name_in_any_case() {
    let text = r#"{"name":"lease-02000000000a","ip":"192.0.2.100","mac":"02:00:00:00:00:0a","subnet":"192.0.2.0/255.255.255.0","starts":"2023-11-14 22:13:20 UTC","ends":"2023-11-14 23:13:20 UTC","state":"active","type":"lease"}"#;
    assert_eq!(encoded(&Record::Lease(lease())).unwrap(), text);
    let named = Lease { host_name: Some("a\"b".to_owned()), lifetime: None, state: LeaseState::Declined, ..lease() };
    let named: Value = serde_json::from_str(&encoded(&Record::Lease(named)).unwrap()).unwrap();
    assert_eq!((&named["name"], &named["hostname"], &named["ends"]), (&json!("a\"b"), &json!("a\"b"), &Value::Null));
    assert_eq!(named["state"], "declined");
}

#[test]
fn what_foreman_cannot_hold_is_left_out() {
    let without_address = Reservation { address: None, ..reservation("02:00:00:00:00:0a") };
    let without_mac = Lease { hw_address: None, ..lease() };
    assert_eq!(encoded(&Record::Reservation(without_address)), None);
    assert_eq!(encoded(&Record::Lease(without_mac)), None);
}

#[test]
fn a_subnet_shows_the_options_that_foreman_knows() {
    let bare = serde_json::to_string(&SubnetEntry::from(Subnet { pools: Vec::new(), ..subnet() })).unwrap();
    assert_eq!(
        bare,
        r#"{"network":"192.0.2.0","netmask":"255.255.255.0","options":{"range":["192.0.2.1","192.0.2.254"]}}"#
    );
    let full = Subnet {
        routers: vec![[192, 0, 2, 1].into()],
        dns_servers: vec![[192, 0, 2, 2].into(), [192, 0, 2, 3].into()],
        ntp_servers: vec![[192, 0, 2, 4].into()],
        domain_name: Some("example.com".to_owned()),
        interface_mtu: Some(9000),
        ..subnet()
    };
    let expected = json!({
        "routers": ["192.0.2.1"], "domain_name": "example.com", "domain_name_servers": ["192.0.2.2", "192.0.2.3"],
        "ntp_servers": ["192.0.2.4"], "interface_mtu": 9000, "range": ["192.0.2.100", "192.0.2.199"],
    });
    assert_eq!(serde_json::to_value(SubnetEntry::from(full)).unwrap()["options"], expected);
}
