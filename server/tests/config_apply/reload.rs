//! `config-reload` before the real Kea: what runs afterwards, what came of it, and what a file that is refused leaves.

use serde_json::{Value, json};

use super::bench::Bench;
use crate::support::kea;

fn edit_file(bench: &Bench, edit: impl FnOnce(&mut Value)) {
    let mut file = bench.file();
    edit(&mut file["Dhcp4"]);
    std::fs::write(bench.kea.config_path(), serde_json::to_string_pretty(&file).unwrap()).unwrap();
}

fn add_unsaved(bench: &Bench, id: u32) {
    let subnet = json!({ "subnet4": [{ "id": id, "subnet": format!("198.51.{id}.0/24") }] });
    assert_eq!(bench.kea.command("subnet4-add", &subnet)["result"], 0);
}

fn lifetime(bench: &Bench) -> Value {
    bench.running()["Dhcp4"]["valid-lifetime"].clone()
}

#[test]
fn a_file_that_was_edited_by_hand_runs_and_is_left_as_it_is() {
    let bench = Bench::before(kea());
    assert_eq!(bench.config(&["history", "kea"]).0, 0);
    add_unsaved(&bench, 7);
    let (code, said, error) = bench.config(&["reload", "kea", "--dry-run"]);
    assert_eq!((code, error.as_str()), (3, ""), "{said}");
    assert!(said.contains("may be lost") && said.contains("subnet 198.51.7.0/24 (id 7) added"), "{said}");

    edit_file(&bench, |dhcp4| dhcp4["valid-lifetime"] = json!(7200));
    let by_hand = std::fs::read_to_string(bench.kea.config_path()).unwrap();
    let (code, _, error) = bench.config(&["reload", "kea"]);
    assert!(
        code == 1 && error.contains("may not be saved"),
        "what others changed is not lost unless that is meant: {error}"
    );
    let (code, said, error) = bench.config(&["reload", "kea", "--lose-unsaved", "--note", "ticket 12"]);
    assert_eq!((code, error.as_str()), (0, ""), "{said}");
    for words in
        ["the saved file loaded again", "valid-lifetime from 3600 to 7200", "subnet 198.51.7.0/24 (id 7) removed"]
    {
        assert!(said.contains(words), "{words}: {said}");
    }
    assert!(bench.serves());
    assert_eq!(lifetime(&bench), 7200);
    assert_eq!(std::fs::read_to_string(bench.kea.config_path()).unwrap(), by_hand, "its file is not written");
    let (_, said, _) = bench.config(&["history", "kea"]);
    assert!(said.lines().next().unwrap().contains("changed by command line") && said.contains("ticket 12"), "{said}");

    let (code, said, _) = bench.config(&["reload", "kea"]);
    assert!(code == 0 && said.contains("nothing differs"), "{said}");
    let (code, said, _) = bench.config(&["reload", "kea", "--dry-run"]);
    assert_eq!(code, 0, "what runs is what the file has: {said}");
}

#[test]
fn a_file_that_is_refused_leaves_all_as_it_was_and_clients_are_served() {
    let bench = Bench::before(kea());
    let good = std::fs::read(bench.kea.config_path()).unwrap();
    add_unsaved(&bench, 7);
    let before = bench.running();
    let outside = json!([{ "pool": "192.0.2.10-192.0.9.20" }]);
    let broken: [(&str, &dyn Fn()); 4] = [
        ("no configuration", &|| std::fs::write(bench.kea.config_path(), "{ \"Dhcp4\": {").unwrap()),
        ("an unknown parameter", &|| edit_file(&bench, |dhcp4| dhcp4["a-slip"] = json!(true))),
        // Kea has let go of its leases when it comes to that.
        ("a pool outside", &|| edit_file(&bench, |dhcp4| dhcp4["subnet4"][0]["pools"] = outside.clone())),
        ("no file", &|| std::fs::remove_file(bench.kea.config_path()).unwrap()),
    ];
    for (what, break_it) in broken {
        break_it();
        let (code, said, error) = bench.config(&["reload", "kea"]);
        assert_eq!((code, said.as_str()), (1, ""), "{what}: {error}");
        assert!(error.contains("refused"), "{what}: {error}");
        assert!(bench.serves(), "{what}: {error}");
        assert_eq!(bench.running(), before, "{what}: what was not saved runs as well");
        std::fs::write(bench.kea.config_path(), &good).unwrap();
    }
    let (code, said, error) = bench.config(&["reload", "kea"]);
    assert_eq!((code, error.as_str()), (0, ""), "{said}");
    assert!(said.contains("subnet 198.51.7.0/24 (id 7) removed"), "{said}");
}
