//! Parts that pages are made of.

pub mod badge;
pub mod batch;
pub mod chip;
pub mod command_box;
pub mod conflicts;
pub mod dialog;
pub mod diff;
pub mod download;
pub mod drawer;
pub mod empty;
pub mod field;
pub mod freshness;
pub mod icon;
pub mod latest;
pub mod moment;
pub mod pager;
pub mod peers;
pub mod problem;
pub mod rail;
pub mod server;
pub mod skeleton;
pub mod table;
pub mod text_filter;
pub mod theme;
pub mod toast;
pub mod utilization_bar;
