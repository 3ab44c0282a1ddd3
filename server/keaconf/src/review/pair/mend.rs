//! The edits that make the two servers of a pair alike: each gets what it lacks and the other has; what both have otherwise the
//! partner gets. Nothing that is of one server alone goes over, and nothing is taken away.

use crate::transplant::Transplant;
use crate::{Change, Document, Edit, Op, Path, Step, Value, What};

/// Makes such edits.
pub(super) struct Mends<'a> {
    to_partner: Way<'a>,
    to_own: Way<'a>,
}

/// The way of edits from one server to the other.
struct Way<'a> {
    from: &'a Document,
    to: &'a Document,
    transplant: Transplant<'a>,
}

impl<'a> Mends<'a> {
    /// For changes that lead from the first document to the second: what the one runs, and what the other runs by the numbers
    /// of the first. The third is what the other runs.
    pub(super) fn of([own, aligned, other]: [&'a Document; 3], changes: &[Change]) -> Self {
        let forward: Vec<Edit> = changes.iter().map(Change::to_edit).collect();
        let back: Vec<Edit> = changes.iter().map(|change| change.reversed().to_edit()).collect();
        let way = |from, to, edits: &[Edit], back: &[Edit]| Way {
            from,
            to,
            transplant: Transplant::between(from, to, edits, back),
        };
        Self { to_partner: way(own, other, &back, &forward), to_own: way(aligned, own, &forward, &back) }
    }

    /// The edits that undo a difference; empty: there are none that are plain.
    pub(super) fn mend(&self, change: &Change) -> Vec<Edit> {
        match change.what {
            What::Added(_) => self.to_own.edits(&change.to_edit()),
            _ => self.to_partner.edits(&change.reversed().to_edit()),
        }
    }
}

impl Way<'_> {
    fn edits(&self, edit: &Edit) -> Vec<Edit> {
        let Ok(Some(moved)) = self.transplant.edit(edit) else { return Vec::new() };
        match self.network(edit) {
            Ok(network) => network.into_iter().chain([moved]).collect(),
            Err(()) => Vec::new(),
        }
    }

    /// What adds the shared network that an edit is in and that is not there; an error: it cannot be moved.
    fn network(&self, edit: &Edit) -> Result<Option<Edit>, ()> {
        let [list @ Step::Member(name), network @ Step::Element(_), ..] = edit.path.steps() else { return Ok(None) };
        let path = Path::from(vec![list.clone(), network.clone()]);
        if name != "shared-networks" || self.to.get(&path).is_ok() {
            return Ok(None);
        }
        let mut bare = self.from.map(&path).map_err(drop)?.clone();
        if let Some(subnets) = self.to.daemon.subnets() {
            bare.remove(subnets);
        }
        let add = Edit { path: Path::from(vec![list.clone()]), op: Op::Add(Value::Map(bare)) };
        self.transplant.edit(&add).map_err(drop)
    }
}

#[cfg(test)]
mod tests {
    use super::super::review_pair;
    use super::*;

    fn document(inside: &str) -> Document {
        Document::read(format!(r#"{{ "Dhcp4": {{ {inside} }} }}"#).as_bytes()).unwrap()
    }

    const OWN: &str = r#""interfaces-config": { "interfaces": ["eth0"] }, "renew-timer": 900,
        "option-def": [{ "name": "site", "code": 234, "type": "string" }],
        "option-data": [{ "code": 6, "data": "192.0.2.53" }],
        "client-classes": [{ "name": "phones", "test": "member('a')" }],
        "hooks-libraries": [{ "library": "/a/libdhcp_flex_id.so" }],
        "shared-networks": [{ "name": "floor", "option-data": [{ "code": 15, "data": "floor.example" }],
            "subnet4": [{ "id": 5, "subnet": "10.0.5.0/24", "interface": "eth5" }, { "id": 6, "subnet": "10.0.6.0/24" }] }],
        "subnet4": [{ "id": 1, "subnet": "192.0.2.0/24", "interface": "eth1",
            "pools": [{ "pool": "192.0.2.10-192.0.2.20" }, { "pool": "192.0.2.30-192.0.2.40" }] }]"#;

    const OTHER: &str = r#""interfaces-config": { "interfaces": ["eth7"] }, "renew-timer": 800,
        "client-classes": [{ "name": "phones", "test": "member('b')" }, { "name": "guests" }],
        "subnet4": [{ "id": 20, "subnet": "192.0.2.0/24", "pools": [{ "pool": "192.0.2.10 - 192.0.2.20" }],
                "option-data": [{ "code": 3, "data": "192.0.2.1" }] },
            { "id": 30, "subnet": "203.0.113.0/24", "interface": "eth7" }]"#;

    /// Both with everything mended that can be.
    fn mended(own: &Document, other: &Document) -> [Document; 2] {
        let mut both = [own.clone(), other.clone()];
        let mut edits: [Vec<Edit>; 2] = Default::default();
        for found in review_pair(own, other, "kea2") {
            let of_one = &mut edits[usize::from(found.is_for_partner)];
            let new = found.finding.mend.into_iter().filter(|edit| !of_one.contains(edit)).collect::<Vec<_>>();
            of_one.extend(new);
        }
        for (document, edits) in both.iter_mut().zip(&edits) {
            *document = document.edited(edits).unwrap();
        }
        both
    }

    #[test]
    fn both_have_everything_then_and_each_what_is_its_own() {
        let (own, other) = (document(OWN), document(OTHER));
        let [one, two] = mended(&own, &other);
        let left: Vec<_> = review_pair(&one, &two, "kea2").into_iter().map(|found| found.finding.rule).collect();
        assert_eq!(left, ["pair-subnet-id", "pair-hooks"], "numbers hold leases, libraries are of one system");
        for (document, before) in [(&one, &own), (&two, &other)] {
            assert_eq!(document.root.get("interfaces-config"), before.root.get("interfaces-config"));
            assert_eq!(document.root.get("hooks-libraries"), before.root.get("hooks-libraries"));
        }
        let two = two.to_kea(crate::Layout::Compact);
        assert!(!two.contains("eth1") && !two.contains("eth5") && two.contains("floor.example"), "{two}");
        assert!(two.contains("member('a')") && !two.contains("member('b')"), "the partner gets what differs: {two}");
        let one = one.to_kea(crate::Layout::Compact);
        assert!(!one.contains("eth7") && one.contains("203.0.113.0/24") && one.contains("guests"), "{one}");
        assert!(one.contains("\"renew-timer\":900") && two.contains("\"renew-timer\":900"), "{one} {two}");
    }

    #[test]
    fn a_subnet_whose_number_is_taken_there_is_not_copied() {
        let own = document(r#""subnet4": [{ "id": 1, "subnet": "192.0.2.0/24" }]"#);
        let other = document(r#""subnet4": [{ "id": 1, "subnet": "203.0.113.0/24" }]"#);
        let found = review_pair(&own, &other, "kea2");
        assert!(found.len() == 2 && found.iter().all(|found| found.finding.mend.is_empty()), "{found:?}");
    }
}
