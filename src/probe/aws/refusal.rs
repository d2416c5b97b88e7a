//! What a refusal means: the cause, what to look at, and the policy that would permit the call.

use super::calls::Refusal;
use super::http::Failed;
use super::iam::{self, Scene};
use crate::model::Value;
use crate::probe::{Journal, Outcome};

/// A group of AWS's codes with one meaning.
struct Meaning {
    codes: &'static [&'static str],
    cause: &'static str,
    words: &'static str,
    hints: &'static [&'static str],
}

const CLOCK: &[&str] =
    &["set the clock of this machine (NTP): AWS accepts five minutes of difference"];

static MEANINGS: &[Meaning] = &[
    Meaning {
        codes: &["InvalidClientTokenId", "UnrecognizedClientException", "InvalidAccessKeyId"],
        cause: "unknown-key",
        words: "AWS does not know the access key",
        hints: &[
            "the key was deleted or deactivated, or has a typing error",
            "temporary keys (ASIA…) need their session token, too",
            "the key belongs to another partition (China, GovCloud), or the region is not enabled \
             in its account",
        ],
    },
    Meaning {
        codes: &["SignatureDoesNotMatch", "InvalidSignatureException"],
        cause: "wrong-secret-key",
        words: "the secret key does not belong to the access key",
        hints: &[
            "the secret has a typing error, or was cut at a `/`, `+` or `%` in a URI that is not \
             percent-encoded",
            "quotes or a comment in a credentials file belong to the value",
        ],
    },
    Meaning {
        codes: &["ExpiredToken", "ExpiredTokenException", "TokenRefreshRequired"],
        cause: "expired-credentials",
        words: "the temporary credentials are over",
        hints: &[
            "temporary keys in a connection, file or environment end after some hours: use a role \
             or profile that renews them",
        ],
    },
    Meaning {
        codes: &["RequestExpired", "RequestTimeTooSkewed", "RequestInTheFuture"],
        cause: "clock-skew",
        words: "the clock of this machine is too far from that of AWS",
        hints: CLOCK,
    },
    Meaning {
        codes: &[
            "IncompleteSignature",
            "IncompleteSignatureException",
            "MissingAuthenticationToken",
            "MissingAuthenticationTokenException",
        ],
        cause: "malformed-key",
        words: "AWS cannot read the signature",
        hints: &[
            "the access key has characters that no key has: quotes, blanks or a comment from the \
             file it stands in",
        ],
    },
    Meaning {
        codes: &[
            "AccessDenied",
            "AccessDeniedException",
            "UnauthorizedOperation",
            "UnauthorizedException",
            "NotAuthorized",
        ],
        cause: "denied",
        words: "AWS denies the call",
        hints: &[
            "no policy of the identity allows it: the one below is the smallest that does",
            "the account or the names in the ARN are not those of the cluster: compare them",
            "a permissions boundary, a service control policy or a VPC endpoint policy denies it",
        ],
    },
    Meaning {
        codes: &["ClusterNotFound", "ClusterNotFoundFault"],
        cause: "cluster-not-found",
        words: "there is no such cluster in this account and region",
        hints: &[
            "the region is that of the AWS connection (`region_name`), not that of the host",
            "the cluster identifier is the first label of the endpoint, in lower case",
            "the credentials belong to another account",
        ],
    },
    Meaning {
        codes: &["ResourceNotFoundException"],
        cause: "workgroup-not-found",
        words: "there is no such workgroup in this account and region",
        hints: &[
            "`serverless_work_group` is the name of the workgroup, not of the namespace",
            "the region is that of the AWS connection (`region_name`), not that of the host",
            "the credentials belong to another account",
        ],
    },
    Meaning {
        codes: &[
            "CustomDomainAssociationNotFoundFault",
            "CustomCnameAssociationFault",
            "CustomDomainAssociationNotFound",
        ],
        cause: "custom-domain-unknown",
        words: "the host is not a custom domain of a cluster in this account and region",
        hints: &["give `cluster_identifier` and `region` in the extra"],
    },
    Meaning {
        codes: &[
            "Throttling",
            "ThrottlingException",
            "ThrottledException",
            "RequestLimitExceeded",
            "TooManyRequestsException",
            "SlowDown",
        ],
        cause: "throttled",
        words: "AWS has too many requests of this account",
        hints: &[
            "try again later; boto3 would have tried again by itself",
            "something else in the account calls too often",
        ],
    },
    Meaning {
        codes: &["InvalidIdentityToken", "IDPRejectedClaim", "InvalidIdentityTokenException"],
        cause: "token-refused",
        words: "AWS does not accept the web identity token",
        hints: &[
            "the identity provider is not registered in IAM, or the audience is another one",
            "the token is over, or the file holds something else",
        ],
    },
    Meaning {
        codes: &["RegionDisabledException", "OptInRequired"],
        cause: "region-disabled",
        words: "the region is not enabled in this account",
        hints: &["enable it, or let STS of another region assume the role"],
    },
    Meaning {
        codes: &[
            "MalformedPolicyDocument",
            "MalformedPolicyDocumentException",
            "PackedPolicyTooLarge",
            "PackedPolicyTooLargeException",
        ],
        cause: "bad-policy",
        words: "the session policy of `assume_role_kwargs` is refused",
        hints: &[],
    },
    Meaning {
        codes: &["FAILED", "ABORTED"],
        cause: "statement-failed",
        words: "the statement fails",
        hints: &[
            "the database user does not exist: the Data API logs in as `db_user`, or as the caller \
             where none is given",
            "the database is not there, or the user may not connect to it",
        ],
    },
    Meaning {
        codes: &["UnsupportedOperation", "UnsupportedOperationFault"],
        cause: "unsupported",
        words: "the cluster does not support this way to log in",
        hints: &[],
    },
    Meaning {
        codes: &[
            "ValidationError",
            "ValidationException",
            "InvalidParameterValue",
            "InvalidParameterCombination",
            "MalformedInput",
        ],
        cause: "invalid-request",
        words: "AWS refuses an argument",
        hints: &[],
    },
];

