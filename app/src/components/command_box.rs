//! The box that finds anything: `/` or Ctrl-K leads here, arrows walk through what was found, Enter goes there.

use std::time::Duration;

use leptos::ev;
use leptos::html;
use leptos::prelude::*;
use leptos::task::spawn_local;
use leptos::wasm_bindgen::JsCast as _;
use leptos_router::hooks::{use_location, use_navigate, use_query_map};
use model::{HintKind, SearchHint, SearchHints};

use super::icon::{Glyph, Icon};
use crate::api;
use crate::routes;

/// Nothing is looked for before this many characters.
const SHORTEST: usize = 2;
/// How long to wait for the next key before looking.
const DEBOUNCE: Duration = Duration::from_millis(150);
/// How long to wait before asking again while servers are still being read.
const AGAIN: Duration = Duration::from_millis(700);

/// Something that was found.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Hit {
    glyph: Glyph,
    title: String,
    detail: String,
    href: String,
}

/// Places that are found by a word: the word, the name, what is done there.
const COMMANDS: [(&str, Glyph, &str, &str, &str); 7] = [
    ("changes", Glyph::History, "Changes", "change history and undo", routes::CHANGES),
    ("history", Glyph::History, "Changes", "change history and undo", routes::CHANGES),
    ("undo", Glyph::History, "Changes", "change history and undo", routes::CHANGES),
    ("servers", Glyph::Server, "Servers", "state, and differences of a pair", routes::SERVERS),
    ("import", Glyph::File, "Import reservations", "CSV, checked row by row", routes::IMPORT),
    ("csv", Glyph::File, "Import and export", "reservations as CSV", routes::IMPORT),
    ("export", Glyph::Download, "Export reservations", "as CSV", routes::IMPORT),
];

/// The commands that begin like the text.
fn commands(text: &str) -> impl Iterator<Item = Hit> {
    let text = text.to_lowercase();
    COMMANDS.into_iter().filter(move |(word, ..)| word.starts_with(&text)).map(|(_, glyph, title, detail, href)| Hit {
        glyph,
        title: title.to_owned(),
        detail: detail.to_owned(),
        href: href.to_owned(),
    })
}

fn hit(hint: &SearchHint) -> Hit {
    let text = hint.text.as_deref().unwrap_or_default();
    let (glyph, href) = match hint.kind {
        HintKind::Subnet => (Glyph::Networks, routes::subnet(&hint.subnet)),
        HintKind::Client => (Glyph::Exchange, routes::address(&hint.subnet, text)),
        HintKind::Stray => (Glyph::Exchange, routes::SERVERS.to_owned()),
        HintKind::Unaddressed => (Glyph::Exchange, routes::subnet_with_text(&hint.subnet, text)),
        HintKind::Free => (Glyph::Plus, routes::reserve_free(&hint.subnet, text)),
    };
    Hit { glyph, title: hint.title.clone(), detail: hint.detail.clone(), href }
}

/// What to offer: commands, then what was found, and the way to all of it.
fn hits(found: &SearchHints, text: &str) -> Vec<Hit> {
    let all = Hit {
        glyph: Glyph::Search,
        title: format!("All results for “{text}”"),
        detail: found.missing.clone().unwrap_or_default(),
        href: routes::search(text),
    };
    commands(text).chain(found.list.iter().map(hit)).chain([all]).collect()
}

/// Where Enter leads when nothing was chosen: to the command that was typed, or to the only thing that is exactly that,
/// else to all about the text.
fn target(text: &str, found: Option<&SearchHints>) -> String {
    let command = COMMANDS.iter().find(|(word, ..)| text.eq_ignore_ascii_case(word));
    let exact = || found.and_then(|found| found.list.get(found.exact? as usize)).map(|hint| hit(hint).href);
    command.map(|(.., href)| (*href).to_owned()).or_else(exact).unwrap_or_else(|| routes::search(text))
}

/// What the keyboard does to the box.
#[derive(Clone, Copy)]
struct Finder {
    text: RwSignal<String>,
    hits: RwSignal<Vec<Hit>>,
    open: RwSignal<bool>,
    at: RwSignal<Option<usize>>,
    timer: StoredValue<Option<TimeoutHandle>>,
    /// The number of the last question: answers to earlier ones come too late.
    question: StoredValue<u64>,
    /// The last answer, and to which text.
    answer: StoredValue<Option<(String, SearchHints)>>,
}

impl Finder {
    fn new(text: String) -> Self {
        Self {
            text: RwSignal::new(text),
            hits: RwSignal::new(Vec::new()),
            open: RwSignal::new(false),
            at: RwSignal::new(None),
            timer: StoredValue::new(None),
            question: StoredValue::new(0),
            answer: StoredValue::new(None),
        }
    }

    /// The text was changed: looks for it when no more keys come.
    fn typed(self, text: String) {
        self.text.set(text);
        self.at.set(None);
        let text = self.trimmed();
        if text.chars().count() < SHORTEST {
            self.close();
        } else {
            self.look_in(DEBOUNCE, text);
        }
    }

