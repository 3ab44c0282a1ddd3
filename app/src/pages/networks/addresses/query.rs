//! The question that the address list answers, as part of the page's address: links, reload, back and the form without
//! JavaScript all say the same.

use std::fmt::Write as _;
use std::net::IpAddr;

use leptos_router::params::ParamsMap;
use model::{AddressFilter, AddressQuery, AddressSort, IpNetwork};

use crate::routes;
use crate::state::PageSize;

/// The filters, each with its short word and the name that people read.
pub(super) const FILTERS: [(AddressFilter, &str, &str); 6] = [
    (AddressFilter::All, "all", "All"),
    (AddressFilter::Leases, "leases", "Leases"),
    (AddressFilter::Reservations, "reservations", "Reservations"),
    (AddressFilter::Free, "free", "Free"),
    (AddressFilter::Held, "held", "Held"),
    (AddressFilter::Problems, "problems", "Problems"),
];

/// The orders, each with its short word and the head of its column.
pub(super) const SORTS: [(AddressSort, &str, &str); 5] = [
    (AddressSort::Address, "address", "Address"),
    (AddressSort::HostName, "name", "Name"),
    (AddressSort::HwAddress, "mac", "Identifier"),
    (AddressSort::State, "state", "State"),
    (AddressSort::Expiry, "expiry", "Expires"),
];

/// The question in the page's address, with so many rows unless it says otherwise. What cannot be read there is as if it
/// were not there.
pub(in crate::pages::networks) fn read(params: &ParamsMap, PageSize(size): PageSize) -> AddressQuery {
    let value = |name| params.get(name).unwrap_or_default();
    let (sort, descending) = match value("sort").strip_prefix('-') {
        Some(word) => (sort_of(word), true),
        None => (sort_of(&value("sort")), false),
    };
    AddressQuery {
        text: clean(&value("text")),
        filter: FILTERS
            .iter()
            .find(|(_, word, _)| *word == value("filter"))
            .map_or(AddressFilter::All, |found| found.0),
        sort,
        descending,
        offset: value("offset").parse().unwrap_or(0),
        at: value("at").trim().parse().ok(),
        limit: value("rows").parse().ok().filter(|rows| AddressQuery::SIZES.contains(rows)).unwrap_or(size),
    }
}

/// The page at that path with that question.
pub(super) fn href(path: &str, query: &AddressQuery) -> String {
    let mut href = path.to_owned();
    let mut mark = '?';
    for (name, value) in pairs(query) {
        let _ = write!(href, "{mark}{name}={}", routes::encode(&value));
        mark = '&';
    }
    href
}

/// What the address of the page says, without what goes without saying.
pub(super) fn pairs(query: &AddressQuery) -> Vec<(&'static str, String)> {
    let mut pairs = Vec::new();
    if !query.text.is_empty() {
        pairs.push(("text", query.text.clone()));
    }
    if let Some((_, word, _)) =
        FILTERS.iter().find(|(filter, ..)| *filter == query.filter && *filter != AddressFilter::All)
    {
        pairs.push(("filter", (*word).to_owned()));
    }
    let word = SORTS.iter().find(|(sort, ..)| *sort == query.sort).map_or("address", |found| found.1);
    match (query.sort, query.descending) {
        (AddressSort::Address, false) => {}
        (_, false) => pairs.push(("sort", word.to_owned())),
        (_, true) => pairs.push(("sort", format!("-{word}"))),
    }
    match query.at {
        Some(address) => pairs.push(("at", address.to_string())),
        None if query.offset > 0 => pairs.push(("offset", query.offset.to_string())),
        None => {}
    }
    if query.limit != AddressQuery::ROWS {
        pairs.push(("rows", query.limit.to_string()));
    }
    pairs
}

/// The same question with another text, from the start.
pub(super) fn with_text(query: &AddressQuery, text: &str) -> AddressQuery {
    AddressQuery { text: clean(text), offset: 0, at: None, ..query.clone() }
}

/// The same question for another kind of row, from the start.
pub(super) fn with_filter(query: &AddressQuery, filter: AddressFilter) -> AddressQuery {
    AddressQuery { filter, offset: 0, at: None, ..query.clone() }
}

/// The same question in another order, from the start; in the same order the other way round.
pub(super) fn with_sort(query: &AddressQuery, sort: AddressSort) -> AddressQuery {
    AddressQuery { sort, descending: query.sort == sort && !query.descending, offset: 0, at: None, ..query.clone() }
}

/// Another part of the same answer.
pub(super) fn with_offset(query: &AddressQuery, offset: u32) -> AddressQuery {
    AddressQuery { offset, at: None, ..query.clone() }
}

/// The page of the same answer that the address is on; of all addresses where a text is looked for.
pub(super) fn with_address(query: &AddressQuery, address: IpAddr) -> AddressQuery {
    AddressQuery { text: String::new(), offset: 0, at: Some(address), ..query.clone() }
}

/// The same answer in pages of so many rows, from the one that has what is shown first now.
pub(super) fn with_size(query: &AddressQuery, limit: u32) -> AddressQuery {
    AddressQuery { offset: query.offset - query.offset % limit, limit, ..query.clone() }
}

