//! A Kea that answers, and serves nobody: noticed, said why, and repaired.

use std::net::{Ipv4Addr, UdpSocket};
use std::time::{Duration, Instant};

use serde_json::{Value, json};

use crate::support::lab::hooks;
use crate::support::{Kea, Nestor, kea};

/// Has it refuse a configuration, as a slip in another tool does.
fn make_deaf(kea: &Kea) {
    let mut config = kea.command("config-get", &Value::Null)["arguments"].clone();
    config.as_object_mut().unwrap().remove("hash");
    config["Dhcp4"]["a-slip"] = json!(true);
    assert_eq!(kea.command("config-set", &config)["result"], 1);
}

fn lends(kea: &Kea) -> bool {
    kea.command("lease4-get-page", &json!({ "from": "start", "limit": 1 }))["result"] != 1
}

async fn status(nestor: &Nestor, cookie: &str) -> Value {
    nestor.done("/api/servers/list", &json!({}), cookie).await[0].clone()
}

/// Its status once it is as the test waits for it.
async fn until(nestor: &Nestor, cookie: &str, health: &str) -> Value {
    let end = Instant::now() + Duration::from_secs(30);
    loop {
        let status = status(nestor, cookie).await;
        if status["health"] == health {
            return status;
        }
        assert!(Instant::now() < end, "{status}");
        tokio::time::sleep(Duration::from_millis(200)).await;
    }
}

fn blocks(status: &Value) -> String {
    let found = status["findings"].as_array().unwrap().iter().filter(|found| found["severity"] == "blocks");
    found.map(|found| format!("{} {}", found["text"], found["advice"])).collect::<Vec<_>>().join("\n")
}

#[tokio::test(flavor = "multi_thread")]
async fn one_that_refused_a_configuration_is_noticed_without_a_page_and_repaired_by_one_click() {
    let kea = kea();
    let nestor = Nestor::before(&kea);
    let add = json!({ "subnet4": [{ "id": 7, "subnet": "198.51.100.0/24" }] });
    assert_eq!(kea.command("subnet4-add", &add)["result"], 0, "this is not saved");
    make_deaf(&kea);
    let end = Instant::now() + Duration::from_secs(30);
    while !nestor.log().contains("the server serves no clients") {
        assert!(Instant::now() < end, "{}", nestor.log());
        tokio::time::sleep(Duration::from_millis(200)).await;
    }
    let [viewer, operator] = [nestor.sign_in("viewer").await, nestor.sign_in("operator").await];
    let deaf = until(&nestor, &viewer, "not-serving").await;
    assert!(deaf["repairable"] == true && blocks(&deaf).contains("DHCP is not being served"), "{deaf}");
    for page in ["/", "/servers"] {
        let page = nestor.get(page, &viewer).await.text().await.unwrap();
        assert!(page.contains("DHCP is not being served"), "{page}");
    }
    let servers = nestor.get("/servers", &operator).await.text().await.unwrap();
    assert!(servers.contains("data-testid=\"deaf\""), "{servers}");

    let (status, _) = nestor.call("/api/servers/repair", &json!({ "server": "kea" }), &viewer).await;
    assert_eq!((status, lends(&kea)), (403, false));
    let (status, _) = nestor.call("/api/servers/repair?dry_run", &json!({ "server": "kea" }), &operator).await;
    assert_eq!((status, lends(&kea)), (422, false), "it has no dry run");
    nestor.done("/api/servers/repair", &json!({ "server": "kea" }), &operator).await;
    assert!(lends(&kea));
    let well = until(&nestor, &viewer, "serving").await;
    assert_eq!((&well["repairable"], blocks(&well)), (&json!(false), String::new()), "{well}");
    let subnets = kea.command("subnet4-list", &Value::Null);
    assert_eq!(subnets["arguments"]["subnets"].as_array().unwrap().len(), 2, "what was not saved is still there");
}

#[tokio::test(flavor = "multi_thread")]
async fn one_without_the_hook_for_leases_is_asked_how_many_there_are() {
    let others = hooks().into_iter().filter(|hook| !hook["library"].as_str().unwrap().contains("lease"));
    let subnet = json!({ "id": 1, "subnet": "192.0.2.0/24", "pools": [{ "pool": "192.0.2.100-192.0.2.199" }] });
    let kea = Kea::start(json!({ "hooks-libraries": others.collect::<Vec<_>>(), "subnet4": [subnet] }));
    let nestor = Nestor::before(&kea);
    let cookie = nestor.sign_in("operator").await;
    until(&nestor, &cookie, "serving").await;
    make_deaf(&kea);
    until(&nestor, &cookie, "not-serving").await;
    nestor.done("/api/servers/repair", &json!({ "server": "kea" }), &cookie).await;
    until(&nestor, &cookie, "serving").await;
}

