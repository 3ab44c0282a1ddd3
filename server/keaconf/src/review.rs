//! What stands against a configuration, that Kea says late or never.
//!
//! Each rule looks at the document alone and says what is wrong where, what follows from it, and where it is plain the
//! edits that mend it. Nothing is asked of a server.

mod access;
mod classes;
mod client_ids;
mod ddns;
mod definitions;
mod expressions;
mod folders;
mod gateways;
mod hooks;
mod lifetimes;
mod links;
mod logging;
mod narrowed;
mod option_values;
mod options;
mod overlap;
mod pair;
mod prefix_pools;
mod reservations;
mod spelling;
mod subnets;
mod values;

pub use folders::review_folders;
pub use pair::{PairFinding, review_pair};

use std::collections::HashSet;

use crate::redact::redacted_at;
use crate::touched::touched;
use crate::{Document, Edit, Layout, Op, Part, Path, Value};

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

/// All that stands against a document, in the order of the rules.
pub fn review(document: &Document, way: Way) -> Vec<Finding> {
    let parts = document.parts();
    look(Review { document, parts: &parts, everywhere: &parts, way, findings: Vec::new() })
}

/// What stands against the parts of a large document that are in a small one, which has all of it but for some subnets and
/// shared networks; and what any parts of the large one have against each other.
fn review_within(small: &Document, large: &Document, way: Way) -> Vec<Finding> {
    let (parts, everywhere) = (small.parts(), large.parts());
    look(Review { document: small, parts: &parts, everywhere: &everywhere, way, findings: Vec::new() })
}

/// What stands against a document, and did not against another one: apart from what stands against the step from one to the
/// other, which comes first. `now`: where a part of the other one is in this, whatever moves.
///
/// Both are reviewed only where they differ. A finding on what is the same in both, among the same things, is no new one.
pub(crate) fn review_anew(before: &Document, after: &Document, now: impl Fn(&Path) -> Path) -> Vec<Finding> {
    let [old, new] = touched(before, after);
    let of_step = review_step(&old, &new);
    let (known, found) = (review_within(&old, before, Way::Api), review_within(&new, after, Way::Api));
    anew(of_step, &known, found, now)
}

fn anew(of_step: Vec<Finding>, known: &[Finding], found: Vec<Finding>, now: impl Fn(&Path) -> Path) -> Vec<Finding> {
    let said: HashSet<Path> = of_step.iter().map(|finding| finding.path.clone()).collect();
    let known: HashSet<(&str, Path)> = known.iter().map(|old| (old.rule, now(&old.path))).collect();
    let again = |finding: &Finding| SAID_BY_STEP.contains(&finding.rule) && said.contains(&finding.path);
    let is_new = |finding: &Finding| !known.contains(&(finding.rule, finding.path.clone())) && !again(finding);
    of_step.into_iter().chain(found.into_iter().filter(is_new)).collect()
}

/// Rules that say of a result what was said of the step to it.
const SAID_BY_STEP: [&str; 4] = ["class-unknown", "option-undefined", "expression", "hook-expression"];

/// What stands against the step from one document to another, besides what stands against the other one itself; subnets that
/// are the same in both may be left out.
fn review_step(before: &Document, after: &Document) -> Vec<Finding> {
    let mut findings = classes::taken_out(before, after);
    findings.extend(classes::limited(before, after));
    findings.extend(narrowed::places(before, after));
    findings.extend(narrowed::tests(before, after));
    findings.extend(definitions::redefined(before, after));
    findings.extend(hooks::taken_out(before, after));
    findings.extend(folders::moved_out(before, after));
    findings.extend(subnets::renumbered(before, after));
    findings
}

fn look(mut review: Review<'_>) -> Vec<Finding> {
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
    links::look(&mut review);
    client_ids::look(&mut review);
    gateways::look(&mut review);
    expressions::look(&mut review);
    classes::look(&mut review);
    access::look(&mut review);
    logging::look(&mut review);
    ddns::look(&mut review);
    review.findings
}

/// What is being looked at, and what was found so far.
///
/// A rule that judges each part by itself, and by what it inherits, looks at `document` and its `parts`. One that judges parts
/// by each other looks `everywhere`: of a step only what it touches is in the document.
struct Review<'a> {
    document: &'a Document,
    /// The shared networks and subnets of the document.
    parts: &'a [Part<'a>],
    /// All shared networks and subnets that there are.
    everywhere: &'a [Part<'a>],
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

#[cfg(test)]
mod tests;
