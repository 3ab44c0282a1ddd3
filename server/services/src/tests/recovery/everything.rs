//! What holds for every kind of change, whatever went wrong and whatever happened meanwhile.

use std::collections::BTreeMap;

use model::{ChangeState, Reservation};

use super::super::world::{World, known, server, there};
use super::unknown::Kind;
use crate::testing::Fault;

/// What may happen between the change and recovery.
#[derive(Debug, Clone, Copy)]
enum Meanwhile {
    Nothing,
    Restart,
    PartnerRestart,
    Taken,
    Theirs,
    TheirsAtThePartner,
    Silence,
    SilenceOfThePartner,
    FullDisk,
}

impl Meanwhile {
    const ALL: [Self; 9] = [
        Self::Nothing,
        Self::Restart,
        Self::PartnerRestart,
        Self::Taken,
        Self::Theirs,
        Self::TheirsAtThePartner,
        Self::Silence,
        Self::SilenceOfThePartner,
        Self::FullDisk,
    ];

    fn happens(self, world: &World) {
        let (one, other) = (server("kea1"), server("kea2"));
        match self {
            Self::Nothing => {}
            Self::Restart => world.dhcp.restart(&one),
            Self::PartnerRestart => world.dhcp.restart(&other),
            Self::Taken => world.running("kea1").iter().for_each(|known| world.dhcp.take(known)),
            Self::Theirs => world.dhcp.put(&known(1, 77), "theirs"),
            Self::TheirsAtThePartner => world.dhcp.put(&there(&known(1, 77)), "theirs"),
            Self::Silence => world.dhcp.silence(&one),
            Self::SilenceOfThePartner => world.dhcp.silence(&other),
            Self::FullDisk => world.full_disk(true),
        }
    }
}

/// How everything stands: changes, and what both servers run and have saved.
type Whole = (Vec<(model::ServerName, ChangeState, String)>, [Vec<Reservation>; 4]);

async fn whole(world: &World) -> Whole {
    (world.all().await, [world.running("kea1"), world.saved("kea1"), world.running("kea2"), world.saved("kea2")])
}

#[tokio::test]
async fn recovery_comes_to_an_end_and_twice_is_once() {
    let mut endings: BTreeMap<&str, u32> = BTreeMap::new();
    for kind in Kind::ALL {
        for fault in [Fault::RequestLost, Fault::AnswerLost, Fault::BrokenOff, Fault::HalfMoved] {
            for meanwhile in Meanwhile::ALL {
                let case = format!("{kind:?}, {fault:?}, {meanwhile:?}");
                let world = kind.without_an_answer(fault.clone()).await;
                world.hear_of_subnets().await;
                let stood = world.stands(1).await;
                meanwhile.happens(&world);

                world.recover().await;
                let once = whole(&world).await;
                world.asked();
                world.recover().await;
                if !matches!(meanwhile, Meanwhile::FullDisk) {
                    assert_eq!(whole(&world).await, once, "{case}: twice is once");
                    assert_eq!(world.asked(), [""; 0], "{case}: the second time nothing is written");
                }
                if matches!(meanwhile, Meanwhile::Silence) {
                    assert_eq!(world.stands(1).await, stood, "{case}: silence decides nothing");
                }

                for name in ["kea1", "kea2"] {
                    world.dhcp.back(&server(name));
                }
                world.full_disk(false);
                world.recover().await;
                let last = whole(&world).await;
                for (server, state, detail) in &last.0 {
                    let ended = matches!(state, ChangeState::Done | ChangeState::Refused | ChangeState::NotSaved);
                    assert!(ended && !detail.is_empty() || *state == ChangeState::Done, "{case}: {server} {state:?}");
                    *endings.entry(state.code()).or_default() += 1;
                }
                world.asked();
                world.recover().await;
                assert_eq!((whole(&world).await, world.asked()), (last, vec![]), "{case}: it has ended");
            }
        }
    }
    assert_eq!(endings.keys().copied().collect::<Vec<_>>(), ["done", "not-saved", "refused"]);
}
