//! Devices that signed in before: what their browsers keep to show for it.
//!
//! It signs no user in. It only says that tries from there are no stranger's, so that strangers who guess cannot
//! keep the owner out. It is signed with the hash of the account's password, which only the store knows: another
//! password makes it worthless.

use hmac::{Hmac, KeyInit, Mac};
use model::{Seconds, Timestamp, UserName};
use sha2::Sha256;

use super::hex;
use crate::ports::Random;

/// For how long a device is known after it signed in.
pub(super) const KNOWN_FOR: Seconds = Seconds(90 * 86_400);

/// What a new device gets.
pub(super) fn sign(random: &dyn Random, name: &UserName, password_hash: &str, now: Timestamp) -> Option<String> {
    let mut octets = [0; 16];
    random.fill(&mut octets);
    let (id, until) = (hex(&octets), now.plus(KNOWN_FOR).0);
    let signature = signature(name, password_hash, &id, until)?.finalize().into_bytes();
    Some(format!("{id}.{until}.{}", hex(&signature)))
}

/// The name of the device that got this, if it signed in to this account before.
pub(super) fn recognise<'a>(shown: &'a str, name: &UserName, password_hash: &str, now: Timestamp) -> Option<&'a str> {
    let mut parts = shown.split('.');
    let (id, until, signed) = (parts.next()?, parts.next()?.parse::<i64>().ok()?, octets(parts.next()?)?);
    if parts.next().is_some() || until <= now.0 || octets(id)?.len() != 16 {
        return None;
    }
    signature(name, password_hash, id, until)?.verify_slice(&signed).ok().map(|()| id)
}

fn signature(name: &UserName, password_hash: &str, id: &str, until: i64) -> Option<Hmac<Sha256>> {
    let mut mac = Hmac::<Sha256>::new_from_slice(password_hash.as_bytes()).ok()?;
    mac.update(format!("device {id} of {name} until {until}").as_bytes());
    Some(mac)
}

/// The octets of a hexadecimal text.
fn octets(text: &str) -> Option<Vec<u8>> {
    if !text.is_ascii() || !text.len().is_multiple_of(2) || text.len() > 128 {
        return None;
    }
    (0..text.len()).step_by(2).map(|at| u8::from_str_radix(text.get(at..at + 2)?, 16).ok()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::SeededRandom;

    const NOW: Timestamp = Timestamp(1_700_000_000);

    #[test]
    fn a_device_is_known_for_one_account_one_password_and_a_while() {
        let (alice, bob): (UserName, UserName) = ("alice".parse().unwrap(), "bob".parse().unwrap());
        let shown = sign(&SeededRandom::of(1), &alice, "hash", NOW).unwrap();
        let id = recognise(&shown, &alice, "hash", NOW).unwrap();
        assert_eq!(id.len(), 32);
        assert_eq!(recognise(&shown, &alice, "hash", NOW.plus(Seconds(KNOWN_FOR.0 - 1))), Some(id));
        assert_eq!(recognise(&shown, &alice, "hash", NOW.plus(KNOWN_FOR)), None, "its time is over");
        assert_eq!(recognise(&shown, &bob, "hash", NOW), None, "another account");
        assert_eq!(recognise(&shown, &alice, "other", NOW), None, "another password");
        let longer = shown.replace(".1707776000.", ".2707776000.");
        assert_ne!(longer, shown);
        for forged in [&longer, "", "..", "a.b.c", "ü.1.2", &format!("{shown}.x"), &format!("{shown}00")] {
            assert_eq!(recognise(forged, &alice, "hash", NOW), None, "{forged}");
        }
    }
}
