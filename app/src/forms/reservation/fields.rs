//! The inputs of the form.

use leptos::prelude::*;
use leptos::wasm_bindgen::JsCast;
use leptos::web_sys::HtmlElement;
use model::{Family, FieldError, IdentifierKind};

use super::Form;
use super::classes::Classes;
use super::next::ChoiceField;
use super::options::Options;
use super::suggestion::{self, Suggested};
use super::verdict::Conflicts;
use crate::components::field::{SelectField, TextField};
use crate::components::icon::{Glyph, Icon};
use crate::forms::draft::{Draft, Input};

impl Form {
    fn text(self, input: Input) -> Signal<String> {
        Signal::derive(move || self.draft.with(|draft| draft.text(input).to_owned()))
    }

    /// Takes over what was typed, and drops what the server had against it before.
    fn type_in(self, input: Input) -> Callback<String> {
        Callback::new(move |text| {
            self.draft.update(|draft| draft.set(input, text));
            self.forget_fault(input.name());
            if input == Input::Address {
                self.suggested.set(Suggested::Nothing);
                self.leave(input);
            }
            if input == Input::Identifier && self.draft.with_untracked(|draft| draft.kind == IdentifierKind::HwAddress)
            {
                suggestion::offer(self);
            }
        })
    }

    /// Drops what the server had against a field.
    pub(super) fn forget_fault(self, field: &str) {
        self.problem.update(|problem| {
            if let Some(problem) = problem {
                problem.fields.retain(|fault| fault.field != field);
            }
        });
    }

    /// From now on the faults of that option are shown.
    pub(super) fn touch(self, id: u32) {
        self.touched.update(|touched| touched.push(id));
    }

    /// What is wrong with a part that is no text field: as the server says, else once everything was asked for.
    pub(super) fn section_fault(self, field: &'static str) -> Signal<Option<String>> {
        Signal::derive(move || {
            let of = |faults: &[FieldError]| {
                faults.iter().find(|fault| fault.field == field).map(|fault| fault.text.clone())
            };
            let theirs = self.problem.with(|problem| problem.as_ref().and_then(|problem| of(&problem.fields)));
            let all = self.left.with(|left| left.len() == Input::ALL.len());
            theirs.or_else(|| {
                self.checked.with(|checked| checked.as_ref().err().and_then(|faults| of(faults))).filter(|_| all)
            })
        })
    }

    fn leave(self, input: Input) {
        self.left.update(|left| {
            if !left.contains(&input) {
                left.push(input);
            }
        });
    }

    /// What is wrong with the field, as far as it is to be shown.
    fn fault(self, input: Input) -> Signal<Option<String>> {
        Signal::derive(move || {
            let theirs = self
                .problem
                .with(|problem| problem.as_ref().and_then(|problem| problem.field(input.name()).map(str::to_owned)));
            let own = || {
                let shown =
                    self.left.with(|left| left.contains(&input)) && !(input == Input::Address && self.is_unfinished());
                let faults = self.checked.with(|checked| checked.as_ref().err().cloned()).filter(|_| shown)?;
                faults.into_iter().find(|fault| fault.field == input.name()).map(|fault| fault.text)
            };
            theirs.or_else(own)
        })
    }

    /// An address that is being typed is not wrong yet: shown as wrong only once everything was asked for.
    fn is_unfinished(self) -> bool {
        let is_address = |part: &str| part.parse::<std::net::IpAddr>().is_ok();
        let parsed = self.draft.with(|draft| draft.text(Input::Address).split_whitespace().all(is_address));
        !parsed && self.left.with(|left| left.len() < Input::ALL.len())
    }
}

/// Every input.
#[component]
pub(super) fn Fields(form: Form) -> impl IntoView {
    view! {
        <IdentifierField form/>
        <AddressField form/>
        {(form.family() == Family::V6).then(|| view! { <PrefixField form/> })}
        <Text form input=Input::HostName label="Host name"/>
        <Conflicts form/>
        <details class="fold" open=form.draft.with_untracked(|draft| !draft.classes.is_empty() || !draft.options.is_empty())>
            <summary>"Classes and options"</summary>
            <div class="fold-body">
                <Classes form/>
                <Options form/>
            </div>
        </details>
        {(form.family() == Family::V4).then(|| view! { <Boot form/> })}
        <Text form input=Input::Note label="Note"/>
    }
}

/// The booting fields of DHCPv4; in DHCPv6 these are options.
#[component]
fn Boot(form: Form) -> impl IntoView {
    view! {
        <details class="fold" open=form.draft.with_untracked(Draft::boots)>
            <summary>"Boot (PXE)"</summary>
            <div class="fold-body">
                <Text form input=Input::NextServer label="Next server" mono=true/>
                <Text form input=Input::BootFileName label="Boot file name" mono=true/>
                <Text form input=Input::ServerHostName label="Server host name"/>
            </div>
        </details>
    }
}

