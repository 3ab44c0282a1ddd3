use model::{Family, LeaseState, OptionDatum, Seconds, Storage, SubnetKey, Timestamp};

use super::*;

fn subnet() -> Subnet {
    Subnet::of(key(), "192.0.2.0/24".parse().unwrap())
}

fn key() -> SubnetKey {
    "main/1".parse().unwrap()
}

fn draft(texts: &[(Input, &str)]) -> Draft {
    let mut draft = Draft::empty(Family::V4);
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
        prefix_len: None,
        duid: None,
        hw_address: Some("02:00:5e:10:00:01".parse().unwrap()),
        client_id: Some("01:02".parse().unwrap()),
        host_name: Some(host_name.to_owned()),
        state: LeaseState::Assigned,
        renewed_at: Timestamp(0),
        lifetime: Some(Seconds(60)),
        stray: None,
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
fn every_fault_is_shown_at_once_and_at_its_field() {
    assert_eq!(wrong_fields(&Draft::empty(Family::V4)), ["identifier"]);
    let all = draft(&[
        (Input::Identifier, "02:0g"),
        (Input::Address, "192.0.2"),
        (Input::HostName, "<script>"),
        (Input::NextServer, "boot"),
    ]);
    assert_eq!(wrong_fields(&all), ["identifier", "address", "host_name", "next_server"]);
}

#[test]
fn the_model_has_the_last_word() {
    let mac = (Input::Identifier, "02:00:5e:10:00:01");
    assert!(draft(&[mac]).check(&subnet()).is_ok(), "it makes the client a known one");
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
    assert_eq!(new.host_name.as_deref().unwrap(), "printer");
}

#[test]
fn a_hostile_name_of_a_lease_is_left_out() {
    for name in ["<img src=x>", "a\nb", "=cmd|' /C calc'!A0", ""] {
        assert_eq!(Draft::of_lease(&lease(name)).unwrap().text(Input::HostName), "", "{name:?}");
    }
}

#[test]
fn a_lease_without_a_client_fills_in_nothing() {
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
        more_addresses: Vec::new(),
        prefixes: Vec::new(),
        host_name: Some("web-01".to_owned()),
        next_server: Some("192.0.2.2".parse().unwrap()),
        server_host_name: Some("boot".to_owned()),
        boot_file_name: Some("pxelinux.0".to_owned()),
        client_classes: vec!["pxe".to_owned()],
        options: Vec::new(),
        note: Some("rack 4".to_owned()),
        label: None,
        record_name: Some("web-01.example.com".to_owned()),
        storage: Storage::Configuration,
    };
    let draft = Draft::of_reservation(&reservation, Family::V4);
    assert!(reservation.matches(&draft.check(&subnet()).unwrap()));
    assert!(draft.boots());
    assert_eq!(draft.echo().as_deref(), Some("65:74:68:30  “eth0”"));
}

fn with_options(options: Vec<OptionDatum>) -> Reservation {
    Reservation {
        subnet: key(),
        identifier: Identifier::parse(IdentifierKind::HwAddress, "02:00:5e:10:00:01").unwrap(),
        address: None,
        more_addresses: Vec::new(),
        prefixes: Vec::new(),
        host_name: None,
        next_server: None,
        server_host_name: None,
        boot_file_name: None,
        client_classes: Vec::new(),
        options,
        note: None,
        label: None,
        record_name: None,
        storage: Storage::Configuration,
    }
}

/// What a server may have, written by hand: more than we would write ourselves.
fn odd_options() -> Vec<OptionDatum> {
    let datum = |code, name: &str, data: &str, hex| OptionDatum {
        code,
        name: name.to_owned(),
        data: data.to_owned(),
        hex,
        ..OptionDatum::default()
    };
    vec![
        datum(26, "interface-mtu", "abcd", false),
        datum(3, "routers", "C0000201", true),
        datum(224, "site-printer", "blue", false),
        datum(225, "", "AB01", true),
        OptionDatum { space: Some("vendor-9".to_owned()), always: true, ..datum(5, "", "00", true) },
    ]
}

#[test]
fn untouched_options_stay_as_they_are() {
    let mut reservation = with_options(odd_options());
    reservation.address = "192.0.2.7".parse().ok();
    let mut draft = Draft::of_reservation(&reservation, Family::V4);
    draft.set(Input::Note, "new".to_owned());
    assert_eq!(draft.check(&subnet()).unwrap().options, None);
    draft.add_option("6");
    let faults = draft.check(&subnet()).unwrap_err();
    assert_eq!(faults[0].text, "domain-name-servers (6): a value is missing");
    draft.change_option(5, |row| row.value = "192.0.2.2".to_owned());
    let options = draft.check(&subnet()).unwrap().options.unwrap();
    assert_eq!(options.len(), 6);
    let same = |held: &OptionDatum| options.iter().any(|datum| datum.is_equivalent_to(held));
    assert!(reservation.options.iter().all(same), "{options:?}");
}

