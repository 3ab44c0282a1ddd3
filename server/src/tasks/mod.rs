//! What runs by itself: noticing changes at the servers, deleting expired records.

mod supervisor;

use std::time::Duration;

use model::Seconds;
use services::{LastCounts, LastStates, LastWords, Ledger, Services};

use crate::listen::Stopping;
pub(crate) use supervisor::Supervisor;

/// How often servers are asked whether something moved. One short question each.
const POLL: Duration = Duration::from_secs(5);

/// How often what is over is forgotten.
const SWEEP: Duration = Duration::from_mins(1);

/// How long Foreman's calls are collected before they are written together.
const COLLECT: Duration = Duration::from_millis(500);

/// How long to wait when the store did not take them.
const COLLECT_AGAIN: Duration = Duration::from_secs(5);

/// How often to look whether an old snapshot of a subnet is wanted anew.
const REFRESH: Duration = Duration::from_secs(2);

/// How often changes that are not settled are looked after.
const TEND: Duration = Duration::from_secs(3);

/// How long after its last sign a program is taken for ended, and its changes for broken off.
const SIGN: Seconds = Seconds(15);

/// How often to look whether servers have said something that is worth keeping.
const REMEMBER: Duration = Duration::from_secs(3);

/// How often servers are checked while nobody asks.
const CHECK: Duration = Duration::from_mins(10);

/// How long after the start they are first: by then those that are there have answered.
const FIRST_CHECK: Duration = Duration::from_secs(30);

/// Starts everything that runs by itself.
pub(crate) fn start(services: &Services, stopping: &Stopping) -> Supervisor {
    let mut tasks = Supervisor::new(stopping.clone());
    tasks.run("counting leases", poll(services.clone()));
    tasks.run("watching servers", watch(services.clone()));
    tasks.run("checking servers", check(services.clone()));
    tasks.run("watching configurations", watch_configurations(services.clone()));
    tasks.run("retrying silent servers", attend(services.clone()));
    tasks.run("remembering what servers say", remember(services.clone()));
    tasks.run("deleting expired records", sweep(services.clone()));
    tasks.run("refreshing snapshots", refresh(services.clone()));
    tasks.run("writing Foreman’s calls", keep(services.ledger.clone()));
    tasks.run("recovering changes", tend(services.clone()));
    // While changes still end, no other program may take them over.
    tasks.run_to_the_last("giving signs of life", stay_alive(services.clone()));
    tasks
}

/// Looks which subnets have more or fewer leases than before.
async fn poll(services: Services) {
    let mut last = LastCounts::default();
    let mut ticks = tokio::time::interval(POLL);
    ticks.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Delay);
    loop {
        ticks.tick().await;
        services.subnets.look_again(&mut last).await;
    }
}

/// Looks whether a server came, went, or took over from its partner.
async fn watch(services: Services) {
    let mut last = LastStates::default();
    let mut ticks = tokio::time::interval(POLL);
    ticks.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Delay);
    loop {
        ticks.tick().await;
        services.servers.look_again(&mut last).await;
    }
}

/// Looks what is wrong with the servers, however they answer.
async fn check(services: Services) {
    let mut ticks = tokio::time::interval_at(tokio::time::Instant::now() + FIRST_CHECK, CHECK);
    ticks.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Delay);
    loop {
        ticks.tick().await;
        if let Err(error) = services.servers.check_again().await {
            tracing::warn!(%error, "the servers could not be checked");
        }
    }
}

/// Looks whether servers run other configurations than before.
async fn watch_configurations(services: Services) {
    services.configurations.watch().await;
}

/// Asks servers whether they are there, the silent ones too: requests do not.
async fn attend(services: Services) {
    services.servers.attend().await;
}

/// Keeps what servers say of their settings: one that is silent when the program starts again is known all the same.
async fn remember(services: Services) {
    let mut last = LastWords::default();
    let mut ticks = tokio::time::interval(REMEMBER);
    ticks.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Delay);
    loop {
        ticks.tick().await;
        if let Err(error) = services.servers.remember(&mut last).await {
            tracing::warn!(%error, "what servers said could not be stored");
        }
    }
}

async fn sweep(services: Services) {
    let mut ticks = tokio::time::interval(SWEEP);
    loop {
        ticks.tick().await;
        let done = [
            services.accounts.sweep().await,
            services.ledger.trim().await,
            services.changes.trim().await,
            services.configurations.trim().await,
        ];
        for done in done {
            if let Err(error) = done {
                tracing::warn!(%error, "expired records could not be deleted");
            }
        }
    }
}

/// Takes new snapshots of subnets while no request waits for them.
async fn refresh(services: Services) {
    let mut ticks = tokio::time::interval(REFRESH);
    ticks.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Delay);
    loop {
        ticks.tick().await;
        for error in services.subnets.refresh().await {
            tracing::debug!(%error, "a snapshot of a subnet could not be taken");
        }
    }
}

/// Writes Foreman's calls. What is left when the program stops is written by its last steps.
async fn keep(ledger: Ledger) {
    loop {
        ledger.noted().await;
        tokio::time::sleep(COLLECT).await;
        if let Err(error) = ledger.flush().await {
            tracing::error!(%error, "calls of Foreman could not be written; trying again in a moment");
            tokio::time::sleep(COLLECT_AGAIN).await;
        }
    }
}

/// Says that this program runs, and looks after what is due, however long its servers take to answer.
async fn stay_alive(services: Services) {
    let mut ticks = tokio::time::interval(TEND);
    ticks.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Delay);
    loop {
        ticks.tick().await;
        let signs = [services.changes.keep_alive(SIGN).await, services.changes.look_after(SIGN).await];
        for error in signs.into_iter().filter_map(Result::err) {
            tracing::warn!(%error, "other programs on the same store may take this one for ended");
        }
    }
}

/// Settles changes that broke off, those that wait for a server, and those that nobody confirmed.
async fn tend(services: Services) {
    let mut ticks = tokio::time::interval(TEND);
    ticks.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Delay);
    loop {
        ticks.tick().await;
        if let Err(error) = services.changes.recover_all().await {
            tracing::warn!(%error, "changes could not be recovered");
        }
    }
}
