//! Whether a store is whole, and what is in it. Nothing is changed, and others may work meanwhile.

use sqlx::migrate::Migrator;

use crate::{OpenError, Place, folder, postgres, sqlite};

/// What was found.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Report {
    /// What is broken, a sentence each; empty: nothing.
    pub faults: Vec<String>,
    /// What is worth knowing.
    pub notes: Vec<String>,
    /// The tables, and how many rows they have.
    pub rows: Vec<(&'static str, i64)>,
}

/// Looks at a store without changing anything; how its tables are, against those that this version makes.
pub async fn report(place: &Place) -> Result<Report, OpenError> {
    match place {
        Place::Folder(data_dir) => sqlite::look(&folder::path_of_database(data_dir)).await,
        Place::Server(url) => postgres::look(url).await,
    }
}

impl Report {
    /// Compares the migrations that were applied with those that this version has.
    pub(crate) fn judge(&mut self, applied: &[(i64, Vec<u8>, bool)], known: &Migrator) {
        if applied.is_empty() {
            self.notes.push("Nestor has not created its tables here yet; it does when it starts".to_owned());
            return;
        }
        for (version, checksum, finished) in applied {
            let ours = known.iter().find(|migration| migration.version == *version);
            if ours.is_none_or(|ours| *ours.checksum != **checksum) {
                self.faults.push(format!("its tables were created by another version of Nestor (migration {version})"));
            } else if !finished {
                self.faults.push(format!("migration {version} of its tables did not finish"));
            }
        }
        let newest = applied.last().map_or(0, |(version, ..)| *version);
        let missing = known.iter().filter(|migration| migration.version > newest).count();
        if missing > 0 {
            self.notes.push(format!(
                "its tables are {missing} migrations behind; they are upgraded when this version starts"
            ));
        }
    }
}
