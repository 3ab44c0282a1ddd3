//! The contract before no Kea at all: what is decided before any server is asked.

use std::io::{Read, Seek};

use crate::support::Proxy;
use axum::body::Body;
use axum::http::{Method, Request, StatusCode};
use model::{CallFilter, CallOutcome, CallQuery};
use serde_json::json;
use services::Actor;

#[tokio::test]
async fn the_root_says_who_we_are() {
    let proxy = Proxy::before(None).await;
    assert_eq!(proxy.get("/features").await.json(), json!(["dhcp", "logs"]));
    let modules = json!({ "dhcp": "3.18.0", "logs": "3.18.0" });
    assert_eq!(proxy.get("/version").await.json(), json!({ "version": "3.18.0", "modules": modules }));
    let features = proxy.get("/v2/features").await.json();
    let logs = json!({
        "http_enabled": true, "https_enabled": false, "settings": {}, "state": "running", "capabilities": [],
    });
    assert_eq!(features["logs"], logs);
    let dhcp = &features["dhcp"];
    assert_eq!(dhcp["state"], "running");
    assert_eq!(dhcp["settings"], json!({ "use_provider": "dhcp_kea_api" }));
    assert_eq!(dhcp["capabilities"], json!(["dhcp_filename_hostname", "dhcp_filename_ipv4"]));
    assert_eq!(proxy.get("/dhcp").await.json(), json!([]));
}

#[tokio::test]
async fn a_development_version_names_released_modules() {
    let mut proxy = Proxy::before(None).await;
    let settings = smart_proxy::Settings { version: "3.12.0-develop".to_owned(), ..smart_proxy::Settings::default() };
    proxy.router = smart_proxy::router(proxy.services.clone(), settings);
    let version = proxy.get("/version").await.json();
    assert_eq!(version, json!({ "version": "3.12.0-develop", "modules": { "dhcp": "3.12.0", "logs": "3.12.0" } }));
}

#[tokio::test]
async fn every_listed_route_is_served() {
    let proxy = Proxy::before(None).await;
    for route in smart_proxy::ROUTES {
        let path =
            route.path.replace("{network}", "192.0.2.0").replace("{mac}", "2:0:0:0:0:1").replace("{ip}", "192.0.2.9");
        // A record is posted to only to be deleted.
        let form = (route.method == "POST" && path.split('/').count() > 3).then_some("_method=DELETE");
        let answer = proxy.send(route.method.parse().unwrap(), &path, form).await;
        assert_eq!(answer.header("x-cascade"), "", "{route:?}");
        assert_eq!(answer.header("x-content-type-options"), "nosniff", "{route:?}");
    }
}

#[tokio::test]
async fn unknown_paths_and_methods_are_not_found() {
    let proxy = Proxy::before(None).await;
    let unknown = [
        (Method::GET, "/"),
        (Method::GET, "/features/"),
        (Method::GET, "/v2/version"),
        (Method::GET, "/dhcp/192.0.2.0/"),
        (Method::GET, "/dhcp/192.0.2.0/192.0.2.9"),
        (Method::GET, "/dhcp/192.0.2.0/mac/2:0:0:0:0:1/"),
        (Method::DELETE, "/dhcp/192.0.2.0/192.0.2.9"),
        (Method::DELETE, "/dhcp/192.0.2.0"),
        (Method::PUT, "/dhcp/192.0.2.0"),
        (Method::POST, "/dhcp"),
        (Method::POST, "/version"),
        (Method::POST, "/dhcp/192.0.2.0/mac/2:0:0:0:0:1"),
    ];
    for (method, path) in unknown {
        let answer = proxy.send(method, path, None).await;
        answer.is_refused(404, "Requested url was not found");
        assert_eq!(answer.header("x-cascade"), "pass", "{path}");
    }
}

