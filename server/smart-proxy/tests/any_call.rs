//! What fuzzing starts from, and what it found: every such call is answered as all calls are.

use std::fs;
use std::path::Path;

use crate::support::Proxy;
use crate::support::any_call::Routers;

#[tokio::test]
async fn every_seed_is_answered_in_order() {
    let proxy = Proxy::before(None).await;
    let routers = Routers::new(&proxy.services);
    let mut count = 0;
    for file in fs::read_dir(Path::new(env!("CARGO_MANIFEST_DIR")).join("../fuzz/corpus/call")).unwrap() {
        let file = file.unwrap().path();
        println!("{}", file.display());
        routers.take(&fs::read(file).unwrap()).await;
        count += 1;
    }
    assert!(count > 10);
}
