//! The table of parameters and the review rules against the real Kea: what we take it takes, and the reverse.

use keaconf::{Document, Kind, Layout, Op, Path, Severity, Table, Value, Way, read_json, review};
use serde_json::json;

use crate::lab::{Family, Kea};
use crate::texts::kea_takes;

/// How many parameters of each daemon are asked; `make soak` asks all.
fn rounds() -> usize {
    if std::env::var_os("NESTOR_SOAK").is_some() { usize::MAX } else { 25 }
}

/// Parameters that mean something only beside others, which these documents do not have.
const NOT_ALONE: &[&str] = &[
    "duid",
    "client-id",
    "circuit-id",
    "flex-id",
    "excluded-prefix",
    "excluded-prefix-len",
    "record-types",
    "*",
    "t1-percent",
    "test",
    "hw-address",
    "excluded-prefixes",
];

/// Findings that Kea has no words for before it starts.
const LATER: &[&str] = &["database-hook", "zone"];

/// The least that a level of this name needs to be there, and the path to it.
fn least(family: Family, level: &str) -> Option<(String, &'static str)> {
    let v4 = family == Family::V4;
    let subnets = if v4 { "subnet4" } else { "subnet6" };
    let prefix = if v4 { "192.0.2.0/24" } else { "2001:db8:1::/64" };
    let pool = if v4 { "192.0.2.10-192.0.2.60" } else { "2001:db8:1::10-2001:db8:1::60" };
    let subnet = |more: &str| {
        format!("\"{subnets}\": [{{\"id\": 1, \"subnet\": \"{prefix}\", \"valid-lifetime\": 4000{more}}}]")
    };
    let option = if v4 {
        "{\"name\": \"domain-name-servers\", \"data\": \"192.0.2.1\"}"
    } else {
        "{\"name\": \"dns-servers\", \"data\": \"2001:db8::1\"}"
    };
    let relay = if v4 { "192.0.2.2" } else { "2001:db8::2" };
    let host = if v4 { "{\"hw-address\": \"02:00:00:00:00:01\"}" } else { "{\"duid\": \"01:02:03:04:05\"}" };
    let daemon = if v4 { "kea-dhcp4" } else { "kea-dhcp6" };
    Some(match level {
        "global" => ("\"user-context\": {\"b\": 1}".to_owned(), ""),
        "subnet" => (subnet(""), if v4 { "subnet4[id=1]" } else { "subnet6[id=1]" }),
        "shared-network" => {
            ("\"shared-networks\": [{\"name\": \"n\", \"valid-lifetime\": 4000}]".to_owned(), "shared-networks[name=n]")
        }
        "pool" => (
            subnet(&format!(", \"pools\": [{{\"pool\": \"{pool}\"}}]")),
            if v4 { "subnet4[id=1].pools[0]" } else { "subnet6[id=1].pools[0]" },
        ),
        "pd-pool" => (
            subnet(", \"pd-pools\": [{\"prefix\": \"2001:db8:8::\", \"prefix-len\": 56, \"delegated-len\": 64}]"),
            "subnet6[id=1].pd-pools[0]",
        ),
        "client-class" => {
            ("\"client-classes\": [{\"name\": \"c\", \"valid-lifetime\": 4000}]".to_owned(), "client-classes[name=c]")
        }
        "reservation" => (
            subnet(&format!(", \"reservations\": [{host}]")),
            if v4 { "subnet4[id=1].reservations[0]" } else { "subnet6[id=1].reservations[0]" },
        ),
        "option-def" => {
            ("\"option-def\": [{\"name\": \"foo\", \"code\": 234, \"type\": \"uint8\"}]".to_owned(), "option-def[0]")
        }
        "option-data" => (format!("\"option-data\": [{option}]"), "option-data[0]"),
        "relay" => (
            subnet(&format!(", \"relay\": {{\"ip-addresses\": [\"{relay}\"]}}")),
            if v4 { "subnet4[id=1].relay" } else { "subnet6[id=1].relay" },
        ),
        "expired-leases-processing" => {
            ("\"expired-leases-processing\": {\"hold-reclaimed-time\": 5}".to_owned(), "expired-leases-processing")
        }
        "dhcp-ddns" => ("\"dhcp-ddns\": {\"enable-updates\": false}".to_owned(), "dhcp-ddns"),
        "sanity-checks" => ("\"sanity-checks\": {\"lease-checks\": \"warn\"}".to_owned(), "sanity-checks"),
        "interfaces-config" => ("\"interfaces-config\": {\"interfaces\": []}".to_owned(), "interfaces-config"),
        "multi-threading" => ("\"multi-threading\": {\"enable-multi-threading\": true}".to_owned(), "multi-threading"),
        "compatibility" => ("\"compatibility\": {\"lenient-option-parsing\": true}".to_owned(), "compatibility"),
        "dhcp-queue-control" => ("\"dhcp-queue-control\": {\"enable-queue\": false}".to_owned(), "dhcp-queue-control"),
        "logger" => (format!("\"loggers\": [{{\"name\": \"{daemon}\", \"severity\": \"INFO\"}}]"), "loggers[0]"),
        "logger-output" => (
            format!(
                "\"loggers\": [{{\"name\": \"{daemon}\", \"severity\": \"INFO\", \"output-options\": [{{\"output\": \"stdout\"}}]}}]"
            ),
            "loggers[0].output-options[0]",
        ),
        _ => return None,
    })
}

