use model::{AddressRange, HwAddress, Identifier, LeaseState, Seconds, SpecialAddress, Storage, SubnetKey};

use super::*;

const NOW: Timestamp = Timestamp(1_700_000_000);

fn key() -> SubnetKey {
    "main/1".parse().unwrap()
}

fn mac(last: u8) -> HwAddress {
    format!("02:00:5e:10:00:{last:02x}").parse().unwrap()
}

fn lease(last: u8, left: i64) -> Lease {
    Lease {
        subnet: key(),
        address: "192.0.2.7".parse().unwrap(),
        prefix_len: None,
        duid: None,
        hw_address: Some(mac(last)),
        client_id: None,
        host_name: None,
        state: LeaseState::Assigned,
        renewed_at: NOW.plus(Seconds(left - 3600)),
        lifetime: Some(Seconds(3600)),
        stray: None,
    }
}

fn reservation(last: u8) -> Reservation {
    Reservation {
        subnet: key(),
        identifier: Identifier::HwAddress(mac(last)),
        address: Some("192.0.2.7".parse().unwrap()),
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

fn client(state: ClientState, lease: Option<Lease>, reservation: Option<Reservation>) -> Client {
    Client {
        address: Some("192.0.2.7".parse().unwrap()),
        prefix: None,
        state,
        lease,
        reservation,
        hold: None,
        duplicate: None,
        elsewhere: None,
        vendor: None,
    }
}

#[test]
fn leases_end_in_words() {
    assert_eq!(expiry(&lease(1, 10_800), NOW).text, "in 3 h");
    assert_eq!(expiry(&lease(1, -7_200), NOW).text, "expired 2 h ago");
    let for_ever = Lease { lifetime: None, ..lease(1, 0) };
    assert_eq!(expiry(&for_ever, NOW).text, "for ever");
    for (state, word) in [(LeaseState::Released, "given back"), (LeaseState::Reclaimed, "over")] {
        assert_eq!(expiry(&Lease { state, ..lease(1, 2_940) }, NOW).text, word);
        assert_eq!(expiry(&Lease { state, ..for_ever.clone() }, NOW).text, word, "though it would never have ended");
    }
    assert_eq!(expiry(&lease(1, 60), NOW).exact, "until 2023-11-14 22:14:20 UTC");
}

#[test]
fn a_conflict_says_who_clashes_with_whom() {
    let (what, advice) =
        trouble(&client(ClientState::Conflict, Some(lease(2, 10_800)), Some(reservation(1))), NOW).unwrap();
    assert_eq!(what, "Reserved for MAC address 02:00:5e:10:00:01, but leased by MAC address 02:00:5e:10:00:02.");
    assert!(advice.contains("in 3 h"));
    assert!(trouble(&client(ClientState::Leased, Some(lease(2, 60)), None), NOW).is_none());
}

#[test]
fn what_is_wrong_with_declined_addresses_is_said_in_the_first_row() {
    let at = |state, last: u8| Client {
        address: Some(format!("192.0.2.{last}").parse().unwrap()),
        ..client(state, Some(lease(1, 60)), None)
    };
    let all = [at(ClientState::Leased, 6), at(ClientState::Declined, 7), at(ClientState::Declined, 8)];
    let rows: Vec<_> = all.iter().map(|client| AddressRow::Client(Box::new(client.clone()))).collect();
    assert_eq!(all.map(|client| is_said_above(&client, &rows)), [false, false, true]);
}

#[test]
fn deleting_says_what_will_happen() {
    let used = client(ClientState::ReservedInUse, Some(lease(1, 10_800)), Some(reservation(1)));
    assert_eq!(
        after_deletion(&used, false, NOW),
        "The client keeps the address until its lease ends in 3 h. After that it gets an address from a pool."
    );
    assert_eq!(who_has_it(&used, NOW), "In use by the client: its lease ends in 3 h.");
    let idle = client(ClientState::ReservedIdle, None, Some(reservation(1)));
    assert_eq!(after_deletion(&idle, true, NOW), "The address can be handed out to any client.");
    assert_eq!(who_has_it(&idle, NOW), "Not in use.");
}

#[test]
fn rows_are_told_apart_even_when_an_address_is_reserved_twice() {
    let row = |last| AddressRow::Client(Box::new(client(ClientState::ReservedIdle, None, Some(reservation(last)))));
    let nameless = Client { address: None, ..client(ClientState::ReservedIdle, None, Some(reservation(3))) };
    let rows = [
        AddressRow::Special { address: "192.0.2.0".parse().unwrap(), what: SpecialAddress::Network },
        row(1),
        row(2),
        AddressRow::Gap { range: AddressRange::single("192.0.2.8".parse().unwrap()), in_pool: true, excluded: None },
        AddressRow::Client(Box::new(nameless)),
    ];
    assert_eq!(
        ids(&rows),
        ["special-192.0.2.0", "192.0.2.7", "192.0.2.7_1", "gap-192.0.2.8", "hw-address-02:00:5e:10:00:03"]
    );
}

#[test]
fn two_reservations_of_a_client_are_told_where_they_differ() {
    let one = client(ClientState::ReservedIdle, None, Some(reservation(3)));
    assert_eq!(twice(&one), None);
    let same = Reservation { storage: Storage::Database, ..reservation(3) };
    assert_eq!(twice(&Client { duplicate: Some(same.clone()), ..one.clone() }), None);
    let other = Reservation { host_name: Some("another".to_owned()), ..same };
    let (what, _) = twice(&Client { duplicate: Some(other), ..one }).unwrap();
    assert!(what.ends_with("is reserved twice, with different data."), "{what}");
}

#[test]
fn the_text_of_a_row_finds_it() {
    for (id, text) in [
        ("10.0.0.1", "10.0.0.1"),
        ("10.0.0.1_1", "10.0.0.1"),
        ("gap-10.0.0.2", "10.0.0.2"),
        ("special-2001:db8::", "2001:db8::"),
        ("hw-address-02:00:5e:10:00:01", "02:00:5e:10:00:01"),
        ("duid-00:03:00:01", "00:03:00:01"),
        ("2001:db8:1::/56", "2001:db8:1::/56"),
    ] {
        assert_eq!(text_of(id), text);
    }
    let row = reservation(1);
    let unaddressed = Client { address: None, ..client(ClientState::ReservedIdle, None, Some(row.clone())) };
    let ids = ids(&[AddressRow::Client(Box::new(unaddressed))]);
    assert_eq!(text_of(&ids[0]), row.identifier.to_string());
}
