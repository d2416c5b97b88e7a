//! Work and memory grow as the input does: each repeated element of each format, sixteen times as
//! often, through every command.
//!
//! Allocations, their bytes and the most that is held at once are counted, so that the answer is
//! the same on every machine. What scans bytes allocates nothing: for that the processor time of
//! the thread is compared within one run. In the suite a part of all elements goes through one
//! command each; `tools/bench/growth.sh` takes all elements through all commands.

pub(crate) mod elements;
mod faults;

use std::ffi::OsString;
use std::fs::File;
use std::io::Write;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{LazyLock, Mutex};
use std::time::{Duration, Instant};

use airconn::format::{FORMATS, Format};
use elements::Element;

/// The large text has so many times the elements of the small one.
const TIMES: usize = 16;

/// One in so many of all elements in all formats is in the suite.
const IN_SUITE: usize = 3;

/// So many of the commands, the first, are in the suite.
const SUITE: usize = 9;

/// What is counted may grow by so much: work in proportion gives [`TIMES`], work of the second
/// order its square.
const MOST_COUNTS: f64 = 24.0;

/// Buffers double when they are full, each at another size.
const MOST_BYTES: f64 = 32.0;

/// Time is not counted but measured, on a machine that does other things, too.
const MOST_TIME: f64 = 60.0;

/// What is as short as this tells more of the clock than of the work.
const TOO_SHORT: Duration = Duration::from_millis(30);

/// A command line without its file.
struct Command {
    name: &'static str,
    arguments: &'static [&'static str],
}

static COMMANDS: &[Command] = &[
    Command { name: "check", arguments: &["check"] },
    Command { name: "check --format sarif", arguments: &["check", "--format", "sarif"] },
    Command { name: "check --fix", arguments: &["check", "--fix"] },
    Command { name: "check --fix=unsafe", arguments: &["check", "--fix=unsafe"] },
    Command { name: "check --diff --fix=unsafe", arguments: &["check", "--diff", "--fix=unsafe"] },
    Command { name: "convert", arguments: &["convert", "--to", "jsonl"] },
    Command { name: "inspect", arguments: &["inspect"] },
    Command { name: "inspect --hook", arguments: &["inspect", "--format", "jsonl", "--hook"] },
    Command { name: "probe --dry-run", arguments: &["probe", "--dry-run"] },
    Command { name: "check --causes", arguments: &["check", "--causes"] },
    Command {
        name: "upgrade",
        arguments: &["upgrade", "--from", "airflow=2.2", "--to", "airflow=3.3"],
    },
];

/// What a run took.
#[derive(Clone, Copy)]
struct Cost {
    allocations: u64,
    bytes: u64,
    /// The most bytes that were held at once.
    held: u64,
    time: Duration,
}

impl Command {
    /// Runs it on a text, in this thread.
    fn cost(&self, format: &str, text: &str) -> Cost {
        let folder = tempfile::tempdir().expect("a folder");
        let file = folder.path().join("input");
        std::fs::write(&file, text).expect("a file");
        // There `--from` is a version, and the format is guessed.
        let from = ["--from", format].into_iter().filter(|_| self.name != "upgrade");
        let last = std::iter::once("--isolated").chain(from).map(OsString::from);
        let arguments =
            std::iter::once("airconn").chain(self.arguments.iter().copied()).map(OsString::from);
        let arguments: Vec<OsString> =
            arguments.chain(last).chain([file.into_os_string()]).collect();
        let before = processor_time();
        let mut out = Counted(0);
        let run = || {
            airconn::cli::run_into(arguments.into_iter(), &mut out, &mut std::io::sink());
        };
        let counted = allocation_counter::measure(run);
        let time = processor_time().saturating_sub(before);
        Cost {
            allocations: counted.count_total,
            bytes: counted.bytes_total,
            held: counted.bytes_max,
            time,
        }
    }
}

/// What is written is counted, so that it is not optimised away.
struct Counted(usize);

impl Write for Counted {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        self.0 += bytes.len();
        Ok(bytes.len())
    }

    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}

