//! The test bench: a packet is typed, or chosen; which classes it is in, why, and what is open to it.

use leptos::prelude::*;
use leptos::task::spawn_local;
use model::{
    ClassTime, ConfigEdit, Family, FieldError, PacketTrial, Problem, SamplePacket, ServerName, TriedClass, TriedPlace,
    Verdict,
};

use super::edits::Edits;
use super::parameters::FaultLine;
use crate::api;
use crate::components::badge::{Badge, Tone};
use crate::components::icon::Glyph;
use crate::routes;

/// A field of a packet.
struct Field {
    /// As in [`SamplePacket`].
    name: &'static str,
    /// What it is called of IPv4 and of IPv6; empty: there is none.
    labels: [&'static str; 2],
    examples: [&'static str; 2],
    of: fn(&mut SamplePacket) -> &mut String,
}

const FIELDS: [Field; 8] = [
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
struct Form {
    family: Family,
    packet: RwSignal<SamplePacket>,
    /// The options, one a line.
    options: RwSignal<String>,
    /// The further classes, with commas between.
    classes: RwSignal<String>,
    problem: RwSignal<Option<Problem>>,
}

impl Form {
    fn fill(self, packet: SamplePacket) {
        self.options.set(lines(&packet.options));
        self.packet.set(packet);
    }

    /// The packet as it is typed.
    fn typed(self) -> SamplePacket {
        let names =
            |text: &str| text.split(',').map(str::trim).filter(|name| !name.is_empty()).map(str::to_owned).collect();
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

/// A form for a packet, and what comes of it.
#[component]
pub(super) fn Bench(
    /// The server whose classes are tried.
    server: StoredValue<ServerName>,
    /// IPv4 or IPv6.
    family: Family,
    /// What is typed.
    edits: Edits,
    /// What of it, and of what is not there yet, is tried, too.
    unsaved: Callback<(), Vec<ConfigEdit>>,
) -> impl IntoView {
    let form = Form {
        family,
        packet: RwSignal::default(),
        options: RwSignal::default(),
        classes: RwSignal::default(),
        problem: RwSignal::new(None),
    };
    let ready = SamplePacket::ready(family);
    if let Some((_, packet)) = ready.first() {
        form.fill(packet.clone());
    }
    let trial = RwSignal::new(None::<PacketTrial>);
    let member_of =
        move || trial.with(|trial| Some(format!("The packet is in {}", trial.as_ref()?.member_of.join(", "))));
    let ask = move |event: leptos::ev::SubmitEvent| {
        event.prevent_default();
        let (packet, edits) = (form.typed(), untrack(|| unsaved.run(())));
        spawn_local(async move {
            let (answer, problem) = match api::try_packet(server.get_value(), packet, edits).await {
                Ok(answer) => (Some(answer), None),
                Err(error) => (None, Some(error.0)),
            };
            trial.try_set(answer);
            form.problem.try_set(problem);
        });
    };
    view! {
        <details class="fold" data-testid="bench">
            <summary>"Try a packet"</summary>
            <div class="fold-body">
                <form class="bench-form" novalidate on:submit=ask>
                    <Ready form ready/>
                    {FIELDS.iter().map(|field| view! { <Text form field/> }).collect::<Vec<_>>()}
                    <More form/>
                    <p>
                        <button type="submit" class="button">
                            "Try it"
                        </button>
                    </p>
                </form>
                <Show when=move || edits.is_faulty()>
                    <p class="muted">"An expression that cannot be read is tried as the server has it."</p>
                </Show>
                <p role="status" data-testid="bench-member-of">
                    {member_of}
                </p>
                {move || trial.get().map(|trial| view! { <Outcome server trial/> })}
            </div>
        </details>
    }
}

/// The packets that are ready, and the types of messages.
#[component]
fn Ready(form: Form, ready: Vec<(&'static str, SamplePacket)>) -> impl IntoView {
    let names = ready.iter().map(|(name, _)| view! { <option value=*name>{*name}</option> }).collect::<Vec<_>>();
    let choose = move |event| {
        let name = event_target_value(&event);
        if let Some((_, packet)) = ready.iter().find(|(known, _)| *known == name) {
            form.fill(packet.clone());
        }
    };
    let message = |(at, (name, _)): (usize, &(&'static str, u8))| {
        let this = *name;
        let is_it = move || form.packet.with(|packet| packet.message == this || (packet.message.is_empty() && at == 0));
        view! {
            <option value=this selected=is_it>
                {this.to_uppercase()}
            </option>
        }
    };
    let messages = SamplePacket::messages(form.family).iter().enumerate().map(message).collect::<Vec<_>>();
    view! {
        <div class="field">
            <label class="field-label" for="bench-ready">
                "As it comes from"
            </label>
            <select id="bench-ready" class="input" on:change=choose>
                {names}
            </select>
        </div>
        <div class="field">
            <label class="field-label" for="bench-message">
                "Message"
            </label>
            <select
                id="bench-message"
                class="input"
                on:change=move |event| form.packet.update(|packet| packet.message = event_target_value(&event))
            >
                {messages}
            </select>
        </div>
    }
}

#[component]
fn Text(form: Form, field: &'static Field) -> impl IntoView {
    let version = usize::from(form.family == Family::V6);
    let (label, example, of) = (field.labels[version], field.examples[version], field.of);
    if label.is_empty() {
        return ().into_any();
    }
    let id = format!("bench-{}", field.name);
    let fault = Memo::new(move |_| form.fault(field.name));
    view! {
        <div class="field" class:is-wrong=move || fault.with(Option::is_some)>
            <label class="field-label" for=id.clone()>
                {label}
            </label>
            <input
                id=id
                class="input mono"
                type="text"
                autocomplete="off"
                autocapitalize="off"
                spellcheck="false"
                placeholder=example
                aria-invalid=move || fault.with(Option::is_some).then_some("true")
                prop:value=move || form.packet.with(|packet| of(&mut packet.clone()).clone())
                on:input=move |event| form.packet.update(|packet| *of(packet) = event_target_value(&event))
            />
            <div class="field-notes" aria-live="polite">
                {move || fault.get().map(|text| view! { <FaultLine text/> })}
            </div>
        </div>
    }
    .into_any()
}

/// Options without a field of their own, and what the server knows of the client.
#[component]
fn More(form: Form) -> impl IntoView {
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
        <div class="field">
            <label class="field-label" for="bench-classes">
                "Further classes, from its reservation or a hook"
            </label>
            <input
                id="bench-classes"
                class="input mono"
                type="text"
                autocomplete="off"
                autocapitalize="off"
                spellcheck="false"
                prop:value=move || form.classes.get()
                on:input=move |event| form.classes.set(event_target_value(&event))
            />
        </div>
    }
}

/// What comes of a packet.
#[component]
fn Outcome(server: StoredValue<ServerName>, trial: PacketTrial) -> impl IntoView {
    let PacketTrial { dropped, classes, subnets, more, others, .. } = trial;
    let dropped = match dropped {
        Verdict::Yes => Some("Kea drops this packet: it is in the class DROP."),
        Verdict::Unknown => Some("Kea may drop this packet: it is not known whether it is in the class DROP."),
        Verdict::No => None,
    };
    let more = (more > 0).then(|| format!("{more} more are not shown: give the address of a relay."));
    let others = match others {
        0 => None,
        count => Some(format!("Subnets behind other relays, or open to every client: {count}.")),
    };
    let classes = classes.into_iter().map(|class| view! { <Class server class/> }).collect::<Vec<_>>();
    let places = subnets.into_iter().map(|place| place_line(server, place)).collect::<Vec<_>>();
    view! {
        <div class="stack" data-testid="bench-outcome">
            {dropped.map(|text| view! { <p class="notice tone-bad">{text}</p> })}
            <h3>"Classes, in their order"</h3>
            <ul class="bench-rows">{classes}</ul>
            <h3>"Subnets and pools"</h3>
            <ul class="bench-rows">{places}</ul>
            {more.map(|text| view! { <p class="muted">{text}</p> })}
            {others.map(|text| view! { <p class="muted">{text}</p> })}
        </div>
    }
}

/// A verdict, in these words.
fn badge(verdict: Verdict, yes: &'static str, no: &'static str) -> AnyView {
    let (tone, glyph, text) = match verdict {
        Verdict::Yes => (Tone::Good, Glyph::Check, yes),
        Verdict::No => (Tone::Neutral, Glyph::NoEntry, no),
        Verdict::Unknown => (Tone::Warn, Glyph::Warning, "not known"),
    };
    view! { <Badge tone glyph text/> }.into_any()
}

#[component]
fn Class(server: StoredValue<ServerName>, class: TriedClass) -> impl IntoView {
    let TriedClass { path, name, when, fits, why, values } = class;
    let href = server.with_value(|server| routes::settings_of_part(server, routes::CLASSES, &path));
    let when = match when {
        ClassTime::First => "",
        ClassTime::Reservation => "looked at once a subnet is chosen",
        ClassTime::Asked => "only where it is asked for",
    };
    let row =
        |value: &model::TriedValue| format!("{}{}  →  {}", "  ".repeat(value.depth as usize), value.text, value.value);
    let values = values.iter().map(row).collect::<Vec<_>>().join("\n");
    view! {
        <li>
            <p class="bench-head">
                {badge(fits, "fits", "does not fit")} <a href=href>{name}</a> <span class="muted">{when}</span>
            </p>
            <p class="muted">{why}</p>
            <pre class="mono expression-mark">{values}</pre>
        </li>
    }
}

fn place_line(server: StoredValue<ServerName>, place: TriedPlace) -> AnyView {
    let TriedPlace { path, label, open, why, asks, pools } = place;
    let href = server.with_value(|server| routes::config_part(server, &path, 0));
    let asks = (!asks.is_empty()).then(|| format!("asks for {}", asks.join(", ")));
    let pools = pools.into_iter().map(|pool| place_line(server, pool)).collect::<Vec<_>>();
    view! {
        <li>
            <p class="bench-head">
                {badge(open, "open", "closed")} <a href=href>{label}</a> <span class="muted">{why}</span>
                <span class="muted">{asks}</span>
            </p>
            {(!pools.is_empty()).then(|| view! { <ul class="bench-rows">{pools}</ul> })}
        </li>
    }
    .into_any()
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
