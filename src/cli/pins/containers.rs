//! What the containers of one manifest run: each has the Airflow of its own image.

use std::path::Path;

use super::images::{airflow_of, is_plain};
use super::kinds::KINDS;
use super::text::{Given, expanded};
use super::{MOST_VERSIONS, Nearest, Package, Pinned, Version, distinct, first, name_of, narrows};
use crate::airflow::runtime::{Runtime, Side};
use crate::format::Container;
use crate::source::{Source, Span};
use crate::{bounds, files};

/// A place of a file, and the versions that read what stands there.
pub(in crate::cli) type Place = (Span, Vec<String>);

/// The file that is looked at.
pub(super) struct Manifest<'m> {
    /// As it is named.
    pub(super) path: &'m Path,
    /// The folder it stands in, from the root on.
    pub(super) folder: &'m Path,
    pub(super) source: &'m Source,
    /// Variables that its images are written with.
    pub(super) given: &'m Given,
}

impl Pinned {
    /// Adds what containers run. Where too many versions run, none of them says anything.
    pub(super) fn run_by(
        &mut self,
        containers: &[Container],
        manifest: &Manifest<'_>,
        nearest: &Nearest,
    ) {
        let of_each: Vec<_> = containers.iter().map(|one| runs(one, manifest, nearest)).collect();
        let mut all = self.airflow.clone();
        all.extend(of_each.iter().flatten().cloned());
        let all = distinct(all);
        if all.len() < 2 || all.len() > MOST_VERSIONS {
            return;
        }
        for (container, runs) in
            containers.iter().zip(&of_each).filter(|(_, runs)| !runs.is_empty())
        {
            let kept =
                |version: &&Version| runs.iter().any(|r| narrows(&version.version, &r.version));
            let versions: Vec<String> =
                all.iter().filter(kept).map(|version| version.version.clone()).collect();
            self.places.extend(container.places.iter().map(|place| (*place, versions.clone())));
        }
        self.airflow = all;
    }
}

/// The versions of Airflow that a container may run; none if it is not known.
fn runs(container: &Container, manifest: &Manifest<'_>, nearest: &Nearest) -> Vec<Version> {
    if let Some((image, span)) = &container.image {
        let image = expanded(image, manifest.given, 0);
        let line = manifest.source.position(span.start).line as usize;
        let version = |version| vec![Version { version, file: manifest.path.to_path_buf(), line }];
        if let Some(known) = airflow_of(&image) {
            return version(known);
        }
        let (name, tag) = image.rsplit_once(':').unwrap_or((&image, "latest"));
        if tag == "latest" && is_plain(name) {
            return version(Runtime::newest(Side::Server).version.to_string());
        }
    }
    let Some((context, steps)) = &container.build else { return Vec::new() };
    let context = super::whole(manifest.folder, Path::new(&expanded(context, manifest.given, 0)));
    let steps = super::whole(&context, Path::new(steps));
    let root = nearest.chain(manifest.folder).last().copied();
    if root.is_none_or(|root| !context.starts_with(root) || !steps.starts_with(root)) {
        return Vec::new();
    }
    let kind = KINDS.iter().find(|kind| kind.fits(&name_of(&steps)));
    let text = files::text(&steps, bounds::PINS.value).ok();
    let pins = kind.zip(text).map(|(kind, text)| {
        let text = first(&text, bounds::PINS.value);
        (kind.read)(text, &mut manifest.given.clone())
    });
    let own = pins.unwrap_or_default().into_iter().filter(|pin| pin.package == Package::Airflow);
    let own: Vec<Version> = own
        .map(|pin| Version { version: pin.version, file: steps.clone(), line: pin.line })
        .collect();
    if own.is_empty() && context != manifest.folder {
        return nearest.folder(&context).pinned.airflow.clone();
    }
    distinct(own)
}
