//! From the tables of every released version to the newest, with all that is in them.

use std::fs;
use std::path::Path;

use crate::postgres::Cluster;
use model::{AddressRange, CallQuery, ChangeQuery, Exclusion, Reason, Role, Timestamp};
use services::ports::{Calls, Changes, Exclusions, Holds, NewAccount, Sessions, Tries, Users};
use sqlx::migrate::Migrator;
use sqlx::postgres::PgConnection;
use sqlx::sqlite::{SqliteConnectOptions, SqliteConnection};
use sqlx::{AssertSqlSafe, ConnectOptions, Connection};
use store::Place;
use tempfile::TempDir;

const FIRST: &str = "
    INSERT INTO accounts (name, role, password_hash) VALUES ('gone', 'admin', 'x'), ('alice', 'admin', '$argon2id$a');
    DELETE FROM accounts WHERE name = 'gone';
    INSERT INTO setup_token VALUES (1, x'0102', 500);
    INSERT INTO sessions VALUES (x'0a', x'0b0c', 500);
    INSERT INTO holds VALUES ('main', 1, 3221226009, 'foreman', NULL, 100, 400);
    INSERT INTO sign_in_failures VALUES ('alice', 100), ('alice', 200);";

const SECOND: &str = "
    INSERT INTO foreman_calls (at, took_micros, caller, address, request_id, method, path, parameters, status, outcome,
        answer, changes, why)
    VALUES (100, 1200, 'foreman.example.com', '192.0.2.2', NULL, 'GET', '/dhcp', '', 200, 'answered', 'one', 0, '[]'),
        (101, 1300, 'foreman.example.com', NULL, 'x', 'POST', '/dhcp/192.0.2.0', 'a=b', 409, 'refused', 'no', 1,
        '[{\"said\":\"it is so\"}]');";

const THIRD: &str = "
    INSERT INTO exclusions VALUES ('main', 1, 3221225984, 3221226239, 'printers', 'alice', 100),
        ('main', 1, 0, 4294967295, 'all', 'alice', 100);
    INSERT INTO changes (at, actor, verb, server, subnet_id, identifier_kind, identifier, state, detail, owner)
    VALUES (100, 'alice', 'create', 'main', 1, 'hw-address', '02:00:5e:10:00:01', 'refused', 'It said: \"no\"', 'h'),
        (101, 'alice', 'delete', 'main', 1, 'hw-address', '02:00:5e:10:00:01', 'done', '', 'h');";

/// A data folder as the version of that many steps left it.
async fn left_by(steps: usize) -> TempDir {
    let (folder, some) = (TempDir::new().unwrap(), TempDir::new().unwrap());
    let all = Path::new(env!("CARGO_MANIFEST_DIR")).join("migrations/sqlite");
    let mut files: Vec<_> = fs::read_dir(all).unwrap().map(|entry| entry.unwrap().path()).collect();
    files.sort();
    for file in &files[..steps] {
        fs::copy(file, some.path().join(file.file_name().unwrap())).unwrap();
    }
    let options = SqliteConnectOptions::new().filename(folder.path().join("nestor.db")).create_if_missing(true);
    let mut connection = options.connect().await.unwrap();
    Migrator::new(some.path()).await.unwrap().run(&mut connection).await.unwrap();
    for (step, statements) in [(1, FIRST), (2, SECOND), (3, THIRD)] {
        if step <= steps {
            fill(&mut connection, statements).await;
        }
    }
    connection.close().await.unwrap();
    folder
}

async fn fill(connection: &mut SqliteConnection, statements: &'static str) {
    sqlx::raw_sql(AssertSqlSafe(statements)).execute(connection).await.unwrap();
}

#[tokio::test]
async fn every_released_version_is_brought_up_to_date() {
    for steps in [1, 2, 3] {
        let folder = left_by(steps).await;
        let place = Place::Folder(folder.path().to_owned());
        let before = store::report(&place).await.unwrap();
        assert_eq!(before.faults, Vec::<String>::new());
        assert!(before.notes.iter().any(|note| note.contains("upgraded when this version starts")), "{before:?}");

        let store = store::open(folder.path()).await.unwrap();
        let alice = store.account_by_id(2).await.unwrap().unwrap();
        assert_eq!(
            (alice.name.as_str(), alice.role, alice.password_hash.as_str()),
            ("alice", Role::Admin, "$argon2id$a")
        );
        assert_eq!(store.setup_token_is(&[1, 2], Timestamp(499)).await, Ok(true));
        assert_eq!(store.load_session(&[0x0a], Timestamp(499)).await.unwrap().unwrap().data, [0x0b, 0x0c]);
        let holds = store.running_holds(None, Timestamp(399)).await.unwrap();
        assert_eq!((holds.len(), holds[0].key.address.to_string()), (1, "192.0.2.25".to_owned()));
        let tried = &store.tries("alice", Timestamp(0)).await.unwrap()[0];
        assert_eq!((tried.count, tried.oldest), (2, Timestamp(100)));
        assert!(alice.serves(0), "who was signed in stays so");
        let ranges: Vec<_> =
            store.exclusions(None).await.unwrap().into_iter().map(|exclusion| exclusion.range.to_string()).collect();
        let expected: &[&str] =
            if steps < 3 { &[] } else { &["0.0.0.0 – 255.255.255.255", "192.0.2.0 – 192.0.2.255"] };
        assert_eq!(ranges, expected);
        let calls = store.find_calls(&CallQuery::default(), 10).await.unwrap();
        assert_eq!(calls.len(), if steps == 1 { 0 } else { 2 });
        if let [last, _] = &calls[..] {
            assert_eq!((last.status, last.changes, last.why.len()), (409, true, 1));
        }
        if steps == 3 {
            let changes = store.find_changes(&ChangeQuery::default(), 10).await.unwrap();
            let said: Vec<_> = changes.iter().map(|change| (change.detail.as_str(), change.reason.clone())).collect();
            let text = "It said: \"no\"";
            let kept = Some(Reason::Verbatim { text: text.to_owned() });
            assert_eq!(said, [("", None), (text, kept)], "what was said is kept as it was said");
        }
        works(&store).await;
        let after = store::report(&place).await.unwrap();
        assert_eq!((after.faults, after.notes), (vec![], vec![]));
        assert_eq!(after.rows[0], ("accounts", 2));
    }
}

