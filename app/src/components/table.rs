//! Heads of table columns.

use leptos::prelude::*;

use super::icon::{Glyph, Icon};

/// How a table is ordered by one of its columns.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Order {
    /// Lowest first.
    Ascending,
    /// Highest first.
    Descending,
}

impl Order {
    fn aria(self) -> &'static str {
        match self {
            Self::Ascending => "ascending",
            Self::Descending => "descending",
        }
    }
}

/// The head of a column that the table can be ordered by: a link to the table in that order.
#[component]
pub fn SortHead(
    /// The column.
    label: &'static str,
    /// Where the table is in that order.
    #[prop(into)]
    href: Signal<String>,
    /// How the table is ordered by this column now, if it is.
    #[prop(into)]
    order: Signal<Option<Order>>,
    /// A class of the column.
    #[prop(optional)]
    class: &'static str,
) -> impl IntoView {
    let glyph = move || match order.get() {
        None | Some(Order::Ascending) => Glyph::SortUp,
        Some(Order::Descending) => Glyph::SortDown,
    };
    view! {
        <th scope="col" class=class aria-sort=move || order.get().map(Order::aria)>
            <a class="sort-link" class:is-sorted=move || order.get().is_some() href=move || href.get() data-noscroll="">
                {label}
                <span class="sort-mark">{move || view! { <Icon glyph=glyph()/> }}</span>
            </a>
        </th>
    }
}
