//! Who may only look is offered nothing else: every page as a viewer gets it, before any program runs in the browser.

use std::collections::BTreeSet;

use serde_json::{Value, json};

use crate::support::{Nestor, kea, run};

/// What the buttons of pages do for who may only look, by how their names begin.
const LOOKING: [&str; 20] = [
    "Check again",
    "Try it",
    "192.0.2.61",
    "Delete 192.0.2.61: details",
    "Reserve 192.0.2.61: details",
    "? all keys",
    "show the keys",
    "Account",
    "Actions for ",
    "Copy",
    "Sign out",
    "System",
    "Light",
    "Dark",
    "Keys",
    "All keys",
    "Export CSV",
    "Check",
    "Compare",
    "Show",
];

/// Where forms lead that change what is of who looks alone: the session, and the own account.
const OWN: [&str; 2] = ["/logout", "/account"];

/// The start tags of that name, each with the text of its element.
fn elements<'a>(html: &'a str, name: &str) -> Vec<(&'a str, String)> {
    let (open, close) = (format!("<{name}"), format!("</{name}>"));
    let mut found = Vec::new();
    let mut rest = html;
    while let Some(start) = rest.find(&open) {
        rest = &rest[start + open.len()..];
        if !rest.starts_with([' ', '>']) {
            continue;
        }
        let (tag, inside) = rest.split_once('>').unwrap();
        let inside = inside.split(&close).next().unwrap();
        // What stands between tags.
        let text =
            inside.split('<').map(|part| part.split_once('>').map_or(part, |(_, text)| text)).collect::<String>();
        found.push((tag, text.trim().to_owned()));
    }
    found
}

fn attribute<'a>(tag: &'a str, name: &str) -> Option<&'a str> {
    tag.split_once(&format!("{name}=\""))?.1.split('"').next()
}

#[tokio::test]
async fn pages_offer_who_may_only_look_nothing_else() {
    let kea = kea();
    let nestor = Nestor::before(&kea);
    let cookie = nestor.sign_in("viewer").await;
    let operator = nestor.sign_in("operator").await;
    let new = json!({
        "subnet": { "server": "kea", "id": 1 }, "identifier": { "kind": "hw-address", "value": "02:00:00:00:00:61" },
        "address": "192.0.2.61", "host_name": "desk", "next_server": null, "server_host_name": null,
        "boot_file_name": null, "note": null, "record_name": null,
    });
    nestor.done("/api/reservations/create", &json!({ "new": new }), &operator).await;
    let routes: Vec<Value> = serde_json::from_slice(&run(&["routes", "--json"], "").stdout).unwrap();
    let mut seen = BTreeSet::new();
    for route in routes.iter().filter(|route| route["kind"] == "page" && !route["role"].is_null()) {
        let path = route["path"].as_str().unwrap().replace("{server}", "kea").replace("{id}", "1");
        let html = nestor.get(&path, &cookie).await.text().await.unwrap();
        for (tag, text) in elements(&html, "button") {
            let name = attribute(tag, "aria-label").map_or(text, ToOwned::to_owned);
            // The page of one's own account changes the account of who looks.
            let own = path == "/account" && name == "Change password";
            assert!(own || LOOKING.iter().any(|known| name.starts_with(known)), "{path} has a button “{name}”: {tag}");
            seen.insert(name.split(' ').next().unwrap().to_owned());
        }
        for (tag, _) in elements(&html, "form") {
            // By HTTP's own word such a form asks and changes nothing.
            let asks = attribute(tag, "method") == Some("get");
            assert!(asks || OWN.map(Some).contains(&attribute(tag, "action")), "{path} has a form that changes: {tag}");
        }
        for (tag, text) in elements(&html, "textarea").into_iter().chain(elements(&html, "a")) {
            assert!(!tag.contains("table-text"), "{path} takes a table");
            for word in ["Import", "Reserve", "Edit", "Delete", "Undo", "Release", "New "] {
                assert!(!text.starts_with(word), "{path} has a link “{text}”");
            }
        }
    }
    assert!(["Account", "Copy", "Actions", "Sign"].iter().all(|name| seen.contains(*name)), "it was looked: {seen:?}");
    let html = nestor.get("/import", &operator).await.text().await.unwrap();
    assert!(html.contains("table-text") && html.contains("Import reservations"), "who may import is offered it");
}
