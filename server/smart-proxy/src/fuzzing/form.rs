//! Queries and forms.

use std::collections::BTreeSet;

use model::{HwAddress, Identifier, NewReservation, Subnet, Timestamp};

use super::{is_clean, is_host_name, is_one_line, path};
use crate::call_trace::shortened;
use crate::params::{BootServer, Fields, Wish};

/// The first line is a query, what follows is a form.
///
/// # Panics
///
/// When something does not hold.
pub fn form(data: &[u8]) {
    let text = String::from_utf8_lossy(data);
    let (query, form) = text.split_once('\n').unwrap_or((&text, ""));
    is_kept_clean(&text);
    let mut fields = match Fields::parse(query) {
        Ok(fields) => fields,
        Err(refusal) => return is_one_line(&refusal),
    };
    if let Err(refusal) = fields.add(form) {
        return is_one_line(&refusal);
    }
    says_what_was_sent(&fields, query, form);
    single_values(&fields);
    match Wish::read(&fields) {
        Ok(wish) => is_wish(wish),
        Err(refusal) => is_one_line(&refusal),
    }
}

/// Every pair is a line, decoded as WHATWG's URL standard says; decoded here by hand.
fn says_what_was_sent(fields: &Fields, query: &str, form: &str) {
    let pairs = query.split('&').chain(form.split('&')).filter(|pair| !pair.is_empty());
    let line = |pair: &str| match pair.split_once('=') {
        Some((name, value)) => format!("{}={}", decoded(name), decoded(value)),
        None => decoded(pair),
    };
    let expected: Vec<String> = pairs.map(line).collect();
    assert_eq!(fields.lines(), expected.join("\n"));
}

/// Without control characters, so that no value looks like a line of its own.
fn decoded(text: &str) -> String {
    let (mut octets, mut rest) = (Vec::new(), text.as_bytes());
    while let [first, after @ ..] = rest {
        rest = after;
        let escaped = (*first == b'%').then(|| after.get(..2)).flatten();
        let digits = escaped.filter(|digits| digits.iter().all(u8::is_ascii_hexdigit));
        octets.push(match (first, digits) {
            (b'+', _) => b' ',
            (_, Some(digits)) => {
                rest = &after[2..];
                let digits = std::str::from_utf8(digits).unwrap_or_default();
                u8::from_str_radix(digits, 16).unwrap_or_default()
            }
            _ => *first,
        });
    }
    String::from_utf8_lossy(&octets).chars().map(|c| if c.is_control() { ' ' } else { c }).collect()
}

/// What goes to the ledger; what begins with an exclamation mark is made too long, because looking at that takes time.
fn is_kept_clean(text: &str) {
    for long in [text.to_owned(), text.repeat(if text.starts_with('!') { 40 } else { 0 })] {
        let whole = long.chars().count() <= 2_000;
        let kept = shortened(long.clone());
        assert!(kept.split('\n').all(is_clean), "{kept:?}");
        assert_eq!(kept.chars().count(), if whole { long.chars().count() } else { 2_001 });
        assert_eq!(shortened(kept.clone()), kept);
    }
}

fn single_values(fields: &Fields) {
    match fields.client() {
        Ok(mac) => mac.iter().for_each(path::is_mac),
        Err(refusal) => is_one_line(&refusal),
    }
    if let Err(refusal) = fields.ends() {
        is_one_line(&refusal);
    }
    let _ = (fields.is_deletion(), fields.since().map(|Timestamp(at)| at));
}

fn is_wish(wish: Wish) {
    path::is_mac(&wish.mac);
    wish.related_macs.iter().for_each(path::is_mac);
    let unique: BTreeSet<&HwAddress> = wish.related_macs.iter().collect();
    assert!(unique.len() <= wish.related_macs.len());
    is_host_name(&wish.host_name);
    match &wish.boot_server {
        Some(BootServer::Address(address)) => assert!(!address.is_unspecified()),
        Some(BootServer::Name(name)) => {
            is_host_name(name);
            let socket = name.as_str().trim_end_matches('.').rsplit('.').next().map(str::parse::<u128>);
            assert!(!matches!(socket, Some(Ok(_))), "{name} could be taken for an address");
        }
        None => {}
    }
    // Nothing else is written to Kea but what passes this check, which every change goes through.
    let subnet = path::subnet("192.0.2.0/24");
    let asked = asked_for(wish, &subnet);
    if asked.check(&subnet, None).is_empty() {
        let texts = [&asked.boot_file_name, &asked.record_name];
        assert!(texts.into_iter().flatten().all(|text| is_clean(text) && text.len() <= 253), "{asked:?}");
        assert!(asked.address.is_some_and(|address| subnet.holds(address)), "{asked:?}");
    }
}

fn asked_for(wish: Wish, subnet: &Subnet) -> NewReservation {
    NewReservation {
        address: Some(wish.ip.into()),
        host_name: Some(wish.host_name.into()),
        boot_file_name: wish.boot_file,
        record_name: wish.record_name,
        ..NewReservation::of(subnet.key.clone(), Identifier::HwAddress(wish.mac))
    }
}
