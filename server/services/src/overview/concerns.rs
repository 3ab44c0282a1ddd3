//! What of subnets needs attention, and what makes room in them. Nothing here asks anything.

use std::cmp::Reverse;

use model::{AddressRange, Remedy, Shortage, Subnet, SubnetConcern, SubnetSummary, Utilization};

/// From this share on, in percent, pools are nearly full.
const NEARLY_FULL: u8 = 90;

/// So many declined addresses are many, however large the subnet is.
const MANY_DECLINED: u64 = 20;

/// Fewer than this are none to speak of, however small the subnet is; from here on, one in twenty is many.
const SOME_DECLINED: u64 = 3;

/// Leases are not advised to be shorter than this, in seconds.
const SHORTEST_LIFETIME: u32 = 1_800;

/// All of it, the worst first.
pub(super) fn of_all(list: &[SubnetSummary]) -> Vec<SubnetConcern> {
    let mut found: Vec<_> = list.iter().flat_map(of_one).collect();
    found.sort_by_key(|concern| Reverse(weight(concern.what)));
    found
}

fn of_one(summary: &SubnetSummary) -> impl Iterator<Item = SubnetConcern> {
    let subnet = &summary.subnet;
    let shortages = summary.utilization.map_or_else(Vec::new, |used| shortages(subnet, used));
    shortages.into_iter().map(|what| SubnetConcern {
        subnet: subnet.key.clone(),
        prefix: subnet.prefix,
        members: members(summary),
        what,
    })
}

fn members(summary: &SubnetSummary) -> Vec<(model::ServerName, u32)> {
    let key = &summary.subnet.key;
    let known: Vec<_> =
        summary.members.iter().filter_map(|member| member.id.map(|id| (member.server.clone(), id))).collect();
    if known.is_empty() { vec![(key.server.clone(), key.id)] } else { known }
}

fn shortages(subnet: &Subnet, used: Utilization) -> Vec<Shortage> {
    let nearly = |percent: &u8| *percent >= NEARLY_FULL;
    let addresses = used.percent().filter(nearly).map(|percent| Shortage::Addresses {
        percent,
        free: used.free(),
        remedy: remedy(subnet, used.total),
    });
    let left = used.prefixes.saturating_sub(used.delegated);
    let prefixes = used.prefix_percent().filter(nearly).map(|percent| Shortage::Prefixes { percent, free: left });
    let declined = many(used).then_some(Shortage::Declined { count: used.declined });
    [addresses, prefixes, declined].into_iter().flatten().collect()
}

fn many(used: Utilization) -> bool {
    let count = used.declined;
    count >= MANY_DECLINED || (count >= SOME_DECLINED && count.saturating_mul(20) >= used.total)
}

/// Full pools come before nearly full ones, those before what clients found in use.
fn weight(what: Shortage) -> (u8, u64) {
    match what {
        Shortage::Addresses { free: 0, .. } | Shortage::Prefixes { free: 0, .. } => (2, 0),
        Shortage::Addresses { percent, .. } | Shortage::Prefixes { percent, .. } => (1, percent.into()),
        Shortage::Declined { count } => (0, count),
    }
}

/// One more pool where there is room for it, else shorter leases. Where pools are for some clients alone, or reservations
/// are taken to lie outside of them, a pool more would change who gets which address: that is not for us to advise.
fn remedy(subnet: &Subnet, total: u64) -> Option<Remedy> {
    let guarded = subnet.pools.iter().any(|pool| !pool.settings.client_classes.is_empty());
    let pool = if guarded || subnet.rules.out_of_pool { None } else { one_more_pool(subnet, total) };
    pool.map(Remedy::Pool).or_else(|| shorter(subnet).map(Remedy::Lifetime))
}

/// The largest range without pools and routers, and of it no more than the pools have together now; none where that would
/// add less than a tenth.
fn one_more_pool(subnet: &Subnet, total: u64) -> Option<AddressRange> {
    let gaps = subnet.outside_pools(AddressRange::usable(subnet.prefix)).into_iter().flat_map(|gap| {
        let without = |left: Vec<AddressRange>, router| {
            left.into_iter().flat_map(|part| part.without(AddressRange::single(router))).collect()
        };
        subnet.all_routers().fold(vec![gap], without)
    });
    let largest = gaps.max_by_key(|gap| (gap.count(), Reverse(gap.first())))?;
    if largest.count().saturating_mul(10) < u128::from(total) {
        return None;
    }
    let last = largest.nth(u128::from(total.max(1)) - 1).unwrap_or(largest.last());
    AddressRange::new(largest.first(), last).ok()
}

/// Half of the time that leases last now. In IPv6 the preferred lifetime has to follow, which is not known here.
fn shorter(subnet: &Subnet) -> Option<u32> {
    let now = subnet.valid_lifetime.filter(|seconds| *seconds < u32::MAX && subnet.prefix.is_ipv4())?;
    Some(now / 2).filter(|half| *half >= SHORTEST_LIFETIME)
}

