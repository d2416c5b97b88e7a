//! Redshift authentication profiles: what their content changes in the driver's call for
//! credentials. `IdpAuthHelper.read_auth_profile` and `RedshiftProperty.put_all` of
//! redshift_connector 2.2.0: every name in it wins over the argument of the connection.

use serde_json::Value as Json;

use crate::check::public_key;
use crate::model::{Node, Value};
use crate::probe::{Outcome, Target};

/// Properties of the driver, and the arguments of GetClusterCredentials that they become.
const ARGUMENTS: &[(&str, &str)] = &[
    ("cluster_identifier", "ClusterIdentifier"),
    ("database", "DbName"),
    ("db_groups", "DbGroups"),
    ("db_user", "DbUser"),
];

/// Changes nothing here: no user is ever created, and a profile is read once.
const WITHOUT_EFFECT: &[&str] = &["auth_profile", "auto_create"];

/// What a profile says about the call.
pub(super) struct Profile(Vec<(&'static str, Value<'static>)>);

impl Profile {
    /// The content of a profile; `Err` where the driver raises, or where it leads elsewhere than
    /// this goes.
    pub(super) fn read(content: &str, target: Option<&Target>) -> Result<Profile, Outcome> {
        let Ok(Json::Object(members)) = serde_json::from_str(content) else {
            return Err(Outcome::failed(
                "profile-unreadable",
                "the content of the authentication profile is not a JSON object",
            )
            .code("ProgrammingError")
            .hint("write it anew: `aws redshift modify-authentication-profile`"));
        };
        let mut changes = Vec::new();
        for (name, value) in &members {
            let known = ARGUMENTS.iter().find(|(property, _)| property == name);
            match (known.map(|(_, argument)| *argument), plain(value)) {
                (Some(argument), Some(value)) => changes.push((argument, value)),
                _ if WITHOUT_EFFECT.contains(&name.as_str()) => {}
                _ => return Err(elsewhere(name)),
            }
        }
        let database = target.and_then(|target| target.database.as_deref());
        let other = |(name, value): &(&str, Value<'static>)| {
            *name == "DbName" && value.as_str() != database
        };
        if changes.iter().any(other) { Err(elsewhere("database")) } else { Ok(Profile(changes)) }
    }

    /// The arguments of the call as the driver gives them.
    pub(super) fn merge(
        &self,
        arguments: &mut Vec<(String, Value<'static>)>,
    ) -> Result<(), Outcome> {
        for (name, value) in &self.0 {
            arguments.retain(|(known, _)| known != name);
            if !value.is_null() {
                arguments.push(((*name).to_string(), value.clone()));
            }
        }
        let missing = ["DbUser", "ClusterIdentifier"]
            .into_iter()
            .find(|name| !arguments.iter().any(|(known, _)| known == name));
        match missing {
            None => Ok(()),
            Some(name) => {
                let property = ARGUMENTS
                    .iter()
                    .find(|(_, argument)| *argument == name)
                    .map_or(name, |(property, _)| *property);
                let message = format!(
                    "neither the connection nor its authentication profile has `{property}`"
                );
                Err(Outcome::failed("profile-incomplete", message)
                    .hint(format!("write `{property}` into the extra or the profile")))
            }
        }
    }
}

/// A text, a list of texts, or nothing.
fn plain(value: &Json) -> Option<Value<'static>> {
    match value {
        Json::Null => Some(Value::Null),
        Json::String(text) => Some(Value::text(text.clone())),
        Json::Array(items) => {
            let texts = items
                .iter()
                .map(|item| item.as_str().map(|text| Node::bare(Value::text(text.to_string()))));
            texts.collect::<Option<Vec<_>>>().map(Value::List)
        }
        _ => None,
    }
}

fn elsewhere(name: &str) -> Outcome {
    let name =
        public_key(name).map_or_else(|| "a property".to_string(), |name| format!("`{name}`"));
    Outcome::skipped(
        "profile-decides",
        format!("the authentication profile sets {name} of the driver, where this does not follow"),
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_profile_wins_over_the_connection() {
        let given = || {
            vec![
                ("DbUser".to_string(), Value::text("etl")),
                ("ClusterIdentifier".to_string(), Value::text("sales")),
            ]
        };
        let pairs = |content: &str, mut arguments: Vec<(String, Value<'static>)>| {
            let profile = Profile::read(content, None).map_err(|outcome| outcome.cause)?;
            profile.merge(&mut arguments).map_err(|outcome| outcome.cause)?;
            Ok(arguments
                .iter()
                .map(|(name, value)| format!("{name}={}", value.as_str().unwrap_or("?")))
                .collect::<Vec<_>>()
                .join(" "))
        };
        for (content, arguments, want) in [
            ("{}", given(), Ok("DbUser=etl ClusterIdentifier=sales")),
            (
                r#"{"db_user": "reports", "auto_create": true}"#,
                given(),
                Ok("ClusterIdentifier=sales DbUser=reports"),
            ),
            (
                r#"{"db_user": "reports", "cluster_identifier": "c"}"#,
                Vec::new(),
                Ok("DbUser=reports ClusterIdentifier=c"),
            ),
            (r#"{"db_user": null}"#, given(), Err("profile-incomplete")),
            ("{}", Vec::new(), Err("profile-incomplete")),
            (r#"{"profile": "x"}"#, given(), Err("profile-decides")),
            (r#"{"db_user": 5}"#, given(), Err("profile-decides")),
            (r#"{"database": "other"}"#, given(), Err("profile-decides")),
            ("[]", given(), Err("profile-unreadable")),
            ("{", given(), Err("profile-unreadable")),
        ] {
            assert_eq!(
                pairs(content, arguments).as_deref().map_err(|e: &&str| *e),
                want,
                "{content}"
            );
        }
    }
}
