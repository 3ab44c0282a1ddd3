//! What a partner has otherwise: its clock, and what clients are served with.

use std::collections::BTreeMap;

use keaconf::{Edit, Finding, PairFinding};
use model::{CheckArea, CheckLevel, CheckLine, Seconds, Silencing};

use super::{APART, CLOCKS, Facts, MOST_ITEMS, Partner};
use crate::configurations::{Nearest, written};

/// What the rules on pairs are about, as it is called.
const KINDS: [(&str, &str); 8] = [
    ("pair-subnets", "subnets"),
    ("pair-subnet-id", "subnets under the same id"),
    ("pair-pools", "pools"),
    ("pair-options", "options"),
    ("pair-lease-times", "lease times"),
    ("pair-parameters", "parameters"),
    ("pair-classes", "client classes"),
    ("pair-hooks", "hooks"),
];

pub(super) fn lines(facts: &Facts<'_>, partner: &Partner) -> Vec<CheckLine> {
    let clock = clocks(facts, partner);
    let (Some(ours), Some(theirs)) = (&facts.running, &partner.running) else { return clock.into_iter().collect() };
    let mut kinds: BTreeMap<(usize, bool), Vec<Finding>> = BTreeMap::new();
    let findings = partner.pair.findings(ours, theirs);
    let nearest = Nearest::of(ours, findings.len());
    for PairFinding { finding, is_for_partner } in findings {
        if facts.silenced.contains(&nearest.key_of(&finding)) {
            continue;
        }
        let kind = KINDS.iter().position(|(rule, _)| *rule == finding.rule).unwrap_or_default();
        kinds.entry((kind, is_for_partner)).or_default().push(finding);
    }
    let alike = kinds.is_empty().then(|| alike(partner));
    let differing = kinds
        .into_iter()
        .map(|((kind, is_for_partner), findings)| of_kind(&nearest, partner, KINDS[kind].1, is_for_partner, &findings));
    clock.into_iter().chain(alike).chain(differing).collect()
}

fn clocks(facts: &Facts<'_>, partner: &Partner) -> Option<CheckLine> {
    let (Seconds(ours), Seconds(theirs)) = (facts.sight.clock_ahead?, partner.clock_ahead?);
    let apart = ours - theirs;
    let text = format!(
        "Its clock and that of {} are {} apart: at 60 s, Kea ends high availability.",
        partner.pair.name,
        Seconds(apart.abs())
    );
    (apart.abs() >= APART).then(|| CheckLine::new(CheckArea::Pair, CheckLevel::Warning, text, CLOCKS))
}

fn alike(partner: &Partner) -> CheckLine {
    let what = if partner.pair.several {
        "client classes and hooks"
    } else {
        "subnets, pools, options, lease times, parameters, client classes and hooks"
    };
    CheckLine::fine(CheckArea::Pair, format!("It and its partner {} have the same {what}.", partner.pair.name))
}

/// What differs of one kind, with the edits that give one of the two what it lacks.
fn of_kind(
    nearest: &Nearest<'_>,
    partner: &Partner,
    kind: &str,
    is_for_partner: bool,
    findings: &[Finding],
) -> CheckLine {
    let name = &partner.pair.name;
    let text = if is_for_partner {
        format!("Its partner {name} does not have the same {kind}.")
    } else {
        format!("It does not have the same {kind} as its partner {name}.")
    };
    let more = findings.len().saturating_sub(MOST_ITEMS);
    let rest = (more > 0).then(|| format!("and {more} more: they come up once these are done"));
    let shown = &findings[..findings.len() - more];
    let mut edits: Vec<Edit> = Vec::new();
    for edit in shown.iter().flat_map(|finding| &finding.mend).map(Edit::redacted) {
        // Several subnets of one shared network need it once.
        if !edits.contains(&edit) {
            edits.push(edit);
        }
    }
    let whose = if is_for_partner { name.as_str() } else { "this server" };
    let advice = if edits.is_empty() {
        "What a client gets depends on which of the two serves it: make both alike.".to_owned()
    } else {
        format!("What a client gets depends on which of the two serves it. These edits of {whose} make both alike.")
    };
    let silencing = |finding: &Finding| Silencing { finding: nearest.key_of(finding), text: finding.text.clone() };
    CheckLine {
        items: shown.iter().map(|finding| finding.text.clone()).chain(rest).collect(),
        edits: edits.iter().map(written).collect(),
        edits_at: is_for_partner.then(|| name.clone()),
        findings: findings.iter().map(silencing).collect(),
        ..CheckLine::new(CheckArea::Pair, CheckLevel::Warning, text, advice)
    }
}
