//! The documented jQuery sample, run by real jQuery in a real browser: unchanged but for address,
//! token and function name.

use std::net::SocketAddr;
use std::process::{Command, Stdio};

use axum::Router;
use axum::http::header::CONTENT_TYPE;
use axum::routing::get;
use serde_json::{Value, json};

use crate::harness::{Client, Engine, Server, Setup, form};

const SAMPLE: &str = include_str!("fixtures/sample.js");

/// Where Debian's package libjs-jquery puts it.
const JQUERY: &str = "/usr/share/javascript/jquery/jquery.js";

/// Notes what the sample makes of the answer, without touching the sample: jQuery keeps the
/// `JSON.parse` it found, so only the sample's own call comes through here.
const WITNESS: &str = "
    const parse = JSON.parse, seen = [];
    const show = note => { seen.push(note); document.body.textContent = JSON.stringify(seen); };
    JSON.parse = text => { const value = parse(text); show(value); return value; };
    addEventListener('error', event => show('error: ' + event.message));
    $(document).ajaxError((event, request) => show('failed: ' + request.status));
";

/// A web site of another origin that calls the service.
struct Site {
    origin: String,
}

impl Site {
    /// Serves a page that loads jQuery and runs `script`, for as long as the test's runtime lives.
    fn serve(listener: tokio::net::TcpListener, script: &str) -> Self {
        let page = format!(
            "<!doctype html><meta charset=utf-8><link rel=icon href='data:,'><body>\
             <script src=/jquery.js></script><script>{WITNESS}\n{script}</script>"
        );
        let jquery = std::fs::read(JQUERY).expect("`make test` installs libjs-jquery");
        let router = Router::new()
            .route(
                "/",
                get(move || async move { ([(CONTENT_TYPE, "text/html")], page) }),
            )
            .route(
                "/jquery.js",
                get(move || async move { ([(CONTENT_TYPE, "text/javascript")], jquery) }),
            );
        let address: SocketAddr = listener.local_addr().expect("a bound socket");
        #[expect(
            clippy::disallowed_methods,
            reason = "the test's runtime ends with the test, and this with it"
        )]
        tokio::spawn(async move { axum::serve(listener, router).await });
        Self {
            origin: format!("http://{address}"),
        }
    }

    /// What the page has noted once everything it asked for has come.
    async fn visit(&self) -> Vec<Value> {
        let url = format!("{}/", self.origin);
        let page = tokio::task::spawn_blocking(move || browse(&url))
            .await
            .expect("the browser ran");
        let (_, rest) = page
            .split_once("<body>")
            .unwrap_or_else(|| panic!("no body: {page}"));
        let (body, _) = rest
            .split_once("</body>")
            .unwrap_or_else(|| panic!("no body: {page}"));
        let body = body
            .replace("&lt;", "<")
            .replace("&gt;", ">")
            .replace("&amp;", "&");
        serde_json::from_str(&body).unwrap_or_else(|_| panic!("the page noted nothing: {page}"))
    }
}

/// The page as the browser sees it in the end.
fn browse(url: &str) -> String {
    let profile = tempfile::tempdir().expect("a temporary directory");
    let output = Command::new("chromium")
        .args(["--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--disable-dev-shm-usage"])
        .args(["--no-first-run", "--disable-background-networking", "--disable-component-update"])
        .args(["--disable-sync", "--disable-extensions", "--no-proxy-server"])
        .arg(format!("--user-data-dir={}", profile.path().display()))
        // Time as the page sees it stands still while a request is under way.
        .args(["--virtual-time-budget=20000", "--dump-dom", url])
        .stdin(Stdio::null())
        .output()
        .expect("chromium runs: `make test` installs it");
    let said = String::from_utf8_lossy(&output.stderr);
    assert!(
        output.status.success(),
        "chromium ended with {}: {said}",
        output.status
    );
    String::from_utf8(output.stdout).expect("the page is UTF-8")
}

async fn given() -> (tokio::net::TcpListener, Server) {
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0")
        .await
        .expect("a free port");
    let origin = format!("http://{}", listener.local_addr().expect("a bound socket"));
    let config = format!("cors_allowed_origins = [\"{origin}\"]\n");
    (
        listener,
        Setup::on(Engine::Sqlite).config(&config).start().await,
    )
}

fn sample(server: &Server, function: &str) -> String {
    let sample = SAMPLE.replace("havefunnels.com", server.address());
    sample
        .replace("METHOD-NAME", function)
        .replace("YOUR-TOKEN", &server.token)
}

#[tokio::test]
async fn the_documented_sample_works() {
    let (listener, server) = given().await;
    server.user("John", "Doe", "john@example.com").await;
    let site = Site::serve(listener, &sample(&server, "get-users"));
    let expected = server.ok("get-users", json!({})).await;
    assert_eq!(
        site.visit().await,
        [json!({"success": true, "response": expected})]
    );
}

#[tokio::test]
async fn the_documented_sample_is_told_of_a_failure() {
    let (listener, server) = given().await;
    let site = Site::serve(listener, &sample(&server, "no-such-function"));
    let seen = site.visit().await;
    assert_eq!(
        (seen.len(), &seen[0]["response"]),
        (1, &json!("function-not-found")),
        "{seen:?}"
    );
}

#[tokio::test]
async fn without_an_allow_list_no_other_origin_may_read() {
    let server = Server::start(Engine::Sqlite).await;
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0")
        .await
        .expect("a free port");
    let site = Site::serve(listener, &sample(&server, "get-users"));
    assert_eq!(site.visit().await, [json!("failed: 0")]);
}

#[tokio::test]
async fn the_tests_write_forms_as_jquery_does() {
    let arguments = json!({
        "yes": true, "no": false, "none": null, "empty": [], "list": [1, "two", [3, "four"]],
        "map": {"a b": {"c": "ä~-_.!*'()"}}, "text": "😀 +&=%[]",
    });
    // The way $.post writes a body: $.param, and then every %20 as a plus.
    let script = format!("show($.param({arguments}).replace(/%20/g, '+'));");
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0")
        .await
        .expect("a free port");
    let site = Site::serve(listener, &script);
    assert_eq!(
        site.visit().await,
        [json!(form(Client::Jquery, &arguments))]
    );
}
