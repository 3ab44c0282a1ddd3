//! What is wanted, laid over what is there.

use crate::edit::apply;
use crate::identity::{Identities, mean_the_same};
use crate::{Document, Edit, Op, Text, Value};

impl Document {
    /// The document with these edits made, where what is added and is there already is laid over it: it gets what is wanted
    /// and keeps the rest. An error is a sentence without its full stop.
    pub fn overlaid(&self, edits: &[Edit]) -> Result<Self, String> {
        let mut document = self.clone();
        for edit in edits {
            let part = document.part_of(edit);
            let there = document.get(&part).ok().cloned();
            let made = match (&edit.op, there) {
                (Op::Add(Value::Map(_)), Some(mut there)) => {
                    let Op::Add(wanted) = &edit.op else { continue };
                    lay(&document.identities(), &Text::default(), &mut there, wanted);
                    Edit { path: part, op: Op::Set(there) }
                }
                (Op::Add(_), Some(_)) => continue,
                _ => edit.clone(),
            };
            apply(&mut document, &made)?;
        }
        Ok(document)
    }
}

/// `name`: that of the member that both are.
fn lay(identities: &Identities, name: &Text, there: &mut Value, wanted: &Value) {
    match (there, wanted) {
        (Value::Map(there), Value::Map(wanted)) => {
            for (name, value) in wanted.iter() {
                match there.get_text_mut(name) {
                    Some(there) => lay(identities, name, there, value),
                    None => drop(there.set(name.clone(), value.clone())),
                }
            }
        }
        (Value::List(there), Value::List(wanted)) if identities.all(name, wanted).is_some() => {
            for item in wanted {
                let keys = identities.keys_of_added(name, item).unwrap_or_default();
                match there.iter_mut().find(|known| identities.has(name, known, &keys)) {
                    Some(known) => lay(identities, &Text::default(), known, item),
                    None => there.push(item.clone()),
                }
            }
        }
        (there, wanted) if mean_the_same(name, there, wanted) => {}
        (there, wanted) => *there = wanted.clone(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Layout;

    #[test]
    fn what_is_there_gets_what_is_wanted_and_keeps_the_rest() {
        let site = br#"{"Dhcp4":{"client-classes":[{"name":"a","test":"x","next-server":"0.0.0.0",
            "option-data":[{"code":60,"data":"b","never-send":false},{"code":6,"data":"192.0.2.1"}]}]}}"#;
        let site = Document::read(site).unwrap();
        let edits = br#"[{"op":"add","path":"client-classes","value":{"name":"a","test":"y","option-data":[
            {"name":"vendor-class-identifier","data":"c"},{"code":3,"data":"192.0.2.9"}]}}]"#;
        let edits = Edit::read_all(edits).unwrap();
        let made = site.overlaid(&edits).unwrap();
        let expected = r#"[{"name":"a","test":"y","next-server":"0.0.0.0","option-data":[{"code":60,"data":"c","never-send":false,"name":"vendor-class-identifier"},{"code":6,"data":"192.0.2.1"},{"code":3,"data":"192.0.2.9"}]}]"#;
        let shown = made.get(&"client-classes".parse().unwrap()).unwrap().to_json(Layout::Compact);
        assert_eq!(shown.replace([' ', '\n'], ""), expected);
        assert_eq!(made.overlaid(&edits).unwrap(), made, "once is enough");
    }
}
