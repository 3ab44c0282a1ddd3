use super::*;
use crate::{Identifier, Storage};

fn subnet(prefix: &str) -> Subnet {
    Subnet::of("main/1".parse().unwrap(), prefix.parse().unwrap())
}

fn wanted(kind: IdentifierKind, addresses: &[&str], prefixes: &[&str]) -> NewReservation {
    let mut addresses = addresses.iter().map(|address| address.parse().unwrap());
    let identifier = Identifier::parse(kind, "02:00:5e:10:00:01").unwrap();
    NewReservation {
        address: addresses.next(),
        more_addresses: addresses.collect(),
        prefixes: prefixes.iter().map(|prefix| prefix.parse().unwrap()).collect(),
        ..NewReservation::of("main/1".parse().unwrap(), identifier)
    }
}

fn faults(prefix: &str, new: &NewReservation) -> Vec<String> {
    new.check(&subnet(prefix), None).into_iter().map(|fault| format!("{}: {}", fault.field, fault.text)).collect()
}

#[test]
fn an_ipv6_client_may_have_several_addresses_and_prefixes() {
    let new = wanted(IdentifierKind::Duid, &["2001:db8::5", "2001:db8::6"], &["2001:db8:1::/56", "2001:db8:2::/56"]);
    assert_eq!(faults("2001:db8::/64", &new), [""; 0]);
    let prefix_alone = wanted(IdentifierKind::Duid, &[], &["2001:db8:1::/56"]);
    assert_eq!(faults("2001:db8::/64", &prefix_alone), [""; 0]);
    let nothing_else = wanted(IdentifierKind::Duid, &[], &[]);
    assert_eq!(faults("2001:db8::/64", &nothing_else), [""; 0], "it makes the client a known one");
}

#[test]
fn an_ipv4_client_has_one_address_and_no_prefix() {
    let new = wanted(IdentifierKind::HwAddress, &["192.0.2.5", "192.0.2.6"], &["2001:db8:1::/56"]);
    let expected = ["address: an IPv4 client has one address", "prefixes: prefixes are delegated in IPv6 only"];
    assert_eq!(faults("192.0.2.0/24", &new), expected);
}

#[test]
fn addresses_are_of_the_subnet() {
    let fault = |address: &str| faults("2001:db8::/64", &wanted(IdentifierKind::Duid, &[address], &[]));
    assert_eq!(fault("192.0.2.1"), ["address: 192.0.2.1 is not an IPv6 address"]);
    assert_eq!(fault("2001:db8:1::1"), ["address: 2001:db8:1::1 is outside of 2001:db8::/64"]);
    assert_eq!(fault("2001:db8::"), ["address: 2001:db8:: is the subnet-router anycast address of 2001:db8::/64"]);
    assert_eq!(fault("2001:db8::ffff:ffff:ffff:ffff"), [""; 0], "IPv6 has no broadcast");
    let twice = wanted(IdentifierKind::Duid, &["2001:db8::5", "2001:db8::5"], &[]);
    assert_eq!(faults("2001:db8::/64", &twice), ["address: 2001:db8::5 is listed twice"]);
}

#[test]
fn prefixes_are_whole_and_apart() {
    let fault = |prefixes: &[&str]| faults("2001:db8::/64", &wanted(IdentifierKind::Duid, &[], prefixes));
    let expected = ["prefixes: 2001:db8:1::1/56 has bits beyond its length: write 2001:db8:1::/56"];
    assert_eq!(fault(&["2001:db8:1::1/56"]), expected);
    let expected = ["prefixes: 2001:db8:1:1::/64 overlaps 2001:db8:1::/48, which is listed too"];
    assert_eq!(fault(&["2001:db8:1::/48", "2001:db8:1:1::/64"]), expected);
    assert_eq!(fault(&["::/0"]), ["prefixes: ::/0 cannot be delegated"]);
}

#[test]
fn what_ipv6_does_not_have_is_refused() {
    let by_client_id = wanted(IdentifierKind::ClientId, &["2001:db8::5"], &[]);
    let found = faults("2001:db8::/64", &by_client_id);
    assert_eq!(found, ["identifier: an IPv6 client is identified by one of these: DUID, MAC address, Flex id"]);
    let boot = NewReservation {
        next_server: Some([192, 0, 2, 1].into()),
        boot_file_name: Some("pxe".to_owned()),
        ..wanted(IdentifierKind::Duid, &["2001:db8::5"], &[])
    };
    let fields: Vec<_> = boot.check(&subnet("2001:db8::/64"), None).into_iter().map(|fault| fault.field).collect();
    assert_eq!(fields, ["next_server", "boot_file_name"]);
}

