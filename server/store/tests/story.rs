//! One story through every port, on both databases: in a real folder, and on a real server.

mod changes;
mod locks;
pub(crate) mod revisions;
mod silenced;

use std::net::{Ipv4Addr, Ipv6Addr};
use std::sync::Arc;
use std::time::Duration;

use crate::postgres::Cluster;
use model::{
    AddressRange, CallFilter, CallOutcome, CallQuery, Exclusion, ForemanCall, Hold, HoldKey, Role, Seconds, SubnetKey,
    Timestamp, Why,
};
use services::ports::{
    AccountChange, AccountChanged, Claim, Counted, GoneSubnet, NewAccount, Said, SessionRecord, Store, StoreError,
    TryLimit,
};
use store::Place;
use tempfile::TempDir;

const NOW: Timestamp = Timestamp(1_700_000_000);

/// An empty place for a store, and what has to live as long as it does.
struct Home {
    place: Place,
    _folder: Option<TempDir>,
    _cluster: Option<Arc<Cluster>>,
}

impl Home {
    fn folder() -> Self {
        let folder = TempDir::new().unwrap();
        Self { place: Place::Folder(folder.path().to_owned()), _folder: Some(folder), _cluster: None }
    }

    fn server() -> Self {
        let cluster = Cluster::shared();
        let url = cluster.database().parse().unwrap();
        Self { place: Place::Server(url), _folder: None, _cluster: Some(cluster) }
    }

    async fn open(&self) -> Arc<dyn Store> {
        self.place.open(None).await.unwrap().store
    }
}

/// Each story twice.
macro_rules! on_both {
    ($($name:ident: $story:path;)*) => {
        mod in_a_file {
            $(#[tokio::test(flavor = "multi_thread")]
            async fn $name() {
                $story(&super::Home::folder()).await;
            })*
        }
        mod on_a_server {
            $(#[tokio::test(flavor = "multi_thread")]
            async fn $name() {
                $story(&super::Home::server()).await;
            })*
        }
    };
}

on_both! {
    the_whole_story: crate::story::the_whole_story;
    of_many_callers_one_gets_the_address: crate::story::of_many_callers_one_gets_the_address;
    nobody_holds_more_than_the_limit: crate::story::nobody_holds_more_than_the_limit;
    ends_and_what_follows_are_one_step: crate::story::changes::ends_and_what_follows_are_one_step;
    of_many_tries_only_some_are_allowed: crate::story::of_many_tries_only_some_are_allowed;
    accounts_change: crate::story::accounts_change;
    there_is_one_first_account: crate::story::there_is_one_first_account;
    an_abandoned_change_does_not_keep_others_from_writing: crate::story::an_abandoned_change_does_not_keep_others_from_writing;
    changes_are_recorded_and_ended: crate::story::changes::are_recorded_and_ended;
    changes_are_of_any_subject: crate::story::changes::are_of_any_subject;
    changes_of_configurations_are_confirmed_once: crate::story::changes::of_configurations_are_confirmed_once;
    changes_are_found: crate::story::changes::are_found;
    a_history_follows_the_identifier: crate::story::changes::history_follows_the_identifier;
    a_request_is_begun_once: crate::story::changes::a_request_is_begun_once;
    an_open_change_is_adopted_once: crate::story::changes::an_open_change_is_adopted_once;
    settled_changes_are_forgotten: crate::story::changes::settled_ones_are_forgotten;
    many_changes_end_at_once: crate::story::changes::many_end_at_once;
    locks_come_one_at_a_time: crate::story::locks::come_one_at_a_time;
    locks_of_other_names_do_not_wait: crate::story::locks::of_other_names_do_not_wait;
    an_abandoned_wait_for_a_lock_keeps_none: crate::story::locks::an_abandoned_wait_keeps_no_lock;
    the_last_words_of_servers_are_kept: crate::story::last_words_are_kept;
    subnets_that_are_gone_are_kept: crate::story::gone_subnets_are_kept;
    revisions_are_kept: crate::story::revisions::are_kept;
    findings_are_silenced: crate::story::silenced::findings_are_silenced_once_and_shown_again;
    programs_are_alive_for_a_while: crate::story::locks::programs_are_alive_for_a_while;
}

