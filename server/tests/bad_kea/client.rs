//! Clients that get reservations, as the requests of the console name them.

use serde_json::{Value, json};

/// A client, and what it is to be given.
#[derive(Clone, Default)]
pub struct Client {
    pub mac: String,
    pub address: String,
    pub name: String,
}

impl Client {
    /// The reservation, as the form sends it.
    pub fn wanted(&self) -> Value {
        json!({
            "subnet": subnet(1), "identifier": { "kind": "hw-address", "value": self.mac }, "address": self.address,
            "host_name": self.name, "next_server": null, "server_host_name": null, "boot_file_name": null,
            "note": null, "record_name": null,
        })
    }

    /// The same as a table.
    pub fn table(&self) -> String {
        format!("mac,ip,hostname\n{},{},{}\n", self.mac, self.address, self.name)
    }
}

pub fn subnet(id: u32) -> Value {
    json!({ "server": "kea", "id": id })
}
