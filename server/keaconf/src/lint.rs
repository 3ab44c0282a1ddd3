//! A configuration file, judged without any server.

use crate::{
    Document, DocumentError, Edit, Finding, Includes, Places, Position, Severity, Way, review, review_folders,
};

/// What stands against a file, and the configuration that is in it.
#[derive(Clone, Debug)]
pub struct Lint {
    /// The configuration; none: it cannot be read, as the only line says.
    pub document: Option<Document>,
    /// What stands against it, in no order of the file.
    pub lines: Vec<LintLine>,
}

/// What stands against a place of a file.
#[derive(Clone, Debug, PartialEq)]
pub struct LintLine {
    /// How bad it is.
    pub severity: Severity,
    /// The short name of the rule.
    pub rule: &'static str,
    /// Which file: it, or one that it includes.
    pub file: String,
    /// The line, from 1.
    pub line: u32,
    /// The character in the line, from 1.
    pub column: u32,
    /// The part; empty: the file as a whole.
    pub path: String,
    /// What is wrong, and what follows.
    pub text: String,
    /// The edits that mend it; none: it is not plain what is meant.
    pub mend: Vec<Edit>,
}

/// Judges a file, with what it includes, as Kea would read it when it starts. `name`: how it is called.
pub fn lint(name: &str, text: &[u8], includes: Includes<'_>) -> Lint {
    match Document::read_file(name, text, includes) {
        Ok((document, source)) => {
            let mut findings = review(&document, Way::File);
            findings.extend(review_folders(&document));
            let places = source.places(&document, findings.iter().map(|finding| &finding.path));
            let lines = findings.into_iter().map(|finding| line(&places, finding)).collect();
            Lint { document: Some(document), lines }
        }
        Err(DocumentError::Syntax(error)) => {
            unreadable("syntax", &error.file, error.position, format!("{}.", error.text))
        }
        Err(DocumentError::Shape(text)) => {
            unreadable("no-configuration", name, Position { file: 0, line: 1, column: 1 }, format!("{text}."))
        }
    }
}

fn unreadable(rule: &'static str, file: &str, position: Position, text: String) -> Lint {
    let Position { line, column, .. } = position;
    let (file, path, mend) = (file.to_owned(), String::new(), Vec::new());
    let line = LintLine { severity: Severity::Refused, rule, file, line, column, path, text, mend };
    Lint { document: None, lines: vec![line] }
}

fn line(places: &Places<'_>, finding: Finding) -> LintLine {
    let Finding { severity, rule, path, text, mend } = finding;
    let (file, Position { line, column, .. }) = places.of(&path);
    LintLine { severity, rule, file: file.to_owned(), line, column, path: path.to_string(), text, mend }
}
