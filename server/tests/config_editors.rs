//! Two who change one server at the same moment, by the console, from the command line and by Foreman: of different parts both
//! get their change, of one part exactly one does, and nothing that was acknowledged is lost. `make soak` tries a thousand pairs.

use reqwest::Method;
use serde_json::{Value, json};
use tempfile::TempDir;

use crate::config_apply::edit;
use crate::support::api_client::{Answer, ApiClient};
use crate::support::rng::{Rng, rounds, seed};
use crate::support::{Kea, Nestor, load, path, run};

/// What one of the two does; each has a number of its own, and so parts of its own.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Part {
    Pool,
    Class,
    Option,
    /// Needs the whole configuration to be set.
    Definition,
    Reservation,
}

/// By what it does it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Means {
    Console,
    CommandLine,
    Foreman,
}

const PARTS: [Part; 5] = [Part::Pool, Part::Class, Part::Option, Part::Definition, Part::Reservation];

impl Part {
    /// The edits that make it, and those that take it away again. Of two at a time the numbers have not the same remainder.
    fn edits(self, number: usize) -> [Value; 2] {
        let pools = "subnet4[id=1].pools";
        // Outside of those that the subnet has.
        let third = number % 4;
        let range = format!("10.77.{third}.{0}-10.77.{third}.{0}", 10 + number / 4 % 200);
        let code = 224 + number % 30;
        match self {
            Self::Pool => {
                [edit("add", pools, json!({ "pool": range })), edit("remove", &format!("{pools}[pool={range}]"), None)]
            }
            Self::Class => [
                edit("add", "client-classes", json!({ "name": format!("class-{number}") })),
                edit("remove", &format!("client-classes[name=class-{number}]"), None),
            ],
            Self::Option => [
                edit("add", "subnet4[id=1].option-data", json!({ "code": code, "csv-format": false, "data": "01" })),
                edit("remove", &format!("subnet4[id=1].option-data[space=dhcp4,code={code}]"), None),
            ],
            Self::Definition => [
                edit(
                    "add",
                    "option-def",
                    json!({ "name": format!("own-{number}"), "code": 1 + number % 200, "type": "string", "space": "own" }),
                ),
                edit("remove", &format!("option-def[space=own,code={}]", 1 + number % 200), None),
            ],
            Self::Reservation => [Value::Null, Value::Null],
        }
    }

    /// Whether the server runs it.
    fn is_there(self, dhcp4: &Value, number: usize) -> bool {
        let subnet = &dhcp4["subnet4"][0];
        let any = |list: &Value, holds: &dyn Fn(&Value) -> bool| list.as_array().into_iter().flatten().any(holds);
        let added = self.edits(number)[0]["value"].clone();
        match self {
            Self::Pool => {
                let address = added["pool"].as_str().unwrap().split('-').next().unwrap().to_owned();
                any(&subnet["pools"], &|pool| pool["pool"].as_str().unwrap().starts_with(&address))
            }
            Self::Class => any(&dhcp4["client-classes"], &|class| class["name"] == added["name"]),
            Self::Option => any(&subnet["option-data"], &|option| option["code"] == added["code"]),
            Self::Definition => any(&dhcp4["option-def"], &|one| one["code"] == added["code"] && one["space"] == "own"),
            Self::Reservation => any(&subnet["reservations"], &|one| one["hw-address"] == mac(number)),
        }
    }
}

fn mac(number: usize) -> String {
    format!("02:77:00:00:{:02x}:{:02x}", number / 256 % 256, number % 256)
}

/// One Kea, and Nestor with all its doors.
struct Site {
    kea: Kea,
    nestor: Nestor,
    api: ApiClient,
}

/// One of the two.
#[derive(Clone, Copy, Debug)]
struct Editor {
    part: Part,
    means: Means,
    number: usize,
}

impl Editor {
    fn any(rng: &mut Rng, number: usize) -> Self {
        let part = PARTS[rng.below(PARTS.len())];
        let means = match part {
            Part::Reservation => [Means::Foreman, Means::Console][rng.below(2)],
            _ => [Means::CommandLine, Means::Console][rng.below(2)],
        };
        Self { part, means, number }
    }
}

impl Site {
    async fn start() -> Self {
        let kea = load::kea();
        let nestor = Nestor::before(&kea);
        let api = ApiClient::of(&nestor, &nestor.sign_in("operator").await);
        Self { kea, nestor, api }
    }

    fn running(&self) -> Value {
        self.kea.command("config-get", &Value::Null)["arguments"]["Dhcp4"].clone()
    }

    /// Makes it, or takes it away; whether that was acknowledged, and what was said.
    async fn does(&self, editor: Editor, away: bool) -> (bool, String) {
        let Editor { part, means, number } = editor;
        let edits = json!([part.edits(number)[usize::from(away)]]);
        let answer = match (part, means) {
            (Part::Reservation, Means::Foreman) => self.by_foreman(number, away).await,
            (Part::Reservation, _) => self.reserves(number, away).await,
            (_, Means::CommandLine) => return self.by_command_line(edits).await,
            (_, _) => self.by_console(&self.planned(&edits).await).await,
        };
        (matches!(answer, Answer::Done(_)), format!("{answer:?}"))
    }

