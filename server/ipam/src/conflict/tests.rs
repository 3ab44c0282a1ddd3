use model::{
    Hold, HoldKey, Hook, Identifier, IdentifierKind, Lease, LeaseState, Reservation, Seconds, Severity, Storage,
};

use super::*;
use crate::testing;

const NOW: Timestamp = Timestamp(1_700_000_000);
const ALICE: &str = "02:00:5e:10:00:0a";
const BOB: &str = "02:00:5e:10:00:0b";

fn subnet() -> Subnet {
    let pools: [(&str, &[&str]); 2] = [("192.0.2.100-192.0.2.150", &[]), ("192.0.2.200-192.0.2.220", &["voip"])];
    Subnet { routers: vec![[192, 0, 2, 1].into()], ..testing::subnet("192.0.2.0/24", &pools) }
}

fn hw(text: &str) -> Identifier {
    Identifier::parse(IdentifierKind::HwAddress, text).unwrap()
}

fn wanted(identifier: Identifier, address: &str) -> NewReservation {
    let name = Some("web".parse().unwrap());
    NewReservation {
        address: Some(address.parse().unwrap()),
        host_name: name,
        ..NewReservation::of(subnet().key, identifier)
    }
}

fn existing(subnet: &str, identifier: Identifier, address: &str, host_name: &str) -> Reservation {
    Reservation {
        subnet: subnet.parse().unwrap(),
        identifier,
        address: Some(address.parse().unwrap()),
        more_addresses: vec![],
        prefixes: vec![],
        host_name: Some(host_name.to_owned()),
        next_server: None,
        server_host_name: None,
        boot_file_name: None,
        client_classes: vec![],
        options: vec![],
        note: None,
        label: None,
        record_name: None,
        storage: Storage::Database,
    }
}

fn lease(address: &str, hw_address: &str, state: LeaseState) -> Lease {
    Lease {
        subnet: subnet().key,
        address: address.parse().unwrap(),
        prefix_len: None,
        duid: None,
        hw_address: (state != LeaseState::Declined).then(|| hw_address.parse().unwrap()),
        client_id: None,
        host_name: None,
        state,
        renewed_at: NOW,
        lifetime: Some(Seconds(3_600)),
        stray: None,
    }
}

/// What is found, in short: the severity and the field.
type Short = Vec<(Severity, String)>;

fn short(candidate: &NewReservation, replacing: Option<&ReservationKey>, known: &Known<'_>) -> Short {
    let found = conflicts(&subnet(), candidate, replacing, known);
    assert!(found.iter().all(|each| each.text.ends_with('.') && each.advice.ends_with('.')));
    found.into_iter().map(|each| (each.severity, each.field)).collect()
}

fn nothing() -> Known<'static> {
    Known {
        reservations: &[],
        aliases: &[],
        leases: &[],
        raw: &[],
        holds: &[],
        around: &[],
        exclusions: &[],
        holder: "alice",
        now: NOW,
        unseen: &[],
        classes: None,
    }
}

fn blocks(field: &str) -> (Severity, String) {
    (Severity::Blocks, field.to_owned())
}

fn warns(field: &str) -> (Severity, String) {
    (Severity::Warns, field.to_owned())
}

#[test]
fn a_free_address_has_nothing_against_it() {
    assert_eq!(short(&wanted(hw(ALICE), "192.0.2.9"), None, &nothing()), []);
    assert_eq!(short(&wanted(hw(ALICE), "192.0.2.100"), None, &nothing()), []);
}

