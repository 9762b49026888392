//! The mailbox as the settings describe it, and what its problems are to a caller.

use crate::{
    adapters::{
        mailbox::{Problem, Protocol, Server},
        tls::Security,
    },
    config::Config,
    functions::{
        Failure, Refusal,
        settings::{
            registry::{
                EMAIL_PIPING_ENABLED, EMAIL_PIPING_HOST, EMAIL_PIPING_PASSWORD, EMAIL_PIPING_PORT,
                EMAIL_PIPING_PROTOCOL, EMAIL_PIPING_SECURITY, EMAIL_PIPING_USER,
            },
            state::Settings,
        },
    },
};

/// The mailbox.
///
/// # Errors
/// [`Refusal::Unavailable`] where it is switched off or the settings lack it.
pub fn configured(config: &Config, settings: &Settings) -> Result<Server, Refusal> {
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
    let protocol = match settings.text(&EMAIL_PIPING_PROTOCOL) {
        "pop3" => Protocol::Pop3,
        _ => Protocol::Imap,
    };
    let security = match settings.text(&EMAIL_PIPING_SECURITY) {
        "none" => Security::None,
        "starttls" => Security::StartTls,
        _ => Security::Tls,
    };
    let usual = match (protocol, security) {
        (Protocol::Imap, Security::Tls) => 993,
        (Protocol::Imap, Security::StartTls | Security::None) => 143,
        (Protocol::Pop3, Security::Tls) => 995,
        (Protocol::Pop3, Security::StartTls | Security::None) => 110,
    };
    let port = settings.number(&EMAIL_PIPING_PORT);
    Ok(Server {
        protocol,
        host: host.to_owned(),
        port: port
            .and_then(|port| u16::try_from(port).ok())
            .unwrap_or(usual),
        security,
        user: user.to_owned(),
        password: password.to_owned(),
        folder: "INBOX".to_owned(),
        timeout: config.mail_timeout(),
    })
}

/// What the mailbox's problem is to a caller.
pub fn said(problem: Problem) -> Failure {
    Refusal::Vendor("email-error", format!("Email: {problem}.")).into()
}

#[cfg(test)]
mod tests {
    use std::{iter, time::Duration};

    use eventlog::Memory;
    use events::settings::Saved;
    use serde_json::{Value, json};
    use toml::Table;

    use super::*;
    use crate::functions::settings::state::evolve;

    fn saved(more: Value) -> Settings {
        let mut set = json!({
            "email-piping-enabled": [true, "checkbox"], "email-piping-host": ["m.example", "text"],
            "email-piping-user": ["help", "text"], "email-piping-password": ["geheim", "password"],
        });
        let more = more.as_object().unwrap().clone();
        set.as_object_mut().unwrap().extend(more);
        let saved = Saved {
            set: serde_json::from_value(set).unwrap(),
            ..Saved::default()
        };
        let mut state = Memory::default();
        evolve(&mut state, &saved.into());
        Settings::read(&state).unwrap()
    }

    #[test]
    fn what_is_not_set_is_as_usual() {
        let config = Config::load(None, iter::empty(), Table::new()).unwrap();
        for (protocol, security, port) in [
            ("imap", "tls", 993),
            ("imap", "starttls", 143),
            ("pop3", "tls", 995),
            ("pop3", "none", 110),
        ] {
            let settings = saved(json!({
                "email-piping-protocol": [protocol, "select"],
                "email-piping-security": [security, "select"],
            }));
            let server = configured(&config, &settings).unwrap();
            assert_eq!(server.port, port, "{protocol} {security}");
        }
        let server = configured(&config, &saved(json!({}))).unwrap();
        assert_eq!((server.protocol, server.port), (Protocol::Imap, 993));
        let own = saved(json!({"email-piping-port": [9930, "number"]}));
        assert_eq!(configured(&config, &own).unwrap().port, 9930);
    }

    #[test]
    fn the_limit_of_time_is_the_configurations() {
        let mut own = Table::new();
        own.insert("mail_timeout_seconds".to_owned(), 3.into());
        let config = Config::load(None, iter::empty(), own).unwrap();
        let server = configured(&config, &saved(json!({}))).unwrap();
        assert_eq!(server.timeout, Duration::from_secs(3));
    }
}
