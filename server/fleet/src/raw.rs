//! Records that are of no type, of Kea's or of ours, in the form that they are shown in.

use std::net::IpAddr;

use kea::wire::{Raw, Unread};
use model::{RawKind, RawRecord, Storage, SubnetKey};

use crate::node::Node;

/// Most of the text of a part of a configuration that is shown.
const LONGEST: usize = 500;

impl Node {
    /// A reservation; of the subnet that it names, else of the one that it was found in.
    pub(crate) fn raw_reservation(&self, raw: &Raw, subnet: u32, storage: Option<Storage>) -> RawRecord {
        let id = raw.number("subnet-id").unwrap_or(subnet);
        RawRecord { storage, ..record(RawKind::Reservation, self.key(id), raw) }
    }

    /// A lease, in the subnet where people look for it.
    pub(crate) fn raw_lease(&self, raw: &Raw) -> RawRecord {
        let (noted, address) = (raw.number("subnet-id"), raw.addresses().first().copied());
        let home = self.last_config().and_then(|last| last.homes.home(noted, address));
        let key = self.key(home.or(noted).unwrap_or(0));
        RawRecord { stray: home.is_none(), ..record(RawKind::Lease, key, raw) }
    }
}

fn record(kind: RawKind, subnet: SubnetKey, raw: &Raw) -> RawRecord {
    let addresses: Vec<IpAddr> = raw.addresses().into_iter().filter(|address| !address.is_unspecified()).collect();
    RawRecord { kind, subnet, stray: false, addresses, storage: None, text: raw.text(), fault: raw.fault.clone() }
}

/// What of a configuration is not understood, a line for each: where it stands, what it says, and why.
pub(crate) fn lines(unread: Unread<'_>) -> Vec<String> {
    let line = |(place, raw): (String, &Raw)| {
        let text = raw.text();
        let text = text.char_indices().nth(LONGEST).map_or(text.clone(), |(at, _)| format!("{} …", &text[..at]));
        format!("{place}: {text} · {}", raw.fault)
    };
    unread.into_iter().map(line).collect()
}
