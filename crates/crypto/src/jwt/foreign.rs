//! Third-party tokens: verifies an OpenID provider's ID tokens with the keys it publishes.
//!
//! Guarantees: the algorithm is determined by the key, never by the token; encryption keys, symmetric keys and RSA keys
//! under 2,048 bits are ignored; any type other than `JWT` and any `crit` is refused. The caller must validate the
//! claims.

use jsonwebtoken::jwk::{AlgorithmParameters, EllipticCurve, Jwk, KeyAlgorithm, PublicKeyUse};
use jsonwebtoken::{Algorithm, DecodingKey, crypto};
use serde_json::{Map, Value};

use super::JwtError;
use super::compact::{Header, Parts, parse};
use crate::install_provider;

/// Minimum length of an RSA modulus in bytes (RFC 7518).
const LEAST_MODULUS: usize = 256;

/// Public key from a provider's JWK Set.
pub struct ForeignKey {
    kid: Option<String>,
    algorithm: Algorithm,
    key: DecodingKey,
}

/// Returns the id of the key that a token claims to be signed with. The token is not verified.
pub fn foreign_kid(token: &str) -> Result<Option<String>, JwtError> {
    let header: Header = parse(Parts::split(token)?.header)?;
    Ok(header.kid)
}

impl ForeignKey {
    /// Returns the signing keys of a JWK Set. Unreadable and unsupported keys are skipped, because a provider may also
    /// publish key types that are not supported here.
    pub fn of_set(set: &Value) -> Vec<Self> {
        install_provider();
        let keys = set.get("keys").and_then(Value::as_array);
        keys.into_iter().flatten().filter_map(|key| Self::read(key.clone())).collect()
    }

    fn read(key: Value) -> Option<Self> {
        let jwk: Jwk = serde_json::from_value(key).ok()?;
        if jwk.common.public_key_use.as_ref().is_some_and(|purpose| *purpose != PublicKeyUse::Signature) {
            return None;
        }
        let algorithm = algorithm(&jwk)?;
        if let AlgorithmParameters::RSA(parameters) = &jwk.algorithm
            && modulus_bytes(&parameters.n)? < LEAST_MODULUS
        {
            return None;
        }
        let key = DecodingKey::from_jwk(&jwk).ok()?;
        Some(Self { kid: jwk.common.key_id, algorithm, key })
    }

    /// Returns the key id (`kid`), if it has one.
    pub fn kid(&self) -> Option<&str> {
        self.kid.as_deref()
    }

    /// Verifies a token's signature and returns its claims, which are not validated.
    pub fn verify(&self, token: &str) -> Result<Map<String, Value>, JwtError> {
        let parts = Parts::split(token)?;
        let header: Header = parse(parts.header)?;
        if header.alg != name(self.algorithm) {
            return Err(JwtError::Algorithm);
        }
        if header.critical || header.typ.as_deref().is_some_and(|typ| !typ.eq_ignore_ascii_case("JWT")) {
            return Err(JwtError::Header);
        }
        if let (Some(own), Some(named)) = (&self.kid, &header.kid)
            && own != named
        {
            return Err(JwtError::KeyId);
        }
        let right = crypto::verify(parts.signature, parts.signed.as_bytes(), &self.key, self.algorithm);
        if !right.map_err(|_| JwtError::Malformed)? {
            return Err(JwtError::Signature);
        }
        parse(parts.payload).map_err(|_| JwtError::Claims)
    }
}

/// Returns the algorithm of a key: the one it names, if that fits its type, or otherwise the default of its type.
fn algorithm(jwk: &Jwk) -> Option<Algorithm> {
    let (usual, fitting): (Algorithm, &[Algorithm]) = match &jwk.algorithm {
        AlgorithmParameters::RSA(_) => (
            Algorithm::RS256,
            &[
                Algorithm::RS256,
                Algorithm::RS384,
                Algorithm::RS512,
                Algorithm::PS256,
                Algorithm::PS384,
                Algorithm::PS512,
            ],
        ),
        AlgorithmParameters::EllipticCurve(parameters) => match parameters.curve {
            EllipticCurve::P256 => (Algorithm::ES256, &[Algorithm::ES256]),
            EllipticCurve::P384 => (Algorithm::ES384, &[Algorithm::ES384]),
            _ => return None,
        },
        AlgorithmParameters::OctetKeyPair(parameters) if parameters.curve == EllipticCurve::Ed25519 => {
            (Algorithm::EdDSA, &[Algorithm::EdDSA])
        }
        _ => return None,
    };
    let named = match jwk.common.key_algorithm {
        None => return Some(usual),
        Some(KeyAlgorithm::UNKNOWN_ALGORITHM) => return None,
        Some(named) => Algorithm::try_from(named).ok()?,
    };
    fitting.contains(&named).then_some(named)
}

fn modulus_bytes(modulus: &str) -> Option<usize> {
    let bytes = super::compact::decode(modulus)?;
    Some(bytes.iter().skip_while(|byte| **byte == 0).count())
}

fn name(algorithm: Algorithm) -> String {
    format!("{algorithm:?}")
}
