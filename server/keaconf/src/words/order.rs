//! Which elements of a list moved, and where to.

use crate::Keys;

/// How many that moved are named.
const NAMED: usize = 3;

/// What moved from one order to another, as the end of a sentence: “reordered: b moved before a, d moved to the end”. As few as
/// possible are said to have moved.
pub(super) fn moves(before: &[Keys], after: &[Keys]) -> String {
    let places: Vec<usize> = after.iter().filter_map(|keys| before.iter().position(|old| old == keys)).collect();
    let known: Vec<&Keys> = after.iter().filter(|keys| before.contains(keys)).collect();
    let stays = longest_in_order(&places);
    let moved: Vec<usize> = (0..known.len()).filter(|at| !stays.contains(at)).collect();
    let sentence = |at: &usize| match known.iter().enumerate().find(|(next, _)| next > at && stays.contains(next)) {
        Some((_, next)) => format!("{} moved before {}", name(known[*at]), name(next)),
        None => format!("{} moved to the end", name(known[*at])),
    };
    let mut sentences: Vec<String> = moved.iter().take(NAMED).map(sentence).collect();
    let more = moved.len().saturating_sub(NAMED);
    sentences.extend((more > 0).then(|| format!("and {more} more")));
    format!("reordered: {}", sentences.join(", "))
}

fn name(keys: &Keys) -> String {
    keys.iter().map(|(_, value)| value.to_string()).collect::<Vec<_>>().join("/")
}

/// The places of the longest part of a list whose numbers grow.
fn longest_in_order(numbers: &[usize]) -> Vec<usize> {
    // Of each place how long the best part is that ends there, and the place before it.
    let mut best: Vec<(usize, Option<usize>)> = Vec::with_capacity(numbers.len());
    for (at, number) in numbers.iter().enumerate() {
        let longest = (0..at).filter(|earlier| numbers[*earlier] < *number).max_by_key(|earlier| best[*earlier].0);
        best.push((longest.map_or(1, |earlier| best[earlier].0 + 1), longest));
    }
    let mut end = (0..best.len()).max_by_key(|at| best[*at].0);
    let mut places = Vec::new();
    while let Some(at) = end {
        places.push(at);
        end = best[at].1;
    }
    places
}

#[cfg(test)]
mod tests {
    use super::*;

    fn moved(before: &str, after: &str) -> String {
        let keys = |text: &str| -> Vec<Keys> {
            text.chars().map(|name| vec![("name".to_owned(), name.to_string().into())]).collect()
        };
        moves(&keys(before), &keys(after))
    }

    #[test]
    fn as_few_as_possible_are_said_to_have_moved() {
        assert_eq!(moved("abcd", "dabc"), "reordered: d moved before a");
        assert_eq!(moved("abcd", "bcda"), "reordered: a moved to the end");
        assert_eq!(moved("abcd", "acbd").matches("moved").count(), 1);
        assert_eq!(moved("abcdef", "fedcba").matches("moved").count(), 3, "and the rest is counted");
        assert!(moved("abcdef", "fedcba").ends_with(", and 2 more"));
        assert_eq!(moved("abc", "xcab"), "reordered: c moved before a", "what came is no move");
    }
}
