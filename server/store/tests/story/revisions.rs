//! What servers ran.

use model::{Revision, RevisionChange, RevisionOrigin, RevisionWay, ServerName, Timestamp};
use services::ports::{Life, RevisionMarks, RevisionRecord, StoreError};

use super::Home;

/// A revision with something in every column.
pub(crate) fn record(server: &str, number: i64, hash: &str) -> RevisionRecord {
    let revision = Revision {
        server: server.parse().unwrap(),
        number,
        at: Timestamp(1_700_000_000 + number),
        origin: RevisionOrigin::Both,
        way: Some(RevisionWay::Loaded),
        changes: vec![RevisionChange { number: 7, actor: "alice".to_owned(), note: "why".to_owned() }],
        words: vec!["valid-lifetime from 1 to 2".to_owned(), "ünïcode \u{2400}".to_owned()],
        differences: 300,
        routine: number % 2 == 0,
    };
    let life = (number > 1).then_some(Life { process: 4711, loaded_at: Timestamp(99) });
    RevisionRecord { revision, hash: hash.to_owned(), life }
}

/// Numbers are used once a server; one is renewed only by who knows it; the newest stay; all outlives the program.
pub(super) async fn are_kept(home: &Home) {
    let (one, two): (ServerName, ServerName) = ("one".parse().unwrap(), "two".parse().unwrap());
    let store = home.open().await;
    assert_eq!(store.newest_revision(&one).await, Ok(None));
    for number in 1..=4 {
        store.add_revision(&record("one", number, "a"), &format!("{{\"ü\": {number}}}")).await.unwrap();
    }
    store.add_revision(&record("two", 1, "x"), "{}").await.unwrap();
    assert_eq!(store.add_revision(&record("one", 4, "b"), "other").await, Err(StoreError::Exists));
    assert_eq!(store.newest_revision(&one).await, Ok(Some(record("one", 4, "a"))));
    assert_eq!(store.renew_revision(&record("one", 4, "b"), "late", "z").await, Ok(false));
    assert_eq!(store.renew_revision(&record("one", 4, "b"), "renewed", "a").await, Ok(true));
    drop(store);

    let store = home.open().await;
    assert_eq!(store.newest_revision(&one).await, Ok(Some(record("one", 4, "b"))));
    let document = async |number| store.revision_document(&one, number).await.unwrap();
    assert_eq!((document(4).await.as_deref(), document(1).await.as_deref()), (Some("renewed"), Some("{\"ü\": 1}")));
    let numbers = async |before, most| {
        let found = store.revisions(&one, before, most).await.unwrap();
        found.iter().map(|revision| revision.number).collect::<Vec<_>>()
    };
    assert_eq!((numbers(None, 2).await, numbers(Some(3), 9).await), (vec![4, 3], vec![2, 1]));
    let marks = |seen, saved| RevisionMarks { seen, saved };
    assert_eq!(store.revision_marks(&one).await, Ok(marks(0, 0)));
    for (more, then) in [(marks(3, 0), marks(3, 0)), (marks(0, 2), marks(3, 2)), (marks(1, 1), marks(3, 2))] {
        store.mark_revisions(&one, more).await.unwrap();
        assert_eq!(store.revision_marks(&one).await, Ok(then), "what is noted stays");
    }
    assert_eq!(store.revision_marks(&two).await, Ok(marks(0, 0)));
    store.trim_revisions(3).await.unwrap();
    assert_eq!((numbers(None, 9).await, document(1).await), (vec![4, 3, 2], None));
    assert_eq!(store.newest_revision(&two).await, Ok(Some(record("two", 1, "x"))));
}
