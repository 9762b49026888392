//! An agent of Dialogflow that was taught a little, and remembers what it is taught.

mod assistant;

use std::collections::HashMap;

use serde_json::{Value, json};

use super::described::Call;

/// Rows of a list that are given at once, however many were asked for.
const PAGE: usize = 2;

/// The project's agent.
pub struct Agent {
    intents: Vec<Value>,
    entity_types: Vec<Value>,
    /// Contexts by session.
    contexts: HashMap<String, Vec<Value>>,
    /// Participants by conversation.
    conversations: HashMap<String, Vec<Value>>,
    made: usize,
}

type Refused = (u16, &'static str, &'static str);

impl Agent {
    pub fn taught() -> Self {
        let phrase = |name: &str, text: &str| json!({"name": name, "type": "EXAMPLE", "parts": [{"text": text}]});
        let intent = |id: &str, name: &str, event: &str| {
            json!({
                "name": format!("projects/example/agent/intents/{id}"), "displayName": name,
                "priority": 500_000, "events": [event],
                "trainingPhrases": [
                    phrase("43ca0e72-6055-4b88", "just going to say hi"), phrase("5159aabc-8524", "Hello"),
                ],
                "action": "input.welcome",
                "messages": [{"text": {"text": ["Hi! How are you doing?", "Hello! How can I help you?"]}}],
            })
        };
        let entity_type = |id: &str, name: &str| {
            let blouse = "Abstract Print Cotton Blouse";
            json!({
                "name": format!("projects/example/agent/entityTypes/{id}"), "displayName": name,
                "kind": "KIND_MAP", "autoExpansionMode": "AUTO_EXPANSION_MODE_DEFAULT",
                "entities": [{"value": blouse, "synonyms": [blouse]}], "enableFuzzyExtraction": true,
            })
        };
        Self {
            intents: vec![
                intent(
                    "1655ee2c-8116-45f1-95f0-93700ff32e8d",
                    "Default Welcome Intent",
                    "WELCOME",
                ),
                intent("2", "Second", "SECOND"),
                intent("3", "Third", "THIRD"),
            ],
            entity_types: vec![
                entity_type("t5td1425-2k13-16cc-a7bb-f119b8d94112a", "opencart-products"),
                entity_type("e2", "second"),
                entity_type("e3", "third"),
            ],
            contexts: HashMap::new(),
            conversations: HashMap::new(),
            made: 0,
        }
    }

    /// Answers a call whose shape is right.
    pub fn answer(&mut self, call: &Call, body: &Value) -> Result<Value, Refused> {
        if !call.resource.starts_with("projects/example") {
            return Err((403, "PERMISSION_DENIED", "IAM permission denied."));
        }
        let id = call
            .id
            .strip_prefix("dialogflow.projects.")
            .expect("one of Dialogflow's");
        match id {
            "getAgent" => Ok(json!({
                "parent": "projects/example", "displayName": "ABCDE", "defaultLanguageCode": "en",
                "timeZone": "Europe/Madrid", "enableLogging": true, "matchMode": "MATCH_MODE_HYBRID",
                "classificationThreshold": 0.6, "apiVersion": "API_VERSION_V2", "tier": "TIER_STANDARD",
            })),
            "agent.sessions.detectIntent" => self.detect(call, body),
            "agent.sessions.contexts.list" => {
                let rows = self
                    .contexts
                    .get(&call.resource)
                    .cloned()
                    .unwrap_or_default();
                page(call, "contexts", &rows)
            }
            "agent.intents.list" => page(call, "intents", &self.intents),
            "agent.intents.get" => named(&self.intents, call).map(|at| self.intents[at].clone()),
            "agent.intents.create" => {
                self.made += 1;
                create(&mut self.intents, call, "intents", self.made, body)
            }
            "agent.intents.patch" => {
                let at = named(&self.intents, call)?;
                let mask = call.query.get("updateMask").map_or("", String::as_str);
                if body["displayName"].as_str().is_none() {
                    return Err((400, "INVALID_ARGUMENT", "The display name is empty."));
                }
                for field in mask.split(',') {
                    self.intents[at][field] = body[field].clone();
                }
                Ok(self.intents[at].clone())
            }
            "agent.entityTypes.list" => page(call, "entityTypes", &self.entity_types),
            "agent.entityTypes.get" => {
                named(&self.entity_types, call).map(|at| self.entity_types[at].clone())
            }
            "agent.entityTypes.create" => {
                self.made += 1;
                create(&mut self.entity_types, call, "entityTypes", self.made, body)
            }
            "conversations.create" => self.begin(call, body),
            _ => self.assist(id, call, body),
        }
    }

