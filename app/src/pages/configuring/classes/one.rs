//! A class by itself: what it asks for, where it is used, and how it stands on other servers.

use leptos::prelude::*;
use model::{ConfigClass, ConfigEdit, ExpressionKind, Family, Permission, ServerName};

use super::super::bench::Bench;
use super::super::comment::Comment;
use super::super::edits::{Edits, Typed};
use super::super::elsewhere::Elsewhere;
use super::super::expression::{ExpressionField, fault};
use super::super::of_part;
use super::super::typed::quoted;
use super::super::uses::Uses;
use super::CLASSES;
use crate::routes;
use crate::state::Session;

/// A class by itself: its expression, and the ways to its options and parameters.
#[component]
pub(super) fn One(server: StoredValue<ServerName>, class: ConfigClass, family: Family, edits: Edits) -> impl IntoView {
    let may = Session::allows(Permission::Reserve);
    let ConfigClass { path, name, test, is_template, uses, used, comment, .. } = class;
    let (kind, member) =
        if is_template { (ExpressionKind::Text, "template-test") } else { (ExpressionKind::Condition, "test") };
    let links =
        [(routes::OPTIONS, "Options"), (routes::PARAMETERS, "Lease times, boot and more")].map(|(page, label)| {
            view! { <a href=of_part(server, page, &path)>{label}</a> }
        });
    let text = RwSignal::new(test.clone());
    let shown = test.clone();
    let control = format!("{path}.{member}");
    let first = StoredValue::new((control, test));
    let on_input = Callback::new(move |typed: String| {
        first.with_value(|(control, test)| edits.put(control, expression_edit(control, test, &typed, family, kind)));
        text.set(typed);
    });
    let quote = if name.contains(char::is_whitespace) { "\"" } else { "" };
    let subnets = routes::networks(&format!("class:{quote}{name}{quote}"), "", 0);
    let own = vec![name.clone()];
    view! {
        <section class="card form-card" aria-labelledby="class">
            <h2 id="class">{name}</h2>
            <nav class="subnet-ways" aria-label="More of this class">
                {links}
                <a href=subnets>"Its subnets"</a>
                <a href=CLASSES.href(server)>{CLASSES.all}</a>
            </nav>
            <Show when=move || may.get() fallback=move || view! { <p class="mono">{shown.clone()}</p> }>
                <ExpressionField text family kind on_input/>
            </Show>
            <Comment path comment edits/>
            <h3>"Used in"</h3>
            {if used == 0 {
                view! { <p class="muted">"Nothing."</p> }.into_any()
            } else {
                view! { <Uses server uses count=used/> }.into_any()
            }}
            <Elsewhere server classes=own/>
        </section>
        <Bench server family edits unsaved=Callback::new(move |()| edits.list())/>
    }
}

/// What is typed as the expression of a class; empty: it has none.
fn expression_edit(control: &str, before: &str, typed: &str, family: Family, kind: ExpressionKind) -> Option<Typed> {
    if typed.trim() == before.trim() {
        return None;
    }
    if let Some(error) = fault(typed, family, kind) {
        return Some(Err(format!("{error}.")));
    }
    let edit = if typed.trim().is_empty() {
        ConfigEdit::unset(control)
    } else {
        ConfigEdit::set(control, quoted(typed.trim()))
    };
    Some(Ok(vec![edit]))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_expression_is_set_unset_or_wrong() {
        let path = "client-classes[name=a].test";
        let edit =
            |typed: &str| expression_edit(path, "option[60].exists", typed, Family::V4, ExpressionKind::Condition);
        assert_eq!(edit("option[60].exists "), None);
        assert_eq!(edit(""), Some(Ok(vec![ConfigEdit::unset(path)])));
        assert_eq!(edit("option[61].exists"), Some(Ok(vec![ConfigEdit::set(path, "\"option[61].exists\"")])));
        assert!(edit("option[61]").unwrap().is_err());
    }
}
