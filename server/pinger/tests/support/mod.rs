//! Networks for tests: a few hosts at the ends of virtual cables, in namespaces that are gone with the test.
//!
//! [`inside`] starts the calling test once more, under `unshare`: as root, or as root of a user namespace. Nothing that
//! runs in there reaches another network. Needs `unshare`, `mount` and `ip`; without them or the rights the test fails.
#![allow(clippy::unwrap_used, reason = "a test that cannot go on should stop")]

pub(crate) mod responder;

use std::any::type_name;
use std::fs::{self, File};
use std::net::{Ipv4Addr, TcpListener};
use std::os::fd::AsFd;
use std::process::{Command, Output};
use std::thread;

use rustix::thread::{CapabilitySet, LinkNameSpaceType, capabilities, move_into_link_name_space, set_capabilities};

/// Set in the second run to the network namespace of the first.
const OUTSIDE: &str = "PINGER_TEST_OUTSIDE";

/// Which groups may open sockets for echoes; none in a new namespace.
const GROUPS: &str = "/proc/sys/net/ipv4/ping_group_range";

/// What the tests need of the namespaces, tried before they are relied on.
const TRIAL: &str = "mount -t tmpfs none /run && mkdir /run/netns && ip netns add trial \
    && ip link add v0 type veth peer name v1 netns trial && echo '0 0' > /proc/sys/net/ipv4/ping_group_range";

/// Runs the closure, which must be the whole of a test, in a network of its own with nothing but a loopback.
pub(crate) fn inside<F: FnOnce()>(test: F) {
    let here = fs::read_link("/proc/self/ns/net").unwrap().display().to_string();
    match std::env::var(OUTSIDE) {
        Ok(outside) => {
            assert_ne!(here, outside, "the test is still in the network that it was started in");
            ip("link set lo up");
            run("mount", "-t tmpfs none /run");
            fs::create_dir("/run/netns").unwrap();
            test();
        }
        Err(_) => run_again_inside(&here, name_of::<F>()),
    }
}

/// The name of the test that a closure was written in.
fn name_of<F>() -> &'static str {
    let path = type_name::<F>().trim_end_matches("::{{closure}}");
    path.split_once("::").unwrap().1
}

fn run_again_inside(outside: &str, test: &str) {
    let this = std::env::current_exe().unwrap();
    let mut command = unshare(flags());
    command.arg(this).args(["--exact", test, "--nocapture", "--test-threads=1"]).env(OUTSIDE, outside);
    let output = command.output().unwrap();
    let report = report_of(&output);
    assert!(output.status.success(), "{report}");
    assert!(report.contains("1 passed"), "{test} did not run in its namespace: {report}");
}

/// The flags of `unshare` that work for who we are.
fn flags() -> &'static str {
    let trials = ["-nm", "-Urnm"].map(|flags| (flags, unshare(flags).args(["sh", "-ec", TRIAL]).output().unwrap()));
    match trials.iter().find(|(_, output)| output.status.success()) {
        Some((flags, _)) => flags,
        None => panic!(
            "these tests need network namespaces: run them as root, or allow unprivileged user namespaces. {}",
            trials.map(|(flags, output)| format!("unshare {flags}: {}", report_of(&output))).join(" ")
        ),
    }
}

fn unshare(flags: &str) -> Command {
    let mut command = Command::new("unshare");
    command.arg(flags).env("PATH", format!("{}:/usr/sbin:/sbin", std::env::var("PATH").unwrap()));
    command
}

fn report_of(output: &Output) -> String {
    [&output.stdout, &output.stderr].map(|text| String::from_utf8_lossy(text).trim().to_owned()).join("\n")
}

fn run(program: &str, words: &str) {
    let output = Command::new(program).args(words.split(' ')).output().unwrap();
    assert!(output.status.success(), "{program} {words}: {}", report_of(&output));
}

/// Runs `ip`.
pub(crate) fn ip(words: &str) {
    run("ip", words);
}

/// Which sockets for echoes this process may open.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Rights {
    /// Both.
    Everything,
    /// Those of datagrams.
    Datagram,
    /// Raw ones.
    Raw,
    /// None.
    Nothing,
}

impl Rights {
    /// Runs something with just these rights, in a thread of its own. Those without datagrams come first in a test:
    /// root of a user namespace can open the range of groups, but not close it again.
    pub(crate) fn just<T: Send>(self, what: impl FnOnce() -> T + Send) -> T {
        if matches!(self, Self::Everything | Self::Datagram) {
            fs::write(GROUPS, "0 0").unwrap();
        } else {
            let groups = fs::read_to_string(GROUPS).unwrap();
            assert!(!groups.starts_with('0'), "{self:?} must come before the rights with datagrams");
        }
        in_thread(|| {
            if matches!(self, Self::Datagram | Self::Nothing) {
                let mut rights = capabilities(None).unwrap();
                rights.effective.remove(CapabilitySet::NET_RAW);
                set_capabilities(None, rights).unwrap();
            }
            what()
        })
    }
}

fn in_thread<T: Send>(what: impl FnOnce() -> T + Send) -> T {
    thread::scope(|scope| scope.spawn(what).join().unwrap_or_else(|panic| std::panic::resume_unwind(panic)))
}

/// A host at the end of a cable. It answers echoes, and refuses connections to every port.
pub(crate) struct Host {
    number: u8,
}

impl Host {
    /// Host number n has the address 10.9.n.2; this end of the cable has 10.9.n.1 in the same /24.
    pub(crate) fn new(number: u8) -> Self {
        let host = Self { number };
        ip(&format!("netns add h{number}"));
        ip(&format!("link add v{number} type veth peer name cable netns h{number}"));
        ip(&format!("addr add 10.9.{number}.1/24 dev v{number}"));
        ip(&format!("link set v{number} up"));
        host.ip("link set lo up");
        host.ip("link set cable up");
        host.add_address(2);
        host
    }

    /// Its first address.
    pub(crate) fn address(&self) -> Ipv4Addr {
        self.at(2)
    }

    /// An address of its subnet, whosever it is.
    pub(crate) fn at(&self, last: u8) -> Ipv4Addr {
        Ipv4Addr::new(10, 9, self.number, last)
    }

    /// Gives it one more address.
    pub(crate) fn add_address(&self, last: u8) {
        self.ip(&format!("addr add {}/24 dev cable", self.at(last)));
    }

    /// Runs `ip` on it.
    pub(crate) fn ip(&self, words: &str) {
        ip(&format!("-n h{} {words}", self.number));
    }

    /// Writes a setting of its kernel.
    pub(crate) fn set(&self, setting: &str, value: &str) {
        self.run(|| fs::write(format!("/proc/sys/net/ipv4/{setting}"), value).unwrap());
    }

    /// From now on it answers no echo.
    pub(crate) fn ignore_echo(&self) {
        self.set("icmp_echo_ignore_all", "1");
    }

    /// Opens port 7.
    pub(crate) fn listen(&self) -> TcpListener {
        self.run(|| TcpListener::bind((Ipv4Addr::UNSPECIFIED, 7)).unwrap())
    }

    /// Runs something on it. A socket that is opened there stays there.
    pub(crate) fn run<T: Send>(&self, what: impl FnOnce() -> T + Send) -> T {
        in_thread(|| {
            let there = File::open(format!("/run/netns/h{}", self.number)).unwrap();
            move_into_link_name_space(there.as_fd(), Some(LinkNameSpaceType::Network)).unwrap();
            what()
        })
    }
}
