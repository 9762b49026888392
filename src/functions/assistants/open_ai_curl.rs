//! `open-ai-curl`

use std::borrow::Cow;

use events::token::Scope;
use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use super::{
    upload::parts,
    vendors::{open_ai, open_ai_said},
};
use crate::{
    adapters::openai::{Call, Said, call},
    functions::{Command, Context, Decision, Failure, Refusal},
    wire::{Choice, JsonText, Maybe, Text},
};

/// Calls the API of OpenAI and returns what it answers.
///
/// `url_part` is what follows `/v1/`: segments of letters, digits and `-._~:`, and a query if need be;
/// whatever would lead elsewhere is `invalid-argument`. POST, the default, sends `post_fields` as JSON, GET
/// as a query, UPLOAD as a multipart form. In the fields `file`, `image`, `mask` and `data` of an UPLOAD a
/// file is the URL of one (http or https; private addresses are refused), or an object of its `name` and
/// either its `content` or its `base64`; a list of these are several. Files take 25 MiB together.
///
/// The answer is OpenAI's own JSON, its errors (`{"error": {...}}`) included, and a text where it is no
/// JSON; one that is streamed is put together first. Nothing of it is stored, and an error is not
/// remembered: the same call with its Idempotency-Key asks OpenAI again. Without the setting
/// `open-ai-key` it is `unavailable`, and `open-ai-error` when OpenAI does not answer.
/// # Example
/// `{"url_part": "completions", "post_fields": {"model": "gpt-3.5-turbo-instruct", "prompt": "Say hello", "max_tokens": 5}, "type": "POST"}`
#[derive(Debug, Deserialize, JsonSchema)]
pub struct OpenAiCurl {
    /// What follows `/v1/` in the address.
    url_part: Text<500, 1>,
    /// The parameters.
    #[serde(default)]
    post_fields: Maybe<JsonText<Map<String, Value>>>,
    /// GET, POST or UPLOAD.
    #[serde(default, rename = "type")]
    kind: Maybe<Choice<Kind>>,
    #[serde(skip)]
    answer: Option<Said>,
}

/// How a call goes out.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "UPPERCASE")]
pub enum Kind {
    /// Reads.
    Get,
    /// Sends JSON.
    #[default]
    Post,
    /// Sends files.
    Upload,
}

/// What the API answered.
#[derive(Debug, Serialize)]
#[serde(transparent)]
pub struct Answered(Value);

impl JsonSchema for Answered {
    fn inline_schema() -> bool {
        true
    }

    fn schema_name() -> Cow<'static, str> {
        "OpenAiAnswer".into()
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        json_schema!({
            "description": "What the API of OpenAI answered: JSON of its own shape, or a text.",
        })
    }
}

impl Command for OpenAiCurl {
    const NAME: &'static str = "open-ai-curl";
    const SCOPE: Scope = Scope::Admin;
    type Reply = Answered;

    async fn prepare(&mut self, context: &Context) -> Result<(), Failure> {
        let service = &context.service;
        let settings = service.settings()?;
        let account = open_ai(&service.config, &settings)?;
        let fields = self.post_fields.0.take().unwrap_or_default();
        let outgoing = match self.kind.0.unwrap_or_default() {
            Kind::Get => Call::Get(fields),
            Kind::Post => Call::Post(fields),
            Kind::Upload => Call::Upload(parts(service, fields).await?),
        };
        let answer = call(&service.outgoing, &account, &self.url_part.0, outgoing).await;
        self.answer = Some(answer.map_err(open_ai_said)?);
        Ok(())
    }

    fn decide(self, decision: &mut Decision<'_>) -> Result<Answered, Failure> {
        match self.answer {
            None => Err(Refusal::MissingArgument("url_part is missing".to_owned()).into()),
            Some(Said::Done(answer)) => Ok(Answered(answer)),
            Some(Said::Refused(error)) => {
                decision.answers_for_now();
                Ok(Answered(error))
            }
        }
    }
}
