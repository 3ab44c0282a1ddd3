//! Every route and every server function, without a session and as each role: what `nestor routes` declares is what
//! happens.

use std::collections::BTreeSet;

use crate::support::{Nestor, kea, run};
use serde_json::{Value, json};

fn declared() -> Vec<Value> {
    let output = run(&["routes", "--json"], "");
    assert!(output.status.success());
    serde_json::from_slice(&output.stdout).unwrap()
}

fn text<'a>(route: &'a Value, member: &str) -> &'a str {
    route[member].as_str().unwrap_or_default()
}

fn rank(role: &str) -> usize {
    ["viewer", "operator", "admin"].iter().position(|known| *known == role).unwrap()
}

#[test]
fn every_server_function_is_declared() {
    let registered: BTreeSet<String> =
        server_fn::axum::server_fn_paths().map(|(path, method)| format!("{method} {path}")).collect();
    let listed: BTreeSet<String> =
        app::api::FUNCTIONS.iter().map(|function| format!("POST {}", function.path)).collect();
    assert_eq!(registered, listed);
}

/// Arguments that a function can read. The subnet does not exist: a permitted change does no harm.
fn arguments(path: &str) -> Value {
    let subnet = json!({ "server": "kea", "id": 99 });
    let identifier = json!({ "kind": "hw-address", "value": "02:00:00:00:00:01" });
    let new = json!({
        "subnet": subnet, "identifier": identifier, "address": "198.51.100.7", "host_name": null, "next_server": null,
        "server_host_name": null, "boot_file_name": null, "note": null, "record_name": null,
    });
    let mut seen = new.clone();
    for (member, value) in [("client_classes", json!([])), ("options", json!([])), ("storage", json!("configuration"))]
    {
        seen[member] = value;
    }
    match path {
        _ if path.starts_with("/api/config/") => of_configurations(path),
        "/api/foreman/calls" => json!({ "query": { "filter": "all", "text": "", "before": null } }),
        "/api/foreman/subnets-page" => json!({ "offset": 0 }),
        "/api/holds/release" => json!({ "hold": { "subnet": subnet, "address": "198.51.100.7" } }),
        "/api/reservations/create" => json!({ "new": new }),
        "/api/reservations/delete" => json!({ "seen": seen }),
        "/api/reservations/get" => json!({ "key": { "subnet": subnet, "identifier": identifier } }),
        "/api/reservations/suggest" => json!({ "subnet": subnet, "range": null, "client": null }),
        "/api/reservations/update" => json!({ "seen": seen, "new": new }),
        "/api/reservations/verdict" => json!({ "new": new, "replacing": null }),
        "/api/reservations/storage"
        | "/api/servers/drift"
        | "/api/servers/lost"
        | "/api/servers/silenced"
        | "/api/servers/check" => {
            json!({ "server": "kea" })
        }
        "/api/search" | "/api/search/hints" => json!({ "text": "host" }),
        "/api/changes/export" | "/api/changes/list" => json!({ "query": { "filter": "all", "text": "" } }),
        "/api/changes/can-undo"
        | "/api/changes/undo"
        | "/api/changes/settle"
        | "/api/changes/give-up"
        | "/api/changes/take-back"
        | "/api/changes/way-back" => {
            json!({ "number": 99 })
        }
        "/api/changes/restore" => json!({ "number": 99, "version": "before" }),
        "/api/changes/can-undo-batch" | "/api/changes/undo-batch" => json!({ "batch": "none" }),
        "/api/exclusions/list" | "/api/table/export" => json!({ "subnet": null }),
        "/api/exclusions/add" => json!({ "subnet": subnet, "range": ["198.51.100.1", "198.51.100.9"], "reason": "x" }),
        "/api/exclusions/remove" => json!({ "subnet": subnet, "range": ["198.51.100.1", "198.51.100.9"] }),
        "/api/reservations/reserve" => json!({ "wanted": { "new": new } }),
        "/api/reservations/move" => json!({ "seen": seen, "to": "configuration" }),
        "/api/reservations/move-all" => json!({ "subnet": subnet, "to": "configuration" }),
        "/api/servers/repair" | "/api/servers/save" => json!({ "server": "nobody" }),
        "/api/servers/silence" => {
            json!({ "server": "nobody", "findings": [{ "finding": "x", "text": "x" }], "reason": "known" })
        }
        "/api/servers/show-again" => json!({ "server": "kea", "finding": "x" }),
        "/api/servers/put-back" => json!({ "server": "kea", "numbers": [] }),
        "/api/servers/align" => json!({ "from": subnet, "to": subnet, "identifier": identifier }),
        // A row without a subnet: nothing can come of it.
        "/api/table/check" | "/api/table/apply" => json!({ "text": "mac\n02:00:00:00:00:01", "subnet": null }),
        "/api/table/export-leases" | "/api/holds/release-all" | "/api/subnets/get" => json!({ "subnet": subnet }),
        "/api/subnets/label" => json!({ "subnet": subnet, "seen": {}, "wanted": { "name": "x" } }),
        "/api/subnets/addresses" => json!({
            "subnet": subnet,
            "query": { "text": "", "filter": "all", "sort": "address", "descending": false, "offset": 0, "limit": 10 },
        }),
        "/api/subnets/networks" => json!({ "query": {} }),
        _ => json!({}),
    }
}

