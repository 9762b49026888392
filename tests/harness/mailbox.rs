//! A mailbox on a real mail server, spoken to over TLS.

use serde_json::{Value, json};

use super::{Certificates, Engine, Server, Setup};

#[path = "../../src/adapters/mailbox/dovecot.rs"]
#[expect(clippy::unwrap_used, reason = "shared with unit tests")]
mod dovecot;

/// The mailbox; its server ends when it is dropped.
pub struct Mailbox {
    dovecot: dovecot::Dovecot,
    certificates: Certificates,
}

impl Mailbox {
    /// Starts Dovecot with an empty mailbox.
    pub fn start() -> Self {
        let certificates = Certificates::make();
        let dovecot = dovecot::Dovecot::start(&certificates.chain(), &certificates.key());
        Self {
            dovecot,
            certificates,
        }
    }

    /// Starts a service that may call it and trusts it, with this configuration of its own, and saves its
    /// settings and these.
    pub async fn service(&self, engine: Engine, config: &str, settings: Value) -> Server {
        let config = format!("allow_private_targets = [\"127.0.0.0/8\", \"::1\"]\n{config}");
        let authority = self.certificates.authority();
        let server = Setup::on(engine)
            .config(&config)
            .env("SSL_CERT_FILE", authority.to_str().expect("a plain path"))
            .start()
            .await;
        let mut all = self.settings();
        let more = settings.as_object().expect("an object").clone();
        all.as_object_mut().expect("an object").extend(more);
        let saved = server.ok("save-settings", json!({ "settings": all }));
        assert_eq!(saved.await, json!(true));
        server
    }

    /// The settings of this mailbox, by IMAP over TLS.
    pub fn settings(&self) -> Value {
        json!({
            "email-sender": "help@shop.example", "email-piping-enabled": true,
            "email-piping-host": "localhost", "email-piping-port": self.dovecot.imaps,
            "email-piping-user": "help@shop.example", "email-piping-password": "geheim",
        })
    }

    /// What differs by POP3.
    pub fn by_pop3(&self) -> Value {
        json!({"email-piping-protocol": "pop3", "email-piping-port": self.dovecot.pop3s})
    }

    /// The port where TLS begins after a greeting in clear.
    pub fn starttls_port(&self) -> u16 {
        self.dovecot.imap
    }

    /// The same by POP3.
    pub fn stls_port(&self) -> u16 {
        self.dovecot.pop3
    }

    /// Puts a mail into the mailbox under a name of its own.
    pub fn deliver(&self, name: &str, mail: &str) {
        self.dovecot.deliver(name, mail);
    }

    /// Takes the right to read a mail that was just delivered away from the server.
    pub fn lock(&self, name: &str) {
        self.dovecot.lock(name);
    }

    /// The names of all mails.
    pub fn names(&self) -> Vec<String> {
        self.dovecot.names()
    }

    /// The names of the mails that are marked as seen.
    pub fn seen(&self) -> Vec<String> {
        self.dovecot.seen()
    }

    /// Marks all mails as unseen, as they were before the service marked them.
    pub fn forget(&self) {
        for path in self.dovecot.marked() {
            let path = path.to_str().expect("a plain path");
            let (plain, flags) = path.rsplit_once(":2,").expect("flags");
            let unmarked = format!("{plain}:2,{}", flags.replace('S', ""));
            std::fs::rename(path, unmarked).expect("the mail can be renamed");
        }
    }
}