/// Foreman drops one slash from the end of its URL, and adds paths that begin with one.
#[tokio::test]
async fn several_slashes_are_one() {
    let proxy = Proxy::before(None).await;
    for path in ["//features", "/v2//features", "//dhcp", "/dhcp//", "///logs//"] {
        assert_eq!(proxy.get(path).await.status, StatusCode::OK, "{path}");
    }
    proxy.get("//dhcp//x//mac/y?from=a//b").await.is_refused(400, "Invalid IP Address x");
    proxy.get("/features//").await.is_refused(404, "Requested url was not found");
}

#[tokio::test]
async fn malformed_input_is_named() {
    let proxy = Proxy::before(None).await;
    for path in ["/dhcp/x", "/dhcp/x/unused_ip", "/dhcp/x/mac/2:0:0:0:0:1", "/dhcp/x/ip/192.0.2.9"] {
        proxy.get(path).await.is_refused(400, "Invalid IP Address x");
    }
    proxy.get("/dhcp/192.0.2.00").await.is_refused(400, "Invalid IP Address 192.0.2.00");
    proxy.get("/dhcp/192.0.2.0/mac/020000000001").await.is_refused(400, "Invalid MAC 020000000001");
    proxy.delete("/dhcp/192.0.2.0/mac/2-0-0-0-0-1").await.is_refused(400, "Invalid MAC 2-0-0-0-0-1");
    proxy.delete("/dhcp/192.0.2.0/ip/nine").await.is_refused(400, "Invalid IP Address nine");
    proxy.get("/dhcp/192.0.2.0/unused_ip?mac=").await.is_refused(400, "Invalid MAC ");
    proxy.get("/dhcp/192.0.2.0/unused_ip?from=&to=").await.is_refused(400, "Invalid IP Address ");
    proxy.get("/dhcp/192.0.2.0%0a%00").await.is_refused(400, "Invalid IP Address 192.0.2.0  ");
    proxy.get("/dhcp/%ff%fe").await.is_refused(400, "The path is not readable");
}

#[tokio::test]
async fn forms_are_checked_before_any_look_up() {
    let proxy = Proxy::before(None).await;
    let post = async |form: &str, text: &str| proxy.post("/dhcp/192.0.2.0", form).await.is_refused(400, text);
    post("", "Invalid MAC ").await;
    post("mac=2:0:0:0:0:1", "Must provide hostname").await;
    post("mac=2:0:0:0:0:1&ip=192.0.2.9&name=a", "No Subnet detected for: 192.0.2.0").await;
}

#[tokio::test]
async fn only_forms_are_read_and_only_small_ones() {
    let proxy = Proxy::before(None).await;
    let send = async |kind: &str, body: String| {
        let request = Request::post("/dhcp/192.0.2.0").header("content-type", kind).body(Body::from(body));
        proxy.call(request.unwrap()).await
    };
    let json = json!({ "mac": "2:0:0:0:0:1", "ip": "192.0.2.9", "name": "a" }).to_string();
    send("application/json", json).await.is_refused(400, "Invalid MAC ");
    let form = "mac=2:0:0:0:0:1&ip=192.0.2.9&name=a".to_owned();
    let labelled = "application/x-www-form-urlencoded; charset=utf-8";
    send(labelled, form).await.is_refused(400, "No Subnet detected for: 192.0.2.0");
    send(labelled, "x".repeat((64 << 10) + 1)).await.is_refused(413, "The form is larger than 64 KiB");
}

#[tokio::test]
async fn an_unknown_subnet_is_not_found_except_where_it_does_not_matter() {
    let proxy = Proxy::before(None).await;
    let text = "Subnet 192.0.2.0 could not found";
    for rest in ["", "/unused_ip?", "/mac/2:0:0:0:0:1", "/ip/192.0.2.9"] {
        proxy.get(&format!("/dhcp/192.0.2.0{rest}")).await.is_refused(404, text);
    }
    proxy.get("/dhcp/2001:db8::").await.is_refused(404, "Subnet 2001:db8:: could not found");
    proxy.delete("/dhcp/192.0.2.0/mac/2:0:0:0:0:1").await.is_deleted();
    proxy.delete("/dhcp/192.0.2.0/ip/192.0.2.9").await.is_deleted();
    proxy.delete("/dhcp/2001:db8::/ip/2001:db8::1").await.is_deleted();
}

