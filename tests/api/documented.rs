//! Every field and call of AuthRocket's tables (api-v1 §4 to §18) is in the reference, and may be sent and read as
//! documented. Each answer in these tests is held against the reference, so what it tells is what is answered.

use gantry_api::reference::{Resource, Sent, Shown, resources};

/// When a field may be sent, and whether answers have it.
#[derive(Debug, Clone, Copy, PartialEq)]
enum Use {
    /// Answered, never taken.
    Read,
    /// Taken, never answered.
    Write,
    /// Taken on create and on update, and answered.
    Both,
    /// Taken on create, fixed then, and answered.
    Create,
}
use Use::{Both, Create, Read, Write};

/// The resource, its fields, its calls with the parameters of their queries.
type Table = (&'static str, &'static [(&'static str, Use)], &'static [(&'static str, &'static str)]);

const PAGED: &str = "after max_results sort direction";

#[rustfmt::skip]
const TABLES: &[Table] = &[
    (
        "user",
        &[
            ("id", Read), ("realm_id", Create), ("user_type", Create), ("state", Both), ("reference", Both),
            ("custom", Both), ("created_at", Read), ("last_login_at", Read), ("token", Create),
            ("membership_count", Read), ("credentials", Read), ("memberships", Read), ("password_reset_token", Read),
            ("username", Both), ("email", Both), ("email_verification", Both), ("first_name", Both),
            ("last_name", Both), ("name", Both), ("password", Write), ("password_confirmation", Write),
            ("api_key", Both),
        ],
        &[
            ("GET /v1/users", PAGED), ("GET /v1/users/{key}", "expand"), ("POST /v1/users", ""),
            ("PUT /v1/users/{key}", ""), ("DELETE /v1/users/{key}", ""), ("PUT /v1/users/{key}/update_password", ""),
            ("POST /v1/users/{key}/authenticate", "expand"), ("POST /v1/users/{key}/authenticate_code", ""),
            ("POST /v1/users/authenticate_key", "expand"), ("POST /v1/users/{key}/request_email_verification", ""),
            ("POST /v1/users/{key}/verify_email", ""), ("POST /v1/users/{key}/generate_password_token", ""),
            ("POST /v1/users/{key}/reset_password_with_token", ""),
        ],
    ),
    (
        "org",
        &[
            ("id", Read), ("created_at", Read), ("realm_id", Create), ("name", Both), ("state", Both),
            ("reference", Both), ("custom", Both), ("memberships", Read),
        ],
        &[
            ("GET /v1/orgs", "reference state after max_results sort direction expand"),
            ("GET /v1/orgs/{id}", "expand"), ("POST /v1/orgs", ""), ("PUT /v1/orgs/{id}", ""),
            ("DELETE /v1/orgs/{id}", ""),
        ],
    ),
    (
        "membership",
        &[
            ("id", Read), ("user_id", Create), ("org_id", Create), ("permissions", Both), ("expires_at", Both),
            ("custom", Both), ("user", Read), ("org", Read),
        ],
        &[
            ("GET /v1/memberships", "org_id user_id after max_results sort direction"),
            ("GET /v1/memberships/{id}", ""), ("POST /v1/memberships", ""), ("PUT /v1/memberships/{id}", ""),
            ("DELETE /v1/memberships/{id}", ""),
        ],
    ),
    (
        "session",
        &[
            ("id", Read), ("user_id", Create), ("created_at", Read), ("expires_at", Read), ("token", Read),
            ("request", Read), ("user", Read),
        ],
        &[
            ("GET /v1/sessions", "user_id sort direction"), ("GET /v1/sessions/{id}", "expand"),
            ("POST /v1/sessions", ""), ("DELETE /v1/sessions/{id}", ""),
        ],
    ),
    (
        "credential",
        &[
            ("id", Read), ("user_id", Create), ("credential_type", Create), ("password", Write),
            ("password_confirmation", Write), ("api_key", Both), ("auth_provider_id", Create), ("name", Both),
            ("otp_secret", Read), ("provisioning_uri", Read), ("state", Read), ("provider_user_id", Both),
            ("access_token", Both), ("token_expires_at", Both),
        ],
        &[
            ("GET /v1/credentials/{id}", ""), ("POST /v1/credentials", ""), ("PUT /v1/credentials/{id}", ""),
            ("DELETE /v1/credentials/{id}", ""), ("POST /v1/credentials/{id}/verify", ""),
        ],
    ),
    (
        "user_token",
        &[
            ("id", Read), ("realm_id", Create), ("username", Create), ("email", Create), ("first_name", Create),
            ("last_name", Create), ("password", Write), ("password_confirmation", Write), ("credential_type", Read),
        ],
        &[("GET /v1/user_tokens/{id}", ""), ("POST /v1/user_tokens", "")],
    ),
    (
        "auth_provider",
        &[
            ("id", Read), ("realm_id", Create), ("provider_type", Create), ("state", Both), ("name", Both),
            ("min_length", Both), ("min_complexity", Both), ("required_chars", Both), ("client_id", Both),
            ("client_secret", Both), ("scopes", Both), ("login", Both), ("signup", Both), ("signup_mode", Both),
            ("email_verification", Both), ("verify", Both), ("name_field", Both), ("password_field", Both),
        ],
        &[
            ("GET /v1/auth_providers", PAGED), ("GET /v1/auth_providers/{id}", ""), ("POST /v1/auth_providers", ""),
            ("PUT /v1/auth_providers/{id}", ""), ("DELETE /v1/auth_providers/{id}", ""),
            ("GET /v1/auth_providers/authorize", "redirect_uri nonce"),
            ("GET /v1/auth_providers/{id}/authorize", "redirect_uri nonce"),
            ("POST /v1/auth_providers/authorize", ""), ("POST /v1/auth_providers/{id}/authorize", ""),
        ],
    ),
    (
        "login_policy",
        &[
            ("id", Read), ("realm_id", Create), ("name", Both), ("login_handler", Both), ("signup_handler", Both),
            ("redirect_uris", Both), ("subdomain", Both), ("domains", Read), ("custom_domains", Both),
            ("primary_domain", Both), ("base_domain", Read), ("header", Both), ("footer", Both),
            ("external_css", Both),
        ],
        &[
            ("GET /v1/login_policies", PAGED), ("GET /v1/login_policies/{id}", ""), ("POST /v1/login_policies", ""),
            ("PUT /v1/login_policies/{id}", ""), ("DELETE /v1/login_policies/{id}", ""),
        ],
    ),
    (
        "app_hook",
        &[
            ("id", Read), ("state", Both), ("hook_type", Create), ("event_type", Both), ("realm_id", Create),
            ("delay", Both), ("destination", Both), ("email_from", Both), ("email_from_name", Both),
            ("email_renderer", Both), ("email_subject", Both), ("email_template", Both), ("email_to", Both),
            ("user_type", Both),
        ],
        &[
            ("GET /v1/app_hooks", PAGED), ("GET /v1/app_hooks/{id}", ""), ("POST /v1/app_hooks", ""),
            ("PUT /v1/app_hooks/{id}", ""), ("DELETE /v1/app_hooks/{id}", ""),
        ],
    ),
    (
        "event",
        &[
            ("id", Read), ("event_type", Read), ("event_at", Read), ("app_hook_id", Read), ("auth_provider_id", Read),
            ("login_policy_id", Read), ("membership_id", Read), ("org_id", Read), ("realm_id", Read),
            ("user_id", Read), ("request", Read), ("notifications", Read),
        ],
        &[
            (
                "GET /v1/events",
                "app_hook_id auth_provider_id login_policy_id membership_id org_id user_id created_at_after \
                 event_type after max_results sort direction expand",
            ),
            ("GET /v1/events/{id}", ""),
        ],
    ),
    (
        "realm",
        &[
            ("id", Read), ("name", Both), ("state", Both), ("reference", Both), ("custom", Both),
            ("username_validation_human", Both), ("require_unique_emails", Both), ("api_key_prefix", Both),
            ("api_key_policy", Both), ("jwt_algo", Both), ("jwt_fields", Both), ("jwt_key", Read),
            ("jwt_secret", Read), ("session_type", Both), ("session_minutes", Both), ("api_key_minutes", Both),
            ("resource_links", Both),
        ],
        &[
            ("GET /v1/realms", "reference state after max_results sort direction"), ("GET /v1/realms/{id}", "state"),
            ("POST /v1/realms", ""), ("PUT /v1/realms/{id}", ""), ("DELETE /v1/realms/{id}", ""),
            ("POST /v1/realms/{id}/reset", ""),
        ],
    ),
    (
        "jwt_key",
        &[("id", Read), ("realm_id", Create), ("algo", Create), ("use", Create), ("key", Create), ("expired", Read)],
        &[
            ("GET /v1/jwt_keys", PAGED), ("GET /v1/jwt_keys/{id}", ""), ("POST /v1/jwt_keys", ""),
            ("DELETE /v1/jwt_keys/{id}", ""), ("POST /v1/jwt_keys/{id}/rotate", ""),
        ],
    ),
];

fn use_of(resource: &Resource, name: &str) -> Option<Use> {
    let field = resource.fields.iter().find(|field| field.name == name)?;
    Some(match (field.sent, field.shown) {
        (Sent::Never, _) => Read,
        (_, Shown::Never) => Write,
        (Sent::AtFirst | Sent::RequiredAtFirst, _) => Create,
        (Sent::Optional | Sent::Required, _) => Both,
    })
}

#[test]
fn each_field_is_sent_and_read_as_documented() {
    let resources = resources();
    assert_eq!(resources.len(), TABLES.len());
    let mut wrong = Vec::new();
    for (name, fields, _) in TABLES {
        let resource = resources.iter().find(|resource| resource.name == *name).expect("a resource");
        for (field, documented) in *fields {
            let told = use_of(resource, field);
            if told != Some(*documented) {
                wrong.push(format!("{name}.{field} is documented as {documented:?}, and told as {told:?}"));
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn each_call_is_there_with_its_parameters() {
    let mut wrong = Vec::new();
    for (name, _, calls) in TABLES {
        let resource = resources().into_iter().find(|resource| resource.name == *name).expect("a resource");
        for (documented, parameters) in *calls {
            let call = resource.calls.iter().find(|call| format!("{} {}", call.method, call.path) == *documented);
            let Some(call) = call else {
                wrong.push(format!("{documented} is missing"));
                continue;
            };
            let told = |wanted: &str| call.parameters.iter().any(|parameter| parameter.name == wanted);
            let missing = parameters.split_whitespace().filter(|wanted| !told(wanted));
            wrong.extend(missing.map(|wanted| format!("{documented} takes no {wanted}")));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}
