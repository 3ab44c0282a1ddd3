//! Lists whose machinery is compiled once.

use std::hash::{DefaultHasher, Hash, Hasher};

use leptos::prelude::*;

/// An item that may have to be shown: the digest of its key, and what makes its view if the key is new.
type Item = (u64, Box<dyn FnOnce() -> AnyView + Send>);

/// Leptos' `For`, behind a box: each kind of item would bring all of it along once more.
#[component]
pub fn Each<T, I, K, N>(
    /// What there is now.
    each: impl Fn() -> I + Send + 'static,
    /// What stays the same as long as the view of an item can stay.
    key: impl Fn(&T) -> K + Send + 'static,
    /// The view of one item.
    children: impl Fn(T) -> N + Clone + Send + 'static,
) -> impl IntoView
where
    T: Send + 'static,
    I: IntoIterator<Item = T>,
    K: Hash,
    N: IntoView + 'static,
{
    let item = move |item: T| -> Item {
        let mut digest = DefaultHasher::new();
        key(&item).hash(&mut digest);
        let children = children.clone();
        (digest.finish(), Box::new(move || children(item).into_any()))
    };
    list(Box::new(move || each().into_iter().map(&item).collect()))
}

fn list(items: Box<dyn Fn() -> Vec<Item> + Send>) -> AnyView {
    view! { <For each=items key=|(key, _)| *key children=|(_, view): Item| view()/> }.into_any()
}
