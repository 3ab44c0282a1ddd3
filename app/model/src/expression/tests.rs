use proptest::prelude::*;

use std::net::Ipv6Addr;

use super::*;

fn condition(text: &str) -> Result<Expression, ExpressionError> {
    Expression::parse(text, Family::V4, Kind::Condition)
}

fn fault(text: &str) -> (u32, u32, String) {
    let error = condition(text).expect_err(text);
    (error.line, error.column, error.text)
}

#[test]
fn an_error_says_where_it_is_and_what_is_missing() {
    for (text, column, words) in [
        ("member('a'", 11, "a closing parenthesis is missing"),
        ("(member('a') or member('b')", 28, "a closing parenthesis is missing"),
        ("member('a'))", 12, "there is no opening parenthesis to this one"),
        ("option[60] == 'a'", 12, "option[…] needs .hex, .text, .exists or .option[…]"),
        ("option[60].hex", 1, "this is text where a condition is wanted: compare it with =="),
        ("option[60.hex == 'a'", 10, "a closing bracket is missing"),
        ("option[300].exists", 8, "300 is not between 0 and 255"),
        ("option[60].hex != 'a'", 16, "there is no != here: write not … == …"),
        ("option[60].hex = 'a'", 16, "write == to compare"),
        ("pkt4.mac == \"a\"", 13, "texts stand in single quotes"),
        ("pkt4.mac == 'a", 13, "the closing quote of this text is missing"),
        ("pkt4.max == 'a'", 6, "“max” is no word of this language"),
        ("'a' == 'b' == 'c'", 12, "== compares two texts, and not what == comes to"),
        ("substring('abc', 1) == 'a'", 19, "a value is missing before the closing parenthesis"),
        ("pkt6.msgtype == 1", 1, "pkt6 is for IPv6 alone"),
        ("member('a') and", 16, "the expression ends too early"),
        ("", 1, "the expression ends too early"),
        ("not option[60].hex", 5, "this is text where a condition is wanted: compare it with =="),
        ("match('a(b', 'ab')", 11, "a closing parenthesis is missing in the pattern"),
    ] {
        assert_eq!(fault(text), (1, column, words.to_owned()), "{text}");
    }
    assert_eq!(fault("member('a')\n  and ü").0, 2);
    assert_eq!(fault("member('ü') und member('b')").1, 13, "columns are characters");
}

#[test]
fn words_need_no_space_between_as_with_kea() {
    let spaced = condition("not member('a') and member('b')").unwrap();
    assert_eq!(condition("notmember('a')andmember('b')"), Ok(spaced));
}

#[test]
fn and_binds_tighter_than_sand_and_or() {
    let same = |text: &str, grouped: &str| assert_eq!(condition(text), condition(grouped), "{text}");
    same("member('a') sor member('b') or member('c')", "member('a') sor (member('b') or member('c'))");
    same("member('a') or member('b') sand member('c')", "member('a') or (member('b') sand member('c'))");
    same("member('a') sand member('b') and member('c')", "member('a') sand (member('b') and member('c'))");
    same("not member('a') and member('b')", "(not member('a')) and member('b')");
    same("not 'a' == 'b'", "not ('a' == 'b')");
}

#[test]
fn names_of_classes_and_options_are_found_with_their_places() {
    let text = "member('a') and (option[host-name].exists or not member('b'))";
    let read = condition(text).unwrap();
    let classes: Vec<_> =
        read.classes().into_iter().map(|name| (name.text.as_str(), &text[name.range.clone()])).collect();
    assert_eq!(classes, [("a", "'a'"), ("b", "'b'")]);
    let options: Vec<_> =
        read.option_names().into_iter().map(|name| (name.text.as_str(), &text[name.range.clone()])).collect();
    assert_eq!(options, [("host-name", "host-name")]);
}

#[test]
fn every_part_has_its_value() {
    let packet = Packet {
        options: vec![PacketOption { code: 60, octets: b"PXEClient:Arch:00007".to_vec(), text: None }],
        ..Packet::empty(Family::V4)
    };
    let text = "substring(option[vendor-class-identifier].hex, 0, 9) == 'PXEClient' and not member('known')";
    let names = |name: &str| (name == "vendor-class-identifier").then_some(60);
    let value = condition(text).unwrap().evaluate(&packet, &names);
    assert_eq!(value.value, Outcome::Truth(true));
    let [equal, not] = value.parts.as_slice() else { panic!("two sides") };
    assert_eq!(&text[equal.parts[0].range.clone()], "substring(option[vendor-class-identifier].hex, 0, 9)");
    assert_eq!(equal.parts[0].value.shown(), "'PXEClient'");
    assert_eq!(equal.parts[0].parts[0].value.shown(), "'PXEClient:Arch:00007'");
    assert_eq!((not.value.clone(), not.parts[0].value.clone()), (Outcome::Truth(true), Outcome::Truth(false)));
}

