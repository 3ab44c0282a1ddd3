//! What a server runs, as pages show it and edit it. Nothing here holds a secret.
//!
//! Parts are named by paths, as in `subnet4[id=10].pools`; values are JSON, as Kea writes it.

use serde::{Deserialize, Serialize};

use crate::{ConfigClash, ConfigForm, FindingKey, Orphans, ServerName};

/// What is done with a part.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum ConfigOp {
    /// Give a member its value, or put another element in the place of one.
    Set,
    /// Take a member out, so that what is inherited holds.
    Unset,
    /// Put an element into a list.
    Add,
    /// Take an element out of a list.
    Remove,
    /// Bring elements of a list into an order.
    Order,
    /// Take an element, with all that it has, to another place.
    Move,
}

/// An edit of one part of a configuration.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct ConfigEdit {
    /// What is done.
    pub op: ConfigOp,
    /// With which part; for [`ConfigOp::Add`] the list.
    pub path: String,
    /// The value, for those that take one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub value: Option<String>,
}

impl ConfigEdit {
    /// Gives a member its value.
    pub fn set(path: impl Into<String>, value: impl Into<String>) -> Self {
        Self { op: ConfigOp::Set, path: path.into(), value: Some(value.into()) }
    }

    /// Takes a member out.
    pub fn unset(path: impl Into<String>) -> Self {
        Self { op: ConfigOp::Unset, path: path.into(), value: None }
    }

    /// Puts an element into a list.
    pub fn add(list: impl Into<String>, value: impl Into<String>) -> Self {
        Self { op: ConfigOp::Add, path: list.into(), value: Some(value.into()) }
    }

    /// Takes an element out of a list.
    pub fn remove(path: impl Into<String>) -> Self {
        Self { op: ConfigOp::Remove, path: path.into(), value: None }
    }
}

impl ConfigEdit {
    /// Brings elements of a list into an order. `known_by`: what each is known by, as JSON: `[{"name": "a"}, {"name": "b"}]`.
    pub fn order(list: impl Into<String>, known_by: impl Into<String>) -> Self {
        Self { op: ConfigOp::Order, path: list.into(), value: Some(known_by.into()) }
    }

    /// Takes an element to another list of its kind, or has it known by something else. `to`: the path of the list or of the
    /// element there, as JSON.
    pub fn moved(path: impl Into<String>, to: impl Into<String>) -> Self {
        Self { op: ConfigOp::Move, path: path.into(), value: Some(to.into()) }
    }
}

/// A part of a configuration, in a list of such.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct ConfigPart {
    /// Its path.
    pub path: String,
    /// What people call it.
    pub label: String,
    /// What it says, shortened where it is long.
    pub text: String,
    /// How many parts it has; none: it is a value and has none.
    pub count: Option<u32>,
}

/// A parameter that a part may have.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ConfigHint {
    /// Its path; empty: it is of an element that is not there yet.
    pub path: String,
    /// Its name.
    pub name: String,
    /// What it does.
    pub about: String,
    /// What it takes, in words.
    pub takes: String,
    /// Whether the part has it.
    pub there: bool,
}

/// The parts of a part.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ConfigParts {
    /// The path of the part; empty: the whole configuration.
    pub path: String,
    /// What it is within, the whole configuration left out: path and label of each, itself last.
    pub above: Vec<(String, String)>,
    /// Its parts, from `offset` on, at most [`Self::MOST`] of them.
    pub parts: Vec<ConfigPart>,
    /// Which of its parts comes first.
    pub offset: u32,
    /// How many it has.
    pub total: u32,
    /// How many octets it has as text.
    pub size: u64,
    /// Whether it has parameters that are known.
    pub has_parameters: bool,
    /// Whether it may have options.
    pub has_options: bool,
    /// What it may have; of a list what each of its elements may.
    #[serde(default)]
    pub hints: Vec<ConfigHint>,
    /// Whether it is known and not there yet.
    #[serde(default)]
    pub absent: bool,
}

impl ConfigParts {
    /// How many parts are answered at once.
    pub const MOST: u32 = 200;
    /// How many octets a part may have to be edited as text.
    pub const MOST_TEXT: u64 = 256 << 10;
}

/// Parts whose name or value has a text in it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ConfigHits {
    /// The first of them.
    pub parts: Vec<ConfigPart>,
    /// How many there are.
    pub total: u32,
}