fn with(base: &Document, path: &str, name: &str, value: Value) -> Document {
    let path: Path = path.parse().unwrap();
    base.edited(&[keaconf::Edit { path: path.member(name), op: Op::Set(value) }]).unwrap()
}

/// Whether we and Kea say the same of a document; what either said, if not.
fn compare(family: Family, folder: &std::path::Path, document: &Document) -> Result<bool, String> {
    let refused: Vec<_> = review(document, Way::File)
        .into_iter()
        .filter(|finding| finding.severity == Severity::Refused && !LATER.contains(&finding.rule))
        .collect();
    let text = document.to_kea(Layout::Compact);
    let kea = kea_takes(family, folder, text.as_bytes());
    match (refused.is_empty(), &kea) {
        (true, Ok(())) => Ok(true),
        (false, Err(_)) => Ok(false),
        _ => Err(format!("{text}\nours: {refused:?}\nKea: {kea:?}")),
    }
}

#[test]
fn we_and_kea_take_and_refuse_the_same_values() {
    let folder = tempfile::tempdir().unwrap();
    let mut faults = Vec::new();
    for (family, daemon) in [(Family::V4, "dhcp4"), (Family::V6, "dhcp6")] {
        let mut asked: Vec<(&str, &str, &str)> = include_str!("accepted.txt")
            .lines()
            .filter_map(|line| {
                let [own, level, name, value] = line.splitn(4, ' ').collect::<Vec<_>>().try_into().ok()?;
                (own == daemon && !NOT_ALONE.contains(&name) && least(family, level).is_some())
                    .then_some((level, name, value))
            })
            .collect();
        assert!(asked.len() > 200);
        // Others each time; the time of day is chance enough, and a fault names its document.
        let seed = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).unwrap().subsec_nanos();
        let start = usize::try_from(seed).unwrap() % asked.len();
        asked.rotate_left(start);
        let step = (asked.len() / rounds()).max(1);
        for (level, name, value) in asked.iter().step_by(step) {
            let (inside, path) = least(family, level).unwrap();
            let root = if family == Family::V4 { "Dhcp4" } else { "Dhcp6" };
            let base = Document::read(format!("{{\"{root}\": {{{inside}}}}}").as_bytes()).unwrap();
            let good = with(&base, path, name, read_json(value.as_bytes()).unwrap());
            match compare(family, folder.path(), &good) {
                Ok(true) => {}
                Ok(false) => faults.push(format!("{level} {name}: both refuse {value}")),
                Err(fault) => faults.push(fault),
            }
            let parameter = Table::of(base.daemon).level(level).unwrap().parameter(name).unwrap();
            let wrong = match parameter.kind {
                Kind::Any => continue,
                Kind::Map(_) | Kind::List(_) => Value::from(7),
                _ => Value::List(vec![Value::from(7)]),
            };
            match compare(family, folder.path(), &with(&base, path, name, wrong)) {
                Ok(false) => {}
                Ok(true) => faults.push(format!("{level} {name}: both take a wrong type")),
                Err(fault) => faults.push(fault),
            }
        }
    }
    assert!(faults.is_empty(), "{} faults\n{}", faults.len(), faults.join("\n\n"));
}