#[test]
fn an_address_is_reserved_once() {
    let reservations = [existing("main/1", hw(BOB), "192.0.2.9", "db\r\n")];
    let known = Known { reservations: &reservations, ..nothing() };
    let found = conflicts(&subnet(), &wanted(hw(ALICE), "192.0.2.9"), None, &known);
    assert_eq!(found.len(), 1);
    assert_eq!(found[0].severity, Severity::Blocks);
    assert_eq!(found[0].text, r"192.0.2.9 is reserved for 02:00:5e:10:00:0b (db\r\n).");

    for (place, said) in [("main/2", "in the subnet main/2"), ("main/0", "by a global reservation")] {
        let elsewhere = [existing(place, hw(BOB), "192.0.2.9", "db")];
        let known = Known { reservations: &elsewhere, ..nothing() };
        let found = conflicts(&subnet(), &wanted(hw(ALICE), "192.0.2.9"), None, &known);
        assert_eq!(found[0].text, format!("192.0.2.9 is reserved for {BOB} (db) {said}."));
        assert_eq!(found[0].severity, Severity::Blocks, "a server leases an address once");
        assert_eq!(short(&wanted(hw(BOB), "192.0.2.9"), None, &known), [], "one client may have it in both");
    }
}

#[test]
fn a_client_has_one_reservation_in_a_subnet() {
    let reservations =
        [existing("main/1", hw(ALICE), "192.0.2.9", "web"), existing("main/2", hw(ALICE), "198.51.100.9", "web")];
    let known = Known { reservations: &reservations, ..nothing() };
    let candidate = wanted(hw(ALICE), "192.0.2.10");
    assert_eq!(short(&candidate, None, &known), [blocks("identifier")]);
    assert_eq!(short(&candidate, Some(&candidate.key()), &known), []);
    let with_other_key = wanted(hw(BOB), "192.0.2.9");
    let found = short(&with_other_key, Some(&candidate.key()), &known);
    assert_eq!(found, [warns("host_name")], "only the namesake in the other subnet is left");
}

#[test]
fn a_name_on_two_machines_is_reported() {
    let reservations = [existing("main/2", hw(BOB), "198.51.100.9", "WEB.")];
    let known = Known { reservations: &reservations, ..nothing() };
    assert_eq!(short(&wanted(hw(ALICE), "192.0.2.9"), None, &known), [warns("host_name")]);
}

#[test]
fn no_client_gets_the_gateway_and_a_declined_address_is_reported() {
    assert_eq!(short(&wanted(hw(ALICE), "192.0.2.1"), None, &nothing()), [blocks("address")]);
    let declined = lease("192.0.2.9", ALICE, LeaseState::Declined);
    let known = Known { leases: std::slice::from_ref(&declined), ..nothing() };
    assert_eq!(short(&wanted(hw(ALICE), "192.0.2.9"), None, &known), [warns("address")]);
}

#[test]
fn a_change_that_keeps_its_address_is_not_stopped_by_it() {
    let old = [existing("main/1", hw(ALICE), "192.0.2.1", "old"), existing("main/1", hw(BOB), "192.0.2.1", "router")];
    let declined = lease("192.0.2.1", ALICE, LeaseState::Declined);
    let known = Known { reservations: &old, leases: std::slice::from_ref(&declined), ..nothing() };
    let candidate = wanted(hw(ALICE), "192.0.2.1");
    assert_eq!(
        short(&candidate, Some(&candidate.key()), &known),
        [warns("address"), warns("address"), warns("address")]
    );
}

#[test]
fn the_lease_of_another_client_is_reported() {
    let candidate = wanted(hw(ALICE), "192.0.2.9");
    let with = |lease: Lease| short(&candidate, None, &Known { leases: std::slice::from_ref(&lease), ..nothing() });
    assert_eq!(with(lease("192.0.2.9", BOB, LeaseState::Assigned)), [warns("address")]);
    assert_eq!(with(lease("192.0.2.9", ALICE, LeaseState::Assigned)), []);
    assert_eq!(with(lease("192.0.2.9", BOB, LeaseState::Reclaimed)), []);
    assert_eq!(with(Lease { renewed_at: Timestamp(0), ..lease("192.0.2.9", BOB, LeaseState::Assigned) }), []);
    assert_eq!(with(lease("192.0.2.8", BOB, LeaseState::Assigned)), [], "a lease on another address does not count");
}

