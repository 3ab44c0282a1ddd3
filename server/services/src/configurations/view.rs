//! What a server runs, part by part: a configuration of megabytes is never shown at once.

use std::collections::HashSet;
use std::time::Duration;

use keaconf::{Daemon, Document, Edit, Finding, Layout, Op, PairFinding, Path, Severity, Table, Value, Way, Words};
use model::{
    ConfigEdit, ConfigFinding, ConfigForm, ConfigHits, ConfigOp, ConfigPart, ConfigParts, FindingKey, FindingLevel,
    Permission, ServerName,
};

use super::forms::form_of;
use super::hints::{beginning, hints};
use super::{Configurations, PairPartner, aside};
use crate::patience::beside;
use crate::{Actor, Error, Result};

/// How many characters of a part are shown in a list.
const SHOWN: usize = 160;

/// How many parts a search answers.
const HITS: usize = 100;

impl Configurations {
    /// The parts of a part, from one of them on.
    pub async fn parts(&self, actor: &Actor, server: &ServerName, path: &str, offset: u32) -> Result<ConfigParts> {
        let document = self.show(actor, server).await?;
        parts(&document, &read_path(path)?, offset)
    }

    /// A part as the text that people edit.
    pub async fn text(&self, actor: &Actor, server: &ServerName, path: &str) -> Result<String> {
        let document = self.show(actor, server).await?;
        let path = read_path(path)?;
        let value = value_at(&document, &path).or_else(|error| beginning(&document, &path).ok_or(error))?;
        let text = value.to_json(Layout::Indented);
        if text.len() as u64 > ConfigParts::MOST_TEXT {
            let text = format!("it has {} kB: open a smaller part of it", text.len() >> 10);
            return Err(Error::invalid("path", text));
        }
        Ok(text)
    }

    /// The edits that lead from one text of the whole of what a server runs to another, each without the name of the daemon
    /// around it. Nothing is sent.
    pub async fn text_edits(
        &self,
        actor: &Actor,
        server: &ServerName,
        before: &str,
        after: &str,
    ) -> Result<Vec<ConfigEdit>> {
        actor.may(Permission::Reserve)?;
        text_edits(self.show(actor, server).await?.daemon, before, after)
    }

    /// The parts whose name or value has a text in it.
    pub async fn find(&self, actor: &Actor, server: &ServerName, text: &str) -> Result<ConfigHits> {
        let document = self.show(actor, server).await?;
        let text = text.trim();
        if text.is_empty() {
            return Ok(ConfigHits { parts: Vec::new(), total: 0 });
        }
        let (found, count) = document.find(text, HITS);
        let words = Words::new(&document, &document);
        let parts = found.iter().map(|(path, value)| part(words.name(path), path, value)).collect();
        Ok(ConfigHits { parts, total: u32::try_from(count).unwrap_or(u32::MAX) })
    }

    /// The edits that lead what a server runs back to a revision, or a part of it, as pages have them.
    pub async fn way_back(
        &self,
        actor: &Actor,
        server: &ServerName,
        number: i64,
        path: &str,
    ) -> Result<Vec<ConfigEdit>> {
        let edits = self.restoration(actor, server, number, &read_path(path)?).await?;
        Ok(edits.iter().map(written).collect())
    }

    /// What stands against what a server runs, the worst first; of a pair also where it differs from its partners, as far as
    /// they answer. `path`: only what stands against this part, or something in it. `page`: only what is edited on this page,
    /// or is listed there.
    pub async fn findings(
        &self,
        actor: &Actor,
        server: &ServerName,
        path: &str,
        page: Option<&ConfigForm>,
    ) -> Result<Vec<ConfigFinding>> {
        actor.may(Permission::Look)?;
        let part = read_path(path)?;
        let document = self.dhcp.configuration(server).await?;
        let of = part.clone();
        let (document, mut shown) = aside(move || {
            let mut findings = keaconf::review(&document, Way::Api);
            findings.retain(|finding| finding.path.starts_with(&of));
            let shown = shown(&document, &findings);
            (document, shown)
        })
        .await?;
        for partner in PairPartner::of(&*self.dhcp, server).await {
            let there = self.dhcp.configuration(&partner.name);
            if let Ok(other) = beside(&self.dhcp, &partner.name, Duration::ZERO, there).await {
                let mut differing = partner.findings(&document, &other);
                differing.retain(|found| found.finding.path.starts_with(&part));
                shown.extend(of_pair(&document, differing, &partner.name));
            }
        }
        shown.retain(|finding| page.is_none_or(|page| finding.form.as_ref().is_some_and(|form| form.is_on(page))));
        shown.sort_by_key(|finding| std::cmp::Reverse(finding.level));
        let silenced: HashSet<_> = self.store.silenced(server).await?.into_iter().map(|known| known.finding).collect();
        shown.retain(|finding| !finding.may_be_silenced() || !silenced.contains(&finding.key()));
        Ok(shown)
    }
}

