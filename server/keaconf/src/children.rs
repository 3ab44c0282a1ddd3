//! The parts of a part, and parts by what they say.

use crate::identity::Identities;
use crate::locate::Route;
use crate::{Document, Path, PathError, Step, Text, Value};

impl Document {
    /// The members or elements of a part, in their order, each with its path. A value that has no parts has none.
    pub fn children(&self, path: &Path) -> Result<Vec<(Path, &Value)>, PathError> {
        if path.is_root() {
            return Ok(self.root.iter().map(|(name, value)| (path.with(Step::Member(name.clone())), value)).collect());
        }
        Ok(match self.get(path)? {
            Value::Map(map) => map.iter().map(|(name, value)| (path.with(Step::Member(name.clone())), value)).collect(),
            Value::List(items) => {
                let list = path.kind().cloned().unwrap_or_default();
                let keys = self.identities().all(&list, items);
                let step = |at: usize| keys.as_ref().map_or(Step::At(at), |keys| Step::Element(keys[at].clone()));
                items.iter().enumerate().map(|(at, item)| (path.with(step(at)), item)).collect()
            }
            _ => Vec::new(),
        })
    }

    /// The parts whose name or value has a text in it, whatever its case: the first `most` of them in the order of the
    /// document, and how many there are.
    pub fn find(&self, text: &str, most: usize) -> (Vec<(Path, &Value)>, usize) {
        let mut search = Search { text: text.to_lowercase(), most, found: Vec::new(), count: 0, route: Route::new() };
        for (at, (name, value)) in self.root.iter().enumerate() {
            search.member(at, name, value);
        }
        let identities = self.identities();
        let named = |route: &Route| Some((self.path_of(&identities, route), self.at(route)?));
        (search.found.iter().filter_map(named).collect(), search.count)
    }

    /// The path of what stands at a place.
    fn path_of(&self, identities: &Identities, route: &[usize]) -> Path {
        let mut path = Path::root();
        for (depth, place) in route.iter().enumerate() {
            let above = if depth == 0 { None } else { self.at(&route[..depth]) };
            let step = match above {
                None => self.root.iter().nth(*place).map(|(name, _)| Step::Member(name.clone())),
                Some(Value::Map(map)) => map.iter().nth(*place).map(|(name, _)| Step::Member(name.clone())),
                Some(Value::List(items)) => {
                    let list = path.kind().cloned().unwrap_or_default();
                    identities.all(&list, items).and_then(|keys| keys.get(*place).cloned()).map(Step::Element)
                }
                Some(_) => None,
            };
            path = path.with(step.unwrap_or(Step::At(*place)));
        }
        path
    }
}

struct Search {
    text: String,
    most: usize,
    found: Vec<Route>,
    count: usize,
    /// Where the search is.
    route: Route,
}

impl Search {
    fn member(&mut self, at: usize, name: &Text, value: &Value) {
        self.route.push(at);
        self.judge(self.has(&name.shown()), value);
        self.route.pop();
    }

    fn judge(&mut self, named: bool, value: &Value) {
        let says = match value {
            Value::Text(text) | Value::Include(text) => self.has(&text.shown()),
            Value::Number(number) => number.as_str().contains(&self.text),
            _ => false,
        };
        if named || says {
            self.count += 1;
            if self.found.len() < self.most {
                self.found.push(self.route.clone());
            }
        }
        match value {
            Value::Map(map) => map.iter().enumerate().for_each(|(at, (name, value))| self.member(at, name, value)),
            Value::List(items) => {
                for (at, item) in items.iter().enumerate() {
                    self.route.push(at);
                    self.judge(false, item);
                    self.route.pop();
                }
            }
            _ => {}
        }
    }

    fn has(&self, text: &str) -> bool {
        text.to_lowercase().contains(&self.text)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn document() -> Document {
        let text = br#"{ "Dhcp4": { "valid-lifetime": 3600, "shared-networks": [{ "name": "Floor 3", "subnet4": [
            { "id": 7, "subnet": "192.0.2.0/24", "pools": [{ "pool": "192.0.2.10-192.0.2.20" }] } ] }],
            "loggers": [{ "severity": "INFO" }] } }"#;
        Document::read(text).unwrap()
    }

    fn names(found: &[(Path, &Value)]) -> Vec<String> {
        found.iter().map(|(path, _)| path.to_string()).collect()
    }

    #[test]
    fn parts_are_named_by_what_they_are() {
        let document = document();
        let children = |path: &str| names(&document.children(&path.parse().unwrap()).unwrap());
        assert_eq!(children(""), ["valid-lifetime", "shared-networks", "loggers"]);
        assert_eq!(children("shared-networks"), ["shared-networks[name=\"Floor 3\"]"]);
        assert_eq!(children("loggers"), ["loggers[0]"], "a logger without a name");
        assert_eq!(children("valid-lifetime"), [""; 0]);
        assert!(document.children(&"subnet4".parse().unwrap()).is_err());
    }

    #[test]
    fn a_text_is_found_in_names_and_values_and_every_hit_can_be_looked_up() {
        let document = document();
        let (found, count) = document.find("FLOOR", 9);
        assert_eq!((names(&found), count), (vec!["shared-networks[name=\"Floor 3\"].name".to_owned()], 1));
        let (found, count) = document.find("192.0.2.", 1);
        assert_eq!(
            (names(&found), count),
            (vec!["shared-networks[name=\"Floor 3\"].subnet4[id=7].subnet".to_owned()], 2)
        );
        for text in ["pool", "360", "severity", "7"] {
            let (found, _) = document.find(text, 9);
            assert!(!found.is_empty(), "{text}");
            for (path, value) in found {
                assert_eq!(document.get(&path).unwrap(), value, "{path}");
            }
        }
        assert_eq!(document.find("nothing of the kind", 9), (Vec::new(), 0));
    }
}
