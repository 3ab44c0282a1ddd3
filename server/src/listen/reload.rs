//! Certificates and the list of trusted hosts are read again when their files change, or when the program is told to.

use std::os::unix::fs::MetadataExt;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use model::{Finding, Severity};
use rustls::ServerConfig;
use services::OverviewArea;
use smart_proxy::Trust;
use tokio::signal::unix::Signal;
use tokio::sync::watch;
use tokio::time::{MissedTickBehavior, interval};

use super::hosts::{Hosts, Name};
use super::now;
use super::tls::{Complaint, Credentials};
use crate::Fault;
use crate::config::{self, SmartProxy, Tls};

/// How often the files are looked at.
const LOOK: Duration = Duration::from_secs(10);

/// What to do about a call by another name.
const NAMED_ELSE: &str = "If Foreman calls Nestor by this name, add it to smart_proxy.host_names.";

/// The files that are read again.
#[derive(Debug, Clone)]
pub(crate) struct Files {
    /// The configuration, for its trusted hosts.
    pub(crate) config: Option<PathBuf>,
    /// Those of TLS.
    pub(crate) tls: Option<Tls>,
}

/// What is in force.
pub(crate) struct InForce {
    credentials: Option<(Credentials, watch::Sender<Arc<ServerConfig>>)>,
    trusted_hosts: Option<Vec<String>>,
    trust: watch::Sender<Trust>,
    /// The names that the operator gave us.
    named: Vec<Name>,
    hosts: watch::Sender<Hosts>,
    complaints: Vec<Complaint>,
    /// The state of the certificate files, and that of the configuration, when they were last read.
    read: (Vec<Stamp>, Stamp),
}

/// Tells one state of a file from another; none: it cannot be looked at.
type Stamp = Option<[i64; 7]>;

impl InForce {
    /// Reads the files for the first time.
    pub(crate) fn first(files: &Files, proxy: &SmartProxy) -> Result<Self, Fault> {
        let read = files.stamps();
        let credentials = files.tls.as_ref().map(Credentials::read).transpose()?;
        let credentials = credentials.map(|credentials| {
            let config = watch::Sender::new(Arc::clone(&credentials.config));
            (credentials, config)
        });
        let trusted_hosts = proxy.trusted_hosts.clone();
        let trust = watch::Sender::new(Trust::new(trusted_hosts.as_deref()));
        let named: Vec<Name> = proxy.host_names.iter().filter_map(|name| Name::parse(name)).collect();
        let hosts = Hosts::new(Vec::new(), named.is_empty(), proxy.listen, NAMED_ELSE);
        let hosts = watch::Sender::new(hosts);
        let mut first = Self { credentials, trusted_hosts, trust, named, hosts, complaints: Vec::new(), read };
        first.answer_to_our_names();
        first.complain();
        Ok(first)
    }

    /// The settings of TLS, now and later.
    pub(crate) fn tls(&self) -> Option<watch::Receiver<Arc<ServerConfig>>> {
        self.credentials.as_ref().map(|(_, config)| config.subscribe())
    }

    /// The trusted hosts, now and later.
    pub(crate) fn trust(&self) -> watch::Receiver<Trust> {
        self.trust.subscribe()
    }

    /// The names that we are called by, now and later.
    pub(crate) fn hosts(&self) -> watch::Receiver<Hosts> {
        self.hosts.subscribe()
    }

    /// The host name in our certificate.
    pub(crate) fn host_name(&self) -> Option<&str> {
        self.credentials.as_ref().and_then(|(credentials, _)| credentials.host_name.as_deref())
    }

    /// Reads the files again where they changed, or all of them. What is wrong does not come into force.
    fn again(&mut self, files: &Files, all: bool) {
        // Before reading: what changes meanwhile is seen the next time.
        let stamps = files.stamps();
        let read = std::mem::replace(&mut self.read, stamps);
        if let Some(tls) = files.tls.as_ref().filter(|_| all || read.0 != self.read.0)
            && let Err(fault) = self.read_credentials(tls)
        {
            tracing::error!("{fault}; the certificates that were read before stay in force");
        }
        if let Some(config) = files.config.as_ref().filter(|_| all || read.1 != self.read.1)
            && let Err(fault) = self.read_trusted_hosts(config)
        {
            tracing::error!("{fault}; the trusted hosts that were read before stay in force");
        }
        self.complain();
    }