/// Causes that mean that the credentials themselves are no good, whatever is called with them.
pub(super) const BAD_CREDENTIALS: &[&str] =
    &["unknown-key", "wrong-secret-key", "expired-credentials", "clock-skew", "malformed-key"];

/// What did not reach AWS.
pub(super) fn not_sent(failed: &Failed) -> Outcome {
    failed.outcome()
}

/// The meaning of a refusal, without what AWS said.
pub(super) fn meaning(refusal: &Refusal) -> Outcome {
    let (status, code, message) = match refusal {
        Refusal::NotSent(failed) => return not_sent(failed),
        Refusal::Broken => {
            return Outcome::failed(
                "request-broken",
                "the request cannot be made with these arguments",
            );
        }
        Refusal::NotAws(status) if *status >= 500 => {
            return Outcome::failed(
                "aws-error",
                format!("the endpoint fails (HTTP status {status})"),
            )
            .hint("try again later");
        }
        Refusal::NotAws(status) => {
            return Outcome::failed(
                "not-aws",
                format!(
                    "something answers that is not AWS (HTTP \
                     status {status})"
                ),
            )
            .hint(
                "`endpoint_url` or AWS_ENDPOINT_URL names another server, or a proxy answers \
                 itself",
            );
        }
        Refusal::Refused { status, code, message } => (*status, code.as_str(), message.as_str()),
    };
    let late = [
        "Signature expired",
        "Signature not yet current",
        "not yet current",
        "is now earlier than",
    ]
    .iter()
    .any(|t| message.contains(t));
    let found = MEANINGS.iter().find(|m| m.codes.contains(&code));
    let outcome = match found {
        Some(m) if m.cause == "wrong-secret-key" && late => CLOCK.iter().fold(
            Outcome::failed("clock-skew", "the clock of this machine is too far from that of AWS"),
            |o, h| o.hint(*h),
        ),
        // Lower limits and patterns are AWS's to explain.
        Some(m) => m.hints.iter().fold(Outcome::failed(m.cause, m.words), |o, h| o.hint(*h)),
        None if status >= 500 => Outcome::failed("aws-error", "AWS fails")
            .hint("try again later; boto3 would have tried again by itself"),
        None => Outcome::failed("refused", "AWS refuses the call"),
    };
    outcome.code(code)
}