/// What a server says takes the place of what it said before, and outlives the program.
async fn last_words_are_kept(home: &Home) {
    let said = |text: &str, at| Said { text: text.to_owned(), as_of: later(at) };
    let (one, two) = ("one".parse().unwrap(), "two".parse().unwrap());
    let store = home.open().await;
    assert_eq!(store.last_words().await, Ok(Vec::new()));
    for (server, words) in [(&two, said("b", 0)), (&one, said("{\"ü\": 1}", 1)), (&two, said("c", 2))] {
        store.keep_last_words(server, &words).await.unwrap();
    }
    drop(store);
    let kept = home.open().await.last_words().await.unwrap();
    assert_eq!(kept, [(one, said("{\"ü\": 1}", 1)), (two, said("c", 2))]);
}

/// Of each number of a server the newest subnet that had it.
async fn gone_subnets_are_kept(home: &Home) {
    let gone = |id, prefix: &str, at| GoneSubnet { id, prefix: prefix.to_owned(), at: later(at) };
    let (one, two) = ("one".parse().unwrap(), "two".parse().unwrap());
    let store = home.open().await;
    assert_eq!(store.gone_subnets(&one).await, Ok(Vec::new()));
    store
        .keep_gone_subnets(&one, &[gone(7, "192.0.2.0/24", 0), gone(4_294_967_294, "2001:db8::/64", 0)])
        .await
        .unwrap();
    store.keep_gone_subnets(&one, &[gone(7, "198.51.100.0/24", 5)]).await.unwrap();
    drop(store);
    let store = home.open().await;
    let kept = store.gone_subnets(&one).await.unwrap();
    assert_eq!(kept, [gone(7, "198.51.100.0/24", 5), gone(4_294_967_294, "2001:db8::/64", 0)]);
    assert_eq!(store.gone_subnets(&two).await, Ok(Vec::new()));
}

fn later(seconds: i64) -> Timestamp {
    NOW.plus(Seconds(seconds))
}

fn account(name: &str, role: Role) -> NewAccount {
    NewAccount { name: name.parse().unwrap(), role, password_hash: format!("$argon2id$of-{name}") }
}

fn session(id: u8, data: &[u8], until: Timestamp) -> SessionRecord {
    SessionRecord { id_hash: vec![id; 32], data: data.to_vec(), until }
}

fn hold(subnet: &str, last: u8, holder: &str, since: Timestamp) -> Hold {
    let subnet: SubnetKey = subnet.parse().unwrap();
    let key = HoldKey { subnet, address: Ipv4Addr::new(192, 0, 2, last).into() };
    let purpose = Some("02:00:5e:10:00:01".to_owned());
    Hold { key, holder: holder.to_owned(), purpose, since, until: since.plus(Seconds(300)) }
}

async fn the_whole_story(home: &Home) {
    {
        let first = home.open().await;
        set_up(&*first).await;
        sign_in(&*first).await;
        hold_addresses(&*first).await;
        exclude_ranges(&*first).await;
        count_tries(&*first).await;
        keep_calls(&*first).await;
    }
    // Nothing was closed: what was confirmed is there all the same.
    let second = home.open().await;
    remember(&*second).await;
    let third = home.open().await;
    third.sweep(later(300), Seconds(60)).await.unwrap();
    swept(&*second).await;
}

