//! SMTP client: sends a message and returns the server's reply.
//!
//! Guarantees: unless the URL has `tls=none`, only greetings are sent before the server's certificate is verified; a
//! server without STARTTLS gets no mail. Every response has a deadline. A connection is reused only after its dialogue
//! has ended well and the server has shown that it is still connected. No returned text contains the password.

use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use lettre::Message;
use lettre::transport::smtp::Error;
use lettre::transport::smtp::authentication::DEFAULT_MECHANISMS;
use lettre::transport::smtp::client::{AsyncSmtpConnection, Certificate, CertificateStore, TlsParameters};
use lettre::transport::smtp::commands::Noop;
use lettre::transport::smtp::extension::ClientId;
use lettre::transport::smtp::response::Response;
use secrecy::{ExposeSecret as _, SecretString};
use tokio::net::TcpStream;
use tokio::time::timeout;
use url::Host;

pub use super::failure::Failure;
use super::idle::{Idle, bid_farewell};
use super::line_by_line::LineByLine;
use super::relay::{Relay, Security};
use crate::one_line::one_line;

/// Deadline for an idle connection to show that it is alive; shorter than the limit for a whole mail.
const PULSE: Duration = Duration::from_secs(3);

/// SMTP settings.
pub struct SmtpSettings {
    /// `smtps://user:password@host`, `smtp://user:password@host` or `smtp://host?tls=none`.
    pub url: SecretString,
    /// PEM certificates of the authorities to trust in place of the public ones.
    pub ca_file: Option<PathBuf>,
    /// Time limit for one mail, from connecting to the server's last reply.
    pub timeout: Duration,
    /// Our host name, sent in EHLO.
    pub name: String,
}

/// A mail server with its pool of connections. Clones share the pool.
#[derive(Clone)]
pub struct Smtp {
    server: Arc<Server>,
    idle: Arc<Idle>,
}

struct Server {
    relay: Relay,
    /// `None`: no TLS.
    tls: Option<TlsParameters>,
    name: ClientId,
    limit: Duration,
}

impl Smtp {
    /// Checks the settings; the error is a sentence for the operator. Does not connect yet.
    pub fn open(settings: &SmtpSettings) -> Result<Self, String> {
        let relay = Relay::parse(settings.url.expose_secret()).map_err(|why| format!("the SMTP URL {why}"))?;
        let tls = match relay.security {
            Security::Open => None,
            Security::Tls | Security::StartTls => Some(tls(&relay.host, settings.ca_file.as_deref())?),
        };
        let server = Server { relay, tls, name: own_name(&settings.name)?, limit: settings.timeout };
        Ok(Self { server: Arc::new(server), idle: Arc::default() })
    }

    /// Sends one mail. Returns the server's reply, in one line of at most 200 characters.
    pub async fn send(&self, message: &Message) -> Result<String, Failure> {
        self.within_limit(self.deliver(message)).await
    }

    /// Opens a new connection, encrypts it, logs in and sends `NOOP`, to check the settings.
    pub async fn test(&self) -> Result<(), Failure> {
        self.within_limit(async {
            let mut connection = self.server.connect().await?;
            let answer = connection.command(Noop).await;
            answer.map_err(|error| Failure::before_the_mail("NOOP failed", &error))?;
            bid_farewell(connection).await;
            Ok(())
        })
        .await
    }

    async fn within_limit<T>(&self, work: impl Future<Output = Result<T, Failure>>) -> Result<T, Failure> {
        let done = timeout(self.server.limit, work).await;
        let done = done.unwrap_or_else(|_| Err(Failure::timed_out(self.server.limit)));
        done.map_err(|failure| Failure { text: one_line(&self.server.relay.without_secrets(&failure.text)), ..failure })
    }

    async fn deliver(&self, message: &Message) -> Result<String, Failure> {
        let bytes = message.formatted();
        if let Some(connection) = self.used_before().await {
            match self.hand_over(connection, message, &bytes).await {
                // The server closes this connection and has accepted nothing, so a new one is tried.
                Err(error) if error.status().is_some_and(|code| code.to_string() == "421") => {}
                answer => return told(answer),
            }
        }
        let connection = self.server.connect().await?;
        told(self.hand_over(connection, message, &bytes).await)
    }

