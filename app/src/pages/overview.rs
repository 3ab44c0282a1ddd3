//! How everything is, at a glance.

use leptos::prelude::*;
use leptos_meta::Title;
use model::{Finding, Health, Hold, Overview, ServerStatus, Severity, SubnetSummary, Timestamp};

use crate::api;
use crate::components::badge::{HealthBadge, SeverityBadge};
use crate::components::empty::Empty;
use crate::components::freshness::{AsOf, Freshness};
use crate::components::icon::{Glyph, Icon};
use crate::components::problem::ProblemView;
use crate::components::server::{FamilyTag, Findings, Members, ServerFacts, not_saved, unknown, waiting};
use crate::components::skeleton::Skeleton;
use crate::components::utilization_bar::{Level, PrefixBar, in_words};
use crate::live::Live;
use crate::routes;

/// From this share on a subnet is something to look at.
const NEARLY_FULL: u8 = 90;

/// Something that needs attention.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Concern {
    severity: Severity,
    place: String,
    text: String,
    advice: String,
    href: Option<String>,
}

/// What needs attention, the worst first.
fn concerns(overview: &Overview) -> Vec<Concern> {
    let servers = overview.servers.iter().flat_map(server_concerns);
    let subnets = overview.fullest.iter().filter_map(subnet_concern);
    let own = overview.own.iter().map(|finding| concern("Nestor", finding));
    let mut concerns: Vec<_> = servers.chain(subnets).chain(own).collect();
    concerns.sort_by_key(|concern| std::cmp::Reverse(concern.severity));
    concerns
}

fn concern(place: &str, finding: &Finding) -> Concern {
    let (text, advice) = (finding.text.clone(), finding.advice.clone());
    Concern { severity: finding.severity, place: place.to_owned(), text, advice, href: None }
}

fn server_concerns(server: &ServerStatus) -> Vec<Concern> {
    let place = server.name.as_str();
    let mut found: Vec<_> = server.findings.iter().map(|finding| concern(place, finding)).collect();
    let concern = |severity, text: &str, advice: &str| Concern {
        severity,
        place: place.to_owned(),
        text: text.to_owned(),
        advice: advice.to_owned(),
        href: None,
    };
    // A server that does not serve usually says why; if it does not, the fact itself must not be missing.
    if server.health != Health::Serving && found.iter().all(|concern| concern.severity < Severity::Blocks) {
        found.push(match server.health {
            Health::NotServing => concern(
                Severity::Blocks,
                "The server answers, but hands out no leases.",
                "Check Kea’s log on that host: its configuration or its lease database has failed.",
            ),
            _ => concern(
                Severity::Blocks,
                "The server does not answer.",
                "Check that Kea runs on that host and that its control socket can be reached from here.",
            ),
        });
    }
    found.extend(unsettled_concerns(server));
    found
}

/// What was changed and is not safe yet.
fn unsettled_concerns(server: &ServerStatus) -> impl Iterator<Item = Concern> {
    let said = [
        (not_saved(server.unsettled), "Save it on the Servers page."),
        (waiting(server.unsettled), "They are applied when the server is back; until then only its partner has them."),
        (unknown(server.unsettled), "Ask the server again on the Changes page."),
    ];
    said.into_iter().filter_map(|(text, advice)| {
        Some(Concern {
            severity: Severity::Warns,
            place: server.name.to_string(),
            text: text?,
            advice: advice.to_owned(),
            href: Some(routes::SERVERS.to_owned()),
        })
    })
}

fn subnet_concern(summary: &SubnetSummary) -> Option<Concern> {
    let utilization = summary.utilization?;
    let percent = utilization.percent().filter(|percent| *percent >= NEARLY_FULL)?;
    let full = utilization.free() == 0;
    Some(Concern {
        severity: if full { Severity::Blocks } else { Severity::Warns },
        place: summary.subnet.prefix.to_string(),
        text: if full {
            "Pools full: new clients get no address.".to_owned()
        } else {
            format!("Pools {percent} % used, {} addresses free.", utilization.free())
        },
        advice: "Enlarge a pool, shorten the lease time, or move clients to another subnet.".to_owned(),
        href: Some(routes::subnet(&summary.subnet.key)),
    })
}

