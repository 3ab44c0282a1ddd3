//! What holds for whatever answers in Kea's place.
//!
//! `server/fuzz` feeds generated input to these functions, the tests every file of its corpus; each panics when something
//! does not hold. They exist for tests and with `cfg(fuzzing)` only.

use std::fmt::Debug;

use serde::de::IgnoredAny;
use serde_json::{Map, Value, json};

use crate::commands::{
    ConfigGet, ConfigGetRaw, ConfigHashGet, ConfigWrite, Lease4Get, Lease4GetPage, Lease6Get, Lease6GetPage,
    ListCommands, ReservationDel, ReservationGet, ReservationGetByHostname, ReservationGetPage, StatLease6Get,
    StatusGet, Subnet4List, VersionGet,
};
use crate::{Command, ErrorKind, envelope, latin1};

/// A target by its name, which is that of its folder of seeds.
pub type Target = (&'static str, fn(&[u8]));

/// Every target.
pub const TARGETS: &[Target] = &[("answer", answer), ("latin1", latin1_text)];

/// How deep answers may nest: the default of endpoints.
const DEPTH: usize = 64;

/// The body of an answer, read as that of one command for each kind of answer.
///
/// # Panics
///
/// When something does not hold.
pub fn answer(data: &[u8]) {
    let unplain = unplain(data);
    let both = Both { sent: data, unplain: unplain.as_deref() };
    both.as_answer_to::<ConfigGet>();
    both.as_answer_to::<ReservationGetPage>();
    both.as_answer_to::<StatLease6Get>();
    both.as_answer_to::<StatusGet>();
    if serde_json::from_slice::<IgnoredAny>(data).is_err() {
        // What is no JSON is read until it ends, and the largest answers have the longest way to go.
        return;
    }
    both.as_answer_to::<ConfigGetRaw>();
    both.as_answer_to::<ConfigHashGet>();
    both.as_answer_to::<ConfigWrite>();
    both.as_answer_to::<Lease4Get>();
    both.as_answer_to::<Lease4GetPage>();
    both.as_answer_to::<Lease6Get>();
    both.as_answer_to::<Lease6GetPage>();
    both.as_answer_to::<ListCommands>();
    both.as_answer_to::<ReservationDel>();
    both.as_answer_to::<ReservationGet>();
    both.as_answer_to::<ReservationGetByHostname>();
    both.as_answer_to::<Subnet4List>();
    both.as_answer_to::<VersionGet>();
}

/// An answer, and the same with an unknown member, which is not plain ASCII: it is read the longer way.
struct Both<'a> {
    sent: &'a [u8],
    unplain: Option<&'a [u8]>,
}

impl Both<'_> {
    fn as_answer_to<C: Command>(&self)
    where
        C::Reply: Debug,
    {
        let read = envelope::decode::<C>(self.sent, DEPTH);
        if let Err(kind) = &read {
            is_one_line(kind);
        }
        if let (Ok(read), Some(unplain)) = (&read, self.unplain) {
            let longer = envelope::decode::<C>(unplain, DEPTH);
            assert_eq!(format!("{longer:?}"), format!("Ok({read:?})"), "{}", C::NAME);
        }
    }
}

/// None, where it cannot be read the longer way: a number that is too large is no obstacle where it is not read.
fn unplain(data: &[u8]) -> Option<Vec<u8>> {
    let list = data.trim_ascii_start().strip_prefix(b"[").unwrap_or(data);
    let members = list.trim_ascii_start().strip_prefix(b"{")?;
    let before = data.len() - members.len();
    let unplain = [&data[..before], br#""n\u00c3\u00b6":0,"#, members].concat();
    latin1::decode(&unplain).is_ok().then_some(unplain)
}

/// What is shown to people is one line, and not without end.
fn is_one_line(kind: &ErrorKind) {
    let text = kind.to_string();
    assert!(!text.chars().any(char::is_control) && text.chars().count() < 1_100, "{text:?}");
}

/// JSON as Kea writes it, and text that goes to Kea.
///
/// # Panics
///
/// When something does not hold.
pub fn latin1_text(data: &[u8]) {
    comes_back(&json!(String::from_utf8_lossy(data)));
    let Ok(read) = latin1::decode(data) else { return };
    if latin1::is_plain(data) {
        assert_eq!(serde_json::from_slice::<Value>(data).ok().as_ref(), Some(&read));
    }
    comes_back(&read);
}

/// Kea is sent octets, and what it sends back of them is the same text again.
fn comes_back(value: &Value) {
    let sent = latin1::encode(value).unwrap_or_default();
    assert!(sent.is_ascii());
    let by_kea: Option<Value> = serde_json::from_slice(&sent).ok();
    assert!(by_kea.is_some_and(|value| is_of_octets(&value)), "{value}");
    let back = latin1::decode(&sent).ok();
    assert_eq!(back.map(without_fractions).as_ref(), Some(&without_fractions(value.clone())));
}

fn is_of_octets(value: &Value) -> bool {
    let fits = |text: &String| text.chars().all(|c| u8::try_from(c).is_ok());
    match value {
        Value::String(text) => fits(text),
        Value::Array(items) => items.iter().all(is_of_octets),
        Value::Object(members) => members.iter().all(|(key, value)| fits(key) && is_of_octets(value)),
        Value::Null | Value::Bool(_) | Value::Number(_) => true,
    }
}

/// Fractions are read to within their last digit.
fn without_fractions(value: Value) -> Value {
    match value {
        Value::Number(number) if number.is_f64() => Value::Null,
        Value::Array(items) => items.into_iter().map(without_fractions).collect(),
        Value::Object(members) => {
            members.into_iter().map(|(key, value)| (key, without_fractions(value))).collect::<Map<_, _>>().into()
        }
        other => other,
    }
}

#[cfg(test)]
mod tests {
    use std::fs;
    use std::path::Path;

    use super::*;

    #[test]
    fn every_seed_holds() {
        for (name, target) in TARGETS {
            let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../fuzz/corpus").join(name);
            let mut count = 0;
            for file in fs::read_dir(folder).unwrap() {
                let file = file.unwrap().path();
                println!("{}", file.display());
                target(&fs::read(file).unwrap());
                count += 1;
            }
            assert!(count > 3, "{name} has seeds");
        }
    }
}
