//! A real `PostgreSQL` from the distribution's packages, in a folder of its own, for as long as a test needs it.
#![allow(dead_code, unreachable_pub, missing_docs, reason = "every test takes a part of it")]
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "a test that cannot go on should stop")]

#[path = "../../../kea/tests/support/ports.rs"]
#[allow(clippy::duplicate_mod, reason = "several files of support take it")]
mod ports;

use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::process::{Command, ExitStatus, Stdio};
use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::{Arc, Mutex, PoisonError, Weak, mpsc};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

/// The user of every database, and its password.
pub const USER: &str = "nestor";
pub const PASSWORD: &str = "sesame";

/// Folders of clusters begin so; the number of the process that made them follows.
const PREFIX: &str = "nestor-postgres-";

/// A server on a socket and on a loopback port. It stops and its folder goes when this is dropped; when the test is
/// killed, the system stops it, and the next test takes its folder away.
pub struct Cluster {
    folder: PathBuf,
    port: u16,
    settings: Vec<String>,
    running: Option<Running>,
    databases: AtomicU32,
}

struct Running {
    pid: u32,
    /// The system stops the server when the thread ends that started it: this one waits for the server.
    keeper: JoinHandle<ExitStatus>,
}

impl Cluster {
    /// The one that all tests of this program share while any of them uses it.
    pub fn shared() -> Arc<Self> {
        static SHARED: Mutex<Weak<Cluster>> = Mutex::new(Weak::new());
        let mut shared = SHARED.lock().unwrap_or_else(PoisonError::into_inner);
        shared.upgrade().unwrap_or_else(|| {
            let cluster = Arc::new(Self::start());
            *shared = Arc::downgrade(&cluster);
            cluster
        })
    }

    /// One of the test's own. It survives a crash of its program, but does not wait for the disk: where others build
    /// and test beside it, that takes seconds.
    pub fn start() -> Self {
        Self::start_with(&["fsync=off"])
    }

    /// One of the test's own, with these settings.
    pub fn start_with(settings: &[&str]) -> Self {
        static COUNT: AtomicU32 = AtomicU32::new(0);
        remove_leftovers();
        let name = format!("{PREFIX}{}-{}", std::process::id(), COUNT.fetch_add(1, Ordering::Relaxed));
        let folder = std::env::temp_dir().join(name);
        std::fs::create_dir(&folder).unwrap();
        let port = ports::free_tcp_port(ports::POSTGRES);
        let settings = settings.iter().map(|setting| (*setting).to_owned()).collect();
        let mut cluster = Self { folder, port, settings, running: None, databases: AtomicU32::new(0) };
        let password = cluster.folder.join("password");
        std::fs::write(&password, PASSWORD).unwrap();
        if is_root() {
            done(Command::new("chown").args(["-R", "postgres:postgres"]).arg(&cluster.folder));
        }
        let mut initdb = as_its_user("initdb", &[]);
        initdb.arg("--pgdata").arg(cluster.data()).arg("--pwfile").arg(&password).args(["--username", USER]);
        initdb.args(["--auth-local=trust", "--auth-host=scram-sha-256", "--encoding=UTF8", "--locale=C.UTF-8"]);
        done(initdb.arg("--no-sync").current_dir(&cluster.folder));
        cluster.run();
        cluster
    }

    /// The folder with the tables and settings, for tests that change these.
    pub fn data(&self) -> PathBuf {
        self.folder.join("data")
    }

    /// The folder of the socket.
    pub fn socket(&self) -> &Path {
        &self.folder
    }

    pub fn port(&self) -> u16 {
        self.port
    }

    /// A new, empty database, by its URL.
    pub fn database(&self) -> String {
        let name = format!("nestor{}", self.databases.fetch_add(1, Ordering::Relaxed));
        self.create(&name, &[]);
        self.url(&name)
    }

    /// Makes a database with further words for `createdb`.
    pub fn create(&self, name: &str, words: &[&str]) {
        done(self.tool("createdb").args(words).arg(name));
    }

    /// The URL of a database over the loopback port.
    pub fn url(&self, database: &str) -> String {
        format!("postgres://{USER}:{PASSWORD}@127.0.0.1:{}/{database}", self.port)
    }

    /// Runs statements as an administrator, and answers with what they print, without ornament.
    pub fn sql(&self, database: &str, statements: &str) -> String {
        let output = self.tool("psql").args(["-XqAt", "-v", "ON_ERROR_STOP=1", "-c", statements, database]).output();
        let output = output.unwrap();
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
        String::from_utf8(output.stdout).unwrap().trim_end().to_owned()
    }

