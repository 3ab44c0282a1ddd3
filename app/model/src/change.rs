//! Changes: what was done, by whom, what was before and after, and how it ended.

mod row;

use ipnetwork::IpNetwork;
use serde::{Deserialize, Serialize};

use crate::{
    Conflict, Content, Element, OutsideChange, Reason, Reservation, ReservationKey, ServerName, Subject, SubnetKey,
    Timestamp,
};

/// What was done.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Verb {
    /// It was made.
    Create,
    /// Something of it was changed.
    Change,
    /// It was deleted.
    Delete,
    /// It was moved to the other place that its server keeps reservations in.
    Move,
}

impl Verb {
    /// Every one.
    pub const ALL: [Self; 4] = [Self::Create, Self::Change, Self::Delete, Self::Move];

    /// The short word, the same as in JSON.
    pub fn code(self) -> &'static str {
        match self {
            Self::Create => "create",
            Self::Change => "change",
            Self::Delete => "delete",
            Self::Move => "move",
        }
    }

    /// The verb with that short word.
    pub fn from_code(code: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|verb| verb.code() == code)
    }
}

/// How a change stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum ChangeState {
    /// Begun, and not known to have ended.
    Open,
    /// Made, and on the server's disk.
    Done,
    /// Made, but a restart of the server would lose it.
    NotSaved,
    /// Waits until its server, one of a pair, is back.
    Pending,
    /// Not made: nothing was changed.
    Refused,
    /// Whether it was made is not known.
    Unknown,
}

impl ChangeState {
    /// Every one.
    pub const ALL: [Self; 6] = [Self::Open, Self::Done, Self::NotSaved, Self::Pending, Self::Refused, Self::Unknown];

    /// The short word, the same as in JSON.
    pub fn code(self) -> &'static str {
        match self {
            Self::Open => "open",
            Self::Done => "done",
            Self::NotSaved => "not-saved",
            Self::Pending => "pending",
            Self::Refused => "refused",
            Self::Unknown => "unknown",
        }
    }

    /// The state with that short word.
    pub fn from_code(code: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|state| state.code() == code)
    }
}

/// One change of one subject on one server: a revision of it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "row::Row", into = "row::Row")]
pub struct Change {
    /// Its number; a later change has a higher one.
    pub number: i64,
    /// When it was begun.
    pub at: Timestamp,
    /// Who made it.
    pub actor: String,
    /// What was done.
    pub verb: Verb,
    /// What it is of.
    pub subject: Subject,
    /// How it was before; none: it was not there.
    pub before: Option<Content>,
    /// How it is afterwards, or was to be; none: it is not there.
    pub after: Option<Content>,
    /// How the change stands.
    pub state: ChangeState,
    /// Why it stands so; none: nothing is to be said of that. Browsers show the sentence and leave this.
    pub reason: Option<Reason>,
    /// The same as a sentence for people; empty: nothing.
    pub detail: String,
    /// The changes of one batch have the same.
    pub batch: Option<String>,
    /// The change that it undoes.
    pub undoes: Option<i64>,
    /// The change that undoes it, the newest of them.
    pub undone_by: Option<i64>,
    /// The change of the other server of a pair that it repeats.
    pub repeats: Option<i64>,
    /// Whether it is for its server alone: partners are not to have the same.
    #[serde(rename = "alone")]
    pub single_server: bool,
}

impl Change {
    /// A change that is about to be made, of that into this; nothing else is known of it.
    pub fn begun(
        at: Timestamp,
        actor: impl Into<String>,
        subject: Subject,
        before: Option<Content>,
        after: Option<Content>,
    ) -> Self {
        let verb = match (&before, &after) {
            (None, _) => Verb::Create,
            (Some(_), None) => Verb::Delete,
            (Some(_), Some(_)) => Verb::Change,
        };
        Self {
            number: 0,
            at,
            actor: actor.into(),
            verb,
            subject,
            before,
            after,
            state: ChangeState::Open,
            reason: None,
            detail: String::new(),
            batch: None,
            undoes: None,
            undone_by: None,
            repeats: None,
            single_server: false,
        }
    }

    /// The reservation before and after it, where it is a change of one.
    pub fn reservations(&self) -> (Option<&Reservation>, Option<&Reservation>) {
        (self.before.as_ref().and_then(Content::reservation), self.after.as_ref().and_then(Content::reservation))
    }

    /// The newest version that it knows.
    pub fn version(&self) -> Option<&Content> {
        self.after.as_ref().or(self.before.as_ref())
    }

    /// Has it stand so, for that reason.
    pub fn stands(&mut self, state: ChangeState, reason: Option<Reason>) {
        self.state = state;
        self.detail = reason.as_ref().map(Reason::sentence).unwrap_or_default();
        self.reason = reason;
    }
}