#[test]
fn what_is_not_looked_at_has_no_value_and_what_is_not_known_is_said() {
    let packet = Packet {
        options: vec![PacketOption { code: 61, octets: vec![1, 2], text: None }],
        ..Packet::empty(Family::V4)
    };
    let value = |text: &str| condition(text).unwrap().evaluate(&packet, &|_| None);
    let short = value("'a' == 'b' and addrtotext('abc') == 'x'");
    assert_eq!((short.value, short.parts[1].value.clone()), (Outcome::Truth(false), Outcome::Skipped));
    let long = value("'a' == 'b' sand addrtotext('abc') == 'x'");
    assert!(matches!(long.value, Outcome::Fault(_)), "{long:?}");
    assert!(matches!(value("option[61].text == 'a'").value, Outcome::Unknown(_)));
    assert!(matches!(value("match('(a)\\1', 'aa')").value, Outcome::Unknown(_)));
    assert!(matches!(value("option[gone].exists").value, Outcome::Fault(_)));
}

#[test]
fn relays_and_vendors_of_ipv6_are_looked_into() {
    let relay = |last: u16| PacketRelay {
        peer: Some(Ipv6Addr::new(0xfe80, 0, 0, 0, 0, 0, 0, last)),
        link: Ipv6Addr::new(0x2001, 0xdb8, 0, 0, 0, 0, 0, last),
        options: vec![PacketOption { code: 37, octets: last.to_be_bytes().to_vec(), text: None }],
    };
    let octets = [0, 0, 0x11, 0x8b, 0, 1, 0, 2, 7, 8].to_vec();
    let class = [0, 0, 0x11, 0x8b, 0, 1, b'a', 0, 2, b'b', b'c'].to_vec();
    let option = |code, octets| PacketOption { code, octets, text: None };
    let packet = Packet {
        relays: vec![relay(1), relay(2)],
        options: vec![option(17, octets), option(16, class)],
        ..Packet::empty(Family::V6)
    };
    for text in [
        "relay6[0].option[37].hex == 0x0001",
        "relay6[-1].option[37].hex == 0x0002",
        "relay6[1].peeraddr == fe80::2",
        "relay6[-2].linkaddr == 2001:db8::1",
        "relay6[2].peeraddr == ''",
        "vendor.enterprise == 4491",
        "vendor[*].option[1].hex == 0x0708",
        "not vendor[9].exists",
        "vendor-class[4491].data == 'a'",
        "vendor-class[*].data[1] == 'bc'",
        "vendor-class[*].data[2] == ''",
    ] {
        let value = Expression::parse(text, Family::V6, Kind::Condition).unwrap().evaluate(&packet, &|_| None);
        assert_eq!(value.value, Outcome::Truth(true), "{text}");
    }
}

#[test]
fn nothing_is_nested_too_deeply() {
    let nested = |count: usize| format!("{}member('a'){}", "(".repeat(count), ")".repeat(count));
    assert!(condition(&nested(60)).is_ok());
    assert!(fault(&nested(70)).2.contains("nested"));
    assert!(fault(&nested(20_000)).2.contains("nested"));
    assert!(fault(&format!("{}member('a')", "not ".repeat(10_000))).2.contains("nested"));
    let long = vec!["member('a')"; 4_000].join(" and ");
    assert!(condition(&long).is_ok(), "a long list is not deep");
    assert!(fault(&vec!["member('a')"; 10_000].join(" and ")).2.contains("longer"));
}

#[test]
fn patterns_match_the_whole_text() {
    for (pattern, text, wanted) in [
        ("a.*c", "abbc", true),
        ("a", "ab", false),
        ("(foo|bar)+", "foobarfoo", true),
        ("[^a-c]x", "dx", true),
        ("[^a-c]x", "bx", false),
        ("a{2,3}", "aaaa", false),
        ("a{2,3}", "aaa", true),
        ("(a*)*b", "aaab", true),
        ("\\d+\\.\\w", "12.z", true),
        ("[[:xdigit:]-]+", "a-f", true),
        ("^$", "", true),
        ("()*a", "a", true),
    ] {
        let pattern = Pattern::parse(pattern).unwrap_or_else(|fault| panic!("{pattern}: {fault:?}"));
        assert_eq!(pattern.matches(text.as_bytes()), Ok(wanted), "{pattern:?} {text}");
    }
    for pattern in ["\\1", "(a\\1)", "(?:a)\\1", "(a)\\2"] {
        assert!(Pattern::parse(pattern).is_err(), "{pattern}");
    }
    let slow = Pattern::parse("((((a*)*)*)*)*b").unwrap();
    assert!(slow.matches(&[b'a'; 200]).is_err() || slow.matches(&[b'a'; 200]) == Ok(false));
}

