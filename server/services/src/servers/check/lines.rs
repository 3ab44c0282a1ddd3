//! What follows from what was seen of a server. Pure.

mod pair;
mod way;

use std::collections::{BTreeMap, HashSet};

use keaconf::{Document, Edit, HookLibrary, Severity, Way, review};
use model::{
    CheckArea, CheckLevel, CheckLine, ConfigEdit, Family, FindingKey, Health, Hook, Seconds, ServerStatus, Silencing,
};

use super::super::findings::of_unconfirmed;
use crate::configurations::{Nearest, PairPartner, written};
use crate::ports::Sight;

/// Most items of one line; how many there are is said.
const MOST_ITEMS: usize = 100;

/// How far clocks may be apart before it is worth a word. Kea gives up high availability at 60 seconds.
const APART: i64 = 30;

/// What was seen of a server.
pub(super) struct Facts<'a> {
    pub(super) status: &'a ServerStatus,
    pub(super) sight: Sight,
    pub(super) missing: Vec<Hook>,
    /// None: it does not answer, or its configuration cannot be read.
    pub(super) running: Option<Document>,
    pub(super) partners: Vec<Partner>,
    /// What is not to be shown.
    pub(super) silenced: HashSet<FindingKey>,
}

/// What was seen of a partner.
pub(super) struct Partner {
    pub(super) pair: PairPartner,
    pub(super) clock_ahead: Option<Seconds>,
    pub(super) running: Option<Document>,
}

/// All that is to be said of a server but for what is silenced.
pub(super) fn lines(facts: &Facts<'_>) -> Vec<CheckLine> {
    let all = found(facts).into_iter().map(|line| {
        let (_, says) = super::sameness(&line);
        line.silenced_by(&says)
    });
    let silenced = |finding: &Silencing| facts.silenced.contains(&finding.finding);
    all.filter(|line| line.findings.is_empty() || !line.findings.iter().all(silenced)).collect()
}

fn found(facts: &Facts<'_>) -> Vec<CheckLine> {
    let mut lines = contact(facts);
    lines.extend(certificates(facts));
    if facts.status.health == Health::Unreachable {
        return lines;
    }
    lines.extend(version(facts.status));
    lines.extend(clock(facts.sight.clock_ahead));
    lines.extend(hooks(facts));
    lines.extend(storage(facts.status));
    for partner in &facts.partners {
        lines.extend(pair::lines(facts, partner));
    }
    lines.extend(facts.running.iter().flat_map(|running| configuration(running, &facts.silenced)));
    lines
}

/// Whether it answers, and what its status says; missing hooks are told more about below.
fn contact(facts: &Facts<'_>) -> Vec<CheckLine> {
    let said: Vec<String> = facts.missing.iter().map(|hook| hook.is_missing().text).collect();
    let findings = facts.status.findings.iter().filter(|finding| !said.contains(&finding.text)).cloned();
    let findings = findings.chain(facts.status.unconfirmed.iter().map(of_unconfirmed));
    // What it keeps where is known of one whose settings could be read: another daemon than was said has none for us.
    let serves = (facts.status.health == Health::Serving && facts.status.storage.is_some())
        .then(|| CheckLine::fine(CheckArea::Contact, "It answers, and serves leases."));
    let found = findings.map(|finding| CheckLine::of_finding(CheckArea::Contact, finding));
    let mut lines: Vec<CheckLine> = serves.into_iter().chain(found).collect();
    let Some(told) = &facts.sight.told else { return lines };
    let silent = (facts.status.health == Health::Unreachable).then_some(facts.sight.obstacle).flatten();
    if let (Some(obstacle), Some(line)) = (silent, lines.iter_mut().rfind(|line| line.level == CheckLevel::Fault)) {
        (line.items, line.lines) = way::explained(told, obstacle, facts.status.family);
    }
    lines.extend(facts.running.iter().flat_map(|running| way::compared(told, running)));
    lines
}

/// When certificates end. That one ends soon, or has ended, its status says.
fn certificates(facts: &Facts<'_>) -> Vec<CheckLine> {
    let now = facts.status.as_of;
    let own = facts.sight.own_certificates.iter().map(|(whose, end)| (whose.as_str(), *end));
    let all = facts.sight.certificate_end.map(|end| ("Its certificate", end)).into_iter().chain(own);
    let valid = all.filter(|(_, end)| end.since(now).0 > 0);
    valid
        .map(|(whose, end)| {
            let days = end.since(now).0 / 86_400;
            CheckLine::fine(CheckArea::Certificates, format!("{whose} is valid for {days} days, until {end}."))
        })
        .collect()
}

