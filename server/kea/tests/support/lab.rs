//! Real Kea daemons for tests: each with its own folder, ports and password, gone when dropped.
//!
//! Kea comes from `NESTOR_KEA_DIR`, or else from `target/kea`, which `end2end/lab/fetch.sh` fills when it is empty.
//! Nothing is skipped: without Kea the tests fail. No rights are needed, because no interface is listened on.
//!
//! Packages other than `kea` take this file by `#[path]`; it needs only the standard library, `serde_json` and `tempfile`.
#![allow(dead_code, unreachable_pub, missing_docs, reason = "every user takes a part of it")]
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::unused_self, reason = "test support")]
#![allow(clippy::missing_panics_doc, reason = "panicking is how it reports")]

#[path = "ports.rs"]
#[allow(clippy::duplicate_mod, reason = "several files of support take it")]
mod ports;

use std::fs::{self, File};
use std::io::{Read, Write};
use std::net::{Ipv4Addr, TcpStream};
use std::os::unix::net::UnixStream;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::atomic::{AtomicU32, Ordering};
use std::thread::sleep;
use std::time::{Duration, Instant};

use serde_json::{Map, Value, json};
use tempfile::TempDir;

/// How long a daemon may take until it answers. It takes 0.1 s when the machine is idle, and half a minute with a million
/// leases.
const START: Duration = Duration::from_secs(90);

/// Its UNIX socket, in its own folder.
const SOCKET: &str = "kea.sock";

/// Certificates of an HTTPS control socket, as PEM text. Clients must show a certificate of the same CA.
#[derive(Clone, Debug)]
pub struct Tls {
    pub ca: String,
    pub certificate: String,
    pub key: String,
}

/// The two DHCP daemons.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Family {
    V4,
    V6,
}

impl Family {
    fn number(self) -> u8 {
        match self {
            Self::V4 => 4,
            Self::V6 => 6,
        }
    }
}

/// A running `kea-dhcp4` or `kea-dhcp6`.
pub struct Kea {
    family: Family,
    folder: TempDir,
    child: Option<Child>,
    port: u16,
    /// Where it takes DHCP, and where its answers go.
    dhcp_ports: [u16; 2],
    password: String,
    tls: Option<Tls>,
}

impl Kea {
    /// Starts a `kea-dhcp4` with this `Dhcp4` map. What it does not name is filled in: control sockets, no interfaces, a
    /// memfile lease database, and the hooks for leases, reservations, subnets, classes and statistics.
    pub fn start(dhcp4: Value) -> Self {
        Self::start_with(Family::V4, dhcp4, None)
    }

    /// Starts a `kea-dhcp6` with this `Dhcp6` map, filled in alike.
    pub fn start6(dhcp6: Value) -> Self {
        Self::start_with(Family::V6, dhcp6, None)
    }

    /// The same with an HTTPS control socket.
    pub fn start_https(dhcp4: Value, tls: &Tls) -> Self {
        Self::start_with(Family::V4, dhcp4, Some(tls))
    }

    /// Two daemons with this `Dhcp4` map that stand in for each other, hot standby: `kea1` is primary, `kea2` waits.
    pub fn start_pair(dhcp4: &Value) -> [Self; 2] {
        let ports = [(); 2].map(|()| ports::free_tcp_port(ports::KEA));
        let peer = |name: &str, role: &str, port: u16| {
            let url = format!("http://127.0.0.1:{port}/");
            json!({ "name": name, "role": role, "url": url, "basic-auth-user": "peer", "basic-auth-password": "secret" })
        };
        let peers = json!([peer("kea1", "primary", ports[0]), peer("kea2", "standby", ports[1])]);
        ["kea1", "kea2"].map(|name| {
            let relationship = json!({
                "this-server-name": name, "mode": "hot-standby", "peers": peers,
                "heartbeat-delay": 200, "max-response-delay": 1000, "max-ack-delay": 200, "max-unacked-clients": 0,
            });
            let ha = json!({ "library": "libdhcp_ha.so", "parameters": { "high-availability": [relationship] } });
            let mut dhcp4 = dhcp4.clone();
            let own = dhcp4["hooks-libraries"].as_array().cloned().unwrap_or_else(hooks);
            dhcp4["hooks-libraries"] = own.into_iter().chain([ha]).collect();
            Self::start(dhcp4)
        })
    }

