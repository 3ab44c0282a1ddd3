//! Changes of configurations that are taken back unless somebody keeps them: how long that is, and both ways out.

use leptos::prelude::*;
use leptos::task::spawn_local;
use model::{Permission, Seconds, ServerName, Timestamp, Unconfirmed};

use super::icon::{Glyph, Icon};
use crate::api;
use crate::components::each::Each;
use crate::components::moment::{hour_of, sentence};
use crate::live::Live;
use crate::routes;
use crate::state::{Clock, Session, Toasts};

/// What a page does with changes that wait to be confirmed. Take it where the page is made, not in tasks.
#[derive(Clone, Copy)]
pub struct Deciding {
    /// Whether an answer is on its way.
    pub busy: RwSignal<bool>,
    live: Live,
    toasts: Toasts,
}

impl Deciding {
    /// For the page that is being made.
    pub fn here() -> Self {
        Self { busy: RwSignal::new(false), live: Live::here(), toasts: Toasts::here() }
    }

    /// Has a change of a server stay. For event handlers.
    pub fn keep(self, server: ServerName, number: i64) {
        self.busy.set(true);
        spawn_local(async move {
            let answer = api::confirm_config(server, Some(number)).await;
            match answer {
                Ok(kept) if kept.is_empty() => self.toasts.done(format!("Change #{number} does not wait any more.")),
                Ok(_) => self.toasts.done(format!("Kept: change #{number} stays.")),
                Err(error) => self.toasts.failed(&error.0),
            }
            self.end();
        });
    }

    /// Takes a change back at once. For event handlers.
    pub fn take_back(self, number: i64) {
        self.busy.set(true);
        spawn_local(async move {
            match api::take_back(number).await {
                Ok(()) => self.toasts.done(format!("Change #{number} is taken back.")),
                Err(error) => self.toasts.failed(&error.0),
            }
            self.end();
        });
    }

    fn end(self) {
        self.busy.try_set(false);
        self.live.changed(None);
    }
}

/// The changes of a server that wait to be confirmed, with the time that is left and both ways out.
#[component]
pub fn UnconfirmedChanges(
    /// The server.
    server: ServerName,
    /// The changes.
    #[prop(into)]
    changes: Signal<Vec<Unconfirmed>>,
) -> impl IntoView {
    let deciding = Deciding::here();
    let server = StoredValue::new(server);
    let each = move || changes.get();
    let key = |change: &Unconfirmed| (change.change, change.problem.clone());
    view! { <Each each=each key=key children=move |change| view! { <Waiting server change deciding/> }/> }
}

#[component]
fn Waiting(server: StoredValue<ServerName>, change: Unconfirmed, deciding: Deciding) -> impl IntoView {
    let may = Session::allows(Permission::Reserve);
    let busy = deciding.busy;
    let Unconfirmed { change: number, until, actor, words, problem, .. } = change;
    let words = words.into_iter().map(|words| view! { <li>{words}</li> }).collect::<Vec<_>>();
    let class =
        if problem.is_some() { "notice tone-bad server-unsettled" } else { "notice tone-warn server-unsettled" };
    let stands = match problem {
        Some(why) => view! {
            " was not confirmed in time, and could not be taken back. "
            {sentence(&why)}
        }
        .into_any(),
        None => view! { " is taken back " <TimeLeft until/> " unless it is kept." }.into_any(),
    };
    let name = server.with_value(ToString::to_string);
    view! {
        <div class=class data-testid="unconfirmed">
            <Icon glyph=Glyph::Warning/>
            <div>
                <p>
                    <a href=routes::change(number)>{format!("Change #{number}")}</a>
                    {format!(" of {name} by {actor}")}
                    {stands}
                </p>
                <ul>{words}</ul>
                <Show when=move || may.get()>
                    <p class="page-actions">
                        <button
                            type="button"
                            class="button button-change"
                            data-testid="keep"
                            disabled=move || busy.get()
                            on:click=move |_| deciding.keep(server.get_value(), number)
                        >
                            "Keep it"
                        </button>
                        <button
                            type="button"
                            class="button"
                            data-testid="take-back"
                            disabled=move || busy.get()
                            on:click=move |_| deciding.take_back(number)
                        >
                            "Take it back now"
                        </button>
                    </p>
                </Show>
            </div>
        </div>
    }
}

/// How long it is until then, counting: “in 4:32”; before the browser has taken over the hour.
#[component]
pub fn TimeLeft(
    /// When.
    until: Timestamp,
) -> impl IntoView {
    let clock = Clock::here();
    move || match clock.until(until) {
        Some(span) => view! { <span class="number">{left(span)}</span> }.into_any(),
        None => view! { "at " {hour_of(until)} }.into_any(),
    }
}

fn left(Seconds(span): Seconds) -> String {
    match span {
        ..=0 => "now".to_owned(),
        1..3_600 => format!("in {}:{:02}", span / 60, span % 60),
        _ => format!("in {} h {:02} min", span / 3_600, span / 60 % 60),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_time_that_is_left_is_counted_in_seconds_at_last() {
        let spans = [-3, 0, 1, 272, 3_599, 3_600, 7_500].map(|span| left(Seconds(span)));
        assert_eq!(spans, ["now", "now", "in 0:01", "in 4:32", "in 59:59", "in 1 h 00 min", "in 2 h 05 min"]);
    }
}
