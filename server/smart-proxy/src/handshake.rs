//! Connections that end before anything is called.

use std::net::IpAddr;
use std::sync::Arc;

use model::{CallOutcome, ForemanCall};
use services::Services;

/// Remembers connections that did not come about, beside the calls. Cheap to clone.
#[derive(Clone)]
pub struct Handshakes(Arc<Services>);

impl Handshakes {
    /// On these use cases.
    pub fn new(services: Services) -> Self {
        Self(Arc::new(services))
    }

    /// Remembers that a TLS handshake with that address failed, and why, in a sentence.
    pub fn failed(&self, address: IpAddr, why: String) {
        let caller = address.to_string();
        tracing::warn!(caller, "a TLS handshake with Foreman’s port failed: {why}");
        let call = ForemanCall {
            number: 0,
            at: self.0.now(),
            took_micros: 0,
            address: Some(caller.clone()),
            caller,
            request_id: None,
            method: "TLS".to_owned(),
            path: "handshake".to_owned(),
            parameters: String::new(),
            status: 0,
            outcome: CallOutcome::Refused,
            answer: why,
            changes: false,
            why: Vec::new(),
        };
        self.0.ledger.note(call, false);
    }
}
