//! A copy of the database while it is in use.

use std::fs::File;
use std::path::Path;

use sqlx::{ConnectOptions, Connection};

use super::options;
use crate::{OpenError, folder};

/// Writes all that is confirmed in the store of that folder into a new file that only its owner may read, and checks
/// it. Others may go on reading and writing meanwhile. A file that exists is left alone.
pub async fn backup(data_dir: &Path, copy: &Path) -> Result<(), OpenError> {
    let made = folder::new_file(copy).map_err(|error| failed(copy, &error))?;
    let written = copy_into(&folder::path_of_database(data_dir), copy, &made).await;
    if written.is_err() {
        drop(std::fs::remove_file(copy));
    }
    written
}

async fn copy_into(database: &Path, copy: &Path, made: &File) -> Result<(), OpenError> {
    let name = copy.to_str().ok_or_else(|| failed(copy, "its name is not UTF-8"))?;
    let mut source = options(database).connect().await.map_err(|error| OpenError::of_file(database, &error))?;
    let done = sqlx::query("VACUUM INTO $1").bind(name).execute(&mut source).await;
    done.map_err(|error| failed(copy, &error))?;
    source.close().await.map_err(|error| failed(copy, &error))?;
    match verdict(copy).await.as_deref() {
        Ok("ok") => {}
        Ok(fault) => return Err(failed(copy, fault)),
        Err(error) => return Err(failed(copy, &error)),
    }
    made.sync_all().map_err(|error| failed(copy, &error))?;
    let folder = copy.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
    File::open(folder).and_then(|folder| folder.sync_all()).map_err(|error| failed(copy, &error))
}

/// What is wrong with the copy; “ok”: nothing.
async fn verdict(copy: &Path) -> sqlx::Result<String> {
    let mut written = options(copy).read_only(true).connect().await?;
    let verdict = sqlx::query_scalar("PRAGMA integrity_check(1)").fetch_one(&mut written).await?;
    written.close().await?;
    Ok(verdict)
}

fn failed(copy: &Path, why: &(impl ToString + ?Sized)) -> OpenError {
    OpenError::Copy { path: copy.to_owned(), why: why.to_string() }
}
