//! On which page a part is edited, and findings that lead there. Pure.

use keaconf::{Daemon, Kind, Path, Step, Table, Words};
use model::{ConfigFinding, ConfigForm, ConfigPlace, FindingLevel};

/// A part as pages name it, with the way to its form.
pub(super) fn place(words: &Words<'_>, path: &Path) -> ConfigPlace {
    ConfigPlace { path: path.to_string(), label: words.name(path), form: form_of(words.daemon(), path) }
}

/// A finding that nothing mends by itself.
pub(super) fn finding(
    words: &Words<'_>,
    rule: &str,
    level: FindingLevel,
    path: &Path,
    text: impl Into<String>,
) -> ConfigFinding {
    let ConfigPlace { path, label, form } = place(words, path);
    ConfigFinding {
        rule: rule.to_owned(),
        level,
        path,
        label,
        text: text.into(),
        mend: Vec::new(),
        mend_at: None,
        form,
    }
}

/// The page on which a part is edited; none: it has no form, and is edited as JSON.
pub(super) fn form_of(daemon: Daemon, path: &Path) -> Option<ConfigForm> {
    let steps = path.steps();
    let mut owner = None;
    let mut inside = 0;
    for (at, pair) in steps.windows(2).enumerate() {
        let [Step::Member(list), element] = pair else { continue };
        let end = at + 2;
        let found = list.as_str().and_then(|list| of_element(owner.as_ref(), list, element, &upto(path, end)));
        if let Some(found) = found {
            (owner, inside) = (Some(found), end);
        }
    }
    let rest = &steps[inside..];
    let first = rest.first().and_then(member);
    let options = rest.iter().position(|step| member(step) == Some("option-data")).map(|at| upto(path, inside + at));
    Some(match (owner, options) {
        // A pool has options of its own; those of a subnet are among its settings.
        (Some(ConfigForm::Subnet(_)), Some(of)) if of.steps().len() > inside => ConfigForm::Options(of.to_string()),
        (Some(form @ (ConfigForm::Subnet(_) | ConfigForm::Addresses { .. })), _) => form,
        (_, Some(of)) => ConfigForm::Options(of.to_string()),
        (Some(form), None) if matches!(first, None | Some("name" | "test" | "template-test" | "option-def")) => form,
        (Some(_), None) => ConfigForm::Parameters(upto(path, inside).to_string()),
        (None, None) => of_server(daemon, rest)?,
    })
}

/// The form of an element of a list, within what `owner` is the form of.
fn of_element(owner: Option<&ConfigForm>, list: &str, element: &Step, path: &Path) -> Option<ConfigForm> {
    let Step::Element(keys) = element else { return None };
    let subnet = match owner {
        Some(ConfigForm::Subnet(id)) => Some(*id),
        _ => None,
    };
    match list {
        "subnet4" | "subnet6" => {
            let id = keys.iter().find(|(name, _)| name == "id")?.1.as_str()?.parse().ok()?;
            Some(ConfigForm::Subnet(id))
        }
        "reservations" if owner.is_none() || subnet.is_some() => {
            let text = keys.first()?.1.as_str()?.to_owned();
            Some(ConfigForm::Addresses { subnet: subnet.unwrap_or_default(), text })
        }
        "shared-networks" if owner.is_none() => Some(ConfigForm::SharedNetwork(path.to_string())),
        "client-classes" if path.steps().len() == 2 => Some(ConfigForm::Class(path.to_string())),
        _ => None,
    }
}

/// The form of a part of the server as a whole.
fn of_server(daemon: Daemon, steps: &[Step]) -> Option<ConfigForm> {
    let name = steps.first().and_then(member)?;
    match name {
        "option-def" => return Some(ConfigForm::Definitions),
        "hooks-libraries" => return Some(ConfigForm::Hooks),
        "loggers" => return Some(ConfigForm::Loggers),
        "dhcp-ddns" => return Some(ConfigForm::Ddns),
        _ => {}
    }
    let level = Table::of(daemon).level("global")?;
    let is_row = match &level.parameter(name)?.kind {
        Kind::List(each) => !matches!(**each, Kind::Map(_)),
        Kind::Map(below) => below.is_some() && steps.len() <= 2,
        _ => true,
    };
    (is_row && steps.iter().take(2).all(|step| !matches!(step, Step::At(_))))
        .then(|| ConfigForm::Parameters(String::new()))
}

fn member(step: &Step) -> Option<&str> {
    if let Step::Member(name) = step { name.as_str() } else { None }
}

fn upto(path: &Path, end: usize) -> Path {
    Path::from(path.steps()[..end].to_vec())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(path: &str) -> Option<ConfigForm> {
        form_of(Daemon::Dhcp4, &path.parse().unwrap())
    }

    #[test]
    fn what_is_in_a_subnet_is_edited_among_its_settings() {
        let west = "shared-networks[name=west]";
        for path in ["subnet4[id=7]", "subnet4[id=7].pools[pool=192.0.2.1-192.0.2.9].client-classes[value=a]"] {
            assert_eq!(of(path), Some(ConfigForm::Subnet(7)), "{path}");
            assert_eq!(of(&format!("{west}.{path}")), Some(ConfigForm::Subnet(7)), "{west}.{path}");
        }
        assert_eq!(of("subnet4[id=7].option-data[space=dhcp4,code=6].data"), Some(ConfigForm::Subnet(7)));
        let pool = "subnet4[id=7].pools[pool=192.0.2.1-192.0.2.9]";
        assert_eq!(of(&format!("{pool}.option-data[space=dhcp4,code=6]")), Some(ConfigForm::Options(pool.to_owned())));
        let reserved = |subnet| Some(ConfigForm::Addresses { subnet, text: "02:00:00:00:00:01".to_owned() });
        assert_eq!(of("subnet4[id=7].reservations[hw-address=02:00:00:00:00:01].option-data"), reserved(7));
        assert_eq!(of("reservations[hw-address=02:00:00:00:00:01]"), reserved(0));
        assert_eq!(of("subnet4[subnet=192.0.2.0/24]"), None, "without a number there is no page of it");
    }

    #[test]
    fn other_parts_lead_to_the_page_that_has_them() {
        let network = "shared-networks[name=west]";
        assert_eq!(of(network), Some(ConfigForm::SharedNetwork(network.to_owned())));
        assert_eq!(of(&format!("{network}.valid-lifetime")), Some(ConfigForm::Parameters(network.to_owned())));
        let class = "client-classes[name=phones]";
        assert_eq!(of(&format!("{class}.test")), Some(ConfigForm::Class(class.to_owned())));
        assert_eq!(
            of(&format!("{class}.option-data[space=dhcp4,code=6]")),
            Some(ConfigForm::Options(class.to_owned()))
        );
        assert_eq!(of(&format!("{class}.next-server")), Some(ConfigForm::Parameters(class.to_owned())));
        assert_eq!(of("option-data[space=dhcp4,code=6]"), Some(ConfigForm::Options(String::new())));
        assert_eq!(of("hooks-libraries[library=libdhcp_ha.so].parameters"), Some(ConfigForm::Hooks));
        assert_eq!(of("valid-lifetime"), Some(ConfigForm::Parameters(String::new())));
        assert_eq!(of("interfaces-config.interfaces"), Some(ConfigForm::Parameters(String::new())));
        for json in ["control-sockets[0].socket-name", "", "not-known"] {
            assert_eq!(of(json), None, "{json}");
        }
    }
}
