//! Has the server load its saved file: what is known of that first, then what came of it.

use leptos::prelude::*;
use leptos::task::spawn_local;
use model::{Permission, ReloadOutlook, ReloadRequest, ServerName};

use super::review::kea_says;
use crate::api;
use crate::components::dialog::Confirm;
use crate::components::icon::{Glyph, Icon};
use crate::components::moment::Moment;
use crate::live::Live;
use crate::state::{Session, Toasts};

/// The button, and the question behind it.
#[component]
pub(super) fn Reload(server: StoredValue<ServerName>) -> impl IntoView {
    let may = Session::allows(Permission::Reserve);
    let (live, toasts) = (Live::here(), Toasts::here());
    let busy = RwSignal::new(false);
    let outlook = RwSignal::new(None::<ReloadOutlook>);
    let ask = move |_| {
        busy.set(true);
        spawn_local(async move {
            match api::get_reload_outlook(server.get_value()).await {
                Ok(known) => drop(outlook.try_set(Some(known))),
                Err(error) => toasts.failed(&error.0),
            }
            busy.try_set(false);
        });
    };
    let load = move |()| {
        let lose =
            outlook.with(|known| known.iter().flat_map(|known| &known.unsaved).map(|change| change.number).collect());
        busy.set(true);
        spawn_local(async move {
            // What others may not have saved was named, too.
            let request = ReloadRequest { lose, lose_outside: true, ..ReloadRequest::default() };
            match api::reload_config(server.get_value(), request).await {
                Ok(applied) => {
                    let text = std::iter::once(format!("{}.", applied.words.join("; "))).chain(kea_says(&applied));
                    toasts.done(text.collect::<Vec<_>>().join(" "));
                }
                Err(error) => toasts.failed(&error.0),
            }
            busy.try_set(false);
            outlook.try_set(None);
            live.changed(None);
        });
    };
    view! {
        <Show when=move || may.get()>
            <button type="button" class="button" data-testid="reload" disabled=move || busy.get() on:click=ask>
                <Icon glyph=Glyph::Refresh/>
                "Load the saved file…"
            </button>
        </Show>
        {move || {
            outlook
                .get()
                .map(|known| {
                    view! {
                        <Confirm
                            title=format!("Load the saved file of {}?", server.get_value())
                            confirm="Load it"
                            testid="confirm-reload"
                            busy=busy
                            on_confirm=load
                            on_close=move |()| outlook.set(None)
                        >
                            <Known known/>
                        </Confirm>
                    }
                })
        }}
    }
}

/// What is known of what is lost.
#[component]
fn Known(known: ReloadOutlook) -> impl IntoView {
    let ReloadOutlook { unsaved, outside, first_seen_at } = known;
    let is_saved = unsaved.is_empty() && outside.is_empty() && first_seen_at.is_none();
    let lost = unsaved.into_iter().map(|change| {
        let text = format!("#{} by {}: {}", change.number, change.actor, change.text);
        view! { <li>{text} " " <Moment at=change.at past=true/></li> }
    });
    let lost = lost.collect::<Vec<_>>();
    let perhaps = outside.into_iter().map(|revision| {
        let text = format!("{}: {}", revision.summary(), revision.words.join("; "));
        view! { <li>{text} " " <Moment at=revision.at past=true/></li> }
    });
    let perhaps = perhaps.collect::<Vec<_>>();
    view! {
        <p>
            "The server reads its configuration file again and runs what is in it. The file cannot be read from here: what it changes is shown afterwards, and can be undone."
        </p>
        {(!lost.is_empty()).then(|| view! { <p>"Not saved, and lost by it:"</p> <ul data-testid="reload-lost">{lost}</ul> })}
        {(!perhaps.is_empty())
            .then(|| {
                view! {
                    <p>"Changed by others, who may not have saved it:"</p>
                    <ul data-testid="reload-perhaps">{perhaps}</ul>
                }
            })}
        {first_seen_at
            .map(|at| {
                view! {
                    <p data-testid="reload-unknown">
                        "It is not known whether what ran when Nestor first looked, " <Moment at past=true/>
                        ", is in the file: others may have changed it before, and not saved it."
                    </p>
                }
            })}
        {is_saved.then(|| view! { <p>"All that Nestor knows to run is saved."</p> })}
    }
}
