//! One change of a server's configuration: tested, made, looked at, and taken back where it does not hold or the server
//! does not serve clients with it. Saving comes after.

use std::sync::Arc;
use std::time::{Duration, Instant};

use changes::{ConfigurationEdit, Verbatim};
use futures::future::join_all;
use kea::Said;
use kea::commands::{ConfigGetRaw, ConfigReload, ConfigTest, Configure, StatusGet};
use kea::wire::RawConfig;
use keaconf::{Command, Document, Layout, Plan, Standing, Way, review};
use model::Content;
use services::ports::{AppliedEdit, Running};
use services::{Error, Result};
use tokio::time::{sleep, timeout};

use crate::catch_up::CaughtUp;
use crate::change::words;
use crate::node::Node;

/// How often a change is begun anew because others changed the configuration meanwhile.
const TRIES: usize = 3;

/// How often, and with which pauses, a server is asked that is busy with a configuration.
const LOOKS: usize = 15;
const BETWEEN_LOOKS: Duration = Duration::from_secs(2);

/// How often one is asked where nothing listens: it may just be starting again.
const LOOKS_AT_NOTHING: usize = 3;

/// Within this time a machine says that nothing listens.
const AT_ONCE: Duration = Duration::from_millis(100);

/// Within this time a member of a pair says whether it takes part in it.
const SAYS_WITHIN: Duration = Duration::from_secs(2);

/// How long a server is waited for that cleans its lease file up, and how often it is asked: clients are not served meanwhile.
const CLEANED_UP_WITHIN: Duration = Duration::from_secs(30);
const BETWEEN_LOADS: Duration = Duration::from_millis(200);

/// How many seconds a member of a pair is waited for that was configured.
const REJOINS_WITHIN: usize = 30;

/// A change that the server has taken.
pub(crate) struct AppliedOnServer {
    now: (Content, Verbatim),
    was: Verbatim,
    /// Whether a restart of the server would lose it.
    pub(crate) unsaved: bool,
    /// What the server said of it, each once.
    said: Vec<String>,
}

impl AppliedOnServer {
    fn of(edit: ConfigurationEdit) -> Self {
        let (now, was) = (edit.forward_verbatim(), edit.back_verbatim());
        let ConfigurationEdit { subnet, change, .. } = edit;
        Self { now: (Content::Configuration { subnet, change }, now), was, unsaved: true, said: Vec::new() }
    }

    /// What came from the server's file: that is as it is to be, and is not written.
    pub(crate) fn of_file(edit: ConfigurationEdit, said: Said) -> Self {
        Self { unsaved: false, ..Self::of(edit).with([said]) }
    }

    /// With what the server said of it.
    fn with(mut self, said: impl IntoIterator<Item = Said>) -> Self {
        for Said(text) in said {
            if !text.is_empty() && !self.said.contains(&text) {
                self.said.push(text);
            }
        }
        self
    }

    /// What it left behind.
    pub(crate) fn shown(self) -> AppliedEdit {
        AppliedEdit { now: Some(self.now), was: Some(self.was), not_saved: None, said: self.said }
    }
}

impl Node {
    /// Makes a change. `partners`: the other servers of its pair.
    pub(crate) async fn configure(
        self: &Arc<Self>,
        edit: &ConfigurationEdit,
        partners: &[Arc<Self>],
    ) -> Result<AppliedOnServer> {
        for _ in 0..TRIES {
            let (running, plan) = self.planned(edit).await?;
            if plan.changes.is_empty() && self.is_yet(&running).await? {
                return Ok(AppliedOnServer::of(edit.clone()));
            }
            self.test(&plan.tested()).await?;
            if plan.is_whole() {
                join_all(partners.iter().map(|partner| partner.rejoined())).await;
            }
            let Some((running, plan)) = self.upheld(running, plan, edit).await? else { continue };
            self.forget_config().await;
            let made = self.carry_out(&plan, &running).await;
            self.complete().await;
            let said = made?;
            let note = edit.change.note.clone();
            let made = ConfigurationEdit::of(&self.name, &plan, note, running.hash);
            return Ok(AppliedOnServer::of(made).with(said));
        }
        Err(self.unfit("others change its configuration again and again: try again when they are done".to_owned()))
    }

    /// What it runs, and what is left to be done there. Refused where others changed the same meanwhile, or what was judged when
    /// it was planned no longer fits.
    async fn planned(&self, edit: &ConfigurationEdit) -> Result<(Running, Plan)> {
        if let Some(last) = self.last_running().filter(|last| last.hash == edit.change.base) {
            let plan = self.toward(&last, edit)?;
            // Whether it still is so is asked before anything is sent.
            if plan.only_adds() || last.hash.is_some() {
                return Ok((last, plan));
            }
        }
        self.judged(self.running().await?, edit)
    }