#[tokio::test]
async fn the_label_of_a_refusal_depends_on_what_is_accepted() {
    let proxy = Proxy::before(None).await;
    let kind = async |path: &str, accept: &str| {
        let request = Request::get(path).header("accept", accept).body(Body::empty()).unwrap();
        let answer = proxy.call(request).await;
        (answer.kind().to_owned(), answer.header("x-frame-options").to_owned())
    };
    let of = |kind: &str, frame: &str| (kind.to_owned(), frame.to_owned());
    assert_eq!(kind("/dhcp/x", "text/html").await, of("text/html;charset=utf-8", "SAMEORIGIN"));
    assert_eq!(kind("/dhcp/192.0.2.0", "text/html").await, of("application/json", ""));
    assert_eq!(kind("/dhcp/x", "text/html, */*;q=0.1").await, of("application/json", ""));
}

#[tokio::test]
async fn request_ids_come_back_and_pages_are_refused() {
    let proxy = Proxy::before(None).await;
    let with = async |name: &str, value: &str| {
        proxy.call(Request::get("/features").header(name, value).body(Body::empty()).unwrap()).await
    };
    assert_eq!(with("x-request-id", "0b6f-17").await.header("x-request-id"), "0b6f-17");
    assert!(!with("x-request-id", &"x".repeat(65)).await.headers.contains_key("x-request-id"));
    with("origin", "https://page.example").await.is_refused(403, "Requests of web pages are refused");
    with("origin", "null").await.is_refused(403, "Requests of web pages are refused");
}

#[tokio::test]
async fn head_is_get_without_a_body() {
    let proxy = Proxy::before(None).await;
    for path in ["/features", "/version", "/v2/features", "/dhcp", "/dhcp/"] {
        let answer = proxy.send(Method::HEAD, path, None).await;
        assert_eq!((answer.status, answer.body.as_str(), answer.kind()), (StatusCode::OK, "", "application/json"));
    }
    assert_eq!(proxy.send(Method::HEAD, "/dhcp/192.0.2.0", None).await.status, StatusCode::NOT_FOUND);
}

#[tokio::test]
async fn a_form_may_ask_to_be_a_deletion() {
    let proxy = Proxy::before(None).await;
    proxy.post("/dhcp/192.0.2.0/mac/2:0:0:0:0:1", "_method=delete").await.is_deleted();
    proxy.post("/dhcp/192.0.2.0/ip/192.0.2.9", "_method=DELETE").await.is_deleted();
    proxy.post("/dhcp/192.0.2.0/ip/nine", "_method=DELETE").await.is_refused(400, "Invalid IP Address nine");
    proxy.post("/dhcp/192.0.2.0/ip/192.0.2.9", "_method=PUT").await.is_refused(404, "Requested url was not found");
}

#[tokio::test]
async fn what_an_operator_should_look_at_leaves_a_line_with_its_reason() {
    let proxy = Proxy::before(None).await;
    let mut log = tempfile::tempfile().unwrap();
    let subscriber = tracing_subscriber::fmt().with_ansi(false).with_writer(log.try_clone().unwrap()).finish();
    let guard = tracing::subscriber::set_default(subscriber);
    proxy.get("/features").await;
    let request = Request::post("/dhcp/192.0.2.0?x").header("x-request-id", "0b6f-17").body(Body::empty()).unwrap();
    proxy.call(request).await.is_refused(400, "Invalid MAC ");
    drop(guard);
    let mut text = String::new();
    log.rewind().unwrap();
    log.read_to_string(&mut text).unwrap();
    let lines: Vec<&str> = text.lines().collect();
    assert_eq!(lines.len(), 1, "{text}");
    for part in [
        "WARN",
        "method=\"POST\" path=\"/dhcp/192.0.2.0\" status=400",
        "answer=\"Invalid MAC \"",
        "request_id=\"0b6f-17\"",
    ] {
        assert!(lines[0].contains(part), "{part} is not in {text}");
    }
}

