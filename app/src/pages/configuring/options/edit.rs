//! What is typed of an option, as edits.

use model::{ConfigEdit, DefinedOption, Family, OptionDatum, OptionKind, OptionSetting, StandardOption};

use super::super::class_choice::names;
use super::super::edits::Typed;
use super::super::typed::quoted;

/// What stands for the value of an option that has none, where it is set.
pub(in super::super) const SET: &str = "set";

/// What is typed of an option.
#[derive(Clone, Copy, Default)]
pub(in super::super) struct Wanted<'a> {
    /// Its value; empty: it is not set on the part itself.
    pub(in super::super) text: &'a str,
    /// Whether clients get it that do not ask for it.
    pub(in super::super) always: bool,
    /// Whether no client gets it, whatever holds elsewhere. It may then be without a value.
    pub(in super::super) never: bool,
    /// The classes that it is for alone, with commas between; empty: it is for every client.
    pub(in super::super) classes: &'a str,
}

/// How the value of an option is typed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in super::super) enum Editor {
    /// As the catalogue of forms has it.
    Standard(&'static StandardOption),
    /// As its definition says what it is made of.
    Defined(OptionKind),
    /// Not at all: it has no value, and is only there or not.
    Nothing,
    /// As the server takes it.
    Plain,
}

impl Editor {
    /// That of an option; `defined`: those that the server knows besides the catalogue.
    pub(in super::super) fn of(datum: &OptionDatum, defined: &[DefinedOption]) -> Self {
        // Option 43 goes part by part: each part is an option of its own here.
        match StandardOption::of(datum).filter(|option| option.kind != OptionKind::Parts) {
            Some(option) => Self::Standard(option),
            None => match DefinedOption::of(defined, datum) {
                Some(defined) if defined.has_no_value() => Self::Nothing,
                defined => defined.and_then(DefinedOption::value_kind).map_or(Self::Plain, Self::Defined),
            },
        }
    }

    /// The value of an option as people type it.
    pub(super) fn typed(self, datum: &OptionDatum) -> String {
        let typed = match self {
            Self::Standard(option) => option.typed(datum),
            Self::Defined(kind) => kind.typed(datum),
            Self::Nothing => Some(SET.to_owned()),
            Self::Plain => None,
        };
        typed.unwrap_or_else(|| datum.data.clone())
    }

    /// A value as people type it; empty: none is known.
    pub(super) fn example(self) -> &'static str {
        match self {
            Self::Standard(option) => option.example,
            Self::Defined(kind) => kind.example(),
            Self::Nothing | Self::Plain => "",
        }
    }
}

/// What is typed of an option, as edits.
pub(in super::super) fn edit(setting: &OptionSetting, editor: Editor, wanted: Wanted<'_>, list: &str) -> Option<Typed> {
    let Wanted { text, always, never, classes } = wanted;
    let (text, classes) = (text.trim(), names(classes));
    let own = setting.own.as_ref().zip(setting.path.as_ref());
    let stays = own.is_some_and(|(own, _)| own.data.is_empty() && !own.never) && editor != Editor::Nothing;
    if text.is_empty() && !never && !stays {
        return own.map(|(_, path)| Ok(vec![ConfigEdit::remove(path)]));
    }
    if let Some((own, _)) = own
        && (editor.typed(own) == text && (own.always, own.never) == (always, never) && own.client_classes == classes)
    {
        return None;
    }
    let datum = match written(setting, editor, wanted) {
        Ok(datum) => datum,
        Err(fault) => return Some(Err(fault)),
    };
    let Some((own, path)) = own else {
        return Some(Ok(vec![ConfigEdit::add(list, as_json(&datum))]));
    };
    let changed = [
        (own.data != datum.data).then(|| ("data", quoted(&datum.data))),
        (own.hex != datum.hex).then(|| ("csv-format", (!datum.hex).to_string())),
        (own.always != always).then(|| ("always-send", always.to_string())),
        (own.never != never).then(|| ("never-send", never.to_string())),
    ];
    let mut edits: Vec<_> = changed
        .into_iter()
        .flatten()
        .map(|(member, value)| ConfigEdit::set(format!("{path}.{member}"), value))
        .collect();
    if own.client_classes != datum.client_classes {
        let member = format!("{path}.client-classes");
        let none = datum.client_classes.is_empty();
        edits.push(if none { ConfigEdit::unset(member) } else { ConfigEdit::set(member, quoted_all(&datum)) });
    }
    (!edits.is_empty()).then_some(Ok(edits))
}

/// The option as it is typed, as Kea has it written; none: its value cannot be read.
pub(super) fn json(setting: &OptionSetting, editor: Editor, wanted: Wanted<'_>) -> Option<String> {
    written(setting, editor, wanted).ok().map(|datum| as_json(&datum))
}

