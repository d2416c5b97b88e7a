//! What commands write that their next one reads: `echo`, `printf` and `cat` ahead of a pipe.

use crate::format::shell::{Command, Document, Fill, Output, Word, unescaped};
use crate::source::Text;

/// What each command reads, as far as it is known.
pub(super) fn contents<'a>(commands: &[Command<'a>]) -> Vec<Option<Document<'a>>> {
    let mut contents: Vec<Option<Document<'a>>> = vec![None; commands.len()];
    for (i, command) in commands.iter().enumerate() {
        if command.input.is_some() {
            contents[i].clone_from(&command.input);
        }
        if let Output::Command(next) = command.output
            && commands.get(next).is_some_and(|next| next.piped)
            && let Some(text) = output(command, contents[i].as_ref())
        {
            contents[next] = Some(text);
        }
    }
    contents
}

/// What a command writes, if that is known.
pub(super) fn output<'a>(
    command: &Command<'a>,
    input: Option<&Document<'a>>,
) -> Option<Document<'a>> {
    let words = behind_wrappers(&command.words);
    match words.first()?.program() {
        "cat" | "tee" => input.cloned(),
        "echo" => echo(&words[1..]),
        "printf" => printf(&words[1..]),
        _ => None,
    }
}

/// Programs that run another one as it stands.
const WRAPPERS: &[&str] = &["sudo", "command", "builtin", "exec", "env", "nohup"];

/// The command that wrappers run.
pub(super) fn behind_wrappers<'w, 'a>(words: &'w [Word<'a>]) -> &'w [Word<'a>] {
    let wraps =
        |word: &&Word<'_>| WRAPPERS.contains(&word.program()) || word.as_str().starts_with('-');
    let first = words.first().is_some_and(|word| WRAPPERS.contains(&word.program()));
    let skip = if first { words.iter().take_while(wraps).count() } else { 0 };
    &words[skip..]
}

fn echo<'a>(words: &[Word<'a>]) -> Option<Document<'a>> {
    let is_flag = |word: &&Word<'_>| {
        word.as_str().len() > 1
            && word.as_str().strip_prefix('-').is_some_and(|f| f.chars().all(|c| "neE".contains(c)))
    };
    let flags = words.iter().take_while(is_flag).count();
    let escapes = words[..flags].iter().any(|word| word.as_str().contains('e'));
    let text = joined(&words[flags..])?;
    Some(if escapes { unescaped(&text) } else { text })
}

/// `printf FORMAT VALUE…`: a format without `%`, or one with a single `%s` and its value.
fn printf<'a>(words: &[Word<'a>]) -> Option<Document<'a>> {
    let words = if words.first()?.as_str() == "--" { &words[1..] } else { words };
    let (format, values) = words.split_first()?;
    let pattern = format.as_str();
    match (pattern.matches('%').count(), values) {
        (0, _) => Some(unescaped(&of(format))),
        (1, [value]) if matches!(pattern, "%s" | "%s\\n" | "%b" | "%s\n") => {
            Some(if pattern == "%b" { unescaped(&of(value)) } else { of(value) })
        }
        (count, _) if count == values.len() && pattern.matches("%s").count() == count => {
            let mut text = unescaped(&of(format)).text.into_string();
            values.iter().for_each(|value| text = text.replacen("%s", value.as_str(), 1));
            let whole = words.first()?.value.span()?.cover(words.last()?.value.span()?);
            let fills = words.iter().flat_map(|word| word.fills.iter()).cloned();
            let all = 0..text.len();
            // Where in the text each of them stands is not kept.
            let fills = fills.map(|fill| Fill { inside: all.clone(), ..fill }).collect();
            Some(Document { text: Text::whole(text, whole), fills })
        }
        _ => None,
    }
}

fn of<'a>(word: &Word<'a>) -> Document<'a> {
    Document { text: word.value.clone(), fills: word.fills.clone() }
}

/// Words with blanks between them.
fn joined<'a>(words: &[Word<'a>]) -> Option<Document<'a>> {
    let [first, .., last] = words else { return words.first().map(of) };
    let text: Vec<_> = words.iter().map(Word::as_str).collect();
    let text = text.join(" ");
    let all = 0..text.len();
    let fills = words.iter().flat_map(|word| word.fills.iter()).cloned();
    let fills = fills.map(|fill| Fill { inside: all.clone(), ..fill }).collect();
    // `echo export NAME=value`: the value keeps its places.
    if let [export, value] = words
        && export.as_str() == "export"
    {
        return Some(of(value));
    }
    let text = match (first.value.span(), last.value.span()) {
        (Some(first), Some(last)) => Text::whole(text, first.cover(last)),
        _ => Text::owned(text),
    };
    Some(Document { text, fills })
}