    /// What is to be sent, and what it runs before that; none: others have changed that, and all is begun anew.
    ///
    /// What only adds subnets is refused by the server itself where it does not fit, so that it has to be told only which subnets
    /// it has: a digest of ten thousand takes it ten times as long.
    async fn upheld(&self, running: Running, plan: Plan, edit: &ConfigurationEdit) -> Result<Option<(Running, Plan)>> {
        if !plan.only_adds() {
            return Ok(self.is_yet(&running).await?.then_some((running, plan)));
        }
        match self.caught_up(&running).await? {
            CaughtUp::Same => return Ok(Some((running, plan))),
            CaughtUp::Other(now) => {
                let (now, anew) = self.judged(now, edit)?;
                if anew.only_adds() && anew.tested() == plan.tested() {
                    return Ok(Some((now, anew)));
                }
            }
            CaughtUp::Unknown => {}
        }
        self.forget_running();
        Ok(None)
    }

    fn toward(&self, running: &Running, edit: &ConfigurationEdit) -> Result<Plan> {
        Plan::toward(running.bare(), &edit.edits).map_err(|text| self.unfit(text))
    }

    fn judged(&self, running: Running, edit: &ConfigurationEdit) -> Result<(Running, Plan)> {
        self.refuse_foreign(running.bare(), edit)?;
        let plan = self.toward(&running, edit)?;
        if let Some(finding) = plan.refusals().next() {
            return Err(self.unfit(format!("{}: {}", finding.path, finding.text)));
        }
        Ok((running, plan))
    }

    /// Whether others have not changed what it runs since. One that does not say is believed.
    async fn is_yet(&self, running: &Running) -> Result<bool> {
        let is_yet = running.hash.is_none() || self.still_runs(running).await?;
        if !is_yet {
            self.forget_running();
        }
        Ok(is_yet)
    }

    /// Has it test a configuration, unless it is of a pair ([`is_of_a_pair`]). What it refuses there is taken back.
    async fn test(&self, document: &Document) -> Result<()> {
        if is_of_a_pair(document) {
            return Ok(());
        }
        self.ask(&ConfigTest { config: &raw(&document.to_value())? }).await
    }

    /// Refuses where a restart would not load what it runs: it may keep reservations that it refused (`ReservationAdd`). One
    /// of a pair is judged by our own rules.
    pub(crate) async fn refuse_unloadable(&self) -> Result<()> {
        let raw = self.ask(&ConfigGetRaw).await?;
        let document = self.read(&raw)?;
        if !is_of_a_pair(&document) {
            return self.ask(&ConfigTest { config: &raw }).await;
        }
        let twice = review(&document, Way::File).into_iter().find(|finding| finding.rule == "reservation-twice");
        twice.map_or(Ok(()), |finding| Err(self.refusal(format!("{}: {}", finding.path, finding.text))))
    }

    /// Refuses where others changed what is to be changed.
    fn refuse_foreign(&self, running: &Document, edit: &ConfigurationEdit) -> Result<()> {
        let foreign = running.foreign(&edit.edits, &edit.back);
        match foreign.first() {
            None => Ok(()),
            Some(path) => Err(self.unfit(running.clash(path, &edit.edits, &edit.back))),
        }
    }

    /// Sends the commands, and takes the change back where it does not hold. What the server said of them.
    async fn carry_out(self: &Arc<Self>, plan: &Plan, before: &Running) -> Result<Vec<Said>> {
        let sent = self.send_all(&plan.commands).await;
        let error = match sent {
            Ok(said) if self.is_made(plan, before).await => return Ok(said),
            Ok(said) => match self.look(plan).await? {
                (Standing::Made, _, true) => return Ok(said),
                (Standing::Made, ..) => self.refusal("with it, it serves no clients".to_owned()),
                _ => self.refusal("it takes the change, and does not show it: it has no effect there".to_owned()),
            },
            // What never arrived changed nothing.
            Err((error, 0)) if never_arrived(&error) => return Err(error),
            Err((error, _)) => match self.look(plan).await.map_err(|second| self.unknown(&error, &second))? {
                (Standing::Made, _, true) if matches!(error, Error::Unknown { .. }) => return Ok(Vec::new()),
                _ => error,
            },
        };
        Err(self.take_back(plan, error).await)
    }

