//! A mailbox over IMAP: what nobody has seen is new, and what was looked at is marked as seen.

use std::{fmt::Display, net::SocketAddr, time::Duration};

use async_imap::{Client, error::Error as ImapError};
use futures::TryStreamExt;

use super::{
    connection::{Wire, connected, secured},
    mailbox::{FETCH_STEPS, Fetched, MAIL_MAX, Problem, Server, within},
    tls::{Authorities, Security},
    vendor::short,
};
use crate::causes::with_causes;

impl From<ImapError> for Problem {
    fn from(error: ImapError) -> Self {
        match error {
            ImapError::No(text) | ImapError::Bad(text) => Self::Rejected(short(&text)),
            ImapError::Validate(_) => {
                Self::Rejected("a name or password has a line end".to_owned())
            }
            other => Self::Unreachable(short(&with_causes(&other))),
        }
    }
}

/// An open mailbox.
pub(super) struct Session {
    session: async_imap::Session<Box<dyn Wire>>,
    timeout: Duration,
}

impl Session {
    /// Connects, logs in and opens the folder.
    pub(super) async fn open(
        addresses: &[SocketAddr],
        authorities: &Authorities,
        server: &Server,
    ) -> Result<Self, Problem> {
        let timeout = server.timeout;
        let client = within(timeout, greeted(addresses, authorities, server)).await?;
        let mut session = within(timeout, async {
            let session = client.login(&server.user, &server.password).await;
            session.map_err(|(error, _)| match error.into() {
                Problem::Rejected(text) => Problem::Login(text),
                other => other,
            })
        })
        .await?;
        within(timeout, async { Ok(session.select(&server.folder).await?) }).await?;
        Ok(Self { session, timeout })
    }

    /// The numbers of the mails that nobody has seen, oldest first, no more than `max`.
    pub(super) async fn unseen(&mut self, max: usize) -> Result<Vec<String>, Problem> {
        let session = &mut self.session;
        let search = async { Ok(session.uid_search("UNSEEN UNDELETED").await?) };
        let mut uids: Vec<u32> = within(self.timeout, search).await?.into_iter().collect();
        uids.sort_unstable();
        Ok(uids.iter().take(max).map(ToString::to_string).collect())
    }

    /// The mail of this number, still unseen; `None` when it is gone.
    pub(super) async fn fetch(&mut self, uid: &str) -> Result<Option<Fetched>, Problem> {
        let session = &mut self.session;
        let what = format!("(RFC822.SIZE BODY.PEEK[]<0.{MAIL_MAX}>)");
        let fetch = async {
            // A server may tell of other mails in between.
            let fetches = session.uid_fetch(uid, what).await?;
            let all: Vec<_> = fetches.try_collect().await?;
            Ok(all.into_iter().find(|fetch| fetch.body().is_some()))
        };
        let found = within(self.timeout * FETCH_STEPS, fetch).await?;
        if found.is_none() && self.has(uid).await? {
            // The client does not tell what the server said instead.
            let why = "it does not give an email that lies in it";
            return Err(Problem::Rejected(why.to_owned()));
        }
        Ok(found.and_then(|fetch| {
            let raw = fetch.body()?.to_vec();
            let size = fetch.size.and_then(|size| usize::try_from(size).ok());
            Some(Fetched {
                uid: uid.to_owned(),
                is_cut: size.is_some_and(|size| size > MAIL_MAX),
                raw,
            })
        }))
    }

    async fn has(&mut self, uid: impl Display) -> Result<bool, Problem> {
        let session = &mut self.session;
        let search = async { Ok(session.uid_search(format!("UID {uid}")).await?) };
        Ok(!within(self.timeout, search).await?.is_empty())
    }

    /// Marks a mail as seen, so that it is not fetched again.
    pub(super) async fn mark_seen(&mut self, uid: &str) -> Result<(), Problem> {
        let session = &mut self.session;
        // Not by `uid_store`, which does not tell when the server says no.
        let store = format!("UID STORE {uid} +FLAGS.SILENT (\\Seen)");
        within(self.timeout, async {
            Ok(session.run_command_and_check_ok(store).await?)
        })
        .await
    }

    /// Says goodbye.
    pub(super) async fn close(&mut self) -> Result<(), Problem> {
        let session = &mut self.session;
        within(self.timeout, async { Ok(session.logout().await?) }).await
    }
}

/// Connected, by TLS where it is asked for, and greeted.
async fn greeted(
    addresses: &[SocketAddr],
    authorities: &Authorities,
    server: &Server,
) -> Result<Client<Box<dyn Wire>>, Problem> {
    let wire = connected(addresses, authorities, server.security, &server.host).await?;
    let mut client = Client::new(wire);
    let greeting = client.read_response().await?;
    greeting.ok_or_else(|| Problem::Unreachable("it hung up".to_owned()))?;
    if server.security != Security::StartTls {
        return Ok(client);
    }
    client.run_command_and_check_ok("STARTTLS", None).await?;
    // What came in clear after the server's word is dropped with the old client.
    let wire = secured(client.into_inner(), authorities, &server.host).await?;
    Ok(Client::new(wire))
}