async fn set_up(store: &dyn Store) {
    assert_eq!(store.count_accounts().await, Ok(0));
    store.put_setup_token(b"old", later(600)).await.unwrap();
    store.put_setup_token(b"new", later(600)).await.unwrap();
    assert_eq!(store.setup_token_is(b"old", NOW).await, Ok(false), "the newer token takes its place");
    assert_eq!(store.setup_token_is(b"new", NOW).await, Ok(true));
    assert_eq!(store.setup_token_is(b"new", later(600)).await, Ok(false), "its time is over");

    let alice = account("alice", Role::Admin);
    assert_eq!(store.create_first_account(&alice, b"old", NOW).await, Err(StoreError::Exists));
    assert_eq!(store.create_first_account(&alice, b"new", later(600)).await, Err(StoreError::Exists));
    let id = store.create_first_account(&alice, b"new", later(599)).await.unwrap();
    assert_eq!(store.setup_token_is(b"new", NOW).await, Ok(false), "it is used up");
    store.put_setup_token(b"again", later(600)).await.unwrap();
    let mallory = account("mallory", Role::Admin);
    assert_eq!(store.create_first_account(&mallory, b"again", NOW).await, Err(StoreError::Exists));

    assert_eq!(store.create_account(&account("alice", Role::Viewer)).await, Err(StoreError::Exists));
    let bob = store.create_account(&account("bob", Role::Operator)).await.unwrap();
    assert_ne!(id, bob);
    assert_eq!(store.count_accounts().await, Ok(2));
    let found = store.account_by_name(&"Alice".parse().unwrap()).await.unwrap().unwrap();
    assert_eq!((found.id, found.role, found.password_hash.as_str()), (id, Role::Admin, "$argon2id$of-alice"));
    assert_eq!(store.account_by_id(bob).await.unwrap().unwrap().name.as_str(), "bob");
    assert!(store.account_by_id(-1).await.unwrap().is_none());
    assert!(store.account_by_name(&"mallory".parse().unwrap()).await.unwrap().is_none());
}

async fn sign_in(store: &dyn Store) {
    let opened = session(1, b"alice", later(100));
    store.insert_session(&opened).await.unwrap();
    assert_eq!(store.insert_session(&opened).await, Err(StoreError::Exists));
    assert_eq!(store.load_session(&opened.id_hash, later(99)).await, Ok(Some(opened.clone())));
    assert_eq!(store.load_session(&opened.id_hash, later(100)).await, Ok(None), "its time is over");

    let used = session(1, b"alice, reauthenticated", later(200));
    assert_eq!(store.update_session(&used).await, Ok(true));
    assert_eq!(store.load_session(&used.id_hash, later(100)).await, Ok(Some(used.clone())));

    store.delete_session(&used.id_hash).await.unwrap();
    store.delete_session(&used.id_hash).await.unwrap();
    assert_eq!(store.update_session(&used).await, Ok(false), "a slow request does not revive it");
    assert_eq!(store.load_session(&used.id_hash, NOW).await, Ok(None));
    store.insert_session(&session(2, b"bob", later(900))).await.unwrap();
    store.insert_session(&session(3, b"carol", later(300))).await.unwrap();
}

