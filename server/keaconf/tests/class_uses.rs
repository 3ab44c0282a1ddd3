//! Where classes are used, and what a review says of their tests.

use keaconf::{ClassUser, Severity, Way, review};

use crate::edits::document;

const CONFIGURATION: &str = r#"
    "client-classes": [
        {"name": "pxe", "test": "option[60].exists"},
        {"name": "bios", "test": "member('pxe') and option[93].hex == 0x0000"},
        {"name": "rack", "template-test": "ifelse(member('pxe'), 'a', 'b')"}
    ],
    "option-data": [{"code": 66, "data": "boot", "client-classes": ["pxe"]}],
    "shared-networks": [{"name": "n", "client-classes": ["bios"], "subnet4": [
        {"id": 2, "subnet": "198.51.100.0/24", "pools": [{"pool": "198.51.100.0/25", "client-class": "pxe"}]}
    ]}],
    "subnet4": [{"id": 1, "subnet": "192.0.2.0/24", "evaluate-additional-classes": ["pxe", "gone"],
        "user-context": {"client-class": "pxe"},
        "reservations": [{"hw-address": "02:00:00:00:00:01", "client-classes": ["pxe"], "ip-address": "192.0.2.7"}]}]"#;

#[test]
fn every_use_of_a_class_is_found() {
    let document = document(CONFIGURATION);
    let uses: Vec<_> = document.uses_of_class("pxe").iter().map(|used| (used.path.to_string(), used.user)).collect();
    assert_eq!(
        uses,
        [
            ("client-classes[name=bios].test", ClassUser::Test),
            ("client-classes[name=rack].template-test", ClassUser::Test),
            ("option-data[space=dhcp4,code=66,client-classes=pxe].client-classes", ClassUser::Guard),
            (
                "shared-networks[name=n].subnet4[id=2].pools[pool=198.51.100.0-198.51.100.127].client-class",
                ClassUser::Guard
            ),
            ("subnet4[id=1].evaluate-additional-classes", ClassUser::Guard),
            ("subnet4[id=1].reservations[hw-address=02:00:00:00:00:01].client-classes", ClassUser::Reservation),
        ]
        .map(|(path, user)| (path.to_owned(), user))
    );
    assert_eq!(document.uses_of_class("rack"), []);
    let unknown: Vec<_> =
        review(&document, Way::File).into_iter().filter(|found| found.rule == "class-unknown").collect();
    assert_eq!(unknown.len(), 1, "{unknown:?}");
    assert_eq!(unknown[0].path.to_string(), "subnet4[id=1].evaluate-additional-classes");
}

fn refused(inside: &str) -> Vec<(&'static str, String, String)> {
    let findings = review(&document(inside), Way::File).into_iter();
    let refused = findings.filter(|found| found.severity == Severity::Refused);
    refused.map(|found| (found.rule, found.path.to_string(), found.text)).collect()
}

#[test]
fn a_test_that_cannot_be_read_says_where() {
    let found = refused(r#""client-classes": [{"name": "a", "test": "option[60].hex = 'x'"}]"#);
    let [(rule, path, text)] = found.as_slice() else { panic!("{found:?}") };
    assert_eq!((*rule, path.as_str()), ("expression", "client-classes[name=a].test"));
    assert_eq!(
        text,
        "The expression cannot be read: line 1, character 16: write == to compare. Kea refuses the configuration."
    );
    let rules = |inside: &str| refused(inside).into_iter().map(|found| found.0).collect::<Vec<_>>();
    let definition = r#""option-def": [{"name": "mine", "code": 234, "type": "string"}], "#;
    let asks = r#""client-classes": [{"name": "a", "test": "option[mine].exists"}]"#;
    assert_eq!(rules(asks), ["expression"]);
    assert_eq!(rules(&format!("{definition}{asks}")), Vec::<&str>::new());
    let order = r#""client-classes": [{"name": "a", "test": "member('b')"}, {"name": "b", "test": "member('b')"}]"#;
    assert_eq!(rules(order), ["class-order", "class-order"]);
}

#[test]
fn expressions_of_hooks_are_read_too() {
    let hook = |library: &str, parameters: &str| {
        refused(&format!(
            r#""hooks-libraries": [{{"library": "/usr/lib/kea/hooks/{library}", "parameters": {parameters}}}]"#
        ))
        .into_iter()
        .map(|found| (found.0, found.1))
        .collect::<Vec<_>>()
    };
    assert_eq!(hook("libdhcp_flex_id.so", r#"{"identifier-expression": "relay4[2].hex"}"#), []);
    assert_eq!(
        hook(
            "libdhcp_flex_option.so",
            r#"{"options": [{"code": 67, "add": "'a' == 'b'"}, {"code": 66, "remove": "member('any')"}]}"#
        ),
        [("hook-expression", "hooks-libraries[library=libdhcp_flex_option.so].parameters.options[0].add".to_owned())]
    );
}
