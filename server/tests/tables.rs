//! Reservations by the table: judged row by row, applied as one batch, undone together, on the real Kea.

use crate::support::{Kea, Nestor, kea};
use serde_json::{Value, json};

async fn done(nestor: &Nestor, cookie: &str, path: &str, arguments: Value) -> Value {
    nestor.done(path, &arguments, cookie).await
}

fn table(text: &str) -> Value {
    json!({ "text": text, "subnet": { "server": "kea", "id": 1 } })
}

fn verdicts(table: &Value) -> Vec<&str> {
    table["rows"].as_array().unwrap().iter().map(|row| row["verdict"].as_str().unwrap()).collect()
}

fn reserved(kea: &Kea) -> usize {
    let page = kea.command("reservation-get-all", &json!({ "subnet-id": 1 }));
    page["arguments"]["hosts"].as_array().map_or(0, Vec::len)
}

#[tokio::test]
async fn good_rows_are_applied_together_and_taken_back_together() {
    let mut kea = kea();
    let nestor = Nestor::before(&kea);
    let cookie = nestor.sign_in("operator").await;
    let text = "mac,ip,hostname,note\n\
        02:00:00:00:00:01,192.0.2.50,one,first\n\
        02:00:00:00:00:02,192.0.2.50,two,the same address\n\
        02:00:00:00:00:03,192.0.2.1,three,the gateway\n\
        02:00:00:00:00:04,198.51.100.1,four,outside\n\
        02:00:00:00:00:05,next,five,\n\
        02:00:00:00:00:06,next,six,\n\
        02:00:00:00:00:0g,192.0.2.60,seven,no MAC\n\
        02:00:00:00:00:01,192.0.2.61,eight,a second one of the first client\n";
    let checked = done(&nestor, &cookie, "/api/table/check", table(text)).await;
    let expected = ["new", "blocked", "blocked", "faulty", "new", "new", "faulty", "change"];
    assert_eq!(verdicts(&checked), expected, "{checked}");
    assert_eq!((reserved(&kea), &checked["batch"]), (0, &Value::Null), "looked at alone");

    let text = text.replace("02:00:00:00:00:01,192.0.2.61,eight,a second one of the first client\n", "");
    let applied = done(&nestor, &cookie, "/api/table/apply", table(&text)).await;
    assert_eq!(verdicts(&applied), expected[..7]);
    let rows = applied["rows"].as_array().unwrap();
    assert_eq!(rows.iter().filter(|row| row["outcome"]["Ok"].is_object()).count(), 3, "{applied}");
    kea.restart();
    assert_eq!(reserved(&kea), 3, "on Kea's disk");

    let again = done(&nestor, &cookie, "/api/table/apply", table(&text)).await;
    assert_eq!(verdicts(&again)[..1], ["same"]);
    assert_eq!((&again["batch"], reserved(&kea)), (&Value::Null, 3), "the same table again changes nothing: {again}");

    let undone = done(&nestor, &cookie, "/api/changes/undo-batch", json!({ "batch": applied["batch"] })).await;
    assert_eq!((undone["undone"].as_u64(), &undone["left"]), (Some(3), &json!([])));
    assert_eq!(reserved(&kea), 0);
    let undone = done(&nestor, &cookie, "/api/changes/undo-batch", json!({ "batch": applied["batch"] })).await;
    assert_eq!(undone["undone"], 0, "once");
}

