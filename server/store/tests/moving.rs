//! Copies: beside a running server, and into a database for several of them.

use std::os::unix::fs::PermissionsExt;
use std::path::Path;

use crate::postgres::Cluster;
use crate::story::revisions::record as revision;
use changes::Verbatim;
use model::{
    CallOutcome, CallQuery, Change, Exclusion, ForemanCall, Hold, HoldKey, Identifier, IdentifierKind, NewReservation,
    Role, Seconds, Storage, Subject, Timestamp,
};
use services::ports::{
    Calls, ChangeRecord, Changes, GoneSubnet, NewAccount, RevisionMarks, Said, SessionRecord, Store, Tries, TryLimit,
    Users,
};
use store::{Lock, MoveError, OpenError, Place, move_to};
use tempfile::TempDir;

const NOW: Timestamp = Timestamp(1_700_000_000);
const LATER: Timestamp = Timestamp(1_700_000_600);

fn account(name: &str) -> NewAccount {
    NewAccount { name: name.parse().unwrap(), role: Role::Operator, password_hash: format!("hash of {name}") }
}

fn call(number: u16) -> ForemanCall {
    ForemanCall {
        number: 0,
        at: NOW,
        took_micros: u32::from(number),
        caller: "foreman\0example".to_owned(),
        address: None,
        request_id: Some(number.to_string()),
        method: "GET".to_owned(),
        path: "/dhcp".to_owned(),
        parameters: String::new(),
        status: 200,
        outcome: CallOutcome::Answered,
        answer: "ü".to_owned(),
        changes: number.is_multiple_of(2),
        why: Vec::new(),
    }
}

fn change(request: &str) -> ChangeRecord {
    let identifier = Identifier::parse(IdentifierKind::HwAddress, "02:00:5e:10:00:01").unwrap();
    let wanted =
        NewReservation { note: Some("a note".to_owned()), ..NewReservation::of("main/1".parse().unwrap(), identifier) };
    let subject = Subject::Reservation(wanted.key());
    let after = wanted.over(None, Storage::Configuration);
    let begun = Change::begun(NOW, "alice", subject, None, Some(after.into()));
    let change = Change { batch: Some("b".to_owned()), repeats: Some(1), ..begun };
    let now = Some(Verbatim("{\"a\":\"\\u0000\"}".to_owned()));
    ChangeRecord {
        change,
        was: None,
        now,
        wanted: Some(wanted),
        request: Some(request.to_owned()),
        owner: "host".to_owned(),
        confirm_until: Some(LATER),
    }
}

fn limit(key: &str) -> TryLimit {
    TryLimit { key: key.to_owned(), most: 9, within: Seconds(60) }
}

/// Something in every table, and numbers that were used and are gone.
async fn fill(store: &dyn Store) {
    store.put_setup_token(b"token", LATER).await.unwrap();
    for name in ["alice", "bob"] {
        store.create_account(&account(name)).await.unwrap();
    }
    store.insert_session(&SessionRecord { id_hash: vec![0, 255], data: vec![1, 0, 2], until: LATER }).await.unwrap();
    let key = HoldKey { subnet: "main/4294967294".parse().unwrap(), address: [255, 255, 255, 255].into() };
    let (holder, purpose) = ("foreman".to_owned(), Some("ü".to_owned()));
    store.claim_hold(&Hold { key, holder, purpose, since: NOW, until: LATER }, None).await.unwrap();
    let (reason, author) = ("printers".to_owned(), "alice".to_owned());
    let (subnet, range) = ("main/1".parse().unwrap(), "192.0.2.0/28".parse().unwrap());
    store.add_exclusion(&Exclusion { subnet, range, reason, author, since: NOW }).await.unwrap();
    store.count_try("1", &[limit("alice")], NOW).await.unwrap();
    store.add_calls(&(0..1_203).map(call).collect::<Vec<_>>()).await.unwrap();
    store.begin_changes(&[change("order 1"), change("order 2")]).await.unwrap();
    store.keep_alive("host", LATER).await.unwrap();
    store.add_revision(&revision("main", 7, "hash"), "{\"Dhcp4\":{}}").await.unwrap();
    store.mark_revisions(&"main".parse().unwrap(), RevisionMarks { seen: 6, saved: 5 }).await.unwrap();
    let gone = GoneSubnet { id: 7, prefix: "192.0.2.0/24".to_owned(), at: NOW };
    store.keep_gone_subnets(&"main".parse().unwrap(), &[gone]).await.unwrap();
    let (server, finding, text) = ("main".parse().unwrap(), "rule@".to_owned(), "ü".to_owned());
    let (reason, actor) = ("known".to_owned(), "alice".to_owned());
    store.silence(&model::Silenced { server, finding, text, reason, actor, at: NOW }).await.unwrap();
    store.keep_last_words(&"main".parse().unwrap(), &Said { text: "{}".to_owned(), as_of: NOW }).await.unwrap();
}

/// All that can be asked for.
async fn content(store: &dyn Store) -> String {
    let accounts = store.account_by_id(2).await.unwrap().map(|bob| (bob.name, bob.role, bob.password_hash));
    let main = "main".parse().unwrap();
    format!(
        "{accounts:?} {:?} {:?} {:?} {:?} {:?} {:?} {:?} {:?} {:?} {:?} {:?} {:?} {:?} {:?}",
        store.setup_token_is(b"token", NOW).await,
        store.load_session(&[0, 255], NOW).await,
        store.running_holds(None, NOW).await,
        store.exclusions(None).await,
        store.tries("alice", NOW).await,
        store.find_calls(&CallQuery::default(), 2_000).await,
        store.changes_of_batch("b").await,
        store.alive(NOW).await,
        store.last_words().await,
        store.gone_subnets(&main).await,
        store.silenced(&main).await,
        store.newest_revision(&main).await,
        store.revision_document(&main, 7).await,
        store.revision_marks(&main).await,
    )
}

