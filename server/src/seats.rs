//! So many of something at a time for each of those who may have it: connections of an address, streams of a session.

use std::collections::HashMap;
use std::hash::Hash;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

/// How many each of them has.
#[derive(Debug)]
pub(crate) struct Seats<K> {
    counts: Mutex<HashMap<K, usize>>,
}

/// The right to one of them, until it is dropped.
#[derive(Debug)]
pub(crate) struct Seat<K: Eq + Hash> {
    seats: Arc<Seats<K>>,
    whose: K,
}

impl<K> Default for Seats<K> {
    fn default() -> Self {
        Self { counts: Mutex::default() }
    }
}

impl<K: Eq + Hash + Clone> Seats<K> {
    /// One more for `whose`, unless they have as many as they may.
    pub(crate) fn take(self: &Arc<Self>, whose: K, most: usize) -> Option<Seat<K>> {
        let mut counts = self.counts();
        let count = counts.entry(whose.clone()).or_default();
        if *count >= most {
            return None;
        }
        *count += 1;
        Some(Seat { seats: Arc::clone(self), whose })
    }
}

impl<K> Seats<K> {
    fn counts(&self) -> MutexGuard<'_, HashMap<K, usize>> {
        // Counts are right after each step, even one that was the last of its thread.
        self.counts.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl<K: Eq + Hash> Drop for Seat<K> {
    fn drop(&mut self) {
        let mut counts = self.seats.counts();
        if let Some(count) = counts.get_mut(&self.whose) {
            *count -= 1;
            if *count == 0 {
                counts.remove(&self.whose);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn there_are_so_many_seats_and_they_come_back() {
        let seats: Arc<Seats<&str>> = Arc::default();
        let mut taken: Vec<_> = (0..3).map(|_| seats.take("one", 3).unwrap()).collect();
        assert!(seats.take("one", 3).is_none() && seats.take("other", 3).is_some());
        taken.pop();
        assert!(seats.take("one", 3).is_some());
        drop(taken);
        assert!(seats.counts().is_empty());
        assert!(seats.take("none", 0).is_none());
    }
}