#[test]
fn an_untouched_value_stays_as_it_was_whatever_it_is() {
    let mut odd = with_options(vec![OptionDatum { code: 3, never: true, ..OptionDatum::default() }]);
    odd.host_name = Some("two words".to_owned());
    odd.note = Some(" line\nbreak ".to_owned());
    odd.client_classes = vec![" a;b ".to_owned(), String::new()];
    let mut draft = Draft::of_reservation(&odd, Family::V4);
    assert!(odd.matches(&draft.check(&subnet()).unwrap()));
    draft.set(Input::BootFileName, "pxelinux.0".to_owned());
    let new = draft.check(&subnet()).unwrap();
    assert_eq!((new.host_name, new.note), (odd.host_name.clone(), odd.note.clone()));
    draft.set(Input::HostName, "two  words".to_owned());
    assert_eq!(wrong_fields(&draft), ["host_name"], "now it was touched");
}

#[test]
fn each_option_is_a_row_that_says_the_same_again() {
    let reservation = with_options(odd_options()[1..].to_vec());
    let draft = Draft::of_reservation(&reservation, Family::V4);
    let titles: Vec<_> = draft.options.iter().map(|row| (row.title(), row.is_free())).collect();
    let titles: Vec<_> = titles.iter().map(|(title, free)| (title.as_str(), *free)).collect();
    assert_eq!(
        titles,
        [("routers (3)", false), ("site-printer (224)", false), ("option 225", true), ("option 5", false)]
    );
    assert!(reservation.matches(&draft.check(&subnet()).unwrap()));
}

#[test]
fn options_are_added_by_name_or_code() {
    let mut draft = draft(&[(Input::Identifier, "02:00:5e:10:00:01")]);
    let ids = ["routers (3)", "6", "wpad", "224", "43"].map(|text| draft.add_option(text).unwrap());
    assert_eq!(ids, [0, 1, 2, 3, 4]);
    for nonsense in ["", "no-such-option", "0", "255", "-1"] {
        assert_eq!(draft.add_option(nonsense), None, "{nonsense}");
    }
    for (id, value) in ids.into_iter().zip(["192.0.2.1", "192.0.2.2 192.0.2.3", "http://a", "C0 01", "01:01:ff"]) {
        assert!(draft.option_fault(id).is_some(), "a value is missing");
        draft.change_option(id, |row| row.value = value.to_owned());
        assert_eq!(draft.option_fault(id), None);
    }
    draft.change_option(3, |row| row.notation = Notation::Text);
    let options = draft.check(&subnet()).unwrap().options.unwrap();
    let said: Vec<_> = options.iter().map(|datum| (datum.code, datum.data.as_str(), datum.hex)).collect();
    let expected = [
        (3, "192.0.2.1", false),
        (6, "192.0.2.2, 192.0.2.3", false),
        (252, "687474703A2F2F61", true),
        (224, "4330203031", true),
        (43, "", true),
        (1, "FF", true),
    ];
    assert_eq!(said, expected);
    let mut made = with_options(options);
    made.options.reverse();
    let shown: Vec<_> = Draft::of_reservation(&made, Family::V4).options.into_iter().map(|row| row.value).collect();
    assert_eq!(shown, ["01:01:ff", "4330203031", "http://a", "192.0.2.2, 192.0.2.3", "192.0.2.1"]);
}

#[test]
fn an_option_is_there_once() {
    let mut draft = draft(&[(Input::Identifier, "02:00:5e:10:00:01")]);
    for _ in 0..2 {
        let id = draft.add_option("3").unwrap();
        draft.change_option(id, |row| row.value = "192.0.2.1".to_owned());
    }
    assert_eq!((draft.option_fault(0), draft.option_fault(1).as_deref()), (None, Some("this option is set twice")));
    assert_eq!(wrong_fields(&draft), ["options"]);
}

#[test]
fn classes_are_there_once_and_without_spaces_around_them() {
    let mut draft = draft(&[(Input::Identifier, "02:00:5e:10:00:01")]);
    for class in [" pxe ", "voip", "pxe", " "] {
        draft.add_class(class);
    }
    assert_eq!(draft.check(&subnet()).unwrap().client_classes.unwrap(), ["pxe", "voip"]);
}