#[test]
fn a_lease_is_known_by_every_identifier_that_it_carries() {
    let with_id = Lease {
        client_id: Some("ff:00:00:00:01:00:03:00:01:02:00:5e:10:00:0a".parse().unwrap()),
        ..lease("192.0.2.9", BOB, LeaseState::Assigned)
    };
    let known = Known { leases: std::slice::from_ref(&with_id), ..nothing() };
    let with = |kind, text| short(&wanted(Identifier::parse(kind, text).unwrap(), "192.0.2.9"), None, &known);
    assert_eq!(with(IdentifierKind::Duid, "00:03:00:01:02:00:5e:10:00:0a"), []);
    assert_eq!(with(IdentifierKind::Duid, "00:03:00:01:02:00:5e:10:00:0b"), [warns("address")]);
    assert_eq!(with(IdentifierKind::ClientId, "ff:00:00:00:01:00:03:00:01:02:00:5e:10:00:0a"), []);
    assert_eq!(with(IdentifierKind::ClientId, "01:02:00:5e:10:00:0a"), [warns("address")]);
    assert_eq!(with(IdentifierKind::CircuitId, "70:6f:72:74"), [warns("address")], "leases do not say");
}

#[test]
fn a_server_that_looks_at_mac_addresses_alone_does_not_know_the_lease_by_its_client_id() {
    let id = "01:02:00:5e:10:00:0a";
    let leased = Lease { client_id: Some(id.parse().unwrap()), ..lease("192.0.2.9", BOB, LeaseState::Assigned) };
    let known = Known { leases: std::slice::from_ref(&leased), ..nothing() };
    let by_id = wanted(Identifier::parse(IdentifierKind::ClientId, id).unwrap(), "192.0.2.9");
    let mut subnet = subnet();
    for (matches, count) in [(true, 0), (false, 1)] {
        subnet.rules.match_client_id = matches;
        let found = conflicts(&subnet, &by_id, None, &known);
        assert_eq!(found.len(), count, "{found:?}");
        assert!(found.iter().all(|conflict| conflict.advice.contains("match-client-id")), "{found:?}");
        assert_eq!(conflicts(&subnet, &by_id, Some(&by_id.key()), &known).len(), count, "nothing is kept so far");
        assert_eq!(conflicts(&subnet, &wanted(hw(BOB), "192.0.2.9"), None, &known), [], "it is BOB's");
    }
}

#[test]
fn a_class_that_the_server_does_not_have_is_reported() {
    let classes = ["printers".to_owned()].into();
    let known = Known { classes: Some(&classes), ..nothing() };
    let of = |classes: &[&str]| NewReservation {
        client_classes: Some(classes.iter().map(ToString::to_string).collect()),
        ..wanted(hw(ALICE), "192.0.2.9")
    };
    assert_eq!(short(&of(&["printers", "KNOWN", "VENDOR_CLASS_x"]), None, &known), []);
    assert_eq!(
        short(&of(&["printers", "printer", "Printers"]), None, &known),
        [(); 2].map(|()| warns("client_classes"))
    );
    assert_eq!(short(&of(&["printer"]), None, &nothing()), [], "which it has is not known");
    let old =
        [Reservation { client_classes: vec!["printer".to_owned()], ..existing("main/1", hw(ALICE), "192.0.2.9", "x") }];
    let known = Known { reservations: &old, ..known };
    assert_eq!(short(&of(&["printer"]), Some(&old[0].key()), &known), [], "it had that before");
}

#[test]
fn what_is_not_seen_is_reported() {
    let known = Known { unseen: &[Hook::LeaseCmds], ..nothing() };
    assert_eq!(short(&wanted(hw(ALICE), "192.0.2.9"), None, &known), [warns("address")]);
    let nowhere = NewReservation { address: None, ..wanted(hw(ALICE), "192.0.2.9") };
    assert_eq!(short(&nowhere, None, &known), []);
    let known = Known { unseen: &[Hook::HostCmds], ..nothing() };
    assert_eq!(short(&nowhere, None, &known), [blocks("identifier")], "nothing is reserved unseen");
}

