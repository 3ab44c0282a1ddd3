//! What stands against a configuration, that Kea says late or never.
//!
//! Each rule looks at the document alone and says what is wrong where, what follows from it, and where it is plain the
//! edits that mend it. Nothing is asked of a server.

mod access;
mod classes;
mod ddns;
mod definitions;
mod expressions;
mod hooks;
mod lifetimes;
mod logging;
mod option_values;
mod options;
mod overlap;
mod pair;
mod prefix_pools;
mod reservations;
mod spelling;
mod subnets;
mod values;

pub use pair::review_pair;

use crate::redact::redacted_at;
use crate::{Document, Edit, Layout, Op, Path, Value};

/// How bad it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Severity {
    /// Worth knowing.
    Hint,
    /// It works, and is likely not what was meant.
    Warning,
    /// Kea takes it, and it does harm.
    Error,
    /// Kea refuses it, or breaks off.
    Refused,
}

impl Severity {
    /// Its word.
    pub fn word(self) -> &'static str {
        match self {
            Self::Hint => "hint",
            Self::Warning => "warning",
            Self::Error => "error",
            Self::Refused => "refused",
        }
    }
}

/// How the configuration gets to Kea: files are judged more strictly than what is sent.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Way {
    /// In a file.
    File,
    /// Over the API.
    Api,
}

/// One thing that was found.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Finding {
    /// A short name of the rule, always the same.
    pub rule: &'static str,
    /// How bad it is.
    pub severity: Severity,
    /// Where.
    pub path: Path,
    /// What is wrong, and what follows: sentences.
    pub text: String,
    /// The edits that mend it; empty: it is not plain what is meant.
    pub mend: Vec<Edit>,
}

/// All that stands against a document, in its order.
pub fn review(document: &Document, way: Way) -> Vec<Finding> {
    let mut review = Review { document, way, findings: Vec::new() };
    values::look(&mut review);
    spelling::look(&mut review);
    subnets::look(&mut review);
    overlap::look(&mut review);
    prefix_pools::look(&mut review);
    reservations::look(&mut review);
    lifetimes::look(&mut review);
    definitions::look(&mut review);
    option_values::look(&mut review);
    options::look(&mut review);
    expressions::look(&mut review);
    classes::look(&mut review);
    access::look(&mut review);
    logging::look(&mut review);
    ddns::look(&mut review);
    review.findings
}

/// What stands against the step from one document to another, besides what stands against the other one itself.
pub(crate) fn review_step(before: &Document, after: &Document) -> Vec<Finding> {
    let mut findings = classes::taken_out(before, after);
    findings.extend(classes::limited(before, after));
    findings.extend(definitions::redefined(before, after));
    findings.extend(subnets::renumbered(before, after));
    findings.extend(hooks::taken_out(before, after));
    findings
}

/// What is being looked at, and what was found so far.
struct Review<'a> {
    document: &'a Document,
    way: Way,
    findings: Vec<Finding>,
}

impl Review<'_> {
    fn say(&mut self, rule: &'static str, severity: Severity, path: &Path, text: impl Into<String>) -> &mut Finding {
        let finding = Finding { rule, severity, path: path.clone(), text: text.into(), mend: Vec::new() };
        self.findings.push(finding);
        let last = self.findings.len() - 1;
        &mut self.findings[last]
    }
}

impl Finding {
    fn mended_by(&mut self, edits: impl IntoIterator<Item = Edit>) {
        self.mend.extend(edits);
    }
}

fn set(path: Path, value: impl Into<Value>) -> Edit {
    Edit { path, op: Op::Set(value.into()) }
}

fn unset(path: Path) -> Edit {
    Edit { path, op: Op::Unset }
}

/// A value in a sentence, without its secrets; long ones by their kind.
fn shown(path: &Path, value: &Value) -> String {
    let text = redacted_at(path, value).to_json(Layout::Compact);
    if text.len() <= 60 { text } else { value.kind().to_owned() }
}
