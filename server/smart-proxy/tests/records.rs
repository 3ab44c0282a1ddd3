//! The contract before a real Kea: subnets and records, as Foreman reads, makes and deletes them.

use crate::support::{Kea, Proxy, kea, lease};
use axum::http::StatusCode;
use model::{CallQuery, Why};
use serde_json::{Value, json};

const MAC: &str = "02:00:00:00:00:0a";

/// A form as Foreman sends it.
const FORM: &str = "hostname=web.example.com&mac=02%3A00%3A00%3A00%3A00%3A0A&ip=192.0.2.10&network=192.0.2.0\
    &nextServer=192.0.2.3&filename=pxelinux.0&name=web.example.com&related_macs";

fn web() -> Value {
    json!({
        "name": "web.example.com", "ip": "192.0.2.10", "mac": MAC, "subnet": "192.0.2.0/255.255.255.0",
        "type": "reservation", "deleteable": true, "hostname": "web.example.com", "nextServer": "192.0.2.3",
        "filename": "pxelinux.0",
    })
}

#[tokio::test]
async fn subnets_are_listed_with_their_options() {
    let kea = kea();
    let proxy = Proxy::before(Some(&kea)).await;
    let expected = json!([
        {
            "network": "192.0.2.0", "netmask": "255.255.255.0",
            "options": {
                "routers": ["192.0.2.1"], "domain_name": "example.com",
                "domain_name_servers": ["192.0.2.2", "192.0.2.3"], "ntp_servers": ["192.0.2.4"],
                "interface_mtu": 1400, "range": ["192.0.2.100", "192.0.2.199"],
            },
        },
        { "network": "198.51.100.0", "netmask": "255.255.255.252", "options": { "range": ["198.51.100.1", "198.51.100.2"] } },
    ]);
    for path in ["/dhcp", "/dhcp/"] {
        assert_eq!(proxy.get(path).await.json(), expected);
    }
    proxy.get("/dhcp/192.0.2.9").await.is_refused(404, "Subnet 192.0.2.9 could not found");
}

#[tokio::test]
async fn a_record_is_made_found_and_deleted() {
    let kea = kea();
    let proxy = Proxy::before(Some(&kea)).await;
    assert_eq!(proxy.get("/dhcp/192.0.2.0").await.json(), json!({ "reservations": [], "leases": [] }));
    let nothing = format!("No DHCP record for MAC 192.0.2.0/{MAC} found");
    proxy.get("/dhcp/192.0.2.0/mac/02:00:00:00:00:0A").await.is_refused(404, &nothing);
    let nothing_there = "No DHCP records for IP 192.0.2.0/192.0.2.10 found";
    proxy.get("/dhcp/192.0.2.0/ip/192.0.2.10").await.is_refused(404, nothing_there);

    proxy.post("/dhcp/192.0.2.0", FORM).await.is_made();
    assert_eq!(proxy.get("/dhcp/192.0.2.0").await.json(), json!({ "reservations": [web()], "leases": [] }));
    assert_eq!(proxy.get("/dhcp/192.0.2.0/mac/02:00:00:00:00:0A").await.json(), web());
    assert_eq!(proxy.get("/dhcp/192.0.2.0/ip/192.0.2.10").await.json(), json!([web()]));
    let elsewhere = "No DHCP records for IP 192.0.2.0/203.0.113.9 found";
    proxy.get("/dhcp/192.0.2.0/ip/203.0.113.9").await.is_refused(404, elsewhere);

    for _ in 0..2 {
        proxy.delete("/dhcp/192.0.2.0/mac/02:00:00:00:00:0A").await.is_deleted();
    }
    proxy.get("/dhcp/192.0.2.0/ip/192.0.2.10").await.is_refused(404, nothing_there);
    proxy.post("/dhcp/192.0.2.0", FORM).await.is_made();
    for _ in 0..2 {
        proxy.delete("/dhcp/192.0.2.0/ip/192.0.2.10").await.is_deleted();
    }
    proxy.get(&format!("/dhcp/192.0.2.0/mac/{MAC}")).await.is_refused(404, &nothing);
}

