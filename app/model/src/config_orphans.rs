//! What a subnet leaves behind that is deleted.

use serde::{Deserialize, Serialize};

use crate::SubnetKey;

/// What a subnet that is deleted would leave behind, or takes with it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Orphans {
    /// The subnet.
    pub subnet: SubnetKey,
    /// Its prefix, as its server has it written: typed to confirm that it is meant.
    pub prefix: String,
    /// How many leases it has; none: its server does not say.
    pub leases: Option<u32>,
    /// How many reservations it has in the configuration: they are deleted with it.
    pub written: u32,
    /// How many it has in a database; none: its server does not say.
    pub in_database: Option<u32>,
    /// The first leases and reservations, a line each.
    pub first: Vec<String>,
    /// What its server does not list, and why: a sentence each.
    pub not_listed: Vec<String>,
}

impl Orphans {
    /// How many lines it has.
    pub const FIRST: usize = 20;

    /// How many of them there are, as far as is known.
    pub fn count(&self) -> u32 {
        let known = [self.leases, Some(self.written), self.in_database];
        known.into_iter().flatten().fold(0, u32::saturating_add)
    }

    /// Whether there may be more of them than is known.
    pub fn is_unknown(&self) -> bool {
        self.leases.is_none() || self.in_database.is_none()
    }

    /// What there is of each kind, as a sentence without its full stop.
    pub fn sentence(&self) -> String {
        let counted = |count: Option<u32>, one: &str| match count {
            None => Some(format!("an unknown number of {one}s")),
            Some(0) => None,
            Some(1) => Some(format!("1 {one}")),
            Some(count) => Some(format!("{count} {one}s")),
        };
        let written = counted(Some(self.written), "reservation").map(|count| format!("{count} in the configuration"));
        let in_database = counted(self.in_database, "reservation").map(|count| format!("{count} in a database"));
        let parts = [counted(self.leases, "lease"), written, in_database];
        format!("{} has {}", self.prefix, parts.into_iter().flatten().collect::<Vec<_>>().join(", "))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_kind_is_counted_and_what_is_not_known_is_said() {
        let mut orphans = Orphans {
            subnet: "kea1/7".parse().unwrap(),
            prefix: "192.0.2.0/24".to_owned(),
            leases: Some(2),
            written: 1,
            in_database: Some(0),
            first: Vec::new(),
            not_listed: Vec::new(),
        };
        assert_eq!(orphans.sentence(), "192.0.2.0/24 has 2 leases, 1 reservation in the configuration");
        assert_eq!((orphans.count(), orphans.is_unknown()), (3, false));
        (orphans.leases, orphans.in_database, orphans.written) = (None, Some(3), 0);
        assert_eq!(orphans.sentence(), "192.0.2.0/24 has an unknown number of leases, 3 reservations in a database");
        assert!(orphans.is_unknown());
    }
}
