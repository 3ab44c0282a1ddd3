//! What edits would do to what a server runs: nothing is sent.

use std::sync::OnceLock;

use crate::review::review_anew;
use crate::touched::apart;
use crate::{
    Change, Command, Danger, Document, Edit, Finding, Op, Path, Severity, Step, Summary, Value, What, Words, commands,
    dangers, differences,
};

/// What edits would do.
#[derive(Clone, Debug)]
pub struct Plan {
    /// What runs now, without copies of inherited values, **with secrets**.
    pub running: Document,
    /// The whole configuration with the edits made, **with secrets**.
    pub result: Document,
    /// What differs then.
    pub changes: Vec<Change>,
    /// What would be sent, **with secrets**.
    pub commands: Vec<Command>,
    /// Looked for when it is asked for.
    findings: OnceLock<Vec<Finding>>,
    back: OnceLock<Vec<Edit>>,
    given: Option<Given>,
}

/// What may be seen of what runs and of the result, where edits give secrets: a secret that is given is always another one
/// there. So nobody learns from a plan whether one that was guessed is right.
#[derive(Clone, Debug)]
struct Given {
    running: Document,
    result: Document,
}

/// Why edits cannot be planned, as a sentence without its full stop.
pub type Unplannable = String;

impl Plan {
    /// Plans edits of the configuration that a server runs, as `config-get` gives it. A secret that is given counts as a
    /// change, also where it is the one that is there: the plan is the same for every secret.
    pub fn of(running: &Document, edits: &[Edit]) -> Result<Self, Unplannable> {
        Self::of_bare(&running.without_copies(), edits)
    }

    /// The same, where what runs is known without copies of inherited values.
    pub fn of_bare(bare: &Document, edits: &[Edit]) -> Result<Self, Unplannable> {
        if let Some(edit) = edits.iter().find(|edit| edit.path.looks_at_secrets()) {
            let path = &edit.path;
            return Err(format!("{path} looks into a secret: name the secret as a whole, and elements by their place"));
        }
        if !edits.iter().any(Edit::gives_secrets) {
            let edited = bare.edited(edits).map_err(|error| error.to_string())?;
            return Self::from_to(bare.clone(), edited, edits);
        }
        let running = bare.redacted();
        let result = running.edited(edits).map_err(|error| error.to_string())?;
        let restored = result.restored(bare).map_err(|paths| asked_for(&paths))?;
        let mut plan = Self { given: Some(Given { running, result }), ..Self::from_to(bare.clone(), restored, &[])? };
        let changes = std::mem::take(&mut plan.changes);
        plan.changes = plan.with_given(changes, false);
        plan.commands = commands(&plan.running, &plan.result, &plan.changes);
        Ok(plan)
    }

    /// Plans what is left to be done so that a server runs what edits want; where it does already, nothing is. `bare`: what it
    /// runs, without copies of inherited values.
    pub fn toward(bare: &Document, edits: &[Edit]) -> Result<Self, Unplannable> {
        let edited = bare.brought_to(edits).map_err(|error| error.to_string())?;
        Self::from_to(bare.clone(), edited, edits)
    }

    fn from_to(bare: Document, edited: Document, edits: &[Edit]) -> Result<Self, Unplannable> {
        // What runs has none in it.
        let result = if edits.iter().any(Edit::leaves_secrets_out) {
            edited.restored(&bare).map_err(|paths| asked_for(&paths))?
        } else {
            edited
        };
        let (result, changes) = without_idle(&bare, result);
        let commands = commands(&bare, &result, &changes);
        let (findings, back) = (OnceLock::new(), OnceLock::new());
        Ok(Self { running: bare, result, changes, commands, findings, back, given: None })
    }

    /// Whether a secret is given: what is said of it must not depend on the one that is there.
    pub fn gives_secrets(&self) -> bool {
        self.given.is_some()
    }

    /// The numbers of the subnets outside of shared networks that its commands are of; none: they are of something else, too.
    pub fn subnets_alone(&self) -> Option<Vec<u32>> {
        let list = self.running.daemon.subnets().filter(|_| !self.is_whole())?;
        let number = |change: &Change| match change.path.steps() {
            _ if matches!(change.what, What::Moved { .. }) => None,
            [Step::Member(name), Step::Element(keys), ..] if name == list => {
                keys.iter().find(|(key, _)| key == "id")?.1.as_str()?.parse().ok()
            }
            _ => None,
        };
        let mut numbers: Vec<u32> = self.changes.iter().map(number).collect::<Option<_>>()?;
        numbers.sort_unstable();
        numbers.dedup();
        Some(numbers)
    }