/// What this thread has had of a processor, which waiting for others does not lengthen; where the
/// system does not tell, the time that passed.
fn processor_time() -> Duration {
    static START: LazyLock<Instant> = LazyLock::new(Instant::now);
    static IS_TOLD: LazyLock<bool> = LazyLock::new(|| {
        let start = Instant::now();
        while start.elapsed() < Duration::from_millis(20) {}
        scheduled().is_some_and(|time| time > Duration::ZERO)
    });
    scheduled().filter(|_| *IS_TOLD).unwrap_or_else(|| START.elapsed())
}

/// Linux may count what ran only when its clock ticks: a short run is nothing until then.
const TICK: Duration = Duration::from_millis(4);

/// What Linux counts, if it does.
fn scheduled() -> Option<Duration> {
    let text = std::fs::read_to_string("/proc/thread-self/schedstat").ok()?;
    Some(Duration::from_nanos(text.split(' ').next()?.parse().ok()?))
}

/// How much more the large text takes than the small one, by what is measured. What a run takes for
/// nothing is left out.
struct Growth {
    allocations: f64,
    bytes: f64,
    held: f64,
    time: f64,
}

impl Growth {
    fn between(none: Cost, few: Cost, many: Cost) -> Growth {
        let ratio = |of: fn(&Cost) -> u64| {
            let base = of(&none).min(of(&few) / 2);
            (of(&many).saturating_sub(base)) as f64 / (of(&few) - base).max(1) as f64
        };
        let time = many.time.as_secs_f64() / few.time.max(TICK).as_secs_f64();
        Growth {
            allocations: ratio(|c| c.allocations),
            bytes: ratio(|c| c.bytes),
            held: ratio(|c| c.held),
            time: if many.time < TOO_SHORT { 0.0 } else { time },
        }
    }

    fn is_good(&self) -> bool {
        self.allocations <= MOST_COUNTS
            && self.bytes.max(self.held) <= MOST_BYTES
            && self.time <= MOST_TIME
    }
}

/// How an element grows in a command, or what it does wrong.
fn growth(command: &Command, format: &str, element: &Element, few: usize) -> Growth {
    let [none, small, large] = [1, few, few * TIMES].map(|count| (element.text)(count));
    // What is made once for a process belongs to no text.
    command.cost(format, &none);
    let measured = || {
        let cost = |text: &str| command.cost(format, text);
        Growth::between(cost(&none), cost(&small), cost(&large))
    };
    let mut growth = measured();
    for _ in 0..3 {
        if growth.time <= MOST_TIME {
            break;
        }
        // All three anew: each may be the one that had to wait for others of this machine.
        growth.time = growth.time.min(measured().time);
    }
    growth
}

/// One thing to be looked at.
struct Work {
    command: &'static Command,
    format: &'static Format,
    element: Element,
}

/// `0` is the suite; `1` all commands; more is a larger text.
fn scale() -> usize {
    std::env::var("AIRCONN_GROWTH").ok().and_then(|text| text.parse().ok()).unwrap_or(0)
}

#[test]
fn work_and_memory_grow_as_the_input_does() {
    let scale = scale();
    let wanted = std::env::var("AIRCONN_GROWTH_ONLY").unwrap_or_default();
    let mut work = Vec::new();
    for (number, format) in FORMATS.iter().filter(|format| format.is_read()).enumerate() {
        let elements = elements::of(format, TIMES * scale.max(1));
        assert!(elements.len() >= 4, "{}: {} elements", format.name, elements.len());
        for (at, element) in elements.into_iter().enumerate() {
            for (turn, command) in COMMANDS.iter().enumerate() {
                let name = format!("{} {} {}", format.name, element.name, command.name);
                // What it reads again for each finding is bounded in all: a small text is below.
                if command.name == "check --causes" {
                    continue;
                }
                let in_suite = turn < SUITE && (number + at) % (SUITE * IN_SUITE) == turn;
                if (scale > 0 || in_suite) && name.contains(&wanted) {
                    work.push(Work { command, format, element: element.clone() });
                }
            }
        }
    }
    // Line by line, for somebody who waits.
    let report =
        std::env::var_os("AIRCONN_GROWTH_REPORT").map(|file| File::create(file).expect("a report"));
    let (next, said) = (AtomicUsize::new(0), Mutex::new(Vec::new()));
    std::thread::scope(|scope| {
        for _ in 0..std::thread::available_parallelism().map_or(1, usize::from).min(4) {
            scope.spawn(|| {
                while let Some(one) = work.get(next.fetch_add(1, Ordering::Relaxed)) {
                    let few = one.element.few * scale.max(1);
                    let growth = growth(one.command, one.format.name, &one.element, few);
                    let line = format!(
                        "{:6.1} allocations {:6.1} bytes {:6.1} held {:6.1} time: {}, {}, {few} and {}, {}",
                        growth.allocations,
                        growth.bytes,
                        growth.held,
                        growth.time,
                        one.format.name,
                        one.element.name,
                        few * TIMES,
                        one.command.name
                    );
                    let bad = !growth.is_good();
                    report.iter().for_each(|mut file| writeln!(file, "{line}").expect("a report"));
                    said.lock().expect("no panic").push((bad, growth.allocations, line));
                }
            });
        }
    });
    let mut said = said.into_inner().expect("no panic");
    said.sort_by(|a, b| (b.0, b.1).partial_cmp(&(a.0, a.1)).expect("numbers"));
    let bad: Vec<&str> =
        said.iter().filter(|(bad, ..)| *bad).map(|(_, _, line)| line.as_str()).collect();
    assert!(bad.is_empty(), "of {}:\n{}", said.len(), bad.join("\n"));
}

