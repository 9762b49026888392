//! The channels as the settings describe them, and what their problems are to a caller.

use std::time::Duration;

use crate::{
    adapters::{
        pusher_beams::{self, Instance},
        pusher_channels::{self, App},
        smtp::{self, Server},
        tls::Security,
        twilio::Account,
        vendor,
    },
    config::Config,
    functions::{
        Refusal,
        settings::{
            registry::{
                EMAIL_HOST, EMAIL_PASSWORD, EMAIL_PORT, EMAIL_SECURITY, EMAIL_SENDER,
                EMAIL_SENDER_NAME, EMAIL_USER, PUSH_ENABLED, PUSH_INSTANCE, PUSH_SECRET,
                PUSHER_CLUSTER, PUSHER_ID, PUSHER_KEY, PUSHER_SECRET, SMS_ACCOUNT, SMS_SENDER,
                SMS_TOKEN,
            },
            state::Settings,
        },
    },
};

/// How long a mail server may take.
const TIMEOUT: Duration = Duration::from_secs(10);

/// Why a vendor is not asked: these settings are missing.
pub fn missing(what: &str, settings: &str) -> Refusal {
    Refusal::Unavailable(format!(
        "{what} is not configured: save the settings {settings}."
    ))
}

/// The mail server, and who sends: address and name.
///
/// # Errors
/// [`Refusal::Unavailable`] where the settings lack it.
pub fn mail(settings: &Settings) -> Result<(Server, crate::adapters::mail::Person), Refusal> {
    let host = settings.text(&EMAIL_HOST).trim();
    let sender = settings.text(&EMAIL_SENDER).trim();
    if host.is_empty() || sender.is_empty() {
        return Err(missing("Email", "email-host and email-sender"));
    }
    let security = match settings.text(&EMAIL_SECURITY) {
        "none" => Security::None,
        "tls" => Security::Tls,
        _ => Security::StartTls,
    };
    let usual = match security {
        Security::None => 25,
        Security::StartTls => 587,
        Security::Tls => 465,
    };
    let user = settings.text(&EMAIL_USER);
    let login =
        (!user.is_empty()).then(|| (user.to_owned(), settings.text(&EMAIL_PASSWORD).to_owned()));
    let port = settings.number(&EMAIL_PORT).unwrap_or(usual);
    let server = Server {
        host: host.to_owned(),
        port: u16::try_from(port).unwrap_or(587),
        security,
        login,
        timeout: TIMEOUT,
    };
    let sender = crate::adapters::mail::Person {
        name: settings.text(&EMAIL_SENDER_NAME).trim().to_owned(),
        address: sender.to_owned(),
    };
    Ok((server, sender))
}

/// The SMS gateway, and the sender's number.
///
/// # Errors
/// [`Refusal::Unavailable`] where the settings lack it.
pub fn sms(config: &Config, settings: &Settings) -> Result<(Account, String), Refusal> {
    let (sid, token, sender) = (
        settings.text(&SMS_ACCOUNT),
        settings.text(&SMS_TOKEN),
        settings.text(&SMS_SENDER),
    );
    if sid.is_empty() || token.is_empty() || sender.is_empty() {
        return Err(missing("SMS", "sms-account, sms-token and sms-sender"));
    }
    let account = Account {
        base_url: config.twilio_url.clone(),
        sid: sid.to_owned(),
        auth_token: token.to_owned(),
        timeout: config.vendor_timeout(),
    };
    Ok((account, sender.to_owned()))
}

/// The push service; `None` where push notifications are switched off.
///
/// # Errors
/// [`Refusal::Unavailable`] where they are on and the settings lack what they need.
pub fn push(config: &Config, settings: &Settings) -> Result<Option<Instance>, Refusal> {
    if !settings.is_on(&PUSH_ENABLED) {
        return Ok(None);
    }
    let (id, secret) = (settings.text(&PUSH_INSTANCE), settings.text(&PUSH_SECRET));
    if id.is_empty() || secret.is_empty() {
        return Err(missing("Push", "push-instance and push-secret"));
    }
    let base_url = match config.pusher_beams_url.as_str() {
        "" => pusher_beams::instance_url(id),
        url => url.to_owned(),
    };
    Ok(Some(Instance {
        base_url,
        id: id.to_owned(),
        secret_key: secret.to_owned(),
        timeout: config.vendor_timeout(),
    }))
}

/// The Pusher app.
///
/// # Errors
/// [`Refusal::Unavailable`] where the settings lack it.
pub fn pusher(config: &Config, settings: &Settings) -> Result<App, Refusal> {
    let text = |setting| settings.text(setting).to_owned();
    let (id, key, secret, cluster) = (
        text(&PUSHER_ID),
        text(&PUSHER_KEY),
        text(&PUSHER_SECRET),
        text(&PUSHER_CLUSTER),
    );
    if id.is_empty() || key.is_empty() || secret.is_empty() || cluster.is_empty() {
        let settings = "pusher-id, pusher-key, pusher-secret and pusher-cluster";
        return Err(missing("Pusher", settings));
    }
    let base_url = match config.pusher_channels_url.as_str() {
        "" => pusher_channels::cluster_url(&cluster),
        url => url.to_owned(),
    };
    Ok(App {
        base_url,
        id,
        key,
        secret,
        timeout: config.vendor_timeout(),
    })
}

/// What a problem of the SMS gateway is to a caller.
pub fn sms_said(problem: vendor::Problem) -> Refusal {
    vendor_said("sms-error", "The SMS gateway", problem)
}

/// What a problem of the push service is to a caller.
pub fn push_said(problem: vendor::Problem) -> Refusal {
    vendor_said("push-error", "The push service", problem)
}

/// What a problem of Pusher is to a caller.
pub fn pusher_said(problem: vendor::Problem) -> Refusal {
    vendor_said("pusher-error", "Pusher", problem)
}

/// What a problem of a vendor is to a caller: the documented code, and the vendor's own words.
pub fn vendor_said(code: &'static str, who: &str, problem: vendor::Problem) -> Refusal {
    match problem {
        vendor::Problem::Invalid(why) => Refusal::InvalidArgument(why),
        vendor::Problem::Unanswered(why) => Refusal::Vendor(code, format!("{who}: {why}.")),
        vendor::Problem::Said { text, .. } => {
            let said = text.trim_end_matches('.');
            Refusal::Vendor(code, format!("{who} refused: {said}."))
        }
    }
}

/// What a mail server's problem is to a caller.
pub fn mail_said(problem: smtp::Problem) -> Refusal {
    match problem {
        smtp::Problem::Mail(mistake) => Refusal::InvalidArgument(mistake.to_string()),
        problem => Refusal::Vendor("email-error", format!("Email: {problem}.")),
    }
}
