//! Serves the reference: `/docs` for people, `/docs/openapi.json` for programs. Both are generated on the first
//! request, since that takes more memory than the idle server, and load nothing from other servers.

use std::sync::{Arc, OnceLock};

use axum::Router;
use axum::body::Bytes;
use axum::extract::{Path, State};
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse, Redirect, Response};
use axum::routing::get;
use gantry_core::Error;
use gantry_web::pages::{self, Outside, Pages};
use minijinja::value::Serde;
use minijinja::{Value, context};
use serde::Serialize;

use super::shape::{Answer, Body, Call, Field, Kind, Resource, Sent, Shown};
use super::{document, resources};
use crate::error::Refusal;

/// Both forms of the reference. Cheap to clone.
#[derive(Clone)]
pub struct Reference {
    html: Arc<OnceLock<Bytes>>,
    openapi: Arc<OnceLock<Bytes>>,
    pages: Arc<Pages>,
    secure: bool,
}

impl Reference {
    /// With `secure`, responses set HSTS, so that browsers return by https only.
    pub fn new(pages: Arc<Pages>, secure: bool) -> Self {
        Self { html: Arc::default(), openapi: Arc::default(), pages, secure }
    }

    fn html(&self) -> Result<Bytes, Error> {
        kept(&self.html, || {
            let chapters: Vec<Chapter> = resources().iter().map(chapter).collect();
            let assets = self.pages.assets.prefix();
            let html =
                self.pages.render("reference.html", context! { assets, chapters => Value::from(Serde(chapters)) })?;
            Ok(html.into())
        })
    }

    fn openapi(&self) -> Result<Bytes, Error> {
        kept(&self.openapi, || Ok(serde_json::to_vec_pretty(&document()).map_err(Error::internal)?.into()))
    }
}

/// Returns the cached bytes, computing them on first use. Concurrent first requests may both compute them, with equal
/// results.
fn kept(place: &OnceLock<Bytes>, make: impl FnOnce() -> Result<Bytes, Error>) -> Result<Bytes, Error> {
    if let Some(bytes) = place.get() {
        return Ok(bytes.clone());
    }
    let bytes = make()?;
    Ok(place.get_or_init(|| bytes).clone())
}

/// Returns the routes of the reference and of the assets that its page uses.
pub fn router(reference: Reference) -> Router {
    Router::new()
        .route("/", get(|| async { Redirect::to("/docs") }))
        .route("/docs", get(html))
        .route("/docs/openapi.json", get(openapi))
        .route("/assets/{version}/{name}", get(asset))
        .with_state(reference)
}

async fn html(State(reference): State<Reference>) -> Result<Response, Refusal> {
    // The page has no script, so its nonce is a placeholder.
    Ok(pages::answer(StatusCode::OK, reference.html()?, "none", reference.secure, &Outside::default()))
}

async fn openapi(State(reference): State<Reference>) -> Result<Response, Refusal> {
    Ok(([(header::CONTENT_TYPE, "application/json")], reference.openapi()?).into_response())
}

async fn asset(
    State(reference): State<Reference>,
    Path((version, name)): Path<(String, String)>,
    headers: HeaderMap,
) -> Response {
    reference.pages.assets.answer(&version, &name, &headers)
}

#[derive(Serialize)]
struct Chapter {
    name: &'static str,
    title: &'static str,
    about: &'static str,
    fields: Vec<Row>,
    calls: Vec<Entry>,
}

#[derive(Serialize)]
struct Row {
    name: &'static str,
    kind: String,
    about: &'static str,
    sent: &'static str,
    shown: &'static str,
}

#[derive(Serialize)]
struct Entry {
    method: &'static str,
    path: &'static str,
    about: &'static str,
    needs: Vec<(&'static str, &'static str)>,
    parameters: Vec<Row>,
    body: Option<String>,
    body_fields: Vec<Row>,
    answer: String,
}

fn chapter(resource: &Resource) -> Chapter {
    Chapter {
        name: resource.name,
        title: resource.title,
        about: resource.about,
        fields: resource.fields.iter().map(row).collect(),
        calls: resource.calls.iter().map(|call| entry(resource, call)).collect(),
    }
}

fn row(field: &Field) -> Row {
    let sent = match field.sent {
        Sent::Never => "read only",
        Sent::Optional => "optional",
        Sent::Required => "required",
        Sent::AtFirst => "optional on create",
        Sent::RequiredAtFirst => "required on create",
    };
    let shown = match field.shown {
        Shown::Always => "",
        Shown::Sometimes => "in some answers",
        Shown::Never => "in no answer",
    };
    let kind = if field.nullable { format!("{} or null", kind(field.kind)) } else { kind(field.kind) };
    Row { name: field.name, kind, about: field.about, sent, shown }
}

fn entry(resource: &Resource, call: &Call) -> Entry {
    let rooted = |name: &str| format!("{{\"{name}\": {{…}}, \"request\": {{…}}}}");
    let (body, body_fields) = match &call.body {
        Body::Empty => (None, Vec::new()),
        Body::New | Body::Changes => (Some(rooted(resource.name)), Vec::new()),
        Body::Under(name, fields) => (Some(rooted(name)), fields.iter().map(row).collect()),
        Body::Flat(fields) => (Some("{…, \"request\": {…}}".to_owned()), fields.iter().map(row).collect()),
    };
    let answer = match call.answer {
        Answer::One(status) => format!("{status} and the {}", resource.name),
        Answer::Either(names) => format!("200 and the {}", names.join(" or the ")),
        Answer::Page => "200 and {\"more_results\": …, \"next\": …, \"collection\": […]}".to_owned(),
        Answer::Told(fields) => {
            let names: Vec<String> = fields.iter().map(|(name, _)| format!("\"{name}\": …")).collect();
            format!("200 and {{{}}}", names.join(", "))
        }
        Answer::Empty => "204".to_owned(),
    };
    let parameters = call.parameters.iter().map(|parameter| Row {
        name: parameter.name,
        kind: kind(parameter.kind),
        about: parameter.about,
        sent: if parameter.required { "required" } else { "" },
        shown: "",
    });
    Entry {
        method: call.method,
        path: call.path,
        about: call.about,
        needs: call.needs(),
        parameters: parameters.collect(),
        body,
        body_fields,
        answer,
    }
}

fn kind(of: Kind) -> String {
    match of {
        Kind::Text(0) => "text".to_owned(),
        Kind::Text(most) => format!("text, at most {most} characters"),
        Kind::Id(prefix) => format!("id, {prefix}_…"),
        Kind::Time => "epoch seconds, with a fraction".to_owned(),
        Kind::WholeTime => "epoch seconds".to_owned(),
        Kind::Whole(from, to) => format!("whole number, {from} to {to}"),
        Kind::Flag => "true or false".to_owned(),
        Kind::Word(words) => format!("one of {}", words.join(", ")),
        Kind::Words(words) => format!("list of {}", words.join(", ")),
        Kind::Texts(most) => format!("list of at most {most} texts"),
        Kind::Link => "http(s) address".to_owned(),
        Kind::Email => "email address".to_owned(),
        Kind::Custom => "keys with scalars or arrays of scalars".to_owned(),
        Kind::Request => "{ip, client}".to_owned(),
        Kind::Object(name) => name.to_owned(),
        Kind::Objects(name) => format!("list of {name}"),
        Kind::OrNull(inner) => format!("{}, or null", kind(*inner)),
        Kind::Records(fields) => {
            let names: Vec<&str> = fields.iter().map(|(name, _)| *name).collect();
            format!("list of {{{}}}", names.join(", "))
        }
    }
}
