//! The next free address and its reservation in one go: chosen, held, checked, written, answered.

use model::{Applied, ChangeState, NewReservation, Permission, ReserveNext};

use super::Reservations;
use crate::changes::Origin;
use crate::ports::ChangeRecord;
use crate::{Caller, Error, Mode, Result};

/// How many addresses are tried when others are faster again and again.
const TRIES: usize = 8;

impl Reservations {
    /// Reserves the next free address. Asked again with the same `request`, it answers again what it answered first, and
    /// reserves nothing.
    // Answers from memory are boxed: records of changes are large, and would lie on the stack of every caller.
    pub async fn reserve_next(&self, caller: &Caller, wanted: &ReserveNext) -> Result<Applied> {
        caller.actor.may(Permission::Reserve)?;
        if let Some(request) = &wanted.request {
            check_request(request)?;
            if let Some(known) = self.known(wanted).await? {
                return Box::pin(self.answer_again(caller, wanted, known)).await;
            }
        }
        let reserve = |subnet| {
            let new = NewReservation { subnet, ..wanted.new.clone() };
            let wanted = ReserveNext { new, ..wanted.clone() };
            async move { self.try_all(caller, &wanted).await }
        };
        let outcome = self.gate.serving(&wanted.new.subnet, reserve).await;
        // The same request may have come in twice at the same moment: what stands in its way then is its own reservation.
        if let Err(Error::Stale { .. } | Error::Conflict { .. } | Error::Exhausted { .. }) = &outcome
            && let Some(known) = self.known(wanted).await?
        {
            return Box::pin(self.answer_again(caller, wanted, known)).await;
        }
        outcome
    }

    async fn try_all(&self, caller: &Caller, wanted: &ReserveNext) -> Result<Applied> {
        let mut last = None;
        for _ in 0..TRIES {
            match self.try_next(caller, wanted).await {
                // Another caller was faster with this very address, not with the client or its name.
                Err(Error::Conflict { conflicts }) if conflicts.iter().all(|conflict| conflict.field == "address") => {
                    last = Some(Error::Conflict { conflicts });
                }
                outcome => return outcome,
            }
        }
        Err(last.unwrap_or_else(|| Error::Internal("no address was tried".to_owned())))
    }

    async fn try_next(&self, caller: &Caller, wanted: &ReserveNext) -> Result<Applied> {
        let subnet = self.snapshots.subnet(&wanted.new.subnet).await?;
        // Before an address is held for nothing. The address itself is right by then.
        let any = NewReservation { address: Some(subnet.prefix.network()), ..wanted.new.clone() };
        let mut fields = any.check(&subnet, None);
        fields.retain(|fault| fault.field != "address");
        if !fields.is_empty() {
            return Err(Error::Invalid { fields });
        }
        let hold =
            self.allocation.next(&caller.actor, &subnet, wanted.range, wanted.order, &wanted.new.identifier).await?;
        let new = NewReservation { address: Some(hold.key.address), ..wanted.new.clone() };
        let from = Origin { request: wanted.request.clone(), ..Origin::default() };
        let outcome = self.create_at(caller, &new, &[], from).await;
        if outcome.is_err() || caller.mode == Mode::DryRun {
            // The hold of a reservation that was made is over already.
            self.allocation.give_back(&hold).await;
        }
        outcome
    }

    async fn known(&self, wanted: &ReserveNext) -> Result<Option<ChangeRecord>> {
        match &wanted.request {
            Some(request) => Ok(self.store.change_of_request(request).await?),
            None => Ok(None),
        }
    }

    /// The change once its maker is done with it: until then the lock is theirs.
    async fn awaited(&self, caller: &Caller, known: ChangeRecord) -> Result<ChangeRecord> {
        let (store, server) = (self.store.clone(), known.change.subject.server().clone());
        let work = move |_| async move { Ok(store.change(known.change.number).await?.unwrap_or(known)) };
        self.gate.pass(caller, &server, work).await
    }

    /// What became of a request that was carried out before.
    async fn answer_again(&self, caller: &Caller, wanted: &ReserveNext, known: ChangeRecord) -> Result<Applied> {
        // The address was chosen, and a partner may have answered for the subnet’s own server.
        let subnet = known.change.subject.subnet().clone();
        let asked = |new: &NewReservation| NewReservation { address: None, subnet: subnet.clone(), ..new.clone() };
        let same = known.wanted.as_ref().map(asked) == Some(asked(&wanted.new));
        if !same || !self.gate.is_same_network(&wanted.new.subnet, &subnet).await {
            return Err(Error::invalid("request", "this key was used for another request: use a new one"));
        }
        let known = if known.change.state == ChangeState::Open { self.awaited(caller, known).await? } else { known };
        let change = &known.change;
        match change.state {
            ChangeState::Open => Err(Error::Unknown {
                server: change.subject.server().clone(),
                what: "the same request broke off in the middle; it is recovered within some seconds".to_owned(),
            }),
            ChangeState::Unknown | ChangeState::NotSaved => self.gate.recover(&known).await,
            ChangeState::Refused => {
                Err(Error::Stale { what: format!("the request; it was refused ({})", change.detail) })
            }
            ChangeState::Done | ChangeState::Pending => Ok(Applied {
                reservation: change.reservations().1.cloned(),
                change: Some(change.number),
                ..Applied::default()
            }),
        }
    }
}

fn check_request(text: &str) -> Result<()> {
    let fits = (8..=128).contains(&text.len()) && text.bytes().all(|octet| octet.is_ascii_graphic());
    if fits { Ok(()) } else { Err(Error::invalid("request", "8 to 128 printable characters without blanks")) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn requests_are_short_texts() {
        for good in ["12345678", "0b6f-17d0-reserve"] {
            assert!(check_request(good).is_ok());
        }
        for bad in ["", "1234567", "with a blank", "with\nline", &"x".repeat(129)] {
            assert!(check_request(bad).is_err(), "{bad:?}");
        }
    }
}
