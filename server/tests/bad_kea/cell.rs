//! One cell of the matrix: one deed with one fault in it, and everything that must hold afterwards.

use std::path::Path;
use std::time::{Duration, Instant};

use serde_json::{Value, json};
use tokio::time::{sleep, timeout};

use super::checks::{check_answer, check_page, check_record, must, text};
use super::client::{Client, subnet};
use super::matrix::{Act, CANARY, Expected, Part, Row, Sort, Step, expected, time_limit};
use crate::fault_proxy::{Fault, FaultProxy};
use crate::support::{Kea, Nestor, lab};

/// When the fault is over, the next deed is done within this time.
const GOOD_AGAIN: Duration = Duration::from_secs(20);

/// How long a page takes that a server keeps waiting, on a machine that is busy with other cells.
const PAGE: Duration = Duration::from_secs(4);

/// Within this time a page shows what cannot be known.
const SHOWN: Duration = Duration::from_secs(20);

/// Within this time a server that is back counts as such.
const NOTICED: Duration = Duration::from_secs(5);

/// By then every question is over that was asked while packets were dropped.
const LOST: Duration = Duration::from_secs(6);

/// How long a connection is waited for.
const CONNECTED: Duration = Duration::from_secs(5);

/// What is not known is asked every three seconds.
const SETTLED: Duration = Duration::from_secs(10);

/// Why a cell is not as it must be.
pub type Outcome<T> = Result<T, String>;

/// A Nestor and a Kea, and what may go wrong between them.
pub struct Site {
    pub kea: Kea,
    pub proxy: FaultProxy,
    pub nestor: Nestor,
    pub cookie: String,
    made: u32,
}

/// One of a pair, whose other one is away: it serves alone, and can be asked how the pair stands. At the URLs of its
/// peers nothing answers, and it opens no port for them.
fn dhcp4() -> Value {
    let peer = |name: &str, role: &str, port: u16| json!({ "name": name, "role": role, "url": format!("http://127.0.0.1:{port}/") });
    let relationship = json!({
        "this-server-name": "kea1", "mode": "hot-standby", "multi-threading": { "enable-multi-threading": false },
        "peers": [peer("kea1", "primary", 1), peer("kea2", "standby", 2)],
    });
    let ha = json!({ "library": "libdhcp_ha.so", "parameters": { "high-availability": [relationship] } });
    let hooks: Vec<Value> = lab::hooks().into_iter().chain([ha]).collect();
    let pools = json!([{ "pool": "10.80.100.0-10.80.199.255" }]);
    json!({ "hooks-libraries": hooks, "subnet4": [{ "id": 1, "subnet": "10.80.0.0/16", "pools": pools }] })
}

impl Site {
    /// On a data folder with accounts in it.
    pub async fn start(data: &Path) -> Self {
        let kea = Kea::start(dhcp4());
        let proxy = FaultProxy::before(kea.port()).await;
        let nestor = Nestor::start_at(data, &kea, &proxy.url(), &[]);
        let cookie = nestor.sign_in("operator").await;
        Self { kea, proxy, nestor, cookie, made: 0 }
    }

    /// Ends Nestor and starts it again.
    pub fn restart(&mut self) {
        self.nestor.kill9();
        let data = self.nestor.data.clone();
        self.nestor = Nestor::start_at(&data, &self.kea, &self.proxy.url(), &[]);
    }

    /// A client that was not seen before.
    pub fn client(&mut self) -> Client {
        self.made += 1;
        let (high, low) = (self.made / 200, self.made % 200 + 1);
        Client {
            mac: format!("02:00:00:00:{high:02x}:{low:02x}"),
            address: format!("10.80.{high}.{low}"),
            name: format!("host-{}", self.made),
        }
    }