async fn hold_addresses(store: &dyn Store) {
    let first = hold("main/1", 9, "foreman", NOW);
    assert_eq!(store.claim_hold(&first, None).await, Ok(Claim::Claimed));
    assert_eq!(store.claim_hold(&hold("main/1", 9, "alice", later(299)), None).await, Ok(Claim::Taken));
    assert_eq!(store.claim_hold(&hold("main/2", 9, "alice", NOW), None).await, Ok(Claim::Claimed), "another subnet");
    assert_eq!(store.claim_hold(&hold("other/1", 9, "alice", NOW), None).await, Ok(Claim::Claimed), "another server");
    let key: SubnetKey = "main/1".parse().unwrap();
    assert_eq!(store.running_holds(Some(&key), later(299)).await, Ok(vec![first.clone()]));
    assert_eq!(store.running_holds(None, NOW).await.unwrap().len(), 3);
    assert_eq!(store.running_holds(Some(&key), later(300)).await, Ok(vec![]));

    let next = Hold { purpose: None, ..hold("main/1", 9, "alice", later(300)) };
    assert_eq!(store.claim_hold(&next, None).await, Ok(Claim::Claimed), "the first is over");
    assert_eq!(store.running_holds(Some(&key), later(300)).await, Ok(vec![next.clone()]));
    assert_eq!(store.release_hold(&next.key).await, Ok(true));
    assert_eq!(store.release_hold(&next.key).await, Ok(false));
    assert_eq!(store.claim_hold(&first, None).await, Ok(Claim::Claimed), "a released address can be had at once");

    let top = HoldKey { subnet: key.clone(), address: Ipv4Addr::BROADCAST.into() };
    let low = HoldKey { subnet: key.clone(), address: Ipv4Addr::UNSPECIFIED.into() };
    let six = HoldKey { subnet: key.clone(), address: Ipv6Addr::from(u128::MAX).into() };
    for key in [&top, &six, &low] {
        assert_eq!(store.claim_hold(&Hold { key: key.clone(), ..first.clone() }, None).await, Ok(Claim::Claimed));
    }
    let by_address: Vec<_> =
        store.running_holds(Some(&key), NOW).await.unwrap().into_iter().map(|hold| hold.key).collect();
    assert_eq!(by_address, [low.clone(), first.key, top.clone(), six.clone()]);
    assert!(store.release_hold(&six).await.unwrap());
    assert!(store.release_hold(&top).await.unwrap() && store.release_hold(&low).await.unwrap());
    for last in [1, 2] {
        store.claim_hold(&hold("third/1", last, "somebody", NOW), None).await.unwrap();
    }
    let all = store.running_holds(None, NOW).await.unwrap().len();
    assert_eq!(store.release_holds(Some(&"third/1".parse().unwrap())).await, Ok(2));
    assert_eq!(store.running_holds(None, NOW).await.unwrap().len(), all - 2, "only those of that subnet");
}

fn exclusion(subnet: &str, range: &str, reason: &str) -> Exclusion {
    let range: AddressRange = range.parse().unwrap();
    let (reason, author) = (reason.to_owned(), "alice".to_owned());
    Exclusion { subnet: subnet.parse().unwrap(), range, reason, author, since: NOW }
}

async fn exclude_ranges(store: &dyn Store) {
    let printers = exclusion("main/1", "192.0.2.16/28", "printers");
    let whole = exclusion("main/1", "0.0.0.0/0", "everything, with a NUL (\0)");
    let other = exclusion("Other/1", "192.0.2.16/28", "");
    let servers = exclusion("six/1", "2001:db8::10 - 2001:db8::1f", "servers");
    for exclusion in [&printers, &servers, &other, &whole] {
        store.add_exclusion(exclusion).await.unwrap();
    }
    assert_eq!(
        store.add_exclusion(&Exclusion { author: "bob".to_owned(), ..printers.clone() }).await,
        Err(StoreError::Exists)
    );
    let whole = Exclusion { reason: "everything, with a NUL (\u{2400})".to_owned(), ..whole };
    let main: SubnetKey = "main/1".parse().unwrap();
    assert_eq!(store.exclusions(Some(&main)).await, Ok(vec![whole.clone(), printers.clone()]), "by range");
    assert_eq!(store.exclusions(None).await, Ok(vec![other, whole.clone(), printers.clone(), servers]), "by subnet");
    assert_eq!(store.remove_exclusion(&main, "192.0.2.16/29".parse().unwrap()).await, Ok(false), "another range");
    assert_eq!(store.remove_exclusion(&main, whole.range).await, Ok(true));
    assert_eq!(store.remove_exclusion(&main, whole.range).await, Ok(false));
    assert_eq!(store.exclusions(Some(&main)).await, Ok(vec![printers]));
}

fn limit(key: &str, most: u32) -> TryLimit {
    TryLimit { key: key.to_owned(), most, within: Seconds(60) }
}