/// The same of what is about configurations.
fn of_configurations(path: &str) -> Value {
    let subnet = json!({ "server": "kea", "id": 99 });
    match path {
        "/api/config/propose-subnet" => json!({ "server": "kea", "prefix": "203.0.113.0/24" }),
        "/api/config/text" => json!({ "server": "kea", "path": "subnet4" }),
        "/api/config/option-octets" => {
            json!({ "server": "kea", "list": "option-data", "option": "{\"code\":3,\"data\":\"192.0.2.1\"}" })
        }
        "/api/config/lint" => json!({ "server": "kea", "text": "{ \"Dhcp4\": {} }" }),
        "/api/config/text-edits" => json!({ "server": "kea", "before": "{}", "after": "{}" }),
        "/api/config/vendor-option" => {
            json!({ "server": "kea", "list": "option-data", "code": "1", "value": "0a" })
        }
        "/api/config/search" => json!({ "server": "kea", "text": "subnet" }),
        "/api/config/class-elsewhere" => json!({ "server": "kea", "class": "nobody" }),
        "/api/config/try-packet" => json!({ "server": "kea", "packet": { "mac": "02:00:00:00:00:01" } }),
        "/api/config/apply" => json!({ "server": "kea", "request": { "edits": "[]" } }),
        "/api/config/define" => json!({
            "server": "kea", "definition": { "space": "dhcp4", "code": "234", "name": "acme", "kind": "string" },
        }),
        "/api/config/difference" => json!({ "server": "kea", "from": 99 }),
        "/api/config/seen" | "/api/config/restoration" => json!({ "server": "kea", "number": 99 }),
        "/api/config/split-pool" => {
            json!({ "server": "kea", "path": "subnet4[id=1].pools[pool=192.0.2.100-192.0.2.199]", "at": "192.0.2.150" })
        }
        "/api/config/spread" => json!({ "server": "kea", "subnets": [1], "edits": [] }),
        "/api/config/template" => {
            json!({ "server": "kea", "name": "unifi", "values": [["controller", "192.0.2.5"]] })
        }
        "/api/config/plan" => json!({ "server": "kea", "edits": [] }),
        "/api/config/class-names"
        | "/api/config/classes"
        | "/api/config/ddns"
        | "/api/config/definitions"
        | "/api/config/findings"
        | "/api/config/history"
        | "/api/config/hooks"
        | "/api/config/networks"
        | "/api/config/loggers"
        | "/api/config/options"
        | "/api/config/parameters"
        | "/api/config/reload"
        | "/api/config/reload-outlook"
        | "/api/config/show"
        | "/api/config/templates"
        | "/api/config/confirm"
        | "/api/config/unconfirmed" => {
            json!({ "server": "kea" })
        }
        "/api/config/subnet" => json!({ "subnet": subnet }),
        _ => json!({}),
    }
}

#[tokio::test]
async fn server_functions_answer_whom_they_should() {
    let kea = kea();
    let nestor = Nestor::before(&kea);
    let cookies = [nestor.sign_in("viewer").await, nestor.sign_in("operator").await, nestor.sign_in("admin").await];
    for route in declared().iter().filter(|route| text(route, "kind") == "function") {
        let path = text(route, "path");
        let (status, problem) = nestor.call(path, &arguments(path), "").await;
        assert_eq!(
            (status, problem["kind"].as_str()),
            (401, Some("unauthenticated")),
            "{path} without a session: {problem}"
        );
        for (role, cookie) in cookies.iter().enumerate() {
            let (status, answer) = nestor.call(path, &arguments(path), cookie).await;
            let refused = role < rank(text(route, "role"));
            let expected: &[u16] = match path {
                _ if refused => &[403],
                // The two servers are one and the same.
                "/api/servers/align" => &[422],
                // It is not to be confirmed.
                "/api/changes/take-back" => &[409],
                _ => &[200, 404],
            };
            assert!(expected.contains(&status), "{path} as role {role}: {status} {answer}");
        }
    }
}