    /// Sends commands until one fails; with that, how many were taken.
    async fn send_all(&self, commands: &[Command]) -> Result<Vec<Said>, (Error, usize)> {
        let mut said = Vec::new();
        for (taken, command) in commands.iter().enumerate() {
            said.push(self.send_one(command).await.map_err(|error| (error, taken))?);
        }
        Ok(said)
    }

    async fn send_one(&self, command: &Command) -> Result<Said> {
        let arguments = raw(&command.arguments)?;
        let command = Configure::new(&command.name, &arguments);
        let command = command.ok_or_else(|| Error::Internal("a command is not known".to_owned()))?;
        self.load(&command).await
    }

    /// Sends what may have the server load its leases anew, which it cannot while it cleans its lease file up: 3.1.2 and newer
    /// refuse such a command, those before take it, fail, and serve nobody until it is sent again. So the end of the cleanup is
    /// waited for.
    pub(crate) async fn load<C: kea::Command<Reply = Said>>(&self, command: &C) -> Result<Said> {
        let begun = Instant::now();
        loop {
            match self.ask(command).await {
                Err(Error::Refused { text, .. }) if is_of_cleanup(&text) && begun.elapsed() < CLEANED_UP_WITHIN => {
                    sleep(BETWEEN_LOADS).await;
                }
                outcome => return outcome,
            }
        }
    }

    /// Whether small commands made all of a plan, and it serves clients with it, as the subnets show that they were of; what it
    /// ran before them is known. Where that says no, or cannot be seen, all of what it runs tells more.
    async fn is_made(self: &Arc<Self>, plan: &Plan, before: &Running) -> bool {
        let Some(subnets) = plan.subnets_alone() else { return false };
        let Ok(now) = self.read_subnets(before, &subnets).await else { return false };
        let standing = now.bare().standing(&plan.forward(), &plan.back());
        standing == Standing::Made && self.serves().await.is_ok_and(|serves| serves)
    }

    /// How the server stands to a plan, what it runs, and whether it serves clients. One that is busy is waited for.
    async fn look(self: &Arc<Self>, plan: &Plan) -> Result<(Standing, Document, bool)> {
        let (mut looks, mut absent) = (0, 0);
        loop {
            let begun = Instant::now();
            let seen = async {
                let running = self.read_running().await?.bare().clone();
                Ok((running.standing(&plan.forward(), &plan.back()), running, self.serves().await?))
            };
            match seen.await {
                Err(Error::Unreachable { .. }) if looks < LOOKS && absent < LOOKS_AT_NOTHING => {
                    looks += 1;
                    // One that is busy leaves questions open. Nothing listens where the machine itself says no.
                    absent += usize::from(begun.elapsed() < AT_ONCE && !self.link.is_mute());
                    sleep(BETWEEN_LOOKS).await;
                }
                seen => return seen,
            }
        }
    }

    /// Waits until it takes part in its pair again, where it does not since it was configured as a whole: were its partner
    /// configured at once, none of the two would serve. One that does not answer is not waited for.
    async fn rejoined(&self) {
        for _ in 0..REJOINS_WITHIN {
            if self.silence().is_some() {
                return;
            }
            let joining = |state: &str| ["waiting", "syncing", "ready"].contains(&state);
            match timeout(SAYS_WITHIN, self.ask(&StatusGet)).await.unwrap_or_else(|_| Err(self.unheard())) {
                Ok(status) if status.high_availability.iter().any(|ha| joining(&ha.ha_servers.local.state)) => {
                    sleep(Duration::from_secs(1)).await;
                }
                _ => return,
            }
        }
        tracing::warn!(server = %self.name, "it does not take part in its pair yet, and its partner is configured");
    }

    /// Whether it serves clients. Of one that does not say it is not known otherwise; a configuration that it took is one
    /// that it serves with.
    pub(crate) async fn serves(self: &Arc<Self>) -> Result<bool> {
        Ok(!self.lends().await?.serves_nobody())
    }

    /// Takes a change back that was refused, or does not hold; gives what is to be said of it then.
    async fn take_back(self: &Arc<Self>, plan: &Plan, error: Error) -> Error {
        let old = async {
            let (_, running, _) = self.look(plan).await?;
            let old = running.brought_to(&plan.back()).map_err(|error| self.refusal(error.to_string()))?;
            // After a config-set that was refused the server shows what it does not serve with.
            if plan.is_whole() || running.standing(&plan.forward(), &plan.back()) != Standing::NotMade {
                self.set(&old).await?;
            }
            match self.look(plan).await? {
                (Standing::NotMade, _, true) => Ok(()),
                (_, _, true) => Err(self.refusal("the change is still there in part".to_owned())),
                (_, _, false) => Err(self.refusal("it serves no clients".to_owned())),
            }
        };
        let Err(first) = old.await else { return self.after_taking_back(error) };
        match self.reload(plan).await {
            Ok(()) => self.refusal(format!(
                "{} (what it ran before could not be set again: {}; it has loaded its saved file instead)",
                words(&error),
                words(&first)
            )),
            Err(second) => {
                let text = format!(
                    "it refused a configuration ({}), what it ran before ({}), and its saved file ({})",
                    words(&error),
                    words(&first),
                    words(&second)
                );
                tracing::error!(server = %self.name, %text, "the server serves no clients");
                Error::NotServing { server: self.name.clone(), text }
            }
        }
    }

