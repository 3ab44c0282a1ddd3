//! How many rows a page of the list has.

use leptos::prelude::*;
use model::AddressQuery;

use super::{List, query};
use crate::state::{PageSize, keep};

/// Links to the list in pages of other sizes, where it has more rows than the smallest page. What is chosen is kept.
#[component]
pub(super) fn Sizes(list: List) -> impl IntoView {
    let several = Memo::new(move |_| list.page.with(|page| page.total > AddressQuery::SIZES[0]));
    let link = move |size: u32| {
        // Where the list is now was answered with the page: a question may name an address in its place.
        let offset = move || list.page.with(|page| page.offset);
        let href = move || list.href(|query| query::with_size(&query::with_offset(query, offset()), size));
        let current = move || list.query.with(|query| query.limit == size).then_some("true");
        view! {
            <a
                class="page-size"
                href=href
                aria-current=current
                data-noscroll=""
                on:click=move |_| keep(PageSize::COOKIE, &size.to_string())
            >
                {size}
            </a>
        }
    };
    view! {
        <Show when=move || several.get()>
            <nav class="page-sizes" aria-label="Rows of a page" data-testid="page-sizes">
                "Rows "
                {AddressQuery::SIZES.map(link)}
            </nav>
        </Show>
    }
}