#[tokio::test]
async fn pages_and_streams_send_strangers_to_sign_in() {
    let kea = kea();
    let nestor = Nestor::before(&kea);
    let cookie = nestor.sign_in("viewer").await;
    for route in declared().iter().filter(|route| ["page", "stream", "asset", "health"].contains(&text(route, "kind")))
    {
        let path = text(route, "path")
            .replace(":server", "kea")
            .replace(":id", "1")
            .replace("{server}", "kea")
            .replace("{id}", "1");
        if path.contains('*') {
            continue;
        }
        let status = nestor.get(&path, "").await.status().as_u16();
        let expected = match (text(route, "kind"), route["role"].is_null()) {
            (_, true) => 200,
            ("stream", false) => 401,
            _ => 303,
        };
        assert_eq!(status, expected, "{path} without a session");
        assert_eq!(nestor.get(&path, &cookie).await.status(), 200, "{path} as a viewer");
    }
    for unknown in ["/nothing/here", "/api/nothing", "/%00", "/..%2f..%2fetc%2fpasswd"] {
        let status = nestor.get(unknown, "").await.status().as_u16();
        assert!([303, 401].contains(&status), "{unknown} without a session: {status}");
        let status = nestor.get(unknown, &cookie).await.status().as_u16();
        assert!([404, 405].contains(&status), "{unknown} as a viewer: {status}");
    }
}

#[tokio::test]
async fn nothing_that_changes_something_is_reachable_from_another_site() {
    let kea = kea();
    let nestor = Nestor::before(&kea);
    let cookie = nestor.sign_in("admin").await;
    let posts =
        declared().into_iter().filter(|route| text(route, "method") == "POST" && text(route, "kind") != "foreman");
    for route in posts {
        let path = text(&route, "path");
        for (name, value) in [
            ("origin", "http://evil.example"),
            ("origin", "null"),
            ("origin", "http://127.0.0.1:1"),
            ("sec-fetch-site", "cross-site"),
            ("sec-fetch-site", "same-site"),
            ("sec-fetch-site", "none"),
            ("x-nothing", "said"),
        ] {
            let request = nestor.client.post(format!("{}{path}", nestor.console)).header("cookie", &cookie);
            let request = request.header(name, value).header("content-type", "application/json");
            let status = request.body(arguments(path).to_string()).send().await.unwrap().status();
            assert_eq!(status, 403, "{path} with {name}: {value}");
        }
    }
    assert_eq!(nestor.call("/api/session", &json!({}), &cookie).await.0, 200, "the session lives on");
}

#[tokio::test]
async fn only_our_own_host_names_are_answered() {
    let kea = kea();
    let nestor = Nestor::before(&kea);
    for (host, expected) in [("evil.example", 421), ("192.0.2.1", 421), ("localhost:1234", 200)] {
        for url in [format!("{}/healthz", nestor.console), format!("{}/features", nestor.foreman)] {
            let request = nestor.client.get(&url).header("host", host);
            assert_eq!(request.send().await.unwrap().status(), expected, "{url} as {host}");
        }
    }
    // A page whose name was pointed at Foreman's port neither reads subnets nor holds addresses.
    for path in ["/dhcp", "/dhcp/192.0.2.0", "/dhcp/192.0.2.0/unused_ip", "/logs"] {
        let request = nestor.client.get(format!("{}{path}", nestor.foreman)).header("host", "evil.example");
        let answer = request.send().await.unwrap();
        assert_eq!(answer.status(), 421, "{path}");
        let text = answer.text().await.unwrap();
        assert!(text.contains("smart_proxy.host_names") && !text.contains("192.0.2"), "{text}");
    }
    let cookie = nestor.sign_in("viewer").await;
    let (_, holds) = nestor.call("/api/holds/list", &json!({ "subnet": null }), &cookie).await;
    assert_eq!(holds, json!([]));
    // They are remembered as any other call that is refused, with the name that was called.
    let query = json!({ "query": { "filter": "problems", "text": "evil.example", "before": null } });
    let (_, page) = nestor.call("/api/foreman/calls", &query, &cookie).await;
    let calls = page["calls"].as_array().unwrap();
    assert_eq!(calls.len(), 5, "{page}");
    for call in calls {
        assert_eq!(
            (&call["status"], &call["outcome"], &call["caller"]),
            (&json!(421), &json!("refused"), &json!("127.0.0.1"))
        );
        assert!(call["answer"].as_str().unwrap().contains("smart_proxy.host_names"), "{call}");
    }
}

