//! One Kea, and the command line before it.

use std::process::Command;

use serde_json::{Value, json};
use tempfile::TempDir;

use crate::support::{Kea, lab, path, run};

/// A Kea, and a folder of Nestor's.
pub(crate) struct Bench {
    pub(crate) kea: Kea,
    pub(crate) url: String,
    pub(crate) family: lab::Family,
    pub(crate) data: TempDir,
}

impl Bench {
    pub(crate) fn before(kea: Kea) -> Self {
        Self { url: kea.url(), kea, family: lab::Family::V4, data: TempDir::new().unwrap() }
    }

    pub(crate) fn before6(kea: Kea) -> Self {
        Self { family: lab::Family::V6, ..Self::before(kea) }
    }

    /// The words that name the Kea and the store.
    pub(crate) fn settings(&self) -> Vec<String> {
        let data = path(self.data.path());
        let password = self.data.path().join("kea.password");
        std::fs::write(&password, self.kea.password()).unwrap();
        let service = if self.family == lab::Family::V6 { "dhcp6" } else { "dhcp4" };
        let settings = self.data.path().join("nestor.toml");
        let text = format!(
            "[[kea]]\nname = \"kea\"\nurl = \"{}\"\nservice = \"{service}\"\nuser = \"{}\"\npassword_file = \"{}\"\n",
            self.url,
            self.kea.user(),
            path(&password)
        );
        std::fs::write(&settings, text).unwrap();
        [["--data-dir", data], ["--config", path(&settings)]].concat().into_iter().map(str::to_owned).collect()
    }

    /// The words that name the Kea alone.
    pub(crate) fn config_words(&self) -> Vec<String> {
        self.settings().split_off(2)
    }

    /// `nestor config` with these words: the exit code, and what was said on standard output and standard error.
    pub(crate) fn config(&self, words: &[&str]) -> (i32, String, String) {
        let settings = self.settings();
        let settings: Vec<&str> = settings.iter().map(String::as_str).collect();
        let output = run(&[&["config"], words, &settings[..]].concat(), "");
        let text = |octets| String::from_utf8(octets).unwrap();
        (output.status.code().unwrap(), text(output.stdout), text(output.stderr))
    }

    fn with_edits(&self, verb: &str, edits: &Value, more: &[&str]) -> (i32, String, String) {
        let folder = TempDir::new().unwrap();
        let file = folder.path().join("edits.json");
        std::fs::write(&file, edits.to_string()).unwrap();
        self.config(&[&[verb, "kea", "--edits", path(&file)], more].concat())
    }

    pub(crate) fn apply(&self, edits: &Value, more: &[&str]) -> (i32, String, String) {
        self.with_edits("apply", edits, more)
    }

    pub(crate) fn plan(&self, edits: &Value) -> (i32, String, String) {
        self.with_edits("plan", edits, &[])
    }

    /// What Kea runs, past Nestor.
    pub(crate) fn running(&self) -> Value {
        let mut all = self.kea.command("config-get", &Value::Null)["arguments"].clone();
        all.as_object_mut().unwrap().remove("hash");
        all
    }

    pub(crate) fn hash(&self) -> Value {
        self.kea.command("config-hash-get", &Value::Null)["arguments"]["hash"].clone()
    }

    /// Whether Kea has leases to give; one without the hooks that would say is believed.
    pub(crate) fn serves(&self) -> bool {
        let page = format!("lease{}-get-page", if self.family == lab::Family::V4 { 4 } else { 6 });
        let answer = self.kea.command(&page, &json!({ "from": "start", "limit": 1 }));
        [0, 2, 3].iter().any(|result| answer["result"] == *result)
    }

    /// What is in the file; null while it is being written.
    pub(crate) fn file(&self) -> Value {
        serde_json::from_slice(&std::fs::read(self.kea.config_path()).unwrap()).unwrap_or_default()
    }

    /// History says that Nestor made all of what differs now.
    pub(crate) fn made_it(&self) {
        let (code, said, error) = self.config(&["history", "kea", "--json"]);
        assert_eq!(code, 0, "{error}");
        let history: Value = serde_json::from_str(&said).unwrap();
        let newest = &history.as_array().or(history["revisions"].as_array()).unwrap()[0];
        assert_eq!(newest["origin"], "nestor", "{newest}");
    }

    /// What runs is in the file, and a fresh Kea loads that.
    pub(crate) fn saves_what_it_runs(&self) {
        assert_eq!(self.file(), self.running(), "what runs is what is on disk");
        assert!(loads(&self.kea, self.family), "a fresh Kea loads it");
    }
}

/// Whether a fresh Kea loads the file of this one.
pub(crate) fn loads(kea: &Kea, family: lab::Family) -> bool {
    let tested = Command::new(lab::program(family))
        .arg("-t")
        .arg(kea.config_path())
        .env("KEA_RUN", kea.folder())
        .output()
        .unwrap();
    if !tested.status.success() {
        eprintln!("{}", String::from_utf8_lossy(&tested.stderr));
    }
    tested.status.success()
}
