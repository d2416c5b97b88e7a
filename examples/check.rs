//! Checks the connections of one file: `cargo run --example check -- connections.env`.

#![expect(clippy::print_stdout, reason = "this is a program")]

use std::process::ExitCode;

use airconn::{Checker, Level};

fn main() -> Result<ExitCode, Box<dyn std::error::Error>> {
    let path = std::env::args().nth(1).ok_or("usage: check FILE")?;
    let text = std::fs::read_to_string(&path)?;
    let report = Checker::new().airflow("2.11")?.airflow("3.3")?.check_str(&path, &text)?;
    for finding in report.findings() {
        let (line, column) = (finding.line(), finding.column());
        println!("{path}:{line}:{column}: {} {}", finding.rule().id(), finding.message());
    }
    let failed = report.worst() == Some(Level::Error);
    Ok(if failed { ExitCode::FAILURE } else { ExitCode::SUCCESS })
}
