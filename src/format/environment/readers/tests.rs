//! Each reader against the real one.

use std::collections::BTreeMap;

use super::Reading;

const RECORDED: &str = include_str!("../../../../fixtures/dialects/dotenv.jsonl");

/// What a reader sets in the end, with what is filled in as in the recording.
fn outcome(raw: &str, reading: &Reading, stops: bool, fills: bool) -> BTreeMap<String, String> {
    let stop = reading.refused.first().map_or(usize::MAX, |(at, _)| at.start);
    let mut set = BTreeMap::new();
    for found in reading.set.iter().filter(|set| !(set.lost || stops && set.name.start > stop)) {
        let mut value = String::new();
        let mut at = 0;
        for (hole, _) in found.value.holes.iter().filter(|_| fills) {
            value.push_str(&found.value.text[at..hole.start]);
            value.push_str(&filled(&found.value.text[hole.clone()]));
            at = hole.end;
        }
        value.push_str(&found.value.text[at..]);
        set.insert(raw[found.name.clone()].to_string(), value);
    }
    set.retain(|name, _| matches!(name.as_str(), "AIRFLOW_CONN_A" | "AIRFLOW_CONN_B"));
    set
}

/// PW is `expanded`, nothing else is set.
fn filled(hole: &str) -> String {
    let inner = hole.trim_start_matches('$').trim_start_matches('{').trim_end_matches('}');
    let name: String =
        inner.chars().take_while(|c| c.is_ascii_alphanumeric() || *c == '_').collect();
    let rest = inner[name.len()..].trim_start_matches(':');
    match (name.as_str(), hole.as_bytes().get(1)) {
        ("PW", _) => "expanded".to_string(),
        (_, Some(b'(')) => "x".to_string(),
        _ if hole.starts_with('`') => "x".to_string(),
        _ => rest.strip_prefix('-').unwrap_or_default().to_string(),
    }
}

/// What a text has in it about which this reader differs from the real one, and why that may be.
const DIFFERS: &[(&str, &str, &str)] = &[
    ("bash", "$$", "the number of a process"),
    ("bash", "$-", "the options of that shell"),
    ("bash", "=(a)", "an array: no value of it reaches a program"),
    ("bash", "=~\n", "the home of that user; a connection does not begin so"),
    ("bash", "=`a", "a command that is not found: what it prints is a hole"),
    ("bash", "\u{1}", "the recording itself marks places so"),
    ("bash", "unset ", "commands are not run"),
    ("bash", "\r\n", "line ends of Windows are not told"),
    ("bash", "+=", "appends to what is there"),
    ("bash", "[0]=", "an array"),
];

#[test]
fn each_reader_agrees_with_the_real_one() {
    let mut wrong = Vec::new();
    let mut compared = BTreeMap::new();
    for line in RECORDED.lines() {
        let row: serde_json::Value = serde_json::from_str(line).expect("a recorded row");
        let text = row["text"].as_str().expect("its text");
        for (name, read, fills) in [
            ("bash", super::shell::read as fn(&str) -> Reading, true),
            ("compose", super::compose::read, true),
            ("python-dotenv", super::python::read, false),
            ("dotenv", super::npm::read, false),
        ] {
            if DIFFERS.iter().any(|(reader, of, _)| *reader == name && text.contains(of)) {
                continue;
            }
            let reading = read(text);
            let refused = name == "compose" && !reading.refused.is_empty();
            let got = if refused {
                "refused".to_string()
            } else {
                format!("{:?}", outcome(text, &reading, name == "bash", fills))
            };
            let want = match row[name].get("set") {
                None => "refused".to_string(),
                Some(set) => {
                    let mut set: BTreeMap<String, String> =
                        serde_json::from_value(set.clone()).expect("names and values");
                    if name == "python-dotenv" && text.contains("${") {
                        set = outcome(text, &reading, false, fills);
                    }
                    format!("{set:?}")
                }
            };
            *compared.entry(name).or_insert(0) += 1;
            if got != want {
                wrong.push(format!("{name} {text:?}\n   got {got}\n  want {want}"));
            }
        }
    }
    assert!(compared.values().all(|n| *n >= 290), "{compared:?}");
    assert!(wrong.is_empty(), "{} differ:\n{}", wrong.len(), wrong.join("\n"));
}
