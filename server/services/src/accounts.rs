//! People: first-run set-up, signing in, sessions, accounts.

mod device;
mod passwords;
mod people;

use std::sync::Arc;

use model::{Account, Role, Seconds, Timestamp, UserName};
use sha2::{Digest, Sha256};

use crate::ports::{AccountRecord, Clock, Random, Sessions, Store, StoreError};
use crate::{Actor, Error, Ports, Result, throttle};

use passwords::{Lane, Passwords};
pub use people::Person;

/// How long a set-up link works.
const SETUP_TIME: Seconds = Seconds(1_800);

/// People. Cheap to clone.
#[derive(Clone)]
pub struct Accounts {
    store: Arc<dyn Store>,
    clock: Arc<dyn Clock>,
    random: Arc<dyn Random>,
    passwords: Passwords,
}

/// What a user shows to sign in.
pub struct SignIn<'a> {
    /// The name.
    pub name: &'a str,
    /// The password.
    pub password: String,
    /// Where it comes from: an address.
    pub source: &'a str,
    /// What the browser kept of the last time, see [`SignedIn::device`].
    pub device: Option<&'a str>,
}

/// What somebody shows who wants another password.
pub struct OwnPassword<'a> {
    /// The password that they have.
    pub current: String,
    /// The one that they want.
    pub wanted: String,
    /// Where it comes from: an address.
    pub source: &'a str,
    /// What the browser kept of the last time, see [`SignedIn::device`].
    pub device: Option<&'a str>,
}

/// A user who just signed in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SignedIn {
    /// The account's number, for the session.
    pub id: i64,
    /// The account's generation, for the session.
    pub generation: i64,
    /// The account.
    pub account: Account,
    /// What the browser is to keep for [`Accounts::DEVICE_KNOWN_FOR`]: strangers who guess do not keep it out then.
    pub device: Option<String>,
}

/// The secret of a set-up link, to be shown once on the terminal of the server.
pub struct SetupToken {
    /// The secret itself.
    pub secret: String,
    /// When the link stops working.
    pub until: Timestamp,
}

impl Accounts {
    /// For how long a browser that signed in is known.
    pub const DEVICE_KNOWN_FOR: Seconds = device::KNOWN_FOR;

    pub(crate) fn new(ports: &Ports) -> Self {
        Self::alone(ports.store.clone(), ports.clock.clone(), ports.random.clone())
    }

    /// The accounts on these ports, for a command line that needs nothing else.
    pub fn alone(store: Arc<dyn Store>, clock: Arc<dyn Clock>, random: Arc<dyn Random>) -> Self {
        Self { store, clock, random, passwords: Passwords::new() }
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

    /// The account of that number as it is now, for a session that began in that generation of it: a demotion counts from
    /// the next request on. None: the session is over.
    pub async fn signed_in(&self, id: i64, generation: i64) -> Result<Option<Account>> {
        let record = self.store.account_by_id(id).await?.filter(|record| record.serves(generation));
        Ok(record.map(|record| Account { name: record.name, role: record.role }))
    }

    /// Checks name and password. A wrong name costs as much time as a wrong password, and is answered the same; so is the
    /// account of a user who may not sign in.
    pub async fn sign_in(&self, SignIn { name, password, source, device }: SignIn<'_>) -> Result<SignedIn> {
        let Ok(name) = name.parse::<UserName>() else {
            return Err(Error::Unauthenticated);
        };
        let now = self.clock.now();
        let record = self.store.account_by_name(&name).await?;
        let known = record.as_ref().zip(device);
        let known = known.and_then(|(record, shown)| device::recognise(shown, &name, &record.password_hash, now));
        let (from, lane) = match known {
            Some(device) => (throttle::From::Device(device), Lane::Known),
            None => (throttle::From::Source(source), Lane::Strangers),
        };
        let number = self.secret();
        throttle::count(&*self.store, &number, &name, from, now).await?;
        let hash = record.as_ref().map(|record| record.password_hash.clone());
        let right = match self.passwords.verify(lane, password, hash).await {
            Err(Error::Crowded) => {
                // It was not looked at.
                self.store.take_back_try(&number).await?;
                return Err(Error::Crowded);
            }
            verified => verified?,
        };
        match record {
            Some(record) if right && !record.disabled => {
                throttle::forgive(&*self.store, &number, &name, from).await?;
                tracing::info!(user = %name, source, "signed in");
                Ok(self.let_in(record, now))
            }
            _ => {
                tracing::warn!(user = %name, source, known_device = known.is_some(), "sign-in failed");
                Err(Error::Unauthenticated)
            }
        }
    }

    fn let_in(&self, record: AccountRecord, now: Timestamp) -> SignedIn {
        let AccountRecord { id, name, role, password_hash, generation, .. } = record;
        let device = device::sign(&*self.random, &name, &password_hash, now);
        SignedIn { id, generation, account: Account { name, role }, device }
    }

    /// Whether there is no account yet, as far as the store says.
    pub async fn are_none(&self) -> bool {
        self.store.count_accounts().await.is_ok_and(|count| count == 0)
    }

    /// A new set-up secret, when there is no account yet; older ones stop working.
    pub async fn setup_token(&self) -> Result<Option<SetupToken>> {
        if self.store.count_accounts().await? > 0 {
            return Ok(None);
        }
        let secret = self.secret();
        let until = self.clock.now().plus(SETUP_TIME);
        self.store.put_setup_token(&digest(&secret), until).await?;
        Ok(Some(SetupToken { secret, until }))
    }

    /// Makes the first account, an administrator, for the owner of the set-up secret. It works once.
    pub async fn set_up(&self, secret: &str, name: &UserName, password: String) -> Result<SignedIn> {
        let token = digest(secret);
        let now = self.clock.now();
        // Before the costly hash: strangers must not make us work.
        if !self.store.setup_token_is(&token, now).await? {
            return Err(Error::Forbidden);
        }
        let account = self.new_account(name, Role::Admin, password).await?;
        match self.store.create_first_account(&account, &token, now).await {
            Ok(id) => {
                let device = device::sign(&*self.random, name, &account.password_hash, now);
                let account = Account { name: account.name, role: account.role };
                Ok(SignedIn { id, generation: 0, account, device })
            }
            Err(StoreError::Exists) => Err(Error::Forbidden),
            Err(error) => Err(error.into()),
        }
    }

    /// Forgets what is over: sessions, holds, set-up links, tries to sign in.
    pub async fn sweep(&self) -> Result<()> {
        Ok(self.store.sweep(self.clock.now(), throttle::KEEP_TRIES).await?)
    }

    /// 32 unguessable octets, in hexadecimal.
    fn secret(&self) -> String {
        let mut octets = [0; 32];
        self.random.fill(&mut octets);
        hex(&octets)
    }
}

fn hex(octets: &[u8]) -> String {
    octets.iter().fold(String::new(), |text, octet| text + &format!("{octet:02x}"))
}

fn digest(secret: &str) -> Vec<u8> {
    Sha256::digest(secret.as_bytes()).to_vec()
}
