//! Sessions, told.

use gantry_core::actor::Access;
use gantry_core::sessions::OFFER;

use super::shape::{Call, Kind, Resource, field};

pub fn resource() -> Resource {
    Resource {
        name: "session",
        title: "Sessions",
        about: "A login that lasts. In addresses the whole login token works in place of the id.",
        fields: vec![
            field("id", Kind::Text(0), "kss_… of a managed session, kst_… of an unmanaged one"),
            field("user_id", Kind::Id("usr"), "Whose").required_at_first(),
            field("created_at", Kind::Time, "When it began"),
            field("expires_at", Kind::WholeTime, "When it ends by itself").or_null(),
            field("request", Kind::Request, "Where the login came from, if that was sent").sometimes(),
            field("token", Kind::Text(0), "The login token: on create, else if expanded").sometimes(),
            field("user", Kind::Object("user"), "In single reads").sometimes(),
        ],
        calls: vec![
            Call::list("/v1/sessions", Access::Read, "Lists a user's live sessions", &OFFER).needing(
                "user_id",
                Kind::Text(0),
                "Whose",
            ),
            Call::show("/v1/sessions/{id}", Access::Read, "Checks a login: by session id or by the whole token").with(
                "expand",
                Kind::Word(&["memberships", "token"]),
                "Adds the user's memberships, or a fresh token",
            ),
            Call::create("/v1/sessions", Access::Write, "Logs a user in without a password"),
            Call::delete("/v1/sessions/{id}", Access::Write, "Ends a session: the user is logged out"),
        ],
    }
}
