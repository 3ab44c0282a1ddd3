//! Pools of addresses: a range of each.

use model::{AddressRange, ConfigEdit, IpNetwork, PoolSetting};

use super::super::edits::Typed;
use super::super::typed::quoted;
use super::more::TypedMore;

/// A range as Kea has it written.
pub(super) fn written(range: AddressRange) -> String {
    format!("{}-{}", range.first(), range.last())
}

/// What is typed as a pool.
pub(super) fn edit(
    known: Option<&PoolSetting>,
    typed: &str,
    more: &TypedMore,
    network: Option<IpNetwork>,
    list: &str,
) -> Option<Typed> {
    let typed = typed.trim();
    let Some(pool) = known else {
        let add = |value| Ok(vec![ConfigEdit::add(list, format!("{{\"pool\":{value}{}}}", more.members()?))]);
        return (!typed.is_empty()).then(|| range(typed, network).and_then(|range| add(quoted(&written(range)))));
    };
    let edits = || {
        let mut edits = more.edits(&pool.path, &pool.more)?;
        if pool.text != typed {
            let range = range(typed, network)?;
            // It is known by its range: that is another one last.
            let set = || ConfigEdit::set(format!("{}.pool", pool.path), quoted(&written(range)));
            edits.extend((pool.range != Some(range)).then(set));
        }
        Ok(edits)
    };
    Some(edits()).filter(|edits| edits.as_ref().map_or(true, |edits| !edits.is_empty()))
}

/// The range that is typed.
fn range(typed: &str, network: Option<IpNetwork>) -> Result<AddressRange, String> {
    let range: AddressRange = typed.parse().map_err(|error| format!("{error}."))?;
    let outside = |network: &IpNetwork| !(network.contains(range.first()) && network.contains(range.last()));
    network.filter(outside).map_or(Ok(range), |network| Err(format!("It is not inside of {network}.")))
}

#[cfg(test)]
mod tests {
    use model::PoolMore;

    use super::*;

    fn pool() -> PoolSetting {
        let text = "192.0.2.100 - 192.0.2.199".to_owned();
        let path = "subnet4[id=1].pools[pool=192.0.2.100-192.0.2.199]".to_owned();
        PoolSetting { path, range: text.parse().ok(), text, notes: Vec::new(), more: PoolMore::default() }
    }

    #[test]
    fn a_new_range_is_one_edit_and_another_spelling_is_none() {
        let network = "192.0.2.0/24".parse().ok();
        let of = |typed: &str| edit(Some(&pool()), typed, &TypedMore::default(), network, "subnet4[id=1].pools");
        assert_eq!(of("192.0.2.100-192.0.2.199"), None);
        assert_eq!(of("192.0.2.100 - 192.0.2.199"), None);
        let grown = of("192.0.2.100-192.0.2.219").unwrap().unwrap();
        assert_eq!(grown, [ConfigEdit::set(format!("{}.pool", pool().path), "\"192.0.2.100-192.0.2.219\"")]);
        assert!(of("192.0.2.100").is_some_and(|typed| typed.is_ok()), "a pool of one address");
        assert_eq!(of("192.0.2.100-192.0.3.1"), Some(Err("It is not inside of 192.0.2.0/24.".to_owned())));
        assert!(of("").unwrap().is_err() && of("192.0.2.9-192.0.2.1").unwrap().is_err());
    }

    #[test]
    fn a_new_pool_is_added_and_an_empty_row_is_nothing() {
        let of = |typed: &str| edit(None, typed, &TypedMore::default(), None, "subnet4[id=1].pools");
        assert_eq!(of(" "), None);
        let added = ConfigEdit::add("subnet4[id=1].pools", "{\"pool\":\"192.0.2.16-192.0.2.31\"}");
        assert_eq!(of("192.0.2.16/28"), Some(Ok(vec![added])));
    }
}
