//! Reference of App Hooks.

use gantry_core::actor::Access;
use gantry_core::app_hooks::{HookType, HookUsers, OFFER, Renderer};
use gantry_core::events::EventType;
use gantry_core::words::{State, Word};

use super::shape::{Body, Call, Field, Kind, Resource, field};

pub fn resource() -> Resource {
    Resource {
        name: "app_hook",
        title: "App hooks",
        about: "What follows events: a webhook, or a mail to the user. Without a realm, in every realm of the account.",
        fields: [fields(), email()].concat(),
        calls: vec![
            Call::list("/v1/app_hooks", Access::Read, "Lists the realm's hooks, with those of all realms", &OFFER),
            Call::show("/v1/app_hooks/{id}", Access::Read, "Reads one hook"),
            Call::create("/v1/app_hooks", Access::AdminRealm, "Makes a hook"),
            Call::update("/v1/app_hooks/{id}", Access::AdminRealm, "Changes a hook"),
            Call::delete("/v1/app_hooks/{id}", Access::AdminRealm, "Deletes a hook"),
            trial(
                "/v1/app_hooks/{id}/ping",
                "Tries it out: a webhook gets a ping event, a mail goes to email with sample data",
            )
            .sends(Body::Flat(vec![field("email", Kind::Email, "email: who gets the mail").optional()]))
            .tells(&[("event_id", Kind::Id("ev"))]),
            Call::new("POST", "/v1/app_hooks/{id}/preview", Access::Read, "Shows a mail with sample data").tells(&[
                ("subject", Kind::Text(0)),
                ("html", Kind::OrNull(&Kind::Text(0))),
                ("text", Kind::Text(0)),
            ]),
            trial(
                "/v1/app_hooks/{id}/rotate_secret",
                "Gives a webhook a new signing secret; the old one signs too for a day",
            ),
            trial("/v1/app_hooks/{id}/replay", "Lets a webhook send again: one notification, or all of a time")
                .sends(Body::Flat(replay()))
                .tells(&[("replayed", Kind::Whole(0, i64::MAX))]),
        ],
    }
}

fn trial(path: &'static str, about: &'static str) -> Call {
    Call::new("POST", path, Access::AdminRealm, about)
}

fn replay() -> Vec<Field> {
    vec![
        field("notification_id", Kind::Id("ent"), "One that is finished").optional(),
        field("from", Kind::Time, "Or all since then").optional(),
        field("until", Kind::Time, "and before then; now, if it is left out").optional(),
    ]
}

fn fields() -> Vec<Field> {
    vec![
        field("id", Kind::Id("hk"), "Made by the server"),
        field("realm_id", Kind::Id("rl"), "The realm that it follows; null: every one").at_first().or_null(),
        field("state", Kind::Word(State::TEXTS), "Inactive: nothing is sent").optional(),
        field("hook_type", Kind::Word(HookType::TEXTS), "webhook if it is left out").at_first(),
        field(
            "event_type",
            Kind::Words(EventType::TEXTS),
            "webhook: what it follows, empty for all; email: one of users",
        )
        .optional(),
        field("delay", Kind::Whole(0, 172_800), "Seconds to wait before the first attempt").optional(),
        field("created_at", Kind::Time, "When it was made"),
        field(
            "destination",
            Kind::Text(2000),
            "webhook: where it sends; a password in it is told with admin_realm only",
        )
        .optional()
        .sometimes(),
        field("secret", Kind::Text(0), "webhook: what it signs with; told with admin_realm only").sometimes(),
    ]
}

fn email() -> Vec<Field> {
    let own = |name, kind, about| field(name, kind, about).optional().sometimes();
    vec![
        own("email_from", Kind::Email, "email: the sender; null: the installation's").or_null(),
        own("email_from_name", Kind::Text(100), "email: the sender's name").or_null(),
        own("email_renderer", Kind::Word(Renderer::TEXTS), "email: how the template is read"),
        own("email_subject", Kind::Text(255), "email: a template of one line").or_null(),
        own("email_template", Kind::Text(65_536), "email: the template of the text").or_null(),
        own("email_to", Kind::Email, "email: gets it in place of the user").or_null(),
        own("user_type", Kind::Word(HookUsers::TEXTS), "email: whose events it follows"),
    ]
}
