//! What a table looks like.

use leptos::prelude::*;

/// The columns: name, what stands in it, an example.
const COLUMNS: [(&str, &str, &str); 12] = [
    (
        "subnet",
        "Its prefix, or server and number. May be omitted when a default subnet is chosen.",
        "10.20.0.0/24, kea/20",
    ),
    (
        "identifier_type",
        "Type of the identifier: hw-address, client-id, duid, circuit-id, flex-id. If omitted: hw-address.",
        "hw-address",
    ),
    ("identifier", "The identifier, in any usual notation; the column may also be named “mac”.", "02:00:5e:10:00:01"),
    (
        "address",
        "The address; in IPv6 several, separated by spaces. “next”: the next free one, unless the client has one. Empty: no address.",
        "10.20.0.40, next",
    ),
    ("host_name", "Host name of the client.", "camera-1"),
    ("next_server", "The boot server.", "10.20.0.5"),
    ("server_host_name", "Name of the boot server.", "boot-1"),
    ("boot_file_name", "The boot file.", "ipxe.efi"),
    ("client_classes", "Client classes, separated by “;”.", "kiosk;voip"),
    (
        "options",
        "Options as name=value, separated by “;”. name!=value: always sent, name-=: never sent.",
        "ntp-servers=10.20.0.4",
    ),
    ("note", "A note.", "above the door"),
    ("prefixes", "Delegated prefixes, separated by spaces. IPv6 only.", "2001:db8:1::/56"),
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
            <summary>"Column reference"</summary>
            <p class="muted">"The first line names the columns, in any order; an identifier is required. Values of omitted columns stay as they are. Exported files can be imported as they are. So can exports of OPNsense, Windows, Technitium and NetBox, files with Kea’s own names, and Kea’s lease files; unknown columns are ignored."</p>
            <table class="fold-table">
                <thead>
                    <tr>
                        <th scope="col">"Column"</th>
                        <th scope="col">"Content"</th>
                        <th scope="col">"Example"</th>
                    </tr>
                </thead>
                <tbody>{rows.collect::<Vec<_>>()}</tbody>
            </table>
        </details>
    }
}
