//! What became of a reservation over time, and the way back to each version.

use leptos::prelude::*;
use leptos::task::spawn_local;
use model::{Change, ChangePage, ChangeQuery, ChangeState, Problem, Reservation, ReservationKey, Verb, Version};

use super::List;
use crate::api::{self, Answer};
use crate::components::badge::ChangeBadge;
use crate::components::dialog::Confirm;
use crate::components::diff::VersionDiff;
use crate::components::each::Each;
use crate::components::icon::{Glyph, Icon};
use crate::components::moment::{Moment, sentence};
use crate::components::problem::ProblemView;
use crate::components::skeleton::Skeleton;
use crate::forms::{ChangeProblem, Notices};
use crate::routes;

/// A version to be restored.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Wanted {
    number: i64,
    version: Version,
    then: Reservation,
}

/// What the parts of the history share.
#[derive(Clone, Copy)]
struct CallTrace {
    list: List,
    key: StoredValue<ReservationKey>,
    /// How the reservation is now; none: it is not there.
    now: StoredValue<Option<Reservation>>,
    changes: RwSignal<Vec<Change>>,
    more: RwSignal<bool>,
    /// Whether anything was answered yet.
    known: RwSignal<bool>,
    problem: RwSignal<Option<Problem>>,
    wanted: RwSignal<Option<Wanted>>,
}

impl CallTrace {
    /// Asks for the newest changes, or for those before the oldest one that is known.
    fn ask(self, before: Option<i64>) {
        let query = ChangeQuery { reservation: Some(self.key.get_value()), before, ..ChangeQuery::default() };
        spawn_local(async move {
            let answer = api::list_changes(query).await;
            self.take(before, answer);
        });
    }

    fn take(self, before: Option<i64>, answer: Answer<ChangePage>) {
        match answer {
            Ok(page) => {
                self.changes.try_update(|changes| match before {
                    Some(_) => changes.extend(page.changes),
                    None => *changes = page.changes,
                });
                self.more.try_set(page.more);
                self.problem.try_set(None);
                self.known.try_set(true);
            }
            Err(error) => {
                self.problem.try_set(Some(error.0));
            }
        }
    }

    fn oldest(self) -> Option<i64> {
        self.changes.with_untracked(|changes| changes.last().map(|change| change.number))
    }

    /// The version that a change offers: what it left, and of one that left nothing what was there before.
    fn offered(self, change: &Change) -> Option<Wanted> {
        let (before, after) = change.reservations();
        let (version, then) = match (after, before) {
            (Some(after), _) if change.state != ChangeState::Refused => (Version::After, after),
            (None, Some(before)) => (Version::Before, before),
            _ => return None,
        };
        let same = self.now.with_value(|now| now.as_ref().is_some_and(|now| now.is_equivalent_to(then)));
        (!same).then(|| Wanted { number: change.number, version, then: then.clone() })
    }
}

/// The changes of a reservation, newest first.
#[component]
pub(super) fn History(list: List, key: ReservationKey, now: Option<Reservation>) -> impl IntoView {
    let all = routes::changes_of(&key);
    let subnet = key.subnet.clone();
    let story = CallTrace {
        list,
        key: StoredValue::new(key),
        now: StoredValue::new(now),
        changes: RwSignal::new(Vec::new()),
        more: RwSignal::new(false),
        known: RwSignal::new(false),
        problem: RwSignal::new(None),
        wanted: RwSignal::new(None),
    };
    Effect::new(move || {
        list.live.subnet_version(&subnet);
        story.ask(None);
    });
    let nothing = move || story.known.get() && story.changes.with(Vec::is_empty);
    let loading = move || !story.known.get() && story.problem.with(Option::is_none);
    view! {
        <div class="history" data-testid="history">
            {move || {
                story.problem.get().map(|problem| view! { <ProblemView problem retry=move |()| story.ask(None)/> })
            }}
            <Show when=loading>
                <Skeleton rows=4/>
            </Show>
            <Show when=nothing>
                <p class="muted">
                    "No changes through Nestor. Changes made on the server itself are not recorded."
                </p>
            </Show>
            <ol class="revisions">
                <Each
                    each=move || story.changes.get()
                    key=|change| (change.number, change.state, change.undone_by)
                    children=move |change| view! { <Revision story change/> }
                />
            </ol>
            <Show when=move || story.more.get()>
                <button type="button" class="button" on:click=move |_| story.ask(story.oldest())>
                    "Show older changes"
                </button>
            </Show>
            <p>
                <a href=all>"Full history"</a>
            </p>
            {move || story.wanted.get().map(|wanted| view! { <Restore story wanted/> })}
        </div>
    }
}

