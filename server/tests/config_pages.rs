//! What a server runs, on its pages and through the functions that feed them, before a real Kea.

use serde_json::{Value, json};

use crate::support::{Kea, Nestor, PASSWORD, kea};

fn site() -> Kea {
    Kea::start(json!({
        "valid-lifetime": 7200,
        "shared-networks": [{
            "name": "west", "renew-timer": 900,
            "subnet4": [{ "id": 7, "subnet": "192.0.2.0/24", "pools": [{ "pool": "192.0.2.10-192.0.2.20" }] }],
        }],
        "subnet4": (1..=300).map(|third| json!({ "id": 1000 + third, "subnet": format!("10.{}.{}.0/24", third / 250, third % 250) }))
            .collect::<Vec<_>>(),
    }))
}

async fn ask(nestor: &Nestor, cookie: &str, path: &str, arguments: Value) -> Value {
    let (status, answer) = nestor.call(path, &arguments, cookie).await;
    assert_eq!(status, 200, "{path}: {answer}");
    answer
}

#[tokio::test]
async fn a_configuration_is_shown_part_by_part_without_secrets() {
    let kea = site();
    let nestor = Nestor::before(&kea);
    let cookie = nestor.sign_in("viewer").await;
    let show = async |path: &str, offset: u32| {
        let asked = json!({ "server": "kea", "path": path, "offset": offset });
        ask(&nestor, &cookie, "/api/config/show", asked).await
    };
    let root = show("", 0).await;
    let names: Vec<&str> =
        root["parts"].as_array().unwrap().iter().map(|part| part["path"].as_str().unwrap()).collect();
    assert!(names.contains(&"shared-networks") && names.contains(&"control-sockets"), "{names:?}");
    let list = show("subnet4", 200).await;
    assert_eq!((&list["total"], list["parts"].as_array().unwrap().len()), (&json!(300), 100), "the second page");
    let subnet = "shared-networks[name=west].subnet4[id=7]";
    let pools = show(&format!("{subnet}.pools"), 0).await;
    assert_eq!(pools["parts"][0]["label"], "pool 192.0.2.10-192.0.2.20");
    assert_eq!(pools["above"][1], json!(["shared-networks[name=west]", "shared network west"]));
    let whole = json!({ "server": "kea", "path": "" });
    for path in ["/api/config/text", "/api/config/show", "/api/config/parameters"] {
        let answer = ask(&nestor, &cookie, path, whole.clone()).await.to_string();
        assert!(!answer.contains(kea.password()), "{path} shows a password");
    }
    let (status, problem) =
        nestor.call("/api/config/show", &json!({ "server": "kea", "path": "subnet4[id=9]" }), &cookie).await;
    assert_eq!(status, 404, "{problem}");
    assert!(problem["text"].as_str().unwrap().contains("[id=1001]"), "it says what there is: {problem}");
    let found = ask(&nestor, &cookie, "/api/config/search", json!({ "server": "kea", "text": "WEST" })).await;
    assert_eq!((&found["total"], &found["parts"][0]["path"]), (&json!(1), &json!("shared-networks[name=west].name")));
    let found = ask(&nestor, &cookie, "/api/config/search", json!({ "server": "kea", "text": kea.password() })).await;
    assert_eq!(found["total"], 0, "a secret is not found either");
}

#[tokio::test]
async fn parameters_say_what_holds_and_where_it_comes_from() {
    let kea = site();
    let nestor = Nestor::before(&kea);
    let cookie = nestor.sign_in("viewer").await;
    let asked = json!({ "server": "kea", "path": "shared-networks[name=west].subnet4[id=7]" });
    let answer = ask(&nestor, &cookie, "/api/config/parameters", asked).await;
    let one = |name: &str| {
        let groups = answer["groups"].as_array().unwrap().iter();
        let all = groups.flat_map(|group| group["parameters"].as_array().unwrap());
        all.clone().find(|row| row["name"] == name).unwrap().clone()
    };
    let lease_time = one("valid-lifetime");
    assert_eq!((&lease_time["own"], &lease_time["inherited"]), (&Value::Null, &json!("7200")));
    assert_eq!(lease_time["from"], "from the whole server");
    assert_eq!(one("renew-timer")["from"], "from shared network west");
    let west = nestor.get("/servers/kea/parameters?at=shared-networks%5Bname%3Dwest%5D", &cookie).await;
    let west = west.text().await.unwrap();
    assert!(west.contains("15 min") && west.contains("set here"), "any part that has parameters: {west}");
    let page = nestor.get("/servers/kea/parameters", &cookie).await.text().await.unwrap();
    for text in ["valid-lifetime", "2 h", "Lease times", "DNS updates", "Kea’s default"] {
        assert!(page.contains(text), "{text}");
    }
}

