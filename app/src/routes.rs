//! Where everything is: the one place that builds addresses of our own pages, and that reads them.

use std::fmt::Write as _;

use leptos_router::params::ParamsMap;
use model::{ConfigForm, ReservationKey, ServerName, SubnetKey};

/// The first page.
pub const OVERVIEW: &str = "/";
/// Every subnet.
pub const NETWORKS: &str = "/networks";
/// The servers, and how those of a pair stand together.
pub const SERVERS: &str = "/servers";
/// What stands below the page of a server: its configuration, part by part.
pub const CONFIGURATION: &str = "configuration";
/// Its parameters.
pub const PARAMETERS: &str = "parameters";
/// The options that all of its clients get.
pub const OPTIONS: &str = "options";
/// The definitions of options that it has beside Kea's own.
pub const DEFINITIONS: &str = "definitions";
/// Its loggers.
pub const LOGGING: &str = "logging";
/// Its DNS updates.
pub const DDNS: &str = "ddns";
/// Its hook libraries.
pub const HOOKS: &str = "hooks";
/// Its shared networks.
pub const SHARED_NETWORKS: &str = "shared-networks";
/// Its client classes.
pub const CLASSES: &str = "classes";
/// What it ran, revision by revision.
pub const HISTORY: &str = "history";
/// What stands against its configuration.
pub const FINDINGS: &str = "findings";
/// What is wrong with it, and how that is mended.
pub const CHECK: &str = "check";
/// What common devices and ways to boot need.
pub const TEMPLATES: &str = "templates";
/// What was changed, by whom, and the way back.
pub const CHANGES: &str = "/changes";
/// Reservations by the table.
pub const IMPORT: &str = "/import";
/// What Foreman needs to know, and what it holds.
pub const FOREMAN: &str = "/foreman";
/// Search results.
pub const SEARCH: &str = "/search";
/// Signing in; takes the form too.
pub const LOGIN: &str = "/login";
/// One's own account; takes the form for another password too.
pub const ACCOUNT: &str = "/account";
/// Signing out; takes a form only.
pub const LOGOUT: &str = "/logout";
/// Making the first account; takes the form too.
pub const SETUP: &str = "/setup";
/// The event stream.
pub const EVENTS: &str = "/events";

/// The page of a subnet.
pub fn subnet(key: &SubnetKey) -> String {
    format!("{NETWORKS}/{}/{}", encode(key.server.as_str()), key.id)
}

/// A page of a server, by what stands below it.
pub fn of_server(server: &ServerName, page: &str) -> String {
    format!("{SERVERS}/{}/{page}", encode(server.as_str()))
}

/// The parameters or options of a part of what a server runs.
pub fn settings_of_part(server: &ServerName, of: &str, path: &str) -> String {
    page(&of_server(server, of), &[("at", path.to_owned())])
}

/// The parts of a part of what a server runs, from one of them on.
pub fn config_part(server: &ServerName, path: &str, offset: u32) -> String {
    let offset = if offset == 0 { String::new() } else { offset.to_string() };
    let mut pairs = vec![("at", path.to_owned()), ("offset", offset)];
    pairs.retain(|(_, value)| !value.is_empty());
    page(&of_server(server, CONFIGURATION), &pairs)
}

/// Where a part of what a server runs is edited: on its form, or as JSON where it has none.
pub fn place(server: &ServerName, path: &str, form: Option<&ConfigForm>) -> String {
    let key = |id: u32| SubnetKey { server: server.clone(), id };
    let of_part = |of: &str, part: &str| {
        if part.is_empty() { of_server(server, of) } else { settings_of_part(server, of, part) }
    };
    match form {
        None => config_part(server, path, 0),
        Some(ConfigForm::Subnet(id)) => settings(&key(*id)),
        Some(ConfigForm::Addresses { subnet: id, text }) if text.is_empty() => subnet(&key(*id)),
        Some(ConfigForm::Addresses { subnet: id, text }) => subnet_with_text(&key(*id), text),
        Some(ConfigForm::SharedNetwork(part)) => of_part(SHARED_NETWORKS, part),
        Some(ConfigForm::Class(part)) => of_part(CLASSES, part),
        Some(ConfigForm::Options(part)) => of_part(OPTIONS, part),
        Some(ConfigForm::Parameters(part)) => of_part(PARAMETERS, part),
        Some(ConfigForm::Definitions) => of_server(server, DEFINITIONS),
        Some(ConfigForm::Hooks) => of_server(server, HOOKS),
        Some(ConfigForm::Loggers) => of_server(server, LOGGING),
        Some(ConfigForm::Ddns) => of_server(server, DDNS),
    }
}

