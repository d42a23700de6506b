//! Yahoo: OpenID Connect, with PKCE.
//!
//! Access tokens from apps are introspected (RFC 7662): they must be active and issued to our client.

use gantry_core::auth_providers::Oauth2;

use crate::description::{Check, Description, Openid, Profile, Proof};
use crate::whereabouts::Whereabouts;

pub(super) fn description(at: &Whereabouts) -> Description {
    Description {
        authorization_url: at.of("https://api.login.yahoo.com/oauth2/request_auth"),
        token_url: at.of("https://api.login.yahoo.com/oauth2/get_token"),
        profile_url: Some(at.of("https://api.login.yahoo.com/openid/v1/userinfo")),
        scopes: ["openid", "email", "profile"].map(str::to_owned).to_vec(),
        pkce: true,
        proof: Proof::Basic,
        openid: Some(Openid {
            issuers: vec!["https://api.login.yahoo.com".to_owned()],
            jwks_uri: at.of("https://api.login.yahoo.com/openid/v1/certs"),
            nonce: true,
        }),
        profile: Profile::Openid(Oauth2::default()),
        check: Check::Introspection(at.of("https://api.login.yahoo.com/oauth2/introspect")),
    }
}
