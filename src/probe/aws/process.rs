//! `credential_process`: started as boto3 starts it, without a shell and with the environment of
//! the worker; what it prints is bounded, and it ends with its children when nobody waits for it
//! any more.

use std::process::Stdio;

use tokio::io::AsyncReadExt;
use zeroize::Zeroizing;

use super::raised;
use super::way::Way;
use crate::boto3::{Cause, Keys, Raised, process_output};
use crate::bounds::PROCESS_OUTPUT;
use crate::probe::Outcome;

/// The keys that a program prints.
pub(super) async fn keys(command: &[String], way: &Way<'_>) -> Result<Keys, Outcome> {
    let missing = || {
        let raised = Raised { exception: "FileNotFoundError", cause: Cause::ProcessMissing };
        raised::outcome(&raised)
    };
    let (program, arguments) = command.split_first().ok_or_else(missing)?;
    let mut command = tokio::process::Command::new(program);
    command.args(arguments).env_clear().envs(way.around.environment);
    command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::null()).kill_on_drop(true);
    #[cfg(unix)]
    command.process_group(0);
    let mut child = command.spawn().map_err(|_| missing())?;
    let mut group = Group(child.id());
    let mut said = Zeroizing::new(Vec::new());
    way.journal.waits_for_program(true);
    if let Some(out) = child.stdout.take() {
        // A program whose output breaks off is judged by what it said, and by its code.
        let _ = out.take(PROCESS_OUTPUT.value as u64 + 1).read_to_end(&mut said).await;
    }
    if said.len() > PROCESS_OUTPUT.value {
        way.journal.waits_for_program(false);
        let bound = PROCESS_OUTPUT.words();
        let message = format!(
            "the program of `credential_process` prints more than {bound}, and was stopped"
        );
        return Err(Outcome::failed("process-failed", message));
    }
    let ended = child.wait().await;
    way.journal.waits_for_program(false);
    // What it left running on purpose, such as an agent, stays.
    group.0 = None;
    let code = ended.ok().and_then(|status| status.code());
    process_output(code, &said, way.now).map_err(|raised| raised::outcome(&raised))
}

/// The program and what it started, which ends when this is dropped.
struct Group(Option<u32>);

impl Drop for Group {
    fn drop(&mut self) {
        #[cfg(unix)]
        self.0.take().into_iter().for_each(crate::files::end_group);
    }
}

/// The end of a step whose time was over while the program ran.
pub(in crate::probe) fn timed_out() -> Outcome {
    Outcome::failed(
        "process-timed-out",
        "the program of `credential_process` does not end, and was stopped",
    )
    .hint("boto3 waits for it without any limit: so would the task")
    .hint("it waits for a person, such as for a code or a browser: nobody sits at a worker")
    .hint("it, or something that it left running, keeps its standard output open")
}