#[tokio::test(flavor = "multi_thread")]
async fn a_folder_moves_into_an_empty_database() {
    let cluster = Cluster::shared();
    let folder = TempDir::new().unwrap();
    let source = store::open(folder.path()).await.unwrap();
    fill(&source).await;
    source.create_account(&account("carol")).await.unwrap();
    let text = cluster.database();
    let url = text.parse().unwrap();
    // The account with the highest number is gone; its number is not given again.
    source.close().await;
    let moved = move_to(folder.path(), &url).await.unwrap();
    assert_eq!(moved[0], ("accounts", 3));
    assert!(moved.contains(&("foreman_calls", 1_203)) && moved.contains(&("changes", 2)), "{moved:?}");
    assert!(moved.iter().all(|(_, rows)| *rows > 0), "{moved:?}");

    let (source, target) = (store::open(folder.path()).await.unwrap(), store::connect(&url).await.unwrap());
    assert_eq!(content(&source).await, content(&target).await);
    assert_eq!(target.create_account(&account("dave")).await, Ok(4));
    assert_eq!(target.begin_changes(&[change("order 3")]).await, Ok(vec![3]));
    assert!(target.begin_changes(&[change("order 1")]).await.is_err());
    target.add_calls(&[call(9)]).await.unwrap();
    assert_eq!(target.find_calls(&CallQuery::default(), 1).await.unwrap()[0].number, 1_204);

    let again = move_to(folder.path(), &url).await.unwrap_err();
    assert!(matches!(again, MoveError::NotEmpty { table: "accounts", .. }), "{again}");
    assert_eq!(target.count_accounts().await, Ok(4), "nothing was changed");
}

#[tokio::test(flavor = "multi_thread")]
async fn an_empty_folder_moves_too_and_numbers_begin_at_one() {
    let cluster = Cluster::shared();
    let folder = TempDir::new().unwrap();
    store::open(folder.path()).await.unwrap().close().await;
    let url = cluster.database().parse().unwrap();
    assert!(move_to(folder.path(), &url).await.unwrap().iter().all(|(_, rows)| *rows == 0));
    let target = store::connect(&url).await.unwrap();
    assert_eq!(target.create_account(&account("alice")).await, Ok(1));
}

#[tokio::test(flavor = "multi_thread")]
async fn nothing_moves_while_a_server_runs_or_where_nothing_is() {
    let cluster = Cluster::shared();
    let url = cluster.database().parse().unwrap();
    let folder = TempDir::new().unwrap();
    let nothing = move_to(folder.path(), &url).await.unwrap_err();
    assert!(matches!(nothing, MoveError::Nothing { .. }), "{nothing}");
    store::open(folder.path()).await.unwrap().close().await;
    let _lock = Lock::take(folder.path()).unwrap();
    let refused = move_to(folder.path(), &url).await.unwrap_err();
    assert!(matches!(refused, MoveError::Open(OpenError::Running { .. })), "{refused}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_backup_is_whole_while_others_write() {
    let (folder, copies) = (TempDir::new().unwrap(), TempDir::new().unwrap());
    let store = store::open(folder.path()).await.unwrap();
    fill(&store).await;
    let copy = copies.path().join("nestor.db");
    let writer = store.clone();
    let writing = tokio::spawn(async move {
        for number in 0..200 {
            writer.count_try("1", &[limit(&format!("writer {number}"))], NOW).await.unwrap();
        }
    });
    store::backup(folder.path(), &copy).await.unwrap();
    writing.await.unwrap();
    assert_eq!(copy.metadata().unwrap().permissions().mode() & 0o7777, 0o600);
    let refused = store::backup(folder.path(), &copy).await.unwrap_err();
    assert!(refused.to_string().contains("exists"), "{refused}");
    let nowhere = store::backup(folder.path(), Path::new("/nowhere/copy")).await.unwrap_err();
    assert!(matches!(nowhere, OpenError::Copy { .. }), "{nowhere}");

    // Put in place it is a store like the first, and none of the files beside the database is missed.
    let names: Vec<_> = copies.path().read_dir().unwrap().map(|entry| entry.unwrap().file_name()).collect();
    assert_eq!(names, ["nestor.db"]);
    let restored = store::open(copies.path()).await.unwrap();
    assert_eq!(content(&store).await, content(&restored).await);
    let report = store::report(&Place::Folder(copies.path().to_owned())).await.unwrap();
    assert_eq!((report.faults, report.rows[0]), (vec![], ("accounts", 2)));
}

#[tokio::test]
async fn damage_is_reported_and_a_missing_file_is_not_made() {
    let folder = TempDir::new().unwrap();
    let place = Place::Folder(folder.path().to_owned());
    let missing = store::report(&place).await.unwrap_err();
    assert!(matches!(missing, OpenError::Folder { .. }), "{missing}");
    assert_eq!(folder.path().read_dir().unwrap().count(), 0);
    let store = store::open(folder.path()).await.unwrap();
    fill(&store).await;
    store.close().await;
    let file = folder.path().join("nestor.db");
    let mut octets = std::fs::read(&file).unwrap();
    // The head of a page in the middle.
    let page = octets.len() / 2 / 4_096 * 4_096;
    octets[page..page + 64].fill(0xa5);
    std::fs::write(&file, octets).unwrap();
    match store::report(&place).await {
        Ok(report) => assert!(!report.faults.is_empty()),
        Err(refused) => assert!(matches!(refused, OpenError::Damaged { .. }), "{refused}"),
    }
}
