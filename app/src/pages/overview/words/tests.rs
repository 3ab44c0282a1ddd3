use model::{Timestamp, Unsettled};

use super::*;

fn server(health: Health, findings: Vec<Finding>) -> ServerStatus {
    let name = "main".parse().unwrap();
    ServerStatus {
        name,
        family: model::Family::V4,
        health,
        version: None,
        hooks: Vec::new(),
        storage: None,
        findings,
        pairs: Vec::new(),
        unsettled: Unsettled::default(),
        as_of: Timestamp(0),
        silent_since: None,
        repairable: false,
        unconfirmed: Vec::new(),
        outside: None,
        started_at: None,
        loaded_at: None,
    }
}

fn finding(severity: Severity) -> Finding {
    let line = Some("a line".to_owned());
    Finding { severity, text: "text".to_owned(), advice: "advice".to_owned(), items: Vec::new(), line }
}

fn subnet(what: Shortage) -> SubnetConcern {
    let members = vec![("kea1".parse().unwrap(), 50), ("kea2".parse().unwrap(), 7)];
    SubnetConcern { subnet: "kea1/50".parse().unwrap(), prefix: "10.0.0.0/24".parse().unwrap(), members, what }
}

fn full(free: u64, remedy: Option<Remedy>) -> SubnetConcern {
    subnet(Shortage::Addresses { percent: 95, free, remedy })
}

fn overview(servers: Vec<ServerStatus>, concerns: Vec<SubnetConcern>) -> Overview {
    Overview {
        servers,
        pairs: Vec::new(),
        fullest: Vec::new(),
        concerns,
        more_concerns: 0,
        refused_calls: 0,
        subnets: 1,
        leases: 1,
        holds: Vec::new(),
        own: Vec::new(),
        checks: Vec::new(),
    }
}

#[test]
fn what_nestor_itself_lacks_is_a_concern() {
    let own = vec![finding(Severity::Warns)];
    let overview = Overview { own, ..overview(vec![server(Health::Serving, Vec::new())], Vec::new()) };
    assert_eq!(concerns(&overview).iter().map(|concern| concern.place.as_str()).collect::<Vec<_>>(), ["Nestor"]);
}

#[test]
fn all_is_well_when_nothing_is_wrong() {
    assert_eq!(concerns(&overview(vec![server(Health::Serving, Vec::new())], Vec::new())), []);
}

#[test]
fn the_worst_comes_first() {
    let servers = vec![server(Health::Serving, vec![finding(Severity::Warns), finding(Severity::Blocks)])];
    let found = concerns(&overview(servers, vec![full(5, None), full(0, None)]));
    let severities: Vec<_> = found.iter().map(|concern| concern.severity).collect();
    assert_eq!(severities, [Severity::Blocks, Severity::Blocks, Severity::Warns, Severity::Warns]);
    assert_eq!(found[0].line.as_deref(), Some("a line"), "what is to be copied is there");
}

#[test]
fn a_server_that_does_not_serve_is_a_concern_once() {
    let silent = concerns(&overview(vec![server(Health::Unreachable, vec![finding(Severity::Warns)])], Vec::new()));
    assert_eq!(silent.len(), 2);
    let explained = concerns(&overview(vec![server(Health::NotServing, vec![finding(Severity::Blocks)])], Vec::new()));
    assert_eq!(explained.len(), 1);
}

#[test]
fn what_is_not_safe_yet_is_a_concern() {
    let mut waits = server(Health::Serving, Vec::new());
    waits.unsettled = Unsettled { not_saved: 1, pending: 1, unknown: 1, lost: 1 };
    let found = concerns(&overview(vec![waits], Vec::new()));
    assert_eq!(found.iter().map(|concern| concern.href.as_deref()).collect::<Vec<_>>(), [Some("/servers"); 4]);
}

#[test]
fn room_comes_with_the_line_to_copy_and_where_it_belongs() {
    let pool = Remedy::Pool("10.0.0.200-10.0.0.254".parse().unwrap());
    let found = of_subnet(&full(3, Some(pool)));
    assert_eq!(found.line.as_deref(), Some(r#"{ "pool": "10.0.0.200 - 10.0.0.254" }"#));
    for server in ["subnet 50 in Kea’s configuration of kea1", "subnet 7 in Kea’s configuration of kea2"] {
        assert!(found.advice.contains(server), "{}", found.advice);
    }
    let shorter = of_subnet(&full(0, Some(Remedy::Lifetime(1_800))));
    let line = r#""valid-lifetime": 1800, "min-valid-lifetime": 1800, "max-valid-lifetime": 1800"#;
    assert_eq!((shorter.severity, shorter.line.as_deref()), (Severity::Blocks, Some(line)));
    assert_eq!(of_subnet(&full(0, None)).line, None);
}

#[test]
fn declined_addresses_lead_to_their_rows_and_refused_calls_to_the_calls() {
    let mut all = overview(Vec::new(), vec![subnet(Shortage::Declined { count: 7 })]);
    all.refused_calls = 3;
    all.more_concerns = 2;
    let found = concerns(&all);
    let hrefs: Vec<_> = found.iter().filter_map(|concern| concern.href.as_deref()).collect();
    assert_eq!(hrefs, ["/networks/kea1/50?filter=problems", "/networks?sort=-used", "/foreman?filter=problems"]);
    assert!(found[0].text.starts_with("7 addresses declined") && found[2].text.starts_with("3 calls"));
}

#[test]
fn a_pair_in_trouble_is_a_concern() {
    let peer = |name: &str, state: &str| model::Peer {
        name: name.to_owned(),
        role: "primary".to_owned(),
        server: name.parse().ok(),
        state: Some(state.to_owned()),
        silent: false,
    };
    let mut all = overview(Vec::new(), Vec::new());
    let peers = vec![peer("kea1", "partner-down"), peer("kea2", "unavailable")];
    all.pairs = vec![Pair { mode: "hot-standby".to_owned(), peers }];
    let found = concerns(&all);
    assert_eq!((found.len(), found[0].place.as_str()), (1, "kea1 and kea2"));
    assert!(found[0].text.contains("partner-down"), "{}", found[0].text);
}

#[test]
fn what_a_check_found_leads_to_it() {
    let check = |faults, warnings| CheckSummary {
        server: "main".parse().unwrap(),
        faults,
        warnings,
        worst: "Pools overlap.".to_owned(),
    };
    let concern = of_check(&check(0, 1));
    assert_eq!((concern.severity, concern.href.as_deref()), (Severity::Warns, Some("/servers/main/check")));
    let concern = of_check(&check(1, 2));
    assert_eq!(concern.severity, Severity::Blocks);
    assert!(concern.advice.contains("3 things"), "{}", concern.advice);
}
