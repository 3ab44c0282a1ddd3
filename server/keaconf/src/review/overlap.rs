//! Subnets that overlap: Kea takes them, and which of them serves a client is then chance.

use model::{AddressRange, IpNetwork};

use super::{Review, Severity};
use crate::Path;

pub(super) fn look(review: &mut Review<'_>) {
    let subnets = review.everywhere.iter().filter(|part| part.is_subnet);
    let mut ranges: Vec<(AddressRange, IpNetwork, &Path)> = subnets
        .filter_map(|part| {
            let prefix: IpNetwork = part.map.text("subnet")?.parse().ok()?;
            Some((AddressRange::of_prefix(prefix), prefix, &part.path))
        })
        .collect();
    // Two prefixes are either apart or one in the other, so the one that reaches furthest so far is enough to ask.
    ranges.sort_by_key(|(range, prefix, _)| (range.first(), prefix.prefix()));
    let mut outer: Option<(AddressRange, IpNetwork)> = None;
    let mut found = Vec::new();
    for (range, prefix, path) in &ranges {
        match outer {
            Some((wide, of)) if range.first() <= wide.last() && range.family() == wide.family() => {
                if of != *prefix {
                    found.push(((*path).clone(), format!("{prefix} overlaps with the subnet {of}. Kea takes both, and a client may get an address of either.")));
                }
            }
            _ => outer = Some((*range, *prefix)),
        }
    }
    for (path, text) in found {
        review.say("subnet-overlap", Severity::Error, &path, text);
    }
}
