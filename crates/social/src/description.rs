//! What a provider is like: the words in which each file of `providers/` tells it.

use gantry_core::auth_providers::Oauth2;

/// One provider.
#[derive(Debug, Clone)]
pub struct Description {
    /// Where people log in.
    pub authorization_url: String,
    /// Where codes become tokens.
    pub token_url: String,
    /// Where a token's person is told, if that is anywhere.
    pub profile_url: Option<String>,
    /// What is asked for in any case.
    pub scopes: Vec<String>,
    /// Whether it takes PKCE (RFC 7636, S256).
    pub pkce: bool,
    /// How our client proves itself to it.
    pub proof: Proof,
    /// Of an OpenID provider.
    pub openid: Option<Openid>,
    /// In which words it tells of people.
    pub profile: Profile,
    /// How it tells for whom a token was issued.
    pub check: Check,
}

/// How our client proves itself at the token endpoint.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Proof {
    /// Id and secret in the header.
    Basic,
    /// Id and secret in the body.
    Body,
}

/// What an OpenID provider's ID tokens have to be.
#[derive(Debug, Clone)]
pub struct Openid {
    /// Who they say they are from; any of these.
    pub issuers: Vec<String>,
    /// Where the keys are.
    pub jwks_uri: String,
    /// Whether they have the nonce that we sent.
    pub nonce: bool,
}

/// In which words a provider tells of people.
#[derive(Debug, Clone)]
pub enum Profile {
    /// OpenID Connect's claims, in the ID token and at the profile address.
    Openid(Oauth2),
    /// The same names, or those that were set, at the profile address alone.
    Fields(Oauth2),
    /// GitHub's.
    Github,
    /// Facebook's.
    Facebook,
}

/// How a provider tells for whom a token was issued.
#[derive(Debug, Clone)]
pub enum Check {
    /// Not at all.
    Impossible,
    /// RFC 7662.
    Introspection(String),
    /// Google's `tokeninfo`.
    Google,
    /// Facebook's `debug_token`.
    Facebook,
    /// GitHub's check of an app's token.
    Github,
}
