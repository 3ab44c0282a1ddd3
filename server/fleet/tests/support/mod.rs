//! The fleet before real Kea daemons.
#![allow(dead_code, unreachable_pub, missing_docs, reason = "every test takes a part of it")]
#![allow(clippy::unwrap_used, clippy::panic, reason = "a test that cannot go on should stop")]

#[path = "../../../kea/tests/support/lab.rs"]
pub mod lab;

use std::sync::Arc;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use changes::{Edit, Verbatim};
use fleet::Fleet;
use kea::{Client, Endpoint, Limits, Secret, Service};
use model::{
    Identifier, IdentifierKind, NewReservation, OptionDatum, Reservation, ServerName, Storage, SubnetKey, Timestamp,
};
use serde_json::{Value, json};
use services::ports::{AppliedEdit, Clock, Reservations};

pub use lab::Kea;

struct Now;

impl Clock for Now {
    fn now(&self) -> Timestamp {
        let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap();
        Timestamp(i64::try_from(since.as_secs()).unwrap())
    }
}

pub fn name(text: &str) -> ServerName {
    text.parse().unwrap()
}

/// A client of what is at that address in the place of the daemon.
pub fn client(kea: &Kea, url: &str, limits: Limits) -> Client {
    Client::new(endpoint(kea, url).with_limits(limits)).unwrap()
}

fn endpoint(kea: &Kea, url: &str) -> Endpoint {
    Endpoint::new(url).unwrap().with_auth(kea.user(), Secret::new(kea.password())).unwrap()
}

/// A fleet of one kea-dhcp6, under the name `one`.
pub fn fleet6(kea: &Kea) -> Fleet {
    let client = Client::new(endpoint(kea, &kea.url()).with_service(Service::Dhcp6)).unwrap();
    fleet_of(vec![("one", client)])
}

/// A fleet of these clients.
pub fn fleet_of(servers: Vec<(&str, Client)>) -> Fleet {
    let clock: Arc<dyn Clock> = Arc::new(Now);
    Fleet::new(servers.into_iter().map(|(server, client)| (name(server), client)).collect(), &clock)
}

/// A fleet of these daemons.
pub fn fleet(servers: &[(&str, &Kea)]) -> Fleet {
    let client = |kea: &Kea| client(kea, &kea.url(), Limits::default());
    fleet_of(servers.iter().map(|(server, kea)| (*server, client(kea))).collect())
}

/// Limits short enough for tests, long enough for a busy machine.
pub fn impatient() -> Limits {
    let soon = Duration::from_secs(2);
    Limits { connect: soon, read: soon, write: soon, ..Limits::default() }
}

/// Subnet 1 of the server `one`, 192.0.2.0/24 in most tests.
pub fn subnet() -> SubnetKey {
    "one/1".parse().unwrap()
}

pub fn hw(last: u8) -> Identifier {
    Identifier::parse(IdentifierKind::HwAddress, &format!("02:00:00:00:00:{last:02x}")).unwrap()
}

/// A reservation of 192.0.2.`last`, for a client of that number.
pub fn wanted(last: u8) -> NewReservation {
    NewReservation {
        address: Some([192, 0, 2, last].into()),
        host_name: Some(format!("host-{last}").parse().unwrap()),
        ..NewReservation::of(subnet(), hw(last))
    }
}

pub fn add(new: NewReservation) -> Edit {
    Edit::create(new, Storage::Configuration)
}

pub fn option(code: u16, data: &str) -> OptionDatum {
    OptionDatum { code, data: data.to_owned(), ..OptionDatum::default() }
}

/// Makes one change that is to go well.
pub async fn done(fleet: &Fleet, write: Edit) -> AppliedEdit {
    let mut outcomes = fleet.write(&name("one"), vec![write]).await;
    assert_eq!(outcomes.len(), 1);
    outcomes.remove(0).and_then(AppliedEdit::saved).unwrap()
}

/// Makes one change that is to fail.
pub async fn failed(fleet: &Fleet, write: Edit) -> services::Error {
    fleet.write(&name("one"), vec![write]).await.remove(0).and_then(AppliedEdit::saved).unwrap_err()
}

/// What is there now.
pub fn now(written: &AppliedEdit) -> (Reservation, Verbatim) {
    let (held, verbatim) = written.now.clone().unwrap();
    (held.into_reservation().unwrap(), verbatim)
}

/// What the daemon itself holds of a client, in one of its places; null: nothing.
pub fn held(kea: &Kea, last: u8, place: &str) -> Value {
    let key = json!({ "subnet-id": 1, "identifier-type": "hw-address", "identifier": hw(last).to_string(),
        "operation-target": place });
    let answer = kea.command("reservation-get", &key);
    assert!(answer["result"] == 0 || answer["result"] == 3, "{answer}");
    answer["arguments"].clone()
}

/// The reservations in the file that the daemon would be started with.
pub fn on_disk(kea: &Kea) -> Vec<Value> {
    let file: Value = serde_json::from_slice(&std::fs::read(kea.config_path()).unwrap()).unwrap();
    file["Dhcp4"]["subnet4"][0]["reservations"].as_array().cloned().unwrap_or_default()
}
