//! The error of every server function: a [`Problem`], carried as JSON.

use std::fmt;

use leptos::server_fn::error::{FromServerFnError, ServerFnErrorErr};
use model::{Problem, ProblemKind};
use serde::{Deserialize, Serialize};

/// Why a server function did not do what was asked.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ApiError(pub Problem);

impl fmt::Display for ApiError {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(out)
    }
}

impl std::error::Error for ApiError {}

impl FromServerFnError for ApiError {
    type Encoder = super::wire::Text;

    /// Faults of the way, not of the use case. Their own text never reaches people: it may hold anything.
    fn from_server_fn_error(error: ServerFnErrorErr) -> Self {
        let problem = match error {
            ServerFnErrorErr::Request(_) | ServerFnErrorErr::Response(_) => Problem::new(
                ProblemKind::Unreachable,
                "Nestor does not answer.",
                "Check your network connection and try again.",
            ),
            ServerFnErrorErr::Args(_) | ServerFnErrorErr::MissingArg(_) | ServerFnErrorErr::Deserialization(_) => {
                Problem::new(
                    ProblemKind::Invalid,
                    "This page does not fit the version of the server.",
                    "The server was probably updated: reload the page.",
                )
            }
            _ => Problem::new(
                ProblemKind::Internal,
                "Something went wrong inside Nestor.",
                "Reload the page and try again.",
            ),
        };
        super::request::set_status(problem.kind);
        Self(problem)
    }
}
