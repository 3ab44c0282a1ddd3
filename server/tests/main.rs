//! Every test of the package that looks at it from the outside: one program, linked once.
#![allow(clippy::expect_used, clippy::panic, clippy::unwrap_used, reason = "a test that cannot go on should stop")]

mod accounts;
mod architecture;
mod bad_kea;
mod checking;
mod command_line;
mod config_apply;
mod config_broken;
mod config_classes;
mod config_clients;
mod config_definitions;
mod config_editors;
mod config_kills;
mod config_lint;
mod config_logging;
mod config_pages;
mod config_places;
mod config_plan;
mod config_random;
mod config_setups;
mod config_templates;
mod crash;
mod deaf;
mod doors;
mod dry_run;
mod duplicates;
mod elsewhere;
mod every_endpoint;
#[path = "../kea/tests/support/fault_proxy.rs"]
mod fault_proxy;
mod foreman_tls;
mod gate;
mod history;
#[path = "../kea/tests/support/host_database.rs"]
mod host_database;
mod host_names;
mod huge_answers;
mod import;
mod ipv6;
mod kea_restart;
mod labels;
mod lost_database;
mod missing_hooks;
mod networks;
mod overview;
mod pair;
#[path = "support/pki.rs"]
mod pki;
#[path = "../store/tests/support/postgres.rs"]
mod postgres;
mod provider;
mod records;
mod replicas;
mod reservations;
mod revisions;
mod round_trip;
mod searching;
mod sessions;
mod shown;
mod silent;
mod stopping;
mod store;
mod store_faults;
mod support;
mod system_clock;
mod tables;
mod viewer;