/// When the oldest part of what is shown was asked, but for what is dated by itself.
fn as_of(overview: &Overview) -> Option<Timestamp> {
    let answering = overview.servers.iter().filter(|server| server.health != Health::Unreachable);
    let oldest = answering.map(|server| server.as_of).min();
    oldest.or_else(|| overview.servers.iter().map(|server| server.as_of).max())
}

/// The first page.
#[component]
pub fn OverviewPage() -> impl IntoView {
    let live = Live::here();
    let overview = Resource::new(move || live.version(), |_| api::overview());
    view! {
        <Title text="Overview · Nestor"/>
        <Transition fallback=|| {
            view! {
                <PageHead as_of=None/>
                <Skeleton rows=8/>
            }
        }>
            {move || Suspend::new(async move {
                match overview.await {
                    Ok(overview) => view! { <AtAGlance overview/> }.into_any(),
                    Err(error) => {
                        view! {
                            <PageHead as_of=None/>
                            <ProblemView problem=error.0 retry=Callback::new(move |()| overview.refetch())/>
                        }
                            .into_any()
                    }
                }
            })}
        </Transition>
    }
    .into_any()
}

#[component]
fn PageHead(as_of: Option<Timestamp>) -> impl IntoView {
    view! {
        <header class="page-head">
            <h1>"Overview"</h1>
            {as_of.map(|as_of| view! { <Freshness as_of/> })}
        </header>
    }
}

#[component]
fn AtAGlance(overview: Overview) -> impl IntoView {
    if overview.servers.is_empty() {
        return view! {
            <PageHead as_of=None/>
            <Empty glyph=Glyph::Server title="No Kea server yet">
                <p>
                    "Servers, their fullest subnets and problems appear here. None is configured yet: add the first one to "
                    <code>"nestor.toml"</code> " and restart Nestor."
                </p>
            </Empty>
        }
        .into_any();
    }
    let concerns = concerns(&overview);
    let serving = overview.servers.iter().filter(|server| server.health == Health::Serving).count();
    let all = overview.servers.len();
    // What no server could be asked is not zero, it is not known.
    let unheard = |server: &ServerStatus| server.health == Health::Unreachable;
    let silent = overview.servers.iter().all(unheard) && overview.subnets == 0;
    let known = move |value: String| if silent { "–".to_owned() } else { value };
    view! {
        <PageHead as_of=as_of(&overview)/>
        <dl class="figures">
            <Figure name="Servers up" value=format!("{serving} of {all}") href=None/>
            <Figure name="Subnets" value=known(overview.subnets.to_string()) href=Some(routes::NETWORKS)/>
            <Figure name="Addresses used" value=known(grouped(overview.leases)) href=None/>
            <Figure name="On hold" value=overview.holds.len().to_string() href=Some(routes::FOREMAN)/>
        </dl>
        <Concerns concerns/>
        <div class="columns">
            <section class="card" aria-labelledby="fullest">
                <header class="card-head">
                    <h2 id="fullest">"Fullest subnets"</h2>
                    <a class="card-more" href=routes::networks("", "-used", 0)>"All subnets"</a>
                </header>
                <Fullest subnets=overview.fullest/>
            </section>
            <section class="stack" aria-label="Servers">
                {overview.servers.into_iter().map(|server| view! { <ServerCard server/> }).collect::<Vec<_>>()}
            </section>
        </div>
        <HoldsStrip holds=overview.holds/>
    }
    .into_any()
}

/// A number with thin spaces between its thousands.
fn grouped(number: u64) -> String {
    let digits = number.to_string();
    let mut text = String::with_capacity(digits.len() * 2);
    for (at, digit) in digits.chars().enumerate() {
        if at > 0 && (digits.len() - at).is_multiple_of(3) {
            text.push('\u{202f}');
        }
        text.push(digit);
    }
    text
}

#[component]
fn Figure(name: &'static str, value: String, href: Option<&'static str>) -> impl IntoView {
    let value = match href {
        Some(href) => view! { <a href=href>{value}</a> }.into_any(),
        None => value.into_any(),
    };
    view! {
        <div class="figure">
            <dt>{name}</dt>
            <dd>{value}</dd>
        </div>
    }
}

