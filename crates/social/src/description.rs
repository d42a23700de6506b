//! Description of a provider. Each file in `providers/` creates one.

use gantry_core::auth_providers::Oauth2;

/// Endpoints and protocol details of one provider.
#[derive(Debug, Clone)]
pub struct Description {
    /// Authorization endpoint.
    pub authorization_url: String,
    /// Token endpoint: exchanges an authorization code for tokens.
    pub token_url: String,
    /// Profile (userinfo) endpoint, if the provider has one.
    pub profile_url: Option<String>,
    /// Scopes that are always requested.
    pub scopes: Vec<String>,
    /// Whether PKCE (RFC 7636, S256) is used.
    pub pkce: bool,
    /// How our client authenticates at the token endpoint.
    pub proof: Proof,
    /// Requirements for ID tokens; `None` unless it is an OpenID provider.
    pub openid: Option<Openid>,
    /// Format of the user profile.
    pub profile: Profile,
    /// How to verify which client an access token was issued to.
    pub check: Check,
}

/// Client authentication at the token endpoint (RFC 6749, section 2.3.1).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Proof {
    /// Client id and secret in the `Authorization` header.
    Basic,
    /// Client id and secret in the form.
    Body,
}

/// Requirements for the ID tokens of an OpenID provider.
#[derive(Debug, Clone)]
pub struct Openid {
    /// Accepted values of `iss`.
    pub issuers: Vec<String>,
    /// Address of the issuer's JWK Set.
    pub jwks_uri: String,
    /// Whether ID tokens contain the nonce that we sent.
    pub nonce: bool,
}

/// Format of a provider's user profile.
#[derive(Debug, Clone)]
pub enum Profile {
    /// OpenID Connect's claims, in the ID token and from the profile endpoint.
    Openid(Oauth2),
    /// OpenID Connect's names, or the configured field names, from the profile endpoint only.
    Fields(Oauth2),
    /// GitHub's REST API.
    Github,
    /// Facebook's Graph API.
    Facebook,
}

/// How to verify which client an access token was issued to.
#[derive(Debug, Clone)]
pub enum Check {
    /// The provider offers no way, so access tokens from apps are refused.
    Impossible,
    /// Token introspection (RFC 7662) at this address.
    Introspection(String),
    /// Google's `tokeninfo` endpoint.
    Google,
    /// Facebook's `debug_token` endpoint.
    Facebook,
    /// GitHub's endpoint that checks a token of an app.
    Github,
}
