//! The question that the address list answers, as part of the page's address: links, reload, back and the form without
//! JavaScript all say the same.

use std::fmt::Write as _;

use leptos_router::params::ParamsMap;
use model::{AddressFilter, AddressQuery, AddressSort};

use crate::routes;

/// Longest text that is searched for.
const LONGEST_TEXT: usize = 100;

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

/// The question in the page's address. What cannot be read there is as if it were not there.
pub(in crate::pages::networks) fn read(params: &ParamsMap) -> AddressQuery {
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
        ..AddressQuery::default()
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
    if query.offset > 0 {
        pairs.push(("offset", query.offset.to_string()));
    }
    pairs
}

/// The same question with another text, from the start.
pub(super) fn with_text(query: &AddressQuery, text: &str) -> AddressQuery {
    AddressQuery { text: clean(text), offset: 0, ..query.clone() }
}

/// The same question for another kind of row, from the start.
pub(super) fn with_filter(query: &AddressQuery, filter: AddressFilter) -> AddressQuery {
    AddressQuery { filter, offset: 0, ..query.clone() }
}

/// The same question in another order, from the start; in the same order the other way round.
pub(super) fn with_sort(query: &AddressQuery, sort: AddressSort) -> AddressQuery {
    AddressQuery { sort, descending: query.sort == sort && !query.descending, offset: 0, ..query.clone() }
}

/// Another part of the same answer.
pub(super) fn with_offset(query: &AddressQuery, offset: u32) -> AddressQuery {
    AddressQuery { offset, ..query.clone() }
}

fn sort_of(word: &str) -> AddressSort {
    SORTS.iter().find(|(_, known, _)| *known == word).map_or(AddressSort::Address, |found| found.0)
}

fn clean(text: &str) -> String {
    text.trim().chars().take(LONGEST_TEXT).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

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
                        text: "a b".to_owned(),
                        limit: AddressQuery::ROWS,
                    };
                    assert_eq!(read(&params(&query)), query);
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
            [("filter", "x"), ("sort", "--name"), ("offset", "-4"), ("text", "  ")].into_iter().collect();
        assert_eq!(read(&params), AddressQuery { descending: true, ..AddressQuery::default() });
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
