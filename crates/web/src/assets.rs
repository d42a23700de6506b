//! Stylesheets, scripts and pictures: built into the binary and served under a path that changes with their content, so
//! that browsers may cache them indefinitely.

use std::collections::BTreeMap;
use std::io::Write;

use axum::body::Body;
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use bytes::Bytes;
use flate2::Compression;
use flate2::write::GzEncoder;
use gantry_crypto::{hex, token};
use rust_embed::RustEmbed;

#[derive(RustEmbed)]
#[folder = "../../assets"]
struct Files;

/// File name of the browser library.
pub const AUTHROCKET_JS: &str = "authrocket.js";
/// File name of the script that the browser library loads to solve a proof-of-work challenge.
pub const PROOF_OF_WORK_JS: &str = "proof_of_work.js";

/// All assets, plain and compressed.
#[derive(Debug)]
pub struct Assets {
    version: String,
    files: BTreeMap<String, Asset>,
}

#[derive(Debug)]
struct Asset {
    kind: &'static str,
    plain: Bytes,
    gzipped: Bytes,
}

impl Assets {
    /// Reads and compresses all assets, a few kilobytes in total.
    pub fn load() -> Self {
        let mut files = BTreeMap::new();
        let mut seen = String::new();
        for name in Files::iter() {
            let Some(file) = Files::get(&name) else { continue };
            let plain = Bytes::from(file.data.into_owned());
            seen.push_str(&hex::encode(&token::hash(&String::from_utf8_lossy(&plain))));
            let gzipped = gzip(&plain);
            files.insert(name.clone().into_owned(), Asset { kind: kind(&name), plain, gzipped });
        }
        Self { version: hex::encode(&token::hash(&seen))[..12].to_owned(), files }
    }

    /// Returns the path prefix of this version's assets, without a trailing slash.
    pub fn prefix(&self) -> String {
        format!("/assets/{}", self.version)
    }

    /// Returns the file, or 404. The path of another version gets the current file, uncached.
    pub fn answer(&self, version: &str, name: &str, headers: &HeaderMap) -> Response {
        let immutable = version == self.version;
        self.send(name, headers, if immutable { "public, max-age=31536000, immutable" } else { "no-store" })
    }

    /// Returns the file for a path without a version, so that apps' pages of any origin can include it.
    pub fn at_fixed_address(&self, name: &str, headers: &HeaderMap) -> Response {
        // A weak ETag, because the plain and the compressed body share it.
        let tag = format!("W/\"{}\"", self.version);
        let known = headers.get(header::IF_NONE_MATCH).and_then(|value| value.to_str().ok());
        let is_known = known.is_some_and(|known| known.split(',').any(|one| one.trim() == tag));
        let mut response = self.send(name, headers, "public, max-age=300");
        if is_known && response.status().is_success() {
            *response.status_mut() = StatusCode::NOT_MODIFIED;
            *response.body_mut() = Body::empty();
        }
        let told = response.headers_mut();
        told.insert(header::ACCESS_CONTROL_ALLOW_ORIGIN, HeaderValue::from_static("*"));
        told.insert("cross-origin-resource-policy", HeaderValue::from_static("cross-origin"));
        if let Ok(tag) = HeaderValue::from_str(&tag) {
            told.insert(header::ETAG, tag);
        }
        response
    }

    fn send(&self, name: &str, headers: &HeaderMap, cache: &str) -> Response {
        let Some(asset) = self.files.get(name) else { return StatusCode::NOT_FOUND.into_response() };
        let accepts = headers.get(header::ACCEPT_ENCODING).and_then(|value| value.to_str().ok()).unwrap_or_default();
        let zipped = accepts.split(',').any(|coding| coding.trim().split(';').next() == Some("gzip"));
        let mut response = Response::builder()
            .header(header::CONTENT_TYPE, asset.kind)
            .header(header::CACHE_CONTROL, cache)
            .header(header::VARY, "accept-encoding")
            .header(header::X_CONTENT_TYPE_OPTIONS, "nosniff");
        if zipped {
            response = response.header(header::CONTENT_ENCODING, "gzip");
        }
        let body = if zipped { asset.gzipped.clone() } else { asset.plain.clone() };
        response.body(Body::from(body)).unwrap_or_else(|_| StatusCode::INTERNAL_SERVER_ERROR.into_response())
    }
}

fn gzip(plain: &[u8]) -> Bytes {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::best());
    let written = encoder.write_all(plain).and_then(|()| encoder.finish());
    written.map(Bytes::from).unwrap_or_default() // writing into memory cannot fail
}

fn kind(name: &str) -> &'static str {
    match name.rsplit_once('.').map(|(_, extension)| extension) {
        Some("css") => "text/css; charset=utf-8",
        Some("js") => "text/javascript; charset=utf-8",
        Some("svg") => "image/svg+xml",
        _ => "application/octet-stream",
    }
}
