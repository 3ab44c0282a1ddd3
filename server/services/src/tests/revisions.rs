//! What servers ran: what is kept, who made it, and the way back.

use keaconf::{Document, Edit};
use model::{ApplyRequest, ChangeQuery, Revision, RevisionOrigin, RevisionWay, Storage, Timestamp};

use super::world::{ACTOR, World, known, server, wanted};
use crate::ports::Revisions as _;
use crate::testing::Fault;
use crate::{Confirmed, Error, Event};

/// A configuration with this lifetime, these reservations in its first subnet, and a secret.
fn text(lifetime: u32, reservations: &[(u8, u8)], secret: &str) -> String {
    let reservation = |(client, address): &(u8, u8)| {
        format!(r#"{{ "hw-address": "02:00:00:00:00:{client:02x}", "ip-address": "192.0.2.{address}" }}"#)
    };
    let reservations = reservations.iter().map(reservation).collect::<Vec<_>>().join(", ");
    format!(
        r#"{{ "Dhcp4": {{ "valid-lifetime": {lifetime}, "lease-database": {{ "type": "memfile", "password": "{secret}" }},
             "subnet4": [{{ "id": 1, "subnet": "192.0.2.0/24", "reservations": [{reservations}] }},
                         {{ "id": 2, "subnet": "198.51.100.0/24" }}] }} }}"#
    )
}

impl World {
    /// The server loads this, and Nestor looks.
    async fn sees(&self, text: &str) -> Vec<Revision> {
        self.gives(text);
        self.looks().await
    }

    fn gives(&self, text: &str) {
        self.dhcp.give_document(&server("kea1"), &Document::read(text.as_bytes()).unwrap());
    }

    async fn looks(&self) -> Vec<Revision> {
        self.nestor.configurations.look(&server("kea1")).await.unwrap();
        self.history().await
    }

    /// Newest first.
    async fn history(&self) -> Vec<Revision> {
        self.nestor.configurations.history(&ACTOR, &server("kea1"), None).await.unwrap().revisions
    }
}

#[tokio::test]
async fn the_first_look_remembers_and_the_next_asks_for_the_digest_alone() {
    let world = World::single(Storage::Configuration);
    let kept = world.sees(&text(3600, &[], "a")).await;
    assert_eq!((kept.len(), kept[0].number, kept[0].origin, kept[0].way), (1, 1, RevisionOrigin::First, None));
    world.dhcp.take_calls(&server("kea1"));
    assert_eq!(world.looks().await.len(), 1);
    assert_eq!(world.dhcp.take_calls(&server("kea1")), ["configuration_hash"]);
}

#[tokio::test]
async fn what_others_changed_is_said_with_its_difference_and_how_it_came() {
    let world = World::single(Storage::Configuration);
    world.sees(&text(3600, &[], "a")).await;
    let mut events = world.nestor.events.subscribe();
    let kept = world.sees(&text(7200, &[], "a")).await;
    assert_eq!(events.try_recv(), Ok(Event::Servers));
    assert_eq!(
        (kept[0].number, kept[0].origin, kept[0].way),
        (2, RevisionOrigin::Outside, Some(RevisionWay::Commands))
    );
    assert_eq!((kept[0].words.clone(), kept[0].differences), (vec!["valid-lifetime from 3600 to 7200".to_owned()], 1));

    world.gives(&text(60, &[], "a"));
    world.dhcp.loaded_at(&server("kea1"), Timestamp(100));
    assert_eq!(world.looks().await[0].way, Some(RevisionWay::Loaded));
    world.gives(&text(120, &[], "a"));
    world.dhcp.restart(&server("kea1"));
    assert_eq!(world.looks().await[0].way, Some(RevisionWay::Restarted));
}

#[tokio::test]
async fn another_secret_is_a_revision_without_words_and_no_secret_is_kept() {
    let world = World::single(Storage::Configuration);
    world.sees(&text(3600, &[], "first-secret")).await;
    let kept = world.sees(&text(3600, &[], "second-secret")).await;
    assert_eq!((kept.len(), kept[0].origin, kept[0].differences), (2, RevisionOrigin::Outside, 0));
    for number in [1, 2] {
        let document = world.store.revision_document(&server("kea1"), number).await.unwrap().unwrap();
        assert!(!document.contains("-secret") && document.contains("[redacted]"), "{document}");
    }
}

