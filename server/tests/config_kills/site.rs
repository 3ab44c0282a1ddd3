//! One Kea or a pair, Nestor before them, and what must hold when both were started again.

use std::time::{Duration, Instant};

use serde_json::{Value, json};
use tempfile::TempDir;

use super::Work;
use crate::config_apply::bench::loads;
use crate::support::api_client::{Answer, ApiClient};
use crate::support::lab::Family;
use crate::support::rng::Rng;
use crate::support::{Kea, Nestor, dhcp_client, lay_accounts, path};

/// Within this time everything is decided again. A pair needs most of it to be in step.
const DECIDED_WITHIN: Duration = Duration::from_mins(1);

/// Within this time a client is served, once all programs run.
const SERVED_WITHIN: Duration = Duration::from_secs(10);

/// What of a change is there.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum There {
    All,
    Nothing,
    Half,
}

/// What was met on the way, for people.
#[derive(Default)]
struct Figures {
    made: usize,
    /// How often Kea left a file that it could not start from.
    torn: usize,
    /// How often an operator had to decide, by a button that the console showed.
    decided: usize,
    slowest: Duration,
}

pub(super) struct Site {
    keas: Vec<Kea>,
    /// What each Kea had in its file when all was well last.
    whole: Vec<Vec<u8>>,
    /// What each runs beside the parts that rounds change.
    rest: Vec<Value>,
    /// Whose file was put back since the last judgement.
    torn: Vec<bool>,
    data: TempDir,
    nestor: Nestor,
    started: Instant,
    cookie: String,
    /// The server that is asked to change.
    asked: usize,
    /// The newest change when all was well last.
    last: i64,
    figures: Figures,
}

impl Site {
    pub(super) async fn start(keas: Vec<Kea>) -> Self {
        let data = TempDir::new().unwrap();
        lay_accounts(data.path());
        let nestor = launch(&data, &keas);
        let cookie = nestor.sign_in("operator").await;
        let whole = keas.iter().map(|kea| std::fs::read(kea.config_path()).unwrap()).collect();
        let torn = vec![false; keas.len()];
        let (figures, started) = (Figures::default(), Instant::now());
        let mut site =
            Self { keas, whole, rest: Vec::new(), torn, data, nestor, started, cookie, asked: 0, last: 0, figures };
        site.until_in_step().await;
        // From here on each has in its file what it writes itself.
        for at in 0..site.keas.len() {
            assert_eq!(site.keas[at].command("config-write", &Value::Null)["result"], 0);
        }
        site.rest = (0..site.keas.len()).map(|at| rest(&site.running(at))).collect();
        site.keep();
        site
    }

    pub(super) fn api(&self) -> ApiClient {
        ApiClient::of(&self.nestor, &self.cookie)
    }

    fn name(at: usize) -> String {
        format!("kea{}", at + 1)
    }

    /// The name of the server that is asked to change.
    pub(super) fn asked(&self) -> String {
        Self::name(self.asked)
    }

    /// Has another server be asked.
    pub(super) fn choose(&mut self) {
        self.asked = (self.asked + 1) % self.keas.len();
    }

    pub(super) fn figures(&self) -> String {
        let Figures { made, torn, decided, slowest } = &self.figures;
        format!(
            "{made} changes were made after all; {torn} files of Kea were torn; {decided} times an operator decided; decided \
             again after {slowest:?} at most"
        )
    }

    /// Waits until Nestor takes back what nobody confirms.
    pub(super) async fn until_looked_after(&self) {
        let young = Duration::from_secs(3).saturating_sub(self.started.elapsed());
        tokio::time::sleep(young).await;
    }

    /// Kills something, and starts it again; what that was.
    pub(super) async fn strike(&mut self, rng: &mut Rng) -> String {
        let (fault, at, pause) = (rng.below(10), rng.below(self.keas.len()), rng.below(500));
        let (nestor, kea) = (fault < 6, fault > 3);
        if kea {
            self.keas[at].kill9();
        }
        if nestor {
            self.nestor.kill9();
        }
        tokio::time::sleep(Duration::from_millis(pause.try_into().unwrap())).await;
        if kea {
            self.start_kea(at);
        }
        if nestor {
            self.nestor = launch(&self.data, &self.keas);
            self.started = Instant::now();
        }
        let names = [nestor.then(|| "Nestor".to_owned()), kea.then(|| Self::name(at))];
        format!("death of {}", names.into_iter().flatten().collect::<Vec<_>>().join(" and "))
    }

    /// Starts a Kea again. It empties its file before it writes it anew: killed in between, it leaves nothing to start from.
    /// Then its operator puts back what was in it before.
    fn start_kea(&mut self, at: usize) {
        let file = self.keas[at].config_path();
        if serde_json::from_slice::<Value>(&std::fs::read(&file).unwrap()).is_err() {
            self.figures.torn += 1;
            self.torn[at] = true;
            std::fs::write(&file, &self.whole[at]).unwrap();
        }
        self.keas[at].restart();
    }