    fn trimmed(self) -> String {
        self.text.with_untracked(|text| text.trim().to_owned())
    }

    fn look_in(self, wait: Duration, text: String) {
        let number = self.next_question();
        let look = move || {
            spawn_local(async move {
                let answer = api::hints(text.clone()).await;
                // Somebody typed on, or left.
                if self.question.try_get_value() != Some(number) {
                    return;
                }
                match answer {
                    Ok(found) => self.show(text, found),
                    // Enter leads to the page that explains what is wrong.
                    Err(_) => self.close(),
                }
            });
        };
        self.timer.set_value(set_timeout_with_handle(look, wait).ok());
    }

    /// Ends what is under way, and gives the number of what comes.
    fn next_question(self) -> u64 {
        if let Some(timer) = self.timer.try_update_value(Option::take).flatten() {
            timer.clear();
        }
        self.question
            .try_update_value(|number| {
                *number += 1;
                *number
            })
            .unwrap_or_default()
    }

    fn show(self, text: String, found: SearchHints) {
        let chosen = self.at.get_untracked().and_then(|at| self.hits.with_untracked(|hits| hits.get(at).cloned()));
        let hits = hits(&found, &text);
        // What was chosen stays chosen where more is found beside it.
        self.at.set(chosen.and_then(|chosen| hits.iter().position(|hit| hit.href == chosen.href)));
        self.hits.set(hits);
        self.open.set(true);
        let again = found.under_way && found.missing.is_some();
        self.answer.set_value(Some((text.clone(), found)));
        if again {
            self.look_in(AGAIN, text);
        }
    }

    /// Closes the list, and keeps answers that are under way from opening it again.
    fn close(self) {
        self.next_question();
        self.open.set(false);
        self.at.set(None);
    }

    fn step(self, forwards: bool) {
        let count = self.hits.with_untracked(Vec::len);
        if count == 0 {
            return;
        }
        self.open.set(true);
        self.at.update(|at| *at = next_place(*at, forwards, count));
    }

    /// Enter: leads to what was chosen, else asks first what the text means, where that is not known.
    fn enter(self, go: impl Fn(&str) + 'static) {
        if let (true, Some(at)) = (self.open.get_untracked(), self.at.get_untracked()) {
            if let Some(href) = self.hits.with_untracked(|hits| hits.get(at).map(|hit| hit.href.clone())) {
                go(&href);
            }
            return;
        }
        let text = self.trimmed();
        if text.is_empty() {
            return;
        }
        let known = self.answer.with_value(|answer| answer.clone().filter(|(of, _)| *of == text));
        if known.is_some() || text.chars().count() < SHORTEST {
            go(&target(&text, known.as_ref().map(|(_, found)| found)));
            return;
        }
        let number = self.next_question();
        spawn_local(async move {
            let found = api::hints(text.clone()).await.ok();
            if self.question.try_get_value() == Some(number) {
                go(&target(&text, found.as_ref()));
            }
        });
    }
}

/// Round and round, through "none chosen" at either end.
fn next_place(at: Option<usize>, forwards: bool, count: usize) -> Option<usize> {
    match (at, forwards) {
        (None, true) => Some(0),
        (None, false) => Some(count - 1),
        (Some(at), true) => (at + 1 < count).then_some(at + 1),
        (Some(at), false) => at.checked_sub(1),
    }
}

/// The box. Without the browser half it is a plain form.
#[component]
pub fn CommandBox() -> impl IntoView {
    let location = use_location();
    let query = use_query_map();
    let asked = move || {
        if location.pathname.get() == routes::SEARCH {
            query.read().get("q").unwrap_or_default()
        } else {
            String::new()
        }
    };
    let first = untrack(asked);
    let finder = Finder::new(first.clone());
    let input = NodeRef::<html::Input>::new();
    Effect::new(move |before: Option<String>| {
        let now = asked();
        if before.is_some_and(|before| before != now) {
            finder.text.set(now.clone());
        }
        now
    });
    focus_on_shortcut(input);

    let navigate = StoredValue::new(use_navigate());
    let go = move |href: &str| {
        finder.close();
        if !href.starts_with(routes::SEARCH) {
            finder.text.set(String::new());
        }
        if let Some(input) = input.get_untracked() {
            let _ = input.blur();
        }
        navigate.with_value(|navigate| navigate(href, leptos_router::NavigateOptions::default()));
    };
    let on_key = move |event: ev::KeyboardEvent| match event.key().as_str() {
        "ArrowDown" | "ArrowUp" => {
            event.prevent_default();
            finder.step(event.key() == "ArrowDown");
        }
        "Escape" => {
            event.prevent_default();
            let was_open = finder.open.get_untracked();
            finder.close();
            if !was_open && let Some(input) = input.get_untracked() {
                let _ = input.blur();
            }
        }
        _ => {}
    };
    let on_submit = move |event: ev::SubmitEvent| {
        event.prevent_default();
        finder.enter(go);
    };
    view! {
        <form class="finder" role="search" aria-label="Find anything" method="get" action=routes::SEARCH on:submit=on_submit>
            <Icon glyph=Glyph::Search/>
            <input
                node_ref=input
                class="finder-input"
                type="search"
                name="q"
                value=first
                prop:value=move || finder.text.get()
                placeholder="Address, MAC, host name or subnet"
                aria-label="Search"
                aria-keyshortcuts="/ Control+K"
                role="combobox"
                aria-autocomplete="list"
                aria-controls="finder-list"
                aria-expanded=move || finder.open.get().to_string()
                aria-activedescendant=move || finder.at.get().map(|at| format!("finder-{at}"))
                autocomplete="off"
                autocapitalize="none"
                spellcheck="false"
                maxlength="253"
                on:input:target=move |event| finder.typed(event.target().value())
                on:keydown=on_key
                on:blur=move |_| finder.close()
            />
            <kbd class="finder-key" aria-hidden="true">"/"</kbd>
            <ul
                id="finder-list"
                class="finder-list"
                role="listbox"
                aria-label="Results"
                hidden=move || !finder.open.get()
                on:mousedown=|event| event.prevent_default()
            >
                {move || {
                    let offered = finder.hits.get().into_iter().enumerate();
                    offered.map(|(place, hit)| view! { <HitRow hit place at=finder.at go/> }).collect::<Vec<_>>()
                }}
            </ul>
        </form>
    }
    .into_any()
}

