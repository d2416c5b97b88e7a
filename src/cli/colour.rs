//! When to use colors: as the command line says, or as the usual variables and
//! the terminal do.

use anstream::ColorChoice;
use clap::ValueEnum;

#[derive(Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(super) enum ColourArgument {
    /// On a terminal, unless NO_COLOR is set; elsewhere if CLICOLOR_FORCE or FORCE_COLOR is
    Auto,
    Always,
    Never,
}

impl ColourArgument {
    /// From here on all output follows it.
    pub(super) fn choose(self) {
        match self {
            ColourArgument::Always => ColorChoice::Always.write_global(),
            ColourArgument::Never => ColorChoice::Never.write_global(),
            // anstream knows the other variables, and this one not.
            ColourArgument::Auto if is_forced(|name| std::env::var(name).ok()) => {
                ColorChoice::Always.write_global()
            }
            ColourArgument::Auto => {}
        }
    }
}

/// FORCE_COLOR, as Node.js and pytest read it, where NO_COLOR says nothing else.
fn is_forced(variable: impl Fn(&str) -> Option<String>) -> bool {
    let is_set = |name: &str| variable(name).is_some_and(|value| !value.is_empty());
    let forced =
        variable("FORCE_COLOR").is_some_and(|value| !["", "0", "false"].contains(&value.as_str()));
    forced && !is_set("NO_COLOR")
}

#[cfg(test)]
mod tests {
    use super::is_forced;

    #[test]
    fn one_variable_forces_and_the_other_forbids() {
        for (set, want) in [
            (&[][..], false),
            (&[("FORCE_COLOR", "1")], true),
            (&[("FORCE_COLOR", "true")], true),
            (&[("FORCE_COLOR", "")], false),
            (&[("FORCE_COLOR", "0")], false),
            (&[("FORCE_COLOR", "1"), ("NO_COLOR", "1")], false),
            (&[("FORCE_COLOR", "1"), ("NO_COLOR", "")], true),
        ] {
            let variable = |name: &str| {
                set.iter().find(|(known, _)| *known == name).map(|(_, value)| value.to_string())
            };
            assert_eq!(is_forced(variable), want, "{set:?}");
        }
    }
}
