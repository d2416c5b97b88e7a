//! `airconn probe --via data-api`: the way of RedshiftDataOperator, whose arguments are not part of
//! a connection.

use clap::{Args, ValueEnum};

use super::Trouble;
use crate::model::Value;

#[derive(Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Via {
    /// `select 1` through the Redshift Data API, as RedshiftDataOperator would
    DataApi,
}

/// What the operator is told.
#[derive(Args)]
#[command(next_help_heading = "Another road than that of the hook")]
pub(super) struct DataApiArguments {
    /// In the name of `aws` connections, run `select 1` on this road. Needs --database, and
    /// --cluster-identifier or --workgroup-name
    #[arg(long, value_enum, requires = "database")]
    via: Option<Via>,
    /// The operator's `database`
    #[arg(long, value_name = "NAME", requires = "via")]
    database: Option<String>,
    /// The operator's `cluster_identifier`
    #[arg(long, value_name = "ID", requires = "via", conflicts_with = "workgroup_name")]
    cluster_identifier: Option<String>,
    /// The operator's `workgroup_name`
    #[arg(long, value_name = "NAME", requires = "via")]
    workgroup_name: Option<String>,
    /// The operator's `db_user`
    #[arg(long, value_name = "NAME", requires = "via", conflicts_with = "secret_arn")]
    db_user: Option<String>,
    /// The operator's `secret_arn`
    #[arg(long, value_name = "ARN", requires = "via")]
    secret_arn: Option<String>,
}

impl DataApiArguments {
    /// The arguments of ExecuteStatement, in the order of `RedshiftDataHook`; `None` without
    /// `--via`.
    pub(super) fn statement(&self) -> Result<Option<Vec<(String, Value<'static>)>>, Trouble> {
        if self.via.is_none() {
            return Ok(None);
        }
        if self.cluster_identifier.is_none() && self.workgroup_name.is_none() {
            return Err(Trouble::new(
                "--via data-api needs --cluster-identifier or --workgroup-name, as the operator \
                 does",
            ));
        }
        let given = [
            ("ClusterIdentifier", &self.cluster_identifier),
            ("Database", &self.database),
            ("DbUser", &self.db_user),
            ("SecretArn", &self.secret_arn),
            ("WorkgroupName", &self.workgroup_name),
        ];
        let given = given
            .into_iter()
            .filter_map(|(name, value)| Some((name.to_string(), Value::text(value.clone()?))));
        Ok(Some(given.chain([("Sql".to_string(), Value::text("select 1"))]).collect()))
    }
}