#[tokio::test]
async fn the_pages_of_a_server_are_rendered_for_everybody_who_may_look() {
    let kea = kea();
    let nestor = Nestor::before(&kea);
    let cookie = nestor.sign_in("viewer").await;
    let page = async |path: &str| nestor.get(path, &cookie).await.text().await.unwrap();
    let parts = page("/servers/kea/configuration?at=subnet4%5Bid%3D1%5D.pools").await;
    assert!(parts.contains("pool 192.0.2.100-192.0.2.199") && parts.contains("subnet 192.0.2.0/24 (id 1)"), "{parts}");
    let search = page("/servers/kea/configuration?text=routers").await;
    assert!(search.contains("1 found"), "{search}");
    let findings = page("/servers/kea/findings").await;
    assert!(findings.contains("config-finding") || findings.contains("No problems were found"), "{findings}");
    let check = page("/servers/kea/check").await;
    assert!(check.contains("check-line") && check.contains("Kea listens on no interface"), "{check}");
    assert!(check.contains("checks passed") && !check.contains(kea.password()), "{check}");
    let hooks = page("/servers/kea/hooks").await;
    assert!(hooks.contains("libdhcp_host_cmds.so") && hooks.contains("Commands to manage reservations."), "{hooks}");
    assert!(!hooks.contains("Remove…") && !hooks.contains("Add a hook library"), "viewers only look");
    let overview = page("/").await;
    assert!(overview.contains("/servers/kea/check"), "what a check found needs attention: {overview}");
    let none = page("/servers/nobody/parameters").await;
    assert!(none.contains("nobody"), "a server that there is none of is said to be none: {none}");
    let card = page("/servers").await;
    assert!(card.contains("/servers/kea/configuration"), "the way there");
}

#[tokio::test]
async fn a_plan_names_what_would_change_and_where_an_edit_cannot_be_read() {
    let kea = kea();
    let nestor = Nestor::before(&kea);
    let cookie = nestor.sign_in("operator").await;
    let plan = async |edits: Value| {
        nestor.call("/api/config/plan", &json!({ "server": "kea", "edits": edits }), &cookie).await
    };
    let grow = json!([{
        "op": "set", "path": "subnet4[id=1].pools[pool=192.0.2.100-192.0.2.199].pool",
        "value": "\"192.0.2.100-192.0.2.219\"",
    }]);
    let (status, planned) = plan(grow).await;
    assert_eq!(status, 200, "{planned}");
    assert!(
        planned["words"][0].as_str().unwrap().contains("192.0.2.219")
            || planned["words"][1].as_str().unwrap().contains("192.0.2.219"),
        "{planned}"
    );
    assert_eq!(planned["commands"][0]["server"], "kea");
    let (status, planned) = plan(json!([{ "op": "set", "path": "valid-lifetime", "value": "{\n  \"a\" 1 }" }])).await;
    assert_eq!((status, &planned["fields"][0]["field"]), (422, &json!("edits[0].value")));
    assert!(planned["fields"][0]["text"].as_str().unwrap().starts_with("line 2, column "), "{planned}");
}

/// What a subnet of a Kea runs with.
fn pools(kea: &Kea) -> Value {
    kea.command("config-get", &json!(null))["arguments"]["Dhcp4"]["subnet4"][0]["pools"].clone()
}

#[tokio::test]
async fn a_plan_is_applied_as_it_was_shown_and_undone() {
    let kea = kea();
    let nestor = Nestor::before(&kea);
    let cookie = nestor.sign_in("operator").await;
    let grow = json!([{
        "op": "set", "path": "subnet4[id=1].pools[pool=192.0.2.100-192.0.2.199].pool",
        "value": "\"192.0.2.100-192.0.2.219\"",
    }]);
    let plan = ask(&nestor, &cookie, "/api/config/plan", json!({ "server": "kea", "edits": grow })).await;
    assert_eq!(plan["findings"], json!([]), "nothing is left behind");
    let request = json!({ "edits": plan["edits"], "back": plan["back"], "base": plan["base"], "note": "more phones" });
    let arguments = json!({ "server": "kea", "request": request });
    let applied = ask(&nestor, &cookie, "/api/config/apply", arguments.clone()).await;
    assert_eq!(pools(&kea)[0]["pool"], "192.0.2.100-192.0.2.219", "{applied}");
    let viewer = nestor.sign_in("viewer").await;
    assert_eq!(nestor.call("/api/config/apply", &arguments, &viewer).await.0, 403);
    ask(&nestor, &cookie, "/api/changes/undo", json!({ "number": applied["change"] })).await;
    assert_eq!(pools(&kea)[0]["pool"], "192.0.2.100-192.0.2.199");
}

#[tokio::test]
async fn the_settings_of_a_subnet_are_one_page_with_what_holds() {
    let kea = site();
    let nestor = Nestor::before(&kea);
    let cookie = nestor.sign_in("viewer").await;
    let page = nestor.get("/networks/kea/7/settings", &cookie).await.text().await.unwrap();
    for text in ["192.0.2.10-192.0.2.20", "from shared network west", "renew-timer", "15 min", "pool-bar"] {
        assert!(page.contains(text), "{text}");
    }
    let none = nestor.get("/networks/kea/8/settings", &cookie).await.text().await.unwrap();
    assert!(none.contains("does not exist"), "{none}");
    let addresses = nestor.get("/networks/kea/7", &cookie).await.text().await.unwrap();
    assert!(addresses.contains("/networks/kea/7/settings"), "the way there");
}

