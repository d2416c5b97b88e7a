//! The ways to log in of `aws` connections.

use crate::hooks::mode::{Mode, modes};

modes! { "aws"
    /// AWS keys in login and password or the extra.
    KEYS "keys" "login and password, or aws_access_key_id and aws_secret_access_key in the extra."
    /// A profile of the shared configuration files.
    PROFILE "profile" "extra.profile_name, without keys."
    /// `role_arn`.
    ASSUME_ROLE "assume-role" "extra.role_arn, with assume_role_method missing or assume_role."
    /// `role_arn` with `assume_role_with_web_identity`.
    WEB_IDENTITY "web-identity" "extra.role_arn and extra.assume_role_method is \
                                 assume_role_with_web_identity."
    /// `role_arn` with `assume_role_with_saml`.
    SAML "saml" "extra.role_arn and extra.assume_role_method is assume_role_with_saml."
    /// boto3's default chain.
    AMBIENT "ambient" "neither keys nor profile nor role: what boto3 finds in the surroundings."
}
