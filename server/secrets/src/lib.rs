//! What is a secret: the one rule, for all that reads what Kea says.
//!
//! A value is a secret when the name that it has ends with one of [`SUFFIXES`], in any spelling, wherever it stands: Kea's
//! own parameters, parameters of hooks that nobody here knows, what people keep in `user-context`. In any text, what a URL
//! has before its `@` is one, and what stands behind `password=` and the like.

use std::ops::Range;

/// How the names of secrets end.
pub const SUFFIXES: [&str; 11] = [
    "password",
    "passwd",
    "pass",
    "passphrase",
    "secret",
    "token",
    "psk",
    "private-key",
    "api-key",
    "community",
    "credential",
];

/// Words that end like a secret and are none.
const PLAIN: [&str; 2] = ["bypass", "compass"];

/// What stands in the place of a secret.
pub const REDACTED: &str = "[redacted]";

/// Whether what has this name is a secret: it ends with one of the suffixes, or their plurals, in any spelling.
pub fn is_secret(name: &str) -> bool {
    let own = letters_from_the_end(name);
    let mut singular = own.clone();
    let is_plural = singular.next() == Some('s');
    let ends = |suffix: &&str| begin(own.clone(), suffix) || (is_plural && begin(singular.clone(), suffix));
    SUFFIXES.iter().any(ends) && !PLAIN.iter().any(|word| begin(own.clone(), word))
}

fn letters_from_the_end(text: &str) -> impl Iterator<Item = char> + Clone {
    text.chars().rev().filter(|c| c.is_alphanumeric()).flat_map(char::to_lowercase)
}

/// Whether letters from the end of a name begin with those from the end of a suffix.
fn begin(mut letters: impl Iterator<Item = char>, suffix: &str) -> bool {
    letters_from_the_end(suffix).all(|letter| letters.next() == Some(letter))
}

/// Whether something was taken out of a text.
pub fn is_redacted(text: &[u8]) -> bool {
    text.windows(REDACTED.len()).any(|part| part == REDACTED.as_bytes())
}

/// Whether there are credentials in a text.
pub fn has_credentials(text: &[u8]) -> bool {
    next_credentials(text, 0).is_some()
}

/// A text without the credentials in it.
pub fn without_credentials(text: &[u8]) -> Vec<u8> {
    let mut bytes = text.to_vec();
    let mut from = 0;
    while let Some(range) = next_credentials(&bytes, from) {
        from = range.start;
        bytes.splice(range, REDACTED.bytes());
    }
    bytes
}

/// The first credentials from a place on: of a URL, or the value of `password=` and the like.
fn next_credentials(bytes: &[u8], from: usize) -> Option<Range<usize>> {
    let found = [of_url(bytes, from), of_assignment(bytes, from)];
    found.into_iter().flatten().min_by_key(|range| range.start)
}

/// What stands between `://` and the last `@` before a blank or a quote. That may be more than credentials; better so.
fn of_url(bytes: &[u8], from: usize) -> Option<Range<usize>> {
    let mut at = from;
    while let Some(found) = bytes[at..].windows(3).position(|part| part == b"://") {
        let start = at + found + 3;
        let length = bytes[start..].iter().position(|byte| ends_word(*byte)).unwrap_or(bytes.len() - start);
        let sign = bytes[start..start + length].iter().rposition(|byte| *byte == b'@');
        if let Some(range) =
            sign.filter(|length| *length > 0).and_then(|length| hidden_yet(bytes, start..start + length))
        {
            return Some(range);
        }
        at = start;
    }
    None
}

/// What stands behind the `=` of a name that secrets have, as in `--token=…`, up to a blank, a quote, `&` or `;`.
fn of_assignment(bytes: &[u8], from: usize) -> Option<Range<usize>> {
    let mut at = from;
    while let Some(found) = bytes[at..].iter().position(|byte| *byte == b'=') {
        let start = at + found + 1;
        let before = &bytes[..start - 1];
        let word = before.iter().rposition(|byte| !(byte.is_ascii_alphanumeric() || b"-_".contains(byte)));
        let name = &before[word.map_or(0, |at| at + 1)..];
        let ends = |byte: &u8| ends_word(*byte) || b"&;".contains(byte);
        let length = bytes[start..].iter().position(ends).unwrap_or(bytes.len() - start);
        if length > 0
            && is_secret(&String::from_utf8_lossy(name))
            && let Some(range) = hidden_yet(bytes, start..start + length)
        {
            return Some(range);
        }
        at = start;
    }
    None
}

fn ends_word(byte: u8) -> bool {
    byte.is_ascii_whitespace() || b"\"'<>".contains(&byte)
}

fn hidden_yet(bytes: &[u8], range: Range<usize>) -> Option<Range<usize>> {
    (bytes[range.clone()] != *REDACTED.as_bytes()).then_some(range)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_of_secrets_are_known_in_any_spelling() {
        for name in [
            "password",
            "basic-auth-password",
            "API_TOKEN",
            "clientSecret",
            "wpa psk",
            "passphrases",
            "tls-private_key",
            "x-api-key",
            "apikey",
            "ApiKeys",
            "db_passwd",
            "smtpPass",
            "snmp-community",
            "aws credentials",
        ] {
            assert!(is_secret(name), "{name}");
        }
        for name in [
            "password-file",
            "secret-file",
            "user",
            "key-file",
            "tokens-left",
            "desk",
            "cache-bypass",
            "credentials-cache",
            "key",
            "passive",
            "",
        ] {
            assert!(!is_secret(name), "{name}");
        }
    }

    #[test]
    fn credentials_in_a_text_are_hidden_and_the_rest_stays() {
        for (text, left) in [
            ("http://admin:pw@192.0.2.1:8000/", "http://[redacted]@192.0.2.1:8000/"),
            ("http://[redacted]@b/ --token=x", "http://[redacted]@b/ --token=[redacted]"),
            ("host=db passwd=a&x=1", "host=db passwd=[redacted]&x=1"),
            ("http://plain/ a@b", "http://plain/ a@b"),
        ] {
            assert_eq!(String::from_utf8_lossy(&without_credentials(text.as_bytes())), left);
            assert_eq!(has_credentials(text.as_bytes()), text != left, "{text}");
        }
        assert!(is_redacted(b"x [redacted]") && !is_redacted(b"redacted"));
    }
}
