//! Takes out of the browser half what leptos compiles in and never calls.
//!
//! Every view of leptos 0.8 carries a second way of hydration, for routes that are loaded when somebody goes there
//! (`hydrate_lazy`). The console is hydrated the other way (`hydrate_body`), but as views are boxed the compiler cannot
//! see that nobody calls it. The bodies of its functions are replaced by a trap, and what only they need goes away with
//! them. If one were called after all, every page would fail in the browser tests.

use std::error::Error;

use walrus::{FunctionBuilder, FunctionId, FunctionKind, Module};

/// Shorter functions stay, in instructions: the compiler keeps functions of the same body once, under any of their names,
/// and a short one may be needed elsewhere under another. A long one has the hydration of its view in it.
const SHORTEST: u64 = 100;

/// Empties the functions that nobody calls.
pub(crate) fn asynchronous_hydration(module: &mut Module) -> Result<(), Box<dyn Error>> {
    let snipped: Vec<FunctionId> = module
        .funcs
        .iter_local()
        .filter(|(id, body)| {
            let name = module.funcs.get(*id).name.as_deref().unwrap_or_default();
            name.contains("hydrate_async") && body.size() >= SHORTEST
        })
        .map(|(id, _)| id)
        .collect();
    if snipped.is_empty() {
        return Err(
            "the browser half has nothing of asynchronous hydration: delete this step, or build with names".into()
        );
    }
    for id in snipped {
        trap(module, id);
    }
    Ok(())
}

fn trap(module: &mut Module, id: FunctionId) {
    let signature = module.types.get(module.funcs.get(id).ty());
    let (parameters, results) = (signature.params().to_vec(), signature.results().to_vec());
    let mut builder = FunctionBuilder::new(&mut module.types, &parameters, &results);
    builder.func_body().unreachable();
    let arguments = parameters.into_iter().map(|kind| module.locals.add(kind)).collect();
    module.funcs.get_mut(id).kind = FunctionKind::Local(builder.local_func(arguments));
}