#[tokio::test]
async fn a_new_subnet_needs_a_prefix_and_what_goes_says_what_it_leaves_behind() {
    let kea = kea();
    let nestor = Nestor::before(&kea);
    let cookie = nestor.sign_in("operator").await;
    let asked = json!({ "server": "kea", "prefix": "198.51.100.0/24" });
    let proposal = ask(&nestor, &cookie, "/api/config/propose-subnet", asked).await;
    assert_eq!((&proposal["id"], &proposal["pool"]), (&json!(2), &json!("198.51.100.10-198.51.100.254")));
    let value = json!({ "id": proposal["id"], "subnet": proposal["prefix"], "pools": [{ "pool": proposal["pool"] }] });
    let add = json!([{ "op": "add", "path": proposal["list"], "value": value.to_string() }]);
    let plan = ask(&nestor, &cookie, "/api/config/plan", json!({ "server": "kea", "edits": add })).await;
    let request = json!({ "edits": plan["edits"], "base": plan["base"], "back": plan["back"] });
    ask(&nestor, &cookie, "/api/config/apply", json!({ "server": "kea", "request": request })).await;

    let lease = json!({ "ip-address": "198.51.100.20", "hw-address": "02:00:00:00:00:07", "subnet-id": 2 });
    kea.command("lease4-add", &lease);
    let plan = async |edits: Value| {
        ask(&nestor, &cookie, "/api/config/plan", json!({ "server": "kea", "edits": edits })).await
    };
    let shrunk = plan(json!([{
        "op": "set", "path": "subnet4[id=2].pools[pool=198.51.100.10-198.51.100.254].pool",
        "value": "\"198.51.100.100-198.51.100.254\"",
    }]))
    .await;
    assert!(shrunk["findings"].to_string().contains("1 lease is outside of the pools"), "{shrunk}");
    let deleted = plan(json!([{ "op": "remove", "path": "subnet4[id=2]" }])).await;
    let finding = &deleted["findings"][0];
    assert_eq!((&finding["rule"], &finding["level"]), (&json!("left-behind"), &json!("warning")), "{deleted}");
    assert!(finding["text"].as_str().unwrap().contains("1 lease"), "{deleted}");
}

#[tokio::test]
async fn what_may_harm_the_host_is_for_administrators_who_give_their_password() {
    let kea = kea();
    let nestor = Nestor::before(&kea);
    let logger = json!({ "name": "kea-dhcp4.test", "severity": "INFO", "output-options": [{ "output": "stdout" }] });
    let edits = json!([{ "op": "add", "path": "loggers", "value": logger }]).to_string();
    let apply = async |role: &str, password: Option<&str>| {
        let cookie = nestor.sign_in(role).await;
        let arguments = json!({ "server": "kea", "request": { "edits": edits }, "password": password });
        nestor.call("/api/config/apply", &arguments, &cookie).await
    };
    assert_eq!(apply("operator", Some(PASSWORD)).await.0, 403);
    let (status, problem) = apply("admin", None).await;
    assert_eq!(status, 422, "{problem}");
    assert_eq!(apply("admin", Some("not the password")).await.0, 422);
    let (status, applied) = apply("admin", Some(PASSWORD)).await;
    assert_eq!(status, 200, "{applied}");
}

#[tokio::test]
async fn dangerous_changes_are_undone_and_restored_with_the_password() {
    let kea = kea();
    let nestor = Nestor::before(&kea);
    let (operator, admin) = (nestor.sign_in("operator").await, nestor.sign_in("admin").await);
    let loggers =
        || kea.command("config-get", &json!(null))["arguments"]["Dhcp4"]["loggers"].as_array().map_or(0, Vec::len);
    let before = loggers();
    let logger = json!({ "name": "kea-dhcp4.test", "severity": "INFO", "output-options": [{ "output": "stdout" }] });
    let edits = json!([{ "op": "add", "path": "loggers", "value": logger }]).to_string();
    let arguments = json!({ "server": "kea", "request": { "edits": edits }, "password": PASSWORD });
    let number = ask(&nestor, &admin, "/api/config/apply", arguments).await["change"].clone();
    assert_eq!(loggers(), before + 1);
    let way = ask(&nestor, &admin, "/api/changes/way-back", json!({ "number": number })).await;
    assert!(way["dangers"][0].as_str().unwrap().contains("end what the server does by it"), "{way}");
    let undo = async |cookie: &str, password: Option<&str>| {
        let (status, answer) =
            nestor.call("/api/changes/undo", &json!({ "number": number, "password": password }), cookie).await;
        (status, answer["kind"].as_str().unwrap_or_default().to_owned())
    };
    assert_eq!(undo(&operator, Some(PASSWORD)).await, (403, "forbidden".to_owned()));
    assert_eq!(undo(&admin, None).await, (422, "dangerous".to_owned()));
    assert_eq!(undo(&admin, Some("wrong")).await, (422, "invalid".to_owned()));
    assert_eq!(loggers(), before + 1, "nothing of that was done");
    assert_eq!(undo(&admin, Some(PASSWORD)).await.0, 200);
    assert_eq!(loggers(), before);
    let again = json!({ "number": number, "version": "after" });
    assert_eq!(nestor.call("/api/changes/restore", &again, &admin).await.0, 422);
    let again = json!({ "number": number, "version": "after", "password": PASSWORD });
    ask(&nestor, &admin, "/api/changes/restore", again).await;
    assert_eq!(loggers(), before + 1);
}

