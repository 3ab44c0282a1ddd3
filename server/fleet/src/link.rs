//! The line to one server: every question to it goes through here, and what becomes of it decides whether the next one
//! goes. A silent server is tried by the background alone (`contact.rs`).

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use futures::StreamExt as _;
use futures::stream::FuturesUnordered;
use kea::commands::VersionGet;
use kea::{Client, Command, ErrorKind, Limits, UnreachableReason};
use tokio::sync::{Notify, watch};
use tokio::time::{sleep_until, timeout};

use crate::contact::{Admission, Contact, State, Try};

/// How long a try waits for an answer.
const TRY: Duration = Duration::from_secs(5);

/// How many tries are under way at once.
const TRIES: usize = 4;

/// How long a question waits for the try that it caused.
const FOR_A_TRY: Duration = Duration::from_millis(400);

/// How long a question waits for a server that was not there a moment ago.
const BRIEFLY: Duration = Duration::from_secs(2);

/// How a question on the line ended.
pub(crate) enum Sent<T> {
    /// So.
    Done(Result<T, kea::Error>),
    /// The server is silent since then: it was not asked, or is not waited for any more.
    Silent(Instant),
}

/// The line to one server.
pub(crate) struct Link {
    /// Tries have a connection of their own: they must not wait for commands that stand still.
    tries: Client,
    /// For what is asked in passing: how that ends says nothing of the server.
    passing: Client,
    contact: Mutex<Contact>,
    /// Whether it is silent.
    silent: watch::Sender<bool>,
    /// Rings when the next try may be due earlier than it was, or the state has changed.
    wake: Notify,
    /// The state that was published last, without what passes by itself.
    published: Mutex<State>,
    /// Why the last try failed.
    why: Mutex<Option<kea::Error>>,
    /// Whether [`Self::attend`] runs. Where it does not, each caller waits by itself.
    attended: AtomicBool,
}

impl Link {
    pub(crate) fn of(client: &Client) -> Self {
        let limits = Limits { connect: TRY, read: TRY, in_flight: TRIES, denied_pause: TRY * 6, ..Limits::default() };
        // What made the first client makes a second one; should it not, tries share the first.
        let another = || Client::new(client.endpoint().clone().with_limits(limits)).unwrap_or_else(|_| client.clone());
        Self {
            tries: another(),
            passing: another(),
            contact: Mutex::default(),
            silent: watch::Sender::new(false),
            wake: Notify::new(),
            published: Mutex::new(State::Answering),
            why: Mutex::default(),
            attended: AtomicBool::new(false),
        }
    }

    /// Asks something in passing: no caller waits for it, and a failure counts against no server.
    pub(crate) async fn in_passing<C: Command>(&self, command: &C) -> Result<C::Reply, kea::Error> {
        self.passing.send(command).await
    }

    /// What is asked in passing goes through here: it has connections of its own.
    pub(crate) fn passing(&self) -> &Client {
        &self.passing
    }

    /// How the server stands.
    pub(crate) fn state(&self) -> State {
        self.contact().state(Instant::now())
    }

