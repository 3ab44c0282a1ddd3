//! Pools of prefixes to delegate: what Kea refuses of one, and what two of them have both.

use model::{AddressRange, PrefixPool};

use super::{Review, Severity};
use crate::{Path, prefix_pool};

pub(super) fn look(review: &mut Review<'_>) {
    for part in review.parts.iter().filter(|part| part.is_subnet) {
        for (path, map) in review.document.elements(&part.path, part.map, LIST) {
            if map.has("excluded-prefix") != map.has("excluded-prefix-len") {
                let text = "excluded-prefix and excluded-prefix-len are given together. Kea refuses one alone.";
                review.say("prefix-pool", Severity::Refused, &path, text);
            }
            // What is missing or no number is said by the table of values.
            if let Some(fault) = prefix_pool(map).and_then(|pool| pool.fault()) {
                review.say("prefix-pool", Severity::Refused, &path, format!("{fault}. Kea refuses that."));
            }
        }
    }
    overlaps(review);
}

const LIST: &str = "pd-pools";

fn named(pool: &PrefixPool, subnet: Option<&str>) -> String {
    format!("{} of {}", pool.prefix, subnet.unwrap_or("another subnet"))
}

/// Prefixes are either apart or one in the other, so the one that reaches furthest so far is enough to ask.
fn overlaps(review: &mut Review<'_>) {
    let mut all: Vec<(AddressRange, Path, &Path, String)> = Vec::new();
    for part in review.everywhere.iter().filter(|part| part.is_subnet) {
        let pools = review.document.elements(&part.path, part.map, LIST).into_iter();
        all.extend(pools.filter_map(|(path, map)| {
            let pool = prefix_pool(map).filter(|pool| pool.fault().is_none())?;
            Some((pool.range(), path, &part.path, named(&pool, part.map.text("subnet"))))
        }));
    }
    all.sort_by_key(|(range, ..)| (range.first(), std::cmp::Reverse(range.last())));
    let mut outer: Option<&(AddressRange, Path, &Path, String)> = None;
    for pool in &all {
        match outer.filter(|(wide, ..)| pool.0.first() <= wide.last()) {
            Some((_, _, subnet, other)) if **subnet == *pool.2 => {
                let text = format!("The prefix pool overlaps with {other}. Kea refuses that.");
                review.say("prefix-pool-overlap", Severity::Refused, &pool.1, text);
            }
            Some((_, _, _, other)) => {
                let text = format!(
                    "The prefix pool overlaps with {other}. Kea takes it, and two routers may be given the same prefix."
                );
                review.say("prefix-pool-overlap", Severity::Warning, &pool.1, text);
            }
            None => outer = Some(pool),
        }
    }
}
