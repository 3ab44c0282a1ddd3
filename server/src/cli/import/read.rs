//! Reads the folder of a Smart Proxy's settings. Nothing in it is changed, and nothing is run.

use std::fs::{File, read_dir};
use std::io::Read;
use std::path::{Path, PathBuf};

use super::notes::{Notes, Place, Section, quoted};
use super::yaml::{self, Entry, Value};
use crate::Fault;

/// Where the settings of the parts stand, within the folder.
const PARTS: &str = "settings.d";

/// The most files of parts that are looked at.
const MOST_PARTS: usize = 500;

/// The settings of one file. Each is taken once; what is left is not known to us.
#[derive(Debug, Default)]
pub(super) struct Source {
    /// The file, as it is called in the folder.
    pub(super) file: String,
    entries: Vec<Entry>,
    /// The keys that were asked for and found.
    taken: Vec<String>,
}

impl Source {
    /// The settings of that file.
    pub(super) fn new(file: impl Into<String>, entries: Vec<Entry>) -> Self {
        Self { file: file.into(), entries, taken: Vec::new() }
    }

    /// Takes a setting; of several with one key the last counts, as it does for Ruby.
    pub(super) fn take(&mut self, key: &str) -> Option<(Place, Value)> {
        let at = self.entries.iter().rposition(|entry| entry.key == key)?;
        let Entry { key, line, value } = self.entries.remove(at);
        self.taken.push(key.clone());
        Some((Place { file: self.file.clone(), key: Some((key, line)) }, value))
    }

    /// Takes everything that is left: where it stands, and whether its key stands there again below.
    pub(super) fn rest(&mut self) -> Vec<(Place, bool)> {
        let mut rest = Vec::new();
        for Entry { key, line, .. } in self.entries.drain(..).rev() {
            let again = self.taken.contains(&key);
            self.taken.push(key.clone());
            rest.push((Place { file: self.file.clone(), key: Some((key, line)) }, again));
        }
        rest
    }
}

/// What the folder holds.
#[derive(Debug, Default)]
pub(super) struct Folder {
    /// `settings.yml`.
    pub(super) global: Source,
    /// `settings.d/dhcp.yml`.
    pub(super) dhcp: Option<Source>,
    /// `settings.d/dhcp_kea.yml`, of the provider that is to come with the Smart Proxy.
    pub(super) kea: Option<Source>,
    /// `settings.d/dhcp_kea_api.yml`, of the provider that is a plugin.
    pub(super) kea_api: Option<Source>,
}

/// Reads the folder, and says where its parts are.
pub(super) fn read(folder: &Path, notes: &mut Notes) -> Result<(Folder, PathBuf), Fault> {
    let global = folder.join("settings.yml");
    if !global.exists() {
        return Err(Fault::new(format!(
            "{} is missing: give the folder of the Smart Proxy’s settings, such as /etc/foreman-proxy",
            global.display()
        )));
    }
    let mut global = Source::new("settings.yml", entries(&global)?);
    let parts = parts(folder, &mut global, notes);
    let part = |name: &str| -> Result<Option<Source>, Fault> {
        let path = parts.join(name);
        path.exists().then(|| Ok(Source::new(format!("{PARTS}/{name}"), entries(&path)?))).transpose()
    };
    let folder =
        Folder { dhcp: part("dhcp.yml")?, kea: part("dhcp_kea.yml")?, kea_api: part("dhcp_kea_api.yml")?, global };
    Ok((folder, parts))
}

/// The folder of the parts: the one beside `settings.yml`, so that a copy of the whole can be read anywhere.
fn parts(folder: &Path, global: &mut Source, notes: &mut Notes) -> PathBuf {
    let beside = folder.join(PARTS);
    let Some((place, value)) = global.take("settings_directory") else { return beside };
    let named = value.text().map(PathBuf::from);
    match named {
        Some(named) if !beside.is_dir() && named.is_absolute() => {
            notes.drop(
                place,
                format!("read from {}; Nestor has one file for everything", quoted(&named.to_string_lossy())),
            );
            named
        }
        _ => {
            notes.drop(place, format!("{} was read; Nestor has one file for everything", beside.display()));
            beside
        }
    }
}

/// Tells which other parts there are: they stay with the Smart Proxy.
pub(super) fn others(parts: &Path, notes: &mut Notes) {
    let Ok(files) = read_dir(parts) else {
        let text = format!("the folder {} cannot be read: the Smart Proxy’s defaults are taken", parts.display());
        return notes.remark(Section::Top, Some(Place::file(PARTS)), text);
    };
    let names = files.filter_map(|file| file.ok()?.file_name().into_string().ok());
    let is_other = |name: &String| {
        let own = ["dhcp.yml", "dhcp_kea.yml", "dhcp_kea_api.yml"];
        Path::new(name).extension().is_some_and(|end| end == "yml") && !own.contains(&name.as_str())
    };
    let mut names: Vec<String> = names.filter(is_other).take(MOST_PARTS).collect();
    names.sort();
    let mut off: Vec<String> = Vec::new();
    for name in names {
        let place = Place::file(format!("{PARTS}/{name}"));
        match entries(&parts.join(&name)) {
            Ok(entries) if is_on(&entries) => {
                notes.drop(place, "this part is on, and Nestor serves DHCP alone: leave it to the Smart Proxy");
            }
            Ok(_) => off.push(quoted(&name)),
            Err(fault) => notes.drop(place, format!("not about DHCP with Kea, and not read: {fault}")),
        }
    }
    if !off.is_empty() {
        notes
            .drop(Place::file(PARTS), format!("not about DHCP with Kea, and not on by themselves: {}", off.join(", ")));
    }
}

fn is_on(entries: &[Entry]) -> bool {
    let enabled = entries.iter().rfind(|entry| entry.key == "enabled").map(|entry| &entry.value);
    enabled.is_some_and(|value| value.truth() == Some(true) || matches!(value.text(), Some("http" | "https")))
}

fn entries(path: &Path) -> Result<Vec<Entry>, Fault> {
    let text = text(path).map_err(|why| Fault::new(format!("{} cannot be read: {why}", path.display())))?;
    yaml::parse(&text).map_err(|wrong| {
        Fault::new(format!("{} is wrong at line {}: {}", path.display(), wrong.line, quoted(&wrong.why)))
    })
}

/// The text of a regular file of a bearable size: a pipe would have us wait, and a device would not end.
fn text(path: &Path) -> Result<String, String> {
    let is_file = path.metadata().map_err(|error| error.to_string())?.is_file();
    if !is_file {
        return Err("it is not a file".to_owned());
    }
    let file = File::open(path).map_err(|error| error.to_string())?;
    let mut octets = Vec::new();
    let most = u64::try_from(yaml::LARGEST).unwrap_or(u64::MAX).saturating_add(1);
    file.take(most).read_to_end(&mut octets).map_err(|error| error.to_string())?;
    if octets.len() > yaml::LARGEST {
        return Err(format!("it is larger than {} KiB", yaml::LARGEST / 1024));
    }
    String::from_utf8(octets).map_err(|_| "it is not text in UTF-8".to_owned())
}

/// Why a file cannot be opened, if it cannot.
pub(super) fn unreadable(path: &Path) -> Option<String> {
    File::open(path).err().map(|error| error.to_string())
}
