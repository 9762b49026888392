//! The mailbox as the settings describe it, and what its problems are to a caller.

use std::time::Duration;

use crate::{
    adapters::{
        imap::{Problem, Server},
        tls::Security,
    },
    functions::{
        Failure, Refusal,
        settings::{
            registry::{
                EMAIL_PIPING_ENABLED, EMAIL_PIPING_HOST, EMAIL_PIPING_PASSWORD, EMAIL_PIPING_PORT,
                EMAIL_PIPING_SECURITY, EMAIL_PIPING_USER,
            },
            state::Settings,
        },
    },
};

/// How long the server may take for a step.
const TIMEOUT: Duration = Duration::from_secs(10);

/// The mailbox.
///
/// # Errors
/// [`Refusal::Unavailable`] where it is switched off or the settings lack it.
pub fn configured(settings: &Settings) -> Result<Server, Refusal> {
    if !settings.is_on(&EMAIL_PIPING_ENABLED) {
        let why = "Email piping is switched off: save the setting email-piping-enabled.";
        return Err(Refusal::Unavailable(why.to_owned()));
    }
    let host = settings.text(&EMAIL_PIPING_HOST).trim();
    let user = settings.text(&EMAIL_PIPING_USER).trim();
    let password = settings.text(&EMAIL_PIPING_PASSWORD);
    if host.is_empty() || user.is_empty() || password.is_empty() {
        let why = "Email piping is not configured: save the settings email-piping-host, \
                   email-piping-user and email-piping-password.";
        return Err(Refusal::Unavailable(why.to_owned()));
    }
    let (security, usual) = match settings.text(&EMAIL_PIPING_SECURITY) {
        "none" => (Security::None, 143),
        "starttls" => (Security::StartTls, 143),
        _ => (Security::Tls, 993),
    };
    let port = settings.number(&EMAIL_PIPING_PORT);
    Ok(Server {
        host: host.to_owned(),
        port: port
            .and_then(|port| u16::try_from(port).ok())
            .unwrap_or(usual),
        security,
        user: user.to_owned(),
        password: password.to_owned(),
        folder: "INBOX".to_owned(),
        timeout: TIMEOUT,
    })
}

/// What the mailbox's problem is to a caller.
pub fn said(problem: Problem) -> Failure {
    Refusal::Vendor("email-error", format!("Email: {problem}.")).into()
}