/// The parts of what a server runs that have a text in them.
pub fn config_search(server: &ServerName, text: &str) -> String {
    let base = of_server(server, CONFIGURATION);
    if text.is_empty() { base } else { page(&base, &[("text", text.to_owned())]) }
}

/// The form for a new subnet.
pub const NEW_SUBNET: &str = "/networks/new";

/// The form that changes several subnets together.
pub const BULK: &str = "/networks/bulk";

/// The form that changes the subnets with a text together; empty: all.
pub fn bulk(text: &str) -> String {
    if text.is_empty() { BULK.to_owned() } else { page(BULK, &[("text", text.to_owned())]) }
}

/// The settings of a subnet: pools, options and parameters.
pub fn settings(key: &SubnetKey) -> String {
    format!("{}/settings", subnet(key))
}

/// The page of a subnet, showing only addresses with this text.
pub fn subnet_with_text(key: &SubnetKey, text: &str) -> String {
    format!("{}?text={}", subnet(key), encode(text))
}

/// The page of a subnet at one address, with its details open.
pub fn address(key: &SubnetKey, address: &str) -> String {
    at_address(key, address, "open", address)
}

/// The page of a subnet at one address, with the form open that changes its reservation.
pub fn edit(key: &SubnetKey, address: &str) -> String {
    at_address(key, address, "edit", address)
}

/// The page of a subnet at one address, with the form open that reserves it for the client that has it.
pub fn reserve(key: &SubnetKey, address: &str) -> String {
    at_address(key, address, "reserve", address)
}

/// The page of a subnet at one address, with the question open whether its reservation shall go.
pub fn delete(key: &SubnetKey, address: &str) -> String {
    at_address(key, address, "delete", address)
}

/// The page of a subnet at one address, with the form open that excludes it.
pub fn exclude(key: &SubnetKey, address: &str) -> String {
    at_address(key, address, "exclude", &format!("{address}-{address}"))
}

/// The page of a subnet at one address that nobody has, with the form open that reserves it.
pub fn reserve_free(key: &SubnetKey, address: &str) -> String {
    at_address(key, address, "reserve", &format!("gap-{address}"))
}

fn at_address(key: &SubnetKey, address: &str, drawer: &str, row: &str) -> String {
    format!("{}&{drawer}={}", subnet_with_text(key, address), encode(row))
}

/// A page with what its address says besides.
pub fn page(path: &str, pairs: &[(&str, String)]) -> String {
    let mut page = path.to_owned();
    let mut mark = '?';
    for (name, value) in pairs {
        let _ = write!(page, "{mark}{name}={}", encode(value));
        mark = '&';
    }
    page
}

/// The page of a subnet, at its excluded ranges.
pub fn exclusions(key: &SubnetKey) -> String {
    format!("{}#exclusions", subnet(key))
}

/// The details of one change.
pub fn change(number: i64) -> String {
    format!("{CHANGES}?open={number}")
}

/// The changes of one reservation.
pub fn changes_of(key: &ReservationKey) -> String {
    let (subnet, client) = (key.subnet.to_string(), key.identifier.to_string());
    format!("{CHANGES}?subnet={}&kind={}&client={}", encode(&subnet), key.identifier.kind().code(), encode(&client))
}

/// The changes of the reservations of a subnet.
pub fn changes_in(key: &SubnetKey) -> String {
    format!("{CHANGES}?subnet={}", encode(&key.to_string()))
}

