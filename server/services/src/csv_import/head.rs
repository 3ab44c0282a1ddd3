//! What the columns of a table mean, by their heads: ours, and those that other programs write. Pure.
//!
//! Known are the exports of `OPNsense`, Windows (`Get-DhcpServerv4Reservation`, `Get-DhcpServerv4Lease` and their siblings of
//! IPv6), Technitium and `NetBox`, Kea's own names (ARM, "Host Reservations"), and the head of its lease files (ARM, "Lease
//! Storage").

use std::collections::BTreeSet;

use self::Column::{
    Address, BootFileName, CircuitId, ClientClasses, ClientId, Duid, FlexId, HostName, HwAddress, Identifier,
    IdentifierType, LeaseType, Lifetime, NextServer, Note, Options, PrefixLength, Prefixes, ServerHostName, State,
    Subnet, SubnetId, WindowsClient,
};

/// What the cells of a column say.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Column {
    Subnet,
    IdentifierType,
    Identifier,
    Address,
    HostName,
    NextServer,
    ServerHostName,
    BootFileName,
    ClientClasses,
    Options,
    Note,
    Prefixes,
    /// The subnet's number alone, on the server of the chosen subnet.
    SubnetId,
    HwAddress,
    ClientId,
    Duid,
    CircuitId,
    FlexId,
    /// What Windows calls a client id: a hardware address, or really one.
    WindowsClient,
    /// The state of a lease, a number.
    State,
    /// For how long it was given, in seconds.
    Lifetime,
    /// What was leased: 0 and 1 an address, 2 a prefix.
    LeaseType,
    PrefixLength,
}

/// How many columns there are.
pub(super) const COUNT: usize = PrefixLength as usize + 1;

/// The columns of an export, in their order.
pub(super) const EXPORTED: [(Column, &str); 12] = [
    (Subnet, "subnet"),
    (IdentifierType, "identifier_type"),
    (Identifier, "identifier"),
    (Address, "address"),
    (HostName, "host_name"),
    (NextServer, "next_server"),
    (ServerHostName, "server_host_name"),
    (BootFileName, "boot_file_name"),
    (ClientClasses, "client_classes"),
    (Options, "options"),
    (Note, "note"),
    (Prefixes, "prefixes"),
];

/// Other heads, in small letters, with `_` for blanks and hyphens.
const OTHERS: [(Column, &[&str]); 16] = [
    (Subnet, &["prefix", "network", "scopeid", "scope_id"]),
    (IdentifierType, &["type", "kind"]),
    (Address, &["ip", "ip_address", "ip_addresses", "ipaddress", "ipaddr"]),
    (HostName, &["hostname", "name", "dns_name"]),
    (NextServer, &["nextserver"]),
    (ServerHostName, &["server_hostname"]),
    (BootFileName, &["boot_file", "filename"]),
    (ClientClasses, &["classes"]),
    (Options, &["option_data"]),
    (Note, &["comment", "comments", "notes", "description", "descr"]),
    (Prefixes, &["delegated_prefixes", "pd_prefixes"]),
    (SubnetId, &["subnet_id"]),
    (
        HwAddress,
        &["mac", "mac_address", "macaddress", "macaddr", "hw_address", "hwaddr", "hardwareaddress", "hardware_address"],
    ),
    (ClientId, &["client_id"]),
    (Duid, &["duid", "clientduid", "client_duid"]),
    (WindowsClient, &["clientid"]),
];

/// Heads of one meaning alone.
const PLAIN: [(Column, &str); 2] = [(CircuitId, "circuit_id"), (FlexId, "flex_id")];

/// What only a lease file has, and what it is known by: all of these together.
const OF_LEASES: [(Column, &str); 2] = [(State, "state"), (Lifetime, "valid_lifetime")];
const OF_LEASES6: [(Column, &str); 2] = [(LeaseType, "lease_type"), (PrefixLength, "prefix_len")];

/// The first line of a table.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Head {
    /// What each column means; none: it is left out.
    pub(super) columns: Vec<Option<Column>>,
    /// The heads of columns that are left out.
    pub(super) left_out: Vec<String>,
    /// Whether the table is one of Kea's lease files.
    pub(super) of_leases: bool,
}

