//! The client classes of a server, in their order, and where each is used.

use std::collections::HashMap;

use keaconf::{Daemon, Document, Step, Value, Words};
use model::{ConfigClass, ConfigClasses, Expression, ExpressionKind, Family, ServerName};

use super::Configurations;
use super::forms::place;
use super::subnet::comment;
use crate::{Actor, Result};

/// The list of classes.
const LIST: &str = "client-classes";

impl Configurations {
    /// The client classes of a server.
    pub async fn classes(&self, actor: &Actor, server: &ServerName) -> Result<ConfigClasses> {
        Ok(classes(&self.show(actor, server).await?))
    }

    /// Their names, those that Kea makes by itself left out: what a reservation may put its client into.
    pub async fn class_names(&self, actor: &Actor, server: &ServerName) -> Result<Vec<String>> {
        let mut names = self.show(actor, server).await?.known_classes();
        names.retain(|name| !ConfigClass::is_made(name));
        Ok(names)
    }
}

/// The classes of a document without secrets.
fn classes(document: &Document) -> ConfigClasses {
    let words = Words::new(document, document);
    let mut uses: HashMap<String, Vec<keaconf::Path>> = HashMap::new();
    for used in document.class_uses() {
        uses.entry(used.class).or_default().push(used.path);
    }
    let v6 = document.daemon == Daemon::Dhcp6;
    let family = if v6 { Family::V6 } else { Family::V4 };
    let list = keaconf::Path::root().member(LIST);
    let identities = document.identities();
    let items = document.root.get(LIST).and_then(Value::as_list).unwrap_or_default();
    let class = |(at, item): (usize, &Value)| {
        let map = item.as_map()?;
        let step = identities.keys(&LIST.into(), item).map_or(Step::At(at), Step::Element);
        let name = map.text("name").unwrap_or_default().to_owned();
        let template = map.text("template-test").filter(|test| !test.is_empty());
        let test = template.or_else(|| map.text("test")).unwrap_or_default().to_owned();
        let kind = if template.is_some() { ExpressionKind::Text } else { ExpressionKind::Condition };
        let read = Expression::parse(&test, family, kind).ok();
        let is = |member: &str| map.get(member).and_then(Value::as_bool) == Some(true);
        let found = uses.get(&name).map(Vec::as_slice).unwrap_or_default();
        let place = |path: &keaconf::Path| place(&words, path);
        Some(ConfigClass {
            path: list.with(step).to_string(),
            test,
            is_template: template.is_some(),
            only_additional: is("only-in-additional-list") || is("only-if-required"),
            needs: read.iter().flat_map(Expression::classes).map(|asked| asked.text.clone()).collect(),
            uses: found.iter().take(ConfigClass::MOST).map(place).collect(),
            used: u32::try_from(found.len()).unwrap_or(u32::MAX),
            comment: comment(map),
            name,
        })
    };
    ConfigClasses { v6, classes: items.iter().enumerate().filter_map(class).collect() }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn classes_come_in_their_order_with_what_uses_them() {
        let text = br#"{ "Dhcp4": {
            "client-classes": [
                { "name": "phones", "test": "option[60].hex == 'phone'" },
                { "name": "floor 3", "test": "member('phones') and option[82].exists", "only-if-required": true },
                { "name": "each", "template-test": "option[77].hex" } ],
            "subnet4": [{ "id": 1, "subnet": "192.0.2.0/24", "client-classes": ["phones"], "pools": [
                { "pool": "192.0.2.10-192.0.2.20", "client-class": "floor 3" } ] }] } }"#;
        let found = classes(&Document::read(text).unwrap());
        let [phones, floor, each] = found.classes.as_slice() else { panic!("{found:?}") };
        let labels: Vec<&str> = phones.uses.iter().map(|place| place.label.as_str()).collect();
        assert_eq!(labels, ["class floor 3: test", "subnet 192.0.2.0/24 (id 1): client-classes"]);
        assert_eq!((phones.used, floor.used, each.used), (2, 1, 0));
        assert_eq!(floor.path, "client-classes[name=\"floor 3\"]");
        assert!(floor.only_additional && floor.needs == ["phones"] && each.is_template && !found.v6);
    }
}
