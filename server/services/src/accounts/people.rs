//! The people who may sign in, and what becomes of their accounts. What is changed here counts from the next request on,
//! and for every change that still waits for its lock.

use model::{Account, Permission, Role, UserName, check_password};

use super::passwords::Lane;
use super::{Accounts, OwnPassword, SignIn, SignedIn};
use crate::ports::{AccountChange, AccountChanged, NewAccount, StoreError};
use crate::{Actor, Error, Result, throttle};

/// A user with an account, enabled or not.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Person {
    /// The account.
    pub account: Account,
    /// Whether they may not sign in for the time being.
    pub disabled: bool,
    /// Whether too many wrong passwords keep them out, from everywhere or from somewhere.
    pub locked: bool,
}

impl Accounts {
    /// Every user, by name.
    pub async fn list(&self, actor: &Actor) -> Result<Vec<Person>> {
        actor.may(Permission::ManageUsers)?;
        let mut people = Vec::new();
        for record in self.store.accounts().await? {
            let locked = throttle::is_locked(&*self.store, &record.name, self.clock.now()).await?;
            let account = Account { name: record.name, role: record.role };
            people.push(Person { account, disabled: record.disabled, locked });
        }
        Ok(people)
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

    /// Gives a user another password, which ends their sessions.
    pub async fn set_password(&self, actor: &Actor, name: &UserName, password: String) -> Result<()> {
        actor.may(Permission::ManageUsers)?;
        let hash = self.hash_of(name, password).await?;
        self.change(actor, name, &AccountChange::Password(hash)).await
    }

    /// Gives whoever acts another password, which ends their sessions; answers what a new one needs. Wrong current passwords
    /// count as those of signing in do: a page that was left open lets nobody guess.
    pub async fn change_own_password(&self, actor: &Actor, shown: OwnPassword<'_>) -> Result<SignedIn> {
        let name = self.account_of(actor)?.name;
        let OwnPassword { current, wanted, source, device } = shown;
        self.sign_in(SignIn { name: name.as_str(), password: current, source, device }).await?;
        let hash = self.hash_of(&name, wanted).await?;
        match self.store.change_account(&name, &AccountChange::Password(hash)).await? {
            AccountChanged::Done => {}
            AccountChanged::Missing | AccountChanged::LastAdmin => return Err(missing(&name)),
        }
        tracing::info!(user = %name, source, "changed their password");
        let record = self.store.account_by_name(&name).await?.ok_or_else(|| missing(&name))?;
        Ok(self.let_in(record, self.clock.now()))
    }

    /// Makes sure that it is the one who signed in who acts: by the password, once more. Wrong ones count as those of signing
    /// in do.
    pub async fn confirm(&self, actor: &Actor, password: String, source: &str, device: Option<&str>) -> Result<()> {
        let name = self.account_of(actor)?.name;
        self.sign_in(SignIn { name: name.as_str(), password, source, device }).await.map(drop)
    }

    /// Gives a user another role.
    pub async fn set_role(&self, actor: &Actor, name: &UserName, role: Role) -> Result<()> {
        self.change(actor, name, &AccountChange::Role(role)).await
    }

    /// Keeps a user from signing in, which ends their sessions.
    pub async fn disable(&self, actor: &Actor, name: &UserName) -> Result<()> {
        self.change(actor, name, &AccountChange::Disable).await
    }

    /// Lets a user sign in again.
    pub async fn enable(&self, actor: &Actor, name: &UserName) -> Result<()> {
        self.change(actor, name, &AccountChange::Enable).await
    }

    /// Takes an account away, and with it its sessions.
    pub async fn remove(&self, actor: &Actor, name: &UserName) -> Result<()> {
        self.change(actor, name, &AccountChange::Remove).await
    }

    /// Forgets the wrong passwords that keep a user out.
    pub async fn unlock(&self, actor: &Actor, name: &UserName) -> Result<()> {
        actor.may(Permission::ManageUsers)?;
        self.store.account_by_name(name).await?.ok_or_else(|| missing(name))?;
        throttle::unlock(&*self.store, name).await
    }

    async fn change(&self, actor: &Actor, name: &UserName, change: &AccountChange) -> Result<()> {
        actor.may(Permission::ManageUsers)?;
        match self.store.change_account(name, change).await? {
            AccountChanged::Done => Ok(()),
            AccountChanged::Missing => Err(missing(name)),
            AccountChanged::LastAdmin => {
                let text = format!("“{name}” is the only administrator who can sign in: make another one first");
                Err(Error::invalid("name", text))
            }
        }
    }

    pub(super) async fn new_account(&self, name: &UserName, role: Role, password: String) -> Result<NewAccount> {
        Ok(NewAccount { name: name.clone(), role, password_hash: self.hash_of(name, password).await? })
    }

    async fn hash_of(&self, name: &UserName, password: String) -> Result<String> {
        check_password(&password, name).map_err(|error| Error::invalid("password", error.to_string()))?;
        self.passwords.hash(Lane::Known, password).await
    }
}

fn missing(name: &UserName) -> Error {
    Error::not_found(format!("the user “{name}”"))
}