/// A hook library that fails late, as its program is not there, takes all others with it, and the clients.
#[tokio::test(flavor = "multi_thread")]
async fn one_that_has_lost_its_hooks_is_noticed_and_gets_them_back() {
    let kea = kea();
    let nestor = Nestor::before(&kea);
    let cookie = nestor.sign_in("operator").await;
    until(&nestor, &cookie, "serving").await;
    let mut config = kea.command("config-get", &Value::Null)["arguments"].clone();
    config.as_object_mut().unwrap().remove("hash");
    let script = json!({ "library": "libdhcp_run_script.so", "parameters": { "name": "/no/such/script" } });
    config["Dhcp4"]["hooks-libraries"].as_array_mut().unwrap().push(script);
    assert_eq!(kea.command("config-set", &config)["result"], 1);
    let shown = kea.command("config-get", &Value::Null)["arguments"]["Dhcp4"]["hooks-libraries"].clone();
    assert_eq!(shown.as_array().unwrap().len(), hooks().len(), "it lists them all the same");
    assert_eq!(kea.command("lease4-get-page", &json!({ "from": "start", "limit": 1 }))["result"], 2, "and has none");
    let lost = until(&nestor, &cookie, "not-serving").await;
    assert!(lost["repairable"] == true && blocks(&lost).contains("has lost all of its hook libraries"), "{lost}");
    assert!(!blocks(&lost).contains("Without the hook library"), "nothing is missing in its configuration: {lost}");
    let check = nestor.done("/api/servers/check", &json!({ "server": "kea" }), &cookie).await.to_string();
    assert!(
        check.contains("has lost all of its hook libraries") && !check.contains("It has loaded the hooks"),
        "{check}"
    );
    nestor.done("/api/servers/repair", &json!({ "server": "kea" }), &cookie).await;
    assert!(lends(&kea));
    let well = until(&nestor, &cookie, "serving").await;
    assert_eq!((&well["repairable"], blocks(&well)), (&json!(false), String::new()), "{well}");
}

#[tokio::test(flavor = "multi_thread")]
async fn one_that_was_switched_off_by_a_command_is_no_case_for_repair() {
    let kea = kea();
    let nestor = Nestor::before(&kea);
    let cookie = nestor.sign_in("operator").await;
    until(&nestor, &cookie, "serving").await;
    assert_eq!(kea.command("dhcp-disable", &json!({ "max-period": 600 }))["result"], 0);
    let off = until(&nestor, &cookie, "not-serving").await;
    assert!(off["repairable"] == false && blocks(&off).contains("dhcp-enable"), "{off}");
    assert_eq!(kea.command("dhcp-enable", &Value::Null)["result"], 0);
    until(&nestor, &cookie, "serving").await;
}

/// The port that it would listen for clients on.
fn clients_port(kea: &Kea) -> u16 {
    let mut processes = std::fs::read_dir("/proc").unwrap().filter_map(|entry| {
        let words = std::fs::read(entry.ok()?.path().join("cmdline")).ok()?;
        let words: Vec<String> =
            words.split(|octet| *octet == 0).map(|word| String::from_utf8_lossy(word).into()).collect();
        words.iter().any(|word| *word == kea.config_path().to_string_lossy()).then_some(words)
    });
    let port = processes.find_map(|words| words.into_iter().skip_while(|word| word != "-p").nth(1));
    port.unwrap().parse().unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn one_that_cannot_listen_says_where_and_why() {
    let kea = kea();
    let taken = UdpSocket::bind((Ipv4Addr::LOCALHOST, clients_port(&kea))).unwrap();
    let mut config = kea.command("config-get", &Value::Null)["arguments"].clone();
    config.as_object_mut().unwrap().remove("hash");
    config["Dhcp4"]["interfaces-config"] = json!({ "interfaces": ["lo/127.0.0.1"], "dhcp-socket-type": "udp" });
    assert_eq!(kea.command("config-set", &config)["result"], 0, "it takes that for good");
    let nestor = Nestor::before(&kea);
    let cookie = nestor.sign_in("viewer").await;
    let said = status(&nestor, &cookie).await;
    assert!(blocks(&said).contains("It does not listen on every interface"), "{said}");
    assert!(said.to_string().contains("Failed to bind socket"), "{said}");
    drop(taken);
}
