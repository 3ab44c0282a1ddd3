//! One at a time, in the order that they came in, inside this program. Other programs are kept away by what each
//! database has for that.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use services::ports::{Lock, StoreError};
use tokio::sync::{Mutex as Queue, OwnedMutexGuard};

/// How long a change waits for a lock: Foreman gets its answer within 50 seconds, and a change that got its lock needs some
/// of them.
pub(crate) const WAIT_LIMIT: Duration = Duration::from_secs(30);

/// A queue for each name.
#[derive(Debug, Default, Clone)]
pub(crate) struct Queues(Arc<Mutex<HashMap<String, Arc<Queue<()>>>>>);

impl Queues {
    /// Waits for the lock of that name in this program.
    pub(crate) async fn wait(&self, name: &str) -> OwnedMutexGuard<()> {
        let queue = {
            let mut queues = self.0.lock().unwrap_or_else(PoisonError::into_inner);
            queues.retain(|_, queue| Arc::strong_count(queue) > 1);
            Arc::clone(queues.entry(name.to_owned()).or_default())
        };
        queue.lock_owned().await
    }
}

/// A lock: whatever keeps other programs away goes first, then the next in this program comes.
pub(crate) struct Held<T> {
    _kept: T,
    _queue: OwnedMutexGuard<()>,
}

impl<T: Send + Sync> Lock for Held<T> {}

/// Waits for the lock in this program, then for what keeps others away.
pub(crate) async fn hold<T: Send + Sync + 'static>(
    queues: &Queues,
    name: &str,
    keep: impl Future<Output = Result<T, StoreError>>,
) -> Result<Box<dyn Lock>, StoreError> {
    let waiting = async {
        let queue = queues.wait(name).await;
        let lock: Box<dyn Lock> = Box::new(Held { _kept: keep.await?, _queue: queue });
        Ok(lock)
    };
    tokio::time::timeout(WAIT_LIMIT, waiting).await.unwrap_or(Err(StoreError::Busy))
}
