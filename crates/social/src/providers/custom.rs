//! Custom provider of a realm: configured by OpenID Connect discovery or by its three addresses.
//!
//! Access tokens from apps are introspected (RFC 7662) if the discovery document names an endpoint, and refused
//! otherwise.

use gantry_core::auth_providers::{Oauth2, SocialClient};

use crate::description::{Check, Description, Openid, Profile, Proof};
use crate::discovery::Metadata;
use crate::error::{Error, Result};

/// Describes a provider by its discovery document. PKCE is always sent, because servers ignore unknown parameters (RFC
/// 6749, section 3.1).
pub fn by_discovery(metadata: &Metadata, names: Oauth2, client: &SocialClient) -> Description {
    let takes_basic = match &metadata.token_endpoint_auth_methods_supported {
        Some(methods) => methods.iter().any(|method| method == "client_secret_basic"),
        // OpenID Connect Discovery 1.0, section 3.
        None => true,
    };
    let asked = client.provider.scopes.as_deref().unwrap_or_default();
    let scopes: &[&str] = if asked.is_empty() { &["openid", "email", "profile"] } else { &["openid"] };
    Description {
        authorization_url: metadata.authorization_endpoint.clone(),
        token_url: metadata.token_endpoint.clone(),
        profile_url: metadata.userinfo_endpoint.clone(),
        scopes: scopes.iter().map(|scope| (*scope).to_owned()).collect(),
        pkce: true,
        proof: if takes_basic { Proof::Basic } else { Proof::Body },
        openid: Some(Openid {
            issuers: vec![metadata.issuer.clone()],
            jwks_uri: metadata.jwks_uri.clone(),
            nonce: true,
        }),
        profile: Profile::Openid(names),
        check: metadata.introspection_endpoint.clone().map_or(Check::Impossible, Check::Introspection),
    }
}

/// Describes a provider by its configured addresses.
pub fn by_addresses(custom: Oauth2) -> Result<Description> {
    let missing = || Error::Unreachable("its addresses are not set".to_owned());
    Ok(Description {
        authorization_url: custom.authorization_url.clone().ok_or_else(missing)?,
        token_url: custom.token_url.clone().ok_or_else(missing)?,
        profile_url: Some(custom.profile_url.clone().ok_or_else(missing)?),
        scopes: Vec::new(),
        pkce: true,
        proof: Proof::Body,
        openid: None,
        profile: Profile::Fields(custom),
        check: Check::Impossible,
    })
}
