//! A dry run changes nothing, whatever is called, and a mark that is misspelt is no reason to change something.

use std::collections::BTreeSet;

use app::api::FUNCTIONS;
use serde_json::{Value, json};

use crate::support::{Kea, Nestor, kea};

const MAC: &str = "02:00:00:00:00:31";
const OTHER: &str = "02:00:00:00:00:32";

/// How the mark of a dry run is not spelt.
const MISSPELT: [&str; 14] = [
    "dry_run=yes",
    "dry_run=0",
    "dry_run=false",
    "dry_run=TRUE",
    "dryrun",
    "dry-run",
    "dryRun",
    "DRY_RUN",
    "dry_run=1&x=1",
    "x",
    "dry_run&dry_run",
    "dry%5Frun",
    "dry_run=on",
    "dry_run;",
];

struct Site {
    kea: Kea,
    nestor: Nestor,
    cookie: String,
}

impl Site {
    async fn call(&self, path: &str, arguments: &Value) -> (u16, Value) {
        self.nestor.call(path, arguments, &self.cookie).await
    }

    async fn done(&self, path: &str, arguments: &Value) -> Value {
        self.nestor.done(path, arguments, &self.cookie).await
    }

    /// All that a change could have changed: what Kea runs and has saved, and what Nestor remembers.
    async fn everything(&self) -> String {
        let running = self.kea.command("config-get", &json!({}));
        let saved = std::fs::read_to_string(self.kea.config_path()).unwrap();
        let query = json!({ "query": { "filter": "all", "text": "" } });
        let changes = self.done("/api/changes/list", &query).await;
        let exclusions = self.done("/api/exclusions/list", &json!({ "subnet": null })).await;
        let holds = self.done("/api/holds/list", &json!({})).await;
        json!([running["arguments"]["Dhcp4"], saved, changes["changes"], exclusions, holds]).to_string()
    }
}

fn subnet() -> Value {
    json!({ "server": "kea", "id": 1 })
}

fn new(mac: &str, address: &str, name: &str) -> Value {
    let identifier = json!({ "kind": "hw-address", "value": mac });
    json!({
        "subnet": subnet(), "identifier": identifier, "address": address, "host_name": name, "next_server": null,
        "server_host_name": null, "boot_file_name": null, "note": null, "record_name": null,
    })
}

