//! Two people change one thing: what the other made of it, beside what is typed here, and the three ways on.

use leptos::prelude::*;
use model::Content;

use super::diff::SideBySide;
use super::icon::{Glyph, Icon};

/// Said beside the button that cannot save meanwhile: the box that asks may be out of sight.
pub const WAITS: &str = "Changed by someone else: choose a way on first.";

/// How somebody goes on whose form was overtaken.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Way {
    /// What was typed is dropped for what the other made.
    Theirs,
    /// What was typed is saved over it.
    Mine,
    /// Neither yet: what was typed stays, on top of what the other made.
    Edit,
}

/// What the other made, what is typed, and the ways on.
#[component]
pub fn Overtaken(
    /// How it is now; none: it is gone.
    theirs: Option<Content>,
    /// What is typed, on top of that; none: it cannot be saved as it is.
    mine: Option<Content>,
    /// How it was when the form was opened: shown instead of what cannot be saved.
    seen: Content,
    /// How the user goes on.
    #[prop(into)]
    on_way: Callback<Way>,
) -> impl IntoView {
    let gone = theirs.is_none();
    let savable = mine.is_some();
    let says = if gone {
        "It was deleted while this form was open. Nothing of yours is saved yet."
    } else {
        "It was changed while this form was open. Nothing of yours is saved yet; fields that you did not touch are as they are now."
    };
    let yours = if savable { "yours" } else { "when you opened it" };
    let sides = (!gone).then(|| {
        view! { <SideBySide names=["theirs".to_owned(), yours.to_owned()] left=theirs right=mine.or(Some(seen))/> }
    });
    let button = move |way: Way, label: &'static str, testid: &'static str, off: bool| {
        view! {
            <button type="button" class="button" data-testid=testid disabled=off on:click=move |_| on_way.run(way)>
                {label}
            </button>
        }
    };
    view! {
        <section class="problem tone-warn overtaken" role="alert" data-testid="overtaken">
            <Icon glyph=Glyph::Warning/>
            <div class="problem-body">
                <p class="problem-text">{says}</p>
                {sides}
                <p class="overtaken-ways">
                    {(!gone).then(|| button(Way::Theirs, "Take theirs", "take-theirs", false))}
                    {button(Way::Mine, if gone { "Create it again" } else { "Save mine" }, "save-mine", !savable)}
                    {(!gone).then(|| button(Way::Edit, "Go on editing", "go-on-editing", false))}
                </p>
            </div>
        </section>
    }
    .into_any()
}
