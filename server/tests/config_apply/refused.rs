//! What is refused, early or late: all is as it was, and clients are served.

use std::net::TcpListener;

use serde_json::{Value, json};

use super::bench::Bench;
use super::killed::serve;
use super::{edit, subnet4};
use crate::support::{Kea, lay_accounts};

/// Tries edits that end in a refusal; what was said of it.
fn refused(bench: &Bench, edits: &Value, more: &[&str]) -> String {
    let (running, hash) = (bench.running(), bench.hash());
    let (code, said, error) = bench.apply(edits, more);
    assert_eq!((code, said.as_str()), (1, ""), "{edits}: {error}");
    assert_eq!(bench.running(), running, "{edits}: {error}");
    assert_eq!(bench.hash(), hash);
    assert!(bench.serves(), "{edits}: {error}");
    error
}

#[test]
fn what_the_rules_or_kea_refuse_changes_nothing() {
    let bench = Bench::before(Kea::start(subnet4()));
    let outside = edit("add", "subnet4[id=1].pools", json!({ "pool": "203.0.113.1-203.0.113.9" }));
    assert!(refused(&bench, &json!([outside]), &[]).contains("not inside"));
    let broken = edit("add", "client-classes", json!({ "name": "broken", "test": "substring(option[60].hex,0" }));
    assert!(refused(&bench, &json!([broken]), &[]).contains("client-classes[name=broken]"));
    // Only Kea itself knows this.
    let unknown = edit("add", "client-classes", json!({ "name": "unknown", "test": "option[no-such-option].exists" }));
    assert!(refused(&bench, &json!([unknown]), &[]).contains("no-such-option"));
}

#[test]
fn what_kea_refuses_late_is_taken_back() {
    let bench = Bench::before(Kea::start(subnet4()));
    let hook = edit("add", "hooks-libraries", json!({ "library": "libdhcp_no_such.so" }));
    let database = json!({ "type": "postgresql", "name": "nowhere", "user": "nobody", "host": "127.0.0.1", "port": 1 });
    let database = edit("add", "hosts-databases", database);
    let its_hook = edit("add", "hooks-libraries", json!({ "library": "libdhcp_pgsql.so" }));
    let taken = TcpListener::bind("127.0.0.1:0").unwrap();
    let port = taken.local_addr().unwrap().port();
    let socket = json!({ "socket-type": "http", "socket-address": "127.0.0.1", "socket-port": port,
        "authentication": { "type": "basic", "clients": [{ "user": "x", "password": "y" }] } });
    let socket = edit("add", "control-sockets", socket);
    for late in [json!([hook]), json!([its_hook, database]), json!([socket])] {
        let error = refused(&bench, &late, &["--yes-dangerous"]);
        assert!(error.contains("refused"), "{error}");
    }
    // It is not what was tried that stands in the way of the next one.
    let (code, said, error) = bench.apply(&json!([edit("set", "valid-lifetime", json!(1234))]), &[]);
    assert_eq!(code, 0, "{said}{error}");
    bench.saves_what_it_runs();
}

#[test]
fn dangerous_parts_need_a_word_more_and_our_own_door_stays() {
    let bench = Bench::before(Kea::start(subnet4()));
    let logger = json!([{ "output": "/tmp/nestor-never.log" }]);
    let logger = edit("add", "loggers", json!({ "name": "kea-dhcp4", "severity": "INFO", "output-options": logger }));
    let error = refused(&bench, &json!([logger]), &[]);
    assert!(error.contains("This may harm the host of the server.") && error.contains("--yes-dangerous"), "{error}");
    assert!(error.contains("It may write files on the server’s host."), "{error}");
    let door = edit("remove", "control-sockets[socket-type=http]", None);
    let error = refused(&bench, &json!([door]), &["--yes-dangerous"]);
    assert!(error.contains("would be locked out"), "{error}");
}

