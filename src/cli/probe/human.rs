//! The report of a probe for people: a line and a bar of time for each step, then what to do.

use std::fmt::Write;

use anstyle::{AnsiColor, Style};

use super::super::layout::wrapped;
use super::dry_run::kind;
use super::repair::Repair;
use super::subjects::{Subjects, title};
use crate::probe::words::identity;
use crate::probe::{Ended, Probed, Run, Status, Step, Stopped, Subject, Verdict};
use crate::source::clean;

/// Where facts and notes of a step begin, and messages where there is no room beside the step.
const INDENT: usize = 7;

/// The longest name of a step.
const NAME: usize = 21;

/// Facts that stand in the message already, or that only programs want.
const NOT_SHOWN: &[&str] = &[
    "addresses",
    "address",
    "tls-version",
    "method",
    "user",
    "database",
    "redshift",
    "account",
    "arn",
];

const BOLD: Style = Style::new().bold();
const DIM: Style = Style::new().fg_color(Some(anstyle::Color::Ansi(AnsiColor::BrightBlack)));

/// How many connections ended how; the failed ones by name.
pub(super) fn summary(found: &Subjects, run: &Run, width: usize) -> String {
    let count = |wanted: Verdict| run.probed.iter().filter(|p| p.verdict() == wanted).count();
    let mut parts = vec![
        format!("{} passed", count(Verdict::Passed)),
        format!("{} failed", count(Verdict::Failed)),
    ];
    let subjects = found.subjects.iter().zip(&run.probed).enumerate();
    let failed: Vec<String> = subjects
        .filter(|(_, (_, p))| p.verdict() == Verdict::Failed)
        .map(|(index, (subject, _))| title(subject, index))
        .collect();
    // One that is alone, or all, need no names.
    if !failed.is_empty() && failed.len() < run.probed.len() {
        let more = failed.len().saturating_sub(10);
        let more = if more > 0 { format!(" and {more} more") } else { String::new() };
        parts[1] = format!(
            "{} ({}{more})",
            parts[1],
            failed.iter().take(10).cloned().collect::<Vec<_>>().join(", ")
        );
    }
    if count(Verdict::Unproven) > 0 {
        parts.push(format!("{} unproven", count(Verdict::Unproven)));
    }
    if found.others > 0 {
        parts.push(format!("{} of other types left out", found.others));
    }
    match run.stopped {
        Stopped::No => {}
        Stopped::Interrupted => parts.push("interrupted".to_string()),
        Stopped::Terminated => parts.push("terminated".to_string()),
        Stopped::Deadline => parts.push("out of time".to_string()),
    }
    format!("{}\n", wrapped(&parts.join(", "), 0, 2, width))
}

/// The steps of a connection and its verdict.
pub(super) fn connection(
    subject: &Subject,
    index: usize,
    probed: &Probed,
    repair: Option<&Repair>,
    width: usize,
) -> String {
    let mut page = Page {
        out: String::new(),
        width,
        whole: probed.ends.iter().map(|end| end.began + end.took).max().unwrap_or(0).max(1),
    };
    // Writing to a String cannot fail, here and below.
    let _ = writeln!(page.out, "{BOLD}{}{BOLD:#}  {}", title(subject, index), kind(subject));
    let steps: Vec<(&Step, &Ended)> = subject.plan.steps.iter().zip(&probed.ends).collect();
    let open = (probed.verdict() == Verdict::Unproven).then(|| first_open(probed)).flatten();
    let (mut who, mut at) = (None, 0);
    while let Some((step, end)) = steps.get(at) {
        if step.identity.is_some() && step.identity != who && end.outcome.status != Status::Skipped
        {
            who.clone_from(&step.identity);
            page.paragraph(&format!("as {}:", who.as_ref().map(identity).unwrap_or_default()), 5);
        }
        // What was not made for one reason is one line.
        let alike = |(_, other): &&(&Step, &Ended)| {
            let silent = |end: &Ended| end.outcome.hints.is_empty() && end.outcome.facts.is_empty();
            other.outcome.status == Status::Skipped
                && other.outcome.message == end.outcome.message
                && silent(other)
                && silent(end)
        };
        let count = if end.outcome.status == Status::Skipped {
            steps[at..].iter().take_while(alike).count().max(1)
        } else {
            1
        };
        if count > 1 {
            page.skipped(at + 1, &steps[at..at + count]);
        } else {
            page.step(at + 1, step, end);
        }
        at += count;
    }
    for note in &subject.plan.notes {
        page.paragraph(&format!("note: {note}"), 5);
    }
    page.verdict(subject, probed, open);
    for line in repair.iter().flat_map(|repair| repair.lines()) {
        let _ = writeln!(page.out, "    {line}");
    }
    page.out.push('\n');
    page.out
}

