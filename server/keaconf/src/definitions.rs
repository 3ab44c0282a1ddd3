//! Definitions of options that a configuration has of its own: what is wrong with one, what uses it, and how what uses it
//! follows when it gets another code, name or space.

use std::collections::HashSet;

use model::Expression;

use crate::table::options::{self, DataType};
use crate::{Daemon, Document, Edit, Map, Op, Path, Value};

/// The options that Kea lets a class define for its clients.
const OF_CLASSES: std::ops::RangeInclusive<i64> = 224..=254;

/// The option whose definition of Kea's own may be replaced.
const VENDOR_OPTIONS: i64 = 43;

/// A definition of an option, as it is written.
#[derive(Clone, Debug)]
pub struct OwnDefinition<'a> {
    /// Its path.
    pub path: Path,
    /// The class that it is of; none: it is of the whole server.
    pub class: Option<Path>,
    /// What it says.
    pub map: &'a Map,
    /// The space of the option.
    pub space: &'a str,
    /// Its code; none: there is none that is a number.
    pub code: Option<i64>,
    /// Its name.
    pub name: &'a str,
}

impl OwnDefinition<'_> {
    /// Whether an option of an `option-data` goes by it, as far as the option says itself.
    fn is_of(&self, own_space: &str, option: &Map) -> bool {
        option.text("space").unwrap_or(own_space) == self.space
            && match option.get("code").and_then(Value::as_i64) {
                Some(code) => self.code == Some(code),
                None => option.text("name") == Some(self.name),
            }
    }
}

/// What is wrong with a definition: the member that it is wrong with, and a sentence.
pub type DefinitionFault = (&'static str, String);

/// A place where an option is used.
#[derive(Clone, Debug)]
pub(crate) enum OptionUse<'a> {
    /// It has a value there.
    Value {
        path: Path,
        /// The map whose `option-data` it is of.
        around: &'a Map,
        option: &'a Map,
    },
    /// An expression asks for it by its name.
    Name { path: Path, name: String, text: &'a str, range: std::ops::Range<usize> },
}

impl OptionUse<'_> {
    pub(crate) fn path(&self) -> &Path {
        match self {
            Self::Value { path, .. } | Self::Name { path, .. } => path,
        }
    }
}

/// All uses of options in a document, looked for once.
pub struct OptionUses<'a> {
    own_space: &'static str,
    all: Vec<OptionUse<'a>>,
}

impl<'a> OptionUses<'a> {
    /// The parts that use a definition: values of its option, and expressions that have it by name. Each once.
    pub fn paths(&self, definition: &OwnDefinition<'_>) -> Vec<Path> {
        let mut seen = HashSet::new();
        let paths = self.of(definition).map(|used| used.path().clone());
        paths.filter(|path| seen.insert(path.clone())).collect()
    }

    pub(crate) fn of(&self, definition: &OwnDefinition<'_>) -> impl Iterator<Item = &OptionUse<'a>> {
        self.all.iter().filter(move |used| match used {
            OptionUse::Value { path, around, option } => {
                definition.is_of(self.own_space, option) && self.holds_for(definition, path, around, option)
            }
            // Expressions know the options of the daemon alone, and those of the whole server.
            OptionUse::Name { name, .. } => {
                definition.class.is_none() && definition.space == self.own_space && name == definition.name
            }
        })
    }

    /// Whether it is this definition that an option goes by: one of its own class comes before that of the whole server.
    fn holds_for(&self, definition: &OwnDefinition<'_>, path: &Path, around: &Map, option: &Map) -> bool {
        match &definition.class {
            Some(class) => path.starts_with(class),
            None => path.steps().len() <= 2 || !self.has_own(around, option),
        }
    }

    /// Whether the map of an option defines it itself.
    fn has_own(&self, around: &Map, option: &Map) -> bool {
        let list = around.get("option-def").and_then(Value::as_list).unwrap_or_default();
        let own = list.iter().filter_map(Value::as_map);
        own.map(|map| of_map(Path::root(), None, self.own_space, map)).any(|own| own.is_of(self.own_space, option))
    }
}

fn of_map<'a>(path: Path, class: Option<Path>, own_space: &'a str, map: &'a Map) -> OwnDefinition<'a> {
    let space = map.text("space").unwrap_or(own_space);
    let (code, name) = (map.get("code").and_then(Value::as_i64), map.text("name").unwrap_or_default());
    OwnDefinition { path, class, map, space, code, name }
}

impl Document {
    /// The definitions of the whole server, and after them those of its classes.
    pub fn own_definitions(&self) -> Vec<OwnDefinition<'_>> {
        let own_space = self.daemon.option_space();
        let classes = self.elements(&Path::root(), &self.root, "client-classes").into_iter();
        let owners = std::iter::once((None, &self.root)).chain(classes.map(|(path, class)| (Some(path), class)));
        let all = owners.flat_map(|(class, map)| {
            let above = class.clone().unwrap_or_else(Path::root);
            let each = self.elements(&above, map, "option-def").into_iter();
            each.map(move |(path, map)| of_map(path, class.clone(), own_space, map))
        });
        all.collect()
    }

