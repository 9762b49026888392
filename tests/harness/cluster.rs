//! Three NATS servers that keep streams together.

use std::{net::TcpListener, path::Path};

use async_nats::jetstream::{self, stream::ClusterInfo};

use super::{NatsServer, eventually_within};

/// How long an election and the catching up after it may take, on a busy machine.
pub const ELECTION: std::time::Duration = std::time::Duration::from_mins(1);

/// The cluster; its servers are called `nats-0` to `nats-2`, and killed when it is dropped.
pub struct NatsCluster {
    servers: Vec<NatsServer>,
}

impl NatsCluster {
    /// Starts three servers on free ports.
    pub fn started(program: &Path) -> Self {
        let routes = [(); 3].map(|()| TcpListener::bind("127.0.0.1:0").expect("a free port"));
        let routes = routes.map(|listener| listener.local_addr().expect("it is bound"));
        let all = routes.map(|route| format!("nats://{route}")).join(", ");
        let servers = routes.iter().enumerate().map(|(number, route)| {
            let settings = format!(
                "server_name: nats-{number}\n\
                 cluster {{ name: test, listen: \"{route}\", routes: [ {all} ] }}"
            );
            let mut server = NatsServer::planned(program.to_owned()).with(&settings);
            server.start();
            server
        });
        Self {
            servers: servers.collect(),
        }
    }

    /// The server of this name.
    pub fn server(&mut self, name: &str) -> &mut NatsServer {
        let number = name
            .strip_prefix("nats-")
            .and_then(|text| text.parse().ok());
        let number: usize = number.unwrap_or_else(|| panic!("{name} is none of the cluster"));
        &mut self.servers[number]
    }

    /// Where they are, as a setting.
    pub fn urls(&self) -> String {
        let urls: Vec<_> = self.servers.iter().map(NatsServer::url).collect();
        urls.join(",")
    }

    /// Waits until all three hold the stream as far as it goes; the names of its leader and of the others.
    pub async fn whole(&self, stream: &str) -> (String, Vec<String>) {
        eventually_within(ELECTION, "the cluster is whole", || async {
            self.roles(stream).await.is_some()
        })
        .await;
        let roles = self.roles(stream).await;
        roles.expect("nobody was killed since")
    }

    async fn roles(&self, stream: &str) -> Option<(String, Vec<String>)> {
        let urls: Vec<_> = self.servers.iter().map(NatsServer::url).collect();
        let client = async_nats::connect(urls).await.ok()?;
        let jetstream = jetstream::new(client);
        let stream = jetstream.get_stream(stream).await.ok()?;
        let info: &ClusterInfo = stream.cached_info().cluster.as_ref()?;
        let current = info
            .replicas
            .iter()
            .filter(|one| one.current && !one.offline);
        let followers: Vec<_> = current.map(|one| one.name.clone()).collect();
        (followers.len() == 2).then_some((info.leader.clone()?, followers))
    }
}