/// The step that keeps a connection from being proven.
fn first_open(probed: &Probed) -> Option<usize> {
    probed
        .ends
        .iter()
        .position(|end| end.outcome.status == Status::Skipped && end.outcome.cause != "not-needed")
}

struct Page {
    out: String,
    width: usize,
    /// The time of the whole connection, in microseconds.
    whole: u64,
}

impl Page {
    /// A text of its own lines.
    fn paragraph(&mut self, text: &str, indent: usize) {
        let _ =
            writeln!(self.out, "{:indent$}{}", "", wrapped(text, indent, indent + 2, self.width));
    }

    fn skipped(&mut self, number: usize, steps: &[(&Step, &Ended)]) {
        let names: Vec<&str> = steps.iter().map(|(step, _)| step.kind.info().name).collect();
        let text = format!("{}: {}", names.join(", "), steps[0].1.outcome.message);
        let (mark, style) = mark(Status::Skipped);
        let _ = writeln!(
            self.out,
            "  {number:>2} {style}{mark} {}{style:#}",
            wrapped(&text, INDENT, INDENT, self.width)
        );
    }

    fn step(&mut self, number: usize, step: &Step, end: &Ended) {
        let outcome = &end.outcome;
        let (mark, style) = mark(outcome.status);
        let name = step.kind.info().name;
        let skipped = outcome.status == Status::Skipped;
        let took = if skipped { String::new() } else { time(end.took) };
        let message = match outcome.status {
            Status::NotPermitted => format!("not permitted, and not needed: {}", outcome.message),
            _ => outcome.message.clone(),
        };
        let bar = match self.width {
            0..72 => 0,
            72..110 => 8,
            _ => 16,
        };
        if bar == 0 {
            let _ =
                writeln!(self.out, "  {number:>2} {style}{mark}{style:#} {name:<NAME$}  {took:>8}");
            self.paragraph(&message, INDENT);
        } else {
            let at = INDENT + NAME + 2 + bar + 2 + 8 + 2;
            let drawn = if skipped { " ".repeat(bar) } else { self.bar(end, bar, style) };
            let message = wrapped(&message, at, at, self.width);
            let _ = writeln!(
                self.out,
                "  {number:>2} {style}{mark}{style:#} {name:<NAME$}  {drawn}  {took:>8}  {message}"
            );
        }
        let facts: Vec<String> = outcome
            .facts
            .iter()
            .filter(|f| !NOT_SHOWN.contains(&f.name))
            .map(|f| format!("{}: {}", f.name.replace('-', " "), f.text))
            .collect();
        if !facts.is_empty() {
            let _ = writeln!(
                self.out,
                "{:INDENT$}{DIM}{}{DIM:#}",
                "",
                wrapped(&facts.join(" · "), INDENT, INDENT, self.width)
            );
        }
        // What a step that went well has to warn of. Hints about the step that ended the probe
        // stand below the verdict; those of what did not are for programs.
        if outcome.status == Status::Ok {
            outcome.hints.iter().for_each(|hint| self.paragraph(&format!("note: {hint}"), INDENT));
        }
    }

    /// Where in the time of the connection a step stands.
    fn bar(&self, end: &Ended, length: usize, style: Style) -> String {
        let cells = u64::try_from(length).unwrap_or(u64::MAX);
        let at = |micros: u64| {
            let cell = u128::from(micros) * u128::from(cells) / u128::from(self.whole);
            usize::try_from(cell).unwrap_or(length).min(length)
        };
        let from = at(end.began).min(length - 1);
        let to = at(end.began + end.took).max(from + 1);
        let dots = |count: usize| "·".repeat(count);
        format!(
            "{DIM}{}{DIM:#}{style}{}{style:#}{DIM}{}{DIM:#}",
            dots(from),
            "━".repeat(to - from),
            dots(length - to)
        )
    }

    fn verdict(&mut self, subject: &Subject, probed: &Probed, open: Option<usize>) {
        let (word, color, text, end) = match (probed.verdict(), probed.failure()) {
            (_, Some((step, end))) => {
                let info = subject.plan.steps[step].kind.info();
                let code =
                    end.outcome.code.as_ref().map(|code| format!(" ({code})")).unwrap_or_default();
                let text =
                    format!(" at {} [{}]: {}{code}", info.name, info.id, end.outcome.message);
                ("failed", AnsiColor::Red, text, Some(end))
            }
            (Verdict::Passed, None) => {
                ("passed", AnsiColor::Green, format!(" in {}", time(self.whole)), None)
            }
            (_, None) => {
                let end = open.and_then(|at| probed.ends.get(at));
                let why = end.map(|end| format!(": {}", end.outcome.message)).unwrap_or_default();
                ("unproven", AnsiColor::Yellow, why, end)
            }
        };
        let style = BOLD.fg_color(Some(color.into()));
        let text = wrapped(&format!("{word}{text}"), 2, 4, self.width);
        let _ = writeln!(self.out, "  {style}{word}{style:#}{}", &text[word.len()..]);
        let Some(end) = end else { return };
        for (number, hint) in end.outcome.hints.iter().enumerate() {
            let _ = writeln!(
                self.out,
                "    {}. {}",
                number + 1,
                wrapped(hint, INDENT, INDENT, self.width)
            );
        }
        if let Some(policy) = &end.outcome.policy {
            let _ = writeln!(self.out, "    the smallest IAM policy that permits it:");
            let pretty = serde_json::to_string_pretty(policy).unwrap_or_default();
            for line in pretty.lines() {
                let _ = writeln!(self.out, "      {}", clean(line));
            }
        }
    }
}