    /// Every use of an option.
    pub fn option_uses(&self) -> OptionUses<'_> {
        let values = self.options().into_iter();
        let mut all: Vec<_> = values.map(|(path, around, option)| OptionUse::Value { path, around, option }).collect();
        for written in self.expressions() {
            let read = Expression::parse(written.text, self.family(), written.kind).ok();
            all.extend(read.iter().flat_map(Expression::option_names).map(|name| OptionUse::Name {
                path: written.path.clone(),
                name: name.text.clone(),
                text: written.text,
                range: name.range.clone(),
            }));
        }
        OptionUses { own_space: self.daemon.option_space(), all }
    }

    /// What is wrong with a definition that is to take the place of one, or to be a further one of that class; none: of the
    /// whole server.
    pub fn definition_faults(
        &self,
        definition: &Map,
        replaced: Option<&Path>,
        class: Option<&Path>,
    ) -> Vec<DefinitionFault> {
        let own_space = self.daemon.option_space();
        let wanted = of_map(Path::root(), class.cloned(), own_space, definition);
        let others = self.own_definitions();
        let others = others.iter().filter(|other| other.class.as_ref() == class && Some(&other.path) != replaced);
        let mut faults = faults(self.daemon, &wanted);
        faults.extend(taken(&wanted, others));
        faults
    }

    /// The edits that put a definition in the place of the one at a path. What uses that follows: values get the code, name
    /// and space that it has now, expressions its name.
    pub fn redefinition(&self, path: &Path, to: &Map) -> Vec<Edit> {
        let set = Edit { path: path.clone(), op: Op::Set(Value::Map(to.clone())) };
        let definitions = self.own_definitions();
        let Some(old) = definitions.iter().find(|definition| definition.path == *path) else { return vec![set] };
        let new = of_map(path.clone(), old.class.clone(), self.daemon.option_space(), to);
        let uses = self.option_uses();
        let mut edits = Vec::new();
        // Names of one expression stand in it in their order: the last is replaced first.
        let mut texts: Vec<(Path, String)> = Vec::new();
        for used in uses.of(old).collect::<Vec<_>>().into_iter().rev() {
            match used {
                OptionUse::Value { path, option, .. } => edits.extend(followed(path, option, old, &new)),
                OptionUse::Name { path, text, range, .. } => {
                    if texts.last().is_none_or(|(known, _)| known != path) {
                        texts.push((path.clone(), (*text).to_owned()));
                    }
                    if let Some((_, text)) = texts.last_mut() {
                        text.replace_range(range.clone(), new.name);
                    }
                }
            }
        }
        edits.reverse();
        if old.name != new.name && new.space == self.daemon.option_space() {
            let renamed = texts.into_iter().rev();
            edits.extend(renamed.map(|(path, text)| Edit { path, op: Op::Set(Value::Text(text.into())) }));
        }
        edits.push(set);
        edits
    }
}

/// The option with the code, name and space of another definition; none: it says the same of both.
fn followed(path: &Path, option: &Map, old: &OwnDefinition<'_>, new: &OwnDefinition<'_>) -> Option<Edit> {
    let mut map = option.clone();
    if let Some(code) = new.code.filter(|_| option.has("code")) {
        map.set("code", code.into());
    }
    if option.has("name") {
        map.set("name", new.name.into());
    }
    if old.space != new.space {
        map.set("space", new.space.into());
    }
    (map != *option).then(|| Edit { path: path.clone(), op: Op::Set(Value::Map(map)) })
}

/// What is wrong with a definition by itself.
pub(crate) fn faults(daemon: Daemon, definition: &OwnDefinition<'_>) -> Vec<DefinitionFault> {
    let OwnDefinition { map, space, .. } = definition;
    let space_fault = if space.is_empty() {
        Some("The space of a definition is empty.".to_owned())
    } else {
        (!is_name(space)).then(|| no_name(space))
    };
    let code = code_fault(daemon, definition);
    let faults = [
        space_fault.map(|text| ("space", text)),
        code.map(|text| ("code", text)),
        name_fault(daemon, definition).map(|text| ("name", text)),
        types_fault(map),
        inside_fault(space, map),
    ];
    faults.into_iter().flatten().collect()
}

