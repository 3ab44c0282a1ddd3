//! Parts that others changed since somebody began to change them: what they were, what they are, what is wanted, and how the
//! same is made of what is there now.

use std::fmt;

use model::{AddressRange, IpNetwork};

use crate::edit::{apply, destination};
use crate::standing::{another_subnet, part_of, place_of, shown, with_its_subnets};
use crate::{Document, Edit, Op, Path, Step, Value};

/// What elements of these lists say is theirs alone, so that one may take the place of another of the same name.
const LEAVES: [&str; 3] = ["option-data", "pools", "pd-pools"];

/// A part that others changed meanwhile. Holds no secrets but those of the edits.
#[derive(Clone, PartialEq, Eq)]
pub struct Overtaken {
    /// The part, as those who edit it know it.
    pub path: Path,
    /// What it was; none: it was not there.
    pub was: Option<String>,
    /// What it is now; none: it is not there.
    pub now: Option<String>,
    /// What the edits want; none: they take it out.
    pub wanted: Option<String>,
    /// Which of the edits are of it, from 0.
    pub edits: Vec<usize>,
    /// The edits that make the same of what is there now; none: nothing is left that they could be made of.
    pub anew: Option<Vec<Edit>>,
}

impl fmt::Display for Overtaken {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let [was, now, wanted] =
            [&self.was, &self.now, &self.wanted].map(|value| value.as_deref().unwrap_or("nothing"));
        write!(
            f,
            "{} was changed by others meanwhile: it was {was}, it is {now} now, and {wanted} is wanted",
            self.path
        )
    }
}

impl Document {
    /// The parts of edits that others changed meanwhile. `back`: the edits that take them back, planned on what ran then;
    /// where there are none, only parts that are no longer there, or there already, are known to be changed.
    pub fn overtaken(&self, edits: &[Edit], back: &[Edit]) -> Vec<Overtaken> {
        let foreign = if back.is_empty() { Vec::new() } else { self.foreign(edits, back) };
        let mut parts: Vec<(Path, Vec<usize>)> = Vec::new();
        // Edits may be of what those before them make.
        let mut document = self.clone();
        for (at, edit) in edits.iter().enumerate() {
            let is_of = |path: &&Path| **path == self.part_before(edit, edits);
            let part = document.gone_or_there(edit).or_else(|| foreign.iter().find(is_of).cloned());
            let Some(part) = part else {
                // What cannot be made for another reason is found when it is planned.
                drop(apply(&mut document, edit));
                continue;
            };
            match parts.iter_mut().find(|(known, _)| *known == part) {
                Some((_, edits)) => edits.push(at),
                None => parts.push((part, vec![at])),
            }
        }
        parts.into_iter().map(|(part, of)| self.described(part, of, edits, back)).collect()
    }

    /// The part of an edit that is not there to be edited, or there already.
    fn gone_or_there(&self, edit: &Edit) -> Option<Path> {
        if let Some(gone) = self.gone(&edit.path) {
            return Some(gone);
        }
        let part = part_of(self, edit);
        let is_leaf = || part.kind().and_then(crate::Text::as_str).is_some_and(|kind| LEAVES.contains(&kind));
        match &edit.op {
            Op::Unset if self.get(&edit.path).is_err() => Some(part),
            Op::Add(_) if is_leaf() && self.get(&place_of(self, edit)).is_ok() => Some(part),
            _ => None,
        }
    }

    /// The first element on the way to a part that is not there.
    fn gone(&self, path: &Path) -> Option<Path> {
        let steps = path.steps();
        let elements = (0..steps.len()).filter(|at| !matches!(steps[*at], Step::Member(_)));
        let mut before = elements.map(|at| Path::from(steps[..=at].to_vec()));
        before.find(|element| self.get(element).is_err())
    }

    fn described(&self, path: Path, of: Vec<usize>, edits: &[Edit], back: &[Edit]) -> Overtaken {
        let own: Vec<&Edit> = of.iter().map(|at| &edits[*at]).collect();
        let anew: Option<Vec<Edit>> = own.iter().map(|edit| self.upon(edit)).collect();
        let element = matches!(path.steps().last(), Some(Step::Element(_) | Step::At(_)));
        let is_gone = element && self.get(&path).is_err() && own.iter().any(|edit| edit.path.starts_with(&path));
        let [was, now, wanted] = if is_gone {
            let list = |path: &Path| path.split().map(|(list, _)| list);
            let named =
                |found: Path| if list(&found) == list(&path) { known_by(&found) } else { format!("at {found}") };
            [Some(known_by(&path)), self.found(&path).map(named), wanted_of(&path, &own)]
        } else {
            let [was, now, wanted] = self.values(&path, edits, back);
            // What was to be unset was set.
            let was = was.or_else(|| own.iter().any(|edit| edit.op == Op::Unset).then(|| "set".to_owned()));
            [was, now, wanted]
        };
        Overtaken { path, was, now, wanted, edits: of, anew }
    }

