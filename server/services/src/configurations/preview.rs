//! What edits would do, as pages show it before anything is sent.

use keaconf::{Edit, Layout, Op, Path, Plan, Text, Words, redacted};
use model::{
    ConfigCommand, ConfigEdit, ConfigOp, ConfigPlan, ConfigSummary, FieldError, FindingLevel, Permission, ServerName,
};

use super::Configurations;
use super::clashes::clashing;
use super::forms::finding;
use super::left_behind::Beside;
use super::view::{short, shown, written};
use crate::ports::Told;
use crate::sockets::locks_out;
use crate::{Actor, Error, Result};

/// How many characters of what would be sent are shown.
const SHOWN: usize = 2_000;

impl Configurations {
    /// What edits would do to what a server runs, as it is shown; nothing is sent. What cannot be read of them is said of
    /// `edits[0].value` and the like, with line and column. What others changed meanwhile stands in the answer, and nothing
    /// else then. `back`: the edits that take them back, where they were planned before; `base`: the hash of what ran then.
    pub async fn preview(
        &self,
        actor: &Actor,
        server: &ServerName,
        typed: &[ConfigEdit],
        back: Option<&str>,
        base: Option<&str>,
    ) -> Result<ConfigPlan> {
        actor.may(Permission::Reserve)?;
        let edits = read_edits(typed)?;
        let running = self.dhcp.running(server).await?;
        let planned = Plan::of_bare(running.bare(), &edits);
        if planned.is_err() || back.is_some() {
            let back = read_back(back)?.unwrap_or_default();
            // What may be seen: who guesses a secret learns nothing.
            let document = running.bare().redacted();
            let overtaken = document.overtaken(&edits, &back);
            if !overtaken.is_empty() {
                return Ok(clashing(&document, &overtaken, typed, &edits));
            }
        }
        let plan = planned.map_err(|text| Error::invalid("edits", text))?;
        if let Some(base) = base.filter(|base| running.hash.as_deref() != Some(*base)) {
            let overtaken = self.secrets_seen.overtaken(server, base, &plan, &edits);
            if !overtaken.is_empty() {
                return Ok(clashing(&running.bare().redacted(), &overtaken, typed, &edits));
            }
        }
        self.secrets_seen.note(server, running.hash.as_deref(), &plan);
        let told = self.dhcp.sight(server).told;
        let mut shown = as_shown(&plan, server, &edits, told.as_ref());
        shown.base = running.hash;
        shown.first_save = !self.gate.has_saved(server).await?;
        let beside = self.beside(server, &plan).await;
        shown.orphans = beside.orphans();
        shown.findings.extend(beside.findings);
        shown.partners = self.on_partners(server, &plan).await;
        Ok(shown)
    }

    /// The edits that make the same in each of these subnets of a server, as far as it is not so there already. The paths of
    /// `edits` begin in a subnet. Nothing is sent.
    pub async fn spread(
        &self,
        actor: &Actor,
        server: &ServerName,
        subnets: &[u32],
        edits: &[ConfigEdit],
    ) -> Result<Vec<ConfigEdit>> {
        actor.may(Permission::Reserve)?;
        let edits = read_edits(edits)?;
        let document = self.show(actor, server).await?;
        let spread = document.spread(subnets, &edits).map_err(|text| Error::invalid("edits", text))?;
        Ok(spread.iter().map(written).collect())
    }

    /// All that is to be known of a plan that may be carried out.
    pub(super) async fn known_of(&self, server: &ServerName, plan: &Plan) -> Beside {
        let mut beside = self.beside(server, plan).await;
        beside.findings.splice(0..0, super::view::shown(&plan.result, plan.findings()));
        beside
    }

    /// What is to be known of a plan beside what the rules hold against it: leases and reservations that are left behind,
    /// secrets that no way leads back to.
    pub async fn beside(&self, server: &ServerName, plan: &Plan) -> Beside {
        let Beside { mut findings, left } = self.left_behind(server, plan).await;
        findings.extend(self.dug_up(server, plan).await);
        let secret = |path| {
            let words = Words::new(&plan.result, &plan.result);
            let text = "Nestor keeps no secrets: the one that is here now cannot be restored afterwards, neither by Undo nor \
                        from the history.";
            finding(&words, "no-way-back", FindingLevel::Warning, &path, text)
        };
        findings.extend(plan.without_way_back().into_iter().map(secret));
        Beside { findings, left }
    }
}

/// What of a plan may harm the host of the server, a sentence each.
pub(crate) fn dangers_of(plan: &Plan) -> Vec<String> {
    let words = Words::new(&plan.result, &plan.result);
    let sentence = |danger: keaconf::Danger| format!("{}: it may {}.", words.name(&danger.path), danger.may);
    plan.dangers().into_iter().map(sentence).collect()
}