    fn read_credentials(&mut self, files: &Tls) -> Result<(), Fault> {
        let Some((current, config)) = &mut self.credentials else { return Ok(()) };
        let new = Credentials::read(files)?;
        if new.is_same_as(current) {
            tracing::info!("certificates are the same as before");
            return Ok(());
        }
        if let Some(grave) = new.complaints(now()).into_iter().find(|complaint| complaint.grave) {
            return Err(Fault::new(format!("smart_proxy.{}", grave.text)));
        }
        config.send_replace(Arc::clone(&new.config));
        tracing::info!("certificates were read again: {}", new.summary());
        *current = new;
        self.answer_to_our_names();
        Ok(())
    }

    /// Those that the operator gave us, and those in the certificate, which are none that others could use.
    fn answer_to_our_names(&mut self) {
        let certified = self.credentials.iter().flat_map(|(current, _)| &current.host_names);
        let certified = certified.map(|name| Name { name: name.clone(), port: None });
        let names = self.named.iter().cloned().chain(certified).collect();
        self.hosts.send_modify(|hosts| *hosts = hosts.with(names));
    }

    fn read_trusted_hosts(&mut self, file: &Path) -> Result<(), Fault> {
        let section = config::read(file)?.smart_proxy;
        let new = config::trusted_hosts(section.trusted_hosts, self.credentials.is_some())?;
        if new == self.trusted_hosts {
            return Ok(());
        }
        // Half a file can lack the list; half a file opens no door.
        let Some(list) = new else {
            return Err(Fault::new("smart_proxy.trusted_hosts is gone: to serve without it, start Nestor again"));
        };
        self.trust.send_replace(Trust::new(Some(&list)));
        tracing::info!("trusted hosts were read again: {}", difference(self.trusted_hosts.as_deref(), &list));
        self.trusted_hosts = Some(list);
        Ok(())
    }

    /// Says what is wrong with the files in force, when that is new.
    fn complain(&mut self) {
        let complaints = self.credentials.as_ref().map(|(now_in_force, _)| now_in_force.complaints(now()));
        let complaints = complaints.unwrap_or_default();
        for Complaint { grave, text, advice } in complaints.iter().filter(|new| !self.complaints.contains(new)) {
            if *grave {
                tracing::error!("smart_proxy.{text}. {advice}");
            } else {
                tracing::warn!("smart_proxy.{text}. {advice}");
            }
        }
        self.complaints = complaints;
    }

    /// What is wrong with the files in force, for pages.
    fn findings(&self) -> Vec<Finding> {
        let finding = |Complaint { grave, text, advice }: &Complaint| Finding {
            severity: if *grave { Severity::Blocks } else { Severity::Warns },
            text: format!("smart_proxy.{text}."),
            advice: (*advice).to_owned(),
            items: Vec::new(),
            line: None,
        };
        self.complaints.iter().map(finding).collect()
    }
}

impl Files {
    fn stamps(&self) -> (Vec<Stamp>, Stamp) {
        let tls = self.tls.iter().flat_map(|tls| {
            let Tls { certificate_file, key_file, ca_file, crl_file } = tls;
            [Some(certificate_file), Some(key_file), Some(ca_file), crl_file.as_ref()].into_iter().flatten()
        });
        (tls.map(|file| stamp(file)).collect(), self.config.as_deref().and_then(stamp))
    }
}

fn stamp(file: &Path) -> Stamp {
    let state = std::fs::metadata(file).ok()?;
    let [device, inode, size] = [state.dev(), state.ino(), state.size()].map(u64::cast_signed);
    Some([device, inode, size, state.mtime(), state.mtime_nsec(), state.ctime(), state.ctime_nsec()])
}

fn difference(old: Option<&[String]>, new: &[String]) -> String {
    let old = old.unwrap_or_default();
    let only_in = |these: &[String], those: &[String]| {
        let names: Vec<&str> = these.iter().filter(|name| !those.contains(name)).map(String::as_str).collect();
        if names.is_empty() { "none".to_owned() } else { names.join(" ") }
    };
    format!("{} in all; added: {}; removed: {}", new.len(), only_in(new, old), only_in(old, new))
}

/// Keeps what is in force current, for as long as the program runs.
pub(crate) async fn keep_current(files: Files, mut in_force: InForce, mut hangups: Signal, overview: OverviewArea) {
    let mut ticks = interval(LOOK);
    ticks.set_missed_tick_behavior(MissedTickBehavior::Delay);
    loop {
        let all = tokio::select! {
            _ = hangups.recv() => true,
            _ = ticks.tick() => false,
        };
        // Files may lie where reading takes long.
        let files = files.clone();
        let read = tokio::task::spawn_blocking(move || {
            in_force.again(&files, all);
            in_force
        });
        let Ok(read) = read.await else { return tracing::error!("files are no longer read again: start Nestor again") };
        in_force = read;
        overview.note_own(in_force.findings());
    }
}
