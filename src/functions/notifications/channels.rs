//! The channels as the settings describe them, and what their problems are to a caller.

use events::notification::Channel;

use crate::{
    adapters::{
        mail::Person,
        pusher_beams::{self, Instance},
        pusher_channels::{self, App},
        smtp::Server,
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
                SMS_TOKEN, Setting,
            },
            state::Settings,
        },
    },
};

/// Whether the settings say how a channel is reached.
#[must_use]
pub fn is_configured(settings: &Settings, channel: Channel) -> bool {
    let has = |needed: &[&Setting]| {
        needed
            .iter()
            .all(|one| !settings.text(one).trim().is_empty())
    };
    match channel {
        Channel::Email => has(&[&EMAIL_HOST, &EMAIL_SENDER]),
        Channel::Sms => has(&[&SMS_ACCOUNT, &SMS_TOKEN, &SMS_SENDER]),
        Channel::Push => settings.is_on(&PUSH_ENABLED) && has(&[&PUSH_INSTANCE, &PUSH_SECRET]),
    }
}

/// Why a vendor is not asked: these settings are missing.
pub fn missing(what: &str, settings: &str) -> Refusal {
    Refusal::Unavailable(format!(
        "{what} is not configured: save the settings {settings}."
    ))
}

/// Makes sure that the settings say how a channel is reached.
///
/// # Errors
/// [`Refusal::Unavailable`] where they do not.
pub fn require(settings: &Settings, channel: Channel) -> Result<(), Refusal> {
    if is_configured(settings, channel) {
        return Ok(());
    }
    Err(match channel {
        Channel::Email => missing("Email", "email-host and email-sender"),
        Channel::Sms => missing("SMS", "sms-account, sms-token and sms-sender"),
        Channel::Push => missing("Push", "push-enabled, push-instance and push-secret"),
    })
}

/// Who sends emails.
///
/// # Errors
/// [`Refusal::Unavailable`] where the settings lack it, or the mail server.
pub fn sender(settings: &Settings) -> Result<Person, Refusal> {
    require(settings, Channel::Email)?;
    let text = |setting| settings.text(setting).trim().to_owned();
    Ok(Person {
        name: text(&EMAIL_SENDER_NAME),
        address: text(&EMAIL_SENDER),
    })
}

/// The mail server.
///
/// # Errors
/// As [`sender`].
pub fn mail(config: &Config, settings: &Settings) -> Result<Server, Refusal> {
    require(settings, Channel::Email)?;
    let host = settings.text(&EMAIL_HOST).trim();
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
    Ok(Server {
        host: host.to_owned(),
        port: u16::try_from(port).unwrap_or(587),
        security,
        login,
        timeout: config.mail_timeout(),
    })
}

/// The SMS gateway, and the sender's number.
///
/// # Errors
/// [`Refusal::Unavailable`] where the settings lack it.
pub fn sms(config: &Config, settings: &Settings) -> Result<(Account, String), Refusal> {
    require(settings, Channel::Sms)?;
    let (sid, token, sender) = (
        settings.text(&SMS_ACCOUNT),
        settings.text(&SMS_TOKEN),
        settings.text(&SMS_SENDER),
    );
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
    require(settings, Channel::Push)?;
    let (id, secret) = (settings.text(&PUSH_INSTANCE), settings.text(&PUSH_SECRET));
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
