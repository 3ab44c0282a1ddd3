//! Every route, as a list: for `nestor routes`, and for the tests that call each of them.

use model::Role;
use serde::Serialize;

/// What a route is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Kind {
    /// A page of the console.
    Page,
    /// A server function.
    Function,
    /// A form.
    Form,
    /// A stream of events.
    Stream,
    /// Files of the console.
    Asset,
    /// A question of monitoring.
    Health,
    /// A call of Foreman, on its own listener.
    Foreman,
}

/// One route.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Route {
    /// The HTTP method.
    pub method: &'static str,
    /// The path; parts in braces stand for anything.
    pub path: String,
    /// What it is.
    pub kind: Kind,
    /// The weakest role that may use it; none: it is public.
    pub role: Option<Role>,
    /// Whether it changes something.
    pub mutating: bool,
}

/// Routes that are neither pages nor server functions.
const OTHERS: &[(&str, &str, Kind, Option<Role>, bool)] = &[
    ("POST", "/login", Kind::Form, None, true),
    ("POST", "/logout", Kind::Form, Some(Role::Viewer), true),
    ("POST", "/setup", Kind::Form, None, true),
    ("POST", "/account", Kind::Form, Some(Role::Viewer), true),
    ("GET", "/events", Kind::Stream, Some(Role::Viewer), false),
    ("GET", "/pkg/{*file}", Kind::Asset, None, false),
    ("GET", "/favicon.svg", Kind::Asset, None, false),
    ("GET", "/robots.txt", Kind::Asset, None, false),
    ("GET", "/healthz", Kind::Health, None, false),
    ("GET", "/readyz", Kind::Health, None, false),
];

/// Pages that anonymous callers see.
pub(crate) const OPEN_PAGES: [&str; 2] = [app::routes::LOGIN, app::routes::SETUP];

/// Every route of both listeners.
pub fn routes() -> Vec<Route> {
    let pages = leptos_axum::generate_route_list(app::App).into_iter().map(|page| {
        let role = (!OPEN_PAGES.contains(&page.path())).then_some(Role::Viewer);
        Route { method: "GET", path: page.path().to_owned(), kind: Kind::Page, role, mutating: false }
    });
    let functions = app::api::FUNCTIONS.iter().map(|function| Route {
        method: "POST",
        path: function.path.to_owned(),
        kind: Kind::Function,
        role: Some(function.role),
        mutating: function.mutating,
    });
    let others = OTHERS.iter().map(|&(method, path, kind, role, mutating)| Route {
        method,
        path: path.to_owned(),
        kind,
        role,
        mutating,
    });
    let foreman = smart_proxy::ROUTES.iter().map(|route| Route {
        method: route.method,
        path: route.path.to_owned(),
        kind: Kind::Foreman,
        role: None,
        mutating: route.mutating,
    });
    pages.chain(functions).chain(others).chain(foreman).collect()
}
