//! The name and comment of a subnet, changed in the console, before a real pair.

use std::time::{Duration, Instant};

use serde_json::{Value, json};
use tempfile::TempDir;

use crate::support::{Kea, Nestor, lay_accounts, path};

/// A pair of which each calls the one subnet `old` in another member, and Nestor before it.
struct Site {
    keas: [Kea; 2],
    nestor: Nestor,
    cookie: String,
    folder: TempDir,
}

fn subnet(server: &str) -> Value {
    json!({ "server": server, "id": 1 })
}

fn labels(name: &str, comment: Option<&str>) -> Value {
    json!({ "name": name, "comment": comment })
}

/// What a server holds beside the subnet, now and on its disk.
fn contexts(kea: &Kea) -> [Value; 2] {
    let running = kea.command("config-get", &json!({}))["arguments"].clone();
    let saved: Value = serde_json::from_slice(&std::fs::read(kea.config_path()).unwrap()).unwrap();
    [running, saved].map(|config| config["Dhcp4"]["subnet4"][0]["user-context"].clone())
}

fn both(context: &Value) -> [Value; 2] {
    [context.clone(), context.clone()]
}

impl Site {
    async fn start() -> Self {
        let keas = Kea::start_pair(&json!({ "subnet4": [{ "id": 1, "subnet": "192.0.2.0/24" }] }));
        for (kea, context) in keas.iter().zip([json!({ "name": "old", "rack": 1 }), json!({ "description": "old" })]) {
            let delta = json!({ "subnet4": [{ "id": 1, "subnet": "192.0.2.0/24", "user-context": context }] });
            assert_eq!(kea.command("subnet4-delta-add", &delta)["result"], 0);
            assert_eq!(kea.command("config-write", &json!({}))["result"], 0);
        }
        let folder = TempDir::new().unwrap();
        lay_accounts(folder.path());
        let nestor = launch(&folder, &keas);
        let cookie = nestor.sign_in("operator").await;
        Self { keas, nestor, cookie, folder }
    }

    async fn call(&self, path: &str, arguments: &Value) -> (u16, Value) {
        self.nestor.call(path, arguments, &self.cookie).await
    }

    async fn label(&self, seen: &Value, wanted: &Value) -> (u16, Value) {
        self.call("/api/subnets/label", &json!({ "subnet": subnet("kea"), "seen": seen, "wanted": wanted })).await
    }

    async fn changes(&self, query: Value) -> Vec<Value> {
        let mut whole = json!({ "filter": "all", "text": "" });
        whole.as_object_mut().unwrap().append(&mut query.as_object().unwrap().clone());
        let (status, page) = self.call("/api/changes/list", &json!({ "query": whole })).await;
        assert_eq!(status, 200, "{page}");
        page["changes"].as_array().unwrap().clone()
    }

    /// The text of a page.
    async fn page(&self, at: &str) -> String {
        self.nestor.get(at, &self.cookie).await.text().await.unwrap()
    }
}

fn launch(folder: &TempDir, keas: &[Kea; 2]) -> Nestor {
    let section = |(name, kea): (&str, &Kea)| {
        let password = folder.path().join(format!("{name}.password"));
        std::fs::write(&password, kea.password()).unwrap();
        let (url, user) = (kea.url(), kea.user());
        format!("[[kea]]\nname = {name:?}\nurl = {url:?}\nuser = {user:?}\npassword_file = {:?}\n", path(&password))
    };
    let config: String = ["kea", "other"].into_iter().zip(keas).map(section).collect();
    let file = folder.path().join("nestor.toml");
    std::fs::write(&file, config).unwrap();
    Nestor::launch(folder.path(), &["--config", path(&file)])
}

