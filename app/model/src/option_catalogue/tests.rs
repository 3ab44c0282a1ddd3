use super::*;

fn option(code: u16) -> &'static StandardOption {
    StandardOption::with_code(code).unwrap()
}

#[test]
fn codes_and_names_stand_for_one_option_each() {
    for (at, option) in STANDARD_OPTIONS.iter().enumerate() {
        assert!(STANDARD_OPTIONS[..at].iter().all(|other| other.code < option.code && other.name != option.name));
        assert!(!OWN.contains(&option.code), "{}", option.name);
        for text in [option.name.to_owned(), option.code.to_string(), format!(" {} ({})", option.name, option.code)] {
            assert_eq!(StandardOption::meant(&text), Some(option), "{text}");
        }
    }
    assert_eq!(StandardOption::meant("no such option"), None);
}

#[test]
fn every_example_is_right_and_survives_being_written() {
    for option in STANDARD_OPTIONS {
        assert_eq!(option.fault(option.example), None, "{}", option.name);
        assert!(option.fault(" ").is_some(), "{}", option.name);
        let data = option.data(option.example, true);
        assert!(data.iter().all(|datum| datum.fault().is_none() && datum.always), "{data:?}");
        let back = match StandardOption::gather_parts(&data) {
            Some((_, typed, rest)) => {
                assert!(rest.is_empty());
                typed
            }
            None => StandardOption::of(&data[0]).unwrap().typed(&data[0]).unwrap(),
        };
        assert_eq!(option.data(&back, true), data, "{}", option.name);
    }
}

#[test]
fn lists_are_read_however_they_are_separated() {
    let data = |code: u16, typed: &str| option(code).data(typed, false).remove(0).data;
    assert_eq!(data(6, " 192.0.2.1 192.0.2.2;192.0.2.3,,"), "192.0.2.1, 192.0.2.2, 192.0.2.3");
    assert_eq!(data(121, "10.0.0.0/8 via 192.0.2.1"), "10.0.0.0/8 - 192.0.2.1");
    assert_eq!(data(100, "CET-1CEST,M3.5.0"), "CET-1CEST\\,M3.5.0", "Kea ends a text at a comma");
}

#[test]
fn what_kea_would_take_by_mistake_is_refused() {
    let faults: [(u16, &[&str]); 9] = [
        (3, &["192.0.2", "192.0.2.1, x", "ten"]),
        (28, &["192.0.2.1, 192.0.2.2"]),
        (26, &["abcd", "70000", "67", "-1", "1500 octets"]),
        (19, &["yes", "2"]),
        (119, &["a b!", "bad..name", "-x.example"]),
        (
            121,
            &[
                "10.0.0.0/8",
                "10.0.0.0 - 192.0.2.1",
                "10.0.0.1/8 - 192.0.2.1",
                "10.0.0.0/8 - x",
                "10.0.0.0/33 - 192.0.2.1",
            ],
        ),
        (33, &["192.0.2.1", "192.0.2.1 192.0.2.2 192.0.2.3"]),
        (77, &["010", "hello", ""]),
        (43, &["01", "01:04:c0", "zz", "00:00", "01:01:aa:01:01:bb"]),
    ];
    for (code, values) in faults {
        for value in values {
            assert!(option(code).fault(value).is_some(), "{code}: {value:?}");
        }
    }
}

#[test]
fn an_option_that_kea_does_not_define_is_written_as_octets() {
    let [datum] = &option(150).data("192.0.2.1 192.0.2.2", false)[..] else { panic!("one option") };
    assert_eq!((datum.name.as_str(), datum.data.as_str(), datum.hex), ("", "C0000201C0000202", true));
    assert_eq!(option(150).typed(datum).as_deref(), Some("192.0.2.1, 192.0.2.2"));
    let odd = OptionDatum { data: "C00002".to_owned(), ..datum.clone() };
    assert_eq!(option(150).typed(&odd), None);
    let [datum] = &option(252).data("http://a/b,c", false)[..] else { panic!("one option") };
    assert_eq!(datum.data, "687474703A2F2F612F622C63");
    assert_eq!(option(252).typed(datum).as_deref(), Some("http://a/b,c"));
}

