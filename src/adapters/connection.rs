//! Connections to the servers of mailboxes, in clear or over TLS.

use std::{fmt::Debug, io, net::SocketAddr, sync::Arc};

use tokio::{
    io::{AsyncRead, AsyncWrite},
    net::TcpStream,
};
use tokio_rustls::{TlsConnector, rustls::pki_types::ServerName};

use super::tls::{Authorities, Security};

/// A connection, in clear or not.
pub(super) trait Wire: AsyncRead + AsyncWrite + Unpin + Send + Debug {}

impl<T: AsyncRead + AsyncWrite + Unpin + Send + Debug> Wire for T {}

/// Connects to the first of these addresses that lets us, by TLS where that is from the first byte.
pub(super) async fn connected(
    addresses: &[SocketAddr],
    authorities: &Authorities,
    security: Security,
    host: &str,
) -> io::Result<Box<dyn Wire>> {
    let stream = Box::new(TcpStream::connect(addresses).await?);
    match security {
        Security::Tls => secured(stream, authorities, host).await,
        Security::None | Security::StartTls => Ok(stream),
    }
}

/// The same connection over TLS, with a server that proves to be `host`.
pub(super) async fn secured(
    wire: Box<dyn Wire>,
    authorities: &Authorities,
    host: &str,
) -> io::Result<Box<dyn Wire>> {
    let config = authorities.client().map_err(io::Error::other)?;
    let name = ServerName::try_from(host.to_owned()).map_err(io::Error::other)?;
    let stream = TlsConnector::from(Arc::new(config)).connect(name, wire);
    Ok(Box::new(stream.await?))
}
