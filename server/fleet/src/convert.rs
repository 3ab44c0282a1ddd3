//! Kea's words and ours.

use std::collections::BTreeSet;
use std::fmt::Display;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};
use std::str::FromStr;

use kea::commands::{IdentifierType, Target};
use kea::wire::{self, INFINITE};
use model::{
    AddressRange, Family, HwAddress, Identifier, IdentifierKind, IpNetwork, Ipv6Network, Labels, Lease, LeaseState,
    NewReservation, Pool, PoolSettings, PrefixPool, Reservation, ReservationRules, Seconds, ServerName, Storage,
    Subnet, SubnetKey, Timestamp,
};
use serde_json::{Map, Value};

use crate::effective_options::EffectiveOptions;
use crate::{labels, options, raw};

/// Where a server keeps new reservations.
pub(crate) fn storage(config: &wire::Dhcp) -> Storage {
    if config.writes_to_database() { Storage::Database } else { Storage::Configuration }
}

/// Where the name that the asking system gave a record lives in its user context.
const RECORD_NAME: &str = "nestor-record-name";

/// What reservations say of the prefixes that clients keep out of theirs, one text for each (RFC 6603).
const EXCLUDED_PREFIXES: &str = "excluded-prefixes";

/// The time servers of DHCPv6 by address, one by one (RFC 5908): an option inside of option 56.
const NTP_V6: (&str, u16) = ("v6-ntp-server-suboptions", 1);

/// The standard options that a subnet shows, by space and code; the first one that is set counts.
struct Shown {
    dns_servers: &'static [(&'static str, u16)],
    ntp_servers: &'static [(&'static str, u16)],
    domain_name: &'static [(&'static str, u16)],
    interface_mtu: &'static [(&'static str, u16)],
}

impl Shown {
    fn of(family: Family) -> Self {
        match family {
            Family::V4 => Self {
                dns_servers: &[("dhcp4", 6)],
                ntp_servers: &[("dhcp4", 42)],
                domain_name: &[("dhcp4", 15)],
                interface_mtu: &[("dhcp4", 26)],
            },
            Family::V6 => Self {
                dns_servers: &[("dhcp6", 23)],
                ntp_servers: &[("dhcp6", 31), NTP_V6],
                domain_name: &[("dhcp6", 24)],
                interface_mtu: &[],
            },
        }
    }
}

/// A subnet, with what it inherits filled in. None when its prefix is no prefix.
pub(crate) fn subnet(
    key: SubnetKey,
    config: &wire::Dhcp,
    subnet: &wire::Subnet,
    network: Option<&wire::SharedNetwork>,
) -> Option<Subnet> {
    let prefix: IpNetwork = subnet.subnet.parse().ok()?;
    let family = if prefix.is_ipv4() { Family::V4 } else { Family::V6 };
    let shown = Shown::of(family);
    let effective = EffectiveOptions::new(config, subnet, network);
    let from_network = network.and_then(|network| said_address(network.next_server));
    let file_from_network = network.and_then(|network| said(network.boot_file_name.as_ref()));
    let option = |places: &[(&str, u16)]| places.iter().find_map(|(space, code)| effective.option(space, *code));
    let addresses = |places| option(places).map(|datum| datum.addresses()).unwrap_or_default();
    let Labels { name, comment } = labels::read(subnet.user_context.as_ref());
    Some(Subnet {
        key,
        prefix: IpNetwork::new(prefix.network(), prefix.prefix()).ok()?,
        name,
        comment,
        shared_network: network.map(|network| network.name.clone()),
        network_labels: labels::read(network.and_then(|network| network.user_context.as_ref())),
        relays: relays(subnet, network),
        interface: said(subnet.interface.as_ref()).or_else(|| said(network?.interface.as_ref())),
        interface_id: said(subnet.interface_id.as_ref()).or_else(|| said(network?.interface_id.as_ref())),
        client_classes: subnet.guards(),
        network_classes: network.map(wire::SharedNetwork::guards).unwrap_or_default(),
        additional_classes: additional_classes(subnet, network),
        pools: subnet.pools.iter().filter_map(pool).collect(),
        prefix_pools: subnet.pd_pools.iter().filter_map(prefix_pool).collect(),
        routers: effective.routers(),
        other_routers: effective.other_routers(),
        dns_servers: addresses(shown.dns_servers),
        ntp_servers: addresses(shown.ntp_servers),
        domain_name: option(shown.domain_name).and_then(|datum| datum.first()),
        interface_mtu: option(shown.interface_mtu).and_then(|datum| datum.number()?.try_into().ok()),
        valid_lifetime: subnet.valid_lifetime.or(config.valid_lifetime),
        next_server: said_address(subnet.next_server).or(from_network).or_else(|| said_address(config.next_server)),
        boot_file_name: said(subnet.boot_file_name.as_ref())
            .or(file_from_network)
            .or_else(|| said(config.boot_file_name.as_ref())),
        rules: rules(config, subnet, network),
        options: effective.options(),
        unread: unread(subnet),
    })
}

