//! Expressions against the real Kea: what we read it reads, and the reverse; and what comes out of them is what it makes of
//! a packet.

use std::hash::{BuildHasher as _, RandomState};

use keaconf::{Document, Severity, Way, review};
use model::{Expression, ExpressionKind, Family, Outcome, Packet, PacketOption};
use proptest::prelude::*;
use proptest::strategy::ValueTree as _;
use proptest::test_runner::{Config, RngSeed, TestRunner};
use serde_json::json;

use crate::dhcp;
use crate::lab::{self, Kea};

/// One of each kind of token, and what people get wrong.
const EXPRESSIONS: &str = include_str!("expressions.txt");

/// How many changed expressions are asked of each daemon; `make soak` asks more.
fn rounds() -> usize {
    if std::env::var_os("NESTOR_SOAK").is_some() { 20_000 } else { 300 }
}

/// The seed of this run; `NESTOR_SEED` plays it again.
fn seed() -> u64 {
    let given = std::env::var("NESTOR_SEED").ok();
    given.map_or_else(|| RandomState::new().hash_one(()), |seed| seed.parse().expect("NESTOR_SEED is a number"))
}

/// Why Kea refuses a test; none: it takes it.
fn kea_refuses(kea: &Kea, family: Family, text: &str, kind: ExpressionKind) -> Option<String> {
    let root = if family == Family::V4 { "Dhcp4" } else { "Dhcp6" };
    let member = if kind == ExpressionKind::Condition { "test" } else { "template-test" };
    let classes = json!([{ "name": "k0" }, { "name": "k1", member: text }]);
    let answer = kea.command("config-test", &json!({ root: { "client-classes": classes } }));
    (answer["result"] != 0).then(|| answer["text"].to_string())
}

/// What the review says against it.
fn we_refuse(family: Family, text: &str, kind: ExpressionKind) -> Vec<String> {
    let root = if family == Family::V4 { "Dhcp4" } else { "Dhcp6" };
    let member = if kind == ExpressionKind::Condition { "test" } else { "template-test" };
    let classes = json!([{ "name": "k0" }, { "name": "k1", member: text }]);
    let written = json!({ root: { "client-classes": classes } }).to_string();
    let findings = review(&Document::read(written.as_bytes()).unwrap(), Way::Api);
    findings.into_iter().filter(|finding| finding.severity == Severity::Refused).map(|finding| finding.text).collect()
}

/// Whether we and Kea say the same; what either said, if not.
fn compare(kea: &Kea, family: Family, text: &str, kind: ExpressionKind) -> Result<(), String> {
    let (ours, kea) = (we_refuse(family, text, kind), kea_refuses(kea, family, text, kind));
    if ours.is_empty() == kea.is_none() {
        return Ok(());
    }
    Err(format!("{family} {kind:?} {text:?}\n  ours: {ours:?}\n  Kea: {kea:?}"))
}

/// An expression that something was done to: a piece taken out, doubled, put elsewhere, or one of another put in.
fn changed() -> impl Strategy<Value = String> {
    let all: Vec<&str> = EXPRESSIONS.lines().collect();
    let one = || prop::sample::select(all.clone());
    let joined = prop_oneof![
        one().prop_map(str::to_owned),
        (one(), prop::sample::select(vec![" and ", " or ", " sand ", " sor ", " + ", " == ", ", "]), one())
            .prop_map(|(a, between, b)| format!("{a}{between}{b}")),
        one().prop_map(|a| format!("not ({a})")),
    ];
    (joined, any::<prop::sample::Index>(), any::<prop::sample::Index>(), 0..5).prop_map(|(text, from, to, how)| {
        let places: Vec<usize> = text.char_indices().map(|(at, _)| at).chain([text.len()]).collect();
        let (one, other) = (places[from.index(places.len())], places[to.index(places.len())]);
        let (from, to) = (one.min(other), one.max(other).min(one.min(other) + 3));
        let to = *places.iter().find(|place| **place >= to).unwrap();
        match how {
            0 => format!("{}{}", &text[..from], &text[to..]),
            1 => format!("{}{}{}", &text[..to], &text[from..to], &text[to..]),
            2 => format!("{} {}", &text[..from], &text[from..]),
            3 => format!("({text})"),
            _ => text,
        }
    })
}

#[test]
fn we_and_kea_read_the_same_expressions() {
    let seed = seed();
    println!("NESTOR_SEED={seed}");
    let mut faults = Vec::new();
    let mut taken = 0;
    let mut runner = TestRunner::new(Config { rng_seed: RngSeed::Fixed(seed), ..Config::default() });
    for (family, kea) in [(Family::V4, Kea::start(json!({}))), (Family::V6, Kea::start6(json!({})))] {
        let strategy = changed();
        let more = std::iter::repeat_with(|| strategy.new_tree(&mut runner).unwrap().current()).take(rounds());
        let texts = EXPRESSIONS.lines().map(str::to_owned).chain(more);
        for text in texts {
            for kind in [ExpressionKind::Condition, ExpressionKind::Text] {
                taken += usize::from(Expression::parse(&text, family, kind).is_ok());
                faults.extend(compare(&kea, family, &text, kind).err());
            }
        }
    }
    assert!(taken > 200, "{taken} were taken");
    assert!(faults.is_empty(), "{} faults, seed {seed}\n{}", faults.len(), faults.join("\n"));
}

