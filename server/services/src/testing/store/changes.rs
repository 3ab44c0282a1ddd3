//! The changes of reservations.

use std::collections::BTreeMap;

use async_trait::async_trait;
use model::{
    Change, ChangeFilter, ChangeQuery, ChangeState, Content, Identifier, Reservation, ReservationKey, ServerName,
    Subject, Timestamp,
};

use super::{MemoryStore, Result, Tables, mentions};
use crate::ports::{BatchCount, ChangeEnd, ChangeRecord, Changes, StoreError};

#[async_trait]
impl Changes for MemoryStore {
    async fn begin_changes(&self, changes: &[ChangeRecord]) -> Result<Vec<i64>> {
        self.call("begin_changes", |tables| tables.begin(changes)).flatten()
    }

    async fn end_changes(&self, ends: &[ChangeEnd]) -> Result<()> {
        self.call("end_changes", |tables| tables.end(ends))
    }

    async fn end_and_begin_changes(&self, ends: &[ChangeEnd], changes: &[ChangeRecord]) -> Result<Vec<i64>> {
        self.call("end_and_begin_changes", |tables| {
            let numbers = tables.begin(changes)?;
            tables.end(ends);
            Ok(numbers)
        })
        .flatten()
    }

    async fn find_changes(&self, query: &ChangeQuery, most: usize) -> Result<Vec<Change>> {
        self.call("find_changes", |tables| {
            let names = query.reservation.as_ref().map(|key| names(&tables.changes, key));
            let stands_for_batch = |change: &Change| {
                let newer = |record: &ChangeRecord| {
                    let other = &record.change;
                    other.batch == change.batch && other.number > change.number && other.repeats.is_none()
                };
                change.batch.is_none() || change.repeats.is_none() && !tables.changes.iter().any(newer)
            };
            let wanted = |change: &&Change| {
                is_wanted(change, query)
                    && (!query.batches_as_one || stands_for_batch(change))
                    && names.as_ref().is_none_or(|names| is_named(change, query, names))
            };
            let changes = tables.changes.iter().rev().filter(|record| is_of_part(record, query));
            changes.map(|record| &record.change).filter(wanted).take(most).map(|change| tables.seen(change)).collect()
        })
    }

    async fn change(&self, number: i64) -> Result<Option<ChangeRecord>> {
        self.call("change", |tables| tables.records(|record| record.change.number == number).pop())
    }

    async fn repetitions(&self, number: i64) -> Result<Vec<ChangeRecord>> {
        self.call("repetitions", |tables| tables.records(|record| record.change.repeats == Some(number)))
    }

    async fn change_of_request(&self, request: &str) -> Result<Option<ChangeRecord>> {
        self.call("change_of_request", |tables| {
            tables.records(|record| record.request.as_deref() == Some(request)).pop()
        })
    }

    async fn count_batches(&self, batches: &[String]) -> Result<Vec<BatchCount>> {
        self.call("count_batches", |tables| {
            let mut counts: Vec<BatchCount> = Vec::new();
            for change in tables.changes.iter().map(|record| &record.change) {
                let Some(batch) = change.batch.clone().filter(|batch| batches.contains(batch)) else { continue };
                let alike = BatchCount {
                    batch,
                    verb: change.verb,
                    state: change.state,
                    subnet: change.subject.subnet().clone(),
                    repeats: change.repeats.is_some(),
                    undoes: change.undoes.is_some(),
                    count: 0,
                };
                match counts.iter_mut().find(|known| BatchCount { count: 0, ..(*known).clone() } == alike) {
                    Some(known) => known.count += 1,
                    None => counts.push(BatchCount { count: 1, ..alike }),
                }
            }
            counts
        })
    }

    async fn changes_of_batch(&self, batch: &str) -> Result<Vec<ChangeRecord>> {
        self.call("changes_of_batch", |tables| tables.records(|record| record.change.batch.as_deref() == Some(batch)))
    }

    async fn changes_in(
        &self,
        state: ChangeState,
        server: Option<&ServerName>,
        most: usize,
    ) -> Result<Vec<ChangeRecord>> {
        self.call("changes_in", |tables| {
            let mut all = tables.records(|ChangeRecord { change, .. }| {
                change.state == state && server.is_none_or(|server| *change.subject.server() == *server)
            });
            all.truncate(most);
            all
        })
    }