/// What Kea refuses at a glance is refused here too, and what only harms is found where Kea says nothing.
#[test]
fn what_kea_refuses_we_refuse() {
    let folder = tempfile::tempdir().unwrap();
    let refused = [
        "\"subnet4\": [{\"subnet\": \"192.0.2.0/24\"}]",
        "\"subnet4\": [{\"id\": 0, \"subnet\": \"192.0.2.0/24\"}]",
        "\"subnet4\": [{\"id\": 1, \"subnet\": \"192.0.2.0/24\"}, {\"id\": 1, \"subnet\": \"198.51.100.0/24\"}]",
        "\"subnet4\": [{\"id\": 1, \"subnet\": \"192.0.2.0/24\"}, {\"id\": 2, \"subnet\": \"192.0.2.0/24\"}]",
        "\"subnet4\": [{\"id\": 1, \"subnet\": \"192.0.2.0/24\", \"pools\": [{\"pool\": \"192.0.3.1-192.0.3.9\"}]}]",
        "\"subnet4\": [{\"id\": 1, \"subnet\": \"192.0.2.0/24\", \"pools\": [{\"pool\": \"192.0.2.1-192.0.2.9\"}, {\"pool\": \"192.0.2.8/29\"}]}]",
        "\"subnet4\": [{\"id\": 1, \"subnet\": \"192.0.2.0/24\", \"reservations\": [{\"hw-address\": \"02:00:00:00:00:01\", \"ip-address\": \"192.0.3.1\"}]}]",
        "\"subnet4\": [{\"id\": 1, \"subnet\": \"nonsense\"}]",
        "\"subnet4\": [{\"id\": 1, \"subnet\": \"2001:db8::/64\"}]",
        "\"subnet4\": [{\"id\": 1, \"subnet\": \"192.0.2.0/24\", \"cache-threshold\": 1.0}]",
        "\"subnet4\": [{\"id\": 1, \"subnet\": \"192.0.2.0/24\", \"allocator\": \"shared-flq\"}]",
        "\"min-valid-lifetime\": 500, \"valid-lifetime\": 400",
        "\"min-valid-lifetime\": 1000, \"subnet4\": [{\"id\": 1, \"subnet\": \"192.0.2.0/24\", \"valid-lifetime\": 600}]",
        "\"reservations\": [{\"hw-address\": \"02:00:00:00:00:01\", \"duid\": \"01:02:03:04\"}]",
        "\"reservations\": [{\"hostname\": \"nobody\"}]",
        "\"option-data\": [{\"data\": \"x\"}]",
        "\"option-def\": [{\"name\": \"mine\", \"code\": 6, \"type\": \"string\"}]",
        "\"client-classes\": [{\"name\": \"a\"}, {\"name\": \"a\"}]",
        "\"client-classes\": [{\"name\": \"a\", \"test\": \"member('b')\"}, {\"name\": \"b\"}]",
        "\"client-classes\": [{\"name\": \"KNOWN\", \"test\": \"member('ALL')\"}]",
        "\"client-classes\": []",
        "\"valid-lifetme\": 400",
        "\"reservation-mode\": \"all\"",
        "\"control-socket\": {\"socket-type\": \"unix\", \"socket-name\": \"a\"}, \"control-sockets\": [{\"socket-type\": \"unix\", \"socket-name\": \"b\"}]",
    ];
    for inside in refused {
        let document = crate::edits::document(inside);
        assert_eq!(compare(Family::V4, folder.path(), &document), Ok(false), "{inside}");
    }
    let taken = [
        (
            "\"subnet4\": [{\"id\": 1, \"subnet\": \"192.0.2.0/24\"}, {\"id\": 2, \"subnet\": \"192.0.2.0/25\"}]",
            "subnet-overlap",
        ),
        ("\"subnet4\": [{\"id\": 1, \"subnet\": \"192.0.2.1/24\"}]", "host-bits"),
        ("\"subnet4\": [{\"id\": 1, \"subnet\": \"192.0.2.0/24\", \"client-classes\": [\"gone\"]}]", "class-unknown"),
        ("\"valid-lifetime\": 4294967303", "out-of-range"),
        (
            "\"subnet4\": [{\"id\": 1, \"subnet\": \"192.0.2.0/24\", \"pools\": [{\"pool\": \"192.0.2.0/28\"}]}]",
            "pool-unusable",
        ),
        (
            "\"subnet4\": [{\"id\": 1, \"subnet\": \"192.0.2.0/24\", \"pools\": [{\"pool\": \"192.0.2.2-192.0.2.9\"}], \"option-data\": [{\"name\": \"routers\", \"data\": \"192.0.2.9\"}]}]",
            "pool-unusable",
        ),
        ("\"option-data\": [{\"code\": 43, \"csv-format\": false, \"data\": \"0104C0000205\"}]", "option-value"),
        ("\"option-data\": [{\"name\": \"routers\", \"data\": \"\"}]", "option-value"),
        ("\"valid-lifetime\": 100, \"renew-timer\": 200", "timers"),
        ("\"lease-database\": {\"type\": \"postgresql\"}", "database-hook"),
        (
            "\"loggers\": [{\"name\": \"kea-dhcp4\", \"severity\": \"LOUD\", \"output-options\": [{\"output\": \"stdout\"}]}]",
            "logger",
        ),
        ("\"loggers\": [{\"name\": \"kea-dhcp4\", \"severity\": \"INFO\"}]", "logger"),
        (
            "\"control-sockets\": [{\"socket-type\": \"http\", \"socket-address\": \"127.0.0.1\", \"authentication\": {\"type\": \"basic\", \"clients\": []}}]",
            "no-clients",
        ),
        ("\"control-sockets\": [{\"socket-type\": \"http\", \"socket-address\": \"127.0.0.1\"}]", "no-authentication"),
    ];
    for (inside, rule) in taken {
        let document = crate::edits::document(inside);
        let rules: Vec<_> = review(&document, Way::File).into_iter().map(|finding| finding.rule).collect();
        assert!(rules.contains(&rule), "{inside}: {rules:?}");
        let text = document.to_kea(Layout::Compact);
        kea_takes(Family::V4, folder.path(), text.as_bytes()).unwrap_or_else(|said| panic!("{inside}: {said}"));
    }
}

