//! The classes of a server on their page, and what becomes of them, before a real Kea.

use serde_json::{Value, json};

use tempfile::TempDir;

use crate::support::{Kea, Nestor, lay_accounts, path};

fn site() -> Kea {
    Kea::start(json!({
        "client-classes": [
            { "name": "phones", "test": "option[60].text == 'phone'" },
            { "name": "floor", "test": "member('phones') and option[82].exists" },
            { "name": "guests" },
        ],
        "subnet4": [{
            "id": 1, "subnet": "192.0.2.0/24",
            "pools": [{ "pool": "192.0.2.10-192.0.2.20", "client-classes": ["guests"] }],
        }],
    }))
}

fn running(kea: &Kea) -> Vec<String> {
    let answer = kea.command("config-get", &json!(null));
    let classes = answer["arguments"]["Dhcp4"]["client-classes"].as_array().unwrap().clone();
    classes.iter().map(|class| class["name"].as_str().unwrap().to_owned()).collect()
}

fn order(names: &[&str]) -> Value {
    let known_by: Vec<Value> = names.iter().map(|name| json!({ "name": name })).collect();
    json!([{ "op": "order", "path": "client-classes", "value": known_by }])
}

#[tokio::test]
async fn an_order_of_classes_lands_is_undone_and_refused_where_one_asks_for_another() {
    let kea = site();
    let nestor = Nestor::before(&kea);
    let cookie = nestor.sign_in("operator").await;
    let apply = async |edits: Value| {
        let asked = json!({ "server": "kea", "request": { "edits": edits.to_string() } });
        nestor.call("/api/config/apply", &asked, &cookie).await
    };
    let (status, applied) = apply(order(&["guests", "phones", "floor"])).await;
    assert_eq!(status, 200, "{applied}");
    assert_eq!(running(&kea), ["guests", "phones", "floor"]);
    assert_eq!(applied["words"], json!(["client-classes reordered: guests moved before phones"]));
    let number = &applied["change"];
    let (status, undone) = nestor.call("/api/changes/undo", &json!({ "number": number }), &cookie).await;
    assert_eq!(status, 200, "{undone}");
    assert_eq!(running(&kea), ["phones", "floor", "guests"]);
    let (status, refused) = apply(order(&["floor", "phones"])).await;
    assert_eq!(status, 422, "{refused}");
    assert!(refused.to_string().contains("order counts"), "{refused}");
    let (status, refused) = apply(json!([{ "op": "remove", "path": "client-classes[name=guests]" }])).await;
    assert_eq!(status, 422, "{refused}");
    assert!(refused.to_string().contains("still used here"), "{refused}");
    assert_eq!(running(&kea), ["phones", "floor", "guests"], "what is refused changes nothing");
}

#[tokio::test]
async fn the_page_shows_classes_in_their_order_and_where_they_are_used() {
    let kea = site();
    let nestor = Nestor::before(&kea);
    let cookie = nestor.sign_in("viewer").await;
    let (status, answer) = nestor.call("/api/config/classes", &json!({ "server": "kea" }), &cookie).await;
    assert_eq!(status, 200, "{answer}");
    assert_eq!(answer["classes"][1]["needs"], json!(["phones"]));
    assert_eq!(
        answer["classes"][2]["uses"][0]["path"],
        "subnet4[id=1].pools[pool=192.0.2.10-192.0.2.20].client-classes"
    );
    let page = async |path: &str| nestor.get(path, &cookie).await.text().await.unwrap();
    let list = page("/servers/kea/classes").await;
    for text in ["phones", "floor", "none: by reservations alone", "1 place"] {
        assert!(list.contains(text), "{text}: {list}");
    }
    assert!(!list.contains("New class") && !list.contains("Move phones"), "a viewer changes nothing");
    let one = page("/servers/kea/classes?at=client-classes%5Bname%3Dphones%5D").await;
    assert!(one.contains("class floor: test") && one.contains("All classes"), "{one}");
    let none = page("/servers/kea/classes?at=client-classes%5Bname%3Dnobody%5D").await;
    assert!(none.contains("Class not found"), "{none}");
}

#[tokio::test]
async fn a_packet_is_tried_with_what_is_not_applied_yet() {
    let kea = site();
    let nestor = Nestor::before(&kea);
    let cookie = nestor.sign_in("viewer").await;
    let attempt = async |packet: Value, edits: Value| {
        let asked = json!({ "server": "kea", "packet": packet, "edits": edits });
        nestor.call("/api/config/try-packet", &asked, &cookie).await
    };
    let packet = json!({ "mac": "02:00:00:00:00:01", "vendor_class": "phone", "circuit_id": "port 7" });
    let (status, trial) = attempt(packet.clone(), json!([])).await;
    assert_eq!(status, 200, "{trial}");
    assert_eq!(trial["member_of"], json!(["ALL", "VENDOR_CLASS_phone", "phones", "floor", "UNKNOWN"]));
    assert_eq!(trial["classes"][1]["values"][2]["text"], "option[82].exists", "{trial}");
    let pool = &trial["subnets"][0]["pools"][0];
    assert_eq!((&pool["open"], &pool["why"]), (&json!("no"), &json!("needs class guests")));
    let edits = json!([
        { "op": "set", "path": "client-classes[name=phones].test", "value": "\"option[60].text == 'telephone'\"" },
        { "op": "add", "path": "client-classes", "value": "{\"name\":\"ports\",\"test\":\"relay4[1].hex == 'port 7'\"}" },
    ]);
    let (_, trial) = attempt(packet, edits).await;
    assert_eq!(trial["member_of"], json!(["ALL", "VENDOR_CLASS_phone", "ports", "UNKNOWN"]), "{trial}");
    let (status, refused) = attempt(json!({ "options": [["nothing", "1"]] }), json!([])).await;
    assert_eq!((status, &refused["fields"][0]["field"]), (422, &json!("options[0]")), "{refused}");
    let page = nestor.get("/servers/kea/classes", &cookie).await.text().await.unwrap();
    for text in ["Try a packet", "Relay address (giaddr)", "Cisco IP phone", "DISCOVER"] {
        assert!(page.contains(text), "{text}: {page}");
    }
}

