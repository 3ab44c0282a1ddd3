//! What is sent and what is understood, by recorded exchanges, over real HTTP.
#![allow(clippy::unwrap_used, reason = "tests")]

#[path = "support/fault_proxy.rs"]
mod fault_proxy;

use fault_proxy::{Fault, FaultProxy};
use kea::commands::*;
use kea::wire::{Reservation, SubnetStatistics};
use kea::{Client, Command, Done, Endpoint, Error, ErrorKind, Secret};
use serde_json::{Value, json};

fn client(url: &str, password: &str) -> Client {
    Client::new(Endpoint::new(url).unwrap().with_auth("console", Secret::new(password)).unwrap()).unwrap()
}

/// Sends a command to a server that gives the recorded answer; what was sent must be what was recorded.
async fn replay<C: Command>(case: &str, command: &C) -> Result<C::Reply, Error> {
    replay_from(C::NAME, case, command).await
}

async fn replay_from<C: Command>(file: &str, case: &str, command: &C) -> Result<C::Reply, Error> {
    let path = format!("{}/tests/golden/{file}.json", env!("CARGO_MANIFEST_DIR"));
    let cases: Vec<Value> = serde_json::from_slice(&std::fs::read(path).unwrap()).unwrap();
    let recorded = cases.iter().find(|recorded| recorded["case"] == case).unwrap();
    let mut replies = Vec::new();
    for answer in [recorded["answer"].clone(), recorded["answer"][0].clone()] {
        let proxy = FaultProxy::alone(Fault::answer("200 OK", &answer.to_string())).await;
        replies.push(client(&proxy.url(), "test-pw").send(command).await.map_err(|error| error.kind));
        let request = proxy.requests().pop().unwrap();
        let (_, body) = request.split_once("\r\n\r\n").unwrap();
        let mut sent = serde_json::from_str::<Value>(body).unwrap();
        // Recorded without the Control Agent, which alone needs it.
        assert_eq!(sent.as_object_mut().unwrap().shift_remove("service"), Some(serde_json::json!(["dhcp4"])));
        assert_eq!(sent, recorded["request"], "{file}: {case}");
    }
    let bare = replies.pop().unwrap();
    let listed = replies.pop().unwrap();
    assert_eq!(bare.as_ref().err(), listed.as_ref().err(), "{file}: {case}: with and without a list around it");
    listed.map_err(|kind| Error { daemon: String::new(), command: C::NAME, kind })
}

#[tokio::test]
async fn recorded_answers_about_the_daemon() {
    assert_eq!(replay("success", &VersionGet).await.unwrap().number, "3.0.3");
    assert!(replay("success", &ListCommands).await.unwrap().contains(&"config-get".to_owned()));
    assert!(replay("success", &StatusGet).await.unwrap().high_availability.is_empty());
    let status = replay("hot standby", &StatusGet).await.unwrap();
    let ha = &status.high_availability[0];
    let remote = ha.ha_servers.remote.as_ref().unwrap();
    assert_eq!((ha.ha_mode.as_str(), ha.ha_servers.local.role.as_str()), ("hot-standby", "primary"));
    assert_eq!((remote.in_touch, remote.last_state.as_str()), (true, "hot-standby"));
}

