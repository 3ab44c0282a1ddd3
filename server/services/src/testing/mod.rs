//! The ports in memory, for tests of what we decide ourselves: what is recorded of a change, what recovery makes of one
//! that broke off, what partners are sent. They keep what the ports promise, and fail where a test says so.
//!
//! This is no simulated Kea. How Kea behaves is tested against Kea; these servers are as simple as the port allows, and
//! a test that would only show what they do themselves is none.

mod dhcp;
mod script;
mod store;

use std::sync::atomic::{AtomicI64, Ordering};
use std::sync::{Mutex, MutexGuard, PoisonError};

use model::{Seconds, Timestamp};
use rand::rngs::StdRng;
use rand::{Rng as _, SeedableRng as _};

pub use dhcp::{Asked, Fault, MemoryDhcp};
pub use store::MemoryStore;

use crate::ports::{Clock, Random};

/// A clock that stands still until it is set.
#[derive(Debug)]
pub struct ManualClock(AtomicI64);

impl ManualClock {
    /// A clock that shows this.
    pub fn at(now: Timestamp) -> Self {
        Self(AtomicI64::new(now.0))
    }

    /// Lets time pass; a negative span sets the clock back.
    pub fn pass(&self, span: Seconds) {
        self.0.fetch_add(span.0, Ordering::SeqCst);
    }
}

impl Clock for ManualClock {
    fn now(&self) -> Timestamp {
        Timestamp(self.0.load(Ordering::SeqCst))
    }
}

/// Octets that are the same in every run.
#[derive(Debug)]
pub struct SeededRandom(Mutex<StdRng>);

impl SeededRandom {
    /// Those of that seed.
    pub fn of(seed: u64) -> Self {
        Self(Mutex::new(StdRng::seed_from_u64(seed)))
    }
}

impl Random for SeededRandom {
    fn fill(&self, octets: &mut [u8]) {
        lock(&self.0).fill_bytes(octets);
    }
}

/// A test that panicked is over: what it left behind is not looked at.
fn lock<T>(shared: &Mutex<T>) -> MutexGuard<'_, T> {
    shared.lock().unwrap_or_else(PoisonError::into_inner)
}
