//! What is left out of records that are kept as Kea wrote them: whatever may be a password, by its name.

use serde_json::Value;

/// How the names of such members end.
const ENDINGS: [&str; 7] = ["password", "secret", "token", "passphrase", "psk", "private-key", "secret-key"];

/// What stands in their place.
const LEFT_OUT: &str = "(left out)";

/// The value without what may be a password.
pub(super) fn without(mut value: Value) -> Value {
    leave_out(&mut value);
    value
}

/// The same of the value of a member.
pub(super) fn of_member(member: &str, value: Value) -> Value {
    if is_secret(member) { Value::from(LEFT_OUT) } else { without(value) }
}

fn leave_out(value: &mut Value) {
    match value {
        Value::Array(items) => items.iter_mut().for_each(leave_out),
        Value::Object(members) => {
            for (name, value) in members {
                if is_secret(name) {
                    *value = Value::from(LEFT_OUT);
                } else {
                    leave_out(value);
                }
            }
        }
        // Text that was no JSON, or an address with a password in it.
        Value::String(text) if text.contains("://") && text.contains('@') => *value = Value::from(LEFT_OUT),
        _ => {}
    }
}

fn is_secret(name: &str) -> bool {
    let name = name.to_lowercase().replace('_', "-");
    ENDINGS.iter().any(|ending| name.ends_with(ending))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn whatever_may_be_a_password_is_left_out_at_any_depth() {
        let kept = json!({ "name": "kea", "host": "192.0.2.1", "key-name": "k" });
        assert_eq!(without(kept.clone()), kept);
        let secret = json!([{ "a": { "basic-auth-password": 5, "API_TOKEN": ["x"], "url": "https://user:pw@host/" } }]);
        let left = LEFT_OUT;
        assert_eq!(without(secret), json!([{ "a": { "basic-auth-password": left, "API_TOKEN": left, "url": left } }]));
        assert_eq!(of_member("psk", json!("x")), json!(left));
    }
}