impl Head {
    /// Reads the heads of the columns. Those that mean nothing to us are left out; one that is there twice is an error, as
    /// it is not known which of the two counts.
    pub(super) fn read<'a>(heads: impl Iterator<Item = &'a str>) -> Result<Self, String> {
        let heads: Vec<&str> = heads.map(str::trim).collect();
        let names: Vec<String> = heads.iter().map(|head| bare(head)).collect();
        let of_leases = OF_LEASES.iter().all(|(_, name)| names.iter().any(|known| known == name));
        let mut columns: Vec<Option<Column>> = names.iter().map(|name| meaning(name, of_leases)).collect();
        // Elsewhere a type is one of a device, an interface, a scope.
        let place = |columns: &[Option<Column>], of| columns.iter().position(|column| *column == Some(of));
        if let (Some(at), None) = (place(&columns, IdentifierType), place(&columns, Identifier)) {
            match place(&columns, HwAddress) {
                Some(mac) if names[at] == "identifier_type" => columns[mac] = Some(Identifier),
                _ => columns[at] = None,
            }
        }
        refuse_twice(&heads, &names, &columns)?;
        if !columns.iter().flatten().any(|column| column.names_client()) {
            let text = "the first line has no column “identifier” (or “mac”): name the columns in the first line";
            return Err(text.to_owned());
        }
        let left_out = heads.iter().zip(&columns).filter(|(head, column)| column.is_none() && !head.is_empty());
        let left_out = left_out.map(|(head, _)| (*head).to_owned()).collect();
        Ok(Self { columns, left_out, of_leases })
    }
}

impl Column {
    /// The columns that can say which client a row is for, in the order that they count in where several are filled.
    pub(super) const OF_CLIENTS: [Self; 7] = [Identifier, Duid, HwAddress, WindowsClient, ClientId, CircuitId, FlexId];

    fn names_client(self) -> bool {
        Self::OF_CLIENTS.contains(&self)
    }

    /// Its name in an export, by which faults in it are reported.
    pub(super) fn name(self) -> &'static str {
        let exported = EXPORTED.iter().find(|(column, _)| *column == self).map(|(_, name)| *name);
        exported.unwrap_or(match self {
            SubnetId => "subnet",
            _ => "identifier",
        })
    }
}

/// A head as it is compared.
fn bare(head: &str) -> String {
    let name = head.to_lowercase().replace([' ', '-'], "_");
    // NetBox marks fields that its people defined.
    name.strip_prefix("cf_").map_or(name.clone(), str::to_owned)
}

fn meaning(name: &str, of_leases: bool) -> Option<Column> {
    let one = |(column, known): &(Column, &str)| (*known == name).then_some(*column);
    let any = |(column, known): &(Column, &[&str])| known.contains(&name).then_some(*column);
    let leased = OF_LEASES.iter().chain(&OF_LEASES6).filter(|_| of_leases);
    EXPORTED.iter().chain(&PLAIN).chain(leased).find_map(one).or_else(|| OTHERS.iter().find_map(any))
}

