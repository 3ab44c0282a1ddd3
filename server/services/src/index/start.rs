//! Which row a page of addresses begins with, where an address is asked for. Pure.

use std::net::{IpAddr, Ipv6Addr};

use model::{AddressQuery, AddressRow, AddressSort};

/// Where a page begins.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Start {
    /// How many rows come before it.
    pub(super) offset: u32,
    /// Which of its rows the address is in that was asked for, or comes next to it.
    pub(super) at: Option<u32>,
}

/// Where the page begins: at the offset that is asked for, or so many whole pages from the start that the row of the address
/// is on it. `rows`: all that match the question, in its order.
pub(super) fn start(rows: &[AddressRow], query: &AddressQuery, limit: u32) -> Start {
    let place = query.at.and_then(|address| place_of(rows, address, query)).and_then(|place| u32::try_from(place).ok());
    match place {
        Some(place) => Start { offset: place - place % limit, at: Some(place % limit) },
        None => Start { offset: query.offset, at: None },
    }
}

/// The row that the address is in; in the order of addresses else the one that comes next, or the last.
fn place_of(rows: &[AddressRow], address: IpAddr, query: &AddressQuery) -> Option<usize> {
    if let Some(place) = rows.iter().position(|row| has(row, address)) {
        return Some(place);
    }
    let is_past = |row: &AddressRow| {
        let first = first(row).filter(|first| first.is_ipv4() == address.is_ipv4());
        first.is_some_and(|first| if query.descending { first < address } else { first > address })
    };
    let next = || rows.iter().position(is_past).or_else(|| rows.len().checked_sub(1));
    (query.sort == AddressSort::Address).then(next).flatten()
}

fn has(row: &AddressRow, address: IpAddr) -> bool {
    match row {
        AddressRow::Client(client) => {
            let delegated = |address: Ipv6Addr| client.prefix.is_some_and(|prefix| prefix.contains(address));
            client.address == Some(address) || matches!(address, IpAddr::V6(address) if delegated(address))
        }
        AddressRow::Gap { range, .. } => range.contains(address),
        AddressRow::Special { address: special, .. } => *special == address,
        AddressRow::Raw(raw) => raw.address() == Some(address),
    }
}

fn first(row: &AddressRow) -> Option<IpAddr> {
    match row {
        AddressRow::Client(client) => client.address,
        AddressRow::Gap { range, .. } => Some(range.first()),
        AddressRow::Special { address, .. } => Some(*address),
        AddressRow::Raw(raw) => raw.address(),
    }
}

#[cfg(test)]
mod tests {
    use model::{AddressRange, SpecialAddress};

    use super::*;

    fn special(address: &str) -> AddressRow {
        AddressRow::Special { address: address.parse().unwrap(), what: SpecialAddress::Gateway }
    }

    fn gap(range: &str) -> AddressRow {
        AddressRow::Gap { range: range.parse::<AddressRange>().unwrap(), in_pool: true, excluded: None }
    }

    fn asked(rows: &[AddressRow], address: &str, query: AddressQuery) -> (u32, Option<u32>) {
        let query = AddressQuery { at: Some(address.parse().unwrap()), ..query };
        let Start { offset, at } = start(rows, &query, 2);
        (offset, at)
    }

    #[test]
    fn the_page_has_the_row_of_the_address() {
        let rows = [
            special("10.0.0.0"),
            special("10.0.0.1"),
            gap("10.0.0.2-10.0.0.8"),
            special("10.0.0.9"),
            special("10.0.0.12"),
        ];
        let ascending = AddressQuery::default;
        for (address, offset, at) in
            [("10.0.0.1", 0, 1), ("10.0.0.7", 2, 0), ("10.0.0.9", 2, 1), ("10.0.0.11", 4, 0), ("10.0.0.200", 4, 0)]
        {
            assert_eq!(asked(&rows, address, ascending()), (offset, Some(at)), "{address}");
        }
        let mut down = rows;
        down.reverse();
        let descending = AddressQuery { descending: true, ..AddressQuery::default() };
        assert_eq!(asked(&down, "10.0.0.11", descending.clone()), (0, Some(1)), "the next one on the way down");
        assert_eq!(asked(&down, "10.0.0.5", descending), (2, Some(0)));
    }

    #[test]
    fn in_another_order_an_address_has_its_row_or_none() {
        let rows = [special("10.0.0.9"), special("10.0.0.1"), special("10.0.0.5")];
        let query = AddressQuery { sort: AddressSort::State, offset: 2, ..AddressQuery::default() };
        assert_eq!(asked(&rows, "10.0.0.5", query.clone()), (2, Some(0)));
        assert_eq!(asked(&rows, "10.0.0.4", query), (2, None), "what was asked for besides");
        assert_eq!(asked(&[], "10.0.0.4", AddressQuery::default()), (0, None));
    }
}
