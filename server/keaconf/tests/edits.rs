//! Edits and differences, on documents that nobody thought of.

use keaconf::{Document, Edit, Layout, Op, Path, Value, What, differences};
use proptest::prelude::*;

pub(crate) fn document(inside: &str) -> Document {
    Document::read(format!("{{\"Dhcp4\": {{{inside}}}}}").as_bytes()).unwrap()
}

fn value(text: &str) -> Value {
    keaconf::read_json(text.as_bytes()).unwrap()
}

pub(crate) fn edit(op: &str, path: &str, with: Option<&str>) -> Edit {
    let path = path.parse().unwrap();
    let op = match (op, with) {
        ("set", Some(text)) => Op::Set(value(text)),
        ("add", Some(text)) => Op::Add(value(text)),
        ("order", Some(text)) => Op::order(&value(text)).unwrap(),
        ("move", Some(text)) => Op::moving(&value(text)).unwrap(),
        ("unset", None) => Op::Unset,
        _ => Op::Remove,
    };
    Edit { path, op }
}

fn small() -> Document {
    document(
        r#""valid-lifetime": 3600, "subnet4": [
            {"id": 10, "subnet": "192.0.2.0/24", "pools": [{"pool": "192.0.2.10 - 192.0.2.20"}],
             "option-data": [{"name": "domain-name-servers", "data": "192.0.2.1"}, {"name": "own", "data": "1"}],
             "reservations": [{"hw-address": "AA-BB-CC-DD-EE-FF", "ip-address": "192.0.2.5"}]},
            {"id": 11, "subnet": "198.51.100.0/24"}],
        "option-def": [{"name": "own", "code": 234, "type": "uint8"}],
        "hooks-libraries": [{"library": "/usr/lib/kea/hooks/libdhcp_lease_cmds.so"}],
        "client-classes": [{"name": "a"}, {"name": "b"}], "user-context": {"x.y": [1, {"z": 2}]}"#,
    )
}

#[test]
fn parts_are_found_by_what_they_are_in_any_spelling() {
    let document = small();
    for (path, found) in [
        ("subnet4[id=11].subnet", "\"198.51.100.0/24\""),
        ("subnet4[subnet=198.51.100.0/24].id", "11"),
        ("subnet4[id=10].pools[pool=192.0.2.10-192.0.2.20].pool", "\"192.0.2.10 - 192.0.2.20\""),
        ("subnet4[id=10].option-data[space=dhcp4,code=6].data", "\"192.0.2.1\""),
        ("subnet4[id=10].option-data[name=domain-name-servers].data", "\"192.0.2.1\""),
        ("subnet4[id=10].option-data[code=234].data", "\"1\""),
        ("subnet4[id=10].reservations[hw-address=\"aa:bb:cc:dd:ee:ff\"].ip-address", "\"192.0.2.5\""),
        ("hooks-libraries[library=libdhcp_lease_cmds.so].library", "\"/usr/lib/kea/hooks/libdhcp_lease_cmds.so\""),
        ("client-classes[name=b].name", "\"b\""),
        ("user-context.\"x.y\"[1].z", "2"),
    ] {
        let path: Path = path.parse().unwrap();
        let got = document.get(&path).unwrap_or_else(|error| panic!("{path}: {error}"));
        assert_eq!(*got, value(found), "{path}");
    }
    for (path, says) in [
        ("subnet4[id=12]", "there is no subnet4[id=12]: there are [id=10], [id=11]"),
        ("subnet4[id=10].valid-lifetime", "subnet4[id=10] has no “valid-lifetime”"),
        ("subnet6", "the configuration has no “subnet6”"),
        ("valid-lifetime.x", "valid-lifetime is no map: it has no x"),
        ("valid-lifetime[id=1]", "valid-lifetime is no list"),
        ("subnet4[2]", "subnet4 has 2 elements, none at 2"),
        (
            "subnet4[id=10].option-data[space=dhcp4]",
            "there are several subnet4[id=10].option-data[space=dhcp4]: name more of what the one is known by \
             ([space=dhcp4,code=6], [space=dhcp4,code=234])",
        ),
    ] {
        let path: Path = path.parse().unwrap();
        assert_eq!(document.get(&path).unwrap_err().to_string(), says);
    }
}

