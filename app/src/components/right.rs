//! What depends on what the user may do, where pages differ before the browser has taken over.

use leptos::prelude::*;
use model::Permission;

use crate::state::Session;

/// Shows one thing to those who may do something, and another to those who may not. The server's half of a page is right
/// already. Only decides what is shown: the server decides what is done.
#[component]
pub fn ByRight(
    /// What they may.
    permission: Permission,
    /// For those who may not.
    #[prop(into)]
    otherwise: ViewFn,
    /// For those who may.
    children: ChildrenFn,
) -> impl IntoView {
    let session = Session::here();
    let (otherwise, children) = (StoredValue::new(otherwise), StoredValue::new(children));
    let shown = move || {
        Suspend::new(async move {
            let session = session?;
            let first = session.resource.await.ok()?.role;
            // Whoever signs in again over the page may have another role by then.
            let may = Memo::new(move |_| session.account().map_or(first, |account| account.role).may(permission));
            Some(move || if may.get() { children.with_value(|view| view()) } else { otherwise.with_value(ViewFn::run) })
        })
    };
    view! { <Suspense>{shown}</Suspense> }
}
