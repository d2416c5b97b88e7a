//! What comes behind authentication: the session's start, the database, and one query.

use tokio_postgres::{SimpleQueryMessage, SimpleQueryRow};

use super::frames::Frames;
use super::refusal::Around;
use super::session::{Session, open};
use crate::probe::{Journal, Outcome};

/// Simple protocol, nothing that changes anything: it runs on Redshift, PostgreSQL and everything
/// between.
const QUERY: &str = "select current_user, current_database(), version()";

/// Reads until the server is ready for a query.
pub(super) async fn ready<'f>(
    frames: &'f mut Frames,
    around: Around,
    journal: &Journal<'_>,
) -> Result<(Session<'f>, Outcome), Outcome> {
    let session = open(frames)
        .await
        .map_err(|failure| failure.outcome("while the session starts", around, journal))?;
    let outcome = Outcome::ok("the database is open");
    let outcome = match session.parameter("server_version") {
        Some(version) => outcome.fact("server-version", journal.quote(version)),
        None => outcome,
    };
    Ok((session, outcome))
}

/// Runs the query and says goodbye.
pub(super) async fn select(
    session: Session<'_>,
    around: Around,
    journal: &Journal<'_>,
) -> Result<Outcome, Outcome> {
    let answer = session
        .query(QUERY)
        .await
        .map_err(|failure| failure.outcome("during the query", around, journal))?;
    let row = answer.iter().find_map(|message| match message {
        SimpleQueryMessage::Row(row) => Some(row),
        _ => None,
    });
    let Some([user, database, version]) = row.and_then(texts) else {
        return Err(Outcome::failed(
            "query-failed",
            "the server answers the query without a row of three texts",
        ));
    };
    let is_redshift = version.contains("Redshift");
    let outcome =
        Outcome::ok(format!("logged in as {} in {}", journal.quote(user), journal.quote(database)))
            .fact("user", journal.quote(user))
            .fact("database", journal.quote(database))
            .fact("version", journal.quote(version))
            .fact("redshift", if is_redshift { "yes" } else { "no" });
    Ok(if around.redshift && !is_redshift {
        outcome.hint("this is not Redshift: its version does not say so")
    } else {
        outcome
    })
}

/// The columns of a row; null is empty.
fn texts(row: &SimpleQueryRow) -> Option<[&str; 3]> {
    let column = |at| row.try_get(at).ok().map(Option::unwrap_or_default);
    (row.len() == 3).then_some([column(0)?, column(1)?, column(2)?])
}
