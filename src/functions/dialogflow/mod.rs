//! Dialogflow ES: the agent that answers for the bot, what it is taught, and when people take over.
//!
//! The functions speak to Google in `prepare` or, where they read, in `answer`. Access tokens are
//! kept by the service: callers need none, and but for dialogflow-get-token none is ever answered.

mod create_intent;
mod curl;
mod entity;
mod get_agent;
mod get_entity;
mod get_intents;
mod get_token;
pub mod human_takeover;
mod message;
mod set_active_context;
mod smart_reply;
pub mod takeover;
mod talk;
mod update_intent;

use schemars::JsonSchema;
use serde::Serialize;
use serde_json::{Map, Value};

use super::{
    Context, Failure, Function, Refusal,
    notifications::channels::vendor_said,
    settings::{
        registry::{
            DIALOGFLOW_CLIENT_ID, DIALOGFLOW_CLIENT_SECRET, DIALOGFLOW_ENABLED,
            DIALOGFLOW_LANGUAGE, DIALOGFLOW_PROJECT, DIALOGFLOW_REFRESH_TOKEN,
            DIALOGFLOW_SERVICE_ACCOUNT,
        },
        state::Settings,
    },
};
use crate::{
    adapters::{
        dialogflow::{Agent, Place, SCOPE},
        google_oauth::{Access, Credentials, ServiceAccount},
        vendor::Problem,
    },
    wire::{Argument, OrFalse, Word},
};

/// The functions of this group.
pub const FUNCTIONS: &[Function] = &[
    Function::command::<message::DialogflowMessage>(),
    Function::query::<get_intents::DialogflowGetIntents>(),
    Function::command::<create_intent::DialogflowCreateIntent>(),
    Function::command::<update_intent::DialogflowUpdateIntent>(),
    Function::command::<entity::DialogflowEntity>(),
    Function::query::<get_entity::DialogflowGetEntity>(),
    Function::query::<get_token::DialogflowGetToken>(),
    Function::query::<get_agent::DialogflowGetAgent>(),
    Function::command::<set_active_context::DialogflowSetActiveContext>(),
    Function::command::<curl::DialogflowCurl>(),
    Function::command::<human_takeover::DialogflowHumanTakeover>(),
    Function::command::<smart_reply::DialogflowSmartReply>(),
];

/// The code while Dialogflow is not to be asked, as documented.
const NOT_ACTIVE: &str = "dialogflow-not-active";

/// The code of a language, or false for the main one.
type Language = OrFalse<Word<35>>;
/// Google's token that a caller has already, or false.
type GoogleToken = OrFalse<Word<4_096>>;

/// What the agent was taught, as Dialogflow writes it.
#[derive(Debug, Serialize, JsonSchema)]
#[serde(untagged)]
pub enum OneOrAll {
    /// What was asked for by name.
    One(Map<String, Value>),
    /// All there is.
    All(Vec<Value>),
}

/// The agent of the settings, spoken to with the caller's token or the service's own.
///
/// # Errors
/// `dialogflow-not-active` where it is switched off, or the settings lack what it needs.
fn agent<'a>(
    context: &'a Context,
    settings: &Settings,
    given: Option<String>,
) -> Result<Agent<'a>, Failure> {
    let service = &context.service;
    let not_active = |why: &str| Failure::from(Refusal::Vendor(NOT_ACTIVE, why.to_owned()));
    if !settings.is_on(&DIALOGFLOW_ENABLED) {
        let why = "Dialogflow is not active: save the setting dialogflow-enabled.";
        return Err(not_active(why));
    }
    let (credentials, own_project) = credentials(settings).ok_or_else(|| {
        not_active(
            "Dialogflow is not active: save the setting dialogflow-service-account, or \
             dialogflow-client-id, dialogflow-client-secret and dialogflow-refresh-token.",
        )
    })?;
    let project = match settings.text(&DIALOGFLOW_PROJECT) {
        "" => own_project.unwrap_or_default(),
        project => project.to_owned(),
    };
    if !crate::adapters::dialogflow::is_id(&project) {
        let why = "Dialogflow is not active: save the setting dialogflow-project.";
        return Err(not_active(why));
    }
    let timeout = service.config.vendor_timeout();
    Ok(Agent {
        outgoing: &service.outgoing,
        tokens: &service.google_tokens,
        access: Access {
            base_url: service.config.google_oauth_url.clone(),
            credentials,
            scope: SCOPE,
            timeout,
        },
        base_url: service.config.dialogflow_url.clone(),
        project,
        given,
        timeout,
    })
}

/// Who we are to Google, and the project that goes with it.
fn credentials(settings: &Settings) -> Option<(Credentials, Option<String>)> {
    let account = settings.text(&DIALOGFLOW_SERVICE_ACCOUNT);
    if let Ok(account) = ServiceAccount::parse(account) {
        let project = account.project().map(str::to_owned);
        return Some((Credentials::ServiceAccount(account), project));
    }
    let text = |setting| Some(settings.text(setting).trim()).filter(|text| !text.is_empty());
    let consent = Credentials::Consent {
        client_id: text(&DIALOGFLOW_CLIENT_ID)?.to_owned(),
        client_secret: text(&DIALOGFLOW_CLIENT_SECRET)?.to_owned(),
        refresh_token: text(&DIALOGFLOW_REFRESH_TOKEN)?.to_owned(),
    };
    Some((consent, None))
}

/// The language that is spoken: the one given, else the bot's main one.
fn language(given: Option<&str>, settings: &Settings) -> String {
    let main = settings.text(&DIALOGFLOW_LANGUAGE);
    given.unwrap_or(main).to_owned()
}

/// A place that we made up ourselves.
fn place(path: &str) -> Result<Place, Refusal> {
    Place::new(path).map_err(said)
}

/// What a problem with Google is to a caller.
fn said(problem: Problem) -> Refusal {
    vendor_said("dialogflow-error", "Dialogflow", problem)
}

/// A language or a token that is given as false is not given.
fn given<T: Argument>(argument: &OrFalse<T>) -> Option<T::Value>
where
    T::Value: Clone,
{
    argument.0.clone()
}
