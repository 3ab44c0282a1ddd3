//! What pages of a configuration show beside their forms, before a real Kea: what stands against the part, and what lies
//! where.

use serde_json::{Value, json};

use crate::support::{Kea, Nestor};

async fn ask(nestor: &Nestor, cookie: &str, path: &str, arguments: Value) -> Value {
    let (status, answer) = nestor.call(path, &arguments, cookie).await;
    assert_eq!(status, 200, "{path}: {answer}");
    answer
}

#[tokio::test]
async fn a_finding_is_shown_where_its_part_is_edited_and_leads_there() {
    let kea = Kea::start(json!({ "subnet4": [
        { "id": 7, "subnet": "192.0.2.0/24", "pools": [{ "pool": "192.0.2.10-192.0.2.20", "client-classes": ["nobody"] }] },
        { "id": 8, "subnet": "198.51.100.0/24" },
    ] }));
    let nestor = Nestor::before(&kea);
    let cookie = nestor.sign_in("viewer").await;
    let findings = async |path: &str| {
        let found = ask(&nestor, &cookie, "/api/config/findings", json!({ "server": "kea", "path": path })).await;
        found.as_array().unwrap().clone()
    };
    let of_subnet = findings("subnet4[id=7]").await;
    let unknown = of_subnet.iter().find(|one| one["rule"] == "class-unknown").unwrap();
    assert_eq!(unknown["form"], json!({ "subnet": 7 }));
    assert!(!findings("subnet4[id=8]").await.contains(unknown) && findings("").await.contains(unknown));
    let page = async |path: &str| nestor.get(path, &cookie).await.text().await.unwrap();
    let settings = page("/networks/kea/7/settings").await;
    assert!(
        settings.contains("config-finding") && settings.contains("The class “nobody” is not defined"),
        "{settings}"
    );
    assert!(!page("/networks/kea/8/settings").await.contains("The class “nobody” is not defined"));
    let all = page("/servers/kea/findings").await;
    assert!(all.contains("href=\"/networks/kea/7/settings\""), "the way to the form: {all}");
}

#[tokio::test]
async fn a_page_of_the_whole_server_shows_what_is_mended_on_it() {
    // Without an output, which Kea takes, and logs nothing.
    let logger = json!({ "name": "kea-dhcp4", "severity": "INFO" });
    let kea = Kea::start(json!({
        "loggers": [logger],
        "subnet4": [{ "id": 8, "subnet": "198.51.100.0/24", "pools": [{ "pool": "198.51.100.8/29", "client-classes": ["x"] }] }],
    }));
    let nestor = Nestor::before(&kea);
    let cookie = nestor.sign_in("viewer").await;
    let on = async |page: Value| {
        let asked = json!({ "server": "kea", "page": page });
        ask(&nestor, &cookie, "/api/config/findings", asked).await.as_array().unwrap().clone()
    };
    let all = on(json!(null)).await;
    for (form, tab) in [(json!("loggers"), "logging"), (json!({ "parameters": "" }), "parameters")] {
        let those = on(form.clone()).await;
        assert!(!those.is_empty() && those.len() < all.len(), "{form}: {all:?}");
        let html = nestor.get(&format!("/servers/kea/{tab}"), &cookie).await.text().await.unwrap();
        let shown = html.matches("data-testid=\"config-finding\"").count();
        assert_eq!(shown, those.len(), "{tab}: {those:?}");
    }
}

#[tokio::test]
async fn leases_outside_of_a_shrunk_pool_are_named_and_listed() {
    let pool = "198.51.100.10-198.51.100.254";
    let kea = Kea::start(json!({ "subnet4": [{ "id": 2, "subnet": "198.51.100.0/24", "pools": [{ "pool": pool }] }] }));
    let nestor = Nestor::before(&kea);
    let cookie = nestor.sign_in("operator").await;
    for (last, mac) in [(20, "02:00:00:00:00:07"), (200, "02:00:00:00:00:08")] {
        let lease = json!({ "ip-address": format!("198.51.100.{last}"), "hw-address": mac, "subnet-id": 2 });
        kea.command("lease4-add", &lease);
    }
    let shrink = json!([{ "op": "set", "path": format!("subnet4[id=2].pools[pool={pool}].pool"),
        "value": "\"198.51.100.100-198.51.100.254\"" }]);
    let plan = ask(&nestor, &cookie, "/api/config/plan", json!({ "server": "kea", "edits": shrink })).await;
    let finding = plan["findings"].as_array().unwrap().iter().find(|one| one["rule"] == "left-behind").unwrap();
    let text = finding["text"].as_str().unwrap();
    assert!(text.starts_with("1 lease is outside of the pools then: 198.51.100.20."), "{text}");
    let those = &finding["form"]["addresses"];
    assert_eq!(those, &json!({ "subnet": 2, "text": "198.51.100.10-198.51.100.99" }));
    let path = format!("/networks/kea/2?filter=leases&text={}", those["text"].as_str().unwrap());
    let page = nestor.get(&path, &cookie).await.text().await.unwrap();
    assert!(page.contains("02:00:00:00:00:07") && !page.contains("02:00:00:00:00:08"), "{page}");
}

