//! The `airconn` command.

fn main() -> std::process::ExitCode {
    airconn::cli::run(std::env::args_os()).into()
}
