//! Reference of Connected Apps, under their older name.

use gantry_core::actor::Access;
use gantry_core::connected_apps::OFFER;

use super::shape::{Call, Kind, Resource, field};

pub fn resource() -> Resource {
    Resource {
        name: "login_policy",
        title: "Connected Apps",
        about: "An app that sends its people to the hosted login pages; login_policies is its older name.",
        fields: vec![
            field("id", Kind::Id("lpl"), "Made by the server"),
            field("realm_id", Kind::Id("rl"), "Its realm").at_first(),
            field("name", Kind::Text(255), "Title of the hosted pages").required(),
            field("login_handler", Kind::Link, "Gets finished logins, as ?token=").required(),
            field("signup_handler", Kind::Link, "Gets Signup Tokens (signup_mode user_token); else the login handler")
                .optional()
                .or_null(),
            field("redirect_uris", Kind::Texts(100), "Where ?redirect_uri= may lead").optional(),
            field("subdomain", Kind::Text(63), "Where its pages answer; made up if left out").optional(),
            field("base_domain", Kind::Text(0), "What the subdomain is under"),
            field("domains", Kind::Texts(1000), "Every domain where its pages answer"),
            field("custom_domains", Kind::Texts(20), "Domains of your own").optional(),
            field("primary_domain", Kind::Text(253), "The one that links use").optional().or_null(),
            field("header", Kind::Text(0), "HTML in place of the app's name; scripts and forms are left out")
                .optional()
                .or_null(),
            field("footer", Kind::Text(0), "HTML below the page").optional().or_null(),
            field("external_css", Kind::Link, "A stylesheet").optional().or_null(),
            field("logo_url", Kind::Link, "The logo on pages and in mails, 40 pixels high").optional().or_null(),
            field("logo_dark_url", Kind::Link, "The logo on dark pages, where it differs").optional().or_null(),
            field("favicon_url", Kind::Link, "The icon that browsers show for the pages").optional().or_null(),
            field("accent_color", Kind::Text(7), "#17594a: buttons as it is, links with enough contrast")
                .optional()
                .or_null(),
            field("allowed_origins", Kind::Texts(100), "Sites whose scripts may log people in").optional(),
            field("jsonp", Kind::Flag, "Whether old scripts may put passwords into addresses").optional(),
            field("created_at", Kind::Time, "When it was made"),
        ],
        calls: vec![
            Call::list("/v1/login_policies", Access::Read, "Lists Connected Apps", &OFFER),
            Call::show("/v1/login_policies/{id}", Access::Read, "Reads one Connected App"),
            Call::create("/v1/login_policies", Access::AdminRealm, "Makes a Connected App"),
            Call::update("/v1/login_policies/{id}", Access::AdminRealm, "Changes a Connected App"),
            Call::delete("/v1/login_policies/{id}", Access::AdminRealm, "Deletes a Connected App"),
        ],
    }
}