#[test]
fn vendor_options_go_one_by_one() {
    let data = option(43).data("01 04 C0000201 f1:03:61:62:63 ff", false);
    let codes: Vec<_> = data.iter().map(|datum| (datum.code, datum.space.is_some(), datum.data.as_str())).collect();
    assert_eq!(codes, [(43, false, ""), (1, true, "C0000201"), (241, true, "616263")]);
    let routers = option(3).data("192.0.2.1", false).remove(0);
    let mixed: Vec<_> = data.iter().cloned().chain([routers.clone()]).collect();
    let (whole, typed, rest) = StandardOption::gather_parts(&mixed).unwrap();
    assert_eq!((whole.code, typed.as_str(), rest), (43, "01:04:c0:00:02:01:f1:03:61:62:63", vec![routers]));
    let text = OptionDatum { hex: false, ..data[1].clone() };
    assert_eq!(StandardOption::gather_parts(&[data[0].clone(), text]), None);
    assert!(OptionDatum { data: "0104C0000201".to_owned(), ..data[0].clone() }.fault().unwrap().contains("forgets"));
}

#[test]
fn what_the_server_names_otherwise_is_its_own() {
    let own = OptionDatum { code: 150, name: "telephones".to_owned(), data: "x".to_owned(), ..OptionDatum::default() };
    assert_eq!((StandardOption::of(&own), own.fault()), (None, None));
    let elsewhere = OptionDatum { space: Some("vendor-9".to_owned()), code: 3, ..own };
    assert_eq!(StandardOption::of(&elsewhere), None);
    let named = OptionDatum { name: "routers".to_owned(), data: "x".to_owned(), ..OptionDatum::default() };
    assert!(named.fault().unwrap().contains("IPv4"));
    let lease_time = OptionDatum { code: 51, data: "300".to_owned(), ..OptionDatum::default() };
    assert!(lease_time.fault().unwrap().contains("itself"));
    assert!(OptionDatum { code: 256, data: "AB".to_owned(), hex: true, ..OptionDatum::default() }.fault().is_some());
}

fn set(code: u16, space: Option<&str>, digits: &str) -> OptionDatum {
    let space = space.map(str::to_owned);
    OptionDatum { code, data: digits.to_owned(), hex: true, space, ..OptionDatum::default() }
}

#[test]
fn a_value_means_the_same_in_octets_and_as_text() {
    let values = [
        (3, "C0000201", "192.0.2.1"),
        (6, "0a:00:00:05:0a:00:00:06", "10.0.0.5,10.0.0.6"),
        (28, "0xC00002FF", "192.0.2.255"),
        (15, "6578616d706c652e74657374", "example.test"),
        (15, "6578616d706c652e7465737400", "example.test"),
        (15, "076578616d706c6504746573 7400", "example.test"),
        (26, "2328", "9000"),
        (26, "0578", "0x578"),
        (23, "40", "64"),
        (2, "FFFFFFFF", "-1"),
        (51, "00000E10", "3600"),
        (19, "01", "1"),
        (117, "0006002C", "6, 44"),
        (119, "076578616D706C6504746573740003 6C6162C000", "example.test, lab.example.test"),
        (121, "18C63364C000020100C00002FE", "198.51.100.0/24 - 192.0.2.1, 0.0.0.0/0 - 192.0.2.254"),
        (33, "C6336407C0000201", "198.51.100.7, 192.0.2.1"),
        (67, "'a,b'", "a\\,b"),
    ];
    for (code, digits, text) in values {
        let octets = set(code, None, digits);
        let text = OptionDatum { hex: false, data: text.to_owned(), ..octets.clone() };
        if StandardOption::with_code(code).is_some() {
            assert!(octets.is_equivalent_to(&text), "{code}: {:?} {:?}", octets.readable(), text.readable());
            let other = OptionDatum { data: format!("{}x", text.data), ..text.clone() };
            assert!(!octets.is_equivalent_to(&other) && !octets.is_equivalent_to(&set(code, None, "C0FFEE")));
        } else {
            assert_eq!(octets.readable(), None, "not ours to read");
        }
    }
    let six = Some("dhcp6");
    let dns = set(23, six, "20010DB8000000000000000000000001");
    assert_eq!(dns.addresses(), ["2001:db8::1".parse::<std::net::IpAddr>().unwrap()]);
    assert_eq!(set(24, six, "0161047465737400").first().as_deref(), Some("a.test"));
    assert_eq!(set(26, None, "2328").number(), Some(9_000));
    assert_eq!(set(1, Some("v6-ntp-server-suboptions"), &dns.data).addresses(), dns.addresses());
}

