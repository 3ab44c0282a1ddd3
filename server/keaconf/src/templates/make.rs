//! The parts that templates are made of.

use model::Family;

use crate::{Edit, Map, Op, Path, Value};

/// Members of a map.
type Members = Vec<(&'static str, Value)>;

fn map(members: Members) -> Value {
    let mut map = Map::default();
    for (name, value) in members {
        map.set(name, value);
    }
    Value::Map(map)
}

fn add(list: &str, members: Members) -> Edit {
    Edit { path: Path::root().member(list), op: Op::Add(map(members)) }
}

/// A sub-option that holds IPv4 addresses.
pub(super) fn definition(space: &str, code: i64, name: &str, several: bool) -> Edit {
    let members = vec![
        ("name", name.into()),
        ("code", code.into()),
        ("space", space.into()),
        ("type", "ipv4-address".into()),
        ("array", several.into()),
    ];
    add("option-def", members)
}

/// A class of clients.
pub(super) fn class(name: &str, test: &str, more: Members) -> Edit {
    add("client-classes", [vec![("name", name.into()), ("test", test.into())], more].concat())
}

fn option(members: Members) -> Value {
    map([members, vec![("always-send", true.into())]].concat())
}

/// Option 43 means something else to every vendor, so each class defines its own (Kea ARM, "DHCPv4 Vendor-Specific Options").
fn vendor_definition(more: Members) -> Value {
    let members = vec![("name", "vendor-encapsulated-options".into()), ("code", 43.into())];
    Value::List(vec![map([members, more].concat())])
}

/// Option 43 with one sub-option in it.
pub(super) fn vendor(space: &'static str, name: &str, data: &str) -> Members {
    let definition = vendor_definition(vec![("type", "empty".into()), ("encapsulate", space.into())]);
    let sub = option(vec![("name", name.into()), ("space", space.into()), ("data", data.into())]);
    let whole = option(vec![("name", "vendor-encapsulated-options".into())]);
    vec![("option-def", definition), ("option-data", Value::List(vec![whole, sub]))]
}

/// Option 43 that is a text, and the vendor class that such devices want to see in the answer.
pub(super) fn raw_vendor(answer: &str, data: &str) -> Members {
    let definition = vendor_definition(vec![("type", "string".into())]);
    let class = option(vec![("name", "vendor-class-identifier".into()), ("data", answer.into())]);
    let whole = option(vec![("name", "vendor-encapsulated-options".into()), ("data", data.into())]);
    vec![("option-def", definition), ("option-data", Value::List(vec![class, whole]))]
}

/// A class that is told what to boot, and from where.
pub(super) fn boot_class(family: Family, name: &str, test: &str, server: Option<&str>, file: &str) -> Edit {
    let members = match family {
        Family::V4 => {
            let server = server.map(|server| ("next-server", server.into()));
            server.into_iter().chain([("boot-file-name", file.into())]).collect()
        }
        Family::V6 => vec![("option-data", Value::List(vec![option(url(file))]))],
    };
    class(name, test, members)
}

fn url(url: &str) -> Members {
    // In a value, commas separate fields.
    vec![("name", "bootfile-url".into()), ("data", url.replace(',', "\\,").as_str().into())]
}

/// The same for firmware that loads by HTTP, and takes answers only from who says so (UEFI 2.10, section 24.7).
pub(super) fn http_class(family: Family, name: &str, test: &str, at: &str) -> Edit {
    let members = match family {
        Family::V4 => {
            let answer = vec![("name", "vendor-class-identifier".into()), ("data", "HTTPClient".into())];
            vec![("boot-file-name", at.into()), ("option-data", Value::List(vec![option(answer)]))]
        }
        Family::V6 => {
            // The enterprise number of Intel, which the specification prescribes, the length, and "HTTPClient".
            let data = "00000157000A48545450436C69656E74";
            let answer = vec![("name", "vendor-class".into()), ("csv-format", false.into()), ("data", data.into())];
            vec![("option-data", Value::List(vec![option(answer), option(url(at))]))]
        }
    };
    class(name, test, members)
}
