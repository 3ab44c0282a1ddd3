//! Who gets in: control sockets, their users, TLS, passwords in the file, and databases without their hook.

use std::net::IpAddr;

use super::{Review, Severity, set};
use crate::{Daemon, Map, Path, Value};

pub(super) fn look(review: &mut Review<'_>) {
    let document = review.document;
    let root = Path::root();
    let mut sockets = document.elements(&root, &document.root, "control-sockets");
    if let Some(Value::Map(socket)) = document.root.get("control-socket") {
        if !sockets.is_empty() {
            let text = "control-socket and control-sockets are both there. Kea refuses files with both.";
            review.say("sockets", Severity::Refused, &root.member("control-socket"), text);
        }
        sockets.push((root.member("control-socket"), socket));
    }
    if document.daemon == Daemon::ControlAgent {
        sockets.push((root, &document.root));
    }
    for (path, socket) in sockets {
        look_at_socket(review, &path, socket);
    }
    databases(review);
    zones(review);
    secrets(review, &Path::root(), &document.root);
}

fn look_at_socket(review: &mut Review<'_>, path: &Path, socket: &Map) {
    let kind = socket.text("socket-type").unwrap_or("http");
    let tls = ["trust-anchor", "cert-file", "key-file"];
    let given = tls.iter().filter(|name| socket.text(name).is_some_and(|text| !text.is_empty())).count();
    if kind == "unix" {
        return;
    }
    if (given > 0 && given < tls.len()) || (kind == "https" && given == 0) {
        let text = "trust-anchor, cert-file and key-file belong together: Kea refuses some without the others.";
        review.say("tls", Severity::Refused, path, text);
    }
    let address = socket.text("socket-address").or_else(|| socket.text("http-host")).unwrap_or("127.0.0.1");
    let far = address.parse::<IpAddr>().is_ok_and(|address| !address.is_loopback());
    let Some(Value::Map(authentication)) = socket.get("authentication") else {
        let (severity, who) =
            if far { (Severity::Error, "who reaches it") } else { (Severity::Warning, "on this machine") };
        let text = format!("This socket asks for no password: everybody {who} may read and change everything.");
        review.say("no-authentication", severity, path, text);
        return;
    };
    if authentication.get("clients").and_then(Value::as_list).is_none_or(<[Value]>::is_empty) {
        let text = "The list of clients is empty, and Kea then lets everybody in. Add one to it in Kea’s file, with “user” and \
                    “password-file”, and give the same to Nestor.";
        review.say("no-clients", Severity::Error, &path.member("authentication"), text);
    }
    if far && given == 0 {
        let text =
            format!("Passwords go to {address} over plain HTTP: whoever listens on the way has them. Use https.");
        review.say("plain-http", Severity::Warning, path, text);
    }
}

/// Databases whose hook is not loaded: the tests of Kea pass, its start fails.
fn databases(review: &mut Review<'_>) {
    let document = review.document;
    let root = &document.root;
    let hooks = root.get("hooks-libraries").and_then(Value::as_list).unwrap_or_default();
    let loaded = |library: &str| {
        hooks.iter().filter_map(|hook| hook.as_map()?.text("library")).any(|path| path.ends_with(library))
    };
    let mut all = document.elements(&Path::root(), root, "hosts-databases");
    for name in ["lease-database", "hosts-database"] {
        all.extend(root.get(name).and_then(Value::as_map).map(|map| (Path::root().member(name), map)));
    }
    if let Some(Value::Map(control)) = root.get("config-control") {
        all.extend(document.elements(&Path::root().member("config-control"), control, "config-databases"));
    }
    for (path, database) in all {
        let library = match database.text("type") {
            Some("mysql") => "libdhcp_mysql.so",
            Some("postgresql") => "libdhcp_pgsql.so",
            _ => continue,
        };
        if !loaded(library) {
            let text = format!(
                "This database needs the hook {library}, which is not loaded: Kea's tests pass, its start fails."
            );
            review.say("database-hook", Severity::Refused, &path, text);
        }
    }
    lease_file(review);
}

/// How often Kea cleans its lease file up by itself, in seconds.
const CLEANED_UP: i64 = 3600;

/// A lease file that only grows.
fn lease_file(review: &mut Review<'_>) {
    let path = Path::root().member("lease-database");
    let Some(Value::Map(database)) = review.document.root.get("lease-database") else { return };
    if database.text("type") != Some("memfile") {
        return;
    }
    if database.get("persist").and_then(Value::as_bool) == Some(false) {
        let text = "Leases are kept in memory alone: after a restart addresses that are in use are given to others.";
        review.say("leases-lost", Severity::Error, &path, text);
    } else if database.get("lfc-interval").and_then(Value::as_i64) == Some(0) {
        let text = "The lease file is never cleaned up, as lfc-interval is 0: it grows with every renewal.";
        let cleaned = set(path.member("lfc-interval"), CLEANED_UP);
        review.say("lease-file", Severity::Warning, &path, text).mended_by([cleaned]);
    }
}

/// Zones that stop the DDNS daemon, even when they are only tested.
fn zones(review: &mut Review<'_>) {
    let document = review.document;
    for manager in ["forward-ddns", "reverse-ddns"] {
        let Some(Value::Map(map)) = document.root.get(manager) else { continue };
        for (path, zone) in document.elements(&Path::root().member(manager), map, "ddns-domains") {
            if zone.get("dns-servers").and_then(Value::as_list).is_none_or(<[Value]>::is_empty) {
                let text = "A zone without dns-servers makes kea-dhcp-ddns break off, even when it is only tested.";
                review.say("zone", Severity::Refused, &path, text);
            }
        }
    }
}

/// Passwords and keys that stand in the configuration, where whoever may read it sees them.
fn secrets(review: &mut Review<'_>, path: &Path, map: &Map) {
    for (name, value) in map.iter() {
        let here = path.member(&name.shown());
        match value {
            Value::Text(text) if crate::is_secret(name) && !text.as_bytes().is_empty() => {
                let file = format!("{name}-file");
                let level = crate::Table::of(review.document.daemon).level_at(path);
                let instead = match level.and_then(|level| level.parameter(&file)) {
                    Some(_) => format!(" Kea can read it from a file: {file}."),
                    None => String::new(),
                };
                let text =
                    format!("“{name}” stands in the configuration: config-get and the saved file show it.{instead}");
                review.say("secret-inline", Severity::Hint, &here, text);
            }
            Value::Map(map) => secrets(review, &here, map),
            Value::List(_) => {
                for (path, map) in review.document.elements(path, map, &name.shown()) {
                    secrets(review, &path, map);
                }
            }
            _ => {}
        }
    }
}
