//! What moved at the servers by itself between two looks: whether open pages are notified, and of what. Pure.

use std::collections::HashMap;
use std::time::Duration;

use model::{Health, Pair, Seconds, ServerName, ServerStatus, SubnetKey, Timestamp, Utilization};

use crate::Event;
use crate::ports::Said;

/// How full subnets were at the last look. Before the first one none was known.
#[derive(Debug, Default)]
pub struct LastCounts(HashMap<SubnetKey, Utilization>);

impl LastCounts {
    /// Takes new counts in the place of the last ones. Subnets that came or went are one event: with them come and go
    /// networks, servers and sums.
    pub(crate) fn replace(&mut self, now: HashMap<SubnetKey, Utilization>) -> Vec<Event> {
        let before = std::mem::replace(&mut self.0, now);
        if before.len() != self.0.len() || self.0.keys().any(|key| !before.contains_key(key)) {
            return vec![Event::Servers];
        }
        let moved = self.0.iter().filter(|(key, filled)| before.get(*key) != Some(*filled));
        moved.map(|(key, _)| Event::Subnet(key.clone())).collect()
    }
}

/// How the servers were at the last look; none: there was no look yet.
#[derive(Debug, Default)]
pub struct LastStates {
    states: Option<Vec<(ServerName, Health, Vec<Pair>)>>,
    asked: Option<Timestamp>,
}

impl LastStates {
    /// How often servers are asked while no page is open.
    const UNHEARD: Seconds = Seconds(20);

    /// Whether it is time to ask again. `heard`: a page is open.
    pub(crate) fn are_due(&mut self, now: Timestamp, heard: bool) -> bool {
        let due = heard || self.asked.is_none_or(|asked| now.since(asked) >= Self::UNHEARD);
        if due {
            self.asked = Some(now);
        }
        due
    }

    /// The servers that serve nobody and did at the last look, or the other way round.
    pub(crate) fn turned<'a>(&self, now: &'a [ServerStatus]) -> Vec<&'a ServerStatus> {
        let before = |name: &ServerName| {
            let known = self.states.as_ref()?.iter().find(|(known, ..)| known == name);
            known.map(|(_, health, _)| *health)
        };
        let is_other = |server: &&ServerStatus| match (before(&server.name), server.health) {
            (before, Health::NotServing) => before != Some(Health::NotServing),
            (before, Health::Serving) => before == Some(Health::NotServing),
            (_, Health::Unreachable) => false,
        };
        now.iter().filter(is_other).collect()
    }

    /// Takes new states in the place of the last ones. Published is that a server came, went, or took over from its
    /// partner; what else a status says, such as when it was asked, is not.
    pub(crate) fn replace(&mut self, now: Vec<ServerStatus>) -> Option<Event> {
        let now: Vec<_> = now.into_iter().map(|server| (server.name, server.health, server.pairs)).collect();
        let before = self.states.replace(now);
        (before.is_some() && before != self.states).then_some(Event::Servers)
    }
}

/// What is kept of what servers said.
#[derive(Debug, Default)]
pub struct LastWords {
    kept: HashMap<ServerName, Said>,
    /// When the words were said that were looked at last, and before when no others are.
    seen: HashMap<ServerName, (Timestamp, Timestamp)>,
}

impl LastWords {
    /// The same words are kept again, with their new time, only that often.
    const AGAIN: Seconds = Seconds(60);

    /// To make words of a large configuration takes long: this many times as long is waited before it is done again.
    const SPARING: u32 = 50;

    /// Whether they are worth looking at: they were said since, and it is time for them.
    pub(crate) fn are_unseen(&self, server: &ServerName, said_at: Timestamp, now: Timestamp) -> bool {
        self.seen.get(server).is_none_or(|(seen, rest)| *seen != said_at && now >= *rest)
    }

    /// They were looked at, which took that long.
    pub(crate) fn see(&mut self, server: ServerName, said_at: Timestamp, now: Timestamp, took: Duration) {
        let rest = i64::try_from((took * Self::SPARING).as_secs()).unwrap_or(i64::MAX);
        self.seen.insert(server, (said_at, now.plus(Seconds(rest))));
    }

    /// Whether this is to be kept.
    pub(crate) fn is_news(&self, server: &ServerName, said: &Said) -> bool {
        self.kept.get(server).is_none_or(|kept| kept.text != said.text || said.as_of.since(kept.as_of) >= Self::AGAIN)
    }

    /// It was kept.
    pub(crate) fn note(&mut self, server: ServerName, said: Said) {
        self.kept.insert(server, said);
    }
}

#[cfg(test)]
mod tests {
    use model::{Family, Peer, Unsettled};

    use super::*;

    fn counts(of: &[(&str, u64)]) -> HashMap<SubnetKey, Utilization> {
        let filled = |assigned| Utilization { total: 100, assigned, ..Utilization::default() };
        of.iter().map(|(key, assigned)| (key.parse().unwrap(), filled(*assigned))).collect()
    }

