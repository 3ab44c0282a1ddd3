//! What a Smart Proxy answers where a caller could notice that we answer otherwise.

use std::convert::Infallible;
use std::time::Duration;

use crate::support::{Kea, Proxy, kea};
use axum::body::{Body, Bytes};
use axum::http::{Method, Request};
use futures::stream;
use serde_json::json;

const NET: &str = "/dhcp/192.0.2.0";
const MAC: &str = "02:00:00:00:00:0a";

/// A form for the reservation of 192.0.2.10, with this at its end.
fn form(rest: &str) -> String {
    format!("mac={MAC}&ip=192.0.2.10&hostname=web.example.com{rest}")
}

/// Adds a lease that ends so many seconds from now, behind our back.
fn lease_for(kea: &Kea, address: &str, client_id: &str, seconds: i64) {
    let now = std::time::SystemTime::UNIX_EPOCH.elapsed().unwrap().as_secs();
    let expire = i64::try_from(now).unwrap() + seconds;
    let lease = json!({
        "ip-address": address, "hw-address": MAC, "client-id": client_id, "subnet-id": 1, "valid-lft": 3600,
        "expire": expire,
    });
    assert_eq!(kea.command("lease4-add", &lease)["result"], 0);
}

#[tokio::test]
async fn a_client_with_an_old_and_a_new_lease_has_the_new_one() {
    let kea = kea();
    lease_for(&kea, "192.0.2.121", "01:01", -60);
    lease_for(&kea, "192.0.2.122", "01:02", 3600);
    let proxy = Proxy::before(Some(&kea)).await;
    assert_eq!(proxy.get(&format!("{NET}/mac/{MAC}")).await.json()["ip"], "192.0.2.122");
    assert_eq!(proxy.get(&format!("{NET}/unused_ip?mac={MAC}")).await.json()["ip"], "192.0.2.122");
}

/// Foreman deletes what is in its way, and puts it back when a later step fails.
#[tokio::test]
async fn what_foreman_read_and_deleted_it_can_put_back() {
    for name in ["Weird_Host-", "-x", "host..y"] {
        let reservation = json!({ "hw-address": MAC, "ip-address": "192.0.2.10", "hostname": name });
        let kea = Kea::start(json!({
            "subnet4": [{ "id": 1, "subnet": "192.0.2.0/24", "reservations": [reservation] }],
        }));
        let proxy = Proxy::before(Some(&kea)).await;
        let path = format!("{NET}/mac/{MAC}");
        let before = proxy.get(&path).await.json();
        assert_eq!(before["hostname"], name);
        proxy.delete(&path).await.is_deleted();
        let again = format!(
            "hostname={name}&mac={MAC}&ip=192.0.2.10&network=192.0.2.0&name={name}&related_macs&type=reservation"
        );
        proxy.post(NET, &again).await.is_made();
        assert_eq!(proxy.get(&path).await.json(), before);
    }
}

#[tokio::test]
async fn a_reversed_range_is_named_as_it_was_sent() {
    let kea = kea();
    let proxy = Proxy::before(Some(&kea)).await;
    let text = "192.0.2.5 can't be lower IP address than 192.0.2.4 - change the order?";
    proxy.get(&format!("{NET}/unused_ip?from=192.0.2.5&to=192.0.2.4")).await.is_refused(400, text);
}

#[tokio::test]
async fn the_same_again_is_fine_even_if_it_is_related_to_itself() {
    let kea = kea();
    let proxy = Proxy::before(Some(&kea)).await;
    proxy.post(NET, &form("")).await.is_made();
    proxy.post(NET, &form(&format!("&related_macs[]={MAC}"))).await.is_made();
}

#[tokio::test]
async fn only_a_body_turns_a_post_into_a_deletion() {
    let proxy = Proxy::before(None).await;
    let path = format!("{NET}/mac/{MAC}?_method=DELETE");
    proxy.post(&path, "").await.is_refused(404, "Requested url was not found");
}

#[tokio::test]
async fn a_form_that_cannot_be_decoded_is_refused() {
    let kea = kea();
    let proxy = Proxy::before(Some(&kea)).await;
    for broken in ["&filename=a%zz", "&filename=a%", "&filename=%ff"] {
        assert_eq!(proxy.post(NET, &form(broken)).await.status, 400, "{broken}");
    }
}

/// The order of the checks: hardware address, name, subnet, vendor options, address.
#[tokio::test]
async fn of_several_faults_the_same_one_is_named() {
    let proxy = Proxy::before(None).await;
    let post = async |form: &str, text: &str| proxy.post(NET, form).await.is_refused(400, text);
    post("mac=2:0:0:0:0:1&ip=x", "Must provide hostname").await;
    post("mac=2:0:0:0:0:1&ip=x&name=a", "No Subnet detected for: 192.0.2.0").await;
    post("mac=2:0:0:0:0:1&ip=192.0.2.9&name=a&%3CVendor%3E=1", "No Subnet detected for: 192.0.2.0").await;
    proxy.get(&format!("{NET}/unused_ip?mac=x&from=y&to=z")).await.is_refused(400, "Invalid IP Address y");
}

#[tokio::test]
async fn texts_repeat_the_network_as_it_was_sent() {
    let proxy = Proxy::before(None).await;
    proxy.get("/dhcp/2001:DB8::").await.is_refused(404, "Subnet 2001:DB8:: could not found");
}

#[tokio::test]
async fn refused_forms_are_labelled_alike_for_every_caller() {
    let proxy = Proxy::before(None).await;
    let request = Request::post(NET).header("accept", "text/html").body(Body::empty()).unwrap();
    proxy.call(request).await.is_refused(400, "Invalid MAC ");
}

#[tokio::test]
async fn an_unknown_method_is_offered_no_other() {
    let proxy = Proxy::before(None).await;
    let answer = proxy.send(Method::PUT, NET, None).await;
    answer.is_refused(404, "Requested url was not found");
    assert!(!answer.headers.contains_key("allow"), "{:?}", answer.headers);
}

#[tokio::test]
async fn a_form_that_is_announced_too_large_is_not_waited_for() {
    let proxy = Proxy::before(None).await;
    let never = Body::from_stream(stream::pending::<Result<Bytes, Infallible>>());
    let request = Request::post(NET)
        .header("content-type", "application/x-www-form-urlencoded")
        .header("content-length", "9999999")
        .body(never)
        .unwrap();
    let answer = tokio::time::timeout(Duration::from_secs(1), proxy.call(request)).await.unwrap();
    answer.is_refused(413, "The form is larger than 64 KiB");
}