    async fn newest_changes(&self, server: &ServerName) -> Result<Vec<ChangeRecord>> {
        self.call("newest_changes", |tables| {
            let later = |record: &ChangeRecord| {
                let of_it = |other: &ChangeRecord| {
                    let old = other.change.before.as_ref().map(Content::subject);
                    other.change.subject == record.change.subject || old.as_ref() == Some(&record.change.subject)
                };
                tables.changes.iter().any(|other| {
                    other.change.number > record.change.number
                        && other.change.state != ChangeState::Refused
                        && of_it(other)
                })
            };
            tables.records(|record| {
                record.change.state == ChangeState::Done && *record.change.subject.server() == *server && !later(record)
            })
        })
    }

    async fn count_changes(&self) -> Result<Vec<(ServerName, ChangeState, u32)>> {
        self.call("count_changes", |tables| {
            let mut counts: BTreeMap<(ServerName, &str), (ChangeState, u32)> = BTreeMap::new();
            for ChangeRecord { change, .. } in &tables.changes {
                let key = (change.subject.server().clone(), change.state.code());
                counts.entry(key).or_insert((change.state, 0)).1 += 1;
            }
            counts.into_iter().map(|((server, _), (state, count))| (server, state, count)).collect()
        })
    }

    async fn adopt_change(&self, number: i64, from: &str, owner: &str) -> Result<bool> {
        self.call("adopt_change", |tables| {
            let theirs = |record: &&mut ChangeRecord| {
                record.change.number == number && record.owner == from && record.change.state == ChangeState::Open
            };
            let known = tables.changes.iter_mut().find(theirs);
            known.map(|record| owner.clone_into(&mut record.owner)).is_some()
        })
    }

    async fn changes_to_confirm(&self) -> Result<Vec<ChangeRecord>> {
        self.call("changes_to_confirm", |tables| tables.records(|record| record.confirm_until.is_some()))
    }

    async fn confirm_change(&self, number: i64) -> Result<bool> {
        self.call("confirm_change", |tables| {
            let known = tables.changes.iter_mut().find(|record| record.change.number == number);
            known.is_some_and(|record| record.confirm_until.take().is_some())
        })
    }

    async fn trim_changes(&self, oldest: Timestamp, most: u32) -> Result<()> {
        self.call("trim_changes", |tables| {
            let newest = usize::try_from(most).unwrap_or(usize::MAX);
            let last = tables.changes.iter().rev().nth(newest).map(|record| record.change.number);
            tables.changes.retain(|ChangeRecord { change, .. }| {
                let settled = matches!(change.state, ChangeState::Done | ChangeState::Refused);
                !settled || (change.at >= oldest && last.is_none_or(|last| change.number > last))
            });
        })
    }
}

impl Tables {
    fn begin(&mut self, changes: &[ChangeRecord]) -> Result<Vec<i64>> {
        let mut requests: Vec<&str> =
            self.changes.iter().chain(changes).filter_map(|record| record.request.as_deref()).collect();
        requests.sort_unstable();
        if requests.windows(2).any(|two| two[0] == two[1]) {
            return Err(StoreError::Exists);
        }
        let mut numbers = Vec::with_capacity(changes.len());
        for record in changes {
            self.last_change += 1;
            let change = Change { number: self.last_change, undone_by: None, ..record.change.clone() };
            numbers.push(change.number);
            self.changes.push(ChangeRecord { change, ..record.clone() });
        }
        Ok(numbers)
    }

    fn end(&mut self, ends: &[ChangeEnd]) {
        for end in ends {
            if let Some(known) = self.changes.iter_mut().find(|record| record.change.number == end.number) {
                finish(known, end);
            }
        }
    }

    fn records(&self, which: impl Fn(&ChangeRecord) -> bool) -> Vec<ChangeRecord> {
        let all = self.changes.iter().filter(|record| which(record));
        all.map(|record| ChangeRecord { change: self.seen(&record.change), ..record.clone() }).collect()
    }

    /// A change, with the newest that takes it back.
    fn seen(&self, change: &Change) -> Change {
        let takes_back = |other: &&Change| {
            other.undoes == Some(change.number) && !matches!(other.state, ChangeState::Open | ChangeState::Refused)
        };
        let mut newest = self.changes.iter().rev().map(|record| &record.change);
        Change { undone_by: newest.find(takes_back).map(|other| other.number), ..change.clone() }
    }
}

