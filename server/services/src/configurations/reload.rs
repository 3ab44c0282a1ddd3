//! A server’s saved file, loaded again: what is known of that before, and the change.

use ::changes::ConfigurationEdit;
use model::{
    Applied, AppliedConfiguration, Change, ChangeState, Content, FieldError, Permission, ReloadOutlook, ReloadRequest,
    ServerName, UnsavedChange, Verb,
};

use super::Configurations;
use super::apply::read_note;
use super::outside::{Outside, of_server};
use crate::changes::{Origin, Permit, Planned};
use crate::{Actor, Caller, Error, Result};

impl Configurations {
    /// What is known of what a server would lose if it loaded its saved file now; what it runs is looked at first.
    pub async fn reload_outlook(&self, actor: &Actor, server: &ServerName) -> Result<ReloadOutlook> {
        actor.may(Permission::Look)?;
        self.look(server).await?;
        self.outlook(server).await
    }

    async fn outlook(&self, server: &ServerName) -> Result<ReloadOutlook> {
        let Outside { perhaps_unsaved, first_seen_at, .. } = of_server(&*self.store, server).await?;
        Ok(ReloadOutlook { unsaved: self.unsaved(server).await?, outside: perhaps_unsaved, first_seen_at })
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
        let request = ReloadRequest { note: read_note(&request.note)?, ..request.clone() };
        let (this, of) = (self.clone(), server.clone());
        let work = move |permit| async move { this.reload_with(&permit, &of, request).await };
        self.gate.pass(caller, server, work).await
    }

    async fn reload_with(
        &self,
        permit: &Permit,
        server: &ServerName,
        request: ReloadRequest,
    ) -> Result<AppliedConfiguration> {
        self.look(server).await?;
        refuse_to_lose(&self.outlook(server).await?, &request)?;
        let seen = self.gate.newest_seen(server).await?;
        let (note, running) = (request.note, self.dhcp.running(server).await?);
        self.remember_first(server, &running).await?;
        let edit = ConfigurationEdit::reload(server, note, running.hash).into();
        // The file of a partner is its own.
        let from = Origin { single_server: true, ..Origin::default() };
        let Applied { change, said, .. } = self.gate.carry_out(permit, Planned { edit, from }, Vec::new()).await?;
        self.gate.mark_saved(server, seen).await;
        if let Err(error) = self.look(server).await {
            // Who watches the server sees it, too.
            tracing::warn!(%server, ?error, "what it runs since its file was loaded is not among its revisions yet");
        }
        let record = match change {
            Some(number) => self.store.change(number).await?,
            None => None,
        };
        let words = record.and_then(|record| Some(record.change.after?.configuration()?.words.clone()));
        let words = words.unwrap_or_default();
        Ok(AppliedConfiguration { change, words, said, ..AppliedConfiguration::default() })
    }

    async fn unsaved(&self, server: &ServerName) -> Result<Vec<UnsavedChange>> {
        let records = self.store.changes_in(ChangeState::NotSaved, Some(server), usize::MAX).await?;
        Ok(records.iter().map(|record| shown(&record.change)).collect())
    }
}

/// Refuses to lose what nobody said may be lost.
fn refuse_to_lose(outlook: &ReloadOutlook, request: &ReloadRequest) -> Result<()> {
    let lost = outlook.unsaved.iter().filter(|change| !request.lose.contains(&change.number)).map(|change| {
        let text = format!(
            "Change #{} runs and is not saved: it would be lost ({}). Save it first, or say that it may be lost.",
            change.number, change.text
        );
        FieldError::new("lose", text)
    });
    let outside = outlook.outside.iter().filter(|_| !request.lose_outside).map(|revision| {
        let text = format!(
            "What others changed at {} runs, and may not be saved: it would be lost ({}). Save it first, or say that it may be \
             lost.",
            revision.at,
            revision.summary()
        );
        FieldError::new("lose_outside", text)
    });
    let fields: Vec<_> = lost.chain(outside).collect();
    if fields.is_empty() { Ok(()) } else { Err(Error::Invalid { fields }) }
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
    use model::{Revision, RevisionOrigin, Timestamp};

    use super::*;

    fn revision(number: i64) -> Revision {
        Revision {
            server: "kea1".parse().unwrap(),
            number,
            at: Timestamp(0),
            origin: RevisionOrigin::Outside,
            way: None,
            changes: Vec::new(),
            words: Vec::new(),
            differences: 1,
            routine: false,
        }
    }

    #[test]
    fn only_what_was_named_may_be_lost() {
        let change = |number| UnsavedChange { number, at: Timestamp(0), actor: String::new(), text: "x".to_owned() };
        let outlook = |unsaved: &[i64], outside| ReloadOutlook {
            unsaved: unsaved.iter().copied().map(change).collect(),
            outside: (0..outside).map(revision).collect(),
            first_seen_at: None,
        };
        let lose =
            |lose: &[i64], lose_outside| ReloadRequest { note: String::new(), lose: lose.to_vec(), lose_outside };
        let refused = |outlook: ReloadOutlook, request: ReloadRequest| match refuse_to_lose(&outlook, &request) {
            Err(Error::Invalid { fields }) => fields.into_iter().map(|field| field.text).collect(),
            other => {
                assert_eq!(other, Ok(()));
                Vec::new()
            }
        };
        assert!(refused(outlook(&[7, 9], 1), lose(&[9, 7, 1], true)).is_empty());
        assert!(refused(outlook(&[], 0), lose(&[], false)).is_empty());
        let of_ours = refused(outlook(&[7, 9], 0), lose(&[7], true));
        assert!(of_ours.len() == 1 && of_ours[0].starts_with("Change #9 runs"), "{of_ours:?}");
        let of_others = refused(outlook(&[7], 1), lose(&[7], false));
        assert!(of_others.len() == 1 && of_others[0].contains("may not be saved"), "{of_others:?}");
    }
}
