//! What a function of the API is: a command or a query, one road each, the same for both doors.

use std::future::Future;

use events::token::Scope;
use futures::future::BoxFuture;
use schemars::{JsonSchema, Schema, SchemaGenerator};
use serde::{Serialize, de::DeserializeOwned};
use serde_json::{Map, Value};

use super::{Context, Decision, Failure, Refusal};
use crate::{clock, presence::Sign, wire};

/// Who may call a function.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Access {
    /// The token of an admin.
    Admin,
    /// The token of an admin, or the argument `token` of the very user it speaks of: `login`.
    AdminOrOwnToken,
}

/// The road a function takes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// Decides and records events.
    Command,
    /// Reads the read models.
    Query,
}

/// A function that changes something. Its fields are the arguments; its doc comment is the
/// API reference.
pub trait Command: DeserializeOwned + JsonSchema + Send + Sized + 'static {
    /// The function's name on the wire.
    const NAME: &'static str;
    /// Who may call it.
    const ACCESS: Access = Access::Admin;
    /// The least that an API token must be good for to call it.
    const SCOPE: Scope = Scope::Write;
    /// The answer.
    type Reply: Serialize + JsonSchema + Send + 'static;

    /// Everything slow or undetermined (hashing, chance, writing a file), before the append
    /// thread is asked. Not called again for a repeated Idempotency-Key, nor twice at once for one.
    fn prepare(&mut self, _context: &Context) -> impl Future<Output = Result<(), Failure>> + Send {
        async { Ok(()) }
    }

    /// Decides on the state as of now: events and a reply, or a refusal that leaves no trace.
    ///
    /// # Errors
    /// A refusal, or the state's own failure.
    fn decide(self, decision: &mut Decision<'_>) -> Result<Self::Reply, Failure>;

    /// What is kept of the answer, to be given again for a repeated Idempotency-Key: all of it, but for
    /// what is shown once.
    fn kept(reply: &Self::Reply) -> Vec<u8> {
        to_json(reply)
    }

    /// What the call itself says of presence once it has succeeded, whether it recorded an event
    /// or not. Asked after `prepare`.
    fn sign(&self, _context: &Context) -> Option<Sign> {
        None
    }
}

/// A function that reads. It sees every write that was answered before it came.
pub trait Query: DeserializeOwned + JsonSchema + Send + Sized + 'static {
    /// The function's name on the wire.
    const NAME: &'static str;
    /// The least that an API token must be good for to call it.
    const SCOPE: Scope = Scope::Read;
    /// The answer.
    type Reply: Serialize + JsonSchema + Send;

    /// Reads the answer.
    fn answer(self, context: &Context)
    -> impl Future<Output = Result<Self::Reply, Failure>> + Send;
}

/// A function's answer.
#[derive(Clone, Debug)]
pub struct Answer {
    /// JSON text.
    pub json: Vec<u8>,
    /// For a write: the log's position when its events were on disk.
    pub position: Option<u64>,
}

type Run = for<'a> fn(&'a Context, Map<String, Value>) -> BoxFuture<'a, Result<Answer, Failure>>;

/// A line of the catalogue.
#[derive(Clone, Copy)]
pub struct Function {
    /// The name on the wire.
    pub name: &'static str,
    /// The road it takes.
    pub kind: Kind,
    /// Who may call it.
    pub access: Access,
    /// The least that an API token must be good for to call it.
    pub scope: Scope,
    /// Runs it.
    pub run: Run,
    /// The schema of its arguments; its description is the reference.
    pub arguments: fn(&mut SchemaGenerator) -> Schema,
    /// The schema of its answer.
    pub reply: fn(&mut SchemaGenerator) -> Schema,
}

impl Function {
    /// The catalogue line of a command.
    #[must_use]
    pub const fn command<C: Command>() -> Self {
        Self {
            name: C::NAME,
            kind: Kind::Command,
            access: C::ACCESS,
            scope: C::SCOPE,
            run: run_command::<C>,
            arguments: C::json_schema,
            reply: SchemaGenerator::subschema_for::<C::Reply>,
        }
    }

    /// The catalogue line of a query.
    #[must_use]
    pub const fn query<Q: Query>() -> Self {
        Self {
            name: Q::NAME,
            kind: Kind::Query,
            access: Access::Admin,
            scope: Q::SCOPE,
            run: run_query::<Q>,
            arguments: Q::json_schema,
            reply: SchemaGenerator::subschema_for::<Q::Reply>,
        }
    }
}

fn run_command<C: Command>(
    context: &Context,
    arguments: Map<String, Value>,
) -> BoxFuture<'_, Result<Answer, Failure>> {
    Box::pin(async move {
        let fingerprint = context.fingerprint(C::NAME, &arguments);
        let mut command: C = decode(arguments)?;
        let work = async move |context: Context| {
            command.prepare(&context).await?;
            let sign = command.sign(&context);
            let decide = move |decision: &mut Decision<'_>| command.decide(decision);
            let answer = context
                .execute_keeping(C::kept, fingerprint, decide)
                .await?;
            if let Some(sign) = sign {
                context.service.presence.take(sign, clock::now_ms());
            }
            Ok(answer)
        };
        context.once(fingerprint, work).await
    })
}

fn run_query<Q: Query>(
    context: &Context,
    arguments: Map<String, Value>,
) -> BoxFuture<'_, Result<Answer, Failure>> {
    Box::pin(async move {
        let query: Q = decode(arguments)?;
        context.settled().await?;
        Ok(Answer {
            json: to_json(&query.answer(context).await?),
            position: None,
        })
    })
}

/// The arguments of a call.
pub(super) fn decode<T: DeserializeOwned>(arguments: Map<String, Value>) -> Result<T, Failure> {
    wire::decode(arguments).map_err(|problem| Refusal::from(problem).into())
}

/// A reply as JSON text.
pub(super) fn to_json<T: Serialize>(reply: &T) -> Vec<u8> {
    serde_json::to_vec(reply).expect("replies have string keys and no failing serializer")
}
