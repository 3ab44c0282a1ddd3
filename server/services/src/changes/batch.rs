//! What the changes of a batch are together. Pure.

use model::{Batch, ChangeState};

use crate::ports::BatchCount;

/// The batches that were counted, each once.
pub(super) fn of(counts: &[BatchCount]) -> Vec<Batch> {
    let mut names: Vec<&String> = counts.iter().map(|count| &count.batch).collect();
    names.sort_unstable();
    names.dedup();
    names
        .into_iter()
        .map(|name| batch(name, &counts.iter().filter(|count| count.batch == *name).collect::<Vec<_>>()))
        .collect()
}

fn sum<'a>(counts: impl Iterator<Item = &'a BatchCount>) -> u32 {
    counts.fold(0, |sum, count| sum.saturating_add(count.count))
}

fn batch(name: &str, counts: &[&BatchCount]) -> Batch {
    let own: Vec<&BatchCount> = counts.iter().copied().filter(|count| !count.repeats).collect();
    let first = own.first();
    let stand = |state: ChangeState| sum(counts.iter().copied().filter(|count| count.state == state));
    let states = ChangeState::ALL.into_iter().map(|state| (state, stand(state))).filter(|(_, count)| *count > 0);
    Batch {
        batch: name.to_owned(),
        changes: sum(own.iter().copied()),
        verb: first.map(|first| first.verb).filter(|verb| own.iter().all(|count| count.verb == *verb)),
        undoes: !own.is_empty() && own.iter().all(|count| count.undoes),
        subnet: first.map(|first| &first.subnet).filter(|of| own.iter().all(|count| count.subnet == **of)).cloned(),
        states: states.collect(),
    }
}

#[cfg(test)]
mod tests {
    use model::Verb;

    use super::*;

    fn count(batch: &str, verb: Verb, subnet: &str, repeats: bool, count: u32) -> BatchCount {
        let (batch, subnet, state) = (batch.to_owned(), subnet.parse().unwrap(), ChangeState::Done);
        BatchCount { batch, verb, state, subnet, repeats, undoes: false, count }
    }

    #[test]
    fn what_all_of_a_batch_have_in_common_is_said_once() {
        let waiting = BatchCount { state: ChangeState::Pending, ..count("a", Verb::Create, "kea2/7", true, 3) };
        let counts = [
            count("b", Verb::Create, "kea1/1", false, 2),
            count("a", Verb::Create, "kea1/1", false, 197),
            count("a", Verb::Create, "kea2/7", true, 194),
            waiting,
            count("b", Verb::Delete, "kea1/2", false, 1),
        ];
        let [a, b]: [Batch; 2] = of(&counts).try_into().unwrap();
        assert_eq!((a.changes, a.verb, a.undoes), (197, Some(Verb::Create), false));
        assert_eq!(a.subnet, "kea1/1".parse().ok(), "repetitions are elsewhere");
        assert_eq!(a.states, [(ChangeState::Done, 391), (ChangeState::Pending, 3)]);
        assert_eq!((b.changes, b.verb, b.subnet), (3, None, None));
    }
}
