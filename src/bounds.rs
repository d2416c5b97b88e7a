//! How much is too much: one table of everything that is bounded, and what happens beyond it.
//!
//! Code takes its limits from here; `docs/limits.md` is made of the same table.

/// What a bound counts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Unit {
    /// Bytes.
    Bytes,
    /// Seconds.
    Seconds,
    /// Things of this name.
    Of(&'static str),
}

/// A bound.
#[derive(Clone, Copy, Debug)]
pub struct Bound {
    /// What is bounded.
    pub of: &'static str,
    /// How much may be: the bound itself is still allowed.
    pub value: usize,
    /// What is counted.
    pub unit: Unit,
    /// What happens beyond.
    pub then: &'static str,
}

impl Bound {
    /// The bound in words, such as `32 MiB`.
    pub fn words(&self) -> String {
        match self.unit {
            Unit::Bytes => size(self.value as u64),
            Unit::Seconds => format!("{} s", grouped(self.value)),
            Unit::Of(things) => format!("{} {things}", grouped(self.value)),
        }
    }
}

/// A number of bytes in words, in the largest unit that divides it.
pub fn size(bytes: u64) -> String {
    const UNITS: &[(u32, &str)] = &[(30, "GiB"), (20, "MiB"), (10, "KiB")];
    let fits = |(shift, _): &&(u32, &str)| bytes >= 1 << shift && bytes.is_multiple_of(1 << shift);
    match UNITS.iter().find(fits) {
        Some((shift, name)) => format!("{} {name}", bytes >> shift),
        None => format!("{bytes} bytes"),
    }
}

/// `20,000` for 20000.
fn grouped(number: usize) -> String {
    let digits = number.to_string();
    let groups: Vec<String> = digits
        .as_bytes()
        .rchunks(3)
        .rev()
        .map(|group| String::from_utf8_lossy(group).into_owned())
        .collect();
    groups.join(",")
}

