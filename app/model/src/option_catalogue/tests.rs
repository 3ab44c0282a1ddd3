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
