//! What is looked at of a step finds what a review of everything finds: on documents and edits that nobody thought of.

use proptest::prelude::*;

use super::*;
use crate::{Daemon, Plan};

/// The findings on everything after a step, without those on everything before it.
fn of_everything(plan: &Plan) -> Vec<Finding> {
    let (before, after) = (&plan.running, &plan.result);
    let of_step = review_step(before, after);
    anew(of_step, &review(before, Way::Api), review(after, Way::Api), |path| plan.now(path))
}

/// Decides what a document and its edits are like, one number after the other.
struct Choices<'a>(std::slice::Iter<'a, u8>);

impl Choices<'_> {
    /// A number below `count`; 0 when there are no more.
    fn below(&mut self, count: usize) -> usize {
        usize::from(*self.0.next().unwrap_or(&0)) % count
    }

    fn one<'t>(&mut self, of: &[&'t str]) -> &'t str {
        of[self.below(of.len())]
    }

    fn some<T>(&mut self, most: usize, make: impl Fn(&mut Self) -> T) -> Vec<T> {
        (0..self.below(most + 1)).map(|_| make(self)).collect()
    }

    fn is_v6(daemon: Daemon) -> bool {
        daemon == Daemon::Dhcp6
    }

    /// A member that subnets, shared networks and the whole configuration may have.
    fn member(&mut self, daemon: Daemon) -> String {
        const V4: [&str; 3] = [
            r#""option-data":[{"name":"routers","data":"10.1.1.1"}]"#,
            r#""option-data":[{"code":234,"data":"1"},{"name":"domain-name-servers","data":"192.0.2.1"}]"#,
            r#""match-client-id":false"#,
        ];
        const V6: [&str; 3] = [
            r#""option-data":[{"name":"dns-servers","data":"2001:db8::1"}]"#,
            r#""preferred-lifetime":9000"#,
            r#""rapid-commit":true"#,
        ];
        const BOTH: [&str; 14] = [
            r#""valid-lifetime":3600"#,
            r#""valid-lifetime":20"#,
            r#""min-valid-lifetime":7200"#,
            r#""renew-timer":9000"#,
            r#""rebind-timer":10"#,
            r#""valid-lifetme":3600"#,
            r#""valid-lifetime":"long""#,
            r#""ddns-send-updates":true"#,
            r#""ddns-qualifying-suffix":"example.org""#,
            r#""reservations-out-of-pool":true"#,
            r#""reservations-in-subnet":false"#,
            r#""cache-threshold":1.5"#,
            r#""user-context":{"password":"secret"}"#,
            r#""client-classes":["a"]"#,
        ];
        let own = if Self::is_v6(daemon) { V6 } else { V4 };
        let all: Vec<&str> = BOTH.into_iter().chain(own).collect();
        self.one(&all).to_owned()
    }

    /// A member that only subnets have.
    fn of_subnet(&mut self, daemon: Daemon) -> String {
        const V4: [&str; 4] = [
            r#""pools":[{"pool":"10.1.1.1-10.1.1.50"}]"#,
            r#""pools":[{"pool":"192.0.2.10-192.0.2.20"},{"pool":"192.0.2.15-192.0.2.30"}]"#,
            r#""reservations":[{"hw-address":"02:00:00:00:00:01","ip-address":"10.1.1.7"},
                {"hw-address":"02:00:00:00:00:02","ip-address":"10.1.1.7","client-classes":["b"]}]"#,
            r#""require-client-classes":["c"]"#,
        ];
        const V6: [&str; 4] = [
            r#""pools":[{"pool":"2001:db8:1::/80"}]"#,
            r#""pd-pools":[{"prefix":"2001:db8:8000::","prefix-len":40,"delegated-len":56}]"#,
            r#""pd-pools":[{"prefix":"2001:db8:8000::","prefix-len":48,"delegated-len":40},
                {"prefix":"2001:db8:8080::","prefix-len":41,"delegated-len":56}]"#,
            r#""reservations":[{"duid":"01:02","ip-addresses":["2001:db8:2::1"],"prefixes":["2001:db8:8000::/56"]}]"#,
        ];
        let own = if Self::is_v6(daemon) { V6 } else { V4 };
        self.one(&own).to_owned()
    }

    fn subnet(&mut self, daemon: Daemon) -> String {
        const V4: [&str; 8] = [
            "10.0.0.0/8",
            "10.1.0.0/16",
            "10.1.1.0/24",
            "10.1.1.7/24",
            "192.0.2.0/24",
            "198.51.100.0/24",
            "203.0.113.0/24",
            "office",
        ];
        const V6: [&str; 8] = [
            "2001:db8::/32",
            "2001:db8:1::/48",
            "2001:db8:1::/64",
            "2001:db8:1::7/64",
            "2001:db8:2::/64",
            "2001:db8:3::/64",
            "192.0.2.0/24",
            "office",
        ];
        let (id, prefix) = (self.below(9), self.one(if Self::is_v6(daemon) { &V6 } else { &V4 }));
        let mut members = vec![format!(r#""id":{id},"subnet":"{prefix}""#)];
        members.extend(self.some(2, |choices| choices.of_subnet(daemon)));
        members.extend(self.some(2, |choices| choices.member(daemon)));
        map(members)
    }

    fn network(&mut self, daemon: Daemon) -> String {
        let mut members = vec![format!(r#""name":"{}""#, self.one(&["x", "y", "z"]))];
        members.extend(self.some(2, |choices| choices.member(daemon)));
        let subnets = self.some(3, |choices| choices.subnet(daemon));
        members.push(format!(r#""{}":[{}]"#, subnets_of(daemon), subnets.join(",")));
        map(members)
    }

    fn document(&mut self) -> Document {
        const OF_SERVER: [&str; 7] = [
            r#""interfaces-config":{"interfaces":["*"]}"#,
            r#""dhcp-ddns":{"enable-updates":true}"#,
            r#""option-def":[{"name":"own","code":234,"type":"uint8"}]"#,
            r#""client-classes":[{"name":"a","test":"member('b')"}]"#,
            r#""client-classes":[{"name":"b"},{"name":"a","test":"option[own].exists"}]"#,
            r#""hooks-libraries":[{"library":"libdhcp_subnet_cmds.so"}]"#,
            r#""ip-reservations-unique":false"#,
        ];
        let daemon = [Daemon::Dhcp4, Daemon::Dhcp6][self.below(2)];
        let mut members: Vec<String> = self.some(4, |choices| choices.one(&OF_SERVER).to_owned());
        members.extend(self.some(3, |choices| choices.member(daemon)));
        let networks = self.some(2, |choices| choices.network(daemon));
        let subnets = self.some(6, |choices| choices.subnet(daemon));
        members.push(format!(r#""shared-networks":[{}]"#, networks.join(",")));
        members.push(format!(r#""{}":[{}]"#, subnets_of(daemon), subnets.join(",")));
        let text = format!(r#"{{"{}":{}}}"#, daemon.root(), map(members));
        Document::read(text.as_bytes()).unwrap()
    }

    /// An edit that may be possible.
    fn edit(&mut self, document: &Document) -> Option<Edit> {
        let daemon = document.daemon;
        let list = Path::root().member(subnets_of(daemon));
        let parts = document.parts();
        let any = |choices: &mut Self| parts.get(choices.below(parts.len().max(1))).map(|part| part.path.clone());
        let value = |text: &str| crate::read_json(text.as_bytes()).unwrap();
        let members = |text: String| value(&format!("{{{text}}}")).as_map().unwrap().clone();
        Some(match self.below(9) {
            0 | 1 => Edit { path: list, op: Op::Add(value(&self.subnet(daemon))) },
            2 => Edit { path: any(self)?.member(subnets_of(daemon)), op: Op::Add(value(&self.subnet(daemon))) },
            3 => Edit { path: any(self)?, op: Op::Remove },
            4 => Edit { path: any(self)?, op: Op::Set(value(&self.subnet(daemon))) },
            5 => {
                let above = [any(self)?, Path::root()][self.below(2)].clone();
                let made = members(self.member(daemon));
                let (name, value) = made.iter().next()?;
                set(above.with(crate::Step::Member(name.clone())), value.clone())
            }
            6 => {
                let above = [any(self)?, Path::root()][self.below(2)].clone();
                let map = document.map(&above).ok()?;
                let (name, _) = map.iter().nth(self.below(map.len().max(1)))?;
                unset(above.with(crate::Step::Member(name.clone())))
            }
            7 => {
                let (from, network) = (any(self)?, any(self)?);
                let to = [network.member(subnets_of(daemon)), list][self.below(2)].clone();
                Edit { path: from, op: Op::Move(to) }
            }
            _ => Edit { path: Path::root().member("shared-networks"), op: Op::Add(value(&self.network(daemon))) },
        })
    }
}

/// A map of these members; of those of one name the first.
fn map(mut members: Vec<String>) -> String {
    let mut names = HashSet::new();
    members.retain(|member| names.insert(member.split(':').next().map(str::to_owned)));
    format!("{{{}}}", members.join(","))
}

fn subnets_of(daemon: Daemon) -> &'static str {
    daemon.subnets().unwrap()
}

fn plan(choices: &[u8]) -> Option<Plan> {
    let mut choices = Choices(choices.iter());
    let document = choices.document().without_copies();
    let (mut edits, mut made) = (Vec::new(), document.clone());
    for _ in 0..=choices.below(4) {
        let edit = choices.edit(&made)?;
        if let Ok(next) = made.edited(std::slice::from_ref(&edit)) {
            made = next;
            edits.push(edit);
        }
    }
    Plan::of(&document, &edits).ok()
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(500))]

    #[test]
    fn a_step_is_judged_by_what_it_touches_as_by_everything(choices in prop::collection::vec(any::<u8>(), 40..160)) {
        let Some(plan) = plan(&choices) else { return Ok(()) };
        prop_assert_eq!(plan.findings(), &of_everything(&plan)[..], "{:?} {:?}", plan.running, plan.changes);
    }
}

#[test]
fn of_ten_subnets_those_are_looked_at_that_a_step_touches() {
    let subnet = |id: u8| format!(r#"{{"id":{id},"subnet":"192.0.{id}.0/24"}}"#);
    let all = |ids: std::ops::Range<u8>| ids.map(subnet).collect::<Vec<_>>().join(",");
    let text = format!(
        r#"{{"Dhcp4":{{"subnet4":[{}],"shared-networks":[{{"name":"n","subnet4":[{}]}}]}}}}"#,
        all(1..6),
        all(6..11)
    );
    let document = Document::read(text.as_bytes()).unwrap();
    let looked_at = |edit: &str| {
        let plan = Plan::of(&document, &Edit::read_all(format!("[{edit}]").as_bytes()).unwrap()).unwrap();
        let ids =
            |document: &Document| document.subnets().filter_map(|map| map.get("id")?.as_i64()).collect::<Vec<_>>();
        touched(&plan.running, &plan.result).map(|document| ids(&document))
    };
    let set = |path: &str| format!(r#"{{"op":"set","path":"{path}","value":60}}"#);
    assert_eq!(looked_at(&format!(r#"{{"op":"add","path":"subnet4","value":{}}}"#, subnet(11))), [vec![], vec![11]]);
    assert_eq!(looked_at(r#"{"op":"remove","path":"subnet4[id=2]"}"#), [vec![2], vec![]]);
    assert_eq!(looked_at(&set("subnet4[id=2].valid-lifetime")), [[2], [2]]);
    assert_eq!(looked_at(&set("shared-networks[name=n].subnet4[id=7].renew-timer")), [[7], [7]]);
    let heirs: Vec<i64> = (6..11).collect();
    assert_eq!(looked_at(&set("shared-networks[name=n].renew-timer")), [heirs.clone(), heirs], "they inherit it");
    let [before, after] = looked_at(&set("renew-timer"));
    assert_eq!((before.len(), after.len()), (10, 10), "all inherit it");
}