/// How bad a finding is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum FindingLevel {
    /// Worth knowing.
    Hint,
    /// It works, and is likely not what was meant.
    Warning,
    /// Kea takes it, and it does harm.
    Error,
    /// Kea refuses it, or breaks off.
    Refused,
}

impl FindingLevel {
    /// Its word, as the command line and JSON have it.
    pub fn word(self) -> &'static str {
        match self {
            Self::Hint => "hint",
            Self::Warning => "warning",
            Self::Error => "error",
            Self::Refused => "refused",
        }
    }
}

/// What a rule holds against a part.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ConfigFinding {
    /// The short name of the rule.
    pub rule: String,
    /// How bad it is.
    pub level: FindingLevel,
    /// The part; where it is missing, the one that it is missing from.
    pub path: String,
    /// What people call the part.
    pub label: String,
    /// What is wrong, and what follows.
    pub text: String,
    /// The edits that mend it; none: it is not plain what is meant.
    pub mend: Vec<ConfigEdit>,
    /// The page on which the part is edited; none: as JSON alone.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub form: Option<ConfigForm>,
    /// The server whose configuration they edit; none: the one that was looked at.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub mend_at: Option<ServerName>,
}

impl ConfigFinding {
    /// What tells it from other findings of its server.
    pub fn key(&self) -> FindingKey {
        format!("{}@{}", self.rule, self.path)
    }

    /// Whether it may be silenced: what Kea does not load may not.
    pub fn may_be_silenced(&self) -> bool {
        self.level != FindingLevel::Refused
    }
}

/// What a server would be sent.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ConfigCommand {
    /// The server.
    pub server: ServerName,
    /// The command of Kea.
    pub name: String,
    /// What goes with it, shortened where it is long.
    pub text: String,
}

/// What the other server of a pair gets of a change.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ConfigPartner {
    /// The server.
    pub server: ServerName,
    /// What becomes of it there, in a sentence.
    pub text: String,
    /// Whether that needs a look: it is away, or cannot take it.
    pub waits: bool,
    /// What it would be sent.
    pub commands: Vec<ConfigCommand>,
}

/// What would differ, once for all subnets in which it changes alike.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ConfigSummary {
    /// A sentence without its full stop.
    pub text: String,
    /// The prefixes of the subnets that it is said of, where it is of several.
    pub subnets: Vec<String>,
}

/// What edits would do.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ConfigPlan {
    /// What would differ, a sentence for each difference; none: it is so already.
    pub words: Vec<String>,
    /// The same, once for all subnets in which it changes alike.
    #[serde(default)]
    pub summary: Vec<ConfigSummary>,
    /// What stands against the result and does not stand against what runs now.
    pub findings: Vec<ConfigFinding>,
    /// What would be sent, the first first.
    pub commands: Vec<ConfigCommand>,
    /// What of it only administrators do, a sentence for each.
    pub dangers: Vec<String>,
    /// The edits, as applying takes them.
    pub edits: String,
    /// Those that take them back, without secrets.
    pub back: String,
    /// The hash of the configuration that they were planned for; none: the server does not say one.
    pub base: Option<String>,
    /// What others changed while the edits were made up: nothing else is planned then.
    #[serde(default)]
    pub clashes: Vec<ConfigClash>,
    /// What the other servers of the pair get.
    #[serde(default)]
    pub partners: Vec<ConfigPartner>,
    /// Whether Kea tests the result before it is made.
    #[serde(default)]
    pub tested: bool,
    /// Whether the server would write its file for Nestor for the first time, as far as Nestor’s history goes: comments in the
    /// file are lost then, and Kea does not say whether there are any.
    #[serde(default)]
    pub first_save: bool,
    /// What the subnets have that are deleted, of those that have anything.
    #[serde(default)]
    pub orphans: Vec<Orphans>,
}

impl ConfigPlan {
    /// Whether Kea would refuse it, or it would do harm.
    pub fn is_refused(&self) -> bool {
        self.findings.iter().any(|finding| finding.level >= FindingLevel::Error)
    }
}

/// What a parameter takes.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum ParameterKind {
    /// Yes or no.
    Flag,
    /// A whole number.
    Whole {
        /// The lowest.
        least: i64,
        /// The highest.
        most: i64,
    },
    /// A number with a decimal point.
    Real,
    /// A text.
    Text,
    /// One of these words.
    Word(Vec<String>),
    /// An address.
    Address,
    /// Texts, in a list.
    Texts,
    /// Anything else, as JSON.
    Json,
}

