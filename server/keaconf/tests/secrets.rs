//! No secret gets out, and each comes back.

use keaconf::{Document, Layout, REDACTED, Value};
use proptest::prelude::*;

use crate::edits::document;

/// How many random documents.
fn rounds() -> u32 {
    if std::env::var_os("NESTOR_SOAK").is_some() { 100_000 } else { 2000 }
}

/// What is hidden in the documents below; nothing else looks like it.
const SECRET: &str = "hunter2";

/// A document with secrets at random places, in random spellings.
fn leaky() -> impl Strategy<Value = Document> {
    let prefix = "[a-z]{0,4}[-_]?";
    let suffix = prop::sample::select(vec![
        "password",
        "Password",
        "PASSWORD",
        "secret",
        "client_secret",
        "Token",
        "tokens",
        "passphrase",
        "psk",
        "private-key",
        "privateKey",
        "PRIVATE_KEY",
        "api_key",
        "passwd",
        "Pass",
        "community",
        "credentials",
    ]);
    let named = (
        prefix,
        suffix,
        prop_oneof![
            Just(Value::from(SECRET)),
            Just(Value::List(vec![Value::from(SECRET)])),
            Just(keaconf::read_json(format!("{{\"a\": [\"{SECRET}\"], \"{SECRET}\": 1}}").as_bytes()).unwrap()),
        ],
    );
    let named = named.prop_map(|(prefix, suffix, value)| (format!("{prefix}{suffix}"), value));
    let is_plain = |name: &str| {
        let letters = name.to_lowercase().replace(['-', '_'], "");
        ["bypass", "compass"].iter().any(|word| letters.ends_with(word))
    };
    let named = named.prop_filter("it is no word that is no secret", move |(name, _)| !is_plain(name));
    let texts = prop::sample::select(vec![
        format!("http://admin:{SECRET}@192.0.2.1:8000/"),
        format!("postgres://kea:{SECRET}@db/kea?sslmode=require and http://{SECRET}@x/"),
        format!("https://u:{SECRET}/with/slashes@host"),
        format!("http://plain/ ftp://{SECRET}:@b"),
        format!("--api-token={SECRET} -v"),
        format!("host=db password={SECRET}&x=1"),
    ]);
    let plain = ("[a-z-]{1,5}", texts.clone()).prop_map(|(name, text)| (name, Value::from(text.as_str())));
    let as_name = texts.prop_map(|text| (text, Value::from(1)));
    let member = prop_oneof![4 => named, 4 => plain, 1 => as_name];
    let map = prop::collection::vec(member, 1..4).prop_map(|members| {
        let mut map = keaconf::Map::default();
        for (name, value) in members {
            map.set(name, value);
        }
        Value::Map(map)
    });
    let tree = map.prop_recursive(3, 12, 3, |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 1..3).prop_map(Value::List),
            ("[a-z-]{1,6}", inner).prop_map(|(name, value)| {
                let mut map = keaconf::Map::default();
                map.set(name, value);
                Value::Map(map)
            }),
        ]
    });
    (tree.clone(), tree).prop_map(|(context, parameters)| {
        let mut made = document(
            r#""hosts-databases": [{"type": "mysql", "password": "hunter2"}], "valid-lifetime": 1,
            "hooks-libraries": [{"library": "x.so", "parameters": {"high-availability": [{"this-server-name": "a", "peers":
            [{"name": "a", "basic-auth-password": "hunter2"}, {"name": "b", "url": "http://u:hunter2@b/"}]}]}}],
            "control-sockets": [{"socket-type": "http", "authentication": {"clients": [{"user": "u", "password": "hunter2"}]}}]"#,
        );
        made.root.set("user-context", context);
        made.root.set("hook", parameters);
        made
    })
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(rounds()))]

    #[test]
    fn no_secret_is_left_and_all_come_back(document in leaky()) {
        let redacted = document.redacted();
        for text in [redacted.to_kea(Layout::Compact), redacted.to_json(Layout::Indented), format!("{redacted:?}")] {
            prop_assert!(!text.contains(SECRET), "{}", text);
        }
        prop_assert_eq!(&redacted.redacted(), &redacted, "twice is once");
        prop_assert_eq!(redacted.restored(&document), Ok(document));
    }

    #[test]
    fn what_has_no_secrets_stays_as_it_is(value in crate::round_trip::values()) {
        let mut document = document("\"valid-lifetime\": 1");
        document.root.set("user-context", value);
        let redacted = document.redacted();
        prop_assert_eq!(redacted.restored(&document), Ok(document));
    }
}

#[test]
fn a_secret_that_nobody_has_is_asked_for() {
    let with = document(r#""hosts-databases": [{"type": "mysql", "host": "a", "password": "hunter2", "user": "u"}]"#);
    let redacted = with.redacted();
    let edited = redacted.edited(
        &keaconf::Edit::read_all(br#"[{"op": "set", "path": "hosts-databases[host=a].host", "value": "b"}]"#).unwrap(),
    );
    let missing = edited.unwrap().restored(&with).unwrap_err();
    assert_eq!(
        missing[0].to_string(),
        "hosts-databases[type=mysql,host=b].password",
        "never sent to another host unasked"
    );
    let moved = document(&format!(r#""server-tag": "{REDACTED}""#));
    let other = document(r#""server-tag": "not hidden""#);
    assert_eq!(moved.restored(&other).unwrap_err().len(), 1);
}