#[tokio::test]
async fn what_nestor_reserved_is_its_own_and_routine_follows_routine_in_one_revision() {
    let world = World::single(Storage::Configuration);
    world.sees(&text(3600, &[], "a")).await;
    world.create(&wanted(1, 5)).await.unwrap();
    let kept = world.sees(&text(3600, &[(1, 5)], "a")).await;
    assert_eq!((kept.len(), kept[0].origin, kept[0].way, kept[0].routine), (2, RevisionOrigin::Nestor, None, true));
    assert_eq!(kept[0].changes.iter().map(|change| change.number).collect::<Vec<_>>(), [1]);

    world.create(&wanted(2, 6)).await.unwrap();
    let kept = world.sees(&text(3600, &[(1, 5), (2, 6)], "a")).await;
    assert_eq!((kept.len(), kept[0].number, kept[0].differences), (2, 2, 2), "{kept:?}");
    assert_eq!(kept[0].changes.iter().map(|change| change.number).collect::<Vec<_>>(), [2, 1]);
    world.delete(&known(1, 5)).await.unwrap();
    let kept = world.sees(&text(3600, &[(2, 6)], "a")).await;
    assert_eq!((kept.len(), kept[0].differences, kept[0].origin), (2, 1, RevisionOrigin::Nestor));

    let kept = world.sees(&text(60, &[(2, 6)], "a")).await;
    assert_eq!((kept.len(), kept[0].origin), (3, RevisionOrigin::Outside), "what is no routine stands by itself");
    world.create(&wanted(3, 7)).await.unwrap();
    let kept = world.sees(&text(60, &[(2, 6), (3, 7)], "a")).await;
    assert_eq!((kept.len(), kept[0].number), (4, 4), "and so does the routine after it");
}

#[tokio::test]
async fn a_reservation_is_nestors_only_as_nestor_made_it() {
    let world = World::single(Storage::Configuration);
    world.sees(&text(3600, &[], "a")).await;
    world.create(&wanted(1, 5)).await.unwrap();
    for (reservations, why) in [
        (vec![(1, 9)], "another address"),
        (vec![], "it is not there: what differs from it is"),
        (vec![(9, 9)], "another client"),
    ] {
        let kept = world.sees(&text(3600, &reservations, "a")).await;
        assert!(!kept[0].routine && kept[0].origin != RevisionOrigin::Nestor, "{why}: {kept:?}");
    }
    let kept = world.sees(&text(3600, &[(1, 5), (8, 8)], "a")).await;
    assert_eq!(kept[0].origin, RevisionOrigin::Both);
    assert!(kept[0].summary().starts_with("changed by "), "{}", kept[0].summary());
}

#[tokio::test]
async fn a_change_that_was_refused_or_waits_made_nothing() {
    let world = World::single(Storage::Configuration);
    world.sees(&text(3600, &[], "a")).await;
    world.fault("kea1", Fault::Refuses("no"));
    world.create(&wanted(1, 5)).await.unwrap_err();
    let kept = world.sees(&text(3600, &[(1, 5)], "a")).await;
    assert_eq!(kept[0].origin, RevisionOrigin::Outside);
}

