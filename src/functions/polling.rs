//! What the functions that clients poll with have in common: the cursor, and the sign of life.

use events::{UserId, token::Scope};
use projections::Since;

use crate::{
    clock,
    functions::{Context, Failure, user},
    wire,
};

/// The argument `datetime` as a cursor of the read models. A time names a whole second, and only
/// what came after that second is newer.
pub fn strictly_after<Id: From<u64>>(datetime: wire::Since) -> Since<Id> {
    match datetime {
        wire::Since::Id(id) => Since::Id(id.into()),
        wire::Since::Time(time_ms) => Since::Time(time_ms.saturating_add(999)),
    }
}

/// Takes the call for a sign of life of `id`. Nobody who does not exist becomes online, and nobody by a
/// call that may only read.
///
/// # Errors
/// When the decision state cannot be read.
pub fn touch(context: &Context, id: UserId) -> Result<(), Failure> {
    if context.caller.scope() == Scope::Read {
        return Ok(());
    }
    if user(context.service.journal.reader(), id)?.is_some() {
        context.service.presence.touch(id, clock::now_ms());
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use events::MessageId;
    use projections::Since;

    use super::strictly_after;
    use crate::wire;

    #[test]
    fn an_id_is_taken_as_it_is_and_a_time_to_the_end_of_its_second() {
        let since: Since<MessageId> = strictly_after(wire::Since::Id(7));
        assert!(matches!(since, Since::Id(MessageId(7))));
        let since: Since<MessageId> = strictly_after(wire::Since::Time(5_000));
        assert!(matches!(since, Since::Time(5_999)));
    }
}
