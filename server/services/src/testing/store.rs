//! The store in memory.

mod changes;
mod revisions;
mod silenced;

use std::collections::{BTreeMap, HashMap};
use std::sync::{Arc, Mutex};

use async_trait::async_trait;
use model::{
    AddressRange, CallFilter, CallQuery, Exclusion, ForemanCall, Hold, HoldKey, Role, Seconds, ServerName, Silenced,
    SubnetKey, Timestamp, UserName,
};
use tokio::sync::{Mutex as Queue, OwnedMutexGuard};

use super::lock;
use super::script::Script;
use crate::ports::{
    AccountChange, AccountChanged, AccountRecord, Calls, ChangeRecord, Claim, Counted, Exclusions, GoneSubnet, Holds,
    Lock, Locks, NewAccount, RevisionMarks, RevisionRecord, SessionRecord, Sessions, Store, StoreError, Tried, Tries,
    TryLimit, Users,
};

type Result<T> = std::result::Result<T, StoreError>;

/// A store that forgets all with the last who has it.
#[derive(Default)]
pub struct MemoryStore {
    tables: Mutex<Tables>,
    locks: Mutex<HashMap<String, Arc<Queue<()>>>>,
    script: Script<StoreError>,
    broken: Mutex<Option<StoreError>>,
}

#[derive(Default)]
struct Tables {
    accounts: Vec<AccountRecord>,
    setup_token: Option<(Vec<u8>, Timestamp)>,
    sessions: Vec<SessionRecord>,
    holds: BTreeMap<HoldKey, Hold>,
    exclusions: Vec<Exclusion>,
    /// In the order of their numbers.
    changes: Vec<ChangeRecord>,
    last_change: i64,
    calls: Vec<ForemanCall>,
    last_call: i64,
    programs: BTreeMap<String, Timestamp>,
    /// With their documents, by server and number.
    revisions: BTreeMap<(ServerName, i64), (RevisionRecord, String)>,
    gone_subnets: BTreeMap<(ServerName, u32), GoneSubnet>,
    marks: HashMap<ServerName, RevisionMarks>,
    silenced: Vec<Silenced>,
    /// Key, moment, number.
    tries: Vec<(String, Timestamp, String)>,
}

impl MemoryStore {
    /// The `nth` call from now on of that method of the port fails, and does nothing; 1 is the next one.
    pub fn fault(&self, method: &'static str, nth: usize) {
        self.script.add(None, method, nth, StoreError::Failed(format!("{method} was made to fail")));
    }

    /// Every call fails until the store is [mended](Self::mend).
    pub fn break_down(&self) {
        *lock(&self.broken) = Some(StoreError::Failed("everything was made to fail".to_owned()));
    }

    /// Calls work again.
    pub fn mend(&self) {
        *lock(&self.broken) = None;
    }

    /// The methods of faults that did not come: a test that has some left did not test what it says.
    pub fn faults_to_come(&self) -> Vec<&'static str> {
        self.script.to_come()
    }

    /// What a method does, unless it fails.
    fn call<T>(&self, method: &str, work: impl FnOnce(&mut Tables) -> T) -> Result<T> {
        self.may(method)?;
        Ok(work(&mut lock(&self.tables)))
    }

    fn may(&self, method: &str) -> Result<()> {
        let broken = lock(&self.broken).clone();
        broken.or_else(|| self.script.call(None, method)).map_or(Ok(()), Err)
    }
}

#[async_trait]
impl Store for MemoryStore {
    async fn try_out(&self) -> Result<()> {
        self.call("try_out", |_| ())
    }

    async fn gone_subnets(&self, server: &ServerName) -> Result<Vec<GoneSubnet>> {
        self.call("gone_subnets", |tables| {
            let mine = tables.gone_subnets.iter().filter(|((of, _), _)| of == server);
            mine.map(|(_, gone)| gone.clone()).collect()
        })
    }

    async fn keep_gone_subnets(&self, server: &ServerName, gone: &[GoneSubnet]) -> Result<()> {
        self.call("keep_gone_subnets", |tables| {
            tables.gone_subnets.extend(gone.iter().map(|gone| ((server.clone(), gone.id), gone.clone())));
        })
    }

    async fn sweep(&self, now: Timestamp, keep_tries: Seconds) -> Result<()> {
        self.call("sweep", |tables| {
            tables.sessions.retain(|session| session.until > now);
            tables.holds.retain(|_, hold| hold.until > now);
            tables.setup_token.take_if(|(_, until)| *until <= now);
            tables.programs.retain(|_, until| *until > now);
            let oldest = Timestamp(now.0.saturating_sub(keep_tries.0));
            tables.tries.retain(|(_, at, _)| *at >= oldest);
        })
    }
}

