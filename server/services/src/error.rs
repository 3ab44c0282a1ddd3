//! The one error of the use cases. Each edge turns it into its own words once: a [`Problem`] for people, a status and
//! a line of text for Foreman, a sentence and an exit code for the command line.

use model::{Conflict, FieldError, Finding, Hook, Problem, ProblemKind, RawRecord, Reason, ServerName, as_sentence};

/// How dangerous parts are confirmed.
const MEANT: &str = "Nothing was changed. An administrator confirms it with their password, in the review of a change or on the \
                     page Changes; on the command line it is --yes-dangerous.";

/// What a use case answers.
pub type Result<T, E = Error> = std::result::Result<T, E>;

/// Why a use case did not do what was asked.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Error {
    /// No user is signed in, or name and password do not fit.
    #[error("sign in first")]
    Unauthenticated,
    /// The actor may not do this.
    #[error("your role does not allow this")]
    Forbidden,
    /// Too many tries; seconds until the next is allowed.
    #[error("too many tries")]
    Throttled {
        /// Seconds to wait.
        wait: u32,
    },
    /// So many passwords wait to be checked that this one was not.
    #[error("too many passwords are being checked")]
    Crowded,
    /// There is no such thing.
    #[error("{what} does not exist")]
    NotFound {
        /// What was looked for, in words.
        what: String,
    },
    /// The input is wrong.
    #[error("the input is incomplete or invalid")]
    Invalid {
        /// Where and why.
        fields: Vec<FieldError>,
    },
    /// It may harm the host of the server, and it was not confirmed that it is meant.
    #[error("this may harm the host of the server")]
    Dangerous {
        /// Which parts, and what may come of each.
        fields: Vec<FieldError>,
    },
    /// Other records stand against it.
    #[error("it conflicts with other records")]
    Conflict {
        /// Which, and the way out.
        conflicts: Vec<Conflict>,
    },
    /// It was changed in the meantime.
    #[error("{what} was changed in the meantime")]
    Stale {
        /// What was changed.
        what: String,
    },
    /// No address is free.
    #[error("{why}")]
    Exhausted {
        /// Why nothing was found, in a sentence.
        why: String,
    },
    /// Other changes of the same servers took too long, or the caller gave up waiting.
    #[error("other changes of this server are still being made")]
    Busy,
    /// The server did not answer.
    #[error("the DHCP server “{server}” does not answer")]
    Unreachable {
        /// Which.
        server: ServerName,
        /// What exactly was seen, fit for people's eyes.
        why: String,
    },
    /// The server said no, and nothing was changed.
    #[error("the DHCP server “{server}” refused")]
    Refused {
        /// Which.
        server: ServerName,
        /// Its own words.
        text: String,
    },
    /// Nestor did not send it, as it does not fit what the server runs: so nothing was changed.
    #[error("it does not fit what “{server}” runs")]
    Unfit {
        /// Which.
        server: ServerName,
        /// Why not, as a sentence with or without its full stop.
        text: String,
    },
    /// The server has a record there that is of none of our types.
    #[error("{}", .0.sentence())]
    Unreadable(Box<RawRecord>),
    /// The server is not set up for this.
    #[error("the DHCP server “{server}” cannot do this")]
    Unsupported {
        /// Which.
        server: ServerName,
        /// What it would need.
        fix: String,
    },
    /// The server does not have the hook library that this needs.
    #[error("the DHCP server “{server}” cannot do this")]
    MissingHook {
        /// Which.
        server: ServerName,
        /// The library.
        hook: Hook,
    },
    /// A change was sent and no usable answer came: it may or may not have been made.
    #[error("the DHCP server “{server}” did not confirm the change")]
    Unknown {
        /// Which.
        server: ServerName,
        /// What was sent and what was seen.
        what: String,
    },
    /// A change works, but a restart of the server would lose it.
    #[error("the change works, but “{server}” could not save it")]
    NotSaved {
        /// Which.
        server: ServerName,
        /// Why saving failed.
        text: String,
    },
    /// The server has no leases any more after it refused a configuration, and serves no client.
    #[error("the DHCP server “{server}” serves no clients")]
    NotServing {
        /// Which.
        server: ServerName,
        /// What was tried, and what was seen.
        text: String,
    },
    /// Our own store does not work, and nothing was changed; the text is for the log, not for people.
    #[error("the store failed: {0}")]
    Store(String),
    /// A fault of ours; the text is for the log, not for people.
    #[error("internal fault: {0}")]
    Internal(String),
}