    async fn by_foreman(&self, number: usize, away: bool) -> Answer {
        let (mac, ip) = (mac(number), address(number));
        if away {
            return self.api.foreman(Method::DELETE, &format!("/dhcp/{}/mac/{mac}", load::NETWORK), &[]).await;
        }
        let name = format!("host-{number}");
        let fields = [("mac", mac.as_str()), ("ip", &ip), ("hostname", &name), ("name", &name)];
        self.api.foreman(Method::POST, &format!("/dhcp/{}", load::NETWORK), &fields).await
    }

    async fn reserves(&self, number: usize, away: bool) -> Answer {
        let ip = address(number).parse().unwrap();
        let new = load::wanted(&mac(number), Some(ip), &format!("host-{number}"));
        if !away {
            return self.api.call("/api/reservations/create", &json!({ "new": new })).await;
        }
        let key = json!({ "subnet": new["subnet"], "identifier": new["identifier"] });
        let seen = self.api.ask("/api/reservations/get", &json!({ "key": key })).await;
        self.api.call("/api/reservations/delete", &json!({ "seen": seen })).await
    }

    /// As a page has it reviewed.
    async fn planned(&self, edits: &Value) -> Value {
        let mut typed = edits.clone();
        for edit in typed.as_array_mut().unwrap() {
            if !edit["value"].is_null() {
                edit["value"] = json!(edit["value"].to_string());
            }
        }
        self.api.ask("/api/config/plan", &json!({ "server": "kea", "edits": typed })).await
    }

    async fn by_console(&self, plan: &Value) -> Answer {
        let request = json!({ "edits": plan["edits"], "back": plan["back"], "base": plan["base"] });
        self.api.call("/api/config/apply", &json!({ "server": "kea", "request": request })).await
    }

    async fn by_command_line(&self, edits: Value) -> (bool, String) {
        let (data, url, user) = (self.nestor.data.clone(), self.kea.url(), self.kea.user());
        let password = data.join("kea.password");
        let applied = tokio::task::spawn_blocking(move || {
            let folder = TempDir::new().unwrap();
            let file = folder.path().join("edits.json");
            std::fs::write(&file, edits.to_string()).unwrap();
            let words = ["config", "apply", "kea", "--edits", path(&file), "--data-dir", path(&data)];
            let server = ["--kea", &url, "--kea-user", user, "--kea-password-file", path(&password)];
            run(&[&words[..], &server].concat(), "")
        });
        let applied = applied.await.unwrap();
        (
            applied.status.success(),
            [applied.stdout, applied.stderr].map(|text| String::from_utf8_lossy(&text).into_owned()).concat(),
        )
    }

    /// Two at the same moment, each with its own part: both get it.
    async fn of_different_parts(&self, rng: &mut Rng, round: usize, what: &str) {
        let editors = [Editor::any(rng, 2 * round), Editor::any(rng, 2 * round + 1)];
        for away in [false, true] {
            let (one, other) = tokio::join!(self.does(editors[0], away), self.does(editors[1], away));
            let running = self.running();
            for (editor, (acknowledged, said)) in editors.iter().zip([one, other]) {
                assert!(acknowledged, "{what}: {editor:?} of {editors:?}, away: {away}: {said}");
                let there = editor.part.is_there(&running, editor.number);
                assert_eq!(there, !away, "{what}: {editor:?} of {editors:?} is lost, away: {away}: {said}");
            }
        }
    }

    /// Two who reviewed the same part: one gets it, and the other hears what it is now.
    async fn of_one_part(&self, round: usize, what: &str) {
        let values = [1, 2].map(|which| 10 * (round + 1) + which);
        let edits = |value| json!([edit("set", "subnet4[id=1].renew-timer", json!(value))]);
        let plans = [self.planned(&edits(values[0])).await, self.planned(&edits(values[1])).await];
        let (one, other) = tokio::join!(self.by_console(&plans[0]), self.by_console(&plans[1]));
        let won = match (&one, &other) {
            (Answer::Done(_), Answer::Refused(said)) => (values[0], said),
            (Answer::Refused(said), Answer::Done(_)) => (values[1], said),
            both => panic!("{what}: {both:?}"),
        };
        assert!(won.1.contains("was changed by others meanwhile"), "{what}: {}", won.1);
        assert_eq!(self.running()["subnet4"][0]["renew-timer"], won.0, "{what}");
    }
}

fn address(number: usize) -> String {
    format!("10.77.{}.{}", 8 + number / 250 % 7, 1 + number % 250)
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn of_two_who_change_a_server_at_once_nothing_is_lost() {
    let (seed, pairs) = (seed(), rounds(12, 1_000));
    println!("NESTOR_SEED={seed}");
    let (mut rng, site) = (Rng::new(seed), Site::start().await);
    for round in 0..pairs {
        let what = format!("pair {round} of seed {seed}");
        if round % 5 == 4 {
            site.of_one_part(round, &what).await;
        } else {
            site.of_different_parts(&mut rng, round, &what).await;
        }
    }
    println!("{pairs} pairs of editors: 0 lost updates");
    let file: Value = serde_json::from_slice(&std::fs::read(site.kea.config_path()).unwrap()).unwrap();
    assert_eq!(file["Dhcp4"], site.running(), "what runs is what is on disk");
}
