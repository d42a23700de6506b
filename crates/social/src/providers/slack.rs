//! Sign in with Slack: OpenID Connect, without PKCE for apps that have a secret.
//!
//! Slack offers no way to verify which app an access token was issued to, so tokens from apps are refused.

use gantry_core::auth_providers::Oauth2;

use crate::description::{Check, Description, Openid, Profile, Proof};
use crate::whereabouts::Whereabouts;

pub(super) fn description(at: &Whereabouts) -> Description {
    Description {
        authorization_url: at.of("https://slack.com/openid/connect/authorize"),
        token_url: at.of("https://slack.com/api/openid.connect.token"),
        profile_url: Some(at.of("https://slack.com/api/openid.connect.userInfo")),
        scopes: ["openid", "email", "profile"].map(str::to_owned).to_vec(),
        pkce: false,
        proof: Proof::Body,
        openid: Some(Openid {
            issuers: vec!["https://slack.com".to_owned()],
            jwks_uri: at.of("https://slack.com/openid/connect/keys"),
            nonce: true,
        }),
        profile: Profile::Openid(Oauth2::default()),
        check: Check::Impossible,
    }
}
