//! What the page shows, as part of its address: links, reload, back and the form without JavaScript all say the same.

use leptos_router::params::ParamsMap;
use model::{
    ChangeFilter, ChangeQuery, Element, Identifier, IdentifierKind, ReservationKey, Seconds, ServerName, SubnetKey,
    Timestamp,
};

use crate::routes;

/// Longest text that is searched for.
const LONGEST_TEXT: usize = 100;

const DAY: Seconds = Seconds(86_400);

/// The filters, each with its short word and the name that people read.
pub(super) const FILTERS: [(ChangeFilter, &str, &str); 3] = [
    (ChangeFilter::All, "all", "All"),
    (ChangeFilter::Unsettled, "unsettled", "Needs attention"),
    (ChangeFilter::Config, "config", "Configuration"),
];

/// The question in the page's address. What cannot be read there is as if it were not there.
pub(super) fn read(params: &ParamsMap) -> ChangeQuery {
    let value = |name| params.get(name).unwrap_or_default();
    let filter = FILTERS.iter().find(|(_, word, _)| *word == value("filter"));
    let subnet = value("subnet").parse::<SubnetKey>().ok();
    let identifier =
        IdentifierKind::from_code(&value("kind")).and_then(|kind| Identifier::parse(kind, &value("client")).ok());
    // A client is one of a subnet: without it no client is named.
    let (subnet, reservation) = match (subnet, identifier) {
        (Some(subnet), Some(identifier)) => (None, Some(ReservationKey { subnet, identifier })),
        (subnet, _) => (subnet, None),
    };
    ChangeQuery {
        filter: filter.map_or(ChangeFilter::All, |found| found.0),
        text: clean(&value("text")),
        server: value("server").parse().ok(),
        subnet,
        reservation,
        element: value("element").parse().ok().map(Element::Subnet),
        batch: Some(value("batch")).filter(|batch| !batch.is_empty()),
        before: value("before").parse().ok().filter(|number| *number > 0),
        actor: Some(clean(&value("who"))).filter(|who| !who.is_empty()),
        since: point(&value("from"), Seconds(0)),
        // The last day counts.
        until: point(&value("to"), DAY),
        at: Some(value("at").trim().to_owned()).filter(|at| !at.is_empty()),
        ..ChangeQuery::default()
    }
}

/// The question as it is put: with one line for each batch, unless one looks for something in them.
pub(super) fn as_asked(query: &ChangeQuery) -> ChangeQuery {
    let looks_inside = query.batch.is_some()
        || query.reservation.is_some()
        || query.element.is_some()
        || query.subnet.is_some()
        || query.at.is_some()
        || query.server.is_some()
        || query.filter != ChangeFilter::All
        || !query.text.is_empty();
    ChangeQuery { batches_as_one: !looks_inside, ..query.clone() }
}

/// The page with that question.
pub(super) fn href(query: &ChangeQuery) -> String {
    routes::page(routes::CHANGES, &pairs(query))
}

/// What the address of the page says, without what goes without saying.
pub(super) fn pairs(query: &ChangeQuery) -> Vec<(&'static str, String)> {
    let mut pairs = Vec::new();
    if !query.text.is_empty() {
        pairs.push(("text", query.text.clone()));
    }
    let filter = FILTERS.iter().find(|(filter, ..)| *filter == query.filter && *filter != ChangeFilter::All);
    pairs.extend(filter.map(|(_, word, _)| ("filter", (*word).to_owned())));
    pairs.extend(query.server.iter().map(|server| ("server", server.to_string())));
    pairs.extend(query.subnet.iter().map(|subnet| ("subnet", subnet.to_string())));
    if let Some(ReservationKey { subnet, identifier }) = &query.reservation {
        pairs.push(("subnet", subnet.to_string()));
        pairs.push(("kind", identifier.kind().code().to_owned()));
        pairs.push(("client", identifier.to_string()));
    }
    pairs.extend(query.element.iter().map(|element| ("element", element.subnet().to_string())));
    pairs.extend(query.at.iter().map(|at| ("at", at.clone())));
    pairs.extend(query.batch.iter().map(|batch| ("batch", batch.clone())));
    pairs.extend(query.actor.iter().map(|who| ("who", who.clone())));
    pairs.extend(query.since.map(|since| ("from", said(since, Seconds(0)))));
    pairs.extend(query.until.map(|until| ("to", said(until, DAY))));
    pairs.extend(query.before.map(|number| ("before", number.to_string())));
    pairs
}

