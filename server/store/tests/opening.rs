//! Opening the store: what is made, who may see it, and what is said when it cannot be done.

use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};

use model::{Role, Timestamp};
use services::ports::{NewAccount, Users};
use sqlx::ConnectOptions;
use sqlx::sqlite::SqliteConnectOptions;
use store::{Lock, OpenError, Place};
use tempfile::TempDir;

/// What `SQLite` reads and writes at once.
const PAGE: usize = 4_096;

fn mode(path: &Path) -> u32 {
    path.metadata().unwrap().permissions().mode() & 0o7777
}

fn alice() -> NewAccount {
    NewAccount { name: "alice".parse().unwrap(), role: Role::Admin, password_hash: "hash".to_owned() }
}

/// A folder with a database of some pages, closed.
async fn written() -> (TempDir, PathBuf) {
    let folder = TempDir::new().unwrap();
    let store = store::open(folder.path()).await.unwrap();
    store.create_account(&alice()).await.unwrap();
    store.put_setup_token(&vec![7; 100_000], Timestamp(9)).await.unwrap();
    store.close().await;
    let file = folder.path().join("nestor.db");
    (folder, file)
}

async fn run(file: &Path, statement: &'static str) {
    let mut connection = SqliteConnectOptions::new().filename(file).connect().await.unwrap();
    sqlx::query(statement).execute(&mut connection).await.unwrap();
    sqlx::Connection::close(connection).await.unwrap();
}

#[tokio::test]
async fn folder_and_files_are_private() {
    let parent = TempDir::new().unwrap();
    let folder = parent.path().join("var/nestor");
    let _lock = Lock::take(&folder).unwrap();
    let store = store::open(&folder).await.unwrap();
    store.create_account(&alice()).await.unwrap();
    assert_eq!(mode(&folder), 0o700);
    let mut names: Vec<_> = fs::read_dir(&folder).unwrap().map(|entry| entry.unwrap().file_name()).collect();
    names.sort();
    assert_eq!(names, ["nestor.db", "nestor.db-shm", "nestor.db-wal", "nestor.lock"]);
    assert!(names.iter().all(|name| mode(&folder.join(name)) == 0o600));
}

#[tokio::test]
async fn a_database_that_others_could_read_is_closed_to_them() {
    let (folder, file) = written().await;
    fs::set_permissions(&file, fs::Permissions::from_mode(0o644)).unwrap();
    store::open(folder.path()).await.unwrap();
    assert_eq!(mode(&file), 0o600);
}

#[tokio::test]
async fn one_server_at_a_time_but_the_command_line_beside_it() {
    let folder = TempDir::new().unwrap();
    let lock = Lock::take(folder.path()).unwrap();
    let server = store::open(folder.path()).await.unwrap();
    let refused = Lock::take(folder.path()).unwrap_err();
    assert_eq!(refused, OpenError::Running { path: folder.path().to_owned() });
    assert!(refused.to_string().starts_with("another Nestor server already runs on "), "{refused}");

    let command_line = store::open(folder.path()).await.unwrap();
    command_line.create_account(&alice()).await.unwrap();
    assert_eq!(server.count_accounts().await, Ok(1), "the server sees it at once");
    drop(lock);
    assert!(Lock::take(folder.path()).is_ok());
}

#[tokio::test(flavor = "multi_thread")]
async fn many_may_open_a_new_folder_at_once() {
    let folder = TempDir::new().unwrap();
    let open = || {
        let path = folder.path().to_owned();
        tokio::spawn(async move { store::open(&path).await })
    };
    let opening: Vec<_> = (0..8).map(|_| open()).collect();
    for task in opening {
        task.await.unwrap().unwrap();
    }
}

