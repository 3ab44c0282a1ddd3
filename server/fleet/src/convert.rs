//! Kea's words and ours.

use std::net::Ipv4Addr;

use kea::commands::{IdentifierType, Target};
use kea::wire::{self, INFINITE};
use model::{
    AddressRange, Identifier, IdentifierKind, Ipv4Network, Lease, LeaseState, NewReservation, OptionDatum, Pool,
    Reservation, ReservationRules, Seconds, Storage, Subnet, SubnetKey, Timestamp,
};
use serde_json::{Map, Value};

use crate::options;

/// Where notes for people live in a reservation's user context; other tools use the same member.
const NOTE: &str = "comment";

/// Where the name that the asking system gave a record lives in its user context.
const RECORD_NAME: &str = "nestor-record-name";

/// A subnet, with what it inherits filled in. None when its prefix is not IPv4.
pub(crate) fn subnet(
    key: SubnetKey,
    config: &wire::Dhcp,
    subnet: &wire::Subnet,
    network: Option<&wire::SharedNetwork>,
) -> Option<Subnet> {
    let prefix: Ipv4Network = subnet.subnet.parse().ok()?;
    let of_network = network.map_or(&[][..], |network| &network.option_data);
    let options = options::inherited(&[&subnet.option_data, of_network, &config.option_data]);
    let from_network = network.and_then(|network| said_address(network.next_server));
    let file_from_network = network.and_then(|network| said(network.boot_file_name.as_ref()));
    let addresses = |code: u16| option(&options, code).map(list_of).unwrap_or_default();
    Some(Subnet {
        key,
        prefix: Ipv4Network::new(prefix.network(), prefix.prefix()).ok()?,
        name: subnet.user_context.as_ref().and_then(|context| context.get("name")?.as_str()).map(str::to_owned),
        shared_network: network.map(|network| network.name.clone()),
        pools: subnet.pools.iter().filter_map(pool).collect(),
        routers: addresses(3),
        dns_servers: addresses(6),
        ntp_servers: addresses(42),
        domain_name: option(&options, 15).filter(|name| !name.is_empty()).map(str::to_owned),
        interface_mtu: option(&options, 26).and_then(|mtu| mtu.parse().ok()),
        valid_lifetime: subnet.valid_lifetime.or(config.valid_lifetime),
        next_server: said_address(subnet.next_server).or(from_network).or_else(|| said_address(config.next_server)),
        boot_file_name: said(subnet.boot_file_name.as_ref())
            .or(file_from_network)
            .or_else(|| said(config.boot_file_name.as_ref())),
        rules: rules(config, subnet, network),
        options,
    })
}

/// How reservations of the subnet are treated: what it does not say itself it has from its network, or from the server.
fn rules(config: &wire::Dhcp, subnet: &wire::Subnet, network: Option<&wire::SharedNetwork>) -> ReservationRules {
    let usual = ReservationRules::default();
    let kinds = config.host_reservation_identifiers.iter().filter_map(|kind| IdentifierKind::from_code(kind));
    let kinds: Vec<_> = kinds.collect();
    let of_network = |said: fn(&wire::SharedNetwork) -> Option<bool>| network.and_then(said);
    ReservationRules {
        identifiers: if kinds.is_empty() { usual.identifiers } else { kinds },
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
    }
}

fn pool(pool: &wire::Pool) -> Option<Pool> {
    let client_classes = pool.client_classes.iter().chain(&pool.client_class).cloned().collect();
    Some(Pool { range: pool.pool.parse::<AddressRange>().ok()?, client_classes })
}

/// The value of an option of the usual space.
fn option(options: &[OptionDatum], code: u16) -> Option<&str> {
    options.iter().find(|datum| datum.code == code && datum.space.is_none()).map(|datum| datum.data.as_str())
}

fn list_of(data: &str) -> Vec<Ipv4Addr> {
    data.split(',').filter_map(|address| address.trim().parse().ok()).collect()
}

/// A lease.
pub(crate) fn lease(key: SubnetKey, lease: &wire::Lease4) -> Lease {
    Lease {
        subnet: key,
        address: lease.ip_address,
        hw_address: lease.hw_address.parse().ok(),
        client_id: lease.client_id.as_ref().and_then(|id| id.parse().ok()),
        host_name: said(Some(&lease.hostname)),
        state: match lease.state {
            wire::state::DECLINED => LeaseState::Declined,
            wire::state::EXPIRED_RECLAIMED => LeaseState::Reclaimed,
            wire::state::RELEASED => LeaseState::Released,
            wire::state::REGISTERED => LeaseState::Registered,
            _ => LeaseState::Assigned,
        },
        renewed_at: Timestamp(lease.cltt),
        lifetime: (lease.valid_lft != INFINITE).then(|| Seconds(lease.valid_lft.into())),
    }
}

/// A reservation. None when its identifier is not one that we know: such a record cannot be named, hence not changed.
pub(crate) fn reservation(key: SubnetKey, host: &wire::Reservation, storage: Storage) -> Option<Reservation> {
    let context = |member: &str| Some(host.user_context.as_ref()?.get(member)?.as_str()?.to_owned());
    Some(Reservation {
        subnet: key,
        identifier: identifier(host)?,
        address: said_address(host.ip_address),
        host_name: said(host.hostname.as_ref()),
        next_server: said_address(host.next_server),
        server_host_name: said(host.server_hostname.as_ref()),
        boot_file_name: said(host.boot_file_name.as_ref()),
        client_classes: host.client_classes.clone(),
        options: host.option_data.iter().map(options::datum).collect(),
        note: context(NOTE),
        record_name: context(RECORD_NAME),
        storage,
    })
}

fn identifier(host: &wire::Reservation) -> Option<Identifier> {
    [
        (IdentifierKind::HwAddress, &host.hw_address),
        (IdentifierKind::ClientId, &host.client_id),
        (IdentifierKind::Duid, &host.duid),
        (IdentifierKind::CircuitId, &host.circuit_id),
        (IdentifierKind::FlexId, &host.flex_id),
    ]
    .into_iter()
    .find_map(|(kind, text)| Identifier::parse(kind, text.as_ref()?).ok())
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
        ip_address: new.address,
        ip_addresses: over.ip_addresses,
        prefixes: over.prefixes,
        hostname: new.host_name.as_ref().map(|name| name.as_str().to_owned()),
        next_server: new.next_server,
        server_hostname: new.server_host_name.clone(),
        boot_file_name: new.boot_file_name.clone(),
        user_context: context(new, over.user_context),
        client_classes: new.client_classes.clone().unwrap_or(over.client_classes),
        option_data: match &new.options {
            Some(wanted) => options::over(wanted, &over.option_data),
            None => over.option_data,
        },
        rest: over.rest,
    }
}

fn context(new: &NewReservation, old: Option<Map<String, Value>>) -> Option<Map<String, Value>> {
    let mut context = old.unwrap_or_default();
    for (member, value) in [(NOTE, &new.note), (RECORD_NAME, &new.record_name)] {
        match value {
            Some(text) => drop(context.insert(member.to_owned(), Value::from(text.as_str()))),
            None => drop(context.remove(member)),
        }
    }
    (!context.is_empty()).then_some(context)
}

/// Kea writes an empty text where there is none.
fn said(text: Option<&String>) -> Option<String> {
    text.filter(|text| !text.is_empty()).cloned()
}

/// Kea writes 0.0.0.0 where there is none.
fn said_address(address: Option<Ipv4Addr>) -> Option<Ipv4Addr> {
    address.filter(|address| !address.is_unspecified())
}
