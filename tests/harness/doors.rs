//! The two doors as a client sees them.

use reqwest::header::CONTENT_TYPE;
use reqwest::multipart::Form;
use serde_json::{Value, json};

use super::answer::Answer;
use super::encode::{Client, form, pairs};
use super::server::Server;

/// The compatible door's first address.
pub const API: &str = "/include/api.php";

/// How a call's arguments are written.
#[derive(Clone, Copy, Debug)]
pub enum Body {
    /// A form, as PHP's curl sends it.
    Php,
    /// A form, as jQuery's `$.post` sends it.
    Jquery,
    /// JSON.
    Json,
    /// `multipart/form-data`, as PHP's curl sends an array.
    Multipart,
}

impl Server {
    /// A request to be filled in and sent with [`Server::send`].
    pub fn post(&self, path: &str) -> reqwest::RequestBuilder {
        self.client.post(format!("{}{path}", self.address()))
    }

    /// Like [`Server::post`] for reading. `path` may be a whole URL of the service's own.
    pub fn get(&self, path: &str) -> reqwest::RequestBuilder {
        let url = if path.starts_with("http") {
            path.to_owned()
        } else {
            format!("{}{path}", self.address())
        };
        self.client.get(url)
    }

    /// Sends a request.
    pub async fn send(&self, request: reqwest::RequestBuilder) -> Answer {
        let (client, request) = request.build_split();
        let request = request.expect("a well-formed request");
        let body = request
            .body()
            .and_then(|body| body.as_bytes())
            .unwrap_or_default();
        let body: String = String::from_utf8_lossy(body).chars().take(2_000).collect();
        let asked = format!("{} {} {body}", request.method(), request.url().path());
        let response = client
            .execute(request)
            .await
            .unwrap_or_else(|error| panic!("{asked}: no answer: {error:?}"));
        Answer::of(response, asked).await
    }

    /// The compatible door with the admin's token, or with the `token` among the arguments.
    pub async fn call(&self, body: Body, function: &str, arguments: Value) -> Answer {
        let arguments = merged(
            json!({"token": self.token, "function": function}),
            arguments,
        );
        let request = self.post(API);
        let request = match body {
            Body::Php | Body::Jquery => {
                let client = if matches!(body, Body::Php) {
                    Client::Php
                } else {
                    Client::Jquery
                };
                request
                    .header(
                        CONTENT_TYPE,
                        "application/x-www-form-urlencoded; charset=UTF-8",
                    )
                    .body(form(client, &arguments))
            }
            Body::Json => request.json(&arguments),
            Body::Multipart => {
                let fields = pairs(Client::Php, &arguments).into_iter();
                request.multipart(
                    fields.fold(Form::new(), |form, (name, value)| form.text(name, value)),
                )
            }
        };
        self.send(request).await
    }

    /// The compatible door with a form's text exactly as given, but for the token and function before it.
    pub async fn raw(&self, function: &str, fields: &str) -> Answer {
        let body = format!("token={}&function={function}&{fields}", self.token);
        let form = "application/x-www-form-urlencoded";
        self.send(self.post(API).header(CONTENT_TYPE, form).body(body))
            .await
    }

    /// Calls as PHP does, and answers the `response` of the success that it must be.
    pub async fn ok(&self, function: &str, arguments: Value) -> Value {
        self.call(Body::Php, function, arguments).await.response()
    }

    /// Calls as PHP does, and answers the code of the failure that it must be.
    pub async fn refused(&self, function: &str, arguments: Value) -> String {
        let answer = self.call(Body::Php, function, arguments).await;
        let code = answer.code();
        assert_eq!(
            answer.json()["function"],
            function.trim(),
            "the failure names the function"
        );
        code
    }

    /// The plain door with the admin's token.
    pub async fn v1(&self, function: &str, arguments: Value) -> Answer {
        self.send(
            self.post(&format!("/v1/{function}"))
                .bearer_auth(&self.token)
                .json(&arguments),
        )
        .await
    }
}

/// The members of both objects; where both have one, the second's.
pub fn merged(mut first: Value, second: Value) -> Value {
    let members = first.as_object_mut().expect("an object");
    let Value::Object(more) = second else {
        panic!("arguments are an object")
    };
    members.extend(more);
    first
}