    fn start_with(family: Family, dhcp: Value, tls: Option<&Tls>) -> Self {
        let Value::Object(dhcp) = dhcp else { panic!("a map is wanted") };
        // Another program may take a port between the moment that it is found free and the moment that Kea binds it.
        let attempt = || Self::try_start(family, dhcp.clone(), tls.cloned()).map_err(|log| eprintln!("{log}"));
        (0..5).find_map(|_| attempt().ok()).expect("Kea does not start")
    }

    /// A daemon with one subnet, `192.0.2.0/24`, number 1, pool .100 to .199.
    pub fn with_one_subnet() -> Self {
        let pools = json!([{ "pool": "192.0.2.100-192.0.2.199" }]);
        Self::start(json!({ "subnet4": [{ "id": 1, "subnet": "192.0.2.0/24", "pools": pools }] }))
    }

    /// A `kea-dhcp6` with one subnet, `2001:db8:1::/64`, number 1, pool `::1000` to `::1fff`, which delegates prefixes of 56
    /// bits out of `2001:db8:e000::/40`.
    pub fn with_one_subnet6() -> Self {
        let pools = json!([{ "pool": "2001:db8:1::1000-2001:db8:1::1fff" }]);
        let pd_pools = json!([{ "prefix": "2001:db8:e000::", "prefix-len": 40, "delegated-len": 56 }]);
        let subnet = json!({ "id": 1, "subnet": "2001:db8:1::/64", "pools": pools, "pd-pools": pd_pools });
        Self::start6(json!({ "subnet6": [subnet] }))
    }

    /// Address of its HTTP(S) control socket.
    pub fn url(&self) -> String {
        let scheme = if self.tls.is_some() { "https" } else { "http" };
        format!("{scheme}://127.0.0.1:{}/", self.port)
    }

    /// Port of its HTTP(S) control socket, on 127.0.0.1.
    pub fn port(&self) -> u16 {
        self.port
    }

    /// The UDP port at which it takes DHCP on the interfaces that it is told to listen on: none, if nothing is said.
    pub fn dhcp_port(&self) -> u16 {
        self.dhcp_ports[0]
    }

    /// The UDP port that its answers go to.
    pub fn client_port(&self) -> u16 {
        self.dhcp_ports[1]
    }

