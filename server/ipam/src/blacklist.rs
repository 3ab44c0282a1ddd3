//! Held addresses.

use model::{Hold, Timestamp};

/// Whether the hold still keeps its address from others. Its last moment is no longer part of it.
pub fn is_running(hold: &Hold, now: Timestamp) -> bool {
    now < hold.until
}

#[cfg(test)]
mod tests {
    use model::HoldKey;

    use super::*;

    #[test]
    fn a_hold_ends_at_its_end() {
        let key = HoldKey { subnet: "main/1".parse().unwrap(), address: [192, 0, 2, 9].into() };
        let hold =
            Hold { key, holder: "alice".to_owned(), purpose: None, since: Timestamp(100), until: Timestamp(200) };
        assert!(is_running(&hold, Timestamp(199)));
        assert!(!is_running(&hold, Timestamp(200)));
    }
}
