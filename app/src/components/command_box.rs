//! The box that finds anything: `/` or Ctrl-K leads here, arrows walk through what was found, Enter goes there.

use std::time::Duration;

use leptos::ev;
use leptos::html;
use leptos::prelude::*;
use leptos::task::spawn_local;
use leptos::wasm_bindgen::JsCast as _;
use leptos_router::hooks::{use_location, use_navigate, use_query_map};
use model::{ProblemKind, SearchAnswer};

use super::icon::{Glyph, Icon};
use crate::api;
use crate::routes;
use crate::state::sign_in_again;

/// Nothing is looked for before this many characters.
const SHORTEST: usize = 2;
/// How long to wait for the next key before looking.
const DEBOUNCE: Duration = Duration::from_millis(150);
/// Most clients, and most subnets, that are offered.
const OFFERED: usize = 6;

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

/// What to offer: commands, then subnets, of which there are few, then clients.
fn hits(answer: SearchAnswer, text: &str) -> Vec<Hit> {
    let subnets = answer.subnets.into_iter().take(OFFERED).map(|subnet| Hit {
        glyph: Glyph::Networks,
        title: subnet.prefix.to_string(),
        href: routes::subnet(&subnet.key),
        detail: subnet.name.unwrap_or_default(),
    });
    let clients = answer.clients.into_iter().take(OFFERED).map(|(key, client)| {
        let name = client.host_name().map(ToOwned::to_owned);
        let hw_address = client.hw_address().map(ToString::to_string);
        let address = client.what();
        let wanted = address.clone().or_else(|| hw_address.clone()).or_else(|| name.clone()).unwrap_or_default();
        let details = [name, hw_address, Some(client.state.label().to_owned())];
        Hit {
            glyph: Glyph::Exchange,
            title: address.unwrap_or_else(|| "no address".to_owned()),
            detail: details.into_iter().flatten().collect::<Vec<_>>().join(" · "),
            href: routes::subnet_with_text(&key, &wanted),
        }
    });
    let all = Hit {
        glyph: Glyph::Search,
        title: format!("All results for “{text}”"),
        detail: String::new(),
        href: routes::search(text),
    };
    commands(text).chain(subnets).chain(clients).chain([all]).collect()
}

/// What the keyboard does to the box.
#[derive(Clone, Copy)]
struct Finder {
    text: RwSignal<String>,
    hits: RwSignal<Vec<Hit>>,
    open: RwSignal<bool>,
    at: RwSignal<Option<usize>>,
    timer: StoredValue<Option<TimeoutHandle>>,
}

impl Finder {
    fn new(text: String) -> Self {
        Self {
            text: RwSignal::new(text),
            hits: RwSignal::new(Vec::new()),
            open: RwSignal::new(false),
            at: RwSignal::new(None),
            timer: StoredValue::new(None),
        }
    }

    /// The text was changed: looks for it when no more keys come.
    fn typed(self, text: String) {
        self.text.set(text);
        self.at.set(None);
        if let Some(timer) = self.timer.get_value() {
            timer.clear();
        }
        let text = self.text.get_untracked().trim().to_owned();
        if text.chars().count() < SHORTEST {
            self.close();
            return;
        }
        let look = move || {
            spawn_local(async move {
                let answer = api::search(text.clone()).await;
                if self.text.try_get_untracked().is_none_or(|now| now.trim() != text) {
                    return;
                }
                match answer {
                    Ok(answer) => {
                        self.hits.set(hits(answer, &text));
                        self.open.set(true);
                    }
                    Err(error) if error.0.kind == ProblemKind::Unauthenticated => sign_in_again(),
                    // Enter leads to the page that explains what is wrong.
                    Err(_) => self.close(),
                }
            });
        };
        self.timer.set_value(set_timeout_with_handle(look, DEBOUNCE).ok());
    }

    fn close(self) {
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

    /// Where Enter leads: to what was chosen, to the command that was typed, else to everything about the text.
    fn target(self) -> Option<String> {
        if let (true, Some(at)) = (self.open.get_untracked(), self.at.get_untracked()) {
            return self.hits.with_untracked(|hits| hits.get(at).map(|hit| hit.href.clone()));
        }
        let text = self.text.get_untracked();
        let text = text.trim();
        let command = COMMANDS.iter().find(|(word, ..)| text.eq_ignore_ascii_case(word));
        let command = command.map(|(.., href)| (*href).to_owned());
        command.or_else(|| (!text.is_empty()).then(|| routes::search(text)))
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
            if finder.open.get_untracked() {
                finder.close();
            } else if let Some(input) = input.get_untracked() {
                let _ = input.blur();
            }
        }
        _ => {}
    };
    let on_submit = move |event: ev::SubmitEvent| {
        event.prevent_default();
        if let Some(href) = finder.target() {
            go(&href);
        }
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

    #[test]
    fn everything_is_always_offered_last() {
        let nothing = SearchAnswer {
            clients: Vec::new(),
            subnets: Vec::new(),
            more: false,
            silent: Vec::new(),
            dated: Vec::new(),
        };
        let hits = hits(nothing, "a b");
        assert_eq!(hits.len(), 1);
        assert_eq!(hits[0].href, "/search?q=a%20b");
    }
}
