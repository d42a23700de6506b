//! Types that describe the API: resources, fields, calls.

use gantry_core::actor::Access;
use gantry_core::page::Offer;
use gantry_core::words::Word as _;

/// A type of object with its calls.
#[derive(Debug, Clone)]
pub struct Resource {
    /// Value of `object` in responses, and key of the resource object in bodies.
    pub name: &'static str,
    /// Heading on the reference page.
    pub title: &'static str,
    /// Description in a sentence or two.
    pub about: &'static str,
    /// Fields of the object.
    pub fields: Vec<Field>,
    /// Calls on the object.
    pub calls: Vec<Call>,
}

/// One field of a resource or of a body.
#[derive(Debug, Clone)]
pub struct Field {
    /// Name in JSON.
    pub name: &'static str,
    /// Type and bounds of the value.
    pub kind: Kind,
    /// Description on the reference page.
    pub about: &'static str,
    /// When a caller may send the field.
    pub sent: Sent,
    /// Which responses have the field.
    pub shown: Shown,
    /// Whether the value can be null.
    pub nullable: bool,
}

/// Type and bounds of a value.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// Text of at most this many characters; 0 for no bound of its own.
    Text(usize),
    /// An id with this prefix.
    Id(&'static str),
    /// Epoch seconds with a fraction.
    Time,
    /// Epoch seconds as a whole number.
    WholeTime,
    /// A whole number in this range.
    Whole(i64, i64),
    /// True or false.
    Flag,
    /// One of these words.
    Word(&'static [&'static str]),
    /// Several of these words.
    Words(&'static [&'static str]),
    /// Up to this many texts.
    Texts(usize),
    /// An http(s) URL.
    Link,
    /// An email address.
    Email,
    /// An object whose values are scalars or arrays of scalars.
    Custom,
    /// The end user's IP address and client.
    Request,
    /// An object of another resource.
    Object(&'static str),
    /// A list of objects of another resource.
    Objects(&'static str),
    /// A list of objects with these fields.
    Records(&'static [(&'static str, Kind)]),
    /// A value of this kind, or null.
    OrNull(&'static Kind),
}

/// When a caller may send a field.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Sent {
    /// Never; it is ignored if sent.
    Never,
    /// Optional on create and on update.
    Optional,
    /// Required on create, optional on update.
    Required,
    /// Optional on create, and only allowed there.
    AtFirst,
    /// Required on create, and only allowed there.
    RequiredAtFirst,
}

/// Which responses have a field.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Shown {
    /// Every response has it.
    Always,
    /// Some responses have it, as its description says.
    Sometimes,
    /// No response has it: a secret.
    Never,
}

/// One API call.
#[derive(Debug, Clone)]
pub struct Call {
    /// HTTP method in capitals.
    pub method: &'static str,
    /// Path with placeholders in braces, as in the router.
    pub path: &'static str,
    /// Description on the reference page.
    pub about: &'static str,
    /// The right that the API key needs.
    pub access: Access,
    /// Another right that is sufficient if the call sends the whole login token.
    pub access_by_token: Option<Access>,
    /// Query parameters.
    pub parameters: Vec<Parameter>,
    /// Body of the request.
    pub body: Body,
    /// Response of the call.
    pub answer: Answer,
}

/// One query parameter.
#[derive(Debug, Clone)]
pub struct Parameter {
    /// Name in the query.
    pub name: &'static str,
    /// Type and bounds of the value.
    pub kind: Kind,
    /// Description on the reference page.
    pub about: &'static str,
    /// Whether the parameter is required.
    pub required: bool,
}

/// Body of a request.
#[derive(Debug, Clone)]
pub enum Body {
    /// No body.
    Empty,
    /// The resource's fields under its name, as on create.
    New,
    /// The resource's fields under its name, as on update.
    Changes,
    /// These fields in an object under this name.
    Under(&'static str, Vec<Field>),
    /// These fields at the top level.
    Flat(Vec<Field>),
}

/// Response of a call.
#[derive(Debug, Clone, Copy)]
pub enum Answer {
    /// The resource, with this status.
    One(u16),
    /// A page of the resource.
    Page,
    /// 204 and an empty body.
    Empty,
    /// 200 and one of these resources.
    Either(&'static [&'static str]),
    /// 200 and an object with these fields.
    Told(&'static [(&'static str, Kind)]),
}

/// Creates a field that all responses have and callers never send, unless changed by the methods below.
pub(super) fn field(name: &'static str, kind: Kind, about: &'static str) -> Field {
    Field { name, kind, about, sent: Sent::Never, shown: Shown::Always, nullable: false }
}

impl Field {
    /// Makes the field optional on create and on update.
    pub(super) fn optional(self) -> Self {
        Self { sent: Sent::Optional, ..self }
    }

