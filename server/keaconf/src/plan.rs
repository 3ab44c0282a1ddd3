//! What edits would do to what a server runs: nothing is sent.

use crate::{
    Change, Command, Danger, Document, Edit, Finding, Op, Path, Severity, Step, Summary, Way, Words, commands, dangers,
    differences, locks_out, review, review::review_step,
};

/// What edits would do.
#[derive(Clone, Debug)]
pub struct Plan {
    /// What runs now, without copies of inherited values, **with secrets**.
    pub running: Document,
    /// The whole configuration with the edits made, **with secrets**.
    pub result: Document,
    /// What differs then.
    pub changes: Vec<Change>,
    /// The same in words.
    pub words: Vec<String>,
    /// The same, once for all subnets in which it changes alike.
    pub summary: Vec<Summary>,
    /// What stands against the result and did not stand against what runs now.
    pub findings: Vec<Finding>,
    /// What would be sent, **with secrets**.
    pub commands: Vec<Command>,
}

/// Why edits cannot be planned, as a sentence without its full stop.
pub type Unplannable = String;

impl Plan {
    /// Plans edits of the configuration that a server runs, as `config-get` gives it.
    pub fn of(running: &Document, edits: &[Edit]) -> Result<Self, Unplannable> {
        let bare = running.without_copies();
        let edited = bare.edited(edits).map_err(|error| error.to_string())?;
        Self::from_to(bare, &edited)
    }

    /// Plans what is left to be done so that a server runs what edits want; where it does already, nothing is.
    pub fn toward(running: &Document, edits: &[Edit]) -> Result<Self, Unplannable> {
        let bare = running.without_copies();
        let edited = bare.brought_to(edits).map_err(|error| error.to_string())?;
        Self::from_to(bare, &edited)
    }

    fn from_to(bare: Document, edited: &Document) -> Result<Self, Unplannable> {
        let result = edited.restored(&bare).map_err(|paths| asked_for(&paths))?;
        let changes = differences(&bare, &result);
        let said = Words::new(&bare, &result);
        let (mut words, mut summary) = (said.sentences(&changes), said.summary(&changes));
        let followers: Vec<String> = changes.iter().filter_map(|change| followers(&result, change)).collect();
        summary.extend(followers.iter().cloned().map(Summary::of));
        words.extend(followers);
        let before = review(&bare, Way::Api);
        let known = |finding: &Finding| before.iter().any(|old| old.rule == finding.rule && old.path == finding.path);
        let mut findings = review_step(&bare, &result);
        let said: Vec<Path> = findings.iter().map(|finding| finding.path.clone()).collect();
        let again = |finding: &Finding| finding.rule == "class-unknown" && said.contains(&finding.path);
        let new = review(&result, Way::Api).into_iter().filter(|finding| !known(finding) && !again(finding));
        findings.extend(new);
        let commands = commands(&bare, &result, &changes);
        Ok(Self { running: bare, result, changes, words, summary, findings, commands })
    }

    /// The edits that make it, one for each part that differs.
    pub fn forward(&self) -> Vec<Edit> {
        self.changes.iter().map(Change::to_edit).collect()
    }

    /// The edits that take it back.
    pub fn back(&self) -> Vec<Edit> {
        differences(&self.result, &self.running).iter().map(Change::to_edit).collect()
    }

    /// The parts whose old secret could not be given back once it is made: what is kept of a change has no secrets.
    pub fn without_way_back(&self) -> Vec<Path> {
        let kept: Vec<Edit> = self.back().iter().map(Edit::redacted).collect();
        let led = self.result.brought_to(&kept).map(|led| led.restored(&self.result));
        match led {
            Ok(Ok(led)) => differences(&led, &self.running).into_iter().map(|change| change.path).collect(),
            Ok(Err(missing)) => missing,
            Err(_) => Vec::new(),
        }
    }

    /// What of it only administrators do.
    pub fn dangers(&self) -> Vec<Danger> {
        dangers(self.running.daemon, &self.changes)
    }

    /// Why it would lock out whoever makes it, as a sentence; none: it would not.
    pub fn locks_out(&self) -> Option<String> {
        locks_out(&self.changes).map(|change| {
            format!(
                "{} is one of the ways in which the server is managed, perhaps the one that Nestor takes: change it in \
                 Kea’s file and in Nestor’s settings together.",
                change.path
            )
        })
    }

    /// What Kea would refuse, or would do harm.
    pub fn refusals(&self) -> impl Iterator<Item = &Finding> {
        self.findings.iter().filter(|finding| finding.severity >= Severity::Error)
    }

    /// Whether there is any of that.
    pub fn is_refused(&self) -> bool {
        self.refusals().next().is_some()
    }
}

fn asked_for(paths: &[Path]) -> String {
    let names: Vec<String> = paths.iter().map(ToString::to_string).collect();
    format!("the secret of {} is not known: give it", names.join(", "))
}

/// Which parts follow a change above them.
fn followers(result: &Document, change: &Change) -> Option<String> {
    let (above, Step::Member(name)) = change.path.split()? else { return None };
    let name = name.as_str()?;
    let followers = result.followers(&above, name);
    let (follow, keep) = (followers.follow.len(), followers.keep.len());
    let op = matches!(change.to_edit().op, Op::Set(_) | Op::Unset);
    (op && follow + keep > 0)
        .then(|| format!("{name}: subnets and shared networks that follow: {follow}, that keep their own: {keep}"))
}
