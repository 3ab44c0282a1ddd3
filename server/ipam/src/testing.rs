//! Records for the tests of this package.

use model::{Pool, Subnet};

/// The subnet `main/1` with such pools: their range, and the classes that they are for.
pub(crate) fn subnet(prefix: &str, pools: &[(&str, &[&str])]) -> Subnet {
    let pool = |(range, classes): &(&str, &[&str])| Pool {
        range: range.parse().unwrap(),
        client_classes: classes.iter().map(ToString::to_string).collect(),
    };
    Subnet {
        key: "main/1".parse().unwrap(),
        prefix: prefix.parse().unwrap(),
        name: None,
        shared_network: None,
        pools: pools.iter().map(pool).collect(),
        prefix_pools: vec![],
        routers: vec![],
        dns_servers: vec![],
        ntp_servers: vec![],
        domain_name: None,
        interface_mtu: None,
        options: vec![],
        valid_lifetime: None,
        next_server: None,
        boot_file_name: None,
        rules: model::ReservationRules::default(),
    }
}
