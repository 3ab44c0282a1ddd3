//! Where Foreman connects to, and with which certificates.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};

use super::super::notes::{Notes, Place, Section, quoted};
use super::super::read::Source;
use super::super::yaml::Value;

/// Foreman's side.
#[derive(Debug, PartialEq, Eq)]
pub(in super::super) struct Listener {
    pub(in super::super) address: SocketAddr,
    /// None: plain HTTP.
    pub(in super::super) tls: Option<Tls>,
}

/// The files of TLS, as they are written there.
#[derive(Debug, PartialEq, Eq)]
pub(in super::super) struct Tls {
    pub(in super::super) certificate: File,
    pub(in super::super) key: File,
    pub(in super::super) ca: File,
}

/// A file and where it is named.
#[derive(Debug, PartialEq, Eq)]
pub(in super::super) struct File {
    pub(in super::super) place: Place,
    pub(in super::super) path: String,
}

/// On which listeners the Smart Proxy has DHCP.
#[derive(Clone, Copy)]
struct Enabled {
    http: bool,
    https: bool,
}

/// The listener that has DHCP; of two, that with TLS.
pub(super) fn map(global: &mut Source, enabled: Option<(Place, Value)>, notes: &mut Notes) -> Option<Listener> {
    let enabled = of_dhcp(enabled, notes);
    let tls = tls(global, notes);
    let tls_port = global.take("https_port");
    let plain_port = global.take("http_port").filter(|(_, value)| *value != Value::Null);
    let hosts = global.take("bind_host");
    if enabled.https
        && let Some(tls) = tls
    {
        if let Some((place, _)) = plain_port {
            notes.drop(
                place,
                "Nestor serves Foreman on one port: that with TLS is taken, and Foreman needs its https URL",
            );
        }
        let address = SocketAddr::new(host(hosts, notes), port(tls_port, 8443, notes));
        return Some(Listener { address, tls: Some(tls) });
    }
    let tls_is_set = tls.is_some();
    if let Some(tls) = tls {
        for file in [tls.certificate, tls.key, tls.ca] {
            notes.drop(file.place, "DHCP was served over plain HTTP alone (:enabled: http in dhcp.yml)");
        }
    }
    if let Some((place, _)) = tls_port {
        notes.drop(place, "there is no TLS to serve DHCP with");
    }
    if let Some(plain_port) = plain_port {
        let place = Some(plain_port.0.clone());
        if !enabled.http {
            let text = "DHCP was to be served over TLS alone, and TLS is not set up: it was not served at all. Plain HTTP \
                        is taken here; better give certificate_file, key_file and ca_file";
            notes.remark(Section::SmartProxy, place.clone(), text);
        }
        let address = SocketAddr::new(host(hosts, notes), port(Some(plain_port), 8000, notes));
        if !address.ip().is_loopback() {
            let text = "anyone on the network path can read and change what Foreman asks: allow_plain_http admits that. Better \
                        give certificate_file, key_file and ca_file. Without them write the host of the URL that Foreman \
                        has for this proxy into host_names, unless it is an address";
            notes.remark(Section::SmartProxy, place, text);
        }
        return Some(Listener { address, tls: None });
    }
    let text = if tls_is_set {
        "DHCP was to be served over plain HTTP alone, and there is no http_port: write listen"
    } else {
        "neither TLS nor http_port is set: the Smart Proxy would not have started. Write listen, and certificate_file, \
         key_file and ca_file"
    };
    notes.remark(Section::SmartProxy, Some(Place::file(&global.file)), text);
    if let Some((place, _)) = hosts {
        notes.drop(place, "there is no port to listen on");
    }
    None
}