#[component]
fn PrefixField(form: Form) -> impl IntoView {
    view! {
        <TextField
            name=Input::Prefixes.name()
            label="Delegated prefixes"
            value=form.text(Input::Prefixes)
            on_input=form.type_in(Input::Prefixes)
            on_leave=move |()| form.leave(Input::Prefixes)
            fault=form.fault(Input::Prefixes)
            placeholder="2001:db8:1::/56, separate several with spaces"
            mono=true
        />
    }
}

#[component]
fn Text(form: Form, input: Input, label: &'static str, #[prop(optional)] mono: bool) -> impl IntoView {
    view! {
        <TextField
            name=input.name()
            label
            value=form.text(input)
            on_input=form.type_in(input)
            on_leave=move |()| form.leave(input)
            fault=form.fault(input)
            mono
        />
    }
}

#[component]
fn IdentifierField(form: Form) -> impl IntoView {
    let kinds = IdentifierKind::of_family(form.family()).iter();
    let kinds = kinds.map(|kind| (kind.code().to_owned(), kind.label().to_owned())).collect::<Vec<_>>();
    let kind = Signal::derive(move || form.draft.with(|draft| draft.kind.code().to_owned()));
    let choose = move |code: String| {
        if let Some(kind) = IdentifierKind::from_code(&code) {
            form.draft.update(|draft| draft.kind = kind);
        }
    };
    let placeholder = Signal::derive(move || match form.draft.with(|draft| draft.kind) {
        IdentifierKind::HwAddress => "02:00:5e:10:00:01, any notation".to_owned(),
        IdentifierKind::Duid => "00:03:00:01:02:00:5e:10:00:01".to_owned(),
        _ => "01:02:00:5e:10:00:01, or 'text' in quotes".to_owned(),
    });
    let echo = Signal::derive(move || form.draft.with(Draft::echo).map(|text| format!("= {text}")));
    let leave = move |()| {
        form.leave(Input::Identifier);
        suggestion::offer(form);
    };
    view! {
        <div class="field-pair">
            <SelectField name="identifier_kind" label="Identify the client by" options=kinds value=kind on_choose=choose/>
            <TextField
                name=Input::Identifier.name()
                label="Identifier"
                value=form.text(Input::Identifier)
                on_input=form.type_in(Input::Identifier)
                on_leave=leave
                fault=form.fault(Input::Identifier)
                note=echo
                placeholder
                mono=true
                first=true
            />
        </div>
    }
}

#[component]
fn AddressField(form: Form) -> impl IntoView {
    let asked = move || form.suggested.with(|suggested| *suggested == Suggested::Asked);
    let (label, usual) = match form.family() {
        Family::V4 => ("Address", ""),
        Family::V6 => ("Addresses", "2001:db8::5, separate several with spaces"),
    };
    let placeholder = Signal::derive(move || if asked() { "looking for a free address …" } else { usual }.to_owned());
    let note = Signal::derive(move || form.suggested.with(Suggested::in_words).or_else(|| place(form)));
    view! {
        <TextField
            name=Input::Address.name()
            label
            value=form.text(Input::Address)
            on_input=form.type_in(Input::Address)
            on_leave=move |()| form.leave(Input::Address)
            fault=form.fault(Input::Address)
            note
            placeholder
            mono=true
            on_blur=move |()| suggestion::take_offered(form)
        >
            {form.is_new().then(|| view! { <ChoiceField form/> })}
            <button
                type="button"
                class="button"
                data-testid="suggest-button"
                disabled=asked
                on:click=move |_| suggestion::ask(form)
            >
                <Icon glyph=Glyph::Refresh/>
                "Suggest next free"
            </button>
        </TextField>
    }
}

/// Whether the address lies in a pool.
fn place(form: Form) -> Option<String> {
    // Of several addresses there is nothing short to say.
    let address = form.draft.with(|draft| draft.text(Input::Address).trim().parse().ok())?;
    form.subnet.with_value(|subnet| {
        if !subnet.holds(address) {
            return None;
        }
        Some(match subnet.pool_of(address) {
            Some(pool) => format!("in pool {}", pool.range),
            None => "outside every pool".to_owned(),
        })
    })
}

/// Puts the focus on the field of that name.
pub(super) fn focus(name: &str) {
    let element = document().get_element_by_id(&format!("field-{name}"));
    let Some(element) = element.and_then(|element| element.dyn_into::<HtmlElement>().ok()) else { return };
    if let Ok(Some(fold)) = element.closest("details") {
        let _ = fold.set_attribute("open", "");
    }
    let _ = element.focus();
}

/// Whether somebody is at the field of that name.
pub(super) fn has_focus(name: &str) -> bool {
    document().active_element().is_some_and(|element| element.id() == format!("field-{name}"))
}