/// What Kea itself writes, or ships as an example, is not called wrong.
#[test]
fn what_kea_takes_is_not_refused() {
    let folder = tempfile::tempdir().unwrap();
    for inside in [
        "\"reservations\": [{\"hw-address\": \"02:00:00:00:00:01\", \"client-classes\": []}]",
        "\"reservations\": [{\"hw-address\": \"02:00:00:00:00:01\", \"client-classes\": [\"of-its-own\"]}]",
        "\"subnet4\": [{\"id\": 1, \"subnet\": \"192.0.2.0/24\", \"client-classes\": []}]",
        "\"subnet4\": [{\"id\": 1, \"subnet\": \"192.0.2.0/24\", \"min-valid-lifetime\": 500}]",
    ] {
        assert_eq!(compare(Family::V4, folder.path(), &crate::edits::document(inside)), Ok(true), "{inside}");
    }
}

/// Two reservations of one address, or of delegated prefixes that begin at one.
#[test]
fn what_is_reserved_twice_is_refused_by_both() {
    let folder = tempfile::TempDir::new().unwrap();
    let document = |one: &str, other: &str| {
        let both = format!("{{\"duid\": \"01:02:03:05\", {one}}}, {{\"duid\": \"01:02:03:06\", {other}}}");
        let subnet = format!("{{\"id\": 1, \"subnet\": \"2001:db8::/32\", \"reservations\": [{both}]}}");
        Document::read(format!("{{\"Dhcp6\": {{\"subnet6\": [{subnet}]}}}}").as_bytes()).unwrap()
    };
    let (address, prefix) = ("\"ip-addresses\": [\"2001:db8::5\"]", "\"prefixes\": [\"2001:db8:8::/56\"]");
    let longer = "\"prefixes\": [\"2001:db8:8::/60\"]";
    for (one, other, taken) in
        [(address, address, false), (prefix, prefix, false), (prefix, longer, false), (address, prefix, true)]
    {
        assert_eq!(compare(Family::V6, folder.path(), &document(one, other)), Ok(taken), "{one} {other}");
    }
}

