//! What a function may use: the roads to the log and to the read models, presence, and who calls.

use std::{sync::Arc, time::Duration};

use events::{Event, EventId, Stream, UserId, token::Scope};
use projections::ReadModels;
use serde::Serialize;
use serde_json::{Map, Value};

use super::{
    Answer, Decision, Facts, Failure, Grant, Piping, Refusal, articles::tally::Tally,
    settings::state::Settings, slack::Members, to_json, under_way::UnderWay,
};
use crate::{
    adapters::{google_oauth::Tokens, mailbox::Mailboxes, outgoing::Outgoing, smtp::Mailer},
    answers::Answers,
    bus::Bus,
    clock,
    config::Config,
    cookie::Cookies,
    journal::Journal,
    presence::Presence,
    uploads::Uploads,
};

/// The running service, shared by all requests.
pub struct Service {
    /// The settings.
    pub config: Config,
    /// Base of every URL handed out, without a slash at its end.
    pub public_url: String,
    /// The way to the log.
    pub journal: Journal,
    /// Where what follows from events gets them from.
    pub bus: Bus,
    /// The way to the read models.
    pub reads: ReadModels,
    /// Conversations as they were answered before.
    pub answers: Arc<Answers>,
    /// Who is online and who types.
    pub presence: Arc<Presence>,
    /// The sb-login cookie.
    pub cookies: Cookies,
    /// The files under `/uploads/`.
    pub uploads: Uploads,
    /// The way out to other servers.
    pub outgoing: Outgoing,
    /// The way out for mail.
    pub mailer: Mailer,
    /// The way to mailboxes.
    pub mailboxes: Mailboxes,
    /// The runs that make messages of what lies in the mailbox.
    pub piping: Piping,
    /// Google's access tokens.
    pub google_tokens: Tokens,
    /// What Slack has told of the workspace's members.
    pub slack_members: Members,
    /// The calls with an Idempotency-Key that are under way.
    pub under_way: UnderWay,
    /// How often articles were read and looked for since that was recorded.
    pub readings: Tally,
    /// The service's own voice.
    pub bot: UserId,
}

impl Service {
    /// The identity of the email of a delivery: the same for every try, so that receivers drop what
    /// comes twice.
    #[must_use]
    pub fn message_id(&self, delivery: u64) -> String {
        let host = url::Url::parse(&self.public_url).ok();
        let host = host.as_ref().and_then(url::Url::host_str);
        let key = blake3::derive_key("message id", &self.journal.reader().log_id());
        let hash = blake3::keyed_hash(&key, &delivery.to_be_bytes());
        let left = &hash.to_hex()[..32];
        format!("{left}@{}", host.unwrap_or("localhost"))
    }

    /// The settings, never older than the last save that was answered.
    ///
    /// # Errors
    /// When the decision state cannot be read.
    pub fn settings(&self) -> Result<Arc<Settings>, Failure> {
        self.journal.settings()
    }
}

/// Who calls, as the door found out.
#[derive(Clone, Debug, Default)]
pub struct Caller {
    /// The admin of the token; `None` only where the function lets others in.
    pub admin: Option<UserId>,
    /// The API token that the admin gave; `None` where it is the admin's own.
    pub api_token: Option<Grant>,
    /// The user of a valid sb-login cookie.
    pub cookie: Option<UserId>,
}

impl Caller {
    /// The active user: of the cookie, else of the token; 0 for nobody.
    #[must_use]
    pub fn active_user(&self) -> UserId {
        self.cookie.or(self.admin).unwrap_or(UserId(0))
    }

    /// What the caller may do at most: everything, unless it comes with an API token.
    #[must_use]
    pub fn scope(&self) -> Scope {
        self.api_token.map_or(Scope::Admin, |token| token.scope)
    }
}

/// One call of one function.
#[derive(Clone)]
pub struct Context {
    /// The running service.
    pub service: Arc<Service>,
    /// Who calls.
    pub caller: Caller,
    /// The request's own id; events carry it as their correlation.
    pub request: EventId,
    /// The position that a query must have seen, where the caller said so.
    pub min_position: u64,
    /// The caller's Idempotency-Key.
    pub idempotency_key: Option<String>,
}

/// The hash of a call's function and arguments: the same key must come with the same one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Fingerprint([u8; 32]);

#[cfg(test)]
impl Fingerprint {
    /// One of a call that nobody made.
    pub const fn of_test(number: u8) -> Self {
        Self([number; 32])
    }
}

impl Context {
    /// The fingerprint of a call.
    #[must_use]
    pub fn fingerprint(&self, function: &str, arguments: &Map<String, Value>) -> Fingerprint {
        if self.idempotency_key.is_none() {
            return Fingerprint([0; 32]);
        }
        let mut hasher = blake3::Hasher::new();
        hasher
            .update(function.as_bytes())
            .update(b"\n")
            .update(&to_json(arguments));
        Fingerprint(*hasher.finalize().as_bytes())
    }

