//! The console, used by a signed-in user; and Kea, asked past it.

use std::io::Write;
use std::net::SocketAddr;
use std::process::{Command, Stdio};
use std::time::Duration;

use serde_json::{Value, json};

use crate::Outcome;
use crate::http::{Caller, Request};
use crate::lab::Kea;
use crate::process::{self, Nestor, Placement};
use crate::site::Record;

const PASSWORD: &str = "a kea is no parrot";

/// Nestor before a Kea, and both to be called.
pub(crate) struct Console {
    pub(crate) nestor: Nestor,
    cookie: String,
    caller: Caller,
    kea: SocketAddr,
    password: String,
}

impl Console {
    /// Starts Nestor with an operator, and signs in.
    pub(crate) fn start(placement: &Placement, kea: &Kea) -> Outcome<Self> {
        let data = process::data()?;
        let mut command = Command::new(process::program()?);
        command.args(["user", "add", "operator", "--role", "operator", "--password-stdin", "--data-dir"]);
        command.arg(data.path()).stdin(Stdio::piped()).stdout(Stdio::null());
        process::without_settings(&mut command);
        let mut adding = command.spawn()?;
        adding.stdin.take().ok_or("no standard input")?.write_all(format!("{PASSWORD}\n").as_bytes())?;
        if !adding.wait()?.success() {
            return Err("no operator could be added".into());
        }
        let nestor = Nestor::start_on(data, placement, kea, &[])?;
        let mut caller = Caller::new();
        let form = format!("name=operator&password={}", PASSWORD.replace(' ', "+"));
        let cookie = caller.call(&Request::form(nestor.console, "/login", &form))?.cookie.ok_or("no cookie")?;
        let kea_at = SocketAddr::from(([127, 0, 0, 1], kea.port()));
        Ok(Self { nestor, cookie, caller, kea: kea_at, password: kea.password().to_owned() })
    }

    /// Calls a server function; its answer, and how long it took.
    pub(crate) fn ask(&mut self, path: &str, arguments: &Value) -> Outcome<(Value, Duration)> {
        let request = Request::console(self.nestor.console, path, &self.cookie, &arguments.to_string());
        let answer = self.caller.call(&request)?;
        if answer.status != 200 {
            return Err(format!("{path}: {} {}", answer.status, String::from_utf8_lossy(answer.body)).into());
        }
        Ok((serde_json::from_slice(answer.body)?, answer.took))
    }

    /// Opens a page; its text, and how long it took.
    #[allow(dead_code, reason = "not every benchmark looks at pages")]
    pub(crate) fn page(&mut self, path: &str) -> Outcome<(String, Duration)> {
        let answer = self.caller.call(&Request::page(self.nestor.console, path, &self.cookie))?;
        if answer.status != 200 {
            return Err(format!("{path}: {}", answer.status).into());
        }
        Ok((String::from_utf8_lossy(answer.body).into_owned(), answer.took))
    }

    /// Sends Kea a command; how long it took.
    pub(crate) fn command(&mut self, command: &str, arguments: &Value) -> Outcome<Duration> {
        let text = json!({ "command": command, "arguments": arguments }).to_string();
        let answer = self.caller.call(&Request::kea(self.kea, "console", &self.password, &text))?;
        let said: Value = serde_json::from_slice(answer.body)?;
        if said[0]["result"] != 0 {
            return Err(format!("{command}: {said}").into());
        }
        Ok(answer.took)
    }

    /// The bare command that makes a reservation.
    pub(crate) fn add(&mut self, record: &Record, target: &str) -> Outcome<Duration> {
        let reservation = json!({
            "subnet-id": 1, "hw-address": record.mac, "ip-address": record.ip, "hostname": name(record),
            "next-server": "10.77.0.5", "boot-file-name": "grub2/grubx64.efi",
        });
        self.command("reservation-add", &json!({ "reservation": reservation, "operation-target": target }))
    }

    /// The bare command that saves what Kea runs.
    pub(crate) fn save(&mut self) -> Outcome<Duration> {
        self.command("config-write", &json!({}))
    }
}

/// The host name that a record gets.
pub(crate) fn name(record: &Record) -> String {
    format!("host-{}.example.org", record.mac.replace(':', "-"))
}

/// The reservation of a record, as the form sends it.
pub(crate) fn wanted(record: &Record) -> Value {
    json!({
        "subnet": { "server": "kea", "id": 1 },
        "identifier": { "kind": "hw-address", "value": record.mac },
        "address": record.ip, "host_name": name(record), "next_server": "10.77.0.5", "server_host_name": null,
        "boot_file_name": "grub2/grubx64.efi", "note": null, "record_name": null,
    })
}
