//! Mail over SMTP: a message goes in, and the server's word on it comes out.
//!
//! Guarantees: with a password, or without `tls=none`, nothing but greetings is said before the server has proved its
//! name by a certificate; a server that offers no STARTTLS gets no mail. Every answer is waited for within the limit.
//! A connection is used again only after its dialogue has ended well, and after the server has shown that it is still
//! there. No line that is handed out holds the password.

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

/// How long a connection that was idle may take to show that it is alive: less than a mail may take as a whole.
const PULSE: Duration = Duration::from_secs(3);

/// How mail leaves.
pub struct SmtpSettings {
    /// `smtps://user:password@host`, `smtp://user:password@host` or `smtp://host?tls=none`.
    pub url: SecretString,
    /// PEM certificates of the authorities that are believed in place of the public ones.
    pub ca_file: Option<PathBuf>,
    /// The longest time for one mail, from the connection to the server's last word.
    pub timeout: Duration,
    /// The name that we introduce ourselves by.
    pub name: String,
}

/// A mail server, with the connections to it. Clones share them.
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
    /// Checks the settings; the error is a sentence for the operator. Connects to nobody yet.
    pub fn open(settings: &SmtpSettings) -> Result<Self, String> {
        let relay = Relay::parse(settings.url.expose_secret()).map_err(|why| format!("the SMTP URL {why}"))?;
        let tls = match relay.security {
            Security::Open => None,
            Security::Tls | Security::StartTls => Some(tls(&relay.host, settings.ca_file.as_deref())?),
        };
        let server = Server { relay, tls, name: own_name(&settings.name)?, limit: settings.timeout };
        Ok(Self { server: Arc::new(server), idle: Arc::default() })
    }

    /// Hands over one mail; the server's reply, in one line of at most 200 characters.
    pub async fn send(&self, message: &Message) -> Result<String, Failure> {
        self.within_limit(self.deliver(message)).await
    }

    /// Connects anew, encrypts, logs in and asks for nothing: shows whether the settings are right.
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
                // It has had enough of this connection, and took nothing.
                Err(error) if error.status().is_some_and(|code| code.to_string() == "421") => {}
                answer => return told(answer),
            }
        }
        let connection = self.server.connect().await?;
        told(self.hand_over(connection, message, &bytes).await)
    }

    /// A connection that was idle, if the server is still at its other end.
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
    /// A connection over which a mail may be sent: encrypted if it is to be, and logged in.
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

/// What the server has to prove, and by whose word.
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
    // What may stand in a host name may stand in EHLO: no spaces, no line ends.
    match Host::parse(name) {
        Ok(Host::Domain(name)) => Ok(ClientId::Domain(name)),
        Ok(Host::Ipv4(address)) => Ok(ClientId::Ipv4(address)),
        Ok(Host::Ipv6(address)) => Ok(ClientId::Ipv6(address)),
        Err(_) => Err(format!("the name for SMTP has to be a host name, and is {name:?}")),
    }
}
