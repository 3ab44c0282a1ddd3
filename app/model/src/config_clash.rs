//! Parts of a configuration that others changed while somebody typed.

use serde::{Deserialize, Serialize};

use crate::ConfigEdit;

/// A part that others changed meanwhile, with the three values side by side.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ConfigClash {
    /// Its path, as it was.
    pub path: String,
    /// What people call it.
    pub label: String,
    /// What it was; none: it was not there.
    pub was: Option<String>,
    /// What it is now; none: it is not there.
    pub now: Option<String>,
    /// What is wanted; none: it is to be taken out.
    pub wanted: Option<String>,
    /// Which of the edits are of it, from 0.
    pub edits: Vec<usize>,
    /// The edits that make what is wanted of what is there now; none: nothing is left that it could be made of.
    pub anew: Option<Vec<ConfigEdit>>,
}

impl ConfigClash {
    /// The edits to go on with. `mine`: whether what is wanted is made of what is there now, for each of the clashes; else
    /// what others made stays.
    pub fn settle(edits: &[ConfigEdit], clashes: &[Self], mine: &[bool]) -> Vec<ConfigEdit> {
        let is_clear = |at: &usize| !clashes.iter().any(|clash| clash.edits.contains(at));
        let clear = (0..edits.len()).filter(is_clear).map(|at| edits[at].clone());
        let anew = clashes.iter().zip(mine).filter(|(_, mine)| **mine);
        clear.chain(anew.flat_map(|(clash, _)| clash.anew.clone().unwrap_or_default())).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn of_each_clash_one_side_holds_and_the_rest_stays() {
        let edits = ["a", "b", "c"].map(|path| ConfigEdit::set(path, "1"));
        let clash = |at: usize, anew: Option<&str>| ConfigClash {
            path: edits[at].path.clone(),
            label: String::new(),
            was: None,
            now: None,
            wanted: None,
            edits: vec![at],
            anew: anew.map(|path| vec![ConfigEdit::set(path, "1")]),
        };
        let clashes = [clash(0, Some("a2")), clash(1, None)];
        let paths = |mine: [bool; 2]| {
            let settled = ConfigClash::settle(&edits, &clashes, &mine);
            settled.into_iter().map(|edit| edit.path).collect::<Vec<_>>()
        };
        assert_eq!(paths([false, false]), ["c"]);
        assert_eq!(paths([true, true]), ["c", "a2"]);
    }
}
