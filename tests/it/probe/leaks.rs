//! No output of a probe holds a secret, nor six characters in a row of one, in any spelling.

use std::process::Command;
use std::sync::OnceLock;

use crate::common::spellings::Spellings;
use crate::common::{Ran, feed};
use crate::probe::walks::PASSWORD;

/// Looks for the secret of the tests: passwords, keys and tokens are all made of it.
pub(crate) fn check(ran: &Ran) {
    static SPELLINGS: OnceLock<Spellings> = OnceLock::new();
    let spellings = SPELLINGS.get_or_init(|| Spellings::of(&[PASSWORD]));
    for text in [&ran.out, &ran.err] {
        assert_eq!(spellings.seen(text), None, "a secret is shown: {ran:?}");
        assert!(
            !text.contains(|c: char| c.is_control() && c != '\n'),
            "it obeys the server: {text:?}"
        );
    }
}

/// The report for people and the plans, with every log switched on that a library could listen to:
/// none of them shows a secret.
pub(crate) fn check_other_outputs(command: impl Fn() -> Command, input: &str) -> Ran {
    let ask = |arguments: &[&str]| {
        let mut command = command();
        command.args(arguments).arg("-");
        for name in ["RUST_LOG", "AWS_LOG", "AIRCONN_LOG"] {
            command.env(name, "trace");
        }
        command.env("RUST_BACKTRACE", "full");
        let ran = feed(command, input.as_bytes());
        check(&ran);
        assert!(ran.err.is_empty(), "{ran:?}");
        ran
    };
    for format in ["human", "json"] {
        let plan = ask(&["--dry-run", "--format", format]);
        assert_eq!(plan.code, 0, "{plan:?}");
    }
    ask(&["--format", "human"])
}

#[test]
fn what_is_looked_for_would_be_found() {
    let shown = |out: &str| {
        let ran = Ran { code: 0, out: out.to_string(), err: String::new() };
        std::panic::catch_unwind(|| check(&ran)).is_err()
    };
    assert!(!shown("nothing of it"));
    for leak in [
        "password Canary7/Spring#rain",
        "…ry7/Spr…",
        "%43%61%6e%61%72%79",
        "Q2FuYXJ5Ny9TcHJpbmcjcmFpbg",
        "\u{1b}[31m",
    ] {
        assert!(shown(leak), "{leak}");
    }
}