#[tokio::test]
async fn octets_of_an_option_are_those_that_kea_takes_and_one_may_be_kept_back() {
    let kea = Kea::start(json!({
        "option-data": [{ "name": "domain-name-servers", "data": "192.0.2.53" }],
        "subnet4": [{ "id": 7, "subnet": "192.0.2.0/24" }],
    }));
    let nestor = Nestor::before(&kea);
    let cookie = nestor.sign_in("operator").await;
    let octets = async |option: Value| {
        let asked = json!({ "server": "kea", "list": "subnet4[id=7].option-data", "option": option.to_string() });
        ask(&nestor, &cookie, "/api/config/option-octets", asked).await
    };
    let routers = octets(json!({ "code": 3, "data": "192.0.2.1, 192.0.2.2" })).await;
    assert_eq!((&routers["hex"], &routers["length"]), (&json!("c0000201c0000202"), &json!(8)));
    assert!(octets(json!({ "code": 3, "data": "gateway" })).await["fault"].as_str().unwrap().contains("Kea refuses"));
    let settings = nestor.get("/networks/kea/7/settings", &cookie).await.text().await.unwrap();
    assert!(settings.contains("4 octets go to clients: c0 00 02 35"), "what holds from above: {settings}");
    // Kea keeps back what has no value.
    let keep_back =
        json!([{ "op": "add", "path": "subnet4[id=7].option-data", "value": { "code": 6, "never-send": true } }]);
    let request = json!({ "server": "kea", "request": { "edits": keep_back.to_string() } });
    ask(&nestor, &cookie, "/api/config/apply", request).await;
    let runs = kea.command("config-get", &json!(null))["arguments"]["Dhcp4"]["subnet4"][0]["option-data"].clone();
    assert_eq!(runs[0]["never-send"], true, "{runs}");
    let settings = nestor.get("/networks/kea/7/settings", &cookie).await.text().await.unwrap();
    assert!(settings.contains("It goes to no client."), "{settings}");
}

#[tokio::test]
async fn hooks_say_what_they_unlock_and_change_their_order() {
    let kea = crate::support::kea();
    let nestor = Nestor::before(&kea);
    let cookie = nestor.sign_in("admin").await;
    let hooks = ask(&nestor, &cookie, "/api/config/hooks", json!({ "server": "kea" })).await;
    let abilities = hooks["abilities"].as_array().unwrap();
    let there = |command: &str| abilities.iter().find(|one| one["command"] == command).unwrap()["there"].clone();
    assert_eq!((there("reservation-add"), there("config-set")), (json!(true), json!(true)));
    assert!(abilities.iter().all(|one| one["there"].is_boolean()), "Kea tells its commands: {abilities:?}");
    let loaded = |hooks: &Value| {
        let files = hooks["loaded"].as_array().unwrap().iter();
        files.map(|hook| hook["file"].as_str().unwrap().to_owned()).collect::<Vec<_>>()
    };
    let before = loaded(&hooks);
    assert!(before.len() > 1 && hooks["loaded"][0]["earlier"].is_null());
    let swap = hooks["loaded"][0]["later"].clone();
    let plan = ask(&nestor, &cookie, "/api/config/plan", json!({ "server": "kea", "edits": [swap] })).await;
    let request = json!({ "edits": plan["edits"], "base": plan["base"], "back": plan["back"] });
    let arguments = json!({ "server": "kea", "request": request, "password": crate::support::PASSWORD });
    ask(&nestor, &cookie, "/api/config/apply", arguments).await;
    let after = loaded(&ask(&nestor, &cookie, "/api/config/hooks", json!({ "server": "kea" })).await);
    assert_eq!((&after[0], &after[1]), (&before[1], &before[0]));
    let page = nestor.get("/servers/kea/hooks", &cookie).await.text().await.unwrap();
    for text in ["By it Nestor can see reservations", "Free since Kea 3.0.", "What Nestor can do on this server"] {
        assert!(page.contains(text), "{text}: {page}");
    }
}

