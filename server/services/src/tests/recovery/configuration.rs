//! Changes of configurations: what becomes of them when something breaks off, when they cannot be saved, when nobody
//! confirms them, and when others edit the same.

use keaconf::Document;
use model::{
    ApplyRequest, Change, ChangeState, ConfigurationChange, Content, Element, RevisionOrigin, RevisionWay, Seconds,
    Storage, Subject, SubnetKey, Version,
};

use super::super::world::{ACTOR, World, is, server};
use super::{MADE, NOT_MADE, OVERTAKEN, RESTORED};
use crate::ports::ChangeRecord;
use crate::testing::Fault;
use crate::{Actor, Caller, Confirmed, Error, Result};

const EDITS: &str = r#"[{"op": "set", "path": "valid-lifetime", "value": 60},
    {"op": "add", "path": "subnet4", "value": {"id": 2, "subnet": "198.51.100.0/24"}}]"#;
const BACK: &str = r#"[{"op": "remove", "path": "subnet4[id=2]"},
    {"op": "set", "path": "valid-lifetime", "value": 3600}]"#;

fn document(lifetime: i64, subnets: &str) -> Document {
    let text = format!("{{\"Dhcp4\": {{\"valid-lifetime\": {lifetime}, \"subnet4\": [{subnets}]}}}}");
    Document::read(text.as_bytes()).unwrap()
}

fn before() -> Document {
    document(3600, "")
}

