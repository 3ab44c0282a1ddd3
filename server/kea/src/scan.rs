//! Going through many leases or reservations page by page.
//!
//! Kea serves no DHCP while it puts a page together: scans go one page at a time, and may pause in between.

use std::fmt::Debug;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};
use std::time::Duration;

use tokio::time::sleep;

use crate::commands::{Lease4GetPage, Lease6GetPage, PageSize, ReservationGetPage};
use crate::wire::{HostCursor, Lease4, Lease6, Raw, Records, Reservation};
use crate::{Client, Command, Error, envelope};

impl Client {
    /// Goes through the leases from one address to another, both included, in the order of addresses.
    ///
    /// For the leases of a subnet: from its network address to its broadcast address (Kea cannot page by subnet).
    pub fn lease4_scan(&self, first: Ipv4Addr, last: Ipv4Addr, page: PageSize) -> LeaseWalk<'_, Lease4> {
        let after = first.to_bits().checked_sub(1).map(Ipv4Addr::from_bits);
        LeaseWalk::new(self, after, last, page)
    }

    /// Goes through the leases from one address to another, both included, in the order of addresses: those of addresses
    /// and those of prefixes that begin in between.
    ///
    /// For the leases of a subnet: from its first address to its last one for the addresses, and once more for each of
    /// its pools of prefixes, which lie elsewhere. Leases of other subnets may be among them. A reserved prefix may be
    /// outside of every pool; only a scan through everything finds all that are leased.
    pub fn lease6_scan(&self, first: Ipv6Addr, last: Ipv6Addr, page: PageSize) -> LeaseWalk<'_, Lease6> {
        let after = first.to_bits().checked_sub(1).map(Ipv6Addr::from_bits);
        LeaseWalk::new(self, after, last, page)
    }

    /// Goes through the reservations of a subnet (0: the global ones) or, with `None`, of all subnets and the global
    /// ones; those in memory first, then those of databases.
    pub fn reservation_scan(&self, subnet_id: Option<u32>, page: PageSize) -> ReservationWalk<'_> {
        let at = HostCursor::default();
        ReservationWalk { client: self, subnet_id, at, page, pause: Duration::ZERO, state: State::First }
    }
}

#[derive(Debug, PartialEq, Eq)]
enum State {
    First,
    Later,
    Over,
}

/// A lease that Kea gives page by page, in the order of addresses.
pub trait PagedLease: Sized {
    /// Of which family.
    type Address: Copy + Ord + Debug + Into<IpAddr>;
    /// The command that asks for a page.
    type Page: Command<Reply = Records<Self>>;

    /// Its place in the order.
    fn address(&self) -> Self::Address;

    /// The place of one that is not understood, as far as it says it.
    fn address_of(raw: &Raw) -> Option<Self::Address>;

    /// Asks for those after an address; `None` begins at the beginning.
    fn page(after: Option<Self::Address>, limit: PageSize) -> Self::Page;
}

impl PagedLease for Lease4 {
    type Address = Ipv4Addr;
    type Page = Lease4GetPage;

    fn address(&self) -> Ipv4Addr {
        self.ip_address
    }

    fn address_of(raw: &Raw) -> Option<Ipv4Addr> {
        raw.said("ip-address")?.parse().ok()
    }

    fn page(from: Option<Ipv4Addr>, limit: PageSize) -> Lease4GetPage {
        Lease4GetPage { from, limit }
    }
}

impl PagedLease for Lease6 {
    type Address = Ipv6Addr;
    type Page = Lease6GetPage;

    fn address(&self) -> Ipv6Addr {
        self.ip_address
    }

    fn address_of(raw: &Raw) -> Option<Ipv6Addr> {
        raw.said("ip-address")?.parse().ok()
    }

    fn page(from: Option<Ipv6Addr>, limit: PageSize) -> Lease6GetPage {
        Lease6GetPage { from, limit }
    }
}

/// A scan through leases; see [`Client::lease4_scan`] and [`Client::lease6_scan`].
#[derive(Debug)]
pub struct LeaseWalk<'a, L: PagedLease> {
    client: &'a Client,
    after: Option<L::Address>,
    last: L::Address,
    page: PageSize,
    pause: Duration,
    state: State,
}

