//! Which subnets are read again so that their addresses can be counted, where a server does not count them itself. Pure.

use model::{Seconds, SubnetKey, Timestamp};

/// How many subnets of a server are read for that in a second: together they take a few percent of its time.
const A_SECOND: i64 = 8;

/// How old a count may be before it is taken again. In a server with many subnets it gets older.
const MAX_AGE: Seconds = Seconds(30);

/// The longest that is made up for at once when nothing was read for a while.
const MOST_SECONDS: i64 = 10;

/// A subnet whose count was asked for, and when it was read last.
pub(super) type Asked = (SubnetKey, Option<Timestamp>);

/// Which of them are read now: those never read first, then the oldest. `last`: when some were read before.
pub(super) fn due(mut asked: Vec<Asked>, last: Option<Timestamp>, now: Timestamp) -> Vec<SubnetKey> {
    let seconds = last.map_or(1, |last| now.since(last).0.clamp(0, MOST_SECONDS));
    asked.retain(|(_, as_of)| as_of.is_none_or(|as_of| now.since(as_of) >= MAX_AGE));
    asked.sort_by_key(|(key, as_of)| (*as_of, key.clone()));
    let most = usize::try_from(seconds * A_SECOND).unwrap_or_default();
    asked.into_iter().take(most).map(|(key, _)| key).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn many_subnets_are_read_a_few_at_a_time() {
        let now = Timestamp(1_000);
        let key = |id: u32| SubnetKey { server: "kea".parse().unwrap(), id };
        let asked = |ages: &[Option<i64>]| -> Vec<Asked> {
            (1..).zip(ages).map(|(id, age)| (key(id), age.map(|age| now.plus(Seconds(-age))))).collect()
        };
        let ids = |ages: &[Option<i64>], last: Option<i64>| -> Vec<u32> {
            let last = last.map(|ago| now.plus(Seconds(-ago)));
            due(asked(ages), last, now).into_iter().map(|key| key.id).collect()
        };
        let many = vec![None; 3_000];
        assert_eq!(ids(&many, None), (1..=8).collect::<Vec<_>>());
        assert_eq!(ids(&many, Some(3)).len(), 24);
        assert_eq!(ids(&many, Some(0)), [0; 0], "not twice in a second");
        assert_eq!(ids(&many, Some(9_999)).len(), 80);
        assert_eq!(ids(&[Some(40), Some(29), None, Some(50)], Some(1)), [3, 4, 1], "what is new enough is left alone");
    }
}
