//! What is to be made the same in several subnets, as edits whose paths begin in a subnet.

use model::{ConfigEdit, ConfigParameter, DefinedOption, Family, OptionKind, STANDARD_OPTIONS, SubnetSettings};

use crate::pages::configuring::edits::Typed;
use crate::pages::configuring::options::{Editor, SET, Wanted, edit, meant};
use crate::pages::configuring::typed::{json, quoted};

/// What is done with the subnets.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(super) enum Deed {
    #[default]
    SetOption,
    ClearOption,
    SetParameter,
    ClearParameter,
    AddClass,
}

impl Deed {
    /// Each, with its name in forms and what people read.
    pub(super) const ALL: [(Self, &'static str, &'static str); 5] = [
        (Self::SetOption, "set-option", "Set an option"),
        (Self::ClearOption, "clear-option", "Clear an option"),
        (Self::SetParameter, "set-parameter", "Set a parameter"),
        (Self::ClearParameter, "clear-parameter", "Clear a parameter"),
        (Self::AddClass, "add-class", "Allow a client class"),
    ];

    pub(super) fn named(name: &str) -> Self {
        Self::ALL.iter().find(|(_, known, _)| *known == name).map(|(deed, ..)| *deed).unwrap_or_default()
    }

    /// Its name in forms.
    pub(super) fn name(self) -> &'static str {
        Self::ALL.iter().find(|(deed, ..)| *deed == self).map_or("", |(_, name, _)| *name)
    }

    pub(super) fn is_of_option(self) -> bool {
        matches!(self, Self::SetOption | Self::ClearOption)
    }

    pub(super) fn is_of_parameter(self) -> bool {
        matches!(self, Self::SetParameter | Self::ClearParameter)
    }

    /// What people read of it, with what is typed.
    pub(super) fn said(self, which: &str, value: &str) -> String {
        let label = Self::ALL.iter().find(|(deed, ..)| *deed == self).map(|(.., label)| *label).unwrap_or_default();
        let parts = [label, which.trim(), if self.takes_value() { value.trim() } else { "" }];
        parts.into_iter().filter(|part| !part.is_empty()).collect::<Vec<_>>().join(" · ")
    }

    /// Whether a value goes with it.
    pub(super) fn takes_value(self) -> bool {
        !matches!(self, Self::ClearOption | Self::ClearParameter)
    }
}

/// A parameter that subnets can have alike, by its path from there.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Shared {
    pub(super) path: String,
    pub(super) parameter: ConfigParameter,
}

/// The parameters that subnets can have alike, as one of them has them.
pub(super) fn shared(settings: SubnetSettings) -> Vec<Shared> {
    let above = format!("{}.", settings.path);
    let all = settings.groups.into_iter().flat_map(|group| group.parameters);
    let of = |parameter: ConfigParameter| {
        let path = parameter.path.strip_prefix(&above)?.to_owned();
        let own = ["id", "subnet", "client-class"].contains(&path.as_str());
        (!own).then_some(Shared { path, parameter })
    };
    all.filter_map(of).collect()
}

/// The options of IPv4 to choose from: code, and how lists show it.
pub(super) fn offered() -> Vec<(u16, String)> {
    let listed = STANDARD_OPTIONS.iter().filter(|option| option.kind != OptionKind::Parts);
    listed.map(|option| (option.code, format!("{} ({})", option.name, option.code))).collect()
}

/// The edit of an option.
pub(super) fn of_option(deed: Deed, which: &str, family: Family, defined: &[DefinedOption], value: &str) -> Typed {
    let setting = meant(which, family, defined).ok_or_else(|| "Choose an option, or type its code.".to_owned())?;
    let datum = setting.effective().cloned().unwrap_or_default();
    if deed == Deed::ClearOption {
        let element = format!("option-data[space={},code={}]", datum.space(), datum.code);
        return Ok(vec![ConfigEdit::remove(element)]);
    }
    let editor = Editor::of(&datum, defined);
    let text = if editor == Editor::Nothing { SET } else { value };
    let wanted = Wanted { text, ..Wanted::default() };
    edit(&setting, editor, wanted, "option-data").unwrap_or_else(|| Err("Type a value.".to_owned()))
}

/// The edit of a parameter.
pub(super) fn of_parameter(deed: Deed, chosen: Option<&Shared>, value: &str) -> Typed {
    let Shared { path, parameter } = chosen.ok_or_else(|| "Choose a parameter.".to_owned())?;
    if deed == Deed::ClearParameter {
        return Ok(vec![ConfigEdit::unset(path)]);
    }
    if value.trim().is_empty() {
        return Err("Type a value.".to_owned());
    }
    json(parameter, value).map(|value| vec![ConfigEdit::set(path, value)])
}

/// The edit that lets the members of a class in, beside those of other classes.
pub(super) fn of_class(name: &str) -> Typed {
    match name.trim() {
        "" => Err("Type the name of a class.".to_owned()),
        name => Ok(vec![ConfigEdit::add("client-classes", quoted(name))]),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_typed_becomes_an_edit_of_a_subnet() {
        let set = of_option(Deed::SetOption, "6", Family::V4, &[], "192.0.2.53");
        let added = ConfigEdit::add("option-data", r#"{"code":6,"data":"192.0.2.53"}"#);
        assert!(set.as_ref().is_ok_and(|edits| edits.len() == 1), "{set:?}");
        assert_eq!(set.unwrap()[0].path, added.path);
        let own = DefinedOption {
            space: Some("mine".to_owned()),
            code: 1,
            name: "part".to_owned(),
            ..DefinedOption::default()
        };
        let of_own = of_option(Deed::ClearOption, "part (mine 1)", Family::V4, &[own], "").unwrap();
        assert_eq!(of_own, [ConfigEdit::remove("option-data[space=mine,code=1]")]);
        let cleared = of_option(Deed::ClearOption, "23", Family::V6, &[], "").unwrap();
        assert_eq!(cleared, [ConfigEdit::remove("option-data[space=dhcp6,code=23]")]);
        let (name, kind) = ("flag".to_owned(), "empty".to_owned());
        let flag = DefinedOption { code: 240, name, kind, ..DefinedOption::default() };
        let of_flag = of_option(Deed::SetOption, "flag", Family::V4, &[flag], "").unwrap();
        assert_eq!(of_flag, [ConfigEdit::add("option-data", r#"{"code":240,"data":""}"#)], "it has no value");
        assert_eq!(Deed::SetParameter.said("valid-lifetime", " 1 d "), "Set a parameter · valid-lifetime · 1 d");
        assert_eq!(Deed::ClearOption.said("routers (3)", "x"), "Clear an option · routers (3)");
        assert_eq!(of_class(" phones "), Ok(vec![ConfigEdit::add("client-classes", "\"phones\"")]));
        for faulty in [
            of_option(Deed::SetOption, "6", Family::V4, &[], "gateway"),
            of_option(Deed::SetOption, "6", Family::V4, &[], " "),
            of_option(Deed::SetOption, "", Family::V4, &[], "x"),
            of_parameter(Deed::SetParameter, None, "1"),
            of_class(""),
        ] {
            assert!(faulty.is_err(), "{faulty:?}");
        }
    }
}
