//! Rows by where their addresses lie, for a text that names ranges or prefixes.

use model::{AddressRange, AddressRow};

use super::super::Place;
use super::place;

/// The ranges that a text names, with commas between: `192.0.2.10-192.0.2.20,192.0.2.128/28`; none: it means something else.
pub(super) fn read(text: &str) -> Option<Vec<AddressRange>> {
    let range = |part: &str| if part.contains(['-', '/']) { part.parse().ok() } else { None };
    text.split(',').map(range).collect()
}

/// The rows whose address lies in one of the ranges; of a gap what lies in them.
pub(super) fn within(rows: impl Iterator<Item = AddressRow>, ranges: &[AddressRange]) -> Vec<AddressRow> {
    let of_row = |row: AddressRow| match row {
        AddressRow::Gap { range: gap, in_pool, excluded } => {
            let parts = ranges.iter().filter_map(|range| range.intersection(gap));
            parts.map(|range| AddressRow::Gap { range, in_pool, excluded: excluded.clone() }).collect()
        }
        row => {
            let address = place(&row).map(|place| match place {
                Place::Address(address) => address,
                Place::Prefix(prefix) => prefix.network().into(),
            });
            let lies_in = address.is_some_and(|address| ranges.iter().any(|range| range.contains(address)));
            if lies_in { vec![row] } else { Vec::new() }
        }
    };
    rows.flat_map(of_row).collect()
}