impl Tables {
    fn add_account(&mut self, account: &NewAccount) -> Result<i64> {
        if self.accounts.iter().any(|known| known.name == account.name) {
            return Err(StoreError::Exists);
        }
        let id = self.accounts.iter().map(|known| known.id).max().unwrap_or(0) + 1;
        let NewAccount { name, role, password_hash } = account.clone();
        self.accounts.push(AccountRecord { id, name, role, password_hash, disabled: false, generation: 0 });
        Ok(id)
    }

    fn change_account(&mut self, name: &UserName, change: &AccountChange) -> AccountChanged {
        let admins = |accounts: &[AccountRecord]| {
            accounts.iter().filter(|known| known.role == Role::Admin && !known.disabled).count()
        };
        let mut accounts = self.accounts.clone();
        let Some(at) = accounts.iter().position(|known| known.name == *name) else { return AccountChanged::Missing };
        let account = &mut accounts[at];
        match change {
            AccountChange::Password(hash) => account.password_hash.clone_from(hash),
            AccountChange::Role(role) => account.role = *role,
            AccountChange::Disable => account.disabled = true,
            AccountChange::Enable => account.disabled = false,
            AccountChange::Remove => drop(accounts.remove(at)),
        }
        if matches!(change, AccountChange::Password(_) | AccountChange::Disable) {
            accounts[at].generation += 1;
        }
        if admins(&self.accounts) > 0 && admins(&accounts) == 0 {
            return AccountChanged::LastAdmin;
        }
        self.accounts = accounts;
        AccountChanged::Done
    }

    fn count_try(&mut self, number: &str, limits: &[TryLimit], at: Timestamp) -> Counted {
        for TryLimit { key, most, within } in limits {
            let since = at.plus(Seconds(-within.0));
            let tries = self.tries.iter().filter(|(whose, then, _)| whose == key && *then >= since);
            let counted: Vec<Timestamp> = tries.map(|(_, then, _)| *then).collect();
            if counted.len() >= *most as usize {
                return Counted::Refused(counted.into_iter().min().unwrap_or(at).plus(*within));
            }
        }
        let mut keys: Vec<&String> = limits.iter().map(|limit| &limit.key).collect();
        keys.dedup();
        self.tries.extend(keys.into_iter().map(|key| (key.clone(), at, number.to_owned())));
        Counted::Allowed
    }

    fn token_is(&self, token_hash: &[u8], now: Timestamp) -> bool {
        self.setup_token.as_ref().is_some_and(|(hash, until)| hash == token_hash && *until > now)
    }
}

#[async_trait]
impl Users for MemoryStore {
    async fn count_accounts(&self) -> Result<u32> {
        self.call("count_accounts", |tables| u32::try_from(tables.accounts.len()).unwrap_or(u32::MAX))
    }

    async fn account_by_name(&self, name: &UserName) -> Result<Option<AccountRecord>> {
        self.call("account_by_name", |tables| tables.accounts.iter().find(|known| known.name == *name).cloned())
    }

    async fn account_by_id(&self, id: i64) -> Result<Option<AccountRecord>> {
        self.call("account_by_id", |tables| tables.accounts.iter().find(|known| known.id == id).cloned())
    }

    async fn accounts(&self) -> Result<Vec<AccountRecord>> {
        self.call("accounts", |tables| {
            let mut accounts = tables.accounts.clone();
            accounts.sort_by(|one, other| one.name.cmp(&other.name));
            accounts
        })
    }

    async fn change_account(&self, name: &UserName, change: &AccountChange) -> Result<AccountChanged> {
        self.call("change_account", |tables| tables.change_account(name, change))
    }

    async fn create_account(&self, account: &NewAccount) -> Result<i64> {
        self.call("create_account", |tables| tables.add_account(account)).flatten()
    }

    async fn create_first_account(&self, account: &NewAccount, token_hash: &[u8], now: Timestamp) -> Result<i64> {
        self.call("create_first_account", |tables| {
            if !tables.accounts.is_empty() || !tables.token_is(token_hash, now) {
                return Err(StoreError::Exists);
            }
            tables.setup_token = None;
            tables.add_account(account)
        })
        .flatten()
    }

    async fn put_setup_token(&self, token_hash: &[u8], until: Timestamp) -> Result<()> {
        self.call("put_setup_token", |tables| tables.setup_token = Some((token_hash.to_vec(), until)))
    }

    async fn setup_token_is(&self, token_hash: &[u8], now: Timestamp) -> Result<bool> {
        self.call("setup_token_is", |tables| tables.token_is(token_hash, now))
    }
}

