//! Where the store is, when it is not in the data folder.

use std::convert::Infallible;
use std::path::{Path, PathBuf};
use std::str::FromStr;

use super::Secret;
use super::file::StoreSection;
use crate::Fault;

/// What the command line and the environment say about the store.
#[derive(Debug, Default, Clone, clap::Args)]
#[allow(clippy::doc_markdown, reason = "these are help texts")]
pub struct StoreOverrides {
    /// URL of a PostgreSQL database for everything that Nestor remembers, such as
    /// postgres://nestor@db.example.org/nestor [default: a file in the data folder]
    #[arg(long, env = "NESTOR_STORE_URL", value_name = "URL", hide_env_values = true)]
    pub store_url: Option<Secret>,
    /// File whose first line is that URL, for one with a password
    #[arg(long, env = "NESTOR_STORE_URL_FILE", value_name = "FILE", conflicts_with = "store_url")]
    pub store_url_file: Option<PathBuf>,
}

impl FromStr for Secret {
    type Err = Infallible;

    fn from_str(text: &str) -> Result<Self, Infallible> {
        Ok(Self::new(text))
    }
}

/// The URL of the database; none: the store is in the data folder.
pub(crate) fn store_url(section: StoreSection, over: StoreOverrides) -> Result<Option<Secret>, Fault> {
    let (url, file) = match (over.store_url, over.store_url_file) {
        (None, None) => (section.url.map(Secret::new), section.url_file),
        said => said,
    };
    match (url, file) {
        (Some(_), Some(_)) => Err(Fault::new("store: give url or url_file, not both")),
        (url, None) => Ok(url),
        (None, Some(file)) => from_file(&file).map(Some),
    }
}

/// The first line of a file.
pub(crate) fn from_file(file: &Path) -> Result<Secret, Fault> {
    let text = super::contents(file, "store.url_file:")?;
    let text = String::from_utf8_lossy(&text);
    Ok(Secret::new(text.lines().next().unwrap_or_default()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_command_line_wins_and_one_is_enough() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("url");
        std::fs::write(&file, "postgres://a:hunter2@b/c\nmore\n").unwrap();
        let section = |url: Option<&str>, file: Option<&PathBuf>| StoreSection {
            url: url.map(str::to_owned),
            url_file: file.cloned(),
        };
        let said = |section, over| store_url(section, over).map(|url| url.map(|url| url.reveal().to_owned()));
        let none = StoreOverrides::default;
        assert_eq!(said(section(None, None), none()).unwrap(), None);
        assert_eq!(said(section(Some("x"), None), none()).unwrap().unwrap(), "x");
        assert_eq!(said(section(None, Some(&file)), none()).unwrap().unwrap(), "postgres://a:hunter2@b/c");
        assert!(said(section(Some("x"), Some(&file)), none()).unwrap_err().to_string().contains("not both"));
        let over = StoreOverrides { store_url_file: Some(file), ..none() };
        assert!(said(section(Some("x"), None), over).unwrap().unwrap().contains("hunter2"));
        let over = StoreOverrides { store_url: Some(Secret::new("y hunter2")), ..none() };
        assert!(!format!("{over:?}").contains("hunter2"));
        assert_eq!(said(section(Some("x"), None), over).unwrap().unwrap(), "y hunter2");
        let over = StoreOverrides { store_url_file: Some("/nowhere".into()), ..none() };
        assert!(said(section(None, None), over).unwrap_err().to_string().contains("/nowhere"));
    }
}
