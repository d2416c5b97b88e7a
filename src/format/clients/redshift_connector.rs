//! Arguments of `redshift_connector.connect`, as JSON under the ids: what Airflow's hook gives the
//! driver.

use crate::airflow::python::json_dumps::dumps;
use crate::format::helpers::arguments::Arguments;
use crate::format::helpers::plain::{json_object, json_string};
use crate::format::limits::{FAILS, Limits, NO_ID, OTHER_TYPE, TEMPORARY};
use crate::format::{Direction, Format, Item, WriteError, WriteOptions, id_of};

pub(super) static FORMAT: Format = Format {
    name: "redshift-connector",
    summary: "arguments of redshift_connector.connect for redshift connections, as JSON under their ids",
    reader: "redshift_connector.connect(**arguments)",
    direction: Direction::Out,
    write,
    limits: Limits { refuses: &[NO_ID, NOT_REDSHIFT, OTHER_TYPE, FAILS, TEMPORARY], loses: &[] },
    ..Format::DEFAULT
};

const NOT_REDSHIFT: &str = "this format is for connections of the type redshift";

fn write(items: &[Item], options: &WriteOptions<'_>) -> Result<String, WriteError> {
    let mut all = Vec::with_capacity(items.len());
    for (index, item) in items.iter().enumerate() {
        let id = id_of(item, index)?;
        let arguments = Arguments::of(items, index, options)?;
        if !arguments.redshift {
            return Err(WriteError::at(index, NOT_REDSHIFT));
        }
        let mut members = Vec::new();
        for (name, value) in arguments.all() {
            members.push((name.as_str(), Some(dumps(value).map_err(|_| arguments.cannot(name))?)));
        }
        all.push(format!("  {}: {}", json_string(id), json_object(&members)));
    }
    Ok(format!("{{\n{}\n}}\n", all.join(",\n")))
}
