//! Shared networks: what moves keeps all that it has, and whatever goes is named.

use keaconf::{Document, Edit, Plan, Standing, Value, transplanted};

use crate::edits::document;

fn site(hooks: &str) -> Document {
    document(&format!(
        r#""renew-timer": 900, "hooks-libraries": [{hooks}],
        "option-data": [{{"code": 6, "data": "192.0.2.53"}}],
        "subnet4": [{{"id": 1, "subnet": "192.0.2.0/24", "user-context": {{"password": "of the first"}},
            "pools": [{{"pool": "192.0.2.10-192.0.2.20"}}],
            "reservations": [{{"hw-address": "02:00:5e:10:00:01", "ip-address": "192.0.2.5"}}]}}],
        "shared-networks": [
            {{"name": "floor-3", "renew-timer": 300, "option-data": [{{"code": 6, "data": "198.51.100.53"}}],
                "user-context": {{"token": "of the floor"}}, "subnet4": [
                {{"id": 2, "subnet": "198.51.100.0/24"}}, {{"id": 3, "subnet": "203.0.113.0/24", "renew-timer": 60}}]}},
            {{"name": "plain"}}]"#
    ))
}

const SUBNET_HOOK: &str = r#"{"library": "/usr/lib/libdhcp_subnet_cmds.so"}"#;

fn edits(json: &str) -> Vec<Edit> {
    Edit::read_all(format!("[{json}]").as_bytes()).unwrap()
}

fn plan(json: &str) -> Plan {
    Plan::of(&site(SUBNET_HOOK), &edits(json)).unwrap()
}

fn sent(plan: &Plan) -> Vec<String> {
    plan.commands.iter().map(|command| format!("{command:?}").replace([' ', '\n'], "").replace("4-", "-")).collect()
}

const INTO: &str = r#"{"op": "move", "path": "subnet4[id=1]", "value": "shared-networks[name=floor-3].subnet4"}"#;
const RENAME: &str =
    r#"{"op": "move", "path": "shared-networks[name=floor-3]", "value": "shared-networks[name=floor-4]"}"#;
const OUT: &str = r#"{"op": "move", "path": "shared-networks[name=floor-3].subnet4[id=2]", "value": "subnet4"},
    {"op": "move", "path": "shared-networks[name=floor-3].subnet4[id=3]", "value": "subnet4"}"#;

#[test]
fn a_subnet_that_moves_keeps_all_and_what_it_inherits_otherwise_is_said() {
    let plan = plan(INTO);
    assert_eq!(
        plan.words(),
        [
            "subnet 192.0.2.0/24 (id 1) moves into shared network floor-3",
            "subnet 192.0.2.0/24 (id 1) then inherits renew-timer 300 (before: 900), option 6 (domain-name-servers) \
             “198.51.100.53” (before: “192.0.2.53”)",
        ]
    );
    let there = "shared-networks[name=floor-3].subnet4[id=1]".parse().unwrap();
    let whole = site(SUBNET_HOOK);
    assert_eq!(plan.result.map(&there).unwrap(), whole.map(&"subnet4[id=1]".parse().unwrap()).unwrap(), "secrets, too");
    assert_eq!(plan.without_way_back(), [], "it is never sent away, so its secrets need not come back");
    assert_eq!(sent(&plan).len(), 1, "{:?}", sent(&plan));
    assert!(sent(&plan)[0].starts_with("config-set"), "its copies of what it inherited would stay: {:?}", sent(&plan));
}

