//! Counts of addresses and prefixes (Kea ARM, hook library `stat_cmds`).

use std::fmt;
use std::iter::zip;

use serde::Deserialize;
use serde::de::{Deserializer, Error, Visitor};

use super::{Record, Records};

/// The `arguments` of `stat-lease4-get` and `stat-lease6-get`: a table, the names of its columns apart from its rows.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub struct StatLeaseAnswer {
    /// The table; Kea leaves it away when there is nothing.
    #[serde(default)]
    pub result_set: ResultSet,
}

/// Columns and rows.
#[derive(Debug, Default, Deserialize)]
pub struct ResultSet {
    /// The names.
    pub columns: Vec<String>,
    /// The numbers.
    pub rows: Records<Vec<Count>>,
}

/// How many there are of something. A pool of a whole IPv6 /64 has more than fit, and counts as `u64::MAX`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Count(pub u64);

impl<'de> Deserialize<'de> for Count {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Saturating;

        impl Visitor<'_> for Saturating {
            type Value = Count;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a number")
            }

            fn visit_u64<E: Error>(self, number: u64) -> Result<Count, E> {
                Ok(Count(number))
            }

            fn visit_i64<E: Error>(self, number: i64) -> Result<Count, E> {
                Ok(Count(number.try_into().unwrap_or(0)))
            }

            /// Numbers above 2^64, which JSON has no limit for, come as this.
            #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "saturates at both ends")]
            fn visit_f64<E: Error>(self, number: f64) -> Result<Count, E> {
                Ok(Count(number as u64))
            }
        }

        deserializer.deserialize_any(Saturating)
    }
}

/// Counts of one subnet. A column that this version of Kea, or this family, does not have is 0.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct SubnetStatistics {
    /// The subnet.
    pub subnet_id: u32,
    /// Addresses in its pools; at most `u64::MAX` (IPv6).
    pub total: u64,
    /// Leases of addresses, in its pools or not; before Kea 3.1.2 without the declined ones.
    pub assigned: u64,
    /// Declined addresses.
    pub declined: u64,
    /// Leases of addresses given since the daemon started.
    pub cumulative_assigned: u64,
    /// Prefixes in its pools; at most `u64::MAX` (IPv6).
    pub total_prefixes: u64,
    /// Leases of prefixes (IPv6).
    pub assigned_prefixes: u64,
    /// Leases of prefixes given since the daemon started (IPv6).
    pub cumulative_assigned_prefixes: u64,
}

impl SubnetStatistics {
    fn set(&mut self, column: &str, Count(count): Count) {
        match column {
            "subnet-id" => self.subnet_id = u32::try_from(count).unwrap_or(0),
            "total-addresses" | "total-nas" => self.total = count,
            "assigned-addresses" | "assigned-nas" => self.assigned = count,
            "declined-addresses" => self.declined = count,
            "cumulative-assigned-addresses" | "cumulative-assigned-nas" => self.cumulative_assigned = count,
            "total-pds" => self.total_prefixes = count,
            "assigned-pds" => self.assigned_prefixes = count,
            "cumulative-assigned-pds" => self.cumulative_assigned_prefixes = count,
            _ => {}
        }
    }
}

impl Record for Vec<Count> {}

/// A row that is not understood leaves its subnet without counts.
impl From<StatLeaseAnswer> for Records<SubnetStatistics> {
    fn from(answer: StatLeaseAnswer) -> Self {
        let ResultSet { columns, rows } = answer.result_set;
        let row = |values: Vec<Count>| {
            let mut counts = SubnetStatistics::default();
            zip(&columns, values).for_each(|(column, value)| counts.set(column, value));
            counts
        };
        rows.into_parts().0.into_iter().map(row).collect::<Vec<_>>().into()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn rows(table: &str) -> Records<SubnetStatistics> {
        serde_json::from_str::<StatLeaseAnswer>(table).unwrap().into()
    }

    #[test]
    fn columns_are_found_by_name() {
        let rows = rows(
            r#"{"result-set": {"columns": ["later", "declined-addresses", "subnet-id", "total-addresses"],
                "rows": [[9, -1, 7, 100], [9, null, 8], [9, 2]]}}"#,
        );
        assert_eq!(rows[0], SubnetStatistics { subnet_id: 7, total: 100, ..Default::default() });
        assert_eq!(rows[1], SubnetStatistics { declined: 2, ..Default::default() });
    }

    #[test]
    fn what_is_too_many_to_count_is_as_many_as_fit() {
        let rows = rows(
            r#"{"result-set": {"columns": ["total-nas", "total-pds"], "rows": [[18446744073709551614, 268500992],
                [18446744073709551616, 0], [340282366920938463463374607431768211456, -1]]}}"#,
        );
        let totals = rows.iter().map(|row| (row.total, row.total_prefixes));
        assert!(totals.eq([(u64::MAX - 1, 268_500_992), (u64::MAX, 0), (u64::MAX, 0)]));
    }
}
