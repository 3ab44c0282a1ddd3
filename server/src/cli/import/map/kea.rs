//! Which Kea servers there are, how to sign in there, and how long addresses are held.

use http::Uri;

use super::super::notes::{Notes, Place, Section, quoted};
use super::super::read::Source;
use super::super::yaml::Value;
use super::{Kea, drop_known, drop_rest};
use crate::config::Secret;

/// Where both providers look for Kea when nothing is said.
const DEFAULT_URL: &str = "http://127.0.0.1:8000/";

/// How long addresses are held when the Smart Proxy does not say so usefully.
const DEFAULT_HOLD: &str = "5m";

/// The setting’s names: of the plugin, and those that the provider to come had so far.
const URL: [&str; 4] = ["kea_api_url", "dhcp_kea_url", "dhcp_kea_api_url", "kea_url"];
const USER: [&str; 4] = ["kea_api_username", "dhcp_kea_username", "dhcp_kea_api_username", "username"];
const PASSWORD: [&str; 4] = ["kea_api_password", "dhcp_kea_password", "dhcp_kea_api_password", "password"];
const CHECKS: [&str; 3] = ["dhcp_kea_verify_ssl", "kea_api_verify_ssl", "verify_ssl"];

const HOLD: &str = "blacklist_duration_minutes";

const DHCP_DROPPED: &[(&str, &str)] =
    &[("server", "a Kea server is named by the URL of its control socket"), ("subnets", EVERY_SUBNET)];

const KEA_DROPPED: &[(&str, &str)] = &[
    ("enabled", "dhcp.yml says whether DHCP is on"),
    ("managed_subnets", EVERY_SUBNET),
    ("dhcp_kea_managed_subnets", EVERY_SUBNET),
    ("cache_ttl", "Nestor asks Kea itself before it decides anything"),
    ("dhcp_kea_cache_ttl", "Nestor asks Kea itself before it decides anything"),
    ("open_timeout", LIMITS),
    ("read_timeout", LIMITS),
    ("dhcp_kea_open_timeout", LIMITS),
    ("dhcp_kea_read_timeout", LIMITS),
    ("dhcp_kea_lease_timeout", LIMITS),
];
const EVERY_SUBNET: &str =
    "Nestor serves every subnet of Kea; Foreman uses only those that it was told to, so do not import the others there";
const LIMITS: &str = "Nestor has limits of its own for calls to Kea";

/// The servers, and how long addresses are held.
pub(super) fn map(
    dhcp: &mut Source,
    kea: Option<Source>,
    kea_api: Option<Source>,
    notes: &mut Notes,
) -> (Vec<Kea>, String) {
    let mut hold = dhcp.take(HOLD);
    drop_known(dhcp, DHCP_DROPPED, notes);
    let mut used = provider(dhcp, kea, kea_api, notes);
    let servers = if let Some(source) = &mut used {
        servers(source, notes)
    } else {
        let text = format!(
            "no settings of a Kea server were found: {DEFAULT_URL} stands there until you write the URL of kea-dhcp4’s \
             control socket"
        );
        notes.remark(Section::Kea, None, text);
        vec![server(1, DEFAULT_URL.to_owned())]
    };
    if let Some(source) = &mut used {
        hold = source.take(HOLD).or(hold);
        drop_known(source, KEA_DROPPED, notes);
        drop_rest(source, notes);
    }
    (servers, hold_time(hold, notes))
}

/// The settings of the provider that is in use.
fn provider(dhcp: &mut Source, kea: Option<Source>, kea_api: Option<Source>, notes: &mut Notes) -> Option<Source> {
    let named = dhcp.take("use_provider");
    let (used, other) = match named.as_ref().and_then(|(_, value)| value.text()) {
        Some("dhcp_kea_api") => (kea_api, kea),
        Some("dhcp_kea") => (kea, kea_api),
        provider => {
            let provider = quoted(provider.unwrap_or("dhcp_isc"));
            let place = named.as_ref().map_or_else(|| Place::file("settings.d/dhcp.yml"), |(place, _)| place.clone());
            let text = format!(
                "the Smart Proxy used {provider}, not Kea: its leases and reservations have to be brought to Kea before \
                 Foreman is pointed here"
            );
            notes.remark(Section::Kea, Some(place), text);
            if kea_api.is_some() { (kea_api, kea) } else { (kea, None) }
        }
    };
    if let Some(other) = other {
        notes.drop(Place::file(other.file), "it belongs to a provider that was not in use");
    }
    if used.is_none()
        && let Some((place, value)) = named
        && value.text().is_some_and(|name| name.starts_with("dhcp_kea"))
    {
        notes.remark(Section::Kea, Some(place), "the settings of this provider are missing: its defaults are taken");
    }
    used
}

