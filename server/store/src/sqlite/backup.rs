//! A copy of the database while it is in use.

use std::fs::File;
use std::io::{Error, ErrorKind};
use std::path::Path;

use sqlx::{ConnectOptions, Connection};

use super::{Sqlite, options};
use crate::{OpenError, folder};

impl Sqlite {
    /// Writes a copy of all that is confirmed into a new file that only its owner may read, and checks it. Others may
    /// go on reading and writing meanwhile. A file that exists is left alone.
    pub async fn backup(&self, copy: &Path) -> Result<(), OpenError> {
        let made = folder::new_file(copy).map_err(|error| OpenError::folder(copy, &error))?;
        let written = self.copy_into(copy, &made).await;
        if written.is_err() {
            drop(std::fs::remove_file(copy));
        }
        written
    }

    async fn copy_into(&self, copy: &Path, made: &File) -> Result<(), OpenError> {
        let failed = |error: std::io::Error| OpenError::folder(copy, &error);
        let name = copy.to_str().ok_or_else(|| failed(Error::new(ErrorKind::InvalidInput, "not a name in UTF-8")))?;
        let mut source = options(&self.file).connect().await.map_err(|error| OpenError::of_file(&self.file, &error))?;
        let done = sqlx::query("VACUUM INTO $1").bind(name).execute(&mut source).await;
        done.map_err(|error| OpenError::of_file(copy, &error))?;
        source.close().await.map_err(|error| OpenError::of_file(&self.file, &error))?;
        verify(copy).await?;
        made.sync_all().map_err(failed)?;
        let folder = copy.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
        File::open(folder).and_then(|folder| folder.sync_all()).map_err(failed)
    }
}

async fn verify(copy: &Path) -> Result<(), OpenError> {
    let failed = |error: sqlx::Error| OpenError::of_file(copy, &error);
    let mut written = options(copy).read_only(true).connect().await.map_err(failed)?;
    let why: String = sqlx::query_scalar("PRAGMA integrity_check(1)").fetch_one(&mut written).await.map_err(failed)?;
    written.close().await.map_err(failed)?;
    if why == "ok" { Ok(()) } else { Err(OpenError::Damaged { path: copy.to_owned(), why }) }
}
