//! What goes wrong, and at which call.

use std::sync::Mutex;

use super::lock;

/// Faults that are to come, each at a call of a method of the port, by the method's name.
#[derive(Debug)]
pub(super) struct Script<F>(Mutex<Vec<Line<F>>>);

#[derive(Debug)]
struct Line<F> {
    /// Which server's calls count; none: all.
    of: Option<String>,
    method: &'static str,
    /// How many calls there are up to the one that goes wrong.
    left: usize,
    fault: F,
}

impl<F> Default for Script<F> {
    fn default() -> Self {
        Self(Mutex::default())
    }
}

impl<F> Script<F> {
    /// The `nth` call from now on goes wrong; 1 is the next one.
    pub(super) fn add(&self, of: Option<String>, method: &'static str, nth: usize, fault: F) {
        lock(&self.0).push(Line { of, method, left: nth, fault });
    }

    /// Counts a call. Of faults that are due the one that was written first comes, the next at the next call.
    pub(super) fn call(&self, of: Option<&str>, method: &str) -> Option<F> {
        let mut lines = lock(&self.0);
        let counts = |line: &Line<F>| line.method == method && (line.of.is_none() || line.of.as_deref() == of);
        lines.iter_mut().filter(|line| counts(line)).for_each(|line| line.left = line.left.saturating_sub(1));
        let due = lines.iter().position(|line| counts(line) && line.left == 0)?;
        Some(lines.remove(due).fault)
    }

    /// The methods of faults that did not come.
    pub(super) fn to_come(&self) -> Vec<&'static str> {
        lock(&self.0).iter().map(|line| line.method).collect()
    }
}
