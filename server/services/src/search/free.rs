//! Whether what was looked for is an address that could be reserved. Pure.

use std::collections::HashMap;
use std::net::IpAddr;

use model::{Client, FreeAddress, Hold, HoldKey, SubnetKey};

use crate::networks::Network;

/// The address, if nobody has it and a subnet of a server that answers has room for it. `exact`: who has it.
pub(super) fn address(
    text: &str,
    networks: &[Network],
    exact: &[(SubnetKey, Client)],
    holds: &HashMap<HoldKey, Hold>,
) -> Option<FreeAddress> {
    let address: IpAddr = text.parse().ok()?;
    let has_room = |network: &&Network| {
        let subnet = network.first();
        network.answering().next().is_some() && subnet.holds(address) && !subnet.all_routers().any(|its| its == address)
    };
    let network = networks.iter().filter(has_room).max_by_key(|network| network.first().prefix.prefix())?;
    let subnet = &network.first().key;
    let held = holds.contains_key(&HoldKey { subnet: subnet.clone(), address });
    (exact.is_empty() && !held).then(|| FreeAddress { subnet: subnet.clone(), prefix: network.first().prefix, address })
}
