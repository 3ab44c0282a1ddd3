//! Reservations by the table: rows that were pasted or uploaded (CSV), what each would do, and what became of it.

use serde::{Deserialize, Serialize};

use crate::{Applied, Conflict, FieldError, NewReservation, Problem};

/// What a row would do.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum RowVerdict {
    /// Make a reservation.
    New,
    /// Change the reservation that the client has.
    Change,
    /// Nothing: it is there already, exactly so.
    Same,
    /// Nothing: something stands against it.
    Blocked,
    /// Nothing: it cannot be read, or is wrong by itself.
    Faulty,
}

/// One row of a table.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct TableRow {
    /// Its line in the text, the first is 1.
    pub line: u32,
    /// What it asks for, when it can be read.
    pub wanted: Option<NewReservation>,
    /// What it would do.
    pub verdict: RowVerdict,
    /// What is wrong with it by itself; the field is the column.
    pub faults: Vec<FieldError>,
    /// What stands against it, or is worth knowing.
    pub findings: Vec<Conflict>,
    /// What became of it; none: it was not applied.
    pub outcome: Option<Result<Applied, Problem>>,
}

/// A table with a verdict for each row, and after it was applied an outcome.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Table {
    /// The rows.
    pub rows: Vec<TableRow>,
    /// The batch that its changes make, to take them back together; none: nothing was changed.
    pub batch: Option<String>,
    /// The heads of columns that mean nothing here, and were left out.
    #[serde(default)]
    pub left_out: Vec<String>,
}

/// What became of taking a batch back.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct BatchUndone {
    /// How many changes were undone.
    pub undone: u32,
    /// Why some were not, each naming its reservation.
    pub left: Vec<Problem>,
}
