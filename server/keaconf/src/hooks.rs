//! The hook libraries of Kea: since when each is free, and where each system has it.

use std::sync::OnceLock;

use model::Family;

use crate::{Document, Value};

/// A hook library.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct HookLibrary {
    /// Its name in Kea's manual: `host_cmds`.
    pub name: &'static str,
    /// Its file: `libdhcp_host_cmds.so`.
    pub file: &'static str,
    /// The first stable version of Kea that has it for everybody; none: it is sold by ISC alone.
    pub free_since: Option<&'static str>,
    /// What it does, in a few words.
    pub description: &'static str,
    /// The packages, in the order of [`SYSTEMS`]; empty: the system has none.
    packages: [&'static str; 5],
    /// The families that it is for: `4`, `6` or `46`.
    families: &'static str,
}

/// Systems, and the folder that Kea looks for hooks in.
const SYSTEMS: [(&str, &str); 5] = [
    ("Debian, Ubuntu", "/usr/lib/<architecture>-linux-gnu/kea/hooks"),
    ("packages of ISC", "the folder of the system"),
    ("Fedora, RHEL and the like", "/usr/lib64/kea/hooks"),
    ("Alpine", "/usr/lib/kea/hooks"),
    ("FreeBSD", "/usr/local/lib/kea/hooks"),
];

impl HookLibrary {
    /// All that are known.
    pub fn all() -> &'static [Self] {
        static ALL: OnceLock<Vec<HookLibrary>> = OnceLock::new();
        ALL.get_or_init(|| {
            let lines = include_str!("../tables/hooks.txt").lines().filter(|line| !line.starts_with('#'));
            lines.filter_map(Self::of_line).collect()
        })
    }

    /// A library by its name, or by its file with or without a folder.
    pub fn find(name: &str) -> Option<&'static Self> {
        let name = name.rsplit('/').next().unwrap_or(name);
        Self::all().iter().find(|library| library.name == name || library.file == name)
    }

    /// Whether it is for this family.
    pub fn serves(&self, family: Family) -> bool {
        self.families.contains(if family == Family::V4 { '4' } else { '6' })
    }

    /// Where it is to be had: a line for each system.
    pub fn sources(&self) -> Vec<String> {
        let line = |((system, folder), package): (&(&str, &str), &&str)| {
            (!package.is_empty()).then(|| format!("{system}: package {package}, file {} in {folder}", self.file))
        };
        SYSTEMS.iter().zip(&self.packages).filter_map(line).collect()
    }

    fn of_line(line: &'static str) -> Option<Self> {
        let fields: Vec<&'static str> = line.split('|').map(str::trim).collect();
        let [name, file, families, free_since, debian, isc, fedora, alpine, freebsd, description] =
            fields.try_into().ok()?;
        let free_since = Some(free_since).filter(|version| !version.is_empty());
        Some(Self { name, file, free_since, description, packages: [debian, isc, fedora, alpine, freebsd], families })
    }
}

impl Document {
    /// Whether a hook library of that name is loaded: `ha`.
    pub fn loads(&self, name: &str) -> bool {
        let hooks = self.root.get("hooks-libraries").and_then(Value::as_list).unwrap_or_default();
        let mut files = hooks.iter().filter_map(|hook| hook.as_map()?.text("library"));
        files.any(|file| HookLibrary::find(file).is_some_and(|library| library.name == name))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_line_is_understood_and_says_where_the_library_is() {
        let lines = include_str!("../tables/hooks.txt").lines().filter(|line| !line.starts_with('#'));
        assert_eq!(lines.count(), HookLibrary::all().len());
        let hook = HookLibrary::find("/usr/lib/kea/hooks/libdhcp_host_cmds.so").expect("it is known");
        assert_eq!((hook.name, hook.free_since), ("host_cmds", Some("3.0")));
        let sources = hook.sources();
        assert!(sources.len() == 5 && sources[0].contains("kea-common"), "{sources:?}");
        assert_eq!(HookLibrary::find("rbac").expect("it is known").free_since, None);
    }
}