/// A byte of text may hold so many bytes of memory, the text itself among them.
const MOST_HELD: f64 = 20.0;

/// What is held for a text full of findings once a report is full: nothing of the findings beyond.
#[test]
fn findings_hold_little() {
    const LINES: usize = 2_000;
    for (name, format, line) in [
        ("variables", "env", "AIRFLOW_CONN_A{i}='redshift://u:p%@h/d?iam=false&ssl=true'\n"),
        ("JSON", "jsonl", "{\"conn_id\": \"a{i}\", \"uri\": \"redshift://u:p%@h/d?iam=false\"}\n"),
    ] {
        let text = |lines: usize| -> String {
            (0..lines).map(|i| line.replace("{i}", &i.to_string())).collect()
        };
        let (few, many) = (text(LINES), text(2 * LINES));
        let json = &Command { name: "", arguments: &["check", "--format", "json"] };
        json.cost(format, "");
        let held = [&few, &many].map(|text| json.cost(format, text).held as f64);
        let each = (held[1] - held[0]) / (many.len() - few.len()) as f64;
        assert!(each <= MOST_HELD, "{name}: {each:.1} bytes for each byte of text");
    }
}

/// The harness sees what it is there for: work of the second order, with and without allocations.
#[test]
fn growth_of_the_second_order_is_seen() {
    let cost = |few: &dyn Fn(usize), count: usize| {
        let before = processor_time();
        let counted = allocation_counter::measure(|| few(count));
        let time = processor_time().saturating_sub(before);
        Cost {
            allocations: counted.count_total,
            bytes: counted.bytes_total,
            held: counted.bytes_max,
            time,
        }
    };
    let growth = |work: &dyn Fn(usize), few: usize| {
        Growth::between(cost(work, 0), cost(work, few), cost(work, few * TIMES))
    };
    let copies = growth(&|n| (0..n).for_each(|at| drop(std::hint::black_box(vec![0_u8; at]))), 500);
    assert!(
        copies.bytes > MOST_BYTES && copies.allocations < MOST_COUNTS,
        "{} {}",
        copies.bytes,
        copies.allocations
    );
    let held = growth(
        &|n| drop(std::hint::black_box((0..n).map(|_| vec![0_u8; n]).collect::<Vec<_>>())),
        500,
    );
    assert!(held.held > MOST_BYTES);
    // What else the machine does moves the time of the smaller run: one clear answer is enough. The
    // larger one must be far above `TOO_SHORT` and `TICK` where the code is optimised, too.
    let scans = || {
        let scan = |n: usize| {
            let text = vec![b'a'; n];
            (0..n).for_each(|at| {
                assert!(std::hint::black_box(&text[at..]).iter().all(|b| *b == b'a'))
            });
        };
        growth(&scan, 5_000)
    };
    let seen = (0..5).map(|_| scans()).find(|scans| scans.time > MOST_TIME);
    assert!(seen.is_some_and(|scans| scans.allocations < MOST_COUNTS));
}