#[tokio::test]
async fn a_header_that_decides_is_there_once() {
    let kea = kea();
    let nestor = Nestor::before(&kea);
    let cookie = nestor.sign_in("admin").await;
    for url in [format!("{}/api/session", nestor.console), format!("{}/features", nestor.foreman)] {
        for name in ["host", "origin", "sec-fetch-site", "sec-fetch-mode", "content-type", "referer"] {
            let request = nestor.client.post(&url).header("cookie", &cookie).header("sec-fetch-site", "same-origin");
            let value = if name == "host" { "127.0.0.1" } else { "same-origin" };
            let mut request = request.header("content-type", "application/json").body("{}").build().unwrap();
            request.headers_mut().remove(name);
            for value in [value, value] {
                request.headers_mut().append(name, value.parse().unwrap());
            }
            let answer = nestor.client.execute(request).await.unwrap();
            assert_eq!(answer.status(), 400, "{url} {name}");
            assert!(answer.text().await.unwrap().contains("twice"), "{url} {name}");
        }
    }
}

#[tokio::test]
async fn functions_take_json_and_lead_nowhere() {
    let kea = kea();
    let nestor = Nestor::before(&kea);
    let cookie = nestor.sign_in("viewer").await;
    let call = async |kind: Option<&str>| {
        let request = nestor.client.post(format!("{}/api/session", nestor.console)).header("cookie", &cookie);
        let request = request.header("origin", &nestor.console).header("accept", "text/html");
        let request = request.header("referer", "http://evil.example/?__path=/api/session").body("{}");
        let request = kind.into_iter().fold(request, |request, kind| request.header("content-type", kind));
        let answer = request.send().await.unwrap();
        (answer.status().as_u16(), answer.headers().get("location").is_some(), answer.text().await.unwrap())
    };
    for kind in ["application/json", "application/json; charset=utf-8"] {
        let (status, leads, text) = call(Some(kind)).await;
        assert_eq!((status, leads), (200, false), "{kind}: {text}");
    }
    for kind in [None, Some("text/plain"), Some("application/x-www-form-urlencoded"), Some("multipart/form-data")] {
        let (status, leads, text) = call(kind).await;
        assert_eq!((status, leads), (415, false), "{kind:?}: {text}");
        assert!(text.contains("application/json"), "{text}");
    }
}

#[tokio::test]
async fn every_answer_is_protected() {
    let kea = kea();
    let nestor = Nestor::before(&kea);
    let cookie = nestor.sign_in("viewer").await;
    let mut nonces = BTreeSet::new();
    for path in [
        "/login",
        "/",
        "/networks",
        "/networks/kea/1",
        "/foreman",
        "/changes",
        "/import",
        "/servers",
        "/search?q=host",
        "/no/such/page",
        "/healthz",
        "/favicon.svg",
    ] {
        let response = nestor.get(path, &cookie).await;
        let header = |name: &str| {
            response.headers().get(name).map(|value| value.to_str().unwrap().to_owned()).unwrap_or_default()
        };
        assert_eq!(header("x-content-type-options"), "nosniff", "{path}");
        let policy = header("content-security-policy");
        assert!(policy.starts_with("default-src 'none'") && !policy.contains("unsafe-inline"), "{path}: {policy}");
        if header("content-type").starts_with("text/html") {
            let nonce = policy.split("'nonce-").nth(1).unwrap().split('\'').next().unwrap().to_owned();
            assert!(nonce.len() >= 22, "{path}: {nonce}");
            assert_eq!(header("cache-control"), "no-store", "{path}");
            let page = response.text().await.unwrap();
            assert!(page.contains(&nonce) && !page.contains(" style=\""), "{path}");
            assert!(nonces.insert(nonce), "{path}: a nonce is used once");
        }
    }
    assert!(nonces.len() >= 6);
}
