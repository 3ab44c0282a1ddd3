//! What a subnet is called: two fields in a drawer.
#![allow(unreachable_pub, private_interfaces, reason = "the component macro makes every component `pub`")]

use leptos::ev;
use leptos::prelude::*;
use leptos::task::spawn_local;
use model::{Content, FieldError, Labels, Problem, ProblemKind, Subnet, SubnetKey};

use super::{ChangeProblem, Discard, Notices};
use crate::api;
use crate::components::drawer::Drawer;
use crate::components::field::TextField;
use crate::components::opened::Opened;
use crate::components::overtaken::{Overtaken, WAITS, Way};
use crate::components::unsaved::ask_before_leaving;
use crate::live::Live;

/// What the parts of the form share.
#[derive(Clone, Copy)]
struct Form {
    name: RwSignal<String>,
    comment: RwSignal<String>,
    /// The subnet, as it was when the form was opened or as others have made it since.
    known: StoredValue<Subnet>,
    /// What others made of it meanwhile, while the user has yet to say how to go on.
    theirs: RwSignal<Option<Labels>>,
    faults: Memo<Vec<FieldError>>,
    problem: RwSignal<Option<Problem>>,
    busy: RwSignal<bool>,
    notices: StoredValue<Notices>,
    opened: Opened,
}

impl Form {
    fn new(subnet: Subnet, opened: Opened) -> Self {
        let seen = subnet.labels();
        let [name, comment] = [seen.name, seen.comment].map(|text| RwSignal::new(text.unwrap_or_default()));
        let notices = StoredValue::new(Notices::here(subnet.key.clone()));
        let known = StoredValue::new(subnet);
        let faults = Memo::new(move |_| typed(name, comment).faults_since(&known.with_value(Subnet::labels)));
        let (theirs, problem, busy) = (RwSignal::new(None), RwSignal::new(None), RwSignal::new(false));
        Self { name, comment, known, theirs, faults, problem, busy, notices, opened }
    }

    /// What is typed. Reactive.
    fn typed(self) -> Labels {
        typed(self.name, self.comment)
    }

    fn seen(self) -> Labels {
        self.known.with_value(Subnet::labels)
    }

    fn is_unsaved(self) -> bool {
        untrack(|| self.typed()) != self.seen()
    }

    fn fault(self, field: &'static str) -> Signal<Option<String>> {
        let of = move |faults: &Vec<FieldError>| {
            faults.iter().find(|fault| fault.field == field).map(|fault| fault.text.clone())
        };
        Signal::derive(move || self.faults.with(of))
    }

    fn save(self) {
        let faulty = self.faults.with_untracked(|faults| !faults.is_empty());
        if self.busy.get_untracked() || faulty || self.theirs.with_untracked(Option::is_some) {
            return;
        }
        self.busy.set(true);
        self.problem.set(None);
        let (subnet, wanted, notices) = (self.known.get_value(), untrack(|| self.typed()), self.notices.get_value());
        spawn_local(async move {
            let answer = api::label_subnet(subnet.key.clone(), subnet.labels(), wanted).await;
            self.busy.try_set(false);
            match answer {
                Ok(applied) => {
                    let prefix = subnet.prefix;
                    notices.done(
                        &format!("{prefix} is renamed."),
                        format!("{prefix} has its previous name again."),
                        &applied,
                    );
                    self.opened.close();
                }
                Err(error) => {
                    if self.problem.try_set(Some(error.0.clone())).is_some() {
                        notices.failed(&error.0);
                    } else if error.0.kind == ProblemKind::Stale {
                        self.look(subnet.key);
                    }
                }
            }
        });
    }

    /// Looks again whenever something in the subnet changes.
    fn watch(self) {
        let live = Live::here();
        Effect::new(move |before: Option<u64>| {
            let key = self.known.with_value(|subnet| subnet.key.clone());
            let version = live.subnet_version(&key);
            if before.is_some_and(|before| before != version) {
                self.look(key);
            }
            version
        });
    }

    /// Asks how it is now, and takes over what is news. The form's own change is none.
    fn look(self, key: SubnetKey) {
        spawn_local(async move {
            let Ok(now) = api::get_subnet(key).await.map(|summary| summary.subnet.labels()) else { return };
            if self.busy.try_get_untracked() != Some(false) {
                return;
            }
            let seen = self.seen();
            if now == seen {
                self.theirs.set(None);
            } else if untrack(|| self.typed()) == seen {
                self.start_from(now.clone(), now);
            } else {
                self.problem.set(None);
                self.theirs.set(Some(now));
            }
        });
    }

    fn start_from(self, now: Labels, typed: Labels) {
        self.known.update_value(|subnet| (subnet.name, subnet.comment) = (now.name, now.comment));
        self.name.set(typed.name.unwrap_or_default());
        self.comment.set(typed.comment.unwrap_or_default());
        self.theirs.set(None);
        self.problem.set(None);
    }