    /// What was refused, and is as before.
    pub(crate) fn after_taking_back(&self, error: Error) -> Error {
        match error {
            // It was sent, and is taken back: that is no unknown end.
            Error::Unknown { what, .. } => self.refusal(format!("{what}; what it ran before was set again")),
            error => error,
        }
    }

    async fn reload(self: &Arc<Self>, plan: &Plan) -> Result<()> {
        self.load(&ConfigReload).await?;
        let (_, _, serves) = self.look(plan).await?;
        if serves { Ok(()) } else { Err(self.refusal("it serves no clients with it".to_owned())) }
    }

    pub(crate) async fn set(&self, document: &Document) -> Result<()> {
        let arguments = raw(&document.to_value())?;
        let command = Configure::new("config-set", &arguments);
        self.load(&command.ok_or_else(|| Error::Internal("config-set is not known".to_owned()))?).await.map(drop)
    }

    /// Makes sure that it serves clients.
    pub(crate) async fn heal(self: &Arc<Self>) -> Result<()> {
        if self.serves().await? {
            return Ok(());
        }
        let first = async { self.set(self.running().await?.bare()).await }.await;
        if first.is_ok() && self.serves().await? {
            // Its hooks may have been gone.
            self.renew().await;
            return Ok(());
        }
        let second = self.load(&ConfigReload).await.map(drop);
        self.renew().await;
        if second.is_ok() && self.serves().await? {
            return Ok(());
        }
        let said = |tried: Result<()>| tried.err().map_or_else(|| "it took it".to_owned(), |error| words(&error));
        let text = format!("it was given what it runs ({}), and its saved file ({})", said(first), said(second));
        tracing::error!(server = %self.name, %text, "the server serves no clients");
        Err(Error::NotServing { server: self.name.clone(), text })
    }

    /// What Nestor does not send.
    fn unfit(&self, text: String) -> Error {
        Error::Unfit { server: self.name.clone(), text }
    }

    pub(crate) fn refusal(&self, text: String) -> Error {
        Error::Refused { server: self.name.clone(), text }
    }

    pub(crate) fn unknown(&self, first: &Error, second: &Error) -> Error {
        let what = format!("{}; and what became of it could not be seen ({})", words(first), words(second));
        Error::Unknown { server: self.name.clone(), what }
    }
}

/// Whether a server refused as it is cleaning its lease file up. Texts of 3.0.3 (of the daemon, and of the PID file that it
/// finds half written), and of 3.1.2 and newer.
fn is_of_cleanup(text: &str) -> bool {
    let text = text.to_lowercase();
    text.contains("lease file cleanup") || text.contains("unable to read pid from file")
}

pub(crate) fn never_arrived(error: &Error) -> bool {
    matches!(error, Error::Unreachable { .. } | Error::Unsupported { .. } | Error::MissingHook { .. })
}

/// Whether a server of this configuration must not be sent `config-test`: after one of whatever configuration the next
/// `config-set` or `config-reload` leaves the port closed that its partner comes in by, until Kea is started again (seen on
/// 3.0.3).
fn is_of_a_pair(document: &Document) -> bool {
    document.loads("ha")
}

/// A part of a configuration as it is sent.
fn raw(value: &keaconf::Value) -> Result<RawConfig> {
    let unwritable = |error| Error::Internal(format!("a configuration cannot be written down: {error}"));
    RawConfig::from_kea(&value.to_kea(Layout::Compact)).map_err(unwritable)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_cleanup_of_the_lease_file_is_told_from_other_refusals() {
        for text in [
            "Unable to open database: unable to load leases from files while the lease file cleanup is in progress",
            "Unable to open database: Unable to read PID from file '/var/lib/kea/kea-leases4.csv.pid'",
            "lease file cleanup process is running",
        ] {
            assert!(is_of_cleanup(text), "{text}");
        }
        assert!(!is_of_cleanup("Unable to open database: could not connect to server"));
    }
}
