//! Option 43: options of a vendor inside of an option.
//!
//! Kea 3.0 takes the octets of option 43 and forgets them: what is set whole comes back empty, and is empty in its file.
//! It keeps them one by one, as options of the space [`SPACE`].

use super::value::{hex, octets};
use crate::{Family, OptionDatum};

/// The space that holds the parts.
const SPACE: &str = "vendor-encapsulated-options-space";
/// The code of the whole.
const WHOLE: u16 = 43;

/// What is wrong with octets as people type them.
pub(super) fn fault(typed: &str) -> Option<String> {
    if typed.trim().is_empty() {
        return Some("a value is missing".to_owned());
    }
    let Some(octets) = octets(typed) else {
        return Some("write pairs of hexadecimal digits, as 01:04:c0:00:02:01".to_owned());
    };
    match parts(&octets) {
        None => Some("this ends in the middle: each part is a code, a length and that many octets".to_owned()),
        Some(parts) if parts.is_empty() => Some("there is no part in it".to_owned()),
        Some(parts) => {
            let twice = parts.iter().enumerate().find(|(at, part)| parts[..*at].iter().any(|other| other.0 == part.0));
            twice.map(|(_, (code, _))| format!("part {code} is listed twice"))
        }
    }
}

/// What is wrong with option 43 itself.
pub(super) fn whole_fault(data: &str) -> Option<String> {
    let advice = "the server forgets this value: set its parts one by one, in the space";
    (!data.trim().is_empty()).then(|| format!("{advice} {SPACE}"))
}

/// What a server is sent: the whole without a value, and the parts.
pub(super) fn data(whole: OptionDatum, typed: &str) -> Vec<OptionDatum> {
    let always = whole.always;
    let parts = octets(typed).and_then(|octets| parts(&octets)).unwrap_or_default();
    let part = |(code, octets): (u8, Vec<u8>)| OptionDatum {
        code: code.into(),
        data: hex(&octets),
        space: Some(SPACE.to_owned()),
        hex: true,
        always,
        ..OptionDatum::default()
    };
    std::iter::once(OptionDatum { hex: true, ..whole }).chain(parts.into_iter().map(part)).collect()
}

/// The whole, its parts as people type them, and the other options.
pub(super) fn gather(data: &[OptionDatum]) -> Option<(OptionDatum, String, Vec<OptionDatum>)> {
    let is_part = |datum: &OptionDatum| datum.space.as_deref() == Some(SPACE);
    let is_whole = |datum: &OptionDatum| datum.code == WHOLE && datum.space() == Family::V4.option_space();
    let whole = data.iter().find(|datum| is_whole(datum) && datum.data.is_empty())?;
    let mut all = Vec::new();
    for part in data.iter().filter(|datum| is_part(datum)) {
        let octets = octets(&part.data).filter(|_| part.hex && part.always == whole.always)?;
        all.extend([u8::try_from(part.code).ok()?, u8::try_from(octets.len()).ok()?]);
        all.extend(octets);
    }
    let rest = data.iter().filter(|datum| !is_part(datum) && !is_whole(datum)).cloned().collect();
    (!all.is_empty()).then(|| (whole.clone(), colons(&all), rest))
}

fn colons(octets: &[u8]) -> String {
    octets.iter().map(|octet| format!("{octet:02x}")).collect::<Vec<_>>().join(":")
}

/// Code and octets of each part; 0 fills up, 255 ends (RFC 2132 §8.4).
fn parts(octets: &[u8]) -> Option<Vec<(u8, Vec<u8>)>> {
    let mut parts = Vec::new();
    let mut rest = octets;
    while let [code, after @ ..] = rest {
        match (code, after) {
            (0, _) => rest = after,
            (255, _) => break,
            (code, [length, after @ ..]) => {
                let (value, after) = after.split_at_checked(usize::from(*length))?;
                parts.push((*code, value.to_vec()));
                rest = after;
            }
            (_, []) => return None,
        }
    }
    Some(parts)
}
