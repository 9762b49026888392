//! Calls with an API token instead of the admin's own.

use serde_json::{Value, json};

use super::answer::Answer;
use super::doors::Body;
use super::server::Server;

impl Server {
    /// Makes an API token of this scope, by the first admin.
    pub async fn api_token(&self, scope: &str) -> String {
        let arguments = json!({"name": "A test", "scope": scope});
        let created = self.v1("tokens/create", arguments).await;
        assert_eq!(created.status, 200, "{created}");
        let token = created.json()["token"].as_str().map(str::to_owned);
        token.unwrap_or_else(|| panic!("no token: {created}"))
    }

    /// The plain door with this token.
    pub async fn v1_by(&self, token: &str, function: &str, arguments: Value) -> Answer {
        let request = self.post(&format!("/v1/{function}")).bearer_auth(token);
        self.send(request.json(&arguments)).await
    }

    /// The compatible door with this token, as PHP calls.
    pub async fn call_by(&self, token: &str, function: &str, mut arguments: Value) -> Answer {
        arguments["token"] = token.into();
        self.call(Body::Php, function, arguments).await
    }

    /// The status of the plain door's refusal and the code, which is the same at both:
    /// `403 security-error`.
    pub async fn refused_by(&self, token: &str, function: &str, arguments: Value) -> String {
        let plain = self.v1_by(token, function, arguments.clone()).await;
        let code = plain.problem();
        let compatible = self.call_by(token, function, arguments).await;
        assert_eq!(compatible.code(), code, "both doors alike: {plain}");
        format!("{} {code}", plain.status)
    }
}
