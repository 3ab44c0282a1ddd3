//! What is found when a server is checked: what is right, what is not, what that means, and how it is mended. `nestor check`
//! says it, and so do pages.

use serde::{Deserialize, Serialize};

use crate::{ConfigEdit, Finding, ServerName, Severity, Silenced, Silencing};

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
    /// The edits of its configuration that mend it; empty: it is mended elsewhere, or it is not plain how.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub edits: Vec<ConfigEdit>,
    /// The server whose configuration they edit; none: the one that is checked.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub edits_at: Option<ServerName>,
    /// What it is silenced by: a finding or several alike; empty: it cannot be silenced.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub findings: Vec<Silencing>,
}

impl CheckArea {
    /// What people call it.
    pub fn label(self) -> &'static str {
        match self {
            Self::Nestor => "Nestor",
            Self::Contact => "Contact",
            Self::Certificates => "Certificates",
            Self::Version => "Version",
            Self::Clock => "Clock",
            Self::Hooks => "Hooks",
            Self::Storage => "Reservations",
            Self::Saving => "Saving",
            Self::Pair => "Pair",
            Self::Configuration => "Configuration",
        }
    }
}

/// How much was found of a server that its status does not say already.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct CheckSummary {
    /// Which.
    pub server: ServerName,
    /// How many things do not work.
    pub faults: u32,
    /// How many do harm, or will.
    pub warnings: u32,
    /// The worst of them.
    pub worst: String,
}

/// All that was found of a server.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ServerCheck {
    /// Which.
    pub server: ServerName,
    /// What was found, in the order in which it matters: whether it answers comes first.
    pub lines: Vec<CheckLine>,
    /// What is not among them, as it was silenced; also what is not found any more.
    #[serde(default)]
    pub silenced: Vec<Silenced>,
}

impl ServerCheck {
    /// What needs attention and is said nowhere else: not by the status of the server, nor by what waits to be saved.
    pub fn beyond<'a>(&'a self, said: &'a [Finding]) -> impl Iterator<Item = &'a CheckLine> {
        let is_news = |line: &&CheckLine| {
            line.level >= CheckLevel::Warning
                && !matches!(line.area, CheckArea::Contact | CheckArea::Saving)
                && said.iter().all(|finding| finding.text != line.text)
        };
        self.lines.iter().filter(is_news)
    }

    /// The sum of what needs attention and is said nowhere else; none: nothing does.
    pub fn summary(&self, said: &[Finding]) -> Option<CheckSummary> {
        let count = |level| self.beyond(said).filter(|line| line.level == level).count();
        let count = |level| u32::try_from(count(level)).unwrap_or(u32::MAX);
        let first = |level| self.beyond(said).find(|line| line.level == level);
        let worst = first(CheckLevel::Fault).or_else(|| first(CheckLevel::Warning))?;
        Some(CheckSummary {
            server: self.server.clone(),
            faults: count(CheckLevel::Fault),
            warnings: count(CheckLevel::Warning),
            worst: worst.text.clone(),
        })
    }
}

impl CheckLine {
    /// That something is as it should be.
    pub fn fine(area: CheckArea, text: impl Into<String>) -> Self {
        Self::new(area, CheckLevel::Fine, text, "")
    }

    /// Something that was found.
    pub fn new(area: CheckArea, level: CheckLevel, text: impl Into<String>, advice: impl Into<String>) -> Self {
        Self {
            area,
            level,
            text: text.into(),
            advice: advice.into(),
            items: Vec::new(),
            lines: Vec::new(),
            edits: Vec::new(),
            edits_at: None,
            findings: Vec::new(),
        }
    }

    /// The same as it may be silenced by what it `says`, whatever numbers stand in it. What does not work, or is about to be
    /// lost, may not.
    #[must_use]
    pub fn silenced_by(self, says: &str) -> Self {
        let passing = matches!(self.area, CheckArea::Contact | CheckArea::Saving);
        if passing || !matches!(self.level, CheckLevel::Hint | CheckLevel::Warning) || !self.findings.is_empty() {
            return self;
        }
        let finding = format!("{}: {says}", self.area.label());
        Self { findings: vec![Silencing { finding, text: self.text.clone() }], ..self }
    }

    /// What is found of a server anyway.
    pub fn of_finding(area: CheckArea, finding: Finding) -> Self {
        let level = if finding.severity == Severity::Blocks { CheckLevel::Fault } else { CheckLevel::Warning };
        let Finding { text, advice, items, line, .. } = finding;
        Self {
            area,
            level,
            text,
            advice,
            items,
            lines: line.into_iter().collect(),
            edits: Vec::new(),
            edits_at: None,
            findings: Vec::new(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_the_status_says_already_does_not_count_again() {
        let said = Finding {
            severity: Severity::Blocks,
            text: "no hook".to_owned(),
            advice: String::new(),
            items: Vec::new(),
            line: None,
        };
        let lines = vec![
            CheckLine::fine(CheckArea::Contact, "It answers."),
            CheckLine::new(CheckArea::Contact, CheckLevel::Fault, "it serves nobody", ""),
            CheckLine::of_finding(CheckArea::Hooks, said.clone()),
            CheckLine::new(CheckArea::Configuration, CheckLevel::Hint, "a hint", ""),
            CheckLine::new(CheckArea::Configuration, CheckLevel::Warning, "pools overlap", ""),
            CheckLine::new(CheckArea::Saving, CheckLevel::Warning, "1 change is not saved", ""),
        ];
        let check = ServerCheck { server: "kea".parse().unwrap(), lines, silenced: Vec::new() };
        let summary = check.summary(std::slice::from_ref(&said)).unwrap();
        assert_eq!((summary.faults, summary.warnings, summary.worst.as_str()), (0, 1, "pools overlap"));
        assert_eq!(check.summary(&[]).map(|all| (all.faults, all.worst)), Some((1, "no hook".to_owned())));
        let sound = ServerCheck { lines: check.lines[..2].to_vec(), ..check };
        assert_eq!(sound.summary(&[]), None, "what the status says is shown with it");
    }
}
