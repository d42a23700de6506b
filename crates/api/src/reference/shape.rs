//! The words in which the API is told: resources, fields, calls.

use gantry_core::actor::Access;
use gantry_core::page::Offer;
use gantry_core::words::Word as _;

/// A kind of object with its calls.
#[derive(Debug, Clone)]
pub struct Resource {
    /// `object` in answers, and the root of bodies.
    pub name: &'static str,
    /// A heading.
    pub title: &'static str,
    /// What it is, in a sentence or two.
    pub about: &'static str,
    /// What it holds.
    pub fields: Vec<Field>,
    /// What can be done.
    pub calls: Vec<Call>,
}

/// One field of a resource or of a body.
#[derive(Debug, Clone)]
pub struct Field {
    /// On the wire.
    pub name: &'static str,
    /// What it can hold.
    pub kind: Kind,
    /// What it means.
    pub about: &'static str,
    /// When a caller may send it.
    pub sent: Sent,
    /// When answers have it.
    pub shown: Shown,
    /// Whether it can be null.
    pub nullable: bool,
}

/// What a field can hold.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// Text of at most so many characters; 0: no bound of its own.
    Text(usize),
    /// An id with this prefix.
    Id(&'static str),
    /// Epoch seconds with a fraction.
    Time,
    /// Epoch seconds, whole.
    WholeTime,
    /// A whole number in this range.
    Whole(i64, i64),
    /// True or false.
    Flag,
    /// One of these words.
    Word(&'static [&'static str]),
    /// Several of these words.
    Words(&'static [&'static str]),
    /// At most so many texts.
    Texts(usize),
    /// An http(s) address.
    Link,
    /// An email address.
    Email,
    /// Keys with scalars or arrays of scalars.
    Custom,
    /// The end user's address and client.
    Request,
    /// Another resource.
    Object(&'static str),
    /// Several of another resource.
    Objects(&'static str),
    /// Objects with these fields.
    Records(&'static [(&'static str, Kind)]),
    /// This, or null.
    OrNull(&'static Kind),
}

/// When a caller may send a field.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Sent {
    /// Never; it is ignored.
    Never,
    /// On create and on update.
    Optional,
    /// On create it has to be there, on update it may.
    Required,
    /// On create only.
    AtFirst,
    /// On create only, and there it has to be.
    RequiredAtFirst,
}

/// When answers have a field.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Shown {
    /// In each.
    Always,
    /// In some, as its meaning says.
    Sometimes,
    /// In none: a secret.
    Never,
}

/// One call.
#[derive(Debug, Clone)]
pub struct Call {
    /// In capitals.
    pub method: &'static str,
    /// With placeholders in braces, as the router has it.
    pub path: &'static str,
    /// What it does.
    pub about: &'static str,
    /// The right that the API key needs.
    pub access: Access,
    /// Another right that is enough where the call has the whole login token.
    pub access_by_token: Option<Access>,
    /// Of the query.
    pub parameters: Vec<Parameter>,
    /// What is sent.
    pub body: Body,
    /// What comes back.
    pub answer: Answer,
}

/// One parameter of a query.
#[derive(Debug, Clone)]
pub struct Parameter {
    /// On the wire.
    pub name: &'static str,
    /// What it can hold.
    pub kind: Kind,
    /// What it means.
    pub about: &'static str,
    /// Whether the call is refused without it.
    pub required: bool,
}

/// What a call sends.
#[derive(Debug, Clone)]
pub enum Body {
    /// Nothing.
    Empty,
    /// The resource's fields under its name, as on create.
    New,
    /// The resource's fields under its name, as on update.
    Changes,
    /// These fields under this name.
    Under(&'static str, Vec<Field>),
    /// These fields at the top.
    Flat(Vec<Field>),
}

/// What comes back.
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

/// A field that answers always have and callers never send, until said otherwise.
pub(super) fn field(name: &'static str, kind: Kind, about: &'static str) -> Field {
    Field { name, kind, about, sent: Sent::Never, shown: Shown::Always, nullable: false }
}

impl Field {
    /// May be sent on create and on update.
    pub(super) fn optional(self) -> Self {
        Self { sent: Sent::Optional, ..self }
    }

    /// Has to be sent on create.
    pub(super) fn required(self) -> Self {
        Self { sent: Sent::Required, ..self }
    }

