//! Says of a client why it was found, where one does not see it. Pure.

use model::{Client, ClientHit, Subnet, SubnetKey};

use crate::index::{self, Field, Kind, Sought};

/// What is said of a client. `named`: the subnets, each under the name that it has in an answer.
pub(super) fn of(key: &SubnetKey, client: &Client, sought: &Sought, named: &[Subnet]) -> ClientHit {
    let subnet = named.iter().find(|subnet| subnet.key == *key);
    ClientHit {
        prefix: subnet.map(|subnet| subnet.prefix),
        subnet_name: subnet.and_then(|subnet| subnet.name.clone()),
        matched: matched(client, sought),
    }
}

fn matched(client: &Client, sought: &Sought) -> Option<(String, String)> {
    let mentions: Vec<Field> = index::of_client(client).into_iter().filter(|field| field.mentions(sought)).collect();
    if mentions.iter().any(|field| is_seen(client, field)) {
        return None;
    }
    mentions.into_iter().min_by_key(|field| field.kind).map(|field| (field.what.to_owned(), field.text))
}

/// Whether every list of clients shows it in a column of its own.
fn is_seen(client: &Client, field: &Field) -> bool {
    match field.kind {
        Kind::Address => true,
        Kind::Name => client.host_name() == Some(field.text.as_str()),
        Kind::Identifier => client.hw_address().is_some_and(|address| address.to_string() == field.text),
        Kind::Other => false,
    }
}

#[cfg(test)]
mod tests {
    use model::{Identifier, IdentifierKind, NewReservation, Storage, Timestamp};

    use super::*;
    use crate::index::Place;

    fn matched_by(text: &str) -> Option<String> {
        let client = Identifier::parse(IdentifierKind::HwAddress, "02:00:5e:20:00:01").unwrap();
        let new = NewReservation {
            address: Some([192, 0, 2, 7].into()),
            host_name: Some("printer".to_owned()),
            note: Some("beside the lift".to_owned()),
            boot_file_name: Some("printer.bin".to_owned()),
            ..NewReservation::of("main/1".parse().unwrap(), client)
        };
        let reservation = new.over(None, Storage::Configuration);
        let place = Place::Address([192, 0, 2, 7].into());
        let row = index::client(Some(place), None, Some(reservation), None, Timestamp(0));
        matched(&row, &Sought::new(text)).map(|(what, text)| format!("{what}: {text}"))
    }

    #[test]
    fn what_no_column_shows_is_said() {
        for seen in ["192.0.2", "print", "5e20", "02:00:5e"] {
            assert_eq!(matched_by(seen), None, "{seen}");
        }
        assert_eq!(matched_by("lift").as_deref(), Some("note: beside the lift"));
        assert_eq!(matched_by(".bin").as_deref(), Some("boot file: printer.bin"));
    }
}