    fn running(&self, at: usize) -> Value {
        self.keas[at].command("config-get", &Value::Null)["arguments"]["Dhcp4"].clone()
    }

    async fn changes(&self, filter: &str, at: Option<usize>) -> Vec<Value> {
        let query = json!({ "filter": filter, "text": "", "server": at.map(Self::name) });
        let page = self.api().ask("/api/changes/list", &json!({ "query": query })).await;
        page["changes"].as_array().unwrap().clone()
    }

    /// Waits until nothing is left to be decided; what only an operator may decide, the operator does.
    pub(super) async fn settled(&mut self, edits: &Value) {
        let begun = Instant::now();
        self.until_in_step().await;
        loop {
            let open = self.changes("unsettled", None).await;
            let servers = self.api().ask("/api/servers/list", &json!({})).await;
            let servers = servers.as_array().unwrap();
            let waits = |server: &Value| server["health"] != "serving" || server["unconfirmed"] != json!([]);
            if open.is_empty() && !servers.iter().any(waits) {
                break;
            }
            self.decide(&open, servers).await;
            let state = json!([open, servers]);
            assert!(begun.elapsed() < DECIDED_WITHIN, "{edits} is not decided: {state}: {}", self.nestor.log());
            tokio::time::sleep(Duration::from_millis(200)).await;
        }
        self.figures.slowest = self.figures.slowest.max(begun.elapsed());
    }

    async fn decide(&mut self, open: &[Value], servers: &[Value]) {
        for change in open.iter().filter(|change| change["state"] == "not-saved") {
            let server = &change["element"]["configuration"]["server"];
            let saved = self.api().call("/api/servers/save", &json!({ "server": server })).await;
            self.figures.decided += usize::from(matches!(saved, Answer::Done(_)));
        }
        for server in servers {
            let waiting = server["unconfirmed"].as_array().unwrap().iter();
            for change in waiting.filter(|change| change["problem"].is_string()) {
                let kept = json!({ "server": server["name"], "change": change["change"] });
                self.api().ask("/api/config/confirm", &kept).await;
                self.figures.decided += 1;
            }
        }
    }

    /// What runs is what is recorded, the same on both, all else is as before, it is on disk and loads, and clients are
    /// served. Then the change goes.
    pub(super) async fn judge(&mut self, edits: &Value, work: Work, round: &str) {
        self.put_back_lost(round).await;
        let recorded = self.recorded(work).await;
        for (at, recorded) in recorded.iter().enumerate() {
            let (name, running) = (Self::name(at), self.running(at));
            assert_eq!(there(&running, edits), *recorded, "{round}: {name} runs what is not recorded: {}", self.log());
            assert_eq!(rest(&running), self.rest[at], "{round}: {name} has changed elsewhere: {}", self.log());
            let file: Value = serde_json::from_slice(&std::fs::read(self.keas[at].config_path()).unwrap()).unwrap();
            assert_eq!(file["Dhcp4"], running, "{round}: {name} has something else on disk: {}", self.log());
            assert!(loads(&self.keas[at], Family::V4), "{round}: {name} does not load its file");
        }
        assert!(
            recorded.iter().all(|one| *one == recorded[0]),
            "{round}: partners differ: {recorded:?}: {}",
            self.log()
        );
        self.is_served(round);
        if recorded[0] == There::All {
            self.figures.made += 1;
            self.take_back(edits, round).await;
        }
        self.keep();
        self.last = self.changes("all", None).await.first().map_or(0, |change| change["number"].as_i64().unwrap());
    }

    fn log(&self) -> String {
        self.nestor.log()
    }

    /// What history says of the change that is under way, server by server.
    async fn recorded(&self, work: Work) -> Vec<There> {
        let all = self.changes("all", None).await;
        let undoes = |change: &Value| {
            let first = all.iter().find(|other| !change["repeats"].is_null() && other["number"] == change["repeats"]);
            !first.unwrap_or(change)["undoes"].is_null()
        };
        let of = |at: usize| {
            let here = all.iter().filter(|change| {
                let server = &change["element"]["configuration"]["server"];
                change["number"].as_i64().unwrap() > self.last && *server == Self::name(at) && change["state"] == "done"
            });
            // The newest comes first.
            here.map(|change| if undoes(change) { There::Nothing } else { There::All }).next()
        };
        let before = if work == Work::Undo { There::All } else { There::Nothing };
        (0..self.keas.len()).map(|at| of(at).unwrap_or(before)).collect()
    }

