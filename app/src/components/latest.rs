//! Answers that are asked for again while one looks at them.

use leptos::prelude::*;
use model::Problem;
use serde::Serialize;
use serde::de::DeserializeOwned;

use crate::api::Answer;
use crate::components::problem::ProblemView;
use crate::components::skeleton::Skeleton;

/// The last good answer, and why it could not be brought up to date.
#[derive(Debug)]
pub struct Latest<T: Send + Sync + 'static> {
    /// The answer.
    pub value: RwSignal<T>,
    /// Why there is no newer one.
    pub problem: RwSignal<Option<Problem>>,
}

impl<T: Send + Sync + 'static> Clone for Latest<T> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<T: Send + Sync + 'static> Copy for Latest<T> {}

impl<T: Clone + Send + Sync + 'static> Latest<T> {
    fn of(first: T, arrived: RwSignal<Option<Answer<T>>>) -> Self {
        let latest = Self { value: RwSignal::new(first), problem: RwSignal::new(None) };
        Effect::new(move || match arrived.get() {
            Some(Ok(value)) => {
                latest.value.set(value);
                latest.problem.set(None);
            }
            Some(Err(error)) => latest.problem.set(Some(error.0)),
            None => {}
        });
        latest
    }
}

/// Shows what a resource answers. The first good answer builds the view; later ones reach it as a [`Latest`], so that
/// nothing that has the focus, is open or is half typed goes away.
pub fn load<T>(
    resource: Resource<Answer<T>>,
    rows: usize,
    build: impl Fn(Latest<T>) -> AnyView + Copy + Send + Sync + 'static,
) -> impl IntoView
where
    T: Clone + Send + Sync + Serialize + DeserializeOwned + 'static,
{
    load_headed(resource, rows, || ().into_any(), build)
}

/// The same for a view that is headed by what comes with the answer. `head`: what stands there while there is none.
pub fn load_headed<T>(
    resource: Resource<Answer<T>>,
    rows: usize,
    head: impl Fn() -> AnyView + Copy + Send + Sync + 'static,
    build: impl Fn(Latest<T>) -> AnyView + Copy + Send + Sync + 'static,
) -> impl IntoView
where
    T: Clone + Send + Sync + Serialize + DeserializeOwned + 'static,
{
    let arrived = RwSignal::new(None);
    Effect::new(move || arrived.set(resource.get()));
    let attempt = RwSignal::new(0);
    let failed = StoredValue::new(false);
    // The first answer after a failure builds the view.
    Effect::new(move || {
        let answered = arrived.with(|arrived| matches!(arrived, Some(Ok(_))));
        if answered && failed.try_update_value(std::mem::take) == Some(true) {
            attempt.update(|count| *count += 1);
        }
    });
    let retry = Callback::new(move |()| {
        resource.refetch();
        attempt.update(|count| *count += 1);
    });
    let body = move || {
        attempt.track();
        untrack(|| {
            Suspend::new(async move {
                match resource.await {
                    Ok(first) => build(Latest::of(first, arrived)),
                    Err(error) => {
                        failed.set_value(true);
                        view! { {head()} <ProblemView problem=error.0 retry/> }.into_any()
                    }
                }
            })
        })
    };
    view! { <Transition fallback=move || view! { <Skeleton rows/> }>{body}</Transition> }
}

/// Why what is shown could not be brought up to date, if so.
#[component]
pub fn Outdated(
    /// Why.
    #[prop(into)]
    problem: Signal<Option<Problem>>,
    /// Asks again.
    retry: Callback<()>,
) -> impl IntoView {
    move || problem.get().map(|problem| view! { <ProblemView problem retry/> })
}