/// The options of the packet that expressions are evaluated for.
fn sent() -> Vec<(u8, Vec<u8>)> {
    vec![
        (12, b"foo".to_vec()),
        (60, b"MSFT 5.0".to_vec()),
        (61, vec![1, 2, 0, 0, 0, 0, 1]),
        (77, b"usr".to_vec()),
        (43, vec![1, 2, b'a', b'b']),
        (82, vec![1, 3, b'a', b'b', b'c', 2, 3, 0, 1, 2]),
        (93, vec![0, 7]),
        (124, vec![0, 0, 0x11, 0x8b, 4, b'd', b'o', b'c', b'3']),
        (125, vec![0, 0, 0x11, 0x8b, 9, 1, 1, 170, 2, 4, 10, 0, 0, 1]),
        (224, b"abc".to_vec()),
    ]
}

/// What becomes of each text in a DISCOVER, by the real Kea: it puts them into options 225 and following of its answer.
fn by_kea(texts: &[&str]) -> Vec<Option<Vec<u8>>> {
    let option = |(at, text): (usize, &&str)| json!({ "code": 225 + at, "add": text, "csv-format": false });
    let options: Vec<_> = texts.iter().enumerate().map(option).collect();
    let hook = json!({ "library": "libdhcp_flex_option.so", "parameters": { "options": options } });
    let kea = dhcp::listening(lab::Family::V4, &json!({ "hooks-libraries": [hook] }));
    let asked = (225..=u8::try_from(224 + texts.len()).unwrap()).collect();
    let packet = dhcp::discover(&[sent(), vec![(55, asked)]].concat());
    let answer = dhcp::options(&dhcp::answer(&kea, &packet));
    let found =
        |at: usize| answer.iter().find(|option| usize::from(option.0) == 225 + at).map(|option| option.1.clone());
    (0..texts.len()).map(found).collect()
}

fn by_us(text: &str, count: usize) -> Option<Vec<u8>> {
    let options = sent().into_iter().map(|(code, octets)| {
        let text = matches!(code, 12 | 60).then(|| String::from_utf8(octets.clone()).unwrap());
        PacketOption { code: code.into(), octets, text }
    });
    let mut options: Vec<_> = options.collect();
    options.push(PacketOption { code: 53, octets: vec![1], text: None });
    let asked = (225..).take(count).collect();
    options.push(PacketOption { code: 55, octets: asked, text: None });
    let packet = Packet {
        interface: Some("lo".to_owned()),
        from: Some(dhcp::RELAY.into()),
        to: Some(dhcp::RELAY.into()),
        mac: dhcp::MAC.to_vec(),
        giaddr: dhcp::RELAY,
        transaction: Some(dhcp::TRANSACTION),
        options,
        classes: vec!["UNKNOWN".to_owned(), "VENDOR_CLASS_MSFT 5.0".to_owned()],
        ..Packet::empty(Family::V4)
    };
    let read =
        Expression::parse(text, Family::V4, ExpressionKind::Text).unwrap_or_else(|error| panic!("{text}: {error}"));
    let names = |name: &str| (name == "host-name").then_some(12);
    match read.evaluate(&packet, &names).value {
        Outcome::Octets(octets) => Some(octets),
        Outcome::Fault(_) => None,
        other => panic!("{text}: {other:?}"),
    }
}

/// Texts of which Kea makes something; each with a mark at its end, as it sends no empty option.
const TEXTS: &str = "
    'a' + 'b'
    5
    0xabc
    10.0.0.1
    2001:db8::1
    'ä'
    addrtotext(10.0.0.1)
    addrtotext(2001:db8::1)
    addrtotext(::ffff:1.2.3.4)
    addrtotext(::1.2.3.4)
    addrtotext(::1)
    addrtotext(::1:0)
    addrtotext(1:0:0:2:0:0:0:3)
    addrtotext(1:0:2:3:4:5:6:7)
    addrtotext('')
    int8totext(0x80)
    int8totext('')
    int16totext(0x8000)
    int32totext(0xffffffff)
    uint8totext(0xff)
    uint16totext(0xffff)
    uint32totext(4294967295)
    lcase('ÄbC')
    ucase('äbC')
    concat('a', option[12].hex)
    hexstring(pkt4.mac, ':')
    hexstring('foo', '')
    hexstring('', '-')
    hexstring(0x0aff, '--')
    substring('abcdef', 0, all)
    substring('abcdef', -1, all)
    substring('abcdef', -6, 2)
    substring('abcdef', -7, all)
    substring('abcdef', 5, 3)
    substring('abcdef', 6, 1)
    substring('abcdef', 3, -2)
    substring('abcdef', 3, -9)
    substring('abcdef', 0, -1)
    substring('abcdef', -1, -3)
    substring('abcdef', 2, 0)
    substring('', 0, all)
    split('..foo.bar..', '.', 3)
    split('a-b.c', '.-', 3)
    split('a.b', '', 2)
    split('a.b', '.', 0)
    split('a.b', '.', -1)
    split('a.b', '.', 3)
    split('', '.', 1)
    option[61].hex
    option[host-name].text
    option[60].text
    option[82].hex
    option[82].option[1].hex
    option[82].option[9].hex
    option[43].option[1].hex
    option[12].option[1].hex
    option[99].hex
    option[99].text
    option[55].hex
    relay4[2].hex
    relay4[9].hex
    vendor.enterprise
    vendor[4491].option[1].hex
    vendor[*].option[2].hex
    vendor[5].option[1].hex
    vendor-class.enterprise
    vendor-class[4491].data
    vendor-class[*].data[0]
    vendor-class[4491].data[1]
    vendor-class[5].data
    pkt.iface
    pkt.src
    pkt.dst
    pkt4.mac
    pkt4.hlen
    pkt4.htype
    pkt4.ciaddr
    pkt4.giaddr
    pkt4.yiaddr
    pkt4.siaddr
    pkt4.msgtype
    pkt4.transid
    ifelse(option[9].exists, addrtotext('abc'), 'b')
    sifelse(option[12].exists, 'a', 'b')";