#[test]
fn an_address_that_is_still_to_be_chosen_is_not_missed() {
    let mut draft = draft(&[(Input::Identifier, "02:00:5e:10:00:01")]);
    assert_eq!(draft.check_without_address(&subnet()).unwrap().address, None);
    draft.set(Input::HostName, "a b".to_owned());
    assert_eq!(draft.check_without_address(&subnet()).unwrap_err()[0].field, "host_name");
}

mod ipv6 {
    use super::*;

    const DUID: &str = "00:03:00:01:02:00:5e:10:00:01";

    fn subnet() -> Subnet {
        Subnet { prefix: "2001:db8::/64".parse().unwrap(), ..super::subnet() }
    }

    fn draft(texts: &[(Input, &str)]) -> Draft {
        let mut draft = Draft::empty(Family::V6);
        for (input, text) in texts {
            draft.set(*input, (*text).to_owned());
        }
        draft
    }

    #[test]
    fn several_addresses_and_prefixes_stand_with_blanks_between() {
        let texts = [
            (Input::Identifier, DUID),
            (Input::Address, " 2001:db8::5  2001:DB8:0::6"),
            (Input::Prefixes, "2001:db8:1::/56"),
        ];
        let new = draft(&texts).check(&subnet()).unwrap();
        assert_eq!((new.identifier.kind(), new.addresses().count()), (IdentifierKind::Duid, 2));
        let made = new.over(None, Storage::Configuration);
        let again = Draft::of_reservation(&made, Family::V6);
        assert_eq!(again.text(Input::Address), "2001:db8::5 2001:db8::6");
        assert!(made.matches(&again.check(&subnet()).unwrap()), "editing without a change says the same again");
    }

    #[test]
    fn each_wrong_part_is_named() {
        let texts = [
            (Input::Identifier, DUID),
            (Input::Address, "2001:db8::5 2001:db8::x"),
            (Input::Prefixes, "2001:db8:1::1/56"),
        ];
        let faults = draft(&texts).check(&subnet()).unwrap_err();
        let fields: Vec<_> = faults.iter().map(|fault| fault.field.as_str()).collect();
        assert_eq!(
            (fields, faults[0].text.as_str()),
            (vec!["address", "prefixes"], "“2001:db8::x” is not an IPv6 address")
        );
    }

    #[test]
    fn a_lease_of_a_prefix_fills_in_the_prefix() {
        let (address, duid) = ("2001:db8:1::".parse().unwrap(), Some(DUID.parse().unwrap()));
        let lease = Lease { address, prefix_len: Some(56), duid, client_id: None, ..lease("cpe") };
        let draft = Draft::of_lease(&lease).unwrap();
        assert_eq!((draft.kind, draft.text(Input::Prefixes)), (IdentifierKind::Duid, "2001:db8:1::/56"));
        assert!(draft.text(Input::Address).is_empty());
    }

    #[test]
    fn an_option_goes_by_its_code_in_its_space() {
        let mut draft = draft(&[(Input::Identifier, DUID), (Input::Address, "2001:db8::5")]);
        assert_eq!(draft.add_option("routers"), None);
        let id = draft.add_option("2300").unwrap();
        draft.change_option(id, |row| row.value = "x".to_owned());
        assert!(draft.option(id).unwrap().is_free() && draft.option_fault(id).is_none());
        let new = draft.check(&subnet()).unwrap();
        let datum = &new.options.unwrap()[0];
        assert_eq!((datum.code, datum.space.as_deref(), datum.hex), (2300, Some("dhcp6"), false));
    }
}

#[test]
fn what_others_changed_meanwhile_stays_where_nobody_typed() {
    let plain = draft(&[(Input::Identifier, "02:00:5e:10:00:01"), (Input::Address, "192.0.2.7"), (Input::Note, "old")]);
    let seen = plain.check(&subnet()).unwrap().over(None, Storage::Configuration);
    let mut typed = Draft::of_reservation(&seen, Family::V4);
    typed.set(Input::Note, "mine".to_owned());
    typed.add_class("voip");
    let now = Reservation {
        host_name: Some("theirs".to_owned()),
        boot_file_name: Some("theirs.efi".to_owned()),
        note: Some("theirs".to_owned()),
        ..seen.clone()
    };
    let new = typed.onto(&now).check(&subnet()).unwrap();
    assert_eq!((new.host_name.as_deref(), new.boot_file_name.as_deref()), (Some("theirs"), Some("theirs.efi")));
    assert_eq!((new.note.as_deref(), new.client_classes), (Some("mine"), Some(vec!["voip".to_owned()])));
    let untouched = Draft::of_reservation(&seen, Family::V4).onto(&now);
    assert_eq!(untouched, Draft::of_reservation(&now, Family::V4));
}
