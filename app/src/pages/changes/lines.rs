//! The lines of the list: a change with its repetitions on partners, and batches in one line.

use model::{Change, ChangeState, SubnetKey};

/// A change, with those that repeat it on other servers.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Entry {
    pub(super) change: Change,
    pub(super) repeats: Vec<Change>,
}

/// A line of the list.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Line {
    /// One change.
    One(Box<Entry>),
    /// Changes that were made in one go, the newest first.
    Batch { batch: String, entries: Vec<Entry> },
}

/// What identifies a line, and each state of it.
pub(super) type LineKey = Vec<(i64, ChangeState, Option<i64>, String)>;

impl Entry {
    fn key(&self) -> impl Iterator<Item = (i64, ChangeState, Option<i64>, String)> {
        let all = [&self.change].into_iter().chain(&self.repeats);
        all.map(|change| (change.number, change.state, change.undone_by, change.detail.clone()))
    }
}

impl Line {
    /// What the line is found again by.
    pub(super) fn key(&self) -> LineKey {
        self.entries().iter().flat_map(Entry::key).collect()
    }

    fn entries(&self) -> &[Entry] {
        match self {
            Self::One(entry) => std::slice::from_ref(entry),
            Self::Batch { entries, .. } => entries,
        }
    }
}

/// The lines of some changes, newest first. A repetition stands with what it repeats where both are there. `batches`:
/// whether changes of one batch share a line.
pub(super) fn lines(changes: &[Change], batches: bool) -> Vec<Line> {
    let has = |number: i64| changes.iter().any(|change| change.number == number);
    let own = changes.iter().filter(|change| change.repeats.is_none_or(|number| !has(number)));
    let entries = own.map(|change| {
        let repeats = changes.iter().filter(|other| other.repeats == Some(change.number)).cloned().collect();
        Entry { change: change.clone(), repeats }
    });
    let mut lines: Vec<Line> = Vec::new();
    for entry in entries {
        match (entry.change.batch.clone().filter(|_| batches), lines.last_mut()) {
            (Some(of), Some(Line::Batch { batch, entries })) if *batch == of => entries.push(entry),
            (Some(batch), _) => lines.push(Line::Batch { batch, entries: vec![entry] }),
            (None, _) => lines.push(Line::One(Box::new(entry))),
        }
    }
    lines.into_iter().map(alone).collect()
}

/// A batch of one is a change like others.
fn alone(line: Line) -> Line {
    match line {
        Line::Batch { batch, mut entries } => match (entries.pop(), entries.is_empty()) {
            (Some(entry), true) => Line::One(Box::new(entry)),
            (Some(entry), false) => {
                entries.push(entry);
                Line::Batch { batch, entries }
            }
            (None, _) => Line::Batch { batch, entries },
        },
        one @ Line::One(_) => one,
    }
}

/// How many changes of a batch stand how; repetitions count too.
pub(super) fn states(entries: &[Entry]) -> Vec<(ChangeState, usize)> {
    let all: Vec<ChangeState> = entries
        .iter()
        .flat_map(|entry| [&entry.change].into_iter().chain(&entry.repeats))
        .map(|one| one.state)
        .collect();
    let count = |state| all.iter().filter(|each| **each == state).count();
    ChangeState::ALL.into_iter().map(|state| (state, count(state))).filter(|(_, count)| *count > 0).collect()
}

/// The subnet that all of them are in.
pub(super) fn subnet(entries: &[Entry]) -> Option<&SubnetKey> {
    let first = entries.first()?.change.subject.subnet();
    entries.iter().all(|entry| entry.change.subject.subnet() == first).then_some(first)
}

#[cfg(test)]
mod tests {
    use super::super::words::tests::change;
    use super::*;

    fn of(number: i64, batch: Option<&str>, repeats: Option<i64>) -> Change {
        Change { number, batch: batch.map(ToOwned::to_owned), repeats, ..change() }
    }

    fn numbers(lines: &[Line]) -> Vec<Vec<i64>> {
        lines.iter().map(|line| line.key().into_iter().map(|(number, ..)| number).collect()).collect()
    }

    #[test]
    fn repetitions_stand_with_what_they_repeat() {
        let changes = [of(9, None, Some(8)), of(8, None, None), of(7, None, Some(6))];
        assert_eq!(numbers(&lines(&changes, true)), [vec![8, 9], vec![7]]);
    }

    #[test]
    fn a_batch_is_one_line_where_it_is_not_asked_for_alone() {
        let changes = [of(9, Some("a"), None), of(8, Some("a"), None), of(7, Some("b"), None), of(6, None, None)];
        let found = lines(&changes, true);
        assert_eq!(numbers(&found), [vec![9, 8], vec![7], vec![6]]);
        assert!(matches!(found[0], Line::Batch { .. }) && matches!(found[1], Line::One(_)));
        assert_eq!(numbers(&lines(&changes, false)).len(), 4);
    }

    #[test]
    fn states_of_a_batch_are_counted() {
        let mut waiting = of(8, None, None);
        waiting.state = ChangeState::Pending;
        let entries = [of(9, None, None), waiting].map(|change| Entry { change, repeats: vec![of(7, None, Some(9))] });
        assert_eq!(states(&entries), [(ChangeState::Done, 3), (ChangeState::Pending, 1)]);
        assert!(subnet(&entries).is_some());
    }
}