#[tokio::test]
async fn recorded_answers_about_the_configuration() {
    let case = "success";
    let running = replay(case, &ConfigGet).await.unwrap();
    assert_eq!(running.dhcp4.subnets().map(|(subnet, _)| subnet.id).collect::<Vec<_>>(), [1, 2, 20]);
    assert_eq!(running.dhcp4.subnet4[0].reservations[0].hostname.as_deref(), Some("infile"));
    assert_eq!(running.dhcp4.subnet4[1].pools[0].pool, "203.0.113.0/25");
    assert_eq!(running.dhcp4.hooks_libraries.len(), 5);
    assert!(!format!("{running:?}").contains("test-pw"));
    let raw = replay(case, &ConfigGetRaw).await.unwrap();
    assert_eq!(raw.value()["Dhcp4"]["control-sockets"][1]["authentication"]["clients"][0]["password"], "test-pw");
    assert_eq!((raw.value().get("hash"), format!("{raw:?}").contains("test-pw")), (None, false));
    assert_eq!(replay(case, &ConfigHashGet).await.unwrap().len(), 64);
    assert_eq!(replay(case, &ConfigWrite).await.unwrap().size, 9169);
    assert_eq!(replay(case, &Subnet4List).await.unwrap()[2].shared_network_name.as_deref(), Some("lab"));
    let counts = replay(case, &StatLease4Get::default()).await.unwrap();
    assert_eq!(counts[1], SubnetStatistics { subnet_id: 2, total: 128, ..Default::default() });
    assert_eq!(replay("one subnet", &StatLease4Get { subnet_id: Some(1) }).await.unwrap().len(), 1);
    assert_eq!(replay("unknown subnet", &StatLease4Get { subnet_id: Some(999) }).await.unwrap(), []);
}

#[tokio::test]
async fn recorded_answers_about_leases() {
    let get = |last| Lease4Get { ip_address: [192, 0, 2, last].into() };
    let lease = replay("success", &get(102)).await.unwrap().unwrap();
    assert_eq!((lease.hostname.as_str(), lease.valid_lft), ("two.example.org", 1200));
    assert_eq!(lease.user_context.unwrap()["note"], "by console");
    assert_eq!(replay("not found", &get(150)).await.unwrap(), None);

    let by_mac = |mac: &str| Lease4GetByHwAddress { hw_address: mac.to_owned() };
    assert_eq!(replay("success", &by_mac("02:00:00:00:01:01")).await.unwrap().len(), 2);
    assert_eq!(replay("none", &by_mac("02:00:00:00:01:99")).await.unwrap(), []);
    let dashes = replay("dash notation", &by_mac("02-00-00-00-01-02")).await.unwrap_err();
    assert!(matches!(dashes.kind, ErrorKind::Rejected { .. }));
    let by_id = Lease4GetByClientId { client_id: "01:02:00:00:00:01:02".into() };
    assert_eq!(replay("success", &by_id).await.unwrap().len(), 1);
    let by_name = |hostname: &str| Lease4GetByHostname { hostname: hostname.to_owned() };
    assert_eq!(replay("success", &by_name("two.example.org")).await.unwrap().len(), 1);
    assert_eq!(replay("partial", &by_name("two")).await.unwrap(), []);

    let page = |from: Option<[u8; 4]>, size| Lease4GetPage { from: from.map(Into::into), limit: PageSize::new(size) };
    assert_eq!(replay("first page", &page(None, 2)).await.unwrap().len(), 2);
    assert_eq!(replay("next page", &page(Some([192, 0, 2, 20]), 100)).await.unwrap().len(), 6);
    assert_eq!(replay("past the end", &page(Some([192, 0, 2, 254]), 100)).await.unwrap(), []);

    let deletion = Lease4Del { ip_address: [192, 0, 2, 160].into() };
    assert_eq!(replay("success", &deletion).await.unwrap(), Removal::Removed);
    assert_eq!(replay("no such lease", &deletion).await.unwrap(), Removal::Absent);
}

