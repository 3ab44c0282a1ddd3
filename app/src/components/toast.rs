//! Notices at the edge of the screen.

use leptos::prelude::*;

use super::icon::{Glyph, Icon};
use crate::components::each::Each;
use crate::components::moment::sentence;
use crate::live::Live;
use crate::state::{Recheck, Toast, ToastKind, Toasts};

/// The notices that are on the screen.
#[component]
pub fn ToastRegion() -> impl IntoView {
    let toasts = Toasts::here();
    view! {
        <div class="toasts" role="status" aria-live="polite" aria-relevant="additions">
            <Each each=move || toasts.list() key=|toast| toast.id children=move |toast| view! { <ToastView toast/> }/>
        </div>
    }
    .into_any()
}

#[component]
fn ToastView(toast: Toast) -> impl IntoView {
    let toasts = Toasts::here();
    let Toast { id, kind, text, action } = toast;
    if let Some(recheck) = action.as_ref().and_then(|action| action.recheck.clone()) {
        recheck_after_changes(id, recheck);
    }
    let (class, glyph) = match kind {
        ToastKind::Done => ("toast tone-good", Glyph::CheckCircle),
        ToastKind::Warning => ("toast tone-warn", Glyph::Warning),
        ToastKind::Failed => ("toast tone-bad", Glyph::Error),
    };
    view! {
        <div class=class data-testid="toast">
            <Icon glyph/>
            <p class="toast-text">{sentence(&text)}</p>
            {action
                .map(|action| {
                    view! {
                        <button
                            type="button"
                            class="button toast-action"
                            data-testid="toast-undo"
                            on:click=move |_| {
                                toasts.dismiss(id);
                                action.run.run(());
                            }
                        >
                            {action.label}
                        </button>
                    }
                })}
            <button type="button" class="button-icon" aria-label="Dismiss" on:click=move |_| toasts.dismiss(id)>
                <Icon glyph=Glyph::Close/>
            </button>
        </div>
    }
}

/// Has it looked whether what the notice offers can still be done, after each change that may stand against it.
fn recheck_after_changes(id: u64, Recheck { subnet, run }: Recheck) {
    let live = Live::here();
    Effect::new(move |before: Option<u64>| {
        let now = live.subnet_version(&subnet);
        if before.is_some_and(|before| before != now) {
            run.try_run(id);
        }
        now
    });
}
