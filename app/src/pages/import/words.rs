//! What is said about a table and its rows, and what of it can be sent.

use model::{Problem, ProblemKind, RowVerdict, SubnetKey, Table, TableRow};

use crate::components::badge::Tone;
use crate::components::icon::Glyph;

/// Most octets of a table, as they are carried: the console takes no more than 256 KiB at once.
pub(super) const LARGEST: usize = 250 * 1_024;
/// Most rows of a table.
pub(super) const MOST_ROWS: usize = 2_000;

/// Rows that look the same in the list: by what became of them, else by what they would do.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Lot {
    Done,
    NotSaved,
    Unknown,
    Failed,
    Verdict(RowVerdict),
}

impl Lot {
    /// Every lot, in the order of the page.
    pub(super) const ALL: [Self; 9] = [
        Self::Done,
        Self::NotSaved,
        Self::Unknown,
        Self::Failed,
        Self::Verdict(RowVerdict::New),
        Self::Verdict(RowVerdict::Change),
        Self::Verdict(RowVerdict::Same),
        Self::Verdict(RowVerdict::Blocked),
        Self::Verdict(RowVerdict::Faulty),
    ];

    /// The lot that the row is in.
    pub(super) fn of(row: &TableRow) -> Self {
        match &row.outcome {
            Some(Ok(_)) => Self::Done,
            Some(Err(problem)) => match problem.kind {
                ProblemKind::NotSaved => Self::NotSaved,
                ProblemKind::Unknown => Self::Unknown,
                _ => Self::Failed,
            },
            None => Self::Verdict(row.verdict),
        }
    }

    /// How many rows are in it.
    pub(super) fn count(self, table: &Table) -> usize {
        table.rows.iter().filter(|row| Self::of(row) == self).count()
    }

    /// How it looks.
    pub(super) fn look(self) -> (Tone, Glyph, &'static str) {
        match self {
            Self::Done => (Tone::Good, Glyph::CheckCircle, "done"),
            Self::NotSaved => (Tone::Warn, Glyph::Warning, "done, not saved"),
            Self::Unknown => (Tone::Bad, Glyph::Info, "unknown"),
            Self::Failed => (Tone::Bad, Glyph::Error, "failed"),
            Self::Verdict(RowVerdict::New) => (Tone::Good, Glyph::Plus, "new"),
            Self::Verdict(RowVerdict::Change) => (Tone::Info, Glyph::Edit, "changes"),
            Self::Verdict(RowVerdict::Same) => (Tone::Neutral, Glyph::Check, "same"),
            Self::Verdict(RowVerdict::Blocked) => (Tone::Bad, Glyph::NoEntry, "blocked"),
            Self::Verdict(RowVerdict::Faulty) => (Tone::Bad, Glyph::Warning, "invalid"),
        }
    }
}

/// How many rows would do something.
pub(super) fn applicable(table: &Table) -> usize {
    [RowVerdict::New, RowVerdict::Change].map(|verdict| Lot::Verdict(verdict).count(table)).iter().sum()
}

/// "1 row", "12 rows".
pub(super) fn rows(count: usize) -> String {
    if count == 1 { "1 row".to_owned() } else { format!("{count} rows") }
}

/// What came out, for those who do not see it.
pub(super) fn summary(table: &Table) -> String {
    let counted = Lot::ALL.into_iter().map(|lot| (lot.count(table), lot.look().2)).filter(|(count, _)| *count > 0);
    let counted = counted.map(|(count, word)| format!("{count} {word}")).collect::<Vec<_>>().join(", ");
    let all = rows(table.rows.len());
    if counted.is_empty() { all } else { format!("{all}: {counted}") }
}

/// What applying the table will do, in sentences.
pub(super) fn plan(table: &Table) -> Vec<String> {
    let count = |verdict| Lot::Verdict(verdict).count(table);
    let sentence = |count: usize, one: &str, several: &str| match count {
        0 => None,
        1 => Some(one.to_owned()),
        _ => Some(format!("{count} {several}")),
    };
    let parts = [
        sentence(count(RowVerdict::New), "1 reservation will be created.", "reservations will be created."),
        sentence(count(RowVerdict::Change), "1 reservation will be changed.", "reservations will be changed."),
        sentence(count(RowVerdict::Same), "1 row is already there, the same.", "rows are already there, the same."),
        sentence(count(RowVerdict::Blocked), "1 blocked row will be skipped.", "blocked rows will be skipped."),
        sentence(count(RowVerdict::Faulty), "1 invalid row will be skipped.", "invalid rows will be skipped."),
    ];
    parts.into_iter().flatten().collect()
}