#[test]
fn an_edit_changes_its_part_alone() {
    let before = small();
    for (one, path) in [
        (edit("set", "subnet4[id=10].valid-lifetime", Some("60")), "subnet4[id=10].valid-lifetime"),
        (edit("set", "subnet4[id=10].relay.ip-addresses", Some("[\"192.0.2.1\"]")), "subnet4[id=10].relay"),
        (edit("unset", "valid-lifetime", None), "valid-lifetime"),
        (edit("add", "subnet4", Some("{\"id\": 12, \"subnet\": \"203.0.113.0/24\"}")), "subnet4[id=12]"),
        (
            edit("add", "subnet4[id=11].pools", Some("{\"pool\": \"198.51.100.0/28\"}")),
            "subnet4[id=11].pools[pool=198.51.100.0-198.51.100.15]",
        ),
        (edit("add", "subnet4[id=11].client-classes", Some("\"a\"")), "subnet4[id=11].client-classes[value=a]"),
        (edit("remove", "subnet4[id=11]", None), "subnet4[id=11]"),
        (
            edit("remove", "subnet4[id=10].pools[pool=192.0.2.10-192.0.2.20]", None),
            "subnet4[id=10].pools[pool=192.0.2.10-192.0.2.20]",
        ),
        (
            edit("set", "client-classes[name=a]", Some("{\"name\": \"a\", \"test\": \"x\"}")),
            "client-classes[name=a].test",
        ),
    ] {
        let after = before.edited(std::slice::from_ref(&one)).unwrap();
        let changes = differences(&before, &after);
        assert_eq!(changes.len(), 1, "{one:?}: {changes:?}");
        assert_eq!(changes[0].path.to_string(), path);
        assert_eq!(before.edited(&[changes[0].to_edit()]).unwrap(), after);
        assert!(differences(&before, &after.edited(&[changes[0].reversed().to_edit()]).unwrap()).is_empty());
    }
}

#[test]
fn an_edit_that_cannot_be_made_says_why_and_none_is_made() {
    let before = small();
    for (one, says) in [
        (edit("unset", "renew-timer", None), "edit 1: renew-timer is not set there, so it cannot be unset"),
        (edit("unset", "subnet4[id=10]", None), "edit 1: subnet4[id=10] is an element of a list: use remove"),
        (edit("remove", "valid-lifetime", None), "edit 1: valid-lifetime is no element of a list: use unset"),
        (edit("remove", "subnet4[id=9]", None), "edit 1: there is no subnet4[id=9]: there are [id=10], [id=11]"),
        (edit("add", "subnet4", Some("{\"id\": 10}")), "edit 1: there is subnet4[id=10] already"),
        (
            edit("add", "subnet4[id=10].pools", Some("{\"pool\": \"192.0.2.10-192.0.2.20\"}")),
            "edit 1: there is subnet4[id=10].pools[pool=192.0.2.10-192.0.2.20] already",
        ),
        (edit("add", "valid-lifetime", Some("1")), "edit 1: valid-lifetime is no list: use set"),
        (
            edit("add", "subnet4[id=10]", Some("1")),
            "edit 1: subnet4[id=10] is an element, not a list: add takes the path of the list",
        ),
        (edit("set", "subnet4[id=10]", Some("{\"id\": 11}")), "edit 1: there is subnet4[id=11] already"),
        (edit("set", "", Some("{}")), "edit 1: the path is empty: name a part"),
    ] {
        assert_eq!(before.edited(&[one]).unwrap_err().to_string(), says);
    }
}

