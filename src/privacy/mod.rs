//! What may be shown: everything that decides whether a text is a secret, may hold a piece of one, or is public.

pub(crate) mod authority;
mod masked;
mod public;
pub(crate) mod secret;
pub(crate) mod shapes;

pub use masked::{MASK, masked_field};
pub use public::{has_known_protocol, is_public_name, is_type, public_id, public_key, public_pointer, public_text};
pub(crate) use public::{is_port, is_public_value};
