//! What the database says, in the words of the ports and of the operator who starts Nestor.

use std::path::{Path, PathBuf};
use std::time::Duration;

use services::ports::StoreError;
use sqlx::error::DatabaseError;
use sqlx::migrate::MigrateError;

/// Why the store cannot be opened: one sentence with the way out, for the operator who starts Nestor.
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
    #[error("{} is damaged or not a database ({why}): move it away and restore your last backup", path.display())]
    Damaged {
        /// The file.
        path: PathBuf,
        /// What was found.
        why: String,
    },
    /// A later version of Nestor, or another build of it, made the tables.
    #[error(
        "{place} was written by another version of Nestor ({why}): start that version, or put the backup from before \
         it in place"
    )]
    SchemaMismatch {
        /// The file, or the database.
        place: String,
        /// What was found.
        why: String,
    },
    /// The setting is no URL of a database.
    #[error("the URL of the store is wrong ({why}): write it like postgres://nestor@db.example.org/nestor")]
    Url {
        /// What is wrong with it.
        why: String,
    },
    /// The database server does not answer, or not as it should.
    #[error("{place} cannot be reached ({why}): check that PostgreSQL runs there and lets this machine in")]
    Unreachable {
        /// The database.
        place: String,
        /// What the network said.
        why: String,
    },
    /// The server is not the one that it should be, or speaks no TLS.
    #[error(
        "{place} cannot be trusted ({why}): give its server a certificate for that host name, and the authority with \
         sslrootcert=FILE in the URL; on a trusted network, sslmode=disable does without"
    )]
    Untrusted {
        /// The database.
        place: String,
        /// What is wrong with the server's certificate.
        why: String,
    },
    /// The server knows no such user, or the password is another.
    #[error("{place} refuses the user or the password ({why}): correct the URL of the store, or pg_hba.conf there")]
    Denied {
        /// The database.
        place: String,
        /// What the server said.
        why: String,
    },
    /// There is no such database.
    #[error("{place} does not exist: make it with createdb, owned by the user of the URL")]
    Missing {
        /// The database.
        place: String,
    },
    /// The user may not make tables.
    #[error("{place} does not let its user make tables ({why}): let that user own the database")]
    PermissionDenied {
        /// The database.
        place: String,
        /// What the server said.
        why: String,
    },
    /// The server only repeats what another one writes.
    #[error("{place} is on a server in recovery, which takes no changes: name the primary server")]
    Standby {
        /// The database.
        place: String,
    },
    /// The database cannot keep every text.
    #[error("{place} keeps texts in {found}: make the database with createdb --encoding=UTF8 --template=template0")]
    Encoding {
        /// The database.
        place: String,
        /// Its encoding.
        found: String,
    },
    /// A copy was not made.
    #[error("the copy {} was not made ({why}): name a new file in a folder that you may write to", path.display())]
    Copy {
        /// The file that was to be written.
        path: PathBuf,
        /// What stood against it.
        why: String,
    },
    /// Some other failure, of the disk for example.
    #[error("{place} cannot be opened ({why}): fix that, and restart Nestor")]
    Failed {
        /// The file, or the database.
        place: String,
        /// What the database said.
        why: String,
    },
}

impl OpenError {
    pub(crate) fn folder(path: &Path, error: &std::io::Error) -> Self {
        Self::Folder { path: path.to_owned(), why: error.to_string() }
    }

    /// What the failure of a statement means for opening the file (<https://sqlite.org/rescode.html>).
    pub(crate) fn of_file(path: &Path, error: &sqlx::Error) -> Self {
        let why = error.to_string();
        match primary_code(error) {
            Some(11 | 26) => Self::Damaged { path: path.to_owned(), why },
            Some(3 | 8 | 14) => Self::Folder { path: path.to_owned(), why },
            _ => Self::Failed { place: path.display().to_string(), why },
        }
    }

    /// What the failure of a connection or a statement means for opening the database
    /// (<https://www.postgresql.org/docs/current/errcodes-appendix.html>).
    pub(crate) fn of_server(place: &str, error: &sqlx::Error) -> Self {
        let (place, why) = (place.to_owned(), error.to_string());
        let code = error.as_database_error().and_then(DatabaseError::code);
        match (error, code.as_deref()) {
            (_, Some("28P01" | "28000")) => Self::Denied { place, why },
            (_, Some("3D000")) => Self::Missing { place },
            (_, Some("42501")) => Self::PermissionDenied { place, why },
            (_, Some("25006")) => Self::Standby { place },
            // It starts, it stops, or it has no room for one more.
            (_, Some(code)) if code.starts_with("57P") || code == "53300" => Self::Unreachable { place, why },
            (sqlx::Error::Tls(_), _) => Self::Untrusted { place, why },
            (sqlx::Error::Io(io), _) if is_tls(io) => Self::Untrusted { place, why },
            (sqlx::Error::Io(_) | sqlx::Error::PoolTimedOut | sqlx::Error::Protocol(_), _) => {
                Self::Unreachable { place, why }
            }
            (sqlx::Error::Configuration(_), _) => Self::Url { why },
            _ => Self::Failed { place, why },
        }
    }

    /// What the failure of a migration means; `of` judges the failure of its statements.
    pub(crate) fn of_migration(place: &str, error: &MigrateError, of: impl Fn(&sqlx::Error) -> Self) -> Self {
        match error {
            MigrateError::Execute(error) | MigrateError::ExecuteMigration(error, _) => of(error),
            MigrateError::VersionMissing(_) | MigrateError::VersionMismatch(_) => {
                Self::SchemaMismatch { place: place.to_owned(), why: error.to_string() }
            }
            other => Self::Failed { place: place.to_owned(), why: other.to_string() },
        }
    }
}

/// Whether the handshake failed: what is wrong with a certificate comes as an error of reading.
fn is_tls(error: &std::io::Error) -> bool {
    error.kind() == std::io::ErrorKind::InvalidData
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

/// How often a change is made anew.
const REPEATS: u32 = 3;

/// Makes a change, and makes it anew while the database takes it back because another one came across
/// (`serialization_failure`, `deadlock_detected`): then nothing of it was done.
pub(crate) async fn settled<T, W>(change: impl Fn() -> W) -> Result<T, StoreError>
where
    W: Future<Output = sqlx::Result<T>>,
{
    let mut repeats = 0;
    loop {
        match change().await {
            Err(error) if repeats < REPEATS && came_across(&error) => {
                repeats += 1;
                tokio::time::sleep(Duration::from_millis(10) * repeats).await;
            }
            outcome => return outcome.map_err(store_error),
        }
    }
}

fn came_across(error: &sqlx::Error) -> bool {
    let code = error.as_database_error().and_then(DatabaseError::code);
    matches!(code.as_deref(), Some("40001" | "40P01"))
}
