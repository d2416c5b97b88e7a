//! `target_session_attrs`: what libpq asks an open session before it is content with the server.

use tokio_postgres::SimpleQueryMessage;

use super::refusal::Around;
use super::session::Session;
use crate::probe::libpq::SessionAttributes;
use crate::probe::{Journal, Outcome};

/// Servers before 9.0 have no standby.
const FIRST_STANDBY: u32 = 9;

/// Is it the kind of server that is wanted? The server has said so, or is asked as libpq asks it.
pub(super) async fn check(
    session: &mut Session<'_>,
    wanted: SessionAttributes,
    around: Around,
    journal: &Journal<'_>,
) -> Result<(), Outcome> {
    use SessionAttributes as S;
    let said =
        |session: &Session<'_>, name: &str| session.parameter(name).map(|value| value == "on");
    let standby = said(session, "in_hot_standby");
    let is = match wanted {
        S::Any => return Ok(()),
        S::ReadWrite | S::ReadOnly => {
            match (said(session, "default_transaction_read_only"), standby) {
                (Some(read_only), Some(standby)) => read_only || standby,
                _ => answer(session, "show transaction_read_only", "on", around, journal).await?,
            }
        }
        S::Primary | S::Standby => match standby {
            _ if major(session).is_some_and(|major| major < FIRST_STANDBY) => false,
            Some(standby) => standby,
            None => {
                answer(session, "select pg_catalog.pg_is_in_recovery()", "t", around, journal)
                    .await?
            }
        },
    };
    let wrong = match (wanted, is) {
        (S::ReadWrite, true) => "the session is read-only",
        (S::ReadOnly, false) => "the session is not read-only",
        (S::Primary, true) => "the server is in hot standby mode",
        (S::Standby, false) => "the server is not in hot standby mode",
        _ => return Ok(()),
    };
    Err(Outcome::failed(
        "session-attributes",
        format!("{wrong}, and `target_session_attrs` wants another server"),
    )
    .hint("the host leads to another server of the group than the one that is wanted"))
}

/// The first number of the server's version.
fn major(session: &Session<'_>) -> Option<u32> {
    session.parameter("server_version")?.split(|c: char| !c.is_ascii_digit()).next()?.parse().ok()
}

/// Does the answer, one text, begin so?
async fn answer(
    session: &mut Session<'_>,
    query: &str,
    yes: &str,
    around: Around,
    journal: &Journal<'_>,
) -> Result<bool, Outcome> {
    let answer = session
        .ask(query)
        .await
        .map_err(|failure| failure.outcome("when it is asked what it is", around, journal))?;
    let row = answer.iter().find_map(|message| match message {
        SimpleQueryMessage::Row(row) => Some(row),
        _ => None,
    });
    let text = row.and_then(|row| row.try_get(0).ok().flatten());
    let unknown = || {
        Outcome::failed(
            "query-failed",
            "the server does not say what it is, which `target_session_attrs` asks for",
        )
    };
    text.map(|text| text.starts_with(yes)).ok_or_else(unknown)
}
