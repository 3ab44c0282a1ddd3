//! Reservations in the servers' own words. No test has to read them: each is a number in an archive that all servers
//! of a group share, as they all speak one language.

use model::Reservation;

use crate::{Error, Result};
use ::changes::Verbatim;

use super::node::Held;

#[derive(Debug, Default)]
pub(super) struct Archive(Vec<Held>);

impl Archive {
    /// The same reservation has the same words, in whichever subnet and place it is.
    pub(super) fn words(&mut self, says: &Reservation, beside: &str) -> Verbatim {
        let same = |known: &Held| at(says, &known.says) == known.says && known.beside == beside;
        let number = self.0.iter().position(same).unwrap_or_else(|| {
            self.0.push(Held { says: says.clone(), beside: beside.to_owned() });
            self.0.len() - 1
        });
        Verbatim(format!("words {number}"))
    }

    /// What the words say, for the subnet and the place of `like`.
    pub(super) fn read(&self, Verbatim(text): &Verbatim, like: &Reservation) -> Result<Held> {
        let number: Option<usize> = text.strip_prefix("words ").and_then(|number| number.parse().ok());
        let known = number.and_then(|number| self.0.get(number));
        let known = known.ok_or_else(|| Error::Internal(format!("the words {text:?} cannot be read")))?;
        Ok(Held { says: at(&known.says, like), beside: known.beside.clone() })
    }
}

/// The same, in the subnet and the place of the other.
fn at(says: &Reservation, other: &Reservation) -> Reservation {
    Reservation { subnet: other.subnet.clone(), storage: other.storage, ..says.clone() }
}
