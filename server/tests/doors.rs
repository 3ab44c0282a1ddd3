//! Doors that do not stand open: a slow, greedy or loud client keeps no other out.

use std::net::SocketAddr;
use std::time::{Duration, Instant};

use serde_json::json;
use tempfile::TempDir;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpSocket, TcpStream};

use crate::support::{Kea, Nestor, kea, path, run};

async fn connect(url: &str) -> TcpStream {
    let address: SocketAddr = url.trim_start_matches("http://").parse().unwrap();
    let socket = TcpSocket::new_v4().unwrap();
    // What is not taken must soon be noticed by who sends.
    socket.set_recv_buffer_size(4_096).unwrap();
    socket.connect(address).await.unwrap()
}

/// Whether a server still has that connection open. What it says to a client that takes nothing never arrives, the end
/// of the connection neither: so its own side is looked at.
fn is_served(server: SocketAddr, client: SocketAddr) -> bool {
    let hex = |address: SocketAddr| match address {
        SocketAddr::V4(address) => {
            format!("{:08X}:{:04X}", u32::from_le_bytes(address.ip().octets()), address.port())
        }
        SocketAddr::V6(_) => unreachable!("connections of tests are by IPv4"),
    };
    let established = format!("{} {} 01 ", hex(server), hex(client));
    std::fs::read_to_string("/proc/net/tcp").unwrap().contains(&established)
}

#[tokio::test]
async fn a_body_that_drips_is_cut() {
    let kea = kea();
    let nestor = Nestor::before(&kea);
    let head = |path: &str, kind: &str| {
        format!("POST {path} HTTP/1.1\r\nhost: 127.0.0.1\r\ncontent-type: {kind}\r\ncontent-length: 5000\r\n\r\n")
    };
    let drip = async |url: &str, head: String| {
        let mut stream = connect(url).await;
        stream.write_all(head.as_bytes()).await.unwrap();
        let begun = Instant::now();
        let (mut reading, mut writing) = stream.split();
        let mut answer = [0; 4_096];
        let dripping = async {
            while writing.write_all(b"a").await.is_ok() {
                tokio::time::sleep(Duration::from_millis(500)).await;
            }
            std::future::pending::<()>().await;
        };
        let count = tokio::select! {
            count = reading.read(&mut answer) => count.unwrap_or_default(),
            () = dripping => 0,
        };
        (begun.elapsed(), String::from_utf8_lossy(&answer[..count]).into_owned())
    };
    let form = "application/x-www-form-urlencoded";
    let (console, foreman) =
        tokio::join!(drip(&nestor.console, head("/login", form)), drip(&nestor.foreman, head("/dhcp/192.0.2.0", form)));
    assert!(console.1.starts_with("HTTP/1.1 408") && console.0 < Duration::from_secs(45), "{console:?}");
    assert!(foreman.1.starts_with("HTTP/1.1 408") && foreman.0 < Duration::from_secs(45), "{foreman:?}");
}

#[tokio::test]
async fn who_never_reads_is_cut() {
    const REQUESTS: usize = 20_000;
    let kea = kea();
    let nestor = Nestor::before(&kea);
    let never_reads = async |url: &str, path: &str| {
        let mut stream = connect(url).await;
        let request = format!("GET {path} HTTP/1.1\r\nhost: 127.0.0.1\r\naccept: */*\r\n\r\n");
        let asking = async {
            for _ in 0..REQUESTS {
                stream.write_all(request.as_bytes()).await.unwrap();
            }
        };
        // Sooner or later nothing more is taken of what we ask either.
        drop(tokio::time::timeout(Duration::from_secs(10), asking).await);
        // Nothing is read, so there is no other reason to end the connection; how soon a busy machine comes to that point
        // is not what counts.
        let (server, client) = (stream.peer_addr().unwrap(), stream.local_addr().unwrap());
        let end = Instant::now() + Duration::from_secs(150);
        while is_served(server, client) {
            assert!(Instant::now() < end, "{url} goes on waiting");
            tokio::time::sleep(Duration::from_millis(500)).await;
        }
    };
    tokio::join!(never_reads(&nestor.console, "/healthz"), never_reads(&nestor.foreman, "/features"));
}

