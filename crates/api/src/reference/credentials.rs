//! Credentials, told.

use gantry_core::credentials::CredentialType;
use gantry_core::words::Word;

use super::shape::{Kind, Resource, field};

pub fn resource() -> Resource {
    Resource {
        name: "credential",
        title: "Credentials",
        about: "What a user logs in with.",
        fields: vec![
            field("id", Kind::Id("crd"), "Made by the server"),
            field("credential_type", Kind::Word(CredentialType::TEXTS), "Its kind").required_at_first(),
        ],
        calls: vec![],
    }
}