#[tokio::test(flavor = "multi_thread")]
async fn a_name_is_changed_shown_recorded_and_taken_back_on_a_pair() {
    let site = Site::start().await;
    let (old, new) = (labels("old", None), labels("Laboratory", Some("second floor")));
    let (status, applied) = site.label(&old, &new).await;
    assert_eq!((status, &applied["peers"][0]["state"]), (200, &json!("done")), "{applied}");
    let expected = json!({ "name": "Laboratory", "rack": 1, "comment": "second floor" });
    assert_eq!(contexts(&site.keas[0]), both(&expected));
    let expected = json!({ "description": "Laboratory", "comment": "second floor" });
    assert_eq!(contexts(&site.keas[1]), both(&expected), "in its own member, and without what is the other's");

    // Shown at once, found, and recorded.
    let page = site.page("/networks/kea/1").await;
    for text in ["Laboratory", "second floor"] {
        assert!(page.contains(text), "{text}");
    }
    let (_, found) = site.call("/api/search", &json!({ "text": "second fl" })).await;
    assert_eq!(found["subnets"].as_array().unwrap().len(), 1, "{found}");
    let history = site.changes(json!({ "element": { "subnet": subnet("kea") } })).await;
    assert_eq!(history.len(), 1);
    let seen = [&history[0]["labels_before"], &history[0]["labels_after"], &history[0]["key"], &history[0]["state"]];
    assert_eq!(seen, [&old, &new, &Value::Null, &json!("done")]);
    assert_eq!(site.changes(json!({ "filter": "config" })).await.len(), 2, "with its repetition on the partner");
    assert_eq!(site.changes(json!({ "text": "LABORATORY" })).await.len(), 2);
    let page = site.page("/changes?filter=config").await;
    assert!(page.contains("Name kea/1") && page.contains("Laboratory"), "{page}");

    // What was seen is not so any more.
    let (status, problem) = site.label(&old, &labels("third", None)).await;
    assert_eq!((status, &problem["kind"]), (409, &json!("stale")), "{problem}");
    let (status, problem) = site.label(&new, &labels("two\nlines", None)).await;
    assert_eq!((status, &problem["fields"][0]["field"]), (422, &json!("name")), "{problem}");

    let (status, undone) = site.call("/api/changes/undo", &json!({ "number": applied["change"] })).await;
    assert_eq!(status, 200, "{undone}");
    assert_eq!(contexts(&site.keas[0]), both(&json!({ "name": "old", "rack": 1 })));
    assert_eq!(contexts(&site.keas[1]), both(&json!({ "description": "old" })));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_partner_that_was_away_calls_it_the_same_when_it_is_back() {
    let mut site = Site::start().await;
    let (old, new) = (labels("old", None), labels("Laboratory", None));
    site.keas[1].kill9();
    let (status, applied) = site.label(&old, &new).await;
    assert_eq!((status, &applied["peers"][0]["state"]), (200, &json!("pending")), "{applied}");
    // Nestor ends suddenly, too.
    site.nestor.kill9();
    site.nestor = launch(&site.folder, &site.keas);
    site.cookie = site.nestor.sign_in("operator").await;
    site.keas[1].restart();
    let begun = Instant::now();
    while !site.changes(json!({ "filter": "unsettled" })).await.is_empty() {
        assert!(begun.elapsed() < Duration::from_secs(40), "{:?}", site.changes(json!({})).await);
        tokio::time::sleep(Duration::from_millis(200)).await;
    }
    assert_eq!(contexts(&site.keas[1]), both(&json!({ "description": "Laboratory" })));
    let made = site.changes(json!({ "element": { "subnet": subnet("other") } })).await;
    assert_eq!(made[0]["reason"], json!({ "code": "made-later" }), "{made:?}");
}

/// A server that was started from an older file.
#[tokio::test(flavor = "multi_thread")]
async fn a_name_that_a_server_lost_is_put_back() {
    let mut site = Site::start().await;
    let older = std::fs::read(site.keas[0].config_path()).unwrap();
    let (old, new) = (labels("old", None), labels("Laboratory", None));
    assert_eq!(site.label(&old, &new).await.0, 200);
    std::fs::write(site.keas[0].config_path(), older).unwrap();
    site.keas[0].restart();
    let lost = json!({ "server": "kea" });
    let begun = Instant::now();
    let numbers = loop {
        let (status, changes) = site.call("/api/servers/lost", &lost).await;
        let numbers: Vec<_> = changes.as_array().into_iter().flatten().map(|change| change["number"].clone()).collect();
        if status == 200 && !numbers.is_empty() {
            break numbers;
        }
        assert!(begun.elapsed() < Duration::from_secs(40), "{status} {changes}");
        tokio::time::sleep(Duration::from_millis(200)).await;
    };
    let (status, done) = site.call("/api/servers/put-back", &json!({ "server": "kea", "numbers": numbers })).await;
    assert_eq!((status, &done["undone"]), (200, &json!(1)), "{done}");
    assert_eq!(contexts(&site.keas[0]), both(&json!({ "name": "Laboratory", "rack": 1 })));
}
