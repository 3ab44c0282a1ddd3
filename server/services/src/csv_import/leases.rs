//! The rows of one of Kea's lease files as reservations would say them. Pure.
//!
//! The file is a journal: of several rows of one lease the last counts (ARM, "Lease Storage"). A client of IPv6 may have
//! several leases, where it can have but one reservation.

use std::collections::HashMap;

use super::head::Column;
use super::read::Line;

/// The rows that count, each client of IPv6 with all that it has. Of leases that are over or without a client only the
/// fault is left.
pub(super) fn merged(lines: Vec<Line>) -> Vec<Line> {
    let mut merged: Vec<Line> = Vec::new();
    for line in last_of_each(lines) {
        let line = as_reservation(line);
        let its_own = |other: &&mut Line| {
            line.fault.is_none()
                && other.fault.is_none()
                && line.filled(Column::Duid).is_some()
                && [Column::Duid, Column::SubnetId].iter().all(|column| line.filled(*column) == other.filled(*column))
        };
        match merged.iter_mut().find(its_own) {
            Some(other) => other.add(&line),
            None => merged.push(line),
        }
    }
    merged
}

/// Of the rows of one lease the last one, without those that say that it is gone.
fn last_of_each(lines: Vec<Line>) -> Vec<Line> {
    let lease = |line: &Line| {
        [Column::Address, Column::LeaseType, Column::PrefixLength].map(|column| line.filled(column).map(str::to_owned))
    };
    let mut last = HashMap::new();
    for (at, line) in lines.iter().enumerate() {
        last.insert(lease(line), at);
    }
    let counts = |(at, line): &(usize, Line)| last.get(&lease(line)) == Some(at);
    let there = |line: &Line| line.filled(Column::Lifetime) != Some("0");
    lines.into_iter().enumerate().filter(counts).map(|(_, line)| line).filter(there).collect()
}

fn as_reservation(mut line: Line) -> Line {
    line.fault = match line.filled(Column::State) {
        None | Some("0") => None,
        Some("1") => Some("this address was declined: no client has it".to_owned()),
        Some("2" | "3") => Some("this lease is over: no client has it".to_owned()),
        Some(other) => Some(format!("the state {other} of this lease means nothing here")),
    };
    if line.filled(Column::LeaseType) == Some("2") {
        let cell = |column| line.filled(column).unwrap_or_default().to_owned();
        let prefix = format!("{}/{}", cell(Column::Address), cell(Column::PrefixLength));
        line.set(Column::Prefixes, Some(prefix));
        line.set(Column::Address, None);
    }
    // A lease without a name takes none from a reservation.
    let name = line.filled(Column::HostName).map(str::to_owned);
    line.set(Column::HostName, name);
    line
}

impl Line {
    /// Adds what another lease of the same client has.
    fn add(&mut self, other: &Self) {
        for column in [Column::Address, Column::Prefixes] {
            let both = [self.filled(column), other.filled(column)];
            let both = both.into_iter().flatten().collect::<Vec<_>>().join(" ");
            self.set(column, Some(both).filter(|both| !both.is_empty()));
        }
        let name = self.filled(Column::HostName).or(other.filled(Column::HostName)).map(str::to_owned);
        self.set(Column::HostName, name);
    }
}

#[cfg(test)]
mod tests {
    use super::super::read::table;
    use super::*;

    const HEAD4: &str = "address,hwaddr,client_id,valid_lifetime,expire,subnet_id,fqdn_fwd,fqdn_rev,hostname,state,user_context,pool_id";
    const HEAD6: &str = "address,duid,valid_lifetime,expire,subnet_id,pref_lifetime,lease_type,iaid,prefix_len,fqdn_fwd,fqdn_rev,hostname,hwaddr,state,user_context,hwtype,hwaddr_source,pool_id";

    fn lines(head: &str, rows: &str) -> Vec<Line> {
        table(&format!("{head}\n{rows}")).unwrap().lines
    }

    #[test]
    fn the_last_row_of_a_lease_counts() {
        let found = lines(
            HEAD4,
            "192.0.2.9,02:00:00:00:00:01,,60,1,1,0,0,old,0,,0\n\
             192.0.2.8,02:00:00:00:00:02,,60,1,1,0,0,gone,0,,0\n\
             192.0.2.9,02:00:00:00:00:03,,60,1,1,0,0,new,0,,0\n\
             192.0.2.8,02:00:00:00:00:02,,0,1,1,0,0,gone,0,,0\n",
        );
        assert_eq!(found.len(), 1, "{found:?}");
        assert_eq!((found[0].number, found[0].filled(Column::HostName)), (4, Some("new")));
    }

    #[test]
    fn a_lease_without_a_client_is_no_reservation() {
        for state in ["1", "2", "3", "9"] {
            let found = lines(HEAD4, &format!("192.0.2.9,,,60,1,1,0,0,,{state},,0\n"));
            assert!(found[0].fault.is_some(), "{state}");
        }
    }

    #[test]
    fn all_leases_of_a_client_of_ipv6_are_one_reservation() {
        let duid = "00:03:00:01:02:00:00:00:00:01";
        let found = lines(
            HEAD6,
            &format!(
                "2001:db8::5,{duid},60,1,1,60,0,1,128,0,0,,02:00:00:00:00:01,0,,1,0,0\n\
                 2001:db8:1::,{duid},60,1,1,60,2,1,56,0,0,a,,0,,1,0,0\n\
                 2001:db8::6,{duid},60,1,2,60,0,1,128,0,0,,,0,,1,0,0\n"
            ),
        );
        assert_eq!(found.len(), 2, "one in each subnet: {found:?}");
        let said = [Column::Address, Column::Prefixes, Column::HostName].map(|column| found[0].filled(column));
        assert_eq!(said, [Some("2001:db8::5"), Some("2001:db8:1::/56"), Some("a")]);
        assert_eq!(found[0].identifier().unwrap().to_string(), duid);
    }
}
