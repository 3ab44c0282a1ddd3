//! How many wrong passwords are accepted. Every try is counted before it is made, so that of many at once no
//! more are made than the limits allow; one that went well is uncounted.

use model::{Seconds, Timestamp, UserName};

use crate::ports::{Counted, Store, Tried, TryLimit};
use crate::{Error, Result};

/// Tries older than this are forgotten.
pub(crate) const KEEP_TRIES: Seconds = Seconds(24 * 3_600);

/// A quarter of an hour.
const SHORT: Seconds = Seconds(900);

/// From where a user tries.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum From<'a> {
    /// From an address, with nothing to show.
    Source(&'a str),
    /// With the sign of a device that signed in to this account before: what strangers do does not count against it.
    Device(&'a str),
}

/// The limits that a try counts against. The one for the account alone is wide, so that a stranger cannot lock a user out
/// with a few tries from elsewhere.
fn limits(name: &UserName, from: From<'_>) -> Vec<TryLimit> {
    let limit = |key: String, most, within| TryLimit { key, most, within };
    match from {
        From::Source(source) => vec![
            limit(format!("source {source}"), 20, SHORT),
            limit(format!("account {name} from {source}"), 5, SHORT),
            limit(format!("account {name}"), 100, KEEP_TRIES),
        ],
        From::Device(device) => {
            let key = format!("account {name} on {device}");
            vec![limit(key.clone(), 10, SHORT), limit(key, 100, KEEP_TRIES)]
        }
    }
}

/// Counts a try, or refuses it when one of the limits is reached.
pub(crate) async fn count(
    store: &dyn Store,
    number: &str,
    name: &UserName,
    from: From<'_>,
    now: Timestamp,
) -> Result<()> {
    match store.count_try(number, &limits(name, from), now).await? {
        Counted::Allowed => Ok(()),
        Counted::Refused(until) => {
            Err(Error::Throttled { wait: u32::try_from(until.since(now).0).unwrap_or(0).max(1) })
        }
    }
}

/// A try went well: it does not count, nor do those before it of this account from there. Its owner is in.
pub(crate) async fn forgive(store: &dyn Store, number: &str, name: &UserName, from: From<'_>) -> Result<()> {
    store.take_back_try(number).await?;
    let key = match from {
        From::Source(source) => format!("account {name} from {source}"),
        From::Device(device) => format!("account {name} on {device}"),
    };
    Ok(store.forgive(&[key]).await?)
}

/// Ends what keeps this account out, and the sources that it was tried from.
pub(crate) async fn unlock(store: &dyn Store, name: &UserName) -> Result<()> {
    let tried = store.tries(&of(name), Timestamp(0)).await?;
    let from = format!("account {name} from ");
    let sources = tried.iter().filter_map(|tried| tried.key.strip_prefix(&from));
    let sources: Vec<String> = sources.map(|source| format!("source {source}")).collect();
    let keys: Vec<String> = tried.into_iter().filter(|tried| is_of(tried, name)).map(|tried| tried.key).collect();
    Ok(store.forgive(&[keys, sources].concat()).await?)
}

/// Whether this account is kept out, wholly or from somewhere.
pub(crate) async fn is_locked(store: &dyn Store, name: &UserName, now: Timestamp) -> Result<bool> {
    for within in [SHORT, KEEP_TRIES] {
        for tried in store.tries(&of(name), now.plus(Seconds(-within.0))).await? {
            let limits = [From::Source("x"), From::Device("x")].map(|from| limits(name, from)).concat();
            let kind = |key: &str| key.split(' ').take(3).map(ToOwned::to_owned).collect::<Vec<_>>();
            let mine = limits.iter().filter(|limit| limit.within == within && kind(&limit.key) == kind(&tried.key));
            if mine.into_iter().any(|limit| tried.count >= limit.most) {
                return Ok(true);
            }
        }
    }
    Ok(false)
}

/// How the keys of an account begin; those of longer names do so too.
fn of(name: &UserName) -> String {
    format!("account {name}")
}

fn is_of(tried: &Tried, name: &UserName) -> bool {
    tried.key.split(' ').nth(1) == Some(name.as_str())
}
