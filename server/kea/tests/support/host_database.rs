//! Host databases for Kea, in a real `PostgreSQL`. Taken by `#[path]` beside `lab.rs`, inside of `support`, and the store's
//! `postgres.rs`.
#![allow(unreachable_pub, missing_docs, reason = "test support")]

use serde_json::{Value, json};

use crate::postgres::{self, Cluster};
use crate::support::lab;

/// A `Dhcp4` map of `192.0.2.0/24`, number 1, pool .100 to .199, with an empty host database of that name.
pub fn with_database(cluster: &Cluster, database: &str) -> Value {
    cluster.create(database, &[]);
    cluster.script(database, &lab::postgres_schema());
    let access = json!({ "type": "postgresql", "name": database, "host": "127.0.0.1", "port": cluster.port(),
        "user": postgres::USER, "password": postgres::PASSWORD });
    let hooks: Vec<Value> = lab::hooks().into_iter().chain([json!({ "library": "libdhcp_pgsql.so" })]).collect();
    let subnet = json!({ "id": 1, "subnet": "192.0.2.0/24", "pools": [{ "pool": "192.0.2.100-192.0.2.199" }] });
    json!({ "hosts-database": access, "hooks-libraries": hooks, "subnet4": [subnet] })
}