impl Error {
    /// There is no such thing.
    pub fn not_found(what: impl Into<String>) -> Self {
        Self::NotFound { what: what.into() }
    }

    /// One field is wrong.
    pub fn invalid(field: &str, text: impl Into<String>) -> Self {
        Self::Invalid { fields: vec![FieldError::new(field, text)] }
    }
}

impl Error {
    /// The same as it is recorded of a change.
    pub fn reason(&self) -> Reason {
        match self {
            Self::Unreachable { server, why } => Reason::Unreachable { server: server.clone(), why: why.clone() },
            Self::Refused { server, text } => Reason::Refused { server: server.clone(), text: text.clone() },
            Self::Unfit { server, text } => Reason::Unfit { server: server.clone(), text: text.clone() },
            Self::Unsupported { server, fix } => Reason::Unsupported { server: server.clone(), fix: fix.clone() },
            Self::MissingHook { server, hook } => {
                let Finding { text, advice, .. } = hook.is_missing();
                Reason::Unsupported { server: server.clone(), fix: format!("{text} {advice}") }
            }
            Self::Unknown { server, what } => Reason::NoAnswer { server: server.clone(), what: what.clone() },
            Self::NotSaved { server, text } => Reason::NotSaved { server: server.clone(), text: text.clone() },
            Self::NotServing { server, text } => Reason::NotServing { server: server.clone(), text: text.clone() },
            Self::Store(_) => Reason::Store,
            Self::Internal(_) => Reason::Internal,
            other => {
                let problem = Problem::from(other.clone());
                Reason::Verbatim { text: format!("{} {}", problem.text, problem.advice).trim().to_owned() }
            }
        }
    }
}

impl From<Error> for Problem {
    fn from(error: Error) -> Self {
        let text = as_sentence(&error.to_string());
        let new = |kind, advice: &str| Problem::new(kind, text.clone(), advice);
        let of_change = |kind| {
            let (text, advice) = error.reason().text_and_advice();
            Problem::new(kind, text, advice)
        };
        match error {
            Error::Unreachable { .. } => of_change(ProblemKind::Unreachable),
            Error::Refused { .. } | Error::Unfit { .. } => of_change(ProblemKind::Refused),
            Error::Unsupported { .. } | Error::MissingHook { .. } => of_change(ProblemKind::Unsupported),
            Error::Unknown { .. } => of_change(ProblemKind::Unknown),
            Error::NotSaved { .. } => of_change(ProblemKind::NotSaved),
            Error::NotServing { .. } => of_change(ProblemKind::NotServing),
            Error::Store(_) => of_change(ProblemKind::Store),
            Error::Internal(_) => of_change(ProblemKind::Internal),
            Error::Unauthenticated => new(ProblemKind::Unauthenticated, "Your session may have ended: sign in again."),
            Error::Forbidden => new(ProblemKind::Forbidden, "Ask an administrator for a role that may do it."),
            Error::Throttled { wait } => new(ProblemKind::Throttled, &format!("Wait {wait} seconds and try again.")),
            Error::Crowded => new(ProblemKind::Busy, "Try again in a few seconds."),
            Error::NotFound { .. } => new(ProblemKind::NotFound, "It may have been removed meanwhile."),
            Error::Invalid { fields } => {
                Problem { fields, ..new(ProblemKind::Invalid, "Correct the highlighted fields and try again.") }
            }
            Error::Dangerous { fields } => Problem { fields, ..new(ProblemKind::Dangerous, MEANT) },
            Error::Conflict { conflicts } => Problem {
                conflicts,
                ..new(ProblemKind::Conflict, "Nothing was changed. Each conflict says what to do.")
            },
            Error::Unreadable(record) => new(ProblemKind::Conflict, record.advice()),
            Error::Stale { .. } => {
                new(ProblemKind::Stale, "Nothing was changed. Look at it as it is now, and try again.")
            }
            Error::Busy => new(ProblemKind::Busy, "Nothing was changed. Try again in a moment."),
            Error::Exhausted { .. } => new(ProblemKind::Exhausted, "Release held addresses, or make the pool larger."),
        }
    }
}
