//! A client that one server has reserved twice, in its configuration and in its host database, with different data: what
//! is done to one copy, undone or restored leaves the other as it is. On a real Kea with a real `PostgreSQL`.

use std::sync::Arc;

use crate::host_database::with_database;
use crate::postgres::Cluster;
use crate::support::api_client::{Answer, ApiClient};
use crate::support::{Kea, Nestor};
use serde_json::{Value, json};

const MAC: &str = "02:00:00:00:00:77";

/// What Kea calls its two places, in our order: the configuration, the database.
const PLACES: [&str; 2] = ["memory", "database"];

/// A Kea with duplicates, and Nestor before it.
struct Site {
    kea: Kea,
    _nestor: Nestor,
    api: ApiClient,
    /// The copies as the console shows them.
    seen: [Value; 2],
    _cluster: Arc<Cluster>,
}

impl Site {
    async fn start(database: &str) -> Self {
        let cluster = Cluster::shared();
        let kea = Kea::start(with_database(&cluster, database));
        let nestor = Nestor::before(&kea);
        let api = ApiClient::of(&nestor, &nestor.sign_in("operator").await);
        let mut site = Self { kea, _nestor: nestor, api, seen: [Value::Null, Value::Null], _cluster: cluster };
        // The console shows the copy in the configuration as soon as there is one.
        site.put("database", "192.0.2.60", "base");
        site.seen[1] = site.get().await;
        site.put("memory", "192.0.2.50", "file");
        site.seen[0] = site.get().await;
        assert_eq!((&site.seen[0]["storage"], &site.seen[1]["storage"]), (&json!("configuration"), &json!("database")));
        site
    }

    /// Makes a copy past Nestor, with something in it that Nestor has no words for.
    fn put(&self, place: &str, address: &str, name: &str) {
        let reservation = json!({
            "subnet-id": 1, "hw-address": MAC, "ip-address": address, "hostname": name,
            "option-data": [{ "name": "routers", "data": "192.0.2.1", "never-send": true }],
            "user-context": { "comment": name, "deep": { "of": [name, null] } },
        });
        let made =
            self.kea.command("reservation-add", &json!({ "reservation": reservation, "operation-target": place }));
        assert_eq!(made["result"], 0, "{made}");
    }

    /// Both copies in Kea's own words; null: there is none.
    fn held(&self) -> [Value; 2] {
        PLACES.map(|place| {
            let key = json!({
                "subnet-id": 1, "identifier-type": "hw-address", "identifier": MAC, "operation-target": place,
            });
            self.kea.command("reservation-get", &key)["arguments"].clone()
        })
    }

    /// The copy that counts, as the console shows it.
    async fn get(&self) -> Value {
        let key =
            json!({ "subnet": { "server": "kea", "id": 1 }, "identifier": { "kind": "hw-address", "value": MAC } });
        self.api.ask("/api/reservations/get", &json!({ "key": key })).await
    }

    /// Deletes the copy in that place; gives the number of the change.
    async fn delete(&self, at: usize) -> Value {
        self.api.ask("/api/reservations/delete", &json!({ "seen": self.seen[at] })).await["change"].clone()
    }

    /// Gives a copy another name; gives what was made of it.
    async fn rename(&self, seen: &Value, name: &str) -> Value {
        let mut new = seen.clone();
        new["host_name"] = json!(name);
        self.api.ask("/api/reservations/update", &json!({ "seen": seen, "new": new })).await
    }

    async fn undo(&self, number: &Value) {
        self.api.ask("/api/changes/undo", &json!({ "number": number })).await;
    }

    async fn restore(&self, number: &Value, version: &str) {
        self.api.ask("/api/changes/restore", &json!({ "number": number, "version": version })).await;
    }

    /// After a restart of Kea both copies are still so.
    fn lasts(&mut self, held: &[Value; 2]) {
        assert_eq!(self.held(), *held);
        self.kea.restart();
        assert_eq!(self.held(), *held, "and it lasts");
    }
}

/// The two copies with the one in that place changed.
fn with(held: &[Value; 2], at: usize, copy: Value) -> [Value; 2] {
    let mut held = held.clone();
    held[at] = copy;
    held
}

#[tokio::test]
async fn a_copy_that_was_deleted_comes_back_beside_the_other() {
    let mut site = Site::start("deleted").await;
    let both = site.held();
    for at in [0, 1] {
        let deleted = site.delete(at).await;
        assert_eq!(site.held(), with(&both, at, Value::Null), "the other stays");
        site.undo(&deleted).await;
        assert_eq!(site.held(), both, "undone");
        let deleted = site.delete(at).await;
        site.restore(&deleted, "before").await;
        assert_eq!(site.held(), both, "restored");
    }
    site.lasts(&both);
}

#[tokio::test]
async fn an_older_version_of_a_copy_leaves_the_other_alone() {
    let mut site = Site::start("older").await;
    let both = site.held();
    for at in [0, 1] {
        let first = site.rename(&site.seen[at], "one").await;
        let one = site.held();
        let second = site.rename(&first["reservation"], "two").await;
        let two = site.held();
        for held in [&one, &two] {
            assert_eq!(held[1 - at], both[1 - at], "a change of one is no change of the other");
        }
        assert_eq!((&one[at]["hostname"], &two[at]["hostname"]), (&json!("one"), &json!("two")));

        site.restore(&first["change"], "before").await;
        assert_eq!(site.held(), both);
        site.restore(&second["change"], "after").await;
        assert_eq!(site.held(), two);
        site.restore(&first["change"], "after").await;
        assert_eq!(site.held(), one);
        let stale = site.api.call("/api/changes/undo", &json!({ "number": second["change"] })).await;
        assert!(matches!(stale, Answer::Refused(_)), "it is not as the second change left it: {stale:?}");
        site.restore(&first["change"], "before").await;
        assert_eq!(site.held(), both);
    }
    site.lasts(&both);
}

#[tokio::test]
async fn a_copy_is_never_put_onto_the_other() {
    let site = Site::start("onto").await;
    let both = site.held();
    for (at, to) in [(0, "database"), (1, "configuration")] {
        let move_it = json!({ "seen": site.seen[at], "to": to });
        let refused = site.api.call("/api/reservations/move", &move_it).await;
        assert!(matches!(&refused, Answer::Refused(why) if why.contains("delete one of the two")), "{refused:?}");
        assert_eq!(site.held(), both);
    }
    // It moved while there was no other; one was made since, and the way back is closed.
    let deleted = site.delete(1).await;
    let moved = site.api.ask("/api/reservations/move", &json!({ "seen": site.seen[0], "to": "database" })).await;
    assert_eq!(site.held(), [Value::Null, both[0].clone()]);
    site.put("memory", "192.0.2.61", "third");
    let now = site.held();
    for (path, arguments) in [
        ("/api/changes/undo", json!({ "number": moved["change"] })),
        ("/api/changes/restore", json!({ "number": moved["change"], "version": "before" })),
        ("/api/changes/undo", json!({ "number": deleted })),
    ] {
        let refused = site.api.call(path, &arguments).await;
        assert!(matches!(refused, Answer::Refused(_)), "{path} {arguments}: {refused:?}");
        assert_eq!(site.held(), now);
    }
}
