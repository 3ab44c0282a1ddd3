//! smart-proxy
