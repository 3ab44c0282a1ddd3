//! What is remembered of Foreman's calls, when one caller calls and calls.

use model::{CallOutcome, CallQuery, ForemanCall, Storage};

use super::world::World;
use crate::ports::{Calls as _, Clock as _};

#[tokio::test]
async fn junk_drives_out_no_evidence() {
    let world = World::single(Storage::Configuration);
    let call = |caller: &str| ForemanCall {
        number: 0,
        at: world.clock.now(),
        took_micros: 1,
        caller: caller.to_owned(),
        address: None,
        request_id: None,
        method: "GET".to_owned(),
        path: "/dhcp".to_owned(),
        parameters: String::new(),
        status: 200,
        outcome: CallOutcome::Answered,
        answer: String::new(),
        changes: false,
        why: Vec::new(),
    };
    let ledger = &world.nestor.ledger;
    (0..300).for_each(|_| ledger.note(call("foreman.example.org"), true));
    // 1,000 are remembered in these tests.
    for host in 0..5_000 {
        ledger.note(call(&format!("2001:db8::{host:x}")), true);
        ledger.note(call("192.0.2.66"), true);
    }
    ledger.flush().await.unwrap();
    ledger.trim().await.unwrap();
    let left = world.store.find_calls(&CallQuery::default(), 20_000).await.unwrap();
    let of = |begins: &str| left.iter().filter(|call| call.caller.starts_with(begins)).count();
    assert_eq!((of("foreman"), of("2001:db8:"), of("192.0.2.66"), left.len()), (300, 350, 350, 1_000));
}
