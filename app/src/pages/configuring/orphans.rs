//! What subnets have that are deleted: shown, exported, deleted with them or kept, and confirmed by the prefix.

use leptos::prelude::*;
use leptos::task::spawn_local;
use model::{Orphans, SubnetKey};

use crate::api::{self, Answer};
use crate::components::download::save_text;
use crate::components::icon::{Glyph, Icon};
use crate::state::Toasts;

/// What is decided about it.
#[derive(Clone, Copy)]
pub(super) struct Deciding {
    /// The prefix as it is typed.
    pub(super) typed: RwSignal<String>,
    /// Whether it is deleted, too.
    pub(super) delete: RwSignal<bool>,
}

impl Deciding {
    pub(super) fn new() -> Self {
        Self { typed: RwSignal::new(String::new()), delete: RwSignal::new(false) }
    }

    /// Whether it is confirmed that the subnets go. Reactive.
    pub(super) fn is_confirmed(self, orphans: &[Orphans]) -> bool {
        orphans.first().is_none_or(|first| self.typed.with(|typed| typed.trim() == first.prefix))
    }
}

#[component]
pub(super) fn OrphanList(orphans: Vec<Orphans>, deciding: Deciding) -> impl IntoView {
    let prefix = orphans.first().map(|first| first.prefix.clone()).unwrap_or_default();
    let lists = orphans.into_iter().map(|orphans| view! { <OfSubnet orphans/> }).collect::<Vec<_>>();
    view! {
        <div class="notice tone-warn" data-testid="orphans">
            <Icon glyph=Glyph::Warning/>
            <div>
                {lists}
                <label class="check-line">
                    <input
                        type="checkbox"
                        data-testid="delete-orphans"
                        prop:checked=move || deciding.delete.get()
                        on:change=move |event| deciding.delete.set(event_target_checked(&event))
                    />
                    <span>"Delete leases and reservations in a database, too. Leases do not come back."</span>
                </label>
                <label class="field-label" for="orphans-prefix">
                    {format!("Type {prefix} to confirm")}
                </label>
                <input
                    id="orphans-prefix"
                    class="input mono"
                    autocomplete="off"
                    prop:value=move || deciding.typed.get()
                    on:input=move |event| deciding.typed.set(event_target_value(&event))
                />
            </div>
        </div>
    }
}

#[component]
fn OfSubnet(orphans: Orphans) -> impl IntoView {
    let sentence = format!("{}.", orphans.sentence());
    let more = (orphans.count() as usize).saturating_sub(orphans.first.len());
    let Orphans { subnet, first, not_listed, .. } = orphans;
    let not_listed = not_listed.into_iter().map(|text| view! { <p class="muted">{text}</p> }).collect::<Vec<_>>();
    let any = !first.is_empty();
    let first = first.into_iter().map(|text| view! { <li>{text}</li> }).collect::<Vec<_>>();
    let key = StoredValue::new(subnet);
    let toasts = Toasts::here();
    let save = move |what: &'static str, asked: fn(SubnetKey) -> Exported| {
        let key = key.get_value();
        spawn_local(async move {
            let name = format!("{}-{}-{what}.csv", key.server, key.id);
            match asked(key).await {
                Ok(text) if save_text(&name, "text/csv;charset=utf-8", &text) => {
                    toasts.done(format!("Saved as {name}."));
                }
                Ok(_) => toasts.done("The browser did not save the file: allow downloads from this page."),
                Err(error) => toasts.failed(&error.0),
            }
        });
    };
    view! {
        <p>{sentence}</p>
        {not_listed}
        {any
            .then(|| {
                view! {
                    <details>
                        <summary>"Show them"</summary>
                        <ul class="review-words">{first} {(more > 0).then(|| view! { <li>{format!("and {more} more")}</li> })}</ul>
                    </details>
                }
            })}
        <p class="page-actions">
            <button
                type="button"
                class="button button-small"
                on:click=move |_| save("leases", |key| Box::pin(api::export_leases(key)))
            >
                "Export leases"
            </button>
            <button
                type="button"
                class="button button-small"
                on:click=move |_| save("reservations", |key| Box::pin(api::export_table(Some(key))))
            >
                "Export reservations"
            </button>
        </p>
    }
}

type Exported = std::pin::Pin<Box<dyn Future<Output = Answer<String>>>>;
