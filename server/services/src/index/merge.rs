//! Joins leases, reservations, holds, gaps and special addresses of a subnet into the rows that people look at. Pure.

use std::collections::{BTreeMap, HashMap};
use std::net::IpAddr;

use model::{
    AddressFilter, AddressPage, AddressQuery, AddressRange, AddressRow, AddressSort, Client, ClientState, Exclusion,
    Family, Hold, Identifier, Lease, LeaseState, PoolUse, RawKind, RawRecord, Reservation, SpecialAddress, Storage,
    Subnet, SubnetKey, Timestamp, after, before,
};

use super::fields::{self, Sought};
use super::start::{Start, start};
use super::{Place, Snapshot};

mod ranges;

/// Most rows of one page.
const MOST_ROWS: u32 = 500;

/// What is held back in a subnet.
#[derive(Clone, Copy, Default)]
pub(crate) struct Blacklist<'a> {
    pub(crate) holds: &'a [Hold],
    pub(crate) exclusions: &'a [Exclusion],
}

/// Joins what is known of one address or prefix.
pub(crate) fn client(
    place: Option<Place>,
    lease: Option<Lease>,
    reservation: Option<Reservation>,
    hold: Option<Hold>,
    now: Timestamp,
) -> Client {
    let state = state(lease.as_ref(), reservation.as_ref(), now);
    let (address, prefix) = (place.and_then(Place::address), place.and_then(Place::prefix));
    Client { address, prefix, state, lease, reservation, hold, duplicate: None, elsewhere: None, vendor: None }
}

fn state(lease: Option<&Lease>, reservation: Option<&Reservation>, now: Timestamp) -> ClientState {
    match (lease, reservation) {
        (Some(lease), _) if lease.state == LeaseState::Declined => ClientState::Declined,
        (Some(lease), Some(_)) if lease.is_over(now) => ClientState::ReservedIdle,
        // Where a lease does not say whose it is, there is no reason to suspect a stranger.
        (Some(lease), Some(reservation)) if lease.belongs_to(&reservation.identifier).unwrap_or(true) => {
            ClientState::ReservedInUse
        }
        (Some(_), Some(_)) => ClientState::Conflict,
        (Some(lease), None) if lease.state == LeaseState::Released => ClientState::Released,
        (Some(lease), None) if lease.is_over(now) => ClientState::Expired,
        (Some(_), None) => ClientState::Leased,
        (None, Some(_)) => ClientState::ReservedIdle,
        (None, None) => ClientState::Held,
    }
}

/// What is known of one place.
#[derive(Default)]
pub(crate) struct Parts {
    pub(crate) lease: Option<Lease>,
    /// One for each client that it is reserved for.
    pub(crate) reservations: Vec<Reservation>,
    pub(crate) hold: Option<Hold>,
}

impl Parts {
    /// The rows of the place: one for each reservation, else one. A lease stands with the reservation of its client; where
    /// it is of none of them, it is in the way of all.
    pub(crate) fn clients(self, place: Place, now: Timestamp) -> Vec<Client> {
        let Self { lease, reservations, mut hold } = self;
        if reservations.is_empty() {
            return vec![client(Some(place), lease, None, hold, now)];
        }
        let is_of = |reservation: &Reservation, sure: bool| {
            let belongs = lease.as_ref().map(|lease| lease.belongs_to(&reservation.identifier));
            belongs.is_some_and(|belongs| belongs.unwrap_or(!sure))
        };
        let owner = [true, false].into_iter().find_map(|sure| reservations.iter().position(|its| is_of(its, sure)));
        let owner = owner.or_else(|| lease.as_ref().filter(|lease| lease.is_over(now)).map(|_| 0));
        let rows = reservations.into_iter().enumerate().map(|(at, reservation)| {
            let lease = lease.clone().filter(|_| owner.is_none_or(|owner| owner == at));
            client(Some(place), lease, Some(reservation), hold.take(), now)
        });
        rows.collect()
    }
}

