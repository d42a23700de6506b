//! Reference of events.

use gantry_core::actor::Access;
use gantry_core::app_hooks::HookType;
use gantry_core::events::{FailureReason, OFFER};
use gantry_core::notifications::Progress;
use gantry_core::words::Word as _;

use super::shape::{Call, Field, Kind, Resource, field};

/// Fields that name the subjects of an event, with the prefixes of their ids.
const SUBJECTS: [(&str, &str); 6] = [
    ("app_hook_id", "hk"),
    ("auth_provider_id", "ap"),
    ("login_policy_id", "lpl"),
    ("membership_id", "mb"),
    ("org_id", "org"),
    ("user_id", "usr"),
];

/// Fields of a notification: one event for one hook.
const NOTIFICATION: &[(&str, Kind)] = &[
    ("object", Kind::Word(&["notification"])),
    ("id", Kind::Id("ent")),
    ("app_hook_id", Kind::Id("hk")),
    ("hook_type", Kind::Word(HookType::TEXTS)),
    ("state", Kind::Word(Progress::TEXTS)),
    ("attempts", Kind::Whole(0, i64::MAX)),
    ("last_attempt_at", Kind::OrNull(&Kind::Time)),
    ("last_destination", Kind::OrNull(&Kind::Text(0))),
    ("last_result", Kind::OrNull(&Kind::Text(0))),
];

pub fn resource() -> Resource {
    let subjects = SUBJECTS.map(|(name, prefix)| field(name, Kind::Id(prefix), "What it is about").or_null());
    Resource {
        name: "event",
        title: "Events",
        about: "What happened, written together with the change itself.",
        fields: [fields(), subjects.to_vec()].concat(),
        calls: vec![
            SUBJECTS.iter().fold(list(), |list, (name, _)| {
                list.with(name, Kind::Text(0), "Only those about this; 404 where there never was one")
            }),
            Call::show("/v1/events/{id}", Access::Read, "Reads one event"),
        ],
    }
}

fn fields() -> Vec<Field> {
    vec![
        field("id", Kind::Id("ev"), "Made by the server"),
        field("event_type", Kind::Text(0), "Such as user.created"),
        field("event_at", Kind::Time, "When it happened"),
        field("realm_id", Kind::Id("rl"), "Where it happened"),
        field("reason", Kind::Word(FailureReason::TEXTS), "Why a login was refused, or a user is locked").sometimes(),
        field("login_name", Kind::Text(255), "The name tried at a refused login; hmac:… if it is nobody's").sometimes(),
        field("request", Kind::Request, "The end user who caused it, if that was sent").sometimes(),
        field("notifications", Kind::Records(NOTIFICATION), "What hooks made of it; in lists only if expanded")
            .sometimes(),
    ]
}

fn list() -> Call {
    Call::list("/v1/events", Access::Read, "Lists events, the newest first", &OFFER)
        .with("created_at_after", Kind::Text(0), "Not before this; empty: no bound; left out: 30 days ago")
        .with("event_type", Kind::Text(0), "Types or their left parts, such as user.login; several with commas")
        .with("expand", Kind::Word(&["notifications"]), "Adds notifications")
}