fn finish(record: &mut ChangeRecord, end: &ChangeEnd) {
    record.change.stands(end.state, end.reason.clone());
    if let Some((now, verbatim)) = &end.now {
        record.change.after = Some(now.clone());
        record.now = Some(verbatim.clone());
    }
    if end.was.is_some() {
        record.was.clone_from(&end.was);
    }
}

fn is_wanted(change: &Change, query: &ChangeQuery) -> bool {
    let settled = matches!(change.state, ChangeState::Done | ChangeState::Refused);
    let fits = match query.filter {
        ChangeFilter::All => true,
        ChangeFilter::Unsettled => !settled,
        ChangeFilter::Config => change.subject.reservation().is_none(),
    };
    fits && query.element.as_ref().is_none_or(|element| change.subject == Subject::Config(element.clone()))
        && query.server.as_ref().is_none_or(|server| *change.subject.server() == *server)
        && (query.batch.is_none() || query.batch == change.batch)
        && query.before.is_none_or(|before| change.number < before)
        && query.actor.as_ref().is_none_or(|actor| change.actor == *actor)
        && query.since.is_none_or(|since| change.at >= since)
        && query.until.is_none_or(|until| change.at < until)
        && contains(change, &query.text)
}

/// What is of the subnet that is asked for, or touches it or the part that is.
fn is_of_part(record: &ChangeRecord, query: &ChangeQuery) -> bool {
    let change = &record.change;
    let kept = [&record.now, &record.was].map(|kept| kept.as_ref().map_or("", |kept| kept.0.as_str())).join("\n");
    let touches =
        change.subject.reservation().is_none() && query.touching.iter().any(|text| kept.contains(text.as_str()));
    match (&query.at, &query.subnet) {
        (Some(_), _) => touches,
        (None, Some(subnet)) => {
            let of = change.subject.subnet();
            of == subnet || (of.is_global() && of.server == subnet.server && touches)
        }
        (None, None) => true,
    }
}

fn contains(change: &Change, text: &str) -> bool {
    let (before, after) = change.reservations();
    let labels = [&change.before, &change.after].map(|held| held.as_ref().and_then(Content::labels));
    let called = labels.into_iter().flatten().flat_map(|labels| [labels.name.clone(), labels.comment.clone()]);
    let what = |of: Option<&Reservation>| of.map(Reservation::what).filter(|what| !what.is_empty());
    let name = |of: Option<&Reservation>| of.and_then(|of| of.host_name.clone());
    let lines = [
        Some(change.actor.clone()),
        change.subject.reservation().map(|key| key.identifier.to_string()),
        old_name(change).map(ToString::to_string),
        what(before),
        what(after),
        name(before),
        name(after),
        Some(change.detail.clone()),
    ];
    let lines: Vec<_> = lines.into_iter().chain(called).collect();
    mentions(lines.iter().map(Option::as_ref), text)
}

/// The identifier that a change took from its reservation.
fn old_name(change: &Change) -> Option<&Identifier> {
    let key = change.subject.reservation()?;
    let old = change.reservations().0.map(|before| &before.identifier);
    old.filter(|old| **old != key.identifier)
}

/// Under which identifiers the reservation was known, each up to the change that gave it the next one: the present one
/// without end.
fn names(changes: &[ChangeRecord], of: &ReservationKey) -> Vec<(Identifier, i64)> {
    let mut names = vec![(of.identifier.clone(), i64::MAX)];
    let mut at = 0;
    while let Some((name, until)) = names.get(at).cloned() {
        for ChangeRecord { change, .. } in changes {
            let is_it = |key: &ReservationKey| key.subnet == of.subnet && key.identifier == name;
            let gives = change.subject.reservation().is_some_and(is_it) && change.number < until;
            if let Some(old) = old_name(change).filter(|_| gives && change.state != ChangeState::Refused) {
                let former = (old.clone(), change.number);
                if !names.contains(&former) {
                    names.push(former);
                }
            }
        }
        at += 1;
    }
    names
}

fn is_named(change: &Change, query: &ChangeQuery, names: &[(Identifier, i64)]) -> bool {
    let Some(key) = change.subject.reservation() else { return false };
    let here = query.reservation.as_ref().is_some_and(|wanted| wanted.subnet == key.subnet);
    let had = |name: &Identifier| key.identifier == *name || old_name(change) == Some(name);
    here && names.iter().any(|(name, until)| change.number <= *until && had(name))
}