    #[test]
    fn only_subnets_whose_numbers_changed_are_published() {
        let mut last = LastCounts::default();
        assert_eq!(last.replace(counts(&[("a/1", 5), ("a/2", 5)])), [Event::Servers], "they came");
        assert_eq!(last.replace(counts(&[("a/1", 5), ("a/2", 5)])), []);
        assert_eq!(last.replace(counts(&[("a/1", 5), ("a/2", 4)])), [Event::Subnet("a/2".parse().unwrap())]);
        assert_eq!(last.replace(counts(&[("a/1", 5), ("a/2", 4)])), [], "once");
        assert_eq!(last.replace(counts(&[("a/1", 6), ("a/2", 5)])).len(), 2);
    }

    #[test]
    fn subnets_that_come_or_go_are_published_as_one() {
        let mut last = LastCounts::default();
        assert_eq!(last.replace(HashMap::new()), []);
        last.replace(counts(&[("a/1", 5), ("a/2", 5)]));
        assert_eq!(last.replace(counts(&[("a/1", 5)])), [Event::Servers], "one went");
        assert_eq!(last.replace(counts(&[("a/3", 9)])), [Event::Servers], "another in its place");
        assert_eq!(last.replace(counts(&[])), [Event::Servers], "the server went");
    }

    #[test]
    fn words_are_kept_when_they_change_and_now_and_then() {
        let (mut last, server): (_, ServerName) = (LastWords::default(), "a".parse().unwrap());
        let said = |text: &str, at| Said { text: text.to_owned(), as_of: Timestamp(at) };
        assert!(last.is_news(&server, &said("x", 0)));
        last.note(server.clone(), said("x", 0));
        assert!(!last.is_news(&server, &said("x", 59)) && last.is_news(&server, &said("x", 60)));
        assert!(last.is_news(&server, &said("y", 1)));
    }

    fn server(name: &str, health: Health, state: &str) -> ServerStatus {
        let peer = Peer {
            name: "kea1".into(),
            role: "primary".into(),
            server: None,
            state: Some(state.into()),
            silent: false,
        };
        ServerStatus {
            name: name.parse().unwrap(),
            family: Family::V4,
            health,
            version: None,
            hooks: Vec::new(),
            storage: None,
            findings: Vec::new(),
            pairs: vec![Pair { mode: "hot-standby".into(), peers: vec![peer] }],
            unsettled: Unsettled::default(),
            as_of: Timestamp(0),
            silent_since: None,
            repairable: false,
            unconfirmed: Vec::new(),
            outside: None,
            started_at: None,
            loaded_at: None,
        }
    }

    #[test]
    fn servers_are_published_when_they_are_not_as_they_were() {
        let mut last = LastStates::default();
        let well = server("a", Health::Serving, "hot-standby");
        assert_eq!(last.replace(vec![well.clone()]), None, "there is nothing to compare the first look with");
        assert_eq!(last.replace(vec![well.clone()]), None);
        assert_eq!(last.replace(vec![ServerStatus { as_of: Timestamp(5), ..well.clone() }]), None, "time goes by");
        for other in [
            vec![server("a", Health::Unreachable, "hot-standby")],
            vec![server("a", Health::Serving, "partner-down")],
            vec![server("b", Health::Serving, "hot-standby")],
            vec![well.clone(), server("b", Health::Serving, "hot-standby")],
            vec![],
        ] {
            assert_eq!(last.replace(other.clone()), Some(Event::Servers), "{other:?}");
            assert_eq!(last.replace(vec![well.clone()]), Some(Event::Servers), "and back");
        }
    }

    #[test]
    fn a_server_that_serves_nobody_is_worth_a_word_once() {
        let mut last = LastStates::default();
        let (well, deaf) = (server("a", Health::Serving, "x"), server("a", Health::NotServing, "x"));
        let names = |turned: Vec<&ServerStatus>| turned.len();
        assert_eq!(names(last.turned(std::slice::from_ref(&well))), 0);
        assert_eq!(names(last.turned(std::slice::from_ref(&deaf))), 1, "at the first look");
        last.replace(vec![deaf.clone()]);
        assert_eq!(names(last.turned(std::slice::from_ref(&deaf))), 0);
        assert_eq!(names(last.turned(std::slice::from_ref(&well))), 1, "and when it is over");
    }

    #[test]
    fn words_that_take_long_to_make_are_made_seldom() {
        let (mut last, server) = (LastWords::default(), "a".parse::<ServerName>().unwrap());
        assert!(last.are_unseen(&server, Timestamp(5), Timestamp(5)));
        last.see(server.clone(), Timestamp(5), Timestamp(6), Duration::from_millis(400));
        assert!(!last.are_unseen(&server, Timestamp(5), Timestamp(99)), "they were looked at");
        assert!(!last.are_unseen(&server, Timestamp(7), Timestamp(25)));
        assert!(last.are_unseen(&server, Timestamp(7), Timestamp(26)));
        last.see(server.clone(), Timestamp(7), Timestamp(26), Duration::from_millis(2));
        assert!(last.are_unseen(&server, Timestamp(8), Timestamp(26)), "those that take no time at once");
    }

    #[test]
    fn servers_are_asked_now_and_then_while_no_page_is_open() {
        let mut last = LastStates::default();
        assert!(last.are_due(Timestamp(0), false) && !last.are_due(Timestamp(19), false));
        assert!(last.are_due(Timestamp(19), true) && !last.are_due(Timestamp(38), false));
        assert!(last.are_due(Timestamp(39), false));
    }
}
