//! How full a subnet is: a bar, and always a number beside it.

use leptos::prelude::*;
use model::{Utilization, readable_count};

use super::icon::{Glyph, Icon};

/// How full, in three steps (80 and 90 per cent, as everywhere in this trade).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Level {
    /// Room enough.
    Ample,
    /// From 80 % on.
    High,
    /// From 90 % on.
    Critical,
}

impl Level {
    /// The step for a share in percent.
    pub fn of(percent: u8) -> Self {
        match percent {
            0..80 => Self::Ample,
            80..90 => Self::High,
            _ => Self::Critical,
        }
    }

    fn class(self) -> &'static str {
        match self {
            Self::Ample => "level-ample",
            Self::High => "level-high",
            Self::Critical => "level-critical",
        }
    }

    /// The icon that repeats in form what the colour says.
    pub fn glyph(self) -> Option<Glyph> {
        match self {
            Self::Ample => None,
            Self::High => Some(Glyph::Warning),
            Self::Critical => Some(Glyph::Error),
        }
    }
}

/// "37 of 100 leased, 63 free".
pub fn in_words(utilization: Utilization) -> String {
    let Utilization { total, assigned, declined, .. } = utilization;
    let declined = if declined > 0 { format!(", {declined} declined") } else { String::new() };
    let [total, free] = [total, utilization.free()].map(|count| readable_count(count.into()));
    format!("{assigned} of {total} used, {free} free{declined}")
}

#[component]
fn Strip(percent: u8) -> impl IntoView {
    view! {
        <svg class="bar-strip" viewBox="0 0 100 10" preserveAspectRatio="none" aria-hidden="true" focusable="false">
            <rect class="bar-track" width="100" height="10"></rect>
            <rect class="bar-fill" width=percent.to_string() height="10"></rect>
        </svg>
    }
}

/// A bar with its share in percent; what it counts is in its title and its accessible name.
#[component]
pub fn UtilizationBar(
    /// How full; none: the server cannot say, or there are no pools.
    utilization: Option<Utilization>,
) -> impl IntoView {
    match utilization.and_then(|utilization| Some((utilization, utilization.percent()?))) {
        None => {
            let why = if utilization.is_some() { "no pools" } else { "unknown" };
            view! { <span class="bar bar-none muted">{why}</span> }.into_any()
        }
        Some((utilization, percent)) => {
            let level = Level::of(percent);
            view! {
                <span class=format!("bar {}", level.class()) title=in_words(utilization)>
                    <Strip percent/>
                    <span class="bar-text">
                        {level.glyph().map(|glyph| view! { <Icon glyph/> })}
                        {percent}
                        " %"
                        <span class="visually-hidden">{format!(" full: {}", in_words(utilization))}</span>
                    </span>
                </span>
            }
            .into_any()
        }
    }
}

/// A prefix that stands inside its own bar.
#[component]
pub fn PrefixBar(
    /// What to write into the bar.
    #[prop(into)]
    label: String,
    /// How full.
    utilization: Option<Utilization>,
) -> impl IntoView {
    let percent = utilization.and_then(Utilization::percent);
    let level = percent.map_or(Level::Ample, Level::of);
    view! {
        <span class=format!("prefix-bar {}", level.class())>
            <Strip percent=percent.unwrap_or(0)/>
            <span class="prefix-bar-label">{label}</span>
        </span>
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn thresholds_are_eighty_and_ninety() {
        let levels = [0, 79, 80, 89, 90, 100].map(Level::of);
        assert_eq!(levels, [Level::Ample, Level::Ample, Level::High, Level::High, Level::Critical, Level::Critical]);
    }

    #[test]
    fn the_bar_is_put_into_words() {
        assert_eq!(in_words(Utilization { total: 10, assigned: 4, ..Utilization::default() }), "4 of 10 used, 6 free");
        assert_eq!(
            in_words(Utilization { total: 10, assigned: 12, declined: 1, ..Utilization::default() }),
            "12 of 10 used, 0 free, 1 declined"
        );
    }
}