/// Which changes are shown.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum ChangeFilter {
    /// All.
    #[default]
    All,
    /// Those that need attention: neither done nor refused.
    Unsettled,
    /// Those of elements of a configuration.
    Config,
}

/// Which changes are asked for, newest first.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct ChangeQuery {
    /// Which.
    pub filter: ChangeFilter,
    /// A text in who, identifier, address, host name or detail; empty: any.
    pub text: String,
    /// Only of this server.
    pub server: Option<ServerName>,
    /// Only of this subnet.
    pub subnet: Option<SubnetKey>,
    /// Only of this reservation, under its present or a former identifier.
    pub reservation: Option<ReservationKey>,
    /// Only of this element of a configuration.
    #[serde(default)]
    pub element: Option<Element>,
    /// Only of this batch.
    pub batch: Option<String>,
    /// Only those with a lower number.
    pub before: Option<i64>,
    /// Only those that this person, or this program, made.
    #[serde(default)]
    pub actor: Option<String>,
    /// Only those that were begun then or later.
    #[serde(default)]
    pub since: Option<Timestamp>,
    /// Only those that were begun earlier.
    #[serde(default)]
    pub until: Option<Timestamp>,
    /// Only those that touch this part of what a server runs, by its path: it, what is in it, or what it is in. Needs the
    /// server.
    #[serde(default)]
    pub at: Option<String>,
    /// What the edits of a change of a configuration have in them that touch what is asked for, one of these at least. The
    /// use case says it; a caller does not.
    #[serde(skip)]
    pub touching: Vec<String>,
    /// Of each batch only the newest change: [`ChangePage::batches`] says what the others are.
    #[serde(default)]
    pub batches_as_one: bool,
}

impl ChangeQuery {
    /// How many changes are exported at most.
    pub const EXPORTED: usize = 50_000;

    /// All changes of that subject.
    pub fn of(subject: &Subject) -> Self {
        match subject.clone() {
            Subject::Reservation(key) => Self { reservation: Some(key), ..Self::default() },
            Subject::Config(element) => Self { element: Some(element), ..Self::default() },
        }
    }
}

/// Some changes, newest first.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct ChangePage {
    /// The changes.
    pub changes: Vec<Change>,
    /// Whether there are older ones.
    pub more: bool,
    /// The prefixes of the subnets that the changes name, as far as they are known.
    pub prefixes: Vec<(SubnetKey, IpNetwork)>,
    /// Every server that there is.
    pub servers: Vec<ServerName>,
    /// The batches whose newest changes stand for all of them.
    #[serde(default)]
    pub batches: Vec<Batch>,
    /// What others changed of the configurations of servers, and nobody has looked at yet: where all changes are asked for, of
    /// all servers or of one.
    #[serde(default)]
    pub outside: Vec<OutsideChange>,
}

/// The changes that were made in one go.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Batch {
    /// What they have in common.
    pub batch: String,
    /// How many there are, repetitions on partners left out.
    pub changes: u32,
    /// What was done; none: not the same in all of them.
    pub verb: Option<Verb>,
    /// Whether all of them take other changes back.
    pub undoes: bool,
    /// The subnet that all of them are in.
    pub subnet: Option<SubnetKey>,
    /// How many stand how, repetitions on partners too.
    pub states: Vec<(ChangeState, u32)>,
}

/// Which of the two versions that a change knows.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Version {
    /// As it was before the change.
    Before,
    /// As the change left it.
    After,
}

/// What became of a change on one more server that it concerns.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PeerOutcome {
    /// The server.
    pub server: ServerName,
    /// How it stands there.
    pub state: ChangeState,
    /// Why it stands so; none: nothing is to be said of that. Browsers show the sentence and leave this.
    #[serde(default, skip_deserializing)]
    pub reason: Option<Reason>,
    /// The same as a sentence for people; empty: nothing.
    pub detail: String,
}

impl PeerOutcome {
    /// How it stands there, and why.
    pub fn new(server: ServerName, state: ChangeState, reason: Option<Reason>) -> Self {
        let detail = reason.as_ref().map(Reason::sentence).unwrap_or_default();
        Self { server, state, reason, detail }
    }
}

/// A change that was made, or (a dry run) would be.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Applied {
    /// The reservation as it is now; none: it is gone, or something else was changed.
    pub reservation: Option<Reservation>,
    /// The number of the change, to take it back by; none: nothing was changed.
    pub change: Option<i64>,
    /// What is worth knowing, and did not stand in the way.
    pub findings: Vec<Conflict>,
    /// What became of it on the other servers of the pair.
    pub peers: Vec<PeerOutcome>,
    /// What the server itself said of it, in its own words; often nothing.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub said: Vec<String>,
}
