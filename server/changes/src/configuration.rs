//! A change of a server's configuration: one, and how it stands.

use keaconf::{Daemon, Document, EditError, Plan, Standing, is_of_one_server};
use model::{ConfigurationChange, Content, Family, ServerName, SubnetKey};

use crate::{Verbatim, Verdict};

/// What is said of a server that loaded its saved file.
const RELOADED: &str = "the saved file loaded again";

/// How parts of a configuration are to be, and how they are now.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ConfigurationEdit {
    /// The subnet that all of it is within; of number 0 where it is of several, or of none.
    pub subnet: SubnetKey,
    /// What people see of it.
    pub change: ConfigurationChange,
    /// The edits that make it, **with secrets**; what is so already is passed over.
    pub edits: Vec<keaconf::Edit>,
    /// The edits that take it back, **with secrets**.
    pub back: Vec<keaconf::Edit>,
}

impl ConfigurationEdit {
    /// What a plan would make of the configuration that a server runs. `base`: the hash of that.
    pub fn of(server: &ServerName, plan: &Plan, note: String, base: Option<String>) -> Self {
        let id = plan.result.subnet_of(&plan.changes).unwrap_or_default();
        let subnet = SubnetKey { server: server.clone(), id };
        let words = plan.summary().iter().map(keaconf::Summary::sentence).collect();
        let change = ConfigurationChange::new(words, note, base);
        Self { subnet, change, edits: plan.forward(), back: plan.back() }
    }

    /// Has a server load its saved file again: what that changes is known afterwards alone. `base`: the hash of what it runs
    /// until then.
    pub fn reload(server: &ServerName, note: String, base: Option<String>) -> Self {
        let words = vec![RELOADED.to_owned()];
        let change = ConfigurationChange { reload: true, ..ConfigurationChange::new(words, note, base) };
        Self { subnet: SubnetKey::global(server.clone()), change, edits: Vec::new(), back: Vec::new() }
    }

    /// The same when it was done, with what came of it. Both documents are without copies of inherited values.
    #[must_use]
    pub fn reloaded(self, before: &Document, after: &Document) -> Self {
        let plan = Plan::between(before, after);
        let mut made = Self::of(&self.subnet.server, &plan, self.change.note, self.change.base);
        let differs = !made.change.words.is_empty();
        made.change.words.insert(0, RELOADED.to_owned());
        made.change.words.extend((!differs).then(|| "nothing differs from what ran before".to_owned()));
        made.change.reload = true;
        Self { subnet: self.subnet, ..made }
    }

    /// Whether all of it is of its server alone, so that a partner is not to have the same.
    pub fn is_of_one_server(&self, family: Family) -> bool {
        let daemon = if family == Family::V4 { Daemon::Dhcp4 } else { Daemon::Dhcp6 };
        !self.edits.is_empty() && self.edits.iter().all(|edit| is_of_one_server(daemon, &edit.path))
    }

    pub(crate) fn held(&self) -> Content {
        Content::Configuration { subnet: self.subnet.clone(), change: self.change.clone() }
    }

    /// The edits that make it as they are kept: without secrets.
    pub fn forward_verbatim(&self) -> Verbatim {
        written(&self.edits)
    }

    /// The edits that take it back as they are kept: without secrets.
    pub fn back_verbatim(&self) -> Verbatim {
        written(&self.back)
    }
}

fn written(edits: &[keaconf::Edit]) -> Verbatim {
    let shown: Vec<_> = edits.iter().map(keaconf::Edit::redacted).collect();
    Verbatim(keaconf::Edit::write_kept(&shown))
}

/// The edits that were kept of a change.
pub fn recorded_edits(kept: &Verbatim) -> Result<Vec<keaconf::Edit>, EditError> {
    keaconf::Edit::read_kept(kept.0.as_bytes())
}

/// Whether two changes of a configuration are of the same parts, so that one of them stands on the other.
pub fn share_parts(one: &[keaconf::Edit], other: &[keaconf::Edit]) -> bool {
    let meet = |one: &keaconf::Edit, other: &keaconf::Edit| {
        ends(one)
            .into_iter()
            .any(|one| ends(other).into_iter().any(|other| one.starts_with(other) || other.starts_with(one)))
    };
    one.iter().any(|one| other.iter().any(|other| meet(one, other)))
}

/// Where an edit works: of what moves, both places.
fn ends(edit: &keaconf::Edit) -> Vec<&keaconf::Path> {
    match &edit.op {
        keaconf::Op::Move(to) => vec![&edit.path, to],
        _ => vec![&edit.path],
    }
}

/// How a change of a configuration stands, of which these edits were kept. `running`: what the server runs, without copies
/// of inherited values.
pub fn verdict_on(running: &Document, forward: &[keaconf::Edit], back: &[keaconf::Edit]) -> Verdict {
    match running.standing(forward, back) {
        // What it left behind is recorded already.
        Standing::Made => Verdict::Made(None),
        Standing::NotMade => Verdict::NotMade,
        Standing::Half => Verdict::BrokenOff,
        Standing::Elsewhere => Verdict::Overtaken,
    }
}
