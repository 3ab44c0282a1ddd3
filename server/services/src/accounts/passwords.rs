//! The work of hashing passwords: slow by design, and so never more of it at once than the machine bears.

use std::sync::Arc;

use argon2::password_hash::phc::PasswordHash;
use argon2::{Algorithm, Argon2, Params, PasswordHasher, PasswordVerifier, Version};
use tokio::sync::Semaphore;

use crate::{Error, Result};

/// Whose password it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Lane {
    /// A stranger's.
    Strangers,
    /// That of a user who has shown something already: a device that signed in before, a set-up link, the command line.
    /// Strangers do not keep them waiting.
    Known,
}

/// Some work at once, and some that waits; beyond that, requests are turned away. Each piece takes 64 MiB of memory.
struct Queue {
    places: Semaphore,
    at_once: Semaphore,
}

impl Queue {
    fn new(at_once: usize, waiting: usize) -> Self {
        Self { places: Semaphore::new(at_once + waiting), at_once: Semaphore::new(at_once) }
    }
}

/// Hashes passwords. Cheap to clone.
#[derive(Clone)]
pub(super) struct Passwords(Arc<[Queue; 2]>);

impl Passwords {
    pub(super) fn new() -> Self {
        Self(Arc::new([Queue::new(2, 32), Queue::new(1, 8)]))
    }

    /// The password as it is kept.
    pub(super) async fn hash(&self, lane: Lane, password: String) -> Result<String> {
        let hash = move |argon2: Argon2<'_>| argon2.hash_password(password.as_bytes()).map(|hash| hash.to_string());
        self.work(lane, hash).await?.map_err(|error| Error::Internal(error.to_string()))
    }

    /// Whether the password is the one of that hash. Without a hash the same work is done for nothing.
    pub(super) async fn verify(&self, lane: Lane, password: String, hash: Option<String>) -> Result<bool> {
        self.work(lane, move |argon2| match hash.as_deref().map(PasswordHash::new) {
            Some(Ok(hash)) => argon2.verify_password(password.as_bytes(), &hash).is_ok(),
            Some(Err(_)) => false,
            None => {
                drop(argon2.hash_password(password.as_bytes()));
                false
            }
        })
        .await
    }

    /// Does a piece of work apart from everything else.
    async fn work<T: Send + 'static>(
        &self,
        lane: Lane,
        work: impl FnOnce(Argon2<'static>) -> T + Send + 'static,
    ) -> Result<T> {
        let internal = |error: &dyn std::fmt::Display| Error::Internal(format!("password hashing: {error}"));
        let [strangers, known] = &*self.0;
        let queue = if lane == Lane::Strangers { strangers } else { known };
        let _place = queue.places.try_acquire().map_err(|_| Error::Crowded)?;
        let _turn = queue.at_once.acquire().await.map_err(|error| internal(&error))?;
        // RFC 9106 §4, second choice: 64 MiB, 3 passes; one lane, since requests are what runs side by side.
        let params = Params::new(64 * 1_024, 3, 1, None).map_err(|error| internal(&error))?;
        let argon2 = Argon2::new(Algorithm::Argon2id, Version::V0x13, params);
        tokio::task::spawn_blocking(move || work(argon2)).await.map_err(|error| internal(&error))
    }
}
