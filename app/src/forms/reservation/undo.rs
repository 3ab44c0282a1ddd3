//! The way back from every change.

use leptos::prelude::*;
use leptos::task::spawn_local;
use model::{NewReservation, Reservation, Subnet};

use crate::api::{self, ApiError};
use crate::forms::draft::Draft;
use crate::live::Live;
use crate::state::Toasts;

/// What makes the same reservation again; none when it holds more than can be asked for here, so that it would come back
/// as less than it was.
pub fn again(reservation: &Reservation, subnet: &Subnet) -> Option<NewReservation> {
    let plain = reservation.client_classes.is_empty() && reservation.options.is_empty();
    same(reservation, subnet).filter(|_| plain)
}

/// Makes a deleted reservation again. For event handlers.
pub fn create_again(new: NewReservation, live: Live, toasts: Toasts) {
    spawn_local(async move {
        let what = new.address.map_or_else(|| new.identifier.to_string(), |address| address.to_string());
        let subnet = new.subnet.clone();
        let answer = api::create_reservation(new).await;
        finish(answer, format!("The reservation of {what} is back."), toasts);
        live.changed(Some(subnet));
    });
}

/// Says that a reservation was made, or changed from how it was seen before, and offers the way back.
pub(super) fn tell(toasts: Toasts, live: Live, subnet: &Subnet, seen: Option<Reservation>, made: Reservation) {
    let what = match made.address {
        Some(address) => format!("{address} for {}", made.identifier),
        None => made.identifier.to_string(),
    };
    let Some(seen) = seen else {
        let undo = Callback::new(move |()| delete_again(made.clone(), live, toasts));
        toasts.done_with_undo(format!("Reserved {what}."), undo);
        return;
    };
    let text = format!("Changed the reservation: {what}.");
    match same(&seen, subnet) {
        Some(before) => toasts
            .done_with_undo(text, Callback::new(move |()| change_back(made.clone(), before.clone(), live, toasts))),
        None => toasts.done(text),
    }
}

/// What asks for exactly what the form shows of this reservation.
fn same(reservation: &Reservation, subnet: &Subnet) -> Option<NewReservation> {
    Draft::of_reservation(reservation).check(subnet).ok().filter(|new| reservation.says(new))
}

fn delete_again(made: Reservation, live: Live, toasts: Toasts) {
    spawn_local(async move {
        let (key, what) = (made.subnet.clone(), made.identifier.to_string());
        let answer = api::delete_reservation(made).await;
        finish(answer, format!("The reservation for {what} is gone again."), toasts);
        live.changed(Some(key));
    });
}

fn change_back(made: Reservation, before: NewReservation, live: Live, toasts: Toasts) {
    spawn_local(async move {
        let (key, what) = (made.subnet.clone(), before.identifier.to_string());
        let answer = api::update_reservation(made, before).await;
        finish(answer, format!("The reservation for {what} is as it was."), toasts);
        live.changed(Some(key));
    });
}

fn finish<T>(answer: Result<T, ApiError>, text: String, toasts: Toasts) {
    match answer {
        Ok(_) => toasts.done(text),
        Err(error) => toasts.failed(&error.0),
    }
}
