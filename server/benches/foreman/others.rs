//! How busy the machine was with something else: figures taken beside a compiler are not worth much, as it empties the
//! caches whenever Nestor or Kea waits.

use std::fs;

use crate::Outcome;

/// Processor time until a moment, in hundredths of a second of one core.
pub(crate) struct Usage {
    /// Of everything that runs on this machine.
    all: u64,
    /// Of this process, and of its children that have ended.
    own: u64,
    /// What could have been used.
    possible: u64,
}

impl Usage {
    /// Until now. Nestor and Kea count only after they were stopped.
    pub(crate) fn now() -> Outcome<Self> {
        let machine = numbers(fs::read_to_string("/proc/stat")?.lines().next().unwrap_or_default());
        // user, nice, system, idle, iowait, irq, softirq, steal; guests are part of user.
        let [user, nice, system, idle, waiting, irq, soft, stolen, ..] = machine[..] else {
            return Err("/proc/stat is not readable".into());
        };
        let all = user + nice + system + irq + soft + stolen;
        let text = fs::read_to_string("/proc/self/stat")?;
        let own = numbers(text.rsplit(')').next().unwrap_or_default());
        // After the state, which is no number: utime is the 11th field, then stime, and both of ended children.
        let own = own.iter().skip(10).take(4).sum();
        Ok(Self { all, own, possible: all + idle + waiting })
    }

    /// The share of the machine that others had since, in percent.
    pub(crate) fn of_others_since(&self, before: &Self) -> u64 {
        let others = (self.all - before.all).saturating_sub(self.own - before.own);
        others * 100 / (self.possible - before.possible).max(1)
    }
}

/// The words that are numbers; negative ones count as nothing.
fn numbers(line: &str) -> Vec<u64> {
    let words = line.split_whitespace().filter_map(|word| word.parse::<i64>().ok());
    words.map(|number| u64::try_from(number).unwrap_or(0)).collect()
}