    /// Plays a cell.
    pub async fn play(&mut self, row: &Row, step: Step) -> Outcome<()> {
        let client = self.client();
        let seen = match step.act {
            Act::Update | Act::Delete => Some(self.make(&client).await?),
            _ => None,
        };
        if step.command == "version-get" {
            // It is remembered for half a minute.
            self.restart();
        }
        let before = self.recorded(&client).await?;
        let sent_before = self.proxy.requests().len();
        self.proxy.set_on(step.command, row.fault.clone());
        if step.command == "list-commands" {
            // The same; and this one is asked as soon as it starts.
            self.restart();
        }
        if matches!(step.act, Act::Status | Act::List) {
            // How it is and how full subnets are is remembered for two seconds.
            sleep(Duration::from_millis(2_200)).await;
        }
        let since = Instant::now();
        let deed = timeout(time_limit(row, step), async {
            if matches!(step.act, Act::Status | Act::List) {
                return self.look(row, step.part, step.act).await;
            }
            self.act(step.act, &client, seen.as_ref()).await
        });
        let answer = deed.await.map_err(|_| format!("no answer after {:?}", since.elapsed()));
        // A fault that was never met would prove nothing.
        let asked = self.proxy.requests()[sent_before..].iter().any(|request| request.contains(&sign(step.command)));
        let recorded = self.recorded(&client).await;
        self.proxy.set(Fault::None);
        let (status, answer) = answer?;
        // A page does not wait: then what stands still may be the question of an earlier cell.
        let waits = step.act != Act::Subnet || !matches!(row.sort, Sort::Silent | Sort::Answered);
        must!(asked || !waits, "{} was never asked", step.command);
        let recorded = recorded?.filter(|newest| before.as_ref() != Some(newest));
        let wanted = expected(row, step);
        match step.part {
            Part::Health | Part::Skills | Part::Pair | Part::Counts => check_page(row, step.part, status, &answer)?,
            _ => check_answer(wanted, status, &answer)?,
        }
        self.discreet(&answer)?;
        check_record(wanted, recorded.as_ref())?;
        self.good_again(row).await?;
        self.check_end(step, wanted, &client, recorded.map(|(number, _)| number)).await
    }

    /// Plays a deed while nothing listens at Kea's port (`dropped`: while packets to it are dropped), and Kea with it.
    pub async fn play_closed(&mut self, act: Act, dropped: bool) -> Outcome<()> {
        let client = self.client();
        let seen = match act {
            Act::Update | Act::Delete => Some(self.make(&client).await?),
            _ => None,
        };
        let before = self.recorded(&client).await?;
        if dropped {
            self.proxy.blackhole().await;
        } else {
            self.proxy.refuse().await;
        }
        let deed = timeout(CONNECTED + Duration::from_secs(5), async {
            loop {
                let (status, answer) = self.act(act, &client, seen.as_ref()).await;
                // A page shows the last snapshot for a moment.
                if act != Act::Status || answer[0]["health"] == "unreachable" {
                    return (status, answer);
                }
                sleep(Duration::from_millis(500)).await;
            }
        });
        let deed = deed.await;
        let recorded = self.recorded(&client).await?;
        self.proxy.refuse().await;
        self.proxy.listen().await;
        let (status, answer) = deed.map_err(|_| "no answer in time".to_owned())?;
        self.discreet(&answer)?;
        if act == Act::Status {
            must!(answer[0]["health"] == "unreachable", "{status} {answer}");
        } else {
            must!(answer["kind"] == "unreachable", "{status} {answer}");
        }
        must!(recorded == before, "something was begun: {recorded:?}");
        if dropped {
            // The question whether it is there that was lost, too, is given up after five seconds.
            sleep(LOST).await;
        }
        self.good_at_once().await
    }

    /// What a page shows, as soon as it shows what it is to show: it does not wait for a server, but goes on with what it
    /// knows. Then, or when the time is nearly up, whatever it shows last.
    async fn look(&self, row: &Row, part: Part, act: Act) -> (u16, Value) {
        let begun = Instant::now();
        loop {
            let since = Instant::now();
            let (status, answer) = self.act(act, &Client::default(), None).await;
            let took = since.elapsed();
            if took > PAGE {
                return (599, json!(format!("the page took {took:?}")));
            }
            // Credentials that were refused once are not tried again: the first look is the one that counts.
            let last = row.sort == Sort::Denied || begun.elapsed() > SHOWN;
            if last || check_page(row, part, status, &answer).is_ok() {
                return (status, answer);
            }
            sleep(Duration::from_millis(500)).await;
        }
    }

