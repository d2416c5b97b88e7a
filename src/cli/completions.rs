//! `airconn completions` and `airconn man`, from the same table of arguments as the help.

use clap::{Args, CommandFactory};
use clap_complete::Shell;

use super::{Exit, Output, Trouble};

#[derive(Args)]
pub(super) struct Arguments {
    /// The shell
    #[arg(value_enum)]
    shell: Shell,
}

#[derive(Args)]
pub(super) struct ManArguments {
    /// The page of this command [default: of airconn itself]
    #[arg(value_name = "COMMAND")]
    command: Option<String>,
}

pub(super) fn run(arguments: &Arguments, output: &mut Output<'_>) -> Result<Exit, Trouble> {
    // The generator panics where its writer fails: it gets one that does not.
    let mut script = Vec::new();
    clap_complete::generate(
        arguments.shell,
        &mut super::Arguments::command(),
        "airconn",
        &mut script,
    );
    output.out.write_all(&script)?;
    Ok(Exit::Success)
}

pub(super) fn man(arguments: &ManArguments, output: &mut Output<'_>) -> Result<Exit, Trouble> {
    let mut airconn = super::Arguments::command();
    airconn.build();
    let command = match &arguments.command {
        None => airconn,
        Some(name) => {
            let found = airconn.find_subcommand(name).cloned();
            found.ok_or_else(|| {
                Trouble::new(format!("there is no command `{name}`; `airconn help` lists them"))
            })?
        }
    };
    clap_mangen::Man::new(command).render(output.out)?;
    Ok(Exit::Success)
}