/// Why a table cannot be sent; none: it can.
pub(super) fn unfit(text: &str) -> Option<Problem> {
    let invalid = |text: String, advice: &str| Some(Problem::new(ProblemKind::Invalid, text, advice));
    let rows = text.lines().filter(|line| !line.trim().is_empty()).count().saturating_sub(1);
    let octets = carried(text);
    if text.contains('\u{fffd}') {
        invalid("This is not UTF-8: some letters could not be read.".to_owned(), "Save the file as “CSV UTF-8”.")
    } else if rows > MOST_ROWS {
        invalid(format!("{rows} rows are too many: the limit is {MOST_ROWS}."), "Split the file.")
    } else if octets > LARGEST {
        let (has, may) = (octets.div_ceil(1_024), LARGEST / 1_024);
        invalid(format!("The CSV data is too large: {has} KiB, and the limit is {may} KiB."), "Split the file.")
    } else {
        None
    }
}

/// How many octets a text takes on its way (RFC 8259 §7).
fn carried(text: &str) -> usize {
    let octets = |char: char| match char {
        '"' | '\\' | '\n' | '\r' | '\t' => 2,
        control if control.is_ascii_control() => 6,
        other => other.len_utf8(),
    };
    text.chars().map(octets).sum()
}

/// A table to start from.
pub(super) fn example(subnet: Option<&SubnetKey>) -> String {
    let subnet = subnet.map_or_else(|| "192.0.2.0/24".to_owned(), ToString::to_string);
    format!(
        "subnet,identifier,address,host_name,note\n\
         {subnet},02:00:5e:10:00:01,next,camera-1,above the door\n\
         {subnet},02:00:5e:10:00:02,next,camera-2,\n"
    )
}

/// The name of a file with the reservations of that subnet, or of all.
pub(super) fn file_name(subnet: Option<&SubnetKey>) -> String {
    match subnet {
        Some(SubnetKey { server, id }) => format!("reservations-{server}-{id}.csv"),
        None => "reservations.csv".to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn row(verdict: RowVerdict) -> TableRow {
        TableRow { line: 2, wanted: None, verdict, faults: Vec::new(), findings: Vec::new(), outcome: None }
    }

    #[test]
    fn what_will_be_done_and_left_is_shown() {
        let rows = [RowVerdict::New, RowVerdict::New, RowVerdict::Change, RowVerdict::Blocked].map(row);
        let table = Table { rows: rows.into(), batch: None, left_out: Vec::new() };
        assert_eq!(applicable(&table), 3);
        assert_eq!(
            plan(&table),
            ["2 reservations will be created.", "1 reservation will be changed.", "1 blocked row will be skipped."]
        );
        assert_eq!(summary(&table), "4 rows: 2 new, 1 changes, 1 blocked");
    }

    #[test]
    fn what_became_of_a_row_counts_more_than_its_verdict() {
        let ended = |kind| {
            let problem = Problem::new(kind, "no", "never");
            Lot::of(&TableRow { outcome: Some(Err(problem)), ..row(RowVerdict::New) })
        };
        assert_eq!(ended(ProblemKind::Refused), Lot::Failed);
        assert_eq!(ended(ProblemKind::NotSaved), Lot::NotSaved);
        assert_eq!(ended(ProblemKind::Unknown), Lot::Unknown);
        assert_eq!(Lot::of(&row(RowVerdict::Same)), Lot::Verdict(RowVerdict::Same));
    }

    #[test]
    fn what_cannot_be_carried_is_not_sent() {
        assert_eq!(unfit(&example(None)), None);
        let line = "10.20.0.0/24,02:00:5e:10:00:01\n";
        assert!(unfit(&line.repeat(MOST_ROWS + 1)).is_none(), "the first line is no row");
        assert!(unfit(&line.repeat(MOST_ROWS + 2)).is_some_and(|problem| problem.text.contains("too many")));
        assert!(unfit(&"x".repeat(LARGEST + 1)).is_some_and(|problem| problem.text.contains("too large")));
        assert!(unfit("a\u{fffd}").is_some());
    }

    #[test]
    fn a_text_is_measured_as_it_is_carried() {
        assert_eq!((carried("a\"b\n"), carried("ä"), carried("\u{1}")), (6, 2, 6));
    }

    #[test]
    fn files_are_named_after_what_they_hold() {
        assert_eq!(file_name(None), "reservations.csv");
        assert_eq!(file_name("kea/20".parse().ok().as_ref()), "reservations-kea-20.csv");
    }
}
