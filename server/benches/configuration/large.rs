//! Servers with many subnets.

use std::net::Ipv4Addr;

use serde_json::{Value, json};

use crate::Outcome;
use crate::lab::Kea;
use crate::process::Placement;
use crate::site::{Record, record, started};

/// How many leases each subnet has.
pub(crate) const LEASES: u32 = 10;

/// A Kea with so many subnets of 10.0.0.0/8, and ten leases in each.
pub(crate) fn kea(placement: &Placement, subnets: u32, mut dhcp4: Value) -> Outcome<Kea> {
    let all = (1..=subnets).map(subnet).collect::<Vec<_>>();
    dhcp4["subnet4"] = dhcp4["subnet4"].as_array().cloned().unwrap_or_default().into_iter().chain(all).collect();
    let addresses: Vec<_> = (1..=subnets).flat_map(|id| (0..LEASES).map(move |host| address(id, 100 + host))).collect();
    let records = record(&addresses, 1);
    let leases: Vec<(u32, &[Record])> = (1..).zip(records.chunks(LEASES as usize)).collect();
    started(placement, dhcp4, &leases)
}

/// The subnet with that id.
pub(crate) fn subnet(id: u32) -> Value {
    let [network, first, last, router] = [0, 100, 199, 1].map(|host| address(id, host));
    json!({
        "id": id, "subnet": format!("{network}/24"), "pools": [{ "pool": format!("{first}-{last}") }],
        "option-data": [{ "name": "routers", "data": router }],
    })
}

pub(crate) fn address(id: u32, host: u32) -> Ipv4Addr {
    Ipv4Addr::from((10 << 24) + (id << 8) + host)
}