#[async_trait]
impl Sessions for MemoryStore {
    async fn insert_session(&self, session: &SessionRecord) -> Result<()> {
        self.call("insert_session", |tables| {
            if tables.sessions.iter().any(|known| known.id_hash == session.id_hash) {
                return Err(StoreError::Exists);
            }
            tables.sessions.push(session.clone());
            Ok(())
        })
        .flatten()
    }

    async fn update_session(&self, session: &SessionRecord) -> Result<bool> {
        self.call("update_session", |tables| {
            let known = tables.sessions.iter_mut().find(|known| known.id_hash == session.id_hash);
            known.map(|known| known.clone_from(session)).is_some()
        })
    }

    async fn load_session(&self, id_hash: &[u8], now: Timestamp) -> Result<Option<SessionRecord>> {
        self.call("load_session", |tables| {
            tables.sessions.iter().find(|known| known.id_hash == id_hash && known.until > now).cloned()
        })
    }

    async fn delete_session(&self, id_hash: &[u8]) -> Result<()> {
        self.call("delete_session", |tables| tables.sessions.retain(|known| known.id_hash != id_hash))
    }
}

#[async_trait]
impl Holds for MemoryStore {
    async fn claim_hold(&self, hold: &Hold, most: Option<u32>) -> Result<Claim> {
        self.call("claim_hold", |tables| {
            let running = |known: &Hold| known.until > hold.since;
            if tables.holds.get(&hold.key).is_some_and(running) {
                return Claim::Taken;
            }
            let theirs = |known: &&Hold| running(known) && known.holder == hold.holder;
            let theirs = tables.holds.values().filter(theirs).count();
            if most.is_some_and(|most| theirs >= most as usize) {
                return Claim::TooMany;
            }
            tables.holds.insert(hold.key.clone(), hold.clone());
            Claim::Claimed
        })
    }

    async fn running_holds(&self, subnet: Option<&SubnetKey>, now: Timestamp) -> Result<Vec<Hold>> {
        self.call("running_holds", |tables| {
            let running = |hold: &&Hold| hold.until > now && subnet.is_none_or(|subnet| hold.key.subnet == *subnet);
            tables.holds.values().filter(running).cloned().collect()
        })
    }

    async fn release_hold(&self, key: &HoldKey) -> Result<bool> {
        self.call("release_hold", |tables| tables.holds.remove(key).is_some())
    }

    async fn release_holds(&self, subnet: Option<&SubnetKey>) -> Result<u64> {
        self.call("release_holds", |tables| {
            let before = tables.holds.len();
            tables.holds.retain(|key, _| subnet.is_some_and(|subnet| key.subnet != *subnet));
            u64::try_from(before - tables.holds.len()).unwrap_or(u64::MAX)
        })
    }
}

#[async_trait]
impl Exclusions for MemoryStore {
    async fn exclusions(&self, subnet: Option<&SubnetKey>) -> Result<Vec<Exclusion>> {
        self.call("exclusions", |tables| {
            let wanted = |known: &&Exclusion| subnet.is_none_or(|subnet| known.subnet == *subnet);
            let mut wanted: Vec<_> = tables.exclusions.iter().filter(wanted).cloned().collect();
            wanted.sort_by(|one, other| (&one.subnet, one.range).cmp(&(&other.subnet, other.range)));
            wanted
        })
    }

    async fn add_exclusion(&self, exclusion: &Exclusion) -> Result<()> {
        self.call("add_exclusion", |tables| {
            let same = |known: &Exclusion| known.subnet == exclusion.subnet && known.range == exclusion.range;
            if tables.exclusions.iter().any(same) {
                return Err(StoreError::Exists);
            }
            tables.exclusions.push(exclusion.clone());
            Ok(())
        })
        .flatten()
    }

    async fn remove_exclusion(&self, subnet: &SubnetKey, range: AddressRange) -> Result<bool> {
        self.call("remove_exclusion", |tables| {
            let before = tables.exclusions.len();
            tables.exclusions.retain(|known| known.subnet != *subnet || known.range != range);
            tables.exclusions.len() < before
        })
    }
}

#[async_trait]
impl Calls for MemoryStore {
    async fn add_calls(&self, calls: &[ForemanCall]) -> Result<()> {
        self.call("add_calls", |tables| {
            for call in calls {
                tables.last_call += 1;
                tables.calls.push(ForemanCall { number: tables.last_call, ..call.clone() });
            }
        })
    }

