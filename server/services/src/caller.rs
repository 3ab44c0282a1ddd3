//! Who asks for a change, and on what terms.

use crate::{Actor, Mode};

/// The session that a user acts in.
#[derive(Clone, PartialEq, Eq)]
pub struct SessionKey {
    /// A digest of its id, as the store has it.
    pub id_hash: Vec<u8>,
    /// The number of the account.
    pub account: i64,
    /// The generation of the account that it began in.
    pub generation: i64,
}

impl std::fmt::Debug for SessionKey {
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        out.write_str("SessionKey")
    }
}

/// Where a request of a user comes from: passwords are tried out from there.
#[derive(Debug, Clone)]
pub struct CameFrom {
    /// An address.
    pub source: String,
    /// What the browser kept of the last time, see [`crate::SignedIn::device`].
    pub device: Option<String>,
}

/// Who asks for a change, and on what terms.
#[derive(Debug, Clone)]
pub struct Caller {
    /// Who.
    pub actor: Actor,
    /// Whether it is made or only judged.
    pub mode: Mode,
    /// The session that must still be there when the lock comes; none: they need none.
    pub session: Option<SessionKey>,
}

impl Caller {
    /// An actor without a session: Foreman, the command line, Nestor itself.
    pub fn new(actor: Actor, mode: Mode) -> Self {
        Self { actor, mode, session: None }
    }
}

impl From<&Actor> for Caller {
    fn from(actor: &Actor) -> Self {
        Self::new(actor.clone(), Mode::Apply)
    }
}