/// What a server would be sent, without secrets.
pub(super) fn commands_of(plan: &Plan, server: &ServerName) -> Vec<ConfigCommand> {
    let command = |command: &keaconf::Command| {
        let text = redacted(&Text::default(), &command.arguments).to_json(Layout::Compact);
        let whole = command.name == "config-set";
        let text = if whole { format!("the whole configuration, {} bytes", text.len()) } else { short(&text, SHOWN) };
        ConfigCommand { server: server.clone(), name: command.name.clone(), text }
    };
    plan.commands.iter().map(command).collect()
}

/// The edits that take others back, as they were planned: without secrets.
pub(super) fn read_back(back: Option<&str>) -> Result<Option<Vec<Edit>>> {
    let read = |text: &str| {
        let edits = Edit::read_kept(text.as_bytes()).map_err(|error| Error::invalid("back", error.to_string()))?;
        Ok(edits.iter().map(Edit::redacted).collect())
    };
    back.map(read).transpose()
}

fn as_shown(plan: &Plan, server: &ServerName, edits: &[Edit], told: Option<&Told>) -> ConfigPlan {
    let back: Vec<Edit> = plan.back().iter().map(Edit::redacted).collect();
    let mut findings = shown(&plan.result, plan.findings());
    let locked_out = |text| {
        let words = Words::new(&plan.result, &plan.result);
        finding(&words, "locks-out", FindingLevel::Refused, &Path::root(), text)
    };
    findings.extend(locks_out(plan, told).map(locked_out));
    ConfigPlan {
        words: plan.words(),
        summary: plan.summary().iter().map(summary).collect(),
        findings,
        commands: commands_of(plan, server),
        dangers: dangers_of(plan),
        edits: Edit::write_all(edits),
        back: Edit::write_kept(&back),
        base: None,
        clashes: Vec::new(),
        partners: Vec::new(),
        tested: !plan.running.loads("ha"),
        first_save: false,
        orphans: Vec::new(),
    }
}

fn summary(summary: &keaconf::Summary) -> ConfigSummary {
    ConfigSummary { text: summary.text.clone(), subnets: summary.subnets.clone() }
}

/// The edits that pages have written down.
pub(super) fn read_edits(edits: &[ConfigEdit]) -> Result<Vec<Edit>> {
    let mut faults = Vec::new();
    let mut read = Vec::with_capacity(edits.len());
    for (at, edit) in edits.iter().enumerate() {
        match read_edit(edit) {
            Ok(edit) => read.push(edit),
            Err((member, text)) => faults.push(FieldError::new(&format!("edits[{at}].{member}"), text)),
        }
    }
    if faults.is_empty() { Ok(read) } else { Err(Error::Invalid { fields: faults }) }
}

/// The edit, or which of its members cannot be read, and why.
fn read_edit(edit: &ConfigEdit) -> std::result::Result<Edit, (&'static str, String)> {
    let path = edit.path.parse().map_err(|error: keaconf::PathError| ("path", error.to_string()))?;
    let value = || {
        let text = edit.value.as_deref().ok_or_else(|| ("value", "it is missing".to_owned()))?;
        keaconf::read_json(text.as_bytes()).map_err(|error| ("value", error.to_string()))
    };
    let op = match edit.op {
        ConfigOp::Set => Op::Set(value()?),
        ConfigOp::Add => Op::Add(value()?),
        ConfigOp::Unset => Op::Unset,
        ConfigOp::Remove => Op::Remove,
        ConfigOp::Order => Op::order(&value()?).map_err(|text| ("value", text))?,
        ConfigOp::Move => Op::moving(&value()?).map_err(|text| ("value", text))?,
    };
    Ok(Edit { path, op })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_cannot_be_read_is_said_with_its_place() {
        let edits = [
            ConfigEdit::set("valid-lifetime", "3600"),
            ConfigEdit::set("subnet4[id=1", "1"),
            ConfigEdit::add("subnet4", "{\n  \"id\": 1,\n  \"subnet\" \"192.0.2.0/24\"\n}"),
            ConfigEdit { op: ConfigOp::Set, path: "renew-timer".to_owned(), value: None },
        ];
        let Err(Error::Invalid { fields }) = read_edits(&edits) else { panic!("they cannot be read") };
        let places: Vec<&str> = fields.iter().map(|fault| fault.field.as_str()).collect();
        assert_eq!(places, ["edits[1].path", "edits[2].value", "edits[3].value"]);
        assert!(fields[1].text.starts_with("line 3, column 11: "), "{}", fields[1].text);
        assert_eq!(read_edits(&edits[..1]).map(|read| read.len()), Ok(1));
    }
}