fn texts() -> impl Strategy<Value = String> {
    let leaf = prop_oneof![
        "'[a-z:.]{0,6}'",
        "0x[0-9a-f]{1,5}",
        "[1-9][0-9]{0,8}",
        Just("192.0.2.1".to_owned()),
        Just("2001:db8::7".to_owned()),
        Just("option[61].hex".to_owned()),
        Just("option[host-name].text".to_owned()),
        Just("option[82].option[2].hex".to_owned()),
        Just("relay4[1].hex".to_owned()),
        Just("vendor[*].option[3].hex".to_owned()),
        Just("vendor-class[4491].data[1]".to_owned()),
        Just("vendor.enterprise".to_owned()),
        Just("pkt4.mac".to_owned()),
        Just("pkt.iface".to_owned()),
    ];
    leaf.prop_recursive(4, 16, 3, |inner| {
        let of = move || inner.clone();
        prop_oneof![
            (of(), of()).prop_map(|(a, b)| format!("{a} + {b}")),
            (of(), of()).prop_map(|(a, b)| format!("({a}+({b}))")),
            (of(), of()).prop_map(|(a, b)| format!("concat({a}, {b})")),
            (of(), of()).prop_map(|(a, b)| format!("hexstring({a},{b})")),
            of().prop_map(|a| format!("lcase({a})")),
            of().prop_map(|a| format!("uint8totext({a})")),
            (of(), -5i64..9, 0i64..5).prop_map(|(a, b, c)| format!("substring({a}, {b}, {c})")),
            (of(), of(), 0i64..5).prop_map(|(a, b, c)| format!("split({a}, {b}, {c})")),
            (of(), of(), of()).prop_map(|(a, b, c)| format!("ifelse({a} == {b}, {b}, {c})")),
        ]
    })
}

fn conditions() -> impl Strategy<Value = String> {
    let leaf = prop_oneof![
        (texts(), texts()).prop_map(|(a, b)| format!("{a} == {b}")),
        Just("member('k0')".to_owned()),
        Just("option[61].exists".to_owned()),
        Just("vendor-class[9].exists".to_owned()),
        texts().prop_map(|a| format!("match('a.*', {a})")),
    ];
    leaf.prop_recursive(4, 16, 2, |inner| {
        let of = move || inner.clone();
        prop_oneof![
            of().prop_map(|a| format!("not {a}")),
            of().prop_map(|a| format!("({a})")),
            (of(), of()).prop_map(|(a, b)| format!("{a} and {b}")),
            (of(), of()).prop_map(|(a, b)| format!("({a} sand {b})")),
            (of(), of()).prop_map(|(a, b)| format!("{a} or {b}")),
            (of(), of()).prop_map(|(a, b)| format!("{a} sor {b}")),
        ]
    })
}

proptest! {
    #[test]
    fn what_is_written_is_read_as_the_same(text in conditions()) {
        let read = condition(&text).unwrap_or_else(|error| panic!("{text}: {error}"));
        let written = read.to_string();
        prop_assert_eq!(condition(&written), Ok(read), "{} became {}", text, written);
    }

    #[test]
    fn no_text_is_too_much(text in ".{0,200}") {
        drop(condition(&text));
    }

    /// Pieces of the language in any order: nothing panics, and every place is one of the text.
    #[test]
    fn no_heap_of_pieces_is_too_much(pieces in proptest::collection::vec(prop_oneof![
        Just("("), Just(")"), Just("["), Just("]"), Just("."), Just(","), Just("=="), Just("+"), Just("*"), Just("not "),
        Just(" and "), Just("or "), Just("option"), Just("relay6"), Just("vendor"), Just("hex"), Just("exists"), Just("'ü'"),
        Just("'"), Just("0x"), Just("-1"), Just("7"), Just("::1"), Just("1.2.3.4"), Just("member('a')"), Just("match("),
        Just("'(a|[b-'"), Just("substring("), Just("all"), Just("pkt"), Just("ä"), Just("\n"), Just("!"),
    ], 0..40)) {
        let text = pieces.concat();
        for family in [Family::V4, Family::V6] {
            for wanted in [Kind::Condition, Kind::Text] {
                match Expression::parse(&text, family, wanted) {
                    Ok(read) => drop(read.evaluate(&Packet::empty(family), &|_| Some(61))),
                    Err(error) => prop_assert!(text.get(error.range.clone()).is_some(), "{:?} in {:?}", error, text),
                }
            }
        }
    }

    #[test]
    fn no_pattern_is_too_much(pattern in "[ab\\[\\]()|*+?{}0-9,^$.\\\\:d-]{0,24}", octets in proptest::collection::vec(any::<u8>(), 0..40)) {
        if let Ok(read) = Pattern::parse(&pattern) {
            prop_assert!(read.matches(&octets).is_ok() || !read.as_str().is_empty());
        }
    }
}

#[test]
fn what_the_packet_was_given_without_is_not_guessed() {
    let packet = Packet { unsure: vec!["HA_kea1".to_owned()], ..Packet::empty(Family::V4) };
    let value = |text: &str| {
        let read = Expression::parse(text, Family::V4, Kind::Condition).unwrap();
        read.evaluate(&packet, &|_| None).value
    };
    for text in ["pkt.iface == 'eth0'", "pkt.len == 300", "pkt4.transid == 0", "member('HA_kea1')"] {
        assert!(matches!(value(text), Outcome::Unknown(_)), "{text}: {:?}", value(text));
    }
    assert_eq!(value("member('other')"), Outcome::Truth(false));
    assert_eq!(value("pkt4.giaddr == 0.0.0.0"), Outcome::Truth(true), "a packet without a relay has this one");
}
