//! Reservations in a real host database, and on their way there and back.

use std::fs;
use std::sync::Arc;
use std::time::Duration;

use crate::fault_proxy::{Fault, FaultProxy};
use crate::host_database::with_database;
use crate::postgres::Cluster;
use crate::support::*;
use changes::Edit;
use model::{NewReservation, Reservation, Storage};
use serde_json::{Value, json};
use services::Error;
use services::ports::{Reservations, Servers};

fn start(database: &str) -> (Arc<Cluster>, Kea) {
    let cluster = Cluster::shared();
    let kea = Kea::start(with_database(&cluster, database));
    (cluster, kea)
}

fn in_database(new: NewReservation) -> Edit {
    Edit::create(new, Storage::Database)
}

/// A reservation as another tool might have made it, of 192.0.2.10.
fn foreign(kea: &Kea, place: &str) -> Value {
    let reservation = json!({
        "subnet-id": 1, "hw-address": hw(10).to_string(), "ip-address": "192.0.2.10", "hostname": "made-by-hand",
        "client-classes": ["first", "second"], "next-server": "192.0.2.2", "boot-file-name": "a.efi",
        "option-data": [
            { "name": "routers", "data": "192.0.2.1", "never-send": true },
            { "code": 6, "csv-format": false, "data": "01020304", "always-send": true },
            { "name": "domain-name", "data": "example.org", "user-context": { "a": 1 } },
        ],
        "user-context": { "comment": "Büro", "site": { "rack": [1, 2] } },
    });
    let made = kea.command("reservation-add", &json!({ "operation-target": place, "reservation": reservation }));
    assert_eq!(made["result"], 0, "{made}");
    held(kea, 10, place)
}

/// Puts a reservation into the other place, as it is.
async fn moved(fleet: &fleet::Fleet, of: &Reservation, storage: Storage) -> Edit {
    let verbatim = fleet.verbatim(&of.clone().into()).await.unwrap().unwrap();
    Edit::restore(Some(of.clone()), Reservation { storage, ..of.clone() }, verbatim)
}

