//! What others changed while somebody typed, and the same made of what is there now.

use keaconf::{Document, Edit, Overtaken, Plan};

use crate::edits::document;

const GROWN: &str = "192.0.2.10-192.0.2.30";

fn site(pools: &str) -> Document {
    document(&format!(
        r#""valid-lifetime": 3600, "subnet4": [{{"id": 20, "subnet": "192.0.2.0/24", "pools": [{pools}],
            "option-data": [{{"code": 6, "space": "dhcp4", "data": "192.0.2.1"}}]}}], "shared-networks": [{{"name": "west"}}]"#
    ))
}

fn before() -> Document {
    site(r#"{"pool": "192.0.2.10-192.0.2.20"}"#)
}

fn edits(json: &str) -> Vec<Edit> {
    Edit::read_all(json.as_bytes()).unwrap()
}

/// The range of the pool, and what is within it.
fn typed() -> Vec<Edit> {
    edits(
        r#"[{"op": "set", "path": "valid-lifetime", "value": 60},
            {"op": "set", "path": "subnet4[id=20].pools[pool=192.0.2.10-192.0.2.20].client-classes", "value": ["pxe"]},
            {"op": "set", "path": "subnet4[id=20].pools[pool=192.0.2.10-192.0.2.20].pool", "value": "192.0.2.10-192.0.2.40"}]"#,
    )
}

fn one(found: Vec<Overtaken>) -> Overtaken {
    let [one] = <[Overtaken; 1]>::try_from(found).ok().unwrap();
    one
}

fn values(found: &Overtaken) -> [&str; 3] {
    [&found.was, &found.now, &found.wanted].map(|value| value.as_deref().unwrap_or("nothing"))
}

/// Only what is changed on both sides is, whether what ran before is known or not.
#[test]
fn a_pool_that_others_grew_is_found_by_what_it_has_in_common() {
    let (before, theirs) = (before(), site(&format!(r#"{{"pool": "{GROWN}"}}"#)));
    let back = Plan::of(&before, &typed()).unwrap().back();
    assert!(before.overtaken(&typed(), &back).is_empty() && before.overtaken(&typed(), &[]).is_empty());
    for back in [back.as_slice(), &[]] {
        let found = one(theirs.overtaken(&typed(), back));
        assert_eq!(found.path.to_string(), "subnet4[id=20].pools[pool=192.0.2.10-192.0.2.20]");
        assert_eq!(found.edits, [1, 2]);
        let wanted = "client-classes pxe, 192.0.2.10-192.0.2.40";
        assert_eq!(values(&found), ["192.0.2.10-192.0.2.20", GROWN, wanted]);
        let result = theirs.edited(&found.anew.unwrap()).unwrap();
        let pool = r#"{"pool":"192.0.2.10-192.0.2.40","client-classes":["pxe"]}"#;
        assert_eq!(
            result.get(&"subnet4[id=20].pools".parse().unwrap()).unwrap().to_json(keaconf::Layout::Compact),
            format!("[{pool}]")
        );
    }
}

#[test]
fn what_is_gone_or_in_two_parts_is_left_to_the_others() {
    for (pools, now) in
        [("", "nothing"), (r#"{"pool": "192.0.2.10-192.0.2.14"}, {"pool": "192.0.2.16-192.0.2.20"}"#, "nothing")]
    {
        let found = one(site(pools).overtaken(&typed(), &[]));
        assert_eq!((values(&found)[1], &found.anew), (now, &None), "{pools}");
    }
    let gone = edits(r#"[{"op": "remove", "path": "subnet4[id=20].pools[pool=192.0.2.10-192.0.2.20]"}]"#);
    let found = one(site("").overtaken(&gone, &[]));
    assert_eq!(values(&found), ["192.0.2.10-192.0.2.20", "nothing", "nothing"]);
    let theirs = site(&format!(r#"{{"pool": "{GROWN}"}}"#));
    let anew = one(theirs.overtaken(&gone, &[])).anew.unwrap();
    assert_eq!(theirs.edited(&anew), Ok(site("")), "the grown one goes");
}

#[test]
fn a_subnet_is_found_in_another_list() {
    let theirs = before()
        .edited(&edits(r#"[{"op": "move", "path": "subnet4[id=20]", "value": "shared-networks[name=west].subnet4"}]"#))
        .unwrap();
    let lifetime = edits(r#"[{"op": "set", "path": "subnet4[id=20].valid-lifetime", "value": 60}]"#);
    let found = one(theirs.overtaken(&lifetime, &[]));
    assert_eq!(values(&found), ["20", "at shared-networks[name=west].subnet4[id=20]", "valid-lifetime 60"]);
    assert!(theirs.edited(&found.anew.unwrap()).is_ok());
}

#[test]
fn what_others_added_or_took_out_as_well_is_shown_with_both_values() {
    let add =
        edits(r#"[{"op": "add", "path": "subnet4[id=20].option-data", "value": {"code": 6, "data": "192.0.2.9"}}]"#);
    let found = one(before().overtaken(&add, &[]));
    let theirs = "code 6, space dhcp4, data 192.0.2.1";
    assert_eq!(values(&found), ["nothing", theirs, "code 6, data 192.0.2.9"]);
    assert!(before().edited(&found.anew.unwrap()).is_ok());
    let unset = edits(r#"[{"op": "unset", "path": "subnet4[id=20].valid-lifetime"}]"#);
    let found = one(before().overtaken(&unset, &[]));
    assert_eq!((values(&found), &found.anew), (["set", "nothing", "nothing"], &None));
}

/// A part that is of one name before and after, changed on both sides.
#[test]
fn another_value_is_known_by_the_way_back_alone() {
    let lifetime = edits(r#"[{"op": "set", "path": "valid-lifetime", "value": 60}]"#);
    let back = Plan::of(&before(), &lifetime).unwrap().back();
    let theirs = before().edited(&edits(r#"[{"op": "set", "path": "valid-lifetime", "value": 99}]"#)).unwrap();
    let found = one(theirs.overtaken(&lifetime, &back));
    assert_eq!((values(&found), &found.anew), (["3600", "99", "60"], &Some(lifetime.clone())));
    assert!(theirs.overtaken(&lifetime, &[]).is_empty(), "seen in the plan");
}

/// What edits before it make is there for an edit.
#[test]
fn edits_may_be_of_what_those_before_them_make() {
    let two = edits(
        r#"[{"op": "add", "path": "client-classes", "value": {"name": "pxe"}},
            {"op": "set", "path": "client-classes[name=pxe].test", "value": "member('ALL')"}]"#,
    );
    assert!(before().overtaken(&two, &[]).is_empty());
}