#[test]
fn the_hold_of_another_caller_is_reported() {
    let key = HoldKey { subnet: subnet().key, address: [192, 0, 2, 9].into() };
    let hold = Hold { key, holder: "foreman".to_owned(), purpose: None, since: NOW, until: NOW.plus(Seconds(300)) };
    let with = |holder, now| {
        short(
            &wanted(hw(ALICE), "192.0.2.9"),
            None,
            &Known { holds: std::slice::from_ref(&hold), holder, now, ..nothing() },
        )
    };
    assert_eq!(with("alice", NOW), [warns("address")]);
    assert_eq!(with("foreman", NOW), []);
    assert_eq!(with("alice", hold.until), []);
}

#[test]
fn the_pool_of_a_class_is_reported() {
    assert_eq!(short(&wanted(hw(ALICE), "192.0.2.200"), None, &nothing()), [warns("address")]);
}

#[test]
fn the_worst_comes_first() {
    let reservations =
        [existing("main/1", hw(BOB), "192.0.2.200", "web"), existing("main/1", hw(ALICE), "192.0.2.8", "x")];
    let known = Known { reservations: &reservations, ..nothing() };
    let expected = [blocks("identifier"), blocks("address"), warns("host_name"), warns("address")];
    assert_eq!(short(&wanted(hw(ALICE), "192.0.2.200"), None, &known), expected);
}

#[test]
fn an_excluded_range_is_closed_to_new_reservations() {
    let exclusions = [Exclusion {
        subnet: subnet().key,
        range: "192.0.2.8-192.0.2.15".parse().unwrap(),
        reason: "printers\u{1b}".to_owned(),
        author: "bob".to_owned(),
        since: NOW,
    }];
    let known = Known { exclusions: &exclusions, ..nothing() };
    assert_eq!(short(&wanted(hw(ALICE), "192.0.2.9"), None, &known), [blocks("address")]);
    assert_eq!(short(&wanted(hw(ALICE), "192.0.2.16"), None, &known), []);
    let old = [existing("main/1", hw(ALICE), "192.0.2.9", "old")];
    let candidate = wanted(hw(ALICE), "192.0.2.9");
    let known = Known { reservations: &old, ..known };
    assert_eq!(short(&candidate, Some(&candidate.key()), &known), [warns("address")]);
}

#[test]
fn an_identifier_that_the_server_never_looks_at_is_of_no_use() {
    let mut subnet = subnet();
    subnet.rules.identifiers = vec![IdentifierKind::ClientId, IdentifierKind::Duid];
    let candidate = wanted(hw(ALICE), "192.0.2.9");
    let found = conflicts(&subnet, &candidate, None, &nothing());
    assert_eq!((found.len(), found[0].severity), (1, Severity::Blocks));
    let known = "The server looks clients up by client id, DUID and never by MAC address";
    assert!(found[0].text.starts_with(known), "{}", found[0].text);
    let old = [existing("main/1", hw(ALICE), "192.0.2.9", "old")];
    let found = conflicts(&subnet, &candidate, Some(&candidate.key()), &Known { reservations: &old, ..nothing() });
    assert_eq!(found[0].severity, Severity::Warns, "one that is there can still be changed");
}

#[test]
fn a_client_known_by_two_identifiers_is_reported() {
    let client_id = Identifier::parse(IdentifierKind::ClientId, "01:02:00:5e:10:00:0a").unwrap();
    assert_eq!(other_identifiers(&hw(ALICE)), std::slice::from_ref(&client_id));
    assert_eq!(other_identifiers(&client_id), [hw(ALICE)]);
    let old = [existing("main/1", client_id, "192.0.2.9", "old")];
    let candidate = NewReservation { host_name: None, ..wanted(hw(ALICE), "192.0.2.10") };
    assert_eq!(short(&candidate, None, &Known { reservations: &old, ..nothing() }), [warns("identifier")]);
}