/// Each edit that a finding brings mends it.
#[test]
fn what_mends_a_finding_mends_it() {
    for inside in [
        "\"subnet4\": [{\"id\": 1, \"subnet\": \"192.0.2.1/24\", \"client-class\": \"KNOWN\", \"require-client-classes\": [\"ALL\"]}]",
        "\"control-socket\": {\"socket-type\": \"unix\", \"socket-name\": \"a\"}, \"ddns-use-conflict-resolution\": false",
        "\"valid-lifetme\": 400, \"valid-lifetime\": 100, \"renew-timer\": 200, \"client-classes\": []",
        "\"loggers\": [{\"name\": \"kea-dhcp4\", \"severity\": \"LOUD\", \"output_options\": [{\"output\": \"stdout\", \"maxver\": 4294967295}]}]",
    ] {
        let document = crate::edits::document(inside);
        let findings = review(&document, Way::File);
        let mendable: Vec<_> = findings.iter().filter(|finding| !finding.mend.is_empty()).collect();
        assert!(!mendable.is_empty(), "{inside}");
        for finding in mendable {
            let mended = document.edited(&finding.mend).unwrap_or_else(|error| panic!("{finding:?}: {error}"));
            let again = review(&mended, Way::File);
            let same = again.iter().any(|other| other.rule == finding.rule && other.path == finding.path);
            assert!(!same, "{finding:?}");
        }
    }
}