impl<'a, L: PagedLease> LeaseWalk<'a, L> {
    fn new(client: &'a Client, after: Option<L::Address>, last: L::Address, page: PageSize) -> Self {
        Self { client, after, last, page, pause: Duration::ZERO, state: State::First }
    }

    /// Waits so long between two pages.
    #[must_use]
    pub fn pause(mut self, pause: Duration) -> Self {
        self.pause = pause;
        self
    }

    /// The next page, never empty; `None` at the end. An answer that does not advance is `Malformed`. Leases that are not
    /// understood and do not say where they are may come twice.
    pub async fn next_page(&mut self) -> Result<Option<Records<L>>, Error> {
        if !begin(&mut self.state, self.pause).await {
            return Ok(None);
        }
        let mut leases = self.client.send(&L::page(self.after, self.page)).await?;
        let full = leases.count() >= usize::from(self.page.get());
        let before = self.after;
        for lease in &leases {
            if self.after.is_some_and(|after| lease.address() <= after) {
                return Err(does_not_advance::<L::Page>(self.client, "arguments.leases"));
            }
            self.after = Some(lease.address());
        }
        self.after = leases.raw().iter().filter_map(L::address_of).max().max(self.after);
        if full && self.after == before {
            return Err(does_not_advance::<L::Page>(self.client, "arguments.leases"));
        }
        if !full || self.after >= Some(self.last) {
            self.state = State::Over;
        }
        let last = self.last;
        let within = |raw: &Raw| L::address_of(raw).is_none_or(|address| address <= last);
        leases.retain(|lease| lease.address() <= last, within);
        Ok((leases.count() > 0).then_some(leases))
    }

    /// The address after which the next page begins; none: there is none.
    pub fn goes_on_after(&self) -> Option<L::Address> {
        self.after.filter(|_| self.state != State::Over)
    }

    /// Everything that is left, at once.
    pub async fn all(mut self) -> Result<Records<L>, Error> {
        let mut all = Records::default();
        while let Some(page) = self.next_page().await? {
            all.extend(page);
        }
        Ok(all)
    }
}

/// A scan through reservations; see [`Client::reservation_scan`].
#[derive(Debug)]
pub struct ReservationWalk<'a> {
    client: &'a Client,
    subnet_id: Option<u32>,
    at: HostCursor,
    page: PageSize,
    pause: Duration,
    state: State,
}

impl ReservationWalk<'_> {
    /// Waits so long between two pages.
    #[must_use]
    pub fn pause(mut self, pause: Duration) -> Self {
        self.pause = pause;
        self
    }

    /// The next page, never empty; `None` at the end. An answer that does not advance is `Malformed`.
    pub async fn next_page(&mut self) -> Result<Option<Records<Reservation>>, Error> {
        if !begin(&mut self.state, self.pause).await {
            return Ok(None);
        }
        let HostCursor { source_index, from } = self.at;
        let command = ReservationGetPage { subnet_id: self.subnet_id, limit: self.page, from, source_index };
        let page = self.client.send(&command).await?;
        if page.hosts.count() == 0 {
            self.state = State::Over;
            return Ok(None);
        }
        match page.next {
            Some(next) if next > self.at => self.at = next,
            _ => return Err(does_not_advance::<ReservationGetPage>(self.client, "arguments.next")),
        }
        Ok(Some(page.hosts))
    }

    /// Everything that is left, at once.
    pub async fn all(mut self) -> Result<Records<Reservation>, Error> {
        let mut all = Records::default();
        while let Some(page) = self.next_page().await? {
            all.extend(page);
        }
        Ok(all)
    }
}

/// Pauses before every page but the first; false if there is none.
async fn begin(state: &mut State, pause: Duration) -> bool {
    match std::mem::replace(state, State::Later) {
        State::First => true,
        State::Later => {
            sleep(pause).await;
            true
        }
        State::Over => {
            *state = State::Over;
            false
        }
    }
}

fn does_not_advance<C: Command>(client: &Client, path: &str) -> Error {
    Error { daemon: client.endpoint().url().to_owned(), command: C::NAME, kind: envelope::malformed(path) }
}
