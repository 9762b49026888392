use std::{
    io::{Read, Write},
    net::{IpAddr, TcpListener},
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
    thread,
    time::Duration,
};

use tokio_rustls::rustls::{
    ServerConfig, ServerConnection, StreamOwned,
    crypto::ring,
    pki_types::{CertificateDer, PrivateKeyDer, pem::PemObject},
};

use super::{Method, Outgoing, Problem, Request};
use crate::adapters::{
    breaker::Patience,
    certificates::certificates,
    loopback::{Peer, Reply, client},
    request::Part,
    targets::{Refusal, Targets},
    tls::Authorities,
};

/// A client for which every name is these addresses.
fn resolving_to(answer: &'static [&'static str], allow: &str) -> (Outgoing, Arc<AtomicUsize>) {
    let asked = Arc::new(AtomicUsize::new(0));
    let counter = Arc::clone(&asked);
    let targets = Targets::with_lookup(
        vec![allow.parse().unwrap()],
        Arc::new(move |_| {
            counter.fetch_add(1, Ordering::SeqCst);
            let addresses = answer.iter().map(|text| text.parse::<IpAddr>().unwrap());
            Box::pin(std::future::ready(Ok(addresses.collect())))
        }),
    );
    (
        Outgoing::with(targets, Authorities::of(Vec::new()), Patience::default()).unwrap(),
        asked,
    )
}

#[tokio::test]
async fn a_request_arrives_as_it_was_made() {
    let peer = Peer::start(|_| Reply::new(201, "done").header("Retry-After", "7"));
    let request = Request::new(Method::Post, peer.url("/hook?key=1"))
        .header("webhook-id", "msg_1")
        .basic("sid", "secret")
        .form(&[("To", "+1 555"), ("Body", "a&b=ü")]);
    let answer = client().send(request).await.unwrap();
    assert_eq!((answer.status, answer.text().as_str()), (201, "done"));
    assert_eq!(answer.retry_after(0), Some(Duration::from_secs(7)));
    let got = peer.received();
    assert_eq!(got.len(), 1);
    assert_eq!(
        (got[0].method.as_str(), got[0].target.as_str()),
        ("POST", "/hook?key=1")
    );
    assert_eq!(got[0].header("webhook-id"), Some("msg_1"));
    assert_eq!(
        got[0].header("authorization"),
        Some("Basic c2lkOnNlY3JldA==")
    );
    assert_eq!(got[0].text(), "To=%2B1+555&Body=a%26b%3D%C3%BC");
    assert!(
        got[0]
            .header("user-agent")
            .unwrap()
            .starts_with("HaveFunnels/")
    );
}

#[tokio::test]
async fn a_form_of_files_arrives_as_browsers_send_it() {
    let peer = Peer::start(|_| Reply::new(200, ""));
    let part = |name: &str, file: Option<(&str, &str)>, bytes: &[u8]| Part {
        name: name.to_owned(),
        file: file.map(|(name, kind)| (name.to_owned(), kind.to_owned())),
        bytes: bytes.to_vec(),
    };
    let request = Request::new(Method::Post, peer.url("/v1/files")).multipart(&[
        part("purpose", None, b"fine-tune"),
        part(
            "file",
            Some(("a\"\r\nb.jsonl", "text/x\r\ny")),
            b"\x00\xff\r\n--",
        ),
    ]);
    client().send(request).await.unwrap();
    let got = &peer.received()[0];
    let kind = got.header("content-type").unwrap();
    let boundary = kind.strip_prefix("multipart/form-data; boundary=").unwrap();
    let expected = [
        format!(
            "--{boundary}\r\nContent-Disposition: form-data; name=\"purpose\"\r\n\r\nfine-tune\r\n"
        ),
        format!(
            "--{boundary}\r\nContent-Disposition: form-data; name=\"file\"; \
             filename=\"a%22%0D%0Ab.jsonl\"\r\nContent-Type: text/xy\r\n\r\n"
        ),
    ];
    let mut expected = expected.concat().into_bytes();
    expected.extend(b"\x00\xff\r\n--\r\n");
    expected.extend(format!("--{boundary}--\r\n").into_bytes());
    assert_eq!(got.body, expected);
}