async fn tried(store: &dyn Store, key: &str, since: Timestamp) -> Vec<(String, u32, Timestamp)> {
    let tried = store.tries(key, since).await.unwrap();
    tried.into_iter().map(|tried| (tried.key, tried.count, tried.oldest)).collect()
}

async fn count_tries(store: &dyn Store) {
    assert_eq!(tried(store, "alice", NOW).await, []);
    for (number, at) in [("1", later(20)), ("2", later(0)), ("3", later(10))] {
        let limits = [limit("alice", 9), limit("alice from there", 9)];
        assert_eq!(store.count_try(number, &limits, at).await, Ok(Counted::Allowed));
    }
    for key in ["'; DROP TABLE holds; --", "nobody\0"] {
        assert_eq!(store.count_try("odd", &[limit(key, 1)], NOW).await, Ok(Counted::Allowed));
    }
    assert_eq!(store.count_try("odd", &[limit("nobody\0", 1)], NOW).await, Ok(Counted::Refused(later(60))));
    let of = |key: &str, count, at| (key.to_owned(), count, at);
    let (alice, there) = (of("alice", 3, NOW), of("alice from there", 3, NOW));
    assert_eq!(tried(store, "alice", NOW).await, [alice.clone(), there.clone()]);
    assert_eq!(tried(store, "alice", later(1)).await[0], of("alice", 2, later(10)));
    assert_eq!(tried(store, "bob", NOW).await, []);

    // One limit of several is reached: nothing is counted, and it is said when the next may come.
    let limits = [limit("alice", 9), limit("alice from there", 3)];
    assert_eq!(store.count_try("4", &limits, later(30)).await, Ok(Counted::Refused(later(60))));
    assert_eq!(tried(store, "alice", NOW).await, [alice, there]);
    assert_eq!(store.count_try("5", &limits, later(61)).await, Ok(Counted::Allowed), "the oldest is forgotten");
    // Two limits of one key count once.
    assert_eq!(store.count_try("6", &[limit("carol", 2), limit("carol", 5)], NOW).await, Ok(Counted::Allowed));
    assert_eq!(tried(store, "carol", NOW).await, [of("carol", 1, NOW)]);
    store.take_back_try("6").await.unwrap();
    store.forgive(&["alice".to_owned(), "alice from there".to_owned()]).await.unwrap();
    store.forgive(&[]).await.unwrap();
    assert_eq!([tried(store, "alice", Timestamp(0)).await, tried(store, "carol", NOW).await], [[], []]);
    for at in [later(239), later(240)] {
        store.count_try("bob", &[limit("bob", 9)], at).await.unwrap();
    }
}

/// Of many who try at once no more are allowed than the limit says, whatever program they came to.
async fn of_many_tries_only_some_are_allowed(home: &Home) {
    let answers = race(home, 60, |store, caller| async move {
        let limits = [limit("source", 20), limit(&format!("account {}", caller % 3), 9)];
        store.count_try(&caller.to_string(), &limits, NOW).await.unwrap()
    });
    let allowed = answers.await.into_iter().filter(|answer| *answer == Counted::Allowed).count();
    assert_eq!(allowed, 20);
    let store = home.open().await;
    assert_eq!(tried(&*store, "source", NOW).await[0].1, 20);
}