    /// The answer given earlier for this call's Idempotency-Key.
    ///
    /// # Errors
    /// When the key came with other arguments, or the log cannot be read.
    pub fn remembered(&self, fingerprint: &Fingerprint) -> Result<Option<Answer>, Failure> {
        let Some(key) = &self.idempotency_key else {
            return Ok(None);
        };
        answer_of(
            self.service.journal.reader().recall(key.as_bytes())?,
            fingerprint,
        )
    }

    /// Does the work of this call: at most once for its Idempotency-Key, and then to its end, even where
    /// the caller does not wait for it. Without a key the caller can never ask what became of the call:
    /// there it ends with the caller's patience.
    ///
    /// # Errors
    /// As `work`, or when the key came with other arguments.
    pub async fn once<F>(
        &self,
        fingerprint: Fingerprint,
        work: impl FnOnce(Self) -> F,
    ) -> Result<Answer, Failure>
    where
        F: Future<Output = Result<Answer, Failure>> + Send + 'static,
    {
        let work = work(self.clone());
        let Some(key) = self.idempotency_key.clone() else {
            return work.await;
        };
        let context = self.clone();
        let work = async move {
            match context.remembered(&fingerprint)? {
                Some(answer) => Ok(answer),
                None => work.await,
            }
        };
        self.service.under_way.once(key, fingerprint, work).await
    }

    /// Has the append thread decide, and waits until the events are on disk, and with them the answer
    /// for the call's Idempotency-Key, unless the decision calls it passing.
    ///
    /// # Errors
    /// What the decision refused, a reused Idempotency-Key, or the log's failure.
    pub async fn execute<T: Serialize + Send + 'static>(
        &self,
        fingerprint: Fingerprint,
        decide: impl FnOnce(&mut Decision<'_>) -> Result<T, Failure> + Send + 'static,
    ) -> Result<Answer, Failure> {
        self.execute_keeping(to_json, fingerprint, decide).await
    }

    /// The same, and for the Idempotency-Key keeps what `kept` makes of the answer.
    ///
    /// # Errors
    /// As [`Context::execute`].
    pub async fn execute_keeping<T: Serialize + Send + 'static>(
        &self,
        kept: fn(&T) -> Vec<u8>,
        fingerprint: Fingerprint,
        decide: impl FnOnce(&mut Decision<'_>) -> Result<T, Failure> + Send + 'static,
    ) -> Result<Answer, Failure> {
        let key = self.idempotency_key.clone();
        let (actor, scope) = (self.caller.active_user(), self.caller.scope());
        let public_url = self.service.public_url.clone();
        let journal = self.service.journal.clone();
        let request = self.request;
        let committed = self
            .service
            .journal
            .append(move |transaction| {
                if let Some(key) = &key
                    && let Some(answer) =
                        answer_of(transaction.recall(key.as_bytes())?, &fingerprint)?
                {
                    return Ok((answer.json, Vec::new()));
                }
                let facts = Facts {
                    scope,
                    ..journal.facts(actor, public_url)?
                };
                let mut decision = Decision::new(transaction, &facts);
                let reply = decide(&mut decision)?;
                let passing = decision.is_passing();
                let recorded = decision.into_recorded();
                Journal::record(transaction, &recorded, &facts, request)?;
                if let Some(key) = key.as_ref().filter(|_| !passing) {
                    transaction.remember(key.as_bytes(), fingerprint.0, kept(&reply), facts.now_ms);
                }
                Ok((to_json(&reply), recorded))
            })
            .await?;
        let (json, recorded) = committed.value;
        self.observe(&recorded);
        Ok(Answer {
            json,
            position: Some(committed.position),
        })
    }

    /// Waits until the read models hold all that was answered before this call came.
    ///
    /// # Errors
    /// `unavailable` when that takes longer than `query_wait_ms_max`.
    pub async fn settled(&self) -> Result<(), Failure> {
        let target = self.service.journal.reader().head().max(self.min_position);
        let patience = Duration::from_millis(self.service.config.query_wait_ms_max.into());
        match self.service.reads.wait_for(target, patience).await {
            Ok(_) => Ok(()),
            Err(_) => Err(Refusal::Unavailable(format!(
                "The read models do not hold position {target} yet; try again in a moment."
            ))
            .into()),
        }
    }

    /// What is kept in memory follows from what happened; presence among it, which is not history
    /// and not on the append road.
    fn observe(&self, recorded: &[(Stream, Event)]) {
        self.service.journal.committed(recorded);
        let now_ms = clock::now_ms();
        for (stream, event) in recorded {
            self.service.presence.observe(*stream, event, now_ms);
        }
    }
}

fn answer_of(
    remembered: Option<eventlog::Remembered>,
    fingerprint: &Fingerprint,
) -> Result<Option<Answer>, Failure> {
    match remembered {
        Some(earlier) if earlier.fingerprint != fingerprint.0 => {
            Err(Refusal::IdempotencyKeyReused.into())
        }
        Some(earlier) => Ok(Some(Answer {
            json: earlier.reply,
            position: Some(earlier.position),
        })),
        None => Ok(None),
    }
}
