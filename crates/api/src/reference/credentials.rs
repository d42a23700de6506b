//! Reference of credentials.

use gantry_core::actor::Access;
use gantry_core::credentials::{CredentialState, CredentialType};
use gantry_core::words::Word;

use super::shape::{Body, Call, Field, Kind, Resource, field};

pub fn resource() -> Resource {
    Resource {
        name: "credential",
        title: "Credentials",
        about: "What a user logs in with: a password, a device that makes codes, an account at a social provider, a \
            system's API key. Users tell which they have.",
        fields: [fields(), secrets()].concat(),
        calls: vec![
            Call::show("/v1/credentials/{id}", Access::Read, "Reads one credential"),
            Call::create("/v1/credentials", Access::Write, "Gives a user another credential"),
            Call::update("/v1/credentials/{id}", Access::Write, "Sets a password, makes another key, renames a device"),
            Call::delete("/v1/credentials/{id}", Access::Write, "Takes a credential away"),
            Call::new("POST", "/v1/credentials/{id}/verify", Access::Write, "Puts a device to use by a code of it")
                .sends(Body::Under("credential", vec![field("code", Kind::Text(32), "Six digits").required()])),
        ],
    }
}

fn fields() -> Vec<Field> {
    vec![
        field("id", Kind::Id("crd"), "Made by the server"),
        field("user_id", Kind::Id("usr"), "Whose; not told inside users").required_at_first().sometimes(),
        field("credential_type", Kind::Word(CredentialType::TEXTS), "Its kind").required_at_first(),
        field("created_at", Kind::Time, "When it was made; not told inside users").sometimes(),
        field("auth_provider_id", Kind::Id("ap"), "totp, social: the provider").at_first().sometimes(),
        field("name", Kind::Text(100), "totp: the device's name").optional().sometimes(),
        field("state", Kind::Word(CredentialState::TEXTS), "totp: new until a right code was shown").sometimes(),
        field("provider_user_id", Kind::Text(255), "social: the user's id there").optional().sometimes(),
        field("token_expires_at", Kind::Time, "social: when its token expires").optional().sometimes(),
    ]
}

fn secrets() -> Vec<Field> {
    vec![
        field("password", Kind::Text(256), "password: kept as a hash").optional().secret(),
        field("password_confirmation", Kind::Text(256), "password: compared if sent").optional().secret(),
        field("keep_sessions", Kind::Flag, "password: other sessions go on").optional().secret(),
        field(
            "api_key",
            Kind::Text(256),
            "api_key: generate, or your own; told once, or if kept readable and the key may write",
        )
        .optional()
        .sometimes(),
        field("otp_secret", Kind::Text(0), "totp: what the device needs, while it is new; for keys that may write")
            .sometimes(),
        field("provisioning_uri", Kind::Text(0), "totp: the same for a QR code").sometimes(),
        field("qr_svg", Kind::Text(0), "totp: that QR code as an <svg> element, while it is new").sometimes(),
        field("recovery_codes", Kind::Texts(10), "totp: told once, by the verify of a user who has none").sometimes(),
        field("access_token", Kind::Text(4096), "social: the provider's token; for keys that may write")
            .optional()
            .sometimes(),
    ]
}
