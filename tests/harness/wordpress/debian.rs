//! A real WordPress, as Debian packages it, with a database of its own.

use std::fs::Permissions;
use std::os::unix::fs::PermissionsExt;
use std::path::Path;
use std::process::{Command, Output};

use serde_json::Value;
use tempfile::TempDir;
use url::Url;

/// The site; it ends when dropped.
pub struct DebianWordPress {
    /// Its address.
    pub url: String,
    /// Its administrator.
    pub user: String,
    /// An application password of the administrator.
    pub password: String,
    folder: TempDir,
}

impl DebianWordPress {
    /// Starts on a free port, with these users beside its administrator: a list of what WordPress's
    /// `wp_insert_user` takes.
    pub fn start(users: &Value) -> Self {
        // The site runs as somebody else, who must be able to enter.
        let open = Permissions::from_mode(0o711);
        let folder = tempfile::Builder::new().permissions(open).tempdir();
        // Made before it is started, so that a start that fails is cleared away too.
        let mut site = Self {
            url: String::new(),
            user: String::new(),
            password: String::new(),
            folder: folder.expect("a temporary directory"),
        };
        let list = site.folder.path().join("users.json");
        std::fs::write(&list, users.to_string()).expect("the users can be written");
        let started = site.script("start", Some(&list));
        let said = String::from_utf8_lossy(&started.stderr);
        assert!(
            started.status.success(),
            "WordPress starts (packages wordpress, mariadb-server-core, php-mysql): {said}"
        );
        let address = String::from_utf8_lossy(&started.stdout);
        let address = Url::parse(address.trim()).expect("a URL");
        site.url = address.origin().ascii_serialization();
        address.username().clone_into(&mut site.user);
        address
            .password()
            .expect("a password")
            .clone_into(&mut site.password);
        site
    }

    /// Stops it at once.
    pub fn stop(&self) {
        self.script("stop", None);
    }

    /// Sends this to its REST API, below `/wp-json/wp/v2/`, as its administrator; answers what it says.
    pub async fn post(&self, client: reqwest::Client, path: &str, body: Value) -> Value {
        let url = format!("{}/wp-json/wp/v2/{path}", self.url);
        let request = client
            .post(url)
            .basic_auth(&self.user, Some(&self.password));
        let answer = request.json(&body).send().await.expect("an answer");
        let is_success = answer.status().is_success();
        let said = answer.json().await.expect("JSON");
        assert!(is_success, "{path}: {said}");
        said
    }

    fn script(&self, action: &str, users: Option<&Path>) -> Output {
        Command::new(concat!(
            env!("CARGO_MANIFEST_DIR"),
            "/tests/services/wordpress.sh"
        ))
        .arg(action)
        .arg(self.folder.path().join("site"))
        .args(users)
        .output()
        .expect("wordpress.sh runs")
    }
}

impl Drop for DebianWordPress {
    fn drop(&mut self) {
        self.stop();
    }
}
