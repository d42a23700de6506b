//! Memberships, told.

use super::shape::{Kind, Resource, field};

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
        calls: vec![],
    }
}
