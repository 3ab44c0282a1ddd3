//! Names and comments of subnets on a real Kea.

use changes::{Edit, LabelsEdit};
use model::{Content, Labels, SubnetKey};
use serde_json::{Value, json};
use services::Error;
use services::ports::{Reservations, Subnets};

use crate::fault_proxy::{Fault, FaultProxy};
use crate::support::*;

fn labels(name: &str, comment: &str) -> Labels {
    let text = |text: &str| Some(text.to_owned()).filter(|text| !text.is_empty());
    Labels { name: text(name), comment: text(comment) }
}

fn key(id: u32) -> SubnetKey {
    SubnetKey { server: name("one"), id }
}

/// Subnets of every kind, with all that an edit could take away.
fn site() -> Value {
    json!({
        "valid-lifetime": 3600, "min-valid-lifetime": 1800, "max-valid-lifetime": 7200, "next-server": "10.9.9.9",
        "option-data": [{ "name": "domain-name-servers", "data": "10.0.0.2" }],
        "client-classes": [{ "name": "a" }],
        "subnet4": [
            {
                "id": 1, "subnet": "192.0.2.0/26", "relay": { "ip-addresses": ["10.0.0.9"] }, "client-classes": ["a"],
                "pools": [{ "pool": "192.0.2.10-192.0.2.20", "user-context": { "x": 1 }, "client-classes": ["a"] }],
                "option-data": [{ "name": "routers", "data": "192.0.2.1", "user-context": { "o": 1 } }],
                "reservations": [{ "hw-address": "02:00:00:00:00:05", "ip-address": "192.0.2.5" }],
                "user-context": { "name": "old", "site": [1, { "a": null }], "vlan": 7 }, "t1-percent": 0.4,
                "store-extended-info": true,
            },
            { "id": 2, "subnet": "192.0.2.64/26", "comment": "Reception printers" },
            { "id": 3, "subnet": "192.0.2.128/26", "user-context": { "description": "IP cameras", "comment": 7 } },
        ],
        "shared-networks": [{
            "name": "floor", "valid-lifetime": 1000, "min-valid-lifetime": 1000, "max-valid-lifetime": 1000,
            "subnet4": [{ "id": 4, "subnet": "10.1.0.0/24" }],
        }],
    })
}

fn running(kea: &Kea) -> Value {
    kea.command("config-get", &json!({}))["arguments"]["Dhcp4"].clone()
}

fn on_disk(kea: &Kea) -> Value {
    let file: Value = serde_json::from_slice(&std::fs::read(kea.config_path()).unwrap()).unwrap();
    file["Dhcp4"].clone()
}

/// A configuration without the user contexts of its subnets, and these.
fn apart(mut dhcp4: Value) -> (Value, Vec<Value>) {
    let mut contexts = Vec::new();
    let mut take = |subnet: &mut Value| contexts.extend(subnet.as_object_mut().unwrap().remove("user-context"));
    dhcp4["subnet4"].as_array_mut().unwrap().iter_mut().for_each(&mut take);
    dhcp4["shared-networks"][0]["subnet4"].as_array_mut().unwrap().iter_mut().for_each(take);
    (dhcp4, contexts)
}

#[tokio::test]
async fn a_name_is_written_where_it_was_and_all_else_stays() {
    let kea = Kea::start(site());
    let fleet = fleet(&[("one", &kea)]);
    let (before, _) = apart(running(&kea));
    let filled = fleet.utilization(&name("one")).await.unwrap();
    for (id, now, wanted) in [
        (1, labels("old", ""), labels("Office 9", "rack 3")),
        (2, labels("Reception printers", ""), labels("Reception", "three printers")),
        (3, labels("IP cameras", ""), labels("Cameras", "")),
        (4, labels("", ""), labels("Floor", "")),
    ] {
        assert_eq!(fleet.labels(&key(id)).await, Ok(Some(now.clone())));
        let written = done(&fleet, Edit::label(key(id), now, wanted.clone())).await;
        let (held, verbatim) = written.now.unwrap();
        assert_eq!(held, Content::Labels { subnet: key(id), labels: wanted.clone() });
        assert_eq!(fleet.verbatim(&held).await, Ok(Some(verbatim)), "in its own words");
    }
    let (after, contexts) = apart(running(&kea));
    assert_eq!(before, after, "nothing else of any subnet, inherited values included");
    let expected = [
        json!({ "name": "Office 9", "comment": "rack 3", "site": [1, { "a": null }], "vlan": 7 }),
        json!({ "subnet-name": "Reception", "comment": "three printers" }),
        json!({ "description": "Cameras", "comment": 7 }),
        json!({ "subnet-name": "Floor" }),
    ];
    assert_eq!(contexts, expected);
    assert_eq!(apart(on_disk(&kea)).1, expected, "saved");
    assert_eq!(fleet.utilization(&name("one")).await.unwrap(), filled);
    let hosts = kea.command("reservation-get-all", &json!({ "subnet-id": 1 }));
    assert_eq!(hosts["arguments"]["hosts"].as_array().unwrap().len(), 1, "{hosts}");
    let signs = labels("Büro “9”", "日本");
    done(&fleet, Edit::label(key(4), labels("Floor", ""), signs.clone())).await;
    assert_eq!(fleet.labels(&key(4)).await, Ok(Some(signs)), "whatever the letters");
}