    /// What a Kea has lost with its file is made again, by the button for that; the alarm must stand.
    async fn put_back_lost(&mut self, round: &str) {
        for at in 0..self.keas.len() {
            if !std::mem::take(&mut self.torn[at]) {
                continue;
            }
            let server = json!({ "server": Self::name(at) });
            let lost = self.api().ask("/api/servers/lost", &server).await;
            let numbers: Vec<&Value> = lost.as_array().unwrap().iter().map(|change| &change["number"]).collect();
            let again = json!({ "server": Self::name(at), "numbers": numbers });
            let done = self.api().ask("/api/servers/put-back", &again).await;
            assert_eq!(done["left"], json!([]), "{round}");
            self.figures.decided += usize::from(!numbers.is_empty());
        }
    }

    /// Takes the change back by the button of its newest record.
    async fn take_back(&mut self, edits: &Value, round: &str) {
        let all = self.changes("all", None).await;
        let here = |change: &&Value| {
            change["state"] == "done" && change["repeats"].is_null() && change["number"].as_i64().unwrap() > self.last
        };
        let newest = all.iter().find(here).unwrap_or_else(|| panic!("{round}: nothing says who made it"));
        self.api().ask("/api/changes/undo", &json!({ "number": newest["number"] })).await;
        self.settled(edits).await;
        for at in 0..self.keas.len() {
            let running = self.running(at);
            assert_eq!(there(&running, edits), There::Nothing, "{round}: it cannot be taken back: {}", self.log());
            assert_eq!(rest(&running), self.rest[at], "{round}: {} changed elsewhere", Self::name(at));
        }
    }

    fn is_served(&self, round: &str) {
        let begun = Instant::now();
        while !dhcp_client::is_served(&self.keas[0]) {
            assert!(begun.elapsed() < SERVED_WITHIN, "{round}: no client is served: {}", self.log());
        }
    }

    /// Waits until the members of a pair take part in it.
    async fn until_in_step(&self) {
        let begun = Instant::now();
        let is_out = |kea: &Kea| {
            let status = kea.command("status-get", &Value::Null);
            let pair = &status["arguments"]["high-availability"][0]["ha-servers"]["local"];
            pair["state"] != "hot-standby"
        };
        while self.keas.len() > 1 && self.keas.iter().any(is_out) {
            assert!(begun.elapsed() < Duration::from_secs(90), "the pair is not in step");
            tokio::time::sleep(Duration::from_millis(100)).await;
        }
    }

    /// All is well: this is what an operator would have a copy of.
    fn keep(&mut self) {
        self.whole = self.keas.iter().map(|kea| std::fs::read(kea.config_path()).unwrap()).collect();
    }
}

fn launch(data: &TempDir, keas: &[Kea]) -> Nestor {
    let section = |(at, kea): (usize, &Kea)| {
        let (name, url, user) = (Site::name(at), kea.url(), kea.user());
        let password = data.path().join(format!("{name}.password"));
        std::fs::write(&password, kea.password()).unwrap();
        let password = path(&password);
        format!("[[kea]]\nname = \"{name}\"\nurl = \"{url}\"\nuser = \"{user}\"\npassword_file = \"{password}\"\n")
    };
    let file = data.path().join("nestor.toml");
    std::fs::write(&file, keas.iter().enumerate().map(section).collect::<String>()).unwrap();
    Nestor::launch(data.path(), &["--config", path(&file)])
}

/// What of edits a configuration has in it.
fn there(running: &Value, edits: &Value) -> There {
    let has = |list: &str, member: &str, wanted: &Value| {
        running[list].as_array().into_iter().flatten().any(|element| element[member] == wanted[member])
    };
    let holds = |edit: &Value| match edit["path"].as_str().unwrap() {
        "subnet4" => has("subnet4", "id", &edit["value"]),
        "client-classes" => has("client-classes", "name", &edit["value"]),
        parameter => running[parameter] == edit["value"],
    };
    let all: Vec<bool> = edits.as_array().unwrap().iter().map(holds).collect();
    match (all.iter().all(|holds| *holds), all.iter().any(|holds| *holds)) {
        (true, _) => There::All,
        (_, false) => There::Nothing,
        _ => There::Half,
    }
}

/// A configuration without what rounds change.
fn rest(running: &Value) -> Value {
    let changes = |element: &Value| {
        element["id"].as_u64().is_some_and(|id| id >= 1_000)
            || element["name"].as_str().is_some_and(|name| name.starts_with("class-"))
    };
    match running {
        Value::Object(map) => {
            let kept = map.iter().filter(|(name, _)| !name.ends_with("valid-lifetime"));
            // An empty list of classes is none.
            let kept = kept.map(|(name, value)| (name.clone(), rest(value))).filter(|(_, value)| *value != json!([]));
            Value::Object(kept.collect())
        }
        Value::Array(list) => list.iter().filter(|element| !changes(element)).map(rest).collect(),
        other => other.clone(),
    }
}
