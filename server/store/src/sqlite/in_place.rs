//! Whether the file that is open is still the one that the next start opens. An operator may have moved it away, or put
//! a backup in its place: what is written then goes nowhere, which would be noticed only at the next start.

use std::io::{Error, ErrorKind, Result};
use std::os::unix::fs::MetadataExt;
use std::path::{Path, PathBuf};
use std::sync::Arc;

/// A file, and which one it was when it was opened.
#[derive(Debug, Clone)]
pub(super) struct InPlace {
    path: Arc<PathBuf>,
    was: Identity,
}

/// What identifies a file: its device and its number there.
type Identity = (u64, u64);

impl InPlace {
    /// The file that is there now.
    pub(super) fn now(path: &Path) -> Result<Self> {
        Ok(Self { path: Arc::new(path.to_owned()), was: identity(path)? })
    }

    /// Fails unless it is still there: nothing is written into a file that is lost.
    pub(super) fn look(&self) -> Result<()> {
        let lost = |how: String| {
            let path = self.path.display();
            let text = format!("{path} {how} while Nestor runs: put the right one in its place and start Nestor again");
            Err(Error::new(ErrorKind::NotFound, text))
        };
        match identity(&self.path) {
            Ok(is) if is == self.was => Ok(()),
            Ok(_) => lost("was replaced by another file".to_owned()),
            Err(error) if error.kind() == ErrorKind::NotFound => lost("was taken away".to_owned()),
            Err(error) => lost(format!("cannot be looked at ({error})")),
        }
    }
}

fn identity(path: &Path) -> Result<Identity> {
    path.metadata().map(|found| (found.dev(), found.ino()))
}

#[cfg(test)]
mod tests {
    use std::fs;

    use super::*;

    #[test]
    fn a_file_is_lost_when_it_goes_or_another_one_comes() {
        let folder = tempfile::tempdir().unwrap();
        let [file, aside] = ["file", "aside"].map(|name| folder.path().join(name));
        fs::write(&file, "one").unwrap();
        let in_place = InPlace::now(&file).unwrap();
        fs::write(&file, "its own words change").unwrap();
        assert!(in_place.look().is_ok());
        fs::rename(&file, &aside).unwrap();
        assert!(in_place.look().unwrap_err().to_string().contains("taken away"));
        fs::write(&file, "two").unwrap();
        assert!(in_place.look().unwrap_err().to_string().contains("replaced"));
        fs::rename(&aside, &file).unwrap();
        assert!(in_place.look().is_ok(), "the right one is back");
    }
}