#[test]
fn option_spaces_have_names_that_kea_takes() {
    let faults = |space: &str| {
        let space = Some(space.to_owned());
        let datum = OptionDatum { code: 1, data: "01".to_owned(), hex: true, space, ..OptionDatum::default() };
        let mac = Identifier::parse(IdentifierKind::HwAddress, "02:00:00:00:00:01").unwrap();
        let new = NewReservation { options: Some(vec![datum]), ..NewReservation::of("main/1".parse().unwrap(), mac) };
        new.check(&Subnet::of("main/1".parse().unwrap(), "192.0.2.0/24".parse().unwrap()), None)
    };
    for good in ["dhcp4", "vendor-4491", "a.b_c", "x"] {
        assert_eq!(faults(good), [], "{good}");
    }
    for wrong in ["", "a b", "a\nb", "a\"b", "ä", "-a", "a_", "a/../b", &"x".repeat(129)] {
        assert!(faults(wrong).iter().any(|fault| fault.text.contains("option space")), "{wrong:?}");
    }
}

#[test]
fn options_are_of_the_space_of_the_family() {
    let datum = |space: Option<&str>| OptionDatum {
        code: 23,
        data: "2001:db8::1".to_owned(),
        space: space.map(str::to_owned),
        ..OptionDatum::default()
    };
    let with = |space| NewReservation {
        options: Some(vec![datum(space)]),
        ..wanted(IdentifierKind::Duid, &["2001:db8::5"], &[])
    };
    assert_eq!(faults("2001:db8::/64", &with(Some("dhcp6"))), [""; 0]);
    let refused = ["options: option 23: an IPv6 client gets options of the space “dhcp6”"];
    assert_eq!(faults("2001:db8::/64", &with(None)), refused);
}

#[test]
fn what_older_versions_wrote_down_is_read() {
    let old = r#"{"subnet": {"server": "main", "id": 1}, "address": "192.0.2.5", "host_name": null, "note": null,
        "identifier": {"kind": "hw-address", "value": "02:00:5e:10:00:01"}, "next_server": null,
        "server_host_name": null, "boot_file_name": null, "record_name": null}"#;
    let read: NewReservation = serde_json::from_str(old).unwrap();
    let address: IpAddr = "192.0.2.5".parse().unwrap();
    assert_eq!((read.addresses().collect::<Vec<_>>(), read.prefixes), (vec![address], vec![]));
}

/// What a server may hold, written by others: nothing of it would be written here.
fn odd() -> Reservation {
    let datum = |code, data: &str| OptionDatum { code, data: data.to_owned(), ..OptionDatum::default() };
    let long = |length: usize| Some("x\n".repeat(length));
    Reservation {
        host_name: Some("käse käse".to_owned()),
        server_host_name: long(64),
        boot_file_name: long(128),
        note: long(1_000),
        record_name: long(200),
        client_classes: vec![" ".to_owned(), "a\nb".to_owned()],
        options: vec![datum(26, "abcd"), datum(3, ""), datum(3, "x"), datum(51, "300")],
        ..wanted(IdentifierKind::HwAddress, &["192.0.2.0"], &[]).over(None, Storage::Configuration)
    }
}

/// The same again, as the form would say it.
fn again(of: &Reservation) -> NewReservation {
    NewReservation {
        address: of.address,
        host_name: of.host_name.clone(),
        server_host_name: of.server_host_name.clone(),
        boot_file_name: of.boot_file_name.clone(),
        note: of.note.clone(),
        record_name: of.record_name.clone(),
        client_classes: Some(of.client_classes.clone()),
        options: Some(of.options.clone()),
        ..NewReservation::of(of.subnet.clone(), of.identifier.clone())
    }
}

#[test]
fn what_the_user_did_not_touch_is_not_judged() {
    let (odd, subnet) = (odd(), subnet("192.0.2.0/24"));
    let new = again(&odd);
    assert!(new.check(&subnet, None).len() > 10, "all of it is wrong");
    assert_eq!(new.check(&subnet, Some(&odd)), []);
    let fields = |new: NewReservation| -> Vec<String> {
        new.check(&subnet, Some(&odd)).into_iter().map(|fault| fault.field).collect()
    };
    assert_eq!(fields(NewReservation { host_name: Some("a b".to_owned()), ..new.clone() }), ["host_name"]);
    assert_eq!(fields(NewReservation { note: Some("a\tb".to_owned()), ..new.clone() }), ["note"]);
    assert_eq!(fields(NewReservation { address: "192.0.2.255".parse().ok(), ..new.clone() }), ["address"]);
    let mut more = new.clone();
    more.options.as_mut().unwrap().push(OptionDatum { code: 19, data: "yes".to_owned(), ..OptionDatum::default() });
    more.client_classes.as_mut().unwrap().push(String::new());
    assert_eq!(fields(more), ["client_classes", "options"]);
}
