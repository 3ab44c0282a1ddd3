//! Nestor's own memory on disk: implements the store ports of `services` over `SQLite`.
//!
//! The data folder holds `nestor.db` and, while a server runs on it, a locked `nestor.lock`. The command line opens the
//! same database next to a running server; only the server takes the [`Lock`].

mod error;
mod folder;
mod sqlite;

use std::path::Path;

pub use error::OpenError;
pub use folder::Lock;
pub use sqlite::Sqlite;

/// Opens the store in the data folder, makes both where they are missing, checks the database for damage and brings its
/// tables up to date.
pub async fn open(data_dir: &Path) -> Result<Sqlite, OpenError> {
    folder::make(data_dir)?;
    let _turn = folder::turn(data_dir).await?;
    Sqlite::open(&folder::database(data_dir)?).await
}