    fn go(self, way: Way) {
        let Some(now) = self.theirs.get_untracked() else { return };
        let typed = match way {
            Way::Theirs => now.clone(),
            Way::Mine | Way::Edit => onto(&untrack(|| self.typed()), &self.seen(), &now),
        };
        self.start_from(now, typed);
        if way == Way::Mine {
            self.save();
        }
    }
}

fn typed(name: RwSignal<String>, comment: RwSignal<String>) -> Labels {
    Labels { name: Some(name.get()), comment: Some(comment.get()) }.trimmed()
}

/// What is typed, on top of what others have made of it since: what nobody touched here is as it is there.
fn onto(typed: &Labels, seen: &Labels, now: &Labels) -> Labels {
    let pick = |part: fn(&Labels) -> &Option<String>| {
        if part(typed) == part(seen) { part(now).clone() } else { part(typed).clone() }
    };
    Labels { name: pick(|labels| &labels.name), comment: pick(|labels| &labels.comment) }
}

/// The form in its drawer. It is open for as long as it is there.
#[component]
pub fn LabelsDrawer(
    /// The subnet.
    subnet: Subnet,
    /// What its server lacks for the name to be changed here; none: nothing.
    lacks: Option<String>,
    /// What it is open by.
    opened: Opened,
) -> impl IntoView {
    let off = lacks.is_some();
    let form = Form::new(subnet, opened);
    form.watch();
    let asking = RwSignal::new(false);
    let may_close = Callback::new(move |()| {
        asking.set(form.is_unsaved());
        !form.is_unsaved()
    });
    let close = Callback::new(move |()| {
        if may_close.run(()) {
            opened.close();
        }
    });
    opened.keep_while(may_close);
    ask_before_leaving(move || form.is_unsaved());
    let on_submit = move |event: ev::SubmitEvent| {
        event.prevent_default();
        form.save();
    };
    view! {
        <Drawer title="Name and comment" on_close=close testid="labels-drawer">
            <form class="drawer-form" data-testid="labels-form" novalidate on:submit=on_submit>
                <Fields form lacks/>
                <Foot form off close/>
            </form>
            <Discard asking on_discard=Callback::new(move |()| opened.close())/>
        </Drawer>
    }
}

#[component]
fn Fields(form: Form, lacks: Option<String>) -> impl IntoView {
    let key = form.known.with_value(|subnet| subnet.key.clone());
    let prefix = form.known.with_value(|subnet| subnet.prefix.to_string());
    let subnet = key.clone();
    let news = move || {
        let now = form.theirs.get()?;
        let mine = onto(&form.typed(), &form.seen(), &now);
        let [theirs, mine, seen] =
            [now, mine, form.seen()].map(|labels| Content::Labels { subnet: subnet.clone(), labels });
        Some(view! { <Overtaken theirs=Some(theirs) mine=Some(mine) seen on_way=move |way| form.go(way)/> })
    };
    view! {
        <div class="drawer-body">
            <p class="drawer-place mono">{prefix}</p>
            {lacks.map(|lacks| view! { <p data-testid="labels-off">"It cannot be changed here. " {lacks}</p> })}
            <TextField
                name="name"
                label="Name"
                value=form.name
                on_input=move |text| form.name.set(text)
                fault=form.fault("name")
                first=true
            />
            <TextField
                name="comment"
                label="Comment"
                value=form.comment
                on_input=move |text| form.comment.set(text)
                fault=form.fault("comment")
            />
            {news}
            <ChangeProblem problem=form.problem subnet=key on_saved=move |()| form.opened.close()/>
        </div>
    }
}

#[component]
fn Foot(form: Form, off: bool, close: Callback<()>) -> impl IntoView {
    let waits = move || form.theirs.with(Option::is_some);
    view! {
        <footer class="drawer-foot">
            {move || waits().then(|| view! { <p class="storage-line is-trouble">{WAITS}</p> })}
            <button type="button" class="button" on:click=move |_| close.run(())>
                "Cancel"
            </button>
            <button
                type="submit"
                class="button button-primary"
                data-testid="save-labels"
                disabled=move || off || form.busy.get() || waits()
            >
                {move || if form.busy.get() { "Saving …" } else { "Save" }}
            </button>
        </footer>
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_others_changed_meanwhile_stays_where_nobody_typed() {
        let labels =
            |name: &str, comment: &str| Labels { name: Some(name.to_owned()), comment: Some(comment.to_owned()) };
        let seen = labels("office", "old");
        assert_eq!(onto(&labels("mine", "old"), &seen, &labels("theirs", "theirs")), labels("mine", "theirs"));
        assert_eq!(onto(&seen, &seen, &labels("theirs", "old")), labels("theirs", "old"));
    }
}