/// What becomes of accounts; there is always one that can make others.
async fn accounts_change(home: &Home) {
    let store = home.open().await;
    let name = |name: &str| -> model::UserName { name.parse().unwrap() };
    for (name, role) in [("carol", Role::Viewer), ("alice", Role::Admin), ("bob", Role::Admin)] {
        store.create_account(&account(name, role)).await.unwrap();
    }
    let all = async || {
        let all = store.accounts().await.unwrap().into_iter();
        all.map(|known| format!("{} {} {} {}", known.name, known.role, known.disabled, known.generation))
            .collect::<Vec<_>>()
    };
    assert_eq!(all().await, ["alice admin false 0", "bob admin false 0", "carol viewer false 0"]);
    let change = async |who: &str, change: AccountChange| store.change_account(&name(who), &change).await.unwrap();
    assert_eq!(change("dave", AccountChange::Disable).await, AccountChanged::Missing);
    assert_eq!(change("bob", AccountChange::Disable).await, AccountChanged::Done);
    for last in [AccountChange::Disable, AccountChange::Remove, AccountChange::Role(Role::Viewer)] {
        assert_eq!(change("alice", last).await, AccountChanged::LastAdmin);
    }
    assert_eq!(change("alice", AccountChange::Password("new".to_owned())).await, AccountChanged::Done);
    assert_eq!(change("carol", AccountChange::Role(Role::Operator)).await, AccountChanged::Done);
    assert_eq!(all().await, ["alice admin false 1", "bob admin true 1", "carol operator false 0"]);
    assert_eq!(store.account_by_name(&name("alice")).await.unwrap().unwrap().password_hash, "new");
    assert_eq!(change("bob", AccountChange::Enable).await, AccountChanged::Done);
    assert_eq!(change("alice", AccountChange::Remove).await, AccountChanged::Done);
    assert_eq!(all().await, ["bob admin false 1", "carol operator false 0"]);
    // Two at once do not leave none.
    store.create_account(&account("erin", Role::Admin)).await.unwrap();
    let left = race(home, 2, |store, caller| async move {
        let name = ["bob", "erin"][caller].parse().unwrap();
        store.change_account(&name, &AccountChange::Remove).await.unwrap()
    });
    let mut left = left.await;
    left.sort_by_key(|changed| *changed == AccountChanged::LastAdmin);
    assert_eq!(left, [AccountChanged::Done, AccountChanged::LastAdmin]);
}

fn call(path: &str, outcome: CallOutcome, at: Timestamp) -> ForemanCall {
    ForemanCall {
        number: 0,
        at,
        took_micros: 1_200,
        caller: "foreman.example.com".to_owned(),
        address: Some("192.0.2.2".to_owned()),
        request_id: (outcome == CallOutcome::Answered).then(|| "0b6f-17".to_owned()),
        method: "GET".to_owned(),
        path: path.to_owned(),
        parameters: "name=100%_sure".to_owned(),
        status: if outcome.is_a_problem() { 409 } else { 200 },
        outcome,
        answer: "über".to_owned(),
        changes: path.ends_with("unused_ip"),
        why: vec![Why::Said("it is so".to_owned())],
    }
}