/// A parameter of a part.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ConfigParameter {
    /// Its path.
    pub path: String,
    /// Its name.
    pub name: String,
    /// What it does.
    pub about: String,
    /// What it takes.
    pub kind: ParameterKind,
    /// What is counted: `s`, `ms`, `bytes`, `bits`, `count`; empty: nothing.
    pub unit: String,
    /// The value that is set on the part itself.
    pub own: Option<String>,
    /// The value that holds where none is set here.
    pub inherited: Option<String>,
    /// Where that comes from, in words.
    pub from: String,
    /// What else is to be known of it.
    pub notes: Vec<String>,
    /// Whether the part cannot be without it.
    #[serde(default)]
    pub required: bool,
    /// Whether the part is known by it: it is shown, and not changed here.
    #[serde(default)]
    pub fixed: bool,
    /// The classes to choose from, where it names classes; others can be typed.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub classes: Vec<String>,
}

/// Parameters that belong together.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ParameterGroup {
    /// What they are about.
    pub title: String,
    /// They.
    pub parameters: Vec<ConfigParameter>,
    /// The element of a list that has them, where it has nothing to be known by but its place.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub element: Option<ListElement>,
}

/// An element of a list that is known by its place alone.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ListElement {
    /// Its path.
    pub path: String,
    /// Whether it is there; else the first parameter that is set makes it.
    pub is_there: bool,
}

impl ParameterGroup {
    /// Parameters that belong together.
    pub fn new(title: impl Into<String>, parameters: Vec<ConfigParameter>) -> Self {
        Self { title: title.into(), parameters, element: None }
    }
}

/// The parameters of a part.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ConfigParameters {
    /// The path of the part; empty: the whole configuration.
    pub path: String,
    /// The parameters, by what they are about.
    pub groups: Vec<ParameterGroup>,
}

/// What is to be known of a hook library beside what it does.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct HookFacts {
    /// What Nestor does by its commands: “see reservations”.
    pub unlocks: Vec<String>,
    /// The first version of Kea that has it for everybody; none: it is sold, or not known here.
    pub free_since: Option<String>,
}

/// Something that Nestor does on a server.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct HookAbility {
    /// What: “see reservations”.
    pub what: String,
    /// The command of Kea that it takes.
    pub command: String,
    /// The hook library that brings it; none: every server has it.
    pub hook: Option<String>,
    /// Whether the server knows the command; none: it does not say.
    pub there: Option<bool>,
}

/// A hook library that a server has loaded.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct LoadedHook {
    /// The path of its entry.
    pub path: String,
    /// Its file, as it is written.
    pub file: String,
    /// What it does; empty: it is not known here.
    pub about: String,
    /// The path of its parameters; none: it has none.
    pub parameters: Option<String>,
    /// Those that it may have, and those that it has.
    #[serde(default)]
    pub groups: Vec<ParameterGroup>,
    /// What else is to be known of it.
    #[serde(default)]
    pub facts: HookFacts,
    /// Has it loaded before the one that is before it; none: it is the first, or cannot be told from others.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub earlier: Option<ConfigEdit>,
    /// Has it loaded after the next one; none: it is the last, or cannot be told from others.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub later: Option<ConfigEdit>,
}

/// A hook library that may be added.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct HookChoice {
    /// Its name in Kea's manual.
    pub name: String,
    /// What it does.
    pub about: String,
    /// Its file, in the folder of those that are loaded.
    pub file: String,
    /// Where it is to be had: a line for each system.
    pub sources: Vec<String>,
    /// Its parameters, by the paths that they have once it is loaded.
    #[serde(default)]
    pub groups: Vec<ParameterGroup>,
    /// What else is to be known of it.
    #[serde(default)]
    pub facts: HookFacts,
}

/// The hook libraries of a server.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct HookSettings {
    /// Those that are loaded, in their order.
    pub loaded: Vec<LoadedHook>,
    /// Those that may be added.
    pub choices: Vec<HookChoice>,
    /// What Nestor can do on the server.
    #[serde(default)]
    pub abilities: Vec<HookAbility>,
}
