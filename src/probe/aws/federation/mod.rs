//! What assumes a role in place of AWS keys: a SAML assertion of an identity provider, or a token
//! of Google, got as the hook gets it.

mod google;
mod requests;
mod saml;

pub(super) use google::token as google_token;
pub(super) use saml::{Saml, assertion};
