//! Configurations of servers as they were: revisions, and what differs between two.

use serde::{Deserialize, Serialize};

use crate::{Problem, ServerName, Timestamp};

/// Where a revision comes from.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum RevisionOrigin {
    /// It is what the server ran when Nestor looked for the first time.
    First,
    /// Changes of Nestor’s made all of what differs from the revision before.
    Nestor,
    /// None of it was made by Nestor.
    Outside,
    /// Some of it was made by Nestor, some was not.
    Both,
}

impl RevisionOrigin {
    /// Every one.
    pub const ALL: [Self; 4] = [Self::First, Self::Nestor, Self::Outside, Self::Both];

    /// The short word, the same as in JSON.
    pub fn code(self) -> &'static str {
        match self {
            Self::First => "first",
            Self::Nestor => "nestor",
            Self::Outside => "outside",
            Self::Both => "both",
        }
    }

    /// The origin with that short word.
    pub fn from_code(code: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|origin| origin.code() == code)
    }
}

/// How a server came by a configuration, as far as it shows that.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum RevisionWay {
    /// It was started again, with another file.
    Restarted,
    /// It took a whole configuration while it ran (`config-set`, `config-reload`).
    Loaded,
    /// Commands changed parts of what it ran (`subnet4-add` and the like).
    Commands,
    /// A change of Nestor’s broke off in the middle, and what was made of it was taken back.
    TakenBack,
    /// It was started again before a change of Nestor’s was saved.
    Lost,
}

impl RevisionWay {
    /// Every one.
    pub const ALL: [Self; 5] = [Self::Restarted, Self::Loaded, Self::Commands, Self::TakenBack, Self::Lost];

    /// The short word, the same as in JSON.
    pub fn code(self) -> &'static str {
        match self {
            Self::Restarted => "restarted",
            Self::Loaded => "loaded",
            Self::Commands => "commands",
            Self::TakenBack => "taken-back",
            Self::Lost => "lost",
        }
    }

    /// The way with that short word.
    pub fn from_code(code: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|way| way.code() == code)
    }

    /// The same as a part of a sentence.
    pub fn words(self) -> &'static str {
        match self {
            Self::Restarted => "Kea was started again, with another file or changed since",
            Self::Loaded => "Kea was given a whole configuration (config-set or config-reload)",
            Self::Commands => "by commands",
            Self::TakenBack => "a change that broke off was taken back",
            Self::Lost => "Kea was started again before it had saved a change",
        }
    }
}

/// A change of Nestor’s that is part of a revision.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct RevisionChange {
    /// Its number.
    pub number: i64,
    /// Who made it.
    pub actor: String,
    /// Why, in their words; may be empty.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub note: String,
}

/// A configuration that a server ran.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Revision {
    /// The server.
    pub server: ServerName,
    /// Its number on that server, from 1.
    pub number: i64,
    /// When Nestor saw it first.
    pub at: Timestamp,
    /// Where it comes from.
    pub origin: RevisionOrigin,
    /// How the server came by it; none: that is not known, or it is the first one.
    #[serde(default)]
    pub way: Option<RevisionWay>,
    /// The changes of Nestor’s that are part of it, newest first, so many at most as are worth listing.
    #[serde(default)]
    pub changes: Vec<RevisionChange>,
    /// What differs from the revision before, a sentence without its full stop each: the first of them, where they are many.
    #[serde(default)]
    pub words: Vec<String>,
    /// How many differences there are in all.
    #[serde(default)]
    pub differences: u32,
    /// Whether nothing but reservations differs, and all of that was made by Nestor. The next revision of that kind takes its
    /// place.
    #[serde(default)]
    pub routine: bool,
}

impl Revision {
    /// Who or what made it, and how, as a sentence without its full stop.
    pub fn summary(&self) -> String {
        let outside = || match self.way {
            Some(way) => format!("changed outside Nestor: {}", way.words()),
            None => "changed outside Nestor".to_owned(),
        };
        match self.origin {
            RevisionOrigin::First => "seen for the first time".to_owned(),
            RevisionOrigin::Nestor => match self.way {
                Some(way) => format!("{} ({})", way.words(), self.numbers()),
                None => self.own(),
            },
            RevisionOrigin::Outside => outside(),
            RevisionOrigin::Both => format!("{}; also {}", self.own(), outside()),
        }
    }