#[tokio::test]
async fn the_whole_and_what_is_not_set_yet_are_edited_as_text() {
    let kea = Kea::start(json!({ "subnet4": [{ "id": 7, "subnet": "192.0.2.0/24" }] }));
    let nestor = Nestor::before(&kea);
    let cookie = nestor.sign_in("operator").await;
    let text = async |path: &str| {
        ask(&nestor, &cookie, "/api/config/text", json!({ "server": "kea", "path": path }))
            .await
            .as_str()
            .unwrap()
            .to_owned()
    };
    let before = text("").await;
    let mut after: Value = serde_json::from_str(&before).unwrap();
    after["subnet4"][0]["valid-lifetime"] = json!(1800);
    let asked = json!({ "server": "kea", "before": before, "after": after.to_string() });
    let edits = ask(&nestor, &cookie, "/api/config/text-edits", asked).await;
    assert_eq!(edits, json!([{ "op": "set", "path": "subnet4[id=7].valid-lifetime", "value": "1800" }]));
    let plan = ask(&nestor, &cookie, "/api/config/plan", json!({ "server": "kea", "edits": edits })).await;
    assert!(plan["words"][0].as_str().unwrap().contains("1800"), "{plan}");
    assert_eq!(text("user-context").await, "{}");
    let shown = ask(&nestor, &cookie, "/api/config/show", json!({ "server": "kea", "path": "user-context" })).await;
    assert_eq!(shown["absent"], true);
    let page = nestor.get("/servers/kea/configuration", &cookie).await.text().await.unwrap();
    for text in ["What may be here", "configuration?at=user-context"] {
        assert!(page.contains(text), "{text}: {page}");
    }
}

#[tokio::test]
async fn kea_takes_options_of_vendors_part_by_part_and_as_a_whole() {
    let kea = Kea::start(json!({ "subnet4": [{ "id": 7, "subnet": "192.0.2.0/24" }] }));
    let nestor = Nestor::before(&kea);
    let cookie = nestor.sign_in("operator").await;
    let set = async |vendor: &str, code: &str, value: &str| {
        let list = "subnet4[id=7].option-data";
        let asked = json!({ "server": "kea", "list": list, "vendor": vendor, "code": code, "value": value });
        let edits = ask(&nestor, &cookie, "/api/config/vendor-option", asked).await;
        let plan = ask(&nestor, &cookie, "/api/config/plan", json!({ "server": "kea", "edits": edits })).await;
        let request = json!({ "edits": plan["edits"], "base": plan["base"], "back": plan["back"] });
        ask(&nestor, &cookie, "/api/config/apply", json!({ "server": "kea", "request": request })).await;
        let runs = kea.command("config-get", &json!(null))["arguments"]["Dhcp4"]["subnet4"][0]["option-data"].clone();
        let one =
            |option: &Value| format!("{} {} {}", option["space"], option["code"], option["data"]).replace('"', "");
        runs.as_array().unwrap().iter().map(one).collect::<Vec<_>>()
    };
    let inside = "vendor-encapsulated-options-space";
    let runs = set("", "1", "c0:00:02:01").await;
    assert!(runs.contains(&format!("{inside} 1 C0000201")) && runs.contains(&"dhcp4 43 ".to_owned()), "{runs:?}");
    let runs = set("", "", "0201ff").await;
    assert!(
        runs.contains(&format!("{inside} 2 FF")) && !runs.iter().any(|one| one.contains(&format!("{inside} 1"))),
        "{runs:?}"
    );
    let runs = set("9999", "9", "0a").await;
    assert!(runs.contains(&"vendor-9999 9 0A".to_owned()) && runs.contains(&"dhcp4 125 9999".to_owned()), "{runs:?}");
}