    /// May be sent on create, and is fixed then.
    pub(super) fn at_first(self) -> Self {
        Self { sent: Sent::AtFirst, ..self }
    }

    /// Has to be sent on create, and is fixed then.
    pub(super) fn required_at_first(self) -> Self {
        Self { sent: Sent::RequiredAtFirst, ..self }
    }

    /// Some answers have it.
    pub(super) fn sometimes(self) -> Self {
        Self { shown: Shown::Sometimes, ..self }
    }

    /// No answer has it.
    pub(super) fn secret(self) -> Self {
        Self { shown: Shown::Never, ..self }
    }

    /// Can be null.
    pub(super) fn or_null(self) -> Self {
        Self { nullable: true, ..self }
    }
}

impl Call {
    /// A call with an empty body that answers one object.
    pub(super) fn new(method: &'static str, path: &'static str, access: Access, about: &'static str) -> Self {
        let (parameters, body, answer) = (Vec::new(), Body::Empty, Answer::One(200));
        Self { method, path, about, access, access_by_token: None, parameters, body, answer }
    }

    /// A list with its paging parameters.
    pub(super) fn list(path: &'static str, access: Access, about: &'static str, offer: &Offer) -> Self {
        Self { answer: Answer::Page, ..Self::new("GET", path, access, about) }
            .with("after", Kind::Text(0), "Where the page begins: the `next` of the page before, which stays right whatever changes; or the id of an item, which must still be there unless the order is `id`")
            .with("max_results", Kind::Whole(1, offer.most), "Most items to answer; 100 if it is left out")
            .with("sort", Kind::Word(offer.sorts), "The order; the first of these if it is left out")
            .with("direction", Kind::Word(&["asc", "desc"]), direction(offer))
    }

    /// Reads one object.
    pub(super) fn show(path: &'static str, access: Access, about: &'static str) -> Self {
        Self::new("GET", path, access, about)
    }

    /// Makes one.
    pub(super) fn create(path: &'static str, access: Access, about: &'static str) -> Self {
        Self { body: Body::New, answer: Answer::One(201), ..Self::new("POST", path, access, about) }
    }

    /// Changes one.
    pub(super) fn update(path: &'static str, access: Access, about: &'static str) -> Self {
        Self { body: Body::Changes, ..Self::new("PUT", path, access, about) }
    }

    /// Deletes one.
    pub(super) fn delete(path: &'static str, access: Access, about: &'static str) -> Self {
        Self { answer: Answer::Empty, ..Self::new("DELETE", path, access, about) }
    }

    /// Whether a key with this right may make the call: `by_token` where it has the whole login token.
    pub fn allows(&self, key: Access, by_token: bool) -> bool {
        let enough = [Some(self.access), self.access_by_token.filter(|_| by_token)];
        enough.into_iter().flatten().any(|needed| key.includes(needed))
    }

    /// The rights that are enough, in words.
    pub(super) fn needs(&self) -> Vec<(&'static str, &'static str)> {
        let by_token = self.access_by_token.map(|access| (access.as_str(), " with a token"));
        [(self.access.as_str(), "")].into_iter().chain(by_token).collect()
    }

    /// With the whole login token this right is enough.
    pub(super) fn or_by_token(self, access: Access) -> Self {
        Self { access_by_token: Some(access), ..self }
    }

    /// Takes this parameter too.
    pub(super) fn with(mut self, name: &'static str, kind: Kind, about: &'static str) -> Self {
        self.parameters.push(Parameter { name, kind, about, required: false });
        self
    }

    /// Has to have this parameter.
    pub(super) fn needing(mut self, name: &'static str, kind: Kind, about: &'static str) -> Self {
        self.parameters.push(Parameter { name, kind, about, required: true });
        self
    }

    /// Answers an object with these fields.
    pub(super) fn tells(self, fields: &'static [(&'static str, Kind)]) -> Self {
        Self { answer: Answer::Told(fields), ..self }
    }

    /// Answers one of these resources.
    pub(super) fn either(self, names: &'static [&'static str]) -> Self {
        Self { answer: Answer::Either(names), ..self }
    }

    /// Sends this body.
    pub(super) fn sends(self, body: Body) -> Self {
        Self { body, ..self }
    }
}

fn direction(offer: &Offer) -> &'static str {
    if offer.descending { "Which way; desc if it is left out" } else { "Which way; asc if it is left out" }
}
