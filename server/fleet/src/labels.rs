//! Name and comment of an element, as members of its user context that Kea, Stork and `OPNsense` read and write too.

use kea::wire::Rest;
use model::Labels;
use serde_json::Value;

/// The members that hold a name, the one that counts first at the start. A new name goes into the first: Stork shows it.
const NAMES: [&str; 2] = ["subnet-name", "name"];

/// The member for a comment, Kea’s own.
const COMMENT: &str = "comment";

/// The member of `OPNsense`, for either.
const DESCRIPTION: &str = "description";

/// Where a note goes that has no other place.
const OWN_NOTE: &str = "nestor-note";

/// The members for a comment, the one that counts first at the start.
const COMMENTS: [&str; 3] = [COMMENT, DESCRIPTION, OWN_NOTE];

/// Name and comment that a user context holds: what has no name is called by what is said of it. What is no text, or an
/// empty one, is neither.
pub(crate) fn read(context: Option<&Rest>) -> Labels {
    let text = |member: Option<&'static str>| context?.get(member?)?.as_str().map(str::to_owned);
    let name = name_in(context);
    Labels { name: text(name), comment: text(comment_in(context, name)) }
}

/// What is said of an element that has its name elsewhere: the comment of a user context.
pub(crate) fn note(context: Option<&Rest>) -> Option<String> {
    context?.get(comment_in(context, None)?)?.as_str().map(str::to_owned)
}

/// What else a reservation is called, beside its note: by the name that another tool gave it.
pub(crate) fn of_a_reservation(context: Option<&Rest>) -> Option<String> {
    let (name, note) = (name_in(context)?, comment_in(context, None));
    let text = |member: &str| context?.get(member)?.as_str().map(str::to_owned);
    text(name).filter(|_| Some(name) != note)
}

/// Puts a note where the old one was, or where there is room; a member that is no text makes none.
pub(crate) fn write_note(note: Option<&str>, context: &mut Rest) {
    let at = comment_in(Some(context), None);
    // The last is ours alone; where even that is no text, it was made so on purpose.
    put(context, at, &COMMENTS, note);
}

/// The user context with these labels in the place of its own: each where the old one was, a new one where there is room.
/// What is removed is gone from every member that would be shown in its place. Only where the comment serves as the name,
/// it makes room for another one. Everything else stays. None: there is no room, as every member for it holds something
/// that is no text.
pub(crate) fn write(labels: &Labels, context: &Rest) -> Option<Rest> {
    let old = read(Some(context));
    let mut name = name_in(Some(context));
    let comment = comment_in(Some(context), name);
    let mut context = context.clone();
    let moves = name == Some(COMMENT) && labels.name.is_some() && labels.comment.is_some();
    if moves {
        context.shift_remove(COMMENT);
        name = None;
    }
    if moves || labels.name != old.name {
        put(&mut context, name, &NAMES, labels.name.as_deref())?;
    }
    if labels.comment != old.comment {
        // Where the description is the name, it is no comment.
        let name = name_in(Some(&context)).filter(|_| labels.name.is_some());
        let comments: Vec<_> = COMMENTS.into_iter().filter(|member| Some(*member) != name).collect();
        put(&mut context, comment, &comments, labels.comment.as_deref())?;
    }
    Some(context)
}

/// The members that hold labels, in the server's words.
pub(crate) fn members(context: &Rest) -> Rest {
    let own = |member: &&str| is_text(Some(context), member);
    let all = NAMES.into_iter().chain([DESCRIPTION, COMMENT, OWN_NOTE]).filter(own);
    all.filter_map(|member| Some((member.to_owned(), context.get(member)?.clone()))).collect()
}

/// The user context with exactly these members for labels. Everything else stays. None: there is no room, as one of them
/// holds something that is no text by now.
pub(crate) fn put_back(was: &Rest, context: &Rest) -> Option<Rest> {
    let mut context = context.clone();
    for member in members(&context).keys().filter(|member| !was.contains_key(*member)) {
        context.shift_remove(member);
    }
    for (member, text) in members(was) {
        if context.get(&member).is_some_and(|there| !there.is_string()) {
            return None;
        }
        context.insert(member, text);
    }
    Some(context)
}

fn put(context: &mut Rest, at: Option<&'static str>, others: &[&'static str], text: Option<&str>) -> Option<()> {
    let Some(text) = text else {
        let texts = others.iter().copied().filter(|member| is_text(Some(context), member));
        for member in texts.chain(at).collect::<Vec<_>>() {
            context.shift_remove(member);
        }
        return Some(());
    };
    let is_free = |member: &&&str| context.get(**member).is_none_or(|value| value == "");
    let at = at.or_else(|| others.iter().find(is_free).copied())?;
    context.insert(at.to_owned(), Value::from(text));
    Some(())
}

fn name_in(context: Option<&Rest>) -> Option<&'static str> {
    NAMES.into_iter().chain([DESCRIPTION, COMMENT]).find(|member| is_text(context, member))
}

fn comment_in(context: Option<&Rest>, name: Option<&str>) -> Option<&'static str> {
    COMMENTS.into_iter().find(|member| Some(*member) != name && is_text(context, member))
}

