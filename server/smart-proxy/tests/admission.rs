//! Every route is closed to who is not trusted, but for two.

use crate::support::Proxy;
use axum::body::Body;
use axum::http::{Request, StatusCode};
use smart_proxy::{Peer, Settings, Transport, Trust};
use tokio::sync::watch;
use tower::ServiceExt;

/// The status of a request that comes from this peer, or from an unknown one.
async fn status(proxy: &Proxy, method: &str, path: &str, peer: Option<&Peer>) -> StatusCode {
    let mut request = Request::builder().method(method).uri(path).body(Body::empty()).unwrap();
    if let Some(peer) = peer {
        request.extensions_mut().insert(peer.clone());
    }
    proxy.router.clone().oneshot(request).await.unwrap().status()
}

fn peer(transport: Transport) -> Peer {
    Peer { address: [192, 0, 2, 9].into(), transport }
}

#[tokio::test]
async fn a_route_is_closed_unless_it_is_meant_to_be_open() {
    let mut proxy = Proxy::before(None).await;
    let (trust, _) = watch::channel(Trust::new(Some(&["other".to_owned()])));
    let settings = Settings { tls: true, trust: trust.subscribe(), ..Settings::default() };
    proxy.router = smart_proxy::router(proxy.services.clone(), settings);
    let strangers = [None, Some(peer(Transport::Plain)), Some(peer(Transport::Tls(None)))];
    let mut open = Vec::new();
    for route in smart_proxy::ROUTES {
        for stranger in &strangers {
            let status = status(&proxy, route.method, route.path, stranger.as_ref()).await;
            match status {
                StatusCode::OK => open.push(route.path),
                status => assert_eq!(status, StatusCode::FORBIDDEN, "{route:?} for {stranger:?}"),
            }
        }
    }
    open.dedup();
    assert_eq!(open, ["/features", "/version"]);
    for path in ["/dhcp/no/such/path", "/dhcpx/../dhcp", "/v2/x", "/v2", "/logs/x"] {
        let expected = if path.starts_with("/dhcpx") { StatusCode::NOT_FOUND } else { StatusCode::FORBIDDEN };
        assert_eq!(status(&proxy, "GET", path, strangers[2].as_ref()).await, expected, "{path}");
    }
}

#[tokio::test]
async fn the_list_in_force_is_the_last_one() {
    let mut proxy = Proxy::before(None).await;
    let (trust, _) = watch::channel(Trust::new(Some(&[])));
    let settings = Settings { trust: trust.subscribe(), ..Settings::default() };
    proxy.router = smart_proxy::router(proxy.services.clone(), settings);
    let caller = peer(Transport::Plain);
    for (list, expected) in [(&["192.0.2.9"][..], 200), (&["192.0.2.8"], 403), (&["192.0.2.8", "192.0.2.9"], 200)] {
        let list: Vec<String> = list.iter().map(|&host| host.to_owned()).collect();
        trust.send_replace(Trust::new(Some(&list)));
        assert_eq!(status(&proxy, "GET", "/dhcp", Some(&caller)).await.as_u16(), expected, "{list:?}");
    }
    drop(trust);
    assert_eq!(status(&proxy, "GET", "/dhcp", Some(&caller)).await.as_u16(), 200, "who no longer changes it keeps it");
}
