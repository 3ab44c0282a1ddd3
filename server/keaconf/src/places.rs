//! Where the parts of a document stand in the files that it was read from.

use std::collections::{HashMap, HashSet};

use crate::identity::Identities;
use crate::{Document, Map, Path, Position, Source, Step, Text, Value};

/// Places of some parts of a document.
#[derive(Clone, Debug)]
pub struct Places<'a> {
    files: &'a [String],
    found: HashMap<Path, Position>,
}

impl Places<'_> {
    /// The file and the place of a part; of one that is missing, of what it is missing from.
    pub fn of(&self, path: &Path) -> (&str, Position) {
        let mut path = path.clone();
        let position = loop {
            match (self.found.get(&path), path.split()) {
                (Some(position), _) => break *position,
                (None, Some((above, _))) => path = above,
                (None, None) => break Position { file: 0, line: 1, column: 1 },
            }
        };
        let file = usize::try_from(position.file).ok().and_then(|file| self.files.get(file));
        (file.map_or("", String::as_str), position)
    }
}

impl Source {
    /// Where these parts of the document of this source stand, found in one go.
    pub fn places<'p>(&self, document: &Document, paths: impl IntoIterator<Item = &'p Path>) -> Places<'_> {
        let mut wanted: HashSet<Path> = HashSet::new();
        for path in paths {
            let mut path = Some(path.clone());
            while let Some(part) = path.filter(|part| !wanted.contains(part)) {
                path = part.split().map(|(above, _)| above);
                wanted.insert(part);
            }
        }
        let mut search = Search { source: self, identities: document.identities(), wanted, found: HashMap::new() };
        if let Value::Map(top) = &self.value {
            let root = Text::from(document.daemon.root());
            let before: usize = top.iter().take_while(|(name, _)| **name != root).map(|(_, value)| count(value)).sum();
            if let Some(value) = top.get_text(&root) {
                search.value(&Path::root(), &root, value, 1 + before);
            }
        }
        Places { files: &self.files, found: search.found }
    }
}

struct Search<'a> {
    source: &'a Source,
    identities: Identities,
    wanted: HashSet<Path>,
    found: HashMap<Path, Position>,
}

impl Search<'_> {
    /// Looks at a value that has this number in the order of the text.
    fn value(&mut self, path: &Path, name: &Text, value: &Value, number: usize) {
        if !self.wanted.contains(path) {
            return;
        }
        if let Some(position) = self.source.positions.get(number) {
            self.found.insert(path.clone(), *position);
        }
        match value {
            Value::Map(map) => self.map(path, map, number + 1),
            Value::List(items) => self.list(path, name, items, number + 1),
            _ => {}
        }
    }

    fn map(&mut self, path: &Path, map: &Map, mut number: usize) {
        for (name, value) in map.iter() {
            self.value(&path.with(Step::Member(name.clone())), name, value, number);
            number += count(value);
        }
    }

    fn list(&mut self, path: &Path, name: &Text, items: &[Value], mut number: usize) {
        let keys = self.identities.all(name, items);
        for (at, item) in items.iter().enumerate() {
            let step = keys.as_ref().map_or(Step::At(at), |keys| Step::Element(keys[at].clone()));
            self.value(&path.with(step), &Text::default(), item, number);
            number += count(item);
        }
    }
}

/// How many values there are in a value, itself included.
fn count(value: &Value) -> usize {
    match value {
        Value::Map(map) => 1 + map.iter().map(|(_, value)| count(value)).sum::<usize>(),
        Value::List(items) => 1 + items.iter().map(count).sum::<usize>(),
        _ => 1,
    }
}
