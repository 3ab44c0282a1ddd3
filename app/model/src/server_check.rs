//! What is found when a server is checked: what is right, what is not, what that means, and how it is mended. `nestor check`
//! says it, and so do pages.

use serde::{Deserialize, Serialize};

use crate::{Finding, ServerName, Severity};

/// How bad it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum CheckLevel {
    /// It is as it should be.
    Fine,
    /// It is worth knowing.
    Hint,
    /// It works, and does harm or will.
    Warning,
    /// Something does not work.
    Fault,
}

/// What was looked at.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum CheckArea {
    /// Nestor itself.
    Nestor,
    /// Whether the server answers and serves, and what it says by itself.
    Contact,
    /// Certificates, its own and ours.
    Certificates,
    /// Its version.
    Version,
    /// Its clock.
    Clock,
    /// Its hook libraries.
    Hooks,
    /// Where it keeps reservations.
    Storage,
    /// Whether it saves what is changed.
    Saving,
    /// What its partners have otherwise.
    Pair,
    /// What it runs.
    Configuration,
}

/// One thing that was looked at.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct CheckLine {
    /// What was looked at.
    pub area: CheckArea,
    /// How it is.
    pub level: CheckLevel,
    /// What was found: a sentence.
    pub text: String,
    /// What to do; empty: nothing.
    #[serde(default)]
    pub advice: String,
    /// What it is about, where that is several things.
    #[serde(default)]
    pub items: Vec<String>,
    /// What is to be written exactly so, to be copied.
    #[serde(default)]
    pub lines: Vec<String>,
}

/// All that was found of a server.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ServerCheck {
    /// Which.
    pub server: ServerName,
    /// What was found, in the order in which it matters: whether it answers comes first.
    pub lines: Vec<CheckLine>,
}

impl CheckLine {
    /// That something is as it should be.
    pub fn fine(area: CheckArea, text: impl Into<String>) -> Self {
        Self::new(area, CheckLevel::Fine, text, "")
    }

    /// Something that was found.
    pub fn new(area: CheckArea, level: CheckLevel, text: impl Into<String>, advice: impl Into<String>) -> Self {
        Self { area, level, text: text.into(), advice: advice.into(), items: Vec::new(), lines: Vec::new() }
    }

    /// What is found of a server anyway.
    pub fn of_finding(area: CheckArea, finding: Finding) -> Self {
        let level = if finding.severity == Severity::Blocks { CheckLevel::Fault } else { CheckLevel::Warning };
        let Finding { text, advice, items, line, .. } = finding;
        Self { area, level, text, advice, items, lines: line.into_iter().collect() }
    }
}
