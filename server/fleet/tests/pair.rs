//! Real servers that stand in for each other.

use std::time::{Duration, Instant};

use crate::fault_proxy::{Fault, FaultProxy};
use crate::support::*;
use fleet::Fleet;
use kea::Limits;
use model::{Health, Peer};
use serde_json::json;
use services::ports::Servers;

/// Long enough for servers to find each other, or that there is no other, on a busy machine.
const TIME_LIMIT: Duration = Duration::from_mins(1);

fn pair() -> [Kea; 2] {
    let pools = json!([{ "pool": "192.0.2.100-192.0.2.199" }]);
    Kea::start_pair(&json!({ "subnet4": [{ "id": 1, "subnet": "192.0.2.0/24", "pools": pools }] }))
}

/// The peers that the server `one` reports, once they are in these states.
async fn peers_in(fleet: &Fleet, states: [&str; 2]) -> Vec<Peer> {
    let begun = Instant::now();
    loop {
        let mut pairs = fleet.status(&name("one")).await.pairs;
        assert_eq!(pairs.len(), 1);
        let peers = pairs.remove(0).peers;
        if peers.iter().map(|peer| peer.state.as_deref()).eq(states.map(Some)) {
            return peers;
        }
        assert!(begun.elapsed() < TIME_LIMIT, "{peers:?}");
        tokio::time::sleep(Duration::from_millis(200)).await;
    }
}

async fn partners(fleet: &Fleet, of: &str) -> Vec<String> {
    fleet.partners(&name(of)).await.iter().map(ToString::to_string).collect()
}

#[tokio::test]
async fn a_pair_is_known_while_one_of_it_is_down() {
    let [one, mut two] = pair();
    let fleet = fleet(&[("one", &one), ("two", &two)]);
    let peers = peers_in(&fleet, ["hot-standby", "hot-standby"]).await;
    let about = |peer: &Peer| (peer.name.clone(), peer.role.clone(), peer.server.clone());
    assert_eq!(about(&peers[0]), ("kea1".into(), "primary".into(), Some(name("one"))));
    assert_eq!(about(&peers[1]), ("kea2".into(), "standby".into(), Some(name("two"))));
    let status = fleet.status(&name("two")).await;
    assert_eq!((status.pairs[0].mode.as_str(), &status.findings), ("hot-standby", &vec![]));
    assert_eq!(
        (partners(&fleet, "one").await, partners(&fleet, "two").await),
        (vec!["two".into()], vec!["one".into()])
    );
    // Kea keeps the leases of a pair the same, not its reservations.
    done(&fleet, add(wanted(10))).await;
    assert!(!held(&one, 10, "memory").is_null() && held(&two, 10, "memory").is_null());

    two.kill9();
    peers_in(&fleet, ["partner-down", "unavailable"]).await;
    let status = fleet.status(&name("two")).await;
    assert_eq!((status.health, status.pairs[0].peers.len()), (Health::Unreachable, 2));
    assert_eq!(
        (partners(&fleet, "one").await, partners(&fleet, "two").await),
        (vec!["two".into()], vec!["one".into()])
    );
    two.restart();
    peers_in(&fleet, ["hot-standby", "hot-standby"]).await;
}

#[tokio::test]
async fn a_partner_that_never_answered_is_found_by_its_machine() {
    let [one, mut two] = pair();
    two.kill9();
    let fleet = fleet(&[("one", &one), ("two", &two)]);
    assert_eq!(
        (partners(&fleet, "one").await, partners(&fleet, "two").await),
        (vec!["two".into()], vec!["one".into()])
    );
}

#[tokio::test]
async fn a_partner_that_is_none_of_ours_is_reported() {
    let [one, _two] = pair();
    let fleet = fleet(&[("one", &one)]);
    let status = fleet.status(&name("one")).await;
    assert_eq!(status.pairs[0].peers[1].server, None);
    let texts: Vec<&str> = status.findings.iter().map(|finding| finding.text.as_str()).collect();
    assert!(texts.iter().any(|text| text.contains("“kea2”")) && texts.len() == 1, "{texts:?}");
    assert!(partners(&fleet, "one").await.is_empty());
}

#[tokio::test]
async fn a_silent_server_holds_no_caller_up() {
    let [one, two] = pair();
    let proxy = FaultProxy::before(two.port()).await;
    let [ours, theirs] =
        [(&one, one.url()), (&two, proxy.url())].map(|(kea, url)| client(kea, &url, Limits::default()));
    let fleet = fleet_of(vec![("one", ours), ("two", theirs)]);
    proxy.set(Fault::Silence);
    let begun = Instant::now();
    assert_eq!(partners(&fleet, "one").await, ["two"]);
    assert!(begun.elapsed() < Duration::from_secs(5), "{:?}", begun.elapsed());
    let (asked, begun) = (proxy.requests().len(), Instant::now());
    for _ in 0..100 {
        assert_eq!(partners(&fleet, "one").await, ["two"]);
    }
    assert!(begun.elapsed() < Duration::from_secs(1), "{:?}", begun.elapsed());
    assert_eq!(proxy.requests().len(), asked);
}

#[tokio::test]
async fn servers_without_company_have_no_partners() {
    let (one, two) = (Kea::with_one_subnet(), Kea::with_one_subnet());
    let fleet = fleet(&[("one", &one), ("two", &two)]);
    assert!(partners(&fleet, "one").await.is_empty());
    assert_eq!(fleet.status(&name("one")).await.pairs, []);
}