/// The same question with another text, from the newest on.
pub(super) fn with_text(query: &ChangeQuery, text: &str) -> ChangeQuery {
    ChangeQuery { text: clean(text), before: None, ..query.clone() }
}

/// The same question for another kind of changes, from the newest on.
pub(super) fn with_filter(query: &ChangeQuery, filter: ChangeFilter) -> ChangeQuery {
    ChangeQuery { filter, before: None, ..query.clone() }
}

/// The same question for changes of that person, from the newest on.
pub(super) fn with_actor(query: &ChangeQuery, actor: Option<String>) -> ChangeQuery {
    ChangeQuery { actor, before: None, ..query.clone() }
}

/// The same question for what was between, from the newest on; none is no limit.
pub(super) fn between(query: &ChangeQuery, since: Option<Timestamp>, until: Option<Timestamp>) -> ChangeQuery {
    ChangeQuery { since, until, before: None, ..query.clone() }
}

/// The days that the question names, in a zone that says which day a point in time is on: the first and the last.
pub(super) fn days(query: &ChangeQuery, day: fn(Timestamp) -> String) -> (String, String) {
    let last = query.until.map(|until| until.plus(Seconds(-1)));
    (query.since.map(day).unwrap_or_default(), last.map(day).unwrap_or_default())
}

/// A point in time as the address has it: seconds since 1970 where it is begin or end of a day elsewhere, else the day in
/// UTC, which ends so much later than it is named by.
fn said(at: Timestamp, later: Seconds) -> String {
    let day = at.plus(Seconds(-later.0));
    if at.0.rem_euclid(DAY.0) == 0 && day.0 >= 0 { day.day() } else { at.0.to_string() }
}

fn point(text: &str, later: Seconds) -> Option<Timestamp> {
    let seconds = || text.parse().ok().filter(|seconds| *seconds >= 0).map(Timestamp);
    Timestamp::of_day(text).map(|day| day.plus(later)).or_else(seconds)
}

/// The same question for another server, or for all of them, from the newest on.
pub(super) fn with_server(query: &ChangeQuery, server: Option<ServerName>) -> ChangeQuery {
    ChangeQuery { server, before: None, ..query.clone() }
}

/// The same question, whatever the subnet, the client and the batch, from the newest on.
pub(super) fn wider(query: &ChangeQuery) -> ChangeQuery {
    let query = query.clone();
    let query = ChangeQuery { subnet: None, reservation: None, element: None, at: None, ..query };
    ChangeQuery { batch: None, actor: None, before: None, ..query }
}

/// An older part of the same answer, or the newest.
pub(super) fn with_before(query: &ChangeQuery, before: Option<i64>) -> ChangeQuery {
    ChangeQuery { before, ..query.clone() }
}

