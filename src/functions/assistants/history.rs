//! What the model is told of a conversation before it is asked.

use events::{ConversationId, user::UserType};

use crate::{
    adapters::openai::Turn,
    functions::{
        Context, Failure,
        settings::{registry::OPEN_AI_HISTORY, state::Settings},
    },
};

/// Messages that are told, unless the settings say how many.
const MESSAGES: u32 = 10;
/// Characters that they have together at most: some 3,000 tokens, which every model has room for.
const CHARS_MAX: usize = 12_000;

/// The last messages of a conversation, oldest first, without the one that is the question itself.
///
/// # Errors
/// When the read models cannot be read, or are too late.
pub async fn history(
    context: &Context,
    settings: &Settings,
    conversation: ConversationId,
    question: &str,
) -> Result<Vec<Turn>, Failure> {
    let count = settings.number(&OPEN_AI_HISTORY);
    let count = count.and_then(|count| count.try_into().ok());
    let count = count.unwrap_or(MESSAGES);
    if count == 0 {
        return Ok(Vec::new());
    }
    context.settled().await?;
    // One more than is told: the question may be among them.
    let rows = context.service.reads.last_messages(conversation, count + 1);
    let rows = rows.await?.into_iter();
    let said = rows.map(|row| (row.user_type, row.message)).collect();
    Ok(told(said, question, count as usize))
}

/// Of what was said, newest first, what is told, oldest first. Nothing is left out in between but what
/// has no text.
fn told(mut said: Vec<(UserType, String)>, question: &str, count: usize) -> Vec<Turn> {
    let unanswered = said.iter().take_while(|(who, _)| who.is_customer());
    let mut unanswered = unanswered.map(|(_, text)| text.trim());
    if let Some(number) = unanswered.position(|text| text == question.trim()) {
        said.remove(number);
    }
    let mut left = CHARS_MAX;
    let texts = said
        .into_iter()
        .filter(|(_, text)| !text.trim().is_empty())
        .take(count);
    let turns = texts.map_while(|(who, text)| {
        left = left.checked_sub(text.chars().count())?;
        Some(match who.is_customer() {
            true => Turn::Asked(text),
            false => Turn::Answered(text),
        })
    });
    let mut turns: Vec<Turn> = turns.collect();
    turns.reverse();
    turns
}

#[cfg(test)]
mod tests {
    use super::*;

    fn said(all: &[(UserType, &str)]) -> Vec<(UserType, String)> {
        let newest_first = all.iter().rev();
        newest_first
            .map(|(who, text)| (*who, (*text).to_owned()))
            .collect()
    }

    fn asked(text: &str) -> Turn {
        Turn::Asked(text.to_owned())
    }

    fn answered(text: &str) -> Turn {
        Turn::Answered(text.to_owned())
    }

    #[test]
    fn customers_ask_and_all_others_answer() {
        let talk = said(&[
            (UserType::Lead, "Hello"),
            (UserType::Bot, "Hi!"),
            (UserType::Agent, " "),
            (UserType::Agent, "I take it"),
            (UserType::User, "Hello"),
            (UserType::User, "How long?"),
        ]);
        let whole = [
            asked("Hello"),
            answered("Hi!"),
            answered("I take it"),
            asked("Hello"),
            asked("How long?"),
        ];
        assert_eq!(told(talk.clone(), "Never said", 10), whole);
        // The question is not told twice, and what was asked and answered before is another one.
        assert_eq!(told(talk.clone(), "How long? ", 10), whole[..4]);
        let mut other = whole.to_vec();
        other.remove(3);
        assert_eq!(told(talk.clone(), "Hello", 10), other);
        assert_eq!(told(talk.clone(), "Hi!", 10), whole);
        assert_eq!(told(talk, "How long?", 2), whole[2..4]);
    }

    #[test]
    fn there_is_a_limit_to_all_of_it() {
        let long = "é".repeat(CHARS_MAX - 2);
        let talk = [
            (UserType::User, "a"),
            (UserType::User, &*long),
            (UserType::Bot, "bc"),
        ];
        assert_eq!(told(said(&talk), "", 10), [asked(&long), answered("bc")]);
        let longer = [(UserType::User, &*long), (UserType::Bot, "bcd")];
        assert_eq!(told(said(&longer), "", 10), [answered("bcd")]);
    }
}
