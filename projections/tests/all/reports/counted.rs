//! A story, and what it comes to.

use events::report::Name;
use events::user::UserType;

use super::{all, count, items, of, sum, talk};
use crate::world::on_both;

on_both!(a_story_is_counted, talk(), |world| {
    let models = &world.models;
    let counts = [
        (Name::Conversations, 2),
        (Name::MissedConversations, 1),
        (Name::Visitors, 1),
        (Name::Leads, 2),
        (Name::Users, 0),
        (Name::Registrations, 0),
    ];
    for (name, expected) in counts {
        assert_eq!(count(models, name).await, expected, "{name:?}");
    }
    // The first unanswered message came at the sixth second, the answer at the eighth.
    let waited = 1_802_000;
    assert_eq!(all(models, Name::ConversationsTime).await, sum(1, waited));
    let by_item = [
        (Name::AgentsResponseTime, of(&[("2", 1, waited)])),
        (Name::AgentsConversations, of(&[("2", 1, 0)])),
        (Name::AgentsConversationsTime, of(&[("2", 1, waited)])),
        (Name::AgentsRatings, of(&[("2", 1, 1)])),
        (Name::Countries, of(&[("GB", 1, 0)])),
        (Name::Languages, of(&[("es", 1, 0)])),
        (Name::Browsers, of(&[("Chrome", 1, 0)])),
        (Name::Os, of(&[])),
    ];
    for (name, expected) in by_item {
        assert_eq!(items(models, name).await, expected, "{name:?}");
    }
});

on_both!(what_changes_is_counted_anew, talk(), |world| {
    world
        .history
        .rated(1, false, Some(2))
        .user_type(3, UserType::Lead, UserType::User)
        .details(3, &[("browser_language", "fr")], &["language"])
        .details(1, &[("browser", "Firefox")], &[]);
    world.catch_up().await;
    let models = &world.models;
    assert_eq!(items(models, Name::AgentsRatings).await, of(&[("2", 1, 0)]));
    assert_eq!(items(models, Name::Languages).await, of(&[("fr", 1, 0)]));
    assert_eq!(
        items(models, Name::Browsers).await,
        of(&[("Firefox", 1, 0)])
    );
    for (name, expected) in [(Name::Leads, 1), (Name::Users, 1), (Name::Registrations, 1)] {
        assert_eq!(count(models, name).await, expected, "{name:?}");
    }
    // A rating credited to nobody takes the place of the one before as well.
    world.history.rated(1, true, None);
    // An agent does not count among the users.
    world.history.user_type(1, UserType::Lead, UserType::Agent);
    world.catch_up().await;
    assert_eq!(items(models, Name::AgentsRatings).await, []);
    assert_eq!(items(models, Name::Browsers).await, []);
    assert_eq!(count(models, Name::Leads).await, 0);
});

on_both!(an_answer_ends_the_waiting, talk(), |world| {
    let history = &world.history;
    history
        .pass(10)
        .sent(2, 5, 2, "Good day")
        .sent(2, 6, 2, "Still there?");
    world.catch_up().await;
    let models = &world.models;
    assert_eq!(count(models, Name::MissedConversations).await, 0);
    let answers = items(models, Name::AgentsResponseTime).await;
    assert_eq!(answers, of(&[("2", 2, 1_802_000 + 601_000)]));
    assert_eq!(
        items(models, Name::AgentsConversations).await,
        of(&[("2", 2, 0)])
    );
    // A second agent, and the bot, whom nobody waits for.
    history
        .user(4, UserType::Admin, "Ada", "Admin")
        .user(5, UserType::Bot, "Bot", "")
        .sent(2, 7, 3, "Yes")
        .sent(2, 8, 5, "An agent will be with you")
        .sent(2, 9, 4, "Ada here");
    world.catch_up().await;
    let answers = items(models, Name::AgentsResponseTime).await;
    assert_eq!(answers[1], ("4".to_owned(), sum(1, 2_000)));
    let times = items(models, Name::AgentsConversationsTime).await;
    let lasted = 600_000 + 7_000;
    assert_eq!(times, of(&[("2", 2, 1_802_000 + lasted), ("4", 1, lasted)]));
});
