//! Whether a change is made or only judged.

/// Whether a change is made or only judged.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Mode {
    /// It is made.
    #[default]
    Apply,
    /// Everything is checked as if it were made, and nothing is touched.
    DryRun,
}
