//! The files that say what a search leaves out: looked at before the crate that reads them opens
//! whatever has their name.

use std::path::{Path, PathBuf};

use crate::{bounds, files};

/// What keeps the files of a folder that say what is ignored from being read, in words.
pub(super) fn hindrance(folder: &Path) -> Option<String> {
    [".ignore", ".gitignore"].iter().find_map(|name| of_file(&folder.join(name))).or_else(|| {
        let git = folder.join(".git");
        let kind = std::fs::metadata(&git).ok()?;
        if kind.is_dir() {
            return of_file(&git.join("info/exclude"));
        }
        if !kind.is_file() {
            return None;
        }
        // In a linked working tree a file says where the folder is, and that where the common one.
        of_file(&git).or_else(|| {
            let linked = first_line(&git)?.strip_prefix("gitdir: ").map(PathBuf::from)?;
            let common = linked.join("commondir");
            of_file(&common).or_else(|| {
                let line = first_line(&common)?;
                let inside = linked.join(&line);
                let folder = if line.starts_with('.') { inside } else { PathBuf::from(line) };
                of_file(&folder.join("info/exclude"))
            })
        })
    })
}

/// The same for a folder and all above it.
pub(super) fn hindrance_from(folder: &Path) -> Option<String> {
    let whole = folder.canonicalize().ok()?;
    whole.ancestors().skip(1).find_map(hindrance).or_else(|| hindrance(folder))
}

/// The same for what git is told about all repositories of a user.
pub(super) fn hindrance_of_user() -> Option<String> {
    let set =
        |name: &str| std::env::var_os(name).filter(|path| !path.is_empty()).map(PathBuf::from);
    let home = std::env::home_dir();
    let settings =
        set("XDG_CONFIG_HOME").or_else(|| home.as_ref().map(|home| home.join(".config")));
    let read = [
        set("GIT_CONFIG_GLOBAL"),
        set("GIT_CONFIG_SYSTEM").or_else(|| Some(PathBuf::from("/etc/gitconfig"))),
        home.map(|home| home.join(".gitconfig")),
        settings.map(|folder| folder.join("git/config")),
    ];
    let hindered = read.into_iter().flatten().find_map(|file| of_file(&file));
    // Where they say the next one is may only be asked when they can be read.
    hindered.or_else(|| of_file(&ignore::gitignore::gitconfig_excludes_path()?))
}

/// What is absent, may not be read or is a folder is passed over by git and by the crate, too.
fn of_file(path: &Path) -> Option<String> {
    let reason = match files::open(path, files::Named::Found) {
        Ok(opened) if opened.len() <= bounds::IGNORE_FILE.value as u64 => return None,
        Ok(_) => format!("it is larger than {}", bounds::IGNORE_FILE.words()),
        Err(error) => error.get_ref()?.to_string(),
    };
    let path = path.strip_prefix("./").unwrap_or(path);
    Some(format!("{} is not read: {reason}", path.display()))
}

fn first_line(path: &Path) -> Option<String> {
    let text = files::text(path, bounds::IGNORE_FILE.value).ok()?;
    text.lines().next().map(String::from)
}