fn text_edits(daemon: Daemon, before: &str, after: &str) -> Result<Vec<ConfigEdit>> {
    let document = |field: &str, text: &str| match keaconf::read_json(text.as_bytes()) {
        Ok(Value::Map(root)) => of_daemon(daemon, root).map_err(|text| Error::invalid(field, text)),
        Ok(other) => Err(Error::invalid(field, format!("a configuration is a map, this is {}", other.kind()))),
        Err(error) => Err(Error::invalid(field, error.to_string())),
    };
    let changes = keaconf::differences(&document("before", before)?, &document("after", after)?);
    // A secret that was typed is what is wanted: the server has it from nowhere else.
    Ok(changes.iter().map(|change| as_typed(&change.to_edit())).collect())
}

/// A configuration that was typed, with or without the name of its daemon around it. That of another daemon has nothing in
/// common with the one that runs, so that all of this would count as taken out.
fn of_daemon(daemon: Daemon, root: keaconf::Map) -> std::result::Result<Document, String> {
    let other = |of: Daemon| {
        format!(
            "this is a configuration of “{}”, and the server runs one of “{}”: nothing of it fits here",
            of.root(),
            daemon.root()
        )
    };
    let named = Daemon::ALL.into_iter().find(|of| root.has(of.root()));
    match named {
        Some(of) if of != daemon => return Err(other(of)),
        Some(_) => {
            let inside = root.get(daemon.root()).and_then(Value::as_map).filter(|_| root.iter().count() == 1);
            let text = || format!("“{}” must be the one member, and a map: leave out what is beside it", daemon.root());
            return inside.map(|root| Document { daemon, root: root.clone() }).ok_or_else(text);
        }
        None => {}
    }
    let foreign = |of: &Daemon| *of != daemon && of.subnets().is_some_and(|list| root.has(list));
    match Daemon::ALL.into_iter().find(foreign) {
        Some(of) => Err(other(of)),
        None => Ok(Document { daemon, root }),
    }
}

fn parts(document: &Document, path: &Path, offset: u32) -> Result<ConfigParts> {
    let absent = beginning(document, path).is_some();
    let children = if absent { Vec::new() } else { document.children(path).map_err(|error| missing(&error))? };
    let words = Words::new(document, document);
    let total = u32::try_from(children.len()).unwrap_or(u32::MAX);
    let rows = children.iter().skip(offset as usize).take(ConfigParts::MOST as usize);
    let parts = rows.map(|(child, value)| part(words.name(&last(child)), child, value)).collect();
    let above = (1..=path.steps().len()).map(|end| Path::from(path.steps()[..end].to_vec()));
    let above = above.map(|path| (path.to_string(), words.name(&last(&path)))).collect();
    let size = if absent { 0 } else { value_at(document, path)?.to_json(Layout::Indented).len() as u64 };
    let level = Table::of(document.daemon).level_at(path);
    Ok(ConfigParts {
        path: path.to_string(),
        above,
        parts,
        offset,
        total,
        size,
        has_parameters: level.is_some(),
        has_options: level.is_some_and(|level| level.parameter("option-data").is_some()),
        hints: hints(document, path),
        absent,
    })
}

/// The end of a path that has a name by itself: a member, or an element with the list that it is of.
fn last(path: &Path) -> Path {
    let steps = path.steps();
    let from = steps.iter().rposition(|step| matches!(step, keaconf::Step::Member(_))).unwrap_or_default();
    Path::from(steps[from..].to_vec())
}

