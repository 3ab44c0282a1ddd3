//! Address counts (Kea ARM, hook library `stat_cmds`).

use std::iter::zip;

use serde::Deserialize;

/// The `arguments` of `stat-lease4-get`: a table, the names of its columns apart from its rows.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub struct StatLease4Answer {
    /// The table; Kea leaves it away when there is nothing.
    #[serde(default)]
    pub result_set: ResultSet,
}

/// Columns and rows.
#[derive(Debug, Default, Deserialize)]
pub struct ResultSet {
    /// The names.
    pub columns: Vec<String>,
    /// The numbers; none is larger than 2^63.
    pub rows: Vec<Vec<i64>>,
}

/// Address counts of one subnet. A column that this version of Kea does not have is 0.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct SubnetStatistics {
    /// The subnet.
    pub subnet_id: u32,
    /// Addresses in its pools.
    pub total: u64,
    /// Leases in its pools; before Kea 3.1.2 without the declined ones.
    pub assigned: u64,
    /// Declined addresses.
    pub declined: u64,
    /// Leases given since the daemon started.
    pub cumulative_assigned: u64,
}

impl SubnetStatistics {
    fn set(&mut self, column: &str, value: i64) {
        let count = u64::try_from(value).unwrap_or(0);
        match column {
            "subnet-id" => self.subnet_id = u32::try_from(value).unwrap_or(0),
            "total-addresses" => self.total = count,
            "assigned-addresses" => self.assigned = count,
            "declined-addresses" => self.declined = count,
            "cumulative-assigned-addresses" => self.cumulative_assigned = count,
            _ => {}
        }
    }
}

impl From<StatLease4Answer> for Vec<SubnetStatistics> {
    fn from(answer: StatLease4Answer) -> Self {
        let ResultSet { columns, rows } = answer.result_set;
        let row = |values: Vec<i64>| {
            let mut counts = SubnetStatistics::default();
            zip(&columns, values).for_each(|(column, value)| counts.set(column, value));
            counts
        };
        rows.into_iter().map(row).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn columns_are_found_by_name() {
        let table = r#"{"result-set": {"columns": ["later", "declined-addresses", "subnet-id", "total-addresses"],
                        "rows": [[9, -1, 7, 100], [9, 2]]}}"#;
        let answer: StatLease4Answer = serde_json::from_str(table).unwrap();
        let rows: Vec<SubnetStatistics> = answer.into();
        assert_eq!(rows[0], SubnetStatistics { subnet_id: 7, total: 100, ..Default::default() });
        assert_eq!(rows[1], SubnetStatistics { declined: 2, ..Default::default() });
    }
}
