//! Loggers, DNS updates and hook libraries of a server on their pages, before a real Kea.

use serde_json::{Value, json};

use crate::support::{Kea, Nestor, PASSWORD};

fn site() -> Kea {
    Kea::start(json!({
        "loggers": [{ "name": "kea-dhcp4", "severity": "INFO", "output-options": [{ "output": "stdout" }] }],
        "dhcp-ddns": { "enable-updates": true },
    }))
}

fn running(kea: &Kea) -> Value {
    kea.command("config-get", &json!(null))["arguments"]["Dhcp4"].clone()
}

async fn ask(nestor: &Nestor, cookie: &str, path: &str, arguments: Value) -> Value {
    let (status, answer) = nestor.call(path, &arguments, cookie).await;
    assert_eq!(status, 200, "{path}: {answer}");
    answer
}

/// Has edits, as pages have them, reviewed and applied.
async fn apply(nestor: &Nestor, cookie: &str, edits: Value, more: Value) -> (u16, Value) {
    let plan = ask(nestor, cookie, "/api/config/plan", json!({ "server": "kea", "edits": edits })).await;
    let mut request = json!({ "edits": plan["edits"], "back": plan["back"], "base": plan["base"] });
    let mut asked = json!({ "server": "kea" });
    for (name, value) in more.as_object().unwrap() {
        if name == "password" { asked[name] = value.clone() } else { request[name] = value.clone() }
    }
    asked["request"] = request;
    nestor.call("/api/config/apply", &asked, cookie).await
}

#[tokio::test]
async fn a_logger_says_more_for_a_while_and_goes_back_by_itself() {
    let kea = site();
    let nestor = Nestor::before(&kea);
    let cookie = nestor.sign_in("operator").await;
    let loggers = ask(&nestor, &cookie, "/api/config/loggers", json!({ "server": "kea" })).await;
    let main = &loggers["loggers"][0];
    assert_eq!((&main["name"], &main["says_all"]), (&json!("kea-dhcp4"), &json!(false)), "{loggers}");
    assert!(loggers["choices"].to_string().contains("kea-dhcp4.host-cmds-hooks"), "of the hooks that are loaded");
    let path = main["path"].as_str().unwrap();
    let more = json!([
        { "op": "set", "path": format!("{path}.severity"), "value": "\"DEBUG\"" },
        { "op": "set", "path": format!("{path}.debuglevel"), "value": "99" },
    ]);
    let (status, applied) = apply(&nestor, &cookie, more, json!({ "confirm_within": 8 })).await;
    assert_eq!(status, 200, "operators may: {applied}");
    assert!(applied["confirm_until"].is_number() || applied["confirm_until"].is_string(), "{applied}");
    assert_eq!(running(&kea)["loggers"][0]["severity"], "DEBUG");
    let loggers = ask(&nestor, &cookie, "/api/config/loggers", json!({ "server": "kea" })).await;
    let main = &loggers["loggers"][0];
    assert_eq!((&main["says_all"], &main["debugging"]["change"]), (&json!(true), &applied["change"]), "{loggers}");
    let mut logger = Value::Null;
    for _ in 0..240 {
        let loggers = ask(&nestor, &cookie, "/api/config/loggers", json!({ "server": "kea" })).await;
        logger = loggers["loggers"][0].clone();
        if logger["debugging"].is_null() {
            break;
        }
        tokio::time::sleep(std::time::Duration::from_millis(250)).await;
    }
    assert_eq!((&logger["says_all"], &logger["debugging"]), (&json!(false), &Value::Null));
    let logger = running(&kea)["loggers"][0].clone();
    assert_eq!((&logger["severity"], &logger["debuglevel"]), (&json!("INFO"), &json!(0)));
}

