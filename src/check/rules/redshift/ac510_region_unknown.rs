//! AC510: the region of an AWS call is missing, unknown or contradicted.

use crate::check::rules::diagnosis::{Diagnosis, Said};
use crate::check::rules::repairs::{extra_of, key};
use crate::check::rules::subject::Subject;
use crate::check::{About, Change, Check, Fix, Level, Rule, Safety};
use crate::hooks::{Caller, Client, Place, aws_region, syntax, true_region};
use crate::model::Value;

pub static RULE: Rule = Rule {
    id: "AC510",
    name: "region-unknown",
    level: Level::Warning,
    page: include_str!("ac510_region_unknown.md"),
    about: About::Parts,
    checks: &[Check::Hook(find)],
};

fn find(subject: &Subject<'_, '_>, said: &mut Said) {
    if subject.is_aws() {
        let region = subject.extras.text("region_name").filter(|r| !r.is_empty());
        if region.is_some_and(|r| syntax::is_region(r) && !syntax::is_known_region(r)) {
            said.extra("region_name", unknown());
        }
        return;
    }
    rds(subject, said);
    let Some(iam) = subject.iam() else { return };
    let (host, host_place) = match subject.extras.text("host") {
        Some(host) => (host, Place::extra("host")),
        None => (subject.connection.host.as_str().unwrap_or_default(), Place::here("/host")),
    };
    let of_host = true_region(host);
    let of_extra = subject.extras.text("region").filter(|r| !r.is_empty());
    let of_aws = subject.scene.aws_conn_id.filter(|_| iam.hook).and_then(|id| {
        let aws = (subject.scene.set)(id)?;
        aws_region(&aws, id, subject.scene)
    });
    let mut seen: Vec<(Place, String)> = Vec::new();
    seen.extend(of_host.map(|r| (host_place.clone(), r.to_string())));
    seen.extend(of_extra.filter(|_| iam.driver).map(|r| (Place::extra("region"), r.to_string())));
    seen.extend(of_aws.filter(|(_, r)| !r.is_empty()));
    if seen.windows(2).any(|pair| pair[0].1 != pair[1].1) {
        said.at_all(
            seen.iter().map(|(place, _)| place.clone()).collect(),
            RULE.warning("the regions of host, extra and AWS connection differ")
                .help("give the region of the cluster everywhere"),
        );
    }
    for (place, region) in seen {
        if !syntax::is_known_region(&region) {
            said.at(place, unknown());
        }
    }
    let is_cut = subject.scene.packages.driver.behaviour.region_from_host
        && of_host.is_some_and(|r| r.starts_with("cn-"));
    if iam.driver && of_extra.is_none() && is_cut {
        said.at(host_place, RULE.warning(CUT_WRONG).help(GIVE_REGION));
    }
}

/// The token for a database of RDS is signed for the region of the AWS connection.
fn rds(subject: &Subject<'_, '_>, said: &mut Said) {
    if !subject.is_for(Client::Libpq) || !subject.extras.truthy("iam") {
        return;
    }
    let host = subject.host().and_then(|host| host.strip_suffix(".rds.amazonaws.com"));
    let Some((_, of_host)) = host.and_then(|host| host.rsplit_once('.')) else { return };
    let id = subject.aws_conn_id();
    let of_aws = (subject.scene.set)(id).and_then(|aws| aws_region(&aws, id, subject.scene));
    if let Some((place, _)) = of_aws.filter(|(_, region)| !region.is_empty() && region != of_host) {
        let message = "the token is signed for the region of the AWS connection, and the database \
                       is in another one";
        said.at_all(
            vec![Place::here("/host"), place],
            RULE.warning(message).help("give the AWS connection the region of the database"),
        );
    }
}

const CUT_WRONG: &str = "the driver cuts a wrong region out of a host in China";
const GIVE_REGION: &str = "give the region as the extra `region`";

/// It fails for that.
pub fn cut_wrong() -> Diagnosis {
    RULE.error(CUT_WRONG).help(GIVE_REGION)
}

/// It has the form of a region.
pub fn unknown() -> Diagnosis {
    RULE.warning("this region is not among the known ones").help("check the spelling")
}

/// It has not.
pub fn not_a_region() -> Diagnosis {
    RULE.error("this cannot be a region").help("write a region such as eu-west-1").repair(respell)
}

/// It is `""`.
pub fn empty() -> Diagnosis {
    RULE.error("the region is empty").help("write a region such as eu-west-1, or remove it")
}

/// The surroundings must have one.
pub fn none_given(caller: Caller, who: &str) -> Diagnosis {
    RULE.warning(format!(
        "no region is given for {who}: AWS_DEFAULT_REGION or a profile must supply it (boto3 does \
         not read AWS_REGION)"
    ))
    .help("add `region_name` to the AWS connection")
    .repair(move |subject, _| {
        let aws = subject.aws().filter(|aws| caller == Caller::Hook && !aws.apart)?;
        let region = Value::text(subject.known_region()?);
        let at = "/extra/region_name".to_string();
        Some(subject.across(vec![Change::SetIn(aws.index, at, region)]))
    })
}

/// A known region in other letters.
fn respell(subject: &Subject<'_, '_>, place: &Place) -> Option<Fix> {
    let aws = if place.conn_id.is_some() { Some(subject.aws()?) } else { None };
    let connection = match &aws {
        Some(aws) => aws.case.connection()?,
        None => subject.connection,
    };
    let written = extra_of(connection)?.get(key(&place.pointer))?.value.as_str()?;
    let meant = written.trim().to_ascii_lowercase().replace(['_', ' '], "-");
    if !syntax::is_known_region(&meant) {
        return None;
    }
    if let Some(aws) = aws {
        let change = Change::SetIn(aws.index, place.pointer.clone(), Value::text(meant));
        return Some(subject.across(vec![change]));
    }
    // What stands in for AWS at an address of its own may take any name of a region.
    let has = |key: &str| subject.case.extra_value(key).is_some_and(Value::truthy);
    let own_address = has("endpoint_url") || has("service_config");
    let safety = if own_address { Safety::Unsafe } else { subject.unless_it_works() };
    subject.set(safety, &place.pointer, Value::text(meant))
}