#[tokio::test]
async fn private_addresses_are_not_even_connected_to() {
    let peer = Peer::start(|_| Reply::new(200, ""));
    let strict = Outgoing::new(Vec::new(), Patience::default()).unwrap();
    let literal = strict.send(Request::new(Method::Get, peer.url("/"))).await;
    assert!(matches!(
        literal,
        Err(Problem::Refused(Refusal::Private(_)))
    ));
    let name = format!("http://localhost:{}/", peer.port());
    let refused = strict
        .send(Request::new(Method::Get, name))
        .await
        .unwrap_err();
    assert_eq!(
        refused,
        Problem::Refused(Refusal::Private("localhost".to_owned()))
    );
    assert!(!refused.is_transient());
    assert_eq!(peer.connections(), 0);
}

#[tokio::test]
async fn the_address_that_was_looked_at_is_the_one_connected_to() {
    let peer = Peer::start(|_| Reply::new(200, "the right one"));
    let wrong = Peer::start_on("127.0.0.2", peer.port(), |_| {
        Reply::new(200, "the wrong one")
    });
    // The first address is refused, the second is allowed: only that one is connected to.
    let (client, asked) = resolving_to(&["127.0.0.2", "127.0.0.1"], "127.0.0.1/32");
    let url = format!("http://rebind.example:{}/", peer.port());
    let answer = client.send(Request::new(Method::Get, url)).await.unwrap();
    assert_eq!(answer.text(), "the right one");
    assert_eq!(wrong.connections(), 0);
    assert_eq!(asked.load(Ordering::SeqCst), 1);
    let host = format!("rebind.example:{}", peer.port());
    assert_eq!(peer.received()[0].header("host"), Some(host.as_str()));
}

#[tokio::test]
async fn redirects_are_not_followed() {
    let elsewhere = Peer::start(|_| Reply::new(200, "followed"));
    let location = elsewhere.url("/secret");
    let peer = Peer::start(move |_| Reply::new(302, "").header("Location", &location));
    let answer = client()
        .send(Request::new(Method::Post, peer.url("/")))
        .await
        .unwrap();
    assert_eq!(answer.status, 302);
    assert!(!answer.is_success());
    assert_eq!(elsewhere.connections(), 0);
}

#[tokio::test]
async fn long_bodies_are_not_read_announced_or_not() {
    let announced = Peer::start(|_| Reply::new(200, &"x".repeat(2000)));
    let endless = Peer::start(|_| Reply::endless());
    for peer in [announced, endless] {
        let request = Request::new(Method::Get, peer.url("/")).answer_max(1000);
        let refused = client().send(request).await.unwrap_err();
        assert!(matches!(refused, Problem::TooLarge(_)), "{refused}");
    }
    let exact = Peer::start(|_| Reply::new(200, &"x".repeat(1000)));
    let request = Request::new(Method::Get, exact.url("/")).answer_max(1000);
    assert!(client().send(request).await.is_ok());
}

#[tokio::test]
async fn a_peer_that_stalls_is_given_up() {
    for reply in [Reply::silence(), Reply::half()] {
        let peer = Peer::start(move |_| reply.clone());
        let request = Request::new(Method::Get, peer.url("/token/secret"))
            .timeout(Duration::from_millis(200));
        let late = client().send(request).await.unwrap_err();
        assert!(matches!(late, Problem::TimedOut(_)), "{late}");
        assert!(late.is_transient());
        assert!(!late.to_string().contains("secret"), "{late}");
    }
}

