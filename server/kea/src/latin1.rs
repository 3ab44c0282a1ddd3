//! Kea's JSON holds bytes, not characters.
//!
//! Kea reads `\u00XX` as one byte, refuses anything above, and writes every byte outside of ASCII as `\u00XX` whatever
//! it meant. Text survives only as its UTF-8 bytes, each written so; the two halves of that are here.

use std::borrow::Cow;
use std::io;

use serde::Serialize;
use serde_json::ser::{Formatter, Serializer};
use serde_json::{Map, Value};

/// JSON in which each byte of a character outside of ASCII is a `\u00XX` of its own.
pub(crate) fn encode(value: &impl Serialize) -> serde_json::Result<Vec<u8>> {
    let mut bytes = Vec::with_capacity(256);
    value.serialize(&mut Serializer::with_formatter(&mut bytes, Escaping))?;
    Ok(bytes)
}

/// The same of texts whose characters stand for octets: each is one `\u00XX`.
pub(crate) fn encode_octets(value: &impl Serialize) -> serde_json::Result<Vec<u8>> {
    let mut bytes = Vec::with_capacity(256);
    value.serialize(&mut Serializer::with_formatter(&mut bytes, EscapingCharacters))?;
    Ok(bytes)
}

/// Reads JSON and turns its strings back into text.
pub(crate) fn decode(json: &[u8]) -> serde_json::Result<Value> {
    let mut value = serde_json::from_slice(json)?;
    restore(&mut value);
    Ok(value)
}

/// The text that these octets are, a character for each.
pub(crate) fn restored(mut text: String) -> String {
    restore_text(&mut text);
    text
}

/// A value whose characters are octets, as text.
pub(crate) fn as_text(octets: &Value) -> Cow<'_, Value> {
    if is_ascii(octets) {
        return Cow::Borrowed(octets);
    }
    let mut text = octets.clone();
    restore(&mut text);
    Cow::Owned(text)
}

fn is_ascii(value: &Value) -> bool {
    match value {
        Value::String(text) => text.is_ascii(),
        Value::Array(items) => items.iter().all(is_ascii),
        Value::Object(members) => members.iter().all(|(name, value)| name.is_ascii() && is_ascii(value)),
        Value::Null | Value::Bool(_) | Value::Number(_) => true,
    }
}

/// Whether the JSON says nothing but ASCII, so that there is nothing to turn back.
pub(crate) fn is_plain(json: &[u8]) -> bool {
    json.is_ascii() && (!json.contains(&b'\\') || !json.windows(2).any(|pair| pair == b"\\u"))
}

struct Escaping;

impl Formatter for Escaping {
    fn write_string_fragment<W: io::Write + ?Sized>(&mut self, writer: &mut W, fragment: &str) -> io::Result<()> {
        for chunk in fragment.as_bytes().chunk_by(|a, b| a.is_ascii() && b.is_ascii()) {
            match chunk {
                [byte] if !byte.is_ascii() => write!(writer, "\\u{byte:04x}")?,
                ascii => writer.write_all(ascii)?,
            }
        }
        Ok(())
    }
}

struct EscapingCharacters;

impl Formatter for EscapingCharacters {
    fn write_string_fragment<W: io::Write + ?Sized>(&mut self, writer: &mut W, fragment: &str) -> io::Result<()> {
        for unit in fragment.encode_utf16() {
            match u8::try_from(unit) {
                Ok(byte) if byte.is_ascii() => writer.write_all(&[byte])?,
                _ => write!(writer, "\\u{unit:04x}")?,
            }
        }
        Ok(())
    }
}

fn restore(value: &mut Value) {
    match value {
        Value::String(text) => restore_text(text),
        Value::Array(items) => items.iter_mut().for_each(restore),
        Value::Object(members) => {
            members.values_mut().for_each(restore);
            if !members.keys().all(|key| key.is_ascii()) {
                restore_keys(members);
            }
        }
        Value::Null | Value::Bool(_) | Value::Number(_) => {}
    }
}

fn restore_keys(members: &mut Map<String, Value>) {
    let restored = std::mem::take(members).into_iter().map(|(mut key, value)| {
        restore_text(&mut key);
        (key, value)
    });
    *members = restored.collect();
}

/// Takes the characters for bytes, if they can be and the bytes are UTF-8; otherwise another program wrote Latin-1 (or
/// something else) into Kea, and the text stays as it is.
fn restore_text(text: &mut String) {
    if text.is_ascii() {
        return;
    }
    let bytes: Option<Vec<u8>> = text.chars().map(|c| u8::try_from(c).ok()).collect();
    if let Some(restored) = bytes.and_then(|bytes| String::from_utf8(bytes).ok()) {
        *text = restored;
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use serde_json::json;

    use super::*;

    #[test]
    fn text_travels_as_bytes() {
        let sent = encode(&json!({ "Zürich": "日\n\"" })).unwrap();
        assert_eq!(String::from_utf8(sent).unwrap(), r#"{"Z\u00c3\u00bcrich":"\u00e6\u0097\u00a5\n\""}"#);
    }

    #[test]
    fn characters_that_are_octets_travel_as_they_are() {
        let octets = br#"{"Z\u00fcrich":["\u00c3\u00bc\n","\u00ff"]}"#;
        let read: Value = serde_json::from_slice(octets).unwrap();
        assert_eq!(encode_octets(&read).unwrap(), octets);
    }

    #[test]
    fn what_is_not_ours_stays() {
        let latin1 = decode(br#"["Z\u00fcrich", "\u65e5\u00fc", "\ud83e\udd9c"]"#).unwrap();
        assert_eq!(latin1, json!(["Zürich", "日ü", "🦜"]));
        assert!(decode(br#""\ud83e""#).is_err());
    }

    proptest! {
        #[test]
        fn any_text_comes_back(key in any::<String>(), text in any::<String>()) {
            let value = json!({ &key: [text] });
            let sent = encode(&value).unwrap();
            prop_assert!(sent.is_ascii());
            prop_assert_eq!(decode(&sent).unwrap(), value);
        }

        #[test]
        fn kea_takes_what_is_sent(text in any::<String>()) {
            let read_by_kea: String = serde_json::from_slice(&encode(&text).unwrap()).unwrap();
            prop_assert!(read_by_kea.chars().all(|c| (c as u32) < 256));
            prop_assert_eq!(read_by_kea.chars().map(|c| c as u8).collect::<Vec<_>>(), text.as_bytes());
        }

        #[test]
        fn any_bytes_are_read_without_panic(bytes in any::<Vec<u8>>()) {
            let _ = decode(&bytes);
        }
    }
}
