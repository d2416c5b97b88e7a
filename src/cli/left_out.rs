//! What `airconn convert` writes, and what it leaves out: one bad connection keeps no other from
//! being written.

use super::asked::Known;
use super::losses::Labels;
use super::{Output, Trouble};
use crate::format::{Format, Item, WriteOptions};

/// All that was read, in the order of the input.
#[derive(Default)]
pub(super) struct Pieces(Vec<Piece>);

/// A connection, or what stands in the place of some.
#[expect(clippy::large_enum_variant, reason = "nearly all are connections")]
enum Piece {
    Item(Item),
    /// A connection that is not written, and why.
    Left(Option<String>, String),
    /// Something that is not understood, and may be any connection.
    Unknown(String),
}

impl Piece {
    /// The place of its id; none where it may be any connection.
    fn conn_id(&mut self) -> Option<&mut Option<String>> {
        match self {
            Piece::Item(Item { conn_id, .. }) | Piece::Left(conn_id, _) => Some(conn_id),
            Piece::Unknown(_) => None,
        }
    }
}

impl Pieces {
    /// A connection.
    pub(super) fn push(&mut self, item: Item) {
        self.0.push(Piece::Item(item));
    }

    /// A connection that cannot be read.
    pub(super) fn leave(&mut self, id: Option<String>, why: String) {
        self.0.push(Piece::Left(id, why));
    }

    /// Something that is not understood.
    pub(super) fn leave_unknown(&mut self, why: String) {
        self.0.push(Piece::Unknown(why));
    }

    /// What `--conn-id` asks for: names for connections that have none, otherwise the choice. What
    /// is left out of it is named, and counted.
    pub(super) fn chosen(
        mut self,
        ids: &[String],
        labels: &Labels,
        output: &mut Output<'_>,
    ) -> Result<(Vec<Item>, usize), Trouble> {
        if !ids.is_empty() {
            self.choose(ids, labels, output)?;
        }
        let (mut items, mut left_out) = (Vec::with_capacity(self.0.len()), 0);
        for piece in self.0 {
            match piece {
                Piece::Item(item) => items.push(item),
                Piece::Left(_, why) | Piece::Unknown(why) => {
                    left_out += 1;
                    output.say(&why)?;
                }
            }
        }
        Ok((items, left_out))
    }

    fn choose(
        &mut self,
        ids: &[String],
        labels: &Labels,
        output: &mut Output<'_>,
    ) -> Result<(), Trouble> {
        let mut known = Known::default();
        for id in self.0.iter_mut().filter_map(Piece::conn_id) {
            known.add(id.as_deref(), labels.shown(id.as_deref()).as_deref());
        }
        if known.is_empty() {
            return self.name(ids);
        }
        if let Err(trouble) = known.require(ids) {
            // It may be in what is not understood.
            for piece in &self.0 {
                if let Piece::Unknown(why) = piece {
                    output.say(why)?;
                }
            }
            return Err(trouble);
        }
        self.0.retain_mut(|piece| {
            piece.conn_id().and_then(|id| id.as_ref()).is_some_and(|id| ids.contains(id))
        });
        Ok(())
    }

    /// Ids for connections that have none, in order: one that is left out takes its own with it.
    fn name(&mut self, ids: &[String]) -> Result<(), Trouble> {
        let mut open = ids.iter();
        let mut count = 0;
        for place in self.0.iter_mut().filter_map(Piece::conn_id) {
            count += 1;
            *place = open.next().cloned();
        }
        if count != ids.len() {
            return Err(Trouble::new(format!(
                "{count} connections without an id, but {} times --conn-id",
                ids.len()
            )));
        }
        Ok(())
    }
}

/// So often it is tried again without a connection that a format refuses for another, such as one
/// whose variable has the name of another's.
const ROUNDS: usize = 20;

/// The text of all that a format can hold, which are left in `items`; none if it holds none. The
/// others are named, and counted.
pub(super) fn written(
    items: &mut Vec<Item>,
    format: &Format,
    options: &WriteOptions<'_>,
    labels: &Labels,
    output: &mut Output<'_>,
) -> Result<(Option<String>, usize), Trouble> {
    let mut left_out = 0;
    for round in 0..=ROUNDS {
        let error = match (format.write)(items, options) {
            Ok(text) => return Ok((Some(text), left_out)),
            Err(error) => error,
        };
        let Some(first) = error.index else {
            output.say(&format!("airconn: {}", error.message))?;
            return Ok((None, left_out));
        };
        // Each by itself says at once which are refused; what is left is refused for another.
        let alone = |item: &Item| {
            let error = (format.write)(std::slice::from_ref(item), options).err()?;
            error.index.map(|_| error.message)
        };
        let mut why: Vec<Option<String>> = match round {
            0 => items.iter().map(alone).collect(),
            _ => items.iter().map(|_| None).collect(),
        };
        if why.iter().all(Option::is_none) {
            why[first] = Some(error.message);
        }
        for (at, why) in why.iter().enumerate() {
            if let Some(why) = why {
                output.say(&format!("airconn: {}: {why}", labels.of(&items[at], at)))?;
                left_out += 1;
            }
        }
        let mut why = why.iter();
        items.retain(|_| why.next().is_some_and(Option::is_none));
        if items.is_empty() {
            break;
        }
    }
    output.say("airconn: nothing was written")?;
    Ok((None, left_out))
}
