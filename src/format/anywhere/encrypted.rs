//! Files that sops or Ansible Vault encrypted: told as such, and not read.

use crate::airflow::Fault;
use crate::airflow::runtime::Runtime;
use crate::format::{Direction, Document, Evidence, Format, Grade, Ids, Likeness, Remark, Sample};
use crate::source::Text;

pub(super) static FORMAT: Format = Format {
    name: "encrypted",
    summary: "files that sops or Ansible Vault encrypted: told as such, not read",
    reader: "whoever has the key",
    direction: Direction::In,
    ids: Ids::None,
    evidence: Evidence::Words,
    sniff,
    read,
    ..Format::DEFAULT
};

/// What the first line of a file of Ansible Vault begins with.
const VAULT: &str = "$ANSIBLE_VAULT;";

/// What a value that sops encrypted begins with.
const SOPS: &str = "ENC[AES256_GCM,";

fn sniff(sample: &Sample<'_>) -> Option<Likeness> {
    let by_sops = || {
        sample.text.contains(SOPS)
            && (sample.has_keys(&["sops"]) || sample.text.contains("sops_version="))
    };
    (sample.text.starts_with(VAULT) || by_sops()).then_some(Likeness::Certain)
}

fn read<'a>(text: &Text<'a>, _: &Runtime) -> Document<'a> {
    let raw = text.as_str();
    let (place, help) = match raw.find(SOPS) {
        Some(at) => (at..at + SOPS.len(), "decrypt it first: sops decrypt FILE | airconn check -"),
        None => (
            0..raw.lines().next().unwrap_or_default().len(),
            "decrypt it first: ansible-vault view FILE | airconn check -",
        ),
    };
    let remark = Remark {
        fault: Fault::Template,
        grade: Grade::Info,
        conn_id: None,
        span: text.span_of(place),
        message: "the values of this file are encrypted: airconn does not look into it".to_string(),
        help,
        repair: None,
    };
    Document { remarks: vec![remark], ..Document::default() }
}
