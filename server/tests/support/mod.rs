//! The real program, started as an operator starts it, before a real Kea.
#![allow(dead_code, unreachable_pub, missing_docs, reason = "every test takes a part of it")]
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "a test that cannot go on should stop")]

#[path = "../../kea/tests/support/lab.rs"]
pub mod lab;

pub mod api_client;
pub mod dhcp_client;
pub mod load;
pub mod namespace;
pub mod oracle;
pub mod rng;

use std::collections::HashMap;
use std::ffi::OsString;
use std::io::{BufRead, BufReader, Write};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, ExitStatus, Output, Stdio};
use std::sync::OnceLock;
use std::time::{Duration, Instant};

use reqwest::header::{COOKIE, LOCATION, SET_COOKIE};
use reqwest::redirect::Policy;
use reqwest::{Client, Method, Response};
use serde_json::{Value, json};
use tempfile::TempDir;

pub use lab::Kea;

pub const PASSWORD: &str = "a kea is no parrot";

const LOG: &str = "nestor.log";

/// The program.
pub fn nestor() -> Command {
    without_settings(Command::new(env!("CARGO_BIN_EXE_nestor")))
}

/// What the caller's environment sets must not decide a test.
pub fn without_settings(mut command: Command) -> Command {
    for (name, _) in std::env::vars_os().filter(|(name, _)| name.to_string_lossy().starts_with("NESTOR_")) {
        command.env_remove(name);
    }
    command
}

/// Runs the program to its end with these words, and this on its standard input.
pub fn run(words: &[&str], input: &str) -> Output {
    let mut child =
        nestor().args(words).stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
    child.stdin.take().unwrap().write_all(input.as_bytes()).unwrap();
    child.wait_with_output().unwrap()
}

/// Runs it where nobody reads what it prints any more, as before the end of `nestor … | head`.
pub fn run_unread(words: &[&str]) -> ExitStatus {
    let (read, written) = std::io::pipe().unwrap();
    drop(read);
    let errors = written.try_clone().unwrap();
    nestor().args(words).stdin(Stdio::null()).stdout(written).stderr(errors).status().unwrap()
}

