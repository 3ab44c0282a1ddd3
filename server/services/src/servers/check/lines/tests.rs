use model::{ServerName, Storage, Timestamp, Unsettled};

use super::*;

fn status() -> ServerStatus {
    ServerStatus {
        name: "kea1".parse().unwrap(),
        family: Family::V4,
        health: Health::Serving,
        version: Some("3.0.3".to_owned()),
        hooks: ["libdhcp_host_cmds.so", "libdhcp_lease_cmds.so", "own.so"].map(str::to_owned).to_vec(),
        storage: Some(Storage::Configuration),
        findings: Vec::new(),
        pairs: Vec::new(),
        unsettled: Unsettled::default(),
        as_of: Timestamp(1_800_000_000),
        silent_since: None,
        repairable: false,
        unconfirmed: Vec::new(),
        outside: None,
        started_at: None,
        loaded_at: None,
    }
}

fn partner(several: bool) -> PairPartner {
    PairPartner { name: "kea2".parse().unwrap(), several }
}

fn document(inside: &str) -> Document {
    Document::read(format!("{{\"Dhcp4\": {{{inside}}}}}").as_bytes()).unwrap()
}

fn facts(status: &ServerStatus) -> Facts<'_> {
    Facts {
        status,
        sight: Sight::default(),
        missing: Vec::new(),
        running: Some(document("")),
        partners: Vec::new(),
        silenced: HashSet::new(),
    }
}

fn of(lines: &[CheckLine], area: CheckArea) -> Vec<&CheckLine> {
    lines.iter().filter(|line| line.area == area).collect()
}

#[test]
fn a_silent_server_is_not_told_what_it_lacks() {
    let finding = Hook::HostCmds.is_missing();
    let status = ServerStatus { health: Health::Unreachable, findings: vec![finding.clone()], ..status() };
    let lines = lines(&Facts { running: None, ..facts(&status) });
    assert_eq!(lines, [CheckLine::of_finding(CheckArea::Contact, finding)]);
}

#[test]
fn a_missing_hook_is_told_once_with_where_it_is_to_be_had() {
    let status = ServerStatus { findings: vec![Hook::StatCmds.is_missing()], ..status() };
    let lines = lines(&Facts { missing: vec![Hook::StatCmds], ..facts(&status) });
    assert!(of(&lines, CheckArea::Contact).iter().all(|line| line.level == CheckLevel::Fine));
    let hooks = of(&lines, CheckArea::Hooks);
    assert_eq!(hooks[0].text, "It has loaded the hooks host_cmds, lease_cmds, own.so.");
    assert_eq!((hooks[1].level, hooks[1].lines.as_slice()), (CheckLevel::Warning, &[Hook::StatCmds.line()][..]));
    for system in ["kea-common", "isc-kea-hooks", "/usr/lib64/kea/hooks", "kea-hook-stat-cmds", "FreeBSD"] {
        assert!(hooks[1].items.iter().any(|item| item.contains(system)), "{system}: {:?}", hooks[1].items);
    }
    let hints: Vec<_> = hooks[2..].iter().map(|line| (line.level, line.lines.concat())).collect();
    assert_eq!(hints.len(), 2);
    assert!(hints.iter().all(|(level, _)| *level == CheckLevel::Hint) && hints[1].1.contains("libdhcp_class_cmds.so"));
}

#[test]
fn an_older_version_says_what_it_lacks() {
    let of_version = |version: &str, family| {
        let status = ServerStatus { version: Some(version.to_owned()), family, ..status() };
        let found = lines(&facts(&status));
        let line = of(&found, CheckArea::Version)[0].clone();
        (line.level, line.items.len())
    };
    assert_eq!(of_version("3.0.3", Family::V4), (CheckLevel::Fine, 0));
    assert_eq!(of_version("3.0.3", Family::V6), (CheckLevel::Hint, 1));
    assert_eq!(of_version("2.6.1", Family::V4), (CheckLevel::Hint, 2));
    assert_eq!(of_version("2.0.3", Family::V4), (CheckLevel::Hint, 4));
    let old = ServerStatus { version: Some("2.6.1".to_owned()), ..status() };
    let lines = lines(&Facts { missing: vec![Hook::HostCmds], ..facts(&old) });
    assert!(of(&lines, CheckArea::Hooks)[1].items.iter().any(|item| item.contains("update Kea")));
}

#[test]
fn clocks_and_certificates_are_told_in_numbers() {
    let status = status();
    let now = status.as_of;
    let sight = Sight {
        certificate_end: Some(now.plus(Seconds(200 * 86_400 + 5))),
        own_certificates: vec![("The authority CN=Lab".to_owned(), now.plus(Seconds(-5)))],
        clock_ahead: Some(Seconds(-45)),
        ..Sight::default()
    };
    let partner = Partner { pair: partner(false), clock_ahead: Some(Seconds(10)), running: None };
    let lines = lines(&Facts { sight, partners: vec![partner], ..facts(&status) });
    let certificates = of(&lines, CheckArea::Certificates);
    assert!(certificates.len() == 1 && certificates[0].text.starts_with("Its certificate is valid for 200 days"));
    assert!(of(&lines, CheckArea::Clock)[0].text.starts_with("Its clock is 45 s behind"));
    assert!(of(&lines, CheckArea::Pair)[0].text.contains("kea2 are 55 s apart"), "{lines:?}");
}

