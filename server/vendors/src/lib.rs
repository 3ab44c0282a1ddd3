//! Whose hardware has a MAC address, by the registries of the IEEE (MA-L, MA-M, MA-S and IAB). The table is in the program;
//! `server/vendors/renew.sh` makes it.
//!
//! The IEEE does not assert any copyright in its public listing, and does not restrict its distribution.

use std::io::Read as _;
use std::sync::OnceLock;

use flate2::read::GzDecoder;
use model::HwAddress;

/// A line for each vendor: its name, a tab, and the digits of all that it was assigned.
const REGISTRY: &[u8] = include_bytes!("../registry.gz");

/// What is said of addresses that were made up: phones and laptops do that for each network.
pub const RANDOM: &str = "locally administered";

/// How many digits an assignment may have; the longest decides.
const LENGTHS: [usize; 3] = [9, 7, 6];

/// The registry, as text and by assignment.
struct Registry {
    text: String,
    /// The digits of each assignment, and where the name of its vendor is.
    assignments: Vec<(Digits, (u32, u32))>,
}

/// Hexadecimal digits: how many, and their value.
type Digits = (usize, u64);

/// The vendor that a MAC address was assigned to, [`RANDOM`] where nobody assigned it, or none: it is not known.
pub fn of(address: &HwAddress) -> Option<&'static str> {
    let octets: [u8; 6] = address.octets().as_slice().try_into().ok()?;
    let all = octets.iter().fold(0, |value: u64, octet| value << 8 | u64::from(*octet));
    let registry = registry();
    let assigned = LENGTHS.iter().find_map(|length| registry.vendor((*length, all >> (4 * (12 - length)))));
    let is_local = octets[0] & 0b11 == 0b10;
    assigned.or_else(|| is_local.then_some(RANDOM))
}

fn registry() -> &'static Registry {
    static REGISTRY_READ: OnceLock<Registry> = OnceLock::new();
    REGISTRY_READ.get_or_init(|| {
        let mut text = String::new();
        // It is part of the program, and a test reads it: what cannot be read of it is not there.
        drop(GzDecoder::new(REGISTRY).read_to_string(&mut text));
        Registry::read(text)
    })
}

impl Registry {
    fn read(text: String) -> Self {
        let mut assignments = Vec::new();
        let mut start = 0;
        for line in text.split_inclusive('\n') {
            let begin = start;
            start += line.len();
            let Some((name, digits)) = line.trim_end().split_once('\t') else { continue };
            let Ok(name) = span(begin, begin + name.len()) else { continue };
            let digits =
                digits.split(' ').filter_map(|digits| Some((digits.len(), u64::from_str_radix(digits, 16).ok()?)));
            assignments.extend(digits.map(|digits| (digits, name)));
        }
        assignments.sort_unstable();
        Self { text, assignments }
    }

    fn vendor(&self, digits: Digits) -> Option<&str> {
        let at = self.assignments.binary_search_by_key(&digits, |(its, _)| *its).ok()?;
        let (start, end) = self.assignments[at].1;
        self.text.get(start as usize..end as usize)
    }
}

fn span(start: usize, end: usize) -> Result<(u32, u32), std::num::TryFromIntError> {
    Ok((start.try_into()?, end.try_into()?))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn vendor(address: &str) -> Option<&'static str> {
        of(&address.parse().unwrap())
    }

    #[test]
    fn the_registry_is_whole() {
        let registry = registry();
        assert!(registry.assignments.len() > 46_000, "{}", registry.assignments.len());
        for length in LENGTHS {
            assert!(registry.assignments.iter().any(|((its, _), _)| *its == length), "none of {length} digits");
        }
        assert!(registry.assignments.iter().all(|((length, _), _)| LENGTHS.contains(length)));
    }

    #[test]
    fn a_vendor_is_found_by_the_longest_assignment() {
        assert_eq!(vendor("f4:bd:9e:00:00:01"), Some("Cisco Systems, Inc"));
        assert_eq!(vendor("F4-BD-9E-12-34-56"), Some("Cisco Systems, Inc"));
        assert_eq!(vendor("20:85:93:b1:23:45"), Some("IOG Products LLC"), "seven digits");
        assert_eq!(vendor("70:b3:d5:71:91:23"), Some("2M Technology"), "nine digits");
    }

    #[test]
    fn addresses_that_were_made_up_are_said_to_be() {
        for address in ["02:00:5e:10:00:01", "da:a1:19:00:00:01", "7e:00:00:00:00:01"] {
            assert_eq!(vendor(address), Some(RANDOM), "{address}");
        }
        assert_eq!(vendor("02:60:8c:00:00:01"), Some("3COM"), "assigned before there were local ones");
        assert_eq!(vendor("03:00:00:00:00:01"), None, "of a group");
        assert_eq!(vendor("00:00:5e:10"), None, "no MAC address of Ethernet");
    }
}
