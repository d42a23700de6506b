//! Reference of memberships.

use gantry_core::actor::Access;
use gantry_core::memberships::OFFER;

use super::shape::{Call, Kind, Resource, field};

pub fn resource() -> Resource {
    Resource {
        name: "membership",
        title: "Memberships",
        about: "What a user may do, in an org or by themselves.",
        fields: vec![
            field("id", Kind::Id("mb"), "Made by the server"),
            field("user_id", Kind::Id("usr"), "Whose").required_at_first(),
            field("org_id", Kind::Id("org"), "In which org; none: the user's own").at_first().or_null(),
            field("permissions", Kind::Texts(2000), "Sent as one text or several").optional(),
            field("expires_at", Kind::Time, "Gone then").optional().or_null(),
            field("custom", Kind::Custom, "Your own attributes").optional(),
            field("created_at", Kind::Time, "When it was made"),
            field("user", Kind::Object("user"), "The user, where the org is given").sometimes(),
            field("org", Kind::Object("org"), "The org, where the user is given").sometimes().or_null(),
        ],
        calls: vec![
            Call::list(
                "/v1/memberships",
                Access::Read,
                "Lists memberships of a user or of an org; one has to be named",
                &OFFER,
            )
            .with(
                "user_id",
                Kind::Text(0),
                "Of this user (id, username, or email where emails are unique), each with its org",
            )
            .with(
                "org_id",
                Kind::Text(0),
                "Of this org, each with its user; with both filters neither is told",
            ),
            Call::show("/v1/memberships/{id}", Access::Read, "Reads one membership with its user and org"),
            Call::create("/v1/memberships", Access::Write, "Makes a user a member; one membership per user and org"),
            Call::update("/v1/memberships/{id}", Access::Write, "Changes permissions, expiry or attributes"),
            Call::delete("/v1/memberships/{id}", Access::Write, "Ends a membership"),
        ],
    }
}
