//! Scripts held against what bash did with them (fixtures/airflow/shell_words.jsonl;
//! tools/recorders/record_shell_words.py).

use serde::Deserialize;

use super::{Command, Script, Word};
use crate::format::commands::is_shell;
use crate::source::Text;

#[derive(Deserialize)]
struct Recorded {
    script: String,
    runs: Vec<Run>,
}

#[derive(Deserialize)]
struct Run {
    arguments: Vec<String>,
    read: String,
}

/// What a script gives `airflow`: its arguments, of which nothing is known where they are filled
/// in, and what it reads.
type Given = (Vec<Option<String>>, Option<String>);

fn given(script: &Script<'_>, all: &mut Vec<Given>) {
    for command in &script.commands {
        for fill in command.words.iter().chain(&command.assigned).flat_map(|word| &word.fills) {
            assert!(fill.place.start < fill.place.end);
        }
        let words = match &command.words[..] {
            [first, rest @ ..] if first.as_str() == "command" => rest,
            words => words,
        };
        match words {
            [first, rest @ ..] if first.as_str() == "airflow" => all.push(run(command, rest)),
            [first, flag, script, ..] if is_shell(first) && flag.as_str().ends_with('c') => {
                given(&Script::new(&script.value, &[]), all);
            }
            [eval, script] if eval.as_str() == "eval" => {
                given(&Script::new(&script.value, &[]), all);
            }
            [first] if is_shell(first) => {
                let input = command.input.as_ref().expect("a script to read");
                given(&Script::new(&input.text, &[]), all);
            }
            [_, inner, ..] if inner.as_str().starts_with("<(") => {
                let inside = &inner.as_str()[2..inner.as_str().len() - 1];
                given(&Script::new(&Text::at(inside, 0), &[]), all);
            }
            _ => {}
        }
    }
}

fn run(command: &Command<'_>, words: &[Word<'_>]) -> Given {
    let arguments = words.iter().map(|word| word.literal().map(str::to_string)).collect();
    let read = command.input.as_ref().filter(|input| input.fills.is_empty());
    (arguments, read.map(|input| input.text.as_str().trim().to_string()))
}

fn is_like(given: &Given, run: &Run) -> bool {
    let (arguments, read) = given;
    // A word that is filled in without quotes may come to several.
    let known = arguments.iter().all(Option::is_some);
    let same = arguments.len() == run.arguments.len()
        && arguments
            .iter()
            .zip(&run.arguments)
            .all(|(given, got)| given.as_ref().is_none_or(|given| given == got));
    (same || !known) && read.as_ref().is_none_or(|read| *read == run.read)
}

#[test]
fn words_are_those_of_bash() {
    let recorded = include_str!("../../../fixtures/airflow/shell_words.jsonl");
    let (mut scripts, mut words) = (0, 0);
    for line in recorded.lines() {
        let Recorded { script, runs } = serde_json::from_str(line).expect("a recorded script");
        let text = Text::at(&script, 0);
        let read = Script::new(&text, &[]);
        assert!(read.unclosed.is_empty(), "{script:?}");
        let mut all = Vec::new();
        given(&read, &mut all);
        // What runs is a command of the script, in its order; a loop runs one several times.
        let mut at = 0;
        for run in &runs {
            let found = all[at..].iter().position(|given| is_like(given, run));
            assert!(found.is_some(), "{script:?}: {:?} is not in {all:?}", run.arguments);
            at += found.unwrap_or_default();
            words += all[at].0.iter().flatten().count();
        }
        let branches =
            ["else", "case", "||", "for ", "if ! "].iter().any(|word| script.contains(word));
        assert!(branches || all.len() == runs.len(), "{script:?}: {all:?}");
        scripts += 1;
    }
    assert!(scripts >= 250 && words >= 350, "{scripts} scripts, {words} words");
}

#[test]
fn variables_are_followed_only_where_that_is_sure() {
    for (script, want) in [
        ("X=a\nairflow \"$X\"", Some("a")),
        ("X='a b'\nairflow \"$X\"", Some("a b")),
        ("X='a b'\nairflow $X", None),
        ("airflow \"$X\"\nX=a", None),
        ("X=a\nX=b\nairflow \"$X\"", None),
        ("X=$1\nairflow \"$X\"", None),
        ("[ -n \"$X\" ] || X=a\nairflow \"$X\"", None),
        ("if true; then X=a; fi\nairflow \"$X\"", None),
        ("f() { X=a; }\nairflow \"$X\"", None),
        ("X=a\nread -r X\nairflow \"$X\"", None),
        ("X=a\nfor X in b; do airflow \"$X\"; done", None),
        ("export X=a\nairflow \"$X\"", Some("a")),
        ("X=a airflow \"$X\"", None),
        ("(X=a)\nairflow \"$X\"", None),
        ("X=a\nairflow \"${X:-b}\"", None),
        ("X=a\nairflow '$X'", Some("$X")),
    ] {
        let text = Text::at(script, 0);
        let read = Script::new(&text, &[]);
        let command =
            read.commands.iter().find(|c| c.words.first().is_some_and(|w| w.as_str() == "airflow"));
        let word = &command.expect("the command").words[1];
        assert_eq!(word.literal(), want, "{script}");
    }
}

#[test]
fn what_is_filled_in_is_found_where_it_comes_to_stand() {
    for (word, want) in [
        ("\"a$X\"", vec!["$X"]),
        ("a'$X'$Y", vec!["$Y"]),
        ("\"a\\\"b${X}c\"$(d 'e')", vec!["${X}", "$(d 'e')"]),
        ("$'a\\n'\"$X\"", vec!["$X"]),
        ("`a`", vec!["`a`"]),
        ("\"$@\"", vec!["$@"]),
        ("'{{ x }}'", vec!["{{ x }}"]),
        ("p$", vec![]),
    ] {
        let script = format!("airflow {word}");
        let text = Text::at(&script, 0);
        let holes: Vec<_> = script
            .find("{{")
            .map(|at| at..script.find("}}").expect("an end") + 2)
            .into_iter()
            .collect();
        let read = Script::new(&text, &holes);
        let word = &read.commands[0].words[1];
        let inside: Vec<_> =
            word.fills.iter().map(|fill| &word.as_str()[fill.inside.clone()]).collect();
        let place: Vec<_> = word.fills.iter().map(|fill| &script[fill.place.clone()]).collect();
        assert_eq!((inside, place), (want.clone(), want), "{script}");
    }
}

#[test]
fn a_quote_that_nothing_closes_costs_one_line() {
    let script = "airflow a 'b\nairflow c\n".repeat(3) + "airflow it's\nairflow d\nairflow 'e";
    let text = Text::at(&script, 0);
    let read = Script::new(&text, &[]);
    let last = |name: &str| {
        read.commands.iter().any(|c| c.words.get(1).is_some_and(|word| word.as_str() == name))
    };
    assert!(last("d") && !read.unclosed.is_empty());
}
