//! Salted plain digests: LDAP's `{SSHA}` family, and the hexadecimal digests of many custom systems as
//! `$hex-md5$prefix$<salt>$<digits>`, with `md5`, `sha1`, `sha256` or `sha512`, and `suffix` if the salt follows the
//! password. The salt is used as literal text and may be empty.

use aws_lc_rs::digest::{self as sha, SHA1_FOR_LEGACY_USE_ONLY, SHA256, SHA512};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use md5::{Digest as _, Md5};

use crate::{hex, token};

#[derive(Clone, Copy)]
enum Algorithm {
    Md5,
    Sha1,
    Sha256,
    Sha512,
}

impl Algorithm {
    fn length(self) -> usize {
        match self {
            Self::Md5 => 16,
            Self::Sha1 => 20,
            Self::Sha256 => 32,
            Self::Sha512 => 64,
        }
    }

    fn of(self, text: &[u8]) -> Vec<u8> {
        match self {
            Self::Md5 => Md5::digest(text).to_vec(),
            Self::Sha1 => sha::digest(&SHA1_FOR_LEGACY_USE_ONLY, text).as_ref().to_vec(),
            Self::Sha256 => sha::digest(&SHA256, text).as_ref().to_vec(),
            Self::Sha512 => sha::digest(&SHA512, text).as_ref().to_vec(),
        }
    }
}

/// Digest of the password with a salt before or after it.
#[derive(Clone)]
pub(in crate::password) struct Hash {
    algorithm: Algorithm,
    prefix: Vec<u8>,
    suffix: Vec<u8>,
    digest: Vec<u8>,
}

impl Hash {
    pub(super) fn parse(text: &str) -> Option<Self> {
        if text.starts_with('{') { Self::ldap(text) } else { Self::hex(text) }
    }

    /// RFC 2307: the scheme in braces, then base64 of the digest and the salt.
    fn ldap(text: &str) -> Option<Self> {
        let (scheme, rest) = text.strip_prefix('{')?.split_once('}')?;
        let (algorithm, salted) = match scheme {
            "SHA" => (Algorithm::Sha1, false),
            "SSHA" => (Algorithm::Sha1, true),
            "SHA256" => (Algorithm::Sha256, false),
            "SSHA256" => (Algorithm::Sha256, true),
            "SHA512" => (Algorithm::Sha512, false),
            "SSHA512" => (Algorithm::Sha512, true),
            _ => return None,
        };
        let mut digest = STANDARD.decode(rest).ok()?;
        let length = algorithm.length();
        let fits = if salted { (length + 1..=length + 64).contains(&digest.len()) } else { digest.len() == length };
        if !fits {
            return None;
        }
        let suffix = digest.split_off(length);
        Some(Self { algorithm, prefix: Vec::new(), suffix, digest })
    }

    fn hex(text: &str) -> Option<Self> {
        let mut fields = text.strip_prefix("$hex-")?.split('$');
        let algorithm = match fields.next()? {
            "md5" => Algorithm::Md5,
            "sha1" => Algorithm::Sha1,
            "sha256" => Algorithm::Sha256,
            "sha512" => Algorithm::Sha512,
            _ => return None,
        };
        let (place, salt) = (fields.next()?, fields.next()?.as_bytes().to_vec());
        let digest = hex::decode(fields.next()?)?;
        let (prefix, suffix) = match place {
            "prefix" => (salt, Vec::new()),
            "suffix" => (Vec::new(), salt),
            _ => return None,
        };
        let fits = fields.next().is_none() && digest.len() == algorithm.length();
        fits.then_some(Self { algorithm, prefix, suffix, digest })
    }

    pub(super) fn is_of(&self, password: &[u8]) -> bool {
        let text = [&self.prefix, password, &self.suffix].concat();
        token::same(&self.algorithm.of(&text), &self.digest)
    }
}
