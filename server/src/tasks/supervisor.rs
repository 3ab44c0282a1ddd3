//! What runs by itself must run: without it changes that broke off are not settled, and other programs on the same store
//! take this one for ended. One that breaks off is not started again in its place, since what broke it is not known, and
//! it may have left anything behind. The program stops as if it had been told to, so that every change under way ends,
//! and fails: the service manager starts it anew, from what is in the store.

use std::collections::HashMap;

use tokio::task::{Id, JoinError, JoinSet};

use crate::Fault;
use crate::listen::{Stop, Stopping};

/// How a task ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Ended {
    /// The program was told to stop.
    Stopped,
    /// By itself, which none should.
    Early,
}

/// The tasks that run by themselves.
pub(crate) struct Supervisor {
    running: JoinSet<Ended>,
    names: HashMap<Id, &'static str>,
    stopping: Stopping,
}

impl Supervisor {
    pub(super) fn new(stopping: Stopping) -> Self {
        Self { running: JoinSet::new(), names: HashMap::new(), stopping }
    }

    /// Runs a task until the program takes nothing new any more.
    pub(crate) fn run(&mut self, name: &'static str, task: impl Future<Output = ()> + Send + 'static) {
        let mut stopping = self.stopping.clone();
        self.start(name, async move {
            tokio::select! {
                () = stopping.closed() => Ended::Stopped,
                () = task => Ended::Early,
            }
        });
    }

    /// Runs a task until everything else has ended.
    pub(crate) fn run_to_the_last(&mut self, name: &'static str, task: impl Future<Output = ()> + Send + 'static) {
        self.start(name, async move {
            task.await;
            Ended::Early
        });
    }

    fn start(&mut self, name: &'static str, task: impl Future<Output = Ended> + Send + 'static) {
        let task = async move {
            tokio::select! {
                ended = task => ended,
                () = broken_by_a_test(name) => Ended::Early,
            }
        };
        self.names.insert(self.running.spawn(task).id(), name);
    }

    /// Watches over the tasks until everything is `over`; gives the first that broke off. Then the program stops.
    pub(crate) async fn watch(mut self, stop: &Stop, over: impl Future<Output = ()>) -> Result<(), Fault> {
        let mut over = std::pin::pin!(over);
        let mut outcome = Ok(());
        loop {
            tokio::select! {
                () = &mut over => return outcome,
                Some(ended) = self.running.join_next_with_id() => {
                    if let (Err(fault), Ok(())) = (self.judge(ended), &outcome) {
                        tracing::error!("{fault}");
                        tokio::spawn(stop.clone().run());
                        outcome = Err(fault);
                    }
                }
            }
        }
    }

    fn judge(&self, ended: Result<(Id, Ended), JoinError>) -> Result<(), Fault> {
        let (id, how) = match ended {
            Ok((_, Ended::Stopped)) => return Ok(()),
            Ok((id, Ended::Early)) => (id, "ended by itself"),
            Err(error) => (error.id(), "broke off"),
        };
        let name = self.names.get(&id).copied().unwrap_or("a task");
        Err(Fault::new(format!("{name} {how}; Nestor stops, to be started again")))
    }
}

/// Lets a test of the whole program see a task break off. There is no such thing in a release.
#[cfg(debug_assertions)]
async fn broken_by_a_test(name: &str) {
    if std::env::var("NESTOR_BREAKS_OFF").is_ok_and(|broken| broken == name) {
        tokio::time::sleep(std::time::Duration::from_secs(1)).await;
        panic!("a test wanted it");
    }
    std::future::pending::<()>().await;
}

#[cfg(not(debug_assertions))]
async fn broken_by_a_test(_: &str) {
    std::future::pending::<()>().await;
}

#[cfg(test)]
mod tests {
    use std::future::pending;

    use super::*;

    /// How it ends when these tasks run, and the program is over as soon as it takes nothing new.
    async fn end(fill: impl FnOnce(&mut Supervisor), stops: bool) -> Result<(), String> {
        let (stop, mut stopping) = Stop::new();
        let mut supervisor = Supervisor::new(stopping.clone());
        fill(&mut supervisor);
        if stops {
            tokio::spawn(stop.clone().run());
        }
        supervisor.watch(&stop, async { stopping.closed().await }).await.map_err(|fault| fault.to_string())
    }

    #[tokio::test]
    async fn a_task_that_ends_early_or_panics_ends_the_program() {
        let fault = end(|tasks| tasks.run("sweeping", async {}), false).await.unwrap_err();
        assert!(fault.starts_with("sweeping ended by itself"), "{fault}");
        let breaks = |tasks: &mut Supervisor| {
            tasks.run("watching", pending());
            tasks.run("settling", async { panic!("on purpose") });
        };
        let fault = end(breaks, false).await.unwrap_err();
        assert!(fault.starts_with("settling broke off"), "{fault}");
        let last = |tasks: &mut Supervisor| tasks.run_to_the_last("signs of life", async {});
        assert!(end(last, false).await.is_err());
    }

    #[tokio::test]
    async fn tasks_that_run_until_the_stop_are_no_fault() {
        let well = |tasks: &mut Supervisor| {
            tasks.run("watching", pending());
            tasks.run_to_the_last("signs of life", pending());
        };
        assert_eq!(end(well, true).await, Ok(()));
    }
}