#[tokio::test]
async fn every_call_is_kept_with_what_it_asked_and_was_answered() {
    let proxy = Proxy::before(None).await;
    let form = "mac=2:0:0:0:0:1&ip=192.0.2.9&hostname=a%20b&related_macs";
    let request = Request::post("/dhcp/192.0.2.0").header("x-request-id", "0b6f-1742");
    let request = request.header("content-type", "application/x-www-form-urlencoded").body(Body::from(form)).unwrap();
    proxy.call(request).await;
    proxy.get("/dhcp/192.0.2.0/unused_ip?from=192.0.2.1&to=192.0.2.9").await;
    let page = proxy.services.ledger.list(&Actor::System, &CallQuery::default()).await.unwrap();
    let [unused, post] = page.calls.as_slice() else { panic!("{page:?}") };
    assert_eq!((post.method.as_str(), post.status, post.outcome), ("POST", 400, CallOutcome::Refused));
    assert_eq!(post.parameters, "mac=2:0:0:0:0:1\nip=192.0.2.9\nhostname=a b\nrelated_macs");
    assert!(post.answer == "No Subnet detected for: 192.0.2.0" && post.changes);
    assert_eq!((post.caller.as_str(), post.request_id.as_deref()), ("127.0.0.1", Some("0b6f-1742")));
    assert_eq!((unused.status, unused.outcome, unused.changes), (404, CallOutcome::NotFound, true));
    assert_eq!(unused.parameters, "from=192.0.2.1\nto=192.0.2.9");
    let problems = CallQuery { filter: CallFilter::Problems, text: "A B".to_owned(), before: None };
    let found = proxy.services.ledger.list(&Actor::System, &problems).await.unwrap();
    assert_eq!(found.calls, std::slice::from_ref(post));
}

#[tokio::test]
async fn foremans_log_tab_shows_the_same() {
    let proxy = Proxy::before(None).await;
    let before = proxy.services.now();
    proxy.get("/dhcp/x").await;
    let request = Request::get("/features").header("x-request-id", "0b6f-1742-77").body(Body::empty()).unwrap();
    proxy.call(request).await;
    let log = proxy.get("/logs/").await.json();
    assert_eq!(
        log["info"],
        json!({ "size": 2000, "tail_size": 1000, "level": null, "level_tail": 3, "failed_modules": {} })
    );
    let [bad, good] = log["logs"].as_array().unwrap().as_slice() else { panic!("{log}") };
    assert_eq!((&bad["level"], bad.get("request_id"), bad.get("backtrace")), (&json!("ERROR"), None, None));
    assert!(
        bad["message"].as_str().unwrap().starts_with("GET /dhcp/x: 400 Invalid IP Address x [127.0.0.1, "),
        "{bad}"
    );
    assert_eq!((&good["level"], &good["request_id"]), (&json!("INFO"), &json!("0b6f-174")));
    let at = bad["timestamp"].to_string();
    assert!(at.ends_with(".0") && at[..at.len() - 2].parse::<i64>().unwrap() >= before.0, "{at}");
    let count = async |query: &str| proxy.get(&format!("/logs?{query}")).await.json()["logs"].as_array().unwrap().len();
    assert_eq!(count("from_timestamp=0").await, 3, "this tab's own calls are calls too");
    assert_eq!(count("from_timestamp=nonsense").await, 4);
    assert_eq!(count("from_timestamp=99999999999.5").await, 0);
}

#[tokio::test]
async fn strangers_do_not_drive_out_what_matters() {
    let proxy = Proxy::before(None).await;
    proxy.get("/dhcp").await;
    for _ in 0..150 {
        proxy.get("/version").await;
    }
    let all = proxy.services.ledger.log(&Actor::System, None).await.unwrap();
    // The minute may have changed meanwhile.
    assert!((61..=121).contains(&all.len()), "{}", all.len());
    assert_eq!(all[0].path, "/dhcp");
}
