//! What is sent and what is understood, by recorded exchanges, over real HTTP.

use crate::fault_proxy::{Fault, FaultProxy};
use kea::commands::*;
use kea::wire::{Lease6Type, Reservation, SubnetStatistics};
use kea::{Capabilities, Client, Command, Done, Endpoint, Error, ErrorKind, Hook, Secret, Service};
use serde_json::{Value, json};

fn client(url: &str, password: &str) -> Client {
    Client::new(endpoint(url, password)).unwrap()
}

fn endpoint(url: &str, password: &str) -> Endpoint {
    Endpoint::new(url).unwrap().with_auth("console", Secret::new(password)).unwrap()
}

/// Sends a command to a server that gives the recorded answer; what was sent must be what was recorded.
async fn replay<C: Command>(case: &str, command: &C) -> Result<C::Reply, Error> {
    let recorded = recorded(C::NAME, case);
    let (reply, sent) = exchange(Service::Dhcp4, &recorded, command).await;
    assert_eq!(sent, recorded["request"], "{}: {case}", C::NAME);
    reply
}

/// The same with what `kea-dhcp6` answered. It was recorded with fewer arguments than we send: those must be the same.
async fn replay6<C: Command>(case: &str, command: &C) -> Result<C::Reply, Error> {
    let recorded = recorded(&format!("v6/{}", C::NAME), case);
    let (reply, sent) = exchange(Service::Dhcp6, &recorded, command).await;
    assert!(includes(&sent, &recorded["request"]), "{}: {case}: {sent}", C::NAME);
    reply
}

fn recorded(file: &str, case: &str) -> Value {
    let path = format!("{}/tests/golden/{file}.json", env!("CARGO_MANIFEST_DIR"));
    let cases: Vec<Value> = serde_json::from_slice(&std::fs::read(path).unwrap()).unwrap();
    cases.into_iter().find(|recorded| recorded["case"] == case).unwrap()
}

/// The reply to the recorded answer, and what was sent, without the service: recorded without the Control Agent, which
/// alone needs it.
async fn exchange<C: Command>(service: Service, recorded: &Value, command: &C) -> (Result<C::Reply, Error>, Value) {
    let mut replies = Vec::new();
    let mut sent = Value::Null;
    for answer in [recorded["answer"].clone(), recorded["answer"][0].clone()] {
        let proxy = FaultProxy::alone(Fault::answer("200 OK", &answer.to_string())).await;
        let client = Client::new(endpoint(&proxy.url(), "test-pw").with_service(service)).unwrap();
        replies.push(client.send(command).await.map_err(|error| error.kind));
        let request = proxy.requests().pop().unwrap();
        let (_, body) = request.split_once("\r\n\r\n").unwrap();
        sent = serde_json::from_str(body).unwrap();
        assert_eq!(sent.as_object_mut().unwrap().shift_remove("service"), Some(json!([service.name()])));
    }
    let bare = replies.pop().unwrap();
    let listed = replies.pop().unwrap();
    assert_eq!(bare.as_ref().err(), listed.as_ref().err(), "{}: with and without a list around it", C::NAME);
    (listed.map_err(|kind| Error { daemon: String::new(), command: C::NAME, kind }), sent)
}

