use model::{HwAddress, Identifier, Octets, Pool, Seconds, Storage, SubnetKey};

use super::*;
use crate::ports::Listed;

const NOW: Timestamp = Timestamp(1_000_000);

fn key() -> SubnetKey {
    "kea/1".parse().unwrap()
}

fn subnet(prefix: &str, pool: &str) -> Subnet {
    Subnet {
        pools: vec![Pool::of(pool.parse().unwrap())],
        routers: vec![prefix.parse::<model::IpNetwork>().unwrap().iter().nth(1).unwrap()],
        ..Subnet::of(key(), prefix.parse().unwrap())
    }
}

fn mac(last: u8) -> HwAddress {
    format!("02:00:00:00:00:{last:02x}").parse().unwrap()
}

fn lease(address: &str, owner: u8) -> Lease {
    Lease {
        subnet: key(),
        address: address.parse().unwrap(),
        prefix_len: None,
        duid: None,
        hw_address: Some(mac(owner)),
        client_id: None,
        host_name: Some(format!("host-{owner}")),
        state: LeaseState::Assigned,
        renewed_at: NOW,
        lifetime: Some(Seconds(600)),
        stray: None,
    }
}

fn reservation(address: Option<&str>, identifier: Identifier) -> Reservation {
    Reservation {
        subnet: key(),
        identifier,
        address: address.map(|address| address.parse().unwrap()),
        more_addresses: Vec::new(),
        prefixes: Vec::new(),
        host_name: Some("Reserved".to_owned()),
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

fn by_mac(last: u8) -> Identifier {
    Identifier::HwAddress(mac(last))
}

fn snapshot(leases: Vec<Lease>, reservations: Vec<Reservation>) -> Snapshot {
    Snapshot::new(
        &Subnet::of("main/1".parse().unwrap(), "192.0.2.0/24".parse().unwrap()),
        &[],
        Listed { known: leases, raw: Vec::new() },
        Listed { known: reservations, raw: Vec::new() },
        NOW,
    )
}

fn state_of(lease: Option<Lease>, reservation: Option<Reservation>) -> ClientState {
    client(None, lease, reservation, None, NOW).state
}

fn gaps(rows: &[AddressRow]) -> Vec<(String, bool)> {
    let gap = |row: &AddressRow| match row {
        AddressRow::Gap { range, in_pool, .. } => Some((range.to_string(), *in_pool)),
        _ => None,
    };
    rows.iter().filter_map(gap).collect()
}

#[test]
fn one_word_says_how_things_stand() {
    let expired = || Lease { renewed_at: Timestamp(0), ..lease("10.0.0.5", 1) };
    let declined = || Lease { state: LeaseState::Declined, hw_address: None, ..lease("10.0.0.5", 1) };
    let reserved = |owner| Some(reservation(Some("10.0.0.5"), by_mac(owner)));
    assert_eq!(state_of(Some(lease("10.0.0.5", 1)), None), ClientState::Leased);
    assert_eq!(state_of(Some(expired()), None), ClientState::Expired);
    let released = Lease { state: LeaseState::Released, ..lease("10.0.0.5", 1) };
    assert_eq!(state_of(Some(released), None), ClientState::Released);
    assert_eq!(state_of(Some(lease("10.0.0.5", 1)), reserved(1)), ClientState::ReservedInUse);
    assert_eq!(state_of(Some(lease("10.0.0.5", 1)), reserved(2)), ClientState::Conflict);
    assert_eq!(state_of(Some(expired()), reserved(2)), ClientState::ReservedIdle);
    assert_eq!(state_of(Some(declined()), reserved(2)), ClientState::Declined);
    assert_eq!(state_of(None, reserved(2)), ClientState::ReservedIdle);
    assert_eq!(state_of(None, None), ClientState::Held);
}

#[test]
fn a_lease_is_recognised_by_any_identifier_of_its_client() {
    let octets = |text: &str| text.parse::<Octets>().unwrap();
    let with_id = |id: &str| Lease { client_id: Some(octets(id)), ..lease("10.0.0.5", 1) };
    let state = |identifier, id| state_of(Some(with_id(id)), Some(reservation(Some("10.0.0.5"), identifier)));
    assert_eq!(state(Identifier::ClientId(octets("0102")), "0102"), ClientState::ReservedInUse);
    assert_eq!(state(Identifier::ClientId(octets("0103")), "0102"), ClientState::Conflict);
    assert_eq!(state(Identifier::Duid(octets("0003aa")), "ff:00:00:00:01:00:03:aa"), ClientState::ReservedInUse);
    assert_eq!(state(Identifier::Duid(octets("0003aa")), "ff:00:00:00:01:00:03:ab"), ClientState::Conflict);
    assert_eq!(state(Identifier::CircuitId(octets("0102")), "0102"), ClientState::ReservedInUse);
}

#[test]
fn a_free_address_that_is_looked_for_is_shown_by_itself() {
    let of = subnet("10.0.0.0/28", "10.0.0.4-10.0.0.7");
    let found = |text: &str| {
        let rows = rows(&of, &snapshot(vec![lease("10.0.0.6", 1)], Vec::new()), Blacklist::default(), NOW);
        let query = AddressQuery { text: text.to_owned(), ..AddressQuery::default() };
        gaps(&page(rows, &query, NOW).rows)
    };
    assert_eq!(found("10.0.0.10"), [("10.0.0.10".to_owned(), false)]);
    assert_eq!(found("10.0.0.5"), [("10.0.0.5".to_owned(), true)]);
    assert!(found("10.0.0.6").is_empty(), "a client has it");
    assert!(found("").len() > 2);
}

#[test]
fn a_text_that_names_ranges_shows_what_lies_in_them() {
    let leases = vec![lease("10.0.0.5", 1), lease("10.0.0.6", 2), lease("10.0.0.12", 3)];
    let subnet = subnet("10.0.0.0/28", "10.0.0.4-10.0.0.7");
    let shown = |text: &str, filter| {
        let all = rows(&subnet, &snapshot(leases.clone(), Vec::new()), Blacklist::default(), NOW);
        let query = AddressQuery { text: text.to_owned(), filter, ..AddressQuery::default() };
        let name = |row: &AddressRow| match row {
            AddressRow::Gap { range, .. } => range.to_string(),
            row => as_client(row).and_then(Client::what).unwrap_or_default(),
        };
        page(all, &query, NOW).rows.iter().map(name).collect::<Vec<_>>()
    };
    assert_eq!(shown("10.0.0.6 - 10.0.0.7,10.0.0.12/30", AddressFilter::Leases), ["10.0.0.6", "10.0.0.12"]);
    assert_eq!(
        shown("10.0.0.5-10.0.0.9", AddressFilter::All),
        ["10.0.0.5", "10.0.0.6", "10.0.0.7", "10.0.0.8 – 10.0.0.9"]
    );
    assert_eq!(shown("10.0.0.5,10.0.0.6-10.0.0.7", AddressFilter::Leases).len(), 0, "an address is no range");
}

#[test]
fn gaps_are_cut_where_pools_begin_and_end() {
    let rows = rows(
        &subnet("10.0.0.0/28", "10.0.0.4-10.0.0.7"),
        &snapshot(vec![lease("10.0.0.6", 1)], Vec::new()),
        Blacklist::default(),
        NOW,
    );
    let text = |range: &str, in_pool| (range.to_owned(), in_pool);
    assert_eq!(
        gaps(&rows),
        [
            text("10.0.0.2 – 10.0.0.3", false),
            text("10.0.0.4 – 10.0.0.5", true),
            text("10.0.0.7", true),
            text("10.0.0.8 – 10.0.0.14", false)
        ]
    );
    assert_eq!(rows.len(), 4 + 1 + 3, "gaps, one lease, network, gateway, broadcast");
}

#[test]
fn in_ipv6_gaps_between_clients_are_left_out_of_the_list_of_everything() {
    let leases = |first: &str, second: &str| vec![lease(first, 1), lease(second, 2)];
    let shown = |subnet: &Subnet, leases, exclusions: &[Exclusion], filter| {
        let all = rows(subnet, &snapshot(leases, Vec::new()), Blacklist { holds: &[], exclusions }, NOW);
        gaps(&page(all, &AddressQuery { filter, ..AddressQuery::default() }, NOW).rows).len()
    };
    let six = subnet("2001:db8::/64", "2001:db8::100-2001:db8::1ff");
    let close = || leases("2001:db8::110", "2001:db8::120");
    // Before the pool, before the clients, after them, after the pool; and what lies between.
    assert_eq!(shown(&six, close(), &[], AddressFilter::All), 4);
    assert_eq!(shown(&six, close(), &[], AddressFilter::Free), 5);
    let range = "2001:db8::118-2001:db8::119".parse().unwrap();
    let excluded = Exclusion { subnet: key(), range, reason: "old".to_owned(), author: "admin".to_owned(), since: NOW };
    assert_eq!(
        shown(&six, close(), &[excluded], AddressFilter::All),
        4 + 3,
        "an exclusion is shown, and what is around"
    );
    let four = subnet("10.0.0.0/24", "10.0.0.10-10.0.0.100");
    assert_eq!(shown(&four, leases("10.0.0.20", "10.0.0.30"), &[], AddressFilter::All), 5);
}

#[test]
fn a_full_subnet_at_the_end_of_ipv4_has_no_gaps() {
    let leases = (0..4).map(|last| lease(&format!("255.255.255.{}", 252 + last), last)).collect();
    let rows = rows(
        &subnet("255.255.255.252/30", "255.255.255.253-255.255.255.254"),
        &snapshot(leases, Vec::new()),
        Blacklist::default(),
        NOW,
    );
    assert_eq!((rows.len(), gaps(&rows).len()), (4, 0));
}

#[test]
fn rows_are_filtered_sorted_and_paged() {
    let leases = (10..20).map(|last| lease(&format!("10.0.0.{last}"), last)).collect();
    let reservations = vec![reservation(Some("10.0.0.15"), by_mac(99)), reservation(None, by_mac(98))];
    let all = rows(
        &subnet("10.0.0.0/24", "10.0.0.10-10.0.0.100"),
        &snapshot(leases, reservations),
        Blacklist::default(),
        NOW,
    );
    let ask = |query: AddressQuery| page(all.clone(), &query, NOW);
    let filtered = |filter| ask(AddressQuery { filter, ..AddressQuery::default() }).total;
    assert_eq!(filtered(AddressFilter::Leases), 10);
    assert_eq!(filtered(AddressFilter::Reservations), 2);
    assert_eq!(filtered(AddressFilter::Problems), 1);
    assert_eq!(filtered(AddressFilter::Held), 0);
    let found = |text: &str| ask(AddressQuery { text: text.to_owned(), ..AddressQuery::default() }).total;
    assert_eq!(found("HOST-12"), 1);
    assert_eq!(found("00-00-00-0c"), 1, "part of a MAC in another notation: that of host-12");
    assert_eq!(found("0062"), 1, "the reservation without an address");
    assert_eq!(found("10.0.0.200"), 1, "the gap that the address lies in");
    assert_eq!(found("nothing"), 0);
    let query =
        AddressQuery { sort: AddressSort::HostName, descending: true, limit: 1, offset: 1, ..AddressQuery::default() };
    let second = ask(AddressQuery { filter: AddressFilter::Leases, ..query });
    assert_eq!((second.total, second.rows.len()), (10, 1));
}

#[test]
fn rows_without_a_value_come_last_whichever_way_the_rest_is_sorted() {
    let nameless = Lease { host_name: None, ..lease("10.0.0.9", 9) };
    let all = rows(
        &subnet("10.0.0.0/24", "10.0.0.2-10.0.0.100"),
        &snapshot(vec![nameless, lease("10.0.0.8", 8)], Vec::new()),
        Blacklist::default(),
        NOW,
    );
    for descending in [false, true] {
        let query = AddressQuery {
            filter: AddressFilter::Leases,
            sort: AddressSort::HostName,
            descending,
            ..AddressQuery::default()
        };
        let AddressRow::Client(first) = &page(all.clone(), &query, NOW).rows[0] else { panic!("a client") };
        assert_eq!(first.host_name(), Some("host-8"), "descending: {descending}");
    }
}

#[test]
fn excluded_addresses_are_a_gap_of_their_own() {
    let exclusion = |range: &str| Exclusion {
        subnet: key(),
        range: range.parse().unwrap(),
        reason: "printers".to_owned(),
        author: "bob".to_owned(),
        since: NOW,
    };
    let exclusions = [exclusion("10.0.0.6-10.0.0.9")];
    let blacklist = Blacklist { holds: &[], exclusions: &exclusions };
    let all = rows(&subnet("10.0.0.0/28", "10.0.0.4-10.0.0.7"), &snapshot(Vec::new(), Vec::new()), blacklist, NOW);
    let excluded: Vec<_> = all
        .iter()
        .filter_map(|row| match row {
            AddressRow::Gap { range, excluded: Some(reason), .. } => Some((range.to_string(), reason.as_str())),
            _ => None,
        })
        .collect();
    assert_eq!(excluded.len(), 2, "cut at the end of the pool: {excluded:?}");
}

#[test]
fn copies_in_both_places_know_each_other() {
    let ours = reservation(Some("10.0.0.5"), by_mac(1));
    let copy = Reservation { storage: Storage::Database, host_name: Some("other".to_owned()), ..ours.clone() };
    let ours = Reservation { storage: Storage::Configuration, ..ours };
    for reservations in [vec![ours.clone(), copy.clone()], vec![copy.clone(), ours.clone()]] {
        let all = rows(
            &subnet("10.0.0.0/28", "10.0.0.4-10.0.0.7"),
            &snapshot(vec![], reservations),
            Blacklist::default(),
            NOW,
        );
        let client = all.iter().find_map(|row| match row {
            AddressRow::Client(client) => Some(client),
            _ => None,
        });
        let client = client.unwrap();
        assert_eq!((client.reservation.as_ref(), client.duplicate.as_ref()), (Some(&ours), Some(&copy)));
    }
}

/// The rows of 10.0.0.5, each with whether the lease stands there.
fn at_five(leases: Vec<Lease>, owners: &[u8]) -> Vec<(ClientState, bool)> {
    let reservations = owners.iter().map(|owner| reservation(Some("10.0.0.5"), by_mac(*owner))).collect();
    let subnet = subnet("10.0.0.0/28", "10.0.0.4-10.0.0.7");
    let all = rows(&subnet, &snapshot(leases, reservations), Blacklist::default(), NOW);
    all.iter().filter_map(as_client).map(|client| (client.state, client.lease.is_some())).collect()
}

#[test]
fn an_address_that_is_reserved_for_several_has_a_row_for_each() {
    use ClientState::{Conflict, ReservedIdle, ReservedInUse};
    assert_eq!(at_five(vec![], &[1, 2]), [(ReservedIdle, false), (ReservedIdle, false)]);
    let one_has_it = [(ReservedIdle, false), (ReservedInUse, true)];
    assert_eq!(at_five(vec![lease("10.0.0.5", 2)], &[1, 2]), one_has_it);
    assert_eq!(at_five(vec![lease("10.0.0.5", 9)], &[1, 2]), [(Conflict, true); 2], "it is in the way of both");
    let expired = Lease { renewed_at: Timestamp(0), ..lease("10.0.0.5", 9) };
    assert_eq!(at_five(vec![expired], &[1, 2]), [(ReservedIdle, true), (ReservedIdle, false)]);
}

#[test]
fn what_lies_outside_of_the_prefix_follows_what_lies_inside() {
    let leases = vec![lease("9.0.0.1", 1), lease("10.0.0.6", 2), lease("11.0.0.1", 3)];
    let subnet = subnet("10.0.0.0/28", "10.0.0.4-10.0.0.7");
    let all = rows(&subnet, &snapshot(leases, Vec::new()), Blacklist::default(), NOW);
    assert_eq!(gaps(&all).len(), 4, "as if it were not there");
    let clients: Vec<_> = all.iter().filter_map(as_client).filter_map(Client::what).collect();
    assert_eq!(clients, ["10.0.0.6", "9.0.0.1", "11.0.0.1"]);
}

#[test]
fn a_name_is_found_with_and_without_the_dot_at_its_end() {
    assert_eq!(searched(" Web.Example. "), "web.example");
    assert_eq!(searched("192.0.2."), "192.0.2.", "a part of an address");
    assert_eq!(searched("2001:DB8:0::1"), "2001:db8::1");
}

#[test]
fn each_address_and_prefix_of_a_reservation_has_a_row() {
    let subnet = Subnet { routers: Vec::new(), ..subnet("2001:db8::/64", "2001:db8::1000-2001:db8::1fff") };
    let duid = || "00:03:00:01:02:00:00:00:00:01".parse::<Octets>().unwrap();
    let of_ipv6 = |address, prefix_len| Lease { prefix_len, hw_address: None, duid: Some(duid()), ..lease(address, 1) };
    let reservation = Reservation {
        more_addresses: vec!["2001:db8::6".parse().unwrap()],
        prefixes: vec!["2001:db8:1::/56".parse().unwrap()],
        ..reservation(Some("2001:db8::5"), Identifier::Duid(duid()))
    };
    let leases = vec![of_ipv6("2001:db8::6", None), of_ipv6("2001:db8:1::", Some(56))];
    let all = rows(&subnet, &snapshot(leases, vec![reservation]), Blacklist::default(), NOW);
    let clients: Vec<_> =
        all.iter().filter_map(as_client).map(|client| (client.what().unwrap_or_default(), client.state)).collect();
    let expected = [
        ("2001:db8::5", ClientState::ReservedIdle),
        ("2001:db8::6", ClientState::ReservedInUse),
        ("2001:db8:1::/56", ClientState::ReservedInUse),
    ];
    assert_eq!(clients, expected.map(|(what, state)| (what.to_owned(), state)));
    let first = AddressRow::Special { address: "2001:db8::".parse().unwrap(), what: SpecialAddress::Anycast };
    assert_eq!(all.first(), Some(&first));
    assert_eq!(gaps(&all).last(), Some(&("2001:db8::2000 – 2001:db8::ffff:ffff:ffff:ffff".to_owned(), false)));
    assert!(all.len() < 12, "gaps are ranges");
}
