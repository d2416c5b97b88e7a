//! Writes the connections of one file in another format:
//! `cargo run --example convert -- connections.env export-json`.

#![expect(clippy::print_stdout, reason = "this is a program")]

use airconn::{Airflow, parse_str};

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let mut arguments = std::env::args().skip(1);
    let usage = "usage: convert FILE FORMAT";
    let (path, format) = (arguments.next().ok_or(usage)?, arguments.next().ok_or(usage)?);
    let connections = parse_str(&path, &std::fs::read_to_string(&path)?, &Airflow::newest())?;
    print!("{}", connections.write(format.parse()?)?);
    Ok(())
}