#[test]
fn a_dotted_or_longer_spelling_of_the_client_is_the_same_client() {
    let duid = Identifier::parse(IdentifierKind::Duid, "00:02:00:00:ab:11").unwrap();
    let inside = Identifier::parse(IdentifierKind::ClientId, "ff:01:02:03:04:00:02:00:00:ab:11").unwrap();
    assert_eq!(other_identifiers(&inside), std::slice::from_ref(&duid));
    assert_eq!(other_identifiers(&duid), [], "it is not known which client ids have it inside");
    let old = [existing("main/1", inside, "192.0.2.9", "web.")];
    let candidate = wanted(duid, "192.0.2.10");
    let reported = short(&candidate, None, &Known { reservations: &old, ..nothing() });
    assert_eq!(reported, [warns("identifier")], "the name is its own");
}

#[test]
fn a_lease_shows_what_else_a_client_is_known_by() {
    let client_id = Identifier::parse(IdentifierKind::ClientId, "aa:bb").unwrap();
    let its = Lease { client_id: Some(client_id.octets().clone()), ..lease("192.0.2.9", ALICE, LeaseState::Assigned) };
    let known = aliases(&hw(ALICE), [&its, &lease("192.0.2.10", BOB, LeaseState::Assigned)]);
    assert_eq!(known, std::slice::from_ref(&client_id));
    assert_eq!(aliases(&client_id, [&its]).len(), 2, "the hardware address, and the client id with it inside");
    let old = [existing("main/1", client_id, "192.0.2.9", "old")];
    let candidate = wanted(hw(ALICE), "192.0.2.10");
    let with = |aliases| short(&candidate, None, &Known { reservations: &old, aliases, ..nothing() });
    assert_eq!((with(&known), with(&[])), (vec![warns("identifier")], vec![]));
}

#[test]
fn zeros_and_ones_are_no_clients_and_odd_lengths_are_worth_a_word() {
    let zeros = hw("00:00:00:00:00:00");
    assert_eq!(other_identifiers(&zeros), []);
    assert_eq!(aliases(&zeros, [&lease("192.0.2.9", "00:00:00:00:00:00", LeaseState::Assigned)]), []);
    for odd in ["00:00:00:00:00:00", "ff:ff:ff:ff:ff:ff", "02:00:5e:10:00", "7a"] {
        assert_eq!(short(&wanted(hw(odd), "192.0.2.9"), None, &nothing()), [warns("identifier")], "{odd}");
    }
}

#[test]
fn a_reservation_of_nothing_marks_a_client_as_known() {
    let bare = NewReservation::of(subnet().key, hw(ALICE));
    assert_eq!(short(&bare, None, &nothing()), [warns("address")]);
    let class =
        Reservation { client_classes: vec!["voip".to_owned()], ..existing("main/1", hw(ALICE), "192.0.2.9", "old") };
    let (key, old) = (class.key(), [class]);
    let known = Known { reservations: &old, ..nothing() };
    assert_eq!(short(&bare, Some(&key), &known), [], "what it does not name stays: the class");
}

#[test]
fn where_the_server_allows_it_an_address_is_reserved_for_several() {
    let mut subnet = subnet();
    subnet.rules.unique = false;
    let old = [existing("main/1", hw(BOB), "192.0.2.9", "db")];
    let known = Known { reservations: &old, ..nothing() };
    let found = conflicts(&subnet, &wanted(hw(ALICE), "192.0.2.9"), None, &known);
    assert_eq!((found.len(), found[0].severity), (1, Severity::Warns), "{found:?}");
}

#[test]
fn flags_of_the_server_can_undo_a_reservation() {
    let mut subnet = subnet();
    subnet.rules.out_of_pool = true;
    let judge = |subnet: &Subnet, address| conflicts(subnet, &wanted(hw(ALICE), address), None, &nothing());
    assert_eq!(judge(&subnet, "192.0.2.100")[0].severity, Severity::Blocks);
    assert_eq!(judge(&subnet, "192.0.2.9"), []);
    subnet.rules.in_subnet = false;
    assert_eq!(judge(&subnet, "192.0.2.9")[0].severity, Severity::Warns);
}