#[component]
fn Concerns(concerns: Vec<Concern>) -> impl IntoView {
    if concerns.is_empty() {
        return view! {
            <section class="well" aria-label="State">
                <Icon glyph=Glyph::CheckCircle/>
                <p>
                    <strong>"All is well."</strong>
                    " All servers serve, no subnet is nearly full, and no problems were found."
                </p>
            </section>
        }
        .into_any();
    }
    let count = concerns.len();
    let rows = concerns.into_iter().map(|concern| view! { <ConcernRow concern/> });
    let rows = rows.collect::<Vec<_>>();
    view! {
        <section class="card" aria-labelledby="concerns">
            <header class="card-head">
                <h2 id="concerns">"Needs attention"</h2>
                <span class="count">{count}</span>
            </header>
            <ul class="concerns">{rows}</ul>
        </section>
    }
    .into_any()
}

#[component]
fn ConcernRow(concern: Concern) -> impl IntoView {
    let Concern { severity, place, text, advice, href } = concern;
    let place = match href {
        Some(href) => view! { <a class="address" href=href>{place}</a> }.into_any(),
        None => view! { <strong>{place}</strong> }.into_any(),
    };
    view! {
        <li class="concern">
            <SeverityBadge severity/>
            <div>
                <p>{place} " " {text}</p>
                <p class="muted">{advice}</p>
            </div>
        </li>
    }
}

#[component]
fn Fullest(subnets: Vec<SubnetSummary>) -> impl IntoView {
    if subnets.is_empty() {
        return view! {
            <p class="card-empty">
                "The fullest subnets appear here as soon as a server reports how full its pools are."
            </p>
        }
        .into_any();
    }
    let rows = subnets.into_iter().map(|summary| {
        let utilization = summary.utilization;
        let words = utilization.map_or_else(|| "utilization unknown".to_owned(), in_words);
        let percent = utilization.and_then(model::Utilization::percent);
        let warning = percent.and_then(|percent| Level::of(percent).glyph());
        let name = summary.subnet.name.clone();
        let members = (summary.members.len() > 1).then(|| view! { <Members members=summary.members.clone()/> });
        let old = summary.as_of;
        view! {
            <li class="fullest-row" class:is-old=old.is_some()>
                <a class="row-link" href=routes::subnet(&summary.subnet.key)>
                    <PrefixBar label=summary.subnet.prefix.to_string() utilization/>
                </a>
                <span class="fullest-share">
                    {warning.map(|glyph| view! { <Icon glyph/> })}
                    {percent.map_or_else(|| "–".to_owned(), |percent| format!("{percent} %"))}
                </span>
                <span class="fullest-name">
                    {name.map(|name| view! { <span class="fullest-title">{name}</span> })} {old.map(|at| view! { <AsOf at/> })}
                    {members}
                </span>
                <span class="fullest-words muted">{words}</span>
            </li>
        }
    });
    view! { <ol class="fullest">{rows.collect::<Vec<_>>()}</ol> }.into_any()
}

#[component]
fn ServerCard(server: ServerStatus) -> impl IntoView {
    let known = server.is_known();
    let unsettled = [not_saved, waiting, unknown].into_iter().filter_map(|say| say(server.unsettled));
    let unsettled = unsettled.map(|text| view! { <li>{text}</li> }).collect::<Vec<_>>();
    let findings = server.findings.clone();
    view! {
        <article class="card">
            <header class="card-head">
                <h2>
                    <Icon glyph=Glyph::Server/>
                    {server.name.to_string()}
                    <FamilyTag family=server.family/>
                </h2>
                <HealthBadge health=server.health/>
            </header>
            {(!unsettled.is_empty())
                .then(|| {
                    view! {
                        <div class="notice tone-warn server-unsettled" data-testid="unsettled">
                            <Icon glyph=Glyph::Warning/>
                            <div>
                                <ul>{unsettled}</ul>
                                <a href=routes::SERVERS>"View servers"</a>
                            </div>
                        </div>
                    }
                })}
            {known.then(|| view! { <ServerFacts server/> })}
            <Findings findings/>
        </article>
    }
    .into_any()
}

