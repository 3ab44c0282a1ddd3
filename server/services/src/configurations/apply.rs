//! A change of a configuration, from the request to the gate.

use ::changes::ConfigurationEdit;
use keaconf::{Edit, Op, Overtaken, Plan};
use model::{Applied, AppliedConfiguration, ApplyRequest, FieldError, Permission, Seconds, ServerName};

use super::Configurations;
use super::graveyard::refuse_dug_up;
use super::left_behind::Beside;
use super::preview::read_back;
use crate::changes::{Origin, Permit, Planned};
use crate::ports::{Running, Told};
use crate::sockets::locks_out;
use crate::{Actor, Caller, Error, Result};

/// How long somebody may take to confirm a change, in seconds.
const CONFIRM_WITHIN: std::ops::RangeInclusive<i64> = 1..=86_400;

/// How many characters a note may have.
const LONGEST_NOTE: usize = 1_000;

/// Whether the caller has said once more that dangerous parts are meant.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Confirmed {
    /// Nothing was said.
    #[default]
    No,
    /// By the password, which was looked at, or by an operator with a shell on our host.
    Yes,
    /// Whoever made the change agreed then that it is taken back in this way.
    Promised,
}

impl Configurations {
    /// Changes the configuration that a server runs, and has it saved. Parts that may harm the host are for administrators
    /// alone, who have confirmed that they mean it.
    pub async fn apply(
        &self,
        caller: &Caller,
        server: &ServerName,
        request: &ApplyRequest,
        confirmed: Confirmed,
    ) -> Result<AppliedConfiguration> {
        caller.actor.may(Permission::Reserve)?;
        let wanted = Wanted::read(request)?;
        let (this, of) = (self.clone(), server.clone());
        let work = move |permit| async move { this.apply_with(&permit, &of, wanted, confirmed).await };
        self.gate.pass(caller, server, work).await
    }

    async fn apply_with(
        &self,
        permit: &Permit,
        server: &ServerName,
        wanted: Wanted,
        confirmed: Confirmed,
    ) -> Result<AppliedConfiguration> {
        let (running, plan) = self.planned(server, &wanted).await?;
        refuse_unconfirmed(permit.actor(), &plan, confirmed)?;
        if plan.changes.is_empty() {
            let saved = self.gate.vouch(permit, server).await?;
            return Ok(AppliedConfiguration { saved, ..AppliedConfiguration::default() });
        }
        self.remember_first(server, &running).await?;
        let confirm_until = match wanted.confirm_within {
            Some(span) => {
                refuse_for_good(&plan)?;
                self.refuse_unattended().await?;
                Some(self.gate.confirm_until(server, &plan.forward(), self.clock.now().plus(span)).await?)
            }
            None => None,
        };
        let Beside { mut findings, left } = self.known_of(server, &plan).await;
        refuse_dug_up(&mut findings, wanted.reuse_ids)?;
        let edit = ConfigurationEdit::of(server, &plan, wanted.note, running.hash);
        let words = edit.change.words.clone();
        let from = Origin { single_server: wanted.single_server, confirm_until, ..Origin::default() };
        let planned = Planned { edit: edit.into(), from };
        let Applied { change, peers, said, .. } = self.gate.carry_out(permit, planned, Vec::new()).await?;
        let [before, after] = plan.apart();
        if let Err(error) = self.bury(server, &before, &after).await {
            // The change is made. Who watches the server sees it, too.
            tracing::warn!(%server, ?error, "the numbers of its deleted subnets could not be kept");
        }
        if wanted.delete_orphans {
            findings.retain(|finding| finding.rule != "left-behind");
            findings.extend(self.delete_left(permit, &left).await);
        }
        Ok(AppliedConfiguration { change, words, peers, confirm_until, findings, saved: true, said })
    }

    /// What is asked for, on what the server runs. What only adds subnets is planned on what was seen last: before it is sent
    /// the server is asked which subnets it has, and it refuses what does not fit. To be refused here it is planned anew.
    async fn planned(&self, server: &ServerName, wanted: &Wanted) -> Result<(Running, Plan)> {
        let told = self.dhcp.sight(server).told;
        let may_only_add = wanted.edits.iter().all(|edit| matches!(edit.op, Op::Add(_)));
        if may_only_add
            && let Some(last) = self.dhcp.last_running(server)
            && let Ok(plan) = self.planned_on(server, wanted, &last, told.as_ref())
            && plan.only_adds()
        {
            return Ok((last, plan));
        }
        let running = self.dhcp.running(server).await?;
        let plan = self.planned_on(server, wanted, &running, told.as_ref())?;
        Ok((running, plan))
    }

    /// `told`: the way to the server.
    fn planned_on(&self, server: &ServerName, wanted: &Wanted, running: &Running, told: Option<&Told>) -> Result<Plan> {
        wanted.refuse_overtaken(running)?;
        let plan = Plan::of_bare(running.bare(), &wanted.edits).map_err(|text| Error::invalid("edits", text))?;
        if let Some(base) = wanted.base.as_ref().filter(|base| running.hash.as_ref() != Some(*base)) {
            refuse_parts(&self.secrets_seen.overtaken(server, base, &plan, &wanted.edits))?;
        }
        refuse(&plan, told)?;
        Ok(plan)
    }

