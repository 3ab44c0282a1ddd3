//! The migrations of a database as its library takes them.

use sqlx::SqlSafeStr;
use sqlx::migrate::{Migration, MigrationType, Migrator};

/// Of files with these names and contents, as `build.rs` lists them: `0001_first.sql` is the first, and is called *first*.
pub(crate) fn migrator(files: &[(&'static str, &'static str)]) -> Migrator {
    Migrator::with_migrations(files.iter().map(|(name, statements)| migration(name, statements)).collect())
}

fn migration(name: &str, statements: &'static str) -> Migration {
    let (version, description) = name.trim_end_matches(".sql").split_once('_').unwrap_or((name, ""));
    let description = description.replace('_', " ").into();
    // A file without a number would be 0, which the test below refuses.
    let version = version.parse().unwrap_or_default();
    Migration::new(version, description, MigrationType::Simple, statements.into_sql_str(), false)
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use super::Migrator;

    #[tokio::test]
    async fn they_are_those_of_the_folders() {
        for (folder, ours) in [("postgres", &*crate::postgres::MIGRATIONS), ("sqlite", &*crate::sqlite::MIGRATIONS)] {
            let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("migrations").join(folder);
            let theirs = Migrator::new(folder).await.unwrap();
            let told = |all: &Migrator| -> Vec<_> {
                all.iter().map(|one| (one.version, one.description.clone(), one.checksum.clone())).collect()
            };
            assert_eq!(told(ours), told(&theirs));
        }
    }
}
