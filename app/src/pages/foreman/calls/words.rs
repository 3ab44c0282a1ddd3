//! What is said about a call in words.

use model::{CallOutcome, ForemanCall, Why};

use crate::components::badge::Tone;
use crate::components::icon::Glyph;

/// A call in words.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct InWords {
    /// What it asked for.
    pub(super) what: String,
    /// For whom, where.
    pub(super) about: Option<String>,
}

impl InWords {
    fn new(what: impl Into<String>, about: &[Option<String>]) -> Self {
        let about: Vec<&str> = about.iter().flatten().map(String::as_str).collect();
        Self { what: what.into(), about: (!about.is_empty()).then(|| about.join(" · ")) }
    }
}

/// How a call ended, at a glance.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Ending {
    /// How bad it is.
    pub(super) tone: Tone,
    /// Its drawing.
    pub(super) glyph: Glyph,
    /// Its word.
    pub(super) word: &'static str,
}

/// The call in words.
pub(super) fn in_words(call: &ForemanCall) -> InWords {
    let segments: Vec<String> = call.path.split('/').filter(|part| !part.is_empty()).map(decoded).collect();
    let segments: Vec<&str> = segments.iter().map(String::as_str).collect();
    let field = |name| field(call, name);
    let within = |network: &str| Some(format!("in {network}"));
    let deletes =
        call.method == "DELETE" || (call.method == "POST" && field("_method").is_some_and(|method| method == "delete"));
    match (call.method.as_str(), segments.as_slice()) {
        ("GET" | "HEAD", ["features"] | ["v2", "features"]) => InWords::new("Ask for features", &[]),
        ("GET" | "HEAD", ["version"]) => InWords::new("Ask for the version", &[]),
        ("GET" | "HEAD", ["logs", ..]) => InWords::new("Read the log", &[]),
        ("GET" | "HEAD", ["dhcp"]) => InWords::new("List subnets", &[]),
        ("GET" | "HEAD", ["dhcp", network]) => InWords::new("List records", &[within(network)]),
        ("GET" | "HEAD", ["dhcp", network, "unused_ip"]) => {
            let client = field("mac").map(|mac| format!("for {mac}"));
            let range = field("from").zip(field("to")).map(|(from, to)| format!("between {from} and {to}"));
            InWords::new(format!("Ask for a free address in {network}"), &[client, range])
        }
        (_, ["dhcp", network, "mac", mac]) if deletes => InWords::new(format!("Delete {mac}"), &[within(network)]),
        (_, ["dhcp", network, "ip", ip]) if deletes => InWords::new(format!("Delete {ip}"), &[within(network)]),
        ("GET" | "HEAD", ["dhcp", network, "mac", mac]) => InWords::new(format!("Look up {mac}"), &[within(network)]),
        ("GET" | "HEAD", ["dhcp", network, "ip", ip]) => InWords::new(format!("Look up {ip}"), &[within(network)]),
        ("POST", ["dhcp", network]) => {
            let what = field("ip").map_or_else(|| "Create a reservation".to_owned(), |ip| format!("Reserve {ip}"));
            let name = field("hostname").or_else(|| field("name"));
            InWords::new(what, &[name, field("mac"), within(network)])
        }
        (method, _) => InWords::new(format!("{method} {}", call.path), &[]),
    }
}

/// The field of that name, when it says something.
fn field(call: &ForemanCall, name: &str) -> Option<String> {
    let mut fields = call.parameters.lines().filter_map(|line| line.split_once('='));
    fields.find(|(known, _)| *known == name).map(|(_, value)| decoded(value)).filter(|value| !value.is_empty())
}

/// The text with its percent-encoding taken off, where that leaves a text.
fn decoded(text: &str) -> String {
    let mut octets = Vec::with_capacity(text.len());
    let mut rest = text.as_bytes();
    while let Some((first, after)) = rest.split_first() {
        let digits = after.get(..2).filter(|digits| *first == b'%' && digits.iter().all(u8::is_ascii_hexdigit));
        let coded = digits.and_then(|digits| std::str::from_utf8(digits).ok());
        if let Some(octet) = coded.and_then(|digits| u8::from_str_radix(digits, 16).ok()) {
            octets.push(octet);
            rest = after.get(2..).unwrap_or_default();
        } else {
            octets.push(*first);
            rest = after;
        }
    }
    String::from_utf8(octets).unwrap_or_else(|_| text.to_owned())
}

/// How the call ended.
pub(super) fn ending(call: &ForemanCall) -> Ending {
    let (tone, glyph, word) = match call.outcome {
        CallOutcome::Answered if call.changes => (Tone::Good, Glyph::CheckCircle, "done"),
        CallOutcome::Answered => (Tone::Neutral, Glyph::Check, "answered"),
        CallOutcome::NotFound => (Tone::Neutral, Glyph::Search, "nothing there"),
        CallOutcome::Exhausted => (Tone::Warn, Glyph::Warning, "none free"),
        CallOutcome::Refused => (Tone::Bad, Glyph::NoEntry, "refused"),
        CallOutcome::Failed => (Tone::Bad, Glyph::Error, "failed"),
    };
    Ending { tone, glyph, word }
}

/// What the answer said, in a line.
pub(super) fn answer(call: &ForemanCall) -> String {
    let said = || call.why.iter().find_map(|why| if let Why::Said(text) = why { Some(text.clone()) } else { None });
    if call.answer.is_empty() { said().unwrap_or_default() } else { call.answer.clone() }
}

/// What stood in the way of the call.
pub(super) fn culprit(call: &ForemanCall) -> Option<String> {
    call.why.iter().find_map(|why| match why {
        Why::Clash { key, host_name, .. } => {
            let name = host_name.as_ref().map(|name| format!("{name}, ")).unwrap_or_default();
            Some(format!("reserved for {name}{}", key.identifier))
        }
        _ => None,
    })
}

/// How long the answer took.
pub(super) fn took(micros: u32) -> String {
    let tenths = |value: u32| format!("{}.{}", value / 10, value % 10);
    match micros {
        0..10_000 => format!("{} ms", tenths(micros / 100)),
        10_000..1_000_000 => format!("{} ms", micros / 1_000),
        _ => format!("{} s", tenths(micros / 100_000)),
    }
}

#[cfg(test)]
pub(super) mod tests;
