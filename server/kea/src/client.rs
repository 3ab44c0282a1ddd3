//! Sending a command, with everything that may go wrong on the way sorted into one error.

use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use tokio::sync::Semaphore;
use tokio::time::{Instant, sleep, timeout_at};
use tracing::debug;

use crate::transport::{Answer, Fault, Http};
use crate::{Command, DeadlineClass, Endpoint, EndpointError, Error, ErrorKind, Limits, UnreachableReason, envelope};

/// How often a command that may be repeated is tried again after the connection broke.
const RETRIES: u32 = 2;

/// The client of one daemon. Clones share its connections and limits, so there should be one for each daemon.
#[derive(Clone, Debug)]
pub struct Client {
    shared: Arc<Shared>,
}

struct Shared {
    endpoint: Endpoint,
    http: Http,
    in_flight: Semaphore,
    /// Until when the credentials are taken for wrong without asking.
    denied: Mutex<Option<Instant>>,
}

/// What the transport must know of a command.
#[derive(Clone, Copy)]
struct Call {
    mutates: bool,
    repeatable: bool,
    deadline: Instant,
}

impl Client {
    /// A client; nothing is sent yet.
    pub fn new(endpoint: Endpoint) -> Result<Self, EndpointError> {
        let http = Http::new(&endpoint)?;
        let in_flight = Semaphore::new(endpoint.limits.in_flight);
        Ok(Self { shared: Arc::new(Shared { endpoint, http, in_flight, denied: Mutex::new(None) }) })
    }

    /// Where it sends to.
    pub fn endpoint(&self) -> &Endpoint {
        &self.shared.endpoint
    }

    /// When the certificate that it shows ends, in seconds since 1970; none without TLS, and before its first answer.
    pub fn certificate_end(&self) -> Option<i64> {
        self.shared.http.certificate_end()
    }

    /// How many seconds its clock was ahead of ours with its last answer; none before that, and where it does not say its
    /// time. It says whole seconds.
    pub fn clock_ahead(&self) -> Option<i64> {
        self.shared.http.clock_ahead()
    }

    /// Sends a command and waits for its reply, no longer than the limit of its kind.
    ///
    /// A command that is not [repeatable](Command::REPEATABLE) is sent at most once. A broken or unreadable answer to one that
    /// changes something is [`ErrorKind::Ambiguous`]. Dropping the future does not call back a command that was sent.
    pub async fn send<C: Command>(&self, command: &C) -> Result<C::Reply, Error> {
        let shared = &self.shared;
        let deadline = Instant::now() + deadline(&shared.endpoint.limits, C::DEADLINE);
        let call = Call { mutates: C::MUTATES, repeatable: C::REPEATABLE, deadline };
        let outcome = async {
            let body = envelope::encode(shared.endpoint.service, command).map_err(|_| unsendable())?;
            let answer = shared.exchange(call, body).await?;
            envelope::decode::<C>(&answer, shared.endpoint.limits.answer_depth).map_err(|kind| call.unreadable(kind))
        };
        outcome.await.map_err(|kind| {
            debug!(daemon = shared.endpoint.url(), command = command.name(), %kind, "Kea command failed");
            Error { daemon: shared.endpoint.url().to_owned(), command: command.name(), kind }
        })
    }
}

impl Shared {
    /// The body of a `200 OK`, after as many attempts as are allowed.
    async fn exchange(&self, call: Call, body: Vec<u8>) -> Result<Vec<u8>, ErrorKind> {
        let busy = ErrorKind::Unreachable { why: UnreachableReason::Busy };
        let permit = timeout_at(call.deadline, self.in_flight.acquire()).await;
        let Ok(Ok(_permit)) = permit else { return Err(busy) };
        if self.is_denied() {
            return Err(ErrorKind::Denied);
        }
        let attempts = self.attempts(call, body);
        let answer = timeout_at(call.deadline, attempts).await.unwrap_or(Err(ErrorKind::Timeout));
        answer.map_err(|kind| call.unreadable(kind))
    }

    async fn attempts(&self, call: Call, body: Vec<u8>) -> Result<Vec<u8>, ErrorKind> {
        let mut left = if call.repeatable { RETRIES } else { 0 };
        loop {
            match self.http.post(body.clone(), call.mutates).await {
                Ok(answer) => return self.judge(call, answer),
                Err(Fault::NotSent(why)) => return Err(ErrorKind::Unreachable { why }),
                Err(Fault::TooLarge) => return Err(ErrorKind::TooLarge),
                Err(Fault::Cut) if left == 0 && call.mutates => return Err(ErrorKind::Ambiguous),
                Err(Fault::Cut) if left == 0 => return Err(ErrorKind::Unreachable { why: UnreachableReason::Broken }),
                Err(Fault::Cut) => {
                    // Most likely a kept connection that Kea closed: at once. If that was not it, Kea may be starting.
                    if left < RETRIES {
                        sleep(Duration::from_millis(rand::random_range(100..=1000))).await;
                    }
                    left -= 1;
                }
            }
        }
    }

    /// Sorts answers by their HTTP status. A refusal by Kea itself, 400 or 408, means that it did not run the command.
    fn judge(&self, call: Call, answer: Answer) -> Result<Vec<u8>, ErrorKind> {
        match answer.status {
            200 => Ok(answer.body),
            400 => Err(ErrorKind::Rejected { text: "Bad Request".to_owned() }),
            401 | 403 => {
                self.set_denied();
                Err(ErrorKind::Denied)
            }
            // A proxy in between that has passed the command on.
            500.. if call.mutates => Err(ErrorKind::Ambiguous),
            status => Err(ErrorKind::Unreachable { why: UnreachableReason::Status(status) }),
        }
    }

    fn is_denied(&self) -> bool {
        let denied = self.denied.lock().unwrap_or_else(PoisonError::into_inner);
        denied.is_some_and(|until| Instant::now() < until)
    }

    fn set_denied(&self) {
        let until = Instant::now() + self.endpoint.limits.denied_pause;
        *self.denied.lock().unwrap_or_else(PoisonError::into_inner) = Some(until);
    }
}

impl Call {
    /// What it means when an answer did not come, cannot be read or makes no sense: a change may have happened.
    fn unreadable(self, kind: ErrorKind) -> ErrorKind {
        match kind {
            ErrorKind::Malformed { .. } | ErrorKind::TooLarge | ErrorKind::Timeout if self.mutates => {
                ErrorKind::Ambiguous
            }
            // A question has no parts.
            ErrorKind::PartlyApplied { .. } if !self.mutates => envelope::malformed("result"),
            kind => kind,
        }
    }
}

fn deadline(limits: &Limits, class: DeadlineClass) -> Duration {
    match class {
        DeadlineClass::Read => limits.read,
        DeadlineClass::Write => limits.write,
        DeadlineClass::Test => limits.test,
    }
}

fn unsendable() -> ErrorKind {
    ErrorKind::Rejected { text: "the command cannot be written as JSON".to_owned() }
}

impl std::fmt::Debug for Shared {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        self.endpoint.fmt(f)
    }
}