#[test]
fn edits_are_read_from_json_or_refused_in_words() {
    let text = br#"[{"op": "set", "path": "subnet4[id=10].valid-lifetime", "value": 60}, {"op": "remove", "path": "subnet4[id=11]"}]"#;
    let edits = Edit::read_all(text).unwrap();
    assert_eq!(edits.len(), 2);
    assert_eq!(Edit::read_all(Edit::write_all(&edits).as_bytes()).unwrap(), edits);
    for (text, says) in [
        ("{}", "edit 1: the edits must be a list, this is a map"),
        ("[{\"op\": \"set\"}]", "edit 1: “path” is missing"),
        ("[{\"op\": \"set\", \"path\": \"a\"}]", "edit 1: set needs a value"),
        (
            "[{\"op\": \"put\", \"path\": \"a\"}]",
            "edit 1: “put” is no operation: use set, unset, add, remove, order or move",
        ),
        ("[{\"op\": \"unset\", \"path\": \"a\", \"value\": 1}]", "edit 1: unset and remove take no value"),
        (
            "[{\"op\": \"unset\", \"path\": \"a\", \"vlaue\": 1}]",
            "edit 1: “vlaue” means nothing in an edit: it has op, path and value",
        ),
        ("[", "edit 1: the list of edits: line 1, column 2: the [ of line 1, column 1 is never closed: ] is missing"),
    ] {
        assert_eq!(Edit::read_all(text.as_bytes()).unwrap_err().to_string(), says);
    }
}

/// Configurations with what makes comparing hard: elements with and without identity, twice the same, in any order.
pub(crate) fn documents() -> impl Strategy<Value = Document> {
    let classes =
        prop::sample::select(vec!["", ", \"client-classes\": [\"a\"]", ", \"client-classes\": [\"b\", \"a\"]"]);
    let option = (1..5_i64, 0..3_i64, classes)
        .prop_map(|(code, data, classes)| format!("{{\"code\": {code}, \"data\": \"{data}\"{classes}}}"));
    let options = prop::collection::vec(option, 0..3);
    let pool = (0..4_i64).prop_map(|at| format!("{{\"pool\": \"192.0.2.{} - 192.0.2.{}\"}}", at * 10, at * 10 + 5));
    let pools = prop::collection::vec(pool, 0..3);
    let subnet =
        (1..5_i64, options.clone(), pools, prop::option::of(0..3_i64)).prop_map(|(id, options, pools, time)| {
            let time = time.map_or_else(String::new, |time| format!(", \"valid-lifetime\": {time}"));
            format!(
                "{{\"id\": {id}, \"subnet\": \"10.0.{id}.0/24\", \"option-data\": [{}], \"pools\": [{}]{time}}}",
                options.join(","),
                pools.join(",")
            )
        });
    let subnets = prop::collection::vec(subnet, 0..4);
    let network = (prop::sample::select(vec!["n", "m", "o"]), subnets.clone(), prop::option::of(0..2_i64)).prop_map(
        |(name, subnets, time)| {
            let time = time.map_or_else(String::new, |time| format!(", \"renew-timer\": {time}"));
            format!("{{\"name\": \"{name}\", \"subnet4\": [{}]{time}}}", subnets.join(","))
        },
    );
    let networks = prop::collection::vec(network, 0..3);
    let classes = Just(vec!["a", "b", "c", "d"])
        .prop_shuffle()
        .prop_flat_map(|all| (0..=all.len()).prop_map(move |count| all[..count].to_vec()));
    let free = crate::round_trip::values();
    let lists = (subnets, networks);
    (lists, options, classes, prop::option::of(free), 0..3_i64).prop_map(|(lists, options, classes, free, time)| {
        let (subnets, networks) = lists;
        let classes: Vec<String> = classes.iter().map(|name| format!("{{\"name\": \"{name}\"}}")).collect();
        let mut made = document(&format!(
            "\"valid-lifetime\": {time}, \"subnet4\": [{}], \"shared-networks\": [{}], \"option-data\": [{}], \
             \"client-classes\": [{}]",
            subnets.join(","),
            networks.join(","),
            options.join(","),
            classes.join(",")
        ));
        if let Some(free) = free {
            made.root.set("user-context", free);
        }
        made
    })
}