fn of_dhcp(enabled: Option<(Place, Value)>, notes: &mut Notes) -> Enabled {
    const BOTH: Enabled = Enabled { http: true, https: true };
    let Some((place, value)) = enabled else { return BOTH };
    match (value.truth(), value.text()) {
        (Some(true), _) => BOTH,
        (_, Some("http")) => Enabled { http: true, https: false },
        (_, Some("https")) => Enabled { http: false, https: true },
        (Some(false), _) => {
            notes.remark(Section::SmartProxy, Some(place), "DHCP was off at the Smart Proxy; it is on here");
            BOTH
        }
        _ => {
            let text = "this is none of true, false, http and https: DHCP was off at the Smart Proxy; it is on here";
            notes.remark(Section::SmartProxy, Some(place), text);
            BOTH
        }
    }
}

/// All three files, or none: with less the Smart Proxy has no TLS either.
fn tls(global: &mut Source, notes: &mut Notes) -> Option<Tls> {
    let mut file = |key| {
        let (place, value) = global.take(key)?;
        let path = value.text().map(str::to_owned);
        if path.is_none() {
            notes.drop(place.clone(), "it names no file");
        }
        path.map(|path| File { place, path })
    };
    match (file("ssl_certificate"), file("ssl_private_key"), file("ssl_ca_file")) {
        (Some(certificate), Some(key), Some(ca)) => Some(Tls { certificate, key, ca }),
        (certificate, key, ca) => {
            for file in [certificate, key, ca].into_iter().flatten() {
                let why = "TLS needs ssl_certificate, ssl_private_key and ssl_ca_file, and one of them is not set";
                notes.drop(file.place, why);
            }
            None
        }
    }
}

fn port(set: Option<(Place, Value)>, default: u16, notes: &mut Notes) -> u16 {
    let Some((place, value)) = set else { return default };
    value.text().and_then(|text| text.parse().ok()).filter(|port| *port != 0).unwrap_or_else(|| {
        notes.remark(Section::SmartProxy, Some(place), format!("this is not a port: {default} is taken"));
        default
    })
}

/// One address: Nestor listens on one. Where it is not clear which, that which the fewest can reach.
fn host(set: Option<(Place, Value)>, notes: &mut Notes) -> IpAddr {
    const ANY: IpAddr = IpAddr::V4(Ipv4Addr::UNSPECIFIED);
    const HERE: IpAddr = IpAddr::V4(Ipv4Addr::LOCALHOST);
    let Some((place, value)) = set else { return ANY };
    let names = value.texts().unwrap_or_default();
    let found: Vec<IpAddr> = names.iter().filter_map(|name| address(name)).collect();
    let taken = found.iter().find(|address| address.is_unspecified()).or(found.first()).copied();
    let remark = |notes: &mut Notes, text: String| notes.remark(Section::SmartProxy, Some(place.clone()), text);
    if let Some(name) = names.iter().find(|name| address(name).is_none()) {
        let name = quoted(name);
        remark(notes, format!("“{name}” is a name, and Nestor listens on an address: write it in listen"));
    }
    let Some(taken) = taken else {
        remark(notes, format!("no address is given: {HERE} is taken, which only this machine reaches"));
        return HERE;
    };
    if taken.is_unspecified() {
        let any_v6 = SocketAddr::new(IpAddr::V6(Ipv6Addr::UNSPECIFIED), 0);
        if taken.is_ipv4() {
            let any_v6 = any_v6.to_string().replace(":0", ":PORT");
            remark(notes, format!("every IPv4 address is listened on; \"{any_v6}\" takes IPv6 too"));
        }
    } else if found.iter().any(|other| *other != taken) {
        let others: Vec<String> = found.iter().filter(|other| **other != taken).map(IpAddr::to_string).collect();
        let others = others.join(", ");
        remark(notes, format!("Nestor listens on one address: {taken} is taken; not listened on: {others}"));
    }
    taken
}

fn address(name: &str) -> Option<IpAddr> {
    match name.trim() {
        "*" => Some(Ipv4Addr::UNSPECIFIED.into()),
        "localhost" => Some(Ipv4Addr::LOCALHOST.into()),
        name => name.trim_start_matches('[').trim_end_matches(']').parse().ok(),
    }
}