    fn detect(&mut self, call: &Call, body: &Value) -> Result<Value, Refused> {
        let input = &body["queryInput"];
        let said = [&input["text"], &input["event"]];
        let said = said.iter().find(|said| said.is_object());
        let language = said.and_then(|said| said["languageCode"].as_str());
        let Some(language) = language.filter(|code| !code.is_empty()) else {
            return Err((400, "INVALID_ARGUMENT", "The language code is missing."));
        };
        let text = input["text"]["text"].as_str().unwrap_or_default();
        if text.chars().count() > 256 {
            return Err((400, "INVALID_ARGUMENT", "The text is too long."));
        }
        let contexts = self.contexts.entry(call.resource.clone()).or_default();
        for context in body["queryParams"]["contexts"]
            .as_array()
            .into_iter()
            .flatten()
        {
            let name = context["name"].as_str().unwrap_or_default();
            if !name.starts_with(&format!("{}/contexts/", call.resource)) {
                return Err((
                    400,
                    "INVALID_ARGUMENT",
                    "The context is of another session.",
                ));
            }
            let mut context = context.clone();
            context["lifespanCount"] = json!(context["lifespanCount"].as_i64().unwrap_or(0) - 1);
            contexts.retain(|known| known["name"] != context["name"]);
            contexts.push(context);
        }
        let mut result = json!({
            "queryText": text, "parameters": {}, "languageCode": language,
        });
        if !contexts.is_empty() {
            result["outputContexts"] = json!(contexts);
        }
        let intent = |name: &str| {
            json!({
                "name": format!("projects/example/agent/intents/{}", name.len()), "displayName": name,
            })
        };
        let (intent, texts) = match (text, input["event"]["name"].as_str()) {
            ("sb-trigger-context", _) => (None, vec![]),
            ("boom", _) => return Err((500, "INTERNAL", "Internal error encountered.")),
            ("I want a human", _) => {
                let mut asked = intent("Human");
                asked["liveAgentHandoff"] = json!(true);
                (Some(asked), vec!["Of course."])
            }
            ("Hello" | "Hello, I need help", _) | (_, Some("WELCOME")) => (
                Some(intent("Default Welcome Intent")),
                vec!["Hi! How are you doing?"],
            ),
            ("Two", _) => (Some(intent("Two")), vec!["One.", "Two."]),
            _ => {
                let mut unknown = intent("Default Fallback Intent");
                unknown["isFallback"] = json!(true);
                result["action"] = json!("input.unknown");
                (Some(unknown), vec!["What was that?"])
            }
        };
        if let Some(intent) = intent {
            if intent["displayName"] == "Default Welcome Intent" {
                result["action"] = json!("input.welcome");
            }
            result["intent"] = intent;
            result["allRequiredParamsPresent"] = json!(true);
            result["intentDetectionConfidence"] = json!(1);
            result["fulfillmentText"] = json!(texts[0]);
            let google = json!({"platform": "ACTIONS_ON_GOOGLE", "simpleResponses": {
                "simpleResponses": [{"textToSpeech": "Example"}],
            }});
            let ours = texts.iter().map(|text| json!({"text": {"text": [text]}}));
            let messages: Vec<Value> = std::iter::once(google).chain(ours).collect();
            result["fulfillmentMessages"] = json!(messages);
        }
        self.made += 1;
        Ok(json!({
            "responseId": format!("1a5e30d0-d6d4-4f0c-{}", self.made), "queryResult": result,
            "outputAudio": "UklGRg==",
        }))
    }
}

/// A page of a list; a page's token is the place of its first row.
fn page(call: &Call, name: &str, rows: &[Value]) -> Result<Value, Refused> {
    let token = call.query.get("pageToken");
    let start = token.map_or(Some(0), |token| token.strip_prefix("after ")?.parse().ok());
    let Some(start) = start.filter(|start| *start <= rows.len()) else {
        return Err((400, "INVALID_ARGUMENT", "The page token is invalid."));
    };
    let full = call
        .query
        .get("intentView")
        .is_some_and(|view| view == "INTENT_VIEW_FULL");
    let end = rows.len().min(start + PAGE);
    let mut shown = rows[start..end].to_vec();
    if name == "intents" && !full {
        for row in &mut shown {
            row.as_object_mut()
                .expect("an object")
                .remove("trainingPhrases");
        }
    }
    let mut answer = json!({ name: shown });
    if end < rows.len() {
        answer["nextPageToken"] = json!(format!("after {end}"));
    }
    Ok(answer)
}

fn named(rows: &[Value], call: &Call) -> Result<usize, Refused> {
    let found = rows.iter().position(|row| row["name"] == *call.resource);
    found.ok_or((404, "NOT_FOUND", "There is nothing with this name."))
}

fn create(
    rows: &mut Vec<Value>,
    call: &Call,
    kind: &str,
    number: usize,
    body: &Value,
) -> Result<Value, Refused> {
    let name = &body["displayName"];
    if name.as_str().is_none_or(str::is_empty) {
        return Err((400, "INVALID_ARGUMENT", "The display name is empty."));
    }
    if rows.iter().any(|row| row["displayName"] == *name) {
        return Err(match kind {
            // As the real one says it, for all that the name stands in its place.
            "intents" => (
                400,
                "FAILED_PRECONDITION",
                "Intent with the display_name 'X' already exists.",
            ),
            _ => (409, "ALREADY_EXISTS", "The display name is taken."),
        });
    }
    let mut made = body.clone();
    made["name"] = json!(format!("{}/{kind}/made-{number}", call.resource));
    rows.push(made.clone());
    Ok(made)
}
