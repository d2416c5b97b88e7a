//! Lists what is known of a connection type: `cargo run --example types -- redshift`.

#![expect(clippy::print_stdout, reason = "this is a program")]

use airconn::{auth_modes, connection_types};

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let name = std::env::args().nth(1).ok_or("usage: types CONN_TYPE")?;
    let known = connection_types().find(|t| t.name() == name).ok_or("it is not known")?;
    println!("fields: {}", known.fields().collect::<Vec<_>>().join(", "));
    println!("extras: {}", known.extras().collect::<Vec<_>>().join(", "));
    for mode in auth_modes().filter(|mode| mode.connection_type() == name) {
        println!("{}: {}", mode.name(), mode.selector());
    }
    Ok(())
}
