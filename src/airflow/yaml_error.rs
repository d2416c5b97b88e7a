//! Why PyYAML refuses a text.

/// Why PyYAML refuses a text: the type of its exception, our words, and the byte.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct YamlError {
    /// `ScannerError`, `ConstructorError`, `ReaderError`, `ValueError` …
    pub exception: &'static str,
    /// What is wrong. Never quotes the text.
    pub message: String,
    /// Byte offset.
    pub at: usize,
}

impl YamlError {
    pub(super) fn new(exception: &'static str, message: impl Into<String>, at: usize) -> YamlError {
        YamlError { exception, message: message.into(), at }
    }

    /// PyYAML's errors with a mark, which Airflow turns into AirflowFileParseException; others
    /// reach its caller as they are.
    pub fn is_marked(&self) -> bool {
        matches!(
            self.exception,
            "ScannerError" | "ParserError" | "ComposerError" | "ConstructorError"
        )
    }
}
