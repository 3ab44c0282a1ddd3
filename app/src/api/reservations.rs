//! Reservations, and the free addresses for them.

use leptos::prelude::*;
use model::{
    AddressRange, Applied, Conflict, Identifier, NewReservation, Reservation, ReservationKey, ReserveNext, ServerName,
    Storage, StorageInfo, SubnetKey, Suggestion, Table,
};

use super::Answer;
use super::wire::Wire;

/// One reservation.
#[server(endpoint = "reservations/get", protocol = Wire)]
pub async fn get_reservation(key: ReservationKey) -> Answer<Reservation> {
    super::request::run(|services, actor| async move { services.reservations.get(&actor, &key).await }).await
}

/// Where that server keeps a new reservation, or one that is in `storage`, and who has it too.
#[server(endpoint = "reservations/storage", protocol = Wire)]
pub async fn reservation_storage(server: ServerName, storage: Option<Storage>) -> Answer<StorageInfo> {
    super::request::run(|services, actor| async move { services.reservations.kept(&actor, &server, storage).await })
        .await
}

/// What stands against a reservation, without making it. `replacing`: the one that it would take the place of.
#[server(endpoint = "reservations/verdict", protocol = Wire)]
pub async fn reservation_verdict(new: NewReservation, replacing: Option<ReservationKey>) -> Answer<Vec<Conflict>> {
    super::request::run(|services, actor| async move {
        services.reservations.verdict(&actor, &new, replacing.as_ref()).await
    })
    .await
}

/// Finds the next free address and holds it for a while.
#[server(endpoint = "reservations/suggest", protocol = Wire)]
pub async fn suggest_address(
    subnet: SubnetKey,
    range: Option<AddressRange>,
    client: Option<Identifier>,
) -> Answer<Suggestion> {
    super::request::change(|services, caller| async move {
        services.allocation.suggest(&caller, &subnet, range, client.as_ref()).await
    })
    .await
}

/// Makes a reservation. When this answers, it is on the server's disk. With `?dry_run` behind the address of this
/// function it is judged alone, here and in all functions below.
#[server(endpoint = "reservations/create", protocol = Wire)]
pub async fn create_reservation(new: NewReservation) -> Answer<Applied> {
    super::request::change(|services, caller| async move { services.reservations.create(&caller, &new).await }).await
}

/// Chooses the next free address and reserves it, in one go.
#[server(name = AskReserveNext, endpoint = "reservations/reserve", protocol = Wire)]
pub async fn reserve_next(wanted: ReserveNext) -> Answer<Applied> {
    super::request::change(|services, caller| async move { services.reservations.reserve_next(&caller, &wanted).await })
        .await
}

/// Changes a reservation. `seen` is how it was when the change was made up: if it differs now, nothing is changed.
#[server(endpoint = "reservations/update", protocol = Wire)]
pub async fn update_reservation(seen: Reservation, new: NewReservation) -> Answer<Applied> {
    super::request::change(|services, caller| async move { services.reservations.update(&caller, &seen, &new).await })
        .await
}

/// Deletes a reservation. `seen` as above.
#[server(endpoint = "reservations/delete", protocol = Wire)]
pub async fn delete_reservation(seen: Reservation) -> Answer<Applied> {
    super::request::change(|services, caller| async move { services.reservations.delete(&caller, &seen).await }).await
}

/// Moves a reservation to the other place that its server keeps reservations in. `seen` as above.
#[server(endpoint = "reservations/move", protocol = Wire)]
pub async fn move_reservation(seen: Reservation, to: Storage) -> Answer<Applied> {
    super::request::change(|services, caller| async move { services.reservations.move_to(&caller, &seen, to).await })
        .await
}

/// Moves every reservation of a subnet to that place; one batch.
#[server(endpoint = "reservations/move-all", protocol = Wire)]
pub async fn move_reservations(subnet: SubnetKey, to: Storage) -> Answer<Table> {
    super::request::change(|services, caller| async move { services.reservations.move_all(&caller, &subnet, to).await })
        .await
}
