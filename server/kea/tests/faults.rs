//! What is made of everything that can go wrong between us and a real Kea.

use std::time::{Duration, Instant};

use crate::fault_proxy::{Fault, FaultProxy};
use crate::lab::Kea;
use kea::commands::*;
use kea::wire::Reservation;
use kea::{Client, Endpoint, ErrorKind, Limits, Secret, TlsFault, UnreachableReason};

/// Short enough for tests, long enough for a busy machine.
fn limits() -> Limits {
    let soon = Duration::from_secs(2);
    let denied_pause = Duration::from_millis(300);
    Limits { connect: soon, read: soon, write: soon, denied_pause, answer_bytes: 4 << 20, ..Limits::default() }
}

fn client(url: &str, password: &str) -> Client {
    let endpoint = Endpoint::new(url).unwrap().with_auth("console", Secret::new(password)).unwrap();
    Client::new(endpoint.with_limits(limits())).unwrap()
}

/// One row of the fault matrix: what happens to all requests, how often a look-up is sent, and how it fails.
struct Row(&'static str, Fault, usize, ErrorKind);

fn matrix() -> Vec<Row> {
    let malformed = |path: &str| ErrorKind::Malformed { path: path.to_owned() };
    let unreachable = |why| ErrorKind::Unreachable { why };
    let status = |code| unreachable(UnreachableReason::Status(code));
    let broken = || unreachable(UnreachableReason::Broken);
    let ok = |body: &str| Fault::answer("200 OK", body);
    let raw = |bytes: &str| Fault::Answer(bytes.as_bytes().to_vec());
    let deep = "[".repeat(100_000);
    vec![
        Row("swallowed", Fault::Swallow, 3, broken()),
        Row("reset", Fault::Reset, 3, broken()),
        Row("silence", Fault::Silence, 1, ErrorKind::Timeout),
        Row("a byte now and then", Fault::Drip(Duration::from_millis(100)), 1, ErrorKind::Timeout),
        Row(
            "chunks without end",
            raw("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\n[{\r\n"),
            1,
            ErrorKind::Timeout,
        ),
        Row("late", Fault::Delay(Duration::from_secs(5)), 1, ErrorKind::Timeout),
        Row("cut in the status line", Fault::Cut(5), 3, broken()),
        Row("cut in the head", Fault::Cut(40), 3, broken()),
        Row("cut in the body", Fault::Cut(140), 3, broken()),
        Row("not HTTP", raw("SSH-2.0-OpenSSH_9.2\r\n"), 3, broken()),
        Row("HTML", ok("<html>It works!</html>"), 1, malformed(".")),
        Row("truncated JSON", ok(r#"[{"result": 0, "argum"#), 1, malformed(".")),
        Row(
            "length too short",
            raw("HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\n[{\"result\": 0}]"),
            1,
            malformed("."),
        ),
        Row("nothing", ok(""), 1, malformed(".")),
        Row("empty list", ok("[]"), 1, malformed(".")),
        Row("null", ok("null"), 1, malformed(".")),
        Row("result missing", ok("[{}]"), 1, malformed("result")),
        Row("result as text", ok(r#"[{"result": "0"}]"#), 1, malformed("result")),
        Row("result 99", ok(r#"[{"result": 99}]"#), 1, malformed("result")),
        Row("deep nesting", ok(&deep), 1, ErrorKind::TooLarge),
        Row("64 MiB", Fault::Huge { bytes: 64 << 20, announced: true }, 1, ErrorKind::TooLarge),
        Row("64 MiB, unannounced", Fault::Huge { bytes: 64 << 20, announced: false }, 1, ErrorKind::TooLarge),
        Row("404", Fault::answer("404 Not Found", "{}"), 1, status(404)),
        Row("408", Fault::answer("408 Request Timeout", r#"{"result": 408}"#), 1, status(408)),
        Row("500", Fault::answer("500 Internal Server Error", ""), 1, status(500)),
        Row("503", Fault::answer("503 Service Unavailable", ""), 1, status(503)),
        Row("redirect", raw("HTTP/1.1 307 T\r\nLocation: /elsewhere\r\nContent-Length: 0\r\n\r\n"), 1, status(307)),
        Row("400", Fault::answer("400 Bad Request", "{}"), 1, ErrorKind::Rejected { text: "Bad Request".into() }),
        Row("401", Fault::answer("401 Unauthorized", "{}"), 1, ErrorKind::Denied),
        Row("403", Fault::answer("403 Forbidden", ""), 1, ErrorKind::Denied),
        Row("refused command", ok(r#"{"result": 1, "text": "no"}"#), 1, ErrorKind::Rejected { text: "no".into() }),
        Row(IN_PART, ok(r#"{"result": 5, "text": "a"}"#), 1, malformed("result")),
    ]
}

/// A change can be made in part; a look-up cannot.
const IN_PART: &str = "in part";

/// How a change fails where a look-up fails so. Whatever was sent and not clearly refused is in doubt.
fn of_a_change(name: &str, kind: ErrorKind) -> ErrorKind {
    match kind {
        _ if name == IN_PART => ErrorKind::PartlyApplied { text: "a".into() },
        ErrorKind::Malformed { .. }
        | ErrorKind::TooLarge
        | ErrorKind::Timeout
        | ErrorKind::Unreachable { why: UnreachableReason::Broken | UnreachableReason::Status(500..) } => {
            ErrorKind::Ambiguous
        }
        clear => clear,
    }
}

#[tokio::test]
async fn every_fault_has_its_error_and_its_end() {
    let kea = Kea::with_one_subnet();
    let mut proxy = FaultProxy::before(kea.port()).await;
    let client = client(&proxy.url(), kea.password());
    for Row(name, fault, sent, kind) in matrix() {
        proxy.set(fault);
        let before = proxy.count("version-get");
        let error = in_time(client.send(&VersionGet)).await.unwrap_err();
        assert_eq!(error.kind, kind, "{name}");
        assert_eq!(proxy.count("version-get") - before, sent, "{name}");
        good_again(&proxy, &client).await;
    }
    proxy.refuse().await;
    let error = in_time(client.send(&VersionGet)).await.unwrap_err();
    assert_eq!(error.kind, ErrorKind::Unreachable { why: UnreachableReason::Refused });
    proxy.listen().await;
    good_again(&proxy, &client).await;
}

/// A change that no other of the same would follow unnoticed.
fn deletion() -> ReservationDel {
    let identifier = "02:00:00:00:00:99".to_owned();
    let key = HostKey::Identifier { identifier_type: IdentifierType::HwAddress, identifier };
    ReservationDel { subnet_id: 1, key, operation_target: Target::Memory }
}

/// Only what does the same twice as once is repeated, and only where the connection broke: a lost answer is in doubt for all.
#[tokio::test]
async fn a_change_is_never_sent_twice_but_for_what_may_be_repeated() {
    let kea = Kea::with_one_subnet();
    let mut proxy = FaultProxy::before(kea.port()).await;
    let client = client(&proxy.url(), kea.password());
    for Row(name, fault, sent_as_look_up, kind) in matrix() {
        proxy.set(fault);
        let before = ["reservation-del", "config-write"].map(|command| proxy.count(command));
        let errors = [
            in_time(client.send(&deletion())).await.unwrap_err(),
            in_time(client.send(&ConfigWrite)).await.unwrap_err(),
        ];
        // After refused credentials nothing is sent for a moment.
        let paused = errors[0].kind == ErrorKind::Denied;
        for error in errors {
            assert_eq!(error.kind, of_a_change(name, kind.clone()), "{name}");
        }
        assert_eq!(proxy.count("reservation-del") - before[0], 1, "{name}");
        assert_eq!(proxy.count("config-write") - before[1], if paused { 0 } else { sent_as_look_up }, "{name}");
        good_again(&proxy, &client).await;
    }
    proxy.refuse().await;
    let error = in_time(client.send(&ConfigWrite)).await.unwrap_err();
    assert_eq!(error.kind, ErrorKind::Unreachable { why: UnreachableReason::Refused });
    proxy.listen().await;
    client.send(&ConfigWrite).await.unwrap();
}

/// A connection that Kea closed between two commands, at whatever moment, loses no save.
#[tokio::test]
async fn a_save_whose_connection_breaks_once_is_made() {
    let kea = Kea::with_one_subnet();
    let proxy = FaultProxy::before(kea.port()).await;
    let client = client(&proxy.url(), kea.password());
    for fault in [Fault::Reset, Fault::Swallow, Fault::Cut(0), Fault::Cut(40)] {
        proxy.set_for(1, fault);
        let before = proxy.count("config-write");
        in_time(client.send(&ConfigWrite)).await.unwrap();
        assert_eq!(proxy.count("config-write") - before, 2);
    }
}

async fn in_time<T>(answer: impl Future<Output = T>) -> T {
    let slack = Duration::from_secs(3);
    tokio::time::timeout(limits().read + slack, answer).await.expect("the deadline holds")
}

/// When the fault is over, and a pause after refused credentials too, the next command goes through.
async fn good_again(proxy: &FaultProxy, client: &Client) {
    proxy.set(Fault::None);
    let sent = client.send(&StatusGet).await;
    if sent.as_ref().is_err_and(|error| error.kind == ErrorKind::Denied) {
        tokio::time::sleep(limits().denied_pause).await;
        client.send(&StatusGet).await.unwrap();
    } else {
        sent.unwrap();
    }
}

#[tokio::test]
async fn a_change_in_doubt_may_have_happened() {
    let kea = Kea::with_one_subnet();
    let proxy = FaultProxy::before(kea.port()).await;
    let client = client(&proxy.url(), kea.password());
    let hw_address = Some("02:00:00:00:00:30".to_owned());
    let reservation = Reservation { subnet_id: Some(1), hw_address, ..Reservation::default() };
    proxy.set_for(1, Fault::Cut(0));
    let command = ReservationAdd { reservation, operation_target: Target::Memory };
    assert_eq!(client.send(&command).await.unwrap_err().kind, ErrorKind::Ambiguous);
    assert_eq!(client.reservation_scan(None, PageSize::default()).all().await.unwrap().len(), 1);
}

#[tokio::test]
async fn a_closed_kept_connection_harms_neither_look_ups_nor_changes() {
    let kea = Kea::with_one_subnet();
    let proxy = FaultProxy::before(kea.port()).await;
    let client = client(&proxy.url(), kea.password());
    proxy.set(Fault::CloseAfter);
    for _ in 0..20 {
        client.send(&VersionGet).await.unwrap();
        client.send(&deletion()).await.unwrap();
        // That it was closed needs a moment to arrive; before that no client can know.
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    assert_eq!(proxy.count("reservation-del"), 20);
    proxy.set_for(2, Fault::Swallow);
    client.send(&VersionGet).await.unwrap();
}

#[tokio::test]
async fn no_caller_waits_for_ever_behind_a_hanging_daemon() {
    let proxy = FaultProxy::alone(Fault::Silence).await;
    let patient = Limits { read: Duration::from_mins(1), write: Duration::from_millis(200), ..limits() };
    let client = Client::new(Endpoint::new(&proxy.url()).unwrap().with_limits(patient)).unwrap();
    for hanging in [client.clone(), client.clone()] {
        tokio::spawn(async move { hanging.send(&VersionGet).await });
    }
    while proxy.requests().len() < 2 {
        tokio::time::sleep(Duration::from_millis(1)).await;
    }
    let error = in_time(client.send(&ConfigWrite)).await.unwrap_err();
    assert_eq!(error.kind, ErrorKind::Unreachable { why: UnreachableReason::Busy });
    assert_eq!(proxy.count("config-write"), 0);
}

#[tokio::test]
async fn names_and_certificates_that_do_not_fit() {
    let unknown = client("http://kea.invalid:8004/", "").send(&ConfigWrite).await.unwrap_err();
    assert_eq!(unknown.kind, ErrorKind::Unreachable { why: UnreachableReason::Name });
    let kea = Kea::with_one_subnet();
    let plain = client(&kea.url().replace("http", "https"), kea.password());
    assert_eq!(
        plain.send(&ConfigWrite).await.unwrap_err().kind,
        ErrorKind::Unreachable { why: UnreachableReason::Tls(TlsFault::NotTls) }
    );
}

#[tokio::test]
async fn at_most_two_commands_and_four_connections_at_once() {
    let kea = Kea::with_one_subnet();
    let proxy = FaultProxy::before(kea.port()).await;
    proxy.set(Fault::Delay(Duration::from_millis(20)));
    let client = client(&proxy.url(), kea.password());
    let mut tasks = tokio::task::JoinSet::new();
    for _ in 0..40 {
        let client = client.clone();
        tasks.spawn(async move { client.send(&VersionGet).await.unwrap() });
    }
    let start = Instant::now();
    tasks.join_all().await;
    assert!(start.elapsed() >= Duration::from_millis(20 * 40 / 2));
    assert!(proxy.connections() <= 4, "{}", proxy.connections());
}
