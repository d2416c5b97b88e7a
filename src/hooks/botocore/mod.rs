//! What boto3 and botocore check before they ask AWS.

pub(crate) mod checks;