    /// Whether all that it does is to add subnets outside of shared networks: where one of their numbers or prefixes is taken
    /// meanwhile, the server refuses it, and no one else's change is lost.
    pub fn only_adds(&self) -> bool {
        let is_added = |change: &Change| matches!(change.what, What::Added(_)) && change.path.steps().len() == 2;
        !self.changes.is_empty() && self.changes.iter().all(is_added) && self.subnets_alone().is_some()
    }

    /// What runs now and the result, each without the subnets and shared networks that stay as they are.
    pub fn apart(&self) -> [Document; 2] {
        apart(&self.running, &self.result)
    }

    /// What led from one configuration that a server ran to another, both without copies of inherited values, however that
    /// came about: nothing is to be sent.
    pub fn between(before: &Document, after: &Document) -> Self {
        let (running, result) = (before.clone(), after.clone());
        let changes = differences(&running, &result);
        let (findings, back) = (OnceLock::new(), OnceLock::new());
        Self { running, result, changes, commands: Vec::new(), findings, back, given: None }
    }

    /// What would differ if a server ran what is in a file, both without secrets, and without copies of inherited values. What
    /// the server shows by itself is none: a default that the file leaves out, the code of an option that it has by its name.
    /// Whole groups of settings that it leaves out are not compared. Nothing is to be sent.
    pub fn to_file(running: &Document, file: &Document) -> Self {
        let (result, mut changes) = without_idle(running, file.clone());
        let is_shown = |change: &Change| match (change.path.steps(), &change.what) {
            ([Step::Member(_)], What::Removed(Value::Map(_))) => true,
            ([.., Step::Element(_), Step::Member(name)], What::Removed(_)) => name == "code",
            _ => false,
        };
        changes.retain(|change| !is_shown(change));
        let (findings, back) = (OnceLock::new(), OnceLock::new());
        Self { running: running.clone(), result, changes, commands: Vec::new(), findings, back, given: None }
    }

    /// Whether the configuration is set as a whole.
    pub fn is_whole(&self) -> bool {
        self.commands.iter().any(|command| command.name == "config-set")
    }

    /// What Kea is to test before anything is sent: the result. Where smaller commands make it, subnets that stay as they are,
    /// in shared networks that do, are left out: a test of ten thousand takes Kea four times as long as the change.
    pub fn tested(&self) -> Document {
        let mut document = self.result.clone();
        let Some(subnets) = document.daemon.subnets().filter(|_| !self.is_whole()) else { return document };
        let touched = |part: &Path| self.changes.iter().any(|change| change.path.starts_with(part));
        for list in [subnets, "shared-networks"] {
            let kept: Vec<Value> = self
                .result
                .elements(&Path::root(), &self.result.root, list)
                .into_iter()
                .filter(|(path, _)| touched(path))
                .map(|(_, map)| Value::Map(map.clone()))
                .collect();
            if document.root.has(list) {
                document.root.set(list, Value::List(kept));
            }
        }
        document
    }

    /// What differs, in words.
    pub fn words(&self) -> Vec<String> {
        let words = Words::new(&self.running, &self.result);
        let anew = words.inherited_anew(&self.changes);
        let anew = anew.iter().map(Summary::sentence);
        words.sentences(&self.changes).into_iter().chain(self.followers()).chain(anew).collect()
    }

    /// The same, once for all subnets in which it changes alike.
    pub fn summary(&self) -> Vec<Summary> {
        let words = Words::new(&self.running, &self.result);
        let followers = self.followers().map(Summary::of);
        words.summary(&self.changes).into_iter().chain(followers).chain(words.inherited_anew(&self.changes)).collect()
    }

    fn followers(&self) -> impl Iterator<Item = String> {
        let words = Words::new(&self.running, &self.result);
        self.changes.iter().filter_map(move |change| followers(&self.result, &words, change))
    }

    /// What stands against the result and did not stand against what runs now.
    pub fn findings(&self) -> &[Finding] {
        self.findings.get_or_init(|| review_anew(&self.running, &self.result, |path| self.now(path)))
    }

