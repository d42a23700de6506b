//! Reference of orgs.

use gantry_core::actor::Access;
use gantry_core::orgs::OFFER;
use gantry_core::words::{State, Word};

use super::shape::{Call, Kind, Resource, field};

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
        calls: vec![
            Call::list("/v1/orgs", Access::Read, "Lists orgs", &OFFER)
                .with("reference", Kind::Text(255), "Only those with this reference")
                .with("state", Kind::Word(State::TEXTS), "Only those in this state")
                .with("expand", Kind::Word(&["custom"]), "Adds custom attributes"),
            Call::show("/v1/orgs/{id}", Access::Read, "Reads one org").with(
                "expand",
                Kind::Word(&["memberships"]),
                "Adds the org's first 1,000 memberships, each with its user",
            ),
            Call::create("/v1/orgs", Access::Write, "Makes an org"),
            Call::update("/v1/orgs/{id}", Access::Write, "Changes an org"),
            Call::delete("/v1/orgs/{id}", Access::Write, "Deletes an org with its memberships"),
        ],
    }
}