fn mark(status: Status) -> (char, Style) {
    let (mark, color) = match status {
        Status::Ok => ('✓', AnsiColor::Green),
        Status::Failed => ('✗', AnsiColor::Red),
        Status::Skipped => ('-', AnsiColor::BrightBlack),
        Status::NotPermitted => ('!', AnsiColor::Yellow),
    };
    (mark, Style::new().fg_color(Some(color.into())))
}

fn time(micros: u64) -> String {
    match micros {
        0..1000 => "< 1 ms".to_string(),
        1000..10_000_000 => format!("{} ms", micros / 1000),
        _ => format!("{}.{} s", micros / 1_000_000, micros % 1_000_000 / 100_000),
    }
}

#[cfg(test)]
mod tests {
    use super::connection;
    use crate::model::Connection;
    use crate::probe::{
        Ended, Necessity, Offline, Outcome, Plan, Probed, Siblings, Step, StepKind, Subject,
    };

    fn scene() -> (Subject, Probed) {
        let step = |kind| Step {
            kind,
            necessity: Necessity::Needed,
            identity: None,
            call: None,
            logs_in: false,
            what: String::new(),
        };
        let kinds = [
            StepKind::Offline,
            StepKind::Dns,
            StepKind::Tcp,
            StepKind::Authentication,
            StepKind::Query,
        ];
        let plan = Plan {
            mode: "db-credentials",
            steps: kinds.into_iter().map(step).collect(),
            offline: Offline::Ready,
            target: None,
            log_in: None,
            notes: vec!["worth knowing".to_string()],
        };
        let ended = |began, took, outcome| Ended { began, took, outcome };
        let skipped = || Outcome::skipped("after-failure", "not made: a step before it failed");
        let ends = vec![
            ended(0, 900, Outcome::ok("nothing in the text speaks against it")),
            ended(
                1000,
                5000,
                Outcome::ok("1 address: 127.0.0.1").fact("ip-version", "4").fact("source", "hosts"),
            ),
            ended(
                6000,
                12_000_000,
                Outcome::failed("refused", "nothing listens at 127.0.0.1:1")
                    .code("X")
                    .hint("a wrong port")
                    .hint("a server that is down"),
            ),
            ended(0, 0, skipped()),
            ended(0, 0, skipped()),
        ];
        let (conn_id, siblings) = (Some("w".to_string()), Siblings::default());
        let subject = Subject {
            conn_id,
            connection: Connection::default(),
            siblings,
            aws_conn_id: None,
            plan,
        };
        (subject.clone(), Probed { plan: subject.plan, ends })
    }

    fn plain(width: usize) -> String {
        let (subject, probed) = scene();
        anstream::adapter::strip_str(&connection(&subject, 0, &probed, None, width)).to_string()
    }

    #[test]
    fn no_line_is_wider_than_the_terminal() {
        for width in [40, 60, 72, 80, 100, 110, 200] {
            let page = plain(width);
            let widest = page.lines().map(|line| line.chars().count()).max().unwrap_or(0);
            assert!(widest <= width, "{widest} of {width}:\n{page}");
        }
    }

    #[test]
    fn steps_have_their_bars_and_the_verdict_says_what_to_do() {
        let want = "\
w  db-credentials
   1 ✓ offline                ━·······    < 1 ms  nothing in the text speaks
                                                  against it
   2 ✓ dns                    ━·······      5 ms  1 address: 127.0.0.1
       ip version: 4 · source: hosts
   3 ✗ tcp                    ━━━━━━━━    12.0 s  nothing listens at 127.0.0.1:1
   4 - authentication, query: not made: a step before it failed
     note: worth knowing
  failed at tcp [AC909]: nothing listens at 127.0.0.1:1 (X)
    1. a wrong port
    2. a server that is down

";
        assert_eq!(plain(80), want);
        assert!(
            plain(60).contains(
                "\n   3 ✗ tcp                      12.0 s\n       nothing listens at 127.0.0.1:1\n"
            ),
            "{}",
            plain(60)
        );
    }
}
