//! Three NATS servers that keep streams together: as `deploy/nats/` has them, with TLS on every
//! connection and a password, but on free ports and in temporary folders.

use std::{
    cell::Cell, net::TcpListener, path::Path, path::PathBuf, process::Command, time::Duration,
};

use async_nats::{
    ConnectOptions,
    jetstream::{self, stream::ClusterInfo},
};
use tempfile::TempDir;
use tokio_rustls::rustls::crypto::ring;

use super::{NatsServer, eventually_within};

/// How long an election and the catching up after it may take, on a busy machine.
pub const ELECTION: Duration = Duration::from_mins(2);
/// The password of the user `havefunnels`.
const PASSWORD: &str = "s3cret";

/// The cluster; its servers are called `nats-1` to `nats-3`, and killed when it is dropped.
pub struct NatsCluster {
    servers: Vec<NatsServer>,
    /// With the certificates below `certificates`.
    folder: TempDir,
}

impl NatsCluster {
    /// Starts the three.
    pub fn started(program: &Path) -> Self {
        let folder = tempfile::tempdir().expect("a temporary directory");
        let certificates = folder.path().join("certificates");
        certify(&certificates);
        let routes = [(); 3].map(|()| TcpListener::bind("127.0.0.1:0").expect("a free port"));
        let routes = routes.map(|listener| listener.local_addr().expect("it is bound"));
        let all = routes.map(|route| format!("\"nats://{route}\"")).join(", ");
        let servers = (1..).zip(routes).map(|(number, route)| {
            let mut settings = include_str!("../../deploy/nats/cluster.conf").to_owned();
            for (theirs, ours) in [
                ("$NATS_NAME", format!("nats-{number}")),
                ("$NATS_PASSWORD", format!("{PASSWORD:?}")),
                // Told at the command line, like the address.
                (r#"store_dir: "/data""#, String::new()),
                ("127.0.0.1:8222", "127.0.0.1:-1".to_owned()),
                ("/certificates", certificates.display().to_string()),
                ("0.0.0.0:6222", route.to_string()),
                (
                    r#""nats://nats-1:6222", "nats://nats-2:6222", "nats://nats-3:6222""#,
                    all.clone(),
                ),
            ] {
                assert!(settings.contains(theirs), "cluster.conf has no {theirs}");
                settings = settings.replace(theirs, &ours);
            }
            let mut server = NatsServer::planned(program.to_owned()).with(&settings);
            server.start();
            server
        });
        Self {
            servers: servers.collect(),
            folder,
        }
    }

    /// The server of this name.
    pub fn server(&mut self, name: &str) -> &mut NatsServer {
        let number = name.strip_prefix("nats-");
        let number: Option<usize> = number.and_then(|text| text.parse().ok());
        let number = number.unwrap_or_else(|| panic!("{name} is none of the cluster"));
        &mut self.servers[number - 1]
    }

    /// Where they are, as a setting with the password.
    pub fn urls(&self) -> String {
        let login = format!("nats://havefunnels:{PASSWORD}@");
        let urls = self.servers.iter().map(NatsServer::url);
        let urls: Vec<_> = urls.map(|url| url.replace("nats://", &login)).collect();
        urls.join(",")
    }

    /// The authority that vouches for them.
    pub fn authority(&self) -> PathBuf {
        self.folder.path().join("certificates/ca.crt")
    }

    /// How a client enters.
    pub fn entering(&self) -> ConnectOptions {
        // The choice that the program makes for itself; an earlier one is as good.
        let _ = ring::default_provider().install_default();
        ConnectOptions::with_user_and_password("havefunnels".to_owned(), PASSWORD.to_owned())
            .add_root_certificates(self.authority())
            .require_tls(true)
    }

    /// Waits until all three hold the stream as far as it goes; the names of its leader and of the others.
    pub async fn whole(&self, stream: &str) -> (String, Vec<String>) {
        // What was seen is handed on: asked again, a copy may be a message behind.
        let seen = Cell::new(None);
        eventually_within(ELECTION, "the cluster is whole", || async {
            let roles = self.roles(stream).await;
            let is_whole = roles.is_some();
            seen.set(roles);
            is_whole
        })
        .await;
        seen.take().expect("it was waited for")
    }

    async fn roles(&self, stream: &str) -> Option<(String, Vec<String>)> {
        let urls: Vec<_> = self.servers.iter().map(NatsServer::url).collect();
        let client = self.entering().connect(urls).await.ok()?;
        let stream = jetstream::new(client).get_stream(stream).await.ok()?;
        let info: &ClusterInfo = stream.cached_info().cluster.as_ref()?;
        let replicas = info.replicas.iter();
        let current = replicas.filter(|one| one.current && !one.offline);
        let followers: Vec<_> = current.map(|one| one.name.clone()).collect();
        (followers.len() == 2).then_some((info.leader.clone()?, followers))
    }
}

/// Makes the certificates as an operator does.
fn certify(folder: &Path) {
    let script = concat!(env!("CARGO_MANIFEST_DIR"), "/deploy/nats/certificates.sh");
    let made = Command::new(script)
        .arg(folder)
        .output()
        .expect("the script runs");
    let said = String::from_utf8_lossy(&made.stderr).into_owned();
    assert!(made.status.success(), "{said}");
}