    /// Takes an idle connection, if the server is still connected.
    async fn used_before(&self) -> Option<AsyncSmtpConnection> {
        let mut connection = self.idle.take()?;
        let alive = timeout(PULSE.min(self.server.limit / 3), connection.test_connected()).await;
        if alive != Ok(true) {
            self.idle.clear();
            return None;
        }
        Some(connection)
    }

    async fn hand_over(
        &self,
        mut connection: AsyncSmtpConnection,
        message: &Message,
        bytes: &[u8],
    ) -> Result<Response, Error> {
        let answer = connection.send(message.envelope(), bytes).await;
        if !connection.has_broken() {
            self.idle.keep(connection);
        }
        answer
    }
}

impl Server {
    /// Opens a connection that is ready for mail: encrypted unless `tls=none`, and logged in.
    async fn connect(&self) -> Result<AsyncSmtpConnection, Failure> {
        let Relay { host, port, security, .. } = &self.relay;
        let failed = |error: &Error| Failure::before_the_mail(&format!("no connection to {host}:{port}"), error);
        let mut connection = if *security == Security::Tls {
            let address = (host.as_str(), *port);
            let connecting = AsyncSmtpConnection::connect_tokio1(address, None, &self.name, self.tls.clone(), None);
            connecting.await.map_err(|error| failed(&error))?
        } else {
            let stream = TcpStream::connect((host.as_str(), *port)).await;
            let stream =
                stream.map_err(|error| Failure::passing(format!("no connection to {host}:{port}: {error}")))?;
            let stream = Box::new(LineByLine::new(stream));
            let connecting = AsyncSmtpConnection::connect_with_transport(stream, &self.name);
            connecting.await.map_err(|error| failed(&error))?
        };
        if let (Security::StartTls, Some(tls)) = (security, &self.tls) {
            if !connection.can_starttls() {
                bid_farewell(connection).await;
                return Err(Failure::passing("the server offers no STARTTLS"));
            }
            let encrypting = connection.starttls(tls.clone(), &self.name).await;
            encrypting.map_err(|error| Failure::before_the_mail(&format!("no TLS with {host}:{port}"), &error))?;
        }
        if let Some(credentials) = self.relay.credentials() {
            let answer = connection.auth(DEFAULT_MECHANISMS, &credentials).await;
            answer.map_err(|error| Failure::before_the_mail("no login", &error))?;
        }
        Ok(connection)
    }
}

fn told(answer: Result<Response, Error>) -> Result<String, Failure> {
    let reply = answer.map_err(|error| Failure::of_the_mail(&error))?;
    let words: Vec<_> = reply.message().collect();
    Ok(one_line(&format!("{} {}", reply.code(), words.join(" "))))
}

/// TLS parameters: the host name that the certificate must have, and the trusted authorities.
fn tls(host: &str, ca_file: Option<&Path>) -> Result<TlsParameters, String> {
    let parameters = TlsParameters::builder(host.to_owned());
    let parameters = match ca_file {
        None => parameters.certificate_store(CertificateStore::WebpkiRoots),
        Some(path) => {
            let refused = |why: &str| format!("the SMTP CA file {} {why}", path.display());
            let pem = fs::read(path).map_err(|error| refused(&format!("cannot be read: {error}")))?;
            if !pem.windows(BEGIN.len()).any(|window| window == BEGIN) {
                return Err(refused("holds no PEM certificate"));
            }
            let authorities = Certificate::from_pem(&pem).map_err(|_| refused("holds a broken PEM certificate"))?;
            parameters.certificate_store(CertificateStore::None).add_root_certificate(authorities)
        }
    };
    parameters.build().map_err(|error| format!("the SMTP CA file cannot be used: {error}"))
}

const BEGIN: &[u8] = b"-----BEGIN CERTIFICATE-----";

fn own_name(name: &str) -> Result<ClientId, String> {
    // EHLO takes a host name or an IP address: no spaces, no line ends.
    match Host::parse(name) {
        Ok(Host::Domain(name)) => Ok(ClientId::Domain(name)),
        Ok(Host::Ipv4(address)) => Ok(ClientId::Ipv4(address)),
        Ok(Host::Ipv6(address)) => Ok(ClientId::Ipv6(address)),
        Err(_) => Err(format!("the name for SMTP has to be a host name, and is {name:?}")),
    }
}
