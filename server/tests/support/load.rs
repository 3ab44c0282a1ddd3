//! Callers who reserve, change and delete without end, through the console and through Foreman's port, and remember what
//! they were promised. Each has clients of its own; the addresses they all want are the same.

use std::collections::HashMap;
use std::net::Ipv4Addr;
use std::sync::atomic::{AtomicBool, AtomicI64, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use reqwest::Method;
use serde_json::{Value, json};

use super::api_client::{Answer, ApiClient};
use super::lab::Kea;
use super::rng::Rng;

/// The network that they work in: /20, with a pool of 1,024 addresses.
pub const NETWORK: &str = "10.77.0.0";

/// Stands for whatever address was chosen.
const ANY: Ipv4Addr = Ipv4Addr::UNSPECIFIED;

/// A Kea with that network and little else: it starts again within moments.
pub fn kea() -> Kea {
    Kea::start(subnets())
}

/// The map that such a Kea is configured with.
pub fn subnets() -> Value {
    let pools = json!([{ "pool": "10.77.4.0-10.77.7.255" }]);
    json!({ "subnet4": [{ "id": 1, "subnet": "10.77.0.0/20", "pools": pools }] })
}

/// What a reservation promises.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Record {
    pub address: Ipv4Addr,
    pub host_name: String,
}

impl Record {
    /// Out of a reservation of the console.
    pub fn of(reservation: &Value) -> Option<Self> {
        let address = reservation["address"].as_str()?.parse().ok()?;
        Some(Self { address, host_name: reservation["host_name"].as_str()?.to_owned() })
    }

    /// Whether this is what may be.
    fn is(&self, possible: &Self) -> bool {
        self.host_name == possible.host_name && (self.address == possible.address || possible.address == ANY)
    }
}

/// A client, and what its reservation may be: one thing, or several after an answer that never came.
#[derive(Clone, Debug)]
pub struct Client {
    pub mac: String,
    pub possible: Vec<Option<Record>>,
}

impl Client {
    /// Whether it is known what it has.
    pub fn is_sure(&self) -> bool {
        self.possible.len() == 1
    }

    /// Whether this may be what it has.
    pub fn may_have(&self, now: Option<&Record>) -> bool {
        self.possible.iter().any(|possible| match (possible, now) {
            (Some(possible), Some(now)) => now.is(possible),
            (possible, now) => possible.is_none() && now.is_none(),
        })
    }
}

/// What all callers of a run share.
pub struct Run {
    stop: AtomicBool,
    left: AtomicI64,
    done: AtomicUsize,
    hold: Duration,
    /// Addresses that were handed out, to whom and when.
    offers: Mutex<HashMap<Ipv4Addr, (String, Instant)>>,
    /// Addresses that strangers have leased.
    leased: Mutex<HashMap<Ipv4Addr, Instant>>,
    faults: Mutex<Vec<String>>,
}

impl Run {
    /// A run of so many operations, while suggested addresses are held for so long.
    pub fn new(operations: usize, hold: Duration) -> Arc<Self> {
        let left = AtomicI64::new(operations.try_into().unwrap());
        let (offers, leased, faults) = (Mutex::default(), Mutex::default(), Mutex::default());
        let (stop, done) = (AtomicBool::new(false), AtomicUsize::new(0));
        Arc::new(Self { stop, left, done, hold, offers, leased, faults })
    }

    /// How many changes were acknowledged.
    pub fn done(&self) -> usize {
        self.done.load(Ordering::Relaxed)
    }

    /// Ends it before that.
    pub fn stop(&self) {
        self.stop.store(true, Ordering::Relaxed);
    }

    /// What was seen that must not be.
    pub fn faults(&self) -> Vec<String> {
        self.faults.lock().unwrap().clone()
    }

    /// A client that we do not know leased that address.
    pub fn leased(&self, address: Ipv4Addr) {
        self.leased.lock().unwrap().insert(address, Instant::now());
    }

    fn goes_on(&self) -> bool {
        !self.stop.load(Ordering::Relaxed) && self.left.fetch_sub(1, Ordering::Relaxed) > 0
    }

    /// An address was chosen for a client that asked for any.
    fn chosen(&self, address: Ipv4Addr, mac: &str, begun: Instant) {
        if self.leased.lock().unwrap().get(&address).is_some_and(|since| *since < begun) {
            self.faults.lock().unwrap().push(format!("{address} was chosen for {mac} while it was leased"));
        }
    }