    /// `changed by alice (#7, #8)`
    fn own(&self) -> String {
        let mut actors: Vec<&str> = self.changes.iter().map(|change| change.actor.as_str()).collect();
        actors.sort_unstable();
        actors.dedup();
        let mut notes: Vec<&str> = self.changes.iter().map(|change| change.note.as_str()).collect();
        notes.retain(|note| !note.is_empty());
        let why = if notes.is_empty() { String::new() } else { format!(": {}", notes.join("; ")) };
        format!("changed by {} ({}){why}", actors.join(", "), self.numbers())
    }

    /// `#7, #8`
    fn numbers(&self) -> String {
        const NAMED: usize = 5;
        let mut numbers: Vec<String> =
            self.changes.iter().take(NAMED).map(|change| format!("#{}", change.number)).collect();
        let more = self.changes.len().saturating_sub(NAMED);
        numbers.extend((more > 0).then(|| format!("and {more} more")));
        numbers.join(", ")
    }
}

/// That others changed what a server runs, and nobody has looked at that yet.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct OutsideChange {
    /// The server.
    pub server: ServerName,
    /// The newest revision that they made.
    pub number: i64,
    /// When Nestor saw it first.
    pub at: Timestamp,
    /// When that was, how the server came by it, and what differs: a sentence.
    pub text: String,
}

/// Some revisions of a server, newest first.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct RevisionPage {
    /// The revisions.
    pub revisions: Vec<Revision>,
    /// Whether there are older ones.
    pub more: bool,
    /// Why newer ones may be missing: the server does not answer, or does not say when its configuration changes.
    #[serde(default)]
    pub problem: Option<Problem>,
    /// When the server was last seen to run the newest one; none: not since Nestor was started.
    #[serde(default)]
    pub looked_at: Option<Timestamp>,
    /// The newest revision that others made and nobody has looked at; none: there is none.
    #[serde(default)]
    pub unseen: Option<i64>,
    /// Whether others changed what runs since it was last saved, as far as is known: a restart may lose that.
    #[serde(default)]
    pub perhaps_unsaved: bool,
}

/// What differs between two configurations of a server.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ConfigurationDifference {
    /// A sentence without its full stop for each difference.
    pub words: Vec<String>,
    /// The part that each of them is of, as a path: what is led back alone.
    #[serde(default)]
    pub paths: Vec<String>,
    /// The edits that make the one the other, as `nestor config plan` takes them: JSON, without secrets.
    pub edits: String,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_summary_says_who_and_how() {
        let change = |number, actor: &str| RevisionChange { number, actor: actor.to_owned(), note: String::new() };
        let mut revision = Revision {
            server: "kea1".parse().unwrap(),
            number: 2,
            at: Timestamp(0),
            origin: RevisionOrigin::Both,
            way: Some(RevisionWay::Restarted),
            changes: vec![change(8, "bob"), change(7, "alice"), change(6, "bob")],
            words: Vec::new(),
            differences: 4,
            routine: false,
        };
        let outside = "changed outside Nestor: Kea was started again, with another file or changed since";
        assert_eq!(revision.summary(), format!("changed by alice, bob (#8, #7, #6); also {outside}"));
        revision.origin = RevisionOrigin::Outside;
        assert_eq!(revision.summary(), outside);
        revision.origin = RevisionOrigin::Nestor;
        revision.way = Some(RevisionWay::TakenBack);
        assert_eq!(revision.summary(), "a change that broke off was taken back (#8, #7, #6)");
        revision.way = None;
        revision.changes[0].note = "ticket 12".to_owned();
        assert_eq!(revision.summary(), "changed by alice, bob (#8, #7, #6): ticket 12");
        revision.changes = (1..=7).map(|number| change(number, "alice")).collect();
        revision.origin = RevisionOrigin::Nestor;
        assert_eq!(revision.summary(), "changed by alice (#1, #2, #3, #4, #5, and 2 more)");
    }

    #[test]
    fn codes_lead_back() {
        assert!(RevisionOrigin::ALL.into_iter().all(|origin| RevisionOrigin::from_code(origin.code()) == Some(origin)));
        assert!(RevisionWay::ALL.into_iter().all(|way| RevisionWay::from_code(way.code()) == Some(way)));
    }
}
