//! What the database says, in the words of the ports and of whoever starts Nestor.

use std::path::{Path, PathBuf};

use services::ports::StoreError;
use sqlx::migrate::MigrateError;

/// Why the store cannot be opened: one sentence with the way out, for whoever starts Nestor.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum OpenError {
    /// The data folder is not there or not ours to write to.
    #[error("{} cannot be used ({why}): make the data folder one that the user who runs Nestor may write to, or name another one", path.display())]
    Folder {
        /// The folder or the file in it.
        path: PathBuf,
        /// What the system said.
        why: String,
    },
    /// Another server works on the same folder.
    #[error("another Nestor server already runs on {}: stop that one, or give this one a data folder of its own", path.display())]
    Running {
        /// The folder.
        path: PathBuf,
    },
    /// The file is no database, or it is broken.
    #[error("{} is damaged or not a database ({why}): move it away and put your last backup in its place", path.display())]
    Damaged {
        /// The file.
        path: PathBuf,
        /// What was found.
        why: String,
    },
    /// A later version of Nestor, or a build of somebody else, made the tables.
    #[error("{} was written by another version of Nestor ({why}): start that version, or put the backup from before it in place", path.display())]
    Foreign {
        /// The file.
        path: PathBuf,
        /// What was found.
        why: String,
    },
    /// Some other failure, of the disk for example.
    #[error("{} cannot be opened ({why}): mend that, and start Nestor again", path.display())]
    Failed {
        /// The file.
        path: PathBuf,
        /// What the database said.
        why: String,
    },
}

impl OpenError {
    pub(crate) fn folder(path: &Path, error: &std::io::Error) -> Self {
        Self::Folder { path: path.to_owned(), why: error.to_string() }
    }

    /// What the failure of a statement means for opening the file (<https://sqlite.org/rescode.html>).
    pub(crate) fn of_database(path: &Path, error: &sqlx::Error) -> Self {
        let (path, why) = (path.to_owned(), error.to_string());
        match primary_code(error) {
            Some(11 | 26) => Self::Damaged { path, why },
            Some(3 | 8 | 14) => Self::Folder { path, why },
            _ => Self::Failed { path, why },
        }
    }

    /// What the failure of a migration means for opening the file.
    pub(crate) fn of_migration(path: &Path, error: &MigrateError) -> Self {
        match error {
            MigrateError::Execute(error) | MigrateError::ExecuteMigration(error, _) => Self::of_database(path, error),
            MigrateError::VersionMissing(_) | MigrateError::VersionMismatch(_) => {
                Self::Foreign { path: path.to_owned(), why: error.to_string() }
            }
            other => Self::Failed { path: path.to_owned(), why: other.to_string() },
        }
    }
}

/// `SQLite`'s result code without its extension in the higher bits.
fn primary_code(error: &sqlx::Error) -> Option<u32> {
    let extended: u32 = error.as_database_error()?.code()?.parse().ok()?;
    Some(extended & 0xff)
}

/// What the failure of a statement means to the use cases.
pub(crate) fn store_error(error: sqlx::Error) -> StoreError {
    match error {
        sqlx::Error::Database(refusal) if refusal.is_unique_violation() => StoreError::Exists,
        other => StoreError::Failed(other.to_string()),
    }
}

/// A row that our own code cannot have written.
pub(crate) fn damaged_row(what: &str, id: impl std::fmt::Display) -> StoreError {
    StoreError::Failed(format!("the row of {what} {id} is damaged"))
}
