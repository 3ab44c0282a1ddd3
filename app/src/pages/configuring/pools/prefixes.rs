//! Pools of prefixes: what each is made of, and the edits that make it so.

use model::{ConfigEdit, Ipv6Network, PoolSettings, PrefixPool, PrefixPoolSetting};

use super::super::edits::Typed;
use super::super::typed::quoted;
use super::more::TypedMore;

/// The pool that is typed; none: nothing is.
pub(super) fn read(prefix: &str, length: &str, excluded: &str) -> Option<Result<PrefixPool, String>> {
    if [prefix, length, excluded].iter().all(|text| text.is_empty()) {
        return None;
    }
    let network = |text: &str| text.parse::<Ipv6Network>().ok().filter(|_| text.contains('/'));
    let pool = || {
        let prefix = network(prefix).ok_or("Type a prefix, such as 2001:db8:8000::/40.")?;
        let delegated_len =
            length.parse().map_err(|_| "Type the length of the prefixes that are delegated, such as 56.")?;
        let excluded = match excluded {
            "" => None,
            text => Some(network(text).ok_or("Type the excluded prefix, such as 2001:db8:8000::/64, or nothing.")?),
        };
        Ok::<_, &str>(PrefixPool { prefix, delegated_len, excluded, settings: PoolSettings::default() })
    };
    let pool = pool().map_err(str::to_owned);
    Some(pool.and_then(|pool| pool.fault().map_or(Ok(pool), |fault| Err(format!("{fault}.")))))
}

/// What is typed as a prefix pool.
pub(super) fn edit(
    known: Option<&PrefixPoolSetting>,
    typed: Option<Result<PrefixPool, String>>,
    more: &TypedMore,
    list: &str,
) -> Option<Typed> {
    let Some(known) = known else {
        let members = move |pool: PrefixPool| Ok(vec![ConfigEdit::add(list, as_json(&pool, &more.members()?))]);
        return typed.map(|typed| typed.and_then(members));
    };
    let edits = || {
        let mut edits = more.edits(&known.path, &known.more)?;
        match (typed, &known.pool) {
            // One that is not understood stays as it is until something else is typed.
            (Some(Err(_)) | None, None) => {}
            (None, Some(_)) => return Err("A prefix pool has a prefix and a length: remove it instead.".to_owned()),
            (Some(Ok(pool)), known_pool) => edits.extend(changed(&known.path, known_pool.as_ref(), &pool, list)),
            (Some(Err(fault)), Some(_)) => return Err(fault),
        }
        Ok(edits)
    };
    Some(edits()).filter(|edits| edits.as_ref().map_or(true, |edits| !edits.is_empty()))
}

/// The edits that make one pool the other.
fn changed(path: &str, known: Option<&PrefixPool>, pool: &PrefixPool, list: &str) -> Vec<ConfigEdit> {
    let mut edits = Vec::new();
    if known.map(|known| known.delegated_len) != Some(pool.delegated_len) {
        edits.push(ConfigEdit::set(format!("{path}.delegated-len"), pool.delegated_len.to_string()));
    }
    let before = known.and_then(|known| known.excluded);
    match pool.excluded.filter(|_| pool.excluded != before) {
        Some(excluded) => edits.extend([
            ConfigEdit::set(format!("{path}.excluded-prefix"), quoted(&excluded.network().to_string())),
            ConfigEdit::set(format!("{path}.excluded-prefix-len"), excluded.prefix().to_string()),
        ]),
        None if before.is_some() && pool.excluded.is_none() => edits.extend([
            ConfigEdit::unset(format!("{path}.excluded-prefix")),
            ConfigEdit::unset(format!("{path}.excluded-prefix-len")),
        ]),
        None => {}
    }
    // It is known by its prefix: that is another one last.
    if known.map(|known| known.prefix) != Some(pool.prefix) {
        let (prefix, length) = (pool.prefix.network(), pool.prefix.prefix());
        edits.push(ConfigEdit::moved(path, quoted(&format!("{list}[prefix={prefix},prefix-len={length}]"))));
    }
    edits
}

/// A pool as Kea has it written.
pub(super) fn as_json(pool: &PrefixPool, more: &str) -> String {
    let PrefixPool { prefix, delegated_len, excluded, .. } = pool;
    let excluded = excluded.map(|excluded| {
        let (network, length) = (quoted(&excluded.network().to_string()), excluded.prefix());
        format!(",\"excluded-prefix\":{network},\"excluded-prefix-len\":{length}")
    });
    let (network, length) = (quoted(&prefix.network().to_string()), prefix.prefix());
    let excluded = excluded.unwrap_or_default();
    format!("{{\"prefix\":{network},\"prefix-len\":{length},\"delegated-len\":{delegated_len}{excluded}{more}}}")
}

#[cfg(test)]
mod tests {
    use model::PoolMore;

    use super::*;

    const LIST: &str = "subnet6[id=1].pd-pools";

    fn pool(prefix: &str, length: &str, excluded: &str) -> PrefixPool {
        read(prefix, length, excluded).unwrap().unwrap()
    }

    fn known() -> PrefixPoolSetting {
        PrefixPoolSetting {
            path: format!("{LIST}[prefix=2001:db8:8000::,prefix-len=40]"),
            text: "2001:db8:8000::/40".to_owned(),
            pool: Some(pool("2001:db8:8000::/40", "56", "2001:db8:8000::/64")),
            notes: Vec::new(),
            more: PoolMore::default(),
        }
    }

    fn of(prefix: &str, length: &str, excluded: &str) -> Option<Typed> {
        edit(Some(&known()), read(prefix, length, excluded), &TypedMore::default(), LIST)
    }

    #[test]
    fn each_part_is_an_edit_of_its_own_and_the_prefix_goes_last() {
        let path = known().path;
        assert_eq!(of("2001:db8:8000::/40", "56", "2001:db8:8000::/64"), None);
        assert_eq!(
            of("2001:db8:8000::/41", "60", "").unwrap().unwrap(),
            [
                ConfigEdit::set(format!("{path}.delegated-len"), "60"),
                ConfigEdit::unset(format!("{path}.excluded-prefix")),
                ConfigEdit::unset(format!("{path}.excluded-prefix-len")),
                ConfigEdit::moved(&path, format!("\"{LIST}[prefix=2001:db8:8000::,prefix-len=41]\"")),
            ]
        );
        assert!(of("", "", "").unwrap().is_err());
        for wrong in [
            ("2001:db8:8000::/40", "39", ""),
            ("2001:db8:8000::1/40", "56", ""),
            ("2001:db8:8000::/40", "56", "2001:db8:9000::/64"),
            ("2001:db8:8000::", "56", ""),
        ] {
            assert!(of(wrong.0, wrong.1, wrong.2).unwrap().is_err(), "{wrong:?}");
        }
    }

    #[test]
    fn a_new_one_is_added_and_an_empty_row_is_nothing() {
        let new = |prefix: &str, length: &str| edit(None, read(prefix, length, ""), &TypedMore::default(), LIST);
        assert_eq!(new("", ""), None);
        let value = r#"{"prefix":"2001:db8:8000::","prefix-len":40,"delegated-len":56}"#;
        assert_eq!(new("2001:db8:8000::/40", "56"), Some(Ok(vec![ConfigEdit::add(LIST, value)])));
        assert!(new("2001:db8:8000::/40", "").unwrap().is_err());
    }
}