proptest! {
    #[test]
    fn the_edits_of_a_difference_make_one_the_other(before in documents(), after in documents()) {
        let changes = differences(&before, &after);
        let edits: Vec<Edit> = changes.iter().map(keaconf::Change::to_edit).collect();
        let made = before.edited(&edits).unwrap();
        let rest = differences(&made, &after);
        prop_assert!(rest.is_empty(), "{changes:?}\nleft: {rest:?}");
    }

    #[test]
    fn nothing_differs_from_itself(one in documents()) {
        prop_assert_eq!(differences(&one, &one), Vec::new());
    }
}

/// The edits from one document to another, and those back.
fn ways(from: &Document, to: &Document) -> [Vec<Edit>; 2] {
    [differences(from, to), differences(to, from)].map(|changes| changes.iter().map(keaconf::Change::to_edit).collect())
}

#[test]
fn edits_of_different_parts_both_hold_and_of_the_same_clash() {
    let base = small();
    let mine = base.edited(&[edit("set", "subnet4[id=10].valid-lifetime", Some("60"))]).unwrap();
    let theirs = base
        .edited(&[
            edit("add", "subnet4[id=10].reservations", Some("{\"hw-address\": \"02:00:00:00:00:01\"}")),
            edit("remove", "subnet4[id=11]", None),
        ])
        .unwrap();
    let [forward, back] = ways(&base, &mine);
    assert_eq!(theirs.foreign(&forward, &back), Vec::new());
    let both = theirs.brought_to(&forward).unwrap();
    assert_eq!(differences(&base, &both).len(), 3);
    let other = base.edited(&[edit("set", "subnet4[id=10].valid-lifetime", Some("90"))]).unwrap();
    let foreign: Vec<String> = other.foreign(&forward, &back).iter().map(ToString::to_string).collect();
    assert_eq!(foreign, ["subnet4[id=10].valid-lifetime"]);
    let gone = base.edited(&[edit("remove", "subnet4[id=10]", None)]).unwrap();
    assert!(gone.brought_to(&forward).is_err(), "changed by one, taken out by the other");
}