/// The first version that has something, the family that it matters for (none: both), and what goes without it.
type Lack = ((u32, u32, u32), Option<Family>, &'static str);

/// What older versions of Kea lack.
const LACKS: [Lack; 5] = [
    ((3, 1, 1), Some(Family::V6), "leases are not found by MAC address, but by DUID, address and name"),
    ((3, 0, 0), None, "the hook libraries for reservations, subnets and classes are not free"),
    ((2, 7, 2), None, "it has no HTTP socket of its own, and needs the Control Agent"),
    ((2, 4, 0), None, "what others change in its configuration is noticed late (config-hash-get)"),
    ((2, 1, 7), None, "pools and options of a subnet are changed with the whole configuration (subnet4-delta-add)"),
];

fn version(status: &ServerStatus) -> Option<CheckLine> {
    let said = status.version.as_deref()?;
    let mut numbers = said.split(['.', '-']).map(|part| part.parse::<u32>().unwrap_or_default());
    let mut next = || numbers.next().unwrap_or_default();
    let version = (next(), next(), next());
    let lacking = LACKS
        .iter()
        .filter(|(since, family, _)| version < *since && family.is_none_or(|family| family == status.family));
    let items: Vec<String> = lacking
        .map(|((major, minor, patch), _, what)| format!("Since {major}.{minor}.{patch}; without it {what}."))
        .collect();
    if items.is_empty() {
        return Some(CheckLine::fine(CheckArea::Version, format!("It is Kea {said}.")));
    }
    let text = format!("It is Kea {said}, which lacks what newer ones have.");
    Some(CheckLine { items, ..CheckLine::new(CheckArea::Version, CheckLevel::Hint, text, "") })
}

fn clock(ahead: Option<Seconds>) -> Option<CheckLine> {
    let Seconds(ahead) = ahead?;
    if ahead.abs() < APART {
        return Some(CheckLine::fine(CheckArea::Clock, "Its clock goes with that of this machine."));
    }
    let way = if ahead > 0 { "ahead of" } else { "behind" };
    let text =
        format!("Its clock is {} {way} that of this machine: leases seem to end at other times.", Seconds(ahead.abs()));
    Some(CheckLine::new(CheckArea::Clock, CheckLevel::Warning, text, CLOCKS))
}

/// What is to be done about every clock that is wrong.
pub(super) const CLOCKS: &str =
    "Have both machines follow a time server; timedatectl and chronyc tracking say whether they do.";

/// Hooks that Nestor does without, and what it then does.
const OPTIONAL: [(&str, &str); 2] = [
    ("subnet_cmds", "subnets, pools and their names can be changed with the whole configuration alone (config-set)"),
    ("class_cmds", "client classes can be changed with the whole configuration alone (config-set)"),
];

fn hooks(facts: &Facts<'_>) -> Vec<CheckLine> {
    let status = facts.status;
    let mut lines = Vec::new();
    let loaded: Vec<&str> =
        status.hooks.iter().map(|file| HookLibrary::find(file).map_or(file.as_str(), |library| library.name)).collect();
    // Of one that serves nobody it is not sure that they are: it may have lost them. The list is that of its configuration.
    if status.repairable {
        return lines;
    }
    if !loaded.is_empty() {
        lines.push(CheckLine::fine(CheckArea::Hooks, format!("It has loaded the hooks {}.", loaded.join(", "))));
    }
    for hook in &facts.missing {
        let mut line = CheckLine::of_finding(CheckArea::Hooks, hook.is_missing());
        line.items = sources(hook.name(), status);
        line.edits = loading(hook.name(), status).into_iter().collect();
        lines.push(line);
    }
    let optional = OPTIONAL.iter().filter(|(name, _)| !loaded.contains(name) && status.storage.is_some());
    lines.extend(optional.map(|(name, without)| {
        let text = format!("Without the hook library {name}, which is not loaded, {without}.");
        let entry = format!("{{ \"library\": \"libdhcp_{name}.so\" }}");
        let advice = format!("Add {entry} to “hooks-libraries” in Kea’s configuration, and reload it.");
        let line = CheckLine::new(CheckArea::Hooks, CheckLevel::Hint, text, advice);
        let edits = loading(name, status).into_iter().collect();
        CheckLine { items: sources(name, status), lines: vec![entry], edits, ..line }
    }));
    lines
}

/// The edit that has a hook library loaded, from the folder of those that are; none: Kea looks into its own folder only
/// since 3.0, and none is known.
fn loading(name: &str, status: &ServerStatus) -> Option<ConfigEdit> {
    let folder = status.hooks.iter().find_map(|file| Some(file.rsplit_once('/')?.0));
    let is_old = major(status).is_none_or(|major| major < 3);
    let file = match folder {
        Some(folder) => format!("{folder}/libdhcp_{name}.so"),
        None if is_old => return None,
        None => format!("libdhcp_{name}.so"),
    };
    let library = keaconf::Value::from(file.as_str()).to_json(keaconf::Layout::Compact);
    Some(ConfigEdit::add("hooks-libraries", format!("{{\"library\":{library}}}")))
}

fn major(status: &ServerStatus) -> Option<u32> {
    status.version.as_deref()?.split('.').next()?.parse().ok()
}

/// Where a hook library is to be had.
fn sources(name: &str, status: &ServerStatus) -> Vec<String> {
    let Some(library) = HookLibrary::find(name) else { return Vec::new() };
    let old = major(status) < Some(3);
    let sold = old && status.version.is_some() && library.free_since == Some("3.0");
    let sold = sold.then(|| "Before Kea 3.0 it is sold by ISC alone: update Kea.".to_owned());
    library.sources().into_iter().chain(sold).collect()
}

fn storage(status: &ServerStatus) -> Vec<CheckLine> {
    let mut lines = Vec::new();
    if let Some(storage) = status.storage {
        let text = format!("It keeps reservations {}.", storage.label());
        lines.push(CheckLine::fine(CheckArea::Storage, text));
    }
    let count = status.unsettled.not_saved;
    if count == 0 && status.storage.is_none() {
        return lines;
    }
    if count == 0 {
        let fine = CheckLine::fine(CheckArea::Saving, "Every change of Nestor’s is saved in its configuration file.");
        let beforehand =
            "Whether Kea can write that file shows when it first has to. To look beforehand, on its machine:";
        lines.push(CheckLine { items: vec![beforehand.to_owned()], lines: look(status.family), ..fine });
        return lines;
    }
    let (changes, are) = if count == 1 { ("change", "is") } else { ("changes", "are") };
    let text = format!("{count} {changes} {are} not saved: its next restart would lose that.");
    let advice = "Kea could not write its configuration file. The file and its folder must belong to the user that Kea \
                  runs as (on Debian _kea, elsewhere kea or root); on Debian, AppArmor must allow it besides (/etc/kea/** rw, \
                  in /etc/apparmor.d/local/usr.sbin.kea-dhcp4, or -dhcp6). Then save again on its page.";
    let line = CheckLine::new(CheckArea::Saving, CheckLevel::Warning, text, advice);
    let repair = format!("chown _kea:_kea /etc/kea /etc/kea/{}.conf", daemon(status.family));
    lines.push(CheckLine { lines: [vec![repair], look(status.family)].concat(), ..line });
    lines
}

/// The lines that show whether Kea can write its configuration file: who it runs as, whose the file is, what else confines Kea.
fn look(family: Family) -> Vec<String> {
    let daemon = daemon(family);
    let lines = [
        format!("ps -o user= -C {daemon}"),
        format!("ls -ld /etc/kea /etc/kea/{daemon}.conf"),
        "aa-status | grep kea".to_owned(),
    ];
    lines.to_vec()
}

fn daemon(family: Family) -> &'static str {
    if family == Family::V6 { "kea-dhcp6" } else { "kea-dhcp4" }
}