#[tokio::test]
async fn files_of_loggers_are_for_administrators_and_a_severity_is_never_missing() {
    let kea = site();
    let nestor = Nestor::before(&kea);
    let operator = nestor.sign_in("operator").await;
    let path = "loggers[name=kea-dhcp4]";
    let file = json!([{ "op": "add", "path": format!("{path}.output-options"), "value": "{\"output\":\"kea.log\"}" }]);
    assert_eq!(apply(&nestor, &operator, file.clone(), json!({ "password": PASSWORD })).await.0, 403);
    let admin = nestor.sign_in("admin").await;
    assert_eq!(apply(&nestor, &admin, file.clone(), json!({})).await.0, 422, "not without the password");
    let (status, applied) = apply(&nestor, &admin, file, json!({ "password": PASSWORD })).await;
    assert_eq!(status, 200, "{applied}");
    let unset = json!([{ "op": "unset", "path": format!("{path}.severity") }]);
    let (status, refused) = apply(&nestor, &operator, unset, json!({})).await;
    assert_eq!(status, 422, "{refused}");
    let part = json!([{ "op": "add", "path": "loggers", "value": r#"{"name":"kea-dhcp4.leases","severity":"WARN"}"# }]);
    let (status, applied) = apply(&nestor, &operator, part, json!({})).await;
    assert_eq!(status, 200, "without a file it is for operators: {applied}");
    let viewer = nestor.sign_in("viewer").await;
    let page = nestor.get("/servers/kea/logging", &viewer).await.text().await.unwrap();
    for text in ["kea-dhcp4.leases", "Leases that are given", "severity", "kea.log"] {
        assert!(page.contains(text), "{text}: {page}");
    }
    assert!(!page.contains("New logger"), "a viewer changes nothing");
}

#[tokio::test]
async fn dns_updates_are_one_page_that_says_what_they_need() {
    let kea = site();
    let nestor = Nestor::before(&kea);
    let cookie = nestor.sign_in("viewer").await;
    let settings = ask(&nestor, &cookie, "/api/config/ddns", json!({ "server": "kea" })).await;
    assert_eq!(settings["findings"][0]["rule"], "ddns-daemon", "{settings}");
    let page = nestor.get("/servers/kea/ddns", &cookie).await.text().await.unwrap();
    for text in ["enable-updates", "ddns-qualifying-suffix", "127.0.0.1 port 53001", "Connection to kea-dhcp-ddns"] {
        assert!(page.contains(text), "{text}: {page}");
    }
}

#[tokio::test]
async fn a_hook_is_added_with_its_parameters_and_what_is_missing_is_named_first() {
    let kea = site();
    let nestor = Nestor::before(&kea);
    let cookie = nestor.sign_in("admin").await;
    let hooks = ask(&nestor, &cookie, "/api/config/hooks", json!({ "server": "kea" })).await;
    let choice =
        |name: &str| hooks["choices"].as_array().unwrap().iter().find(|choice| choice["name"] == name).unwrap().clone();
    let add = |file: &Value| json!({ "op": "add", "path": "hooks-libraries", "value": json!({ "library": file }).to_string() });
    let script = choice("run_script");
    let (status, refused) =
        apply(&nestor, &cookie, json!([add(&script["file"])]), json!({ "password": PASSWORD })).await;
    assert_eq!(status, 422, "{refused}");
    assert!(refused.to_string().contains("“name” is missing"), "{refused}");
    let ping = choice("ping_check");
    let parameter =
        ping["groups"][0]["parameters"].as_array().unwrap().iter().find(|row| row["name"] == "reply-timeout");
    let set = json!({ "op": "set", "path": parameter.unwrap()["path"], "value": "250" });
    let (status, applied) =
        apply(&nestor, &cookie, json!([add(&ping["file"]), set]), json!({ "password": PASSWORD })).await;
    assert_eq!(status, 200, "{applied}");
    let loaded = running(&kea)["hooks-libraries"]
        .as_array()
        .unwrap()
        .iter()
        .find(|hook| hook["parameters"].is_object())
        .cloned();
    assert_eq!(loaded.unwrap()["parameters"]["reply-timeout"], 250);
    let page = nestor.get("/servers/kea/hooks", &cookie).await.text().await.unwrap();
    for text in ["reply-timeout", "Parameters: 1 of 5 set", "does not tell the version"] {
        assert!(page.contains(text), "{text}: {page}");
    }
}