    /// Name for Basic authentication.
    pub fn user(&self) -> &'static str {
        "console"
    }

    /// Password for Basic authentication.
    pub fn password(&self) -> &str {
        &self.password
    }

    /// The file that it was started with and that `config-write` writes.
    pub fn config_path(&self) -> PathBuf {
        self.folder.path().join(format!("kea{}.conf", self.family.number()))
    }

    /// The file of its leases, which it reads when it starts.
    pub fn lease_file(&self) -> PathBuf {
        self.folder.path().join(format!("data/kea-leases{}.csv", self.family.number()))
    }

    /// The folder of everything that it writes.
    pub fn folder(&self) -> &Path {
        self.folder.path()
    }

    /// Sends a command past the HTTP socket, through its UNIX socket, and gives the whole answer.
    pub fn command(&self, name: &str, arguments: &Value) -> Value {
        self.try_command(name, arguments).expect("Kea answers at its UNIX socket")
    }

    /// Ends it as a power cut would.
    pub fn kill9(&mut self) {
        if let Some(mut child) = self.child.take() {
            child.kill().expect("it is ours");
            child.wait().expect("it is ours");
        }
    }

    /// Asks it to end, as a service manager does, and waits until it has.
    pub fn stop(&mut self) {
        if let Some(mut child) = self.child.take() {
            let asked = Command::new("kill").args(["-TERM", &child.id().to_string()]).status();
            assert!(asked.is_ok_and(|status| status.success()), "it is ours");
            child.wait().expect("it is ours");
        }
    }

    /// Starts it again from its file, on the same ports, killing it first if it runs.
    pub fn restart(&mut self) {
        self.try_restart().unwrap_or_else(|log| panic!("Kea does not start again: {log}"));
    }

    /// The same, where it may not start; then its log comes back.
    pub fn try_restart(&mut self) -> Result<(), String> {
        self.kill9();
        self.run()
    }

    fn try_start(family: Family, dhcp: Map<String, Value>, tls: Option<Tls>) -> Result<Self, String> {
        let folder = tempfile::Builder::new().prefix("kea").tempdir().expect("a temporary folder");
        let dhcp_ports = [ports::free_udp_port(ports::KEA), ports::free_udp_port(ports::KEA)];
        let mut kea = Self {
            family,
            folder,
            child: None,
            port: ports::free_tcp_port(ports::KEA),
            dhcp_ports,
            password: password(),
            tls,
        };
        let root = format!("Dhcp{}", family.number());
        let config = json!({ root: kea.completed(dhcp) });
        fs::write(kea.config_path(), serde_json::to_vec_pretty(&config).unwrap()).unwrap();
        kea.run().map(|()| kea)
    }

    fn completed(&self, mut dhcp: Map<String, Value>) -> Map<String, Value> {
        let users = json!([{ "user": self.user(), "password": self.password }]);
        let mut http = json!({
            "socket-type": "http", "socket-address": "127.0.0.1", "socket-port": self.port,
            "authentication": { "type": "basic", "realm": "lab", "clients": users },
        });
        if let Some(tls) = &self.tls {
            http["socket-type"] = json!("https");
            http["cert-required"] = json!(true);
            for (key, pem) in [("trust-anchor", &tls.ca), ("cert-file", &tls.certificate), ("key-file", &tls.key)] {
                let file = self.folder.path().join(key);
                fs::write(&file, pem).unwrap();
                http[key] = json!(file);
            }
        }
        let defaults = json!({
            "control-sockets": [{ "socket-type": "unix", "socket-name": SOCKET }, http],
            "interfaces-config": { "interfaces": [] },
            "lease-database": { "type": "memfile", "lfc-interval": 0 },
            "hooks-libraries": hooks(),
            "valid-lifetime": 3600,
        });
        for (key, value) in defaults.as_object().unwrap() {
            dhcp.entry(key).or_insert_with(|| value.clone());
        }
        dhcp
    }

    fn run(&mut self) -> Result<(), String> {
        let log = File::create(self.folder.path().join("kea.log")).unwrap();
        let child = Command::new(program(self.family))
            .arg("-c")
            .arg(self.config_path())
            .args(["-p", &self.dhcp_port().to_string(), "-P", &self.client_port().to_string()])
            .env("KEA_RUN", self.folder.path())
            .stdin(Stdio::null())
            .stdout(log.try_clone().unwrap())
            .stderr(log)
            .spawn()
            .expect("Kea can be run");
        self.child = Some(child);
        let end = Instant::now() + START;
        while Instant::now() < end && self.child.as_mut().unwrap().try_wait().unwrap().is_none() {
            // Its own UNIX socket answers only after the HTTP socket is bound too, and cannot be another program's.
            if self.try_command("version-get", &Value::Null).is_some_and(|answer| answer["result"] == 0) {
                if self.has_its_port() {
                    return Ok(());
                }
                break;
            }
            sleep(Duration::from_millis(10));
        }
        self.kill9();
        Err(fs::read_to_string(self.folder.path().join("kea.log")).unwrap_or_default())
    }

    /// Whether it is this daemon that is behind its port: no other one takes its password.
    fn has_its_port(&self) -> bool {
        if self.tls.is_some() {
            return true;
        }
        let auth = base64(format!("{}:{}", self.user(), self.password).as_bytes());
        let body = r#"{ "command": "version-get" }"#;
        let length = body.len();
        let head = "POST / HTTP/1.1\r\nHost: kea\r\nContent-Type: application/json\r\nConnection: close\r\n";
        let request = format!("{head}Authorization: Basic {auth}\r\nContent-Length: {length}\r\n\r\n{body}");
        let ask = || {
            let mut socket = TcpStream::connect((Ipv4Addr::LOCALHOST, self.port)).ok()?;
            socket.set_read_timeout(Some(START)).ok()?;
            socket.write_all(request.as_bytes()).ok()?;
            let mut answer = Vec::new();
            socket.read_to_end(&mut answer).ok()?;
            Some(answer.starts_with(b"HTTP/1.1 200"))
        };
        ask() == Some(true)
    }

    fn try_command(&self, name: &str, arguments: &Value) -> Option<Value> {
        let mut request = json!({ "command": name });
        if !arguments.is_null() {
            request["arguments"] = arguments.clone();
        }
        let mut socket = UnixStream::connect(self.folder.path().join("socket").join(SOCKET)).ok()?;
        socket.set_read_timeout(Some(START)).ok()?;
        socket.write_all(request.to_string().as_bytes()).ok()?;
        let mut answer = Vec::new();
        socket.read_to_end(&mut answer).ok()?;
        serde_json::from_slice(&answer).ok()
    }
}

