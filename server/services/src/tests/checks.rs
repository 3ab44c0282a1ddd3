//! What is wrong with servers, looked for while nobody asks.

use keaconf::Document;
use model::Storage;

use super::world::{ACTOR, World, server};
use crate::{Caller, Error, Event};

/// Two pools that overlap, which Kea takes and which does harm; or one.
fn text(overlapping: bool) -> String {
    let other = if overlapping { r#", { "pool": "192.0.2.20-192.0.2.30" }"# } else { "" };
    format!(
        r#"{{ "Dhcp4": {{ "interfaces-config": {{ "interfaces": ["*"] }}, "lease-database": {{ "type": "memfile", "lfc-interval": 3600 }},
             "option-data": [{{ "name": "routers", "data": "192.0.2.1" }}, {{ "code": 6, "data": "192.0.2.1" }}],
             "subnet4": [{{ "id": 1, "subnet": "192.0.2.0/24", "pools": [{{ "pool": "192.0.2.10-192.0.2.25" }}{other}] }}] }} }}"#
    )
}

#[tokio::test]
async fn what_a_check_finds_needs_attention_until_it_is_gone() {
    let world = World::single(Storage::Configuration);
    let gives = |text: &str| world.dhcp.give_document(&server("kea1"), &Document::read(text.as_bytes()).unwrap());
    let attention = async || {
        world.nestor.servers.check_again().await.unwrap();
        world.nestor.overview.get(&ACTOR).await.unwrap().checks
    };
    gives(&text(true));
    assert_eq!(world.nestor.overview.get(&ACTOR).await.unwrap().checks, [], "nothing is known before the first check");
    let mut events = world.nestor.events.subscribe();
    let found = attention().await;
    assert_eq!(found.len(), 1, "{found:?}");
    assert!(found[0].worst.contains("192.0.2.20") && found[0].warnings == 1 && found[0].faults == 0, "{found:?}");
    assert_eq!(events.try_recv().ok().map(|told| told == Event::Servers), Some(true), "open pages are told");
    assert_eq!(attention().await, found);
    assert!(events.try_recv().is_err(), "once");
    gives(&text(false));
    assert_eq!(attention().await, []);
    assert!(events.try_recv().is_ok(), "and when it is over");
}

/// What is silenced counts nowhere, also for other programs on the same store, until it is shown again.
#[tokio::test]
async fn what_is_silenced_needs_no_attention() {
    let world = World::single(Storage::Configuration);
    world.dhcp.give_document(&server("kea1"), &Document::read(text(true).as_bytes()).unwrap());
    let (servers, name) = (&world.nestor.servers, server("kea1"));
    let check = servers.check(&ACTOR, &name).await.unwrap();
    let overlap = check.lines.iter().find(|line| line.text.contains("192.0.2.20")).unwrap().findings.clone();
    let caller = Caller::from(&ACTOR);
    assert!(matches!(servers.silence(&caller, &name, &overlap, " ").await, Err(Error::Invalid { .. })));
    servers.silence(&caller, &name, &overlap, "they are one room").await.unwrap();
    assert_eq!(world.nestor.overview.get(&ACTOR).await.unwrap().checks, [], "at once");
    let other = world.another_program();
    other.servers.check_again().await.unwrap();
    assert_eq!(other.overview.get(&ACTOR).await.unwrap().checks, []);
    let found = world.nestor.configurations.findings(&ACTOR, &name, "", None).await.unwrap();
    assert!(!found.iter().any(|finding| finding.key() == overlap[0].finding), "nor among the findings");
    let known = other.servers.silenced(&ACTOR, &name).await.unwrap();
    assert_eq!(
        (known.len(), known[0].reason.as_str(), known[0].actor.as_str()),
        (1, "they are one room", "command line")
    );
    other.servers.show_again(&caller, &name, &known[0].finding).await.unwrap();
    let again = other.servers.show_again(&caller, &name, &known[0].finding).await;
    assert!(matches!(again, Err(Error::NotFound { .. })), "{again:?}");
    servers.check_again().await.unwrap();
    assert_eq!(world.nestor.overview.get(&ACTOR).await.unwrap().checks.len(), 1);
}
