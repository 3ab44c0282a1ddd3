//! What else is set on a pool of either kind: its name, whom it is for, its number.

use leptos::prelude::*;
use model::{ConfigEdit, PoolMore};

use super::super::class_choice::names;
use super::super::typed::quoted;

/// The same, as it is typed.
#[derive(Clone, Copy)]
pub(super) struct More {
    name: RwSignal<String>,
    classes: RwSignal<String>,
    number: RwSignal<String>,
}

impl More {
    pub(super) fn of(more: &PoolMore) -> Self {
        let number = more.number.map(|number| number.to_string()).unwrap_or_default();
        Self {
            name: RwSignal::new(more.name.clone().unwrap_or_default()),
            classes: RwSignal::new(more.classes.join(", ")),
            number: RwSignal::new(number),
        }
    }

    pub(super) fn typed(self) -> TypedMore {
        let text = |signal: RwSignal<String>| signal.with_untracked(|text| text.trim().to_owned());
        TypedMore {
            name: text(self.name),
            classes: self.classes.with_untracked(|text| names(text)),
            number: text(self.number),
        }
    }
}

/// What is typed.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(super) struct TypedMore {
    name: String,
    classes: Vec<String>,
    number: String,
}

impl TypedMore {
    /// The edits that make it of what a pool has.
    pub(super) fn edits(&self, path: &str, known: &PoolMore) -> Result<Vec<ConfigEdit>, String> {
        let mut edits = Vec::new();
        if self.name != known.name.clone().unwrap_or_default() {
            let member = known.name_member.as_deref().unwrap_or("name");
            let path = format!("{path}.user-context.{member}");
            let unset = || ConfigEdit::unset(&path);
            edits.push(if self.name.is_empty() { unset() } else { ConfigEdit::set(&path, quoted(&self.name)) });
        }
        if self.classes != known.classes {
            // Kea takes the old member and the new one not together.
            edits.extend(known.is_old_class.then(|| ConfigEdit::unset(format!("{path}.client-class"))));
            let path = format!("{path}.client-classes");
            if !self.classes.is_empty() {
                edits.push(ConfigEdit::set(path, list(&self.classes)));
            } else if !known.is_old_class {
                edits.push(ConfigEdit::unset(path));
            }
        }
        let number = self.number()?;
        if number != known.number {
            let path = format!("{path}.pool-id");
            let set = |number: u32| ConfigEdit::set(&path, number.to_string());
            edits.push(number.map_or_else(|| ConfigEdit::unset(&path), set));
        }
        Ok(edits)
    }

    /// The members of a new pool, each with the comma before it.
    pub(super) fn members(&self) -> Result<String, String> {
        let name = (!self.name.is_empty()).then(|| format!(",\"user-context\":{{\"name\":{}}}", quoted(&self.name)));
        let classes = (!self.classes.is_empty()).then(|| format!(",\"client-classes\":{}", list(&self.classes)));
        let number = self.number()?.map(|number| format!(",\"pool-id\":{number}"));
        Ok([name, classes, number].into_iter().flatten().collect())
    }

    fn number(&self) -> Result<Option<u32>, String> {
        if self.number.is_empty() {
            return Ok(None);
        }
        let number = self.number.parse().map_err(|_| "The number of a pool is a whole number.".to_owned());
        number.map(|number| Some(number).filter(|number| *number != 0))
    }
}

fn list(texts: &[String]) -> String {
    format!("[{}]", texts.iter().map(|text| quoted(text)).collect::<Vec<_>>().join(","))
}

/// The fields, folded away.
#[component]
pub(super) fn MoreFields(
    more: More,
    /// What the pool is called for those who do not see it.
    label: String,
    /// Called when something is typed.
    #[prop(into)]
    on_input: Callback<()>,
) -> impl IntoView {
    let fields = [
        (more.name, "Name", ""),
        (more.classes, "Only for classes", "all clients"),
        (more.number, "Number for statistics", "0"),
    ];
    let field = move |(text, title, placeholder): (RwSignal<String>, &'static str, &'static str)| {
        view! {
            <label class="field">
                <span class="field-label">{title}</span>
                <input
                    class="input"
                    type="text"
                    autocomplete="off"
                    spellcheck="false"
                    aria-label=format!("{title} of {label}")
                    placeholder=placeholder
                    prop:value=move || text.get()
                    on:input=move |event| {
                        text.set(event_target_value(&event));
                        on_input.run(());
                    }
                />
            </label>
        }
    };
    view! {
        <details class="fold">
            <summary class="muted">"Name, classes and number"</summary>
            <div class="pool-more">{fields.map(field)}</div>
        </details>
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn typed(name: &str, classes: &[&str], number: &str) -> TypedMore {
        let classes = classes.iter().map(|class| (*class).to_owned()).collect();
        TypedMore { name: name.to_owned(), classes, number: number.to_owned() }
    }

    #[test]
    fn what_differs_is_set_and_what_is_empty_is_unset() {
        let known = PoolMore { classes: vec!["pxe".to_owned()], number: Some(7), ..PoolMore::default() };
        let path = "subnet4[id=1].pools[pool=192.0.2.10-192.0.2.20]";
        assert_eq!(typed("", &["pxe"], "7").edits(path, &known), Ok(vec![]));
        assert_eq!(
            typed("Desks", &[], "").edits(path, &known).unwrap(),
            [
                ConfigEdit::set(format!("{path}.user-context.name"), "\"Desks\""),
                ConfigEdit::unset(format!("{path}.client-classes")),
                ConfigEdit::unset(format!("{path}.pool-id")),
            ]
        );
        let old = PoolMore { is_old_class: true, ..known };
        assert_eq!(
            typed("", &["pxe", "phones"], "7").edits(path, &old).unwrap(),
            [
                ConfigEdit::unset(format!("{path}.client-class")),
                ConfigEdit::set(format!("{path}.client-classes"), r#"["pxe","phones"]"#),
            ]
        );
        assert!(typed("", &[], "many").edits(path, &PoolMore::default()).is_err());
    }

    #[test]
    fn a_new_pool_has_what_is_typed() {
        assert_eq!(typed("", &[], "0").members(), Ok(String::new()));
        let all = typed("a \"b\"", &["pxe"], "3").members().unwrap();
        assert_eq!(all, r#","user-context":{"name":"a \"b\""},"client-classes":["pxe"],"pool-id":3"#);
    }
}