#[tokio::test]
async fn what_waits_to_be_confirmed_is_on_the_pages_of_its_server_until_somebody_decides() {
    let kea = kea();
    let nestor = Nestor::before(&kea);
    let (viewer, operator) = (nestor.sign_in("viewer").await, nestor.sign_in("operator").await);
    let edits = json!([{ "op": "set", "path": "valid-lifetime", "value": 1800 }]).to_string();
    let apply = async || {
        let request = json!({ "edits": edits, "confirm_within": 3600 });
        let arguments = json!({ "server": "kea", "request": request });
        // Its first sign of life comes a moment after it listens.
        for _ in 0..100 {
            let (status, applied) = nestor.call("/api/config/apply", &arguments, &operator).await;
            if status == 200 {
                return applied["change"].as_i64().unwrap();
            }
            tokio::time::sleep(std::time::Duration::from_millis(200)).await;
        }
        panic!("nobody would take it back")
    };
    let number = apply().await;
    let shown = format!("Change #{number}");
    let page = async |path: &str| nestor.get(path, &viewer).await.text().await.unwrap();
    let overview = page("/").await;
    assert!(overview.contains(&format!("{shown} by operator is taken back unless somebody keeps it")), "{overview}");
    for path in ["/servers", "/servers/kea/options", "/servers/kea/history", "/networks/kea/1/settings"] {
        let page = page(path).await;
        assert!(page.contains(&shown) && page.contains(" of kea by operator"), "{path}: {page}");
        assert!(page.contains("valid-lifetime from 3600 to 1800") && !page.contains("Keep it"), "{path}: {page}");
    }
    let listed = ask(&nestor, &viewer, "/api/config/unconfirmed", json!({ "server": "kea" })).await;
    assert_eq!((&listed[0]["change"], &listed[0]["parts"]), (&json!(number), &json!(["valid-lifetime"])));
    for path in ["/api/config/confirm", "/api/changes/take-back"] {
        let arguments = json!({ "server": "kea", "change": number, "number": number });
        assert_eq!(nestor.call(path, &arguments, &viewer).await.0, 403, "{path}");
    }
    let lifetime = || kea.command("config-get", &json!(null))["arguments"]["Dhcp4"]["valid-lifetime"].clone();
    ask(&nestor, &operator, "/api/changes/take-back", json!({ "number": number })).await;
    assert_eq!(lifetime(), 3600);
    assert!(!page("/").await.contains(&shown), "it is decided");
    let number = apply().await;
    let kept = ask(&nestor, &operator, "/api/config/confirm", json!({ "server": "kea", "change": number })).await;
    assert_eq!((kept, lifetime()), (json!([number]), json!(1800)));
    assert!(!page("/servers/kea/options").await.contains(&format!("Change #{number}")), "it is decided");
}

#[tokio::test]
async fn what_a_server_ran_is_listed_and_leads_back() {
    let kea = kea();
    let nestor = Nestor::before(&kea);
    let cookie = nestor.sign_in("operator").await;
    let revisions = async |least: usize| {
        for _ in 0..200 {
            let page = ask(&nestor, &cookie, "/api/config/history", json!({ "server": "kea" })).await;
            if page["revisions"].as_array().unwrap().len() >= least {
                return page["revisions"].clone();
            }
            tokio::time::sleep(std::time::Duration::from_millis(250)).await;
        }
        panic!("there are not {least} revisions");
    };
    revisions(1).await;
    let edits = json!([{ "op": "set", "path": "valid-lifetime", "value": 1800 }]).to_string();
    ask(&nestor, &cookie, "/api/config/apply", json!({ "server": "kea", "request": { "edits": edits } })).await;
    let both = revisions(2).await;
    assert!(both[0]["words"].to_string().contains("valid-lifetime from 3600 to 1800"), "{both}");
    let page = nestor.get("/servers/kea/history", &cookie).await.text().await.unwrap();
    assert!(page.contains("seen for the first time") && page.contains("from 3600 to 1800"), "{page}");
    let back = ask(&nestor, &cookie, "/api/config/restoration", json!({ "server": "kea", "number": 1 })).await;
    assert_eq!(back, json!([{ "op": "set", "path": "valid-lifetime", "value": "3600" }]));
    let asked = json!({ "server": "kea", "from": 1 });
    let differs = ask(&nestor, &cookie, "/api/config/difference", asked).await;
    assert_eq!(differs["words"], json!(["valid-lifetime from 3600 to 1800"]));
    assert_eq!(differs["paths"], json!(["valid-lifetime"]), "a part to lead back alone");
    for (address, shown) in [("?from=1", "From #1 to what runs now"), ("?from=1&to=2", "From #1 to #2")] {
        let page = nestor.get(&format!("/servers/kea/history{address}"), &cookie).await.text().await.unwrap();
        assert!(page.contains(shown) && page.contains("data-testid=\"differences\""), "{address}: {page}");
        assert!(page.contains("Last looked at"), "{page}");
    }
    let servers = nestor.get("/servers", &cookie).await.text().await.unwrap();
    assert!(servers.contains("Running since") && servers.contains("Configuration loaded"), "{servers}");
}

#[tokio::test]
async fn what_others_changed_is_on_the_overview_until_somebody_has_looked() {
    let kea = kea();
    let nestor = Nestor::before(&kea);
    let [viewer, operator] = [nestor.sign_in("viewer").await, nestor.sign_in("operator").await];
    let history = async || ask(&nestor, &viewer, "/api/config/history", json!({ "server": "kea" })).await;
    let until = async |what: &str, is_so: &dyn Fn(&Value) -> bool| {
        for _ in 0..280 {
            let page = history().await;
            if is_so(&page) {
                return page;
            }
            tokio::time::sleep(std::time::Duration::from_millis(250)).await;
        }
        panic!("{what}: {}", history().await);
    };
    until("the first look", &|page| page["revisions"].as_array().is_some_and(|all| !all.is_empty())).await;
    let subnet = json!({ "subnet4": [{ "id": 7, "subnet": "198.51.100.0/24" }] });
    assert_eq!(kea.command("subnet4-add", &subnet)["result"], 0);
    let page = until("the change", &|page| !page["unseen"].is_null()).await;
    assert_eq!(page["perhaps_unsaved"], true, "{page}");
    for address in ["/", "/changes"] {
        let page = nestor.get(address, &viewer).await.text().await.unwrap();
        assert!(
            page.contains("changed outside Nestor") && page.contains("198.51.100.0/24 (id 7) added"),
            "{address}: {page}"
        );
        assert!(page.contains("/servers/kea/history"), "{address}: {page}");
    }
    let (status, _) = nestor.call("/api/config/seen", &json!({ "server": "kea", "number": 2 }), &viewer).await;
    assert_eq!(status, 403, "who may not decide about it has not dealt with it");
    ask(&nestor, &operator, "/api/config/seen", json!({ "server": "kea", "number": 2 })).await;
    for address in ["/", "/changes"] {
        let page = nestor.get(address, &viewer).await.text().await.unwrap();
        assert!(!page.contains("changed outside Nestor"), "{address}: {page}");
    }
    let page = nestor.get("/servers/kea/history", &operator).await.text().await.unwrap();
    assert!(page.contains("Kea does not say whether they saved it"), "{page}");
    ask(&nestor, &operator, "/api/servers/save", json!({ "server": "kea" })).await;
    assert_eq!(history().await["perhaps_unsaved"], false);
}

