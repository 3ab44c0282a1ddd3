//! What Nestor does on a server by which command, and which hook library brings that command.

use model::Family;

/// Something that Nestor does on servers.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Ability {
    /// What: “see reservations”.
    pub what: &'static str,
    /// The command of Kea that it takes.
    pub command: String,
    /// The hook library that brings the command, by its name; none: every server has it.
    pub hook: Option<&'static str>,
}

impl Ability {
    /// All of a family.
    pub fn all(family: Family) -> Vec<Self> {
        let lines = include_str!("../tables/abilities.txt").lines().filter(|line| !line.starts_with('#'));
        lines.filter_map(|line| Self::of_line(line, family)).collect()
    }

    fn of_line(line: &'static str, family: Family) -> Option<Self> {
        let fields: Vec<&'static str> = line.split('|').map(str::trim).collect();
        let [what, command, hook] = fields.try_into().ok()?;
        let number = if family == Family::V4 { "4" } else { "6" };
        Some(Self { what, command: command.replace('#', number), hook: Some(hook).filter(|hook| !hook.is_empty()) })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::HookLibrary;

    #[test]
    fn every_line_is_understood_and_names_a_library_that_is_known() {
        let lines = include_str!("../tables/abilities.txt").lines().filter(|line| !line.starts_with('#'));
        let all = Ability::all(Family::V6);
        assert_eq!(lines.count(), all.len());
        assert!(all.iter().all(|one| one.hook.is_none_or(|hook| HookLibrary::find(hook).is_some())));
        assert!(all.iter().any(|one| one.command == "lease6-del" && one.hook == Some("lease_cmds")));
    }
}
