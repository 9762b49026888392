//! The running service: log, projector, doors and upkeep, started and stopped in order.

mod announce;

use std::{fs, io, os::unix::fs::DirBuilderExt, path::PathBuf, sync::Arc, time::Duration};

use eventlog::{Acknowledge, Log, Options};
use events::UserId;
use futures::future::join_all;
use projections::ReadModels;
use tokio::{net::TcpListener, signal::unix, sync::watch, task::JoinHandle, time::timeout};

use crate::{
    adapters::{
        google_oauth::Tokens,
        mailbox::Mailboxes,
        outgoing::{self, Outgoing},
        smtp::Mailer,
    },
    answers::Answers,
    bus::{self, Bus, Relay},
    causes::with_causes,
    clock,
    config::{self, Config},
    cookie::Cookies,
    functions::{
        Founders, Piping, Service, articles::tally::Tally, found, slack::Members,
        under_way::UnderWay,
    },
    http,
    journal::Journal,
    models::{self, LogSource},
    presence::Presence,
    reactions, secret,
    tasks::spawn,
    upkeep,
    uploads::Uploads,
};

/// Why the service could not start, or had to stop.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// A file or folder of the data folder.
    #[error("cannot use {0}")]
    Folder(PathBuf, #[source] io::Error),
    /// The event log.
    #[error("cannot open the event log")]
    Log(#[from] eventlog::Error),
    /// The read models.
    #[error("cannot use the read models")]
    Reads(#[from] projections::Fault),
    /// The address.
    #[error("cannot serve on {0}")]
    Listen(String, #[source] io::Error),
    /// `HAVEFUNNELS_ADMIN_TOKEN` is no token.
    #[error("HAVEFUNNELS_ADMIN_TOKEN must be 40 lower-case hex digits")]
    AdminToken,
    /// The founders could not be made.
    #[error("cannot make the first admin: {0}")]
    Founders(String),
    /// The way out to other servers.
    #[error("cannot call other servers")]
    Outgoing(#[from] outgoing::Error),
    /// What follows from events cannot be taken up.
    #[error("cannot take up what follows from events: {0}")]
    Reactions(String),
    /// NATS is configured wrongly.
    #[error("cannot use NATS as it is configured")]
    Nats(#[from] bus::Fault),
    /// The projector ended by itself.
    #[error("the projector stopped")]
    Projector,
}

/// Serves until SIGINT or SIGTERM.
///
/// # Errors
/// When something cannot be opened, or the projector fails.
pub async fn serve(config: Config) -> Result<(), Error> {
    // Nobody else's: tokens, password hashes and vendors' secrets are in the log and the read models.
    let mut folder = fs::DirBuilder::new();
    folder.recursive(true).mode(0o700);
    folder
        .create(&config.data_dir)
        .map_err(|error| Error::Folder(config.data_dir.clone(), error))?;
    let log = Log::open(&config.folder("log"), options(&config))?;
    let presence = Presence::new(config.online_window_seconds, config.typing_window_seconds);
    let journal = Journal::new(log.clone(), Arc::new(presence));
    let founders = founders(&journal, &config).await?;
    let reads = ReadModels::open(
        &models::location(&config),
        journal.reader().log_id(),
        journal.reader().head(),
    )
    .await?;
    let (bus, relay) = Bus::open(config.nats(), journal.reader().clone()).await?;
    let listener = listen(&config.listen).await?;
    let service = Arc::new(service(config, &listener, journal, bus, reads, founders.bot).await?);
    let (stop, stopped) = watch::channel(false);
    let mut projector = projector(&service, stopped.clone());
    let upkeep = spawn(upkeep::run(Arc::clone(&service), stopped.clone()));
    let reactions = reactions::all(Arc::clone(&service), stopped.clone())
        .await
        .map_err(|failure| Error::Reactions(format!("{failure:?}")))?;
    let reactions: Vec<_> = reactions.into_iter().map(spawn).collect();
    let relay = relay.map(|relay| spawn(relayed(relay, stopped.clone())));
    announce::announce(&service, &listener, founders);

    let router = http::router(&service);
    let until = asked_to_stop(stopped);
    let doors = spawn(async move {
        axum::serve(listener, router)
            .with_graceful_shutdown(until)
            .await
    });
    let failed = tokio::select! {
        () = signalled() => false,
        _ = &mut projector => true,
    };
    tracing::info!("stopping: no new requests, waiting for those under way");
    stop.send_replace(true);
    // Calls that clients have given up are brought to their end as well.
    let ended = async {
        let _ = doors.await;
        service.under_way.none().await;
    };
    let patience = Duration::from_secs(10);
    if timeout(patience, ended).await.is_err() {
        tracing::warn!("some requests were still under way after {patience:?} and were cut off");
    }
    let _ = upkeep.await;
    upkeep::finish(&service).await;
    join_all(reactions).await;
    if let Some(relay) = relay {
        let _ = relay.await;
    }
    if failed {
        return Err(Error::Projector);
    }
    let _ = projector.await;
    drop(service);
    log.close()?;
    tracing::info!("stopped");
    Ok(())
}

fn options(config: &Config) -> Options {
    let unsafe_early =
        config::variable("HAVEFUNNELS_UNSAFE_ACKNOWLEDGE_EARLY").is_some_and(|value| value == "1");
    if unsafe_early {
        tracing::warn!(
            "HAVEFUNNELS_UNSAFE_ACKNOWLEDGE_EARLY is set: acknowledged writes can be lost"
        );
    }
    Options {
        reserve_bytes: u64::from(config.disk_reserve_mib) << 20,
        acknowledge: if unsafe_early {
            Acknowledge::BeforeWrite
        } else {
            Acknowledge::AfterSync
        },
        ..Options::default()
    }
}

/// Makes the bot and the first admin on an empty log, and keeps the admin's token in a file.
async fn founders(journal: &Journal, config: &Config) -> Result<Founders, Error> {
    let preset = config::variable("HAVEFUNNELS_ADMIN_TOKEN");
    if preset
        .as_deref()
        .is_some_and(|token| !secret::is_token(token))
    {
        return Err(Error::AdminToken);
    }
    let token = preset.unwrap_or_else(secret::new_token);
    let path = config.folder("admin-token");
    if journal.reader().head() == 0 {
        secret::write_private(&path, format!("{token}\n").as_bytes())
            .map_err(|error| Error::Folder(path, error))?;
    }
    let bot_token = secret::new_token();
    journal
        .decide_alone(move |decision| found(decision, token, bot_token))
        .await
        .map_err(|failure| Error::Founders(format!("{failure:?}")))
}

async fn listen(address: &str) -> Result<TcpListener, Error> {
    TcpListener::bind(address)
        .await
        .map_err(|error| Error::Listen(address.to_owned(), error))
}

async fn service(
    config: Config,
    listener: &TcpListener,
    journal: Journal,
    bus: Bus,
    reads: ReadModels,
    bot: UserId,
) -> Result<Service, Error> {
    let public_url = match config.public_url.trim_end_matches('/') {
        "" => format!(
            "http://{}",
            listener
                .local_addr()
                .map_err(|error| Error::Listen(config.listen.clone(), error))?
        ),
        url => url.to_owned(),
    };
    let presence = Arc::clone(journal.presence());
    presence.restore(
        reads
            .active_since(presence.online_since_ms(clock::now_ms()))
            .await?,
    );
    let cookies = Cookies::open(&config.data_dir)
        .map_err(|error| Error::Folder(config.folder("cookie-key"), error))?;
    let uploads = Uploads::open(config.folder("uploads"))
        .map_err(|error| Error::Folder(config.folder("uploads"), error))?;
    let answers = Arc::new(Answers::default());
    let keeper = Arc::clone(&answers);
    reads.on_touched(move |position, touched| keeper.touched(position, touched));
    let outgoing = Outgoing::new(config.allow_private_targets.clone(), config.patience())?;
    Ok(Service {
        mailer: Mailer::new(&outgoing),
        mailboxes: Mailboxes::new(&outgoing, config.folder("mailbox-left")),
        under_way: UnderWay::new(config.requests_max),
        config,
        public_url,
        journal,
        bus,
        reads,
        answers,
        presence,
        cookies,
        uploads,
        outgoing,
        piping: Piping::default(),
        google_tokens: Tokens::default(),
        slack_members: Members::default(),
        readings: Tally::default(),
        bot,
    })
}

fn projector(service: &Service, stopped: watch::Receiver<bool>) -> JoinHandle<()> {
    let reads = service.reads.clone();
    let source = LogSource::new(service.journal.reader().clone());
    spawn(async move {
        if let Err(fault) =
            Box::pin(projections::project(reads, source, asked_to_stop(stopped))).await
        {
            tracing::error!("the projector stopped: {}", with_causes(&fault));
        }
    })
}

/// Relays until the service stops. What is under way then is not waited for: the stream knows
/// where to go on.
async fn relayed(relay: Relay, stopped: watch::Receiver<bool>) {
    tokio::select! {
        () = relay.run() => {}
        () = asked_to_stop(stopped) => {}
    }
}

async fn asked_to_stop(mut stopped: watch::Receiver<bool>) {
    let _ = stopped.wait_for(|stopped| *stopped).await;
}

async fn signalled() {
    let mut terminate =
        unix::signal(unix::SignalKind::terminate()).expect("SIGTERM can be listened to");
    let mut interrupt =
        unix::signal(unix::SignalKind::interrupt()).expect("SIGINT can be listened to");
    tokio::select! {
        _ = terminate.recv() => {}
        _ = interrupt.recv() => {}
    }
}
