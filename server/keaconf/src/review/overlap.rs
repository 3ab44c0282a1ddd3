//! Subnets that overlap: Kea takes them, and which of them serves a client is then chance.

use model::{AddressRange, IpNetwork};

use super::{Review, Severity};
use crate::Part;

pub(super) fn look(review: &mut Review<'_>) {
    let subnets = review.everywhere.iter().filter(|part| part.is_subnet);
    let mut ranges: Vec<(AddressRange, IpNetwork, &Part<'_>)> = subnets
        .filter_map(|part| {
            let prefix: IpNetwork = part.map.text("subnet")?.parse().ok()?;
            Some((AddressRange::of_prefix(prefix), prefix, part))
        })
        .collect();
    // Two prefixes are either apart or one in the other, so the one that reaches furthest so far is enough to ask.
    ranges.sort_by_key(|(range, prefix, _)| (range.first(), prefix.prefix()));
    let mut outer: Option<(AddressRange, IpNetwork, &Part<'_>)> = None;
    let mut found = Vec::new();
    for (range, prefix, part) in ranges {
        match outer {
            Some((wide, of, other)) if range.first() <= wide.last() && range.family() == wide.family() => {
                if of != prefix {
                    let other = other.called();
                    let text = format!(
                        "{prefix} overlaps with the subnet {other}. Kea takes both, and a client may get an address of either."
                    );
                    found.push((part.path.clone(), text));
                }
            }
            _ => outer = Some((range, prefix, part)),
        }
    }
    for (path, text) in found {
        review.say("subnet-overlap", Severity::Error, &path, text);
    }
}
