//! Reference of Signup Tokens, under their older name.

use gantry_core::actor::Access;
use gantry_core::credentials::CredentialType;
use gantry_core::words::Word;

use super::shape::{Call, Kind, Resource, field};

pub fn resource() -> Resource {
    Resource {
        name: "user_token",
        title: "Signup Tokens",
        about: "Signup data that becomes a user when POST /v1/users takes the token, or lapses after a day.",
        fields: vec![
            field("id", Kind::Text(0), "utk_…: the token itself, a secret"),
            field("realm_id", Kind::Id("rl"), "Its realm").at_first(),
            field("username", Kind::Text(255), "Unique in the realm, lower-cased").required_at_first(),
            field("email", Kind::Email, "May be left out where usernames are emails").at_first().or_null(),
            field("first_name", Kind::Text(100), "First name").at_first().or_null(),
            field("last_name", Kind::Text(100), "Last name").at_first().or_null(),
            field("credential_type", Kind::Word(CredentialType::TEXTS), "What the user will log in with"),
            field("password", Kind::Text(256), "Kept as a hash").required_at_first().secret(),
            field("password_confirmation", Kind::Text(256), "Compared with it if sent").at_first().secret(),
        ],
        calls: vec![
            Call::show("/v1/user_tokens/{id}", Access::Read, "Reads what a token holds"),
            Call::create("/v1/user_tokens", Access::Write, "Keeps signup data for a day"),
        ],
    }
}