#[test]
fn a_pair_is_compared_in_what_both_need() {
    let status = status();
    let subnet = |pool: &str, more: &str| {
        document(&format!(
            "{more} \"subnet4\": [{{\"id\": 1, \"subnet\": \"192.0.2.0/24\", \"pools\": [{{\"pool\": \"{pool}\"}}]}}]"
        ))
    };
    let dns = "\"option-data\": [{\"code\": 6, \"data\": \"192.0.2.1\"}], ";
    let partner = |several| Partner {
        pair: partner(several),
        clock_ahead: None,
        running: Some(subnet("192.0.2.10-192.0.2.30", dns)),
    };
    let found = |running: Document, several| {
        let lines = lines(&Facts { running: Some(running), partners: vec![partner(several)], ..facts(&status) });
        of(&lines, CheckArea::Pair).into_iter().cloned().collect::<Vec<_>>()
    };
    let differing = found(subnet("192.0.2.10-192.0.2.20", ""), false);
    let said: Vec<_> = differing
        .iter()
        .map(|line| (line.text.as_str(), line.edits_at.as_ref().map(ServerName::as_str), line.edits[0].path.as_str()))
        .collect();
    let pools = "subnet4[id=1].pools";
    assert_eq!(
        said,
        [
            ("It does not have the same pools as its partner kea2.", None, pools),
            ("Its partner kea2 does not have the same pools.", Some("kea2"), pools),
            ("It does not have the same options as its partner kea2.", None, "option-data"),
        ]
    );
    let item = differing[1].items[0].as_str();
    assert!(item.starts_with("kea2 does not have this: ") && item.contains("192.0.2.10-192.0.2.20"), "{item}");
    assert!(differing.iter().all(|line| line.findings.len() == 1), "each is silenced by itself");
    assert_eq!(found(subnet("192.0.2.10-192.0.2.30", dns), false)[0].level, CheckLevel::Fine);
    // The hub of several pairs has other subnets than each of its partners.
    assert_eq!(found(subnet("192.0.2.10-192.0.2.20", ""), true)[0].level, CheckLevel::Fine);
}

#[test]
fn what_stands_against_a_configuration_is_told_by_rule_with_the_edits_that_mend_it() {
    let status = status();
    let two = "\"subnet4\": [{\"id\": 1, \"subnet\": \"192.0.2.1/24\"}, {\"id\": 2, \"subnet\": \"198.51.100.1/24\"}]";
    let lines = lines(&Facts { running: Some(document(two)), ..facts(&status) });
    let lines = of(&lines, CheckArea::Configuration);
    let host_bits = lines.iter().find(|line| line.lines.concat().contains("198.51.100.0/24")).expect("both edits");
    assert!(host_bits.level == CheckLevel::Warning && host_bits.items.len() == 2, "{host_bits:?}");
    assert!(host_bits.text.ends_with("(1 more alike.)"));
}

#[test]
fn what_is_not_saved_is_told_with_what_to_do() {
    let unsettled = Unsettled { not_saved: 2, ..Unsettled::default() };
    let status = ServerStatus { unsettled, ..status() };
    let lines = lines(&facts(&status));
    let saving = of(&lines, CheckArea::Saving);
    assert!(saving[0].level == CheckLevel::Warning && saving[0].lines.iter().any(|line| line.starts_with("chown")));
}

#[test]
fn what_is_silenced_does_not_count_and_the_rest_does() {
    let overlapping = r#""subnet4": [{ "id": 1, "subnet": "192.0.2.0/24", "pools": [
        { "pool": "192.0.2.10-192.0.2.25" }, { "pool": "192.0.2.20-192.0.2.30" }] }]"#;
    let status = status();
    let before = lines(&Facts { running: Some(document(overlapping)), ..facts(&status) });
    let can = |line: &&CheckLine| !line.findings.is_empty();
    let all: Vec<&Silencing> = before.iter().filter(can).flat_map(|line| &line.findings).collect();
    assert!(all.len() > 2 && before.iter().all(|line| line.level != CheckLevel::Fine || line.findings.is_empty()));
    for one in &all {
        let silenced = HashSet::from([one.finding.clone()]);
        let after = lines(&Facts { running: Some(document(overlapping)), silenced, ..facts(&status) });
        let left: Vec<&Silencing> = after.iter().flat_map(|line| &line.findings).collect();
        assert!(!left.iter().any(|left| left.finding == one.finding), "{one:?}");
        assert!(all.iter().filter(|known| known.finding != one.finding).all(|known| left.contains(known)), "{one:?}");
    }
    let silenced = all.iter().map(|one| one.finding.clone()).collect();
    let after = lines(&Facts { running: Some(document(overlapping)), silenced, ..facts(&status) });
    assert!(after.iter().all(|line| line.level == CheckLevel::Fine), "{after:?}");
}