macro_rules! bounds {
    ($($(#[$doc:meta])* $name:ident = $value:expr, $unit:expr, $of:literal, $then:literal;)*) => {
        $($(#[$doc])* pub const $name: Bound =
            Bound { of: $of, value: $value, unit: $unit, then: $then };)*
        /// All of them, in the order of the page.
        pub static BOUNDS: &[&Bound] = &[$(&$name),*];
    };
}

const LEVELS: Unit = Unit::Of("levels");

bounds! {
    /// The largest input. An export of 100,000 connections has some 30 MB.
    FILE = 1 << 30, Unit::Bytes, "an input", "it is refused while it is read; exit code 2";
    /// The longest line: an environment variable of Linux holds 128 KiB, secrets of clouds 64 KiB.
    LINE = 32 << 20, Unit::Bytes, "a line of an input",
        "the input is refused while it is read; exit code 2";
    /// How long a pipe that is named is waited for while nobody has it open for writing.
    PIPE_WRITER = 5, Unit::Seconds, "the wait for somebody who writes into a pipe that is named",
        "the pipe is refused; exit code 2";
    /// The configuration and what it or `--detect` leads to.
    CONFIG = 64 << 20, Unit::Bytes, "a configuration, a baseline, a lock file",
        "it is refused; exit code 2 (`--detect` passes over it)";
    /// Files of one kind that `--detect` reads.
    DETECTED = 50, Unit::Of("files"), "files of one kind that `--detect` reads",
        "the rest is passed over";
    /// People write some KB.
    PINS = 256 << 10, Unit::Bytes, "a file that may pin the version of Airflow for those around it",
        "it pins nothing";
    /// Those of Airflow 3 have a megabyte or two.
    PIN_LOCK = 8 << 20, Unit::Bytes, "the same, if it is a lock file", "it pins nothing";
    /// Nobody nests so deeply.
    PIN_FOLDERS = 64, Unit::Of("folders"), "folders above a file that may pin its version of \
                                            Airflow",
        "what is further up pins nothing for it";
    /// git's own patterns have some KB.
    IGNORE_FILE = 256 << 10, Unit::Bytes, "a `.gitignore`, `.ignore` or `.git/info/exclude`",
        "its folder is searched without ignoring anything, and that is told; exit code 2";
    /// Linux, with 90,000 files, has 10 MB.
    GIT_INDEX = 256 << 20, Unit::Bytes, "git's index",
        "it is not read, AC701 is silent there, and a note says so";
    /// `git ls-files`, where git must be asked.
    GIT_SECONDS = 10, Unit::Seconds, "`git ls-files`",
        "it is stopped, AC701 is silent there, and a note says so";
    /// Python gives up there, too.
    JSON_DEPTH = 990, LEVELS, "nesting of JSON", "the text is refused as by Python (AC101, AC103)";
    /// libyaml has no bound; PyYAML's recursion ends a little later.
    YAML_DEPTH = 300, LEVELS, "nesting of YAML", "the text is refused as by PyYAML (AC101)";
    /// A billion laughs.
    YAML_EXPANSION = 100, Unit::Of("times the text"), "what aliases of YAML stand for",
        "the text is refused (AC101)";
    /// libyaml's work grows with the square of their number; people write none or one.
    YAML_DIRECTIVES = 500, Unit::Of("directives"), "`%TAG` directives of a YAML text",
        "the text is refused (AC101)";
    /// HCL.
    TERRAFORM_DEPTH = 48, LEVELS, "nesting of Terraform",
        "the block is refused (AC101)";
    /// One resource.
    TERRAFORM_BLOCK = 1 << 20, Unit::Bytes, "a block of Terraform",
        "the block is refused (AC101)";
    /// sys.int_info.default_max_str_digits of Python.
    INT_DIGITS = 4300, Unit::Of("digits"), "an integer", "it is refused as by Python";
    /// AC701 looks into values that are encoded in values.
    SECRET_DEPTH = 6, LEVELS, "texts in texts that AC701 looks \
                               into", "what is deeper is not looked at";
    /// GitHub shows 5,000 results of a SARIF run, and takes 25,000.
    FINDINGS = 10_000, Unit::Of("findings"), "findings of a file in a report of `check`",
        "the first are reported, and AC004 counts the rest; the exit code is that of all";
    /// Rounds of check and repair.
    FIX_PASSES = 20, Unit::Of("passes"), "repairs of a file one after the other",
        "what is left is reported";
    /// Repairs are tried to see which other findings of a connection they end.
    RELATED = 64 << 10, Unit::Bytes, "an input whose findings are related to their causes",
        "only what names the same thing is related";
    RELATIONS = 200, Unit::Of("repairs"), "repairs of an input that are tried for that",
        "only what names the same thing is related";
    /// A second of work for slow formats.
    RELATED_AGAIN = 512 << 10, Unit::Bytes, "text of an input that is read again, in all, for that",
        "only what names the same thing is related";
    RELATED_FINDINGS = 30, Unit::Of("findings"), "findings of a connection whose repairs are tried \
                                                  for that",
        "only what names the same thing is related";
    /// SARIF holds repairs as edits; each is tried on the whole input.
    EDITED = 16 << 10, Unit::Bytes, "text of an input that is read again, in all, for the repairs \
                                     that SARIF holds as edits",
        "they are left out: `check --fix` makes them";
    EDITS = 50, Unit::Of("edits"), "repairs of an input that SARIF holds as edits",
        "they are left out: `check --fix` makes them";
    /// After SIGTERM, SIGHUP or Ctrl-C.
    STOP_GRACE = 3, Unit::Seconds, "the report of a `check --fix` that is told to end (SIGTERM, \
                                    SIGHUP, Ctrl-C)",
        "the run ends without it, no file half written; exit code 2";
    /// What `probe` shows of repairs is made for a whole input at once.
    REPAIRED = 16 << 20, Unit::Bytes, "an input whose repairs `probe` shows",
        "they are left out, and that is told: `check --fix` makes them";
    /// A connection that several repairs change, such as that of AWS, is shown with each of them.
    REPAIRED_BESIDE = 20, Unit::Of("lines"), "changed lines of other connections that a repair \
                                              shows",
        "the rest is left out";
    /// A schema of a project.
    SCHEMA_FILE = 1 << 20, Unit::Bytes, "a schema of `connection-types`",
        "the configuration is refused; exit code 2";
    /// Counted once for each way that leads there.
    SCHEMA_NODES = 20_000, Unit::Of("subschemas"),
        "what such a schema says about one value, each `$ref` counted as what it refers to",
        "the configuration is refused; exit code 2";
    /// Patterns of such a schema.
    SCHEMA_PATTERNS = 500, Unit::Of("patterns"), "patterns of such a schema",
        "the configuration is refused; exit code 2";
    /// One pattern, compiled.
    PATTERN = 1 << 20, Unit::Bytes, "a pattern of such a schema, compiled",
        "the configuration is refused; exit code 2";
    /// What one validation may cost.
    SCHEMA_STEPS = 100_000, Unit::Of("steps"), "what such a schema looks at in one connection",
        "the connection is not validated, and AC003 says so; exit code 2";
    /// On the way to one place.
    SCHEMA_DEPTH = 500, LEVELS, "references of such a schema, and values in values that it \
                                 looks at",
        "as with subschemas and steps";
    /// A profile whose `source_profile` has a `source_profile`, and so on.
    PROFILES = 300, Unit::Of("profiles"), "a chain of `source_profile`",
        "`aws-credentials` fails (`source-profile`), as botocore's recursion does";
    /// AWS's own files, tokens and keys.
    AWS_FILE = 16 << 20, Unit::Bytes, "files of AWS and Google, token files",
        "they count as unreadable";
    /// `credential_process`.
    PROCESS_OUTPUT = 1 << 20, Unit::Bytes, "what a `credential_process` prints",
        "it is killed with its children; `aws-credentials` fails (`process-failed`)";
    /// Each is looked for by its parent.
    CHILDREN = 10_000, Unit::Of("processes"), "children of a program that is stopped",
        "those that have left its group are left alone";
    /// Root certificates.
    ROOTS = 16 << 20, Unit::Bytes, "root certificates (`--ca`, `sslrootcert`, AWS_CA_BUNDLE, \
                                    SSL_CERT_FILE)",
        "the step fails";
    /// An answer that was given as a file.
    SAML_RESPONSE = 4 << 20, Unit::Bytes, "the file of `--saml-response`", "exit code 2";
    /// DescribeClusters of one cluster has some thousand.
    AWS_ANSWER = 1 << 20, Unit::Bytes, "an answer of AWS or of an identity provider",
        "the step fails";
    /// Headers of an answer to CONNECT.
    PROXY_ANSWER = 8 << 10, Unit::Bytes, "the answer of a proxy", "the step fails";
    /// The HTTP client of an identity provider.
    REDIRECTS = 30, Unit::Of("redirects"), "redirects of an identity provider", "the step fails";
    /// XPath on answers of identity providers.
    XPATH_DEPTH = 32, LEVELS, "nesting of an XPath", "the step fails";
    /// Of the server's protocol.
    MESSAGE = 64 << 10, Unit::Bytes, "a message of a server", "the step fails";
    /// Of the server's protocol.
    MESSAGES = 2000, Unit::Of("messages"), "messages of a server in one step", "the step fails";
    /// Of the server's protocol.
    SERVER_BYTES = 1 << 20, Unit::Bytes, "what a server sends in one step", "the step fails";
    /// PostgreSQL's default is 4096; `postgres-protocol` does no more than these.
    SCRAM_ROUNDS = 100_000, Unit::Of("rounds"), "rounds of hashing that a server may ask for",
        "the connection is unproven";
    /// One place of a report.
    QUOTE = 300, Unit::Of("characters"), "a text from outside in a report", "it is cut";
}

#[cfg(test)]
mod tests {
    use super::{BOUNDS, grouped, size};

    #[test]
    fn numbers_in_words() {
        for (bytes, want) in
            [(1 << 30, "1 GiB"), (3 << 19, "1536 KiB"), (5, "5 bytes"), (32 << 20, "32 MiB")]
        {
            assert_eq!(size(bytes), want);
        }
        for (number, want) in [(7, "7"), (999, "999"), (1000, "1,000"), (1_234_567, "1,234,567")] {
            assert_eq!(grouped(number), want);
        }
    }

    #[test]
    fn every_bound_says_what_it_bounds_and_what_happens() {
        let mut seen = std::collections::BTreeSet::new();
        for bound in BOUNDS {
            assert!(bound.value > 0 && !bound.then.is_empty(), "{bound:?}");
            assert!(seen.insert(bound.of), "twice: {}", bound.of);
        }
    }
}
