//! Pages of a long list.

use leptos::prelude::*;

use super::icon::{Glyph, Icon};

/// Which part of a list is shown.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Part {
    /// How many rows come before it.
    pub offset: u32,
    /// How many rows it has.
    pub shown: u32,
    /// How many rows a full part has.
    pub size: u32,
    /// How many rows the list has.
    pub total: u32,
}

impl Part {
    /// Where the part before this one starts.
    fn previous(self) -> Option<u32> {
        (self.offset > 0).then(|| self.offset.saturating_sub(self.size))
    }

    /// Where the part after this one starts.
    fn next(self) -> Option<u32> {
        let end = self.offset.saturating_add(self.shown);
        (self.shown > 0 && end < self.total).then_some(end)
    }

    fn in_words(self) -> String {
        let Self { offset, shown, total, .. } = self;
        match (shown, total) {
            (0, 0) => "no rows".to_owned(),
            (0, _) => format!("no rows here, {total} before"),
            (1, 1) => "1 row".to_owned(),
            _ if shown == total => format!("{total} rows"),
            _ => format!("rows {}–{} of {total}", offset.saturating_add(1), offset.saturating_add(shown)),
        }
    }
}

/// "rows 101–200 of 342", and links to the parts before and after.
#[component]
pub fn Pager(
    /// What is shown.
    #[prop(into)]
    part: Signal<Part>,
    /// Where the list is from that row on.
    #[prop(into)]
    href: Callback<u32, String>,
) -> impl IntoView {
    let step = move |to: Option<u32>, label: &'static str, glyph: Glyph| match to {
        Some(offset) => view! {
            <a class="button" href=href.run(offset)>
                <Icon glyph/>
                <span>{label}</span>
            </a>
        }
        .into_any(),
        None => view! {
            <span class="button is-off" aria-hidden="true">
                <Icon glyph/>
                <span>{label}</span>
            </span>
        }
        .into_any(),
    };
    let several = move || part.get().shown < part.get().total;
    view! {
        <nav class="pager" aria-label="Pages of the list" data-testid="pager">
            <p class="pager-text">{move || part.get().in_words()}</p>
            <Show when=several>
                <div class="pager-steps">
                    {move || step(part.get().previous(), "Previous", Glyph::ChevronLeft)}
                    {move || step(part.get().next(), "Next", Glyph::ChevronRight)}
                </div>
            </Show>
        </nav>
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn part(offset: u32, shown: u32, total: u32) -> Part {
        Part { offset, shown, size: 100, total }
    }

    #[test]
    fn the_ends_have_one_neighbour() {
        assert_eq!((part(0, 100, 342).previous(), part(0, 100, 342).next()), (None, Some(100)));
        assert_eq!((part(300, 42, 342).previous(), part(300, 42, 342).next()), (Some(200), None));
        assert_eq!((part(50, 100, 342).previous(), part(900, 0, 342).next()), (Some(0), None));
        assert_eq!(part(u32::MAX, 0, 342).previous(), Some(u32::MAX - 100));
    }

    #[test]
    fn rows_are_counted_from_one() {
        assert_eq!(part(100, 100, 342).in_words(), "rows 101–200 of 342");
        assert_eq!(part(0, 12, 12).in_words(), "12 rows");
        assert_eq!(part(0, 1, 1).in_words(), "1 row");
        assert_eq!(part(0, 0, 0).in_words(), "no rows");
        assert_eq!(part(u32::MAX, 0, 3).in_words(), "no rows here, 3 before");
    }
}
