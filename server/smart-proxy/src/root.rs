//! The root routes: who we are and what we can do.

use std::sync::Arc;

use axum::extract::State;
use axum::routing::get;
use axum::{Json, Router};
use serde_json::{Value, json};

use crate::Settings;

pub(crate) const FEATURES: &str = "/features";
pub(crate) const VERSION: &str = "/version";
pub(crate) const FEATURES_V2: &str = "/v2/features";

/// The root routes.
pub(crate) fn routes(settings: Settings) -> Router {
    Router::new()
        .route(FEATURES, get(features))
        .route(VERSION, get(version))
        .route(FEATURES_V2, get(features_v2))
        .with_state(Arc::new(settings))
}

async fn features() -> Json<Value> {
    Json(json!(["dhcp", "logs"]))
}

async fn version(State(settings): State<Arc<Settings>>) -> Json<Value> {
    let version = settings.version.as_str();
    let of_modules = version.strip_suffix("-develop").unwrap_or(version);
    Json(json!({ "version": version, "modules": { "dhcp": of_modules, "logs": of_modules } }))
}

/// The module is always running: Foreman keeps this answer for months, and a server that is down now may be up again
/// when the first host is made.
async fn features_v2(State(settings): State<Arc<Settings>>) -> Json<Value> {
    let module = |settings_of: Value, capabilities: &[&str]| {
        json!({
            "http_enabled": !settings.tls,
            "https_enabled": settings.tls,
            "settings": settings_of,
            "state": "running",
            "capabilities": capabilities,
        })
    };
    let dhcp = module(json!({ "use_provider": "dhcp_kea_api" }), &["dhcp_filename_hostname", "dhcp_filename_ipv4"]);
    Json(json!({ "dhcp": dhcp, "logs": module(json!({}), &[]) }))
}