/// Every row of a subnet: clients and special addresses by address with the gaps between them, then clients outside of its
/// prefix, delegated prefixes, and at the end the reservations without either.
pub(crate) fn rows(subnet: &Subnet, snapshot: &Snapshot, blacklist: Blacklist<'_>, now: Timestamp) -> Vec<AddressRow> {
    let Clients { by_address, prefixes, unaddressed } = clients(snapshot, blacklist.holds, now);
    let whole = AddressRange::of_prefix(subnet.prefix);
    let (raw_at, raw_elsewhere): (Vec<_>, Vec<_>) = snapshot.raw.iter().cloned().map(Box::new).partition(|raw| {
        let at = raw.address().filter(|address| whole.contains(*address));
        at.is_some() && !subnet.key.is_global()
    });
    let raw_elsewhere = raw_elsewhere.into_iter().map(AddressRow::Raw);
    let (mut inside, outside): (BTreeMap<_, _>, BTreeMap<_, _>) =
        by_address.into_iter().partition(|(address, _)| whole.contains(*address));
    if subnet.key.is_global() {
        // Between them lie the addresses of all subnets.
        let addresses = inside.into_values().flatten();
        return addresses.chain(prefixes).chain(unaddressed).chain(raw_elsewhere).collect();
    }
    for (address, what) in specials(subnet) {
        // A router that is a DHCP client itself is more than just special.
        inside.entry(address).or_insert_with(|| vec![AddressRow::Special { address, what }]);
    }
    for raw in raw_at {
        if let Some(address) = raw.address() {
            inside.entry(address).or_default().push(AddressRow::Raw(raw));
        }
    }
    let mut rows = Vec::with_capacity(inside.len() * 2);
    let mut next = Some(whole.first());
    for (address, its) in inside {
        if let Some(start) = next
            && let Some(last) = before(address)
            && let Ok(gap) = AddressRange::new(start, last)
        {
            push_gaps(subnet, blacklist.exclusions, gap, &mut rows);
        }
        next = after(address);
        rows.extend(its);
    }
    if let Some(gap) = next.and_then(|start| AddressRange::new(start, whole.last()).ok()) {
        push_gaps(subnet, blacklist.exclusions, gap, &mut rows);
    }
    rows.extend(outside.into_values().flatten());
    rows.extend(prefixes);
    rows.extend(unaddressed);
    rows.extend(raw_elsewhere);
    rows
}

/// The rows of one place.
pub(crate) fn rows_at(snapshot: &Snapshot, place: Place, now: Timestamp) -> Vec<Client> {
    let lease = snapshot.lease_of(place).cloned();
    let mut reservations: Vec<Reservation> = Vec::new();
    let (configured, stored): (Vec<_>, Vec<_>) =
        snapshot.reservations.iter().filter(|known| place.is_of(known)).partition(|known| is_configured(known));
    for reservation in configured.into_iter().chain(stored) {
        if !reservations.iter().any(|known| is_copy(known, reservation)) {
            reservations.push(reservation.clone());
        }
    }
    let rows = Parts { lease, reservations, hold: None }.clients(place, now).into_iter();
    rows.map(|row| Client { duplicate: row.reservation.as_ref().and_then(|of| duplicate_of(snapshot, of)), ..row })
        .collect()
}

/// The row of a reservation without an address or a prefix, by its place in the snapshot.
pub(crate) fn row_unaddressed(snapshot: &Snapshot, at: usize, now: Timestamp) -> Option<Client> {
    let reservation = snapshot.reservations.get(at)?;
    let duplicate = duplicate_of(snapshot, reservation);
    Some(Client { duplicate, ..client(None, None, Some(reservation.clone()), None, now) })
}

/// The copy of a reservation that its server keeps in the other place.
fn duplicate_of(snapshot: &Snapshot, of: &Reservation) -> Option<Reservation> {
    snapshot.reservations.iter().find(|known| known.storage != of.storage && is_copy(known, of)).cloned()
}

/// Of two copies of a reservation the one in the configuration is the one that counts.
fn is_configured(reservation: &Reservation) -> bool {
    reservation.storage == Storage::Configuration
}

/// Whether both are the reservation of one client in one subnet.
fn is_copy(one: &Reservation, other: &Reservation) -> bool {
    one.identifier == other.identifier && one.subnet == other.subnet
}

/// The rows of clients.
struct Clients {
    by_address: BTreeMap<IpAddr, Vec<AddressRow>>,
    /// Of delegated prefixes, in their order.
    prefixes: Vec<AddressRow>,
    /// Of reservations without an address or a prefix.
    unaddressed: Vec<AddressRow>,
}

