//! What is kept of a network in the store: holds and exclusions. A network has a name on each of its servers. What is new
//! is kept under one of them, the same for all, so that its unique key covers the network; what was kept before its
//! servers were known to be partners may stand under another one, so all of them are looked at.

use model::{AddressRange, Exclusion, Hold, HoldKey, IpNetwork, SubnetKey, Timestamp};

use super::Networks;
use crate::Result;
use crate::index::overlapping;
use crate::ports::{Claim, StoreError};

impl Networks {
    /// Holds an address for its holder, unless it is held already, under whichever name, or the holder has `most` addresses
    /// of whatever networks; none: there is no limit.
    pub(crate) async fn claim(&self, hold: &Hold, most: Option<u32>) -> Result<Claim> {
        let names = self.names(&hold.key.subnet).await;
        let (first, others) = (&names.first, &names.others);
        let hold = Hold { key: HoldKey { subnet: first.clone(), ..hold.key.clone() }, ..hold.clone() };
        let claim = self.store.claim_hold(&hold, most).await?;
        if claim != Claim::Claimed {
            return Ok(claim);
        }
        for other in others {
            let running = self.store.running_holds(Some(other), hold.since).await?;
            if running.iter().any(|known| known.key.address == hold.key.address) {
                self.store.release_hold(&hold.key).await?;
                return Ok(Claim::Taken);
            }
        }
        // Subnets that have the address too lend it as well as this one.
        if self
            .holds_around(&hold.key.subnet, hold.since)
            .await?
            .iter()
            .any(|known| known.key.address == hold.key.address)
        {
            self.store.release_hold(&hold.key).await?;
            return Ok(Claim::Taken);
        }
        Ok(Claim::Claimed)
    }

    /// What is held on addresses of a subnet: in it, and in others that have them too.
    pub(crate) async fn holds_on(&self, key: &SubnetKey, now: Timestamp) -> Result<Vec<Hold>> {
        let mut all = self.holds(key, now).await?;
        all.extend(self.holds_around(key, now).await?);
        Ok(all)
    }

    async fn holds_around(&self, key: &SubnetKey, now: Timestamp) -> Result<Vec<Hold>> {
        let mut all = Vec::new();
        for (other, prefix) in self.overlapping(key) {
            let held = self.holds(&other, now).await?.into_iter();
            all.extend(held.filter(|hold| prefix.contains(hold.key.address)));
        }
        Ok(all)
    }

    /// What is excluded of the addresses of a subnet: in it, and in others that have them too.
    pub(crate) async fn exclusions_on(&self, key: &SubnetKey) -> Result<Vec<Exclusion>> {
        let mut all = self.exclusions(key).await?;
        for (other, _) in self.overlapping(key) {
            all.extend(self.exclusions(&other).await?);
        }
        Ok(all)
    }

    /// The other subnets of its server that have addresses of it too, as that said last, and what these are part of.
    fn overlapping(&self, key: &SubnetKey) -> Vec<(SubnetKey, IpNetwork)> {
        let Some((all, _)) = self.snapshots.last(&key.server) else { return Vec::new() };
        let Some(own) = all.iter().find(|subnet| subnet.key == *key) else { return Vec::new() };
        overlapping(own, &all).into_iter().map(|other| (other.key, own.prefix)).collect()
    }

    /// What is held in a subnet, under whichever name it was asked for.
    pub(crate) async fn holds(&self, key: &SubnetKey, now: Timestamp) -> Result<Vec<Hold>> {
        let mut all = Vec::new();
        for name in self.names(key).await.all() {
            all.extend(self.store.running_holds(Some(&name), now).await?);
        }
        Ok(all)
    }

    /// Ends a hold, under whichever name it is kept. Whether there was one.
    pub(crate) async fn release(&self, key: &HoldKey) -> Result<bool> {
        for subnet in self.names(&key.subnet).await.all() {
            if self.store.release_hold(&HoldKey { subnet, ..key.clone() }).await? {
                return Ok(true);
            }
        }
        Ok(false)
    }

    /// Ends every hold of a subnet. How many there were.
    pub(crate) async fn release_all(&self, key: &SubnetKey) -> Result<u64> {
        let mut released = 0;
        for name in self.names(key).await.all() {
            released += self.store.release_holds(Some(&name)).await?;
        }
        Ok(released)
    }

    /// What is excluded in a subnet, under whichever name that was said.
    pub(crate) async fn exclusions(&self, key: &SubnetKey) -> Result<Vec<Exclusion>> {
        let mut all = Vec::new();
        for name in self.names(key).await.all() {
            all.extend(self.store.exclusions(Some(&name)).await?);
        }
        Ok(all)
    }

    /// Excludes a range. `false`: that very range is excluded already.
    pub(crate) async fn exclude(&self, exclusion: Exclusion) -> Result<bool> {
        let names = self.names(&exclusion.subnet).await;
        for other in &names.others {
            if self.store.exclusions(Some(other)).await?.iter().any(|known| known.range == exclusion.range) {
                return Ok(false);
            }
        }
        match self.store.add_exclusion(&Exclusion { subnet: names.first, ..exclusion }).await {
            Err(StoreError::Exists) => Ok(false),
            added => Ok(added.map(|()| true)?),
        }
    }

    /// Takes an exclusion away, under whichever name it is kept. Whether there was one.
    pub(crate) async fn include(&self, key: &SubnetKey, range: AddressRange) -> Result<bool> {
        for name in self.names(key).await.all() {
            if self.store.remove_exclusion(&name, range).await? {
                return Ok(true);
            }
        }
        Ok(false)
    }

    /// What a subnet is called on its own server and on those that share it, as they said last: none of them is asked.
    async fn names(&self, key: &SubnetKey) -> Names {
        let mut names = vec![key.clone()];
        let partners = self.dhcp.partners(&key.server).await;
        if !partners.is_empty()
            && let Some((own, _)) = self.snapshots.last(&key.server)
            && let Some(own) = own.iter().find(|subnet| subnet.key == *key)
        {
            for partner in &partners {
                let Some((theirs, _)) = self.snapshots.last(partner) else { continue };
                let between = self.between(&key.server, partner).await;
                names.extend(between.counterpart(own, &theirs).map(|there| there.key.clone()));
            }
            let order = self.dhcp.names();
            names.sort_by_key(|name| order.iter().position(|server| *server == name.server));
        }
        Names { first: names.remove(0), others: names }
    }
}

/// The names of a network.
struct Names {
    /// Of the server that the operator named first: what is new is kept under this one.
    first: SubnetKey,
    others: Vec<SubnetKey>,
}

impl Names {
    fn all(self) -> impl Iterator<Item = SubnetKey> {
        std::iter::once(self.first).chain(self.others)
    }
}