#[tokio::test]
async fn what_is_no_folder_is_named() {
    let file = tempfile::NamedTempFile::new().unwrap();
    for path in [file.path().to_owned(), file.path().join("below"), PathBuf::from("/proc/nestor")] {
        let refused = store::open(&path).await.unwrap_err();
        assert!(matches!(refused, OpenError::Folder { .. }), "{refused}");
        assert_eq!(Lock::take(&path).unwrap_err().to_string(), refused.to_string());
    }
    let folder = TempDir::new().unwrap();
    fs::create_dir(folder.path().join("nestor.db")).unwrap();
    let refused = store::open(folder.path()).await.unwrap_err();
    assert!(refused.to_string().contains("nestor.db cannot be used"), "{refused}");
}

#[tokio::test]
async fn what_is_no_database_is_left_alone() {
    let folder = TempDir::new().unwrap();
    let file = folder.path().join("nestor.db");
    let text = "this is a letter, not a database\n".repeat(400);
    fs::write(&file, &text).unwrap();
    let refused = store::open(folder.path()).await.unwrap_err();
    assert!(matches!(refused, OpenError::Damaged { .. }), "{refused}");
    assert!(refused.to_string().contains("restore your last backup"), "{refused}");
    assert_eq!(fs::read_to_string(&file).unwrap(), text);
}

/// Opens a database of those octets.
async fn open_copy(octets: &[u8]) -> Result<store::Sqlite, OpenError> {
    let folder = TempDir::new().unwrap();
    fs::write(folder.path().join("nestor.db"), octets).unwrap();
    store::open(folder.path()).await
}

#[tokio::test]
async fn damage_is_found_before_work_begins() {
    let (_folder, file) = written().await;
    let whole = fs::read(&file).unwrap();
    assert!(whole.len() > 20 * PAGE);
    for page in 0..whole.len() / PAGE {
        let mut damaged = whole.clone();
        damaged[page * PAGE..page * PAGE + 64].fill(0xa5);
        match open_copy(&damaged).await {
            Err(refused) => assert!(matches!(refused, OpenError::Damaged { .. }), "page {page}: {refused}"),
            Ok(_) => panic!("page {page} was not missed"),
        }
    }
    let half = open_copy(&whole[..whole.len() / 2]).await;
    assert!(matches!(half, Err(OpenError::Damaged { .. })), "half of it is missing");
    assert!(open_copy(&whole).await.is_ok());
}

#[tokio::test]
async fn tables_of_another_version_are_left_alone() {
    let (folder, file) = written().await;
    run(&file, "INSERT INTO _sqlx_migrations VALUES (9999, 'later', CURRENT_TIMESTAMP, TRUE, x'00', 0)").await;
    let newer = store::open(folder.path()).await.unwrap_err();
    assert!(matches!(newer, OpenError::SchemaMismatch { .. }), "{newer}");
    assert!(newer.to_string().contains("written by another version of Nestor"), "{newer}");
    run(&file, "DELETE FROM _sqlx_migrations WHERE version = 9999").await;
    run(&file, "UPDATE _sqlx_migrations SET checksum = x'00'").await;
    assert!(matches!(store::open(folder.path()).await, Err(OpenError::SchemaMismatch { .. })));
}

#[tokio::test]
async fn a_row_that_nestor_did_not_write_is_an_error_and_no_panic() {
    let (folder, file) = written().await;
    run(&file, "UPDATE accounts SET name = 'not a name!'").await;
    let store = store::open(folder.path()).await.unwrap();
    let failure = store.account_by_id(1).await.err().unwrap();
    assert_eq!(failure.to_string(), "the store failed: the row of account 1 is damaged");
}

#[tokio::test]
async fn the_one_server_on_a_folder_outlives_who_ran_before() {
    let folder = TempDir::new().unwrap();
    let place = Place::Folder(folder.path().to_owned());
    let first = place.open(None).await.unwrap().store;
    first.keep_alive("killed", Timestamp(30)).await.unwrap();
    let command = place.open(None).await.unwrap().store;
    assert_eq!(command.alive(Timestamp(9)).await.unwrap(), ["killed"], "a command beside it changes nothing");
    let lock = Lock::take(folder.path()).unwrap();
    let second = place.open(Some(&lock)).await.unwrap().store;
    assert!(second.alive(Timestamp(9)).await.unwrap().is_empty());
}
