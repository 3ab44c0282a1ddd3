//! How everything is, at a glance.
#![allow(unreachable_pub, private_interfaces, reason = "the component macro makes every component `pub`")]

mod concerns;
mod words;

use leptos::prelude::*;
use leptos_meta::Title;
use model::{Health, Hold, Overview, ServerStatus, SubnetSummary, Timestamp};

use self::concerns::Concerns;
use crate::api;
use crate::components::badge::HealthBadge;
use crate::components::empty::Empty;
use crate::components::freshness::{AsOf, Freshness};
use crate::components::icon::{Glyph, Icon};
use crate::components::import_link::ImportLink;
use crate::components::pair;
use crate::components::problem::ProblemView;
use crate::components::server::{FamilyTag, Findings, Members, ServerFacts, not_saved, unknown, waiting};
use crate::components::skeleton::Skeleton;
use crate::components::utilization_bar::{Level, PrefixBar, in_words};
use crate::live::Live;
use crate::routes;

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
            <ImportLink/>
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
    let concerns = words::concerns(&overview);
    // Of a pair that needs attention, this is said above.
    let pairs = overview.pairs.iter().filter(|pair| !pair::needs_attention(pair));
    let pairs = pairs.map(|pair| pair::state(pair, String::new())).collect::<Vec<_>>();
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
                {pairs}
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
    use super::*;

    #[test]
    fn thousands_are_grouped() {
        assert_eq!([0, 999, 1_000, 1_234_567].map(grouped), ["0", "999", "1\u{202f}000", "1\u{202f}234\u{202f}567"]);
    }
}
