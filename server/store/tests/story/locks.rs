//! Locks, and who is running.

use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::{Duration, Instant};

use services::ports::Store;

use super::{Home, NOW, later, race};

/// Long enough to be sure, short enough to wait for.
const MOMENT: Duration = Duration::from_millis(150);

async fn waits(store: &Arc<dyn Store>, name: &str) -> bool {
    tokio::time::timeout(MOMENT, store.lock(name)).await.is_err()
}

pub(crate) async fn come_one_at_a_time(home: &Home) {
    let (inside, most) = (Arc::new(AtomicU32::new(0)), Arc::new(AtomicU32::new(0)));
    let done = race(home, 40, |store, _| {
        let (inside, most) = (inside.clone(), most.clone());
        async move {
            let lock = store.lock("server main/ü").await.unwrap();
            most.fetch_max(inside.fetch_add(1, Ordering::SeqCst) + 1, Ordering::SeqCst);
            tokio::time::sleep(Duration::from_millis(2)).await;
            inside.fetch_sub(1, Ordering::SeqCst);
            drop(lock);
        }
    });
    assert_eq!(done.await.len(), 40);
    assert_eq!(most.load(Ordering::SeqCst), 1);
}

pub(crate) async fn of_other_names_do_not_wait(home: &Home) {
    let (first, second) = (home.open().await, home.open().await);
    let mut held = Vec::new();
    for name in ["a", "A", "b", "a/b", "a%2fb", ".", "", "a b"] {
        held.push(first.lock(name).await.unwrap());
        assert!(waits(&first, name).await, "{name}: not twice in one program");
        assert!(waits(&second, name).await, "{name}: not in two");
    }
    drop(held);
    for name in ["a", "A", "b"] {
        let got = tokio::time::timeout(Duration::from_secs(20), second.lock(name)).await;
        assert!(got.is_ok_and(|lock| lock.is_ok()), "{name}: it was given back");
    }
}

pub(crate) async fn an_abandoned_wait_keeps_no_lock(home: &Home) {
    let (first, second) = (home.open().await, home.open().await);
    for step in 0..60 {
        let lock = first.lock("main").await.unwrap();
        // Dropped while it waits, in the same program and in the other one.
        let limit = Duration::from_micros(step * 100);
        let _ = tokio::time::timeout(limit, second.lock("main")).await;
        let _ = tokio::time::timeout(limit, first.lock("main")).await;
        drop(lock);
        // Dropped at any moment of getting it.
        let _ = tokio::time::timeout(limit, second.lock("main")).await;
    }
    let begun = Instant::now();
    drop(first.lock("main").await.unwrap());
    drop(second.lock("main").await.unwrap());
    assert!(begun.elapsed() < Duration::from_secs(20), "{:?}", begun.elapsed());
}

pub(crate) async fn programs_are_alive_for_a_while(home: &Home) {
    let (first, second) = (home.open().await, home.open().await);
    first.keep_alive("host 1", later(30)).await.unwrap();
    second.keep_alive("host 2", later(40)).await.unwrap();
    assert_eq!(first.alive(NOW).await.unwrap(), ["host 1", "host 2"]);
    assert_eq!(second.alive(later(30)).await.unwrap(), ["host 2"]);
    first.keep_alive("host 1", later(60)).await.unwrap();
    assert_eq!(second.alive(later(40)).await.unwrap(), ["host 1"]);
    second.sweep(later(40), model::Seconds(0)).await.unwrap();
    assert_eq!(first.alive(NOW).await.unwrap(), ["host 1"], "the other one is forgotten");
}
