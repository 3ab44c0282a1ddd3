//! How many times somebody may get a password wrong.

use model::{Seconds, Timestamp, UserName};

use crate::ports::{Store, StoreError};
use crate::{Error, Result};

/// Failures older than this are forgotten.
pub(crate) const KEEP_FAILURES: Seconds = Seconds(24 * 3_600);

/// One limit: so many failures of a key within a time.
struct Limit {
    key: String,
    most: u32,
    within: Seconds,
}

/// The limits that an attempt counts against. The one for the account alone is wide, so that nobody can lock somebody
/// else out with a few tries from elsewhere.
fn limits(name: &UserName, source: &str) -> [Limit; 3] {
    [
        Limit { key: format!("source {source}"), most: 20, within: Seconds(900) },
        Limit { key: format!("account {name} from {source}"), most: 5, within: Seconds(900) },
        Limit { key: format!("account {name}"), most: 100, within: KEEP_FAILURES },
    ]
}

/// Refuses when one of the limits is reached.
pub(crate) async fn check(store: &dyn Store, name: &UserName, source: &str, now: Timestamp) -> Result<()> {
    for limit in limits(name, source) {
        let (failures, oldest) = store.failures(&limit.key, now.plus(Seconds(-limit.within.0))).await?;
        if failures >= limit.most {
            let free = oldest.unwrap_or(now).plus(limit.within);
            return Err(Error::Throttled { wait: u32::try_from(free.since(now).0).unwrap_or(0).max(1) });
        }
    }
    Ok(())
}

/// Counts a failure.
pub(crate) async fn note(store: &dyn Store, name: &UserName, source: &str, now: Timestamp) -> Result<(), StoreError> {
    for limit in limits(name, source) {
        store.note_failure(&limit.key, now).await?;
    }
    Ok(())
}

/// Forgets the failures of this account from this source: its owner is in.
pub(crate) async fn forgive(store: &dyn Store, name: &UserName, source: &str) -> Result<(), StoreError> {
    store.forgive(&limits(name, source)[1].key).await
}