fn part(label: String, path: &Path, value: &Value) -> ConfigPart {
    let count = match value {
        Value::Map(map) => Some(map.len()),
        Value::List(items) => Some(items.len()),
        _ => None,
    };
    let count = count.map(|count| u32::try_from(count).unwrap_or(u32::MAX));
    // A member may have an empty name.
    let label = if label.trim().is_empty() { path.to_string() } else { label };
    ConfigPart { path: path.to_string(), label, text: short(&value.to_json(Layout::Compact), SHOWN), count }
}

/// A text, without its end where it is long.
pub(super) fn short(text: &str, most: usize) -> String {
    match text.char_indices().nth(most) {
        Some((end, _)) => format!("{} …", &text[..end]),
        None => text.to_owned(),
    }
}

fn value_at(document: &Document, path: &Path) -> Result<Value> {
    if path.is_root() {
        return Ok(Value::Map(document.root.clone()));
    }
    document.get(path).cloned().map_err(|error| missing(&error))
}

pub(super) fn read_path(text: &str) -> Result<Path> {
    text.parse().map_err(|error: keaconf::PathError| Error::invalid("path", error.to_string()))
}

pub(super) fn missing(error: &keaconf::PathError) -> Error {
    Error::NotFound { what: format!("this part of the configuration ({error})") }
}

/// Findings as they are shown: nothing of it is a secret.
pub(super) fn shown(document: &Document, findings: &[Finding]) -> Vec<ConfigFinding> {
    let (words, nearest) = (Words::new(document, document), Nearest::of(document, findings.len()));
    let one = |finding: &Finding| ConfigFinding {
        rule: finding.rule.to_owned(),
        level: level(finding.severity),
        path: nearest.part(&finding.path).to_string(),
        label: words.name(&finding.path),
        form: form_of(document.daemon, &finding.path),
        text: finding.text.clone(),
        mend: finding.mend.iter().map(written).collect(),
        mend_at: None,
    };
    findings.iter().map(one).collect()
}

/// How bad a finding is, in the words of pages.
pub(super) fn level(severity: Severity) -> FindingLevel {
    match severity {
        Severity::Hint => FindingLevel::Hint,
        Severity::Warning => FindingLevel::Warning,
        Severity::Error => FindingLevel::Error,
        Severity::Refused => FindingLevel::Refused,
    }
}

/// What a partner has otherwise, as it is shown.
fn of_pair(document: &Document, found: Vec<PairFinding>, partner: &ServerName) -> Vec<ConfigFinding> {
    let (findings, are_for_partner): (Vec<_>, Vec<_>) =
        found.into_iter().map(|found| (found.finding, found.is_for_partner)).unzip();
    let at = |is_for_partner: bool| is_for_partner.then(|| partner.clone());
    let shown = shown(document, &findings).into_iter().zip(are_for_partner);
    shown.map(|(finding, is_for_partner)| ConfigFinding { mend_at: at(is_for_partner), ..finding }).collect()
}

/// How many findings are looked up one by one.
const FEW: usize = 20;

/// Names the parts that findings are of, in one document. To look up each of thousands of subnets by itself would be a look at
/// all of them for each.
pub(crate) struct Nearest<'a> {
    document: &'a Document,
    /// Shared networks and subnets, where there are many findings.
    there: HashSet<Path>,
}

impl<'a> Nearest<'a> {
    /// For so many findings.
    pub(crate) fn of(document: &'a Document, count: usize) -> Self {
        let parts = if count > FEW { document.parts() } else { Vec::new() };
        Self { document, there: parts.into_iter().map(|part| part.path).collect() }
    }

    /// What tells a finding from others of its server, as [`ConfigFinding::key`] does.
    pub(crate) fn key_of(&self, finding: &Finding) -> FindingKey {
        format!("{}@{}", finding.rule, self.part(&finding.path))
    }

    /// The part, or the smallest one that is there and would hold it.
    fn part(&self, path: &Path) -> Path {
        let is_there = |path: &Path| self.there.contains(path) || self.document.get(path).is_ok();
        let mut path = path.clone();
        while let Some((above, _)) = path.split().filter(|_| !is_there(&path)) {
            path = above;
        }
        path
    }
}

/// An edit as pages have it, without secrets.
pub(crate) fn written(edit: &Edit) -> ConfigEdit {
    as_typed(&edit.redacted())
}