/// What of a subnet is not understood.
fn unread(of: &wire::Subnet) -> Vec<String> {
    let pools = of.pools.iter().filter(|each| pool(each).is_none()).map(|each| format!("pool: {}", each.pool));
    let prefix_pools = of.pd_pools.iter().filter(|each| prefix_pool(each).is_none());
    let prefix_pools = prefix_pools.map(|each| format!("prefix pool: {}/{}", each.prefix, each.prefix_len));
    raw::lines(of.unread()).into_iter().chain(pools).chain(prefix_pools).collect()
}

/// What of a configuration is not understood, the subnets without a prefix among it.
pub(crate) fn unread_in(config: &wire::Dhcp) -> Vec<String> {
    let nowhere = config.subnets().filter(|(subnet, _)| subnet.subnet.parse::<IpNetwork>().is_err());
    let nowhere = nowhere.map(|(subnet, _)| format!("subnet {}: its prefix is “{}”", subnet.id, subnet.subnet));
    let whole = raw::lines(config.unread()).into_iter();
    let ours = config.subnets().flat_map(|(subnet, _)| {
        let count = subnet.unread().len();
        unread(subnet).into_iter().skip(count).map(move |line| format!("subnet {}, {line}", subnet.id))
    });
    whole.chain(nowhere).chain(ours).collect()
}

/// What stands for a subnet where reservations are of none in particular. They count where any subnet says so.
pub(crate) fn global(server: ServerName, family: Family, config: &wire::Dhcp) -> Subnet {
    let kinds = identifiers(config);
    let counts = config.subnets().any(|(subnet, network)| counts_globally(config, subnet, network));
    let global = counts || config.reservations_global == Some(true);
    let usual = ReservationRules::default();
    let unique = config.ip_reservations_unique.unwrap_or(usual.unique);
    Subnet::global(server, family, ReservationRules { identifiers: kinds, global, unique, ..usual })
}

fn counts_globally(config: &wire::Dhcp, subnet: &wire::Subnet, network: Option<&wire::SharedNetwork>) -> bool {
    let of_network = network.and_then(|network| network.reservations_global);
    subnet.reservations_global.or(of_network).or(config.reservations_global).unwrap_or(false)
}

/// The kinds of identifiers that the server looks clients up by.
fn identifiers(config: &wire::Dhcp) -> Vec<IdentifierKind> {
    let kinds = config.host_reservation_identifiers.iter().filter_map(|kind| IdentifierKind::from_code(kind));
    let kinds: Vec<_> = kinds.collect();
    if kinds.is_empty() { ReservationRules::default().identifiers } else { kinds }
}

/// How reservations of the subnet are treated: what it does not say itself it has from its network, or from the server.
fn rules(config: &wire::Dhcp, subnet: &wire::Subnet, network: Option<&wire::SharedNetwork>) -> ReservationRules {
    let usual = ReservationRules::default();
    let of_network = |said: fn(&wire::SharedNetwork) -> Option<bool>| network.and_then(said);
    ReservationRules {
        identifiers: identifiers(config),
        global: counts_globally(config, subnet, network),
        match_client_id: subnet
            .match_client_id
            .or(of_network(|network| network.match_client_id))
            .or(config.match_client_id)
            .unwrap_or(usual.match_client_id),
        in_subnet: subnet
            .reservations_in_subnet
            .or(of_network(|network| network.reservations_in_subnet))
            .or(config.reservations_in_subnet)
            .unwrap_or(usual.in_subnet),
        out_of_pool: subnet
            .reservations_out_of_pool
            .or(of_network(|network| network.reservations_out_of_pool))
            .or(config.reservations_out_of_pool)
            .unwrap_or(usual.out_of_pool),
        unique: config.ip_reservations_unique.unwrap_or(usual.unique),
    }
}

