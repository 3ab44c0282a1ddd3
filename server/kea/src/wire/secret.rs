//! What is left out of records that are kept as Kea wrote them: secrets.

use secrets::{REDACTED, has_credentials, is_secret, without_credentials};
use serde_json::Value;

/// The value without its secrets.
pub(super) fn without(mut value: Value) -> Value {
    leave_out(&mut value);
    value
}

/// The same of the value of a member.
pub(super) fn of_member(member: &str, value: Value) -> Value {
    if is_secret(member) { Value::from(REDACTED) } else { without(value) }
}

/// The same of text that cannot be read as JSON: all of it, where something in it is called a secret.
pub(super) fn of_text(text: &str) -> Value {
    let mut words = text.split(|letter: char| !(letter.is_alphanumeric() || "-_".contains(letter)));
    if words.any(is_secret) { Value::from(REDACTED) } else { without(Value::from(text)) }
}

fn leave_out(value: &mut Value) {
    match value {
        Value::Array(items) => items.iter_mut().for_each(leave_out),
        // Names cannot be hidden alone.
        Value::Object(members) if members.keys().any(|name| has_credentials(name.as_bytes())) => {
            *value = Value::from(REDACTED);
        }
        Value::Object(members) => {
            for (name, value) in members {
                if is_secret(name) {
                    *value = Value::from(REDACTED);
                } else {
                    leave_out(value);
                }
            }
        }
        Value::String(text) if has_credentials(text.as_bytes()) => {
            *text = String::from_utf8_lossy(&without_credentials(text.as_bytes())).into_owned();
        }
        _ => {}
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn whatever_is_a_secret_is_left_out_at_any_depth() {
        let kept = json!({ "name": "kea", "host": "192.0.2.1", "key-name": "k" });
        assert_eq!(without(kept.clone()), kept);
        let secret = json!([{ "a": { "basic-auth-password": 5, "API_TOKEN": ["x"], "url": "https://user:pw@host/" } }]);
        assert_eq!(
            without(secret),
            json!([{ "a": { "basic-auth-password": REDACTED, "API_TOKEN": REDACTED, "url": "https://[redacted]@host/" } }])
        );
        assert_eq!(without(json!({ "http://user:pw@host/": 1 })), json!(REDACTED));
        assert_eq!(of_member("snmp-community", json!("x")), json!(REDACTED));
        assert_eq!(of_text(r#"{"port": 1e999, "password": "x"}"#), json!(REDACTED));
        assert_eq!(of_text(r#"{"port": 1e999}"#), json!(r#"{"port": 1e999}"#));
    }
}