#[tokio::test]
async fn a_class_is_copied_to_another_server_with_those_that_it_asks_for() {
    let data = TempDir::new().unwrap();
    lay_accounts(data.path());
    let other = json!([{ "name": "mine" }, { "name": "floor", "test": "option[82].exists" }]);
    let keas = [("kea1", site()), ("kea2", Kea::start(json!({ "client-classes": other })))];
    let section = |(name, kea): &(&str, Kea)| {
        let password = data.path().join(format!("{name}.password"));
        std::fs::write(&password, kea.password()).unwrap();
        let (url, user, password) = (kea.url(), kea.user(), path(&password));
        format!("[[kea]]\nname = '{name}'\nurl = '{url}'\nuser = '{user}'\npassword_file = '{password}'\n")
    };
    let file = data.path().join("nestor.toml");
    std::fs::write(&file, keas.iter().map(section).collect::<String>()).unwrap();
    let nestor = Nestor::launch(data.path(), &["--config", path(&file)]);
    let cookie = nestor.sign_in("operator").await;
    let elsewhere = async |class: &str| {
        let asked = json!({ "server": "kea1", "class": class });
        nestor.call("/api/config/class-elsewhere", &asked, &cookie).await
    };
    let (status, found) = elsewhere("guests").await;
    assert_eq!(
        (status, &found[0]["server"], &found[0]["standing"]),
        (200, &json!("kea2"), &json!("missing")),
        "{found}"
    );
    let (_, found) = elsewhere("floor").await;
    assert_eq!((found.as_array().unwrap().len(), &found[0]["standing"]), (1, &json!("differs")), "{found}");
    let (_, plan) =
        nestor.call("/api/config/plan", &json!({ "server": "kea2", "edits": found[0]["edits"] }), &cookie).await;
    assert_eq!(plan["findings"], json!([]), "{plan}");
    let asked = json!({ "server": "kea2", "request": { "edits": plan["edits"], "base": plan["base"] } });
    let (status, applied) = nestor.call("/api/config/apply", &asked, &cookie).await;
    assert_eq!(status, 200, "{applied}");
    assert_eq!(running(&keas[1].1), ["mine", "phones", "floor"]);
    assert_eq!(elsewhere("floor").await.1[0]["standing"], "same");
    assert_eq!(elsewhere("nobody").await.0, 404);
    // All in one go, with what they use.
    let definition = json!([{ "op": "add", "path": "option-def", "value": "{\"name\":\"acme\",\"code\":240,\"type\":\"string\"}" },
        { "op": "set", "path": "client-classes[name=guests].option-data", "value": "[{\"code\":240,\"data\":\"a\"}]" }]);
    let apply = async |server: &str, edits: &Value| {
        let (_, plan) = nestor.call("/api/config/plan", &json!({ "server": server, "edits": edits }), &cookie).await;
        let asked = json!({ "server": server, "request": { "edits": plan["edits"], "base": plan["base"] } });
        let (status, applied) = nestor.call("/api/config/apply", &asked, &cookie).await;
        assert_eq!(status, 200, "{applied}");
        applied
    };
    apply("kea1", &definition).await;
    let (_, all) = nestor.call("/api/config/class-elsewhere", &json!({ "server": "kea1" }), &cookie).await;
    assert_eq!(all[0]["standing"], "differs");
    let applied = apply("kea2", &all[0]["edits"]).await;
    assert!(applied["words"].to_string().contains("option definition 240 (acme) added"), "{applied}");
    let names = running(&keas[1].1);
    assert!(
        running(&keas[0].1).iter().all(|name| names.contains(name)) && names.contains(&"mine".to_owned()),
        "{names:?}"
    );
    let asked = json!({ "server": "kea1", "others": ["guests", "phones"] });
    assert_eq!(nestor.call("/api/config/class-elsewhere", &asked, &cookie).await.1[0]["standing"], "same");
}

#[tokio::test]
async fn networks_are_filtered_by_class_and_classes_are_offered_where_they_are_named() {
    let kea = site();
    let nestor = Nestor::before(&kea);
    let cookie = nestor.sign_in("operator").await;
    let total = async |text: &str| {
        let (_, page) = nestor.call("/api/subnets/networks", &json!({ "query": { "text": text } }), &cookie).await;
        page["total"].clone()
    };
    assert_eq!((total("class:guests").await, total("class:phones").await), (json!(1), json!(0)));
    let asked = json!({ "server": "kea", "path": "subnet4[id=1]" });
    let (_, parameters) = nestor.call("/api/config/parameters", &asked, &cookie).await;
    let groups = parameters["groups"].as_array().unwrap().iter();
    let rows: Vec<&Value> = groups.flat_map(|group| group["parameters"].as_array().unwrap()).collect();
    let row = rows.iter().find(|row| row["name"] == "client-classes").unwrap();
    assert_eq!(row["classes"], json!(["phones", "floor", "guests", "KNOWN", "UNKNOWN"]), "{row}");
    let one =
        nestor.get("/servers/kea/classes?at=client-classes%5Bname%3Dphones%5D", &cookie).await.text().await.unwrap();
    assert!(one.contains("class%3Aphones") && one.contains("no other server of this family"), "{one}");
}