#[component]
fn Revision(story: CallTrace, change: Change) -> impl IntoView {
    let offered = story.offered(&change);
    let label = match (&change.after, story.now.with_value(Option::is_some)) {
        (None, false) => "Restore the reservation",
        (None, true) => "Restore the previous version",
        (Some(_), _) => "Restore this version",
    };
    let Change { number, at, actor, verb, subject, before, after, state, detail, batch, undoes, undone_by, .. } =
        change;
    let links = [
        undoes.map(|other| format!("undoes #{other}")),
        undone_by.map(|other| format!("undone by #{other}")),
        batch.map(|_| "part of a batch".to_owned()),
    ];
    let links: Vec<_> = links.into_iter().flatten().collect();
    let about = std::iter::once(format!("change {number}")).chain(links).collect::<Vec<_>>().join(" · ");
    view! {
        <li class="revision" data-testid="revision">
            <header class="revision-head">
                <strong>{format!("{} by {actor}", word(verb))}</strong>
                <Moment at past=true/>
                <ChangeBadge state server=subject.server().clone()/>
            </header>
            <p class="revision-about muted">{about}</p>
            {(!detail.is_empty()).then(|| view! { <p>{sentence(&detail)}</p> })}
            <VersionDiff before after/>
            <Show when=move || story.list.may_reserve()>
                {offered
                    .clone()
                    .map(|offered| {
                        view! {
                            <button
                                type="button"
                                class="button button-small"
                                data-testid="restore-button"
                                on:click=move |_| story.wanted.set(Some(offered.clone()))
                            >
                                <Icon glyph=Glyph::Undo/>
                                {label}
                            </button>
                        }
                    })}
            </Show>
        </li>
    }
}

fn word(verb: Verb) -> &'static str {
    match verb {
        Verb::Create => "Created",
        Verb::Change => "Changed",
        Verb::Delete => "Deleted",
        Verb::Move => "Moved",
    }
}

/// Asks whether a version shall come back, and says what that changes.
#[component]
fn Restore(story: CallTrace, wanted: Wanted) -> impl IntoView {
    let busy = RwSignal::new(false);
    let problem = RwSignal::new(None::<Problem>);
    let Wanted { number, version, then } = wanted;
    let subnet = then.subnet.clone();
    let what = then.title();
    let notices = Notices::here(subnet.clone());
    let (list, now) = (story.list, story.now.get_value());
    let close = move |()| story.wanted.set(None);
    let title = match &now {
        Some(_) => format!("Restore this version of {what}?"),
        None => format!("Restore the reservation of {what}?"),
    };
    let confirm = move |()| {
        busy.set(true);
        let (notices, what) = (notices.clone(), what.clone());
        spawn_local(async move {
            let answer = api::restore_version(number, version, None).await;
            busy.try_set(false);
            match answer {
                Ok(applied) => {
                    let done = format!("The reservation of {what} is restored.");
                    notices.done(&done, format!("The restore of {what} is undone."), &applied);
                    list.opened.close();
                }
                Err(error) => {
                    if problem.try_set(Some(error.0.clone())).is_some() {
                        notices.failed(&error.0);
                    }
                }
            }
        });
    };
    view! {
        <Confirm title confirm="Restore" testid="confirm-restore" harmless=true busy on_confirm=confirm on_close=close>
            <p>"What will change:"</p>
            <VersionDiff before=now.map(model::Content::from) after=Some(then.into())/>
            <ChangeProblem problem subnet on_saved=move |()| list.opened.close()/>
        </Confirm>
    }
}
