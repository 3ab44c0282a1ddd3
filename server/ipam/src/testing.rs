//! Records for the tests of this package.

use model::{Pool, PoolSettings, Subnet};

/// The subnet `main/1` with such pools: their range, and the classes that they are for.
pub(crate) fn subnet(prefix: &str, pools: &[(&str, &[&str])]) -> Subnet {
    let pool = |(range, classes): &(&str, &[&str])| {
        let client_classes = classes.iter().map(ToString::to_string).collect();
        let settings = PoolSettings { client_classes, ..PoolSettings::default() };
        Pool { settings, ..Pool::of(range.parse().unwrap()) }
    };
    Subnet { pools: pools.iter().map(pool).collect(), ..Subnet::of("main/1".parse().unwrap(), prefix.parse().unwrap()) }
}
