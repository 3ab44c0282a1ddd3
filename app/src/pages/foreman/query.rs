//! What the Foreman page shows, as part of its address: links, reload, back and the form without JavaScript all say the
//! same.

use std::fmt::Write as _;

use leptos_router::params::ParamsMap;
use model::{CallFilter, CallQuery};

use crate::routes;

/// Longest text that is searched for.
const LONGEST_TEXT: usize = 100;

/// A part of the page.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(super) enum Tab {
    /// What Foreman asked.
    #[default]
    Calls,
    /// What is held.
    Holds,
    /// The subnets, as Foreman sees them.
    Subnets,
    /// How Foreman is connected.
    Connect,
}

impl Tab {
    /// Every part, in the order of the page.
    pub(super) const ALL: [Self; 4] = [Self::Calls, Self::Holds, Self::Subnets, Self::Connect];

    /// The part that the address names.
    pub(super) fn read(params: &ParamsMap) -> Self {
        let said = params.get("tab").unwrap_or_default();
        Self::ALL.into_iter().find(|tab| tab.word() == said).unwrap_or_default()
    }

    /// Where it is.
    pub(super) fn href(self) -> String {
        match self {
            Self::Calls => routes::FOREMAN.to_owned(),
            _ => format!("{}?tab={}", routes::FOREMAN, self.word()),
        }
    }

    /// Where the list of it is from that row on.
    pub(super) fn href_from(self, offset: u32) -> String {
        if offset == 0 { self.href() } else { format!("{}&offset={offset}", self.href()) }
    }

    /// What people read.
    pub(super) fn label(self) -> &'static str {
        match self {
            Self::Calls => "Calls",
            Self::Holds => "Holds",
            Self::Subnets => "Subnets",
            Self::Connect => "Connect",
        }
    }

    fn word(self) -> &'static str {
        match self {
            Self::Calls => "calls",
            Self::Holds => "holds",
            Self::Subnets => "subnets",
            Self::Connect => "connect",
        }
    }
}

/// The filters, each with its short word and the name that people read.
pub(super) const FILTERS: [(CallFilter, &str, &str); 3] = [
    (CallFilter::All, "all", "All"),
    (CallFilter::Problems, "problems", "Problems"),
    (CallFilter::Changes, "changes", "Changes"),
];

/// The question in the page's address. What cannot be read there is as if it were not there.
pub(super) fn read(params: &ParamsMap) -> CallQuery {
    let value = |name| params.get(name).unwrap_or_default();
    let filter = FILTERS.iter().find(|(_, word, _)| *word == value("filter"));
    CallQuery {
        filter: filter.map_or(CallFilter::All, |found| found.0),
        text: clean(&value("text")),
        before: value("before").parse().ok().filter(|number| *number > 0),
    }
}

/// The page with that question.
pub(super) fn href(query: &CallQuery) -> String {
    let mut href = routes::FOREMAN.to_owned();
    let mut mark = '?';
    for (name, value) in pairs(query) {
        let _ = write!(href, "{mark}{name}={}", routes::encode(&value));
        mark = '&';
    }
    href
}

/// What the address of the page says, without what goes without saying.
pub(super) fn pairs(query: &CallQuery) -> Vec<(&'static str, String)> {
    let mut pairs = Vec::new();
    if !query.text.is_empty() {
        pairs.push(("text", query.text.clone()));
    }
    if let Some((_, word, _)) =
        FILTERS.iter().find(|(filter, ..)| *filter == query.filter && *filter != CallFilter::All)
    {
        pairs.push(("filter", (*word).to_owned()));
    }
    pairs.extend(query.before.map(|number| ("before", number.to_string())));
    pairs
}

/// The same question with another text, from the newest on.
pub(super) fn with_text(query: &CallQuery, text: &str) -> CallQuery {
    CallQuery { text: clean(text), before: None, ..query.clone() }
}

/// The same question for another kind of calls, from the newest on.
pub(super) fn with_filter(query: &CallQuery, filter: CallFilter) -> CallQuery {
    CallQuery { filter, before: None, ..query.clone() }
}

/// An older part of the same answer, or the newest.
pub(super) fn with_before(query: &CallQuery, before: Option<i64>) -> CallQuery {
    CallQuery { before, ..query.clone() }
}

fn clean(text: &str) -> String {
    text.trim().chars().take(LONGEST_TEXT).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_address_of_the_page_says_everything() {
        for (filter, ..) in FILTERS {
            for before in [None, Some(7)] {
                let query = CallQuery { filter, text: "a b".to_owned(), before };
                assert_eq!(read(&pairs(&query).into_iter().collect()), query);
            }
        }
        for tab in Tab::ALL {
            let params = tab.href().split_once("tab=").map(|(_, word)| ("tab", word.to_owned()));
            assert_eq!(Tab::read(&params.into_iter().collect()), tab);
        }
    }

    #[test]
    fn what_goes_without_saying_is_not_said() {
        assert_eq!(href(&CallQuery::default()), "/foreman");
        assert_eq!(Tab::Calls.href(), "/foreman");
        let query = with_text(&with_filter(&CallQuery::default(), CallFilter::Problems), " 02:0 ");
        assert_eq!(href(&query), "/foreman?text=02%3A0&filter=problems");
        assert_eq!(href(&with_before(&query, Some(9))), "/foreman?text=02%3A0&filter=problems&before=9");
    }

    #[test]
    fn a_new_question_starts_with_the_newest() {
        let old = with_before(&CallQuery::default(), Some(9));
        assert_eq!(with_text(&old, "a").before, None);
        assert_eq!(with_filter(&old, CallFilter::Changes).before, None);
    }

    #[test]
    fn nonsense_is_as_if_it_were_not_there() {
        let params = [("filter", "x"), ("before", "-4"), ("text", "  "), ("tab", "y")];
        let params = params.into_iter().map(|(name, value)| (name, value.to_owned())).collect();
        assert_eq!(read(&params), CallQuery::default());
        assert_eq!(Tab::read(&params), Tab::Calls);
    }
}
