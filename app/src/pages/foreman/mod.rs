//! What Foreman asks and is answered, what is held for it, and how it sees the subnets.
#![allow(unreachable_pub, private_interfaces, reason = "the component macro makes every component `pub`")]
#![allow(
    clippy::large_types_passed_by_value,
    reason = "what is shared is a handful of handles, large in debug builds only"
)]

mod calls;
mod connect;
mod holds;
mod query;
mod subnets;

use leptos::prelude::*;
use leptos_meta::Title;
use leptos_router::hooks::use_query_map;

use self::calls::Calls;
use self::connect::Connect;
use self::holds::Holds;
use self::query::Tab;
use self::subnets::Subnets;

/// The Foreman page.
#[component]
pub fn ForemanPage() -> impl IntoView {
    let params = use_query_map();
    let tab = Memo::new(move |_| params.with(Tab::read));
    // Not `tab` itself: the server reads the title once more when what belongs to the page may be disposed of already.
    let named = ArcRwSignal::new(tab.get_untracked());
    Effect::new({
        let named = named.clone();
        move || named.set(tab.get())
    });
    let title = move || match named.get() {
        Tab::Calls => "Foreman · Nestor".to_owned(),
        tab => format!("{} · Foreman · Nestor", tab.label()),
    };
    let tabs = Tab::ALL.map(|each| {
        view! {
            <a class="tab" href=each.href() aria-current=move || (tab.get() == each).then_some("page") data-noscroll="">
                {each.label()}
            </a>
        }
    });
    view! {
        <Title text=title/>
        <header class="page-head">
            <h1>"Foreman"</h1>
        </header>
        <nav class="tabs" aria-label="Parts of the page">
            {tabs}
        </nav>
        {move || match tab.get() {
            Tab::Calls => view! { <Calls/> }.into_any(),
            Tab::Holds => view! { <Holds/> }.into_any(),
            Tab::Subnets => view! { <Subnets/> }.into_any(),
            Tab::Connect => view! { <Connect/> }.into_any(),
        }}
    }
    .into_any()
}