    async fn act(&self, act: Act, client: &Client, seen: Option<&Value>) -> (u16, Value) {
        let renamed = Client { name: format!("{}-new", client.name), ..client.clone() };
        let (path, body) = match act {
            Act::Create => ("/api/reservations/create", json!({ "new": client.wanted() })),
            Act::Update => ("/api/reservations/update", json!({ "seen": seen, "new": renamed.wanted() })),
            Act::Delete => ("/api/reservations/delete", json!({ "seen": seen })),
            Act::Table => ("/api/table/apply", json!({ "text": client.table(), "subnet": subnet(1) })),
            Act::Subnet => ("/api/subnets/get", json!({ "subnet": subnet(4711) })),
            Act::List => ("/api/subnets/list", json!({})),
            Act::Status => ("/api/servers/list", json!({})),
        };
        self.nestor.call(path, &body, &self.cookie).await
    }

    /// Makes a reservation that nothing is wrong with; gives it as the server shows it.
    async fn make(&self, client: &Client) -> Outcome<Value> {
        let (status, answer) = self.act(Act::Create, client, None).await;
        must!(status == 200, "a good request: {status} {answer}");
        Ok(answer["reservation"].clone())
    }

    /// The newest change of a client: its number, and how it stands; none: there is none.
    async fn recorded(&self, client: &Client) -> Outcome<Option<(i64, String)>> {
        let reservation = json!({ "subnet": subnet(1), "identifier": { "kind": "hw-address", "value": client.mac } });
        let query = json!({ "query": {
            "filter": "all", "text": "", "server": null, "subnet": null, "reservation": reservation, "batch": null,
            "before": null,
        } });
        let (status, page) = self.nestor.call("/api/changes/list", &query, &self.cookie).await;
        must!(status == 200, "changes: {status} {page}");
        let state = |change: &Value| Some((change["number"].as_i64()?, text(&change["state"])?));
        self.discreet(&page)?;
        Ok(page["changes"].get(0).and_then(state))
    }

    /// The fault is over: the next deed is done at once, or, after refused credentials, when they are tried again.
    async fn good_again(&mut self, row: &Row) -> Outcome<()> {
        if row.sort == Sort::Denied {
            return self.after_refused_credentials().await;
        }
        self.good_at_once().await
    }

    /// Of a server that did not answer for seconds, Nestor notices itself that it does again.
    async fn answers_again(&self) -> Outcome<()> {
        let since = Instant::now();
        loop {
            let (status, answer) = self.act(Act::Status, &Client::default(), None).await;
            if answer[0]["silent_since"].is_null() {
                return Ok(());
            }
            must!(since.elapsed() < NOTICED, "still taken for silent: {status} {answer}");
            sleep(Duration::from_millis(50)).await;
        }
    }

    /// A good request, done within a second. On a machine that is busy with other cells every one takes longer; then it
    /// took no longer than twice what the one after it takes, which has no fault before it.
    async fn good_at_once(&mut self) -> Outcome<()> {
        let mut took = [Duration::ZERO; 2];
        self.answers_again().await?;
        for took in &mut took {
            let (client, since) = (self.client(), Instant::now());
            self.make(&client).await?;
            *took = since.elapsed();
            if *took <= GOOD_AGAIN {
                break;
            }
        }
        let [first, second] = took;
        must!(first <= GOOD_AGAIN.max(2 * second), "the next good request took {first:?}, the one after it {second:?}");
        Ok(())
    }