/// The relays of a subnet and of its network, each once.
fn relays(subnet: &wire::Subnet, network: Option<&wire::SharedNetwork>) -> Vec<IpAddr> {
    let mut relays: Vec<_> = subnet.relay.addresses().collect();
    for relay in network.iter().flat_map(|network| network.relay.addresses()) {
        if !relays.contains(&relay) {
            relays.push(relay);
        }
    }
    relays
}

/// The classes that are evaluated for clients of a subnet, each once.
fn additional_classes(subnet: &wire::Subnet, network: Option<&wire::SharedNetwork>) -> Vec<String> {
    let mut classes = subnet.evaluate_additional_classes.clone();
    for class in network.iter().flat_map(|network| &network.evaluate_additional_classes) {
        if !classes.contains(class) {
            classes.push(class.clone());
        }
    }
    classes
}

/// The client classes that a configuration has, and those that anything in it is for.
pub(crate) fn classes(config: &wire::Dhcp) -> BTreeSet<String> {
    let mut classes: BTreeSet<&String> = config.client_classes.iter().map(|class| &class.name).collect();
    for network in &config.shared_networks {
        classes.extend(network.client_classes.iter().chain(&network.client_class));
    }
    for (subnet, _) in config.subnets() {
        classes.extend(subnet.client_classes.iter().chain(&subnet.client_class));
        classes.extend(subnet.pools.iter().flat_map(|pool| pool.client_classes.iter().chain(&pool.client_class)));
        classes.extend(subnet.pd_pools.iter().flat_map(|pool| pool.client_classes.iter().chain(&pool.client_class)));
    }
    classes.into_iter().cloned().collect()
}

fn pool(pool: &wire::Pool) -> Option<Pool> {
    Some(Pool {
        range: pool.pool.parse::<AddressRange>().ok()?,
        settings: PoolSettings {
            client_classes: pool.guards(),
            additional_classes: pool.evaluate_additional_classes.clone(),
            labels: labels::read(pool.user_context.as_ref()),
            options: pool.option_data.iter().map(options::datum).collect(),
        },
    })
}

fn prefix_pool(pool: &wire::PdPool) -> Option<PrefixPool> {
    let excluded = pool.excluded_prefix.zip(pool.excluded_prefix_len.filter(|length| *length > 0));
    Some(PrefixPool {
        prefix: Ipv6Network::new(pool.prefix, pool.prefix_len).ok()?,
        delegated_len: pool.delegated_len,
        excluded: excluded.and_then(|(prefix, length)| Ipv6Network::new(prefix, length).ok()),
        settings: PoolSettings {
            client_classes: pool.guards(),
            additional_classes: pool.evaluate_additional_classes.clone(),
            labels: labels::read(pool.user_context.as_ref()),
            options: pool.option_data.iter().map(options::datum).collect(),
        },
    })
}

/// A lease of either family.
pub(crate) trait Lent {
    /// The number of its subnet.
    fn subnet_id(&self) -> u32;

    /// In our words, or why there are none: the state, an identifier or a length is of no kind that we know.
    fn lease(&self, key: SubnetKey) -> Result<Lease, String>;

    /// As it came.
    fn raw(&self, fault: String) -> wire::Raw;
}

impl Lent for wire::Lease4 {
    fn subnet_id(&self) -> u32 {
        self.subnet_id
    }

    fn raw(&self, fault: String) -> wire::Raw {
        wire::Raw::of(self, fault)
    }

    fn lease(&self, key: SubnetKey) -> Result<Lease, String> {
        Ok(Lease {
            subnet: key,
            address: self.ip_address.into(),
            prefix_len: None,
            hw_address: read("hw-address", Some(&self.hw_address))?,
            client_id: read("client-id", self.client_id.as_ref())?,
            duid: None,
            host_name: said(Some(&self.hostname)),
            state: state(self.state)?,
            renewed_at: Timestamp(self.cltt),
            lifetime: lifetime(self.valid_lft),
            stray: None,
        })
    }
}

impl Lent for wire::Lease6 {
    fn subnet_id(&self) -> u32 {
        self.subnet_id
    }

