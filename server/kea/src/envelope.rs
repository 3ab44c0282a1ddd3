//! The frame around every command and every answer.

use serde::de::{DeserializeOwned, IntoDeserializer};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use crate::{Command, ErrorKind, Service, latin1};

/// The request's body. A command without arguments has no `arguments` member, which is what Kea wants.
pub(crate) fn encode<C: Command>(service: Service, command: &C) -> serde_json::Result<Vec<u8>> {
    #[derive(Serialize)]
    struct Request<'a, A> {
        command: &'static str,
        /// The Control Agent passes the command on to this daemon; the daemon itself knows its name.
        service: [&'static str; 1],
        #[serde(skip_serializing_if = "Option::is_none")]
        arguments: Option<&'a A>,
    }
    // Unit structs, and structs whose fields are all omitted.
    let bare = matches!(latin1::encode(command)?.as_slice(), b"null" | b"{}");
    let request = Request { command: command.name(), service: [service.name()], arguments: (!bare).then_some(command) };
    if C::OCTETS { latin1::encode_octets(&request) } else { latin1::encode(&request) }
}

/// The reply in an answer's body.
pub(crate) fn decode<C: Command>(body: &[u8], depth: usize) -> Result<C::Reply, ErrorKind> {
    if deeper_than(depth, body) {
        return Err(ErrorKind::TooLarge);
    }
    if let Some(Good { arguments, text, .. }) = good::<C::Answer>(body) {
        return Ok(C::reply(arguments, plain(&text)));
    }
    let read = if C::OCTETS { serde_json::from_slice(body) } else { latin1::decode(body) };
    let mut answer = only_answer(read.map_err(|_| malformed("."))?)?;
    let text = answer.get("text").and_then(Value::as_str).unwrap_or_default().to_owned();
    let text = plain(&if C::OCTETS { latin1::restored(text) } else { text });
    match answer.get("result").and_then(Value::as_i64) {
        Some(0) => arguments::<C::Answer>(&mut answer).map(|answer| C::reply(answer, text)),
        Some(1 | 400) => Err(ErrorKind::Rejected { text }),
        Some(2) => Err(ErrorKind::Unsupported),
        Some(3) => C::empty().ok_or(ErrorKind::Rejected { text }),
        Some(4) => Err(ErrorKind::Conflict { text }),
        Some(5) => Err(ErrorKind::PartlyApplied { text }),
        _ => Err(malformed("result")),
    }
}

/// A good answer.
#[derive(Deserialize)]
struct Good<A> {
    result: i64,
    arguments: A,
    #[serde(default)]
    text: String,
}

/// What a good answer says, read in one go: large answers need no second form in between. None: look closer.
fn good<A: DeserializeOwned>(body: &[u8]) -> Option<Good<A>> {
    if !latin1::is_plain(body) {
        return None;
    }
    let answer: Good<A> = match body.trim_ascii_start().first()? {
        b'[' => serde_json::from_slice::<(Good<A>,)>(body).ok()?.0,
        _ => serde_json::from_slice(body).ok()?,
    };
    (answer.result == 0).then_some(answer)
}

/// HTTP and the Control Agent answer with a list, one answer for each daemon; a UNIX socket and HTTP errors do without.
fn only_answer(value: Value) -> Result<Value, ErrorKind> {
    match value {
        Value::Array(mut answers) if answers.len() == 1 => answers.pop().filter(Value::is_object),
        Value::Object(_) => Some(value),
        _ => None,
    }
    .ok_or_else(|| malformed("."))
}

fn arguments<A: DeserializeOwned>(answer: &mut Value) -> Result<A, ErrorKind> {
    let arguments = answer.get_mut("arguments").map_or(json!(null), Value::take);
    serde_path_to_error::deserialize(arguments.into_deserializer()).map_err(|error| {
        let path = error.path().to_string();
        malformed(if path == "." { "arguments".to_owned() } else { format!("arguments.{path}") })
    })
}

pub(crate) fn malformed(path: impl Into<String>) -> ErrorKind {
    ErrorKind::Malformed { path: path.into() }
}

/// Kea's words may repeat what a client of DHCP made up: no control characters, and not without end.
fn plain(text: &str) -> String {
    const LONGEST: usize = 1000;
    text.chars().map(|c| if c.is_control() { ' ' } else { c }).take(LONGEST).collect()
}