#[test]
fn a_way_in_may_go_once_nestor_comes_in_by_another() {
    let mut bench = Bench::before(Kea::start(subnet4()));
    let user = json!([{ "user": bench.kea.user(), "password": bench.kea.password() }]);
    // Another program may take a port between the moment that it is found free and the moment that Kea binds it.
    let add = || {
        let port = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
        let door = json!({ "socket-type": "http", "socket-address": "127.0.0.1", "socket-port": port,
            "authentication": { "type": "basic", "realm": "lab", "clients": user } });
        let (code, ..) = bench.apply(&json!([edit("add", "control-sockets", door)]), &["--yes-dangerous"]);
        (code == 0).then_some(port)
    };
    let port = (0..5).find_map(|_| add()).unwrap();
    let sockets = |bench: &Bench| bench.running()["Dhcp4"]["control-sockets"].as_array().unwrap().clone();
    let old = sockets(&bench).iter().position(|socket| socket["socket-port"] == bench.kea.port()).unwrap();
    assert_eq!(sockets(&bench).len(), 3);
    let gone = json!([edit("remove", &format!("control-sockets[{old}]"), None)]);
    let error = refused(&bench, &gone, &["--yes-dangerous"]);
    assert!(error.contains("would be locked out"), "{error}");
    bench.url = format!("http://127.0.0.1:{port}/");
    let (code, said, error) = bench.apply(&gone, &["--yes-dangerous"]);
    assert_eq!(code, 0, "{said}{error}");
    assert!(sockets(&bench).len() == 2 && sockets(&bench).iter().all(|one| one["socket-port"] != bench.kea.port()));
    bench.saves_what_it_runs();
}

#[test]
fn what_runs_and_cannot_be_saved_is_said_so() {
    let bench = Bench::before(Kea::start(subnet4()));
    let (file, aside) = (bench.kea.config_path(), bench.kea.folder().join("aside"));
    std::fs::rename(&file, &aside).unwrap();
    std::fs::create_dir(&file).unwrap();
    let (code, _, error) = bench.apply(&json!([edit("set", "valid-lifetime", json!(1234))]), &[]);
    assert_eq!(code, 3, "{error}");
    assert!(error.contains("The change works, but “kea” could not save it."), "{error}");
    assert_eq!(bench.running()["Dhcp4"]["valid-lifetime"], 1234);
    std::fs::remove_dir(&file).unwrap();
    std::fs::rename(&aside, &file).unwrap();
    // It is so already, and that is saved now.
    let (code, said, error) = bench.apply(&json!([edit("set", "valid-lifetime", json!(1234))]), &[]);
    assert_eq!((code, said.as_str()), (0, "It is so already, and is saved now.\n"), "{error}");
    bench.saves_what_it_runs();
}

/// What may harm the host is not done by whoever may undo, without a password.
#[tokio::test]
async fn what_is_dangerous_is_neither_undone_nor_made_again_by_a_click() {
    let bench = Bench::before(Kea::start(subnet4()));
    lay_accounts(bench.data.path());
    let logger = json!({ "name": "kea-dhcp4.leases", "severity": "INFO", "output-options": [{ "output": "stderr" }] });
    let (code, said, error) = bench.apply(&json!([edit("add", "loggers", logger)]), &["--yes-dangerous"]);
    assert_eq!(code, 0, "{said}{error}");
    let nestor = serve(&bench);
    let running = bench.running();
    for role in ["operator", "admin"] {
        let cookie = nestor.sign_in(role).await;
        for (path, arguments) in [
            ("/api/changes/undo", json!({ "number": 1 })),
            ("/api/changes/restore", json!({ "number": 1, "version": "before" })),
        ] {
            let (status, answer) = nestor.call(path, &arguments, &cookie).await;
            let expected = if role == "admin" { (422, "dangerous") } else { (403, "forbidden") };
            assert_eq!((status, answer["kind"].as_str().unwrap()), expected, "{answer}");
        }
    }
    assert_eq!(bench.running(), running);
}
