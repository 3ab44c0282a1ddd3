//! Nestor's own memory: implements the store ports of `services` over `SQLite`, and over `PostgreSQL` for several
//! replicas of Nestor that share one memory.
//!
//! The data folder holds `nestor.db` and, while a server runs on it, a locked `nestor.lock`. The command line opens the
//! same database next to a running server; only the server takes the [`Lock`].

#[macro_use]
mod rows;
mod error;
mod folder;
mod locks;
mod migrations;
mod moving;
mod packed;
mod place;
mod postgres;
mod report;
mod schema;
mod sqlite;
mod text;

use std::path::Path;

pub use error::OpenError;
pub use folder::{Lock, served_at};
pub use moving::{MoveError, move_to};
pub use place::{Opened, Place};
pub use postgres::{DatabaseClock, Postgres, Url};
pub use report::{Report, report};
pub use sqlite::{Sqlite, backup};

/// Opens the store in the data folder, makes both where they are missing, checks the database for damage and brings its
/// tables up to date.
pub async fn open(data_dir: &Path) -> Result<Sqlite, OpenError> {
    folder::make(data_dir)?;
    let _lock = folder::lock(data_dir).await?;
    Sqlite::open(&folder::database(data_dir)?).await
}

/// Opens the store in the database of that URL, and brings its tables up to date. There is nothing to be made before
/// but the database itself.
pub async fn connect(url: &Url) -> Result<Postgres, OpenError> {
    Postgres::open(url).await
}
