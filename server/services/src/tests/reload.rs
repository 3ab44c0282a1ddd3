//! A server loads its saved file: what may be lost is named first, what came of it is recorded, and can be undone.

use keaconf::Document;
use model::{
    AppliedConfiguration, ApplyRequest, ChangeQuery, ChangeState, Reason, ReloadRequest, RevisionOrigin, Storage,
};

use super::world::{ACTOR, World, server, wanted};
use crate::testing::Fault;
use crate::{Confirmed, Error, Result};

const SAVED: &str = r#"{ "Dhcp4": { "valid-lifetime": 3600, "subnet4": [{ "id": 1, "subnet": "192.0.2.0/24" }] } }"#;

impl World {
    fn of_file() -> Self {
        let world = Self::single(Storage::Configuration);
        world.dhcp.give_document(&server("kea1"), &Document::read(SAVED.as_bytes()).unwrap());
        world
    }

    async fn sets_lifetime(&self, seconds: u32) -> Result<AppliedConfiguration> {
        let edits = format!(r#"[{{ "op": "set", "path": "valid-lifetime", "value": {seconds} }}]"#);
        let request = ApplyRequest { edits, ..ApplyRequest::default() };
        self.nestor.configurations.apply(&(&ACTOR).into(), &server("kea1"), &request, Confirmed::Yes).await
    }

    async fn reloads(&self, lose: &[i64]) -> Result<AppliedConfiguration> {
        let request = ReloadRequest { note: "ticket 12".to_owned(), lose: lose.to_vec(), lose_outside: false };
        self.nestor.configurations.reload(&(&ACTOR).into(), &server("kea1"), &request).await
    }

    async fn changes(&self) -> Vec<model::Change> {
        self.nestor.changes.list(&ACTOR, &ChangeQuery::default()).await.unwrap().changes
    }

    fn lifetime(&self) -> String {
        let [running, _] = self.dhcp.documents(&server("kea1")).unwrap();
        running.root.get("valid-lifetime").and_then(keaconf::Value::as_i64).unwrap().to_string()
    }
}

#[tokio::test]
async fn what_is_not_saved_is_named_and_lost_only_when_that_is_meant() {
    let world = World::of_file();
    world.dhcp.full_disk(&server("kea1"), true);
    assert!(matches!(world.sets_lifetime(60).await, Err(Error::NotSaved { .. })));
    let outlook = world.nestor.configurations.reload_outlook(&ACTOR, &server("kea1")).await.unwrap();
    assert_eq!(outlook.unsaved.iter().map(|change| change.number).collect::<Vec<_>>(), [1]);
    assert!(outlook.unsaved[0].text.contains("valid-lifetime from 3600 to 60"), "{outlook:?}");

    let Err(Error::Invalid { fields }) = world.reloads(&[]).await else { panic!("it would lose something") };
    assert!(fields[0].text.contains("#1"), "{fields:?}");
    assert_eq!((world.lifetime().as_str(), world.changes().await.len()), ("60", 1), "nothing was done");

    let made = world.reloads(&[1]).await.unwrap();
    assert_eq!(world.lifetime(), "3600");
    assert!(made.words.iter().any(|words| words == "valid-lifetime from 60 to 3600"), "{made:?}");
    let changes = world.changes().await;
    let [reload, lost] = &changes[..] else { panic!("{changes:?}") };
    assert_eq!((reload.state, reload.single_server), (ChangeState::Done, true));
    let after = reload.after.as_ref().unwrap().configuration().unwrap();
    assert_eq!((after.words.clone(), after.note.as_str()), (made.words, "ticket 12"));
    assert_eq!((lost.state, &lost.reason), (ChangeState::Refused, &Some(Reason::Lost)));
    let [_, file] = world.dhcp.documents(&server("kea1")).unwrap();
    assert_eq!(file, Document::read(SAVED.as_bytes()).unwrap(), "the file is not written");
}

#[tokio::test]
async fn what_the_file_changed_is_nestors_revision_and_is_undone() {
    let world = World::of_file();
    world.nestor.configurations.look(&server("kea1")).await.unwrap();
    world.dhcp.full_disk(&server("kea1"), true);
    drop(world.sets_lifetime(60).await);
    world.nestor.configurations.look(&server("kea1")).await.unwrap();
    world.dhcp.full_disk(&server("kea1"), false);
    let made = world.reloads(&[1]).await.unwrap();
    let page = world.nestor.configurations.history(&ACTOR, &server("kea1"), None).await.unwrap();
    assert_eq!(
        (page.revisions[0].origin, page.revisions[0].changes[0].number),
        (RevisionOrigin::Nestor, 2),
        "{page:?}"
    );
    let undone = world.nestor.changes.undo(&(&ACTOR).into(), made.change.unwrap(), Confirmed::Yes).await.unwrap();
    assert_eq!((undone.change, world.lifetime().as_str()), (Some(3), "60"));
}

#[tokio::test]
async fn a_file_like_what_runs_changes_nothing_and_says_so() {
    let world = World::of_file();
    let made = world.reloads(&[]).await.unwrap();
    assert!(made.words.last().unwrap().starts_with("nothing differs"), "{made:?}");
}

#[tokio::test]
async fn one_whose_end_was_not_seen_saves_nothing_over_the_file() {
    let world = World::of_file();
    world.fault("kea1", Fault::RequestLost);
    world.reloads(&[]).await.unwrap_err();
    world.dhcp.take_asked();
    world.nestor.changes.recover_all().await.unwrap();
    let changes = world.changes().await;
    assert_eq!((changes[0].state, &changes[0].reason), (ChangeState::Refused, &Some(Reason::ReloadNotSeen)));
    assert_eq!(world.dhcp.take_asked(), [], "the file may be another one than what runs");
    world.create(&wanted(1, 5)).await.unwrap();
}

/// What came by commands between the start of Kea and the next look counts as what may be lost, also for a Nestor that was
/// started in between: its revisions are in the store. Until it has saved, nothing says that all is saved.
#[tokio::test]
async fn what_was_added_after_a_start_and_before_the_look_is_not_taken_for_saved() {
    let world = World::of_file();
    let outlook = async || world.nestor.configurations.reload_outlook(&ACTOR, &server("kea1")).await.unwrap();
    let first = outlook().await;
    assert!(first.outside.is_empty() && first.first_seen_at.is_some(), "{first:?}");
    world.sets_lifetime(60).await.unwrap();
    let saved = outlook().await;
    assert!(saved.outside.is_empty() && saved.first_seen_at.is_none(), "{saved:?}");
    world.dhcp.restart(&server("kea1"));
    let by_others = SAVED.replace("3600", "90");
    world.dhcp.give_document(&server("kea1"), &Document::read(by_others.as_bytes()).unwrap());
    let unknown = outlook().await;
    assert_eq!(unknown.outside.len(), 1, "{unknown:?}");
    let Err(Error::Invalid { fields }) = world.reloads(&[]).await else { panic!("it may lose something") };
    assert!(fields[0].text.contains("may not be saved"), "{fields:?}");
}
