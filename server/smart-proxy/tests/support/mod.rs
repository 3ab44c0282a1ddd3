//! The real router on a store of its own and, where a test needs subnets, a real Kea.
#![allow(dead_code, unreachable_pub, missing_docs, reason = "every test takes a part of it")]
#![allow(clippy::unwrap_used, reason = "a test that cannot go on should stop")]

#[path = "../../../kea/tests/support/lab.rs"]
pub mod lab;

pub mod any_call;

use std::net::SocketAddr;
use std::sync::Arc;
use std::time::{Duration, SystemTime};

use axum::Router;
use axum::body::{Body, to_bytes};
use axum::extract::ConnectInfo;
use axum::http::{HeaderMap, Method, Request, Response, StatusCode};
use fleet::Fleet;
use kea::{Client, Endpoint, Secret};
use model::{ForemanSettings, Seconds, Timestamp};
use rand::Rng;
use serde_json::{Value, json};
use services::ports::{Clock, Pinger, Random};
use services::{Ports, Services, Settings};
use tempfile::TempDir;
use tower::ServiceExt;

pub use lab::Kea;

struct System;

impl Clock for System {
    fn now(&self) -> Timestamp {
        let since = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH).unwrap_or(Duration::ZERO);
        Timestamp(i64::try_from(since.as_secs()).unwrap())
    }
}

impl Random for System {
    fn fill(&self, octets: &mut [u8]) {
        rand::rng().fill_bytes(octets);
    }
}

/// The router of a Smart Proxy.
pub struct Proxy {
    pub router: Router,
    pub services: Services,
    _store: TempDir,
}

/// What it answered.
pub struct Answer {
    pub status: StatusCode,
    pub headers: HeaderMap,
    pub body: String,
}

impl Proxy {
    /// Before one Kea, or before none.
    pub async fn before(kea: Option<&Kea>) -> Self {
        Self::looking(kea, None).await
    }

    /// The same, where addresses are tried out before they are suggested.
    pub async fn looking(kea: Option<&Kea>, pinger: Option<Arc<dyn Pinger>>) -> Self {
        let folder = TempDir::new().unwrap();
        let clock: Arc<dyn Clock> = Arc::new(System);
        let servers = kea.iter().map(|kea| ("main".parse().unwrap(), client(kea))).collect();
        let ports = Ports {
            dhcp: Arc::new(Fleet::new(servers, &clock)),
            store: Arc::new(store::open(folder.path()).await.unwrap()),
            clock,
            random: Arc::new(System),
            pinger,
        };
        let foreman = ForemanSettings { url: None, hold_seconds: 1800 };
        let services = Services::new(
            &ports,
            Settings {
                blacklist_duration: Seconds(1800),
                foreman,
                remember_calls_for: Seconds(86_400),
                remember_calls: 10_000,
            },
        );
        let router = smart_proxy::router(services.clone(), smart_proxy::Settings::default());
        Self { router, services, _store: folder }
    }

    pub async fn get(&self, path: &str) -> Answer {
        self.send(Method::GET, path, None).await
    }

    pub async fn delete(&self, path: &str) -> Answer {
        self.send(Method::DELETE, path, None).await
    }

    pub async fn post(&self, path: &str, form: &str) -> Answer {
        self.send(Method::POST, path, Some(form)).await
    }

    /// Sends a request as Foreman does.
    pub async fn send(&self, method: Method, path: &str, form: Option<&str>) -> Answer {
        let mut request = Request::builder().method(method).uri(path).header("accept", "application/json");
        if form.is_some() {
            request = request.header("content-type", "application/x-www-form-urlencoded");
        }
        self.call(request.body(Body::from(form.unwrap_or_default().to_owned())).unwrap()).await
    }

    /// Sends any request.
    pub async fn call(&self, mut request: Request<Body>) -> Answer {
        request.extensions_mut().insert(ConnectInfo(SocketAddr::from(([127, 0, 0, 1], 4711))));
        read(self.router.clone().oneshot(request).await.unwrap()).await
    }
}

async fn read(response: Response<Body>) -> Answer {
    let (parts, body) = response.into_parts();
    let body = to_bytes(body, usize::MAX).await.unwrap();
    Answer { status: parts.status, headers: parts.headers, body: String::from_utf8(body.to_vec()).unwrap() }
}

fn client(kea: &Kea) -> Client {
    let endpoint = Endpoint::new(&kea.url()).unwrap();
    Client::new(endpoint.with_auth(kea.user(), Secret::new(kea.password())).unwrap()).unwrap()
}

impl Answer {
    pub fn json(&self) -> Value {
        assert_eq!((self.status, self.kind()), (StatusCode::OK, "application/json"), "{}", self.body);
        serde_json::from_str(&self.body).unwrap()
    }

    pub fn kind(&self) -> &str {
        self.header("content-type")
    }

    pub fn header(&self, name: &str) -> &str {
        self.headers.get(name).map_or("", |value| value.to_str().unwrap())
    }

    /// A refusal, as Foreman gets it: plain text that is called JSON.
    #[track_caller]
    pub fn is_refused(&self, status: u16, text: &str) {
        assert_eq!((self.status.as_u16(), self.body.as_str(), self.kind()), (status, text, "application/json"));
    }

    /// The empty answer to a creation.
    #[track_caller]
    pub fn is_made(&self) {
        assert_eq!((self.status.as_u16(), self.body.as_str(), self.kind()), (200, "", "application/json"));
    }

    /// The empty answer to a deletion.
    #[track_caller]
    pub fn is_deleted(&self) {
        assert_eq!((self.status.as_u16(), self.body.as_str(), self.kind()), (200, "", "text/html;charset=utf-8"));
    }
}

/// A Kea with 192.0.2.0/24 and all options that Foreman knows, and 198.51.100.0/30 in a shared network.
pub fn kea() -> Kea {
    let option = |name: &str, data: &str| json!({ "name": name, "data": data });
    Kea::start(json!({
        "subnet4": [{
            "id": 1,
            "subnet": "192.0.2.0/24",
            "pools": [{ "pool": "192.0.2.100-192.0.2.199" }],
            "option-data": [
                option("routers", "192.0.2.1"),
                option("domain-name", "example.com"),
                option("domain-name-servers", "192.0.2.2, 192.0.2.3"),
                option("ntp-servers", "192.0.2.4"),
                option("interface-mtu", "1400"),
            ],
        }],
        "shared-networks": [{ "name": "lab", "subnet4": [{ "id": 2, "subnet": "198.51.100.0/30" }] }],
    }))
}

/// Adds a lease to Kea, behind our back.
pub fn lease(kea: &Kea, address: &str, mac: &str, host_name: &str) {
    let lease = json!({ "ip-address": address, "hw-address": mac, "hostname": host_name, "subnet-id": 1 });
    assert_eq!(kea.command("lease4-add", &lease)["result"], 0);
}