#[test]
fn a_client_of_the_class_may_have_an_address_of_its_pool() {
    let classes = Some(vec!["voip".to_owned()]);
    let candidate = NewReservation { client_classes: classes, ..wanted(hw(ALICE), "192.0.2.200") };
    assert_eq!(short(&candidate, None, &nothing()), []);
}

mod ipv6 {
    use super::*;

    const CAROL: &str = "00:03:00:01:02:00:5e:10:00:0c";
    const DAVE: &str = "00:03:00:01:02:00:5e:10:00:0d";

    fn subnet() -> Subnet {
        testing::subnet("2001:db8::/64", &[("2001:db8::1000-2001:db8::1fff", &[])])
    }

    fn duid(text: &str) -> Identifier {
        Identifier::parse(IdentifierKind::Duid, text).unwrap()
    }

    fn wanted(addresses: &[&str], prefixes: &[&str]) -> NewReservation {
        let mut addresses = addresses.iter().map(|address| address.parse().unwrap());
        NewReservation {
            address: addresses.next(),
            more_addresses: addresses.collect(),
            prefixes: prefixes.iter().map(|prefix| prefix.parse().unwrap()).collect(),
            ..NewReservation::of(subnet().key, duid(CAROL))
        }
    }

    fn existing(of: &str, addresses: &[&str], prefixes: &[&str]) -> Reservation {
        let new = NewReservation { identifier: duid(of), ..wanted(addresses, prefixes) };
        new.over(None, Storage::Configuration)
    }

    fn lease(address: &str, prefix_len: Option<u8>, of: &str) -> Lease {
        let duid = Some(of.parse().unwrap());
        Lease { prefix_len, duid, hw_address: None, ..super::lease(address, ALICE, LeaseState::Assigned) }
    }

    fn found(new: &NewReservation, replacing: Option<&Reservation>, known: &Known<'_>) -> Vec<(Severity, String)> {
        let found = conflicts(&subnet(), new, replacing.map(Reservation::key).as_ref(), known);
        found.into_iter().map(|each| (each.severity, each.text)).collect()
    }

    #[test]
    fn each_of_several_addresses_is_judged() {
        let others = [existing(DAVE, &["2001:db8::7", "2001:db8::8"], &[])];
        let known = Known { reservations: &others, ..nothing() };
        assert_eq!(found(&wanted(&["2001:db8::5", "2001:db8::6"], &[]), None, &known), []);
        let text = format!("2001:db8::8 is reserved for DUID {DAVE}.");
        assert_eq!(found(&wanted(&["2001:db8::5", "2001:db8::8"], &[]), None, &known), [(Severity::Blocks, text)]);
    }

    #[test]
    fn a_lease_belongs_to_a_duid() {
        let leases = [lease("2001:db8::5", None, CAROL), lease("2001:db8::6", None, DAVE)];
        let known = Known { leases: &leases, ..nothing() };
        let seen = found(&wanted(&["2001:db8::5", "2001:db8::6"], &[]), None, &known);
        assert_eq!((seen.len(), seen[0].0), (1, Severity::Warns));
        assert!(seen[0].1.starts_with(&format!("2001:db8::6 is leased to DUID {DAVE} until ")), "{}", seen[0].1);
    }

    #[test]
    fn prefixes_must_not_overlap_those_of_others() {
        let others = [existing(DAVE, &[], &["2001:db8:1:100::/56"])];
        let known = Known { reservations: &others, ..nothing() };
        assert_eq!(found(&wanted(&[], &["2001:db8:1:200::/56"]), None, &known), []);
        for (prefix, text) in [
            ("2001:db8:1:100::/56", format!("2001:db8:1:100::/56 is reserved for DUID {DAVE}.")),
            (
                "2001:db8:1::/48",
                format!("2001:db8:1::/48 has addresses of 2001:db8:1:100::/56, which is reserved for DUID {DAVE}."),
            ),
        ] {
            assert_eq!(found(&wanted(&[], &[prefix]), None, &known), [(Severity::Blocks, text)]);
        }
    }