/// The changes of a part of what a server runs, by its path.
pub fn changes_at(server: &ServerName, path: &str) -> String {
    page(CHANGES, &[("server", server.to_string()), ("at", path.to_owned())])
}

/// The changes that were made in one go.
pub fn changes_of_batch(batch: &str) -> String {
    format!("{CHANGES}?batch={}", encode(batch))
}

/// The changes of a server that need attention.
pub fn changes_to_settle(server: &ServerName) -> String {
    format!("{CHANGES}?filter=unsettled&server={}", encode(server.as_str()))
}

/// The page that takes a table, for reservations of that subnet.
pub fn import_into(key: &SubnetKey) -> String {
    format!("{IMPORT}?subnet={}", encode(&key.to_string()))
}

/// What is found for this text.
pub fn search(text: &str) -> String {
    format!("{SEARCH}?q={}", encode(text))
}

/// What is found for this text, from that client on.
pub fn search_from(text: &str, offset: u32) -> String {
    if offset == 0 { search(text) } else { format!("{}&offset={offset}", search(text)) }
}

/// The sign-in page that leads back to `next`.
pub fn login(next: &str) -> String {
    match own_path(next) {
        Some(path) if path != OVERVIEW => format!("{LOGIN}?next={}", encode(path)),
        _ => LOGIN.to_owned(),
    }
}

/// The sign-in page that leads back to `next`, for somebody who is sent there for a reason that the page has words for.
pub fn login_because(next: &str, code: &str) -> String {
    marked(&login(next), "why", code)
}

/// The sign-in page after a try that failed, with a code that the page has words for.
pub fn login_failed(next: &str, code: &str) -> String {
    marked(&login(next), "failed", code)
}

/// The page with something more in its address.
fn marked(page: &str, name: &str, value: &str) -> String {
    let mark = if page.contains('?') { '&' } else { '?' };
    format!("{page}{mark}{name}={}", encode(value))
}

/// The page of one's own account after its form was sent, with how that ended.
pub fn account(ended: &str, code: &str) -> String {
    marked(ACCOUNT, ended, code)
}

/// The set-up page after a try that failed.
pub fn setup_failed(token: &str, code: &str) -> String {
    format!("{SETUP}?token={}&failed={}", encode(token), encode(code))
}

/// The list of subnets with a text to filter by, an order, and the first row; each is left out when it says nothing.
pub fn networks(text: &str, sort: &str, offset: u32) -> String {
    let offset = if offset == 0 { String::new() } else { offset.to_string() };
    let mut pairs = vec![("text", text.to_owned()), ("sort", sort.to_owned()), ("offset", offset)];
    pairs.retain(|(_, value)| !value.is_empty());
    page(NETWORKS, &pairs)
}

/// The server that the address of a page names.
pub fn server_name(params: &ParamsMap) -> Option<ServerName> {
    params.get("server")?.parse().ok()
}

/// The subnet that the address of a page names.
pub fn subnet_key(params: &ParamsMap) -> Option<SubnetKey> {
    let server = params.get("server")?.parse().ok()?;
    let id = params.get("id")?.parse().ok()?;
    Some(SubnetKey { server, id })
}

/// The text, if it is a path on this very site. What else a browser could be sent to (`//host`, `/\host`, `https:`) is
/// never a next page, and neither are the pages that lead to others.
pub fn own_path(text: &str) -> Option<&str> {
    let odd = text.starts_with("//") || text.contains('\\') || !text.bytes().all(|octet| octet.is_ascii_graphic());
    let path = text.split(['?', '#']).next().unwrap_or_default();
    (text.starts_with('/') && !odd && path != LOGIN && path != SETUP).then_some(text)
}

