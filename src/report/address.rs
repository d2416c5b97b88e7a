//! Where the project, its pages and its schemas are published: one address, which a release sets.

/// The address of the project, such as `https://github.com/OWNER/NAME`: as whoever builds says in
/// `AIRCONN_PROJECT`. Nothing stands at the one that is taken otherwise (RFC 2606).
pub(crate) const PROJECT: &str = match option_env!("AIRCONN_PROJECT") {
    Some(address) => address,
    None => "https://airconn.invalid",
};

/// Somebody has said where the project is published.
#[cfg(feature = "cli")]
pub(crate) fn is_known() -> bool {
    option_env!("AIRCONN_PROJECT").is_some()
}

/// The address of the page of a rule, with `{id}` for its id.
pub(crate) fn page_of_rule() -> String {
    format!("{}/rules/{{id}}/", pages())
}

/// The address of the pages: that of GitHub Pages for a project on GitHub.
pub(crate) fn pages() -> String {
    pages_of(PROJECT)
}

fn pages_of(project: &str) -> String {
    let on_github = project.strip_prefix("https://github.com/").and_then(|at| at.split_once('/'));
    match on_github {
        Some((owner, name)) => format!("https://{}.github.io/{name}", owner.to_ascii_lowercase()),
        None => project.trim_end_matches('/').to_string(),
    }
}

#[cfg(test)]
mod tests {
    use super::pages_of;

    #[test]
    fn pages_stand_where_github_puts_them() {
        for (project, pages) in [
            ("https://github.com/Owner/airconn", "https://owner.github.io/airconn"),
            ("https://example.com/airconn/", "https://example.com/airconn"),
        ] {
            assert_eq!(pages_of(project), pages);
        }
    }
}