#[tokio::test]
async fn the_same_record_again_is_fine_and_another_one_is_not() {
    let mut kea = kea();
    let proxy = Proxy::before(Some(&kea)).await;
    for _ in 0..2 {
        proxy.post("/dhcp/192.0.2.0", FORM).await.is_made();
    }
    kea.restart();
    proxy.post("/dhcp/192.0.2.0", FORM).await.is_made();
    proxy.post("/dhcp/192.0.2.0", &format!("{FORM}&type=reservation&colour=blue")).await.is_made();

    let clash = async |form: &str, ip: &str| {
        let text = format!("Record 192.0.2.0/{ip} already exists");
        proxy.post("/dhcp/192.0.2.0", form).await.is_refused(409, &text);
    };
    clash(&FORM.replace("pxelinux.0", "grub.efi"), "192.0.2.10").await;
    clash(&FORM.replace("web", "www"), "192.0.2.10").await;
    clash(&FORM.replace("&nextServer=192.0.2.3", ""), "192.0.2.10").await;
    clash(&FORM.replace("0A", "0B"), "192.0.2.10").await;
    clash(&FORM.replace("192.0.2.10", "192.0.2.11"), "192.0.2.11").await;
    assert_eq!(proxy.get(&format!("/dhcp/192.0.2.0/mac/{MAC}")).await.json(), web());
}

#[tokio::test]
async fn a_name_and_a_host_name_live_side_by_side() {
    let kea = kea();
    let proxy = Proxy::before(Some(&kea)).await;
    let form = FORM.replace("name=web.example.com&related_macs", "name=web-01&related_macs");
    for _ in 0..2 {
        proxy.post("/dhcp/192.0.2.0", &form).await.is_made();
    }
    let record = proxy.get(&format!("/dhcp/192.0.2.0/mac/{MAC}")).await.json();
    assert_eq!((&record["name"], &record["hostname"]), (&json!("web-01"), &json!("web.example.com")));
    proxy.post("/dhcp/192.0.2.0", FORM).await.is_refused(409, "Record 192.0.2.0/192.0.2.10 already exists");
}

#[tokio::test]
async fn the_members_of_a_bond_share_their_address() {
    let kea = Kea::start(json!({
        "ip-reservations-unique": false,
        "subnet4": [{ "id": 1, "subnet": "192.0.2.0/24" }],
    }));
    let proxy = Proxy::before(Some(&kea)).await;
    let member = |number: u8, other: u8| {
        format!(
            "hostname=h&name=h-0{number}&mac=2:0:0:0:0:{number}&ip=192.0.2.20&related_macs%5B%5D=02%3A00%3A00%3A00%3A00%3A0{other}"
        )
    };
    for _ in 0..2 {
        proxy.post("/dhcp/192.0.2.0", &member(1, 2)).await.is_made();
        proxy.post("/dhcp/192.0.2.0", &member(2, 1)).await.is_made();
    }
    let records = proxy.get("/dhcp/192.0.2.0/ip/192.0.2.20").await.json();
    let names: Vec<&Value> = records.as_array().unwrap().iter().map(|record| &record["name"]).collect();
    assert_eq!(names, ["h-01", "h-02"]);
    let stranger = "hostname=x&mac=2:0:0:0:0:3&ip=192.0.2.20&related_macs";
    proxy.post("/dhcp/192.0.2.0", stranger).await.is_refused(409, "Record 192.0.2.0/192.0.2.20 already exists");
    proxy.delete("/dhcp/192.0.2.0/ip/192.0.2.20").await.is_deleted();
    assert_eq!(proxy.get("/dhcp/192.0.2.0").await.json()["reservations"], json!([]));
}

#[tokio::test]
async fn where_kea_wants_single_addresses_a_second_member_is_refused_with_a_reason() {
    let kea = kea();
    let proxy = Proxy::before(Some(&kea)).await;
    proxy.post("/dhcp/192.0.2.0", "name=h-01&mac=2:0:0:0:0:1&ip=192.0.2.20").await.is_made();
    let second = "name=h-02&mac=2:0:0:0:0:2&ip=192.0.2.20&related_macs[]=02:00:00:00:00:01";
    let answer = proxy.post("/dhcp/192.0.2.0", second).await;
    assert!(answer.status.is_client_error() && answer.body.contains("192.0.2.20"), "{} {}", answer.status, answer.body);
}