#[tokio::test]
async fn a_session_listens_with_so_many_pages_and_others_with_theirs() {
    let kea = kea();
    let nestor = Nestor::before(&kea);
    let (viewer, admin) = (nestor.sign_in("viewer").await, nestor.sign_in("admin").await);
    let mut streams = Vec::new();
    for _ in 0..16 {
        let stream = nestor.get("/events", &viewer).await;
        assert_eq!(stream.status(), 200);
        streams.push(stream);
    }
    let refused = nestor.get("/events", &viewer).await;
    assert!(refused.status() == 429 && refused.headers().contains_key("retry-after"), "{refused:?}");
    assert_eq!(nestor.get("/events", &admin).await.status(), 200);
    streams.clear();
    let end = Instant::now() + Duration::from_secs(10);
    while nestor.get("/events", &viewer).await.status() != 200 {
        assert!(Instant::now() < end, "places come back");
        tokio::time::sleep(Duration::from_millis(200)).await;
    }
}

#[tokio::test]
async fn no_caller_holds_everything() {
    let subnet = json!({ "id": 1, "subnet": "10.0.0.0/16", "pools": [{ "pool": "10.0.1.0-10.0.9.255" }] });
    let kea = Kea::start(json!({ "subnet4": [subnet] }));
    let nestor = Nestor::before(&kea);
    let (operator, admin) = (nestor.sign_in("operator").await, nestor.sign_in("admin").await);
    let subnet = json!({ "server": "kea", "id": 1 });
    let suggest = json!({ "subnet": subnet, "range": null, "client": null });
    for count in 0..256 {
        let (status, answer) = nestor.call("/api/reservations/suggest", &suggest, &operator).await;
        assert_eq!(status, 200, "{count}: {answer}");
    }
    let (status, answer) = nestor.call("/api/reservations/suggest", &suggest, &operator).await;
    assert!(status == 409 && answer["text"].as_str().unwrap().contains("256"), "{answer}");
    assert_eq!(nestor.call("/api/reservations/suggest", &suggest, &admin).await.0, 200);
    let all = json!({ "subnet": subnet });
    nestor.call("/api/holds/release-all", &all, &operator).await;
    assert_eq!(nestor.call("/api/reservations/suggest", &suggest, &operator).await.0, 200);
}

/// What others may write decides nothing: neither passwords, nor certificates, nor what is remembered.
#[test]
fn what_every_user_may_write_is_refused() {
    use std::os::unix::fs::PermissionsExt;
    let open = |file: &std::path::Path, mode| {
        std::fs::set_permissions(file, std::fs::Permissions::from_mode(mode)).unwrap();
    };
    let folder = TempDir::new().unwrap();
    let (data, password, config) =
        (folder.path().join("data"), folder.path().join("password"), folder.path().join("nestor.toml"));
    std::fs::create_dir(&data).unwrap();
    std::fs::write(&password, "secret\n").unwrap();
    std::fs::write(&config, "[log]\nfilter = 'info'\n").unwrap();
    let words = ["serve", "--data-dir", path(&data), "--config", path(&config), "--kea", "http://127.0.0.1:1/"];
    let words = [&words[..], &["--kea-user", "u", "--kea-password-file", path(&password)]].concat();
    // It ends with a fault in any case, so that nothing is served: this machine has no such address.
    let words = [&words[..], &["--listen", "192.0.2.1:1"]].concat();
    for (file, closed) in [(&password, 0o644), (&config, 0o644), (&data, 0o755)] {
        open(file, closed | 0o002);
        let output = run(&words, "");
        let said = String::from_utf8(output.stderr).unwrap();
        assert_eq!(output.status.code(), Some(2), "{said}");
        assert!(said.contains(path(file)) && said.contains("chmod o-w"), "{}: {said}", file.display());
        assert!(!said.contains("secret\n"), "{said}");
        open(file, closed);
    }
}

#[tokio::test]
async fn edits_of_many_subnets_fit_into_a_call_and_nothing_else_is_that_large() {
    let kea = kea();
    let nestor = Nestor::before(&kea);
    let cookie = nestor.sign_in("operator").await;
    let large = "x".repeat(300 << 10);
    let edits = json!([{ "op": "set", "path": "user-context", "value": json!({ "note": large }).to_string() }]);
    let (status, answer) = nestor.call("/api/config/plan", &json!({ "server": "kea", "edits": edits }), &cookie).await;
    assert_eq!(status, 200, "{answer}");
    let (status, answer) = nestor.call("/api/search", &json!({ "text": large }), &cookie).await;
    assert!(status == 413 && answer["text"].as_str().unwrap().contains("more than 256 KiB"), "{status} {answer}");
}
