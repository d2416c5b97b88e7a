//! JSON pointers into a connection (RFC 6901): the one address of a place in it.

/// A JSON pointer one step deeper.
pub fn pointer(parent: &str, key: &str) -> String {
    let mut pointer = String::with_capacity(parent.len() + 1 + key.len());
    pointer.push_str(parent);
    pointer.push('/');
    if key.contains(['~', '/']) {
        pointer.push_str(&key.replace('~', "~0").replace('/', "~1"));
    } else {
        pointer.push_str(key);
    }
    pointer
}

/// A step of a JSON pointer as the key that it stands for.
pub fn key_of(step: &str) -> String {
    step.replace("~1", "/").replace("~0", "~")
}

/// The key that a JSON pointer ends in; `""` for the whole.
pub fn last_key(pointer: &str) -> String {
    key_of(pointer.rsplit('/').next().unwrap_or_default())
}
