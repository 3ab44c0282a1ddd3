//! What is refused: the exact status and a line of plain text.

use axum::http::StatusCode;
use axum::http::header::{CONTENT_TYPE, RETRY_AFTER};
use axum::response::{IntoResponse, Response};
use model::{Cause, Conflict, FieldError, Reservation, Why};
use services::Error;

/// The content type of answers that are labelled as HTML; they are never more than plain text.
pub(crate) const HTML: &str = "text/html;charset=utf-8";

/// The content type of every other answer, plain text included.
pub(crate) const JSON: &str = "application/json";

/// The content type of what a browser's page gets.
pub(crate) const PLAIN: &str = "text/plain";

/// A refusal.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Refusal {
    pub(crate) status: StatusCode,
    /// One line, as the caller gets it.
    pub(crate) text: String,
    /// One line for our own log.
    reason: String,
    /// What stood in the way, for the ledger.
    why: Vec<Why>,
    /// For callers that do not accept JSON.
    content_type: &'static str,
    /// After how many seconds to try again.
    retry_after: Option<u16>,
}

/// Why a request was refused; travels with the answer to the ledger and the log.
#[derive(Debug, Clone)]
pub(crate) struct Reason {
    /// One line.
    pub(crate) text: String,
    /// What stood in the way.
    pub(crate) why: Vec<Why>,
}

impl Refusal {
    pub(crate) fn new(status: StatusCode, text: impl AsRef<str>) -> Self {
        let text = one_line(text.as_ref());
        Self { status, reason: text.clone(), why: Vec::new(), text, content_type: JSON, retry_after: None }
    }

    /// The same with another text for the caller: what happened is for our own log alone.
    fn with_text(self, text: &str) -> Self {
        Self { text: text.to_owned(), ..self }
    }

    /// The input cannot be read.
    pub(crate) fn malformed(text: impl AsRef<str>) -> Self {
        Self { content_type: HTML, ..Self::new(StatusCode::BAD_REQUEST, text) }
    }

    /// The input can be read, and is wrong.
    pub(crate) fn wrong(text: impl AsRef<str>) -> Self {
        Self::new(StatusCode::BAD_REQUEST, text)
    }

    /// The caller may not do this.
    pub(crate) fn forbidden(text: impl AsRef<str>) -> Self {
        Self { content_type: HTML, ..Self::new(StatusCode::FORBIDDEN, text) }
    }

    /// The same, labelled as what it is whatever the caller accepts.
    pub(crate) fn plain_forbidden(text: impl AsRef<str>) -> Self {
        Self { content_type: PLAIN, ..Self::new(StatusCode::FORBIDDEN, text) }
    }

    /// The same, called JSON whatever the caller accepts.
    pub(crate) fn labelled_json(self) -> Self {
        Self { content_type: JSON, ..self }
    }

    /// There is no such thing. Foreman takes this for an answer ("nothing there"), so it is never used for a failure.
    pub(crate) fn not_found(text: impl AsRef<str>) -> Self {
        Self::new(StatusCode::NOT_FOUND, text)
    }

    /// Another record is in the way.
    pub(crate) fn clash(text: impl AsRef<str>, record: &Reservation) -> Self {
        let (key, address, host_name) = (record.key(), record.address, record.host_name.clone());
        let why = vec![Why::Clash { key, address, host_name }];
        Self { why, ..Self::new(StatusCode::CONFLICT, text) }
    }
}

impl IntoResponse for Refusal {
    fn into_response(self) -> Response {
        let mut response = (self.status, [(CONTENT_TYPE, self.content_type)], self.text).into_response();
        if let Some(seconds) = self.retry_after {
            response.headers_mut().insert(RETRY_AFTER, seconds.into());
        }
        response.extensions_mut().insert(Reason { text: self.reason, why: self.why });
        response
    }
}

impl From<Error> for Refusal {
    fn from(error: Error) -> Self {
        let status = match &error {
            Error::Unauthenticated | Error::Forbidden => StatusCode::FORBIDDEN,
            Error::Throttled { .. } => StatusCode::TOO_MANY_REQUESTS,
            Error::Conflict { .. } | Error::Stale { .. } | Error::Unreadable(_) => StatusCode::CONFLICT,
            Error::Unreachable { .. } | Error::Busy | Error::Crowded | Error::Store(_) => {
                StatusCode::SERVICE_UNAVAILABLE
            }
            Error::Internal(_) => StatusCode::INTERNAL_SERVER_ERROR,
            // `NotFound` too: a subnet that vanished meanwhile must not look like a record that is not there.
            _ => StatusCode::BAD_REQUEST,
        };
        let retry_after = matches!(error, Error::Busy | Error::Store(_)).then_some(5);
        let refusal = Self { why: advice(&error), retry_after, ..Self::new(status, explain(&error)) };
        match error {
            Error::Internal(_) => refusal.with_text("Something went wrong inside Nestor; its log says what."),
            Error::Store(_) => {
                refusal.with_text("Nestor’s own database does not work; nothing was changed. Nestor’s log says why.")
            }
            _ => refusal,
        }
    }
}

