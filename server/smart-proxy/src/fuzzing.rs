//! What holds for whatever is sent: to a form, in a path, by a page, in a certificate.
//!
//! `server/fuzz` feeds generated input to these functions, the tests every file of its corpus; each panics when something
//! does not hold. They exist for tests and with `cfg(fuzzing)` only.

mod form;
mod path;
mod peer;

use model::HostName;

use crate::refusal::Refusal;

pub use form::form;
pub use path::path;
pub use peer::{certificate, page};

/// A target by its name, which is that of its folder of seeds.
pub type Target = (&'static str, fn(&[u8]));

/// Every target of this package that needs no more than its input.
pub const TARGETS: &[Target] = &[("form", form), ("path", path), ("certificate", certificate), ("page", page)];

/// What the caller gets, and the log, is one line.
fn is_one_line(refusal: &Refusal) {
    assert!(is_clean(&refusal.text), "{:?}", refusal.text);
    assert!(refusal.status.is_client_error(), "{refusal:?}");
}

fn is_clean(text: &str) -> bool {
    !text.chars().any(char::is_control)
}

/// RFC 1123 §2.1 with the underscore, and no more than DNS can hold; checked in another way than the parser does.
fn is_host_name(name: &HostName) {
    let text = name.as_str();
    let labels: Vec<&str> = text.strip_suffix('.').unwrap_or(text).split('.').collect();
    assert!(labels.iter().map(|label| label.len() + 1).sum::<usize>() <= 254, "{text}");
    for label in labels {
        let octets = label.as_bytes();
        assert!(matches!(octets.len(), 1..=63), "{text}");
        assert!(octets.iter().all(|c| matches!(c, b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'-' | b'_')), "{text}");
        assert!(octets[0] != b'-' && octets[octets.len() - 1] != b'-', "{text}");
    }
}

#[cfg(test)]
mod tests {
    use std::fs;
    use std::path::Path;

    use super::*;

    #[test]
    fn every_seed_holds() {
        for (name, target) in TARGETS {
            let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../fuzz/corpus").join(name);
            let mut count = 0;
            for file in fs::read_dir(folder).unwrap() {
                let file = file.unwrap().path();
                println!("{}", file.display());
                target(&fs::read(file).unwrap());
                count += 1;
            }
            assert!(count > 3, "{name} has seeds");
        }
    }
}
