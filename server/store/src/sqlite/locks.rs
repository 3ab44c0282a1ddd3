//! Locks: a lock on a small file for each name, in the folder of the database. The system gives it back when a program
//! dies.

use std::fs::{File, TryLockError};
use std::path::{Path, PathBuf};
use std::time::Duration;

use async_trait::async_trait;
use model::Timestamp;
use services::ports::{Lock, Locks, StoreError};

use super::Sqlite;
use crate::{folder, locks};

/// How often to look whether another program is done. That is the command line beside a server: rare.
const LOOK: Duration = Duration::from_millis(5);

#[async_trait]
impl Locks for Sqlite {
    async fn lock(&self, name: &str) -> Result<Box<dyn Lock>, StoreError> {
        // Who gets a lock in another folder is not alone with it.
        self.in_place.look().map_err(|error| StoreError::Failed(error.to_string()))?;
        let file = file_of(&self.file, name)?;
        locks::hold(&self.queues, name, locked(file)).await
    }

    async fn keep_alive(&self, owner: &str, until: Timestamp) -> Result<(), StoreError> {
        self.note_program(owner, until).await
    }

    async fn alive(&self, now: Timestamp) -> Result<Vec<String>, StoreError> {
        self.programs(now).await
    }
}

/// The lock is tried and tried again, so that nothing is left waiting in a thread when its caller is gone.
async fn locked(path: PathBuf) -> Result<File, StoreError> {
    let failed = |error: std::io::Error| StoreError::Failed(format!("{}: {error}", path.display()));
    let file = folder::lock_file(&path).map_err(failed)?;
    loop {
        match file.try_lock() {
            Ok(()) => return Ok(file),
            Err(TryLockError::WouldBlock) => tokio::time::sleep(LOOK).await,
            Err(TryLockError::Error(error)) => return Err(failed(error)),
        }
    }
}

/// A file for the lock of that name: its letters and digits, the rest in hexadecimal.
fn file_of(database: &Path, name: &str) -> Result<PathBuf, StoreError> {
    use std::fmt::Write;
    let mut file = "turn-".to_owned();
    for octet in name.bytes() {
        let plain = octet.is_ascii_alphanumeric() || b"-_.".contains(&octet);
        let written = if plain { write!(file, "{}", char::from(octet)) } else { write!(file, "%{octet:02x}") };
        written.map_err(|error| StoreError::Failed(error.to_string()))?;
    }
    if file.len() > 200 {
        return Err(StoreError::Failed("the name of a lock is too long".to_owned()));
    }
    Ok(database.with_file_name(file + ".lock"))
}