/// What stands against what it runs: a line for each rule. Nothing of it keeps it from serving now, so none is a fault.
fn configuration(running: &Document, silenced: &HashSet<FindingKey>) -> Vec<CheckLine> {
    let mut rules: BTreeMap<(std::cmp::Reverse<Severity>, &str), Vec<keaconf::Finding>> = BTreeMap::new();
    let findings = review(running, Way::File);
    let nearest = Nearest::of(running, findings.len());
    for finding in findings {
        if finding.severity != Severity::Refused && silenced.contains(&nearest.key_of(&finding)) {
            continue;
        }
        rules.entry((std::cmp::Reverse(finding.severity), finding.rule)).or_default().push(finding);
    }
    if rules.is_empty() {
        return vec![CheckLine::fine(CheckArea::Configuration, "Nothing stands against its configuration.")];
    }
    rules.into_values().filter_map(|findings| of_rule(&nearest, &findings)).collect()
}

fn of_rule(nearest: &Nearest<'_>, findings: &[keaconf::Finding]) -> Option<CheckLine> {
    let first = findings.first()?;
    let level = if first.severity == Severity::Hint { CheckLevel::Hint } else { CheckLevel::Warning };
    let more = findings.len() - 1;
    let text = if more == 0 { first.text.clone() } else { format!("{} ({more} more alike.)", first.text) };
    let items = findings.iter().take(MOST_ITEMS).map(|finding| {
        let path = finding.path.to_string();
        if more == 0 { path } else { format!("{path}: {}", finding.text) }
    });
    let items = items.filter(|item| !item.is_empty()).collect();
    let edits: Vec<Edit> = findings.iter().flat_map(|finding| &finding.mend).map(Edit::redacted).collect();
    let advice = match (first.severity, edits.is_empty()) {
        (Severity::Refused, true) => "Kea would not start again from this configuration: correct it before that.",
        (Severity::Refused, false) => "Kea would not start again from this configuration: these edits correct it.",
        (_, false) => "These edits correct it (nestor config plan shows what they do).",
        (_, true) => "",
    };
    let lines = if edits.is_empty() { Vec::new() } else { vec![Edit::write_all(&edits)] };
    let edits = edits.iter().map(written).collect();
    let loads = findings.iter().filter(|finding| finding.severity != Severity::Refused);
    let each = loads.map(|finding| Silencing { finding: nearest.key_of(finding), text: finding.text.clone() });
    Some(CheckLine {
        items,
        lines,
        edits,
        findings: each.collect(),
        ..CheckLine::new(CheckArea::Configuration, level, text, advice)
    })
}

#[cfg(test)]
mod tests;
