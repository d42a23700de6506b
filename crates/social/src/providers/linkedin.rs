//! LinkedIn: OpenID Connect, without PKCE for apps that have a secret. Its ID tokens contain no nonce.
//!
//! Access tokens from apps are introspected: they must be active and issued to our client.

use gantry_core::auth_providers::Oauth2;

use crate::description::{Check, Description, Openid, Profile, Proof};
use crate::whereabouts::Whereabouts;

pub(super) fn description(at: &Whereabouts) -> Description {
    Description {
        authorization_url: at.of("https://www.linkedin.com/oauth/v2/authorization"),
        token_url: at.of("https://www.linkedin.com/oauth/v2/accessToken"),
        profile_url: Some(at.of("https://api.linkedin.com/v2/userinfo")),
        scopes: ["openid", "profile", "email"].map(str::to_owned).to_vec(),
        pkce: false,
        proof: Proof::Body,
        openid: Some(Openid {
            issuers: ["https://www.linkedin.com/oauth", "https://www.linkedin.com"].map(str::to_owned).to_vec(),
            jwks_uri: at.of("https://www.linkedin.com/oauth/openid/jwks"),
            nonce: false,
        }),
        profile: Profile::Openid(Oauth2::default()),
        check: Check::Introspection(at.of("https://www.linkedin.com/oauth/v2/introspectToken")),
    }
}
