//! What formats share: the pieces of wrappers, and the text of other languages. No format stands
//! here.

pub(super) mod arguments;
pub(super) mod backend;
pub(super) mod base64_text;
pub(super) mod beside;
pub(super) mod dockerfile_words;
pub(super) mod environment;
pub(super) mod go_url;
pub(super) mod grow;
pub(super) mod hcl;
pub(super) mod holes;
pub(super) mod import_file;
pub(super) mod interpolation;
pub(super) mod lines;
pub(super) mod meant;
pub(super) mod near_misses;
pub(super) mod node_text;
pub(super) mod pem;
pub(super) mod plain;
pub(super) mod pydantic;
pub(super) mod script;
pub(super) mod secret_value;
pub(super) mod shell_word;
pub(super) mod table;
pub(super) mod taken;
pub(super) mod toml_text;
pub(super) mod tree;
pub(super) mod yaml_text;