    fn raw(&self, fault: String) -> wire::Raw {
        wire::Raw::of(self, fault)
    }

    fn lease(&self, key: SubnetKey) -> Result<Lease, String> {
        let state = state(self.state)?;
        // A declined one belongs to no client: Kea writes zeros.
        let owned = state != LeaseState::Declined;
        let length = self.prefix_len.unwrap_or(0);
        let is_prefix = self.kind == wire::Lease6Type::Prefix;
        if is_prefix && (length == 0 || Ipv6Network::new(self.ip_address, length).is_err()) {
            return Err(format!("prefix-len: a prefix has no length of {length}"));
        }
        Ok(Lease {
            subnet: key,
            address: self.ip_address.into(),
            prefix_len: is_prefix.then_some(length),
            hw_address: read::<HwAddress>("hw-address", self.hw_address.as_ref())?.filter(|_| owned),
            client_id: None,
            duid: if owned { read("duid", Some(&self.duid))? } else { None },
            host_name: said(Some(&self.hostname)),
            state,
            renewed_at: Timestamp(self.cltt),
            lifetime: lifetime(self.valid_lft),
            stray: None,
        })
    }
}

fn state(state: u32) -> Result<LeaseState, String> {
    Ok(match state {
        wire::state::DEFAULT => LeaseState::Assigned,
        wire::state::DECLINED => LeaseState::Declined,
        wire::state::EXPIRED_RECLAIMED => LeaseState::Reclaimed,
        wire::state::RELEASED => LeaseState::Released,
        wire::state::REGISTERED => LeaseState::Registered,
        other => return Err(format!("state: there is no state {other}")),
    })
}

/// What a member says, if it says anything.
fn read<T: FromStr<Err: Display>>(member: &str, text: Option<&String>) -> Result<Option<T>, String> {
    let read = |text: String| text.parse().map_err(|fault: T::Err| format!("{member}: {fault}"));
    said(text).map(read).transpose()
}

fn lifetime(seconds: u32) -> Option<Seconds> {
    (seconds != INFINITE).then(|| Seconds(seconds.into()))
}

/// A reservation, or why it is none: without an identifier that we know a record cannot be named, hence not changed.
pub(crate) fn reservation(key: SubnetKey, host: &wire::Reservation, storage: Storage) -> Result<Reservation, String> {
    let context = host.user_context.as_ref();
    let of_ipv6 = host.ip_addresses.iter().copied().map(IpAddr::V6);
    let mut addresses = said_address(host.ip_address).map(IpAddr::V4).into_iter().chain(of_ipv6);
    Ok(Reservation {
        subnet: key,
        identifier: identifier(host)?,
        address: addresses.next(),
        more_addresses: addresses.collect(),
        prefixes: host.prefixes.clone(),
        host_name: said(host.hostname.as_ref()),
        next_server: said_address(host.next_server),
        server_host_name: said(host.server_hostname.as_ref()),
        boot_file_name: said(host.boot_file_name.as_ref()),
        client_classes: host.client_classes.clone(),
        options: host.option_data.iter().map(options::datum).collect(),
        note: labels::note(context),
        label: labels::of_a_reservation(context),
        record_name: record_name(context),
        storage,
    })
}

fn identifier(host: &wire::Reservation) -> Result<Identifier, String> {
    let mut kinds = [
        (IdentifierKind::HwAddress, &host.hw_address),
        (IdentifierKind::ClientId, &host.client_id),
        (IdentifierKind::Duid, &host.duid),
        (IdentifierKind::CircuitId, &host.circuit_id),
        (IdentifierKind::FlexId, &host.flex_id),
    ]
    .into_iter()
    .filter_map(|(kind, text)| Some((kind, text.as_ref()?)));
    let (kind, text) = kinds.next().ok_or("it has no identifier")?;
    Identifier::parse(kind, text).map_err(|fault| format!("{}: {fault}", kind.code()))
}

/// The kind and the value of an identifier, as commands want them.
pub(crate) fn key_of(identifier: &Identifier) -> (IdentifierType, String) {
    let kind = match identifier.kind() {
        IdentifierKind::HwAddress => IdentifierType::HwAddress,
        IdentifierKind::ClientId => IdentifierType::ClientId,
        IdentifierKind::Duid => IdentifierType::Duid,
        IdentifierKind::CircuitId => IdentifierType::CircuitId,
        IdentifierKind::FlexId => IdentifierType::FlexId,
    };
    (kind, identifier.to_string())
}

