//! Files that decide something: who we are, whom we trust, how we get in elsewhere.

use std::fs::File;
use std::io::Read as _;
use std::os::unix::fs::PermissionsExt as _;
use std::path::Path;

use crate::Fault;

/// What the file holds. One that every user of the machine may change decides nothing, and is refused. `what` names it in
/// the error, before its path.
pub(crate) fn contents(file: &Path, what: &str) -> Result<Vec<u8>, Fault> {
    let fault = |why: &str| Fault::new(format!("{what} {} {why}", file.display()));
    let unreadable = |error: std::io::Error| fault(&format!("cannot be read: {error}"));
    let mut open = File::open(file).map_err(unreadable)?;
    let about = open.metadata().map_err(unreadable)?;
    if about.is_file() && about.permissions().mode() & 0o002 != 0 {
        return Err(fault("can be changed by every user of this machine: close it with chmod o-w"));
    }
    let mut contents = Vec::new();
    open.read_to_end(&mut contents).map_err(unreadable)?;
    Ok(contents)
}