#[tokio::test]
async fn what_cannot_be_reserved_is_refused_with_the_reason() {
    let kea = kea();
    let proxy = Proxy::before(Some(&kea)).await;
    let post = async |form: String, text: &str| proxy.post("/dhcp/192.0.2.0", &form).await.is_refused(400, text);
    post(FORM.replace("192.0.2.10", "203.0.113.9"), "ip: 203.0.113.9 is outside of 192.0.2.0/24").await;
    post(FORM.replace("192.0.2.10", "192.0.2.255"), "ip: 192.0.2.255 is the broadcast address of 192.0.2.0/24").await;
    post(FORM.replace("pxelinux.0", &"x".repeat(128)), "filename: at most 127 characters").await;
    let unknown = proxy.post("/dhcp/192.0.2.0", &FORM.replace("192.0.2.3", "tftp.invalid")).await;
    assert_eq!(unknown.status, StatusCode::BAD_REQUEST);
    assert!(unknown.body.starts_with("nextServer: tftp.invalid cannot be looked up"), "{}", unknown.body);
    assert_eq!(proxy.get("/dhcp/192.0.2.0").await.json()["reservations"], json!([]));
}

#[tokio::test]
async fn the_name_of_a_boot_server_is_looked_up() {
    let kea = kea();
    let proxy = Proxy::before(Some(&kea)).await;
    let form = FORM.replace("nextServer=192.0.2.3", "nextServer=localhost");
    for _ in 0..2 {
        proxy.post("/dhcp/192.0.2.0", &form).await.is_made();
    }
    assert_eq!(proxy.get(&format!("/dhcp/192.0.2.0/mac/{MAC}")).await.json()["nextServer"], "127.0.0.1");
}

#[tokio::test]
async fn leases_are_shown_and_never_in_the_way() {
    let kea = kea();
    lease(&kea, "192.0.2.100", "02:00:00:00:00:0a", "");
    lease(&kea, "192.0.2.10", "02:00:00:00:00:0b", "guest");
    let proxy = Proxy::before(Some(&kea)).await;
    let leased = proxy.get(&format!("/dhcp/192.0.2.0/mac/{MAC}")).await.json();
    assert_eq!(
        (&leased["type"], &leased["state"], &leased["name"]),
        (&json!("lease"), &json!("active"), &json!("lease-02000000000a"))
    );
    assert!(leased["starts"].as_str().unwrap().ends_with(" UTC") && leased["ends"].is_string());
    let guest = &proxy.get("/dhcp/192.0.2.0/ip/192.0.2.10").await.json()[0];
    assert_eq!((&guest["name"], &guest["hostname"]), (&json!("guest"), &json!("guest")));
    assert_eq!(proxy.get("/dhcp/192.0.2.0").await.json()["leases"].as_array().unwrap().len(), 2);

    proxy.post("/dhcp/192.0.2.0", FORM).await.is_made();
    assert_eq!(proxy.get(&format!("/dhcp/192.0.2.0/mac/{MAC}")).await.json(), web());
    assert_eq!(proxy.get("/dhcp/192.0.2.0/ip/192.0.2.10").await.json(), json!([web()]));

    proxy.delete("/dhcp/192.0.2.0/mac/02:00:00:00:00:0b").await.is_deleted();
    assert_eq!(kea.command("lease4-get", &json!({ "ip-address": "192.0.2.10" }))["result"], 3);
}