fn clients(snapshot: &Snapshot, holds: &[Hold], now: Timestamp) -> Clients {
    let mut parts: BTreeMap<Place, Parts> = BTreeMap::new();
    let mut unaddressed = Vec::new();
    for lease in &snapshot.leases {
        parts.entry(Place::of_lease(lease)).or_default().lease = Some(lease.clone());
    }
    let duplicates = duplicates(&snapshot.reservations);
    let duplicate = |of: Option<&Reservation>| duplicates.get(&of.map(one_of_two)?).cloned();
    let row = |client: Client| {
        let duplicate = duplicate(client.reservation.as_ref());
        AddressRow::Client(Box::new(Client { duplicate, ..client }))
    };
    let (configured, stored): (Vec<_>, Vec<_>) = snapshot.reservations.iter().partition(|known| is_configured(known));
    for reservation in configured.into_iter().chain(stored) {
        for place in Place::all_of(reservation) {
            let Some(place) = place else {
                unaddressed.push(row(client(None, None, Some(reservation.clone()), None, now)));
                continue;
            };
            let there = &mut parts.entry(place).or_default().reservations;
            if !there.iter().any(|known| is_copy(known, reservation)) {
                there.push(reservation.clone());
            }
        }
    }
    for hold in holds {
        parts.entry(Place::Address(hold.key.address)).or_default().hold = Some(hold.clone());
    }
    let (mut by_address, mut prefixes) = (BTreeMap::new(), Vec::new());
    for (place, parts) in parts {
        let rows = parts.clients(place, now).into_iter().map(&row);
        match place {
            Place::Address(address) => drop(by_address.insert(address, rows.collect())),
            Place::Prefix(_) => prefixes.extend(rows),
        }
    }
    Clients { by_address, prefixes, unaddressed }
}

/// The copies of reservations that a server keeps in both places, by the copy that each belongs to.
fn duplicates(reservations: &[Reservation]) -> HashMap<OneOfTwo<'_>, Reservation> {
    let mut places: HashMap<_, [Option<&Reservation>; 2]> = HashMap::new();
    for reservation in reservations {
        let place = usize::from(reservation.storage == Storage::Database);
        places.entry((&reservation.subnet, &reservation.identifier)).or_default()[place] = Some(reservation);
    }
    let both = places.into_values().filter_map(|[one, other]| one.zip(other));
    both.flat_map(|(one, other)| [(one_of_two(one), other.clone()), (one_of_two(other), one.clone())]).collect()
}

/// What distinguishes one copy of a reservation from the other.
type OneOfTwo<'a> = (&'a SubnetKey, &'a Identifier, Storage);

fn one_of_two(of: &Reservation) -> OneOfTwo<'_> {
    (&of.subnet, &of.identifier, of.storage)
}

fn specials(subnet: &Subnet) -> Vec<(IpAddr, SpecialAddress)> {
    let lowest = if subnet.family() == Family::V4 { SpecialAddress::Network } else { SpecialAddress::Anycast };
    let ends = [(subnet.prefix.network(), lowest), (subnet.prefix.broadcast(), SpecialAddress::Broadcast)];
    // Those that a host can have are no special ones.
    let mut specials: Vec<_> = ends.into_iter().filter(|(address, _)| !subnet.holds(*address)).collect();
    let inside = subnet.all_routers().filter(|router| subnet.prefix.contains(*router));
    specials.extend(inside.map(|router| (router, SpecialAddress::Gateway)));
    specials
}

/// A gap, cut where pools and exclusions start and end.
fn push_gaps(subnet: &Subnet, exclusions: &[Exclusion], gap: AddressRange, rows: &mut Vec<AddressRow>) {
    let mut start = gap.first();
    loop {
        let in_pool = subnet.pool_of(start).is_some();
        let excluded = exclusions.iter().find(|exclusion| exclusion.range.contains(start));
        let excluded = excluded.map(|exclusion| exclusion.reason.clone());
        let ranges = subnet.pools.iter().map(|pool| pool.range);
        let end = ranges
            .chain(exclusions.iter().map(|exclusion| exclusion.range))
            .filter_map(|range| border_after(start, range))
            .min()
            .unwrap_or(gap.last())
            .min(gap.last());
        if let Ok(range) = AddressRange::new(start, end) {
            rows.push(AddressRow::Gap { range, in_pool, excluded });
        }
        match after(end) {
            Some(next) if next <= gap.last() => start = next,
            _ => return,
        }
    }
}

/// The last address, from `start` on, before the range begins or ends.
fn border_after(start: IpAddr, range: AddressRange) -> Option<IpAddr> {
    if range.contains(start) {
        Some(range.last())
    } else if range.first() > start {
        before(range.first())
    } else {
        None
    }
}