    #[test]
    fn a_prefix_that_is_delegated_to_another_client_is_reported() {
        let leases = [lease("2001:db8:1:100::", Some(56), DAVE)];
        let known = Known { leases: &leases, ..nothing() };
        let seen = found(&wanted(&[], &["2001:db8:1::/48"]), None, &known);
        assert_eq!((seen.len(), seen[0].0), (1, Severity::Warns));
        let leases = [lease("2001:db8:1:100::", Some(56), CAROL)];
        assert_eq!(found(&wanted(&[], &["2001:db8:1:100::/56"]), None, &Known { leases: &leases, ..nothing() }), []);
    }

    #[test]
    fn a_change_that_leaves_a_prefix_alone_is_not_stopped() {
        let old = existing(CAROL, &[], &["2001:db8:1:100::/56"]);
        let others = [old.clone(), existing(DAVE, &[], &["2001:db8:1:100::/56"])];
        let known = Known { reservations: &others, ..nothing() };
        let seen = found(&wanted(&[], &["2001:db8:1:100::/56"]), Some(&old), &known);
        assert_eq!((seen.len(), seen[0].0), (1, Severity::Warns));
    }
}

/// Subnets that have addresses in common, or are in one shared network.
mod elsewhere {
    use model::{ReservationRules, SubnetKey};

    use super::*;

    /// A subnet whose clients' global reservations count.
    fn global_counts() -> Subnet {
        Subnet { rules: ReservationRules { global: true, ..ReservationRules::default() }, ..subnet() }
    }

    fn texts(subnet: &Subnet, candidate: &NewReservation, known: &Known<'_>) -> Vec<String> {
        let found = conflicts(subnet, candidate, None, known);
        assert!(found.iter().all(|each| each.severity == Severity::Warns), "{found:?}");
        found.into_iter().map(|each| each.text).collect()
    }

    #[test]
    fn a_global_reservation_that_counts_no_more_is_reported_with_what_is_lost() {
        let blocked = Reservation {
            client_classes: vec!["BLOCKED".to_owned()],
            address: None,
            host_name: None,
            ..existing("main/0", hw(ALICE), "192.0.2.9", "")
        };
        let known = Known { reservations: std::slice::from_ref(&blocked), ..nothing() };
        let candidate = wanted(hw(ALICE), "192.0.2.9");
        let said = texts(&global_counts(), &candidate, &known);
        assert!(said[0].contains("a global reservation (the class “BLOCKED”)"), "{said:?}");
        assert_eq!(texts(&subnet(), &candidate, &known), [""; 0], "global reservations do not count here");
        let by_client_id = Identifier::parse(IdentifierKind::ClientId, &format!("01:{ALICE}")).unwrap();
        assert_eq!(texts(&global_counts(), &wanted(by_client_id, "192.0.2.9"), &known).len(), 1, "the same client");
        assert_eq!(texts(&global_counts(), &wanted(hw(BOB), "192.0.2.9"), &known), [""; 0]);
    }

    #[test]
    fn a_global_reservation_does_not_count_where_the_client_has_its_own() {
        let all = Subnet::global("main".parse().unwrap(), model::Family::V4, global_counts().rules);
        let own = [existing("main/1", hw(ALICE), "192.0.2.9", "web")];
        let around = [subnet()];
        let known = Known { reservations: &own, around: &around, ..nothing() };
        let global =
            NewReservation { subnet: SubnetKey::global("main".parse().unwrap()), ..wanted(hw(ALICE), "192.0.2.9") };
        let said = texts(&all, &global, &known);
        assert_eq!(said.len(), 1, "{said:?}");
        assert!(said[0].contains("in the subnet 192.0.2.0/24: there, that one counts"), "{said:?}");
        let off = Subnet { rules: ReservationRules::default(), ..all };
        assert!(texts(&off, &global, &nothing())[0].starts_with("Global reservations have no effect"));
    }

