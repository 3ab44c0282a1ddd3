//! The time of day as this program counts it: the system's clock at the start, and what has gone by since.
//!
//! Holds, sessions and marks of running programs end at a time of day. Were that read from the system's clock each time,
//! an operator or a time service that sets it would end all of them early, or none for as long as it was set back. So
//! it is read once, and time goes on steadily from there. From a system's clock that says something else
//! the running clock keeps away for the time being, and nears it so slowly that no one notices; the next start reads it
//! anew.

use std::sync::{Mutex, PoisonError};
use std::time::{SystemTime, UNIX_EPOCH};

use model::Timestamp;
use rustix::time::{ClockId, clock_gettime};
use services::ports::Clock;

const SECOND: i128 = 1_000_000_000;

/// The running clock gains or loses at most one second in so many: as much as systems allow themselves when they slew a
/// clock (500 ppm). Of a hold of five minutes that is 0.15 s, of a session of twelve hours 22 s, and the second that a
/// time service puts a clock right by is caught up in half an hour.
const SLEW: i128 = 2_000;

/// From which difference on the operator is warned, in seconds.
const WORTH_A_WORD: i128 = 60;

/// How the running clock goes on: it was at `time`, since when `elapsed` has gone by, and the system's clock says `wall`
/// (all in nanoseconds). Pure.
fn advance(time: i128, elapsed: i128, wall: i128) -> i128 {
    let straight = time + elapsed;
    let most = elapsed / SLEW;
    straight + (wall - straight).clamp(-most, most)
}

/// The running clock.
pub(crate) struct RunningClock(Mutex<State>);

struct State {
    /// The time of day as it was counted last.
    time: i128,
    /// What the steady clock said then.
    steady: i128,
    /// Whether the system's clock says something quite different, which was logged.
    apart: bool,
}

impl RunningClock {
    /// A clock that begins with what the system's clock says.
    pub(crate) fn start() -> Self {
        Self(Mutex::new(State { time: wall(), steady: steady(), apart: false }))
    }
}

impl State {
    fn advance(&mut self, steady: i128, wall: i128) -> i128 {
        // Of two who ask at once the later one may have looked before.
        let elapsed = (steady - self.steady).max(0);
        self.steady = self.steady.max(steady);
        self.time = advance(self.time, elapsed, wall);
        self.warn_of((wall - self.time) / SECOND);
        self.time
    }

    fn warn_of(&mut self, apart: i128) {
        let far = apart.abs() >= WORTH_A_WORD;
        if far && !self.apart {
            tracing::warn!(
                "the clock of this machine was set by {apart} s. Nothing that is held or open ends sooner or later for \
                 that: Nestor goes on by its own time until it is started again"
            );
        }
        self.apart = far;
    }
}

impl Clock for RunningClock {
    fn now(&self) -> Timestamp {
        let mut state = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let now = state.advance(steady(), wall());
        Timestamp(i64::try_from(now.div_euclid(SECOND)).unwrap_or(i64::MAX))
    }
}

/// What the system's clock says.
fn wall() -> i128 {
    let nanos = |since: std::time::Duration| i128::try_from(since.as_nanos()).unwrap_or(i128::MAX);
    SystemTime::now().duration_since(UNIX_EPOCH).map_or_else(|before| -nanos(before.duration()), nanos)
}

/// What the steady clock says. It cannot be set, and goes on while the machine sleeps: what ends meanwhile has ended.
fn steady() -> i128 {
    let since_boot = clock_gettime(ClockId::Boottime);
    i128::from(since_boot.tv_sec) * SECOND + i128::from(since_boot.tv_nsec)
}

#[cfg(test)]
mod tests {
    use super::*;

    const HOUR: i128 = 3_600 * SECOND;

    /// The running clock after so long, looked at so often, when the system's clock is so far ahead of it at first.
    fn after(length: i128, looks: i128, ahead: i128) -> i128 {
        let start = 1_700_000_000 * SECOND;
        let step = length / looks;
        (1..=looks).fold(start, |time, look| advance(time, step, start + ahead + look * step)) - start
    }

    #[test]
    fn a_clock_that_is_not_set_is_kept_exactly() {
        for looks in [1, 7, 3_600] {
            assert_eq!(after(7 * 3_600 * SECOND, looks, 0), 7 * 3_600 * SECOND);
        }
    }

    #[test]
    fn a_clock_that_is_set_ends_nothing_early_and_keeps_nothing_for_ever() {
        // An hour, a day, to 2038, and back.
        for ahead in [HOUR, 24 * HOUR, 110_000 * HOUR] {
            for looks in [1, 300, 100_000] {
                let (hold, session) = (300 * SECOND, 12 * HOUR);
                for (length, within) in [(hold, SECOND / 5), (session, 22 * SECOND)] {
                    for ahead in [ahead, -ahead] {
                        let apart = after(length, looks, ahead) - length;
                        assert!(apart.abs() <= within && apart.signum() == ahead.signum(), "{length} {ahead}: {apart}");
                    }
                }
            }
        }
    }

    #[test]
    fn a_small_difference_is_caught_up_and_not_overshot() {
        assert_eq!(after(HOUR, 3_600, SECOND), HOUR + SECOND);
        assert_eq!(after(HOUR, 3_600, -SECOND), HOUR - SECOND);
    }

    #[test]
    fn time_never_goes_back() {
        let mut state = State { time: 100 * SECOND, steady: 50 * SECOND, apart: false };
        let first = state.advance(60 * SECOND, -HOUR);
        assert!(first > 109 * SECOND && state.apart);
        assert_eq!(state.advance(55 * SECOND, -HOUR), first, "who looked before comes later");
        assert!(state.advance(61 * SECOND, -HOUR) > first);
    }
}