#[test]
fn the_order_counts_where_kea_goes_by_it() {
    let one =
        document(r#""client-classes": [{"name": "a"}, {"name": "b"}], "loggers": [{"name": "x"}, {"name": "y"}]"#);
    let two =
        document(r#""loggers": [{"name": "y"}, {"name": "x"}], "client-classes": [{"name": "b"}, {"name": "a"}]"#);
    let changes = differences(&one, &two);
    assert_eq!(changes.len(), 1);
    assert!(matches!(changes[0].what, What::Reordered { .. }));
    assert!(differences(&document(r#""option-data": []"#), &document("\"valid-lifetime\": 7200")).len() == 1);
}

#[test]
fn an_order_moves_elements_and_makes_none_another() {
    let document = document(
        r#""client-classes": [{"name": "a", "test": "option[1].exists"}, {"name": "new"}, {"name": "b"}, {"name": "c"}]"#,
    );
    let names = |document: &Document| {
        let list = document.root.get("client-classes").and_then(Value::as_list).unwrap();
        list.iter().map(|class| class.as_map().unwrap().text("name").unwrap().to_owned()).collect::<Vec<_>>()
    };
    let order = edit("order", "client-classes", Some(r#"[{"name": "c"}, {"name": "a"}, {"name": "b"}]"#));
    let moved = document.edited(std::slice::from_ref(&order)).unwrap();
    assert_eq!(names(&moved), ["c", "new", "a", "b"], "what is not named stays where it is");
    assert!(moved.holds(&order) && !document.holds(&order));
    let changes = differences(&document, &moved);
    let back: Vec<Edit> = changes.iter().map(|change| change.reversed().to_edit()).collect();
    assert_eq!(moved.edited(&back).unwrap(), document, "and the way back is an order too");
    let read = Edit::read_all(Edit::write_all(std::slice::from_ref(&order)).as_bytes()).unwrap();
    assert_eq!(read.as_slice(), std::slice::from_ref(&order));
    let without = document.edited(&[edit("remove", "client-classes[name=b]", None)]).unwrap();
    assert!(without.edited(std::slice::from_ref(&order)).unwrap_err().text.contains("client-classes[name=b]"));
    assert_eq!(names(&without.brought_to(&[order]).unwrap()), ["c", "new", "a"], "others may have taken some out");
    for wrong in [r#"[{"name": "a"}, {"name": "a"}]"#, r#"[{"name": "z"}]"#] {
        assert!(document.edited(&[edit("order", "client-classes", Some(wrong))]).is_err(), "{wrong}");
    }
}

#[test]
fn a_class_is_not_taken_out_while_it_is_used() {
    let document = document(
        r#""client-classes": [{"name": "a"}, {"name": "free"}],
        "subnet4": [{"id": 1, "subnet": "192.0.2.0/24", "client-classes": ["a"],
            "reservations": [{"hw-address": "02:00:5e:10:00:01", "client-classes": ["a"]}]}]"#,
    );
    let plan = |edits: &[Edit]| keaconf::Plan::of(&document, edits).unwrap();
    let out = edit("remove", "client-classes[name=a]", None);
    let refused = plan(std::slice::from_ref(&out));
    let said: Vec<_> = refused.findings().iter().map(|finding| (finding.rule, finding.path.to_string())).collect();
    assert!(refused.is_refused());
    assert!(said.contains(&("class-used", "subnet4[id=1].client-classes".to_owned())), "{said:?}");
    assert!(said.iter().all(|(rule, _)| *rule == "class-used"), "each place once: {said:?}");
    assert!(!plan(&[edit("remove", "client-classes[name=free]", None)]).is_refused());
    let closed = edit("unset", "subnet4[id=1].client-classes", None);
    assert!(!plan(&[closed, out]).is_refused(), "a reservation may still name it");
}

#[test]
fn the_next_element_among_the_parameters_of_a_hook_library_is_made_by_its_place() {
    let document = Document::read(
        br#"{ "Dhcp4": { "hooks-libraries": [{ "library": "libdhcp_lease_cmds.so" }], "subnet4": [] } }"#,
    )
    .unwrap();
    let list = "hooks-libraries[library=libdhcp_lease_cmds.so].parameters.binding-variables";
    let set = |path: &str, value: &str| Edit { path: path.parse().unwrap(), op: Op::Set(value.into()) };
    let edits = [set(&format!("{list}[0].name"), "a"), set(&format!("{list}[0].source"), "query")];
    let edited = document.edited(&edits).unwrap();
    let made = edited.get(&list.parse().unwrap()).unwrap();
    assert_eq!(made.to_json(Layout::Compact), r#"[{"name":"a","source":"query"}]"#);
    let next = edited.edited(&[set(&format!("{list}[1].name"), "b")]).unwrap();
    assert_eq!(next.get(&list.parse().unwrap()).unwrap().as_list().unwrap().len(), 2);
    assert!(edited.edited(&[set(&format!("{list}[3].name"), "c")]).is_err(), "none is left out between them");
    assert!(document.edited(&[set("subnet4[0].subnet", "192.0.2.0/24")]).is_err(), "a subnet is known by what it is");
}

/// Kea 3.0 keeps several values of an option: one for all clients, and others for members of classes.
fn of_classes() -> Document {
    document(
        r#""option-data": [
            {"code": 6, "data": "192.0.2.1"},
            {"name": "domain-name-servers", "data": "192.0.2.2", "client-classes": ["voice"]},
            {"code": 6, "data": "192.0.2.3", "client-classes": ["b", "a"]},
            {"code": 42, "data": "192.0.2.4", "client-classes": ["voice"]},
            {"code": 3, "data": "192.0.2.5", "client-classes": ["voice"]},
            {"code": 3, "data": "192.0.2.6", "client-classes": ["b"]}]"#,
    )
}

#[test]
fn options_of_one_code_are_told_apart_by_their_classes() {
    let document = of_classes();
    for (path, found) in [
        ("option-data[space=dhcp4,code=6]", "192.0.2.1"),
        ("option-data[space=dhcp4,code=6,client-classes=\"\"]", "192.0.2.1"),
        ("option-data[space=dhcp4,code=6,client-classes=voice]", "192.0.2.2"),
        ("option-data[code=6,client-classes=\"b, a\"]", "192.0.2.3"),
        ("option-data[space=dhcp4,code=42]", "192.0.2.4"),
    ] {
        let path: Path = format!("{path}.data").parse().unwrap();
        assert_eq!(document.get(&path).map(|value| value.as_str().map(str::to_owned)), Ok(Some(found.to_owned())));
    }
    let several = document.get(&"option-data[space=dhcp4,code=3]".parse().unwrap()).unwrap_err().to_string();
    assert!(
        several.ends_with("([space=dhcp4,code=3,client-classes=voice], [space=dhcp4,code=3,client-classes=b])"),
        "{several}"
    );
    let unknown = "option-data[space=dhcp4,code=42,client-classes=\"\"]".parse().unwrap();
    assert!(document.get(&unknown).is_err(), "it is for some alone");

    let more = edit("add", "option-data", Some(r#"{"code": 42, "data": "192.0.2.9"}"#));
    let again = edit("add", "option-data", Some(r#"{"code": 42, "data": "192.0.2.9", "client-classes": ["voice"]}"#));
    let both = document.edited(std::slice::from_ref(&more)).unwrap();
    assert!(document.edited(&[again]).unwrap_err().text.contains("client-classes=voice] already"));
    assert_eq!(document.brought_to(std::slice::from_ref(&more)), Ok(both.clone()), "it takes no other one's place");
    assert!(both.holds(&more) && !document.holds(&more));
    let changes = differences(&document, &both);
    assert_eq!(changes[0].path.to_string(), "option-data[space=dhcp4,code=42]");
    assert_eq!(both.edited(&[changes[0].reversed().to_edit()]), Ok(document.clone()));

    let out = edit("remove", "option-data[space=dhcp4,code=6]", None);
    let without = document.edited(&[out]).unwrap();
    let said = keaconf::Words::new(&document, &without).sentences(&differences(&document, &without));
    assert_eq!(said, ["option 6 (domain-name-servers) removed: 192.0.2.1"]);
}

#[test]
fn the_only_option_of_a_code_stays_the_same_one_whatever_classes_it_is_for() {
    let document = of_classes();
    let all = document.edited(&[edit("unset", "option-data[code=42].client-classes", None)]).unwrap();
    let said = |before: &Document, after: &Document| {
        let changes = differences(before, after);
        let edits: Vec<Edit> = changes.iter().map(keaconf::Change::to_edit).collect();
        assert_eq!(differences(&before.edited(&edits).unwrap(), after), [], "in whatever order");
        keaconf::Words::new(before, after).sentences(&changes)
    };
    assert_eq!(said(&document, &all), ["option 42 (ntp-servers): class voice removed"]);
    assert_eq!(said(&all, &document), ["option 42 (ntp-servers): class voice added"]);
    let other = edit("set", "option-data[code=6,client-classes=voice].client-classes", Some(r#"["c"]"#));
    assert_eq!(
        said(&document, &document.edited(&[other]).unwrap()),
        [
            "option 6 (domain-name-servers) for voice removed: 192.0.2.2",
            "option 6 (domain-name-servers) for c added: 192.0.2.2"
        ]
    );
}

#[test]
fn what_is_kept_of_edits_keeps_every_octet() {
    let text = |bytes: &[u8]| Value::Text(bytes.to_vec().into());
    let edits: Vec<Edit> = [&b"Z\xfcrich"[..], "Zürich".as_bytes(), b"\xc3", b"\"\\\x01\n"]
        .into_iter()
        .map(|bytes| Edit { path: "user-context.place".parse().unwrap(), op: Op::Set(text(bytes)) })
        .collect();
    assert_eq!(Edit::read_kept(Edit::write_kept(&edits).as_bytes()).unwrap(), edits);
    let json = Edit::write_all(&edits[1..2]);
    assert_eq!(Edit::read_kept(json.as_bytes()).unwrap(), edits[1..2], "as older versions kept it");
}