async fn keep_calls(store: &dyn Store) {
    let calls = [
        call("/dhcp", CallOutcome::Answered, NOW),
        call("/dhcp/192.0.2.0/unused_ip", CallOutcome::Exhausted, later(1)),
        call("/dhcp/192.0.2.0", CallOutcome::Refused, later(2)),
    ];
    store.add_calls(&calls).await.unwrap();
    store.add_calls(&[]).await.unwrap();
    let found = async |filter, text: &str, before| {
        let query = CallQuery { filter, text: text.to_owned(), before };
        store.find_calls(&query, 10).await.unwrap()
    };
    let newest_first = found(CallFilter::All, "", None).await;
    let without_number = |call: &ForemanCall| ForemanCall { number: 0, ..call.clone() };
    let mut kept: Vec<_> = newest_first.iter().map(without_number).collect();
    kept.reverse();
    assert_eq!(kept, calls);
    assert!(newest_first.is_sorted_by(|next, older| next.number > older.number));
    let paths = |calls: &[ForemanCall]| calls.iter().map(|call| call.path.clone()).collect::<Vec<_>>();
    assert_eq!(paths(&found(CallFilter::Problems, "", None).await), ["/dhcp/192.0.2.0", "/dhcp/192.0.2.0/unused_ip"]);
    assert_eq!(paths(&found(CallFilter::Changes, "", None).await), ["/dhcp/192.0.2.0/unused_ip"]);
    assert_eq!(paths(&found(CallFilter::All, "", Some(newest_first[1].number)).await), ["/dhcp"]);
    for (text, count) in [("0B6F", 1), ("EXAMPLE.com", 3), ("100%_", 3), ("%", 3), ("_sur", 3), ("nobody", 0), ("'", 0)]
    {
        assert_eq!(found(CallFilter::All, text, None).await.len(), count, "{text}");
    }
    assert_eq!(store.find_calls(&CallQuery::default(), 2).await.unwrap().len(), 2);
    for (since, count) in [(NOW, 2), (later(2), 1), (later(3), 0)] {
        assert_eq!(store.count_problems(since).await, Ok(count), "{since:?}");
    }
    // More at once than one statement takes.
    let many = vec![call("/many", CallOutcome::Answered, later(3)); 2_500];
    store.add_calls(&many).await.unwrap();
    assert_eq!(found(CallFilter::All, "/MANY", None).await.len(), 10);
    store.forget_calls(later(1)).await.unwrap();
    let rest = store.find_calls(&CallQuery::default(), 10_000).await.unwrap();
    assert_eq!((rest.len(), rest.last().unwrap().path.as_str()), (2_502, "/dhcp/192.0.2.0/unused_ip"), "too old");
    let others = ForemanCall { caller: "192.0.2.9".to_owned(), ..call("/other", CallOutcome::Answered, later(3)) };
    store.add_calls(&[others.clone(), others]).await.unwrap();
    let mut counts = store.count_calls().await.unwrap();
    counts.sort();
    assert_eq!(counts, [("192.0.2.9".to_owned(), 2), ("foreman.example.com".to_owned(), 2_502)]);
    store.forget_calls_of(&["foreman.example.com".to_owned(), "nobody".to_owned()], 3).await.unwrap();
    store.forget_calls_of(&["192.0.2.9".to_owned()], 2).await.unwrap();
    let left = paths(&found(CallFilter::All, "", None).await);
    assert_eq!(left, ["/other", "/other", "/many", "/many", "/many"], "too many of one");
    store.forget_calls_of(&["192.0.2.9".to_owned()], 0).await.unwrap();
}

async fn remember(store: &dyn Store) {
    assert_eq!(store.exclusions(None).await.unwrap().len(), 3);
    assert_eq!(store.find_calls(&CallQuery::default(), 10).await.unwrap().len(), 3);
    assert_eq!(store.count_accounts().await, Ok(2));
    assert_eq!(store.setup_token_is(b"again", NOW).await, Ok(true));
    assert_eq!(store.load_session(&[2; 32], NOW).await, Ok(Some(session(2, b"bob", later(900)))));
    assert_eq!(store.running_holds(None, NOW).await.unwrap().len(), 3);
    assert_eq!(tried(store, "bob", NOW).await, [("bob".to_owned(), 2, later(239))]);
    assert_eq!(store.claim_hold(&hold("main/7", 7, "alice", later(1)), None).await, Ok(Claim::Claimed));
}

/// What another connection swept is gone here: everything that ended by `later(300)`, tries before `later(240)`.
async fn swept(store: &dyn Store) {
    let running = store.running_holds(None, NOW).await.unwrap();
    assert_eq!(running, [hold("main/7", 7, "alice", later(1))]);
    assert_eq!(store.load_session(&[3; 32], NOW).await, Ok(None));
    assert!(store.load_session(&[2; 32], NOW).await.unwrap().is_some());
    assert_eq!(tried(store, "bob", NOW).await, [("bob".to_owned(), 1, later(240))]);
    assert_eq!(store.setup_token_is(b"again", NOW).await, Ok(true), "its time is not over");
    store.sweep(later(600), Seconds(i64::MIN)).await.unwrap();
    assert_eq!(store.setup_token_is(b"again", NOW).await, Ok(false));
    assert_eq!(store.count_accounts().await, Ok(2), "accounts do not end");
}

