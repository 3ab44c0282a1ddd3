//! Real configurations come back as they were.

use std::path::{Path, PathBuf};

use keaconf::{Document, Layout, Number, Value, read, read_json};
use proptest::prelude::*;

use crate::lab::{Family, program};
use crate::texts::kea_takes;

/// Any value, also of names and texts that are no UTF-8.
pub(crate) fn values() -> impl Strategy<Value = Value> {
    let text = prop_oneof![
        "\\PC{0,6}".prop_map(|text| text.as_str().into()),
        prop::collection::vec(any::<u8>(), 0..5).prop_map(keaconf::Text::from),
    ];
    let number = prop_oneof![
        any::<i64>().prop_map(Number::from),
        "[+-]?[0-9]{0,3}\\.[0-9]{1,3}(e[+-]?[0-9])?".prop_map(|text| Number::parse(&text).unwrap()),
    ];
    let scalar = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::Bool),
        number.prop_map(Value::Number),
        text.clone().prop_map(Value::Text),
    ];
    scalar.prop_recursive(4, 40, 6, move |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..5).prop_map(Value::List),
            prop::collection::vec((text.clone(), inner), 0..5).prop_map(|members| {
                let mut map = keaconf::Map::default();
                for (name, value) in members {
                    map.set(name, value);
                }
                Value::Map(map)
            }),
        ]
    })
}

proptest! {
    #[test]
    fn every_value_is_read_as_it_was_written(value in values()) {
        for layout in [Layout::Compact, Layout::Indented] {
            let text = value.to_kea(layout);
            prop_assert!(text.is_ascii());
            let again = read(text.as_bytes()).unwrap();
            prop_assert_eq!(&again, &value);
            prop_assert_eq!(again.to_kea(layout), text, "in its order");
        }
        let json = value.to_json(Layout::Compact);
        prop_assert!(serde_json::from_str::<serde_json::Value>(&json).is_ok(), "{}", json);
        prop_assert_eq!(read_json(json.as_bytes()).unwrap().to_json(Layout::Compact), json);
    }

    #[test]
    fn no_text_makes_the_reader_panic(text in "[\\[\\]{}:,\"a1.e+<?/*# \\\\u\n-]{0,40}") {
        let _ = read(text.as_bytes());
        let _ = read_json(text.as_bytes());
    }
}

/// Every file with this ending below a folder.
fn files(folder: &Path, ending: &str) -> Vec<PathBuf> {
    let mut found = Vec::new();
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            found.extend(files(&path, ending));
        } else if path.to_string_lossy().ends_with(ending) {
            found.push(path);
        }
    }
    found
}

/// The arguments of the answers that Kea gave to `config-get`.
pub(crate) fn golden() -> Vec<(PathBuf, Document)> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../kea/tests/golden");
    let mut found = Vec::new();
    for file in files(&folder, "config-get.json") {
        let cases = read(&std::fs::read(&file).unwrap()).unwrap();
        for case in cases.as_list().expect("a list of cases") {
            let answer = case.as_map().and_then(|case| case.get("answer")).and_then(Value::as_list).expect("an answer");
            let arguments = answer[0].as_map().and_then(|answer| answer.get("arguments")).cloned();
            found.push((file.clone(), Document::of(arguments.expect("arguments")).unwrap()));
        }
    }
    found
}

#[test]
fn configurations_of_real_servers_come_back_as_they_were() {
    let all = golden();
    assert!(all.len() >= 2, "{}", all.len());
    for (file, document) in all {
        for layout in [Layout::Compact, Layout::Indented] {
            let text = document.to_kea(layout);
            let again = Document::read(text.as_bytes()).unwrap();
            assert_eq!(again.to_kea(layout), text, "{}", file.display());
        }
    }
}

/// The examples that come with Kea, comments and all: read, written, and taken by Kea again.
#[test]
fn the_examples_of_kea_load_after_they_were_written_by_us() {
    let folder = tempfile::tempdir().unwrap();
    let kea = program(Family::V4);
    let shipped = kea.parent().and_then(Path::parent).unwrap().join("root/etc/kea");
    let mut count = 0;
    for (name, family) in [("kea-dhcp4.conf", Family::V4), ("kea-dhcp6.conf", Family::V6)] {
        let text = std::fs::read(shipped.join(name)).unwrap();
        kea_takes(family, folder.path(), &text).unwrap_or_else(|said| panic!("Kea refuses its own {name}: {said}"));
        let document = Document::read(&text).unwrap();
        let written = document.to_kea(Layout::Indented);
        assert_eq!(Document::read(written.as_bytes()).unwrap(), document);
        kea_takes(family, folder.path(), written.as_bytes()).unwrap_or_else(|said| panic!("{name}: {said}"));
        count += 1;
    }
    assert_eq!(count, 2);
}
