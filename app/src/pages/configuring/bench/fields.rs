//! The fields that a packet is typed into.

use leptos::prelude::*;
use model::{Family, FieldError, Problem, SamplePacket};

use super::super::class_choice::names;
use crate::components::field::{FaultLine, SelectField, TextField};

/// A field of a packet.
pub(super) struct Field {
    /// As in [`SamplePacket`].
    name: &'static str,
    /// What it is called of IPv4 and of IPv6; empty: there is none.
    labels: [&'static str; 2],
    examples: [&'static str; 2],
    of: fn(&mut SamplePacket) -> &mut String,
}

/// The fields of a packet.
pub(super) const FIELDS: [Field; 8] = [
    Field {
        name: "mac",
        labels: ["MAC address", ""],
        examples: ["00:15:5d:00:00:01", ""],
        of: |packet| &mut packet.mac,
    },
    Field {
        name: "client_id",
        labels: ["Client id", "DUID"],
        examples: ["01:00:15:5d:00:00:01", "00:01:00:01:2c:00:00:01:00:15:5d:00:00:01"],
        of: |packet| &mut packet.client_id,
    },
    Field {
        name: "vendor_class",
        labels: ["Vendor class", "Vendor class, with its enterprise"],
        examples: ["MSFT 5.0", "343 HTTPClient"],
        of: |packet| &mut packet.vendor_class,
    },
    Field { name: "user_class", labels: ["User class"; 2], examples: ["iPXE"; 2], of: |packet| &mut packet.user_class },
    Field {
        name: "relay",
        labels: ["Relay address (giaddr)", "Link address of the relay"],
        examples: ["192.0.2.1", "2001:db8:1::1"],
        of: |packet| &mut packet.relay,
    },
    Field {
        name: "circuit_id",
        labels: ["Circuit id", "Interface id"],
        examples: ["port 7"; 2],
        of: |packet| &mut packet.circuit_id,
    },
    Field {
        name: "remote_id",
        labels: ["Remote id", "Remote id, with its enterprise"],
        examples: ["0x0200005e0001", "4491 0x0200005e0001"],
        of: |packet| &mut packet.remote_id,
    },
    Field {
        name: "interface",
        labels: ["Interface of the server"; 2],
        examples: ["eth0"; 2],
        of: |packet| &mut packet.interface,
    },
];

/// What the fields share.
#[derive(Clone, Copy)]
pub(super) struct Form {
    family: Family,
    packet: RwSignal<SamplePacket>,
    /// The options, one a line.
    options: RwSignal<String>,
    /// The further classes, with commas between.
    classes: RwSignal<String>,
    /// What stands against what was tried last.
    pub(super) problem: RwSignal<Option<Problem>>,
}

impl Form {
    /// An empty one.
    pub(super) fn of(family: Family) -> Self {
        let (options, classes) = (RwSignal::default(), RwSignal::default());
        Self { family, packet: RwSignal::default(), options, classes, problem: RwSignal::new(None) }
    }

    /// Fills the fields with a packet.
    pub(super) fn fill(self, packet: SamplePacket) {
        self.options.set(lines(&packet.options));
        self.packet.set(packet);
    }

    /// The packet as it is typed.
    pub(super) fn typed(self) -> SamplePacket {
        let (options, classes) = (options(&self.options.get_untracked()), names(&self.classes.get_untracked()));
        SamplePacket { options, classes, ..self.packet.get_untracked() }
    }

    /// What is wrong with a field. Reactive.
    fn fault(self, name: &str) -> Option<String> {
        let text = |fault: &FieldError| format!("{}.", fault.text);
        self.problem.with(|problem| problem.as_ref()?.fields.iter().find(|fault| fault.field == name).map(text))
    }

    /// What is wrong with the options, each with its line, and with the rest. Reactive.
    fn other_faults(self) -> Vec<String> {
        let of_field = |fault: &&FieldError| FIELDS.iter().all(|field| field.name != fault.field);
        let text = |fault: &FieldError| match line_of(&fault.field) {
            Some(line) => format!("Line {line}: {}.", fault.text),
            None => format!("{}.", fault.text),
        };
        self.problem.with(|problem| match problem {
            Some(problem) if problem.fields.is_empty() => vec![problem.text.clone()],
            Some(problem) => problem.fields.iter().filter(of_field).map(text).collect(),
            None => Vec::new(),
        })
    }
}

/// The line of the field `options[0]`, from 1.
fn line_of(field: &str) -> Option<usize> {
    let at: usize = field.strip_prefix("options[")?.strip_suffix(']')?.parse().ok()?;
    Some(at + 1)
}

/// Options as they are typed: a name or a code, `=`, and the value.
fn options(text: &str) -> Vec<(String, String)> {
    let option = |line: &str| {
        let (option, value) = line.split_once('=').unwrap_or((line, ""));
        (option.trim().to_owned(), value.trim().to_owned())
    };
    text.lines().map(option).collect()
}

fn lines(options: &[(String, String)]) -> String {
    options.iter().map(|(option, value)| format!("{option} = {value}")).collect::<Vec<_>>().join("\n")
}

/// The packets that are ready, and the types of messages.
#[component]
pub(super) fn Ready(form: Form, ready: Vec<(&'static str, SamplePacket)>) -> impl IntoView {
    let option = |name: &str, label: String| (name.to_owned(), label);
    let names: Vec<_> = ready.iter().map(|(name, _)| option(name, (*name).to_owned())).collect();
    let chosen = RwSignal::new(names.first().map(|(name, _)| name.clone()).unwrap_or_default());
    let choose = move |name: String| {
        if let Some((_, packet)) = ready.iter().find(|(known, _)| *known == name) {
            form.fill(packet.clone());
        }
        chosen.set(name);
    };
    let messages = SamplePacket::messages(form.family);
    let first = messages.first().map(|(name, _)| (*name).to_owned()).unwrap_or_default();
    let messages: Vec<_> = messages.iter().map(|(name, _)| option(name, name.to_uppercase())).collect();
    let message = Signal::derive(move || {
        let message = form.packet.with(|packet| packet.message.clone());
        if message.is_empty() { first.clone() } else { message }
    });
    view! {
        <SelectField name="bench-ready" label="As it comes from" options=names value=chosen on_choose=choose/>
        <SelectField
            name="bench-message"
            label="Message"
            options=messages
            value=message
            on_choose=move |name| form.packet.update(|packet| packet.message = name)
        />
    }
}

/// A field of a packet; nothing where its family has none.
#[component]
pub(super) fn Text(form: Form, field: &'static Field) -> impl IntoView {
    let version = usize::from(form.family == Family::V6);
    let (label, example, of) = (field.labels[version], field.examples[version], field.of);
    (!label.is_empty()).then(|| {
        view! {
            <TextField
                name=format!("bench-{}", field.name)
                label
                value=Signal::derive(move || form.packet.with(|packet| of(&mut packet.clone()).clone()))
                on_input=move |text| form.packet.update(|packet| *of(packet) = text)
                fault=Signal::derive(move || form.fault(field.name))
                placeholder=example.to_owned()
                mono=true
            />
        }
    })
}

/// Options without a field of their own, and what the server knows of the client.
#[component]
pub(super) fn More(form: Form) -> impl IntoView {
    let faults = move || {
        let faults = form.other_faults().into_iter().map(|text| view! { <FaultLine text/> });
        faults.collect::<Vec<_>>()
    };
    view! {
        <div class="field bench-wide">
            <label class="field-label" for="bench-options">
                "More options, one a line: name or code = value, 'text' or 0x…"
            </label>
            <textarea
                id="bench-options"
                class="input mono"
                rows="3"
                autocomplete="off"
                autocapitalize="off"
                spellcheck="false"
                placeholder="client-system = 7"
                prop:value=move || form.options.get()
                on:input=move |event| form.options.set(event_target_value(&event))
            ></textarea>
            <div class="field-notes" aria-live="polite">
                {faults}
            </div>
        </div>
        <label class="check-line">
            <input
                type="checkbox"
                prop:checked=move || form.packet.with(|packet| packet.known)
                on:change=move |event| form.packet.update(|packet| packet.known = event_target_checked(&event))
            />
            <span>"The client has a reservation"</span>
        </label>
        <TextField
            name="bench-classes"
            label="Further classes, from its reservation or a hook"
            value=form.classes
            on_input=move |text| form.classes.set(text)
            mono=true
        />
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn options_are_typed_one_a_line() {
        let typed = options("client-system = 7\n224=0x01=\n\nbare");
        let option = |name: &str, value: &str| (name.to_owned(), value.to_owned());
        assert_eq!(typed, [option("client-system", "7"), option("224", "0x01="), option("", ""), option("bare", "")]);
        assert_eq!(options(&lines(&typed[..2])), typed[..2]);
        assert_eq!((line_of("options[2]"), line_of("mac")), (Some(3), None));
    }

    #[test]
    fn every_field_is_of_the_packet() {
        let mut packet = SamplePacket::default();
        for field in &FIELDS {
            *(field.of)(&mut packet) = field.name.to_owned();
        }
        let texts = [&packet.mac, &packet.client_id, &packet.vendor_class, &packet.user_class];
        assert_eq!(texts, ["mac", "client_id", "vendor_class", "user_class"]);
        let texts = [&packet.relay, &packet.circuit_id, &packet.remote_id, &packet.interface];
        assert_eq!(texts, ["relay", "circuit_id", "remote_id", "interface"]);
    }
}