#[tokio::test]
async fn what_touched_a_part_is_found_from_the_part() {
    let kea = kea();
    let nestor = Nestor::before(&kea);
    let cookie = nestor.sign_in("operator").await;
    for edits in [
        json!([{ "op": "add", "path": "client-classes", "value": { "name": "pxe" } }]),
        json!([{ "op": "set", "path": "subnet4[id=1].renew-timer", "value": 7 }, { "op": "set", "path": "valid-lifetime", "value": 1800 }]),
        json!([{ "op": "set", "path": "subnet4[id=1].rebind-timer", "value": 70 }]),
    ] {
        let request = json!({ "server": "kea", "request": { "edits": edits.to_string() } });
        ask(&nestor, &cookie, "/api/config/apply", request).await;
    }
    let numbers = async |query: Value| {
        let mut query = query;
        (query["filter"], query["text"]) = (json!("all"), json!(""));
        let page = ask(&nestor, &cookie, "/api/changes/list", json!({ "query": query })).await;
        page["changes"].as_array().unwrap().iter().map(|change| change["number"].clone()).collect::<Vec<_>>()
    };
    let at = async |path: &str| numbers(json!({ "server": "kea", "at": path })).await;
    assert_eq!(at("client-classes[name=pxe]").await, [1]);
    assert_eq!(at("subnet4[id=1]").await, [3, 2]);
    assert_eq!(at("subnet4[id=1].renew-timer").await, [2]);
    assert_eq!(at("valid-lifetime").await, [2]);
    assert_eq!(at("subnet4[id=11]").await, [0; 0]);
    let subnet = json!({ "server": "kea", "id": 1 });
    assert_eq!(numbers(json!({ "subnet": subnet })).await, [3, 2], "the one of several parts, too");
    let (status, problem) = nestor
        .call("/api/changes/list", &json!({ "query": { "filter": "all", "text": "", "at": "x" } }), &cookie)
        .await;
    assert!(status == 422 && problem.to_string().contains("name the server"), "{problem}");
    let page =
        nestor.get("/servers/kea/classes?at=client-classes%5Bname%3Dpxe%5D", &cookie).await.text().await.unwrap();
    assert!(page.contains("/changes?server=kea&amp;at=client-classes%5Bname%3Dpxe%5D"), "{page}");
    let page = nestor.get("/changes?server=kea&at=client-classes%5Bname%3Dpxe%5D", &cookie).await.text().await.unwrap();
    assert!(page.contains("Only changes of client-classes[name=pxe]"), "{page}");
}

#[tokio::test]
async fn a_hook_that_is_missing_is_loaded_as_the_check_says() {
    let libraries =
        ["host_cmds", "lease_cmds", "stat_cmds"].map(|name| json!({ "library": format!("libdhcp_{name}.so") }));
    let kea = Kea::start(json!({ "hooks-libraries": libraries }));
    let nestor = Nestor::before(&kea);
    let cookie = nestor.sign_in("admin").await;
    let check = async || ask(&nestor, &cookie, "/api/servers/check", json!({ "server": "kea" })).await;
    let of_hook = |said: &Value| {
        let mut lines = said["lines"].as_array().unwrap().iter();
        lines.find(|line| line["text"].as_str().unwrap().contains("library subnet_cmds")).cloned()
    };
    let line = of_hook(&check().await).expect("it is missing");
    let planned = ask(&nestor, &cookie, "/api/config/plan", json!({ "server": "kea", "edits": line["edits"] })).await;
    assert!(!planned["dangers"].as_array().unwrap().is_empty(), "loading code is dangerous: {planned}");
    let request = json!({ "edits": planned["edits"], "base": planned["base"], "back": planned["back"] });
    let (status, refused) =
        nestor.call("/api/config/apply", &json!({ "server": "kea", "request": request }), &cookie).await;
    assert_eq!(status, 422, "not without the password: {refused}");
    let meant = json!({ "server": "kea", "request": request, "password": PASSWORD });
    ask(&nestor, &cookie, "/api/config/apply", meant).await;
    assert_eq!(of_hook(&check().await), None, "it is loaded");
}

