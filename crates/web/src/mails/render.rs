//! Renders a template to a mail.

use std::fmt;

use gantry_core::app_hooks::Renderer;

use super::values::{LONGEST, Values};
use super::{Merge, fill, html_text, layout, markdown, markdown_html, places};

/// Line between the two parts of an `html+text` template.
const BETWEEN: &str = "---";

/// Rendered mail, without sender and recipient.
pub struct Rendered {
    /// Subject, a single line.
    pub subject: String,
    /// HTML document; `None` for a mail of plain text.
    pub html: Option<String>,
    /// Plain text for clients that do not show HTML.
    pub text: String,
}

// Not derived: the link in a mail is secret.
impl fmt::Debug for Rendered {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_struct("Rendered").finish_non_exhaustive()
    }
}

/// Renders a mail. The error is a sentence that contains no values.
pub fn render(renderer: Renderer, subject: &str, body: &str, merge: &Merge) -> Result<Rendered, String> {
    let (subject, values) = fill::fill(subject, merge.context()).map_err(|why| format!("Email subject {why}"))?;
    let subject = one_line(&values.plain(&subject));
    let (body, values) = fill::fill(body, merge.context()).map_err(|why| format!("Email template {why}"))?;
    let (html, text) = match renderer {
        Renderer::Text => (None, values.plain(&body)),
        Renderer::Markdown => {
            let own: Vec<&str> = [&merge.url, &merge.login_url].into_iter().filter_map(Option::as_deref).collect();
            let events = markdown::events(&body, &values, &own);
            let html = framed(&subject, &markdown_html::dressed(&events, &merge.brand.color.light), merge)?;
            (Some(html), html_text::text(&markdown_html::bare(&events)))
        }
        Renderer::Html => {
            let (html, text) = from_html(&subject, &body, &values, merge)?;
            (Some(html), text)
        }
        Renderer::HtmlText => {
            let (html, text) = halves(&body);
            let (html, made) = from_html(&subject, html, &values, merge)?;
            (Some(html), text.map_or(made, |text| values.plain(text)))
        }
    };
    // Escaping and inline styles enlarge the text, a lot in deeply nested quotes.
    if text.len().max(html.as_ref().map_or(0, String::len)) > LONGEST {
        return Err(format!("Email template {}", fill::too_long()));
    }
    Ok(Rendered { subject, html, text: format!("{}\n", text.trim()) })
}

/// Returns a whole HTML document and its text.
fn from_html(subject: &str, body: &str, values: &Values, merge: &Merge) -> Result<(String, String), String> {
    let html = places::html(body, values);
    let text = html_text::text(&html);
    // Checks the template rather than the result: a value must not be able to make it a document.
    Ok((if layout::is_document(body) { html } else { framed(subject, &html, merge)? }, text))
}

fn framed(subject: &str, content: &str, merge: &Merge) -> Result<String, String> {
    layout::document(subject, content, merge)
        .map_err(|error| format!("The layout of mails is broken: {}", error.kind()))
}

/// Returns the parts before and after the first line that is exactly `---`.
fn halves(body: &str) -> (&str, Option<&str>) {
    let mut start = 0;
    for line in body.split_inclusive('\n') {
        let end = start + line.len();
        if line.trim_end_matches('\n') == BETWEEN {
            return (&body[..start], Some(&body[end..]));
        }
        start = end;
    }
    (body, None)
}

/// Makes the text one line, because a line break in a header would begin another header.
fn one_line(text: &str) -> String {
    let spaced = text.replace(['\n', '\t'], " ");
    spaced.trim().to_owned()
}
