//! From the settings of a Smart Proxy to ours. Pure: no file is looked at here.

mod kea;
mod listener;

use super::notes::{Notes, Place, Section, quoted};
use super::read::{Folder, Source};
use super::yaml::Value;
use crate::config::{self, Secret};

pub(super) use listener::Listener;

/// Our configuration, before it is written.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Draft {
    /// As it is written in the file: `5m`.
    pub(super) blacklist_duration: String,
    /// Foreman's side; none: it is not known where to listen.
    pub(super) listener: Option<Listener>,
    /// None: every caller, over plain HTTP.
    pub(super) trusted_hosts: Option<Vec<String>>,
    pub(super) ping_free_ip: bool,
    pub(super) log_filter: &'static str,
    /// At least one.
    pub(super) kea: Vec<Kea>,
}

/// A Kea server.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Kea {
    pub(super) name: String,
    pub(super) url: String,
    pub(super) user: Option<String>,
    /// The password and where it stands.
    pub(super) password: Option<(Place, Secret)>,
}

/// Settings that have no counterpart, and why.
const GLOBAL_DROPPED: &[(&str, &str)] = &[
    ("foreman_url", NEVER_CALLED),
    ("foreman_ssl_ca", NEVER_CALLED),
    ("foreman_ssl_cert", NEVER_CALLED),
    ("foreman_ssl_key", NEVER_CALLED),
    ("daemon", "Nestor stays in the foreground: systemd, or whatever starts it, keeps it running"),
    ("daemon_pid", "Nestor stays in the foreground and writes no such file"),
    ("log_file", "Nestor logs to standard error: the journal keeps it"),
    ("file_rolling_size", OWN_LOG),
    ("file_rolling_age", OWN_LOG),
    ("file_rolling_keep", OWN_LOG),
    ("file_logging_pattern", OWN_LOG),
    ("system_logging_pattern", OWN_LOG),
    ("log_buffer", REMEMBERED),
    ("log_buffer_errors", REMEMBERED),
    ("forward_verify", "names in trusted_hosts are always looked up forward, and nothing else counts"),
    ("dns_resolv_timeout", RESOLVER),
    ("dns_resolv_timeouts", RESOLVER),
    ("ssl_disabled_ciphers", "Nestor offers only suites with forward secrecy and authenticated encryption"),
    ("tls_disabled_versions", "Nestor speaks TLS 1.2 and 1.3 alone, and offers both"),
];
const NEVER_CALLED: &str = "Nestor answers Foreman and never calls it";
const OWN_LOG: &str = "Nestor’s log has its own form, and the journal limits its size";
const REMEMBERED: &str =
    "calls are kept in the data folder: smart_proxy.remember_calls and remember_calls_for limit them";
const RESOLVER: &str = "names are looked up by the system’s resolver, within limits of Nestor’s own";

/// Makes our configuration; whatever is not in it is in the notes.
pub(super) fn map(folder: Folder, notes: &mut Notes) -> Draft {
    let Folder { mut global, dhcp, kea, kea_api } = folder;
    let mut dhcp = dhcp.unwrap_or_else(|| {
        let text = "the file is missing: the Smart Proxy served no DHCP, and its defaults are taken";
        notes.remark(Section::SmartProxy, Some(Place::file("settings.d/dhcp.yml")), text);
        Source::default()
    });
    let enabled = dhcp.take("enabled");
    let listener = listener::map(&mut global, enabled, notes);
    let trusted_hosts = trusted_hosts(&mut global, listener.as_ref(), notes);
    let ping_free_ip = ping(&mut dhcp, notes);
    let log_filter = log_filter(&mut global, notes);
    let (kea, blacklist_duration) = kea::map(&mut dhcp, kea, kea_api, notes);
    drop_known(&mut global, GLOBAL_DROPPED, notes);
    drop_rest(&mut global, notes);
    drop_rest(&mut dhcp, notes);
    Draft { blacklist_duration, listener, trusted_hosts, ping_free_ip, log_filter, kea }
}