    /// Where a part is then, whatever moves.
    pub(crate) fn now(&self, path: &Path) -> Path {
        let moved = |path: Path, change: &Change| match &change.what {
            What::Moved { from } => path.within(from, &change.path),
            _ => path,
        };
        self.changes.iter().fold(path.clone(), moved)
    }

    /// The edits that make it, one for each part that differs.
    pub fn forward(&self) -> Vec<Edit> {
        self.changes.iter().map(Change::to_edit).collect()
    }

    /// The edits that take it back.
    pub fn back(&self) -> Vec<Edit> {
        let back = || self.with_given(differences(&self.result, &self.running), true);
        self.back.get_or_init(|| back().iter().map(Change::to_edit).collect()).clone()
    }

    /// The parts whose old secret could not be given back once it is made: what is kept of a change has no secrets.
    pub fn without_way_back(&self) -> Vec<Path> {
        let back = self.back();
        let kept: Vec<Edit> = back.iter().map(Edit::redacted).collect();
        if kept == back {
            return Vec::new();
        }
        let led = self.result.brought_to(&kept).map(|led| led.restored(&self.result));
        match led {
            Ok(Ok(led)) => {
                let lost = self.with_given(differences(&led, &self.running), true);
                lost.into_iter().map(|change| change.path).collect()
            }
            Ok(Err(missing)) => missing,
            Err(_) => Vec::new(),
        }
    }

    /// Changes, with those that only may be seen in their place: a secret that is given and is the one that is there.
    /// `back`: from the result to what runs.
    fn with_given(&self, changes: Vec<Change>, back: bool) -> Vec<Change> {
        let Some(Given { running, result }) = &self.given else { return changes };
        let (seen, there) = if back {
            (differences(result, running), &self.running)
        } else {
            (differences(running, result), &self.result)
        };
        let mut changes: Vec<Option<Change>> = changes.into_iter().map(Some).collect();
        let mut all = Vec::with_capacity(seen.len());
        for change in seen {
            let known = changes.iter_mut().find(|known| known.as_ref().is_some_and(|known| known.path == change.path));
            if let Some(known) = known.and_then(Option::take) {
                all.push(known);
            } else if change.redacted() != change
                && let Ok(value) = there.get(&change.path)
            {
                let what = What::Changed { before: value.clone(), after: value.clone() };
                all.push(Change { path: change.path, what });
            }
        }
        let rest = changes.into_iter().flatten();
        let others = rest.filter(|change| !all.iter().any(|whole: &Change| change.path.starts_with(&whole.path)));
        let others: Vec<Change> = others.collect();
        all.extend(others);
        all
    }

    /// What of it only administrators do.
    pub fn dangers(&self) -> Vec<Danger> {
        dangers(self.running.daemon, &self.changes)
    }

    /// What runs now and the result, **with secrets**; where one is given, without those that are there: so what is said by
    /// them is the same for every secret that is given.
    pub fn seen(&self) -> [&Document; 2] {
        self.given.as_ref().map_or([&self.running, &self.result], |given| [&given.running, &given.result])
    }

    /// What Kea would refuse, or would do harm.
    pub fn refusals(&self) -> impl Iterator<Item = &Finding> {
        self.findings().iter().filter(|finding| finding.severity >= Severity::Error)
    }

    /// Whether there is any of that.
    pub fn is_refused(&self) -> bool {
        self.refusals().next().is_some()
    }
}

/// What differs from what runs, and the result with what it leaves out and Kea shows all the same: defaults. That nothing is
/// said of them changes nothing.
fn without_idle(bare: &Document, result: Document) -> (Document, Vec<Change>) {
    let mut changes = differences(bare, &result);
    let is_idle = |change: &Change| {
        let member = change.path.split().is_some_and(|(_, last)| matches!(last, Step::Member(_)));
        member && matches!(change.what, What::Removed(_)) && bare.holds(&change.to_edit())
    };
    let idle: Vec<Edit> =
        changes.extract_if(.., |change| is_idle(change)).map(|change| change.reversed().to_edit()).collect();
    if idle.is_empty() {
        return (result, changes);
    }
    match result.edited(&idle) {
        Ok(shown) => (shown, changes),
        // They are of a part that goes with them.
        Err(_) => (result, changes),
    }
}

fn asked_for(paths: &[Path]) -> String {
    let names: Vec<String> = paths.iter().map(ToString::to_string).collect();
    format!("the secret of {} is not known: give it", names.join(", "))
}

