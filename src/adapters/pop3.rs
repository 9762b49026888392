//! A mailbox over POP3 (RFC 1939), by a client of our own: no library of today keeps limits of size and
//! the TLS of this service.
//!
//! POP3 knows no marks. A mail that is stored elsewhere is deleted, which the server does when we say
//! goodbye: a talk that ends otherwise has it come again. Any other mail stays where it is, and is
//! remembered by its name ([`left`]), so that it is not looked at again.

mod left;
mod talk;

use std::{net::SocketAddr, path::Path, time::Duration};

use base64::{Engine as _, engine::general_purpose::STANDARD};

use super::{
    connection::{connected, secured},
    mailbox::{FETCH_STEPS, Fate, Fetched, MAIL_MAX, Problem, Server, within},
    tls::{Authorities, Security},
};
use left::Left;
use talk::Talk;

/// The longest list of mails that is read, in bytes: some 200,000 of them.
const LIST_MAX: usize = 8 << 20;
/// The longest name of a mail (RFC 1939), with something to spare for those who do not keep to it.
const UID_MAX: usize = 255;
/// What a server says that refuses a login for reasons that pass (RFC 2449, RFC 3206).
const FOR_NOW: [&str; 3] = ["[IN-USE", "[LOGIN-DELAY", "[SYS/"];

/// An open mailbox.
pub(super) struct Session {
    talk: Talk,
    /// The mails to look at: the number in this session and the name, oldest first.
    listed: Vec<(u32, String)>,
    left: Left,
    timeout: Duration,
}

impl Session {
    /// Connects, logs in and lists what there is. `memory` is the file of those that stay.
    pub(super) async fn open(
        addresses: &[SocketAddr],
        authorities: &Authorities,
        server: &Server,
        memory: &Path,
    ) -> Result<Self, Problem> {
        let timeout = server.timeout;
        let mut talk = within(timeout, greeted(addresses, authorities, server)).await?;
        within(timeout, login(&mut talk, server)).await?;
        let mut listed = within(timeout, list(&mut talk)).await?;
        let mailbox = format!("{}\n{}", server.host, server.user);
        let left = Left::of(memory, &mailbox, &listed).await;
        listed.retain(|(_, uid)| !left.has(uid));
        Ok(Self {
            talk,
            listed,
            left,
            timeout,
        })
    }

    /// The names of the mails that were not looked at, oldest first, no more than `max`.
    pub(super) fn unseen(&self, max: usize) -> Vec<String> {
        let names = self.listed.iter().map(|(_, uid)| uid.clone());
        names.take(max).collect()
    }

    /// The mail of this name; `None` when it is gone.
    pub(super) async fn fetch(&mut self, uid: &str) -> Result<Option<Fetched>, Problem> {
        let Some(number) = self.number(uid) else {
            return Ok(None);
        };
        let talk = &mut self.talk;
        let fetch = async {
            talk.ask(&format!("RETR {number}")).await?;
            talk.text(MAIL_MAX).await
        };
        let (raw, is_cut) = within(self.timeout * FETCH_STEPS, fetch).await?;
        Ok(Some(Fetched {
            uid: uid.to_owned(),
            raw,
            is_cut,
        }))
    }

    /// Deletes a mail that is stored, and remembers one that stays.
    pub(super) async fn done(&mut self, uid: &str, fate: Fate) -> Result<(), Problem> {
        let Some(number) = self.number(uid) else {
            return Ok(());
        };
        match fate {
            Fate::Stored => {
                let delete = format!("DELE {number}");
                within(self.timeout, self.talk.ask(&delete)).await?;
            }
            Fate::Left => self.left.add(uid).await,
        }
        self.listed.retain(|(_, listed)| listed != uid);
        Ok(())
    }

    /// Says goodbye, at which the server deletes.
    pub(super) async fn close(&mut self) -> Result<(), Problem> {
        within(self.timeout, self.talk.ask("QUIT")).await?;
        Ok(())
    }

    fn number(&self, uid: &str) -> Option<u32> {
        let mut listed = self.listed.iter();
        listed
            .find(|(_, listed)| listed == uid)
            .map(|(number, _)| *number)
    }
}

/// Connected, by TLS where it is asked for, and greeted.
async fn greeted(
    addresses: &[SocketAddr],
    authorities: &Authorities,
    server: &Server,
) -> Result<Talk, Problem> {
    let wire = connected(addresses, authorities, server.security, &server.host).await?;
    let mut talk = Talk::new(wire);
    talk.answer().await?;
    if server.security != Security::StartTls {
        return Ok(talk);
    }
    talk.ask("STLS").await?;
    let wire = secured(talk.into_wire(), authorities, &server.host).await?;
    Ok(Talk::new(wire))
}

async fn login(talk: &mut Talk, server: &Server) -> Result<(), Problem> {
    let (user, password) = (&server.user, &server.password);
    let logged_in = match offers_plain(talk).await? {
        true => {
            let secret = STANDARD.encode(format!("\0{user}\0{password}"));
            talk.ask_with("AUTH PLAIN", &secret).await
        }
        false => match talk.ask(&format!("USER {user}")).await {
            Ok(_) => talk.ask(&format!("PASS {password}")).await,
            refused => refused,
        },
    };
    match logged_in {
        Ok(_) => Ok(()),
        Err(Problem::Rejected(why)) if !FOR_NOW.iter().any(|code| why.contains(code)) => {
            Err(Problem::Login(why))
        }
        Err(problem) => Err(problem),
    }
}

/// Whether the server takes the login that can carry any name and password. Old ones do not even know
/// the question.
async fn offers_plain(talk: &mut Talk) -> Result<bool, Problem> {
    match talk.ask("CAPA").await {
        Ok(_) => {}
        Err(Problem::Rejected(_)) => return Ok(false),
        Err(problem) => return Err(problem),
    }
    let (capabilities, _) = talk.text(LIST_MAX).await?;
    let capabilities = String::from_utf8_lossy(&capabilities).to_ascii_uppercase();
    Ok(capabilities.lines().any(|line| {
        let mut words = line.split_whitespace();
        words.next() == Some("SASL") && words.any(|mechanism| mechanism == "PLAIN")
    }))
}

/// All mails, oldest first. A line that is not understood is no mail.
async fn list(talk: &mut Talk) -> Result<Vec<(u32, String)>, Problem> {
    talk.ask("UIDL").await?;
    let (list, is_cut) = talk.text(LIST_MAX).await?;
    if is_cut {
        tracing::warn!("the mailbox holds more emails than are listed; the newest are not seen");
    }
    let list = String::from_utf8_lossy(&list);
    // The last line may be half of one.
    let (list, _) = list.rsplit_once('\n').unwrap_or_default();
    let mail = |line: &str| {
        let (number, uid) = line.trim().split_once(' ')?;
        let uid = uid.trim();
        let is_name =
            !uid.is_empty() && uid.len() <= UID_MAX && uid.bytes().all(|b| b.is_ascii_graphic());
        Some((number.parse().ok()?, uid.to_owned())).filter(|_| is_name)
    };
    Ok(list.lines().filter_map(mail).collect())
}

#[cfg(test)]
mod tests;
