//! What comes behind authentication: the session's start, the database, and one query.

use bytes::BytesMut;
use postgres_protocol::message::frontend;

use super::frames::{Broken, Frames, Reader};
use super::refusal::{Around, ServerError, broken, refused};
use crate::probe::{Journal, Outcome};

/// Simple protocol, nothing that changes anything: it runs on Redshift, PostgreSQL and everything between.
const QUERY: &str = "select current_user, current_database(), version()";

/// Reads until the server is ready for a query.
pub(super) async fn ready(frames: &mut Frames, around: Around, journal: &Journal<'_>) -> Result<Outcome, Outcome> {
    const DOING: &str = "while the session starts";
    let mut version = None;
    loop {
        let frame = frames.next().await.map_err(|end| broken(&end, DOING))?;
        match frame.tag {
            b'S' => {
                let mut reader = Reader(&frame.body);
                let (name, value) = (reader.text(), reader.text());
                if name.as_deref() == Some("server_version") {
                    version = value;
                }
            }
            b'N' | b'K' => {}
            b'E' => return Err(refused(&ServerError::read(&frame.body), around, journal)),
            b'Z' => {
                let outcome = Outcome::ok("the database is open");
                return Ok(match version {
                    Some(version) => outcome.fact("server-version", journal.quote(&version)),
                    None => outcome,
                });
            }
            _ => return Err(broken(&Broken::Malformed, DOING)),
        }
    }
}

/// Runs the query and says goodbye.
pub(super) async fn select(frames: &mut Frames, around: Around, journal: &Journal<'_>) -> Result<Outcome, Outcome> {
    const DOING: &str = "during the query";
    let mut buffer = BytesMut::new();
    frontend::query(QUERY, &mut buffer).map_err(|_| broken(&Broken::Malformed, DOING))?;
    frames.send(&mut buffer).await.map_err(|end| broken(&end, DOING))?;
    let mut row: Option<Vec<String>> = None;
    loop {
        let frame = frames.next().await.map_err(|end| broken(&end, DOING))?;
        match frame.tag {
            b'D' => row = row.or_else(|| columns(&frame.body)),
            b'T' | b'C' | b'N' | b'S' => {}
            b'E' => return Err(refused(&ServerError::read(&frame.body), around, journal)),
            b'Z' => break,
            _ => return Err(broken(&Broken::Malformed, DOING)),
        }
    }
    frontend::terminate(&mut buffer);
    // Whether it hears that is its own affair.
    let _ = frames.send(&mut buffer).await;
    let Some([user, database, version]) = row.and_then(|row| <[String; 3]>::try_from(row).ok()) else {
        return Err(Outcome::failed("query-failed", "the server answers the query without a row of three columns"));
    };
    let is_redshift = version.contains("Redshift");
    let outcome = Outcome::ok(format!("logged in as {} in {}", journal.quote(&user), journal.quote(&database)))
        .fact("user", journal.quote(&user))
        .fact("database", journal.quote(&database))
        .fact("version", journal.quote(&version))
        .fact("redshift", if is_redshift { "yes" } else { "no" });
    Ok(if around.redshift && !is_redshift { outcome.hint("this is no Redshift: its version does not say so") } else { outcome })
}

fn columns(body: &[u8]) -> Option<Vec<String>> {
    let mut reader = Reader(body);
    let count = reader.short()?;
    (0..count).map(|_| reader.counted().map(|c| String::from_utf8_lossy(c.unwrap_or_default()).into_owned())).collect()
}
