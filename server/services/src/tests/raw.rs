//! Records that are of no type of ours: they are shown, found and exported as they are, their addresses are not free, and
//! they take nothing else away.

use model::{
    AddressFilter, AddressQuery, AddressRange, AddressRow, RawKind, RawRecord, RowVerdict, Storage, SubnetKey,
};

use super::world::{ACTOR, World, known, server, wanted};
use crate::Error;

fn key(text: &str) -> SubnetKey {
    text.parse().unwrap()
}

fn raw(kind: RawKind, subnet: &str, address: &[u8]) -> RawRecord {
    let addresses: Vec<_> = address.iter().map(|last| [192, 0, 2, *last].into()).collect();
    RawRecord {
        kind,
        subnet: key(subnet),
        stray: false,
        text: format!(r#"{{"subnet-id":{},"hostname":"Odd-{}"}}"#, key(subnet).id, kind.label()),
        addresses,
        storage: (kind == RawKind::Reservation).then_some(Storage::Configuration),
        fault: "state: there is no state 77".to_owned(),
    }
}

/// `kea1/1` with a reservation of 192.0.2.9, and records at .10, .11 and nowhere that are not understood.
async fn odd() -> World {
    let world = World::single(Storage::Configuration).with(&known(1, 9));
    world.dhcp.put_raw(&raw(RawKind::Lease, "kea1/1", &[10]));
    world.dhcp.put_raw(&raw(RawKind::Reservation, "kea1/1", &[11]));
    world.dhcp.put_raw(&raw(RawKind::Reservation, "kea1/1", &[]));
    world.hear_of_subnets().await;
    world
}

impl World {
    async fn raw_rows(&self, query: AddressQuery) -> Vec<Option<String>> {
        let page = self.nestor.subnets.addresses(&ACTOR, &key("kea1/1"), &query).await.unwrap();
        let raw = page.rows.into_iter().filter_map(|row| match row {
            AddressRow::Raw(raw) => Some(raw.address().map(|address| address.to_string())),
            _ => None,
        });
        raw.collect()
    }
}

#[tokio::test]
async fn they_are_rows_among_the_others() {
    let world = odd().await;
    let all = AddressQuery::default();
    let at = |last: u8| Some(format!("192.0.2.{last}"));
    assert_eq!(world.raw_rows(all.clone()).await, [at(10), at(11), None]);
    for (filter, rows) in [
        (AddressFilter::Leases, vec![at(10)]),
        (AddressFilter::Reservations, vec![at(11), None]),
        (AddressFilter::Problems, vec![at(10), at(11), None]),
        (AddressFilter::Held, vec![]),
    ] {
        assert_eq!(world.raw_rows(AddressQuery { filter, ..all.clone() }).await, rows, "{filter:?}");
    }
    for (text, count) in [("odd-lease", 1), ("odd-", 3), ("192.0.2.11", 1), ("nothing of it", 0)] {
        let query = AddressQuery { text: text.to_owned(), ..all.clone() };
        assert_eq!(world.raw_rows(query).await.len(), count, "{text}");
    }
    let page = world.nestor.subnets.addresses(&ACTOR, &key("kea1/1"), &all).await.unwrap();
    let free = |row: &AddressRow, last: u8| match row {
        AddressRow::Gap { range, .. } => range.contains([192, 0, 2, last].into()),
        _ => false,
    };
    assert!(!page.rows.iter().any(|row| free(row, 10) || free(row, 11)), "no gap covers them");
    assert!(page.rows.iter().any(|row| matches!(row, AddressRow::Client(client) if client.reservation.is_some())));
}

#[tokio::test]
async fn their_addresses_are_neither_offered_nor_reserved() {
    let world = odd().await;
    let range = AddressRange::new([192, 0, 2, 9].into(), [192, 0, 2, 12].into()).unwrap();
    let offer = async || {
        let (caller, subnet) = ((&ACTOR).into(), key("kea1/1"));
        let suggest = world.nestor.allocation.suggest(&caller, &subnet, Some(range), None);
        Box::pin(suggest).await
    };
    assert_eq!(offer().await.unwrap().address.to_string(), "192.0.2.12");
    assert!(matches!(offer().await, Err(Error::Exhausted { .. })));
    for last in [10, 11] {
        let Err(Error::Conflict { conflicts }) = world.create(&wanted(2, last)).await else { panic!("{last} is made") };
        assert!(conflicts[0].text.contains("does not understand"), "{conflicts:?}");
    }
    assert_eq!(world.running("kea1"), [known(1, 9)]);

    // What is not seen before a snapshot is seen by the question for the address itself.
    world.dhcp.put_raw(&raw(RawKind::Lease, "kea1/1", &[20]));
    let range = AddressRange::new([192, 0, 2, 20].into(), [192, 0, 2, 21].into()).unwrap();
    let (caller, subnet) = ((&ACTOR).into(), key("kea1/1"));
    let suggest = world.nestor.allocation.suggest(&caller, &subnet, Some(range), None);
    assert_eq!(Box::pin(suggest).await.unwrap().address.to_string(), "192.0.2.21");
}

#[tokio::test]
async fn they_are_found_exported_and_judged_in_tables() {
    let world = odd().await;
    for (text, count) in [("odd-reservation", 2), ("192.0.2.11", 1), ("192.0.2.1", 2)] {
        let answer = world.nestor.search.find(&ACTOR, text, 0).await.unwrap();
        assert_eq!((answer.raw.len(), answer.silent), (count, vec![]), "{text}");
    }
    let table = world.nestor.csv_import.export(&ACTOR, None).await.unwrap();
    assert!(table.contains("192.0.2.9"), "{table}");
    let remarks: Vec<_> = table.lines().filter(|line| line.starts_with('#')).collect();
    assert!(remarks.len() == 2 && remarks.iter().all(|line| line.contains("Odd-reservation")), "{table}");
    let text = format!("{table}192.0.2.0/24,hw-address,02:00:00:00:00:07,192.0.2.11\r\n");
    let checked = world.nestor.csv_import.check(&ACTOR, &text, None).await.unwrap();
    let verdicts: Vec<_> = checked.rows.iter().map(|row| row.verdict).collect();
    assert_eq!(verdicts, [RowVerdict::Same, RowVerdict::Blocked], "{checked:?}");
}

#[tokio::test]
async fn a_comparison_says_which_of_them_the_other_does_not_have() {
    let world = World::pair(Storage::Configuration).with(&known(1, 9));
    let both = raw(RawKind::Reservation, "kea1/1", &[10]);
    world.dhcp.put_raw(&both);
    let there = RawRecord { subnet: key("kea2/7"), text: both.text.replace(":1,", ":7,"), ..both };
    world.dhcp.put_raw(&there);
    // The other subnet of kea1 is on it alone, which is said too.
    let drift = async || {
        let found = world.nestor.servers.drift(&ACTOR, &server("kea1")).await.unwrap();
        let (lonely, shared): (Vec<_>, Vec<_>) = found.into_iter().partition(|drift| drift.left == key("kea1/2"));
        assert!(lonely.len() == 1 && lonely[0].missing_on == [server("kea2")], "{lonely:?}");
        shared
    };
    assert_eq!(drift().await, [], "word for word the same");
    world.dhcp.put_raw(&RawRecord { text: "{\"hostname\":\"alone\"}".to_owned(), ..there });
    let found = drift().await;
    assert_eq!(found.len(), 1);
    assert_eq!((found[0].differences.len(), found[0].raw.len()), (0, 1), "{found:?}");
}