#[tokio::test]
async fn a_dead_kea_is_an_error_and_never_an_answer() {
    let mut kea = kea();
    let proxy = Proxy::before(Some(&kea)).await;
    proxy.post("/dhcp/192.0.2.0", FORM).await.is_made();
    kea.kill9();
    let fresh = Proxy::before(Some(&kea)).await;
    let paths = ["/dhcp", "/dhcp/192.0.2.0", "/dhcp/192.0.2.0/unused_ip", "/dhcp/192.0.2.0/ip/192.0.2.10"];
    for path in paths.map(str::to_owned).into_iter().chain([format!("/dhcp/192.0.2.0/mac/{MAC}")]) {
        let answer = fresh.get(&path).await;
        assert_eq!((answer.status, answer.kind()), (StatusCode::SERVICE_UNAVAILABLE, "application/json"), "{path}");
        assert!(answer.body.starts_with("the DHCP server “main” does not answer: "), "{}", answer.body);
    }
    let with_subnets_known = proxy.get(&format!("/dhcp/192.0.2.0/mac/{MAC}")).await;
    assert_eq!(with_subnets_known.status, StatusCode::SERVICE_UNAVAILABLE);
    for proxy in [&proxy, &fresh] {
        assert_eq!(proxy.post("/dhcp/192.0.2.0", FORM).await.status, StatusCode::SERVICE_UNAVAILABLE);
        let deleted = proxy.delete(&format!("/dhcp/192.0.2.0/mac/{MAC}")).await;
        assert_eq!(deleted.status, StatusCode::SERVICE_UNAVAILABLE);
    }
    kea.restart();
    for proxy in [&proxy, &fresh] {
        assert_eq!(proxy.get(&format!("/dhcp/192.0.2.0/mac/{MAC}")).await.json(), web());
    }
}

/// A refused `config-set` leaves Kea without its leases, while it calls itself healthy.
#[tokio::test]
async fn a_kea_without_its_leases_gives_no_address_and_no_answer() {
    let kea = kea();
    lease(&kea, "192.0.2.150", "02:00:00:00:00:0b", "laptop");
    let proxy = Proxy::before(Some(&kea)).await;
    assert!(proxy.get("/dhcp/192.0.2.0/unused_ip?").await.json()["ip"].is_string(), "a snapshot was taken");
    assert_eq!(kea.command("config-set", &json!({ "Dhcp4": { "nonsense": 1 } }))["result"], 1);
    let paths = ["/dhcp/192.0.2.0", "/dhcp/192.0.2.0/unused_ip?", "/dhcp/192.0.2.0/mac/02:00:00:00:00:0b"];
    for path in paths.into_iter().chain(["/dhcp/192.0.2.0/ip/192.0.2.150"]) {
        let answer = proxy.get(path).await;
        assert_eq!(answer.status, StatusCode::SERVICE_UNAVAILABLE, "{path}: {}", answer.body);
        let said = "the DHCP server “main” does not answer: it has no leases to look at: ";
        assert!(answer.body.starts_with(said), "{path}: {}", answer.body);
    }
    assert!(
        proxy.services.blacklist.list(&services::Actor::System).await.unwrap().len() <= 1,
        "nothing is held for it"
    );
    assert_eq!(kea.command("config-reload", &json!({}))["result"], 0);
    assert_eq!(proxy.get("/dhcp/192.0.2.0/mac/02:00:00:00:00:0b").await.json()["ip"], "192.0.2.150");
    assert!(proxy.get("/dhcp/192.0.2.0/unused_ip?").await.json()["ip"].is_string());
}

#[tokio::test]
async fn a_form_is_checked_before_kea_sees_it() {
    let kea = kea();
    let proxy = Proxy::before(Some(&kea)).await;
    let post = async |form: &str, text: &str| proxy.post("/dhcp/192.0.2.0", form).await.is_refused(400, text);
    let vendor = "mac=2:0:0:0:0:1&ip=192.0.2.9&name=a&%3CVendor%3E=1";
    post(vendor, "DHCP implementation does not support Vendor Options").await;
    post("mac=2:0:0:0:0:1&name=a", "Invalid IP Address ").await;
    let name = "hostname: “a b” is not a host name: ' ' is not allowed: use letters, digits, hyphens and dots";
    post("mac=2:0:0:0:0:1&ip=192.0.2.9&hostname=a%20b", name).await;
    assert_eq!(proxy.get("/dhcp/192.0.2.0").await.json()["reservations"], json!([]));
}