/// What is missing is proposed so that Kea takes it.
#[test]
fn what_is_missing_is_added_by_what_mends_it() {
    let folder = tempfile::tempdir().unwrap();
    let v4 = r#"{"Dhcp4": {"interfaces-config": {"interfaces": []}, "lease-database": {"type": "memfile", "lfc-interval": 0},
        "subnet4": [
            {"subnet": "192.0.2.0/24", "pools": [{"pool": "192.0.2.10-192.0.2.20"}]},
            {"subnet": "203.0.113.0/24", "option-data": [{"name": "routers", "data": "203.0.113.50"}]},
            {"id": 7, "subnet": "198.51.100.0/24", "pools": [{"pool": "198.51.100.10-198.51.100.20"}],
                "option-data": [{"code": 6, "data": "192.0.2.53"}, {"name": "routers", "data": "198.51.100.1"}]}]}}"#;
    let v6 = r#"{"Dhcp6": {"interfaces-config": {"interfaces": ["lo"]}, "subnet6": [
        {"id": 1, "subnet": "2001:db8:1::/64", "pools": [{"pool": "2001:db8:1::/80"}]},
        {"subnet": "2001:db8:2::/64", "relay": {"ip-addresses": ["2001:db8::1"]}, "pools": [{"pool": "2001:db8:2::/80"}],
            "option-data": [{"name": "dns-servers", "data": "2001:db8::53"}]},
        {"subnet": "2001:db8:3::/64"}]}}"#;
    let rules4 = ["missing", "missing", "no-interface", "no-pool", "option-missing", "lease-file"];
    let rules6 = ["missing", "missing", "no-link", "no-pool", "option-missing"];
    for (family, text, rules) in [(Family::V4, v4, &rules4[..]), (Family::V6, v6, &rules6[..])] {
        let document = Document::read(text.as_bytes()).unwrap();
        let findings = review(&document, Way::File);
        let mended = |rule: &str| findings.iter().any(|found| found.rule == rule && !found.mend.is_empty());
        assert!(rules.iter().all(|rule| mended(rule)), "{findings:#?}");
        // Elements are named by what they have: what gives one a name comes last.
        let mut edits: Vec<_> = findings.iter().flat_map(|found| found.mend.clone()).collect();
        edits.sort_by_key(|edit| edit.path.kind().is_some_and(|name| name == "id"));
        let document = document.edited(&edits).unwrap();
        let left = review(&document, Way::File).into_iter().filter(|found| rules.contains(&found.rule));
        // Gateways differ in their place, so none is proposed; a subnet with its first pool needs options and a link.
        let left: Vec<_> = left.filter(|found| !["option-missing", "no-link"].contains(&found.rule)).collect();
        assert_eq!(left, [], "{document:?}");
        kea_takes(family, folder.path(), document.to_kea(Layout::Compact).as_bytes()).unwrap();
    }
}

/// Of a living server: nothing that is inherited is pinned when its configuration goes back with an edit.
#[test]
fn subnets_follow_what_is_edited_above_them() {
    let kea = Kea::start(json!({
        "valid-lifetime": 4000, "min-valid-lifetime": 1000, "renew-timer": 900,
        "cache-threshold": 0.25, "store-extended-info": false,
        "subnet4": [
            {"id": 1, "subnet": "192.0.2.0/24"},
            {"id": 2, "subnet": "198.51.100.0/24", "valid-lifetime": 1600},
        ],
        "shared-networks": [{"name": "n", "renew-timer": 700, "max-valid-lifetime": 9000, "subnet4": [
            {"id": 3, "subnet": "203.0.113.0/24"},
            {"id": 4, "subnet": "203.0.114.0/24", "renew-timer": 500},
        ]}],
    }));
    let running = |kea: &Kea| {
        Document::read(kea.command("config-get", &json!(null))["arguments"].to_string().as_bytes()).unwrap()
    };
    let before = running(&kea);
    let get = |document: &Document, path: &str| document.get(&path.parse().unwrap()).ok().and_then(Value::as_i64);
    assert_eq!(get(&before, "subnet4[id=1].valid-lifetime"), Some(4000), "Kea copies");
    let bare = before.without_copies();
    for path in [
        "subnet4[id=1].valid-lifetime",
        "subnet4[id=1].min-valid-lifetime",
        "subnet4[id=1].renew-timer",
        "subnet4[id=2].max-valid-lifetime",
        "shared-networks[name=n].valid-lifetime",
        "shared-networks[name=n].subnet4[id=3].renew-timer",
    ] {
        assert_eq!(get(&bare, path), None, "{path}");
    }
    assert_eq!(get(&bare, "subnet4[id=2].valid-lifetime"), Some(1600));
    assert_eq!(get(&bare, "shared-networks[name=n].renew-timer"), Some(700));
    assert_eq!(get(&bare, "shared-networks[name=n].subnet4[id=4].renew-timer"), Some(500));
    let part = |path: &str| bare.effective(&path.parse().unwrap(), "renew-timer").unwrap();
    assert_eq!(
        part("shared-networks[name=n].subnet4[id=3]").origin,
        keaconf::Origin::Inherited("shared-networks[name=n]".parse().unwrap())
    );
    assert_eq!(part("subnet4[id=1]").origin, keaconf::Origin::Inherited(Path::root()));
    assert_eq!(part("shared-networks[name=n].subnet4[id=4]").origin, keaconf::Origin::Here);
    let followers = bare.followers(&Path::root(), "valid-lifetime");
    assert_eq!((followers.follow.len(), followers.keep.len()), (4, 1), "{followers:?}");
    // Sent back as it is, nothing moves.
    let set = |document: &Document| {
        let sent: serde_json::Value = serde_json::from_str(&document.to_kea(Layout::Compact)).unwrap();
        let answer = kea.command("config-set", &sent);
        assert_eq!(answer["result"], 0, "{answer}");
    };
    set(&bare);
    assert_eq!(keaconf::differences(&before, &running(&kea)), Vec::new());
    set(&with(&with(&bare, "", "valid-lifetime", Value::from(5000)), "", "renew-timer", Value::from(800)));
    let after = running(&kea);
    assert_eq!(get(&after, "subnet4[id=1].valid-lifetime"), Some(5000));
    assert_eq!(get(&after, "shared-networks[name=n].subnet4[id=4].valid-lifetime"), Some(5000));
    assert_eq!(get(&after, "subnet4[id=2].valid-lifetime"), Some(1600));
    assert_eq!(get(&after, "subnet4[id=1].renew-timer"), Some(800));
    assert_eq!(get(&after, "shared-networks[name=n].subnet4[id=3].renew-timer"), Some(700));
}