/// The addresses that are held now, and where they are explained.
#[component]
fn HoldsStrip(holds: Vec<Hold>) -> impl IntoView {
    const SHOWN: usize = 8;
    if holds.is_empty() {
        return ().into_any();
    }
    let more = holds.len().saturating_sub(SHOWN);
    let shown = holds.into_iter().take(SHOWN).map(|hold| {
        let address = hold.key.address.to_string();
        let href = routes::subnet_with_text(&hold.key.subnet, &address);
        view! {
            <li>
                <a class="address" href=href title=format!("held for {}", hold.holder)>
                    {address}
                </a>
            </li>
        }
    });
    view! {
        <section class="strip" aria-label="On hold">
            <Icon glyph=Glyph::Pause/>
            <p>"On hold:"</p>
            <ul class="strip-list">{shown.collect::<Vec<_>>()}</ul>
            <a class="card-more" href=routes::FOREMAN>
                {if more > 0 { format!("and {more} more") } else { "All holds".to_owned() }}
            </a>
        </section>
    }
    .into_any()
}

#[cfg(test)]
mod tests {
    use model::{Finding, Subnet, Utilization};

    use super::*;

    fn server(health: Health, findings: Vec<Finding>) -> ServerStatus {
        let name = "main".parse().unwrap();
        ServerStatus {
            name,
            family: model::Family::V4,
            health,
            version: None,
            hooks: Vec::new(),
            storage: None,
            findings,
            pairs: Vec::new(),
            unsettled: model::Unsettled::default(),
            as_of: Timestamp(0),
            silent_since: None,
        }
    }

    fn finding(severity: Severity) -> Finding {
        Finding { severity, text: "text".to_owned(), advice: "advice".to_owned(), items: Vec::new(), line: None }
    }

    fn subnet(assigned: u64) -> SubnetSummary {
        let subnet = Subnet::of("main/1".parse().unwrap(), "10.0.0.0/24".parse().unwrap());
        let utilization = Some(Utilization { total: 100, assigned, ..Utilization::default() });
        SubnetSummary {
            subnet,
            utilization,
            as_of: None,
            members: Vec::new(),
            naming_lacks: None,
            reserving_lacks: None,
        }
    }

    fn overview(servers: Vec<ServerStatus>, fullest: Vec<SubnetSummary>) -> Overview {
        Overview { servers, fullest, subnets: 1, leases: 1, holds: Vec::new(), own: Vec::new() }
    }

    #[test]
    fn what_nestor_itself_lacks_is_a_concern() {
        let own = vec![finding(Severity::Warns)];
        let overview = Overview { own, ..overview(vec![server(Health::Serving, Vec::new())], Vec::new()) };
        assert_eq!(concerns(&overview).iter().map(|concern| concern.place.as_str()).collect::<Vec<_>>(), ["Nestor"]);
    }

    #[test]
    fn all_is_well_when_nothing_is_wrong() {
        assert_eq!(concerns(&overview(vec![server(Health::Serving, Vec::new())], vec![subnet(89)])), []);
    }

    #[test]
    fn the_worst_comes_first() {
        let servers = vec![server(Health::Serving, vec![finding(Severity::Warns), finding(Severity::Blocks)])];
        let severities: Vec<_> =
            concerns(&overview(servers, vec![subnet(90), subnet(100)])).iter().map(|c| c.severity).collect();
        assert_eq!(severities, [Severity::Blocks, Severity::Blocks, Severity::Warns, Severity::Warns]);
    }

    #[test]
    fn a_server_that_does_not_serve_is_a_concern_once() {
        let silent = concerns(&overview(vec![server(Health::Unreachable, vec![finding(Severity::Warns)])], Vec::new()));
        assert_eq!(silent.len(), 2);
        let explained =
            concerns(&overview(vec![server(Health::NotServing, vec![finding(Severity::Blocks)])], Vec::new()));
        assert_eq!(explained.len(), 1);
    }

    #[test]
    fn what_is_not_safe_yet_is_a_concern() {
        let mut waits = server(Health::Serving, Vec::new());
        waits.unsettled = model::Unsettled { not_saved: 1, pending: 1, unknown: 0, lost: 0 };
        let found = concerns(&overview(vec![waits], Vec::new()));
        assert_eq!(found.iter().map(|concern| concern.href.as_deref()).collect::<Vec<_>>(), [Some("/servers"); 2]);
    }

    #[test]
    fn thousands_are_grouped() {
        assert_eq!([0, 999, 1_000, 1_234_567].map(grouped), ["0", "999", "1\u{202f}000", "1\u{202f}234\u{202f}567"]);
    }
}
