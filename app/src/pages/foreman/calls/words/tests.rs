use model::Timestamp;

use super::*;

pub(in crate::pages::foreman::calls) fn call(method: &str, path: &str, parameters: &str) -> ForemanCall {
    ForemanCall {
        number: 1,
        at: Timestamp(0),
        took_micros: 0,
        caller: "foreman.example.org".to_owned(),
        address: Some("192.0.2.9".to_owned()),
        request_id: None,
        method: method.to_owned(),
        path: path.to_owned(),
        parameters: parameters.to_owned(),
        status: 200,
        outcome: CallOutcome::Answered,
        answer: String::new(),
        changes: false,
        why: Vec::new(),
    }
}

fn line(method: &str, path: &str, parameters: &str) -> String {
    let InWords { what, about } = in_words(&call(method, path, parameters));
    about.map_or(what.clone(), |about| format!("{what} | {about}"))
}

#[test]
fn calls_are_put_into_words() {
    for (method, path, parameters, words) in [
        ("GET", "/features", "", "Ask for features"),
        ("GET", "/v2/features", "", "Ask for features"),
        ("GET", "/version", "", "Ask for the version"),
        ("GET", "/logs/", "", "Read the log"),
        ("GET", "/dhcp", "", "List subnets"),
        ("GET", "/dhcp/192.0.2.0", "", "List records | in 192.0.2.0"),
        ("GET", "/dhcp/192.0.2.0/unused_ip", "", "Ask for a free address in 192.0.2.0"),
        (
            "GET",
            "/dhcp/192.0.2.0/unused_ip",
            "mac=02:00:00:00:00:01\nfrom=192.0.2.5\nto=192.0.2.9",
            "Ask for a free address in 192.0.2.0 | for 02:00:00:00:00:01 · between 192.0.2.5 and 192.0.2.9",
        ),
        ("GET", "/dhcp/192.0.2.0/mac/02%3a00:00:00:00:01", "", "Look up 02:00:00:00:00:01 | in 192.0.2.0"),
        ("GET", "/dhcp/192.0.2.0/ip/192.0.2.7", "", "Look up 192.0.2.7 | in 192.0.2.0"),
        ("DELETE", "/dhcp/192.0.2.0/mac/02:00:00:00:00:01", "", "Delete 02:00:00:00:00:01 | in 192.0.2.0"),
        ("POST", "/dhcp/192.0.2.0/ip/192.0.2.7", "_method=delete", "Delete 192.0.2.7 | in 192.0.2.0"),
        (
            "POST",
            "/dhcp/192.0.2.0",
            "hostname=web-01\nmac=02:00:00:00:00:01\nip=192.0.2.7\nname=",
            "Reserve 192.0.2.7 | web-01 · 02:00:00:00:00:01 · in 192.0.2.0",
        ),
        ("POST", "/dhcp/192.0.2.0", "", "Create a reservation | in 192.0.2.0"),
        ("PUT", "/puppet/x", "", "PUT /puppet/x"),
    ] {
        assert_eq!(line(method, path, parameters), words, "{method} {path} {parameters}");
    }
}

#[test]
fn odd_encodings_stay_as_they_are() {
    assert_eq!(decoded("a%3Ab%"), "a:b%");
    assert_eq!(decoded("%zz%+4%4"), "%zz%+4%4");
    assert_eq!(decoded("%ff"), "%ff");
    assert_eq!(decoded("%C3%A4"), "ä");
}

#[test]
fn who_stood_in_the_way_is_named() {
    let mut clash = call("POST", "/dhcp/192.0.2.0", "");
    let key = model::ReservationKey {
        subnet: "main/3".parse().unwrap(),
        identifier: model::Identifier::HwAddress("02:00:00:00:00:02".parse().unwrap()),
    };
    assert_eq!(culprit(&clash), None);
    clash.why = vec![Why::Clash { key, address: None, host_name: Some("web-01".to_owned()) }];
    assert_eq!(culprit(&clash).as_deref(), Some("reserved for web-01, 02:00:00:00:00:02"));
}

#[test]
fn an_answer_without_words_says_why() {
    let mut none = call("GET", "/dhcp/192.0.2.0/unused_ip", "");
    none.why = vec![Why::Said("all 9 addresses are taken".to_owned())];
    assert_eq!(answer(&none), "all 9 addresses are taken");
    none.answer = "192.0.2.7".to_owned();
    assert_eq!(answer(&none), "192.0.2.7");
}

#[test]
fn spans_are_short() {
    let spans = [0, 840, 3_249, 45_999, 999_999, 1_250_000, 50_000_000].map(took);
    assert_eq!(spans, ["0.0 ms", "0.8 ms", "3.2 ms", "45 ms", "999 ms", "1.2 s", "50.0 s"]);
}