fn clean(text: &str) -> String {
    text.trim().chars().take(LONGEST_TEXT).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn key() -> ReservationKey {
        let identifier = Identifier::parse(IdentifierKind::ClientId, "66:6f:6f").unwrap();
        ReservationKey { subnet: "main/3".parse().unwrap(), identifier }
    }

    #[test]
    fn the_address_of_the_page_says_everything() {
        let all = ChangeQuery {
            filter: ChangeFilter::Unsettled,
            text: "a b".to_owned(),
            server: "main".parse().ok(),
            subnet: None,
            reservation: Some(key()),
            element: "main/4".parse().ok().map(Element::Subnet),
            batch: Some("c/d".to_owned()),
            before: Some(7),
            actor: Some("Foreman / a".to_owned()),
            since: Timestamp::of_day("2026-11-01"),
            until: Timestamp::of_day("2026-11-30"),
            at: Some("client-classes[name=pxe]".to_owned()),
            ..ChangeQuery::default()
        };
        let of_subnet = ChangeQuery { subnet: "main/3".parse().ok(), ..ChangeQuery::default() };
        for query in [all, of_subnet, ChangeQuery::default()] {
            assert_eq!(read(&pairs(&query).into_iter().collect()), query);
        }
    }

    #[test]
    fn links_from_elsewhere_are_understood() {
        let said = |href: &str| {
            let pairs = href.split_once('?').unwrap().1.split('&').map(|pair| pair.split_once('=').unwrap());
            let decoded = |value: &str| {
                [("%2F", "/"), ("%3A", ":"), ("%20", " "), ("%5B", "["), ("%5D", "]"), ("%3D", "=")]
                    .iter()
                    .fold(value.to_owned(), |text, (code, sign)| text.replace(code, sign))
            };
            read(&pairs.map(|(name, value)| (name.to_owned(), decoded(value))).collect())
        };
        assert_eq!(said(&routes::changes_of(&key())).reservation, Some(key()));
        assert_eq!(said(&routes::changes_of_batch("a b")).batch.as_deref(), Some("a b"));
        let of_class = said(&routes::changes_at(&"kea2".parse().unwrap(), "client-classes[name=pxe]"));
        assert_eq!((of_class.at.as_deref(), of_class.server), (Some("client-classes[name=pxe]"), "kea2".parse().ok()));
        let waiting = said(&routes::changes_to_settle(&"kea2".parse().unwrap()));
        assert_eq!((waiting.filter, waiting.server), (ChangeFilter::Unsettled, "kea2".parse().ok()));
    }

    #[test]
    fn a_new_question_starts_with_the_newest() {
        let old = with_before(&ChangeQuery::default(), Some(9));
        assert_eq!(with_text(&old, "a").before, None);
        assert_eq!(with_filter(&old, ChangeFilter::Unsettled).before, None);
        assert_eq!(with_server(&old, None).before, None);
        assert_eq!(wider(&old), ChangeQuery::default());
        assert_eq!(with_actor(&old, Some("admin".to_owned())).before, None);
        assert_eq!(between(&old, Timestamp::of_day("2026-11-01"), None).before, None);
        assert_eq!(href(&old), "/changes?before=9");
    }

    #[test]
    fn days_are_those_of_the_reader() {
        let day = |text: &str| Timestamp::of_day(text).unwrap();
        let query = between(&ChangeQuery::default(), Some(day("2026-11-01")), Some(day("2026-11-30")));
        assert_eq!(href(&query), "/changes?from=2026-11-01&to=2026-11-29", "the last day counts");
        assert_eq!(days(&query, Timestamp::day), ("2026-11-01".to_owned(), "2026-11-29".to_owned()));
        // Where it is an hour later than in Greenwich.
        let earlier = |text: &str| Some(day(text).plus(Seconds(-3_600)));
        let query = between(&ChangeQuery::default(), earlier("2026-11-01"), earlier("2026-11-30"));
        assert_eq!(href(&query), "/changes?from=1793487600&to=1795993200");
        assert_eq!(read(&pairs(&query).into_iter().collect()), query, "everybody sees the same changes");
        let there = |at: Timestamp| at.plus(Seconds(3_600)).day();
        assert_eq!(days(&query, there), ("2026-11-01".to_owned(), "2026-11-29".to_owned()));
    }

    #[test]
    fn a_batch_is_one_line_unless_one_looks_into_it() {
        let plain = ChangeQuery { actor: Some("admin".to_owned()), before: Some(9), ..ChangeQuery::default() };
        assert!(as_asked(&ChangeQuery::default()).batches_as_one && as_asked(&plain).batches_as_one);
        assert!(!as_asked(&with_text(&plain, "a")).batches_as_one);
        assert!(!as_asked(&ChangeQuery { batch: Some("a".to_owned()), ..plain.clone() }).batches_as_one);
        assert!(!as_asked(&with_filter(&plain, ChangeFilter::Unsettled)).batches_as_one);
    }

    #[test]
    fn nonsense_is_as_if_it_were_not_there() {
        let params = [
            ("filter", "x"),
            ("before", "-4"),
            ("text", "  "),
            ("subnet", "y"),
            ("kind", "duid"),
            ("client", "z"),
            ("from", "yesterday"),
            ("to", "-1"),
            ("who", " "),
        ];
        let params = params.into_iter().map(|(name, value)| (name, value.to_owned())).collect();
        assert_eq!(read(&params), ChangeQuery::default());
    }
}
