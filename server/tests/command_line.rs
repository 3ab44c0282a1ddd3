//! What operators meet before anything runs: one clear sentence, and exit codes that mean something.

use std::net::TcpListener;
use std::time::Duration;

use crate::support::{Kea, Nestor, add_accounts, kea, path, run, run_unread};
use serde_json::json;
use tempfile::TempDir;

fn refusal(words: &[&str]) -> String {
    let output = run(words, "");
    let text = String::from_utf8(output.stderr).unwrap();
    assert_eq!(output.status.code(), Some(2), "{words:?}: {text}");
    let sentences: Vec<&str> = text.lines().filter(|line| line.starts_with("nestor: ")).collect();
    assert_eq!(sentences.len(), 1, "{words:?}: {text}");
    sentences[0].to_owned()
}

#[test]
fn what_cannot_work_is_refused_with_one_sentence() {
    let folder = TempDir::new().unwrap();
    let data = path(folder.path());
    let taken = TcpListener::bind("127.0.0.1:0").unwrap();
    let taken = taken.local_addr().unwrap().to_string();
    let file = folder.path().join("nestor.toml");
    std::fs::write(&file, "data_dir = 'd'\n\nlisten = 3").unwrap();
    let serve = |more: &[&str]| refusal(&[&["serve", "--data-dir", data][..], more].concat());
    assert!(serve(&["--no-such-flag"]).contains("--no-such-flag"));
    assert!(serve(&[]).contains("--kea"));
    assert!(serve(&["--kea", "ftp://x/"]).contains("http"));
    assert!(
        serve(&["--kea", "http://127.0.0.1:1/", "--kea-user", "u", "--kea-password-file", "/nowhere"])
            .contains("/nowhere")
    );
    assert!(serve(&["--kea", "http://127.0.0.1:1/", "--listen", &taken]).contains("another program"));
    assert!(serve(&["--kea", "http://127.0.0.1:1/", "--listen", "here"]).contains("here"));
    assert!(serve(&["--kea", "http://127.0.0.1:1/", "--blacklist-duration", "5"]).contains("5m"));
    assert!(refusal(&["serve", "--config", "/nowhere.toml"]).contains("/nowhere.toml"));
    assert!(refusal(&["serve", "--config", path(&file)]).contains("line 3"));
    assert!(
        refusal(&["user", "add", "a b", "--role", "admin", "--password-stdin", "--data-dir", data]).contains("name")
    );
    assert!(
        refusal(&["user", "add", "a", "--role", "king", "--password-stdin", "--data-dir", data]).contains("viewer")
    );
}

/// `nestor … | head` ends as it would have ended: each command that prints, on either output.
#[test]
fn nobody_reading_on_is_no_failure() {
    let folder = TempDir::new().unwrap();
    let data = path(folder.path());
    add_accounts(folder.path(), &[]);
    let backup = folder.path().join("backup.db");
    let kea = ["--data-dir", data, "--kea", "http://127.0.0.1:1/"];
    let lines: [&[&str]; 9] = [
        &["--help"],
        &["routes"],
        &["routes", "--json"],
        &["user", "list", "--data-dir", data],
        &["user", "disable", "viewer", "--data-dir", data],
        &["store", "check", "--data-dir", data],
        &["check", kea[0], kea[1], kea[2], kea[3]],
        &["store", "backup", path(&backup), "--data-dir", data],
        &["serve", "--no-such-flag"],
    ];
    for words in lines {
        let expected = if words[1..].contains(&"backup") { Some(0) } else { run(words, "").status.code() };
        assert_eq!(run_unread(words).code(), expected, "{words:?}");
    }
    assert!(backup.exists());
    let client = ["--subnet", "192.0.2.0/24", "--mac", "02:00:00:00:00:01"];
    let reserve = [&["reserve"][..], &client, &kea].concat();
    assert_eq!(run_unread(&reserve).code(), run(&reserve, "").status.code());
}

#[tokio::test]
async fn two_servers_do_not_share_a_data_folder() {
    let kea = kea();
    let nestor = Nestor::before(&kea);
    let said = refusal(&["serve", "--data-dir", path(&nestor.data), "--kea", &kea.url(), "--listen", "127.0.0.1:0"]);
    assert!(said.contains("another Nestor"), "{said}");
}

