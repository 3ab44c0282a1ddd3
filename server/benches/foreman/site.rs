//! The data: a subnet of any size in a real Kea, scattered over its addresses, half reservations and half leases.

use std::collections::HashSet;
use std::fmt::Write as _;
use std::fs;
use std::net::{Ipv4Addr, SocketAddr};
use std::time::{SystemTime, UNIX_EPOCH};

use serde_json::{Value, json};

use crate::Outcome;
use crate::http::Request;
use crate::lab::Kea;
use crate::process::Placement;

/// Network address of the large subnet, a /16.
pub(crate) const NETWORK: Ipv4Addr = Ipv4Addr::new(10, 77, 0, 0);

/// Network address of the small one, a /22 of 1,022 addresses.
pub(crate) const SMALL: Ipv4Addr = Ipv4Addr::new(10, 78, 0, 0);

/// Addresses of the small subnet that are taken.
const TAKEN_IN_SMALL: u32 = 22;

/// A prime just above the number of addresses of a /16, and how far to go from one to the next: every address is met
/// once, and neighbours in time are none in space.
const PRIME: u32 = 65_537;
const STEP: u32 = 40_503;

/// A reservation or a lease.
pub(crate) struct Record {
    pub(crate) ip: Ipv4Addr,
    pub(crate) mac: String,
}

/// A running Kea with its records.
pub(crate) struct Site {
    pub(crate) kea: Kea,
    pub(crate) reserved: Vec<Record>,
    pub(crate) leased: Vec<Record>,
    /// Addresses of the large subnet that are neither.
    pub(crate) free: Vec<Ipv4Addr>,
    to: SocketAddr,
}

impl Site {
    /// Starts Kea with so many records in the large subnet, on its core.
    pub(crate) fn start(placement: &Placement, records: u32) -> Outcome<Self> {
        eprintln!("bench:   {records} records");
        let addresses = scattered();
        let (taken, free) = addresses.split_at(records as usize);
        let half = taken.len() / 2;
        let reserved = record(&taken[..half], 0);
        let leased = record(&taken[half..], 1);
        let small: Vec<Ipv4Addr> = (1..=TAKEN_IN_SMALL).map(|n| Ipv4Addr::from(SMALL.to_bits() + n * 40)).collect();
        let (reserved_in_small, leased_in_small) = small.split_at(small.len() / 2);
        let (reserved_in_small, leased_in_small) = (record(reserved_in_small, 2), record(leased_in_small, 3));
        let subnets = json!([
            subnet(1, "10.77.0.0/16", "10.77.0.1-10.77.255.254", &reserved),
            subnet(2, "10.78.0.0/22", "10.78.0.1-10.78.3.254", &reserved_in_small),
        ]);
        let kea = started(placement, json!({ "subnet4": subnets }), &[(1, &leased), (2, &leased_in_small)])?;
        let to = SocketAddr::from(([127, 0, 0, 1], kea.port()));
        let site = Self { kea, reserved, leased, free: free.to_vec(), to };
        site.check()?;
        Ok(site)
    }

    /// A command, asked past Nestor.
    pub(crate) fn command(&self, command: &str, arguments: &Value) -> Request {
        let command = json!({ "command": command, "arguments": arguments });
        Request::kea(self.to, self.kea.user(), self.kea.password(), &command.to_string())
    }

    /// The taken addresses of the large subnet.
    pub(crate) fn taken(&self) -> HashSet<Ipv4Addr> {
        self.reserved.iter().chain(&self.leased).map(|record| record.ip).collect()
    }

    /// Kea leaves out what it cannot read of its lease file: then the figures would be of another subnet.
    fn check(&self) -> Outcome<()> {
        let answer = self.kea.command("stat-lease4-get", &json!({ "subnet-id": 1 }));
        let assigned = answer["arguments"]["result-set"]["rows"][0][3].as_u64();
        if assigned != Some(self.leased.len() as u64) {
            return Err(format!("Kea counts other leases than it was given: {answer}").into());
        }
        Ok(())
    }
}

/// A Kea with these leases, on its core.
pub(crate) fn started(placement: &Placement, dhcp4: Value, leases: &[(u32, &[Record])]) -> Outcome<Kea> {
    placement.with_kea(|| {
        let mut kea = Kea::start(dhcp4);
        // It reads its leases when it starts.
        let file = lease_file(leases)?;
        kea.kill9();
        fs::write(kea.folder().join("data/kea-leases4.csv"), file)?;
        kea.restart();
        Ok(kea)
    })
}

/// A MAC address that no client has.
pub(crate) fn unknown_mac(number: usize) -> String {
    mac(255, number)
}

/// All addresses of the large subnet that can be given out, in the order in which they are taken.
pub(crate) fn scattered() -> Vec<Ipv4Addr> {
    let numbers = (1..PRIME).map(|n| u32::try_from(u64::from(n) * u64::from(STEP) % u64::from(PRIME)).unwrap_or(0));
    numbers.filter(|n| (1..=65_534).contains(n)).map(|n| Ipv4Addr::from(NETWORK.to_bits() + n)).collect()
}

/// Records of these addresses; those of another kind have other hardware addresses.
pub(crate) fn record(addresses: &[Ipv4Addr], kind: u8) -> Vec<Record> {
    addresses.iter().enumerate().map(|(number, ip)| Record { ip: *ip, mac: mac(kind, number) }).collect()
}

/// A hardware address: every kind and number has its own.
pub(crate) fn mac(kind: u8, number: usize) -> String {
    format!("02:{kind:02x}:00:{:02x}:{:02x}:{:02x}", number >> 16 & 255, number >> 8 & 255, number & 255)
}

/// With the fields that Foreman sets.
pub(crate) fn subnet(id: u32, prefix: &str, pool: &str, reserved: &[Record]) -> Value {
    let reservation = |(number, record): (usize, &Record)| {
        json!({
            "hw-address": record.mac, "ip-address": record.ip, "hostname": format!("host-{id}-{number:05}.example.org"),
            "next-server": "10.77.0.5", "boot-file-name": "grub2/grubx64.efi",
        })
    };
    json!({
        "id": id, "subnet": prefix, "pools": [{ "pool": pool }],
        "reservations": reserved.iter().enumerate().map(reservation).collect::<Vec<_>>(),
    })
}

/// Kea's own format of leases.
fn lease_file(subnets: &[(u32, &[Record])]) -> Outcome<String> {
    let expire = SystemTime::now().duration_since(UNIX_EPOCH)?.as_secs() + 86_400;
    let mut file = "address,hwaddr,client_id,valid_lifetime,expire,subnet_id,fqdn_fwd,fqdn_rev,hostname,state,\
                    user_context,pool_id\n"
        .to_owned();
    for (id, leased) in subnets {
        for (number, Record { ip, mac }) in leased.iter().enumerate() {
            let name = format!("client-{id}-{number:05}.example.org");
            writeln!(file, "{ip},{mac},01:{mac},86400,{expire},{id},0,0,{name},0,,0")?;
        }
    }
    Ok(file)
}