/// Conditions; what Kea makes of them is seen by which text it takes.
const CONDITIONS: &str = "
    'a' == 'a'
    'a' == 'A'
    1 == 0x01
    1 == 0x00000001
    option[60].exists
    option[99].exists
    option[53].exists
    option[82].option[1].exists
    option[82].option[9].exists
    option[12].option[1].exists
    option[43].option[1].exists
    relay4[1].exists
    vendor[4491].exists
    vendor[5].exists
    vendor[*].exists
    vendor[4491].option[1].exists
    vendor[*].option[9].exists
    vendor-class[4491].exists
    vendor-class[*].exists
    vendor-class[5].exists
    member('ALL')
    member('KNOWN')
    member('UNKNOWN')
    member('VENDOR_CLASS_MSFT 5.0')
    not 'a' == 'a'
    'a' == 'a' or 'a' == 'a' sand 'a' == 'b'
    'a' == 'a' sor 'a' == 'b' or 'a' == 'b'
    'a' == 'b' sand 'a' == 'b' and 'a' == 'a' or 'a' == 'a'
    'a' == 'a' or addrtotext('abc') == 'a'
    'a' == 'b' and addrtotext('abc') == 'a'
    match('a.*', 'abc')
    match('a', 'abc')
    match('\\d+', '123')
    match('[\\]]', ']')
    match('[^a-c]', 'd')
    match('a{2,3}', 'aaaa')
    match('(a|b)*c', 'ababc')
    match('a*?', 'aaa')
    match('(?:ab)+', 'abab')
    match('.', 0x0a)
    match('.', 0xff)
    match('\\x41\\u0042', 'AB')
    match('[[:upper:]_]+', 'A_B')
    match('\\w+\\s\\W', 'ab !')
    match('', '')
    match('a|', '')
    match('^abc$', 'abc')
    match('a^b', 'ab')
    match('[a-]+', 'a-')
    match('[-a]+', 'a-')
    match('[\\w-]+', 'a-b')
    match('a??b', 'b')
    match('a**', 'aa')
    match('a+?', '')";

fn lines(text: &'static str) -> impl Iterator<Item = String> {
    text.lines().map(str::trim).filter(|line| !line.is_empty()).map(str::to_owned)
}

#[test]
fn kea_makes_of_a_packet_what_we_make_of_it() {
    let texts = lines(TEXTS).map(|text| format!("{text} + '!'"));
    let conditions = lines(CONDITIONS).map(|text| format!("ifelse({text}, 'true', 'false')"));
    let all: Vec<String> = texts.chain(conditions).collect();
    let mut faults = Vec::new();
    for some in all.chunks(29) {
        let some: Vec<&str> = some.iter().map(String::as_str).collect();
        for (text, kea) in some.iter().zip(by_kea(&some)) {
            let ours = by_us(text, some.len());
            if ours != kea {
                faults.push(format!("{text}: ours {ours:?}, Kea's {kea:?}"));
            }
        }
    }
    assert!(faults.is_empty(), "{} of {}\n{}", faults.len(), all.len(), faults.join("\n"));
}

/// Where Kea gives up, so do we.
#[test]
fn kea_gives_up_where_we_do() {
    for text in [
        "addrtotext('abc') + '!'",
        "int8totext(5) + '!'",
        "ifelse('a' == 'a' sor addrtotext('abc') == 'a', 'a', 'b')",
        "sifelse(option[12].exists, 'a', addrtotext('abc'))",
        "substring('abc', 0, 99999999999)",
        "split('a', '.', 99999999999) + '!'",
    ] {
        assert_eq!((by_us(text, 1), by_kea(&[text])), (None, vec![None]), "{text}");
    }
}
