//! Reference of sessions.

use gantry_core::actor::Access;
use gantry_core::sessions::OFFER;

use super::shape::{Body, Call, Kind, Resource, field};

const EXPANDED: Kind = Kind::Word(&["memberships", "token"]);
const EXPANDS: &str = "Adds the user's memberships, or a fresh token, for which the key needs write";

pub fn resource() -> Resource {
    Resource {
        name: "session",
        title: "Sessions",
        about: "A login that lasts. In addresses the whole login token works in place of the id. Escape it there, or let verify have \
            what a browser brought: a token that is not escaped chooses the address.",
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
                "Whose: id, username, or email where emails are unique",
            ),
            Call::show("/v1/sessions/{id}", Access::Read, "Checks a login: by session id or by the whole token")
                .or_by_token(Access::Verify)
                .with("expand", EXPANDED, EXPANDS),
            Call::new(
                "POST",
                "/v1/sessions/verify",
                Access::Read,
                "Checks a login by its token, which the body has, also under session; 404 for whatever is not valid now",
            )
            .or_by_token(Access::Verify)
            .with("expand", EXPANDED, EXPANDS)
            .sends(Body::Flat(vec![
                field("token", Kind::Text(0), "The login token as the browser brought it").required_at_first(),
            ])),
            Call::create("/v1/sessions", Access::Write, "Logs a user in without a password"),
            Call::delete(
                "/v1/sessions/{id}",
                Access::Write,
                "Ends a session, by its id or the whole token: the user is logged out. One that has ended ends again",
            )
            .or_by_token(Access::Verify),
            Call::delete("/v1/sessions", Access::Write, "Ends all sessions of a user; an extension").needing(
                "user_id",
                Kind::Text(0),
                "Whose: id, username, or email where emails are unique",
            ),
        ],
    }
}
