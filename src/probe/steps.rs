//! The steps of a probe: one table, which the plan, reports and pages read.

/// Which part of the probe makes a step.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Half {
    /// The text alone.
    Offline,
    /// Calls of the AWS API and what comes before them.
    Aws,
    /// The connection to the cluster.
    Wire,
}

/// A kind of step.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum StepKind {
    /// What the text decides.
    Offline,
    /// AWS credentials, found as boto3 finds them.
    Credentials,
    /// `sts:GetCallerIdentity`.
    Identity,
    /// `sts:AssumeRole` and its siblings.
    Role,
    /// `DescribeClusters`, `GetWorkgroup`, `DescribeCustomDomainAssociations`.
    Cluster,
    /// Temporary credentials and tokens of Redshift.
    Temporary,
    /// The statement through the Data API.
    DataApi,
    /// Addresses of the host.
    Dns,
    /// The TCP connection.
    Tcp,
    /// The answer to SSLRequest.
    SslRequest,
    /// The TLS handshake: chain, then name.
    Tls,
    /// Start-up and authentication.
    Authentication,
    /// The database that is asked for.
    Database,
    /// The query.
    Query,
}

/// What there is to know about a kind of step.
pub struct StepInfo {
    /// `AC907`. Never used again for something else.
    pub id: &'static str,
    /// Its stable name.
    pub name: &'static str,
    /// The kind.
    pub kind: StepKind,
    /// Who makes it.
    pub half: Half,
    /// How long it may take, in seconds.
    pub seconds: u64,
    /// What it tells.
    pub tells: &'static str,
}

macro_rules! steps {
    ($($id:literal $name:literal $kind:ident $half:ident $seconds:literal $tells:literal)*) => {
        &[$(StepInfo {
            id: $id,
            name: $name,
            kind: StepKind::$kind,
            half: Half::$half,
            seconds: $seconds,
            tells: $tells,
        }),*]
    };
}

/// All kinds of steps, in the order in which they are taken.
pub static PROBE_STEPS: &[StepInfo] = steps! {
    "AC901" "offline" Offline Offline 10 "would Airflow get as far as the network at all"
    "AC902" "aws-credentials" Credentials Aws 15 "are there AWS credentials where Airflow would \
                                                  look for them, and a region"
    "AC903" "aws-identity" Identity Aws 15 "are the credentials valid, and whose are they \
                                            (sts:GetCallerIdentity)"
    "AC904" "aws-role" Role Aws 15 "may this identity assume the role (sts:AssumeRole)"
    "AC905" "cluster" Cluster Aws 15 "is the cluster or workgroup there, available, and at the \
                                      endpoint that the connection names"
    "AC906" "temporary-credentials" Temporary Aws 20 "does AWS hand out what the log-in needs, \
                                                      with exactly the arguments of the hook"
    "AC907" "data-api" DataApi Aws 60 "does a statement run through the Data API"
    "AC908" "dns" Dns Wire 10 "does the host have addresses"
    "AC909" "tcp" Tcp Wire 10 "does something listen on the port, and may we reach it"
    "AC910" "ssl-request" SslRequest Wire 10 "does the server offer TLS"
    "AC911" "tls" Tls Wire 10 "is the certificate trusted, and is it for this host"
    "AC912" "authentication" Authentication Wire 20 "does the server take the user and the \
                                                     password or token"
    "AC913" "database" Database Wire 15 "is the database there, and may the user connect to it"
    "AC914" "query" Query Wire 15 "does the server answer `select current_user, \
                                   current_database(), version()`"
};

/// A step by its id (in any case) or name.
pub fn by_name(name: &str) -> Option<&'static StepInfo> {
    PROBE_STEPS.iter().find(|step| step.name == name || step.id.eq_ignore_ascii_case(name))
}

impl StepInfo {
    /// A page about it, in Markdown.
    pub fn page(&self) -> String {
        let half = match self.half {
            Half::Offline => {
                "It is decided without any connection, by the text alone: `airconn check` says \
                 more."
            }
            Half::Aws => {
                "It is made with the AWS credentials that `airconn probe --dry-run` names."
            }
            Half::Wire => "It is made on the way to the server that the connection names.",
        };
        let tells = self.tells;
        format!(
            "# {} {}\n\nA step of `airconn probe`: {tells}?\n\n{half} It may take {} seconds.\n\n\
             `airconn probe` says what went wrong and what to look at; docs/probe.md has all \
             steps.\n",
            self.id, self.name, self.seconds
        )
    }
}

impl StepKind {
    /// All that is known about it.
    pub fn info(self) -> &'static StepInfo {
        PROBE_STEPS.iter().find(|i| i.kind == self).expect("the table has every kind: tested")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_table_is_in_order_and_has_every_kind() {
        assert!(PROBE_STEPS.is_sorted_by_key(|i| i.id) && PROBE_STEPS.is_sorted_by_key(|i| i.kind));
        for (number, info) in PROBE_STEPS.iter().enumerate() {
            assert_eq!(info.id, format!("AC{}", 901 + number));
            assert_eq!(info.kind.info().name, info.name);
            assert!(info.seconds > 0 && !info.tells.is_empty());
        }
        assert_eq!(PROBE_STEPS.last().map(|i| i.kind), Some(StepKind::Query));
        assert_eq!(PROBE_STEPS.len(), StepKind::Query as usize + 1);
    }
}
