//! What others changed while somebody typed, as pages show it in the place of a plan.

use keaconf::{Document, Edit, Overtaken, Words};
use model::{ConfigClash, ConfigEdit, ConfigPlan, FindingLevel};

use super::forms::finding;
use super::view::written;

/// What others changed meanwhile, in the place of a plan.
pub(super) fn clashing(
    document: &Document,
    overtaken: &[Overtaken],
    typed: &[ConfigEdit],
    edits: &[Edit],
) -> ConfigPlan {
    let words = Words::new(document, document);
    let clash = |part: &Overtaken| {
        let anew = part.anew.as_ref().map(|anew| {
            let made = part.edits.iter().zip(anew);
            made.map(|(at, made)| {
                // What was typed goes back as it was, a secret as well.
                let same = made.op.value() == edits[*at].op.value();
                let value = typed[*at].value.clone().filter(|_| same);
                let written = written(made);
                ConfigEdit { value: value.or(written.value), ..written }
            })
        });
        ConfigClash {
            path: part.path.to_string(),
            label: words.name(&part.path),
            was: part.was.clone(),
            now: part.now.clone(),
            wanted: part.wanted.clone(),
            edits: part.edits.clone(),
            anew: anew.map(Iterator::collect),
        }
    };
    let finding =
        |part: &Overtaken| finding(&words, "overtaken", FindingLevel::Refused, &part.path, format!("{part}."));
    ConfigPlan {
        words: Vec::new(),
        summary: Vec::new(),
        findings: overtaken.iter().map(finding).collect(),
        commands: Vec::new(),
        dangers: Vec::new(),
        edits: Edit::write_all(edits),
        back: Edit::write_all(&[]),
        base: None,
        clashes: overtaken.iter().map(clash).collect(),
        partners: Vec::new(),
        tested: false,
        first_save: false,
        orphans: Vec::new(),
    }
}