/// The option with what is typed of it.
fn written(setting: &OptionSetting, editor: Editor, wanted: Wanted<'_>) -> Result<OptionDatum, String> {
    let Wanted { text, always, never, classes } = wanted;
    let datum = if never && text.trim().is_empty() {
        OptionDatum { data: String::new(), ..setting.effective().cloned().unwrap_or_default() }
    } else {
        valued(setting, editor, text.trim())?
    };
    Ok(OptionDatum { always, never, client_classes: names(classes), ..datum })
}

/// The option with what is typed as its value.
fn valued(setting: &OptionSetting, editor: Editor, text: &str) -> Result<OptionDatum, String> {
    let known = || setting.effective().cloned().unwrap_or_default();
    let (fault, datum) = match editor {
        Editor::Standard(option) => (option.fault(text), option.data(text, false).into_iter().next()),
        Editor::Defined(kind) => {
            (kind.typed_fault(text), Some(OptionDatum { data: kind.sent(text), hex: false, ..known() }))
        }
        Editor::Nothing => (None, Some(OptionDatum { data: String::new(), hex: false, ..known() })),
        Editor::Plain => (None, Some(OptionDatum { data: text.to_owned(), ..known() })),
    };
    let datum = datum.ok_or_else(|| "A value is missing.".to_owned())?;
    let judged = matches!(editor, Editor::Standard(_) | Editor::Nothing);
    let fault = fault.or_else(|| if judged { None } else { datum.fault() });
    fault.map_or(Ok(datum), |fault| Err(format!("{fault}.")))
}

/// An option as Kea has it written.
fn as_json(datum: &OptionDatum) -> String {
    let code = (datum.code > 0).then(|| format!("\"code\":{}", datum.code));
    let name = (datum.code == 0).then(|| format!("\"name\":{}", quoted(&datum.name)));
    let space = datum.space.as_ref().map(|space| format!("\"space\":{}", quoted(space)));
    let has_data = !datum.never || !datum.data.is_empty();
    let data = has_data.then(|| format!("\"data\":{}", quoted(&datum.data)));
    let hex = datum.hex.then(|| "\"csv-format\":false".to_owned());
    let always = datum.always.then(|| "\"always-send\":true".to_owned());
    let never = datum.never.then(|| "\"never-send\":true".to_owned());
    let classes = (!datum.client_classes.is_empty()).then(|| format!("\"client-classes\":{}", quoted_all(datum)));
    let members: Vec<String> = [code, name, space, data, hex, always, never, classes].into_iter().flatten().collect();
    format!("{{{}}}", members.join(","))
}

/// The classes of an option as JSON.
fn quoted_all(datum: &OptionDatum) -> String {
    let names = datum.client_classes.iter().map(|name| quoted(name));
    format!("[{}]", names.collect::<Vec<_>>().join(","))
}

/// The option that is meant by a name or a code, not set yet.
pub(in super::super) fn meant(text: &str, family: Family, defined: &[DefinedOption]) -> Option<OptionSetting> {
    if let Some(DefinedOption { space, code, name, .. }) = DefinedOption::meant(defined, text, family).cloned() {
        let datum = OptionDatum { code, name, space, ..OptionDatum::default() };
        return Some(new(datum));
    }
    let standard = StandardOption::meant(text).filter(|_| family == Family::V4);
    let most = if family == Family::V4 { 254 } else { 65_535 };
    let code = standard.map(|option| option.code).or_else(|| text.trim().parse().ok());
    let code = code.filter(|code| (1..=most).contains(code))?;
    let space = (family == Family::V6).then(|| family.option_space().to_owned());
    // Without a definition Kea takes octets alone.
    let hex = standard.is_none() && family == Family::V4;
    Some(new(OptionDatum { code, space, hex, ..OptionDatum::default() }))
}