    /// They are not tried again and again, which would lock an account; only a new start forgets that they were refused.
    async fn after_refused_credentials(&mut self) -> Outcome<()> {
        let (client, sent, since) = (self.client(), self.proxy.requests().len(), Instant::now());
        let (status, answer) = self.act(Act::Create, &client, None).await;
        must!(answer["kind"] == "unreachable", "credentials are tried again: {status} {answer}");
        // Whether it is there, and since when, is asked now and then, over connections whose credentials were not refused yet.
        let in_passing = ["version-get", "status-get"].map(sign);
        let again = |request: &&String| !in_passing.iter().any(|sign| request.contains(sign));
        let again = self.proxy.requests()[sent..].iter().filter(again).count();
        must!(again == 0 && since.elapsed() <= GOOD_AGAIN, "{again} requests in {:?}", since.elapsed());
        self.restart();
        self.make(&client).await.map(drop)
    }

    /// How it all ended: what is recorded, what Kea holds, what is on its disk, and how often it was sent.
    async fn check_end(&self, step: Step, wanted: Expected, client: &Client, number: Option<i64>) -> Outcome<()> {
        if matches!(step.act, Act::Subnet | Act::List | Act::Status) {
            return Ok(());
        }
        // The next good request has saved what was not.
        let end = if wanted.settled == Some("not-saved") { Some("done") } else { wanted.settled };
        let since = Instant::now();
        let mut state = None;
        while since.elapsed() < SETTLED {
            let newest = self.recorded(client).await?;
            state = newest.filter(|(newest, _)| number.is_some_and(|number| *newest == number)).map(|(_, state)| state);
            if state.as_deref() == end {
                break;
            }
            sleep(Duration::from_millis(100)).await;
        }
        must!(state.as_deref() == end, "ended as {state:?} and not {end:?}");
        self.check_kea(step, end == Some("done"), client)?;
        for command in ["reservation-add", "reservation-update", "reservation-del"] {
            let own = match (command, step.act) {
                ("reservation-add", _) | ("reservation-update", Act::Update) | ("reservation-del", Act::Delete) => 1,
                _ => 0,
            };
            let sent = self.proxy.count_about(command, &client.mac);
            must!(sent <= own, "{command} was sent {sent} times");
        }
        Ok(())
    }

    fn check_kea(&self, step: Step, done: bool, client: &Client) -> Outcome<()> {
        let arguments = json!({
            "subnet-id": 1, "identifier-type": "hw-address", "identifier": client.mac, "operation-target": "all",
        });
        let held = self.kea.command("reservation-get", &arguments);
        let name = held["arguments"]["hostname"].as_str();
        let (old, new) = (client.name.clone(), format!("{}-new", client.name));
        let there = match (step.act, done) {
            (Act::Create | Act::Table, true) | (Act::Update | Act::Delete, false) => Some(old),
            (Act::Update, true) => Some(new),
            _ => None,
        };
        must!(name == there.as_deref(), "Kea holds {name:?} and not {there:?}");
        let file = std::fs::read_to_string(self.kea.config_path()).map_err(|error| error.to_string())?;
        let file: Value = serde_json::from_str(&file).map_err(|error| error.to_string())?;
        let saved = file["Dhcp4"]["subnet4"][0]["reservations"].as_array().cloned().unwrap_or_default();
        let saved = saved.iter().find(|host| host["hw-address"] == client.mac.as_str());
        let saved = saved.and_then(|host| host["hostname"].as_str());
        must!(saved == there.as_deref(), "on Kea's disk is {saved:?} and not {there:?}");
        Ok(())
    }

    /// No answer shows where Kea is, how to get in, or what something that is not Kea said.
    fn discreet(&self, answer: &Value) -> Outcome<()> {
        let text = answer.to_string();
        let address = self.proxy.url().trim_start_matches("http://").trim_end_matches('/').to_owned();
        for secret in [address.as_str(), self.kea.password(), CANARY] {
            must!(!text.contains(secret), "it shows “{secret}”: {text}");
        }
        Ok(())
    }
}

fn sign(command: &str) -> String {
    format!("\"command\":\"{command}\"")
}
