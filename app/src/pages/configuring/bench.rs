//! The test bench: a packet is typed, or chosen; which classes it is in, why, and what is open to it.

mod fields;
mod outcome;

use leptos::prelude::*;
use leptos::task::spawn_local;
use model::{ConfigEdit, Family, PacketTrial, SamplePacket, ServerName};

use self::fields::{FIELDS, Form, More, Ready, Text};
use self::outcome::Outcome;
use super::edits::Edits;
use crate::api;

/// A form for a packet, and what comes of it.
#[component]
pub(super) fn Bench(
    /// The server whose classes are tried.
    server: StoredValue<ServerName>,
    /// IPv4 or IPv6.
    family: Family,
    /// What is typed.
    edits: Edits,
    /// What of it, and of what is not there yet, is tried, too.
    unsaved: Callback<(), Vec<ConfigEdit>>,
) -> impl IntoView {
    let form = Form::of(family);
    let ready = SamplePacket::ready(family);
    if let Some((_, packet)) = ready.first() {
        form.fill(packet.clone());
    }
    let trial = RwSignal::new(None::<PacketTrial>);
    let member_of =
        move || trial.with(|trial| Some(format!("The packet is in {}", trial.as_ref()?.member_of.join(", "))));
    let ask = move |event: leptos::ev::SubmitEvent| {
        event.prevent_default();
        let (packet, edits) = (form.typed(), untrack(|| unsaved.run(())));
        spawn_local(async move {
            let (answer, problem) = match api::try_packet(server.get_value(), packet, edits).await {
                Ok(answer) => (Some(answer), None),
                Err(error) => (None, Some(error.0)),
            };
            trial.try_set(answer);
            form.problem.try_set(problem);
        });
    };
    view! {
        <details class="fold" data-testid="bench">
            <summary>"Try a packet"</summary>
            <div class="fold-body">
                <form class="bench-form" method="get" novalidate on:submit=ask>
                    <Ready form ready/>
                    {FIELDS.iter().map(|field| view! { <Text form field/> }).collect::<Vec<_>>()}
                    <More form/>
                    <p>
                        <button type="submit" class="button">
                            "Try it"
                        </button>
                    </p>
                </form>
                <Show when=move || edits.is_faulty()>
                    <p class="muted">"An expression that cannot be read is tried as the server has it."</p>
                </Show>
                <p role="status" data-testid="bench-member-of">
                    {member_of}
                </p>
                {move || trial.get().map(|trial| view! { <Outcome server trial/> })}
            </div>
        </details>
    }
}