/// A text as part of an address: everything but unreserved characters (RFC 3986 §2.3) is percent-encoded.
pub fn encode(text: &str) -> String {
    let mut encoded = String::with_capacity(text.len());
    for octet in text.bytes() {
        if octet.is_ascii_alphanumeric() || b"-_.~".contains(&octet) {
            encoded.push(char::from(octet));
        } else {
            let _ = write!(encoded, "%{octet:02X}");
        }
    }
    encoded
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn text_in_addresses_is_encoded() {
        let key: SubnetKey = "main/3".parse().unwrap();
        assert_eq!(subnet(&key), "/networks/main/3");
        assert_eq!(subnet_with_text(&key, "02:00 &x=<ä>"), "/networks/main/3?text=02%3A00%20%26x%3D%3C%C3%A4%3E");
        assert_eq!(search("10.0.0.1"), "/search?q=10.0.0.1");
        assert_eq!(networks("", "", 0), "/networks");
        assert_eq!(networks("a b", "-name", 100), "/networks?text=a%20b&sort=-name&offset=100");
        assert_eq!(networks("", "name", 0), "/networks?sort=name");
    }

    #[test]
    fn keys_in_addresses_are_encoded() {
        let subnet: SubnetKey = "main/3".parse().unwrap();
        let identifier = model::Identifier::HwAddress("02:00:5e:10:00:01".parse().unwrap());
        let key = ReservationKey { subnet: subnet.clone(), identifier };
        assert_eq!(changes_of(&key), "/changes?subnet=main%2F3&kind=hw-address&client=02%3A00%3A5e%3A10%3A00%3A01");
        assert_eq!(changes_in(&subnet), "/changes?subnet=main%2F3");
        assert_eq!(changes_of_batch("a b"), "/changes?batch=a%20b");
        assert_eq!(changes_to_settle(&subnet.server), "/changes?filter=unsettled&server=main");
        assert_eq!(import_into(&subnet), "/import?subnet=main%2F3");
    }

    #[test]
    fn a_part_leads_to_its_form_and_to_json_where_there_is_none() {
        let server: ServerName = "main".parse().unwrap();
        let of = |form: Option<ConfigForm>| place(&server, "a[b=c]", form.as_ref());
        assert_eq!(of(None), "/servers/main/configuration?at=a%5Bb%3Dc%5D");
        assert_eq!(of(Some(ConfigForm::Subnet(7))), "/networks/main/7/settings");
        let addresses = |text: &str| of(Some(ConfigForm::Addresses { subnet: 7, text: text.to_owned() }));
        assert_eq!(
            (addresses(""), addresses("a b")),
            ("/networks/main/7".into(), "/networks/main/7?text=a%20b".into())
        );
        assert_eq!(of(Some(ConfigForm::Options(String::new()))), "/servers/main/options");
        assert_eq!(of(Some(ConfigForm::Class("x".to_owned()))), "/servers/main/classes?at=x");
    }

    #[test]
    fn only_own_paths_come_next() {
        for own in ["/", "/networks/main/3?text=a", "/a//b"] {
            assert_eq!(own_path(own), Some(own));
        }
        for other in [
            "",
            "//evil",
            "/\\evil",
            "https://evil",
            "javascript:x",
            "networks",
            "/a\nb",
            "/\t/evil",
            "/login",
            "/setup?token=1",
        ] {
            assert_eq!(own_path(other), None, "{other:?}");
        }
        assert_eq!(login("//evil"), "/login");
        assert_eq!(login("/"), "/login");
        assert_eq!(login("/networks?text=a"), "/login?next=%2Fnetworks%3Ftext%3Da");
        assert_eq!(login_because("/changes", "ended"), "/login?next=%2Fchanges&why=ended");
        assert_eq!(login_failed("/", "credentials"), "/login?failed=credentials");
        assert_eq!(login_failed("/foreman", "throttled"), "/login?next=%2Fforeman&failed=throttled");
        assert_eq!(setup_failed("a&b", "token"), "/setup?token=a%26b&failed=token");
    }

    #[test]
    fn the_address_of_a_subnet_is_read_back() {
        let params = |server: &str, id: &str| {
            let mut map = ParamsMap::new();
            map.insert("server", server.to_owned());
            map.insert("id", id.to_owned());
            subnet_key(&map)
        };
        assert_eq!(params("main", "3"), "main/3".parse().ok());
        assert_eq!(params("ma in", "3"), None);
        assert_eq!(params("main", "x"), None);
        assert_eq!(subnet_key(&ParamsMap::new()), None);
    }
}