#[tokio::test]
async fn what_the_database_has_needs_no_saving() {
    let (_cluster, mut kea) = start("saving");
    let proxy = FaultProxy::before(kea.port()).await;
    let fleet = fleet_of(vec![("one", client(&kea, &proxy.url(), impatient()))]);
    assert_eq!(fleet.storage(&name("one")).await.unwrap(), Storage::Database);
    let made = now(&done(&fleet, in_database(wanted(10))).await).0;
    assert!(made.matches(&wanted(10)) && made.storage == Storage::Database, "{made:?}");
    let taken = NewReservation { address: wanted(11).address, ..wanted(10) };
    let rows = vec![in_database(wanted(11)), Edit::change(made.clone(), taken), in_database(wanted(12))];
    let outcomes = fleet.write(&name("one"), rows).await;
    assert!(outcomes[0].is_ok() && matches!(outcomes[1], Err(Error::Refused { .. })) && outcomes[2].is_ok());
    proxy.set_on("reservation-add", Fault::Cut(0));
    let with_options = NewReservation { options: Some(vec![option(3, "192.0.2.1,192.0.2.2")]), ..wanted(13) };
    done(&fleet, in_database(with_options)).await;
    assert_eq!(proxy.count("config-write"), 0);
    kea.restart();
    // The refused change took nothing away.
    for last in [10, 11, 12, 13] {
        assert!(!held(&kea, last, "database").is_null());
    }
    let found = fleet.reservations_in(&subnet()).await.unwrap().known;
    assert!(found.len() == 4 && found.contains(&made), "{found:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn what_was_acknowledged_outlives_sudden_ends() {
    let (_cluster, mut kea) = start("ends");
    let fleet = fleet(&[("one", &kea)]);
    let mut acknowledged = Vec::new();
    for round in 0..12 {
        let writer = tokio::spawn({
            let fleet = fleet.clone();
            async move {
                let rows = (round * 20..(round + 1) * 20).map(|last| in_database(wanted(last + 1))).collect();
                fleet.write(&name("one"), rows).await
            }
        });
        tokio::time::sleep(Duration::from_millis(4 * u64::from(round))).await;
        kea.kill9();
        let outcomes = writer.await.unwrap();
        kea.restart();
        for (outcome, last) in outcomes.into_iter().zip(round * 20 + 1..) {
            match outcome {
                Ok(_) => acknowledged.push(last),
                Err(Error::Unknown { .. } | Error::Unreachable { .. }) => {}
                Err(other) => panic!("{last}: {other:?}"),
            }
        }
    }
    assert!((1..240).contains(&acknowledged.len()), "{}", acknowledged.len());
    for last in acknowledged {
        assert!(!held(&kea, last, "database").is_null(), "{last}");
    }
}

#[tokio::test]
async fn a_deleted_record_of_the_database_comes_back_exactly() {
    let (_cluster, kea) = start("exact");
    let fleet = fleet(&[("one", &kea)]);
    let before = foreign(&kea, "database");
    let was = fleet.reservations_in(&subnet()).await.unwrap().known.remove(0);
    let verbatim = done(&fleet, Edit::delete(was.clone())).await.was.unwrap();
    assert!(held(&kea, 10, "database").is_null());
    let restored = done(&fleet, Edit::restore(None, was.clone(), verbatim)).await;
    assert_eq!(now(&restored).0, was);
    assert_eq!(held(&kea, 10, "database"), before);
}

#[tokio::test]
async fn a_reservation_moves_to_the_file_and_back() {
    let (_cluster, mut kea) = start("moving");
    let fleet = fleet(&[("one", &kea)]);
    let before = foreign(&kea, "database");
    let kept = fleet.reservations_in(&subnet()).await.unwrap().known.remove(0);

    let written = done(&fleet, moved(&fleet, &kept, Storage::Configuration).await).await;
    let filed = now(&written).0;
    assert!(filed.storage == Storage::Configuration && filed.is_equivalent_to(&kept), "{filed:?}");
    assert!(written.was.is_some() && held(&kea, 10, "database").is_null());
    assert_eq!(held(&kea, 10, "memory"), before);
    kea.restart();
    assert_eq!(held(&kea, 10, "memory"), before);

    let written = done(&fleet, moved(&fleet, &filed, Storage::Database).await).await;
    assert_eq!(now(&written).0, kept);
    assert_eq!((held(&kea, 10, "database"), held(&kea, 10, "memory")), (before, Value::Null));
    assert!(on_disk(&kea).is_empty());
}

#[tokio::test]
async fn a_move_that_fails_loses_nothing() {
    let (_cluster, kea) = start("failing");
    let proxy = FaultProxy::before(kea.port()).await;
    let fleet = fleet_of(vec![("one", client(&kea, &proxy.url(), impatient()))]);
    let before = foreign(&kea, "database");
    let kept = fleet.reservations_in(&subnet()).await.unwrap().known.remove(0);
    let to_file = moved(&fleet, &kept, Storage::Configuration).await;

    // It cannot be saved: a folder is in the place of the file.
    let file = fs::read(kea.config_path()).unwrap();
    fs::remove_file(kea.config_path()).unwrap();
    fs::create_dir(kea.config_path()).unwrap();
    let error = failed(&fleet, to_file.clone()).await;
    assert!(matches!(&error, Error::Refused { text, .. } if text.contains("host database")), "{error:?}");
    assert_eq!((held(&kea, 10, "database"), held(&kea, 10, "memory")), (before.clone(), Value::Null));
    fs::remove_dir(kea.config_path()).unwrap();
    fs::write(kea.config_path(), file).unwrap();

    // The old copy cannot be removed.
    proxy.set_on("reservation-del", Fault::Swallow);
    let error = failed(&fleet, to_file.clone()).await;
    assert!(matches!(&error, Error::Unknown { what, .. } if what.contains("both places")), "{error:?}");
    assert_eq!((held(&kea, 10, "database"), held(&kea, 10, "memory")), (before.clone(), before.clone()));
    proxy.set(Fault::None);

    // With a copy there already, nothing is moved onto it.
    let error = failed(&fleet, to_file).await;
    assert!(matches!(error, Error::Refused { .. }), "{error:?}");
    assert_eq!((held(&kea, 10, "database"), held(&kea, 10, "memory")), (before.clone(), before));
}

#[tokio::test]
async fn copies_in_both_places_are_distinguished() {
    let (_cluster, kea) = start("copies");
    let fleet = fleet(&[("one", &kea)]);
    let other = NewReservation { address: wanted(20).address, ..wanted(10) };
    let kept = now(&done(&fleet, in_database(wanted(10))).await).0;
    let filed = now(&done(&fleet, add(other)).await).0;
    let both = vec![filed.clone(), kept.clone()];
    assert_eq!(fleet.reservations_in(&subnet()).await.unwrap().known, both);
    assert_eq!(fleet.reservations_of(&name("one"), &hw(10)).await.unwrap(), both);
    assert_eq!(fleet.reservations_named(&name("one"), "host-10").await.unwrap(), both);
    for one in &both {
        assert_eq!(fleet.reservations_at(&name("one"), one.address.unwrap()).await.unwrap(), std::slice::from_ref(one));
    }

    let new = NewReservation { note: Some("of the file".to_owned()), ..wanted(10) };
    done(&fleet, Edit::change(filed, new)).await;
    assert_eq!(
        fleet.verbatim(&kept.clone().into()).await.unwrap().map(|verbatim| verbatim.0.contains("of the file")),
        Some(false)
    );
    done(&fleet, Edit::delete(kept)).await;
    assert_eq!((held(&kea, 10, "database").is_null(), on_disk(&kea).len()), (true, 1));
}

#[tokio::test]
async fn a_pair_with_one_database_has_its_reservations_there() {
    let cluster = Cluster::shared();
    let [one, two] = Kea::start_pair(&with_database(&cluster, "pair"));
    let pair = fleet(&[("one", &one), ("two", &two)]);
    assert_eq!(pair.storage(&name("one")).await.unwrap(), Storage::Database);
    assert_eq!(pair.status(&name("one")).await.pairs.len(), 1);
    done(&pair, in_database(wanted(10))).await;
    assert_eq!(held(&two, 10, "database"), held(&one, 10, "database"));
    // A peer that is none of ours is no matter then.
    let alone = fleet(&[("one", &one)]);
    assert_eq!(alone.status(&name("one")).await.findings, []);
}

#[tokio::test]
async fn a_pair_with_two_databases_has_its_reservations_in_the_configurations() {
    let cluster = Cluster::shared();
    let [one, mut two] = Kea::start_pair(&with_database(&cluster, "first"));
    let mut config: Value = serde_json::from_slice(&fs::read(two.config_path()).unwrap()).unwrap();
    config["Dhcp4"]["hosts-database"] = with_database(&cluster, "second")["hosts-database"].clone();
    fs::write(two.config_path(), config.to_string()).unwrap();
    two.restart();
    let pair = fleet(&[("one", &one), ("two", &two)]);
    for server in ["one", "two"] {
        assert_eq!(pair.storage(&name(server)).await.unwrap(), Storage::Configuration);
        let status = pair.status(&name(server)).await;
        assert_eq!(status.storage, Some(Storage::Configuration));
        assert!(status.findings.iter().any(|finding| finding.text.contains("host database")), "{:?}", status.findings);
    }
}