/// The commands of a plan, sent to a living server, make what the plan says; Kea adds defaults only.
#[test]
fn the_commands_of_a_plan_make_what_it_says() {
    let kea = Kea::start(json!({
        "valid-lifetime": 4000,
        "subnet4": [{"id": 1, "subnet": "192.0.2.0/24", "pools": [{"pool": "192.0.2.10-192.0.2.20"}]}],
    }));
    let running = || {
        let answer = kea.command("config-get", &json!(null));
        Document::read(answer["arguments"].to_string().as_bytes()).unwrap()
    };
    for (edits, command) in [
        (
            r#"[{"op": "add", "path": "subnet4", "value": {"id": 2, "subnet": "198.51.100.0/24", "valid-lifetime": 600}}]"#,
            "subnet4-add",
        ),
        (
            r#"[{"op": "add", "path": "client-classes", "value": {"name": "pxe", "test": "option[60].exists"}}]"#,
            "class-add",
        ),
        (r#"[{"op": "set", "path": "valid-lifetime", "value": 5000}]"#, "config-set"),
        (
            r#"[{"op": "add", "path": "subnet4[id=1].pools", "value": {"pool": "192.0.2.30-192.0.2.40"}}]"#,
            "subnet4-delta-add",
        ),
        (
            r#"[{"op": "remove", "path": "subnet4[id=1].pools[pool=192.0.2.10-192.0.2.20]"},
                {"op": "add", "path": "subnet4[id=1].pools", "value": {"pool": "192.0.2.10-192.0.2.25"}},
                {"op": "set", "path": "subnet4[id=1].valid-lifetime", "value": 900}]"#,
            "subnet4-delta-del",
        ),
        (
            r#"[{"op": "add", "path": "subnet4[id=1].option-data", "value": {"code": 6, "data": "192.0.2.1"}}]"#,
            "subnet4-delta-add",
        ),
        (
            r#"[{"op": "set", "path": "subnet4[id=1].option-data[code=6].data", "value": "192.0.2.2"}]"#,
            "subnet4-delta-add",
        ),
        (r#"[{"op": "remove", "path": "subnet4[id=1].option-data[code=6]"}]"#, "subnet4-delta-del"),
        (r#"[{"op": "unset", "path": "subnet4[id=1].valid-lifetime"}]"#, "config-set"),
        (r#"[{"op": "set", "path": "subnet4[id=1].renew-timer", "value": 600}]"#, "subnet4-delta-add"),
        (r#"[{"op": "unset", "path": "subnet4[id=1].renew-timer"}]"#, "subnet4-delta-del"),
        (
            r#"[{"op": "add", "path": "subnet4[id=1].pools[pool=192.0.2.30-192.0.2.40].option-data", "value": {"code": 6, "data": "192.0.2.9"}}]"#,
            "subnet4-delta-add",
        ),
        (
            r#"[{"op": "set", "path": "subnet4[id=1].pools[pool=192.0.2.30-192.0.2.40].client-classes", "value": ["pxe"]},
                {"op": "set", "path": "subnet4[id=1].pools[pool=192.0.2.30-192.0.2.40].user-context", "value": {"name": "boot"}}]"#,
            "subnet4-delta-del",
        ),
        (
            r#"[{"op": "remove", "path": "subnet4[id=1].pools[pool=192.0.2.30-192.0.2.40].option-data[code=6]"},
                {"op": "unset", "path": "subnet4[id=1].pools[pool=192.0.2.30-192.0.2.40].client-classes"}]"#,
            "subnet4-delta-del",
        ),
        (
            r#"[{"op": "set", "path": "client-classes[name=pxe].test", "value": "option[61].exists"},
                {"op": "add", "path": "client-classes[name=pxe].option-data", "value": {"code": 67, "data": "ipxe.efi"}}]"#,
            "class-update",
        ),
        (r#"[{"op": "set", "path": "client-classes[name=pxe].test", "value": "member('KNOWN')"}]"#, "config-set"),
        (
            r#"[{"op": "set", "path": "client-classes[name=pxe].user-context", "value": {"name": "boot"}},
                {"op": "add", "path": "client-classes", "value": {"name": "late", "test": "member('pxe')"}}]"#,
            "class-update",
        ),
        (r#"[{"op": "set", "path": "client-classes[name=pxe].offer-lifetime", "value": 60}]"#, "config-set"),
        (
            r#"[{"op": "set", "path": "client-classes[name=late].test", "value": "member('KNOWN')"},
                {"op": "unset", "path": "client-classes[name=pxe].offer-lifetime"}]"#,
            "config-set",
        ),
        (r#"[{"op": "remove", "path": "client-classes[name=late]"}]"#, "class-del"),
        (
            r#"[{"op": "add", "path": "shared-networks", "value": {"name": "n", "renew-timer": 700,
                "subnet4": [{"id": 9, "subnet": "203.0.113.0/24", "renew-timer": 800}]}}]"#,
            "network4-add",
        ),
        (r#"[{"op": "unset", "path": "shared-networks[name=n].subnet4[id=9].renew-timer"}]"#, "config-set"),
        (r#"[{"op": "remove", "path": "subnet4[id=2]"}]"#, "subnet4-del"),
        (r#"[{"op": "remove", "path": "client-classes[name=pxe]"}]"#, "class-del"),
        (r#"[{"op": "set", "path": "valid-lifetime", "value": 5000}]"#, ""),
    ] {
        let edits = keaconf::Edit::read_all(edits.as_bytes()).unwrap();
        let plan = keaconf::Plan::of(&running(), &edits).unwrap();
        assert!(!plan.is_refused(), "{plan:?}");
        assert_eq!(plan.commands.first().map_or("", |first| first.name.as_str()), command);
        for command in &plan.commands {
            let arguments: serde_json::Value =
                serde_json::from_str(&command.arguments.to_kea(Layout::Compact)).unwrap();
            let answer = kea.command(&command.name, &arguments);
            assert_eq!(answer["result"], 0, "{command:?}: {answer}");
        }
        let rest = keaconf::differences(&plan.result, &running().without_copies());
        assert!(rest.iter().all(|change| matches!(change.what, keaconf::What::Added(_))), "{rest:?}");
    }
}