fn trusted_hosts(global: &mut Source, listener: Option<&Listener>, notes: &mut Notes) -> Option<Vec<String>> {
    let tls = listener.is_some_and(|listener| listener.tls.is_some());
    let set = global.take("trusted_hosts").filter(|(_, value)| *value != Value::Null);
    let Some((place, value)) = set else {
        let (text, list) = if tls {
            let text = "the Smart Proxy had no trusted_hosts: every host with a certificate of its authority could \
                        change DHCP. This is kept with [\"*\"]; write Foreman’s name there instead";
            (text, Some(vec!["*".to_owned()]))
        } else {
            (
                "the Smart Proxy had no trusted_hosts: every host that reaches the port can change DHCP. Write Foreman’s \
              name or address there",
                None,
            )
        };
        notes.remark(Section::SmartProxy, Some(Place::file(&global.file)), text);
        return list;
    };
    let remark = |notes: &mut Notes, text: String| notes.remark(Section::SmartProxy, Some(place.clone()), text);
    let Some(entries) = value.texts() else {
        remark(notes, "this is not a list of names: no host is trusted until you set trusted_hosts".to_owned());
        return Some(Vec::new());
    };
    let (stars, entries): (Vec<_>, Vec<_>) = entries.into_iter().partition(|entry| entry == "*");
    if !stars.is_empty() {
        remark(notes, "“*” is omitted: it matched no host at the Smart Proxy, and matches every host here".to_owned());
    }
    let mut hosts: Vec<String> = Vec::new();
    for entry in &entries {
        let host = entry.to_ascii_lowercase();
        let shown = quoted(entry);
        if config::trusted_hosts(Some(vec![host.clone()]), tls).is_err() {
            remark(notes, format!("“{shown}” is omitted: it is not a host name"));
            continue;
        }
        if host != *entry {
            remark(notes, format!("“{shown}” is written in lower case: the Smart Proxy never matched it, Nestor does"));
        }
        if !hosts.contains(&host) {
            hosts.push(host);
        }
    }
    if hosts.is_empty() {
        remark(notes, "the list is empty: no host is trusted, and Foreman gets 403".to_owned());
    } else if tls {
        let text = "the Smart Proxy looked at the first “CN=” in the certificate’s subject alone; Nestor takes the \
                    certificate’s one common name, and its alternative names";
        remark(notes, text.to_owned());
    } else {
        let text = "without TLS the Smart Proxy asked for the name of the caller’s address; Nestor looks the listed \
                    names up and compares addresses";
        remark(notes, text.to_owned());
    }
    Some(hosts)
}

fn ping(dhcp: &mut Source, notes: &mut Notes) -> bool {
    match dhcp.take("ping_free_ip") {
        None => true,
        Some((place, value)) => value.truth().unwrap_or_else(|| {
            notes.remark(
                Section::SmartProxy,
                Some(place),
                "this is neither true nor false: true is taken, the default",
            );
            true
        }),
    }
}

fn log_filter(global: &mut Source, notes: &mut Notes) -> &'static str {
    let Some((place, value)) = global.take("log_level") else { return "info" };
    let (filter, text) = match value.text().map(str::to_ascii_uppercase).as_deref() {
        Some("DEBUG") => return "debug",
        Some("INFO") => return "info",
        Some("WARN") => return "warn",
        Some("ERROR") => return "error",
        Some("FATAL" | "UNKNOWN") => ("error", "Nestor has no level above error: error is taken"),
        _ => ("info", "this level is not known: info is taken"),
    };
    notes.remark(Section::Log, Some(place), text);
    filter
}

/// Drops settings that are known to have no counterpart.
fn drop_known(source: &mut Source, known: &[(&str, &str)], notes: &mut Notes) {
    for (key, why) in known {
        if let Some((place, _)) = source.take(key) {
            notes.drop(place, *why);
        }
    }
}

/// Drops what was not taken over. The values are not shown: one may be a secret.
fn drop_rest(source: &mut Source, notes: &mut Notes) {
    for (place, again) in source.rest() {
        let why =
            if again { "the same key stands there again below, and counts" } else { "Nestor knows no such setting" };
        notes.drop(place, why);
    }
}

#[cfg(test)]
mod tests;
