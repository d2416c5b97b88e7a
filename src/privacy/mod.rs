//! What may be shown: everything that decides whether a text is a secret, may hold a piece of one,
//! or is public.

mod argument;
pub(crate) mod authority;
mod chance;
mod doubt;
pub(crate) mod looks;
mod masked;
mod names;
mod public;
mod redaction;
pub(crate) mod secret;
pub(crate) mod shapes;
mod spans;
mod values;

pub use argument::{is_connection as is_connection_argument, is_token as is_token_argument};
pub use doubt::{Doubt, doubt, has_known_protocol};
pub(crate) use doubt::{is_http_like, may_be_cut};
pub use masked::masked_field;
pub use names::Names;
pub use public::{
    is_public_name, is_public_value, is_type, public_host, public_id, public_key, public_login,
    public_login_alone, public_name, public_text, shown_id,
};
pub(crate) use redaction::Redaction;
pub(crate) use spans::{Placed, PlacedPart, public_spans, union};
pub use values::{
    argument_name, arn, masked_value, parameter_name, planned_value, public_argument, public_value,
};

/// What stands for a value that is not shown.
pub const MASK: &str = "***";