    fn offered(&self, address: Ipv4Addr, mac: &str) {
        let now = Instant::now();
        let before = self.offers.lock().unwrap().insert(address, (mac.to_owned(), now));
        // The hold may have begun a little before its answer was here.
        let held = self.hold.saturating_sub(Duration::from_secs(2));
        if let Some((other, at)) = before
            && other != mac
            && now - at < held
        {
            self.faults.lock().unwrap().push(format!("{address} was handed out to {other} and then to {mac}"));
        }
    }

    /// The address was reserved, or may have been: its hold is over.
    fn taken(&self, address: Ipv4Addr) {
        self.offers.lock().unwrap().remove(&address);
    }
}

/// What was done, for people.
#[derive(Clone, Copy, Debug, Default)]
pub struct Tally {
    pub done: usize,
    pub refused: usize,
    pub unsure: usize,
}

/// One caller.
pub struct Caller {
    pub clients: Vec<Client>,
    pub tally: Tally,
    /// The changes whose numbers it was given, with what they did to whom.
    pub acknowledged: Vec<(i64, String, Option<Record>)>,
    rng: Rng,
    name: usize,
    count: usize,
}

impl Caller {
    /// A caller with so many clients. Of one name there is one.
    pub fn new(name: usize, clients: usize, seed: u64) -> Self {
        let client = |at: usize| Client { mac: format!("02:77:00:{name:02x}:00:{at:02x}"), possible: vec![None] };
        let clients = (0..clients).map(client).collect();
        Self { clients, tally: Tally::default(), acknowledged: Vec::new(), rng: Rng::new(seed), name, count: 0 }
    }

    /// Goes on until the run ends; gives itself back.
    pub async fn run(mut self, doors: Vec<ApiClient>, run: Arc<Run>) -> Self {
        while run.goes_on() {
            let api = &doors[self.rng.below(doors.len())];
            let at = self.rng.below(self.clients.len());
            let mut client = self.clients[at].clone();
            match client.possible.as_slice() {
                [None] => self.make(api, &run, &mut client).await,
                [Some(now)] => {
                    let now = now.clone();
                    self.change(api, &run, &mut client, now).await;
                }
                // Of one that is not sure nothing is asked until it is.
                _ => {
                    let path = format!("/dhcp/{NETWORK}/mac/{}", client.mac);
                    api.foreman(Method::GET, &path, &[]).await;
                }
            }
            self.clients[at] = client;
        }
        self
    }

    async fn make(&mut self, api: &ApiClient, run: &Run, client: &mut Client) {
        let host_name = self.host_name();
        match self.rng.below(4) {
            0 | 1 => self.make_by_foreman(api, run, client, host_name).await,
            2 => {
                let request = format!("request-{}-{}", self.name, self.count);
                let wanted =
                    json!({ "new": wanted(&client.mac, None, &host_name), "order": "random", "request": request });
                let begun = Instant::now();
                let answer = api.call("/api/reservations/reserve", &json!({ "wanted": wanted })).await;
                if let Answer::Done(applied) = &answer
                    && let Some(record) = Record::of(&applied["reservation"])
                {
                    run.chosen(record.address, &client.mac, begun);
                }
                // Which address it is to be only the answer says.
                self.made(run, client, answer, Record { address: ANY, host_name });
            }
            _ => {
                let record = Record { address: self.address(), host_name };
                let new = wanted(&client.mac, Some(record.address), &record.host_name);
                let answer = api.call("/api/reservations/create", &json!({ "new": new })).await;
                self.made(run, client, answer, record);
            }
        }
    }

    async fn make_by_foreman(&mut self, api: &ApiClient, run: &Run, client: &mut Client, host_name: String) {
        let path = format!("/dhcp/{NETWORK}/unused_ip?mac={}", client.mac);
        let begun = Instant::now();
        let Answer::Done(offer) = api.foreman(Method::GET, &path, &[]).await else { return };
        let Some(address) = offer["ip"].as_str() else { return };
        run.chosen(address.parse().unwrap(), &client.mac, begun);
        run.offered(address.parse().unwrap(), &client.mac);
        let fields = [("mac", client.mac.as_str()), ("ip", address), ("hostname", &host_name), ("name", &host_name)];
        let answer = api.foreman(Method::POST, &format!("/dhcp/{NETWORK}"), &fields).await;
        let record = Record { address: address.parse().unwrap(), host_name };
        self.made(run, client, answer, record);
    }