/// The rows that the question asks for.
pub(crate) fn page(rows: Vec<AddressRow>, query: &AddressQuery, as_of: Timestamp) -> AddressPage {
    let text = searched(&query.text);
    let wanted = rows.into_iter().filter(|row| passes(row, query));
    let mut wanted: Vec<AddressRow> = match ranges::read(&text) {
        Some(ranges) => ranges::within(wanted, &ranges),
        None => wanted.filter(|row| mentions(row, &text)).map(|row| narrowed(row, &text)).collect(),
    };
    sort(&mut wanted, query);
    if query.filter == AddressFilter::All {
        wanted = without_scattered_gaps(wanted);
    }
    let total = u32::try_from(wanted.len()).unwrap_or(u32::MAX);
    let limit = query.limit.clamp(1, MOST_ROWS);
    let Start { offset, at } = start(&wanted, query, limit);
    let rows = wanted.into_iter().skip(offset as usize).take(limit as usize).map(|row| match row {
        AddressRow::Client(client) => AddressRow::Client(Box::new(with_vendor(*client))),
        row => row,
    });
    let rows = rows.collect();
    AddressPage { pool_use: Vec::new(), rows, total, offset, at, as_of, unseen: Vec::new() }
}

/// Of a gap the one address that was looked for, so that this is what can be done something with.
fn narrowed(row: AddressRow, text: &str) -> AddressRow {
    match (row, text.parse::<IpAddr>()) {
        (AddressRow::Gap { in_pool, excluded, .. }, Ok(address)) => {
            AddressRow::Gap { range: AddressRange::single(address), in_pool, excluded }
        }
        (row, _) => row,
    }
}

/// The row with the vendor of its MAC address, which is only looked up for rows that are shown.
pub(crate) fn with_vendor(client: Client) -> Client {
    let vendor = client.hw_address().and_then(vendors::of).map(str::to_owned);
    Client { vendor, ..client }
}

fn passes(row: &AddressRow, query: &AddressQuery) -> bool {
    match row {
        // Gaps lie between addresses: in another order they would mean nothing.
        AddressRow::Gap { .. } => match query.filter {
            AddressFilter::Free => true,
            AddressFilter::All => query.sort == AddressSort::Address,
            _ => false,
        },
        AddressRow::Special { .. } => query.filter == AddressFilter::All,
        AddressRow::Raw(raw) => match query.filter {
            AddressFilter::All | AddressFilter::Problems => true,
            AddressFilter::Leases => raw.kind == RawKind::Lease,
            AddressFilter::Reservations => raw.kind == RawKind::Reservation,
            AddressFilter::Free | AddressFilter::Held => false,
        },
        AddressRow::Client(client) => match query.filter {
            AddressFilter::All => true,
            AddressFilter::Leases => client.lease.is_some(),
            AddressFilter::Reservations => client.reservation.is_some(),
            AddressFilter::Free => false,
            AddressFilter::Problems => {
                let stray = |lease: &Lease| lease.stray.is_some() && client.state == ClientState::Leased;
                matches!(client.state, ClientState::Conflict | ClientState::Declined)
                    || client.duplicate.is_some()
                    || client.lease.as_ref().is_some_and(stray)
            }
            AddressFilter::Held => client.hold.is_some(),
        },
    }
}

/// In IPv6 almost any two clients have free addresses between them, which says nothing: where everything is listed, such
/// gaps are left out, unless they are excluded.
fn without_scattered_gaps(rows: Vec<AddressRow>) -> Vec<AddressRow> {
    let address = |at: Option<usize>| match rows.get(at?)? {
        AddressRow::Client(client) => client.address,
        _ => None,
    };
    let scattered = |at: usize| match &rows[at] {
        AddressRow::Gap { range, excluded: None, .. } if range.family() == Family::V6 => {
            let [above, below] = [address(at.checked_sub(1)), address(at.checked_add(1))];
            above.is_some() && above == before(range.first()) && below.is_some() && below == after(range.last())
        }
        _ => false,
    };
    let kept: Vec<bool> = (0..rows.len()).map(|at| !scattered(at)).collect();
    rows.into_iter().zip(kept).filter_map(|(row, kept)| kept.then_some(row)).collect()
}

