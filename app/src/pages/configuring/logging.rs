//! The loggers of a server: how much each says, where its messages go, and debugging that ends by itself.

use leptos::prelude::*;
use leptos::task::spawn_local;
use model::{
    ApplyRequest, ConfigEdit, ConfigLogger, LoggerChoice, LoggerOutput, LoggerSettings, Permission, Problem, Seconds,
    ServerName, Unconfirmed,
};

use super::edits::Edits;
use super::findings::FindingsOf;
use super::form_card::FormCard;
use super::parameters::Rows;
use super::review::{EditBar, Reviewed};
use super::typed::quoted;
use super::{Asked, asked, of_server};
use crate::api;
use crate::components::empty::Empty;
use crate::components::field::{SelectField, TextField};
use crate::components::icon::{Glyph, Icon};
use crate::components::moment::Moment;
use crate::components::unconfirmed::Deciding;
use crate::live::Live;
use crate::routes;
use crate::state::{Session, Toasts};

/// For how long a logger is made to say all, in seconds.
const DEBUGGING: Seconds = Seconds(15 * 60);

/// The loggers of the server that the address names.
#[component]
pub fn LoggingPage() -> impl IntoView {
    of_server(routes::LOGGING, |server| view! { <Loading server/> }.into_any())
}

/// What the parts of the page share.
#[derive(Clone, Copy)]
struct Logging {
    server: StoredValue<ServerName>,
    edits: Edits,
    /// What is added or taken out, as it is reviewed.
    reviewing: RwSignal<Option<Vec<ConfigEdit>>>,
    deciding: Deciding,
    may: Signal<bool>,
    live: Live,
    toasts: Toasts,
}

impl Logging {
    /// Has a logger say all it can for a while. It goes back by itself, whatever becomes of this page.
    fn debug(self, path: String) {
        self.deciding.busy.set(true);
        spawn_local(async move {
            match debug(self.server.get_value(), &path).await {
                Ok(()) => self.toasts.done("Debugging: it ends by itself in 15 minutes."),
                Err(problem) => self.toasts.failed(&problem),
            }
            self.deciding.busy.try_set(false);
            self.live.changed(None);
        });
    }
}

/// Plans and makes it, as any other change: what stands against it is said.
async fn debug(server: ServerName, path: &str) -> Result<(), Problem> {
    let edits = vec![
        ConfigEdit::set(format!("{path}.severity"), quoted("DEBUG")),
        ConfigEdit::set(format!("{path}.debuglevel"), "99"),
    ];
    let plan = api::plan_config(server.clone(), edits, None, None).await.map_err(|error| error.0)?;
    let request = ApplyRequest {
        edits: plan.edits,
        back: Some(plan.back),
        base: plan.base,
        note: "Debug for 15 minutes".to_owned(),
        confirm_within: Some(DEBUGGING),
        single_server: true,
        ..ApplyRequest::default()
    };
    api::apply_config(server, request, None).await.map(drop).map_err(|error| error.0)
}

#[component]
fn Loading(server: ServerName) -> impl IntoView {
    let live = Live::here();
    let edits = Edits::new();
    let server = StoredValue::new(server);
    let ask = move |()| api::list_config_loggers(server.get_value());
    asked(
        8,
        || (),
        ask,
        move |asked: Asked<LoggerSettings>| {
            let all = asked.value;
            let logging = Logging {
                server,
                edits,
                reviewing: RwSignal::new(None),
                deciding: Deciding::here(),
                may: Session::allows(Permission::Reserve),
                live,
                toasts: Toasts::here(),
            };
            let settled = edits.settled(all);
            let rows = move || {
                let loggers = settled.get().1.loggers;
                if loggers.is_empty() {
                    return view! {
                        <Empty glyph=Glyph::Info title="No loggers">
                            <p>"Kea logs what it logs by default, to its standard output."</p>
                        </Empty>
                    }
                    .into_any();
                }
                loggers.into_iter().map(|logger| view! { <Logger logging logger/> }).collect::<Vec<_>>().into_any()
            };
            view! {
                <FindingsOf server part="loggers"/>
                {rows}
                <Show when=move || logging.may.get()>
                    <Adding logging all/>
                </Show>
                <EditBar edits server/>
                <Reviewed reviewing=logging.reviewing server/>
            }
            .into_any()
        },
    )
}

#[component]
fn Logger(logging: Logging, logger: ConfigLogger) -> impl IntoView {
    let ConfigLogger { path, name, about, parameters, says_all, debugging, list, outputs } = logger;
    let title = if name.is_empty() { "Without a name".to_owned() } else { name };
    let none = outputs.is_empty();
    let outputs = outputs.into_iter().map(|output| view! { <Output logging output/> }).collect::<Vec<_>>();
    let (removed, shown) = (path.clone(), path.clone());
    let remove = move |_| logging.reviewing.set(Some(vec![ConfigEdit::remove(&removed)]));
    let label = format!("Remove the logger {title}");
    view! {
        <section class="card parameter-group" data-testid="logger" data-path=shown>
            <header class="card-head">
                <h2 class="mono">{title}</h2>
                <Show when=move || logging.may.get()>
                    <button type="button" class="button button-small" aria-label=label.clone() on:click=remove.clone()>
                        "Remove…"
                    </button>
                </Show>
            </header>
            <div class="card-body">
                {(!about.is_empty()).then(|| view! { <p class="muted">{about}</p> })}
                <Debugging logging path says_all change=debugging/>
            </div>
            <Rows parameters edits=logging.edits/>
            {none
                .then(|| {
                    view! { <p class="card-body muted">"Its messages go where those of the logger above it go."</p> }
                })}
            {outputs}
            <Show when=move || logging.may.get()>
                <AddOutput logging list=list.clone()/>
            </Show>
        </section>
    }
}

