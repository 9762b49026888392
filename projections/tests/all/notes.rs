//! Notes: listed as they were written, and gone with their conversation or their author.

use events::user::UserType;
use events::{ConversationId, NoteId, UserId};

use crate::history::History;
use crate::world::on_both;

/// User 1 with conversations 1 and 2, agents 3 and 4 who left notes in both.
fn desk() -> History {
    let history = History::new();
    history
        .user(1, UserType::User, "Una", "One")
        .user(3, UserType::Agent, "Ann", "Agent")
        .user(4, UserType::Agent, "Abe", "Agent")
        .conversation(1, 1, "")
        .conversation(2, 1, "")
        .noted(1, 1, 3, "from Ann")
        .noted(2, 2, 3, "elsewhere")
        .noted(1, 3, 4, "from Abe")
        .noted(1, 4, 3, "a mistake")
        .note_deleted(1, 4);
    history
}

on_both!(notes_are_listed_as_they_were_written, desk(), |world| {
    let notes = world.models.notes(ConversationId(1)).await.unwrap();
    let told: Vec<_> = notes
        .iter()
        .map(|note| (note.id, note.user_id, &note.name[..], &note.message[..]))
        .collect();
    assert_eq!(
        told,
        [
            (NoteId(1), UserId(3), "note 1", "from Ann"),
            (NoteId(3), UserId(4), "note 3", "from Abe"),
        ]
    );
    assert_eq!(world.models.notes(ConversationId(9)).await.unwrap(), []);
    world.history.note_deleted(1, 1);
    world.catch_up().await;
    let notes = world.models.notes(ConversationId(1)).await.unwrap();
    assert_eq!(notes.len(), 1);
});

on_both!(notes_go_with_their_author, desk(), |world| {
    world.history.user_deleted(3, UserType::Agent, &[]);
    world.catch_up().await;
    let notes = world.models.notes(ConversationId(1)).await.unwrap();
    assert_eq!(notes.iter().map(|note| note.id.0).collect::<Vec<_>>(), [3]);
    assert_eq!(world.models.notes(ConversationId(2)).await.unwrap(), []);
});

on_both!(notes_go_with_their_conversation, desk(), |world| {
    world.history.user_deleted(1, UserType::User, &[1, 2]);
    world.catch_up().await;
    for conversation in [1, 2] {
        let notes = world.models.notes(ConversationId(conversation)).await;
        assert_eq!(notes.unwrap(), []);
    }
});