#[tokio::test]
async fn recorded_answers_about_reservations() {
    let key = HostKey::Address { ip_address: [192, 0, 2, 30].into() };
    let get = |operation_target| ReservationGet { subnet_id: 1, key: key.clone(), operation_target };
    let found = replay("operation-target memory", &get(Target::Memory)).await.unwrap().unwrap();
    assert_eq!((found.client_classes.as_slice(), found.option_data[0].code), (&["pxe".to_owned()][..], Some(6)));
    assert_eq!(found.option_data[0].rest["never-send"], false);
    assert_eq!(replay("operation-target database", &get(Target::Database)).await.unwrap(), None);

    let by_address = |last| ReservationGetByAddress { ip_address: [192, 0, 2, last].into(), subnet_id: None };
    assert_eq!(replay("success", &by_address(30)).await.unwrap(), [found]);
    assert_eq!(replay("none", &by_address(99)).await.unwrap(), []);
    let identifier = "02:00:00:00:02:01".to_owned();
    let by_id = ReservationGetById { identifier_type: IdentifierType::HwAddress, identifier };
    assert_eq!(replay("success", &by_id).await.unwrap().len(), 2);
    let by_name = |subnet_id| ReservationGetByHostname { hostname: "res1".into(), subnet_id };
    assert_eq!(replay("success", &by_name(None)).await.unwrap().len(), 1);
    assert_eq!(replay("in another subnet", &by_name(Some(2))).await.unwrap(), []);

    let page = ReservationGetPage { subnet_id: None, limit: PageSize::new(5), from: 10, source_index: 0 };
    let page = replay("all subnets, page 3", &page).await.unwrap();
    assert_eq!((page.hosts.len(), page.next.unwrap().from), (5, 15));
    assert_eq!(page.hosts[1].flex_id.as_deref(), Some("706F72742D37"));
}

#[tokio::test]
async fn recorded_answers_to_changes() {
    let given = |hw: &str, ip: [u8; 4]| Reservation {
        subnet_id: Some(1),
        hw_address: Some(hw.to_owned()),
        ip_address: Some(ip.into()),
        ..Reservation::default()
    };
    let reservation = given("02:00:00:00:02:03", [192, 0, 2, 30]);
    let command = ReservationAdd { reservation, operation_target: Target::Memory };
    let ErrorKind::Rejected { text } = replay("same ip-address", &command).await.unwrap_err().kind else { panic!() };
    assert!(text.contains("already a reservation"));

    let option = json!({ "name": "domain-name-servers", "data": "192.0.2.7" });
    let full = Reservation {
        hostname: Some("res1".into()),
        next_server: Some([192, 0, 2, 5].into()),
        server_hostname: Some("tftp.example.org".into()),
        boot_file_name: Some("pxelinux.0".into()),
        client_classes: vec!["pxe".into()],
        option_data: vec![serde_json::from_value(option).unwrap()],
        user_context: json!({ "owner": "ops" }).as_object().cloned(),
        ..given("02:00:00:00:02:01", [192, 0, 2, 30])
    };
    let command = ReservationAdd { reservation: full, operation_target: Target::Memory };
    replay("operation-target memory (full)", &command).await.unwrap();
    let command = ReservationAdd { operation_target: Target::Database, ..command };
    let refused = replay("operation-target database, no hosts-database", &command).await.unwrap_err();
    assert!(matches!(refused.kind, ErrorKind::Rejected { .. }));

    let renamed = Reservation { hostname: Some("res1-renamed".into()), ..given("02:00:00:00:02:01", [192, 0, 2, 30]) };
    let update = ReservationUpdate { reservation: renamed, operation_target: Target::Memory };
    replay("success", &update).await.unwrap();
    let missing = given("02:00:00:00:0f:ff", [192, 0, 2, 34]);
    let update = ReservationUpdate { reservation: missing, operation_target: Target::Memory };
    let refused = replay("no such reservation", &update).await.unwrap_err();
    assert!(matches!(refused.kind, ErrorKind::Rejected { .. }));

    let by_address = HostKey::Address { ip_address: [192, 0, 2, 33].into() };
    let del = |key| ReservationDel { subnet_id: 1, key, operation_target: Target::Memory };
    assert_eq!(replay("success", &del(by_address.clone())).await.unwrap(), Removal::Removed);
    assert_eq!(replay("not found", &del(by_address)).await.unwrap(), Removal::Absent);
    let identifier = "02:00:00:00:02:06".to_owned();
    let by_mac = HostKey::Identifier { identifier_type: IdentifierType::HwAddress, identifier };
    assert_eq!(replay("by hw-address", &del(by_mac)).await.unwrap(), Removal::Removed);

    let unwritable = replay("file cannot be written", &ConfigWrite).await.unwrap_err();
    assert!(matches!(unwritable.kind, ErrorKind::Rejected { .. }));
}