fn after() -> Document {
    document(60, r#"{"id": 2, "subnet": "198.51.100.0/24"}"#)
}

fn half() -> Document {
    document(60, "")
}

fn others() -> Document {
    document(99, "")
}

fn request(edits: &str) -> ApplyRequest {
    ApplyRequest { edits: edits.to_owned(), note: "ticket 7".to_owned(), ..ApplyRequest::default() }
}

impl World {
    fn configured(document: &Document) -> Self {
        let world = Self::single(Storage::Configuration);
        world.dhcp.give_document(&server("kea1"), document);
        world
    }

    async fn apply(&self, request: &ApplyRequest) -> Result<model::AppliedConfiguration> {
        let caller = Caller::from(&ACTOR);
        Box::pin(self.nestor.configurations.apply(&caller, &server("kea1"), request, Confirmed::No)).await
    }

    /// The configuration that runs, and the one on disk.
    fn documents(&self) -> [Document; 2] {
        self.dhcp.documents(&server("kea1")).unwrap()
    }

    /// A change as a program that ended would have recorded it.
    fn left_open(&self) -> ChangeRecord {
        let subnet = SubnetKey::global(server("kea1"));
        let subject = Subject::Config(Element::Configuration(subnet.clone()));
        let change = ConfigurationChange::new(vec!["valid-lifetime from 3600 to 60".to_owned()], String::new(), None);
        let now = crate::ports::Clock::now(&*self.clock);
        let begun = Change::begun(now, ACTOR.label(), subject, None, Some(Content::Configuration { subnet, change }));
        let verbatim = |text: &str| Some(::changes::Verbatim(text.to_owned()));
        ChangeRecord {
            change: begun,
            was: verbatim(BACK),
            now: verbatim(EDITS),
            wanted: None,
            request: None,
            owner: "dead".to_owned(),
            confirm_until: None,
        }
    }
}

/// What a program that ended in the middle left behind is told from what the server runs.
#[tokio::test]
async fn what_broke_off_is_made_not_made_or_restored() {
    for (found, state, detail, left) in [
        (after(), ChangeState::Done, MADE, after()),
        (before(), ChangeState::Refused, NOT_MADE, before()),
        (half(), ChangeState::Refused, RESTORED, before()),
        (others(), ChangeState::Refused, OVERTAKEN, others()),
    ] {
        let world = World::configured(&found);
        world.begin(&world.left_open()).await;
        world.recover().await;
        assert_eq!(world.stands(1).await, is(state, detail));
        assert_eq!(world.documents(), [left.clone(), left], "{detail}");
    }
}

/// A server whose answer was lost is asked, and what it has is told.
#[tokio::test]
async fn a_lost_answer_is_looked_for() {
    for (fault, state, detail, left) in [
        (Fault::AnswerLost, ChangeState::Done, MADE, after()),
        (Fault::RequestLost, ChangeState::Refused, NOT_MADE, before()),
        (Fault::BrokenOff, ChangeState::Refused, RESTORED, before()),
    ] {
        let world = World::configured(&before());
        world.fault("kea1", fault);
        assert!(matches!(world.apply(&request(EDITS)).await, Err(Error::Unknown { .. })));
        assert_eq!(world.stands(1).await.0, ChangeState::Unknown);
        world.recover().await;
        assert_eq!(world.stands(1).await, is(state, detail));
        assert_eq!(world.documents(), [left.clone(), left], "{detail}");
    }
}

/// It runs, and a restart would lose it, until it is saved.
#[tokio::test]
async fn what_is_not_saved_is_saved_later_or_lost() {
    let world = World::configured(&before());
    for restarts in [false, true] {
        world.full_disk(true);
        assert!(matches!(world.apply(&request(EDITS)).await, Err(Error::NotSaved { .. })));
        let number = if restarts { 3 } else { 1 };
        assert_eq!(world.stands(number).await.0, ChangeState::NotSaved);
        assert_eq!(world.documents(), [after(), before()]);
        world.full_disk(false);
        if restarts {
            world.dhcp.restart(&server("kea1"));
            world.recover().await;
            assert_eq!(
                world.stands(number).await,
                is(ChangeState::Refused, "Lost: the server was restarted before it was saved.")
            );
            assert_eq!(world.documents(), [before(), before()]);
        } else {
            world.settle(number).await.unwrap();
            assert_eq!(world.stands(number).await, is(ChangeState::Done, "Saved later."));
            assert_eq!(world.documents(), [after(), after()]);
            Box::pin(world.nestor.changes.undo(&Caller::from(&ACTOR), number, Confirmed::No)).await.unwrap();
            assert_eq!(world.documents(), [before(), before()]);
        }
    }
}

/// What Nestor led back, and what went with a restart, is told as that, and not as something that others did.
#[tokio::test]
async fn what_was_there_for_a_while_is_told_as_taken_back_or_lost() {
    let (world, kea1) = (World::configured(&before()), server("kea1"));
    let sees = async |document: Option<&Document>| {
        if let Some(document) = document {
            world.dhcp.give_document(&kea1, document);
        }
        world.nestor.configurations.look(&kea1).await.unwrap();
        let newest = world.nestor.configurations.history(&ACTOR, &kea1, None).await.unwrap().revisions.remove(0);
        (newest.origin, newest.way)
    };
    let commands = (RevisionOrigin::Outside, Some(RevisionWay::Commands));
    assert_eq!(sees(None).await.0, RevisionOrigin::First);
    world.begin(&world.left_open()).await;
    assert_eq!(sees(Some(&half())).await, (RevisionOrigin::Nestor, None));
    world.recover().await;
    assert_eq!(sees(None).await, (RevisionOrigin::Nestor, Some(RevisionWay::TakenBack)));
    for others in [half(), before()] {
        assert_eq!(sees(Some(&others)).await, commands, "the same once more is of others");
    }

    world.full_disk(true);
    assert!(matches!(world.apply(&request(EDITS)).await, Err(Error::NotSaved { .. })));
    assert_eq!(sees(None).await, (RevisionOrigin::Nestor, None));
    world.dhcp.restart(&kea1);
    world.recover().await;
    assert_eq!(sees(None).await, (RevisionOrigin::Nestor, Some(RevisionWay::Lost)));
}

/// What Kea writes down of its own defaults beside a change is no change of others; alone it is.
#[tokio::test]
async fn what_changes_nothing_in_effect_is_of_nobody_else() {
    let (world, kea1) = (World::single(Storage::Configuration), server("kea1"));
    let document = |inside: &str| {
        let subnet = format!(r#"{{"id": 2, "subnet": "2001:db8::/64"{inside}}}"#);
        let text = format!(r#"{{"Dhcp6": {{"shared-networks": [{{"name": "n", "subnet6": [{subnet}]}}]}}}}"#);
        Document::read(text.as_bytes()).unwrap()
    };
    let sees = async |inside: &str| {
        world.dhcp.give_document(&kea1, &document(inside));
        world.nestor.configurations.look(&kea1).await.unwrap();
        world.nestor.configurations.history(&ACTOR, &kea1, None).await.unwrap().revisions.remove(0).origin
    };
    assert_eq!(sees("").await, RevisionOrigin::First);
    let path = "shared-networks[name=n].subnet6[id=2].renew-timer";
    let edits = format!(r#"[{{"op": "set", "path": "{path}", "value": 9}}]"#);
    world.apply(&request(&edits)).await.unwrap();
    assert_eq!(sees(r#", "renew-timer": 9, "rapid-commit": false"#).await, RevisionOrigin::Nestor);
    assert_eq!(sees(r#", "renew-timer": 9"#).await, RevisionOrigin::Outside);
    assert_eq!(sees(r#", "renew-timer": 9, "rapid-commit": true"#).await, RevisionOrigin::Outside);
}

/// One that is seen in the middle of a change, and again after it, was changed by Nestor both times.
#[tokio::test]
async fn a_change_that_is_seen_in_the_middle_is_of_nestor_to_its_end() {
    let (world, kea1) = (World::configured(&before()), server("kea1"));
    world.begin(&world.left_open()).await;
    for (document, origin) in
        [(before(), RevisionOrigin::First), (half(), RevisionOrigin::Nestor), (after(), RevisionOrigin::Nestor)]
    {
        world.dhcp.give_document(&kea1, &document);
        world.nestor.configurations.look(&kea1).await.unwrap();
        let page = world.nestor.configurations.history(&ACTOR, &kea1, None).await.unwrap();
        assert_eq!(page.revisions[0].origin, origin, "{page:?}");
    }
}

/// Undo takes back what is still so, restore whatever it is.
#[tokio::test]
async fn a_change_is_undone_unless_others_changed_the_same() {
    let world = World::configured(&before());
    let made = world.apply(&request(EDITS)).await.unwrap();
    assert_eq!(made.words[..2], ["valid-lifetime from 3600 to 60", "subnet 198.51.100.0/24 (id 2) added"]);
    // Others add a subnet, which stays.
    let more = r#"{"id": 2, "subnet": "198.51.100.0/24"}, {"id": 9, "subnet": "203.0.113.0/24"}"#;
    world.dhcp.give_document(&server("kea1"), &document(60, more));
    let caller = Caller::from(&ACTOR);
    Box::pin(world.nestor.changes.undo(&caller, 1, Confirmed::No)).await.unwrap();
    let left = document(3600, r#"{"id": 9, "subnet": "203.0.113.0/24"}"#);
    assert_eq!(world.documents(), [left.clone(), left]);
    assert!(
        matches!(Box::pin(world.nestor.changes.undo(&caller, 1, Confirmed::No)).await, Err(Error::Stale { .. })),
        "it is undone"
    );
    let undone = world.record(2).await;
    assert_eq!(undone.change.undoes, Some(1));
    // And again, as it was after it; then others change the same.
    Box::pin(world.nestor.changes.restore(&caller, 1, Version::After, Confirmed::No)).await.unwrap();
    world.dhcp.give_document(&server("kea1"), &document(99, more));
    let number = world.all().await.len();
    let undo = Box::pin(world.nestor.changes.undo(&caller, i64::try_from(number).unwrap(), Confirmed::No)).await;
    assert!(matches!(undo, Err(Error::Stale { .. })), "{undo:?}");
}

/// Edits that were made up on another configuration.
#[tokio::test]
async fn edits_of_an_older_configuration_are_kept_apart_from_those_of_others() {
    let world = World::configured(&others());
    let with = |base: Option<&str>, back: Option<&str>| ApplyRequest {
        base: base.map(str::to_owned),
        back: back.map(str::to_owned),
        ..request(EDITS)
    };
    assert!(matches!(world.apply(&with(Some("old"), None)).await, Err(Error::Stale { .. })));
    let Err(Error::Invalid { fields }) = world.apply(&with(Some("old"), Some(BACK))).await else {
        panic!("it clashes")
    };
    assert_eq!(fields.len(), 1);
    assert_eq!(
        fields[0].text,
        "valid-lifetime was changed by others meanwhile: it was 3600, it is 99 now, and 60 is wanted"
    );
    let elsewhere = document(3600, r#"{"id": 9, "subnet": "203.0.113.0/24"}"#);
    world.dhcp.give_document(&server("kea1"), &elsewhere);
    world.apply(&with(Some("old"), Some(BACK))).await.unwrap();
    assert_eq!(keaconf::differences(&elsewhere, &world.documents()[0]).len(), 2, "what others added stays");
}

/// A change that is to be confirmed goes back by itself, once.
#[tokio::test]
async fn what_is_not_confirmed_in_time_is_taken_back() {
    let world = World::configured(&before());
    let within = ApplyRequest { confirm_within: Some(Seconds(60)), ..request(EDITS) };
    let Err(Error::Invalid { fields }) = world.apply(&within).await else { panic!("nobody would take it back") };
    assert!(fields[0].text.contains("no “nestor serve” runs"), "{fields:?}");
    world.look_after().await;
    let made = world.apply(&within).await.unwrap();
    assert_eq!(made.confirm_until, Some(model::Timestamp(1_700_000_060)));
    world.clock.pass(Seconds(59));
    world.recover().await;
    assert_eq!(world.documents()[1], after(), "not yet");
    world.clock.pass(Seconds(1));
    // Of two programs one does it.
    let other = world.another_program();
    let both = tokio::join!(Box::pin(world.nestor.changes.recover_all()), Box::pin(other.changes.recover_all()));
    assert!(both.0.is_ok() && both.1.is_ok(), "{both:?}");
    assert_eq!(world.documents(), [before(), before()]);
    assert_eq!(world.record(1).await.change.undone_by, Some(2));
    assert_eq!((world.all().await.len(), world.record(2).await.change.actor.as_str()), (2, "Nestor"));

    world.apply(&within).await.unwrap();
    let caller = Caller::from(&ACTOR);
    let known = world.nestor.configurations.unconfirmed(&ACTOR, &server("kea1")).await.unwrap();
    assert_eq!(known.iter().map(|known| known.change).collect::<Vec<_>>(), [3]);
    let confirmed = world.nestor.configurations.confirm(&caller, &server("kea1"), None).await.unwrap();
    assert_eq!(confirmed, [3]);
    world.clock.pass(Seconds(61));
    world.recover().await;
    assert_eq!(world.documents(), [after(), after()], "it stays");
    assert!(world.nestor.configurations.confirm(&caller, &server("kea1"), None).await.unwrap().is_empty());
    assert!(matches!(
        world.apply(&ApplyRequest { confirm_within: Some(Seconds(0)), ..within }).await,
        Err(Error::Invalid { .. })
    ));
}

impl World {
    /// A program that takes back what is due.
    async fn look_after(&self) {
        self.nestor.changes.look_after(Seconds(86_400)).await.unwrap();
    }
}

fn lifetime(seconds: u32, within: i64) -> ApplyRequest {
    let edits = format!(r#"[{{"op": "set", "path": "valid-lifetime", "value": {seconds}}}]"#);
    ApplyRequest { confirm_within: Some(Seconds(within)), ..request(&edits) }
}

/// Two that stand on each other lead to the state before both, whichever is due first, over a restart of Nestor.
#[tokio::test]
async fn changes_that_stand_on_each_other_go_back_together() {
    for (first, second, until) in [(60, 3600, 60), (3600, 60, 60)] {
        let world = World::configured(&before());
        world.look_after().await;
        world.apply(&lifetime(100, first)).await.unwrap();
        let made = world.apply(&lifetime(200, second)).await.unwrap();
        assert_eq!(made.confirm_until, Some(model::Timestamp(1_700_000_000 + until)), "not after the first");
        world.clock.pass(Seconds(3600));
        // The server is away at first, and the last one goes first all the same.
        world.dhcp.silence(&server("kea1"));
        world.recover().await;
        world.dhcp.back(&server("kea1"));
        let again = world.another_program();
        Box::pin(again.changes.recover_all()).await.unwrap();
        assert_eq!(world.documents(), [before(), before()]);
        assert!(again.configurations.unconfirmed(&ACTOR, &server("kea1")).await.unwrap().is_empty());
    }
}

/// Those of different parts have each its own time, whichever comes first, and each goes back by itself.
#[tokio::test]
async fn changes_of_different_parts_keep_their_own_time() {
    for (first, second) in [(60, 3600), (3600, 60)] {
        let world = World::configured(&before());
        world.look_after().await;
        let timer = r#"[{"op": "set", "path": "renew-timer", "value": 77}]"#;
        let timer = ApplyRequest { confirm_within: Some(Seconds(second)), ..request(timer) };
        world.apply(&lifetime(100, first)).await.unwrap();
        let made = world.apply(&timer).await.unwrap();
        assert_eq!(made.confirm_until, Some(model::Timestamp(1_700_000_000 + second)));
        world.clock.pass(Seconds(60));
        world.recover().await;
        let left = world.nestor.configurations.unconfirmed(&ACTOR, &server("kea1")).await.unwrap();
        let until = model::Timestamp(1_700_000_000 + 3600);
        assert_eq!(left.iter().map(|left| left.until).collect::<Vec<_>>(), [until], "the other one waits");
        world.clock.pass(Seconds(3600));
        world.recover().await;
        assert_eq!(world.documents(), [before(), before()]);
    }
}

/// What cannot be taken back stays, is said where everybody looks, and is not tried again until somebody decides.
#[tokio::test]
async fn what_cannot_be_taken_back_is_said_until_somebody_decides() {
    let world = World::configured(&before());
    world.look_after().await;
    world.apply(&lifetime(100, 60)).await.unwrap();
    world.dhcp.give_document(&server("kea1"), &others());
    world.clock.pass(Seconds(60));
    for _ in 0..2 {
        world.recover().await;
        let known = world.nestor.configurations.unconfirmed(&ACTOR, &server("kea1")).await.unwrap();
        assert_eq!(known[0].problem.as_deref(), Some("The same was changed again since."));
        assert!(world.stands(1).await.1.starts_with("Not confirmed in time, and it could not be taken back"));
        let status = world.nestor.servers.list(&ACTOR).await.unwrap().remove(0);
        assert_eq!(status.unconfirmed, known);
        assert_eq!(known[0].parts, ["valid-lifetime"]);
    }
    assert_eq!((world.documents()[0].clone(), world.all().await.len()), (others(), 1));
    let confirmed = world.nestor.configurations.confirm(&Caller::from(&ACTOR), &server("kea1"), None).await.unwrap();
    assert_eq!(confirmed, [1]);
    assert!(world.stands(1).await.1.contains("decided to keep it"));
    assert!(world.nestor.configurations.unconfirmed(&ACTOR, &server("kea1")).await.unwrap().is_empty());
}

/// What is dangerous goes back by itself as well: that was agreed on when it was made. To undo it afterwards is for
/// administrators who say once more that they mean it.
#[tokio::test]
async fn dangerous_changes_go_back_as_promised_and_are_undone_by_those_who_mean_it() {
    let hook = r#"[{"op": "add", "path": "hooks-libraries", "value": {"library": "libdhcp_lease_cmds.so"}}]"#;
    let start = Document::read(br#"{"Dhcp4": {"hooks-libraries": []}}"#).unwrap();
    let world = World::configured(&start);
    world.look_after().await;
    let within = ApplyRequest { confirm_within: Some(Seconds(60)), ..request(hook) };
    assert!(matches!(world.apply(&within).await, Err(Error::Dangerous { .. })));
    let apply = async |request: &ApplyRequest| {
        let caller = Caller::from(&ACTOR);
        Box::pin(world.nestor.configurations.apply(&caller, &server("kea1"), request, Confirmed::Yes)).await.unwrap()
    };
    apply(&within).await;
    world.clock.pass(Seconds(60));
    world.recover().await;
    assert_eq!(world.documents(), [start.clone(), start.clone()]);
    assert_eq!(world.record(1).await.change.undone_by, Some(2));

    // At once, by an operator too.
    let operator = Caller::from(&Actor::Foreman { peer: "may do what operators may".to_owned() });
    apply(&within).await;
    Box::pin(world.nestor.changes.take_back_now(&operator, 3)).await.unwrap();
    assert_eq!(world.documents(), [start.clone(), start.clone()]);
    let again = Box::pin(world.nestor.changes.take_back_now(&operator, 3)).await;
    assert!(matches!(again, Err(Error::Stale { .. })), "{again:?}");

    apply(&request(hook)).await;
    let undone = Box::pin(world.nestor.changes.take_back_now(&operator, 5)).await;
    assert!(matches!(undone, Err(Error::Stale { .. })), "nothing was promised: {undone:?}");
    let undone = Box::pin(world.nestor.changes.undo(&operator, 5, Confirmed::Yes)).await;
    assert!(matches!(undone, Err(Error::Forbidden)), "{undone:?}");
    assert_eq!(Box::pin(world.nestor.changes.can_undo(&operator, 5)).await, Ok(false));
    let known = world.nestor.changes.way_back(&ACTOR, 5, None).await.unwrap();
    assert!(known.dangers.len() == 1 && known.dangers[0].contains("end what the server does"), "{known:?}");
    let caller = Caller::from(&ACTOR);
    assert_eq!(Box::pin(world.nestor.changes.can_undo(&caller, 5)).await, Ok(true));
    let undone = Box::pin(world.nestor.changes.undo(&caller, 5, Confirmed::No)).await;
    assert!(matches!(undone, Err(Error::Dangerous { .. })), "{undone:?}");
    Box::pin(world.nestor.changes.undo(&caller, 5, Confirmed::Yes)).await.unwrap();
    assert_eq!(world.documents(), [start.clone(), start.clone()]);
    let restored = Box::pin(world.nestor.changes.restore(&caller, 5, Version::After, Confirmed::No)).await;
    assert!(matches!(restored, Err(Error::Dangerous { .. })), "{restored:?}");
    Box::pin(world.nestor.changes.restore(&caller, 5, Version::After, Confirmed::Yes)).await.unwrap();
    assert_ne!(world.documents()[0], start);
}

/// One of several that wait is kept, and who kept it is recorded; the other goes back.
#[tokio::test]
async fn one_of_several_is_kept() {
    let world = World::configured(&before());
    world.look_after().await;
    world.apply(&lifetime(100, 60)).await.unwrap();
    let subnet = r#"[{"op": "add", "path": "subnet4", "value": {"id": 2, "subnet": "198.51.100.0/24"}}]"#;
    world.apply(&ApplyRequest { confirm_within: Some(Seconds(60)), ..request(subnet) }).await.unwrap();
    let caller = Caller::from(&ACTOR);
    let keep =
        async |number| world.nestor.configurations.confirm(&caller, &server("kea1"), Some(number)).await.unwrap();
    assert_eq!((keep(2).await, keep(2).await), (vec![2], Vec::new()), "once");
    assert_eq!(world.stands(2).await, is(ChangeState::Done, "Confirmed by command line: it stays."));
    world.clock.pass(Seconds(60));
    world.recover().await;
    let left = document(3600, r#"{"id": 2, "subnet": "198.51.100.0/24"}"#);
    assert_eq!(world.documents(), [left.clone(), left]);
}

/// A secret that was replaced is not kept: neither undo nor restore says that it came back.
#[tokio::test]
async fn a_secret_that_is_gone_is_said_to_be_gone() {
    let with = |password: &str| {
        document(
            3600,
            &format!(r#"{{"id": 2, "subnet": "198.51.100.0/24", "user-context": {{"password": "{password}"}}}}"#),
        )
    };
    let world = World::configured(&with("old-one"));
    let edit = r#"[{"op": "set", "path": "subnet4[id=2].user-context.password", "value": "new-one"}]"#;
    world.apply(&request(edit)).await.unwrap();
    let caller = Caller::from(&ACTOR);
    for version in [None, Some(Version::Before)] {
        let Err(Error::Invalid { fields }) = world.nestor.changes.way_back(&ACTOR, 1, version).await else {
            panic!("{version:?}: it is not kept")
        };
        assert!(fields[0].text.contains("is not kept by Nestor"), "{fields:?}");
    }
    let restored = Box::pin(world.nestor.changes.restore(&caller, 1, Version::Before, Confirmed::No)).await;
    assert!(matches!(restored, Err(Error::Invalid { .. })), "{restored:?}");
    // Of the version after it the one that is there stays, whichever it is, and that is said.
    let restored = Box::pin(world.nestor.changes.restore(&caller, 1, Version::After, Confirmed::No)).await.unwrap();
    assert_eq!(restored.change, None);
    assert!(restored.findings[0].text.starts_with("Nestor keeps no secrets"), "{restored:?}");
    assert!(world.nestor.changes.way_back(&ACTOR, 1, Some(Version::After)).await.unwrap().is_so);
    assert_eq!(world.documents()[0], with("new-one"));
}

/// What is kept of a change has no secrets: one that goes is refused where it is to be taken back by itself.
#[tokio::test]
async fn a_secret_that_goes_cannot_be_taken_back_and_is_refused_before() {
    let start = document(3600, r#"{"id": 2, "subnet": "198.51.100.0/24", "user-context": {"password": "old-one"}}"#);
    for edit in [
        r#"[{"op": "set", "path": "subnet4[id=2].user-context.password", "value": "new-one"}]"#,
        r#"[{"op": "unset", "path": "subnet4[id=2].user-context"}]"#,
        r#"[{"op": "remove", "path": "subnet4[id=2]"}]"#,
    ] {
        let world = World::configured(&start);
        world.look_after().await;
        let within = ApplyRequest { confirm_within: Some(Seconds(60)), ..request(edit) };
        let Err(Error::Invalid { fields }) = world.apply(&within).await else { panic!("{edit} has no way back") };
        assert!(fields[0].text.starts_with("Without the secret that is taken out"), "{fields:?}");
        assert_eq!(world.documents(), [start.clone(), start.clone()]);
        let made = world.apply(&request(edit)).await.unwrap();
        assert!(made.findings.iter().any(|found| found.rule == "no-way-back"), "{edit}: {:?}", made.findings);
        let undone = Box::pin(world.nestor.changes.undo(&Caller::from(&ACTOR), 1, Confirmed::No)).await;
        assert!(matches!(undone, Err(Error::Invalid { .. })), "{edit}: {undone:?}");
    }
    let world = World::configured(&start);
    world.look_after().await;
    assert!(world.apply(&lifetime(100, 60)).await.unwrap().findings.is_empty(), "that secret stays");
}

/// Notes are short and plain: they are shown in lists and in terminals.
#[tokio::test]
async fn notes_are_short_and_plain() {
    let world = World::configured(&before());
    for note in ["x".repeat(1_001), "a\u{1b}[2J".to_owned()] {
        let Err(Error::Invalid { fields }) = world.apply(&ApplyRequest { note, ..request(EDITS) }).await else {
            panic!("it is refused")
        };
        assert_eq!(fields[0].field, "note");
    }
    assert_eq!(world.documents()[0], before());
}

fn pair() -> World {
    let world = World::pair(Storage::Configuration);
    for name in ["kea1", "kea2"] {
        world.dhcp.give_document(&server(name), &before());
    }
    world
}

impl World {
    /// What each of the two runs.
    fn both(&self) -> [Document; 2] {
        ["kea1", "kea2"].map(|name| self.dhcp.documents(&server(name)).unwrap()[0].clone())
    }
}

/// What is made on one of a pair is made on the other: at once, when it is back, and after a program that ended.
#[tokio::test]
async fn partners_get_what_was_changed() {
    let world = pair();
    let made = world.apply(&request(EDITS)).await.unwrap();
    assert_eq!((made.peers[0].server.as_str(), made.peers[0].state), ("kea2", ChangeState::Done));
    assert_eq!(world.both(), [after(), after()]);
    assert_eq!(world.record(2).await.change.repeats, Some(1));
    Box::pin(world.nestor.changes.undo(&Caller::from(&ACTOR), 1, Confirmed::No)).await.unwrap();
    assert_eq!(world.both(), [before(), before()], "both go back");
    let alone = ApplyRequest { single_server: true, ..request(EDITS) };
    assert!(world.apply(&alone).await.unwrap().peers.is_empty());
    assert_eq!(world.both(), [after(), before()]);

    let world = pair();
    world.dhcp.silence(&server("kea2"));
    let made = world.apply(&request(EDITS)).await.unwrap();
    assert_eq!(made.peers[0].state, ChangeState::Pending);
    world.recover().await;
    assert_eq!(world.both(), [after(), before()]);
    world.dhcp.back(&server("kea2"));
    world.recover().await;
    assert_eq!(world.stands(2).await, is(ChangeState::Done, "Applied when the server came back."));
    assert_eq!(world.both(), [after(), after()]);

    let world = pair();
    world.dhcp.give_document(&server("kea1"), &after());
    world.begin(&world.left_open()).await;
    world.recover().await;
    assert_eq!(world.both(), [after(), after()], "its program had ended in between");
}

/// What waits for a partner is over when the first server has it no more.
#[tokio::test]
async fn what_was_undone_does_not_come_to_a_partner_later() {
    let world = pair();
    world.dhcp.silence(&server("kea2"));
    world.apply(&request(EDITS)).await.unwrap();
    Box::pin(world.nestor.changes.undo(&Caller::from(&ACTOR), 1, Confirmed::No)).await.unwrap();
    world.dhcp.back(&server("kea2"));
    world.recover().await;
    assert_eq!(world.both(), [before(), before()]);
    assert_eq!(world.stands(2).await.0, ChangeState::Refused);
}

/// A partner that is otherwise keeps what it has, and the change waits there.
#[tokio::test]
async fn what_a_partner_has_otherwise_is_not_overwritten() {
    let world = pair();
    let other = document(3600, r#"{"id": 2, "subnet": "203.0.113.0/24"}"#);
    world.dhcp.give_document(&server("kea2"), &other);
    let made = world.apply(&request(EDITS)).await.unwrap();
    assert_eq!(made.peers[0].state, ChangeState::Pending);
    assert!(made.peers[0].detail.contains("number 2 is that of subnet 203.0.113.0/24 there"), "{:?}", made.peers);
    assert_eq!(world.both(), [after(), other]);
}

fn only(seconds: i64, single_server: bool) -> ApplyRequest {
    ApplyRequest { single_server, confirm_within: None, ..lifetime(u32::try_from(seconds).unwrap(), 1) }
}

/// What a partner gets back is what it had itself, now and when it was away.
#[tokio::test]
async fn a_partner_gets_back_what_it_had_itself() {
    for is_away in [false, true] {
        let world = pair();
        world.apply(&only(1001, true)).await.unwrap();
        world.apply(&only(2002, false)).await.unwrap();
        assert_eq!(world.both(), [document(2002, ""), document(2002, "")]);
        assert_eq!(world.record(3).await.change.repeats, Some(2));
        if is_away {
            world.dhcp.silence(&server("kea2"));
        }
        Box::pin(world.nestor.changes.undo(&Caller::from(&ACTOR), 2, Confirmed::No)).await.unwrap();
        world.dhcp.back(&server("kea2"));
        world.recover().await;
        assert_eq!(world.both(), [document(1001, ""), document(3600, "")], "away: {is_away}");
    }
}

/// What a partner never got is not taken back there.
#[tokio::test]
async fn a_partner_that_was_so_already_stays_so() {
    let world = pair();
    world.dhcp.give_document(&server("kea2"), &document(60, ""));
    let made = world.apply(&only(60, false)).await.unwrap();
    assert_eq!(made.peers[0].detail, "Already in place.");
    let undone = Box::pin(world.nestor.changes.undo(&Caller::from(&ACTOR), 1, Confirmed::No)).await.unwrap();
    assert!(undone.peers[0].detail.contains("never had"), "{:?}", undone.peers);
    assert_eq!(world.both(), [before(), document(60, "")]);
}

/// Interfaces, loggers and the like are of one server.
#[tokio::test]
async fn what_is_of_one_server_says_so_also_when_the_partner_is_away() {
    let world = pair();
    world.dhcp.silence(&server("kea2"));
    let own = r#"[{"op": "set", "path": "interfaces-config.re-detect", "value": false}]"#;
    let made = world.apply(&request(own)).await.unwrap();
    let kea2 = &made.peers[0];
    assert_eq!(
        (kea2.state, kea2.detail.as_str()),
        (ChangeState::Done, "Not changed: this is of the other server alone.")
    );
    assert_eq!(world.all().await.len(), 1, "nothing waits");
}

/// A pool that somebody grew while another one typed is shown with the three values, and either choice can be applied.
#[tokio::test]
async fn what_others_grew_meanwhile_is_a_choice_and_no_dead_end() {
    let site = |pool: &str| {
        let pools = format!(r#""pools": [{{"pool": "{pool}"}}]"#);
        document(3600, &format!(r#"{{"id": 2, "subnet": "198.51.100.0/24", {pools}}}"#))
    };
    let world = World::configured(&site("198.51.100.10-198.51.100.20"));
    let typed = [
        model::ConfigEdit::set("valid-lifetime", "60"),
        model::ConfigEdit::set(
            "subnet4[id=2].pools[pool=198.51.100.10-198.51.100.20].pool",
            r#""198.51.100.10-198.51.100.40""#,
        ),
    ];
    let configurations = &world.nestor.configurations;
    let plan = async |edits: &[model::ConfigEdit], back: Option<&str>| {
        configurations.preview(&ACTOR, &server("kea1"), edits, back, None).await.unwrap()
    };
    let seen = plan(&typed, None).await;
    assert!(seen.clashes.is_empty());
    world.dhcp.give_document(&server("kea1"), &site("198.51.100.10-198.51.100.30"));
    let apply = ApplyRequest { back: Some(seen.back.clone()), base: Some("old".to_owned()), ..request(&seen.edits) };
    let Err(Error::Invalid { fields }) = world.apply(&apply).await else { panic!("it was overtaken") };
    assert!(fields[0].text.contains("it is 198.51.100.10-198.51.100.30 now"), "{fields:?}");
    for (mine, pool, lifetime) in [(true, "40", 60), (false, "30", 60)] {
        let clash = plan(&typed, Some(&seen.back)).await;
        assert!(clash.is_refused() && clash.clashes.len() == 1, "{clash:?}");
        assert_eq!(plan(&typed, None).await.clashes, clash.clashes, "also for whoever plans only now");
        let settled = model::ConfigClash::settle(&typed, &clash.clashes, &[mine]);
        let anew = plan(&settled, None).await;
        assert!(anew.clashes.is_empty() && !anew.is_refused(), "{anew:?}");
        world.apply(&request(&anew.edits)).await.unwrap();
        let text = world.documents()[0].to_json(keaconf::Layout::Compact);
        assert!(text.contains(&format!("-198.51.100.{pool}\"")) && text.contains(&format!(":{lifetime},")), "{text}");
        world.dhcp.give_document(&server("kea1"), &site("198.51.100.10-198.51.100.30"));
    }
}

/// A secret that somebody changed while another one typed is a choice as well, though nobody is shown either of them.
#[tokio::test]
async fn a_secret_that_others_changed_meanwhile_is_a_choice() {
    let site = |secret: &str, lifetime: i64| {
        let context = format!(r#""user-context": {{"snmp-community": "{secret}"}}"#);
        document(lifetime, &format!(r#"{{"id": 2, "subnet": "198.51.100.0/24", {context}}}"#))
    };
    let world = World::configured(&site("old", 3600));
    let typed = [model::ConfigEdit::set("subnet4[id=2].user-context.snmp-community", r#""mine""#)];
    let configurations = &world.nestor.configurations;
    let plan = async |back: Option<&str>, base: Option<&str>| {
        configurations.preview(&ACTOR, &server("kea1"), &typed, back, base).await.unwrap()
    };
    let seen = plan(None, None).await;
    let on = |base: Option<String>| ApplyRequest { back: Some(seen.back.clone()), base, ..request(&seen.edits) };
    let refusal = async |base: Option<String>| match world.apply(&on(base)).await {
        Err(Error::Invalid { fields }) => fields[0].text.clone(),
        other => panic!("{other:?}"),
    };

    world.dhcp.give_document(&server("kea1"), &site("old", 60));
    assert!(refusal(Some("of another program".to_owned())).await.contains("perhaps another one"), "not known");
    assert!(plan(Some(&seen.back), seen.base.as_deref()).await.clashes.is_empty(), "others changed something else");

    world.dhcp.give_document(&server("kea1"), &site("theirs", 3600));
    let text = refusal(seen.base.clone()).await;
    assert!(text.contains("it is another secret now"), "{text}");
    let clash = plan(Some(&seen.back), seen.base.as_deref()).await;
    assert!(clash.is_refused() && clash.clashes.len() == 1, "{clash:?}");
    let said = format!("{text} {clash:?}");
    assert!(["old", "theirs"].iter().all(|secret| !said.contains(&format!("\"{secret}"))), "{said}");
    assert_eq!(model::ConfigClash::settle(&typed, &clash.clashes, &[false]), []);
    assert_eq!(model::ConfigClash::settle(&typed, &clash.clashes, &[true]), typed);
    let anew = plan(None, None).await;
    world.apply(&on(anew.base)).await.unwrap();
    assert_eq!(world.documents()[0], site("mine", 3600));
}

/// A partner that has the subnet under another number does not have the same: the two tell each other of leases by it.
#[tokio::test]
async fn a_subnet_of_another_number_on_the_partner_is_not_in_place() {
    let world = pair();
    let subnet = |id: u32| document(3600, &format!(r#"{{"id": {id}, "subnet": "198.51.100.0/24"}}"#));
    world.dhcp.give_document(&server("kea2"), &subnet(7));
    let add = r#"[{"op": "add", "path": "subnet4", "value": {"id": 2, "subnet": "198.51.100.0/24"}}]"#;
    let made = world.apply(&request(add)).await.unwrap();
    let kea2 = &made.peers[0];
    assert_eq!(kea2.state, ChangeState::Pending, "{kea2:?}");
    assert!(kea2.detail.contains("with the id 7 and not 2") && kea2.detail.contains("does not fit"), "{kea2:?}");
    // The way out: it is taken out there, and added as it is here.
    world.dhcp.give_document(&server("kea2"), &before());
    world.clock.pass(Seconds(7_200));
    world.recover().await;
    assert_eq!(world.both(), [subnet(2), subnet(2)]);
}