/// Foreman can name five things of a reservation; the others come back all the same.
#[tokio::test]
async fn a_rollback_brings_back_what_foreman_cannot_name() {
    let host = json!({
        "hw-address": MAC, "ip-address": "192.0.2.10", "hostname": "web", "client-classes": ["voip"],
        "option-data": [{ "name": "routers", "data": "192.0.2.254" }], "user-context": { "owner": "lab" },
    });
    let kea = Kea::start(json!({ "subnet4": [{ "id": 1, "subnet": "192.0.2.0/24", "reservations": [host] }] }));
    let key = json!({ "subnet-id": 1, "ip-address": "192.0.2.10", "operation-target": "memory" });
    let before = kea.command("reservation-get", &key);
    let proxy = Proxy::before(Some(&kea)).await;
    let path = format!("/dhcp/192.0.2.0/mac/{MAC}");
    proxy.delete(&path).await.is_deleted();
    let form = format!("hostname=web&mac={MAC}&ip=192.0.2.10&network=192.0.2.0&name=web&related_macs&type=reservation");
    proxy.post("/dhcp/192.0.2.0", &form).await.is_made();
    assert_eq!(kea.command("reservation-get", &key), before);
    // Another wish is another reservation.
    proxy.delete(&path).await.is_deleted();
    proxy.post("/dhcp/192.0.2.0", &form.replace("hostname=web", "hostname=mail")).await.is_made();
    let after = kea.command("reservation-get", &key);
    assert_eq!((&after["arguments"]["hostname"], &after["arguments"]["client-classes"]), (&json!("mail"), &json!([])));
}

/// Foreman deletes every record of an address, and when it goes back posts each of them alone, as it read them: without
/// the other interfaces of the machine.
#[tokio::test]
async fn a_rollback_brings_back_every_reservation_of_an_address() {
    let host = |number: u8, more: &Value| {
        let mut host = json!({ "hw-address": format!("02:00:00:00:00:0{number}"), "ip-address": "192.0.2.20" });
        host.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        host
    };
    let hosts = [
        host(1, &json!({ "hostname": "h", "client-classes": ["voip"], "user-context": { "name": "h-01" } })),
        host(2, &json!({ "hostname": "h", "option-data": [{ "name": "routers", "data": "192.0.2.254" }] })),
        host(3, &json!({ "next-server": "192.0.2.3", "user-context": { "owner": "lab" } })),
    ];
    let kea = Kea::start(json!({
        "ip-reservations-unique": false,
        "subnet4": [{ "id": 1, "subnet": "192.0.2.0/24", "reservations": hosts }],
    }));
    let all = || {
        let page = json!({ "subnet-id": 1, "ip-address": "192.0.2.20", "operation-target": "memory" });
        let mut hosts = kea.command("reservation-get-by-address", &page)["arguments"]["hosts"].take();
        hosts.as_array_mut().unwrap().sort_by_key(|host| host["hw-address"].to_string());
        hosts
    };
    let before = all();
    assert_eq!(before.as_array().unwrap().len(), 3);
    let proxy = Proxy::before(Some(&kea)).await;
    let read = proxy.get("/dhcp/192.0.2.0/ip/192.0.2.20").await.json();
    let form = |record: &Value| {
        let texts = record.as_object().unwrap().iter().filter(|(_, value)| value.is_string());
        let fields = texts.map(|(field, value)| format!("{field}={}", value.as_str().unwrap())).collect::<Vec<_>>();
        format!("network=192.0.2.0&related_macs&{}", fields.join("&"))
    };
    for whole in [true, false] {
        if whole {
            proxy.delete("/dhcp/192.0.2.0/ip/192.0.2.20").await.is_deleted();
        } else {
            for record in read.as_array().unwrap() {
                proxy.delete(&format!("/dhcp/192.0.2.0/mac/{}", record["mac"].as_str().unwrap())).await.is_deleted();
            }
        }
        assert_eq!(proxy.get("/dhcp/192.0.2.0").await.json()["reservations"], json!([]));
        for record in read.as_array().unwrap().iter().rev() {
            proxy.post("/dhcp/192.0.2.0", &form(record)).await.is_made();
        }
        assert_eq!(all(), before, "whole: {whole}");
        // Posted once more, they are there already.
        for record in read.as_array().unwrap() {
            proxy.post("/dhcp/192.0.2.0", &form(record)).await.is_made();
        }
    }
    let stranger = "hostname=x&mac=2:0:0:0:0:9&ip=192.0.2.20&related_macs";
    proxy.post("/dhcp/192.0.2.0", stranger).await.is_refused(409, "Record 192.0.2.0/192.0.2.20 already exists");
}