#[test]
fn octets_that_are_no_such_value_stay_octets() {
    let broken = [(3, "C00002"), (26, "232800"), (19, "02"), (119, "0561"), (119, "C000"), (121, "21C0"), (15, "FF")];
    for (code, digits) in broken {
        let datum = set(code, None, digits);
        assert_eq!((datum.readable(), datum.addresses(), datum.number()), (None, vec![], None), "{code}");
        assert!(datum.is_equivalent_to(&set(code, None, &digits.to_lowercase())));
    }
    assert_eq!(set(3, Some("vendor-9"), "C0000201").readable(), None, "another space, another option");
}

#[test]
fn what_is_never_sent_is_another_thing_and_needs_no_value() {
    let never = OptionDatum { code: 3, name: "routers".to_owned(), never: true, ..OptionDatum::default() };
    assert_eq!(never.fault(), None);
    let sent = OptionDatum { never: false, ..never.clone() };
    assert!(sent.fault().is_some() && !sent.is_equivalent_to(&never));
}

#[test]
fn what_a_definition_names_is_typed_as_its_kind() {
    let kind = |word: &str, repeats: bool| OptionKind::named(word, repeats).unwrap();
    let servers = kind("ipv6-address", true);
    assert_eq!(servers.sent("2001:db8::1 2001:db8::2;2001:db8::3"), "2001:db8::1, 2001:db8::2, 2001:db8::3");
    assert!(servers.typed_fault("192.0.2.1").unwrap().contains("IPv6"));
    let octets = OptionDatum {
        code: 23,
        data: "20010DB8000000000000000000000001".to_owned(),
        hex: true,
        ..OptionDatum::default()
    };
    assert_eq!(servers.typed(&octets).as_deref(), Some("2001:db8::1"));
    assert_eq!(kind("ipv6-address", false).typed(&octets).as_deref(), Some("2001:db8::1"));
    assert_eq!(servers.typed(&OptionDatum { data: "2001".to_owned(), ..octets }), None);
    assert_eq!(kind("string", false).sent("tftp://[2001:db8::1]/a,b"), "tftp://[2001:db8::1]/a\\,b");
    for (word, repeats, wrong) in [
        ("ipv6-address", false, "2001:db8::1, 2001:db8::2"),
        ("fqdn", true, "bad..name"),
        ("uint8", false, "256"),
        ("int8", false, "-129"),
        ("uint32", false, "4294967296"),
        ("uint16", true, "1, 65536"),
        ("boolean", false, "yes"),
    ] {
        assert!(kind(word, repeats).typed_fault(wrong).is_some(), "{word}: {wrong}");
        let example = kind(word, repeats).example();
        assert!(example.is_empty() || kind(word, repeats).typed_fault(example).is_none(), "{word}: {example}");
    }
    for word in ["", "record", "tuple", "psid", "binary", "empty", "internal"] {
        assert_eq!(OptionKind::named(word, false), None, "{word}");
    }
}
