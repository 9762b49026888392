//! Twilio's Programmable Messaging: sending an SMS or MMS.
//!
//! `POST /2010-04-01/Accounts/{sid}/Messages.json` with HTTP Basic authentication and a form.

use std::time::Duration;

use serde_json::Value;

use super::{
    outgoing::Outgoing,
    request::{Method, Request},
    vendor::{Problem, base, is_plain},
};

/// Where Twilio's API is.
pub const BASE_URL: &str = "https://api.twilio.com";
/// The most media of one message.
pub const MEDIA_MAX: usize = 10;

/// An account with Twilio, or with a gateway that speaks like it.
#[derive(Clone)]
pub struct Account {
    /// [`BASE_URL`], or another's.
    pub base_url: String,
    /// The account's SID (`AC…`).
    pub sid: String,
    /// Its auth token.
    pub auth_token: String,
    /// The limit of time for a call.
    pub timeout: Duration,
}

/// One message.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Sms {
    /// The sender: a number, or an alphanumeric sender name.
    pub from: String,
    /// The receiver's number.
    pub to: String,
    /// The text.
    pub body: String,
    /// URLs of pictures and the like, which make it an MMS.
    pub media_urls: Vec<String>,
}

/// Sends, and gives the gateway's JSON object as it is.
///
/// # Errors
/// When it breaks Twilio's rules, nobody answers, or the gateway refuses: then with its own code
/// and text.
pub async fn send(outgoing: &Outgoing, account: &Account, sms: &Sms) -> Result<Value, Problem> {
    if !is_plain(&account.sid) {
        return Err(Problem::invalid("the SMS account SID is not right"));
    }
    if sms.to.is_empty() || sms.from.is_empty() {
        return Err(Problem::invalid("an SMS needs a sender and a receiver"));
    }
    if sms.body.is_empty() && sms.media_urls.is_empty() {
        return Err(Problem::invalid("an SMS needs a text"));
    }
    if sms.media_urls.len() > MEDIA_MAX {
        return Err(Problem::invalid("an SMS takes no more than 10 attachments"));
    }
    let url = format!(
        "{}/2010-04-01/Accounts/{}/Messages.json",
        base(&account.base_url),
        account.sid
    );
    let mut fields = vec![("To", &*sms.to), ("From", &*sms.from), ("Body", &*sms.body)];
    fields.extend(sms.media_urls.iter().map(|url| ("MediaUrl", &**url)));
    let request = Request::new(Method::Post, url)
        .basic(&account.sid, &account.auth_token)
        .form(&fields)
        .timeout(account.timeout);
    let answer = outgoing.ask(request).await?;
    if !answer.is_success() {
        return Err(Problem::said(&answer, "code", &["message"]));
    }
    answer
        .json()
        .filter(Value::is_object)
        .ok_or_else(|| Problem::odd(&answer, "JSON object"))
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use serde_json::json;

    use super::{Account, Sms, send};
    use crate::adapters::{
        loopback::{Peer, Reply, client},
        outgoing,
        vendor::Problem,
    };

    fn account(peer: &Peer) -> Account {
        Account {
            base_url: peer.url("/"),
            sid: "AC0123456789abcdef0123456789abcdef".to_owned(),
            auth_token: "t0ken".to_owned(),
            timeout: Duration::from_secs(5),
        }
    }

    fn sms() -> Sms {
        Sms {
            from: "+15005550006".to_owned(),
            to: "+15558675310".to_owned(),
            body: "Héllo & good+bye".to_owned(),
            media_urls: vec![
                "https://chat.example/a.png".to_owned(),
                "https://chat.example/b.png".to_owned(),
            ],
        }
    }

    #[tokio::test]
    async fn the_request_is_as_published_and_the_answer_as_it_came() {
        let created = json!({
            "sid": "SM0123456789abcdef0123456789abcdef", "status": "queued",
            "to": "+15558675310", "price": null, "num_segments": "1",
        });
        let answer = created.clone();
        let peer = Peer::start(move |_| Reply::json(201, &answer));
        let got = send(&client(), &account(&peer), &sms()).await.unwrap();
        assert_eq!(got, created);
        // As the vendor's own client sends it (twilio 9.8.5 of PyPI, told to send the same).
        let request = &peer.received()[0];
        assert_eq!(request.method, "POST");
        assert_eq!(
            request.target,
            "/2010-04-01/Accounts/AC0123456789abcdef0123456789abcdef/Messages.json"
        );
        // base64("AC0123456789abcdef0123456789abcdef:t0ken")
        assert_eq!(
            request.header("authorization"),
            Some("Basic QUMwMTIzNDU2Nzg5YWJjZGVmMDEyMzQ1Njc4OWFiY2RlZjp0MGtlbg==")
        );
        assert_eq!(
            request.header("content-type"),
            Some("application/x-www-form-urlencoded")
        );
        assert_eq!(
            request.text(),
            "To=%2B15558675310&From=%2B15005550006&Body=H%C3%A9llo+%26+good%2Bbye\
             &MediaUrl=https%3A%2F%2Fchat.example%2Fa.png&MediaUrl=https%3A%2F%2Fchat.example%2Fb.png"
        );
    }

    #[tokio::test]
    async fn the_gateways_refusal_is_told_in_its_words() {
        let peer = Peer::start(|_| {
            Reply::json(
                400,
                &json!({
                    "code": 21211, "message": "The 'To' number is not a valid phone number.",
                    "more_info": "https://www.twilio.com/docs/errors/21211", "status": 400,
                }),
            )
        });
        let refused = send(&client(), &account(&peer), &sms()).await.unwrap_err();
        assert_eq!(
            refused,
            Problem::Said {
                status: 400,
                code: Some("21211".to_owned()),
                text: "The 'To' number is not a valid phone number.".to_owned(),
            }
        );
        assert!(!refused.is_transient());
        let busy = Peer::start(|_| Reply::new(503, "<html>later</html>"));
        let refused = send(&client(), &account(&busy), &sms()).await.unwrap_err();
        assert_eq!(refused.to_string(), "<html>later</html>");
        assert!(refused.is_transient());
    }

    #[tokio::test]
    async fn what_twilio_would_not_take_is_not_sent() {
        let peer = Peer::start(|_| Reply::json(201, &json!({})));
        let mut many = sms();
        many.media_urls = vec!["https://chat.example/a.png".to_owned(); 11];
        let mut empty = sms();
        (empty.body, empty.media_urls) = (String::new(), Vec::new());
        let mut nobody = sms();
        nobody.to = String::new();
        for sms in [many, empty, nobody] {
            let refused = send(&client(), &account(&peer), &sms).await;
            assert!(matches!(refused, Err(Problem::Invalid(_))), "{refused:?}");
        }
        let mut odd = account(&peer);
        odd.sid = "AC/../Calls".to_owned();
        let refused = send(&client(), &odd, &sms()).await;
        assert!(matches!(refused, Err(Problem::Invalid(_))), "{refused:?}");
        assert_eq!(peer.connections(), 0);
    }

    #[tokio::test]
    async fn odd_answers_and_silence_are_no_success() {
        let peer = Peer::start(|_| Reply::new(200, "OK"));
        let odd = send(&client(), &account(&peer), &sms()).await.unwrap_err();
        assert!(matches!(odd, Problem::Said { status: 200, .. }), "{odd:?}");
        let stalling = Peer::start(|_| Reply::silence());
        let mut account = account(&stalling);
        account.timeout = Duration::from_millis(200);
        let late = send(&client(), &account, &sms()).await.unwrap_err();
        assert!(
            matches!(&late, Problem::Unanswered(outgoing::Problem::TimedOut(_))),
            "{late:?}"
        );
        assert!(!late.to_string().contains("t0ken"));
    }
}
