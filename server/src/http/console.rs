//! The console's router: pages, server functions, forms, events, files, and the layers around them in order.

use std::net::SocketAddr;

use app::{App, shell};
use axum::extract::{ConnectInfo, FromRef};
use axum::middleware::{from_fn, from_fn_with_state};
use axum::routing::{get, post};
use axum::{Router, http};
use leptos::config::LeptosOptions;
use leptos::context::{provide_context, use_context};
use leptos_axum::{LeptosRoutes, generate_route_list};
use services::{Actor, CameFrom, Services, SessionKey};
use tokio::sync::watch;
use tower_http::catch_panic::CatchPanicLayer;
use tower_http::compression::CompressionLayer;
use tower_http::limit::RequestBodyLimitLayer;

use super::guard::Origins;
use super::{
    Proxies, account, assets, body, device, events, guard, headers, health, login, request_id, session, setup,
};
use crate::config::Console;
use crate::listen::{self, Stopping};

/// What handlers need.
#[derive(Clone, FromRef)]
pub(crate) struct State {
    pub(crate) leptos: LeptosOptions,
    pub(crate) services: Services,
    pub(crate) stopping: Stopping,
    pub(crate) readiness: health::Readiness,
    pub(crate) origins: Origins,
    pub(crate) proxies: Proxies,
    pub(crate) streams: events::Streams,
}

/// The whole console.
pub(crate) fn router(services: Services, console: &Console, stopping: Stopping) -> Router {
    let leptos =
        LeptosOptions::builder().output_name("nestor").site_pkg_dir(site::PKG_DIR).site_root("/nonexistent").build();
    let origins = Origins::of(console);
    let sessions = session::layer(&services, origins.secure());
    let readiness = health::Readiness::new(services.clone(), stopping.clone());
    let proxies = Proxies::new(&console.trusted_proxies);
    let state = State {
        leptos,
        services,
        stopping,
        readiness,
        origins: origins.clone(),
        proxies,
        streams: events::Streams::default(),
    };
    let document = {
        let options = state.leptos.clone();
        move || shell(options.clone(), site::files_of)
    };
    Router::new()
        .leptos_routes_with_context(&state, generate_route_list(App), provide(&state), document)
        .route("/events", get(events::stream))
        .route("/login", post(login::sign_in))
        .route("/account", post(account::change_password))
        .route("/logout", post(login::sign_out))
        .route("/setup", post(setup::set_up))
        .route("/healthz", get(health::alive))
        .route("/readyz", get(health::ready))
        .fallback(assets::file_or_not_found)
        .layer(from_fn(body::whole))
        .layer(from_fn_with_state(state.clone(), session::require))
        .layer(sessions)
        // After the session's: who looks for one cookie looks at the first.
        .layer(from_fn_with_state(origins.clone(), device::send_along))
        .layer(from_fn(guard::json_alone))
        .layer(from_fn_with_state(origins.clone(), guard::same_origin))
        .layer(from_fn_with_state(watch::channel(origins.hosts()).1, listen::known_host))
        .layer(RequestBodyLimitLayer::new(body::MOST))
        .layer(CompressionLayer::new())
        .layer(CatchPanicLayer::new())
        .layer(from_fn_with_state(state.clone(), health::turn_away))
        .layer(from_fn_with_state(origins, headers::protect))
        .layer(from_fn(request_id::tag))
        .with_state(state)
}

/// What pages and server functions find around them.
fn provide(state: &State) -> impl Fn() + Clone + Send + 'static {
    let state = state.clone();
    move || {
        provide_context(state.services.clone());
        if let Some(parts) = use_context::<http::request::Parts>() {
            if let Some(actor) = parts.extensions.get::<Actor>() {
                provide_context(actor.clone());
            }
            if let Some(session) = parts.extensions.get::<SessionKey>() {
                provide_context(session.clone());
            }
            if let Some(ConnectInfo(peer)) = parts.extensions.get::<ConnectInfo<SocketAddr>>() {
                let source = login::source(&state, *peer, &parts.headers);
                provide_context(CameFrom { source, device: device::shown(&parts.headers, state.origins.secure()) });
            }
            provide_context(app::Theme::from_cookies(cookies(&parts)));
            provide_context(app::PageSize::from_cookies(cookies(&parts)));
        }
        headers::content_security_policy();
    }
}

fn cookies(parts: &http::request::Parts) -> &str {
    parts.headers.get(http::header::COOKIE).and_then(|value| value.to_str().ok()).unwrap_or_default()
}

/// The page that says that there is no such page.
pub(crate) async fn not_found(state: &State, request: axum::extract::Request) -> axum::response::Response {
    let options = state.leptos.clone();
    let render =
        leptos_axum::render_app_async_with_context(provide(state), move || shell(options.clone(), site::files_of));
    let mut response = render(request).await;
    *response.status_mut() = http::StatusCode::NOT_FOUND;
    response
}
