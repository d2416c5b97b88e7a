//! YAML as airconn's own writers have it: strings that every reader of YAML takes for the same string.

/// A string as a scalar: in single quotes, or in double quotes where it holds what must be escaped.
pub(super) fn scalar(text: &str) -> String {
    let stays = |c: char| matches!(c, ' '..='~' | '\u{a0}'..='\u{2027}' | '\u{202a}'..='\u{d7ff}' | '\u{e000}'..='\u{fefe}' | '\u{ff00}'..='\u{fffd}' | '\u{10000}'..);
    if text.chars().all(stays) {
        return format!("'{}'", text.replace('\'', "''"));
    }
    let mut out = String::from("\"");
    for c in text.chars() {
        match c {
            '"' | '\\' => out.extend(['\\', c]),
            '\n' => out.push_str("\\n"),
            '\t' => out.push_str("\\t"),
            '\r' => out.push_str("\\r"),
            c if stays(c) => out.push(c),
            c if (c as u32) < 0x100 => out.push_str(&format!("\\x{:02X}", c as u32)),
            c => out.push_str(&format!("\\u{:04X}", c as u32)),
        }
    }
    out.push('"');
    out
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::airflow::yaml_load::load;

    #[test]
    fn any_string_comes_back() {
        for text in
            ["", "a", "it's", "a\nb", "\t", "\u{0}", "é😀", "\u{7f}\u{85}\u{2028}\u{feff}\u{fffe}", "- a: #b", "\"\\", "yes", "1", " a "]
        {
            let node = load(&format!("a: {}\n", scalar(text))).expect("YAML");
            assert_eq!(node.value.as_dict().and_then(|d| d.get("a")).and_then(|n| n.value.as_str()), Some(text), "{text:?}");
        }
    }
}
