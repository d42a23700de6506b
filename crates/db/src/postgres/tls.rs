//! The PostgreSQL URL, and TLS as strict as it says.
//!
//! `sslmode=disable` speaks plainly; `require` and `verify-full` both check the certificate and the host name, against
//! `sslrootcert=FILE` or the public roots. Without `sslmode`, an address of this machine is spoken to plainly and any
//! other with TLS.

use std::sync::Arc;

use rustls::{ClientConfig, RootCertStore};
use rustls_pki_types::CertificateDer;
use rustls_pki_types::pem::PemObject;
use tokio_postgres::Config;
use tokio_postgres::config::{Host, SslMode};
use tokio_postgres_rustls::MakeRustlsConnect;
use url::Url;

use crate::Error;
use crate::error::Result;

/// The driver's configuration, and the TLS connector unless the connection is plain.
pub(super) fn settings(url: &str) -> Result<(Config, Option<MakeRustlsConnect>)> {
    let wrong = |why: String| Error::Configuration(format!("the PostgreSQL URL cannot be used: {why}"));
    let mut parsed = Url::parse(url).map_err(|e| wrong(e.to_string()))?;
    let (mut mode, mut roots, mut kept) = (None, None, Vec::new());
    for (name, value) in parsed.query_pairs() {
        match &*name {
            "sslmode" => mode = Some(value.into_owned()),
            "sslrootcert" => roots = Some(value.into_owned()),
            _ => kept.push((name.into_owned(), value.into_owned())),
        }
    }
    parsed.set_query(None);
    if !kept.is_empty() {
        parsed.query_pairs_mut().extend_pairs(kept);
    }
    let mut config: Config = parsed.as_str().parse().map_err(|e: tokio_postgres::Error| wrong(e.to_string()))?;
    let plain = match mode.as_deref() {
        None => config.get_hosts().iter().all(of_this_machine),
        Some("disable") => true,
        Some("require" | "verify-full") => false,
        Some(other) => return Err(wrong(format!("sslmode {other} is not one of disable, require, verify-full"))),
    };
    config.ssl_mode(if plain { SslMode::Disable } else { SslMode::Require });
    let tls = if plain { None } else { Some(connector(roots.as_deref())?) };
    Ok((config, tls))
}

fn of_this_machine(host: &Host) -> bool {
    match host {
        Host::Tcp(name) => {
            name == "localhost" || name.parse().is_ok_and(|address: std::net::IpAddr| address.is_loopback())
        }
        Host::Unix(_) => true,
    }
}

fn connector(file: Option<&str>) -> Result<MakeRustlsConnect> {
    let mut roots = RootCertStore::empty();
    if let Some(file) = file {
        let wrong = |e: String| Error::Configuration(format!("sslrootcert {file}: {e}"));
        for certificate in CertificateDer::pem_file_iter(file).map_err(|e| wrong(e.to_string()))? {
            let certificate = certificate.map_err(|e| wrong(e.to_string()))?;
            roots.add(certificate).map_err(|e| wrong(e.to_string()))?;
        }
    } else {
        roots.extend(webpki_roots::TLS_SERVER_ROOTS.iter().cloned());
    }
    let config = ClientConfig::builder_with_provider(Arc::new(rustls::crypto::aws_lc_rs::default_provider()))
        .with_safe_default_protocol_versions()
        .map_err(|e| Error::other("TLS cannot be set up", e))?
        .with_root_certificates(roots)
        .with_no_client_auth();
    Ok(MakeRustlsConnect::new(config))
}