#[tokio::test]
async fn what_changes_at_kea_is_seen_at_once() {
    let kea = kea();
    let proxy = Proxy::before(Some(&kea)).await;
    assert_eq!(proxy.get("/dhcp/192.0.2.0").await.json(), json!({ "reservations": [], "leases": [] }));
    let host = json!({ "subnet-id": 1, "hw-address": MAC, "ip-address": "192.0.2.10", "hostname": "web" });
    let command = json!({ "reservation": host, "operation-target": "memory" });
    assert_eq!(kea.command("reservation-add", &command)["result"], 0);
    lease(&kea, "192.0.2.150", "02:00:00:00:00:0b", "laptop");
    let listed = proxy.get("/dhcp/192.0.2.0").await.json();
    assert_eq!(
        (listed["reservations"][0]["name"].as_str(), listed["leases"][0]["name"].as_str()),
        (Some("web"), Some("laptop"))
    );
    assert_eq!(proxy.get(&format!("/dhcp/192.0.2.0/mac/{MAC}")).await.json()["ip"], "192.0.2.10");
    let gone = json!({ "subnet-id": 1, "ip-address": "192.0.2.10", "operation-target": "memory" });
    assert_eq!(kea.command("reservation-del", &gone)["result"], 0);
    let nothing = format!("No DHCP record for MAC 192.0.2.0/{MAC} found");
    proxy.get(&format!("/dhcp/192.0.2.0/mac/{MAC}")).await.is_refused(404, &nothing);
    assert_eq!(proxy.get("/dhcp/192.0.2.0").await.json()["reservations"], json!([]));
}

#[tokio::test]
async fn a_clash_names_the_record_that_is_in_the_way() {
    let kea = kea();
    let proxy = Proxy::before(Some(&kea)).await;
    proxy.post("/dhcp/192.0.2.0", FORM).await.is_made();
    let other = "name=other&mac=2:0:0:0:0:b&ip=192.0.2.10";
    proxy.post("/dhcp/192.0.2.0", other).await.is_refused(409, "Record 192.0.2.0/192.0.2.10 already exists");
    let page = proxy.services.ledger.list(&services::Actor::System, &CallQuery::default()).await.unwrap();
    let [Why::Clash { key, address, host_name }] = page.calls[0].why.as_slice() else { panic!("{page:?}") };
    assert_eq!(key.identifier.to_string(), MAC);
    assert_eq!(
        (address.unwrap().to_string(), host_name.as_deref()),
        ("192.0.2.10".to_owned(), Some("web.example.com"))
    );
    let log = proxy.get("/logs").await.json();
    let message = log["logs"].as_array().unwrap().last().unwrap()["message"].as_str().unwrap();
    assert!(message.contains("409 Record 192.0.2.0/192.0.2.10 already exists (02:00:00:00:00:0a has web.example.com"));
}

#[tokio::test]
async fn a_listing_of_many_records_is_one_json_text() {
    let reservation = |n: u32| {
        let mac = format!("02:00:00:01:{:02x}:{:02x}", n >> 8, n & 255);
        json!({ "hw-address": mac, "ip-address": format!("10.9.{}.{}", n >> 8, n & 255), "hostname": format!("h{n}") })
    };
    let nameless = json!({ "duid": "01:02:03:04", "ip-address": "10.9.200.1" });
    let reservations: Vec<Value> = (1..=600).map(reservation).chain([nameless]).collect();
    let kea = Kea::start(json!({ "subnet4": [{ "id": 1, "subnet": "10.9.0.0/16", "reservations": reservations }] }));
    for n in 0..300 {
        let mac = format!("02:00:00:02:{:02x}:{:02x}", n >> 8, n & 255);
        lease(&kea, &format!("10.9.{}.{}", 100 + (n >> 8), n & 255), &mac, "");
    }
    let proxy = Proxy::before(Some(&kea)).await;
    let listed = proxy.get("/dhcp/10.9.0.0").await.json();
    assert_eq!(listed["reservations"].as_array().unwrap().len(), 600, "a DUID is nothing for Foreman");
    assert_eq!(listed["leases"].as_array().unwrap().len(), 300);
    let names: std::collections::HashSet<_> =
        listed["reservations"].as_array().unwrap().iter().map(|r| &r["name"]).collect();
    assert_eq!(names.len(), 600);
}
