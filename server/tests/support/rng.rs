//! Chance that can be had again: every run prints its seed, and `NESTOR_SEED` plays it once more.

use rand::rngs::StdRng;
use rand::{RngExt as _, SeedableRng as _};

/// Rng of one caller or one lane of a test.
pub struct Rng(StdRng);

impl Rng {
    pub fn new(seed: u64) -> Self {
        Self(StdRng::seed_from_u64(seed))
    }

    /// A number from 0 on, below `end`.
    pub fn below(&mut self, end: usize) -> usize {
        self.0.random_range(0..end)
    }

    /// Whether something happens that happens so many times out of a hundred.
    pub fn percent(&mut self, times: usize) -> bool {
        self.below(100) < times
    }

    /// A seed for further rng.
    pub fn seed(&mut self) -> u64 {
        self.0.random()
    }
}

/// The seed of this run.
pub fn seed() -> u64 {
    std::env::var("NESTOR_SEED").map_or_else(|_| rand::random(), |seed| seed.parse().expect("NESTOR_SEED is a number"))
}

/// How often something is done: so often in every run, or so often when there is time for a soak (`NESTOR_SOAK=1`).
pub fn rounds(always: usize, soak: usize) -> usize {
    if std::env::var_os("NESTOR_SOAK").is_some_and(|soak| soak == "1") { soak } else { always }
}
