//! Classes on the other servers: whether they are the same there, and the way to make them so.

use leptos::prelude::*;
use model::{ClassElsewhere, ClassStanding, ConfigEdit, Permission, ServerName};

use super::review::Review;
use super::{Asked, asked};
use crate::api;
use crate::components::badge::{Badge, Tone};
use crate::components::each::Each;
use crate::components::icon::Glyph;
use crate::state::Session;

/// How classes stand on the other servers.
#[component]
pub(super) fn Elsewhere(
    /// The server that has them.
    server: StoredValue<ServerName>,
    /// Their names; none: all of them.
    #[prop(into)]
    classes: Signal<Vec<String>>,
) -> impl IntoView {
    let ask = move |classes| api::list_class_elsewhere(server.get_value(), String::new(), classes);
    let build = move |Asked { value: rows, again }: Asked<Vec<ClassElsewhere>>| {
        let reviewing = RwSignal::new(None::<(ServerName, Vec<ConfigEdit>)>);
        let review = move || {
            let (server, edits) = reviewing.get()?;
            let close = move |()| reviewing.set(None);
            let applied = Callback::new(move |()| {
                reviewing.set(None);
                again.run(());
            });
            Some(view! { <Review edits server=StoredValue::new(server) on_close=close on_applied=applied/> })
        };
        view! {
            <Show when=move || rows.with(Vec::is_empty)>
                <p class="muted">"There is no other server of this family."</p>
            </Show>
            <ul class="bench-rows" data-testid="class-elsewhere">
                <Each
                    each=move || rows.get()
                    key=Clone::clone
                    children=move |row| view! { <Row row reviewing/> }
                />
            </ul>
            {review}
        }
        .into_any()
    };
    view! {
        <h3>"On other servers"</h3>
        {asked(2, move || classes.get(), ask, build)}
    }
}

#[component]
fn Row(row: ClassElsewhere, reviewing: RwSignal<Option<(ServerName, Vec<ConfigEdit>)>>) -> impl IntoView {
    let may = Session::allows(Permission::Reserve);
    let ClassElsewhere { server, with, standing, edits, kept, problem } = row;
    let (tone, glyph, text) = match standing {
        ClassStanding::Same => (Tone::Good, Glyph::Check, "the same"),
        ClassStanding::Missing => (Tone::Neutral, Glyph::NoEntry, "not there"),
        ClassStanding::Differs => (Tone::Warn, Glyph::Warning, "differs"),
        ClassStanding::Unknown => (Tone::Warn, Glyph::Warning, "not known"),
    };
    let names: Vec<String> = std::iter::once(&server).chain(&with).map(ToString::to_string).collect();
    let names = names.join(" and ");
    let label = if standing == ClassStanding::Missing { "Copy it there…" } else { "Make it the same…" };
    let aria = format!("{label} {names}");
    let kept = (!kept.is_empty()).then(|| format!("Needed, different there, and left as it is: {}.", kept.join(", ")));
    let any = !edits.is_empty();
    let wanted = StoredValue::new((server, edits));
    view! {
        <li>
            <p class="bench-head">
                <Badge tone glyph text/>
                {names}
                <span class="muted">{problem}</span>
                <span class="muted">{kept}</span>
                <Show when=move || any && may.get()>
                    <button
                        type="button"
                        class="button button-small"
                        aria-label=aria.clone()
                        on:click=move |_| reviewing.set(Some(wanted.get_value()))
                    >
                        {label}
                    </button>
                </Show>
            </p>
        </li>
    }
}