fn new(datum: OptionDatum) -> OptionSetting {
    OptionSetting { path: None, own: None, inherited: Some(datum), from: "new".to_owned(), octets: None }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn setting(own: Option<&str>, inherited: Option<&str>) -> OptionSetting {
        let datum = |data: &str| OptionDatum { code: 6, data: data.to_owned(), ..OptionDatum::default() };
        let path = own.map(|_| "subnet4[id=1].option-data[space=dhcp4,code=6]".to_owned());
        OptionSetting { path, own: own.map(datum), inherited: inherited.map(datum), from: String::new(), octets: None }
    }

    fn servers() -> Editor {
        Editor::Standard(StandardOption::with_code(6).unwrap())
    }

    fn of(setting: &OptionSetting, text: &str, always: bool) -> Option<Typed> {
        let wanted = Wanted { text, always, ..Wanted::default() };
        edit(setting, servers(), wanted, "subnet4[id=1].option-data")
    }

    #[test]
    fn an_option_is_for_some_classes_alone_or_for_everybody() {
        let of = |setting: &OptionSetting, classes: &str| {
            let wanted = Wanted { text: "192.0.2.54", classes, ..Wanted::default() };
            edit(setting, servers(), wanted, "option-data").map(Result::unwrap)
        };
        let added =
            ConfigEdit::add("option-data", r#"{"code":6,"data":"192.0.2.54","client-classes":["a","b \"2\""]}"#);
        assert_eq!(of(&setting(None, None), "a, b \"2\""), Some(vec![added]));
        let mut own = setting(Some("192.0.2.54"), None);
        let member = format!("{}.client-classes", own.path.clone().unwrap());
        assert_eq!(of(&own, "a"), Some(vec![ConfigEdit::set(&member, r#"["a"]"#)]));
        own.own.as_mut().unwrap().client_classes = vec!["a".to_owned()];
        assert_eq!((of(&own, "a"), of(&own, "")), (None, Some(vec![ConfigEdit::unset(&member)])));
    }

    #[test]
    fn an_option_that_is_never_sent_needs_no_value() {
        let of = |setting: &OptionSetting, text: &str, never: bool| {
            let wanted = Wanted { text, never, ..Wanted::default() };
            edit(setting, servers(), wanted, "option-data").map(Result::unwrap)
        };
        let inherited = setting(None, Some("192.0.2.53"));
        let kept_back = ConfigEdit::add("option-data", r#"{"code":6,"never-send":true}"#);
        assert_eq!(of(&inherited, "", true), Some(vec![kept_back]));
        let mut own = setting(Some("192.0.2.53"), None);
        let path = own.path.clone().unwrap();
        let set = |to: &str| ConfigEdit::set(format!("{path}.never-send"), to);
        assert_eq!(of(&own, "192.0.2.53", true), Some(vec![set("true")]));
        own.own.as_mut().unwrap().never = true;
        assert_eq!((of(&own, "192.0.2.53", true), of(&own, "192.0.2.53", false)), (None, Some(vec![set("false")])));
        assert_eq!(of(&own, "", false), Some(vec![ConfigEdit::remove(&path)]));
        own.own.as_mut().unwrap().data = String::new();
        assert_eq!((of(&own, "", true), of(&own, "", false)), (None, Some(vec![ConfigEdit::remove(&path)])));
    }

    #[test]
    fn a_value_overrides_what_is_inherited_and_none_lets_it_hold() {
        let inherited = setting(None, Some("192.0.2.53"));
        assert_eq!(of(&inherited, "", false), None);
        let added = ConfigEdit::add("subnet4[id=1].option-data", r#"{"code":6,"data":"192.0.2.54"}"#);
        assert_eq!(of(&inherited, "192.0.2.54", false), Some(Ok(vec![added])));
        let own = setting(Some("192.0.2.54"), Some("192.0.2.53"));
        let path = own.path.clone().unwrap();
        assert_eq!(of(&own, "", false), Some(Ok(vec![ConfigEdit::remove(&path)])));
        assert_eq!(of(&own, "192.0.2.54", false), None);
        let changed = ConfigEdit::set(format!("{path}.data"), "\"192.0.2.55\"");
        assert_eq!(of(&own, "192.0.2.55", false), Some(Ok(vec![changed])));
        let always = ConfigEdit::set(format!("{path}.always-send"), "true");
        assert_eq!(of(&own, "192.0.2.54", true), Some(Ok(vec![always])));
        assert!(of(&own, "gateway", false).unwrap().is_err());
    }

    #[test]
    fn options_without_an_editor_are_written_as_they_are() {
        let new = meant("224", Family::V4, &[]).unwrap();
        let wanted = |text| Wanted { text, ..Wanted::default() };
        let edits = edit(&new, Editor::Plain, wanted("c0000201"), "option-data").unwrap().unwrap();
        assert_eq!(edits, [ConfigEdit::add("option-data", r#"{"code":224,"data":"c0000201","csv-format":false}"#)]);
        let v6 = meant("23", Family::V6, &[]).unwrap();
        let edits = edit(&v6, Editor::Plain, wanted("2001:db8::53"), "option-data").unwrap().unwrap();
        assert_eq!(edits, [ConfigEdit::add("option-data", r#"{"code":23,"space":"dhcp6","data":"2001:db8::53"}"#)]);
        assert!(meant("nonsense", Family::V4, &[]).is_none() && meant("300", Family::V4, &[]).is_none());
        assert_eq!(meant("routers (3)", Family::V4, &[]).unwrap().effective().unwrap().code, 3);
    }

    fn defined(space: Option<&str>, code: u16, name: &str, kind: &str, array: bool) -> DefinedOption {
        let (name, kind, space) = (name.to_owned(), kind.to_owned(), space.map(str::to_owned));
        DefinedOption { space, code, name, kind, array, ..DefinedOption::default() }
    }

    #[test]
    fn an_option_without_a_value_is_set_or_not() {
        let known = [defined(None, 240, "flag", "empty", false)];
        let of = |setting: &OptionSetting, text| {
            let editor = Editor::of(setting.effective().unwrap(), &known);
            edit(setting, editor, Wanted { text, ..Wanted::default() }, "option-data").map(Result::unwrap)
        };
        let new = meant("flag", Family::V4, &known).unwrap();
        let added = ConfigEdit::add("option-data", r#"{"code":240,"data":""}"#);
        assert_eq!((of(&new, SET), of(&new, "")), (Some(vec![added]), None));
        let mut own = setting(Some(""), None);
        own.own.as_mut().unwrap().code = 240;
        let removed = ConfigEdit::remove(own.path.clone().unwrap());
        assert_eq!((of(&own, SET), of(&own, "")), (None, Some(vec![removed])));
    }

    #[test]
    fn an_option_that_the_server_defines_is_meant_by_name_and_typed_as_its_kind() {
        let known = [
            defined(None, 234, "acme", "uint8", false),
            defined(Some("mine"), 1, "part", "uint8", false),
            defined(Some("dhcp6"), 23, "dns-servers", "ipv6-address", true),
            defined(Some("dhcp6"), 59, "bootfile-url", "string", false),
        ];
        let of = |option: &str, family: Family, text: &str| {
            let setting = meant(option, family, &known).unwrap();
            let editor = Editor::of(setting.effective().unwrap(), &known);
            edit(&setting, editor, Wanted { text, ..Wanted::default() }, "option-data").unwrap()
        };
        let add = |value: &str| Ok(vec![ConfigEdit::add("option-data", value)]);
        assert_eq!(of("acme", Family::V4, "7"), add(r#"{"code":234,"data":"7"}"#));
        assert_eq!(of("234", Family::V4, "7"), of("acme (234)", Family::V4, "7"));
        assert_eq!(of("part (mine 1)", Family::V4, "7"), add(r#"{"code":1,"space":"mine","data":"7"}"#));
        assert!(of("acme", Family::V4, "256").is_err());
        let servers = add(r#"{"code":23,"space":"dhcp6","data":"2001:db8::53, 2001:db8::54"}"#);
        assert_eq!(of("dns-servers", Family::V6, "2001:db8::53 2001:db8::54"), servers);
        assert!(of("23", Family::V6, "192.0.2.53").is_err());
        let file = add(r#"{"code":59,"space":"dhcp6","data":"tftp://[2001:db8::1]/a\\,b"}"#);
        assert_eq!(of("bootfile-url", Family::V6, "tftp://[2001:db8::1]/a,b"), file, "Kea ends a text at a comma");
    }

    #[test]
    fn octets_are_shown_as_what_they_mean_and_stay_until_something_else_is_typed() {
        let known = [defined(Some("dhcp6"), 23, "dns-servers", "ipv6-address", true)];
        let hex = OptionDatum { code: 23, hex: true, space: Some("dhcp6".to_owned()), ..OptionDatum::default() };
        let set = |data: &str| OptionSetting {
            path: Some("option-data[space=dhcp6,code=23]".to_owned()),
            own: Some(OptionDatum { data: data.to_owned(), ..hex.clone() }),
            inherited: None,
            from: String::new(),
            octets: None,
        };
        let editor = Editor::of(&hex, &known);
        let of = |setting: &OptionSetting, text: &str| {
            edit(setting, editor, Wanted { text, ..Wanted::default() }, "option-data")
        };
        let setting = set("20010DB8000000000000000000000053");
        assert_eq!(of(&setting, "2001:db8::53"), None);
        let path = setting.path.clone().unwrap();
        let changed = [
            ConfigEdit::set(format!("{path}.data"), "\"2001:db8::54\""),
            ConfigEdit::set(format!("{path}.csv-format"), "true"),
        ];
        assert_eq!(of(&setting, "2001:db8::54"), Some(Ok(changed.to_vec())));
        let odd = set("2001");
        assert_eq!((editor.typed(odd.own.as_ref().unwrap()).as_str(), of(&odd, "2001")), ("2001", None));
    }
}