#[tokio::test]
async fn what_cannot_be_reached_or_understood_is_told_apart() {
    let gone = Peer::start(|_| Reply::new(200, "")).url("/secret");
    let failed = client()
        .send(Request::new(Method::Get, gone))
        .await
        .unwrap_err();
    assert!(matches!(failed, Problem::Connect { .. }), "{failed}");
    let (nowhere, _) = resolving_to(&[], "127.0.0.1/32");
    let unknown = nowhere
        .send(Request::new(Method::Get, "http://gone.example/secret"))
        .await
        .unwrap_err();
    assert!(matches!(unknown, Problem::Connect { .. }), "{unknown}");
    let peer = Peer::start(|_| Reply::raw(b"220 mail.example ESMTP\r\n\r\n"));
    let broken = client()
        .send(Request::new(Method::Get, peer.url("/secret")))
        .await
        .unwrap_err();
    assert!(matches!(broken, Problem::Broken { .. }), "{broken}");
    for problem in [failed, unknown, broken] {
        assert!(!problem.to_string().contains("/secret"), "{problem}");
    }
}

#[tokio::test]
async fn headers_cannot_be_smuggled() {
    let peer = Peer::start(|_| Reply::new(200, ""));
    for (name, value) in [
        ("x-key", "a\r\nHost: other"),
        ("x-key", "a\nb"),
        ("x-key", "\0"),
        ("x key", "a"),
    ] {
        let request = Request::new(Method::Get, peer.url("/")).header(name, value);
        let refused = client().send(request).await.unwrap_err();
        assert!(
            matches!(refused, Problem::Refused(Refusal::Malformed(_))),
            "{refused}"
        );
    }
    assert_eq!(peer.connections(), 0);
}

/// An HTTPS server for localhost that answers one request.
fn secured_peer() -> (u16, thread::JoinHandle<()>) {
    let chain = CertificateDer::pem_file_iter(certificates().chain()).unwrap();
    let chain = chain.map(Result::unwrap).collect();
    let key = PrivateKeyDer::from_pem_file(certificates().key()).unwrap();
    let config = ServerConfig::builder_with_provider(Arc::new(ring::default_provider()))
        .with_safe_default_protocol_versions()
        .unwrap()
        .with_no_client_auth()
        .with_single_cert(chain, key)
        .unwrap();
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let port = listener.local_addr().unwrap().port();
    let answering = thread::spawn(move || {
        let (stream, _) = listener.accept().unwrap();
        let talk = ServerConnection::new(Arc::new(config)).unwrap();
        let mut stream = StreamOwned::new(talk, stream);
        if stream.read(&mut [0; 1024]).is_ok() {
            let answer = b"HTTP/1.1 200 OK\r\nContent-Length: 6\r\n\r\nsecret";
            stream.write_all(answer).unwrap();
        }
    });
    (port, answering)
}

#[tokio::test]
async fn who_speaks_over_tls_must_be_vouched_for() {
    let outcome = async |authorities: Authorities, name: &str| {
        let (port, answering) = secured_peer();
        let targets = Targets::with_lookup(
            vec!["127.0.0.0/8".parse().unwrap()],
            Arc::new(|_| Box::pin(std::future::ready(Ok(vec![[127, 0, 0, 1].into()])))),
        );
        let client = Outgoing::with(targets, authorities, Patience::default()).unwrap();
        let url = format!("https://{name}:{port}/");
        let outcome = client.send(Request::new(Method::Get, url)).await;
        drop(client);
        answering.join().unwrap();
        outcome
    };
    let trusted = certificates().authorities();
    let answer = outcome(trusted.clone(), "localhost").await.unwrap();
    assert_eq!(answer.text(), "secret");
    for refused in [
        outcome(trusted, "shop.example").await,
        outcome(Authorities::of(Vec::new()), "localhost").await,
    ] {
        let problem = refused.unwrap_err();
        assert!(
            matches!(&problem, Problem::Connect { why, .. } if why.contains("certificate")),
            "{problem}"
        );
    }
}