    /// Makes the field required on create and optional on update.
    pub(super) fn required(self) -> Self {
        Self { sent: Sent::Required, ..self }
    }

    /// Makes the field optional on create; it cannot be changed later.
    pub(super) fn at_first(self) -> Self {
        Self { sent: Sent::AtFirst, ..self }
    }

    /// Makes the field required on create; it cannot be changed later.
    pub(super) fn required_at_first(self) -> Self {
        Self { sent: Sent::RequiredAtFirst, ..self }
    }

    /// Only some responses have the field.
    pub(super) fn sometimes(self) -> Self {
        Self { shown: Shown::Sometimes, ..self }
    }

    /// No response has the field.
    pub(super) fn secret(self) -> Self {
        Self { shown: Shown::Never, ..self }
    }

    /// Allows null.
    pub(super) fn or_null(self) -> Self {
        Self { nullable: true, ..self }
    }
}

impl Call {
    /// Creates a call with an empty body that returns one object.
    pub(super) fn new(method: &'static str, path: &'static str, access: Access, about: &'static str) -> Self {
        let (parameters, body, answer) = (Vec::new(), Body::Empty, Answer::One(200));
        Self { method, path, about, access, access_by_token: None, parameters, body, answer }
    }

    /// Creates a list call with its paging parameters.
    pub(super) fn list(path: &'static str, access: Access, about: &'static str, offer: &Offer) -> Self {
        Self { answer: Answer::Page, ..Self::new("GET", path, access, about) }
            .with("after", Kind::Text(0), "Where the page begins: the `next` of the page before, which stays right whatever changes; or the id of an item, which must still be there unless the order is `id`")
            .with("max_results", Kind::Whole(1, offer.most), "Most items to answer; 100 if it is left out")
            .with("sort", Kind::Word(offer.sorts), "The order; the first of these if it is left out")
            .with("direction", Kind::Word(&["asc", "desc"]), direction(offer))
    }

    /// Creates a call that reads one object.
    pub(super) fn show(path: &'static str, access: Access, about: &'static str) -> Self {
        Self::new("GET", path, access, about)
    }

    /// Creates a call that creates one object.
    pub(super) fn create(path: &'static str, access: Access, about: &'static str) -> Self {
        Self { body: Body::New, answer: Answer::One(201), ..Self::new("POST", path, access, about) }
    }

    /// Creates a call that updates one object.
    pub(super) fn update(path: &'static str, access: Access, about: &'static str) -> Self {
        Self { body: Body::Changes, ..Self::new("PUT", path, access, about) }
    }

    /// Creates a call that deletes one object.
    pub(super) fn delete(path: &'static str, access: Access, about: &'static str) -> Self {
        Self { answer: Answer::Empty, ..Self::new("DELETE", path, access, about) }
    }

    /// Returns whether a key with this right may make the call; `by_token`: the call sends the whole login token.
    pub fn allows(&self, key: Access, by_token: bool) -> bool {
        let enough = [Some(self.access), self.access_by_token.filter(|_| by_token)];
        enough.into_iter().flatten().any(|needed| key.includes(needed))
    }

    /// Returns the sufficient rights, in words.
    pub(super) fn needs(&self) -> Vec<(&'static str, &'static str)> {
        let by_token = self.access_by_token.map(|access| (access.as_str(), " with a token"));
        [(self.access.as_str(), "")].into_iter().chain(by_token).collect()
    }

    /// Makes this right sufficient if the call sends the whole login token.
    pub(super) fn or_by_token(self, access: Access) -> Self {
        Self { access_by_token: Some(access), ..self }
    }

    /// Adds an optional query parameter.
    pub(super) fn with(mut self, name: &'static str, kind: Kind, about: &'static str) -> Self {
        self.parameters.push(Parameter { name, kind, about, required: false });
        self
    }

    /// Adds a required query parameter.
    pub(super) fn needing(mut self, name: &'static str, kind: Kind, about: &'static str) -> Self {
        self.parameters.push(Parameter { name, kind, about, required: true });
        self
    }

    /// Makes the call return an object with these fields.
    pub(super) fn tells(self, fields: &'static [(&'static str, Kind)]) -> Self {
        Self { answer: Answer::Told(fields), ..self }
    }

    /// Makes the call return one of these resources.
    pub(super) fn either(self, names: &'static [&'static str]) -> Self {
        Self { answer: Answer::Either(names), ..self }
    }

    /// Sets the body of the request.
    pub(super) fn sends(self, body: Body) -> Self {
        Self { body, ..self }
    }
}

fn direction(offer: &Offer) -> &'static str {
    if offer.descending { "Which way; desc if it is left out" } else { "Which way; asc if it is left out" }
}
