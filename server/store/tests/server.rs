//! A server of `PostgreSQL` that is not as it should be, that breaks off, and whose clock counts.

use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

use crate::postgres::{Cluster, PASSWORD, USER};
use model::{Role, Seconds, Timestamp};
use services::ports::{Clock, Locks, NewAccount, Store, Users};
use store::{OpenError, Place, Postgres, Url};

fn url(text: &str) -> Url {
    text.parse().unwrap()
}

async fn open(text: &str) -> Result<Postgres, OpenError> {
    store::connect(&url(text)).await
}

fn account(name: &str) -> NewAccount {
    NewAccount { name: name.parse().unwrap(), role: Role::Admin, password_hash: "hash".to_owned() }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_wrong_is_said_in_a_sentence() {
    let cluster = Cluster::shared();
    let good = cluster.database();
    let wrong = open(&good.replace(PASSWORD, "hunter2")).await.unwrap_err();
    assert!(matches!(wrong, OpenError::Denied { .. }) && !wrong.to_string().contains("hunter2"), "{wrong}");
    let stranger = open(&good.replace(USER, "mallory")).await.unwrap_err();
    assert!(matches!(stranger, OpenError::Denied { .. }), "{stranger}");
    let missing = open(&cluster.url("nowhere")).await.unwrap_err();
    assert_eq!(
        missing.to_string(),
        format!(
            "the database nowhere at 127.0.0.1:{} does not exist: make it with createdb, owned by the user of the URL",
            cluster.port()
        )
    );
    let refused = open("postgres://nestor:hunter2@127.0.0.1:1/nestor").await.unwrap_err();
    assert!(matches!(refused, OpenError::Unreachable { .. }) && !refused.to_string().contains("hunter2"), "{refused}");
    let plain = open(&(good.clone() + "?sslmode=verify-full")).await.unwrap_err();
    assert!(matches!(plain, OpenError::Untrusted { .. }), "{plain}");

    cluster.create("latin", &["--encoding=LATIN1", "--locale=C", "--template=template0"]);
    let latin = open(&cluster.url("latin")).await.unwrap_err();
    assert!(matches!(&latin, OpenError::Encoding { found, .. } if found == "LATIN1"), "{latin}");
    cluster.create("others", &[]);
    cluster.sql("others", "CREATE ROLE weak LOGIN PASSWORD 'weak'; REVOKE CREATE ON SCHEMA public FROM PUBLIC");
    let weak = open(&cluster.url("others").replace(&format!("{USER}:{PASSWORD}"), "weak:weak")).await.unwrap_err();
    assert!(matches!(weak, OpenError::PermissionDenied { .. }), "{weak}");

    let store = open(&good).await.unwrap();
    let name = good.rsplit('/').next().unwrap();
    cluster.sql(name, "INSERT INTO _sqlx_migrations VALUES (9999, 'later', now(), TRUE, '', 0)");
    let newer = open(&good).await.unwrap_err();
    assert!(matches!(newer, OpenError::SchemaMismatch { .. }), "{newer}");
    let report = store::report(&Place::Server(url(&good))).await.unwrap();
    assert!(report.faults.iter().any(|fault| fault.contains("another version")), "{report:?}");
    assert_eq!(store.count_accounts().await, Ok(0), "who was there before goes on");
}

#[tokio::test(flavor = "multi_thread")]
async fn the_socket_does_as_well() {
    let cluster = Cluster::shared();
    cluster.create("local", &[]);
    let text = format!("postgres:///local?host={}&port={}&user={USER}", cluster.socket().display(), cluster.port());
    let store = open(&text).await.unwrap();
    store.create_account(&account("alice")).await.unwrap();
    assert_eq!(open(&cluster.url("local")).await.unwrap().count_accounts().await, Ok(1));
    let report = store::report(&Place::Server(url(&text))).await.unwrap();
    assert_eq!((report.faults, report.rows[0]), (vec![], ("accounts", 1)));
    assert!(report.notes.iter().any(|note| note.contains("fsync = off")), "{:?}", report.notes);
}

#[tokio::test(flavor = "multi_thread")]
async fn many_may_open_an_empty_database_at_once() {
    let cluster = Cluster::shared();
    let text = cluster.database();
    let opening: Vec<_> = (0..6)
        .map(|_| {
            let text = text.clone();
            tokio::spawn(async move { open(&text).await })
        })
        .collect();
    for task in opening {
        task.await.unwrap().unwrap();
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn connections_are_set_up_not_to_wait_for_ever() {
    let cluster = Cluster::shared();
    let text = cluster.database();
    let name = text.rsplit('/').next().unwrap();
    cluster.sql(name, &format!("ALTER DATABASE {name} SET synchronous_commit = off"));
    let store = open(&text).await.unwrap();
    store.create_account(&account("alice")).await.unwrap();
    // Another session keeps the table locked for longer than a statement may wait.
    let lock = std::thread::spawn({
        let (cluster, name) = (cluster.clone(), name.to_owned());
        move || cluster.sql(&name, "BEGIN; LOCK TABLE accounts; SELECT pg_sleep(8); COMMIT")
    });
    tokio::time::sleep(Duration::from_millis(500)).await;
    let begun = Instant::now();
    let failure = store.create_account(&account("bob")).await.unwrap_err();
    let took = begun.elapsed();
    assert!(failure.to_string().contains("lock timeout"), "{failure}");
    assert!((4..7).contains(&took.as_secs()), "{took:?}");
    lock.join().unwrap();
    store.create_account(&account("bob")).await.unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn a_crash_of_the_server_loses_nothing_and_is_got_over() {
    let mut cluster = Cluster::start();
    let text = cluster.database();
    let store = open(&text).await.unwrap();
    store.create_account(&account("alice")).await.unwrap();
    let lock = store.lock("main").await.unwrap();
    cluster.crash();
    let begun = Instant::now();
    assert!(store.count_accounts().await.is_err());
    assert!(store.sweep(Timestamp(0), Seconds(0)).await.is_err());
    assert!(begun.elapsed() < Duration::from_secs(12), "{:?}", begun.elapsed());
    drop(lock);
    let unreachable = open(&text).await.unwrap_err();
    assert!(matches!(unreachable, OpenError::Unreachable { .. }), "{unreachable}");
    cluster.run();
    assert_eq!(store.count_accounts().await, Ok(1), "the same store goes on at once");
    drop(store.lock("main").await.unwrap());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_server_in_recovery_is_refused() {
    let mut cluster = Cluster::start();
    let text = cluster.database();
    let store = open(&text).await.unwrap();
    store.create_account(&account("alice")).await.unwrap();
    cluster.crash();
    std::fs::write(cluster.data().join("standby.signal"), "").unwrap();
    cluster.run();
    let refused = open(&text).await.unwrap_err();
    assert!(matches!(refused, OpenError::Standby { .. }), "{refused}");
    assert!(store.count_accounts().await.is_err(), "nor does a store go on that was open before");
    let checked = store::report(&Place::Server(url(&text))).await.unwrap_err();
    assert!(matches!(checked, OpenError::Standby { .. }), "{checked}");
}

/// What another program holds ends with it, however it ends.
#[tokio::test(flavor = "multi_thread")]
async fn the_turn_of_a_program_that_died_is_free() {
    let cluster = Cluster::shared();
    let text = cluster.database();
    let name = text.rsplit('/').next().unwrap();
    let (first, second) = (open(&text).await.unwrap(), open(&text).await.unwrap());
    let lock = first.lock("main").await.unwrap();
    let waiting = tokio::spawn(async move { second.lock("main").await.map(drop) });
    tokio::time::sleep(Duration::from_millis(300)).await;
    assert!(!waiting.is_finished());
    // The server ends the connection that holds it, as it does when its client is gone.
    let ended = cluster.sql(
        name,
        "SELECT count(pg_terminate_backend(l.pid)) FROM pg_locks AS l JOIN pg_database AS d ON d.oid = l.database
         WHERE l.locktype = 'advisory' AND l.granted AND d.datname = current_database()",
    );
    assert_eq!(ended, "1");
    let begun = Instant::now();
    waiting.await.unwrap().unwrap();
    assert!(begun.elapsed() < Duration::from_secs(2));
    drop(lock);
}

#[tokio::test(flavor = "multi_thread")]
async fn more_turns_than_connections_are_a_matter_of_waiting() {
    let cluster = Cluster::shared();
    let text = cluster.database();
    let store = open(&text).await.unwrap();
    let running: Vec<_> = (0..100)
        .map(|number| {
            let store = store.clone();
            tokio::spawn(async move {
                let lock = store.lock(&format!("server {}", number % 40)).await.unwrap();
                assert_eq!(store.count_accounts().await, Ok(0), "the connections for the work are others");
                drop(lock);
            })
        })
        .collect();
    for task in running {
        task.await.unwrap();
    }
}

/// Browsers that hang up while another replica has the lock do not use up the connections.
#[tokio::test(flavor = "multi_thread")]
async fn abandoned_waits_leave_connections_for_other_turns() {
    let cluster = Cluster::shared();
    let text = cluster.database();
    let (first, second) = (open(&text).await.unwrap(), open(&text).await.unwrap());
    let lock = first.lock("main").await.unwrap();
    for _ in 0..40 {
        let waiting = tokio::time::timeout(Duration::from_millis(30), second.lock("main"));
        assert!(waiting.await.is_err());
    }
    let other = tokio::time::timeout(Duration::from_secs(20), second.lock("other")).await;
    assert!(other.is_ok_and(|lock| lock.is_ok()));
    drop(lock);
    drop(second.lock("main").await.unwrap());
}

/// Where the name or the authority is another, nothing is said to the server.
#[tokio::test(flavor = "multi_thread")]
async fn who_answers_is_checked_by_certificate_and_name() {
    let mut cluster = Cluster::start();
    let text = cluster.database();
    let [ours, other] = [(); 2].map(|()| rcgen::generate_simple_self_signed(["localhost".to_owned()]).unwrap());
    cluster.put("server.crt", &ours.cert.pem());
    cluster.put("server.key", &ours.signing_key.serialize_pem());
    cluster.put("other.crt", &other.cert.pem());
    cluster.sql("postgres", "ALTER SYSTEM SET ssl = on");
    cluster.crash();
    cluster.run();
    let url = |host: &str, root: &str| {
        let root = cluster.data().join(root);
        format!("{}?sslmode=verify-full&sslrootcert={}", text.replace("127.0.0.1", host), root.display())
    };
    let store = open(&url("localhost", "server.crt")).await.unwrap();
    assert_eq!(store.count_accounts().await, Ok(0));
    let encrypted = "SELECT count(*) > 0 FROM pg_stat_ssl JOIN pg_stat_activity USING (pid)
                     WHERE ssl AND version = 'TLSv1.3' AND application_name = 'nestor'";
    assert_eq!(cluster.sql("postgres", encrypted), "t");
    for (host, root) in [("localhost", "other.crt"), ("127.0.0.1", "server.crt")] {
        let refused = open(&url(host, root)).await.unwrap_err();
        assert!(matches!(refused, OpenError::Untrusted { .. }), "{host} {root}: {refused}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn the_clock_is_that_of_the_database() {
    let cluster = Cluster::shared();
    let text = cluster.database();
    let (first, second) = (open(&text).await.unwrap(), open(&text).await.unwrap());
    let there: i64 = cluster.sql("postgres", "SELECT extract(epoch FROM clock_timestamp())::bigint").parse().unwrap();
    for clock in [first.clock(), second.clock()] {
        assert!((clock.now().0 - there).abs() <= 2);
        clock.refresh().await.unwrap();
        assert!((clock.now().0 - there).abs() <= 3);
    }
    let clock = first.clock();
    let (before, begun) = (clock.now(), Instant::now());
    tokio::time::sleep(Duration::from_secs(2)).await;
    let passed = clock.now().since(before).0;
    let here = i64::try_from(begun.elapsed().as_secs()).unwrap();
    assert!((here..=here + 1).contains(&passed), "{passed}");
    let machine = SystemTime::now().duration_since(UNIX_EPOCH).unwrap().as_secs();
    assert!(clock.now().0.abs_diff(i64::try_from(machine).unwrap()) <= 2, "one machine has one time");
}