/// Which parts follow a change above them.
fn followers(result: &Document, words: &Words<'_>, change: &Change) -> Option<String> {
    let (above, Step::Member(name)) = change.path.split()? else { return None };
    let name = name.as_str()?;
    let followers = result.followers(&above, name);
    let (follow, keep) = (followers.follow.len(), followers.keep.len());
    let op = matches!(change.to_edit().op, Op::Set(_) | Op::Unset);
    (op && follow + keep > 0).then(|| {
        let name = words.name(&change.path);
        format!("{name}: subnets and shared networks that follow: {follow}, that keep their own: {keep}")
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn site(hooks: &str) -> Document {
        let text = format!(
            r#"{{"Dhcp4":{{"valid-lifetime":3600,"hooks-libraries":[{hooks}],"option-def":[{{"name":"site","code":234,"type":"string"}}],
            "shared-networks":[{{"name":"a","subnet4":[{{"id":1,"subnet":"192.0.2.0/26"}},{{"id":2,"subnet":"192.0.2.64/26"}}]}},
                {{"name":"b","subnet4":[{{"id":3,"subnet":"192.0.2.128/26"}}]}}],
            "subnet4":[{{"id":4,"subnet":"198.51.100.0/24"}},{{"id":5,"subnet":"203.0.113.0/24"}}]}}}}"#
        );
        Document::read(text.as_bytes()).unwrap()
    }

    fn tested(hooks: &str, edits: &str) -> Document {
        let plan = Plan::of(&site(hooks), &Edit::read_all(edits.as_bytes()).unwrap()).unwrap();
        let (tested, result) = (plan.tested(), &plan.result);
        let changes = differences(result, &tested);
        let left_out = |change: &Change| {
            matches!(change.path.kind().and_then(crate::Text::as_str), Some("subnet4" | "shared-networks"))
        };
        assert!(changes.iter().all(left_out), "nothing else differs from what is to be: {changes:?}");
        tested
    }

    fn ids(document: &Document) -> Vec<i64> {
        document.parts().iter().filter_map(|part| part.map.get("id")?.as_i64()).collect()
    }

    #[test]
    fn a_plan_is_the_same_for_a_secret_that_is_right_and_one_that_is_not() {
        let running = Document::read(
            br#"{"Dhcp4":{"valid-lifetime":3600,"hosts-databases":[{"type":"mysql","host":"a","password":"right"}],
            "user-context":{"n":1,"api-key":"right","tokens":["right","b"],"secret":{"right":{"x":1}},"url":"http://u:right@h/"},
            "subnet4":[{"id":1,"subnet":"192.0.2.0/24","user-context":{"community":"right"}}]}}"#,
        )
        .unwrap();
        let said = |edits: &str| match Plan::of(&running, &Edit::read_all(edits.as_bytes()).unwrap()) {
            Ok(plan) => {
                let hide = |edits: Vec<Edit>| edits.iter().map(Edit::redacted).collect::<Vec<_>>();
                let sent: Vec<_> = plan.commands.iter().map(|command| command.name.clone()).collect();
                let paths = plan.without_way_back().iter().map(ToString::to_string).collect::<Vec<_>>();
                format!(
                    "{:?} {:?} {:?} {sent:?} {paths:?} {:?} {:?}",
                    plan.words(),
                    hide(plan.forward()),
                    hide(plan.back()),
                    plan.dangers(),
                    plan.findings()
                )
            }
            Err(text) => text,
        };
        let guesses = [
            r#"[{"op":"set","path":"user-context.api-key","value":"GUESS"}]"#,
            r#"[{"op":"set","path":"hosts-databases[type=mysql].password","value":"GUESS"},{"op":"set","path":"valid-lifetime","value":1}]"#,
            r#"[{"op":"set","path":"hosts-databases[type=mysql]","value":{"type":"mysql","host":"a","password":"GUESS"}}]"#,
            r#"[{"op":"set","path":"user-context.tokens","value":["GUESS","b"]}]"#,
            r#"[{"op":"set","path":"user-context.tokens[0]","value":"GUESS"}]"#,
            r#"[{"op":"set","path":"user-context.secret","value":{"GUESS":{"x":1}}}]"#,
            r#"[{"op":"set","path":"user-context.url","value":"http://u:GUESS@h/"}]"#,
            r#"[{"op":"set","path":"subnet4[id=1].user-context.community","value":"GUESS"}]"#,
            r#"[{"op":"set","path":"user-context","value":{"n":1,"api-key":"GUESS","tokens":["GUESS","b"],"secret":"[redacted]","url":"http://u:GUESS@h/"}}]"#,
            r#"[{"op":"unset","path":"user-context.secret.GUESS"}]"#,
            r#"[{"op":"set","path":"hosts-databases[password=GUESS].host","value":"b"}]"#,
            r#"[{"op":"remove","path":"user-context.tokens[value=GUESS]"}]"#,
        ];
        for edits in guesses {
            let (right, wrong) = (said(&edits.replace("GUESS", "right")), said(&edits.replace("GUESS", "wrong")));
            assert_eq!(right.replace("right", "wrong"), wrong, "{edits}");
            assert!(!right.starts_with("[]"), "it is a change, or refused: {right}");
        }
        // What stands for the secret that is there is none.
        assert!(said(r#"[{"op":"set","path":"user-context.api-key","value":"[redacted]"}]"#).starts_with("[]"));
    }

    #[test]
    fn kea_tests_what_small_commands_change_and_all_of_what_is_set_as_a_whole() {
        let hooks = r#"{"library":"libdhcp_subnet_cmds.so"},{"library":"libdhcp_class_cmds.so"}"#;
        let add = r#"[{"op":"add","path":"subnet4","value":{"id":6,"subnet":"10.0.0.0/24"}}]"#;
        assert_eq!(ids(&tested(hooks, add)), [6]);
        assert_eq!(ids(&tested("", add)), [1, 2, 3, 4, 5, 6]);
        // The subnets of a shared network must go together.
        let inside = r#"[{"op":"set","path":"subnet4[id=2].renew-timer","value":900}]"#;
        let inside = inside.replace("subnet4[id=2]", "shared-networks[name=a].subnet4[id=2]");
        assert_eq!(ids(&tested(hooks, &inside)), [1, 2]);
        let class = r#"[{"op":"add","path":"client-classes","value":{"name":"phones"}}]"#;
        assert_eq!(ids(&tested(hooks, class)), Vec::<i64>::new());
        let global = r#"[{"op":"set","path":"valid-lifetime","value":7200}]"#;
        assert_eq!(ids(&tested(hooks, global)), [1, 2, 3, 4, 5]);
    }

    #[test]
    fn what_only_adds_subnets_is_told_from_all_else() {
        let with = r#"{"library":"libdhcp_subnet_cmds.so"},{"library":"libdhcp_class_cmds.so"}"#;
        let of = |hooks: &str, edits: &[&str]| {
            let edits = Edit::read_all(format!("[{}]", edits.join(",")).as_bytes()).unwrap();
            let plan = Plan::of(&site(hooks), &edits).unwrap();
            (plan.subnets_alone(), plan.only_adds())
        };
        let add = r#"{"op":"add","path":"subnet4","value":{"id":6,"subnet":"10.0.0.0/24"}}"#;
        let set = r#"{"op":"set","path":"subnet4[id=4].renew-timer","value":900}"#;
        let inside = r#"{"op":"add","path":"shared-networks[name=a].subnet4","value":{"id":6,"subnet":"10.0.0.0/24"}}"#;
        assert_eq!(of(with, &[add]), (Some(vec![6]), true));
        assert_eq!(of(with, &[add, set]), (Some(vec![4, 6]), false));
        assert_eq!(of(with, &[r#"{"op":"remove","path":"subnet4[id=4]"}"#]), (Some(vec![4]), false));
        assert_eq!(of(with, &[add, inside.replace(":6,", ":7,").as_str()]), (None, false), "of a shared network");
        let class = r#"{"op":"add","path":"client-classes","value":{"name":"phones"}}"#;
        assert_eq!(of(with, &[add, class]), (None, false));
        let moved = r#"{"op":"move","path":"subnet4[id=4]","value":"shared-networks[name=a].subnet4"}"#;
        assert_eq!(of(with, &[moved]), (None, false));
        assert_eq!(of("", &[add]), (None, false), "without the hook all is set");
        assert!(!of(with, &[r#"{"op":"set","path":"valid-lifetime","value":3600}"#]).1, "nothing at all");
    }
}