/// Whether a logger says all for a while, until when, and the way to begin and to end that.
#[component]
fn Debugging(logging: Logging, path: String, says_all: bool, change: Option<Unconfirmed>) -> impl IntoView {
    let path = StoredValue::new(path);
    let Some(Unconfirmed { change, until, actor, .. }) = change else {
        return view! {
            <Show when=move || logging.may.get() && !says_all>
                <button
                    type="button"
                    class="button button-small"
                    disabled=move || logging.deciding.busy.get()
                    on:click=move |_| logging.debug(path.get_value())
                >
                    "Debug for 15 minutes"
                </button>
            </Show>
        }
        .into_any();
    };
    view! {
        <p class="field-line" data-testid="debugging">
            <Icon glyph=Glyph::Clock/>
            <span>{format!("Says more for a while, by {actor}. It ends by itself: ")} <Moment at=until/></span>
            <Show when=move || logging.may.get()>
                <button
                    type="button"
                    class="button button-small"
                    disabled=move || logging.deciding.busy.get()
                    on:click=move |_| logging.deciding.take_back(change)
                >
                    "Stop now"
                </button>
            </Show>
        </p>
    }
    .into_any()
}

#[component]
fn Output(logging: Logging, output: LoggerOutput) -> impl IntoView {
    let LoggerOutput { path, output, parameters } = output;
    let remove = move |_| logging.reviewing.set(Some(vec![ConfigEdit::remove(&path)]));
    let label = format!("Remove the output {output}");
    view! {
        <div class="card-body field-line">
            <h3>
                "Output " <span class="mono">{output}</span>
            </h3>
            <Show when=move || logging.may.get()>
                <button type="button" class="button button-small" aria-label=label.clone() on:click=remove.clone()>
                    "Remove…"
                </button>
            </Show>
        </div>
        <Rows parameters edits=logging.edits/>
    }
}

/// One more place where messages go.
#[component]
fn AddOutput(logging: Logging, list: String) -> impl IntoView {
    let output = RwSignal::new(String::new());
    let add = move |event: leptos::ev::SubmitEvent| {
        event.prevent_default();
        let output = output.get_untracked().trim().to_owned();
        if !output.is_empty() {
            logging.reviewing.set(Some(vec![ConfigEdit::add(&list, format!("{{\"output\":{}}}", quoted(&output)))]));
        }
    };
    view! {
        <form class="card-body field-line" on:submit=add>
            <input
                class="input mono"
                type="text"
                list="logger-outputs"
                aria-label="One more output"
                placeholder="stdout, stderr, syslog or a file"
                autocomplete="off"
                spellcheck="false"
                prop:value=move || output.get()
                on:input=move |event| output.set(event_target_value(&event))
            />
            <button type="submit" class="button button-small" disabled=move || output.with(|text| text.trim().is_empty())>
                "Add output…"
            </button>
        </form>
    }
}

/// The form for one more logger.
#[component]
fn Adding(logging: Logging, all: RwSignal<LoggerSettings>) -> impl IntoView {
    let name = RwSignal::new(String::new());
    let severity = RwSignal::new("INFO".to_owned());
    let choices = Signal::derive(move || {
        let choice = |choice: &LoggerChoice| (choice.name.clone(), choice.about.clone());
        all.with(|all| all.choices.iter().map(choice).collect::<Vec<_>>())
    });
    let severities = all.with_untracked(|all| all.severities.clone()).into_iter();
    let severities: Vec<_> = severities.map(|word| (word.clone(), word)).collect();
    let about = Signal::derive(move || {
        let chosen = name.with(|name| name.trim().to_owned());
        choices.with(|all| all.iter().find(|(known, _)| *known == chosen).map(|(_, about)| about.clone()))
    });
    let add = move |()| {
        let value = new_logger(&name.get_untracked(), &severity.get_untracked());
        logging.reviewing.set(Some(vec![ConfigEdit::add("loggers", value)]));
    };
    view! {
        <FormCard
            title="New logger"
            testid="new-logger"
            review="review-logger"
            ready=Signal::derive(move || name.with(|name| !name.trim().is_empty()))
            on_review=add
        >
            <TextField
                name="logger-name"
                label="Name"
                value=name
                on_input=move |text| name.set(text)
                note=about
                suggestions=choices
                mono=true
            />
            <SelectField
                name="logger-severity"
                label="Severity"
                options=severities
                value=severity
                on_choose=move |word| severity.set(word)
            />
        </FormCard>
        <datalist id="logger-outputs">
            <option value="stdout"></option>
            <option value="stderr"></option>
            <option value="syslog"></option>
        </datalist>
    }
}

/// A logger as Kea has it written: never without a severity, with which Kea does not start. That of the daemon logs
/// nothing without an output; the others use its own.
fn new_logger(name: &str, severity: &str) -> String {
    let name = name.trim();
    let output = if name.contains('.') { "" } else { ",\"output-options\":[{\"output\":\"stdout\"}]" };
    format!("{{\"name\":{},\"severity\":{}{output}}}", quoted(name), quoted(severity))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_new_logger_has_a_severity_and_that_of_the_daemon_an_output() {
        assert_eq!(new_logger(" kea-dhcp4.leases ", "INFO"), r#"{"name":"kea-dhcp4.leases","severity":"INFO"}"#);
        assert!(new_logger("kea-dhcp4", "DEBUG").ends_with(r#","output-options":[{"output":"stdout"}]}"#));
    }
}