/// Runs the work of many callers at once, over two openings as two programs have them.
async fn race<T: Send + 'static, F>(home: &Home, callers: usize, work: impl Fn(Arc<dyn Store>, usize) -> F) -> Vec<T>
where
    F: Future<Output = T> + Send + 'static,
{
    let (server, command_line) = (home.open().await, home.open().await);
    let store = |caller: usize| if caller.is_multiple_of(2) { server.clone() } else { command_line.clone() };
    let running: Vec<_> = (0..callers).map(|caller| tokio::spawn(work(store(caller), caller))).collect();
    let mut answers = Vec::new();
    for task in running {
        answers.push(task.await.unwrap());
    }
    answers
}

async fn of_many_callers_one_gets_the_address(home: &Home) {
    let claims = race(home, 64, |store, caller| async move {
        store.claim_hold(&hold("main/1", 9, &format!("caller {caller}"), NOW), None).await.unwrap()
    });
    assert_eq!(claims.await.into_iter().filter(|claim| *claim == Claim::Claimed).count(), 1);

    let over = race(home, 64, |store, caller| async move {
        store.claim_hold(&hold("main/1", 9, &format!("caller {caller}"), later(300)), None).await.unwrap()
    });
    assert_eq!(over.await.into_iter().filter(|claim| *claim == Claim::Claimed).count(), 1, "once more when it is over");
}

/// Of many claims of one holder at once no more go through than it may have; what is over does not count.
async fn nobody_holds_more_than_the_limit(home: &Home) {
    let claim = async |since: Timestamp| {
        let claims = race(home, 32, move |store, caller| async move {
            let hold = hold("main/1", u8::try_from(caller).unwrap(), "hoarder", since);
            store.claim_hold(&hold, Some(5)).await.unwrap()
        });
        claims.await
    };
    let count = |claims: &[Claim], what| claims.iter().filter(|claim| **claim == what).count();
    let claims = claim(NOW).await;
    assert_eq!([count(&claims, Claim::Claimed), count(&claims, Claim::TooMany)], [5, 27], "{claims:?}");
    let store = home.open().await;
    assert_eq!(store.running_holds(None, NOW).await.unwrap().len(), 5);
    assert_eq!(
        store.claim_hold(&hold("main/1", 200, "alice", NOW), Some(1)).await,
        Ok(Claim::Claimed),
        "another holder"
    );
    let taken = store.running_holds(None, NOW).await.unwrap().remove(0);
    assert_eq!(store.claim_hold(&Hold { holder: "alice".to_owned(), ..taken }, Some(1)).await, Ok(Claim::Taken));
    assert_eq!(count(&claim(later(300)).await, Claim::Claimed), 5, "the first are over");
}

async fn there_is_one_first_account(home: &Home) {
    home.open().await.put_setup_token(b"token", later(600)).await.unwrap();
    let made = race(home, 32, |store, caller| async move {
        store.create_first_account(&account(&format!("admin{caller}"), Role::Admin), b"token", NOW).await
    });
    let made = made.await;
    assert_eq!(made.iter().filter(|answer| answer.is_ok()).count(), 1);
    assert!(made.iter().all(|answer| matches!(answer, Ok(_) | Err(StoreError::Exists))), "{made:?}");
    assert_eq!(home.open().await.count_accounts().await, Ok(1));
}

/// A browser that hangs up drops the future of its request at any point.
async fn an_abandoned_change_does_not_keep_others_from_writing(home: &Home) {
    let (server, command_line) = (home.open().await, home.open().await);
    for step in 0..200 {
        let pause = Duration::from_micros(step * 5);
        let _ = tokio::time::timeout(pause, server.sweep(NOW, Seconds(60))).await;
        let until = later(1_000 * i64::try_from(step).unwrap());
        assert_eq!(command_line.claim_hold(&hold("main/1", 9, "alice", until), None).await, Ok(Claim::Claimed));
        assert_eq!(server.count_try("1", &[limit("alice", 999)], NOW).await, Ok(Counted::Allowed));
    }
}
