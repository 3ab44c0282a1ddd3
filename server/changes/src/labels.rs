//! Name and comment of a subnet: one change of them, and how it stands.

use model::{Content, Labels, SubnetKey};

use crate::{Verbatim, Verdict};

/// How a subnet is called, and how it is to be called.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LabelsEdit {
    /// The subnet.
    pub subnet: SubnetKey,
    /// How it is called now.
    pub before: Labels,
    /// How it is to be called. What its server says beside that stays as it is.
    pub after: Labels,
    /// Where in its server's words this was once; none: it is written where the labels are now.
    pub verbatim: Option<Verbatim>,
}

impl LabelsEdit {
    pub(crate) fn held(&self, labels: &Labels) -> Content {
        Content::Labels { subnet: self.subnet.clone(), labels: labels.clone() }
    }
}

/// How a change of labels stands, where the subnet is called `there`; none: it is gone, and with it its name. A server
/// takes what is set before what is removed: where it broke off, each of the two is old or new.
pub(crate) fn verdict(before: &Labels, after: &Labels, there: Option<Content>) -> Verdict {
    let Some(held) = there else { return Verdict::Overtaken };
    let Some(now) = held.labels() else { return Verdict::Overtaken };
    let half = [&now.name, &now.comment]
        .into_iter()
        .zip([(&before.name, &after.name), (&before.comment, &after.comment)])
        .all(|(now, (before, after))| now == before || now == after);
    match now {
        now if now == after => Verdict::Made(Some(held)),
        now if now == before => Verdict::NotMade,
        _ if half => Verdict::BrokenOff,
        _ => Verdict::Overtaken,
    }
}
