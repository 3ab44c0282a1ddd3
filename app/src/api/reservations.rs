//! Reservations, and the free addresses for them.

use leptos::prelude::*;
use leptos::server_fn::codec::Json;
use model::{
    AddressRange, Conflict, HwAddress, NewReservation, Reservation, ReservationKey, ServerName, Storage, SubnetKey,
    Suggestion,
};

use super::Answer;

/// One reservation.
#[server(endpoint = "reservations/get", input = Json)]
pub async fn get_reservation(key: ReservationKey) -> Answer<Reservation> {
    super::request::run(|services, actor| async move { services.reservations.get(&actor, &key).await }).await
}

/// Where new reservations of that server are kept.
#[server(endpoint = "reservations/storage", input = Json)]
pub async fn reservation_storage(server: ServerName) -> Answer<Storage> {
    super::request::run(|services, actor| async move { services.reservations.storage(&actor, &server).await }).await
}

/// What stands against a reservation, without making it. `replacing`: the one that it would take the place of.
#[server(endpoint = "reservations/verdict", input = Json)]
pub async fn reservation_verdict(new: NewReservation, replacing: Option<ReservationKey>) -> Answer<Vec<Conflict>> {
    super::request::run(|services, actor| async move {
        services.reservations.verdict(&actor, &new, replacing.as_ref()).await
    })
    .await
}

/// Finds the next free address and holds it for a while.
#[server(endpoint = "reservations/suggest", input = Json)]
pub async fn suggest_address(
    subnet: SubnetKey,
    range: Option<AddressRange>,
    client: Option<HwAddress>,
) -> Answer<Suggestion> {
    super::request::run(|services, actor| async move {
        services.allocation.suggest(&actor, &subnet, range, client.as_ref()).await
    })
    .await
}

/// Makes a reservation. When this answers, it is on the server's disk.
#[server(endpoint = "reservations/create", input = Json)]
pub async fn create_reservation(new: NewReservation) -> Answer<Reservation> {
    super::request::run(|services, actor| async move { services.reservations.create(&actor, &new).await }).await
}

/// Changes a reservation. `seen` is how it was when the change was made up: if it differs now, nothing is changed.
#[server(endpoint = "reservations/update", input = Json)]
pub async fn update_reservation(seen: Reservation, new: NewReservation) -> Answer<Reservation> {
    super::request::run(|services, actor| async move { services.reservations.update(&actor, &seen, &new).await }).await
}

/// Deletes a reservation. `seen` as above.
#[server(endpoint = "reservations/delete", input = Json)]
pub async fn delete_reservation(seen: Reservation) -> Answer<()> {
    super::request::run(|services, actor| async move { services.reservations.delete(&actor, &seen).await }).await
}
