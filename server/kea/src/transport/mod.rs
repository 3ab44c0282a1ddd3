//! Bytes out, bytes in. What a [`Fault`] says above all is whether the other side can have seen the request.

mod http;
mod names;

pub(crate) use http::Http;

use crate::UnreachableReason;

/// What came back.
pub(crate) struct Answer {
    /// HTTP status.
    pub status: u16,
    /// Empty unless the status is 200: what others put there is of no use.
    pub body: Vec<u8>,
}

/// Why nothing (whole) came back.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Fault {
    /// The request was not sent.
    NotSent(UnreachableReason),
    /// It was sent, perhaps in part; then the connection broke.
    Cut,
    /// The answer is longer than the limit.
    TooLarge,
}
