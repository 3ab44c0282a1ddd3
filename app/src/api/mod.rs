//! The server functions: what pages can ask for. One file per area, each body one use case.
//!
//! Every function has an address of its own under `/api/` and a row in [`FUNCTIONS`].
#![allow(
    unreachable_pub,
    reason = "the macro makes a public counterpart of each function, which is not meant to be reached"
)]

mod blacklist;
mod changes;
mod config;
mod error;
mod foreman;
mod overview;
mod request;
mod reservations;
mod search;
mod servers;
mod session;
mod subnets;
mod table;
mod wire;

use model::Role;

pub use blacklist::{add_exclusion, list_exclusions, list_holds, release_all_holds, release_hold, remove_exclusion};
pub use changes::{
    can_undo, can_undo_batch, export_changes, get_way_back, give_up_change, list_changes, restore_version,
    settle_change, take_back, undo_batch, undo_change,
};
pub use config::{
    apply_config, compare_config_texts, confirm_config, define_option, fill_config_template, get_config_difference,
    get_config_text, get_ddns_settings, get_option_octets, get_reload_outlook, get_subnet_settings, lint_config,
    list_class_elsewhere, list_class_names, list_config_classes, list_config_definitions, list_config_findings,
    list_config_hooks, list_config_loggers, list_config_options, list_config_parameters, list_config_parts,
    list_config_templates, list_revisions, list_shared_networks, list_unconfirmed, plan_config, propose_subnet,
    reload_config, restore_config, search_config, see_revisions, set_vendor_option, split_pool, spread_config,
    try_packet,
};
pub use error::ApiError;
pub use foreman::{foreman_settings, foreman_subnets, foreman_subnets_page, list_calls};
pub use overview::overview;
pub use reservations::{
    create_reservation, delete_reservation, get_reservation, move_reservation, move_reservations, reservation_storage,
    reservation_verdict, reserve_next, suggest_address, update_reservation,
};
pub use search::{hints, search};
pub use servers::{
    align_reservation, check_server, list_drift, list_lost, list_servers, list_silenced, put_back, repair_server,
    save_server, show_again, silence_findings,
};
pub use session::session;
pub use subnets::{get_subnet, label_subnet, list_addresses, list_networks, list_subnet_choices, list_subnets};
pub use table::{apply_table, check_table, export_leases, export_table};
pub use wire::{PAGE_OF, sign_in};

/// What every server function answers.
pub type Answer<T> = Result<T, ApiError>;

/// A server function, as the tests and `nestor routes` list it.
#[derive(Debug, Clone, Copy)]
pub struct Function {
    /// Its address.
    pub path: &'static str,
    /// The weakest role that may call it.
    pub role: Role,
    /// Whether it changes something.
    pub mutating: bool,
}