#[tokio::test]
async fn several_subnets_are_changed_and_undone_as_one() {
    let kea = site();
    let nestor = Nestor::before(&kea);
    let cookie = nestor.sign_in("operator").await;
    let choices = ask(&nestor, &cookie, "/api/subnets/choices", json!({ "text": "" })).await;
    let ids: Vec<&Value> = choices.as_array().unwrap().iter().map(|choice| &choice["key"]["id"]).collect();
    assert_eq!(ids.len(), 301, "all of them, and not a page");
    let some = ask(&nestor, &cookie, "/api/subnets/choices", json!({ "text": "west" })).await;
    assert_eq!((some.as_array().unwrap().len(), &some[0]["key"]["id"]), (1, &json!(7)));
    let wish = json!([{ "op": "add", "path": "option-data", "value": r#"{"code":6,"data":"192.0.2.53"}"# }]);
    let asked = json!({ "server": "kea", "subnets": ids, "edits": wish });
    let edits = ask(&nestor, &cookie, "/api/config/spread", asked.clone()).await;
    let plan = ask(&nestor, &cookie, "/api/config/plan", json!({ "server": "kea", "edits": edits })).await;
    assert_eq!(plan["summary"].as_array().unwrap().len(), 1, "once for all: {}", plan["summary"]);
    assert_eq!(plan["summary"][0]["text"], "in 301 subnets: option 6 (domain-name-servers) added: 192.0.2.53");
    assert_eq!(plan["summary"][0]["subnets"].as_array().unwrap().len(), 301);
    let request = json!({ "edits": plan["edits"], "back": plan["back"], "base": plan["base"] });
    let begun = std::time::Instant::now();
    let applied = ask(&nestor, &cookie, "/api/config/apply", json!({ "server": "kea", "request": request })).await;
    println!("301 subnets in one change: {:?}", begun.elapsed());
    let words = applied["words"].as_array().unwrap();
    assert!(words.len() == 1 && words[0].as_str().unwrap().ends_with("and 281 more)"), "{words:?}");
    let with_option = || {
        let running = kea.command("config-get", &json!(null))["arguments"]["Dhcp4"].clone();
        let inside = running["shared-networks"][0]["subnet4"].as_array().unwrap().clone();
        let all = running["subnet4"].as_array().unwrap().iter().chain(&inside).cloned().collect::<Vec<_>>();
        all.iter().filter(|subnet| subnet["option-data"][0]["data"] == "192.0.2.53").count()
    };
    assert_eq!(with_option(), 301);
    assert_eq!(ask(&nestor, &cookie, "/api/config/spread", asked).await, json!([]), "they have it");
    ask(&nestor, &cookie, "/api/changes/undo", json!({ "number": applied["change"] })).await;
    assert_eq!(with_option(), 0);
    let (status, problem) = nestor
        .call("/api/config/spread", &json!({ "server": "kea", "subnets": [4_000_000], "edits": wish }), &cookie)
        .await;
    assert_eq!(status, 422, "{problem}");
    let page = nestor.get("/networks/bulk?text=west", &cookie).await.text().await.unwrap();
    assert!(page.contains("Change several subnets") && page.contains("192.0.2.0/24"), "{page}");
    assert!(!page.contains("10.0.1.0/24"), "only what matches");
}

#[tokio::test]
async fn a_template_is_filled_in_for_a_server_or_a_part_of_it_and_again_with_another_value() {
    let kea = site();
    let nestor = Nestor::before(&kea);
    let cookie = nestor.sign_in("operator").await;
    let listed = ask(&nestor, &cookie, "/api/config/templates", json!({ "server": "kea" })).await;
    assert_eq!(listed["templates"][0]["fields"][0]["name"], "controller");
    assert_eq!(listed["places"][0], json!(["shared-networks[name=west]", "shared network west"]));
    let fill = async |controller: &str, places: Value| {
        let values = json!([["controller", controller]]);
        let asked = json!({ "server": "kea", "name": "unifi", "values": values, "places": places });
        nestor.call("/api/config/template", &asked, &cookie).await
    };
    let (status, problem) = fill("unifi", json!([])).await;
    assert_eq!((status, &problem["fields"][0]["field"]), (422, &json!("controller")), "{problem}");
    let apply = async |edits: Value| {
        let plan = ask(&nestor, &cookie, "/api/config/plan", json!({ "server": "kea", "edits": edits })).await;
        assert_eq!(plan["findings"], json!([]), "{plan}");
        let request = json!({ "edits": plan["edits"], "back": plan["back"], "base": plan["base"] });
        ask(&nestor, &cookie, "/api/config/apply", json!({ "server": "kea", "request": request })).await
    };
    let running = || kea.command("config-get", &json!(null))["arguments"]["Dhcp4"].clone();
    let (_, edits) = fill("192.0.2.5", json!(["shared-networks[name=west]"])).await;
    apply(edits).await;
    let west = running()["shared-networks"][0]["evaluate-additional-classes"].clone();
    assert_eq!(west, json!(["unifi"]), "{}", running()["client-classes"]);
    let (_, edits) = fill("192.0.2.6", json!(["shared-networks[name=west]"])).await;
    apply(edits).await;
    let classes = running()["client-classes"].to_string();
    assert!(classes.contains("192.0.2.6") && !classes.contains("192.0.2.5"), "{classes}");
    let (_, edits) = fill("192.0.2.6", json!([])).await;
    apply(edits).await;
    assert_ne!(running()["client-classes"][0]["only-in-additional-list"], json!(true), "for the whole server again");
    let page = nestor.get("/servers/kea/templates", &cookie).await.text().await.unwrap();
    assert!(page.contains("UniFi") && page.contains("shared network west"), "{page}");
}

#[tokio::test]
async fn settings_of_a_subnet_lead_to_its_pools_and_its_network() {
    let kea = site();
    let nestor = Nestor::before(&kea);
    let cookie = nestor.sign_in("viewer").await;
    let page = async |path: &str| nestor.get(path, &cookie).await.text().await.unwrap();
    let settings = page("/networks/kea/7/settings").await;
    let network = "shared-networks%5Bname%3Dwest%5D";
    let pool = format!("{network}.subnet4%5Bid%3D7%5D.pools%5Bpool%3D192.0.2.10-192.0.2.20%5D");
    for part in [network, &pool] {
        for tab in ["options", "parameters"] {
            let way = format!("/servers/kea/{tab}?at={part}");
            assert!(settings.contains(&format!("href=\"{way}\"")), "{way}: {settings}");
            let there = page(&way).await;
            assert!(there.contains("Of ") && !there.contains("no-entry"), "{way}: {there}");
        }
    }
    assert!(page(&format!("/servers/kea/parameters?at={pool}")).await.contains("client-classes"), "whom it is for");
}

#[tokio::test]
async fn shared_networks_have_pages_and_a_way_from_networks_and_subnets() {
    let kea = site();
    let nestor = Nestor::before(&kea);
    let viewer = nestor.sign_in("viewer").await;
    let page = async |path: &str| nestor.get(path, &viewer).await.text().await.unwrap();
    let way = "/servers/kea/shared-networks?at=shared-networks%5Bname%3Dwest%5D";
    let list = page("/servers/kea/shared-networks").await;
    assert!(list.contains(way) && list.contains("renew-timer"), "{list}");
    assert!(!list.contains("New shared network"), "a viewer changes nothing");
    assert!(page("/networks").await.contains(way), "from the heading of its subnets");
    assert!(page("/networks/kea/7/settings").await.contains(way));
    let one = page(way).await;
    for text in ["192.0.2.0/24", "/networks/kea/7/settings", "All shared networks", "As JSON"] {
        assert!(one.contains(text), "{text}: {one}");
    }
    assert!(!one.contains("Take out") && !one.contains("Delete it"), "{one}");
    let none = page("/servers/kea/shared-networks?at=shared-networks%5Bname%3Dnone%5D").await;
    assert!(none.contains("there is no shared-networks[name=none]"), "{none}");
    let asked = json!({ "server": "kea", "path": "shared-networks[name=west]", "text": "10.1.49" });
    let found = ask(&nestor, &viewer, "/api/config/networks", asked).await;
    assert_eq!((&found["outside_total"], &found["outside"][0]["prefix"]), (&json!(1), &json!("10.1.49.0/24")));
    assert_eq!(found["inside"][0]["path"], "shared-networks[name=west].subnet4[id=7]");
    let all =
        ask(&nestor, &viewer, "/api/config/networks", json!({ "server": "kea", "path": "shared-networks[name=west]" }))
            .await;
    assert_eq!((&all["outside_total"], all["outside"].as_array().unwrap().len()), (&json!(300), 50));
}

#[tokio::test]
async fn the_number_of_a_subnet_that_is_gone_is_not_taken_again_unsaid() {
    let kea = kea();
    let nestor = Nestor::before(&kea);
    let cookie = nestor.sign_in("operator").await;
    let plan = async |edits: Value| {
        ask(&nestor, &cookie, "/api/config/plan", json!({ "server": "kea", "edits": edits })).await
    };
    let add = |id: u32, prefix: &str| json!([{ "op": "add", "path": "subnet4", "value": json!({ "id": id, "subnet": prefix }).to_string() }]);
    let again = async |id: u32, prefix: &str| {
        let findings = plan(add(id, prefix)).await["findings"].clone();
        let mut found = findings.as_array().unwrap().iter();
        found.find(|one| one["rule"] == "subnet-id-again").map(|one| one["text"].as_str().unwrap().to_owned())
    };
    let proposed = async || {
        let asked = json!({ "server": "kea", "prefix": "203.0.113.0/24" });
        ask(&nestor, &cookie, "/api/config/propose-subnet", asked).await["id"].clone()
    };
    let apply = async |edits: Value| {
        let planned = plan(edits).await;
        let request = json!({ "edits": planned["edits"], "back": planned["back"], "base": planned["base"] });
        ask(&nestor, &cookie, "/api/config/apply", json!({ "server": "kea", "request": request })).await
    };
    apply(add(7, "198.51.100.0/24")).await;
    assert_eq!((proposed().await, again(8, "203.0.113.0/24").await), (json!(8), None));
    let deleted = apply(json!([{ "op": "remove", "path": "subnet4[id=7]" }])).await;
    assert_eq!(proposed().await, 8, "not the one that was deleted");
    assert_eq!(again(7, "203.0.113.0/24").await, None, "nothing is left of it");
    let lend = |id: u32, address: &str| {
        let lease = json!({ "ip-address": address, "subnet-id": id, "hw-address": "02:00:5e:10:00:01" });
        assert_eq!(kea.command("lease4-add", &lease)["result"], 0, "{address}");
    };
    ask(&nestor, &cookie, "/api/changes/undo", json!({ "number": deleted["change"] })).await;
    lend(7, "198.51.100.9");
    let deleted = apply(json!([{ "op": "remove", "path": "subnet4[id=7]" }])).await;
    let said = again(7, "203.0.113.0/24").await.expect("it is said");
    assert!(said.contains("The number 7 was that of the subnet 198.51.100.0/24"), "{said}");
    assert!(said.contains("is left: 1 lease on kea."), "{said}");
    assert_eq!(again(7, "198.51.100.0/24").await, None, "it is the same subnet");
    let edits =
        json!([{ "op": "add", "path": "subnet4", "value": { "id": 7, "subnet": "203.0.113.0/24" } }]).to_string();
    let asked = json!({ "server": "kea", "request": { "edits": edits } });
    let (status, refused) = nestor.call("/api/config/apply", &asked, &cookie).await;
    assert!(status == 422 && refused["fields"][0]["text"] == said, "{refused}");
    ask(&nestor, &cookie, "/api/changes/undo", json!({ "number": deleted["change"] })).await;
    // What others delete is seen, too: once what runs now is known.
    let seen = async |words: &str| {
        for _ in 0..200 {
            let page = ask(&nestor, &cookie, "/api/config/history", json!({ "server": "kea" })).await;
            if page["revisions"][0]["words"].to_string().contains(words) {
                return;
            }
            tokio::time::sleep(std::time::Duration::from_millis(250)).await;
        }
        panic!("{words}: it is not seen");
    };
    apply(json!([{ "op": "remove", "path": "subnet4[id=7]" }])).await;
    apply(add(9, "198.51.100.0/24")).await;
    seen("(id 9) added").await;
    lend(9, "198.51.100.10");
    assert_eq!(kea.command("subnet4-del", &json!({ "id": 9 }))["result"], 0);
    seen("(id 9) removed").await;
    assert!(again(9, "203.0.113.0/24").await.is_some());
}

#[tokio::test]
async fn what_is_silenced_is_listed_by_itself_and_counts_nowhere() {
    let kea = kea();
    let nestor = Nestor::before(&kea);
    let (viewer, operator) = (nestor.sign_in("viewer").await, nestor.sign_in("operator").await);
    let check = async || ask(&nestor, &viewer, "/api/servers/check", json!({ "server": "kea" })).await;
    let text = "Kea listens on no interface";
    let listens = |said: &Value| {
        let lines = said["lines"].as_array().unwrap().clone();
        lines.into_iter().find(|line| line["text"].as_str().unwrap().starts_with(text))
    };
    let line = listens(&check().await).expect("it is found");
    let page = async |path: &str| nestor.get(path, &viewer).await.text().await.unwrap();
    let warnings = async || {
        let overview = ask(&nestor, &viewer, "/api/overview", json!({})).await;
        overview["checks"][0]["warnings"].as_i64().unwrap_or_default()
    };
    let before = warnings().await;
    assert!(before > 0, "it needs attention");
    let asked = json!({ "server": "kea", "findings": line["findings"], "reason": "a laboratory" });
    assert_eq!(nestor.call("/api/servers/silence", &asked, &viewer).await.0, 403);
    let (status, _) = nestor
        .call(
            "/api/servers/silence",
            &json!({ "server": "kea", "findings": line["findings"], "reason": " " }),
            &operator,
        )
        .await;
    assert_eq!(status, 422, "without a reason");
    ask(&nestor, &operator, "/api/servers/silence", asked).await;
    let said = check().await;
    assert_eq!(listens(&said), None, "{said}");
    assert_eq!(
        (&said["silenced"][0]["reason"], &said["silenced"][0]["actor"]),
        (&json!("a laboratory"), &json!("operator"))
    );
    assert_eq!(warnings().await, before - 1, "it does not count");
    for path in ["/servers/kea/check", "/servers/kea/findings"] {
        let page = page(path).await;
        assert!(
            page.contains("1 silenced") && page.contains("a laboratory") && !page.contains("Show again"),
            "{path}: {page}"
        );
    }
    let finding = &said["silenced"][0]["finding"];
    ask(&nestor, &operator, "/api/servers/show-again", json!({ "server": "kea", "finding": finding })).await;
    assert!(listens(&check().await).is_some() && warnings().await == before, "it is shown again");
}

#[tokio::test]
async fn an_element_of_a_list_among_the_parameters_of_a_hook_library_is_made_from_its_rows() {
    let kea = kea();
    let nestor = Nestor::before(&kea);
    let cookie = nestor.sign_in("admin").await;
    let page = async || nestor.get("/servers/kea/hooks", &cookie).await.text().await.unwrap();
    assert!(!page().await.contains("Binding variables: 1"), "none is there yet");
    let hooks = ask(&nestor, &cookie, "/api/config/hooks", json!({ "server": "kea" })).await;
    let groups = hooks["loaded"].as_array().unwrap().iter().flat_map(|hook| hook["groups"].as_array().unwrap());
    let new = groups.clone().find(|group| group["title"] == "Binding variables: one more").unwrap();
    let set = |name: &str, value: &str| {
        let row = new["parameters"].as_array().unwrap().iter().find(|row| row["name"] == name).unwrap();
        json!({ "op": "set", "path": row["path"], "value": json!(value).to_string() })
    };
    let edits = json!([set("expression", "hexstring(pkt4.mac, ':')"), set("name", "mac"), set("source", "query")]);
    let plan = ask(&nestor, &cookie, "/api/config/plan", json!({ "server": "kea", "edits": edits })).await;
    let request = json!({ "edits": plan["edits"], "back": plan["back"], "base": plan["base"] });
    let arguments = json!({ "server": "kea", "request": request, "password": PASSWORD });
    ask(&nestor, &cookie, "/api/config/apply", arguments).await;
    let held = kea.command("config-get", &json!(null))["arguments"]["Dhcp4"]["hooks-libraries"].clone();
    let held = held.as_array().unwrap().iter().find_map(|hook| hook["parameters"].get("binding-variables"));
    assert_eq!(held.map(|list| list[0]["name"].clone()), Some(json!("mac")), "{plan}");
    let after = page().await;
    assert!(after.contains("Binding variables: 1"), "{after}");
}