fn is_text(context: Option<&Rest>, member: &str) -> bool {
    let value = context.and_then(|context| context.get(member)?.as_str());
    value.is_some_and(|text| !text.is_empty())
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn context(value: &Value) -> Rest {
        value.as_object().unwrap().clone()
    }

    fn labels(name: Option<&str>, comment: Option<&str>) -> Labels {
        Labels { name: name.map(str::to_owned), comment: comment.map(str::to_owned) }
    }

    #[test]
    fn every_tool_has_its_member() {
        let cases = [
            (json!({}), None, None),
            (json!({ "subnet-name": "stork", "name": "ours" }), Some("stork"), None),
            (json!({ "name": "ours", "comment": "note" }), Some("ours"), Some("note")),
            (json!({ "comment": "Reception printers" }), Some("Reception printers"), None),
            (json!({ "description": "IP cameras" }), Some("IP cameras"), None),
            (json!({ "comment": "a", "description": "b" }), Some("b"), Some("a")),
            (json!({ "name": 7, "description": "b", "comment": { "de": "x" } }), Some("b"), None),
            (json!({ "subnet-name": "", "name": "x", "comment": "" }), Some("x"), None),
        ];
        for (given, name, comment) in cases {
            assert_eq!(read(Some(&context(&given))), labels(name, comment), "{given}");
        }
        assert_eq!(read(None), Labels::default());
        assert_eq!(note(Some(&context(&json!({ "name": "x", "description": "d" })))).as_deref(), Some("d"));
    }

    #[test]
    fn it_is_written_back_where_it_was() {
        let cases = [
            (json!({}), labels(Some("n"), Some("c")), json!({ "subnet-name": "n", "comment": "c" })),
            (json!({ "name": "x", "site": [1] }), labels(Some("n"), None), json!({ "name": "n", "site": [1] })),
            (json!({ "description": "x" }), labels(Some("n"), None), json!({ "description": "n" })),
            (json!({ "comment": "x" }), labels(Some("x"), Some("c")), json!({ "subnet-name": "x", "comment": "c" })),
            (
                json!({ "description": "x" }),
                labels(Some("n"), Some("c")),
                json!({ "description": "n", "comment": "c" }),
            ),
            (json!({ "name": "x", "comment": "y", "n": null }), labels(None, None), json!({ "n": null })),
            (json!({ "name": 7 }), labels(Some("n"), None), json!({ "name": 7, "subnet-name": "n" })),
            // What was removed must not make another text appear that nobody saw before.
            (
                json!({ "name": "n", "comment": "a", "description": "b", "nestor-note": "c" }),
                labels(Some("n"), None),
                json!({ "name": "n" }),
            ),
            (json!({ "subnet-name": "a", "name": "b", "x": 1 }), labels(None, None), json!({ "x": 1 })),
            (json!({ "description": "n", "comment": "a" }), labels(Some("n"), None), json!({ "description": "n" })),
            (
                json!({ "name": "n", "comment": "a", "description": [1] }),
                labels(Some("n"), None),
                json!({ "name": "n", "description": [1] }),
            ),
            (json!({ "subnet-name": "" }), labels(Some("n"), None), json!({ "subnet-name": "n" })),
        ];
        for (given, wanted, left) in cases {
            let written = write(&wanted, &context(&given));
            assert_eq!(written, Some(context(&left)), "{given}");
            assert_eq!(read(written.as_ref()), wanted, "{given}");
        }
        let full = context(&json!({ "name": 7, "subnet-name": false }));
        assert_eq!(write(&labels(Some("n"), None), &full), None, "nothing that is no text is overwritten");
    }

    #[test]
    fn a_note_goes_where_there_is_room() {
        let cases = [
            (json!({}), Some("n"), json!({ "comment": "n" })),
            (json!({ "description": "d", "name": "x" }), Some("n"), json!({ "description": "n", "name": "x" })),
            (json!({ "comment": { "by": 1 } }), Some("n"), json!({ "comment": { "by": 1 }, "description": "n" })),
            (
                json!({ "comment": 1, "description": 2 }),
                Some("n"),
                json!({ "comment": 1, "description": 2, "nestor-note": "n" }),
            ),
            (json!({ "name": "x", "comment": "a", "description": "b" }), None, json!({ "name": "x" })),
            (json!({ "comment": [1] }), None, json!({ "comment": [1] })),
        ];
        for (given, note_wanted, left) in cases {
            let mut after = context(&given);
            write_note(note_wanted, &mut after);
            assert_eq!(after, context(&left), "{given}");
            assert!(note_wanted.is_none() || note(Some(&after)).as_deref() == note_wanted);
        }
        let called = |given: Value| of_a_reservation(Some(&context(&given)));
        assert_eq!(called(json!({ "name": "x" })).as_deref(), Some("x"));
        assert_eq!(called(json!({ "comment": "a", "description": "b" })).as_deref(), Some("b"));
        assert_eq!((called(json!({ "comment": "a" })), called(json!({ "description": "b" }))), (None, None));
    }

    #[test]
    fn it_becomes_again_exactly_as_it_was() {
        let was = context(&json!({ "name": "x", "description": "d", "site": 1 }));
        let kept = members(&was);
        assert_eq!(kept, context(&json!({ "name": "x", "description": "d" })), "no more than labels");
        let now = context(&json!({ "subnet-name": "n", "comment": "c", "site": 2, "description": "e" }));
        let back = context(&json!({ "name": "x", "description": "d", "site": 2 }));
        assert_eq!(put_back(&kept, &now), Some(back));
        assert_eq!(put_back(&kept, &context(&json!({ "name": [1] }))), None);
    }

    #[test]
    fn what_was_not_touched_is_written_as_it_was() {
        for given in [json!({ "comment": "a", "x": 1 }), json!({ "name": 7, "subnet-name": {} }), json!({ "name": "" })]
        {
            let given = context(&given);
            assert_eq!(write(&read(Some(&given)), &given).as_ref(), Some(&given));
        }
    }
}