#[tokio::test]
async fn what_was_is_put_back_exactly() {
    let kea = Kea::start(site());
    let fleet = fleet(&[("one", &kea)]);
    let (_, before) = apart(running(&kea));
    for id in [1, 2, 3] {
        let now = fleet.labels(&key(id)).await.unwrap().unwrap();
        let wanted = if id == 3 { labels("", "") } else { labels("new", "note") };
        let written = done(&fleet, Edit::label(key(id), now.clone(), wanted.clone())).await;
        let back = LabelsEdit { subnet: key(id), before: wanted, after: now, verbatim: written.was };
        done(&fleet, Edit::Labels(back)).await;
    }
    assert_eq!(apart(running(&kea)).1, before);
    assert_eq!(apart(on_disk(&kea)).1, before);
}

#[tokio::test]
async fn without_the_hook_it_is_said_which() {
    let hooks = json!([{ "library": "libdhcp_host_cmds.so" }, { "library": "libdhcp_stat_cmds.so" }]);
    let kea = Kea::start(json!({ "hooks-libraries": hooks, "subnet4": [{ "id": 1, "subnet": "192.0.2.0/24" }] }));
    let fleet = fleet(&[("one", &kea)]);
    let refused = fleet.refuse_labels(&name("one")).await.unwrap_err();
    assert_eq!(refused, Error::MissingHook { server: name("one"), hook: model::Hook::SubnetCmds });
    assert_eq!(failed(&fleet, Edit::label(key(1), labels("", ""), labels("new", ""))).await, refused);
}

#[tokio::test]
async fn nothing_that_is_no_text_is_overwritten() {
    let context = json!({ "name": 7, "subnet-name": { "de": "Labor" } });
    let kea = Kea::start(json!({ "subnet4": [{ "id": 1, "subnet": "192.0.2.0/24", "user-context": context }] }));
    let fleet = fleet(&[("one", &kea)]);
    let refused = failed(&fleet, Edit::label(key(1), labels("", ""), labels("new", ""))).await;
    assert!(matches!(refused, Error::Refused { .. }), "{refused:?}");
    assert_eq!(running(&kea)["subnet4"][0]["user-context"], context);
    let missing = failed(&fleet, Edit::label(key(9), labels("", ""), labels("new", ""))).await;
    assert!(matches!(missing, Error::NotFound { .. }), "{missing:?}");
}

/// Setting the name works, removing the comment does not: all is as before.
#[tokio::test]
async fn what_breaks_off_in_the_middle_is_put_back() {
    let context = json!({ "name": "old", "comment": "rack 3" });
    let kea = Kea::start(json!({ "subnet4": [{ "id": 1, "subnet": "192.0.2.0/24", "user-context": context }] }));
    let proxy = FaultProxy::before(kea.port()).await;
    let fleet = fleet_of(vec![("one", client(&kea, &proxy.url(), impatient()))]);
    let edit = Edit::label(key(1), labels("old", "rack 3"), labels("new", ""));
    proxy.set_on("subnet4-delta-del", Fault::Swallow);
    let unknown = failed(&fleet, edit.clone()).await;
    assert!(matches!(unknown, Error::Unknown { .. }), "{unknown:?}");
    assert_eq!(running(&kea)["subnet4"][0]["user-context"], context);
    // The answer is lost, the change is not.
    proxy.set_on("subnet4-delta-del", Fault::Cut(10));
    let written = done(&fleet, edit).await;
    assert_eq!(written.now.unwrap().0.labels(), Some(&labels("new", "")));
    assert_eq!(running(&kea)["subnet4"][0]["user-context"], json!({ "name": "new" }));
}

#[tokio::test]
async fn a_subnet_of_ipv6_is_called_something_too() {
    let kea = Kea::with_one_subnet6();
    let fleet = fleet6(&kea);
    let before = kea.command("config-get", &json!({}))["arguments"]["Dhcp6"].clone();
    done(&fleet, Edit::label(key(1), labels("", ""), labels("six", "prefixes"))).await;
    let mut after = kea.command("config-get", &json!({}))["arguments"]["Dhcp6"].clone();
    let context = after["subnet6"][0].as_object_mut().unwrap().remove("user-context");
    assert_eq!((context, &after), (Some(json!({ "subnet-name": "six", "comment": "prefixes" })), &before));
    done(&fleet, Edit::label(key(1), labels("six", "prefixes"), labels("six", ""))).await;
    assert_eq!(fleet.labels(&key(1)).await, Ok(Some(labels("six", ""))));
}