/// What others of the same list have already.
pub(crate) fn taken<'a>(
    definition: &OwnDefinition<'_>,
    mut others: impl Iterator<Item = &'a OwnDefinition<'a>> + Clone,
) -> Option<DefinitionFault> {
    let space = definition.space;
    let code = definition.code.and_then(|code| {
        let other = others.clone().find(|other| other.space == space && other.code == Some(code))?;
        Some(("code", format!("The code {code} of the space {space} is that of the definition “{}”.", other.name)))
    });
    code.or_else(|| {
        let name = definition.map.text("name")?;
        let other = others.find(|other| other.space == space && other.map.text("name") == Some(name))?;
        let code = other.code.map(|code| code.to_string()).unwrap_or_default();
        Some(("name", format!("The name {name} of the space {space} is that of the definition with the code {code}.")))
    })
}

/// Whether Kea takes a text as the name of an option or a space.
fn is_name(text: &str) -> bool {
    let is_plain = text.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-' || byte == b'_');
    is_plain && !text.is_empty() && !text.starts_with(['-', '_']) && !text.ends_with(['-', '_'])
}

fn no_name(text: &str) -> String {
    format!("“{text}” is no name: use letters and digits, with - and _ between them.")
}

fn code_fault(daemon: Daemon, definition: &OwnDefinition<'_>) -> Option<String> {
    let (code, space) = (definition.code?, definition.space);
    let most = if daemon == Daemon::Dhcp6 { 65_535 } else { 255 };
    if !(0..=most).contains(&code) {
        return Some(format!("Codes end at {most}, and this one is {code}."));
    }
    let is_main = space == daemon.option_space();
    if is_main && (code == 0 || (code == 255 && daemon == Daemon::Dhcp4)) {
        return Some(format!("The code {code} is no option's: it has a meaning of its own."));
    }
    if definition.class.is_some() && !(is_main && (OF_CLASSES.contains(&code) || code == VENDOR_OPTIONS)) {
        return Some(format!(
            "A class defines option 43 and options 224 to 254 of the space {}, no other.",
            daemon.option_space()
        ));
    }
    // Those of a vendor may be defined anew, and so may option 43.
    let is_free = space.starts_with("vendor-") || (is_main && code == VENDOR_OPTIONS);
    let name = options::name(daemon, space, code).filter(|_| !is_free)?;
    Some(format!("The code {code} is Kea's own option {name}."))
}

fn name_fault(daemon: Daemon, definition: &OwnDefinition<'_>) -> Option<String> {
    let (name, space) = (definition.map.text("name")?, definition.space);
    if !is_name(name) {
        return Some(no_name(name));
    }
    let others = options::code(daemon, space, name).filter(|_| !space.starts_with("vendor-"))?;
    (Some(others) != definition.code).then(|| format!("The name {name} is that of Kea's own option {others}."))
}

/// What is wrong with what its value is made of.
fn types_fault(definition: &Map) -> Option<DefinitionFault> {
    let kind = definition.text("type")?;
    let fields = definition.text("record-types").filter(|types| !types.trim().is_empty());
    let repeats = definition.get("array").and_then(Value::as_bool) == Some(true);
    let unknown = |member, word: &str| Some((member, format!("“{word}” is no type of an option.")));
    if kind != "record" {
        let Some(read) = DataType::of(kind).filter(|read| *read != DataType::Tuple { long: true }) else {
            return unknown("type", kind);
        };
        if fields.is_some() {
            return Some(("record-types", "“record-types” belong to the type record alone.".to_owned()));
        }
        let single = matches!(read, DataType::Empty | DataType::Binary | DataType::Text | DataType::Internal);
        return (repeats && single).then(|| ("array", format!("There is no list of the type {kind}.")));
    }
    let words: Vec<&str> = fields.map(|types| types.split(',').map(str::trim).collect()).unwrap_or_default();
    if words.len() < 2 {
        return Some(("record-types", "A record needs two fields or more, in “record-types”.".to_owned()));
    }
    for (at, word) in words.iter().enumerate() {
        let no_field =
            |read: &DataType| matches!(read, DataType::Empty | DataType::Internal | DataType::Tuple { long: true });
        let Some(read) = DataType::of(word).filter(|read| !no_field(read)) else {
            return unknown("record-types", word);
        };
        let open = matches!(read, DataType::Binary | DataType::Text);
        if open && at + 1 < words.len() {
            let text = format!("A field of the type {word} has no end, so that none can come after it.");
            return Some(("record-types", text));
        }
        if open && repeats {
            return Some(("array", format!("There is no list of the type {word}.")));
        }
    }
    None
}

/// What is wrong with the options inside of it.
fn inside_fault(space: &str, definition: &Map) -> Option<DefinitionFault> {
    let inside = definition.text("encapsulate").filter(|inside| !inside.is_empty())?;
    let repeats = definition.get("array").and_then(Value::as_bool) == Some(true);
    let text = if inside == space {
        format!("The option is of the space {space}, and cannot hold the options of that.")
    } else if !is_name(inside) {
        no_name(inside)
    } else if repeats {
        "A list has no room for other options: leave out “array” or “encapsulate”.".to_owned()
    } else {
        return None;
    };
    Some(("encapsulate", text))
}