fn servers(source: &mut Source, notes: &mut Notes) -> Vec<Kea> {
    let urls = first(source, URL, notes);
    let user = first(source, USER, notes);
    let password = first(source, PASSWORD, notes);
    check(source, notes);
    let written = urls.as_ref().and_then(|(_, value)| value.texts()).filter(|urls| !urls.is_empty());
    let written = written.unwrap_or_else(|| {
        let place = urls.as_ref().map_or_else(|| Place::file(&source.file), |(place, _)| place.clone());
        let text = format!("no URL of Kea is written there: the provider’s default {DEFAULT_URL} is taken");
        notes.remark(Section::Kea, Some(place), text);
        vec![DEFAULT_URL.to_owned()]
    });
    let place = urls.map(|(place, _)| place);
    let mut servers: Vec<Kea> = Vec::new();
    for (number, url) in (1..).zip(written) {
        servers.push(server(number, address(&url, place.as_ref(), notes)));
    }
    let user = credential(user, "a user", notes).map(|(_, user)| user);
    match (user, credential(password, "a password", notes)) {
        (Some(user), password) => {
            for server in &mut servers {
                server.user = Some(user.clone());
                server.password = password.as_ref().map(|(place, text)| (place.clone(), Secret::new(text.as_str())));
            }
        }
        (None, Some((place, _))) => notes.drop(place, "there is no user that it would be the password of"),
        (None, None) => {}
    }
    servers
}

fn server(number: usize, url: String) -> Kea {
    let name = if number == 1 { "kea".to_owned() } else { format!("kea-{number}") };
    Kea { name, url, user: None, password: None }
}

/// The setting that has one of these names; others of them are dropped.
fn first(
    source: &mut Source,
    names: impl IntoIterator<Item = &'static str>,
    notes: &mut Notes,
) -> Option<(Place, Value)> {
    let mut found = None;
    for name in names {
        match source.take(name) {
            Some(setting) if found.is_none() => found = Some(setting),
            Some((place, _)) => notes.drop(place, "the same is said by another setting, which was taken"),
            None => {}
        }
    }
    found
}

fn credential(set: Option<(Place, Value)>, what: &str, notes: &mut Notes) -> Option<(Place, String)> {
    let (place, value) = set?;
    match value {
        Value::Null => None,
        Value::Text(text) if text.is_empty() => None,
        Value::Text(text) if text.chars().any(char::is_control) => {
            notes.drop(place, format!("{what} is one line of text, and this has other characters"));
            None
        }
        Value::Text(text) => Some((place, text)),
        Value::List(_) | Value::Map => {
            notes.drop(place, format!("this is not {what}"));
            None
        }
    }
}

fn check(source: &mut Source, notes: &mut Notes) {
    if let Some((place, value)) = first(source, CHECKS, notes) {
        if value.truth() == Some(false) {
            let text = "Kea’s certificate was not checked; Nestor always checks it: with an authority of your own give \
                        ca_file";
            notes.remark(Section::Kea, Some(place.clone()), text);
        }
        notes.drop(place, "Nestor always checks Kea’s certificate");
    }
}

/// The URL without what Nestor does not take in it: credentials above all, which must not be written or shown.
fn address(url: &str, place: Option<&Place>, notes: &mut Notes) -> String {
    let url = url.trim();
    let (scheme, rest) = url.split_once("://").unwrap_or(("", url));
    let end = rest.find(['/', '?', '#']).unwrap_or(rest.len());
    let (authority, path) = rest.split_at(end);
    let host = authority.rsplit_once('@').map_or(authority, |(_, host)| host);
    if host != authority {
        let text = "user and password stand in the URL: they are omitted. Write user and password_file";
        notes.remark(Section::Kea, place.cloned(), text);
    }
    let kept = path.find(['?', '#']).map_or(path, |end| &path[..end]);
    if kept != path {
        notes.remark(Section::Kea, place.cloned(), "the URL is cut before “?” or “#”: Kea takes none");
    }
    let address = if scheme.is_empty() { format!("http://{host}{kept}") } else { format!("{scheme}://{host}{kept}") };
    let uri: Option<Uri> = address.parse().ok();
    match uri.as_ref().and_then(Uri::scheme_str) {
        Some("http" | "https") if !scheme.is_empty() => {}
        Some("http") => notes.remark(Section::Kea, place.cloned(), "the URL has no scheme: http:// is taken"),
        _ => notes.remark(
            Section::Kea,
            place.cloned(),
            "this is not a URL that begins with http:// or https://: correct it",
        ),
    }
    address
}

/// The key says minutes, and the Smart Proxy takes the number for seconds. What was meant can only be guessed: small
/// numbers were written by people who believed the key, large ones by those who knew.
fn hold_time(set: Option<(Place, Value)>, notes: &mut Notes) -> String {
    const STORY: &str = "the Smart Proxy takes this number for seconds, whatever the key says, and its Kea plugin means 5 \
                         minutes and gets 5 seconds";
    const DAY: u64 = 86_400;
    let Some((place, value)) = set else {
        let text = format!("addresses are held for {DEFAULT_HOLD}, Nestor’s default: {STORY}");
        notes.remark(Section::Top, Some(Place::file("blacklist_duration")), text);
        return DEFAULT_HOLD.to_owned();
    };
    let number = value.text().and_then(|text| text.parse::<u64>().ok()).filter(|number| *number > 0);
    let (duration, why) = match number {
        Some(minutes @ 1..=60) => (format!("{minutes}m"), format!("minutes are taken, as the key says; {STORY}")),
        Some(seconds @ 61..=DAY) => {
            (format!("{seconds}s"), format!("seconds are taken: that is how long it was; {STORY}"))
        }
        Some(_) => (format!("{DAY}s"), "a day is taken, the longest that Nestor holds an address".to_owned()),
        None => (DEFAULT_HOLD.to_owned(), format!("this is no number above 0: {DEFAULT_HOLD} is taken")),
    };
    notes.remark(Section::Top, Some(place), why);
    duration
}