impl Drop for Kea {
    fn drop(&mut self) {
        self.kill9();
    }
}

/// The hook libraries that a daemon has unless it names its own.
pub fn hooks() -> Vec<Value> {
    let hooks = ["lease", "host", "subnet", "class", "stat"];
    hooks.iter().map(|hook| json!({ "library": format!("libdhcp_{hook}_cmds.so") })).collect()
}

fn password() -> String {
    static COUNT: AtomicU32 = AtomicU32::new(0);
    format!("pw-{}-{}", std::process::id(), COUNT.fetch_add(1, Ordering::Relaxed))
}

/// RFC 4648, section 4: what Basic authentication needs, without a library for every package that takes this file.
fn base64(octets: &[u8]) -> String {
    const LETTERS: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    let mut text = String::new();
    for group in octets.chunks(3) {
        let bits = (0..3).fold(0_u32, |bits, at| bits << 8 | u32::from(group.get(at).copied().unwrap_or(0)));
        for at in 0..4 {
            let letter = LETTERS[(bits >> (18 - 6 * at) & 63) as usize];
            text.push(if at <= group.len() { letter.into() } else { '=' });
        }
    }
    text
}

/// The tables that a host database needs, as SQL for psql.
pub fn postgres_schema() -> PathBuf {
    let schema = distribution().join("root/usr/share/kea/scripts/pgsql/dhcpdb_create.pgsql");
    assert!(schema.exists(), "there is no {}", schema.display());
    schema
}

/// Where Kea is.
fn distribution() -> PathBuf {
    std::env::var_os("NESTOR_KEA_DIR").map_or_else(fetched, PathBuf::from)
}

/// The daemon to run, fetched if need be.
pub fn program(family: Family) -> PathBuf {
    let program = distribution().join(format!("bin/kea-dhcp{}", family.number()));
    assert!(program.exists(), "there is no {}", program.display());
    program
}

/// `target/kea`. The script writes `version` last, and lets other runs of itself wait; what an older one made has no
/// `kea-dhcp6` yet.
fn fetched() -> PathBuf {
    let workspace = workspace();
    let folder = workspace.join("target/kea");
    if !(folder.join("version").exists() && folder.join("bin/kea-dhcp6").exists()) {
        let script = workspace.join("end2end/lab/fetch.sh");
        let status = Command::new(&script).arg(&folder).status();
        assert!(status.is_ok_and(|status| status.success()), "{} did not bring Kea", script.display());
    }
    folder
}

/// The topmost folder with a `Cargo.lock`.
fn workspace() -> PathBuf {
    let package = PathBuf::from(std::env::var_os("CARGO_MANIFEST_DIR").expect("run by cargo"));
    let root = package.ancestors().filter(|folder| folder.join("Cargo.lock").exists()).last();
    root.expect("inside of a workspace").to_owned()
}
