//! YAML as airconn's own writers have it: strings that every reader of YAML takes for the same
//! string.

pub(crate) use crate::airflow::yaml_trace::quoted as scalar;

#[cfg(test)]
mod tests {
    use super::*;
    use crate::airflow::yaml_load::load;

    #[test]
    fn any_string_comes_back() {
        for text in [
            "",
            "a",
            "it's",
            "a\nb",
            "\t",
            "\u{0}",
            "é😀",
            "\u{7f}\u{85}\u{2028}\u{feff}\u{fffe}",
            "- a: #b",
            "\"\\",
            "yes",
            "1",
            " a ",
        ] {
            let node = load(&format!("a: {}\n", scalar(text))).expect("YAML");
            assert_eq!(
                node.value.as_dict().and_then(|d| d.get("a")).and_then(|n| n.value.as_str()),
                Some(text),
                "{text:?}"
            );
        }
    }
}