#[tokio::test]
async fn nothing_that_changes_something_does_so_in_a_dry_run() {
    let kea = kea();
    let nestor = Nestor::before(&kea);
    let cookie = nestor.sign_in("operator").await;
    let site = Site { kea, nestor, cookie };

    // Something to change, to undo and to release for every function.
    let made = site.done("/api/reservations/create", &json!({ "new": new(MAC, "192.0.2.51", "first") })).await;
    let seen = made["reservation"].clone();
    let table = format!("subnet,mac,address\n192.0.2.0/24,{OTHER},192.0.2.52\n");
    let applied = site.done("/api/table/apply", &json!({ "text": table, "subnet": null })).await;
    site.done(
        "/api/exclusions/add",
        &json!({ "subnet": subnet(), "range": ["192.0.2.60", "192.0.2.61"], "reason": "x" }),
    )
    .await;
    let given =
        site.done("/api/reservations/suggest", &json!({ "subnet": subnet(), "range": null, "client": null })).await;
    let hold = json!({ "subnet": subnet(), "address": given["address"] });
    let number = &made["change"];
    let row = "subnet,mac,address\n192.0.2.0/24,02:00:00:00:00:33,192.0.2.53\n";

    let changed = new(MAC, "192.0.2.51", "renamed");
    let fresh = new("02:00:00:00:00:34", "192.0.2.54", "fresh");
    let mut next = fresh.clone();
    next["address"] = Value::Null;
    let all = [
        ("/api/changes/give-up", json!({ "number": number })),
        ("/api/changes/restore", json!({ "number": number, "version": "after" })),
        ("/api/changes/settle", json!({ "number": number })),
        ("/api/changes/take-back", json!({ "number": number })),
        ("/api/changes/undo", json!({ "number": number })),
        ("/api/changes/undo-batch", json!({ "batch": applied["batch"] })),
        (
            "/api/config/apply",
            json!({ "server": "kea", "request": { "edits": r#"[{"op":"unset","path":"renew-timer"}]"# } }),
        ),
        ("/api/config/confirm", json!({ "server": "kea" })),
        ("/api/config/reload", json!({ "server": "kea" })),
        ("/api/config/seen", json!({ "server": "kea", "number": 1 })),
        ("/api/exclusions/add", json!({ "subnet": subnet(), "range": ["192.0.2.70", "192.0.2.71"], "reason": "x" })),
        ("/api/exclusions/remove", json!({ "subnet": subnet(), "range": ["192.0.2.60", "192.0.2.61"] })),
        ("/api/holds/release", json!({ "hold": hold })),
        ("/api/holds/release-all", json!({ "subnet": null })),
        ("/api/reservations/create", json!({ "new": fresh })),
        ("/api/reservations/delete", json!({ "seen": seen })),
        ("/api/reservations/move", json!({ "seen": seen, "to": "database" })),
        ("/api/reservations/move-all", json!({ "subnet": subnet(), "to": "configuration" })),
        ("/api/reservations/reserve", json!({ "wanted": { "new": next } })),
        ("/api/reservations/suggest", json!({ "subnet": subnet(), "range": null, "client": null })),
        ("/api/reservations/update", json!({ "seen": seen, "new": changed })),
        (
            "/api/servers/align",
            json!({ "from": subnet(), "to": subnet(), "identifier": { "kind": "hw-address", "value": MAC } }),
        ),
        ("/api/servers/put-back", json!({ "server": "kea", "numbers": [number] })),
        ("/api/servers/repair", json!({ "server": "kea" })),
        ("/api/servers/save", json!({ "server": "kea" })),
        ("/api/servers/show-again", json!({ "server": "kea", "finding": "x" })),
        (
            "/api/servers/silence",
            json!({ "server": "kea", "findings": [{ "finding": "x", "text": "x" }], "reason": "known" }),
        ),
        ("/api/subnets/label", json!({ "subnet": subnet(), "seen": {}, "wanted": { "name": "x" } })),
        ("/api/table/apply", json!({ "text": row, "subnet": null })),
    ];
    let tried: BTreeSet<&str> = all.iter().map(|(path, _)| *path).collect();
    let mutating: BTreeSet<&str> =
        FUNCTIONS.iter().filter(|function| function.mutating).map(|function| function.path).collect();
    assert_eq!(tried, mutating, "every function that changes something is tried here");

    let before = site.everything().await;
    for (path, arguments) in &all {
        let (status, answer) = site.call(&format!("{path}?dry_run"), arguments).await;
        // Refused, because it cannot be tried out or because of what stands against it; or tried out.
        assert!([200, 404, 409, 422, 502].contains(&status), "{path}: {status} {answer}");
        assert_ne!(answer["kind"], "internal", "{path}: {answer}");
        assert_eq!(before, site.everything().await, "{path}?dry_run answered {status} {answer}");
        for mark in MISSPELT {
            let (status, answer) = site.call(&format!("{path}?{mark}"), arguments).await;
            assert_eq!((status, &answer["kind"]), (422, &json!("invalid")), "{path}?{mark}: {answer}");
        }
        assert_eq!(before, site.everything().await, "{path} with a misspelt mark");
    }

    // And without the mark they all would have done something, as far as there is something to do.
    let (status, answer) = site.call("/api/table/apply?dry_run=1", &json!({ "text": row, "subnet": null })).await;
    assert_eq!((status, &answer["rows"][0]["verdict"]), (200, &json!("new")), "{answer}");
    site.done("/api/changes/undo-batch", &json!({ "batch": applied["batch"] })).await;
    assert_ne!(before, site.everything().await);
}