    /// Refuses what nobody would take back: that is done by a running server.
    async fn refuse_unattended(&self) -> Result<()> {
        if self.gate.is_looked_after().await? {
            return Ok(());
        }
        let text = "no “nestor serve” runs on this data, so nobody would take the change back: start it first, or make the \
                    change without a time to confirm it in";
        Err(Error::invalid("confirm_within", text))
    }
}

/// What is asked for, read.
struct Wanted {
    edits: Vec<Edit>,
    back: Option<Vec<Edit>>,
    base: Option<String>,
    note: String,
    confirm_within: Option<Seconds>,
    single_server: bool,
    reuse_ids: bool,
    delete_orphans: bool,
}

impl Wanted {
    fn read(request: &ApplyRequest) -> Result<Self> {
        let edits = Edit::read_all(request.edits.as_bytes());
        if request.confirm_within.is_some_and(|span| !CONFIRM_WITHIN.contains(&span.0)) {
            let text = "the time to confirm a change in is a second at least, and a day at most";
            return Err(Error::invalid("confirm_within", text));
        }
        if request.confirm_within.is_some() && request.delete_orphans {
            let text =
                "leases that are deleted do not come back: delete them, or have the change be taken back, not both";
            return Err(Error::invalid("delete_orphans", text));
        }
        Ok(Self {
            edits: edits.map_err(|error| Error::invalid("edits", error.to_string()))?,
            back: read_back(request.back.as_deref())?,
            base: request.base.clone(),
            note: read_note(&request.note)?,
            confirm_within: request.confirm_within,
            single_server: request.single_server,
            reuse_ids: request.reuse_ids,
            delete_orphans: request.delete_orphans,
        })
    }

    /// Refuses where others changed meanwhile what is to be changed, or it is not known whether they did.
    fn refuse_overtaken(&self, running: &Running) -> Result<()> {
        let Some(base) = &self.base else { return Ok(()) };
        if running.hash.as_ref() == Some(base) {
            return Ok(());
        }
        let Some(back) = &self.back else {
            return Err(Error::Stale { what: "the configuration".to_owned() });
        };
        refuse_parts(&running.bare().redacted().overtaken(&self.edits, back))
    }
}

/// Refuses parts that others changed meanwhile.
fn refuse_parts(overtaken: &[Overtaken]) -> Result<()> {
    let fields: Vec<_> =
        overtaken.iter().map(|part| FieldError::new(&part.path.to_string(), part.to_string())).collect();
    if fields.is_empty() { Ok(()) } else { Err(Error::Invalid { fields }) }
}

/// A note, which people read where it was not written: in lists, in a terminal.
pub(super) fn read_note(note: &str) -> Result<String> {
    let (note, length) = (note.trim(), note.trim().chars().count());
    if length > LONGEST_NOTE {
        return Err(Error::invalid("note", format!("it has {length} characters: {LONGEST_NOTE} is the most")));
    }
    if note.chars().any(|letter| letter.is_control() && letter != '\n') {
        return Err(Error::invalid("note", "it has control characters: write it as plain text"));
    }
    Ok(note.to_owned())
}

/// Refuses to have taken back what cannot be: secrets are not kept, so an old one would be gone.
fn refuse_for_good(plan: &Plan) -> Result<()> {
    let fields: Vec<_> = plan.without_way_back().iter().map(|path| {
        let text = "Without the secret that is taken out or replaced here, it could not be taken back, and Nestor keeps no \
                    secrets: make this change without a time to confirm it in.";
        FieldError::new(&path.to_string(), text)
    }).collect();
    if fields.is_empty() { Ok(()) } else { Err(Error::Invalid { fields }) }
}

/// Refuses what the server would refuse, what would do harm, and what would lock out whoever manages it.
/// `told`: the way to the server.
pub(crate) fn refuse(plan: &Plan, told: Option<&Told>) -> Result<()> {
    let of = |finding: &keaconf::Finding| FieldError::new(&finding.path.to_string(), finding.text.clone());
    let locked_out = locks_out(plan, told).map(|text| FieldError::new("edits", text));
    let fields: Vec<_> = plan.refusals().map(of).chain(locked_out).collect();
    if fields.is_empty() { Ok(()) } else { Err(Error::Invalid { fields }) }
}

/// Refuses dangerous parts to all but administrators who have confirmed that they mean them.
pub(crate) fn refuse_unconfirmed(actor: &Actor, plan: &Plan, confirmed: Confirmed) -> Result<()> {
    let dangers = plan.dangers();
    if dangers.is_empty() || confirmed == Confirmed::Promised {
        return Ok(());
    }
    actor.may(Permission::ManageServers)?;
    if confirmed == Confirmed::Yes {
        return Ok(());
    }
    let of = |danger: keaconf::Danger| FieldError::new(&danger.path.to_string(), format!("It may {}.", danger.may));
    Err(Error::Dangerous { fields: dangers.into_iter().map(of).collect() })
}
