//! XPath 1.0 as libxml2 reads it, as far as expressions go that pick an assertion out of an answer.
//!
//! The crates for XPath refuse what libxml2 takes, `////INPUT[@NAME='SAMLResponse']/@VALUE` among
//! it, which is the example of the provider's own page. What is beyond this part of the language is
//! said to be, and not guessed at.

mod evaluate;
mod parse;

use roxmltree::Document;

use evaluate::{Context, Item, Value};

/// What Python gets from `xpath(…)`, a list of one unpacked.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Selected {
    /// Something that is false: no node, no text, an element without children.
    Nothing,
    /// A text.
    Text(String),
    /// A list of several.
    Several,
    /// An element, a number or a truth value, which is not text.
    NoText,
}

/// Why an expression is not evaluated.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Unread {
    /// It has a prefix that nobody declared: lxml raises XPathEvalError.
    Prefix,
    /// It is broken, or of a part of XPath that is not read here.
    Beyond,
}

/// Evaluates an expression at the root element of a document.
pub(super) fn select(document: &Document<'_>, xpath: &str) -> Result<Selected, Unread> {
    let expression = parse::parse(xpath)?;
    let context = Context { item: Item::Node(document.root_element()), position: 1, size: 1 };
    Ok(match expression.value(&context)? {
        Value::Text(text) if text.is_empty() => Selected::Nothing,
        Value::Text(text) => Selected::Text(text),
        Value::Number(0.0) | Value::Bool(false) => Selected::Nothing,
        Value::Number(_) | Value::Bool(true) => Selected::NoText,
        Value::Nodes(nodes) => match &nodes[..] {
            [] => Selected::Nothing,
            [item @ Item::Attribute(..)] => text_or_nothing(item.text()),
            [item @ Item::Node(node)] if node.is_text() => text_or_nothing(item.text()),
            [Item::Node(node)] if node.children().any(|c| !c.is_text()) => Selected::NoText,
            [_] => Selected::Nothing,
            _ => Selected::Several,
        },
    })
}

fn text_or_nothing(text: String) -> Selected {
    if text.is_empty() { Selected::Nothing } else { Selected::Text(text) }
}

#[cfg(test)]
mod tests {
    use super::{Selected, Unread, select};

    /// `fixtures/probe/lxml_xpath.jsonl`: what lxml made of each page and expression
    /// (`tools/recorders/record_lxml_xpath.py`).
    #[test]
    fn agrees_with_lxml() {
        let path = std::path::Path::new(env!("CARGO_MANIFEST_DIR"))
            .join("fixtures/probe/lxml_xpath.jsonl");
        let lines = std::fs::read_to_string(path).expect("the fixture");
        let mut beyond = 0;
        for line in lines.lines() {
            let case: serde_json::Value = serde_json::from_str(line).expect("JSON");
            let text = |name: &str| case[name].as_str().expect("a text");
            let options = roxmltree::ParsingOptions { allow_dtd: true, ..Default::default() };
            let read = roxmltree::Document::parse_with_options(text("xml"), options);
            let found = match &read {
                Err(_) => "XMLSyntaxError".to_string(),
                Ok(document) => match select(document, text("xpath")) {
                    Ok(Selected::Nothing) => "nothing".to_string(),
                    Ok(Selected::Text(text)) => format!("text {text}"),
                    Ok(Selected::Several) => "several".to_string(),
                    Ok(Selected::NoText) => "no text".to_string(),
                    Err(Unread::Prefix) => "XPathEvalError".to_string(),
                    Err(Unread::Beyond) => {
                        beyond += 1;
                        assert_eq!(case["beyond"], true, "{line}");
                        continue;
                    }
                },
            };
            assert_eq!(found, text("lxml"), "{line}");
        }
        assert!(
            (1..lines.lines().count() / 3).contains(&beyond),
            "{beyond} expressions are not read"
        );
    }
}
