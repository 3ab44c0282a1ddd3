//! People: first-run set-up, passwords, accounts.

use std::sync::Arc;

use argon2::password_hash::phc::PasswordHash;
use argon2::{Algorithm, Argon2, Params, PasswordHasher, PasswordVerifier, Version};
use model::{Account, Permission, Role, Seconds, Timestamp, UserName, check_password};
use sha2::{Digest, Sha256};
use tokio::sync::Semaphore;

use crate::ports::{AccountRecord, Clock, NewAccount, Random, Sessions, Store, StoreError};
use crate::{Actor, Error, Ports, Result, throttle};

/// How long a set-up link works.
const SETUP_TIME: Seconds = Seconds(1_800);

/// Each password check takes 64 MiB of memory: only so many at once.
const CHECKS_AT_ONCE: usize = 2;

/// People. Cheap to clone.
#[derive(Clone)]
pub struct Accounts {
    store: Arc<dyn Store>,
    clock: Arc<dyn Clock>,
    random: Arc<dyn Random>,
    checks: Arc<Semaphore>,
}

/// Somebody who just signed in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SignedIn {
    /// The account's number, for the session.
    pub id: i64,
    /// The account.
    pub account: Account,
}

/// The secret of a set-up link, to be shown once on the terminal of the server.
pub struct SetupToken {
    /// The secret itself.
    pub secret: String,
    /// When the link stops working.
    pub until: Timestamp,
}

impl Accounts {
    pub(crate) fn new(ports: &Ports) -> Self {
        Self::alone(ports.store.clone(), ports.clock.clone(), ports.random.clone())
    }

    /// The accounts on these ports, for a command line that needs nothing else.
    pub fn alone(store: Arc<dyn Store>, clock: Arc<dyn Clock>, random: Arc<dyn Random>) -> Self {
        Self { store, clock, random, checks: Arc::new(Semaphore::new(CHECKS_AT_ONCE)) }
    }

    /// Where sessions are kept, for the session layer.
    pub fn sessions(&self) -> Arc<dyn Sessions> {
        self.store.clone()
    }

    /// Whether the store takes changes: it is given one.
    pub async fn store_takes_changes(&self) -> Result<()> {
        Ok(self.store.try_out().await?)
    }

    /// The account that acts; only people have one.
    pub fn account_of(&self, actor: &Actor) -> Result<Account> {
        match actor {
            Actor::User { name, role } => Ok(Account { name: name.clone(), role: *role }),
            Actor::Foreman { .. } | Actor::CommandLine | Actor::System => Err(Error::Unauthenticated),
        }
    }

    /// The account of that number, as it is now: a demotion counts from the next request on.
    pub async fn by_id(&self, id: i64) -> Result<Option<Account>> {
        Ok(self.store.account_by_id(id).await?.map(|record| Account { name: record.name, role: record.role }))
    }

    /// Checks name and password. `source` is the address of whoever tries. A wrong name costs as much time as a wrong
    /// password, and is answered the same.
    pub async fn sign_in(&self, name: &str, password: String, source: &str) -> Result<SignedIn> {
        let Ok(name) = name.parse::<UserName>() else {
            return Err(Error::Unauthenticated);
        };
        throttle::check(&*self.store, &name, source, self.clock.now()).await?;
        let record = self.store.account_by_name(&name).await?;
        let hash = record.as_ref().map(|record| record.password_hash.clone());
        let right = self.verify(password, hash).await?;
        match record {
            Some(AccountRecord { id, name, role, .. }) if right => {
                throttle::forgive(&*self.store, &name, source).await?;
                tracing::info!(user = %name, source, "signed in");
                Ok(SignedIn { id, account: Account { name, role } })
            }
            _ => {
                throttle::note(&*self.store, &name, source, self.clock.now()).await?;
                tracing::warn!(user = %name, source, "sign-in failed");
                Err(Error::Unauthenticated)
            }
        }
    }

