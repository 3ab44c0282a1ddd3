//! DHCP options in Kea's words and in ours.

use kea::wire::OptionData;
use model::OptionDatum;

/// The option space that is meant when none is named.
const DHCP4: &str = "dhcp4";

/// An option with its value. Kea allows one without, which is there to stop what would be inherited.
pub(crate) fn datum(data: &OptionData) -> OptionDatum {
    OptionDatum {
        code: data.code.and_then(|code| u16::try_from(code).ok()).unwrap_or(0),
        name: data.name.clone().unwrap_or_default(),
        data: data.data.clone().unwrap_or_default(),
        space: data.space.clone().filter(|space| space != DHCP4),
        hex: data.csv_format == Some(false),
        always: data.always_send == Some(true),
        never: data.never_send == Some(true),
        client_classes: data.client_classes.clone(),
    }
}

/// The options of several levels for clients of these classes, the innermost level first: of the same option only that
/// counts. Of one level one that is for a class of theirs comes before one that is for everybody, in whatever order they
/// stand; one that is for others is none (asked of clients of Kea 3.0.3). One that any level never sends is not sent at all.
pub(crate) fn inherited(levels: &[&[OptionData]], classes: &[&str]) -> Vec<OptionDatum> {
    let mut options: Vec<OptionDatum> = Vec::new();
    for level in levels {
        let theirs =
            level.iter().filter(|data| data.client_classes.iter().any(|class| classes.contains(&class.as_str())));
        let everybodys = level.iter().filter(|data| data.client_classes.is_empty());
        for datum in theirs.chain(everybodys).map(datum) {
            match options.iter_mut().find(|known| known.is_same_option(&datum)) {
                Some(known) => known.never |= datum.never,
                None => options.push(datum),
            }
        }
    }
    options
}

/// Those that are for other classes alone.
pub(crate) fn of_others(levels: &[&[OptionData]], classes: &[&str]) -> Vec<OptionDatum> {
    let is_theirs = |data: &&OptionData| {
        !data.client_classes.is_empty() && !data.client_classes.iter().any(|class| classes.contains(&class.as_str()))
    };
    levels.iter().copied().flatten().filter(is_theirs).map(datum).collect()
}

/// What is wanted, put over what Kea holds: an option that says the same as before stays word for word, another one
/// keeps what we do not model (`user-context`), and for whom it is.
pub(crate) fn over(wanted: &[OptionDatum], held: &[OptionData]) -> Vec<OptionData> {
    let of = |wanted: &OptionDatum| {
        let before = held.iter().find(|data| datum(data).is_same_option(wanted));
        match before {
            Some(before) if datum(before).is_equivalent_to(wanted) => before.clone(),
            _ => OptionData {
                client_classes: before.map(|before| before.client_classes.clone()).unwrap_or_default(),
                rest: before.map(|before| before.rest.clone()).unwrap_or_default(),
                ..data(wanted)
            },
        }
    };
    wanted.iter().map(of).collect()
}

/// An option for Kea, which adds whatever is left out here by the option's definition.
fn data(datum: &OptionDatum) -> OptionData {
    let said = |text: &String| (!text.is_empty()).then(|| text.clone());
    OptionData {
        name: said(&datum.name),
        code: (datum.code != 0).then_some(u32::from(datum.code)),
        space: datum.space.clone(),
        data: said(&datum.data),
        csv_format: datum.hex.then_some(false),
        always_send: datum.always.then_some(true),
        never_send: datum.never.then_some(true),
        ..OptionData::default()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn held() -> OptionData {
        let text = r#"{"always-send": false, "code": 6, "csv-format": false, "data": "01020304", "never-send": false,
                       "name": "domain-name-servers", "space": "dhcp4", "user-context": {"n": 1}}"#;
        serde_json::from_str(text).unwrap()
    }

    #[test]
    fn what_says_the_same_stays_word_for_word() {
        let spelled = OptionDatum { code: 6, data: "0x01:02:03:04".into(), hex: true, ..OptionDatum::default() };
        assert_eq!(over(&[spelled], &[held()]), [held()]);
    }

    #[test]
    fn another_value_keeps_what_is_not_modelled() {
        let other = OptionDatum { code: 6, data: "192.0.2.1".into(), always: true, ..OptionDatum::default() };
        let made = over(&[other], &[held()]).remove(0);
        assert_eq!((made.data.as_deref(), made.csv_format, made.always_send), (Some("192.0.2.1"), None, Some(true)));
        assert_eq!(made.rest, held().rest);
    }

    #[test]
    fn the_same_value_in_another_spelling_stays_word_for_word_too() {
        let spelled = OptionDatum { code: 6, data: "1.2.3.4".into(), ..OptionDatum::default() };
        assert_eq!(over(&[spelled], &[held()]), [held()]);
    }

    #[test]
    fn what_one_level_never_sends_is_not_sent() {
        let never = OptionData { data: None, csv_format: None, never_send: Some(true), ..held() };
        let (never, held) = ([never], [held()]);
        for levels in [[&held[..], &never[..]], [&never, &held]] {
            let found = inherited(&levels, &[]);
            assert!(found.len() == 1 && found[0].never, "{found:?}");
        }
    }

    #[test]
    fn of_one_level_that_for_a_class_comes_first() {
        let tagged = |router: &str, class: &str| OptionData {
            code: Some(3),
            data: Some(router.to_owned()),
            client_classes: vec![class.to_owned()],
            ..OptionData::default()
        };
        let plain = OptionData { client_classes: vec![], ..tagged("192.0.2.1", "") };
        let level = [plain, tagged("192.0.2.2", "a"), tagged("192.0.2.3", "b")];
        let told = |classes: &[&str]| inherited(&[&level], classes)[0].data.clone();
        assert_eq!([told(&[]), told(&["a"]), told(&["b", "c"])], ["192.0.2.1", "192.0.2.2", "192.0.2.3"]);
        let others: Vec<_> = of_others(&[&level], &["b"]).into_iter().map(|datum| datum.data).collect();
        assert_eq!(others, ["192.0.2.2"]);
        let other = OptionDatum { code: 3, data: "192.0.2.9".into(), ..OptionDatum::default() };
        assert_eq!(over(&[other], &level[1..2])[0].client_classes, ["a"], "another value, for the same clients");
    }

    #[test]
    fn an_option_of_another_space_is_another_option() {
        let other = OptionDatum { space: Some("vendor-4491".into()), ..datum(&held()) };
        assert!(over(std::slice::from_ref(&other), &[held()])[0].rest.is_empty());
        assert_eq!(inherited(&[&[held()], &[data(&other), held()]], &[]), [datum(&held()), other]);
    }
}
