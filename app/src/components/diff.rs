//! What differs between two versions of a reservation.

use leptos::prelude::*;
use model::Reservation;

/// What of one version is not in the other, field by field.
#[component]
pub fn ReservationDiff(
    /// How it was; none: it was not there.
    before: Option<Reservation>,
    /// How it is; none: it is not there.
    after: Option<Reservation>,
) -> impl IntoView {
    let rows = changes(before.as_ref(), after.as_ref()).into_iter().map(|(field, before, after)| {
        view! {
            <div>
                <dt>{field}</dt>
                <dd>{before} " → " {after}</dd>
            </div>
        }
    });
    view! { <dl class="fact-list">{rows.collect::<Vec<_>>()}</dl> }
}

fn changes(before: Option<&Reservation>, after: Option<&Reservation>) -> Vec<(&'static str, String, String)> {
    let fields = |of: Option<&Reservation>| {
        let text = |read: fn(&Reservation) -> Option<String>| of.and_then(read).unwrap_or_else(|| "–".to_owned());
        [
            ("Address", text(|of| of.address.map(|address| address.to_string()))),
            ("Host name", text(|of| of.host_name.clone())),
            ("Boot file", text(|of| of.boot_file_name.clone())),
            ("Note", text(|of| of.note.clone())),
        ]
    };
    let pairs = fields(before).into_iter().zip(fields(after));
    pairs
        .filter(|(before, after)| before != after)
        .map(|((field, before), (_, after))| (field, before, after))
        .collect()
}