    /// Makes an account.
    pub async fn create(&self, actor: &Actor, name: &UserName, role: Role, password: String) -> Result<()> {
        actor.may(Permission::ManageUsers)?;
        let account = self.new_account(name, role, password).await?;
        match self.store.create_account(&account).await {
            Ok(_) => Ok(()),
            Err(StoreError::Exists) => Err(Error::invalid("name", format!("there is a user “{name}” already"))),
            Err(error) => Err(error.into()),
        }
    }

    /// A new set-up secret, when there is no account yet; older ones stop working.
    pub async fn setup_token(&self) -> Result<Option<SetupToken>> {
        if self.store.count_accounts().await? > 0 {
            return Ok(None);
        }
        let mut octets = [0; 32];
        self.random.fill(&mut octets);
        let secret = octets.iter().fold(String::new(), |secret, octet| secret + &format!("{octet:02x}"));
        let until = self.clock.now().plus(SETUP_TIME);
        self.store.put_setup_token(&hash_of(&secret), until).await?;
        Ok(Some(SetupToken { secret, until }))
    }

    /// Makes the first account, an administrator, for whoever has the set-up secret. It works once.
    pub async fn set_up(&self, secret: &str, name: &UserName, password: String) -> Result<SignedIn> {
        let token = hash_of(secret);
        // Before the costly hash: strangers must not make us work.
        if !self.store.setup_token_is(&token, self.clock.now()).await? {
            return Err(Error::Forbidden);
        }
        let account = self.new_account(name, Role::Admin, password).await?;
        match self.store.create_first_account(&account, &token, self.clock.now()).await {
            Ok(id) => Ok(SignedIn { id, account: Account { name: account.name, role: account.role } }),
            Err(StoreError::Exists) => Err(Error::Forbidden),
            Err(error) => Err(error.into()),
        }
    }

    /// Forgets what is over: sessions, holds, set-up links, failed sign-ins.
    pub async fn sweep(&self) -> Result<()> {
        Ok(self.store.sweep(self.clock.now(), throttle::KEEP_FAILURES).await?)
    }

    async fn new_account(&self, name: &UserName, role: Role, password: String) -> Result<NewAccount> {
        check_password(&password, name).map_err(|error| Error::invalid("password", error.to_string()))?;
        let hash =
            self.hashing(move |argon2| argon2.hash_password(password.as_bytes()).map(|hash| hash.to_string())).await?;
        let password_hash = hash.map_err(|error| Error::Internal(error.to_string()))?;
        Ok(NewAccount { name: name.clone(), role, password_hash })
    }

    /// Whether the password is the one of that hash. Without a hash the same work is done for nothing.
    async fn verify(&self, password: String, hash: Option<String>) -> Result<bool> {
        self.hashing(move |argon2| match hash.as_deref().map(PasswordHash::new) {
            Some(Ok(hash)) => argon2.verify_password(password.as_bytes(), &hash).is_ok(),
            Some(Err(_)) => false,
            None => {
                drop(argon2.hash_password(password.as_bytes()));
                false
            }
        })
        .await
    }

    /// Runs a piece of password work apart from everything else, few at once.
    async fn hashing<T: Send + 'static>(&self, work: impl FnOnce(Argon2<'static>) -> T + Send + 'static) -> Result<T> {
        let internal = |error: &dyn std::fmt::Display| Error::Internal(format!("password hashing: {error}"));
        let _permit = self.checks.acquire().await.map_err(|error| internal(&error))?;
        // RFC 9106 §4, second choice: 64 MiB, 3 passes; one lane, since requests are what runs side by side.
        let params = Params::new(64 * 1_024, 3, 1, None).map_err(|error| internal(&error))?;
        let argon2 = Argon2::new(Algorithm::Argon2id, Version::V0x13, params);
        tokio::task::spawn_blocking(move || work(argon2)).await.map_err(|error| internal(&error))
    }
}

fn hash_of(secret: &str) -> Vec<u8> {
    Sha256::digest(secret.as_bytes()).to_vec()
}
