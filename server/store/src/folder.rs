//! The data folder: who may look into it, and who works on it.

use std::fs::{DirBuilder, File, OpenOptions, Permissions, TryLockError};
use std::io::{self, ErrorKind, Read as _, Write as _};
use std::net::SocketAddr;
use std::os::unix::fs::{DirBuilderExt, OpenOptionsExt, PermissionsExt};
use std::path::{Path, PathBuf};

use crate::OpenError;

/// Only the user who runs Nestor may read the files: they hold password hashes.
const PRIVATE: u32 = 0o600;

/// The right to be the one server on a data folder; given back when dropped, and by the system when the server dies.
#[derive(Debug)]
pub struct Lock {
    file: File,
}

impl Lock {
    /// Takes the right, or says in a sentence that another server has it. Makes the folder where it is missing.
    pub fn take(data_dir: &Path) -> Result<Self, OpenError> {
        make(data_dir)?;
        let path = data_dir.join("nestor.lock");
        let file = lock_file(&path).map_err(|error| OpenError::folder(&path, &error))?;
        match file.try_lock() {
            Ok(()) => Ok(Self { file }),
            Err(TryLockError::WouldBlock) => Err(OpenError::Running { path: data_dir.to_owned() }),
            Err(TryLockError::Error(error)) => Err(OpenError::folder(&path, &error)),
        }
    }

    /// Notes where the server listens, for an operator who looks at a deployment while it runs.
    pub fn note(&self, addresses: &[SocketAddr]) -> io::Result<()> {
        self.file.set_len(0)?;
        let lines = addresses.iter().fold(String::new(), |lines, address| lines + &address.to_string() + "\n");
        (&self.file).write_all(lines.as_bytes())
    }
}

/// Where the server listens that runs on this folder at this moment; nowhere when none does.
pub fn served_at(data_dir: &Path) -> Vec<SocketAddr> {
    let Ok(mut file) = File::open(data_dir.join("nestor.lock")) else { return Vec::new() };
    let mut lines = String::new();
    match file.try_lock_shared() {
        Err(TryLockError::WouldBlock) if file.read_to_string(&mut lines).is_ok() => {
            lines.lines().filter_map(|line| line.parse().ok()).collect()
        }
        _ => Vec::new(),
    }
}

/// Opens a file that is there to be locked; makes it where it is missing.
pub(crate) fn lock_file(path: &Path) -> io::Result<File> {
    OpenOptions::new().write(true).create(true).truncate(false).mode(PRIVATE).open(path)
}

/// Makes a file that its owner alone may read, and fails when there is one of that name.
pub(crate) fn new_file(path: &Path) -> io::Result<File> {
    OpenOptions::new().write(true).create_new(true).mode(PRIVATE).open(path)
}

/// Makes a small file beside the database and takes it away again, as changes do that take a lock for the first time.
pub(crate) fn try_out(database: &Path) -> io::Result<()> {
    let path = database.with_file_name("nestor.trial");
    match new_file(&path) {
        // It was left behind by a program that died in between.
        Err(error) if error.kind() == ErrorKind::AlreadyExists => {}
        made => drop(made?),
    }
    match std::fs::remove_file(&path) {
        // Another program tries it out, and was faster.
        Err(error) if error.kind() == ErrorKind::NotFound => Ok(()),
        removed => removed,
    }
}

/// Makes the folder where it is missing. One that every user of the machine may change is refused: they could put a
/// database of their own in the place of ours.
pub(crate) fn make(data_dir: &Path) -> Result<(), OpenError> {
    let failed = |error: io::Error| OpenError::folder(data_dir, &error);
    DirBuilder::new().recursive(true).mode(0o700).create(data_dir).map_err(failed)?;
    if data_dir.metadata().map_err(failed)?.permissions().mode() & 0o002 != 0 {
        let why = "every user of this machine may change what is in it: close it with chmod o-w".to_owned();
        return Err(OpenError::Folder { path: data_dir.to_owned(), why });
    }
    Ok(())
}

/// Waits until no other program is opening the database of this folder: `SQLite` cannot wait where two at once make a
/// new file. The lock ends when the file is dropped.
pub(crate) async fn lock(data_dir: &Path) -> Result<File, OpenError> {
    let failed = |error: io::Error| OpenError::folder(data_dir, &error);
    let folder = File::open(data_dir).map_err(failed)?;
    let waiting = tokio::task::spawn_blocking(move || folder.lock().map(|()| folder));
    waiting.await.map_err(io::Error::other).flatten().map_err(failed)
}

/// Where the database file is.
pub(crate) fn path_of_database(data_dir: &Path) -> PathBuf {
    data_dir.join("nestor.db")
}

/// The database file: made where it is missing, closed to other users where it was open to them. The files that `SQLite`
/// puts beside it get the same mode.
pub(crate) fn database(data_dir: &Path) -> Result<PathBuf, OpenError> {
    let path = path_of_database(data_dir);
    make_private(&path).map_err(|error| OpenError::folder(&path, &error))?;
    Ok(path)
}

/// An existing file is never opened here: closing it again would drop the locks that `SQLite` holds on it in this process.
fn make_private(path: &Path) -> io::Result<()> {
    match new_file(path) {
        Err(error) if error.kind() == ErrorKind::AlreadyExists => {
            let open_to_others = path.metadata()?.permissions().mode() & 0o077 != 0;
            if open_to_others { std::fs::set_permissions(path, Permissions::from_mode(PRIVATE)) } else { Ok(()) }
        }
        made => made.map(drop),
    }
}