    async fn find_calls(&self, query: &CallQuery, most: usize) -> Result<Vec<ForemanCall>> {
        let of_kind = |call: &ForemanCall| match query.filter {
            CallFilter::All => true,
            CallFilter::Problems => call.outcome.is_a_problem(),
            CallFilter::Changes => call.changes,
        };
        let says = |call: &ForemanCall| {
            let ForemanCall { caller, address, request_id, path, parameters, answer, .. } = call;
            let some =
                [Some(caller), address.as_ref(), request_id.as_ref(), Some(path), Some(parameters), Some(answer)];
            mentions(some, &query.text)
        };
        let wanted =
            |call: &&ForemanCall| of_kind(call) && query.before.is_none_or(|before| call.number < before) && says(call);
        self.call("find_calls", |tables| tables.calls.iter().rev().filter(wanted).take(most).cloned().collect())
    }

    async fn count_problems(&self, since: Timestamp) -> Result<u64> {
        self.call("count_problems", |tables| {
            let problems = tables.calls.iter().filter(|call| call.at >= since && call.outcome.is_a_problem());
            problems.count() as u64
        })
    }

    async fn forget_calls(&self, oldest: Timestamp) -> Result<()> {
        self.call("forget_calls", |tables| tables.calls.retain(|call| call.at >= oldest))
    }

    async fn count_calls(&self) -> Result<Vec<(String, u64)>> {
        self.call("count_calls", |tables| {
            let mut counts = BTreeMap::<String, u64>::new();
            tables.calls.iter().for_each(|call| *counts.entry(call.caller.clone()).or_default() += 1);
            counts.into_iter().collect()
        })
    }

    async fn forget_calls_of(&self, callers: &[String], stay: u64) -> Result<()> {
        self.call("forget_calls_of", |tables| {
            let stay = usize::try_from(stay).unwrap_or(usize::MAX);
            let theirs = tables.calls.iter().rev().filter(|call| callers.contains(&call.caller));
            let Some(newest) = theirs.skip(stay).map(|call| call.number).next() else { return };
            tables.calls.retain(|call| !callers.contains(&call.caller) || call.number > newest);
        })
    }
}

#[async_trait]
impl Tries for MemoryStore {
    async fn count_try(&self, number: &str, limits: &[TryLimit], at: Timestamp) -> Result<Counted> {
        self.call("count_try", |tables| tables.count_try(number, limits, at))
    }

    async fn take_back_try(&self, number: &str) -> Result<()> {
        self.call("take_back_try", |tables| tables.tries.retain(|(_, _, tried)| tried != number))
    }

    async fn forgive(&self, keys: &[String]) -> Result<()> {
        self.call("forgive", |tables| tables.tries.retain(|(whose, _, _)| !keys.contains(whose)))
    }

    async fn tries(&self, beginning: &str, since: Timestamp) -> Result<Vec<Tried>> {
        self.call("tries", |tables| {
            let mut tried: BTreeMap<String, Tried> = BTreeMap::new();
            for (key, at, _) in tables.tries.iter().filter(|(key, at, _)| key.starts_with(beginning) && *at >= since) {
                let entry = tried.entry(key.clone());
                let entry = entry.or_insert_with(|| Tried { key: key.clone(), count: 0, oldest: *at });
                entry.count += 1;
                entry.oldest = entry.oldest.min(*at);
            }
            tried.into_values().collect()
        })
    }
}

struct Held(#[expect(dead_code, reason = "it is let go of when this is dropped")] OwnedMutexGuard<()>);

impl Lock for Held {}

#[async_trait]
impl Locks for MemoryStore {
    /// First come, first served, and without a time limit.
    async fn lock(&self, name: &str) -> Result<Box<dyn Lock>> {
        self.may("lock")?;
        let queue = lock(&self.locks).entry(name.to_owned()).or_default().clone();
        Ok(Box::new(Held(queue.lock_owned().await)))
    }

    async fn keep_alive(&self, owner: &str, until: Timestamp) -> Result<()> {
        self.call("keep_alive", |tables| {
            tables.programs.insert(owner.to_owned(), until);
        })
    }

    async fn alive(&self, now: Timestamp) -> Result<Vec<String>> {
        let running = |(owner, until): (&String, &Timestamp)| (*until > now).then(|| owner.clone());
        self.call("alive", |tables| tables.programs.iter().filter_map(running).collect())
    }
}

/// Whether a text is in one of the lines, in any capitalisation; the empty one is in all.
fn mentions<'a>(lines: impl IntoIterator<Item = Option<&'a String>>, text: &str) -> bool {
    let lines: Vec<&str> = lines.into_iter().flatten().map(String::as_str).collect();
    text.is_empty() || lines.join("\n").to_lowercase().contains(&text.to_lowercase())
}
