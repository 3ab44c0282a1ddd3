//! The options that forms offer, against a real Kea 3.0: each is accepted, and comes back as it was said.

use crate::lab::Kea;
use kea::commands::{HostKey, IdentifierType, Removal, ReservationAdd, ReservationDel, ReservationGet, Target};
use kea::wire::{OptionData, Reservation};
use kea::{Client, Endpoint, Secret};
use model::{OptionDatum, STANDARD_OPTIONS, StandardOption};

const CLIENT: &str = "02:00:00:00:00:01";

fn client(kea: &Kea) -> Client {
    let endpoint = Endpoint::new(&kea.url()).unwrap();
    Client::new(endpoint.with_auth(kea.user(), Secret::new(kea.password())).unwrap()).unwrap()
}

fn said(datum: &OptionDatum) -> OptionData {
    OptionData {
        name: Some(datum.name.clone()).filter(|name| !name.is_empty()),
        code: Some(datum.code.into()),
        space: datum.space.clone(),
        data: Some(datum.data.clone()),
        csv_format: Some(!datum.hex),
        ..OptionData::default()
    }
}

fn heard(option: &OptionData) -> OptionDatum {
    OptionDatum {
        code: option.code.unwrap().try_into().unwrap(),
        name: option.name.clone().unwrap_or_default(),
        data: option.data.clone().unwrap_or_default(),
        space: option.space.clone(),
        hex: option.csv_format == Some(false),
        always: false,
        never: false,
        client_classes: Vec::new(),
    }
}

fn key() -> HostKey {
    HostKey::Identifier { identifier_type: IdentifierType::HwAddress, identifier: CLIENT.to_owned() }
}

/// What a reservation with these options has afterwards, or why there is none.
async fn reserve(client: &Client, options: &[OptionDatum]) -> Result<Vec<OptionDatum>, kea::Error> {
    let reservation = Reservation {
        subnet_id: Some(1),
        hw_address: Some(CLIENT.to_owned()),
        option_data: options.iter().map(said).collect(),
        ..Reservation::default()
    };
    client.send(&ReservationAdd { reservation, operation_target: Target::Memory }).await?;
    let get = ReservationGet { subnet_id: 1, key: key(), operation_target: Target::Memory };
    let found = client.send(&get).await.unwrap().unwrap();
    let deletion = ReservationDel { subnet_id: 1, key: key(), operation_target: Target::Memory };
    assert_eq!(client.send(&deletion).await.unwrap(), Removal::Removed);
    Ok(found.option_data.iter().map(heard).collect())
}

#[tokio::test]
async fn every_option_is_known_by_this_name_and_kept_as_it_was_said() {
    let kea = Kea::with_one_subnet();
    let client = client(&kea);
    for option in STANDARD_OPTIONS {
        let wanted = option.data(option.example, false);
        let kept = reserve(&client, &wanted).await.unwrap_or_else(|error| panic!("{}: {error}", option.name));
        assert_eq!(kept.len(), wanted.len(), "{}", option.name);
        for datum in &wanted {
            assert!(kept.iter().any(|other| other.is_equivalent_to(datum)), "{}: {kept:?}", option.name);
        }
        if option.defined {
            assert_eq!(kept[0].name, option.name);
        } else {
            assert_eq!(kept[0].name, "", "{} has a definition now", option.name);
        }
    }
}

#[tokio::test]
async fn what_kea_refuses_is_refused_before() {
    let kea = Kea::with_one_subnet();
    let client = client(&kea);
    let bad =
        [(3, "ten"), (26, "70000"), (23, "256"), (19, "yes"), (119, "bad..name"), (121, "10.0.0.0/33 - 192.0.2.1")];
    for (code, typed) in bad {
        let option = StandardOption::with_code(code).unwrap();
        assert!(option.fault(typed).is_some(), "{code}");
        assert!(reserve(&client, &option.data(typed, false)).await.is_err(), "{code}");
    }
}

/// The reason why the form takes option 43 apart.
#[tokio::test]
async fn kea_forgets_vendor_options_that_are_set_whole() {
    let kea = Kea::with_one_subnet();
    let client = client(&kea);
    let whole = OptionDatum { code: 43, data: "0104C0000201".to_owned(), hex: true, ..OptionDatum::default() };
    assert!(whole.fault().is_some());
    let kept = reserve(&client, &[whole]).await.unwrap();
    assert_eq!(kept[0].data, "", "if this fails, Kea has learned it: option 43 can be written as it is");
}