    /// An edit, made of what is there now; none: nothing is left that it could be made of.
    fn upon(&self, edit: &Edit) -> Option<Edit> {
        let path = self.found(&edit.path)?;
        let moved = Edit { path: path.clone(), op: edit.op.clone() };
        let part = part_of(self, &moved);
        let op = match &edit.op {
            Op::Unset => self.get(&path).is_ok().then_some(Op::Unset)?,
            Op::Add(value) if self.get(&place_of(self, &moved)).is_ok() => {
                let other = another_subnet(self, &part, &edit.op).is_some();
                let op = (!other).then(|| Op::Set(with_its_subnets(self, &part, value)))?;
                return Some(Edit { path: part, op });
            }
            Op::Move(to) => {
                let lists = edit.path.split().zip(path.split());
                Op::Move(lists.map_or_else(|| to.clone(), |((old, _), (new, _))| to.within(&old, &new)))
            }
            op => op.clone(),
        };
        Some(Edit { path, op })
    }

    /// Where a part is now: a subnet is known by its number in whatever list it is, a pool by what it has in common with the
    /// one that there was. None: it is gone.
    fn found(&self, path: &Path) -> Option<Path> {
        let mut path = self.with_its_subnet(path);
        while let Some(gone) = self.gone(&path) {
            path = path.within(&gone, &self.overlapping(&gone)?);
        }
        Some(path)
    }

    /// The path from where the subnet on it is now.
    fn with_its_subnet(&self, path: &Path) -> Path {
        let steps = path.steps();
        let is_list = |step: &Step| matches!(step, Step::Member(name) if name.as_str() == self.daemon.subnets());
        let element = steps.iter().position(is_list).and_then(|at| steps.get(at + 1).map(|_| at + 1));
        let Some(at) = element else { return path.clone() };
        let old = Path::from(steps[..=at].to_vec());
        if self.get(&old).is_ok() {
            return path.clone();
        }
        let mut same =
            self.parts().into_iter().filter(|part| part.is_subnet && part.path.steps().last() == Some(&steps[at]));
        same.next().map_or_else(|| path.clone(), |part| path.within(&old, &part.path))
    }

    /// The one pool of the same list that has addresses of this one.
    fn overlapping(&self, pool: &Path) -> Option<Path> {
        let (list, old) = pool.split()?;
        let old = range(old)?;
        let others = self.children(&list).ok()?;
        let mut same = others
            .into_iter()
            .map(|(path, _)| path)
            .filter(|path| path.steps().last().and_then(range).is_some_and(|range| range.intersection(old).is_some()));
        same.next().filter(|_| same.next().is_none())
    }
}

/// The addresses of a pool, by what it is known by.
pub(crate) fn range(pool: &Step) -> Option<AddressRange> {
    let Step::Element(keys) = pool else { return None };
    let value = |name: &str| keys.iter().find(|(own, _)| own == name)?.1.as_str();
    if let Some(range) = value("pool") {
        return range.parse().ok();
    }
    let prefix: IpNetwork = format!("{}/{}", value("prefix")?, value("prefix-len")?).parse().ok()?;
    Some(AddressRange::of_prefix(prefix))
}

/// What an element is known by, for people.
fn known_by(path: &Path) -> String {
    match path.steps().last() {
        Some(Step::Element(keys)) => keys.iter().map(|(_, value)| value.to_string()).collect::<Vec<_>>().join("/"),
        _ => path.to_string(),
    }
}

/// What edits want of an element that they know by another name; none: they take it out.
fn wanted_of(element: &Path, edits: &[&Edit]) -> Option<String> {
    let depth = element.steps().len();
    let one = |edit: &&Edit| {
        let inside = Path::from(edit.path.steps()[depth..].to_vec());
        let is_key = match (element.steps().last(), inside.steps()) {
            (Some(Step::Element(keys)), [Step::Member(name)]) => keys.iter().any(|(key, _)| name == key.as_str()),
            _ => false,
        };
        let value = edit.op.value().map(|value| shown(&edit.path, &value)).unwrap_or_default();
        match &edit.op {
            Op::Remove if inside.is_root() => None,
            Op::Move(to) if inside.is_root() => Some(known_by(&destination(&edit.path, to))),
            Op::Set(Value::Text(text)) if is_key => Some(text.to_string()),
            Op::Set(_) if inside.is_root() => Some(value),
            Op::Set(_) => Some(format!("{inside} {value}")),
            Op::Add(_) => Some(format!("{inside} with {value}")),
            Op::Unset | Op::Remove => Some(format!("no {inside}")),
            Op::Move(_) | Op::Order(_) => Some(format!("{inside} in another place")),
        }
    };
    edits.iter().map(one).collect::<Option<Vec<_>>>().map(|all| all.join(", "))
}
