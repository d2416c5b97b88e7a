//! Whether a file of variables is Compose's: it stands beside a Compose file, or one names it.

use std::path::Path;

use super::bounded;
use crate::files::{self, Named};

/// So many folders up a Compose file is looked for.
const UP: usize = 4;

/// So much of a Compose file is looked at.
const MAX_BYTES: usize = 1 << 20;

/// Whether Compose reads this file, or the Astro CLI, which hands it to Compose.
pub(super) fn reads(path: &Path) -> bool {
    let Some(file) = path.file_name() else { return false };
    let folder = path.parent().unwrap_or(Path::new(""));
    folder.ancestors().take(UP).enumerate().any(|(up, above)| {
        let below = path.strip_prefix(above).unwrap_or(path).to_string_lossy().replace('\\', "/");
        let own = up == 0 && file == ".env";
        let shown = if above.as_os_str().is_empty() { Path::new(".") } else { above };
        let Ok(entries) = std::fs::read_dir(shown) else { return false };
        entries.flatten().any(|entry| {
            let name = entry.file_name().to_string_lossy().to_ascii_lowercase();
            let compose =
                name.contains("compose") && (name.ends_with(".yml") || name.ends_with(".yaml"));
            own && (compose || ASTRO.contains(&name.as_str()))
                || compose && names(&shown.join(entry.file_name()), &below)
        })
    })
}

/// What stands in a project of the Astro CLI.
const ASTRO: &[&str] = &[".astro", "airflow_settings.yaml", "airflow_settings.yml"];

/// A Compose file names this one.
fn names(compose: &Path, below: &str) -> bool {
    let Ok(file) = files::open(compose, Named::Found) else { return false };
    if file.len() > MAX_BYTES as u64 {
        return false;
    }
    let Ok(bytes) = bounded::read(file, 0) else { return false };
    let text = String::from_utf8_lossy(&bytes);
    text.lines().any(|line| {
        let line = line.trim().trim_end_matches(['"', '\'', ']', ',']);
        line.strip_suffix(below).is_some_and(|before| {
            before.is_empty() || before.ends_with(['/', ' ', '"', '\'', '[', ':'])
        })
    })
}