    /// Notes how it went to make or to change a reservation.
    fn made(&mut self, run: &Run, client: &mut Client, answer: Answer, aim: Record) {
        match answer {
            Answer::Done(applied) => {
                let record = Record::of(&applied["reservation"]).unwrap_or(aim);
                run.taken(record.address);
                self.note(run, &applied, &client.mac, Some(record.clone()));
                client.possible = vec![Some(record)];
            }
            Answer::Refused(_) => self.tally.refused += 1,
            Answer::Unsure(_) => {
                self.tally.unsure += 1;
                run.taken(aim.address);
                client.possible.push(Some(aim));
            }
        }
    }

    async fn change(&mut self, api: &ApiClient, run: &Run, client: &mut Client, now: Record) {
        match self.rng.below(5) {
            0 | 1 => {
                let Some(seen) = seen(api, &client.mac).await else { return };
                let address = if self.rng.percent(50) { now.address } else { self.address() };
                let record = Record { address, host_name: self.host_name() };
                let new = wanted(&client.mac, Some(record.address), &record.host_name);
                let answer = api.call("/api/reservations/update", &json!({ "seen": seen, "new": new })).await;
                self.made(run, client, answer, record);
            }
            2 => {
                let Some(seen) = seen(api, &client.mac).await else { return };
                let answer = api.call("/api/reservations/delete", &json!({ "seen": seen })).await;
                self.deleted(run, client, answer);
            }
            3 => {
                let path = format!("/dhcp/{NETWORK}/mac/{}", client.mac);
                let answer = api.foreman(Method::DELETE, &path, &[]).await;
                self.deleted(run, client, answer);
            }
            _ => {
                // Foreman sends everything twice when it is not sure itself. Nothing may come of it.
                let address = now.address.to_string();
                let fields = [
                    ("mac", client.mac.as_str()),
                    ("ip", &address),
                    ("hostname", &now.host_name),
                    ("name", &now.host_name),
                ];
                let answer = api.foreman(Method::POST, &format!("/dhcp/{NETWORK}"), &fields).await;
                if matches!(answer, Answer::Done(_)) {
                    self.tally.done += 1;
                }
            }
        }
    }

    fn deleted(&mut self, run: &Run, client: &mut Client, answer: Answer) {
        match answer {
            Answer::Done(applied) => {
                self.note(run, &applied, &client.mac, None);
                client.possible = vec![None];
            }
            Answer::Refused(_) => self.tally.refused += 1,
            Answer::Unsure(_) => {
                self.tally.unsure += 1;
                client.possible.push(None);
            }
        }
    }

    fn note(&mut self, run: &Run, applied: &Value, mac: &str, now: Option<Record>) {
        self.tally.done += 1;
        run.done.fetch_add(1, Ordering::Relaxed);
        if let Some(number) = applied["change"].as_i64() {
            self.acknowledged.push((number, mac.to_owned(), now));
        }
    }

    fn host_name(&mut self) -> String {
        self.count += 1;
        format!("h{}-{}", self.name, self.count)
    }

    fn address(&mut self) -> Ipv4Addr {
        let at = self.rng.below(1024);
        Ipv4Addr::new(10, 77, 4 + u8::try_from(at / 256).unwrap(), u8::try_from(at % 256).unwrap())
    }
}

/// What is asked for in the console.
pub fn wanted(mac: &str, address: Option<Ipv4Addr>, host_name: &str) -> Value {
    json!({
        "subnet": { "server": "kea", "id": 1 },
        "identifier": { "kind": "hw-address", "value": mac },
        "address": address,
        "host_name": host_name,
    })
}

/// The reservation of a client as the console shows it.
async fn seen(api: &ApiClient, mac: &str) -> Option<Value> {
    let key = json!({ "subnet": { "server": "kea", "id": 1 }, "identifier": { "kind": "hw-address", "value": mac } });
    match api.call("/api/reservations/get", &json!({ "key": key })).await {
        Answer::Done(seen) => Some(seen),
        _ => None,
    }
}
