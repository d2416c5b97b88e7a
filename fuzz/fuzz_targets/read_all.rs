//! Everything that airconn does with a text, in the format and for the runtime that the first two
//! bytes choose.
#![no_main]

use std::sync::LazyLock;

use airconn::airflow::runtime::{Runtime, Side};
use airconn::check::check;
use airconn::format::{FORMATS, Item, ValueForm, WriteOptions, guess};
use airconn::report::{FileReport, RENDERERS, Report};
use airconn::source::{Source, Text};
use libfuzzer_sys::fuzz_target;

static RUNTIMES: LazyLock<Vec<Runtime>> = LazyLock::new(|| Runtime::recorded().collect());

fuzz_target!(|data: &[u8]| {
    let [format, runtime, text @ ..] = data else { return };
    let Ok(text) = std::str::from_utf8(text) else { return };
    let format = FORMATS[usize::from(*format) % FORMATS.len()];
    let runtime = &RUNTIMES[usize::from(*runtime) % RUNTIMES.len()];
    let source = Text::at(text, 0);
    let document = (format.read)(&source, runtime);
    let mut items = Vec::new();
    for entry in document.entries {
        if let Ok(connection) = entry.parse(runtime) {
            items.push(Item { conn_id: entry.conn_id, connection, value: None });
        }
    }
    for format in FORMATS {
        for value in [ValueForm::Uri, ValueForm::Json] {
            let _ = (format.write)(&items, &WriteOptions { runtime, value });
        }
    }
    let runtimes = [runtime.clone(), Runtime::newest(Side::Server), Runtime::newest(Side::Worker)];
    let source = Source::new("x", text);
    let checked = check(&source, 0, format, &runtimes);
    for finding in &checked.findings {
        if let Some(span) = finding.span {
            assert!(text.get(span.range()).is_some(), "{} at {span:?} of {} bytes", finding.rule, text.len());
        }
    }
    let report = Report { files: vec![FileReport::new(&source, format.name, checked)], runtimes: Vec::new() };
    for renderer in RENDERERS {
        let _ = (renderer.render)(&report);
    }
    if let Some(found) = guess("-", text, true) {
        assert!(text.is_char_boundary(found.skip));
    }
});