#[tokio::test]
async fn a_kea_that_is_away_is_reported_and_comes_back_by_itself() {
    let mut kea = kea();
    kea.kill9();
    let nestor = Nestor::before(&kea);
    let cookie = nestor.sign_in("viewer").await;
    let health = async || {
        let (status, overview) = nestor.call("/api/overview", &json!({}), &cookie).await;
        assert_eq!(status, 200, "{overview}");
        overview["servers"][0]["health"].as_str().unwrap().to_owned()
    };
    assert_eq!(health().await, "unreachable");
    let (status, problem) =
        nestor.call("/api/subnets/get", &json!({ "subnet": { "server": "kea", "id": 1 } }), &cookie).await;
    assert_eq!((status, problem["kind"].as_str()), (502, Some("unreachable")), "{problem}");
    assert!(!problem.to_string().contains(kea.password()));
    assert_eq!(nestor.foreman("GET", "/dhcp/192.0.2.0/unused_ip?", &[]).await.0, 503);

    kea.restart();
    for _ in 0..50 {
        if health().await == "serving" {
            assert_eq!(nestor.foreman("GET", "/dhcp", &[]).await.0, 200);
            return;
        }
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
    panic!("it did not come back");
}

#[tokio::test]
async fn check_explains_what_is_wrong() {
    let good = kea();
    let folder = TempDir::new().unwrap();
    std::fs::write(folder.path().join("password"), good.password()).unwrap();
    let check = |kea: &Kea| {
        let file = folder.path().join("nestor.toml");
        let text = format!(
            "data_dir = '{0}/data'\n[console]\nlisten = '127.0.0.1:0'\n[[kea]]\nname = 'main'\nurl = '{1}'\nuser = '{2}'\npassword_file = '{0}/password'\n",
            path(folder.path()),
            kea.url(),
            kea.user(),
        );
        std::fs::write(&file, text).unwrap();
        let output = run(&["check", "--config", path(&file)], "");
        (output.status.code(), String::from_utf8(output.stdout).unwrap())
    };
    let (code, said) = check(&good);
    assert_eq!(code, Some(0), "{said}");
    // Another Kea has another password.
    let (code, said) = check(&kea());
    assert_eq!(code, Some(1), "{said}");
    assert!(said.contains("user name and password"), "{said}");
    let mut dead = kea();
    dead.kill9();
    let (code, said) = check(&dead);
    assert!(code == Some(1) && said.contains("refused"), "{said}");
}

#[tokio::test]
async fn check_knows_the_nestor_that_runs() {
    let kea = kea();
    let nestor = Nestor::before(&kea);
    let password = nestor.data.join("kea.password");
    let (listen, proxy) = (&nestor.console["http://".len()..], &nestor.foreman["http://".len()..]);
    let check = |listen: &str, proxy: &str| {
        let words = ["check", "--data-dir", path(&nestor.data), "--kea", &kea.url(), "--kea-user", kea.user()];
        let more = ["--kea-password-file", path(&password), "--listen", listen, "--smart-proxy-listen", proxy];
        let output = run(&[&words[..], &more].concat(), "");
        (output.status.code(), String::from_utf8(output.stdout).unwrap())
    };
    let (code, said) = check(listen, proxy);
    assert_eq!((code, said.matches("is served by the Nestor").count()), (Some(0), 2), "{said}");
    let other = TcpListener::bind("127.0.0.1:0").unwrap();
    let (code, said) = check(listen, &other.local_addr().unwrap().to_string());
    assert!(
        code == Some(1) && said.contains("FAULT  smart_proxy.listen") && said.contains("another program"),
        "{said}"
    );
}

#[tokio::test]
async fn it_stops_on_a_signal_even_while_pages_listen() {
    let kea = kea();
    let mut nestor = Nestor::before(&kea);
    let cookie = nestor.sign_in("viewer").await;
    let stream = nestor.get("/events", &cookie).await;
    assert_eq!(stream.headers()["content-type"], "text/event-stream");
    assert_eq!(nestor.terminate(), Some(0));
}
