//! Changes of a server's configuration: what is asked for, what is recorded, what came of it.

use serde::{Deserialize, Serialize};

use crate::{ConfigFinding, PeerOutcome, Revision, Seconds, Timestamp};

/// What people see of a change of a configuration. Holds no secrets.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct ConfigurationChange {
    /// What differs, each in a sentence without its full stop; of many the first, and how many more there are.
    pub words: Vec<String>,
    /// Why it was made, in the words of who made it; may be empty.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub note: String,
    /// The hash of the configuration that it was made of, where the server said one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub base: Option<String>,
    /// Whether its server loaded its saved file again. What that changed is known afterwards alone.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub reload: bool,
}

impl ConfigurationChange {
    /// How many sentences are kept.
    pub const WORDS: usize = 50;

    /// Of these sentences.
    pub fn new(mut words: Vec<String>, note: String, base: Option<String>) -> Self {
        let more = words.len().saturating_sub(Self::WORDS);
        if more > 0 {
            words.truncate(Self::WORDS);
            words.push(format!("and {more} more"));
        }
        Self { words, note, base, reload: false }
    }
}

/// A change of a configuration, as it is asked for.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct ApplyRequest {
    /// A list of edits, as JSON: `[{"op": "set", "path": "subnet4[id=10].valid-lifetime", "value": 3600}, …]`.
    pub edits: String,
    /// Why, for people: a sentence, the number of a ticket. May be empty.
    #[serde(default)]
    pub note: String,
    /// The hash of the configuration that the edits were made of; none: they are for whatever runs.
    #[serde(default)]
    pub base: Option<String>,
    /// The edits that take them back, as the plan of them gave them: so the parts were seen. With these, what others changed
    /// since elsewhere is kept, and only parts that were changed on both sides are refused; without, any change since is.
    #[serde(default)]
    pub back: Option<String>,
    /// Whether it is for this server alone: its partners are not to have the same.
    #[serde(default)]
    pub single_server: bool,
    /// It is taken back after this time unless it is confirmed; none: it stays.
    #[serde(default)]
    pub confirm_within: Option<Seconds>,
    /// Whether a new subnet may have a number of which leases or reservations are left: they would be of the new one.
    #[serde(default)]
    pub reuse_ids: bool,
    /// Whether the leases of subnets that it deletes go, too, and their reservations in a database. Else they stay.
    #[serde(default)]
    pub delete_orphans: bool,
}

/// That a server is to load its saved file again.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct ReloadRequest {
    /// Why, for people: a sentence, the number of a ticket. May be empty.
    #[serde(default)]
    pub note: String,
    /// The changes that run, are not saved, and may be lost by it, by their numbers. Another one that would be lost is
    /// refused.
    #[serde(default)]
    pub lose: Vec<i64>,
    /// Whether what others changed while the server ran, and may not have saved, may be lost too.
    #[serde(default)]
    pub lose_outside: bool,
}

/// What is known before a server loads its saved file again. The file itself cannot be read from here.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct ReloadOutlook {
    /// Changes of Nestor’s that run and are not saved: they would be lost.
    pub unsaved: Vec<UnsavedChange>,
    /// What others changed while it ran, or since it was started and before it was looked at, newest first: whether that is
    /// saved is not known.
    pub outside: Vec<Revision>,
    /// When it was first looked at, where nothing tells that it has saved what it ran then.
    #[serde(default)]
    pub first_seen_at: Option<Timestamp>,
}

/// A change of Nestor’s that runs and is not saved.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct UnsavedChange {
    /// Its number.
    pub number: i64,
    /// When it was made.
    pub at: Timestamp,
    /// Who made it.
    pub actor: String,
    /// What it did, as a sentence without its full stop.
    pub text: String,
}

/// A change that is taken back unless it is confirmed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Unconfirmed {
    /// The number of the change.
    pub change: i64,
    /// When it is taken back.
    pub until: Timestamp,
    /// Who made it.
    pub actor: String,
    /// What it changed, each in a sentence without its full stop.
    pub words: Vec<String>,
    /// The parts of the configuration that it changed, as paths of edits.
    #[serde(default)]
    pub parts: Vec<String>,
    /// Why it could not be taken back when its time came, in sentences; none: it was not tried.
    #[serde(default)]
    pub problem: Option<String>,
}

/// What is to be known before a change is undone, or before one of its versions is restored.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct WayBack {
    /// What of it may harm the host of the server: for administrators alone, who give their password once more.
    pub dangers: Vec<String>,
    /// What else is worth knowing.
    pub warnings: Vec<String>,
    /// Whether the server is so already, and nothing would be done.
    pub is_so: bool,
}

/// What became of a change of a configuration.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct AppliedConfiguration {
    /// The number of the change, to take it back by; none: the server was so already.
    pub change: Option<i64>,
    /// What differs now, each in a sentence without its full stop.
    pub words: Vec<String>,
    /// What became of it on the other servers of the pair.
    pub peers: Vec<PeerOutcome>,
    /// When it is taken back unless it is confirmed before: together with what waits there for the same already.
    #[serde(default)]
    pub confirm_until: Option<Timestamp>,
    /// Whether something was saved: the change, or where the server was so already what it had not saved before.
    #[serde(default)]
    pub saved: bool,
    /// What is worth knowing of it, or was left behind by it.
    #[serde(default)]
    pub findings: Vec<ConfigFinding>,
    /// What the server itself said of it, in its own words.
    #[serde(default)]
    pub said: Vec<String>,
}