/// An edit as pages have it, **with the secrets** that were typed.
fn as_typed(edit: &Edit) -> ConfigEdit {
    let op = match &edit.op {
        Op::Set(_) => ConfigOp::Set,
        Op::Unset => ConfigOp::Unset,
        Op::Add(_) => ConfigOp::Add,
        Op::Remove => ConfigOp::Remove,
        Op::Order(_) => ConfigOp::Order,
        Op::Move(_) => ConfigOp::Move,
    };
    let value = edit.op.value();
    ConfigEdit { op, path: edit.path.to_string(), value: value.map(|value| value.to_json(Layout::Compact)) }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// All parts of a document, down to the last value.
    fn all(document: &Document, path: &Path, found: &mut Vec<ConfigPart>) {
        for part in parts(document, path, 0).unwrap().parts {
            if part.count.is_some() {
                all(document, &part.path.parse().unwrap(), found);
            }
            found.push(part);
        }
    }

    #[test]
    fn every_part_has_a_name_and_says_something() {
        let document = Document::read(
            br#"{ "Dhcp4": { "": 1, "interfaces-config": { "interfaces": [] }, "empty": {}, "nothing": null, "text": "",
                "odd": [[1], {}, "", { "a": [] }], "subnet4": [{ "subnet": "192.0.2.0/24" }, { "pools": [] }],
                "hooks-libraries": [{ "library": "a.so", "parameters": { "rules": [{ "x": 1 }, { "x": 1 }] } }],
                "option-data": [{ "data": "x" }], "client-classes": [{ "name": "" }] } }"#,
        )
        .unwrap();
        let mut found = Vec::new();
        all(&document, &Path::root(), &mut found);
        let blank = found.iter().filter(|part| part.label.trim().is_empty() || part.text.trim().is_empty());
        let blank: Vec<_> = blank.map(|part| (part.path.as_str(), part.label.as_str(), part.text.as_str())).collect();
        assert_eq!(blank, []);
        assert!(found.len() > 30, "{}", found.len());
    }

    #[test]
    fn two_texts_of_the_whole_are_compared_part_by_part() {
        let before = r#"{ "valid-lifetime": 3600, "lease-database": { "type": "memfile", "password": "*****" } }"#;
        let after = r#"{ "valid-lifetime": 7200, "lease-database": { "type": "memfile", "password": "new" }, "renew-timer": 9 }"#;
        let edits = text_edits(Daemon::Dhcp4, before, after).unwrap();
        assert!(edits.contains(&ConfigEdit::set("valid-lifetime", "7200")), "{edits:?}");
        assert!(edits.contains(&ConfigEdit::set("lease-database.password", "\"new\"")), "what was typed: {edits:?}");
        assert!(edits.contains(&ConfigEdit::set("renew-timer", "9")) && edits.len() == 3, "{edits:?}");
        assert_eq!(text_edits(Daemon::Dhcp4, before, before).unwrap(), []);
        let named = format!("{{\"Dhcp4\": {after}}}");
        assert_eq!(text_edits(Daemon::Dhcp4, before, &named).unwrap(), edits, "with the name of its daemon");
        for other in
            [r#"{"Dhcp6": {"subnet6": []}}"#, r#"{"subnet6": []}"#, r#"{"Dhcp4": {}, "Dhcp6": {}}"#, r#"{"Dhcp4": 1}"#]
        {
            assert!(matches!(text_edits(Daemon::Dhcp4, before, other), Err(Error::Invalid { .. })), "{other}");
        }
        let fault = |text: &str| match text_edits(Daemon::Dhcp4, before, text) {
            Err(Error::Invalid { fields }) => fields[0].text.clone(),
            other => panic!("{other:?}"),
        };
        assert!(fault("{\n \"a\" 1 }").starts_with("line 2, column") && fault("[]").contains("is a map"));
    }

    #[test]
    fn a_part_that_is_known_and_not_there_can_be_opened() {
        let document = Document::read(br#"{ "Dhcp4": { "valid-lifetime": 3600 } }"#).unwrap();
        let of = |path: &str| parts(&document, &path.parse().unwrap(), 0);
        let absent = of("hosts-databases").unwrap();
        assert!(absent.absent && absent.parts.is_empty() && absent.hints.iter().any(|hint| hint.name == "type"));
        assert!(!of("").unwrap().absent && of("nothing-known").is_err());
    }
}