/// Where commands find a reservation that is kept there.
pub(crate) fn target(storage: Storage) -> Target {
    match storage {
        Storage::Configuration => Target::Memory,
        Storage::Database => Target::Database,
    }
}

/// What is to be reserved, put over what Kea holds: members that we do not know stay as they are.
pub(crate) fn host(new: &NewReservation, over: wire::Reservation) -> wire::Reservation {
    let (kind, value) = key_of(&new.identifier);
    let only = |wanted| (kind == wanted).then(|| value.clone());
    wire::Reservation {
        subnet_id: Some(new.subnet.id),
        hw_address: only(IdentifierType::HwAddress),
        client_id: only(IdentifierType::ClientId),
        duid: only(IdentifierType::Duid),
        circuit_id: only(IdentifierType::CircuitId),
        flex_id: only(IdentifierType::FlexId),
        ip_address: new.address.and_then(v4),
        ip_addresses: new.addresses().filter_map(v6).collect(),
        prefixes: new.prefixes.clone(),
        hostname: new.host_name.as_ref().map(|name| name.as_str().to_owned()),
        next_server: new.next_server,
        server_hostname: new.server_host_name.clone(),
        boot_file_name: new.boot_file_name.clone(),
        user_context: context(new, over.user_context.as_ref()),
        client_classes: new.client_classes.clone().unwrap_or(over.client_classes),
        option_data: match &new.options {
            Some(wanted) => options::over(wanted, &over.option_data),
            None => over.option_data,
        },
        rest: exclusions_with(&new.prefixes, &over.prefixes, over.rest),
    }
}

/// The rest of a record whose prefixes change: what is excluded from a prefix goes with it, as Kea wants exactly one text
/// for each.
fn exclusions_with(wanted: &[Ipv6Network], old: &[Ipv6Network], mut rest: wire::Rest) -> wire::Rest {
    let Some(Value::Array(excluded)) = rest.get(EXCLUDED_PREFIXES) else { return rest };
    let of = |wanted: &Ipv6Network| {
        let at = old.iter().position(|old| old == wanted);
        at.and_then(|at| excluded.get(at)).cloned().unwrap_or_else(|| Value::from(""))
    };
    let kept: Vec<Value> = wanted.iter().map(of).collect();
    if kept.iter().all(|text| text == "") {
        rest.shift_remove(EXCLUDED_PREFIXES);
    } else {
        rest.insert(EXCLUDED_PREFIXES.to_owned(), Value::Array(kept));
    }
    rest
}

/// The user context with what is wanted in it. A member that says so already stays as it is, and so does one that is no
/// text and that was not asked for.
fn context(new: &NewReservation, old: Option<&Map<String, Value>>) -> Option<Map<String, Value>> {
    let mut context = old.cloned().unwrap_or_default();
    if new.note != labels::note(old) {
        labels::write_note(new.note.as_deref(), &mut context);
    }
    if new.record_name != record_name(old) {
        match &new.record_name {
            Some(name) => drop(context.insert(RECORD_NAME.to_owned(), Value::from(name.as_str()))),
            None => drop(context.shift_remove(RECORD_NAME)),
        }
    }
    (old.is_some() || !context.is_empty()).then_some(context)
}

fn record_name(context: Option<&Map<String, Value>>) -> Option<String> {
    said(context?.get(RECORD_NAME)?.as_str().map(str::to_owned).as_ref())
}

fn v4(address: IpAddr) -> Option<Ipv4Addr> {
    match address {
        IpAddr::V4(address) => Some(address),
        IpAddr::V6(_) => None,
    }
}

fn v6(address: IpAddr) -> Option<Ipv6Addr> {
    match address {
        IpAddr::V6(address) => Some(address),
        IpAddr::V4(_) => None,
    }
}

/// Kea writes an empty text where there is none.
fn said(text: Option<&String>) -> Option<String> {
    text.filter(|text| !text.is_empty()).cloned()
}

/// Kea writes 0.0.0.0 where there is none.
fn said_address(address: Option<Ipv4Addr>) -> Option<Ipv4Addr> {
    address.filter(|address| !address.is_unspecified())
}
