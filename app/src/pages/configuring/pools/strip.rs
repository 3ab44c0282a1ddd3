//! The prefix as a strip, with the pools on it.

use leptos::prelude::*;
use model::{AddressRange, IpNetwork};

/// How wide the strip is, in its own measure.
const WIDTH: f64 = 1_000.0;

/// The prefix as a strip, with the pools on it as they are typed.
#[component]
pub(super) fn Strip(
    /// The prefix.
    network: IpNetwork,
    /// The pools.
    #[prop(into)]
    ranges: Signal<Vec<AddressRange>>,
) -> impl IntoView {
    let whole = AddressRange::of_prefix(network);
    let bars = move || {
        let bars = ranges.get().into_iter().filter_map(|range| {
            let (x, width) = place(whole, range)?;
            Some(view! { <rect class="pool-bar" x=x.to_string() y="0" width=width.to_string() height="20"></rect> })
        });
        bars.collect::<Vec<_>>()
    };
    view! {
        <figure class="pool-strip">
            <svg viewBox="0 0 1000 20" preserveAspectRatio="none" aria-hidden="true" focusable="false">
                {bars}
            </svg>
            <figcaption>
                <span class="mono">{whole.first().to_string()}</span>
                <span class="mono">{whole.last().to_string()}</span>
            </figcaption>
        </figure>
    }
}

/// Where a range is on the strip, and how wide; none: it is not on it.
fn place(whole: AddressRange, range: AddressRange) -> Option<(f64, f64)> {
    let inside = whole.intersection(range)?;
    let before = AddressRange::new(whole.first(), inside.first()).ok()?.count() - 1;
    #[allow(clippy::cast_precision_loss, reason = "it is a drawing")]
    let part = |count: u128| count as f64 / whole.count() as f64 * WIDTH;
    // A single address of a large prefix is seen, too.
    Some((part(before), part(inside.count()).max(2.0)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_strip_shows_where_a_pool_lies() {
        let whole: AddressRange = "192.0.2.0/24".parse().unwrap();
        assert_eq!(place(whole, "192.0.2.128/25".parse().unwrap()), Some((500.0, 500.0)));
        assert_eq!(place(whole, "198.51.100.0/24".parse().unwrap()), None);
        let (x, width) = place("2001:db8::/64".parse().unwrap(), "2001:db8::10-2001:db8::10".parse().unwrap()).unwrap();
        assert!(x < 0.1 && width >= 2.0, "{x} {width}");
    }
}