#[tokio::test]
async fn recorded_results_2_and_4() {
    #[derive(serde::Serialize)]
    struct NoSuchCommand;
    impl Command for NoSuchCommand {
        const NAME: &'static str = "no-such-command";
        type Answer = Done;
        type Reply = ();
    }
    #[derive(serde::Serialize)]
    #[serde(rename_all = "kebab-case")]
    struct Lease4Add {
        ip_address: &'static str,
        hw_address: &'static str,
    }
    impl Command for Lease4Add {
        const NAME: &'static str = "lease4-add";
        const MUTATES: bool = true;
        type Answer = Done;
        type Reply = ();
    }
    assert_eq!(replay("unknown command", &NoSuchCommand).await.unwrap_err().kind, ErrorKind::Unsupported);
    let command = Lease4Add { ip_address: "192.0.2.101", hw_address: "02:00:00:00:01:01" };
    let kind = replay("exists already", &command).await.unwrap_err().kind;
    assert_eq!(kind, ErrorKind::Conflict { text: "IPv4 lease already exists.".into() });
}

#[tokio::test]
async fn the_request_is_what_kea_takes() {
    let answer = json!([{ "result": 0, "arguments": { "extended": "3.0.3 (tarball)" } }]);
    let proxy = FaultProxy::alone(Fault::answer("200 OK", &answer.to_string())).await;
    client(&format!("{}kea", proxy.url()), "pass:wörd").send(&VersionGet).await.unwrap();
    let request = proxy.requests().pop().unwrap();
    let (head, body) = request.split_once("\r\n\r\n").unwrap();
    let head = head.to_lowercase();
    assert!(head.starts_with("post /kea http/1.1\r\n"), "{head}");
    assert!(head.contains("\r\ncontent-type: application/json\r\n"), "{head}");
    assert!(head.contains(&format!("\r\ncontent-length: {}", body.len())), "{head}");
    assert!(head.contains("\r\nauthorization: basic y29uc29sztpwyxnzonfdtnjk"), "{head}");
    for never in ["transfer-encoding", "accept-encoding", "expect:", "cookie", "user-agent", "referer"] {
        assert!(!head.contains(never), "{head}");
    }
}

#[tokio::test]
async fn a_walk_that_does_not_advance_is_malformed() {
    let lease = json!({ "ip-address": "192.0.2.7", "subnet-id": 1, "cltt": 1, "valid-lft": 1, "state": 0 });
    let answer = json!([{ "result": 0, "arguments": { "leases": [lease], "count": 1 } }]);
    let proxy = FaultProxy::alone(Fault::answer("200 OK", &answer.to_string())).await;
    let client = client(&proxy.url(), "");
    let walk = client.lease4_walk([192, 0, 2, 0].into(), [192, 0, 2, 255].into(), PageSize::new(1));
    let malformed = |path: &str| ErrorKind::Malformed { path: path.to_owned() };
    assert_eq!(walk.all().await.unwrap_err().kind, malformed("arguments.leases"));
    assert_eq!(proxy.requests().len(), 2);

    let hosts = json!([{ "result": 0, "arguments": { "hosts": [{}], "next": { "source-index": 0, "from": 0 } } }]);
    proxy.set(Fault::answer("200 OK", &hosts.to_string()));
    let walk = client.reservation_walk(None, PageSize::new(1));
    assert_eq!(walk.all().await.unwrap_err().kind, malformed("arguments.next"));
}