/// The address that is meant: in full, or in IPv4 by its last numbers.
pub(super) fn meant(text: &str, prefix: IpNetwork) -> Result<IpAddr, String> {
    let text = text.trim();
    let known = prefix.network().to_string();
    let missing = 3_usize.checked_sub(text.matches('.').count());
    let whole = match missing.filter(|_| prefix.is_ipv4() && !text.is_empty()) {
        Some(missing) => known.split('.').take(missing).chain([text]).collect::<Vec<_>>().join("."),
        None => text.to_owned(),
    };
    match whole.parse::<IpAddr>() {
        Ok(address) if prefix.contains(address) => Ok(address),
        Ok(address) => Err(format!("{address} is outside of {prefix}.")),
        Err(_) => Err(format!("“{text}” is not an address.")),
    }
}

fn sort_of(word: &str) -> AddressSort {
    SORTS.iter().find(|(_, known, _)| *known == word).map_or(AddressSort::Address, |found| found.0)
}

fn clean(text: &str) -> String {
    text.trim().chars().take(AddressQuery::LONGEST_TEXT).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    const USUAL: PageSize = PageSize(AddressQuery::ROWS);

    #[test]
    fn an_address_and_a_size_are_said_too() {
        let query = AddressQuery { at: "10.0.0.7".parse().ok(), limit: 500, ..AddressQuery::default() };
        assert_eq!(href("/n", &query), "/n?at=10.0.0.7&rows=500");
        assert_eq!(read(&params(&query), USUAL), query);
        assert_eq!(read(&params(&AddressQuery::default()), PageSize(50)).limit, 50, "what is preferred counts");
        assert_eq!(with_offset(&query, 500).at, None, "another page is not the one of the address");
        let there =
            with_address(&AddressQuery { text: "a".to_owned(), offset: 9, ..query }, "10.0.0.9".parse().unwrap());
        assert_eq!(href("/n", &there), "/n?at=10.0.0.9&rows=500");
        let second = AddressQuery { offset: 300, ..AddressQuery::default() };
        assert_eq!((with_size(&second, 200).offset, with_size(&second, 50).offset), (200, 300));
    }

    #[test]
    fn an_address_is_meant_by_its_last_numbers() {
        let prefix: IpNetwork = "10.20.0.0/16".parse().unwrap();
        let said = |text: &str| meant(text, prefix).map(|address| address.to_string());
        assert_eq!(said(" 10.20.3.4 ").as_deref(), Ok("10.20.3.4"));
        assert_eq!(said("3.4").as_deref(), Ok("10.20.3.4"));
        assert_eq!(said("7").as_deref(), Ok("10.20.0.7"));
        assert_eq!(said("10.21.0.1").unwrap_err(), "10.21.0.1 is outside of 10.20.0.0/16.");
        for nonsense in ["", "a", "300", "1.2.3.4.5", "::1"] {
            assert!(said(nonsense).is_err(), "{nonsense}");
        }
        assert_eq!(meant("2001:db8::7", "2001:db8::/64".parse().unwrap()).unwrap().to_string(), "2001:db8::7");
    }

    fn params(query: &AddressQuery) -> ParamsMap {
        pairs(query).into_iter().collect()
    }

    #[test]
    fn the_address_of_the_page_says_everything() {
        for (filter, ..) in FILTERS {
            for (sort, ..) in SORTS {
                for descending in [false, true] {
                    let query = AddressQuery {
                        filter,
                        sort,
                        descending,
                        offset: 200,
                        at: None,
                        text: "a b".to_owned(),
                        limit: AddressQuery::ROWS,
                    };
                    assert_eq!(read(&params(&query), USUAL), query);
                }
            }
        }
    }

    #[test]
    fn what_goes_without_saying_is_not_said() {
        assert_eq!(href("/networks/main/1", &AddressQuery::default()), "/networks/main/1");
        let query = with_text(&with_sort(&AddressQuery::default(), AddressSort::HostName), " 02:0 ");
        assert_eq!(href("/n", &query), "/n?text=02%3A0&sort=name");
        assert_eq!(href("/n", &with_sort(&query, AddressSort::HostName)), "/n?text=02%3A0&sort=-name");
    }

    #[test]
    fn nonsense_is_as_if_it_were_not_there() {
        let params: ParamsMap =
            [("filter", "x"), ("sort", "--name"), ("offset", "-4"), ("text", "  "), ("at", "x"), ("rows", "7")]
                .into_iter()
                .collect();
        assert_eq!(read(&params, USUAL), AddressQuery { descending: true, ..AddressQuery::default() });
    }

    #[test]
    fn a_new_question_starts_at_its_start() {
        let far = AddressQuery { offset: 300, ..AddressQuery::default() };
        assert_eq!(with_text(&far, "a").offset, 0);
        assert_eq!(with_filter(&far, AddressFilter::Free).offset, 0);
        assert_eq!(with_sort(&far, AddressSort::Address), AddressQuery { descending: true, ..AddressQuery::default() });
        assert_eq!(with_offset(&far, 400).offset, 400);
    }
}
