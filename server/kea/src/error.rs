//! The one error of this package.

use std::fmt;

use crate::TlsFault;

/// A command that did not do what was asked: which daemon, which command, and why.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{command} at {daemon}: {kind}")]
pub struct Error {
    /// Address of the control socket, without credentials.
    pub daemon: String,
    /// Name of the command.
    pub command: &'static str,
    /// What went wrong.
    pub kind: ErrorKind,
}

/// What went wrong with a command.
///
/// For a command that changes something, every kind but `Ambiguous` and `PartlyApplied` means that Kea did not do it.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ErrorKind {
    /// Kea did not get the command (or, for a command that only reads, did not answer it).
    #[error("not reachable ({why})")]
    Unreachable {
        /// What was in the way.
        why: UnreachableReason,
    },
    /// The credentials were refused, now or less than half a minute ago.
    #[error("user name or password were refused")]
    Denied,
    /// The answer is not what this command answers.
    #[error("the answer is not understood (at {path})")]
    Malformed {
        /// Where in the answer, such as `arguments.leases[3].cltt`.
        path: String,
    },
    /// Kea says no (result 1, or 3 where something had to be there).
    #[error("refused: {text}")]
    Rejected {
        /// Kea's own words, without control characters. They differ between versions: show them, do not match on them.
        text: String,
    },
    /// Kea does not know the command (result 2): a hook library is not loaded, or this version has no such command.
    #[error("the server does not know this command")]
    Unsupported,
    /// It conflicts with the state of the server (result 4).
    #[error("conflict: {text}")]
    Conflict {
        /// Kea's own words.
        text: String,
    },
    /// A change was made in part and not undone (result 5, Kea 3.0.4 and later).
    #[error("done only in part: {text}")]
    PartlyApplied {
        /// Kea's own words.
        text: String,
    },
    /// A change was sent, and no readable answer came: whether it happened is unknown.
    #[error("sent, but not answered: it may or may not have happened")]
    Ambiguous,
    /// The answer is larger, or nested deeper, than accepted.
    #[error("the answer is too large")]
    TooLarge,
    /// A command that only reads was not answered in time.
    #[error("no answer in time")]
    Timeout,
}

/// What stands between us and the daemon.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum UnreachableReason {
    /// Nothing listens there.
    Refused,
    /// The host name is not known, or no name server says so in time.
    Name,
    /// No connection in time.
    ConnectTimeout,
    /// TLS does not come about.
    Tls(TlsFault),
    /// The connection broke.
    Broken,
    /// Our own earlier commands were not finished in time.
    Busy,
    /// Something else than Kea answered, with this HTTP status.
    Status(u16),
}

impl fmt::Display for UnreachableReason {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Refused => f.write_str("connection refused"),
            Self::Name => f.write_str("its host name is not known"),
            Self::ConnectTimeout => f.write_str("no connection in time"),
            Self::Tls(fault) => fault.fmt(f),
            Self::Broken => {
                f.write_str("connection broken: where Kea uses TLS, its URL must begin with https:// (kea.url)")
            }
            Self::Busy => f.write_str("busy with earlier commands"),
            Self::Status(code) => write!(f, "HTTP status {code}"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn display_names_daemon_command_and_reason() {
        let kind = ErrorKind::Unreachable { why: UnreachableReason::Status(503) };
        let error = Error { daemon: "http://192.0.2.1:8004/".to_owned(), command: "version-get", kind };
        assert_eq!(error.to_string(), "version-get at http://192.0.2.1:8004/: not reachable (HTTP status 503)");
    }
}
