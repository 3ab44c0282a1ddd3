//! The pools of a subnet as they can be edited, and one that becomes several.

use keaconf::{Document, Map, Path, Value, prefix_pool};
use model::{ConfigEdit, Permission, PoolMore, PoolSetting, PrefixPoolSetting, ServerName};

use super::Configurations;
use super::subnet::name;
use super::view::{read_path, written};
use crate::{Actor, Error, Result};

impl Configurations {
    /// The edits that make several pools of one: one of addresses is split at an address, with which the second part begins,
    /// or around a prefix; one of prefixes into its halves. Nothing is sent.
    pub async fn split_pool(
        &self,
        actor: &Actor,
        server: &ServerName,
        path: &str,
        at: &str,
    ) -> Result<Vec<ConfigEdit>> {
        actor.may(Permission::Reserve)?;
        let document = self.show(actor, server).await?;
        let edits = document.split(&read_path(path)?, at).map_err(|text| Error::invalid("at", text))?;
        Ok(edits.iter().map(written).collect())
    }
}

/// The pools of addresses of a subnet.
pub(super) fn pools(document: &Document, subnet: &Path) -> Vec<PoolSetting> {
    let pool = |path: Path, map: &Map| {
        let text = map.text("pool").unwrap_or_default().to_owned();
        let (notes, more) = (notes(map), more(map));
        PoolSetting { path: path.to_string(), range: text.parse().ok(), text, notes, more }
    };
    of_list(document, subnet, "pools", pool)
}

/// Its pools of prefixes.
pub(super) fn prefix_pools(document: &Document, subnet: &Path) -> Vec<PrefixPoolSetting> {
    let pool = |path: Path, map: &Map| {
        let length = map.get("prefix-len").map(|length| length.to_json(keaconf::Layout::Compact)).unwrap_or_default();
        let text = format!("{}/{length}", map.text("prefix").unwrap_or_default());
        PrefixPoolSetting { path: path.to_string(), text, pool: prefix_pool(map), notes: notes(map), more: more(map) }
    };
    of_list(document, subnet, "pd-pools", pool)
}

fn of_list<T>(document: &Document, subnet: &Path, list: &str, pool: impl Fn(Path, &Map) -> T) -> Vec<T> {
    let pools = document.children(&subnet.member(list)).unwrap_or_default();
    pools.into_iter().filter_map(|(path, value)| Some(pool(path, value.as_map()?))).collect()
}

/// The name of a pool, and whom it is for.
fn notes(map: &Map) -> Vec<String> {
    let (classes, _) = classes(map);
    let guard = (!classes.is_empty()).then(|| format!("only for class {}", classes.join(", ")));
    name(map).into_iter().chain(guard).collect()
}

fn more(map: &Map) -> PoolMore {
    let context = map.get("user-context").and_then(Value::as_map);
    let is_named = |member: &&str| context.is_some_and(|context| context.text(member).is_some());
    let member = ["subnet-name", "name"].into_iter().find(is_named);
    let (classes, is_old_class) = classes(map);
    let number = map.get("pool-id").and_then(Value::as_i64).and_then(|number| u32::try_from(number).ok());
    PoolMore {
        name: name(map),
        name_member: member.map(str::to_owned),
        classes,
        is_old_class,
        number: number.filter(|number| *number != 0),
    }
}

/// The classes that a pool is for, and whether one is named in the old way.
fn classes(map: &Map) -> (Vec<String>, bool) {
    let old = map.text("client-class").filter(|class| !class.is_empty());
    let list = map.get("client-classes").and_then(Value::as_list).unwrap_or_default().iter();
    (list.filter_map(Value::as_str).chain(old).map(str::to_owned).collect(), old.is_some())
}
