//! Says what becomes of the connections of one file, without showing a secret:
//! `cargo run --example inspect -- connections.env`.

#![expect(clippy::print_stdout, reason = "this is a program")]

use airconn::{Airflow, parse_str};

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let path = std::env::args().nth(1).ok_or("usage: inspect FILE")?;
    let connections = parse_str(&path, &std::fs::read_to_string(&path)?, &Airflow::newest())?;
    for seen in connections.inspect() {
        let seen = seen?;
        println!("{}", seen.conn_id().unwrap_or("-"));
        for (field, value) in seen.fields() {
            println!("  {field} = {value}");
        }
        if let (Some(mode), Some(verdict)) = (seen.mode(), seen.verdict()) {
            println!("  {} by {}", verdict, mode.name());
        }
    }
    Ok(())
}