#[tokio::test]
async fn what_nestor_edited_is_its_own_with_its_note_and_the_rest_is_not() {
    let world = World::single(Storage::Configuration);
    world.sees(&text(3600, &[], "a")).await;
    let edit = async |edits: &str, note: &str| {
        let request = ApplyRequest { edits: edits.to_owned(), note: note.to_owned(), ..ApplyRequest::default() };
        let caller = (&ACTOR).into();
        world.nestor.configurations.apply(&caller, &server("kea1"), &request, Confirmed::Yes).await.unwrap();
    };
    edit(r#"[{ "op": "set", "path": "valid-lifetime", "value": 60 }]"#, "ticket 12").await;
    edit(r#"[{ "op": "set", "path": "subnet4[id=2].renew-timer", "value": 7 }]"#, "").await;
    let kept = world.looks().await;
    assert_eq!((kept.len(), kept[0].origin, kept[0].routine), (2, RevisionOrigin::Nestor, false), "{kept:?}");
    let changes: Vec<_> = kept[0].changes.iter().map(|change| (change.number, change.note.as_str())).collect();
    assert_eq!(changes, [(2, ""), (1, "ticket 12")]);

    let [running, _] = world.dhcp.documents(&server("kea1")).unwrap();
    let others = Edit::read_all(br#"[{ "op": "set", "path": "subnet4[id=1].renew-timer", "value": 9 }]"#).unwrap();
    world.dhcp.give_document(&server("kea1"), &running.edited(&others).unwrap());
    edit(r#"[{ "op": "unset", "path": "subnet4[id=2].renew-timer" }]"#, "").await;
    assert_eq!(world.looks().await[0].origin, RevisionOrigin::Both);
    world.sees(&text(60, &[], "a")).await;
    let kept = world.sees(&text(3600, &[], "a")).await;
    assert_eq!(kept[0].origin, RevisionOrigin::Outside, "what Nestor once asked for is not asked for again: {kept:?}");
}

#[tokio::test]
async fn what_others_changed_is_told_until_somebody_looks_and_may_be_lost_until_it_is_saved() {
    let world = World::single(Storage::Configuration);
    let (nestor, kea1) = (&world.nestor, server("kea1"));
    let told = async || {
        let status = nestor.servers.list(&ACTOR).await.unwrap()[0].outside.clone();
        let page = nestor.changes.list(&ACTOR, &ChangeQuery::default()).await.unwrap();
        assert_eq!(page.outside, status.iter().cloned().collect::<Vec<_>>(), "both say the same");
        let narrowed = ChangeQuery { text: "x".to_owned(), ..ChangeQuery::default() };
        assert_eq!(nestor.changes.list(&ACTOR, &narrowed).await.unwrap().outside, []);
        status.map(|change| (change.number, change.text))
    };
    let page = async || nestor.configurations.history(&ACTOR, &kea1, None).await.unwrap();
    world.sees(&text(3600, &[], "a")).await;
    assert_eq!((told().await, page().await.perhaps_unsaved), (None, false));
    world.sees(&text(7200, &[], "a")).await;
    let (number, said) = told().await.unwrap();
    assert_eq!(number, 2);
    assert!(said.contains("changed outside Nestor") && said.ends_with(": valid-lifetime from 3600 to 7200."), "{said}");
    assert_eq!((page().await.unseen, page().await.perhaps_unsaved), (Some(2), true));

    nestor.configurations.see(&(&ACTOR).into(), &kea1, 99).await.unwrap();
    assert_eq!((told().await, page().await.perhaps_unsaved), (None, true), "it was looked at, and is not saved");
    nestor.servers.save(&(&ACTOR).into(), &kea1).await.unwrap();
    assert!(!page().await.perhaps_unsaved);
    assert_eq!(nestor.configurations.reload_outlook(&ACTOR, &kea1).await.unwrap().outside, []);
    world.sees(&text(60, &[], "a")).await;
    assert_eq!(told().await.map(|told| told.0), Some(3), "what comes later is told again");
    let outlook = nestor.configurations.reload_outlook(&ACTOR, &kea1).await.unwrap();
    assert_eq!(outlook.outside.iter().map(|revision| revision.number).collect::<Vec<_>>(), [3]);
}

#[tokio::test]
async fn of_several_programs_one_remembers() {
    let world = World::single(Storage::Configuration);
    let other = world.another_program();
    world.sees(&text(3600, &[], "a")).await;
    world.gives(&text(60, &[], "a"));
    let kea1 = server("kea1");
    let (one, two) = tokio::join!(world.nestor.configurations.look(&kea1), other.configurations.look(&kea1));
    assert_eq!((one, two), (Ok(()), Ok(())));
    assert_eq!(world.history().await.len(), 2);
}

#[tokio::test]
async fn a_server_that_does_not_say_is_an_answer_of_the_history() {
    let world = World::single(Storage::Configuration);
    let no_digest = world.nestor.configurations.look(&server("kea1")).await;
    assert!(matches!(no_digest, Err(Error::NotFound { .. })), "{no_digest:?}");
    let page = world.nestor.configurations.history(&ACTOR, &server("kea1"), None).await.unwrap();
    assert!(page.revisions.is_empty());
}

#[tokio::test]
async fn two_revisions_are_compared_and_one_is_led_back_to() {
    let world = World::single(Storage::Configuration);
    world.sees(&text(3600, &[(1, 5)], "a")).await;
    world.sees(&text(60, &[], "b")).await;
    let (configurations, kea1) = (&world.nestor.configurations, server("kea1"));
    let between = configurations.difference(&ACTOR, &kea1, 1, Some(2)).await.unwrap();
    assert_eq!(between.words.len(), 2, "{between:?}");
    assert_eq!(configurations.difference(&ACTOR, &kea1, 1, None).await.unwrap(), between);
    let edits = Edit::read_all(between.edits.as_bytes()).unwrap();
    assert_eq!(edits.len(), 2);

    let all = configurations.restoration(&ACTOR, &kea1, 1, &"".parse().unwrap()).await.unwrap();
    let plan = configurations.plan(&ACTOR, &kea1, &all).await.unwrap();
    assert_eq!(plan.changes.len(), 2, "the secret stays as it runs");
    let one = configurations.restoration(&ACTOR, &kea1, 1, &"valid-lifetime".parse().unwrap()).await.unwrap();
    assert_eq!(format!("{one:?}"), "[set valid-lifetime to Number(3600)]");
    let inside = "subnet4[id=1].reservations[hw-address=\"02:00:00:00:00:01\"].ip-address".parse().unwrap();
    let refused = configurations.restoration(&ACTOR, &kea1, 1, &inside).await.unwrap_err();
    assert!(
        matches!(&refused, Error::Invalid { fields } if fields[0].text.contains("name subnet4[id=1]")),
        "{refused:?}"
    );
    let gone = configurations.revision(&ACTOR, &kea1, 9).await.unwrap_err();
    assert_eq!(gone.to_string(), "revision 9 of “kea1” does not exist");
}

#[tokio::test]
async fn what_partners_have_otherwise_is_a_finding() {
    let world = World::pair(Storage::Configuration);
    world.gives(&text(3600, &[(1, 5)], "a"));
    let other = text(3600, &[], "b")
        .replace("\"id\": 2, \"subnet\": \"198.51.100.0/24\"", "\"id\": 9, \"subnet\": \"203.0.113.0/24\"");
    world.dhcp.give_document(&server("kea2"), &Document::read(other.as_bytes()).unwrap());
    let found = async || {
        let found = world.nestor.configurations.findings(&ACTOR, &server("kea1"), "", None).await.unwrap();
        let of_pair = found.into_iter().filter(|finding| finding.rule.starts_with("pair-"));
        of_pair.map(|finding| finding.text).collect::<Vec<_>>()
    };
    let texts = found().await;
    assert_eq!(texts.len(), 2, "{texts:?}");
    assert!(texts[0].starts_with("kea2 does not have this: subnet 198.51.100.0/24 (id 2)."), "{texts:?}");
    assert!(texts[1].starts_with("Only kea2 has this: subnet 203.0.113.0/24 (id 9)."), "{texts:?}");
    world.dhcp.silence(&server("kea2"));
    assert!(found().await.is_empty(), "one that does not answer says nothing");
}

#[tokio::test]
async fn the_newest_revisions_stay() {
    let world = World::single(Storage::Configuration);
    for lifetime in 1..=5 {
        world.sees(&text(lifetime, &[], "a")).await;
    }
    world.store.trim_revisions(2).await.unwrap();
    assert_eq!(world.history().await.iter().map(|kept| kept.number).collect::<Vec<_>>(), [5, 4]);
    assert_eq!(world.sees(&text(9, &[], "a")).await[0].number, 6);
}