/// How many addresses, or prefixes, of each pool are leased.
pub(crate) fn pool_use(subnet: &Subnet, snapshot: &Snapshot) -> Vec<PoolUse> {
    let count = |counts: &dyn Fn(&Lease) -> bool| {
        let used = snapshot.leases.iter().filter(|lease| lease.blocks() && counts(lease)).count();
        u32::try_from(used).unwrap_or(u32::MAX)
    };
    let addresses = subnet.pools.iter().map(|pool| {
        let inside = |lease: &Lease| lease.prefix_len.is_none() && pool.range.contains(lease.address);
        let raw = snapshot.raw.iter().filter(|raw| is_lease_in(raw, pool.range)).count();
        let used = count(&inside).saturating_add(u32::try_from(raw).unwrap_or(u32::MAX));
        PoolUse { pool: pool.range.to_string(), used }
    });
    let prefixes = subnet.prefix_pools.iter().map(|pool| {
        let inside = |lease: &Lease| lease.prefix().is_some_and(|prefix| pool.prefix.contains(prefix.network()));
        PoolUse { pool: pool.prefix.to_string(), used: count(&inside) }
    });
    addresses.chain(prefixes).collect()
}

/// Whether it may be that a client has an address of the range, by a lease that is not understood.
fn is_lease_in(raw: &RawRecord, range: AddressRange) -> bool {
    raw.kind == RawKind::Lease && raw.address().is_some_and(|address| range.contains(address))
}

/// A text to be searched for: in lower case, an address as rows show it, and a name without the dot at its end, which some
/// have and some have not.
pub(crate) fn searched(text: &str) -> String {
    let text = text.trim().to_lowercase();
    if let Ok(address) = text.parse::<IpAddr>() {
        return address.to_string();
    }
    let is_name = text.bytes().any(|octet| octet.is_ascii_alphabetic());
    text.strip_suffix('.').filter(|_| is_name).map_or_else(|| text.clone(), str::to_owned)
}

/// Whether the text stands in anything that the row shows; hexadecimal digits are compared without separators too.
fn mentions(row: &AddressRow, text: &str) -> bool {
    if text.is_empty() {
        return true;
    }
    match row {
        AddressRow::Client(client) => client_mentions(client, text),
        AddressRow::Special { address, what } => address.to_string().contains(text) || what.label().contains(text),
        AddressRow::Raw(raw) => raw.mentions(text),
        AddressRow::Gap { range, .. } => text.parse().is_ok_and(|address| range.contains(address)),
    }
}

/// Whether the text (in lower case) stands in anything that is known of the client.
fn client_mentions(client: &Client, text: &str) -> bool {
    let sought = Sought::new(text);
    fields::of_client(client).iter().any(|field| field.mentions(&sought))
}

fn sort(rows: &mut Vec<AddressRow>, query: &AddressQuery) {
    let down = query.descending;
    match query.sort {
        AddressSort::Address => sort_by(rows, down, place),
        AddressSort::HostName => sort_by(rows, down, |row| Some(as_client(row)?.host_name()?.to_lowercase())),
        AddressSort::HwAddress => sort_by(rows, down, |row| Some(as_client(row)?.hw_address()?.to_string())),
        AddressSort::State => sort_by(rows, down, |row| Some(as_client(row)?.state.label())),
        AddressSort::Expiry => sort_by(rows, down, |row| as_client(row)?.lease.as_ref()?.expires_at()),
    }
}

/// Sorts by a value; rows without one come last in either direction, and equal ones keep their order.
fn sort_by<T: Ord>(rows: &mut Vec<AddressRow>, descending: bool, value: impl Fn(&AddressRow) -> Option<T>) {
    let mut valued: Vec<(Option<T>, AddressRow)> = rows.drain(..).map(|row| (value(&row), row)).collect();
    valued.sort_by(|(one, _), (other, _)| match (one, other) {
        (Some(one), Some(other)) if descending => other.cmp(one),
        (Some(one), Some(other)) => one.cmp(other),
        _ => one.is_none().cmp(&other.is_none()),
    });
    rows.extend(valued.into_iter().map(|(_, row)| row));
}

fn place(row: &AddressRow) -> Option<Place> {
    match row {
        AddressRow::Client(client) => client.address.map(Place::Address).or(client.prefix.map(Place::Prefix)),
        AddressRow::Gap { range, .. } => Some(Place::Address(range.first())),
        AddressRow::Special { address, .. } => Some(Place::Address(*address)),
        AddressRow::Raw(raw) => raw.address().map(Place::Address),
    }
}

fn as_client(row: &AddressRow) -> Option<&Client> {
    match row {
        AddressRow::Client(client) => Some(client),
        AddressRow::Gap { .. } | AddressRow::Special { .. } | AddressRow::Raw(_) => None,
    }
}

#[cfg(test)]
mod tests;
