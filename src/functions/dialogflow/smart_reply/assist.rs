//! Agent Assist: a conversation of Dialogflow's own, in which it hears the user and whispers to the
//! agent.

use chrono::DateTime;
use serde_json::{Value, json};

use crate::{
    adapters::{
        dialogflow::{Agent, Call, Place, is_id},
        vendor::Problem,
    },
    clock,
    functions::{
        Failure,
        dialogflow::{place, said},
    },
};

/// What Agent Assist suggests to reply to this text.
///
/// The conversation's name follows from ours and from the day, because Dialogflow ends a conversation
/// a day after the last word: nothing need be remembered.
///
/// # Errors
/// `dialogflow-error`.
pub async fn suggestions(
    agent: &Agent<'_>,
    profile: &str,
    talk: &str,
    text: &str,
    language: &str,
) -> Result<Vec<String>, Failure> {
    let now = DateTime::from_timestamp_millis(clock::now_ms()).unwrap_or_default();
    let conversation = format!("havefunnels-{talk}-{}", now.format("%Y%m%d"));
    begin(agent, profile, &conversation).await?;
    let user = participant(agent, &conversation, "END_USER").await?;
    let human = participant(agent, &conversation, "HUMAN_AGENT").await?;
    let below = format!("/conversations/{conversation}/participants");
    let input = json!({"textInput": {"text": text, "languageCode": language}});
    let heard = Call::post(place(&format!("{below}/{user}:analyzeContent"))?, input);
    let heard = agent.call(&heard).await.map_err(said)?;
    let mut asked = json!({});
    if let Some(message) = heard.get("message").and_then(|it| it["name"].as_str()) {
        asked["latestMessage"] = json!(message);
    }
    let whispered = place(&format!("{below}/{human}/suggestions:suggestSmartReplies"))?;
    let answer = agent.call(&Call::post(whispered, asked)).await;
    let answer = answer.map_err(said)?;
    let replies = answer.get("smartReplyAnswers").and_then(Value::as_array);
    let text = |reply: &Value| reply["reply"].as_str().map(str::to_owned);
    Ok(replies.into_iter().flatten().filter_map(text).collect())
}

/// Begins the conversation, unless it has begun.
async fn begin(agent: &Agent<'_>, profile: &str, conversation: &str) -> Result<(), Failure> {
    let profile = format!("projects/{}/conversationProfiles/{profile}", agent.project);
    let place = place("/conversations")?.with("conversationId", conversation);
    let body = json!({ "conversationProfile": profile });
    match agent.call(&Call::post(place, body)).await {
        Ok(_) | Err(Problem::Said { status: 409, .. }) => Ok(()),
        Err(problem) => Err(said(problem).into()),
    }
}

/// The ID of who takes part in this role; whoever is not there yet joins.
async fn participant(agent: &Agent<'_>, conversation: &str, role: &str) -> Result<String, Failure> {
    let all: Place = place(&format!("/conversations/{conversation}/participants"))?;
    let there = agent.list(&all, "participants").await.map_err(said)?;
    if let Some(id) = there.iter().find(|one| one["role"] == role).and_then(id_of) {
        return Ok(id);
    }
    let joined = Call::post(all, json!({ "role": role }));
    let joined = Value::Object(agent.call(&joined).await.map_err(said)?);
    let nameless = || {
        said(Problem::Said {
            status: 200,
            code: None,
            text: "the participant has no name".to_owned(),
        })
    };
    Ok(id_of(&joined).ok_or_else(nameless)?)
}

/// `projects/example/conversations/c/participants/p` → `p`
fn id_of(participant: &Value) -> Option<String> {
    let name = participant["name"].as_str()?;
    let (_, id) = name.rsplit_once('/')?;
    is_id(id).then(|| id.to_owned())
}
