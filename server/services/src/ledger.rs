//! What Foreman asked and was answered, and why: kept in the store, for as long and as many as the operator wants.
//!
//! An answer does not wait for its entry: entries are collected for a moment and written together. A reader has
//! them written first, so that nothing that happened before is missing.

mod callers;

use std::collections::{HashMap, VecDeque};
use std::sync::{Arc, Mutex as Lock, MutexGuard, PoisonError};

use model::{CallFilter, CallPage, CallQuery, ForemanCall, Permission, Seconds, Timestamp};
use tokio::sync::{Mutex, Notify};

use crate::ports::{Clock, Store};
use crate::{Actor, Event, Events, Ports, Result, Settings};

/// Most entries that wait to be written. Should the store be too slow for more, the oldest are given up.
const MOST_WAITING: usize = 20_000;

/// How many calls of one stranger are remembered in a minute.
const STRANGER: u32 = 60;

/// How many calls of all strangers are.
const STRANGERS: u32 = 600;

/// The calls that Foreman's log tab shows (the Smart Proxy's own limits).
const LOG_NEWEST: usize = 2_000;

/// The problems from before those.
const LOG_PROBLEMS: usize = 1_000;

/// What Foreman asked and was answered. Cheap to clone.
#[derive(Clone)]
pub struct Ledger {
    store: Arc<dyn Store>,
    clock: Arc<dyn Clock>,
    events: Events,
    remember_for: Seconds,
    remember: u32,
    waiting: Arc<Waiting>,
}

#[derive(Default)]
struct Waiting {
    calls: Lock<VecDeque<ForemanCall>>,
    /// Held while some are written, so that they stay in order.
    writing: Mutex<()>,
    something: Notify,
    strangers: Lock<Strangers>,
}

/// A minute, and the calls of strangers in it.
#[derive(Default)]
struct Strangers {
    minute: i64,
    all: u32,
    each: HashMap<String, u32>,
}

impl Strangers {
    /// Whether there is room for one more of that caller.
    fn take(&mut self, caller: &str, now: Timestamp) -> bool {
        let minute = now.0.div_euclid(60);
        if self.minute != minute {
            *self = Self { minute, ..Self::default() };
        }
        if self.all >= STRANGERS {
            return false;
        }
        let count = self.each.entry(callers::source(caller)).or_default();
        if *count >= STRANGER {
            return false;
        }
        *count += 1;
        self.all += 1;
        if *count == STRANGER || self.all == STRANGERS {
            tracing::warn!(caller, "more calls of strangers to Foreman’s port than are remembered within a minute");
        }
        true
    }
}

impl Ledger {
    pub(crate) fn new(ports: &Ports, settings: &Settings, events: Events) -> Self {
        Self {
            store: ports.store.clone(),
            clock: ports.clock.clone(),
            events,
            remember_for: settings.remember_calls_for,
            remember: settings.remember_calls,
            waiting: Arc::default(),
        }
    }

    /// Notes a call; it is written a moment later. Of each caller that was not let in only some are remembered, so that they
    /// cannot drive out what matters.
    pub fn note(&self, call: ForemanCall, let_in: bool) {
        if !let_in && !self.has_room_for_a_stranger(&call) {
            return;
        }
        let mut calls = self.calls();
        if calls.len() >= MOST_WAITING {
            calls.pop_front();
            tracing::error!("the store is too slow: a call of Foreman is not remembered");
        }
        let first = calls.is_empty();
        calls.push_back(call);
        drop(calls);
        if first {
            self.waiting.something.notify_one();
        }
    }

    /// Waits until there is something to write.
    pub async fn noted(&self) {
        self.waiting.something.notified().await;
    }

