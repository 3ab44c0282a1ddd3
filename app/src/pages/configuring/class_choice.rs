//! Where classes are named: the known ones to choose from, and what nobody defines.

use leptos::prelude::*;
use model::ConfigClass;

/// The names in a text, with commas between.
pub(super) fn names(text: &str) -> Vec<String> {
    text.split(',').map(str::trim).filter(|name| !name.is_empty()).map(str::to_owned).collect()
}

/// The text with a name put in where it is not, and taken out where it is. Where one alone is meant, it takes the place of
/// the other.
fn toggled(text: &str, name: &str, several: bool) -> String {
    let mut names = names(text);
    let known = names.len();
    names.retain(|other| other != name);
    if names.len() == known {
        names.retain(|_| several);
        names.push(name.to_owned());
    }
    names.join(", ")
}

/// What is to be known of names that nobody defines; none: all are defined, or there without a definition.
fn unknown(text: &str, known: &[String]) -> Option<String> {
    let is_unknown = |name: &String| !known.contains(name) && !ConfigClass::is_made(name);
    let names: Vec<String> = names(text).into_iter().filter(is_unknown).map(|name| format!("“{name}”")).collect();
    (!names.is_empty()).then(|| {
        format!(
            "Not defined on this server: {}. Only a reservation or a hook can put a client into it.",
            names.join(", ")
        )
    })
}

/// The known classes, each to be chosen. Goes below the field that a text is typed into.
#[component]
pub(super) fn ClassChoice(
    /// What is typed: names with commas between.
    #[prop(into)]
    text: Signal<String>,
    /// The classes that are known.
    known: Vec<String>,
    /// Whether there may be several.
    several: bool,
    /// Takes the text with another choice.
    set: Callback<String>,
) -> impl IntoView {
    let choice = |name: &String| {
        let (this, label, shown) = (name.clone(), name.clone(), name.clone());
        let is_chosen = move || text.with(|text| names(text).contains(&this));
        let change = move |_| set.run(text.with_untracked(|text| toggled(text, &label, several)));
        view! {
            <li>
                <label class="check-line">
                    <input type="checkbox" prop:checked=is_chosen on:change=change/>
                    <span>{shown}</span>
                </label>
            </li>
        }
    };
    let choices = known.iter().map(choice).collect::<Vec<_>>();
    let note = move || text.with(|text| unknown(text, &known)).map(|note| view! { <p class="muted">{note}</p> });
    view! {
        <div aria-live="polite">{note}</div>
        <details class="fold" data-testid="class-choice">
            <summary>"Choose classes"</summary>
            <ul class="class-choices">{choices}</ul>
        </details>
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_put_in_and_taken_out() {
        assert_eq!(toggled("a, b", "c", true), "a, b, c");
        assert_eq!(toggled(" a,b", "a", true), "b");
        assert_eq!((toggled("a", "b", false).as_str(), toggled("a", "a", false).as_str()), ("b", ""));
    }

    #[test]
    fn what_nobody_defines_is_said() {
        let known = ["pxe".to_owned()];
        assert_eq!(unknown("pxe, KNOWN, VENDOR_CLASS_MSFT 5.0", &known), None);
        assert!(unknown("pxe, phones", &known).is_some_and(|note| note.contains("“phones”")));
    }
}
