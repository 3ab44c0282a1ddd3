//! Something in the place of Kea that answers without end, or says that it will: that is reported, and takes no more
//! memory than the largest answer that would be taken. On the real program, with its own limits.

use std::time::{Duration, Instant};

use crate::fault_proxy::{Fault, FaultProxy};
use crate::support::api_client::{Answer, ApiClient};
use crate::support::load::{self, wanted};
use crate::support::{Kea, Nestor, oracle};
use futures::future::join_all;
use serde_json::{Value, json};

const MIB: u64 = 1 << 20;

/// The largest answer that is taken.
const LIMIT: u64 = 32 * MIB;

/// A question is given up after this time, whatever comes.
const TIME_LIMIT: Duration = Duration::from_mins(1);

struct Site {
    kea: Kea,
    proxy: FaultProxy,
    nestor: Nestor,
    api: ApiClient,
}

impl Site {
    async fn start() -> Self {
        let kea = load::kea();
        let proxy = FaultProxy::before(kea.port()).await;
        let nestor = Nestor::before_at(&kea, &proxy.url());
        let api = ApiClient::of(&nestor, &nestor.sign_in("operator").await);
        // What everything takes by itself is taken before anything is measured.
        let site = Self { kea, proxy, nestor, api };
        site.create(1).await;
        site.look().await;
        site
    }

    async fn create(&self, number: u8) -> Answer {
        let address = [10, 77, 2, number].into();
        let new = wanted(&format!("02:77:00:00:00:{number:02x}"), Some(address), &format!("host-{number}"));
        self.api.call("/api/reservations/create", &json!({ "new": new })).await
    }

    /// A page with the configuration in it.
    async fn look(&self) -> Answer {
        let nowhere = json!({ "server": "kea", "id": 4711 });
        self.api.call("/api/subnets/get", &json!({ "subnet": nowhere })).await
    }

    /// Has ten pages and a change meet the fault at once; gives by how much the peak of memory rose.
    async fn meet(&self, fault: Fault) -> u64 {
        self.nestor.forget_memory_peak();
        let before = self.nestor.memory_peak();
        self.proxy.set(fault);
        let begun = Instant::now();
        let (pages, change) = tokio::join!(join_all((0..10).map(|_| self.look())), self.create(2));
        assert!(begun.elapsed() < TIME_LIMIT, "{:?}", begun.elapsed());
        self.proxy.set(Fault::None);
        for answer in pages.iter().chain([&change]) {
            let Answer::Refused(text) = answer else { panic!("{answer:?}") };
            let text = text.to_lowercase();
            // The short question whether it is there meets the fault too, and may find that no answer ends in time.
            let causes = ["its answer is too large", "not answer in time"];
            assert!(causes.iter().any(|cause| text.contains(cause)), "{text}");
        }
        self.nestor.memory_peak() - before
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn answers_without_end_take_no_memory_without_end() {
    let site = Site::start().await;
    let announced = site.meet(Fault::Huge { bytes: 1 << 30, announced: true }).await;
    println!("announced: the peak rose by {} KiB", announced >> 10);
    // Of 1 GiB; and what the background looks at meanwhile is counted, too.
    assert!(announced < 16 * MIB, "what is announced is not taken at all: {announced}");
    let endless = site.meet(Fault::Huge { bytes: usize::MAX, announced: false }).await;
    println!("endless: the peak rose by {} KiB", endless >> 10);
    // Two commands are under way at once, and an answer that grows is copied.
    assert!(endless < 5 * LIMIT, "{endless}");
    assert!(endless >= LIMIT, "it came near the limit, or nothing was tried: {endless}");

    let begun = Instant::now();
    assert!(matches!(site.create(2).await, Answer::Done(Value::Object(_))));
    assert!(begun.elapsed() < Duration::from_secs(10), "{:?}", begun.elapsed());
    assert_eq!(oracle::truth(&site.kea).len(), 2);
}