    #[test]
    fn without_an_address_beside_a_global_one_with_it_the_client_would_get_none() {
        let roams = existing("main/0", hw(ALICE), "192.0.2.9", "roamer");
        let known = Known { reservations: std::slice::from_ref(&roams), ..nothing() };
        let nameless = NewReservation { address: None, ..wanted(hw(ALICE), "192.0.2.9") };
        let severities = |subnet: &Subnet| {
            conflicts(subnet, &nameless, None, &known).into_iter().map(|each| each.severity).collect::<Vec<_>>()
        };
        assert_eq!(severities(&global_counts())[0], Severity::Blocks);
        assert!(!severities(&subnet()).contains(&Severity::Blocks), "global reservations do not count there");
        let was = Reservation { address: None, ..existing("main/1", hw(ALICE), "192.0.2.9", "old") };
        let both = [roams, was.clone()];
        let known = Known { reservations: &both, ..nothing() };
        let found = conflicts(&global_counts(), &nameless, Some(&was.key()), &known);
        assert!(found.iter().all(|each| each.severity == Severity::Warns), "it was so before: {found:?}");
    }

    #[test]
    fn a_global_reservation_does_not_keep_an_address_of_a_pool() {
        let all = Subnet::global("main".parse().unwrap(), model::Family::V4, global_counts().rules);
        let around = [testing::subnet("192.0.2.0/24", &[("192.0.2.32-192.0.2.40", &[])])];
        let known = Known { around: &around, ..nothing() };
        let global = |address: &str| NewReservation {
            subnet: SubnetKey::global("main".parse().unwrap()),
            ..wanted(hw(ALICE), address)
        };
        assert!(texts(&all, &global("192.0.2.33"), &known)[0].contains("does not keep the server from leasing it"));
        assert_eq!(texts(&all, &global("192.0.2.50"), &known), [""; 0]);
    }

    #[test]
    fn of_one_shared_network_one_reservation_counts() {
        let beside = |subnet: Subnet| Subnet { shared_network: Some("floor".to_owned()), ..subnet };
        let around = [beside(Subnet::of("main/2".parse().unwrap(), "198.51.100.0/24".parse().unwrap()))];
        let other = [existing("main/2", hw(ALICE), "198.51.100.9", "web")];
        let known = Known { reservations: &other, around: &around, ..nothing() };
        let said = texts(&beside(subnet()), &wanted(hw(ALICE), "192.0.2.9"), &known);
        assert!(said[0].contains("in the subnet 198.51.100.0/24, which is in the same shared network"), "{said:?}");
        assert_eq!(texts(&subnet(), &wanted(hw(ALICE), "192.0.2.9"), &known), [""; 0]);
    }

    #[test]
    fn gateways_and_pools_of_subnets_that_overlap_are_reported() {
        let pools: [(&str, &[&str]); 1] = [("192.0.2.32-192.0.2.40", &[])];
        let part = testing::subnet("192.0.2.32/27", &pools);
        let around = [Subnet { key: "main/2".parse().unwrap(), routers: vec![[192, 0, 2, 33].into()], ..part }];
        let known = Known { around: &around, ..nothing() };
        assert_eq!(short(&wanted(hw(ALICE), "192.0.2.33"), None, &known), [blocks("address"), warns("address")]);
        let said = texts(&subnet(), &wanted(hw(ALICE), "192.0.2.40"), &known);
        assert!(said[0].contains("the pool 192.0.2.32 – 192.0.2.40 of the subnet 192.0.2.32/27"), "{said:?}");
        assert_eq!(short(&wanted(hw(ALICE), "192.0.2.50"), None, &known), []);
    }
}