/// What a search finds once it does not wait for any server any more.
pub async fn searched(search: impl AsyncFn() -> Value) -> Value {
    for _ in 0..200 {
        let answer = search().await;
        if answer["progress"]["under_way"] != json!(true) {
            return answer;
        }
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    panic!("servers are read on and on");
}

/// A subnet as most tests need it: 192.0.2.0/24 with the pool .100 to .199.
pub fn kea() -> Kea {
    Kea::start(json!({
        "subnet4": [{
            "id": 1, "subnet": "192.0.2.0/24",
            "pools": [{ "pool": "192.0.2.100-192.0.2.199" }],
            "option-data": [{ "name": "routers", "data": "192.0.2.1" }],
        }],
    }))
}

/// Makes an account of every role, in the store that these words name.
pub fn add_accounts(data: &Path, store: &[&str]) {
    for role in ["viewer", "operator", "admin"] {
        let words = ["user", "add", role, "--role", role, "--password-stdin", "--data-dir", path(data)];
        let added = run(&[&words, store].concat(), &format!("{PASSWORD}\n"));
        assert!(added.status.success(), "{}", String::from_utf8_lossy(&added.stderr));
    }
}

/// Lays a store with an account of every role into a data folder: a copy, as every test that signs in needs one.
pub fn lay_accounts(data: &Path) {
    static STORE: OnceLock<Vec<(OsString, Vec<u8>)>> = OnceLock::new();
    let files = STORE.get_or_init(|| {
        let folder = TempDir::new().unwrap();
        add_accounts(folder.path(), &[]);
        let files = std::fs::read_dir(folder.path()).unwrap().map(Result::unwrap);
        files.map(|file| (file.file_name(), std::fs::read(file.path()).unwrap())).collect()
    });
    std::fs::create_dir_all(data).unwrap();
    for (name, octets) in files {
        std::fs::write(data.join(name), octets).unwrap();
    }
}

/// The section of a configuration file for a Kea, with its password in this folder. `service`: `dhcp4` or `dhcp6`.
pub fn section(data: &Path, name: &str, service: &str, kea: &Kea) -> String {
    let password = data.join(format!("{name}.password"));
    std::fs::write(&password, kea.password()).unwrap();
    format!(
        "[[kea]]\nname = '{name}'\nservice = '{service}'\nurl = '{}'\nuser = '{}'\npassword_file = '{}'\n",
        kea.url(),
        kea.user(),
        path(&password)
    )
}

/// A running server.
pub struct Nestor {
    child: Child,
    pub data: PathBuf,
    folder: Option<TempDir>,
    pub console: String,
    pub foreman: String,
    pub setup: Option<String>,
    pub client: Client,
}

impl Nestor {
    /// With accounts of every role, before this Kea.
    pub fn before(kea: &Kea) -> Self {
        Self::before_at(kea, &kea.url())
    }

    /// The same, where that Kea is reached at another address.
    pub fn before_at(kea: &Kea, url: &str) -> Self {
        let folder = TempDir::new().unwrap();
        lay_accounts(folder.path());
        let mut nestor = Self::start_at(folder.path(), kea, url, &[]);
        nestor.folder = Some(folder);
        nestor
    }

    /// On this data folder.
    pub fn start(data: &Path, kea: &Kea, more: &[&str]) -> Self {
        Self::start_at(data, kea, &kea.url(), more)
    }

    /// On this data folder, before this Kea, which is reached at that address.
    pub fn start_at(data: &Path, kea: &Kea, url: &str, more: &[&str]) -> Self {
        let password = data.join("kea.password");
        std::fs::create_dir_all(data).unwrap();
        std::fs::write(&password, kea.password()).unwrap();
        let kea = ["--kea", url, "--kea-user", kea.user(), "--kea-password-file", path(&password)];
        Self::launch(data, &[&kea, more].concat())
    }

    /// On this data folder, before whatever these words name.
    pub fn launch(data: &Path, words: &[&str]) -> Self {
        Self::launch_as(nestor(), None, data, words)
    }

    /// The same in a circumstance of its own: the command that becomes the program, and where its log goes.
    pub fn launch_as(mut command: Command, log: Option<Stdio>, data: &Path, words: &[&str]) -> Self {
        let usual = || std::env::var_os("NESTOR_TEST_LOG").map_or_else(|| log_file(data), |_| Stdio::inherit());
        let mut child = command
            .args(["serve", "--data-dir", path(data), "--listen", "127.0.0.1:0", "--smart-proxy-listen", "127.0.0.1:0"])
            .args(words)
            .stdout(Stdio::piped())
            .stderr(log.unwrap_or_else(usual))
            .spawn()
            .unwrap();
        let said = announced(&mut child);
        // The program leaves the choice to its caller; here it is the same as in the server.
        drop(rustls::crypto::ring::default_provider().install_default());
        let client = Client::builder().redirect(Policy::none()).no_proxy().build().unwrap();
        let url = |name: &str| said[name].trim_end_matches('/').to_owned();
        Self {
            child,
            data: data.to_owned(),
            folder: None,
            console: url("Console"),
            foreman: url("Foreman"),
            setup: said.get("Sign in").map(|line| line.split_whitespace().next().unwrap().to_owned()),
            client,
        }
    }

    pub async fn get(&self, path: &str, cookie: &str) -> Response {
        self.client.get(format!("{}{path}", self.console)).header(COOKIE, cookie).send().await.unwrap()
    }

    /// A form, as a browser sends it.
    pub async fn form(&self, path: &str, fields: &[(&str, &str)], cookie: &str) -> Response {
        let body = form(fields);
        let request =
            self.client.post(format!("{}{path}", self.console)).header(COOKIE, cookie).header("origin", &self.console);
        request.header("content-type", "application/x-www-form-urlencoded").body(body).send().await.unwrap()
    }

    /// A server function, as a page calls it.
    pub async fn call(&self, path: &str, arguments: &Value, cookie: &str) -> (u16, Value) {
        let request = self.client.post(format!("{}{path}", self.console)).header(COOKIE, cookie);
        let request = request.header("sec-fetch-site", "same-origin").header("content-type", "application/json");
        let response = request.body(arguments.to_string()).send().await.unwrap();
        let status = response.status().as_u16();
        let text = response.text().await.unwrap();
        (status, serde_json::from_str(&text).unwrap_or(Value::String(text)))
    }

    /// A server function that must do what it is asked; gives its answer.
    pub async fn done(&self, path: &str, arguments: &Value, cookie: &str) -> Value {
        let (status, answer) = self.call(path, arguments, cookie).await;
        assert_eq!(status, 200, "{path}: {answer}");
        answer
    }

    /// Signs in; gives the cookie.
    pub async fn sign_in(&self, name: &str) -> String {
        let response = self.form("/login", &[("name", name), ("password", PASSWORD)], "").await;
        assert_eq!(response.headers()[LOCATION], "/", "sign-in of {name}");
        cookie_of(&response)
    }

    /// A call of Foreman.
    pub async fn foreman(&self, method: &str, path: &str, fields: &[(&str, &str)]) -> (u16, String) {
        let method = Method::from_bytes(method.as_bytes()).unwrap();
        let request =
            self.client.request(method, format!("{}{path}", self.foreman)).header("accept", "application/json");
        let request = request.header("content-type", "application/x-www-form-urlencoded").body(form(fields));
        let response = request.send().await.unwrap();
        (response.status().as_u16(), response.text().await.unwrap())
    }

    /// What it logged so far, unless the log is shown (`NESTOR_TEST_LOG`).
    pub fn log(&self) -> String {
        std::fs::read_to_string(self.data.join(LOG)).unwrap_or_default()
    }

    /// From now on only the memory counts that it has from now on.
    pub fn forget_memory_peak(&self) {
        std::fs::write(format!("/proc/{}/clear_refs", self.child.id()), "5").unwrap();
    }

    /// The most memory that it has had so far, in bytes.
    pub fn memory_peak(&self) -> u64 {
        let status = std::fs::read_to_string(format!("/proc/{}/status", self.child.id())).unwrap();
        let peak = status.lines().find_map(|line| line.strip_prefix("VmHWM:")?.trim().strip_suffix(" kB"));
        peak.expect("a peak in kB").parse::<u64>().unwrap() << 10
    }

    /// Asks it to read its files again.
    pub fn hang_up(&self) {
        self.signal("HUP");
    }

    /// Sends it a signal.
    pub fn signal(&self, name: &str) {
        let id = self.child.id().to_string();
        assert!(Command::new("kill").args([&format!("-{name}"), &id]).status().unwrap().success());
    }

    /// The running program.
    pub fn child(&mut self) -> &mut Child {
        &mut self.child
    }

    /// Waits until it has ended by itself; gives its exit code.
    pub async fn ended(&mut self, within: Duration) -> Option<i32> {
        let end = Instant::now() + within;
        while Instant::now() < end {
            if let Some(status) = self.child.try_wait().unwrap() {
                return status.code();
            }
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
        panic!("it did not end within {within:?}: {}", self.log())
    }

    /// The status of what monitoring asks, and what it says.
    pub async fn health(&self, path: &str) -> (u16, String) {
        let response = self.get(path, "").await;
        (response.status().as_u16(), response.text().await.unwrap())
    }

    /// Waits until it says that it is ready, or that it is not.
    pub async fn until_ready_is(&self, status: u16) {
        let end = Instant::now() + Duration::from_secs(20);
        loop {
            let said = self.health("/readyz").await;
            if said.0 == status {
                return;
            }
            assert!(Instant::now() < end, "/readyz says {said:?}: {}", self.log());
            tokio::time::sleep(Duration::from_millis(100)).await;
        }
    }

    /// Starts it again on the same data, wherever it listens then.
    pub fn restart(&mut self, kea: &Kea, more: &[&str]) {
        self.kill9();
        let mut again = Self::start(&self.data, kea, more);
        again.folder = self.folder.take();
        *self = again;
    }

    /// Ends it as a power cut would.
    pub fn kill9(&mut self) {
        self.child.kill().unwrap();
        self.child.wait().unwrap();
    }

    /// Asks it to end; gives its exit code.
    pub fn terminate(&mut self) -> Option<i32> {
        self.signal("TERM");
        self.child.wait().unwrap().code()
    }
}

impl Drop for Nestor {
    fn drop(&mut self) {
        drop(self.child.kill());
        drop(self.child.wait());
    }
}

fn log_file(data: &Path) -> Stdio {
    std::fs::File::options().append(true).create(true).open(data.join(LOG)).unwrap().into()
}

/// The lines that the program prints when it is ready, by their first words. An empty line ends them.
fn announced(child: &mut Child) -> HashMap<String, String> {
    let lines = BufReader::new(child.stdout.take().unwrap()).lines();
    let said = lines.map_while(Result::ok).take_while(|line| !line.is_empty());
    let said: HashMap<_, _> = said
        .filter_map(|line| line.split_once(':').map(|(name, value)| (name.to_owned(), value.trim().to_owned())))
        .collect();
    assert!(said.contains_key("Console"), "the server did not start: {said:?}");
    said
}

pub fn path(path: &Path) -> &str {
    path.to_str().unwrap()
}

fn form(fields: &[(&str, &str)]) -> String {
    let escape = |text: &str| text.bytes().fold(String::new(), |all, octet| all + &format!("%{octet:02X}"));
    fields.iter().map(|(name, value)| format!("{name}={}", escape(value))).collect::<Vec<_>>().join("&")
}

/// The cookie that an answer sets.
pub fn cookie_of(response: &Response) -> String {
    let set = response.headers().get(SET_COOKIE).expect("a cookie").to_str().unwrap();
    set.split(';').next().unwrap().to_owned()
}
