//! A server’s saved file, loaded again: what is known of that before, and the change.

use ::changes::ConfigurationEdit;
use model::{
    AppliedConfiguration, Change, ChangeState, Content, FieldError, Permission, ReloadOutlook, ReloadRequest, Revision,
    RevisionOrigin, RevisionWay, ServerName, UnsavedChange, Verb,
};

use super::Configurations;
use super::apply::read_note;
use crate::changes::{Origin, Permit, Planned};
use crate::{Actor, Caller, Error, Result};

/// How many revisions are looked through for what others changed.
const LOOKED_BACK: usize = 50;

impl Configurations {
    /// What is known of what a server would lose if it loaded its saved file now. Nothing is asked of it.
    pub async fn reload_outlook(&self, actor: &Actor, server: &ServerName) -> Result<ReloadOutlook> {
        actor.may(Permission::Look)?;
        let revisions = self.store.revisions(server, None, LOOKED_BACK).await?;
        let outside = perhaps_unsaved(&revisions).cloned().collect();
        Ok(ReloadOutlook { unsaved: self.unsaved(server).await?, outside })
    }

    /// Has a server load its saved file in the place of what it runs. What that changed is recorded, and can be undone; a file
    /// that the server refuses, or does not serve with, changes nothing. The file is not written.
    pub async fn reload(
        &self,
        caller: &Caller,
        server: &ServerName,
        request: &ReloadRequest,
    ) -> Result<AppliedConfiguration> {
        caller.actor.may(Permission::Reserve)?;
        let (note, named) = (read_note(&request.note)?, request.lose.clone());
        let (this, of) = (self.clone(), server.clone());
        let work = move |permit| async move { this.reload_with(&permit, &of, note, &named).await };
        self.gate.pass(caller, server, work).await
    }

    async fn reload_with(
        &self,
        permit: &Permit,
        server: &ServerName,
        note: String,
        named: &[i64],
    ) -> Result<AppliedConfiguration> {
        refuse_to_lose(&self.unsaved(server).await?, named)?;
        let running = self.dhcp.running(server).await?;
        self.remember_first(server, &running).await?;
        let edit = ConfigurationEdit::reload(server, note, running.hash).into();
        // The file of a partner is its own.
        let from = Origin { single_server: true, ..Origin::default() };
        let change = self.gate.carry_out(permit, Planned { edit, from }, Vec::new()).await?.change;
        if let Err(error) = self.look(server).await {
            // Who watches the server sees it, too.
            tracing::warn!(%server, ?error, "what it runs since its file was loaded is not among its revisions yet");
        }
        let record = match change {
            Some(number) => self.store.change(number).await?,
            None => None,
        };
        let words = record.and_then(|record| Some(record.change.after?.configuration()?.words.clone()));
        Ok(AppliedConfiguration { change, words: words.unwrap_or_default(), ..AppliedConfiguration::default() })
    }

    async fn unsaved(&self, server: &ServerName) -> Result<Vec<UnsavedChange>> {
        let records = self.store.changes_in(ChangeState::NotSaved, Some(server), usize::MAX).await?;
        Ok(records.iter().map(|record| shown(&record.change)).collect())
    }
}

/// Refuses to lose what nobody said may be lost.
fn refuse_to_lose(unsaved: &[UnsavedChange], named: &[i64]) -> Result<()> {
    let lost = unsaved.iter().filter(|change| !named.contains(&change.number)).map(|change| {
        let text = format!(
            "Change #{} runs and is not saved: it would be lost ({}). Save it first, or say that it may be lost.",
            change.number, change.text
        );
        FieldError::new("lose", text)
    });
    let fields: Vec<_> = lost.collect();
    if fields.is_empty() { Ok(()) } else { Err(Error::Invalid { fields }) }
}

/// The revisions, of these, newest first, that others made while the server ran: of what its file has, nothing is known of
/// them. What Nestor changed since saved all that was there before, and a start reads the file.
fn perhaps_unsaved(newest_first: &[Revision]) -> impl Iterator<Item = &Revision> {
    let made_running = |way: Option<RevisionWay>| way != Some(RevisionWay::Restarted);
    newest_first
        .iter()
        .take_while(move |revision| revision.origin == RevisionOrigin::Outside && made_running(revision.way))
}

fn shown(change: &Change) -> UnsavedChange {
    let done = match change.verb {
        Verb::Create => "made",
        Verb::Change => "changed",
        Verb::Delete => "deleted",
        Verb::Move => "moved",
    };
    let configuration = change.version().and_then(Content::configuration);
    let words = configuration.map(|configuration| configuration.words.join("; "));
    let text = words.unwrap_or_else(|| format!("{} {done}", change.subject.label()));
    UnsavedChange { number: change.number, at: change.at, actor: change.actor.clone(), text }
}

#[cfg(test)]
mod tests {
    use model::Timestamp;

    use super::*;

    fn revision(number: i64, origin: RevisionOrigin, way: Option<RevisionWay>) -> Revision {
        Revision {
            server: "kea1".parse().unwrap(),
            number,
            at: Timestamp(0),
            origin,
            way,
            changes: Vec::new(),
            words: Vec::new(),
            differences: 1,
            routine: false,
        }
    }

    #[test]
    fn what_others_changed_since_the_last_save_may_not_be_in_the_file() {
        use RevisionOrigin::{Both, First, Nestor, Outside};
        use RevisionWay::{Commands, Loaded, Restarted};
        let of = |all: &[(RevisionOrigin, Option<RevisionWay>)]| {
            let revisions: Vec<_> = all.iter().map(|(origin, way)| revision(1, *origin, *way)).collect();
            perhaps_unsaved(&revisions).count()
        };
        assert_eq!(of(&[(Outside, Some(Commands)), (Outside, Some(Loaded)), (Outside, None), (First, None)]), 3);
        for stop in [(Nestor, None), (Both, Some(Commands)), (First, None), (Outside, Some(Restarted))] {
            assert_eq!(of(&[stop, (Outside, Some(Commands))]), 0, "{stop:?}");
        }
    }

    #[test]
    fn only_what_was_named_may_be_lost() {
        let change = |number| UnsavedChange { number, at: Timestamp(0), actor: String::new(), text: "x".to_owned() };
        let unsaved = [change(7), change(9)];
        assert_eq!(refuse_to_lose(&unsaved, &[9, 7, 1]), Ok(()));
        assert_eq!(refuse_to_lose(&[], &[]), Ok(()));
        let Err(Error::Invalid { fields }) = refuse_to_lose(&unsaved, &[7]) else { panic!("it would be lost") };
        assert_eq!(fields.len(), 1);
        assert!(fields[0].text.starts_with("Change #9 runs"), "{}", fields[0].text);
    }
}