/// What the newest version added works.
async fn works(store: &store::Sqlite) {
    let range: AddressRange = "192.0.2.16/28".parse().unwrap();
    let (reason, author) = ("printers".to_owned(), "alice".to_owned());
    let exclusion = Exclusion { subnet: "main/1".parse().unwrap(), range, reason, author, since: Timestamp(9) };
    store.add_exclusion(&exclusion).await.unwrap();
    assert!(store.exclusions(None).await.unwrap().contains(&exclusion));
    assert_eq!(store.count_changes().await, Ok(vec![]));
    let bob = NewAccount { name: "bob".parse().unwrap(), role: Role::Viewer, password_hash: "y".to_owned() };
    assert_eq!(store.create_account(&bob).await, Ok(3), "a number is never used twice");
}

/// Both ends of the way are the same: what a new installation gets, and what an old one becomes.
#[tokio::test]
async fn old_tables_become_the_same_as_new_ones() {
    let schema = async |folder: &TempDir| {
        store::open(folder.path()).await.unwrap().close().await;
        let options = SqliteConnectOptions::new().filename(folder.path().join("nestor.db"));
        let mut connection = options.connect().await.unwrap();
        let all = sqlx::query_scalar::<_, String>("SELECT coalesce(sql, name) FROM sqlite_master ORDER BY name");
        all.fetch_all(&mut connection).await.unwrap()
    };
    let new = schema(&TempDir::new().unwrap()).await;
    for steps in [1, 2, 3] {
        assert_eq!(schema(&left_by(steps).await).await, new, "from step {steps}");
    }
}

/// In `PostgreSQL` too, addresses that were numbers come over.
#[tokio::test(flavor = "multi_thread")]
async fn an_old_database_is_brought_up_to_date() {
    let (cluster, some) = (Cluster::shared(), TempDir::new().unwrap());
    let database = cluster.database();
    let first = Path::new(env!("CARGO_MANIFEST_DIR")).join("migrations/postgres/0001_first.sql");
    fs::copy(first, some.path().join("0001_first.sql")).unwrap();
    let mut connection = PgConnection::connect(&database).await.unwrap();
    Migrator::new(some.path()).await.unwrap().run(&mut connection).await.unwrap();
    let rows = "INSERT INTO holds VALUES ('main', 1, 3221226009, 'foreman', NULL, 100, 400);
        INSERT INTO exclusions VALUES ('main', 1, 3221225984, 4294967295, 'printers', 'alice', 100);
        INSERT INTO changes (at, actor, verb, server, subnet_id, identifier_kind, identifier, state, detail, owner)
        VALUES (100, 'alice', 'create', 'main', 1, 'hw-address', '02:00:5e:10:00:01', 'refused', 'It said: \"no\"', 'h')";
    sqlx::raw_sql(rows).execute(&mut connection).await.unwrap();
    connection.close().await.unwrap();

    let store = store::connect(&database.parse().unwrap()).await.unwrap();
    let holds = store.running_holds(None, Timestamp(399)).await.unwrap();
    assert_eq!(holds[0].key.address.to_string(), "192.0.2.25");
    let exclusions = store.exclusions(None).await.unwrap();
    assert_eq!(exclusions[0].range.to_string(), "192.0.2.0 – 255.255.255.255");
    let refused = store.change(1).await.unwrap().unwrap().change;
    assert_eq!(refused.reason, Some(Reason::Verbatim { text: "It said: \"no\"".to_owned() }));
    let six = Exclusion { range: "2001:db8::/64".parse().unwrap(), ..exclusions[0].clone() };
    store.add_exclusion(&six).await.unwrap();
    assert_eq!(store.exclusions(None).await.unwrap().last(), Some(&six));
    store.close().await;
}
