//! A secret that two people change at a time, before the real Kea.

use serde_json::{Value, json};

use super::bench::Bench;
use super::edit;
use crate::support::{Kea, Nestor, lay_accounts};

#[tokio::test]
async fn of_two_who_change_the_same_secret_the_second_is_asked() {
    let context = json!({ "snmp-community": "first-one" });
    let subnet = json!({ "id": 1, "subnet": "192.0.2.0/24", "user-context": context });
    let bench = Bench::before(Kea::start(json!({ "subnet4": [subnet] })));
    lay_accounts(bench.data.path());
    let settings = bench.config_words();
    let settings: Vec<&str> = settings.iter().map(String::as_str).collect();
    let nestor = Nestor::launch(bench.data.path(), &settings);
    let cookie = nestor.sign_in("operator").await;
    let typed = |secret: &str| {
        json!([edit("set", "subnet4[id=1].user-context.snmp-community", json!(format!("\"{secret}\"")))])
    };
    let plan = async |edits: &Value, seen: &Value| {
        let asked = json!({ "server": "kea", "edits": edits, "back": seen["back"], "base": seen["base"] });
        nestor.done("/api/config/plan", &asked, &cookie).await
    };
    let apply = async |plan: &Value| {
        let request = json!({ "edits": plan["edits"], "back": plan["back"], "base": plan["base"] });
        nestor.call("/api/config/apply", &json!({ "server": "kea", "request": request }), &cookie).await
    };
    let runs = || bench.running()["Dhcp4"]["subnet4"][0]["user-context"]["snmp-community"].clone();

    let (mine, theirs) = (typed("mine-own"), typed("theirs-now"));
    let [seen, other] = [plan(&mine, &Value::Null).await, plan(&theirs, &Value::Null).await];
    assert_eq!(apply(&other).await.0, 200);
    let (status, problem) = apply(&seen).await;
    assert_eq!((status, runs()), (422, json!("theirs-now")), "{problem}");
    let clash = plan(&mine, &seen).await;
    assert_eq!(clash["clashes"].as_array().unwrap().len(), 1, "{clash}");
    let said = format!("{problem} {}", clash["clashes"][0]["now"]);
    assert!(said.contains("another secret") && !said.contains("theirs-now") && !said.contains("first-one"), "{said}");
    // Whoever looks at it again may go on.
    let (status, applied) = apply(&plan(&mine, &Value::Null).await).await;
    assert_eq!((status, runs()), (200, json!("mine-own")), "{applied}");
}
