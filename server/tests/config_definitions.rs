//! Definitions of options on their page, and what becomes of what uses them, before a real Kea.

use serde_json::{Value, json};

use crate::support::{Kea, Nestor};

fn site() -> Kea {
    Kea::start(json!({
        "option-def": [{ "name": "acme", "code": 234, "type": "uint16", "space": "dhcp4" }],
        "client-classes": [{ "name": "corp", "test": "option[acme].exists" }],
        "subnet4": [{
            "id": 1, "subnet": "192.0.2.0/24", "pools": [{ "pool": "192.0.2.10-192.0.2.20" }],
            "option-data": [{ "name": "acme", "data": "258" }],
        }],
    }))
}

fn definition(code: &str, name: &str, kind: &str) -> Value {
    json!({ "space": "dhcp4", "code": code, "name": name, "kind": kind })
}

async fn define(nestor: &Nestor, cookie: &str, path: &str, definition: Value) -> (u16, Value) {
    let asked = json!({ "server": "kea", "path": path, "definition": definition });
    nestor.call("/api/config/define", &asked, cookie).await
}

/// Has edits, as pages have them, reviewed and applied.
async fn apply(nestor: &Nestor, cookie: &str, edits: &Value) -> (u16, Value) {
    let (status, plan) = nestor.call("/api/config/plan", &json!({ "server": "kea", "edits": edits }), cookie).await;
    assert_eq!(status, 200, "{plan}");
    let request = json!({ "edits": plan["edits"], "back": plan["back"], "base": plan["base"] });
    nestor.call("/api/config/apply", &json!({ "server": "kea", "request": request }), cookie).await
}

#[tokio::test]
async fn a_definition_is_made_is_offered_at_once_and_takes_its_uses_along() {
    let kea = site();
    let nestor = Nestor::before(&kea);
    let cookie = nestor.sign_in("operator").await;
    let running = || kea.command("config-get", &json!(null))["arguments"]["Dhcp4"].clone();
    let (status, edits) = define(&nestor, &cookie, "", definition("240", "site-name", "string")).await;
    assert_eq!(status, 200, "{edits}");
    let (status, applied) = apply(&nestor, &cookie, &edits).await;
    assert_eq!(status, 200, "{applied}");
    assert_eq!(running()["option-def"][1]["name"], "site-name");
    let asked = json!({ "server": "kea", "path": "subnet4[id=1]" });
    let (_, options) = nestor.call("/api/config/options", &asked, &cookie).await;
    let defined =
        json!({ "space": null, "code": 240, "name": "site-name", "about": "string", "kind": "string", "array": false });
    assert_eq!(options["defined"][1], defined);

    // Another code and name: the value and the test follow, in one change that Kea takes.
    let path = "option-def[space=dhcp4,code=234]";
    let (_, edits) = define(&nestor, &cookie, path, definition("236", "corp-number", "uint16")).await;
    let (status, applied) = apply(&nestor, &cookie, &edits).await;
    assert_eq!(status, 200, "{applied}");
    let now = running();
    assert_eq!(now["client-classes"][0]["test"], "option[corp-number].exists");
    let option = &now["subnet4"][0]["option-data"][0];
    assert_eq!(
        (&option["code"], &option["name"], &option["data"]),
        (&json!(236), &json!("corp-number"), &json!("258"))
    );
    let (status, undone) = nestor.call("/api/changes/undo", &json!({ "number": applied["change"] }), &cookie).await;
    assert_eq!(status, 200, "{undone}");
    assert_eq!(running()["client-classes"][0]["test"], "option[acme].exists");

    // Another type: what becomes of the value is said.
    let (_, edits) = define(&nestor, &cookie, path, definition("234", "acme", "uint32")).await;
    let (_, plan) = nestor.call("/api/config/plan", &json!({ "server": "kea", "edits": edits }), &cookie).await;
    assert_eq!(plan["findings"][0]["rule"], "definition-changed", "{plan}");
    let (_, edits) = define(&nestor, &cookie, path, definition("234", "acme", "ipv4-address")).await;
    assert_eq!(apply(&nestor, &cookie, &edits).await.0, 422, "the value does not fit");
}

#[tokio::test]
async fn a_definition_that_is_used_or_cannot_be_is_refused_and_says_why() {
    let kea = site();
    let nestor = Nestor::before(&kea);
    let cookie = nestor.sign_in("operator").await;
    let remove = json!([{ "op": "remove", "path": "option-def[space=dhcp4,code=234]" }]);
    let (status, refused) = apply(&nestor, &cookie, &remove).await;
    assert_eq!(status, 422, "{refused}");
    let places: Vec<&str> =
        refused["fields"].as_array().unwrap().iter().map(|fault| fault["field"].as_str().unwrap()).collect();
    assert_eq!(places, ["subnet4[id=1].option-data[space=dhcp4,code=234]", "client-classes[name=corp].test"]);
    for (code, name, member) in
        [("234", "new", "code"), ("6", "new", "code"), ("x", "new", "code"), ("240", "acme", "name")]
    {
        let (status, faults) = define(&nestor, &cookie, "", definition(code, name, "string")).await;
        assert_eq!((status, &faults["fields"][0]["field"]), (422, &json!(member)), "{faults}");
    }
    let viewer = nestor.sign_in("viewer").await;
    let page = async |path: &str| nestor.get(path, &viewer).await.text().await.unwrap();
    let list = page("/servers/kea/definitions").await;
    for text in ["acme", "234", "uint16", "2 places"] {
        assert!(list.contains(text), "{text}: {list}");
    }
    assert!(!list.contains("New definition") && !list.contains("Delete acme"), "a viewer changes nothing");
    let one = page("/servers/kea/definitions?at=option-def%5Bspace%3Ddhcp4%2Ccode%3D234%5D").await;
    assert!(one.contains("class corp: test") && one.contains("All definitions"), "{one}");
    let none = page("/servers/kea/definitions?at=option-def%5Bspace%3Ddhcp4%2Ccode%3D1%5D").await;
    assert!(none.contains("Definition not found"), "{none}");
}

#[tokio::test]
async fn a_server_of_ipv6_has_definitions_of_its_own_space() {
    let kea = Kea::start6(json!({}));
    let nestor = Nestor::before(&kea);
    let cookie = nestor.sign_in("operator").await;
    let wanted = json!({ "space": "dhcp6", "code": "1000", "name": "acme6", "kind": "record",
        "fields": "uint8, ipv6-prefix", "array": true });
    let (status, edits) = define(&nestor, &cookie, "", wanted).await;
    assert_eq!(status, 200, "{edits}");
    let (status, applied) = apply(&nestor, &cookie, &edits).await;
    assert_eq!(status, 200, "{applied}");
    let made = kea.command("config-get", &json!(null))["arguments"]["Dhcp6"]["option-def"][0].clone();
    assert_eq!(
        (&made["code"], &made["record-types"], &made["array"]),
        (&json!(1000), &json!("uint8, ipv6-prefix"), &json!(true))
    );
    let (_, options) = nestor.call("/api/config/options", &json!({ "server": "kea" }), &cookie).await;
    assert_eq!(options["defined"][0]["about"], "record of uint8, ipv6-prefix, the last repeated");
    let page = nestor.get("/servers/kea/definitions", &cookie).await.text().await.unwrap();
    assert!(page.contains("acme6") && page.contains("dhcp6"), "{page}");
}