/// One thing that was found.
#[component]
fn HitRow<G: Fn(&str) + 'static>(hit: Hit, place: usize, at: RwSignal<Option<usize>>, go: G) -> impl IntoView {
    let Hit { glyph, title, detail, href } = hit;
    view! {
        <li
            id=format!("finder-{place}")
            class="finder-hit"
            role="option"
            aria-selected=move || (at.get() == Some(place)).to_string()
            on:mouseenter=move |_| at.set(Some(place))
            on:click=move |_| go(&href)
        >
            <Icon glyph/>
            <span class="finder-title">{title}</span>
            <span class="finder-detail">{detail}</span>
        </li>
    }
}

/// `/` (outside of fields) and Ctrl-K or ⌘K lead into the box.
fn focus_on_shortcut(input: NodeRef<html::Input>) {
    Effect::new(move || {
        let handle = window_event_listener(ev::keydown, move |event| {
            let chord = event.ctrl_key() || event.meta_key();
            let wanted = match event.key().as_str() {
                "/" => !chord && !event.alt_key() && !is_typing(&event),
                "k" | "K" => chord && !event.alt_key() && !event.shift_key(),
                _ => false,
            };
            if wanted && let Some(input) = input.get_untracked() {
                event.prevent_default();
                let _ = input.focus();
                input.select();
            }
        });
        on_cleanup(move || handle.remove());
    });
}

/// Whether the key belongs to a field.
fn is_typing(event: &ev::KeyboardEvent) -> bool {
    let target = event.target().and_then(|target| target.dyn_into::<web_sys::Element>().ok());
    target.is_some_and(|element| {
        element.closest("input, textarea, select, [contenteditable], dialog").ok().flatten().is_some()
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn arrows_go_round() {
        let walk = |forwards| {
            let mut at = None;
            [0; 4].map(|_| {
                at = next_place(at, forwards, 3);
                at
            })
        };
        assert_eq!(walk(true), [Some(0), Some(1), Some(2), None]);
        assert_eq!(walk(false), [Some(2), Some(1), Some(0), None]);
    }

    #[test]
    fn commands_are_offered_by_their_beginning() {
        let titles = |text: &str| commands(text).map(|hit| hit.href).collect::<Vec<_>>();
        assert_eq!(titles("IMP"), ["/import"]);
        assert_eq!(titles("servers"), ["/servers"]);
        assert_eq!(titles("ch"), ["/changes"]);
        assert_eq!(titles("10.20"), Vec::<String>::new());
    }

    fn found(text: &str, exact: Option<u32>) -> SearchHints {
        let hint = SearchHint {
            kind: HintKind::Client,
            title: text.to_owned(),
            detail: String::new(),
            subnet: "main/1".parse().unwrap(),
            text: Some(text.to_owned()),
        };
        SearchHints { list: vec![hint], exact, ..SearchHints::default() }
    }

    #[test]
    fn everything_is_always_offered_last() {
        let hits = hits(&SearchHints::default(), "a b");
        assert_eq!(hits.len(), 1);
        assert_eq!(hits[0].href, "/search?q=a%20b");
    }

    #[test]
    fn enter_leads_to_what_is_meant() {
        let details = "/networks/main/1?text=192.0.2.7&open=192.0.2.7";
        assert_eq!(target("192.0.2.7", Some(&found("192.0.2.7", Some(0)))), details);
        assert_eq!(target("192.0.2", Some(&found("192.0.2.7", None))), "/search?q=192.0.2");
        assert_eq!(target("x", None), "/search?q=x");
        assert_eq!(target("Import", Some(&found("import", Some(0)))), "/import", "a command comes first");
    }
}
