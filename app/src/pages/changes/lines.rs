//! The lines of the list: a change with its repetitions on partners, and batches in one line.

use model::{Batch, Change, ChangeState};

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
    /// Changes that were made in one go.
    Batch {
        /// What they are together.
        batch: Batch,
        /// The newest of them that is known.
        newest: Box<Change>,
    },
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
        match self {
            Self::One(entry) => entry.key().collect(),
            Self::Batch { batch, newest } => {
                vec![(newest.number, newest.state, None, format!("{} {:?}", batch.changes, batch.states))]
            }
        }
    }
}

/// The lines of some changes, newest first. A repetition stands with what it repeats where both are there. `batches`: those
/// of which only the newest change is there. `together`: whether changes of one batch that are all there share a line.
pub(super) fn lines(changes: &[Change], batches: &[Batch], together: bool) -> Vec<Line> {
    let has = |number: i64| changes.iter().any(|change| change.number == number);
    let own = changes.iter().filter(|change| change.repeats.is_none_or(|number| !has(number)));
    let entries = own.map(|change| {
        let repeats = changes.iter().filter(|other| other.repeats == Some(change.number)).cloned().collect();
        Entry { change: change.clone(), repeats }
    });
    let mut groups: Vec<Vec<Entry>> = Vec::new();
    for entry in entries {
        let of_one = |group: &&mut Vec<Entry>| {
            together && entry.change.batch.is_some() && group[0].change.batch == entry.change.batch
        };
        match groups.last_mut().filter(of_one) {
            Some(group) => group.push(entry),
            None => groups.push(vec![entry]),
        }
    }
    groups.into_iter().map(|group| line(group, batches)).collect()
}

/// A batch of one is a change like others.
fn line(mut group: Vec<Entry>, batches: &[Batch]) -> Line {
    let first = &group[0].change;
    let known = batches.iter().find(|batch| Some(&batch.batch) == first.batch.as_ref()).cloned();
    let batch = known.or_else(|| Some(together(first.batch.clone()?, &group))).filter(|batch| batch.changes > 1);
    match batch {
        Some(batch) => Line::Batch { batch, newest: Box::new(first.clone()) },
        None => Line::One(Box::new(group.swap_remove(0))),
    }
}

/// What the changes of a batch are together, where all of them are there.
fn together(batch: String, entries: &[Entry]) -> Batch {
    let first = &entries[0].change;
    let all = |same: &dyn Fn(&Change) -> bool| entries.iter().all(|entry| same(&entry.change));
    Batch {
        batch,
        changes: count(entries.len()),
        verb: Some(first.verb).filter(|verb| all(&|change| change.verb == *verb)),
        undoes: all(&|change| change.undoes.is_some()),
        subnet: Some(first.subject.subnet()).filter(|of| all(&|change| change.subject.subnet() == *of)).cloned(),
        states: states(entries),
    }
}

fn count(length: usize) -> u32 {
    u32::try_from(length).unwrap_or(u32::MAX)
}

/// How many changes of a batch stand how; repetitions count too.
fn states(entries: &[Entry]) -> Vec<(ChangeState, u32)> {
    let all: Vec<ChangeState> = entries
        .iter()
        .flat_map(|entry| [&entry.change].into_iter().chain(&entry.repeats))
        .map(|one| one.state)
        .collect();
    let those = |state| count(all.iter().filter(|each| **each == state).count());
    ChangeState::ALL.into_iter().map(|state| (state, those(state))).filter(|(_, count)| *count > 0).collect()
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
        assert_eq!(numbers(&lines(&changes, &[], true)), [vec![8, 9], vec![7]]);
    }

    #[test]
    fn a_batch_is_one_line_where_it_is_not_asked_for_alone() {
        let changes = [of(9, Some("a"), None), of(8, Some("a"), None), of(7, Some("b"), None), of(6, None, None)];
        let found = lines(&changes, &[], true);
        assert_eq!(numbers(&found), [vec![9], vec![7], vec![6]]);
        assert!(matches!(&found[0], Line::Batch { batch, .. } if batch.changes == 2));
        assert!(matches!(found[1], Line::One(_)));
        assert_eq!(numbers(&lines(&changes, &[], false)).len(), 4);
    }

    #[test]
    fn the_newest_change_stands_for_a_batch_that_is_known() {
        let batch = Batch { changes: 197, ..together("a".to_owned(), &[entry(of(9, Some("a"), None))]) };
        let found = lines(&[of(9, Some("a"), None), of(2, None, None)], std::slice::from_ref(&batch), true);
        assert_eq!(numbers(&found), [vec![9], vec![2]]);
        assert!(matches!(&found[0], Line::Batch { batch: its, .. } if *its == batch));
    }

    #[test]
    fn states_of_a_batch_are_counted() {
        let mut waiting = of(8, None, None);
        waiting.state = ChangeState::Pending;
        let entries =
            [of(9, None, None), waiting].map(|change| Entry { repeats: vec![of(7, None, Some(9))], ..entry(change) });
        assert_eq!(states(&entries), [(ChangeState::Done, 3), (ChangeState::Pending, 1)]);
        assert!(together("a".to_owned(), &entries).subnet.is_some());
    }

    fn entry(change: Change) -> Entry {
        Entry { change, repeats: Vec::new() }
    }
}