    /// Runs a file of statements as an administrator.
    pub fn script(&self, database: &str, file: &Path) {
        done(self.tool("psql").args(["-XqAt", "-v", "ON_ERROR_STOP=1", "-f"]).arg(file).arg(database));
    }

    /// Writes a file into the data folder that the server's user alone may read.
    pub fn put(&self, name: &str, text: &str) {
        let file = self.data().join(name);
        std::fs::write(&file, text).unwrap();
        std::fs::set_permissions(&file, std::fs::Permissions::from_mode(0o600)).unwrap();
        if is_root() {
            done(Command::new("chown").arg("postgres:postgres").arg(&file));
        }
    }

    /// Ends the server at once, like a crash.
    pub fn crash(&mut self) {
        self.end("KILL");
    }

    /// Starts it again on the same folder and port.
    pub fn run(&mut self) {
        assert!(self.running.is_none(), "it runs already");
        let mut server = as_its_user("postgres", &["--pdeathsig", "QUIT"]);
        server.arg("-D").arg(self.data()).args(["-c", "listen_addresses=127.0.0.1", "-c", "max_connections=200"]);
        for setting in &self.settings {
            server.arg("-c").arg(setting);
        }
        server.arg("-c").arg(format!("port={}", self.port));
        server.arg("-c").arg(format!("unix_socket_directories={}", self.folder.display()));
        server.current_dir(&self.folder).stdin(Stdio::null()).stdout(Stdio::null());
        server.stderr(std::fs::File::create(self.folder.join("log")).unwrap());
        let (report, pid) = mpsc::channel();
        let keeper = std::thread::spawn(move || {
            let mut child = server.spawn().unwrap();
            report.send(child.id()).unwrap();
            child.wait().unwrap()
        });
        self.running = Some(Running { pid: pid.recv().unwrap(), keeper });
        self.until_ready();
    }

    fn until_ready(&self) {
        let begun = Instant::now();
        while !self.tool("pg_isready").output().unwrap().status.success() {
            let log = || std::fs::read_to_string(self.folder.join("log")).unwrap_or_default();
            let runs = self.running.as_ref().is_some_and(|running| !running.keeper.is_finished());
            assert!(runs && begun.elapsed() < Duration::from_mins(1), "PostgreSQL does not start: {}", log());
            std::thread::sleep(Duration::from_millis(20));
        }
    }

    fn tool(&self, name: &str) -> Command {
        let mut tool = Command::new(bin().join(name));
        tool.arg("--host").arg(&self.folder).arg("--port").arg(self.port.to_string()).args(["--username", USER]);
        tool.current_dir(&self.folder);
        tool
    }

    fn end(&mut self, signal: &str) {
        let Some(Running { pid, keeper }) = self.running.take() else { return };
        drop(Command::new("kill").arg(format!("-{signal}")).arg(pid.to_string()).status());
        drop(keeper.join());
    }
}

impl Drop for Cluster {
    fn drop(&mut self) {
        self.end("QUIT");
        drop(std::fs::remove_dir_all(&self.folder));
    }
}

/// The folder of the programs, of the newest version that is installed.
fn bin() -> PathBuf {
    let versions = std::fs::read_dir("/usr/lib/postgresql").into_iter().flatten().flatten();
    let version = |folder: &PathBuf| folder.file_name()?.to_str()?.parse::<u32>().ok();
    let newest = versions.map(|entry| entry.path()).filter(|path| path.join("bin/initdb").exists()).max_by_key(version);
    newest.expect("PostgreSQL is not installed: run `make postgres`").join("bin")
}

fn is_root() -> bool {
    let id = Command::new("id").arg("-u").output().unwrap();
    id.stdout == b"0\n"
}

/// The server does not run as root: there it runs as the user that its package made.
fn as_its_user(program: &str, words: &[&str]) -> Command {
    let mut command = Command::new("setpriv");
    if is_root() {
        command.args(["--reuid", "postgres", "--regid", "postgres", "--clear-groups"]);
    }
    command.args(words).arg(bin().join(program));
    command
}

fn done(command: &mut Command) {
    let output = command.output().unwrap_or_else(|error| panic!("{command:?}: {error}"));
    assert!(output.status.success(), "{command:?}: {}", String::from_utf8_lossy(&output.stderr));
}

/// Takes away what tests left behind that were killed.
fn remove_leftovers() {
    for entry in std::fs::read_dir(std::env::temp_dir()).into_iter().flatten().flatten() {
        let name = entry.file_name();
        let maker = name.to_str().and_then(|name| name.strip_prefix(PREFIX)?.split('-').next());
        if maker.is_some_and(|pid| !Path::new("/proc").join(pid).exists()) {
            drop(std::fs::remove_dir_all(entry.path()));
        }
    }
}
