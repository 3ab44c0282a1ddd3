//! Options of vendors: one part, or all of them in hexadecimal digits.

use leptos::prelude::*;
use leptos::task::spawn_local;
use model::{ConfigEdit, Family, Problem};

use super::super::form_card::FormCard;
use super::super::review::Reviewed;
use super::Options;
use crate::api;
use crate::components::field::TextField;
use crate::components::problem::ProblemView;

/// A form that sets an option of a vendor.
#[component]
pub(super) fn VendorOption(options: Options) -> impl IntoView {
    let empty = || RwSignal::new(String::new());
    let (vendor, code, value) = (empty(), empty(), empty());
    let problem = RwSignal::new(None::<Problem>);
    let reviewing = RwSignal::new(None::<Vec<ConfigEdit>>);
    let review = move |()| {
        let (server, list) = (options.server.get_value(), options.list.get_value());
        let [vendor, code, value] = [vendor, code, value].map(|text| text.get_untracked());
        spawn_local(async move {
            match api::set_vendor_option(server, list, vendor, code, value).await {
                Ok(edits) => {
                    problem.try_set(None);
                    reviewing.try_set(Some(edits));
                }
                Err(error) => drop(problem.try_set(Some(error.0))),
            }
        });
    };
    let fault = move |field: &'static str| {
        Signal::derive(move || {
            problem.with(|problem| {
                let fields = &problem.as_ref()?.fields;
                fields.iter().find(|fault| fault.field == field).map(|fault| fault.text.clone())
            })
        })
    };
    let other = move || problem.get().filter(|problem| problem.fields.is_empty());
    let whose = if options.family == Family::V4 { "Enterprise number (empty: option 43)" } else { "Enterprise number" };
    let field = move |name: &'static str, label: &'static str, text: RwSignal<String>| {
        view! { <TextField name label value=text on_input=move |typed| text.set(typed) fault=fault(name) mono=true/> }
    };
    view! {
        <details class="fold" data-testid="vendor-option">
            <summary>"Add an option of a vendor"</summary>
            <FormCard review="review-vendor" ready=Signal::derive(move || value.with(|text| !text.trim().is_empty())) on_review=review>
                {field("vendor", whose, vendor)}
                {field("code", "Code (empty: the value is the whole, with codes and lengths)", code)}
                {field("value", "Value (hexadecimal digits where the option is not defined)", value)}
                {move || other().map(|problem| view! { <ProblemView problem/> })}
            </FormCard>
        </details>
        <Reviewed
            reviewing
            server=options.server
            on_applied=move |()| {
                code.set(String::new());
                value.set(String::new());
            }
        />
    }
}