/// Whether all that was recorded was sent; an empty list may as well be absent.
fn includes(sent: &Value, recorded: &Value) -> bool {
    match recorded.as_object() {
        Some(members) => members.iter().all(|(key, value)| includes(&sent[key], value)),
        None => sent == recorded || (sent.is_null() && *recorded == json!([])),
    }
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
    assert_eq!(running.service, Service::Dhcp4);
    assert_eq!(running.dhcp.subnets().map(|(subnet, _)| subnet.id).collect::<Vec<_>>(), [1, 2, 20]);
    assert_eq!(running.dhcp.subnet[0].reservations[0].hostname.as_deref(), Some("infile"));
    assert_eq!(running.dhcp.subnet[1].pools[0].pool, "203.0.113.0/25");
    assert_eq!(running.dhcp.hooks_libraries.len(), 5);
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
    let lease = replay("success", &get(102)).await.unwrap().unwrap().known().unwrap();
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
    assert_eq!(found.option_data[0].never_send, Some(false));
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
async fn recorded_answers_about_an_ipv6_configuration() {
    let running = replay6("success", &ConfigGet).await.unwrap();
    assert_eq!((running.service, running.dhcp.subnets().count()), (Service::Dhcp6, 2));
    let subnet = &running.dhcp.subnet[0];
    assert_eq!((subnet.subnet.as_str(), subnet.pools[0].pool.as_str()), ("2001:db8:1::/64", "2001:db8:1::1000/116"));
    let pool = &subnet.pd_pools[0];
    assert_eq!((pool.prefix, pool.prefix_len, pool.delegated_len), ("2001:db8:f000::".parse().unwrap(), 48, 64));
    assert_eq!(subnet.reservations[0].prefixes[0].to_string(), "2001:db8:e000:1::/64");
    assert_eq!(running.dhcp.option_data[0].space.as_deref(), Some("dhcp6"));

    let known = Capabilities::new(replay6("success", &ListCommands).await.unwrap());
    assert!(Hook::ALL.iter().all(|hook| known.has(*hook) == (*hook != Hook::Ha)));
    assert!(known.offers::<Lease6GetPage>() && known.offers::<Subnet6List>() && known.offers::<StatLease6Get>());
    assert!(!known.offers::<Lease6GetByHwAddress>());

    let subnets = replay6("success", &Subnet6List).await.unwrap();
    assert_eq!((subnets[1].id, subnets[1].subnet.as_str()), (2, "2001:db8:2::/64"));
    let counts = replay6("with leases", &StatLease6Get::default()).await.unwrap();
    let first = SubnetStatistics {
        subnet_id: 1,
        total: 4096,
        assigned: 3,
        total_prefixes: 65_536,
        assigned_prefixes: 1,
        ..Default::default()
    };
    let second = SubnetStatistics { subnet_id: 2, total: 65_536, ..Default::default() };
    assert_eq!(counts, [first, second]);
}

#[tokio::test]
async fn recorded_answers_about_ipv6_leases() {
    let get = |address: &str, kind| Lease6Get { ip_address: address.parse().unwrap(), kind };
    let lease =
        replay6("success", &get("2001:db8:1::1002", Lease6Type::Address)).await.unwrap().unwrap().known().unwrap();
    assert_eq!((lease.duid.as_str(), lease.iaid, lease.kind), ("01:02:03:04:0a:02", 2, Lease6Type::Address));
    assert_eq!((lease.preferred_lft, lease.valid_lft, lease.prefix_len), (500, 1000, None));
    assert_eq!(lease.hw_address.as_deref(), Some("02:00:00:00:0a:02"));
    assert_eq!((lease.user_context.unwrap()["a"].as_u64(), lease.rest.len()), (Some(1), 0));
    let prefix =
        replay6("IA_PD", &get("2001:db8:f000:5::", Lease6Type::Prefix)).await.unwrap().unwrap().known().unwrap();
    assert_eq!((prefix.kind, prefix.prefix_len, prefix.hw_address.as_ref()), (Lease6Type::Prefix, Some(64), None));
    let absent = get("2001:db8:f000:5::", Lease6Type::Address);
    assert_eq!(replay6("IA_PD without type: not found", &absent).await.unwrap(), None);

    let by_duid = |duid: &str| Lease6GetByDuid { duid: duid.to_owned() };
    assert_eq!(replay6("success", &by_duid("01:02:03:04:0a:03")).await.unwrap(), [prefix]);
    assert_eq!(replay6("none", &by_duid("01:02:03:04:0a:ff")).await.unwrap(), []);
    let by_name = Lease6GetByHostname { hostname: "six.example.org".into() };
    assert_eq!(replay6("success", &by_name).await.unwrap().len(), 1);
    let by_mac = Lease6GetByHwAddress { hw_address: "02:00:00:00:0a:02".into() };
    let unknown = replay6("not in 3.0 (came in 3.1.1)", &by_mac).await.unwrap_err();
    assert_eq!(unknown.kind, ErrorKind::Unsupported);

    let page = |from: Option<&str>, size| Lease6GetPage {
        from: from.map(|address| address.parse().unwrap()),
        limit: PageSize::new(size),
    };
    assert_eq!(replay6("first page", &page(None, 2)).await.unwrap().len(), 2);
    let second = replay6("next page", &page(Some("2001:db8:1::1002"), 100)).await.unwrap();
    assert!(
        second.iter().map(|lease| (lease.kind, lease.state)).eq([(Lease6Type::Address, 1), (Lease6Type::Prefix, 0)])
    );

    let del = |address: &str, kind| Lease6Del { ip_address: address.parse().unwrap(), kind };
    let address = del("2001:db8:1::1006", Lease6Type::Address);
    assert_eq!(replay6("success", &address).await.unwrap(), Removal::Removed);
    assert_eq!(replay6("no such lease", &address).await.unwrap(), Removal::Absent);
    assert_eq!(replay6("IA_PD", &del("2001:db8:f000:5::", Lease6Type::Prefix)).await.unwrap(), Removal::Removed);
}

#[tokio::test]
async fn recorded_answers_about_ipv6_reservations() {
    let by_duid = HostKey::Identifier { identifier_type: IdentifierType::Duid, identifier: "01:02:03:04:0b:01".into() };
    let at = |address: &str| HostKey::Address { ip_address: address.parse().unwrap() };
    let get = |key| ReservationGet { subnet_id: 1, key, operation_target: Target::All };
    let found = replay6("success", &get(at("2001:db8:1::20"))).await.unwrap().unwrap();
    assert_eq!(found.ip_addresses, ["2001:db8:1::20".parse::<std::net::Ipv6Addr>().unwrap()]);
    assert_eq!((found.prefixes[0].to_string().as_str(), found.ip_address), ("2001:db8:e000:2::/64", None));
    assert_eq!(replay6("by prefix", &get(at("2001:db8:e000:2::"))).await.unwrap().as_ref(), Some(&found));
    assert_eq!(replay6("by duid", &get(by_duid)).await.unwrap().as_ref(), Some(&found));

    let by_address = ReservationGetByAddress { ip_address: "2001:db8:1::20".parse().unwrap(), subnet_id: None };
    let identifier = "01:02:03:04:0b:01".to_owned();
    let by_id = ReservationGetById { identifier_type: IdentifierType::Duid, identifier };
    let by_name = ReservationGetByHostname { hostname: "r6".into(), subnet_id: None };
    let same = [found.clone()];
    assert_eq!(replay6("success", &by_address).await.unwrap(), same);
    assert_eq!(replay6("success", &by_id).await.unwrap(), same);
    assert_eq!(replay6("success", &by_name).await.unwrap(), same);
    let page = replay6("success", &ReservationGetPage { limit: PageSize::new(2), ..Default::default() }).await.unwrap();
    assert_eq!((&page.hosts[1], page.next.unwrap().from), (&found, 2));
}

#[tokio::test]
async fn recorded_answers_to_ipv6_changes() {
    let given = |duid: &str, addresses: &[&str], prefixes: &[&str]| Reservation {
        subnet_id: Some(1),
        duid: Some(duid.to_owned()),
        ip_addresses: addresses.iter().map(|address| address.parse().unwrap()).collect(),
        prefixes: prefixes.iter().map(|prefix| prefix.parse().unwrap()).collect(),
        ..Reservation::default()
    };
    let add = |reservation| ReservationAdd { reservation, operation_target: Target::Memory };
    let option = json!({ "name": "dns-servers", "data": "2001:db8::54" });
    let full = Reservation {
        hostname: Some("r6".into()),
        option_data: vec![serde_json::from_value(option).unwrap()],
        user_context: json!({ "o": 1 }).as_object().cloned(),
        ..given("01:02:03:04:0b:01", &["2001:db8:1::20"], &["2001:db8:e000:2::/64"])
    };
    replay6("memory, full", &add(full)).await.unwrap();
    for (case, refused) in [
        ("same duid", given("01:02:03:04:0b:01", &["2001:db8:1::22"], &[])),
        ("same address", given("01:02:03:04:0b:03", &["2001:db8:1::20"], &[])),
        ("same prefix", given("01:02:03:04:0b:04", &[], &["2001:db8:e000:2::/64"])),
        ("address out of subnet", given("01:02:03:04:0b:05", &["2001:db8:9::1"], &[])),
    ] {
        let error = replay6(case, &add(refused)).await.unwrap_err();
        assert!(matches!(error.kind, ErrorKind::Rejected { .. }), "{case}: {error}");
    }
    let by_mac = Reservation {
        duid: None,
        hw_address: Some("02:00:00:00:0b:07".into()),
        ..given("", &["2001:db8:1::23", "2001:db8:1::24"], &[])
    };
    replay6("by hw-address, two addresses", &add(by_mac)).await.unwrap();
    let changed = given("01:02:03:04:0b:01", &["2001:db8:1::2a"], &[]);
    let update = ReservationUpdate { reservation: changed, operation_target: Target::Memory };
    replay6("success", &update).await.unwrap();
    let key = HostKey::Address { ip_address: "2001:db8:1::2a".parse().unwrap() };
    let deletion = ReservationDel { subnet_id: 1, key, operation_target: Target::Memory };
    assert_eq!(replay6("success", &deletion).await.unwrap(), Removal::Removed);
    assert_eq!(replay6("not found", &deletion).await.unwrap(), Removal::Absent);
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
    let scan = client.lease4_scan([192, 0, 2, 0].into(), [192, 0, 2, 255].into(), PageSize::new(1));
    let malformed = |path: &str| ErrorKind::Malformed { path: path.to_owned() };
    assert_eq!(scan.all().await.unwrap_err().kind, malformed("arguments.leases"));
    assert_eq!(proxy.requests().len(), 2);

    let hosts = json!([{ "result": 0, "arguments": { "hosts": [{}], "next": { "source-index": 0, "from": 0 } } }]);
    proxy.set(Fault::answer("200 OK", &hosts.to_string()));
    let scan = client.reservation_scan(None, PageSize::new(1));
    assert_eq!(scan.all().await.unwrap_err().kind, malformed("arguments.next"));
}

#[tokio::test]
async fn a_walk_goes_on_over_what_is_not_understood() {
    let good = json!({ "ip-address": "192.0.2.8", "subnet-id": 1, "cltt": 1, "valid-lft": 1, "state": 0 });
    let odd = json!({ "ip-address": "192.0.2.9", "subnet-id": 1, "cltt": 1, "valid-lft": 1, "state": -1 });
    let page = |leases: &[&Value]| {
        let answer = json!([{ "result": 0, "arguments": { "leases": leases, "count": leases.len() } }]);
        Fault::answer("200 OK", &answer.to_string())
    };
    let proxy = FaultProxy::alone(page(&[&good, &odd])).await;
    let client = client(&proxy.url(), "");
    let mut scan = client.lease4_scan([192, 0, 2, 0].into(), [192, 0, 2, 255].into(), PageSize::new(2));
    let found = scan.next_page().await.unwrap().unwrap();
    assert_eq!((found.len(), found.raw().len(), found.count()), (1, 1, 2));
    assert_eq!(found.raw()[0].value, odd);
    proxy.set(page(&[]));
    assert_eq!(scan.next_page().await.unwrap(), None);
    assert!(proxy.requests()[1].contains(r#""from":"192.0.2.9""#), "behind the odd one");

    let hosts = json!([{ "result": 0, "arguments": { "hosts": [{ "hw-address": "02:00:00:00:00:01" }, { "hostname": 7 }],
        "next": { "source-index": 0, "from": 2 } } }]);
    proxy.set(Fault::answer("200 OK", &hosts.to_string()));
    let found = client.reservation_scan(None, PageSize::new(5)).next_page().await.unwrap().unwrap();
    assert_eq!((found.len(), found.raw()[0].text().as_str()), (1, r#"{"hostname":7}"#));
    proxy.set(Fault::answer("200 OK", &json!([{ "result": 0, "arguments": odd }]).to_string()));
    let found = client.send(&Lease4Get { ip_address: [192, 0, 2, 9].into() }).await.unwrap().unwrap();
    assert_eq!(found.known(), None);
}
