//! What is open on a page, kept in its address: Back closes it, and a colleague can be sent it.

use leptos::prelude::*;
use leptos_router::NavigateOptions;
use leptos_router::hooks::{use_location, use_navigate};
use leptos_router::params::ParamsMap;

/// One thing that is open: what kind it is, as the address names it, and which one.
pub type Open = (&'static str, String);

/// What is open, if anything is.
#[derive(Clone, Copy)]
pub struct Opened {
    kinds: &'static [&'static str],
    shown: RwSignal<Option<Open>>,
    path: Memo<String>,
    params: Memo<ParamsMap>,
    navigate: Callback<(String, bool)>,
    /// Whether Back leads to the page without it.
    pushed: StoredValue<bool>,
    /// Asked before it closes by itself; "no" keeps it open.
    keep: StoredValue<Option<Callback<(), bool>>>,
}

impl Opened {
    /// What the address of the page says, of these kinds. The server shows a page without it: it has no dialogs.
    pub fn of(kinds: &'static [&'static str]) -> Self {
        let location = use_location();
        let navigate = use_navigate();
        let opened = Self {
            kinds,
            shown: RwSignal::new(None),
            path: location.pathname,
            params: location.query,
            navigate: Callback::new(move |(href, replace): (String, bool)| {
                navigate(&href, NavigateOptions { replace, scroll: false, ..NavigateOptions::default() });
            }),
            pushed: StoredValue::new(false),
            keep: StoredValue::new(None),
        };
        Effect::new(move || opened.follow());
        opened
    }

    /// What is open. Reactive.
    pub fn get(self) -> Option<Open> {
        self.shown.get()
    }

    /// Which one of that kind is open. Reactive.
    pub fn of_kind(self, kind: &str) -> Option<String> {
        self.get().filter(|(open, _)| *open == kind).map(|(_, which)| which)
    }

    /// Opens it, in the place of what is open.
    pub fn open(self, kind: &'static str, which: &str) {
        let over = self.shown.with_untracked(Option::is_some);
        self.keep.set_value(None);
        self.pushed.update_value(|pushed| *pushed |= !over);
        let open = (kind, which.to_owned());
        self.navigate.run((self.href(Some(&open)), over));
    }

    /// Closes it, whatever is half done there. Nothing happens when the page is gone.
    pub fn close(self) {
        self.keep.try_set_value(None);
        if self.shown.try_set(None).is_some() {
            return;
        }
        // Back, as the browser would, and not another step forward.
        if self.pushed.try_update_value(std::mem::take) == Some(true) {
            if let Ok(history) = window().history() {
                drop(history.back());
            }
        } else {
            self.navigate.run((self.href(None), true));
        }
    }

    /// Has it asked whether it may close by itself, as when somebody goes back, for as long as the current owner lives.
    pub fn keep_while(self, may_close: Callback<(), bool>) {
        self.keep.set_value(Some(may_close));
        on_cleanup(move || {
            self.keep.try_set_value(None);
        });
    }

    fn follow(self) {
        let said = self.params.with(|params| said(self.kinds, params));
        let shown = self.shown.get_untracked();
        if shown == said {
            return;
        }
        if shown.is_some() && self.keep.get_value().is_some_and(|may_close| !may_close.run(())) {
            self.pushed.set_value(true);
            self.navigate.run((self.href(shown.as_ref()), false));
            return;
        }
        if said.is_none() {
            self.pushed.set_value(false);
        }
        self.shown.set(said);
    }

    /// The page with that open.
    fn href(self, open: Option<&Open>) -> String {
        let params = self.params.with_untracked(|params| with(self.kinds, params, open));
        self.path.get_untracked() + &params.to_query_string()
    }
}

fn said(kinds: &[&'static str], params: &ParamsMap) -> Option<Open> {
    kinds.iter().find_map(|kind| Some((*kind, params.get(kind).filter(|which| !which.is_empty())?)))
}

/// The same address with that open, and nothing else.
fn with(kinds: &[&'static str], params: &ParamsMap, open: Option<&Open>) -> ParamsMap {
    let mut params = params.clone();
    for kind in kinds {
        params.remove(kind);
    }
    if let Some((kind, which)) = open {
        params.insert(*kind, which.clone());
    }
    params
}

#[cfg(test)]
mod tests {
    use super::*;

    const KINDS: &[&str] = &["open", "edit"];

    #[test]
    fn the_address_says_what_is_open() {
        let params: ParamsMap = [("text", "a"), ("open", "10.0.0.1")].into_iter().collect();
        assert_eq!(said(KINDS, &params), Some(("open", "10.0.0.1".to_owned())));
        let edit = with(KINDS, &params, Some(&("edit", "10.0.0.2".to_owned())));
        assert_eq!(said(KINDS, &edit), Some(("edit", "10.0.0.2".to_owned())));
        assert_eq!(edit.get("text").as_deref(), Some("a"), "the rest stays");
        let closed = with(KINDS, &edit, None);
        assert_eq!((said(KINDS, &closed), closed.get("text").as_deref()), (None, Some("a")));
    }

    #[test]
    fn nothing_is_open_where_nothing_is_named() {
        assert_eq!(said(KINDS, &[("open", "")].into_iter().collect()), None);
        assert_eq!(said(KINDS, &[("row", "10.0.0.1")].into_iter().collect()), None);
    }
}
