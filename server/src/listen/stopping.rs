//! How the program stops: first it says that it will, then it takes nothing new, then it waits for what is under way.

use std::time::Duration;

use tokio::runtime::{Builder, Runtime};
use tokio::signal::unix::{Signal, SignalKind, signal};
use tokio::sync::watch;
use tokio::time::sleep;

use super::no_signals;
use crate::Fault;

/// For so long the program says that it is about to stop, and still takes what comes: a load balancer before
/// several replicas has to notice first.
const LEAVING: Duration = Duration::from_secs(1);

/// After so long the program ends, whatever it waits for. Less than the 90 s after which systemd kills it.
const AT_MOST: Duration = Duration::from_secs(75);

/// How far the program is from its end.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Phase {
    /// It takes what comes.
    Serving,
    /// It still does, and says that it will not for long.
    Leaving,
    /// It takes nothing new.
    Closed,
}

/// Tells the whole program to stop. Cheap to clone.
#[derive(Debug, Clone)]
pub(crate) struct Stop(watch::Sender<Phase>);

/// Learns that the program is to stop. Cheap to clone.
#[derive(Debug, Clone)]
pub(crate) struct Stopping(watch::Receiver<Phase>);

impl Stop {
    /// Both ends of it.
    pub(crate) fn new() -> (Self, Stopping) {
        let (sender, receiver) = watch::channel(Phase::Serving);
        (Self(sender), Stopping(receiver))
    }

    /// Stops the program, in steps.
    pub(crate) async fn run(self) {
        self.enter(Phase::Leaving);
        sleep(LEAVING).await;
        self.enter(Phase::Closed);
    }

    /// There is no way back.
    fn enter(&self, phase: Phase) {
        self.0.send_if_modified(|now| {
            let further = *now < phase;
            *now = phase.max(*now);
            further
        });
    }
}

impl Stopping {
    /// Whether the program is about to stop.
    pub(crate) fn is_begun(&self) -> bool {
        *self.0.borrow() >= Phase::Leaving
    }

    /// Whether the program takes nothing new any more.
    pub(crate) fn is_closed(&self) -> bool {
        *self.0.borrow() >= Phase::Closed
    }

    /// Waits until the program is about to stop.
    pub(crate) async fn begun(&mut self) {
        drop(self.0.wait_for(|phase| *phase >= Phase::Leaving).await);
    }

    /// Waits until the program takes nothing new any more.
    pub(crate) async fn closed(&mut self) {
        drop(self.0.wait_for(|phase| *phase >= Phase::Closed).await);
    }
}

/// Watches for the signals that stop the program, on a thread that does nothing else: whatever holds up the others, the
/// program hears that it is to stop, and ends.
pub(crate) fn on_signals() -> Result<(Stop, Stopping), Fault> {
    let (stop, stopping) = Stop::new();
    let runtime = Builder::new_current_thread().enable_all().build().map_err(no_signals)?;
    let asked = {
        let _inside = runtime.enter();
        Asked::listen().map_err(no_signals)?
    };
    let thread = std::thread::Builder::new().name("signals".to_owned());
    let obeying = stop.clone();
    thread.spawn(move || obey(&runtime, asked, obeying)).map_err(no_signals)?;
    Ok((stop, stopping))
}

/// The signals that ask the program to stop.
struct Asked {
    interrupt: Signal,
    terminate: Signal,
}

impl Asked {
    fn listen() -> std::io::Result<Self> {
        let interrupt = signal(SignalKind::interrupt())?;
        Ok(Self { interrupt, terminate: signal(SignalKind::terminate())? })
    }

    async fn next(&mut self) {
        tokio::select! {
            _ = self.interrupt.recv() => {}
            _ = self.terminate.recv() => {}
        }
    }
}

fn obey(runtime: &Runtime, mut asked: Asked, stop: Stop) {
    runtime.block_on(async {
        asked.next().await;
        tracing::info!("stopping");
        tokio::spawn(stop.run());
        let code = tokio::select! {
            // An operator who asks a second time does not want to wait.
            () = asked.next() => 130,
            () = sleep(AT_MOST) => 1,
        };
        std::process::exit(code);
    });
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn it_says_so_first_and_there_is_no_way_back() {
        let (stop, mut stopping) = Stop::new();
        assert!(!stopping.is_begun() && !stopping.is_closed());
        tokio::spawn(stop.clone().run());
        stopping.begun().await;
        assert!(stopping.is_begun() && !stopping.is_closed());
        stopping.closed().await;
        stop.enter(Phase::Leaving);
        assert!(stopping.is_begun() && stopping.is_closed());
    }
}