/// Whether brackets nest deeper than this; asked before parsing, which would need as much stack.
fn deeper_than(limit: usize, json: &[u8]) -> bool {
    let (mut depth, mut in_string, mut escaped) = (0_usize, false, false);
    for byte in json {
        match byte {
            _ if escaped => escaped = false,
            b'\\' if in_string => escaped = true,
            b'"' => in_string = !in_string,
            b'[' | b'{' if !in_string => depth += 1,
            b']' | b'}' if !in_string => depth = depth.saturating_sub(1),
            _ => {}
        }
        if depth > limit {
            return true;
        }
    }
    false
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::commands::{
        ConfigGet, ConfigHashGet, Lease4Get, Lease4GetPage, Lease6GetPage, StatLease4Get, StatusGet, VersionGet,
    };

    fn sent<C: Command>(service: Service, command: &C) -> String {
        String::from_utf8(encode(service, command).unwrap()).unwrap()
    }

    fn decoded(body: &str) -> Result<String, ErrorKind> {
        decode::<ConfigHashGet>(body.as_bytes(), 64)
    }

    #[test]
    fn arguments_are_left_away_when_there_are_none() {
        assert_eq!(sent(Service::Dhcp4, &VersionGet), r#"{"command":"version-get","service":["dhcp4"]}"#);
        let counts = sent(Service::Dhcp4, &StatLease4Get::default());
        assert_eq!(counts, r#"{"command":"stat-lease4-get","service":["dhcp4"]}"#);
        let lease = sent(Service::Dhcp4, &Lease4Get { ip_address: [192, 0, 2, 1].into() });
        assert_eq!(lease, r#"{"command":"lease4-get","service":["dhcp4"],"arguments":{"ip-address":"192.0.2.1"}}"#);
    }

    #[test]
    fn the_agent_learns_which_daemon_is_meant() {
        assert_eq!(sent(Service::Dhcp6, &VersionGet), r#"{"command":"version-get","service":["dhcp6"]}"#);
    }

    #[test]
    fn list_and_bare_map_are_the_same() {
        let bare = r#"{"result": 0, "arguments": {"hash": "AB"}}"#;
        assert_eq!(decoded(bare).unwrap(), "AB");
        assert_eq!(decoded(&format!("[{bare}]")).unwrap(), "AB");
        assert_eq!(decoded(&format!("[{bare}, {bare}]")).unwrap_err(), malformed("."));
    }

    #[test]
    fn every_result_has_its_kind() {
        let kind = |result: &str| decoded(&format!(r#"[{{"result": {result}, "text": "a\nb"}}]"#)).unwrap_err();
        let text = "a b".to_owned();
        assert_eq!(kind("1"), ErrorKind::Rejected { text: text.clone() });
        assert_eq!(kind("2"), ErrorKind::Unsupported);
        assert_eq!(kind("3"), ErrorKind::Rejected { text: text.clone() });
        assert_eq!(kind("4"), ErrorKind::Conflict { text: text.clone() });
        assert_eq!(kind("5"), ErrorKind::PartlyApplied { text });
        for odd in ["99", "-1", "0.5", "\"0\"", "null", "[]"] {
            assert_eq!(kind(odd), malformed("result"));
        }
        assert_eq!(kind("0"), malformed("arguments"));
    }

    #[test]
    fn nonsense_is_malformed_and_says_where() {
        for body in ["", "[]", "{", "null", "3", "<html>", "[[]]", "\u{0}"] {
            assert_eq!(decoded(body).unwrap_err(), malformed("."), "{body}");
        }
        assert_eq!(decoded("{}").unwrap_err(), malformed("result"));
        let wrong = r#"{"result": 0, "arguments": {"hash": 1}}"#;
        assert_eq!(decoded(wrong).unwrap_err(), malformed("arguments.hash"));
        let nothing = decode::<Lease4Get>(br#"{"result": 0}"#, 64);
        assert_eq!(nothing.unwrap_err(), malformed("arguments"));
    }

    #[test]
    fn depth_counts_brackets_outside_of_strings() {
        assert!(!deeper_than(2, br#"[["[[[\"[[["], []]"#));
        assert!(deeper_than(2, b"[[[]]]"));
        assert_eq!(decoded(&"[".repeat(100_000)).unwrap_err(), ErrorKind::TooLarge);
    }

    proptest! {
        #[test]
        fn no_answer_makes_it_panic(body in any_answer()) {
            let bytes = body.as_bytes();
            let _ = (decode::<ConfigGet>(bytes, 64), decode::<StatusGet>(bytes, 64));
            let _ = (decode::<Lease4GetPage>(bytes, 64), decode::<StatLease4Get>(bytes, 64));
            let _ = decode::<Lease6GetPage>(bytes, 64);
        }
    }

    /// Tokens of JSON and of Kea in any order.
    fn any_answer() -> impl Strategy<Value = String> {
        let tokens =
            ["{", "}", "[", "]", ":", ",", "0", "-1e9", "null", "\"", "\\", "\"result\":0,", "\"arguments\":{"];
        let members =
            ["\"leases\":[{", "\"result-set\":{\"columns\":[", "\"rows\":[[", "\"Dhcp4\":{", "\"id\":4294967296"];
        let any = proptest::sample::select([&tokens[..], &members[..]].concat());
        proptest::collection::vec(any, 0..40).prop_map(|tokens| format!("[{{\"result\":0,{}", tokens.concat()))
    }
}
