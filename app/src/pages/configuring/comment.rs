//! What people say of a part, in its `user-context`.

use leptos::prelude::*;
use model::{ConfigEdit, Permission};

use super::edits::{Edits, Typed};
use super::typed::quoted;
use crate::components::field::TextField;
use crate::state::Session;

/// The field for what is said of the part at a path; for those who may not change it the text.
#[component]
pub(super) fn Comment(path: String, comment: String, edits: Edits) -> impl IntoView {
    let may = Session::allows(Permission::Reserve);
    let text = RwSignal::new(comment.clone());
    let first = StoredValue::new((path + ".user-context.comment", comment));
    let on_input = move |typed: String| {
        first.with_value(|(member, comment)| edits.put(member, edit(member, comment, &typed)));
        text.set(typed);
    };
    let shown = move || first.with_value(|(_, comment)| view! { <p class="muted">{comment.clone()}</p> });
    view! {
        <Show when=move || may.get() fallback=shown>
            <TextField name="comment" label="Description" value=text on_input/>
        </Show>
    }
}

/// What is typed of it; empty: nothing is said.
fn edit(member: &str, comment: &str, typed: &str) -> Option<Typed> {
    match typed.trim() {
        typed if typed == comment => None,
        "" => Some(Ok(vec![ConfigEdit::unset(member)])),
        typed => Some(Ok(vec![ConfigEdit::set(member, quoted(typed))])),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_said_is_set_changed_and_taken_out() {
        let member = "client-classes[name=a].user-context.comment";
        assert_eq!((edit(member, "", " "), edit(member, "phones", "phones ")), (None, None));
        assert_eq!(edit(member, "", "phones"), Some(Ok(vec![ConfigEdit::set(member, "\"phones\"")])));
        assert_eq!(edit(member, "phones", ""), Some(Ok(vec![ConfigEdit::unset(member)])));
    }
}