/// The end of a call that was refused; what AWS said is quoted.
pub(super) fn outcome(
    refusal: &Refusal,
    service: &str,
    operation: &str,
    arguments: &[(String, Value<'static>)],
    scene: &Scene<'_>,
    journal: &Journal<'_>,
) -> Outcome {
    let mut outcome = match operation {
        "AssumeRole" | "AssumeRoleWithSAML" | "AssumeRoleWithWebIdentity" => {
            of_role(refusal, arguments, "the role")
        }
        _ => meaning(refusal),
    };
    if let Refusal::Refused { message, .. } = refusal
        && !message.is_empty()
    {
        outcome.message = format!("{}: {}", outcome.message, journal.quote(message));
    }
    if outcome.cause == "denied" {
        let message =
            if let Refusal::Refused { message, .. } = refusal { message.as_str() } else { "" };
        let message = if iam::resource(message).is_some_and(|arn| iam::is_shown(arn, journal)) {
            message
        } else {
            ""
        };
        outcome.policy =
            iam::policy(service, operation, arguments, &Scene { message, ..*scene }).map(Box::new);
    }
    outcome
}

/// A role that may not be assumed: AWS does not say whether the caller's policy, the trust policy
/// or the external id is the reason.
pub(super) fn of_role(
    refusal: &Refusal,
    arguments: &[(String, Value<'static>)],
    what: &str,
) -> Outcome {
    let mut outcome = meaning(refusal);
    let given = |name: &str| arguments.iter().any(|(n, _)| n == name);
    let said = if let Refusal::Refused { message, .. } = refusal {
        message.to_lowercase()
    } else {
        String::new()
    };
    match outcome.cause {
        "denied" => {
            outcome.message = format!("AWS does not let this identity assume {what}");
            outcome.hints.clear();
            if given("ExternalId") {
                outcome = outcome.hint(
                    "`ExternalId` of `assume_role_kwargs` is not the one that \
                     the trust policy of the role wants",
                );
            }
            if given("SAMLAssertion") {
                return outcome
                    .hint(
                        "the trust policy of the role does not name the identity provider \
                         (`principal_arn`) with sts:AssumeRoleWithSAML",
                    )
                    .hint(
                        "the assertion does not name this role together with this provider in \
                         its attribute Role",
                    )
                    .hint("the role does not exist: AWS says the same then");
            }
            if !given("WebIdentityToken") {
                outcome = outcome.hint(
                    "no policy of the identity allows sts:AssumeRole on the \
                     role: the one below does",
                );
            }
            outcome = outcome
                .hint("the trust policy of the role does not name this identity as its Principal");
            if !given("ExternalId") && !given("WebIdentityToken") {
                outcome = outcome.hint(
                    "the trust policy wants an `ExternalId`: put it into `assume_role_kwargs`",
                );
            }
            outcome.hint("the role does not exist: AWS says the same then")
        }
        "invalid-request" if said.contains("durationseconds") || said.contains("duration") => {
            outcome.cause = "bad-duration";
            outcome.message = "the session may not be that long, or that short".to_string();
            outcome.hint(
                "`DurationSeconds` is 900 to what the role allows (3600 unless raised), and at \
                 most 3600 where one role assumes another",
            )
        }
        "invalid-request" if said.contains("rolearn") || said.contains("arn") => {
            outcome.cause = "bad-role-arn";
            outcome.hint("a role's ARN is arn:aws:iam::ACCOUNT:role/PATH/NAME")
        }
        "token-refused" if given("SAMLAssertion") => {
            outcome.message = "AWS does not accept the assertion".to_string();
            outcome.hints.clear();
            outcome
                .hint(
                    "`principal_arn` is not the identity provider that signed it, or IAM has its \
                     old metadata",
                )
                .hint(
                    "the assertion is older than five minutes, or made for somebody else than \
                     AWS",
                )
        }
        "expired-credentials" if given("SAMLAssertion") || given("WebIdentityToken") => {
            outcome.cause = "token-expired";
            outcome.message = "what the identity provider handed out is over".to_string();
            outcome.hints.clear();
            outcome
                .hint("get it anew; an assertion lives for about five minutes")
                .hint("the clocks of provider and AWS differ")
        }
        _ => outcome,
    }
}