    /// Why it does not answer.
    pub(crate) fn why(&self) -> Option<kea::Error> {
        self.why.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    fn note(&self, why: Option<kea::Error>) {
        *self.why.lock().unwrap_or_else(PoisonError::into_inner) = why;
    }

    /// A caller would like to know how the server is: it is tried soon.
    pub(crate) fn want(&self) {
        self.contact().want();
        self.wake.notify_one();
    }

    /// Sends a question, if it is worth it. `long`: one that may keep the server busy, or changes something; such a one is
    /// waited for to its end.
    pub(crate) async fn send<T>(&self, long: bool, sent: impl Future<Output = Result<T, kea::Error>>) -> Sent<T> {
        let admission = self.contact().admit();
        if admission != Admission::Go {
            self.wake.notify_one();
        }
        if admission == Admission::AfterTry {
            let mut silent = self.silent.subscribe();
            drop(timeout(FOR_A_TRY, silent.wait_for(|silent| !silent)).await);
        }
        if let (Admission::AfterTry, State::Silent(since)) = (admission, self.state()) {
            return Sent::Silent(since);
        }
        let mut question = Question::asked(self, long);
        let brief = admission == Admission::Briefly && !long;
        let ended = async { if brief { timeout(BRIEFLY, sent).await.ok() } else { Some(sent.await) } };
        let outcome = tokio::select! {
            outcome = ended => outcome,
            () = self.fallen_silent(), if !long && !brief => None,
        };
        question.answered = outcome.as_ref().is_some_and(is_answer);
        let failed = !question.answered;
        drop(question);
        // Where nobody tries it, questions alone tell why.
        let tried = self.attended.load(Ordering::Relaxed);
        if let Some(Err(error)) = outcome.as_ref().filter(|_| failed && !tried) {
            self.note(Some(error.clone()));
        }
        if failed {
            self.contact().doubt();
            self.wake.notify_one();
        }
        match (outcome, self.state()) {
            (Some(outcome), _) => Sent::Done(outcome),
            (None, State::Silent(since) | State::Refusing(since)) => Sent::Silent(since),
            (None, _) => Sent::Silent(Instant::now()),
        }
    }

    async fn fallen_silent(&self) {
        let mut silent = self.silent.subscribe();
        if silent.wait_for(|silent| *silent).await.is_err() {
            std::future::pending::<()>().await;
        }
    }

    /// Ends when the server has left a question open for a while, where [`Self::attend`] asks on.
    pub(crate) async fn quiet(&self) {
        if !self.attended.load(Ordering::Relaxed) {
            std::future::pending::<()>().await;
        }
        loop {
            let (state, at) = {
                let contact = self.contact();
                (contact.state(Instant::now()), contact.quiet_at())
            };
            if state == State::Quiet {
                return;
            }
            // Nothing is open: something will be, or it is not the server that is waited for.
            let at = at.unwrap_or_else(|| Instant::now() + FOR_A_TRY);
            sleep_until(at.max(Instant::now() + Duration::from_millis(5)).into()).await;
        }
    }

    /// Tries the server whenever it is time, until how it stands has changed.
    pub(crate) async fn attend(&self) {
        self.attended.store(true, Ordering::Relaxed);
        loop {
            if self.has_changed() {
                return;
            }
            let due = self.contact().next_try(Instant::now());
            tokio::select! {
                () = sleep_until(due.into()) => self.try_it().await,
                () = self.wake.notified() => {}
            }
        }
    }

    /// Tries it, and tries it again beside that when a caller wants to know: the newest try decides, or any that is
    /// answered.
    async fn try_it(&self) {
        let mut tries = FuturesUnordered::new();
        let mut newest = Instant::now();
        tries.push(self.one_try(newest));
        loop {
            let ended = tokio::select! {
                ended = tries.next() => ended,
                () = self.wake.notified() => None,
            };
            match ended {
                Some((began, outcome)) if began == newest || outcome == Try::Answered || tries.is_empty() => {
                    self.contact().tried(began, Instant::now(), outcome);
                    self.publish();
                    return;
                }
                None if self.contact().may_be_back(newest, Instant::now()) && tries.len() < TRIES => {
                    newest = Instant::now();
                    tries.push(self.one_try(newest));
                }
                _ => {}
            }
        }
    }

    async fn one_try(&self, began: Instant) -> (Instant, Try) {
        self.contact().trying();
        let mut question = Question::asked(self, false);
        let answer = self.tries.send(&VersionGet).await;
        question.answered = is_answer(&answer);
        let outcome = outcome(&answer);
        self.note(answer.err());
        (began, outcome)
    }

    /// Whether the state differs from the published one, which it becomes.
    fn has_changed(&self) -> bool {
        let now = match self.state() {
            State::Quiet => State::Answering,
            state => state,
        };
        std::mem::replace(&mut *self.published.lock().unwrap_or_else(PoisonError::into_inner), now) != now
    }

    fn publish(&self) {
        let silent = matches!(self.state(), State::Silent(_));
        let changed = self.silent.send_if_modified(|known| std::mem::replace(known, silent) != silent);
        if changed {
            self.wake.notify_one();
        }
    }

    /// Whether it does not answer, and nothing says why: it may be busy.
    pub(crate) fn is_mute(&self) -> bool {
        self.contact().is_mute()
    }

    fn contact(&self) -> MutexGuard<'_, Contact> {
        self.contact.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// A question that is open.
struct Question<'a> {
    link: &'a Link,
    long: bool,
    answered: bool,
}

impl<'a> Question<'a> {
    fn asked(link: &'a Link, long: bool) -> Self {
        link.contact().asked(Instant::now(), long);
        Self { link, long, answered: false }
    }
}

impl Drop for Question<'_> {
    fn drop(&mut self) {
        self.link.contact().over(Instant::now(), self.long, self.answered);
        self.link.publish();
    }
}

/// Whether Kea answered, whatever it said.
fn is_answer<T>(outcome: &Result<T, kea::Error>) -> bool {
    outcome.as_ref().err().is_none_or(|error| {
        matches!(
            error.kind,
            ErrorKind::Rejected { .. }
                | ErrorKind::Conflict { .. }
                | ErrorKind::Unsupported
                | ErrorKind::PartlyApplied { .. }
        )
    })
}

fn outcome<T>(answer: &Result<T, kea::Error>) -> Try {
    match answer {
        answer if is_answer(answer) => Try::Answered,
        Err(error) => match error.kind {
            ErrorKind::Denied => Try::Refused,
            ErrorKind::Timeout | ErrorKind::Unreachable { why: UnreachableReason::ConnectTimeout } => Try::Nothing,
            _ => Try::Absent,
        },
        Ok(_) => Try::Answered,
    }
}
