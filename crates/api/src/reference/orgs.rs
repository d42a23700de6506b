//! Orgs, told.

use gantry_core::words::{State, Word};

use super::shape::{Kind, Resource, field};

pub fn resource() -> Resource {
    Resource {
        name: "org",
        title: "Orgs",
        about: "A group of users, such as a customer of your app.",
        fields: vec![
            field("id", Kind::Id("org"), "Made by the server"),
            field("realm_id", Kind::Id("rl"), "Its realm").at_first(),
            field("name", Kind::Text(255), "Need not be unique").required(),
            field("state", Kind::Word(State::TEXTS), "Whether it is in use").optional(),
            field("reference", Kind::Text(255), "Your own id for it").optional().or_null(),
            field("custom", Kind::Custom, "Your own attributes; in lists only if expanded").optional().sometimes(),
            field("created_at", Kind::Time, "When it was made"),
            field("memberships", Kind::Objects("membership"), "If expanded").sometimes(),
        ],
        calls: vec![],
    }
}