fn refuse_twice(heads: &[&str], names: &[String], columns: &[Option<Column>]) -> Result<(), String> {
    let mut seen = BTreeSet::new();
    for (at, head) in heads.iter().enumerate() {
        if head.is_empty() {
            continue;
        }
        if !seen.insert(&names[at]) {
            return Err(format!("the column “{head}” is there twice: omit one of the two"));
        }
        // Of several notes the first that says something counts.
        let before = columns.iter().take(at).position(|column| column.is_some() && *column == columns[at]);
        if let Some(before) = before.filter(|_| columns[at] != Some(Note)) {
            return Err(format!("the columns “{}” and “{head}” mean the same: omit one of the two", heads[before]));
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(head: &str) -> Result<Head, String> {
        Head::read(head.split(','))
    }

    fn meant(head: &str) -> (Vec<Column>, Vec<String>) {
        let head = read(head).unwrap();
        (head.columns.into_iter().flatten().collect(), head.left_out)
    }

    #[test]
    fn the_exports_of_others_are_understood() {
        let opnsense = "@uuid,subnet,ip_address,hw_address,client_id,hostname,description,option_data.routers";
        let (columns, left_out) = meant(opnsense);
        assert_eq!(columns, [Subnet, Address, HwAddress, ClientId, HostName, Note]);
        assert_eq!(left_out, ["@uuid", "option_data.routers"]);

        let windows = "IPAddress,ScopeId,ClientId,Name,Type,Description,AddressState,PSComputerName";
        let (columns, left_out) = meant(windows);
        assert_eq!(columns, [Address, Subnet, WindowsClient, HostName, Note]);
        assert_eq!(left_out, ["Type", "AddressState", "PSComputerName"]);
        assert_eq!(
            meant("IPAddress,Prefix,ClientDuid,Iaid,Name,Description").0,
            [Address, Subnet, Duid, HostName, Note]
        );

        assert_eq!(meant("hostName,hardwareAddress,address,comments").0, [HostName, HwAddress, Address, Note]);

        let netbox = "id,Address,VRF,Tenant,Status,Role,DNS Name,Description,Comments,MAC Address,Tags";
        let (columns, left_out) = meant(netbox);
        assert_eq!(columns, [Address, HostName, Note, Note, HwAddress]);
        assert_eq!(left_out, ["id", "VRF", "Tenant", "Status", "Role", "Tags"]);
        assert_eq!(meant("address,cf_mac").0, [Address, HwAddress]);
    }

    #[test]
    fn kea_s_own_names_are_understood() {
        let names = "subnet-id,ip-address,hw-address,duid,circuit-id,client-id,flex-id,hostname,next-server,\
                     server-hostname,boot-file-name,client-classes,option-data,prefixes,user-context";
        let (columns, left_out) = meant(names);
        assert_eq!((columns.len(), left_out), (14, vec!["user-context".to_owned()]));
        assert_eq!(meant("duid,ip-addresses,prefixes").0, [Duid, Address, Prefixes]);
    }

    #[test]
    fn lease_files_are_known_by_what_only_they_have() {
        let leases4 = "address,hwaddr,client_id,valid_lifetime,expire,subnet_id,fqdn_fwd,fqdn_rev,hostname,state,\
                       user_context,pool_id";
        let leases6 = "address,duid,valid_lifetime,expire,subnet_id,pref_lifetime,lease_type,iaid,prefix_len,fqdn_fwd,\
                       fqdn_rev,hostname,hwaddr,state,user_context,hwtype,hwaddr_source,pool_id";
        assert!(read(leases4).unwrap().of_leases);
        let (columns, _) = meant(leases6);
        assert!([LeaseType, PrefixLength, State].iter().all(|column| columns.contains(column)), "{columns:?}");
        let (columns, left_out) = meant("mac,state,prefix_len");
        assert_eq!((columns, left_out.len()), (vec![HwAddress], 2), "a state of something else");
    }

    #[test]
    fn a_head_that_is_there_twice_is_refused() {
        for (head, said) in [
            ("mac,ip,mac", "“mac” is there twice"),
            ("mac,colour,Colour", "“Colour” is there twice"),
            ("mac,ip,address", "“ip” and “address” mean the same"),
            ("mac,hw-address", "“mac” and “hw-address” mean the same"),
        ] {
            let error = read(head).unwrap_err();
            assert!(error.contains(said), "{head}: {error}");
        }
        assert!(read("mac,,ip,").is_ok(), "columns without a name are left out");
        assert!(read("mac,description,comments").is_ok(), "one of two notes");
    }

    #[test]
    fn a_type_is_one_of_identifiers_beside_an_identifier_alone() {
        assert_eq!(meant("type,identifier").0, [IdentifierType, Identifier]);
        assert_eq!(meant("identifier_type,mac").0, [IdentifierType, Identifier]);
        assert_eq!(meant("mac,type"), (vec![HwAddress], vec!["type".to_owned()]));
        assert!(read("ip,hostname,colour").unwrap_err().contains("no column “identifier”"));
    }
}