/// Every server function. A test compares this with what is registered.
pub const FUNCTIONS: &[Function] = &[
    Function { path: "/api/changes/can-undo", role: Role::Operator, mutating: false },
    Function { path: "/api/changes/can-undo-batch", role: Role::Operator, mutating: false },
    Function { path: "/api/changes/export", role: Role::Viewer, mutating: false },
    Function { path: "/api/changes/give-up", role: Role::Operator, mutating: true },
    Function { path: "/api/changes/list", role: Role::Viewer, mutating: false },
    Function { path: "/api/changes/restore", role: Role::Operator, mutating: true },
    Function { path: "/api/changes/settle", role: Role::Operator, mutating: true },
    Function { path: "/api/changes/take-back", role: Role::Operator, mutating: true },
    Function { path: "/api/changes/undo", role: Role::Operator, mutating: true },
    Function { path: "/api/changes/undo-batch", role: Role::Operator, mutating: true },
    Function { path: "/api/changes/way-back", role: Role::Operator, mutating: false },
    Function { path: "/api/config/apply", role: Role::Operator, mutating: true },
    Function { path: "/api/config/class-elsewhere", role: Role::Viewer, mutating: false },
    Function { path: "/api/config/class-names", role: Role::Viewer, mutating: false },
    Function { path: "/api/config/classes", role: Role::Viewer, mutating: false },
    Function { path: "/api/config/confirm", role: Role::Operator, mutating: true },
    Function { path: "/api/config/ddns", role: Role::Viewer, mutating: false },
    Function { path: "/api/config/define", role: Role::Operator, mutating: false },
    Function { path: "/api/config/definitions", role: Role::Viewer, mutating: false },
    Function { path: "/api/config/difference", role: Role::Viewer, mutating: false },
    Function { path: "/api/config/findings", role: Role::Viewer, mutating: false },
    Function { path: "/api/config/history", role: Role::Viewer, mutating: false },
    Function { path: "/api/config/hooks", role: Role::Viewer, mutating: false },
    Function { path: "/api/config/lint", role: Role::Viewer, mutating: false },
    Function { path: "/api/config/networks", role: Role::Viewer, mutating: false },
    Function { path: "/api/config/loggers", role: Role::Viewer, mutating: false },
    Function { path: "/api/config/option-octets", role: Role::Viewer, mutating: false },
    Function { path: "/api/config/options", role: Role::Viewer, mutating: false },
    Function { path: "/api/config/parameters", role: Role::Viewer, mutating: false },
    Function { path: "/api/config/plan", role: Role::Operator, mutating: false },
    Function { path: "/api/config/propose-subnet", role: Role::Viewer, mutating: false },
    Function { path: "/api/config/reload", role: Role::Operator, mutating: true },
    Function { path: "/api/config/reload-outlook", role: Role::Viewer, mutating: false },
    Function { path: "/api/config/restoration", role: Role::Operator, mutating: false },
    Function { path: "/api/config/search", role: Role::Viewer, mutating: false },
    Function { path: "/api/config/seen", role: Role::Operator, mutating: true },
    Function { path: "/api/config/show", role: Role::Viewer, mutating: false },
    Function { path: "/api/config/split-pool", role: Role::Operator, mutating: false },
    Function { path: "/api/config/spread", role: Role::Operator, mutating: false },
    Function { path: "/api/config/subnet", role: Role::Viewer, mutating: false },
    Function { path: "/api/config/template", role: Role::Operator, mutating: false },
    Function { path: "/api/config/templates", role: Role::Viewer, mutating: false },
    Function { path: "/api/config/text", role: Role::Viewer, mutating: false },
    Function { path: "/api/config/text-edits", role: Role::Operator, mutating: false },
    Function { path: "/api/config/try-packet", role: Role::Viewer, mutating: false },
    Function { path: "/api/config/unconfirmed", role: Role::Viewer, mutating: false },
    Function { path: "/api/config/vendor-option", role: Role::Operator, mutating: false },
    Function { path: "/api/exclusions/add", role: Role::Operator, mutating: true },
    Function { path: "/api/exclusions/list", role: Role::Viewer, mutating: false },
    Function { path: "/api/exclusions/remove", role: Role::Operator, mutating: true },
    Function { path: "/api/foreman/calls", role: Role::Viewer, mutating: false },
    Function { path: "/api/foreman/settings", role: Role::Viewer, mutating: false },
    Function { path: "/api/foreman/subnets", role: Role::Viewer, mutating: false },
    Function { path: "/api/foreman/subnets-page", role: Role::Viewer, mutating: false },
    Function { path: "/api/holds/list", role: Role::Viewer, mutating: false },
    Function { path: "/api/holds/release", role: Role::Operator, mutating: true },
    Function { path: "/api/holds/release-all", role: Role::Operator, mutating: true },
    Function { path: "/api/overview", role: Role::Viewer, mutating: false },
    Function { path: "/api/reservations/create", role: Role::Operator, mutating: true },
    Function { path: "/api/reservations/delete", role: Role::Operator, mutating: true },
    Function { path: "/api/reservations/get", role: Role::Viewer, mutating: false },
    Function { path: "/api/reservations/move", role: Role::Operator, mutating: true },
    Function { path: "/api/reservations/move-all", role: Role::Operator, mutating: true },
    Function { path: "/api/reservations/reserve", role: Role::Operator, mutating: true },
    Function { path: "/api/reservations/storage", role: Role::Viewer, mutating: false },
    Function { path: "/api/reservations/suggest", role: Role::Operator, mutating: true },
    Function { path: "/api/reservations/update", role: Role::Operator, mutating: true },
    Function { path: "/api/reservations/verdict", role: Role::Viewer, mutating: false },
    Function { path: "/api/search", role: Role::Viewer, mutating: false },
    Function { path: "/api/search/hints", role: Role::Viewer, mutating: false },
    Function { path: "/api/servers/align", role: Role::Operator, mutating: true },
    Function { path: "/api/servers/check", role: Role::Viewer, mutating: false },
    Function { path: "/api/servers/drift", role: Role::Viewer, mutating: false },
    Function { path: "/api/servers/list", role: Role::Viewer, mutating: false },
    Function { path: "/api/servers/lost", role: Role::Viewer, mutating: false },
    Function { path: "/api/servers/put-back", role: Role::Operator, mutating: true },
    Function { path: "/api/servers/repair", role: Role::Operator, mutating: true },
    Function { path: "/api/servers/save", role: Role::Operator, mutating: true },
    Function { path: "/api/servers/show-again", role: Role::Operator, mutating: true },
    Function { path: "/api/servers/silence", role: Role::Operator, mutating: true },
    Function { path: "/api/servers/silenced", role: Role::Viewer, mutating: false },
    Function { path: "/api/session", role: Role::Viewer, mutating: false },
    Function { path: "/api/subnets/addresses", role: Role::Viewer, mutating: false },
    Function { path: "/api/subnets/choices", role: Role::Viewer, mutating: false },
    Function { path: "/api/subnets/get", role: Role::Viewer, mutating: false },
    Function { path: "/api/subnets/label", role: Role::Operator, mutating: true },
    Function { path: "/api/subnets/list", role: Role::Viewer, mutating: false },
    Function { path: "/api/subnets/networks", role: Role::Viewer, mutating: false },
    Function { path: "/api/table/apply", role: Role::Operator, mutating: true },
    Function { path: "/api/table/check", role: Role::Viewer, mutating: false },
    Function { path: "/api/table/export", role: Role::Viewer, mutating: false },
    Function { path: "/api/table/export-leases", role: Role::Viewer, mutating: false },
];
