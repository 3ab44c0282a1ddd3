//! What is taken as a text, asked of the real Kea in the same breath.

use std::path::Path;
use std::process::Command;

use keaconf::{Document, MAX_DEPTH, SyntaxError, read_file};

use crate::lab::{self, Family};

/// Whether the real `kea-dhcp4 -t` takes a file.
pub(crate) fn kea_takes(family: Family, folder: &Path, text: &[u8]) -> Result<(), String> {
    let file = folder.join("asked.conf");
    std::fs::write(&file, text).unwrap();
    let output = Command::new(lab::program(family))
        .arg("-t")
        .arg(&file)
        .env("KEA_RUN", folder)
        .current_dir(folder)
        .output()
        .expect("Kea can be run");
    let said = String::from_utf8_lossy(&output.stdout).into_owned() + &String::from_utf8_lossy(&output.stderr);
    if output.status.success() { Ok(()) } else { Err(said) }
}

fn ours(folder: &Path, text: &[u8]) -> Result<Document, SyntaxError> {
    let mut bring = |name: &str| std::fs::read(folder.join(name)).map_err(|error| error.to_string());
    let source = read_file("asked.conf", text, &mut bring)?;
    Ok(Document::of(source.value).expect("a configuration"))
}

#[test]
fn we_take_what_kea_takes_and_refuse_what_it_refuses() {
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join("members.json"), "\"renew-timer\": 100,").unwrap();
    std::fs::write(folder.path().join("bare.json"), "\"renew-timer\": 100").unwrap();
    std::fs::write(folder.path().join("number.json"), " 100 # seconds\n").unwrap();
    std::fs::write(folder.path().join("itself.json"), "<?include \"itself.json\"?>").unwrap();
    std::fs::write(folder.path().join("whole.json"), "{\"Dhcp4\": {\"valid-lifetime\": 400}}").unwrap();
    let context = |value: &str| format!("{{\"Dhcp4\": {{\"user-context\": {{\"a\": {value}}}}}}}");
    let inside = |members: &str| format!("{{\"Dhcp4\": {{{members}}}}}");
    let mut texts: Vec<Vec<u8>> = Vec::new();
    let values = "0 +1 01 -0 -01 1. .5 1e5 1.5E+5 1.e5 +1.5 - -. -.5 1e400 1e 1a 1.2.3 0x10 nan True TRUE Null null true
        9223372036854775807 -9223372036854775808 9223372036854775808 [1,] [1,,] [1,,2] [,] [,1] [] {} {\"b\":1,,\"c\":2}
        {,\"b\":1} {\"b\":1,\"b\":2} {b:1} {1:1} {\"b\"1} {\"b\":} {\"b\":,} [1 [1} {\"b\":1] [1[2]] 'x' \"x \"\\q\" \"\\u00e9\"
        \"\\u00E9\\/\\b\\f\\n\\r\\t\\\"\\\\\" \"\\u20ac\" \"\\u00e\" \"\\u00zz\" \"\\u0000\" \"\\U00e9\" \"€\" \"//#/**/\" \"<?include\" =";
    texts.extend(values.split_whitespace().map(|value| context(value).into_bytes()));
    let members = [
        "",
        ",",
        "\"valid-lifetime\": 400",
        "\"valid-lifetime\": 400,",
        "\"valid-lifetime\": 400,,\"renew-timer\": 5",
        "\"valid-lifetime\": 400 \"renew-timer\": 5",
        "\"valid-lifetime\": 400, \"valid-lifetime\": 500",
        "// c\n\"valid-lifetime\" /* c */ : # c\n400 /* a /* b **/",
        "\"valid-lifetime\": 400 /* not closed",
        "\"valid-lifetime\"\t:\r\n400",
        "\"valid-lifetime\":\u{b}400",
        "<?include \"members.json\"?>\"valid-lifetime\": 400",
        "<?include \"bare.json\"?>, \"valid-lifetime\": 400",
        "\"valid-lifetime\": 400, <?include \"members.json\"?>",
        "\"valid-lifetime\": <?include \"number.json\"?>",
        "\"valid-lifetime\": <? include\n\"number.json\" ?>",
        "\"valid-lifetime\": <?include\"number.json\"?>",
        "\"valid-lifetime\": <?include \"gone.json\"?>",
        "\"valid-lifetime\": <?include \"itself.json\"?>",
        "\"valid-lifetime\": <?include number.json?>",
        "\"valid-lifetime\": <?include \"number.json\">",
        "\"user-context\": {\"a\": \"x\ty\"}",
        "\"user-context\": {\"a\": \"x\ny\"}",
        "\"user-context\": {\"\": 1}",
    ];
    texts.extend(members.iter().filter(|members| !members.is_empty()).map(|members| inside(members).into_bytes()));
    let whole = [
        "",
        "<?include \"whole.json\"?>",
        "{\"Dhcp4\": {\"valid-lifetime\": 400}} x",
        "{\"Dhcp4\": {\"valid-lifetime\": 400}} {}",
        "{\"Dhcp4\": {\"valid-lifetime\": 400},,}",
        "/{\"Dhcp4\": {\"valid-lifetime\": 400}}",
        "/**/{\"Dhcp4\": {\"valid-lifetime\": 400}}#",
        "\u{feff}{\"Dhcp4\": {\"valid-lifetime\": 400}}",
        "{\"Dhcp4\": {\"valid-lifetime\": 400}",
        "{\"Dhcp4\": {\"valid-lifetime\": 400}}}",
    ];
    texts.extend(whole.iter().map(|text| text.as_bytes().to_vec()));
    texts.push(b"{\"Dhcp4\":{\"user-context\":{\"a\":\"x\x7f\x80\xff\"}}}".to_vec());
    texts.push(b"{\"Dhcp4\":{\"user-context\":{\"a\":\"x\0y\"}}}".to_vec());
    let (mut taken, mut refused) = (0, 0);
    for text in texts {
        let shown = String::from_utf8_lossy(&text).into_owned();
        let kea = kea_takes(Family::V4, folder.path(), &text);
        match (ours(folder.path(), &text), kea) {
            (Ok(document), Ok(())) => {
                taken += 1;
                let again = document.to_kea(keaconf::Layout::Indented);
                kea_takes(Family::V4, folder.path(), again.as_bytes()).unwrap_or_else(|said| panic!("{again}: {said}"));
                assert_eq!(Document::read(again.as_bytes()).as_ref(), Ok(&document), "{shown}");
            }
            (Err(_), Err(_)) => refused += 1,
            (ours, kea) => panic!("{shown}\nKea: {kea:?}\nours: {ours:?}"),
        }
    }
    assert!(taken > 35 && refused > 45, "{taken} taken, {refused} refused");
}

fn refusal(text: &str) -> String {
    ours(Path::new("."), text.as_bytes()).unwrap_err().to_string()
}

#[test]
fn a_refusal_says_where_and_what_is_missing() {
    for (text, says) in [
        ("", "asked.conf: line 1, column 1: the text is empty: a configuration begins with {"),
        (
            "{\"Dhcp4\": {\n  \"valid-lifetime\": 400\n  \"renew-timer\": 5\n}}",
            "asked.conf: line 3, column 3: a comma is missing between \"renew-timer\" and what is before it",
        ),
        (
            "{\"Dhcp4\": {\n  \"subnet4\": [ {\"id\": 1} }\n}",
            "asked.conf: line 2, column 26: the [ of line 2, column 14 is closed with }: ] is missing",
        ),
        ("{\"Dhcp4\": {", "asked.conf: line 1, column 12: the { of line 1, column 11 is never closed: } is missing"),
        ("{\"Dhcp4\" {}}", "asked.conf: line 1, column 9: a colon is missing after \"Dhcp4\""),
        ("{\"é\": x}", "asked.conf: line 1, column 7: x must stand in double quotes: \"x\""),
        ("{\"a\": True}", "asked.conf: line 1, column 7: true is written in small letters"),
        ("{\"a\": 'x'}", "asked.conf: line 1, column 7: texts stand in double quotes: write \" instead of '"),
        (
            "{\"a\": \"x\n\"}",
            "asked.conf: line 1, column 7: the text that begins here is not closed in its line: add \", or write \\n",
        ),
        ("{\"a\": 1, \"a\": 2}", "asked.conf: line 1, column 10: \"a\" stands in this map already"),
        ("{\"a\": }", "asked.conf: line 1, column 7: a value is missing before }"),
        ("{ , }", "asked.conf: line 1, column 3: nothing stands before this comma: remove it"),
        ("{} /* x", "asked.conf: line 1, column 4: the comment that begins here is not closed: add */"),
        (
            "{\"a\": \"\\u20ac\"}",
            "asked.conf: line 1, column 8: Kea takes no \\u above 00FF: write the character itself",
        ),
    ] {
        assert_eq!(refusal(text), says);
    }
}

#[test]
fn a_fault_in_an_included_file_is_said_of_that_file() {
    let mut bring = |name: &str| if name == "in.json" { Ok(b"\n  oops".to_vec()) } else { Err("no".to_owned()) };
    let error = read_file("out.conf", b"{\"Dhcp4\": <?include \"in.json\"?>}", &mut bring).unwrap_err();
    assert_eq!(error.to_string(), "in.json: line 2, column 3: oops must stand in double quotes: \"oops\"");
    let error = read_file("out.conf", b"{\"Dhcp4\":\n<?include \"gone\"?>}", &mut bring).unwrap_err();
    assert_eq!(error.to_string(), "out.conf: line 2, column 1: the included file \"gone\" cannot be read: no");
}

#[test]
fn what_is_nested_without_end_is_refused_and_harms_nobody() {
    let deep = |levels: usize| format!("{}{}", "[".repeat(levels), "]".repeat(levels));
    assert!(keaconf::read(deep(MAX_DEPTH).as_bytes()).is_ok());
    let error = keaconf::read(deep(MAX_DEPTH + 1).as_bytes()).unwrap_err();
    assert_eq!(error.text, "this is nested more than 200 levels deep");
    assert!(keaconf::read("[{\"a\":".repeat(1_000_000).as_bytes()).is_err());
    let twice = "[<?include \"x\"?>,<?include \"x\"?>]";
    let mut bring = |_: &str| Ok(twice.as_bytes().to_vec());
    assert!(read_file("", twice.as_bytes(), &mut bring).unwrap_err().text.contains("include each other"));
    let mut large = |_: &str| Ok(vec![b' '; 40 << 20]);
    assert_eq!(
        read_file("", b"<?include \"x\"?><?include \"x\"?>", &mut large).unwrap_err().text,
        "the text is larger than 64 MiB"
    );
}