#[test]
fn commands_move_what_inherits_the_same() {
    let into = plan(r#"{"op": "move", "path": "subnet4[id=1]", "value": "shared-networks[name=plain].subnet4"}"#);
    assert_eq!(sent(&into), [r#"network-subnet-add{"name":"plain","id":1}"#]);
    assert_eq!(into.words(), ["subnet 192.0.2.0/24 (id 1) moves into shared network plain"]);
    let without = Plan::of(&site(""), &into.forward()).unwrap();
    assert_eq!(without.commands[0].name, "config-set", "without the hook the whole is set");
    let new = plan(
        r#"{"op": "add", "path": "shared-networks", "value": {"name": "new"}},
        {"op": "move", "path": "subnet4[id=1]", "value": "shared-networks[name=new].subnet4"}"#,
    );
    assert_eq!(
        sent(&new),
        [r#"network-add{"shared-networks":[{"name":"new"}]}"#, r#"network-subnet-add{"name":"new","id":1}"#]
    );
    let with = plan(
        r#"{"op": "add", "path": "shared-networks", "value": {"name": "new",
            "subnet4": [{"id": 9, "subnet": "10.9.0.0/24"}]}}"#,
    );
    assert_eq!(with.words(), ["shared network new added", "shared network new: subnet 10.9.0.0/24 (id 9) added"]);
    let names: Vec<&str> = with.commands.iter().map(|command| command.name.as_str()).collect();
    assert_eq!(names, ["network4-add", "subnet4-add", "network4-subnet-add"]);
    let gone = plan(r#"{"op": "remove", "path": "shared-networks[name=plain]"}"#);
    assert_eq!(sent(&gone), [r#"network-del{"name":"plain","subnets-action":"keep"}"#]);
    let both = plan(r#"{"op": "set", "path": "shared-networks", "value": []}"#);
    let names: Vec<&str> = both.commands.iter().map(|command| command.name.as_str()).collect();
    assert_eq!(names, ["subnet4-del", "subnet4-del", "network4-del", "network4-del"]);
}

#[test]
fn a_rename_is_one_change_and_back() {
    let plan = plan(RENAME);
    assert_eq!(plan.words(), ["shared network floor-3 is renamed to floor-4"]);
    assert_eq!(plan.commands[0].name, "config-set");
    assert_eq!(plan.findings(), [], "what stood against it before is not new");
    assert_eq!(plan.without_way_back(), []);
    let (forward, back) = (plan.forward(), plan.back());
    assert_eq!((forward.len(), back.len()), (1, 1));
    // Somebody reserved an address meanwhile.
    let reserved = r#"{"op": "add", "path": "shared-networks[name=floor-3].subnet4[id=2].reservations",
        "value": {"hw-address": "02:00:5e:10:00:09"}}"#;
    let meanwhile = plan.running.edited(&edits(reserved)).unwrap();
    assert!(meanwhile.foreign(&forward, &back).is_empty());
    assert_eq!(meanwhile.standing(&forward, &back), Standing::NotMade);
    let made = meanwhile.brought_to(&forward).unwrap();
    assert!(made.get(&"shared-networks[name=floor-4].subnet4[id=2].reservations".parse().unwrap()).is_ok());
    assert_eq!(made.standing(&forward, &back), Standing::Made);
    let elsewhere = made
        .edited(&edits(
            r#"{"op": "move", "path": "shared-networks[name=floor-4]", "value": "shared-networks[name=x]"}"#,
        ))
        .unwrap();
    let foreign = elsewhere.foreign(&forward, &back);
    assert_eq!(elsewhere.standing(&forward, &back), Standing::Elsewhere);
    assert!(elsewhere.clash(&foreign[0], &forward, &back).contains("at shared-networks[name=floor-4] is wanted"));
}

#[test]
fn a_rename_with_another_value_stands_as_one_change_does() {
    let plan = plan(&format!(
        "{RENAME}, {}",
        r#"{"op": "set", "path": "shared-networks[name=floor-4].renew-timer", "value": 120}"#
    ));
    let (forward, back) = (plan.forward(), plan.back());
    assert!(plan.running.foreign(&forward, &back).is_empty() && plan.result.foreign(&forward, &back).is_empty());
    assert_eq!(plan.running.standing(&forward, &back), Standing::NotMade);
    assert_eq!(plan.result.brought_to(&back).unwrap().standing(&forward, &back), Standing::NotMade);
}

#[test]
fn a_network_goes_with_its_subnets_or_without_and_either_is_said() {
    let all = plan(r#"{"op": "remove", "path": "shared-networks[name=floor-3]"}"#);
    let said = [
        "shared network floor-3: subnet 198.51.100.0/24 (id 2) removed",
        "shared network floor-3: subnet 203.0.113.0/24 (id 3) removed",
        "shared network floor-3 removed",
    ];
    assert_eq!(all.words(), said);
    let none = plan(r#"{"op": "set", "path": "shared-networks", "value": []}"#);
    assert_eq!(none.words()[..3], said);
    let kept = plan(&format!("{OUT}, {}", r#"{"op": "remove", "path": "shared-networks[name=floor-3]"}"#));
    assert_eq!(
        kept.words(),
        [
            "subnet 198.51.100.0/24 (id 2) moves out of shared network floor-3",
            "subnet 203.0.113.0/24 (id 3) moves out of shared network floor-3",
            "shared network floor-3 removed",
            "subnet 198.51.100.0/24 (id 2) then inherits renew-timer 900 (before: 300), option 6 (domain-name-servers) \
             “192.0.2.53” (before: “198.51.100.53”)",
            "subnet 203.0.113.0/24 (id 3) then inherits option 6 (domain-name-servers) “192.0.2.53” (before: \
             “198.51.100.53”)",
        ]
    );
    // What others put into it meanwhile does not go unsaid.
    let more = r#"{"op": "add", "path": "shared-networks[name=floor-3].subnet4", "value": {"id": 8, "subnet": "10.8.0.0/24"}}"#;
    let meanwhile = all.running.edited(&edits(more)).unwrap();
    let refused = meanwhile.brought_to(&all.forward()).unwrap_err();
    assert!(refused.text.ends_with("still has subnets: shared-networks[name=floor-3].subnet4[id=8]"), "{refused}");
}

#[test]
fn many_subnets_that_move_alike_are_one_sentence() {
    let many: Vec<String> = (1..=4).map(|at| format!(r#"{{"id": {at}, "subnet": "10.{at}.0.0/16"}}"#)).collect();
    let site = document(&format!(
        r#""shared-networks": [{{"name": "n", "renew-timer": 7}}], "subnet4": [{}]"#,
        many.join(",")
    ));
    let moves: Vec<String> = (1..=4)
        .map(|at| {
            format!(r#"{{"op": "move", "path": "subnet4[id={at}]", "value": "shared-networks[name=n].subnet4"}}"#)
        })
        .collect();
    let plan = Plan::of(&site, &edits(&moves.join(","))).unwrap();
    let summary = plan.summary();
    let said: Vec<_> = summary.iter().map(|one| (one.text.as_str(), one.subnets.len())).collect();
    assert_eq!(
        said,
        [("4 subnets move into shared network n", 4), ("4 subnets then inherit renew-timer 7 (before: none)", 4)]
    );
}

#[test]
fn what_cannot_move_is_said() {
    for (edit, says) in [
        (r#"{"op": "move", "path": "renew-timer", "value": "subnet4"}"#, "renew-timer is no element of a list"),
        (r#"{"op": "move", "path": "subnet4[id=1]", "value": "shared-networks"}"#, "is no element for shared-networks"),
        (
            r#"{"op": "move", "path": "subnet4[id=1]", "value": "shared-networks[name=x].subnet4"}"#,
            "there is no shared-networks[name=x]",
        ),
        (r#"{"op": "move", "path": "subnet4[id=1]", "value": "subnet4[id=7]"}"#, "keeps its id"),
        (
            r#"{"op": "move", "path": "shared-networks[name=plain]", "value": "shared-networks[name=floor-3]"}"#,
            "there is shared-networks[name=floor-3] already",
        ),
    ] {
        let error = Plan::of(&site(""), &edits(edit)).unwrap_err();
        assert!(error.contains(says), "{edit}: {error}");
    }
    assert!(Edit::read_all(br#"[{"op": "move", "path": "subnet4[id=1]"}]"#).is_err());
    assert!(Edit::read_all(br#"[{"op": "move", "path": "subnet4[id=1]", "value": 7}]"#).is_err());
    let read = edits(INTO);
    assert_eq!(Edit::read_all(Edit::write_all(&read).as_bytes()).unwrap(), read);
}

#[test]
fn the_partner_moves_its_own_subnet_of_that_prefix() {
    let theirs = document(
        r#""subnet4": [{"id": 70, "subnet": "192.0.2.0/24"}], "shared-networks": [{"name": "floor-3", "subnet4": []}]"#,
    );
    let plan = plan(INTO);
    let over = |theirs: &Document| transplanted(&plan.forward(), &plan.back(), &plan.result, theirs);
    let moved = over(&theirs).unwrap();
    let made = theirs.brought_to(&moved).unwrap();
    let id = made.get(&"shared-networks[name=floor-3].subnet4[id=70].id".parse().unwrap());
    assert_eq!(id, Ok(&Value::from(70)));
    assert_eq!(over(&made), Ok(vec![]), "it is there already");
    let none = document(r#""shared-networks": [{"name": "floor-3"}]"#);
    assert_eq!(over(&none), Err("it has no subnet 192.0.2.0/24".to_owned()));
}

#[test]
fn a_new_subnet_says_what_it_inherits_of_its_shared_network() {
    let site = keaconf::Document::read(
        br#"{"Dhcp4": {"valid-lifetime": 7200, "shared-networks": [{"name": "n", "renew-timer": 900, "rebind-timer": 1800,
            "option-data": [{"code": 6, "data": "192.0.2.53"}, {"code": 3, "data": "192.0.2.1"}],
            "subnet4": [{"id": 1, "subnet": "192.0.2.0/24"}]}]}}"#,
    )
    .unwrap();
    let words = |list: &str| {
        let subnet = r#"{"id": 2, "subnet": "198.51.100.0/24", "renew-timer": 60, "option-data": [{"name": "routers", "data": "198.51.100.1"}]}"#;
        Plan::of(&site, &edits(&format!(r#"{{"op": "add", "path": "{list}", "value": {subnet}}}"#))).unwrap().words()
    };
    assert_eq!(
        words("shared-networks[name=n].subnet4"),
        [
            "shared network n: subnet 198.51.100.0/24 (id 2) added",
            "subnet 198.51.100.0/24 (id 2) then inherits rebind-timer 1800, option 6 (domain-name-servers) “192.0.2.53”"
        ]
    );
    assert_eq!(words("subnet4"), ["subnet 198.51.100.0/24 (id 2) added"]);
}
