//! What a table looks like.

use leptos::prelude::*;

/// The columns: name, what stands in it, an example.
const COLUMNS: [(&str, &str, &str); 12] = [
    (
        "subnet",
        "Its prefix, or server and number. May be left away when a subnet is chosen beneath.",
        "10.20.0.0/24, kea/20",
    ),
    (
        "identifier_type",
        "What the client is known by: hw-address, client-id, duid, circuit-id, flex-id. Left away: hw-address.",
        "hw-address",
    ),
    ("identifier", "The identifier, in any usual notation; “mac” is another name of this column.", "02:00:5e:10:00:01"),
    (
        "address",
        "The address, in IPv6 several with blanks between; “next” for the next free one, unless the client has one; empty: names and options alone.",
        "10.20.0.40, next",
    ),
    ("host_name", "The name that the client gets.", "camera-1"),
    ("next_server", "The boot server.", "10.20.0.5"),
    ("server_host_name", "The boot server’s name.", "boot-1"),
    ("boot_file_name", "The boot file.", "ipxe.efi"),
    ("client_classes", "Classes, with “;” between them.", "kiosk;voip"),
    ("options", "Options as name=value, with “;” between them.", "ntp-servers=10.20.0.4"),
    ("note", "A note for people.", "above the door"),
    ("prefixes", "Prefixes to be delegated, with blanks between; only in IPv6.", "2001:db8:1::/56"),
];

/// The columns, explained.
#[component]
pub(super) fn Columns() -> impl IntoView {
    let rows = COLUMNS.into_iter().map(|(name, what, example)| {
        view! {
            <tr>
                <th scope="row">
                    <code>{name}</code>
                </th>
                <td>{what}</td>
                <td class="mono">{example}</td>
            </tr>
        }
    });
    view! {
        <details class="fold">
            <summary>"The columns"</summary>
            <p class="muted">"The first line names the columns, in any order; an identifier is always needed. What a column would say that is not there stays as it is. What the export below writes is taken here again. So are exports of OPNsense, Windows, Technitium and NetBox, Kea’s own names, and Kea’s lease files; columns that mean nothing here are left out."</p>
            <table class="fold-table">
                <thead>
                    <tr>
                        <th scope="col">"Column"</th>
                        <th scope="col">"What stands in it"</th>
                        <th scope="col">"Example"</th>
                    </tr>
                </thead>
                <tbody>{rows.collect::<Vec<_>>()}</tbody>
            </table>
        </details>
    }
}
