//! Ratio 4: events a second through the live projector ÷ `SQLite` running the same statements with the
//! same rows at the same batch size.

use std::{
    path::Path,
    sync::{Arc, Mutex},
    time::Instant,
};

use events::{
    ConversationId, Event, EventId, MessageId, Recorded, Stream, UserId, conversation, message,
    user,
};
use projections::{Location, ReadModels};
use serde_json::Value;
use sqlx::{AssertSqlSafe, Connection, SqliteConnection};
use tracing::{
    Dispatch, Subscriber,
    field::{Field, Visit},
    instrument::WithSubscriber,
};
use tracing_subscriber::{Layer, Registry, layer, layer::SubscriberExt};

use super::{
    Outcome, median,
    table::{Better, Table},
};

const USERS: u64 = 1_000;
const MESSAGES: u64 = 40_000;
/// Events in a batch, as the projector gets them under load.
const BATCH: usize = 500;
const ROUNDS: usize = 3;
const LOG_ID: [u8; 16] = [1; 16];

/// Interleaves both arms.
pub async fn measure(table: &mut Table) -> Outcome {
    let history = history();
    let (mut ours, mut raws, mut ratios) = (vec![], vec![], vec![]);
    for _ in 0..ROUNDS {
        let folder = tempfile::tempdir()?;
        let rate = project(folder.path(), &history).await?;
        let folder = tempfile::tempdir()?;
        let raw = statements(folder.path(), &history).await?;
        ratios.push(rate / raw);
        ours.push(rate);
        raws.push(raw);
    }
    table.add(
        ("4", "live projection ÷ SQLite running the same statements"),
        median(ratios),
        (0.7, 0.95, Better::Higher),
        format!(
            "{:.0} events/s ÷ {:.0}, batches of {BATCH}",
            median(ours),
            median(raws)
        ),
    );
    Ok(())
}

fn history() -> Vec<Recorded> {
    let mut history = Vec::new();
    let mut push = |stream: Stream, event: Event| {
        let position = history.len() as u64 + 1;
        history.push(Recorded {
            position,
            stream,
            version: 1,
            event_type: event.event_type(),
            time_ms: 1_700_000_000_000 + position.cast_signed(),
            id: EventId([7; 16]),
            correlation: EventId([8; 16]),
            causation: 0,
            actor: UserId(2),
            event: Some(event),
        });
    };
    for number in 1..=USERS {
        push(UserId(number).into(), customer(number).into());
        push(ConversationId(number).into(), opened(number).into());
    }
    for number in 1..=MESSAGES {
        let conversation = number % USERS + 1;
        push(
            ConversationId(conversation).into(),
            sent(number, conversation).into(),
        );
    }
    history
}

fn customer(number: u64) -> user::Created {
    user::Created {
        user_type: user::UserType::User,
        first_name: "User".to_owned(),
        last_name: number.to_string(),
        email: Some(format!("u{number}@example.com")),
        profile_image: String::new(),
        password_hash: None,
        token: format!("{number:040x}"),
        department: None,
        details: Vec::new(),
    }
}

fn opened(number: u64) -> conversation::Created {
    conversation::Created {
        user: UserId(number),
        title: String::new(),
        status: conversation::Status::Live,
        department: None,
        agent: None,
        source: None,
        extra: String::new(),
    }
}

fn sent(number: u64, conversation: u64) -> message::Sent {
    message::Sent {
        message: MessageId(number),
        author: UserId(conversation),
        author_type: user::UserType::User,
        text:
            "I have a question about my order, could you please have a look at it today? Thank you!"
                .to_owned(),
        attachments: Vec::new(),
        payload: String::new(),
        asked_status: None,
        first_of_customer: false,
        recipient: None,
    }
}

/// Events a second through the read models, batch by batch.
async fn project(folder: &Path, history: &[Recorded]) -> Outcome<f64> {
    let models = ReadModels::open(&Location::Sqlite(folder.to_owned()), LOG_ID, u64::MAX).await?;
    let start = Instant::now();
    for batch in history.chunks(BATCH) {
        models.apply(batch).await?;
    }
    let rate = rate(history.len(), start);
    models.close().await;
    Ok(rate)
}

/// Events a second for the statements that the read models ran for the same batches.
async fn statements(folder: &Path, history: &[Recorded]) -> Outcome<f64> {
    let scripts = scripts(history).await?;
    let location = Location::Sqlite(folder.to_owned());
    ReadModels::open(&location, LOG_ID, u64::MAX)
        .await?
        .close()
        .await;
    let url = format!("sqlite://{}", folder.join("1.db").display());
    let mut connection = SqliteConnection::connect(&url).await?;
    sqlx::raw_sql("PRAGMA journal_mode = WAL; PRAGMA synchronous = NORMAL")
        .execute(&mut connection)
        .await?;
    let start = Instant::now();
    for script in &scripts {
        let mut transaction = connection.begin_with("BEGIN IMMEDIATE").await?;
        for (sql, args) in script {
            let query = sqlx::query(AssertSqlSafe(sql.as_str()));
            let query = args.iter().fold(query, |query, arg| match arg {
                Value::Number(number) => query.bind(number.as_i64()),
                other => query.bind(other.as_str()),
            });
            query.execute(&mut *transaction).await?;
        }
        transaction.commit().await?;
    }
    let rate = rate(history.len(), start);
    connection.close().await?;
    Ok(rate)
}

/// Listens to the trace lines.
#[derive(Clone, Default)]
struct Told(Arc<Mutex<Vec<Statement>>>);

impl<S: Subscriber> Layer<S> for Told {
    fn on_event(&self, event: &tracing::Event<'_>, _: layer::Context<'_, S>) {
        if event.metadata().target() != projections::STATEMENTS {
            return;
        }
        let mut fields = Fields::default();
        event.record(&mut fields);
        let args = serde_json::from_str(&fields.args).unwrap_or_default();
        if let Ok(mut told) = self.0.lock() {
            told.push((fields.sql, args));
        }
    }
}

#[derive(Default)]
struct Fields {
    sql: String,
    args: String,
}

impl Visit for Fields {
    fn record_str(&mut self, field: &Field, value: &str) {
        match field.name() {
            "sql" => value.clone_into(&mut self.sql),
            "args" => value.clone_into(&mut self.args),
            _ => {}
        }
    }

    fn record_debug(&mut self, _: &Field, _: &dyn std::fmt::Debug) {}
}

/// A statement that writes, and its parameters.
type Statement = (String, Vec<Value>);

/// What the read models run for each batch, as their own trace lines tell it.
async fn scripts(history: &[Recorded]) -> Outcome<Vec<Vec<Statement>>> {
    let folder = tempfile::tempdir()?;
    let models = ReadModels::open(
        &Location::Sqlite(folder.path().to_owned()),
        LOG_ID,
        u64::MAX,
    )
    .await?;
    let told = Told::default();
    let dispatch = Dispatch::new(Registry::default().with(told.clone()));
    let mut scripts = Vec::new();
    for batch in history.chunks(BATCH) {
        models
            .apply(batch)
            .with_subscriber(dispatch.clone())
            .await?;
        scripts.push(std::mem::take(
            &mut *told.0.lock().map_err(|_| "a listener panicked")?,
        ));
    }
    models.close().await;
    Ok(scripts)
}

#[expect(clippy::cast_precision_loss, reason = "a rate")]
fn rate(events: usize, start: Instant) -> f64 {
    events as f64 / start.elapsed().as_secs_f64()
}