fn explain(error: &Error) -> String {
    match error {
        Error::Invalid { fields } => joined(fields.iter().map(field)),
        Error::Conflict { conflicts } => joined(conflicts.iter().map(|Conflict { text, .. }| text.clone())),
        Error::Unreachable { why, .. } => format!("{error}: {why}"),
        Error::Refused { text, .. } | Error::Unfit { text, .. } | Error::NotSaved { text, .. } => {
            format!("{error}: {text}")
        }
        Error::Unsupported { fix, .. } => format!("{error}: {fix}"),
        Error::MissingHook { hook, .. } => format!("{error}: {}", hook.is_missing().text),
        Error::Unknown { what, .. } => format!("{error}: {what}"),
        _ => error.to_string(),
    }
}

/// What to do about it, for readers of the ledger.
fn advice(error: &Error) -> Vec<Why> {
    match error {
        Error::Conflict { conflicts } => conflicts.iter().map(in_the_way).collect(),
        _ => Vec::new(),
    }
}

/// The reservation that stood in the way, or what to do about anything else.
fn in_the_way(conflict: &Conflict) -> Why {
    match &conflict.cause {
        Some(Cause::Reservation { key, address, host_name }) => {
            Why::Clash { key: key.clone(), address: *address, host_name: host_name.clone() }
        }
        _ => Why::Said(conflict.advice.clone()),
    }
}

/// A fault of a field, by the name that Foreman has for it.
fn field(FieldError { field, text }: &FieldError) -> String {
    let name = match field.as_str() {
        "address" => "ip",
        "boot_file_name" => "filename",
        "next_server" => "nextServer",
        "host_name" => "hostname",
        "record_name" => "name",
        other => other,
    };
    format!("{name}: {text}")
}

fn joined(texts: impl Iterator<Item = String>) -> String {
    texts.collect::<Vec<_>>().join("; ")
}

/// Without line breaks and other control characters: the text goes into logs, and some of it was chosen by the caller.
pub(crate) fn one_line(text: &str) -> String {
    text.chars().map(|c| if c.is_control() { ' ' } else { c }).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn main_server() -> model::ServerName {
        "main".parse().unwrap()
    }

    #[test]
    fn failures_keep_their_reason_and_never_look_like_an_answer() {
        let refused = Refusal::from(Error::Refused { server: main_server(), text: "no\nsuch thing".to_owned() });
        assert_eq!(refused.text, "the DHCP server “main” refused: no such thing");
        assert_eq!(refused.status, StatusCode::BAD_REQUEST);
        let silent = Refusal::from(Error::Unreachable { server: main_server(), why: "connection refused".to_owned() });
        assert_eq!(silent.status, StatusCode::SERVICE_UNAVAILABLE);
        assert!(silent.text.ends_with("connection refused"));
        assert_eq!(Refusal::from(Error::not_found("the subnet")).status, StatusCode::BAD_REQUEST);
    }

    #[test]
    fn a_caller_that_meets_others_at_work_gets_a_time_to_retry() {
        let answer = Refusal::from(Error::Busy).into_response();
        assert_eq!(
            (answer.status(), &answer.headers()[RETRY_AFTER]),
            (StatusCode::SERVICE_UNAVAILABLE, &"5".parse().unwrap())
        );
    }

    #[test]
    fn faults_of_fields_have_foremans_names() {
        let long = Refusal::from(Error::invalid("boot_file_name", "at most 127 characters"));
        assert_eq!((long.status, long.text.as_str()), (StatusCode::BAD_REQUEST, "filename: at most 127 characters"));
    }

    #[test]
    fn our_own_faults_appear_in_the_log_alone() {
        let fault = Refusal::from(Error::Internal("database is locked".to_owned()));
        assert_eq!(fault.status, StatusCode::INTERNAL_SERVER_ERROR);
        assert!(fault.reason.contains("locked") && !fault.text.contains("locked"));
        let store = Refusal::from(Error::Store("disk I/O error".to_owned()));
        assert_eq!(store.status, StatusCode::SERVICE_UNAVAILABLE);
        assert!(store.reason.contains("disk I/O") && !store.text.contains("disk I/O"));
        assert!(store.text.contains("nothing was changed"));
    }
}