#[cfg(test)]
mod tests {
    use model::Pool;

    use super::*;

    fn summary(id: u32, used: Utilization) -> SubnetSummary {
        let mut subnet = Subnet::of(format!("kea/{id}").parse().unwrap(), "10.0.0.0/24".parse().unwrap());
        subnet.pools = vec![Pool::of("10.0.0.100-10.0.0.199".parse().unwrap())];
        subnet.routers = vec!["10.0.0.1".parse().unwrap()];
        SubnetSummary {
            subnet,
            utilization: Some(used),
            as_of: None,
            members: Vec::new(),
            naming_lacks: None,
            reserving_lacks: None,
        }
    }

    fn used(assigned: u64, declined: u64) -> Utilization {
        Utilization { total: 100, assigned, declined, ..Utilization::default() }
    }

    fn remedy_of(change: impl Fn(&mut Subnet)) -> Option<Remedy> {
        let mut summary = summary(1, used(95, 0));
        change(&mut summary.subnet);
        match of_all(&[summary])[..] {
            [SubnetConcern { what: Shortage::Addresses { remedy, .. }, .. }] => remedy,
            ref other => panic!("{other:?}"),
        }
    }

    fn pool(range: &str) -> Remedy {
        Remedy::Pool(range.parse().unwrap())
    }

    #[test]
    fn the_worst_comes_first_and_what_is_fine_is_left_out() {
        let six = Utilization { prefixes: 10, delegated: 10, ..Utilization::default() };
        let list = [summary(1, used(89, 2)), summary(2, used(90, 5)), summary(3, used(100, 0)), summary(4, six)];
        let found: Vec<_> = of_all(&list).into_iter().map(|concern| (concern.subnet.id, concern.what)).collect();
        assert!(
            matches!(
                found[..],
                [
                    (3, Shortage::Addresses { percent: 100, free: 0, .. }),
                    (4, Shortage::Prefixes { percent: 100, free: 0 }),
                    (2, Shortage::Addresses { percent: 90, free: 10, .. }),
                    (2, Shortage::Declined { count: 5 }),
                ]
            ),
            "{found:?}"
        );
    }

    #[test]
    fn many_declined_addresses_are_a_share_or_a_number() {
        let of = |declined, total| many(Utilization { total, declined, ..Utilization::default() });
        assert_eq!(
            [of(2, 4), of(3, 60), of(3, 61), of(19, 1_000), of(20, 1_000_000)],
            [false, true, false, false, true]
        );
    }

    #[test]
    fn a_pool_more_takes_the_largest_room_but_not_the_router() {
        assert_eq!(remedy_of(|_| ()), Some(pool("10.0.0.2-10.0.0.99")));
        assert_eq!(
            remedy_of(|subnet| subnet.routers = vec!["10.0.0.60".parse().unwrap()]),
            Some(pool("10.0.0.1-10.0.0.59"))
        );
        let six = remedy_of(|subnet| {
            subnet.prefix = "2001:db8::/64".parse().unwrap();
            subnet.pools = vec![Pool::of("2001:db8::100-2001:db8::163".parse().unwrap())];
        });
        assert_eq!(six, Some(pool("2001:db8::164-2001:db8::1c7")), "as many as the pools have, not 2⁶⁴");
    }

    #[test]
    fn a_pool_that_hardly_helps_is_not_advised() {
        let all_but = |last: &str| {
            let range = format!("10.0.0.2-10.0.0.{last}");
            remedy_of(|subnet| subnet.pools = vec![Pool::of(range.parse().unwrap())])
        };
        assert_eq!(all_but("244"), Some(pool("10.0.0.245-10.0.0.254")), "ten, of a hundred");
        assert_eq!(all_but("245"), None);
    }

    #[test]
    fn where_there_is_no_room_leases_become_shorter() {
        let full = |subnet: &mut Subnet| subnet.pools = vec![Pool::of("10.0.0.0/24".parse().unwrap())];
        let lasting = |seconds| {
            remedy_of(|subnet| {
                full(subnet);
                subnet.valid_lifetime = Some(seconds);
            })
        };
        assert_eq!(lasting(86_400), Some(Remedy::Lifetime(43_200)));
        assert_eq!([lasting(3_599), lasting(u32::MAX), remedy_of(full)], [None; 3]);
    }

    #[test]
    fn no_pool_is_advised_that_would_change_who_gets_what() {
        assert_eq!(remedy_of(|subnet| subnet.rules.out_of_pool = true), None);
        assert_eq!(remedy_of(|subnet| subnet.pools[0].settings.client_classes = vec!["Phones".to_owned()]), None);
    }
}
