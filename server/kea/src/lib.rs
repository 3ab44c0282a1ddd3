//! kea