#[tokio::test]
async fn an_export_says_what_an_import_takes() {
    let kea = Kea::start(json!({
        "client-classes": [{ "name": "kiosk" }],
        "subnet4": [{ "id": 1, "subnet": "192.0.2.0/24", "reservations": [
            { "hw-address": "02:00:00:00:00:01", "ip-address": "192.0.2.50", "hostname": "one", "client-classes": ["kiosk"],
              "option-data": [{ "name": "log-servers", "data": "192.0.2.9, 192.0.2.8" }, { "code": 200, "data": "01ff", "csv-format": false }],
              "next-server": "192.0.2.5", "boot-file-name": "pxelinux.0", "server-hostname": "boot",
              "user-context": { "comment": "=HYPERLINK(\"http://x\")", "rack": 7 } },
            { "client-id": "01020000000002", "hostname": "no-address" },
            { "circuit-id": "'port 7'", "ip-address": "192.0.2.51" },
        ] }],
    }));
    let nestor = Nestor::before(&kea);
    let cookie = nestor.sign_in("operator").await;
    let subnet = json!({ "subnet": { "server": "kea", "id": 1 } });
    let text = done(&nestor, &cookie, "/api/table/export", subnet).await;
    let text = text.as_str().unwrap();
    assert!(
        text.starts_with("subnet,identifier_type,identifier,address,") && text.contains("\"'=HYPERLINK("),
        "{text}"
    );
    let checked = done(&nestor, &cookie, "/api/table/check", json!({ "text": text, "subnet": null })).await;
    assert_eq!(verdicts(&checked), ["same"; 3], "{checked}");

    // What the table has no words for survives a change by the table.
    let changed = text.replace("192.0.2.50", "192.0.2.60");
    done(&nestor, &cookie, "/api/table/apply", json!({ "text": changed, "subnet": null })).await;
    let held = kea.command("reservation-get", &json!({
        "subnet-id": 1, "identifier-type": "hw-address", "identifier": "02:00:00:00:00:01", "operation-target": "all",
    }));
    assert_eq!(
        (&held["arguments"]["ip-address"], &held["arguments"]["user-context"]["rack"]),
        (&json!("192.0.2.60"), &json!(7))
    );
}

#[tokio::test]
async fn a_table_that_cannot_be_read_is_reported_and_changes_nothing() {
    let kea = kea();
    let nestor = Nestor::before(&kea);
    let cookie = nestor.sign_in("operator").await;
    let long = format!("mac\n{}", "02:00:00:00:00:01\n".repeat(2_001));
    for text in ["", "ip\n192.0.2.9", "mac,mac\n02:00:00:00:00:01,red", "mac", long.as_str(), "\"", "mac\n\u{0}"] {
        let (status, answer) = nestor.call("/api/table/check", &table(text), &cookie).await;
        let faulty = status == 200 && verdicts(&answer) == ["faulty"];
        assert!(faulty || (status, answer["kind"].as_str()) == (422, Some("invalid")), "{text:.20}: {status} {answer}");
    }
    let viewer = nestor.sign_in("viewer").await;
    assert_eq!(nestor.call("/api/table/apply", &table("mac,ip\n02:00:00:00:00:01,next"), &viewer).await.0, 403);
    assert_eq!(reserved(&kea), 0);
}

#[tokio::test]
async fn what_other_programs_write_is_read_as_it_is() {
    let kea = kea();
    let nestor = Nestor::before(&kea);
    let cookie = nestor.sign_in("operator").await;
    let exports = [
        (
            "@uuid,subnet,ip_address,hw_address,hostname\n7,192.0.2.0/24,192.0.2.20,02:00:00:00:00:20,opnsense",
            json!(["@uuid"]),
        ),
        ("IPAddress,ScopeId,ClientId,Name,Type\n192.0.2.21,192.0.2.0,02-00-00-00-00-21,windows,Both", json!(["Type"])),
        ("subnet-id,ip-address,hw-address,hostname\n1,192.0.2.22,02:00:00:00:00:22,kea", json!([])),
        ("Address,Status,DNS Name,MAC Address\n192.0.2.23/24,Active,netbox,02:00:00:00:00:23", json!(["Status"])),
        ("hostName|hardwareAddress|address\ntechnitium|02-00-00-00-00-24|192.0.2.24", json!([])),
    ];
    for (text, left_out) in &exports {
        let table = done(&nestor, &cookie, "/api/table/apply", json!({ "text": text, "subnet": null })).await;
        assert!(table["rows"][0]["outcome"]["Ok"].is_object(), "{text}: {table}");
        assert_eq!(&table["left_out"], left_out);
    }
    assert_eq!(reserved(&kea), exports.len());
}