    /// Writes what is noted by now. What the store does not take waits on, as much of it as there is room for.
    pub async fn flush(&self) -> Result<()> {
        let _writing = self.waiting.writing.lock().await;
        let calls: Vec<ForemanCall> = std::mem::take(&mut *self.calls()).into();
        if calls.is_empty() {
            return Ok(());
        }
        if let Err(error) = self.store.add_calls(&calls).await {
            self.wait_on(calls);
            return Err(error.into());
        }
        self.events.publish(Event::Calls);
        Ok(())
    }

    /// Puts calls back before those that were noted since.
    fn wait_on(&self, calls: Vec<ForemanCall>) {
        let mut waiting = self.calls();
        let room = MOST_WAITING.saturating_sub(waiting.len());
        let lost = calls.len().saturating_sub(room);
        for call in calls.into_iter().skip(lost).rev() {
            waiting.push_front(call);
        }
        drop(waiting);
        if lost > 0 {
            tracing::error!(lost, "the store takes no calls of Foreman: the oldest that wait are not remembered");
        }
        self.waiting.something.notify_one();
    }

    /// Some calls, newest first.
    pub async fn list(&self, actor: &Actor, query: &CallQuery) -> Result<CallPage> {
        actor.may(Permission::Look)?;
        self.flush().await?;
        let mut calls = self.store.find_calls(query, CallPage::MOST + 1).await?;
        let older = calls.len() > CallPage::MOST;
        calls.truncate(CallPage::MOST);
        Ok(CallPage { calls, older })
    }

    /// What Foreman's log tab shows: the newest calls, and before them older ones that were problems; oldest first.
    pub async fn log(&self, actor: &Actor, since: Option<Timestamp>) -> Result<Vec<ForemanCall>> {
        actor.may(Permission::Look)?;
        self.flush().await?;
        let mut calls = self.store.find_calls(&CallQuery::default(), LOG_NEWEST).await?;
        if calls.len() == LOG_NEWEST {
            let before = calls.last().map(|call| call.number);
            let older = CallQuery { filter: CallFilter::Problems, before, ..CallQuery::default() };
            calls.extend(self.store.find_calls(&older, LOG_PROBLEMS).await?);
        }
        calls.reverse();
        calls.retain(|call| since.is_none_or(|since| call.at >= since));
        Ok(calls)
    }

    /// How many calls needed attention within this time.
    pub async fn count_problems(&self, actor: &Actor, within: Seconds) -> Result<u64> {
        actor.may(Permission::Look)?;
        self.flush().await?;
        let since = self.clock.now().plus(Seconds(-within.0));
        Ok(self.store.count_problems(since).await?)
    }

    /// Forgets what is too old, or too much: first of the caller that called most.
    pub async fn trim(&self) -> Result<()> {
        let oldest = self.clock.now().plus(Seconds(-self.remember_for.0));
        self.store.forget_calls(oldest).await?;
        for share in callers::too_many(self.store.count_calls().await?, self.remember.into()) {
            self.store.forget_calls_of(&share.callers, share.stay).await?;
        }
        Ok(())
    }

    fn has_room_for_a_stranger(&self, call: &ForemanCall) -> bool {
        let caller = call.address.as_ref().unwrap_or(&call.caller);
        self.waiting.strangers.lock().unwrap_or_else(PoisonError::into_inner).take(caller, call.at)
    }

    fn calls(&self) -> MutexGuard<'_, VecDeque<ForemanCall>> {
        self.waiting.calls.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_stranger_takes_no_room_of_another() {
        let mut strangers = Strangers::default();
        let mut take = |caller: &str, at, times| (0..times).filter(|_| strangers.take(caller, Timestamp(at))).count();
        assert_eq!(take("192.0.2.1", 0, 100), 60);
        assert_eq!([take("192.0.2.2", 0, 1), take("2001:db8::1", 0, 1)], [1, 1]);
        assert_eq!(take("192.0.2.1", 60, 1), 1, "the next minute");
        let many = (0..100).map(|n| take(&format!("198.51.100.{n}"), 120, 60)).sum::<usize>();
        assert_eq!(many, 600, "all of them together");
    }
}
