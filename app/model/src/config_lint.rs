//! A configuration file that is judged before any server reads it.

use serde::{Deserialize, Serialize};

use crate::FindingLevel;

/// What stands against the text of a configuration file, and what differs in it from what a server runs.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ConfigLint {
    /// What stands against it, in the order of its lines.
    pub lines: Vec<ConfigLintLine>,
    /// What the server would run otherwise, the first of that, each in a sentence without its full stop.
    pub words: Vec<String>,
    /// How much that is in all; none: they are not compared.
    pub total: Option<u32>,
    /// What is not compared, and why, as a sentence; none: all is.
    pub not_compared: Option<String>,
}

impl ConfigLint {
    /// How many words are answered.
    pub const MOST: usize = 200;
}

/// What stands against a place of a file.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ConfigLintLine {
    /// The short name of the rule.
    pub rule: String,
    /// How bad it is.
    pub level: FindingLevel,
    /// The line, from 1.
    pub line: u32,
    /// The character in the line, from 1.
    pub column: u32,
    /// The part; empty: the file as a whole.
    pub path: String,
    /// What is wrong, and what follows.
    pub text: String,
}
