//! `/logout`

use std::mem;

use axum::extract::State;
use axum::http::{StatusCode, Uri};
use gantry_core::connected_apps::redirects;
use gantry_core::sessions;
use gantry_web::pairs;
use minijinja::{Value, context};

use crate::form::Form;
use crate::kept::Kept;
use crate::loginrocket::LoginRocket;
use crate::notices;
use crate::page::{self, Shown};
use crate::site::Site;
use crate::{page_state, remembered, social};

/// A GET must not end a session, so the page asks for one click; unless there is no session left to end, or the address
/// contains the id of the session that this browser remembers, which no other site can know.
pub async fn show(State(loginrocket): State<LoginRocket>, mut site: Site, uri: Uri) -> Shown {
    let asked = ends_here(&mut site);
    let remembered = match remembered::login(&loginrocket, &site.realm, &site.headers).await {
        Ok(remembered) => remembered,
        Err(error) => return site.failed(&loginrocket, error),
    };
    let Some(remembered) = remembered else {
        // The app has ended the session itself, as it should, and sends the browser here to clear its cookie.
        let notice = remembered::is_sent(&site.headers, loginrocket.secure).then_some(notices::LOGGED_OUT);
        return leave(&loginrocket, &site, asked.as_deref(), notice);
    };
    let pairs = pairs::decode(uri.query().unwrap_or_default()).unwrap_or_default();
    if pairs.contains(&("session".to_owned(), remembered.session.id)) {
        return end(&loginrocket, &site, asked.as_deref()).await;
    }
    let about = context! {
        action => site.kept.action("/logout"),
        keep => site.kept.query(),
        redirect_uri => asked.map_or(Value::from(()), Value::from),
    };
    page::show(&loginrocket, &site, StatusCode::OK, "loginrocket/logout.html", about)
}

pub async fn submit(loginrocket: LoginRocket, mut form: Form) -> Shown {
    ends_here(&mut form.site);
    let asked = Some(form.typed("redirect_uri")).filter(|asked| !asked.is_empty());
    end(&loginrocket, &form.site, asked).await
}

/// After a logout only the language is passed on. Returns the redirect URI, which is checked separately.
fn ends_here(site: &mut Site) -> Option<String> {
    let Kept { locale, redirect_uri, .. } = mem::take(&mut site.kept);
    site.kept.locale = locale;
    redirect_uri
}

async fn end(loginrocket: &LoginRocket, site: &Site, redirect_uri: Option<&str>) -> Shown {
    if let Some(value) = remembered::sent(loginrocket, &site.headers)
        && let Err(error) = sessions::end_remembered(&loginrocket.core, &site.realm, &value).await
    {
        return site.failed(loginrocket, error);
    }
    leave(loginrocket, site, redirect_uri, Some(notices::LOGGED_OUT))
}

/// Redirects to the URL if the app allows it, else to the login page with the notice; clears the cookies.
fn leave(loginrocket: &LoginRocket, site: &Site, redirect_uri: Option<&str>, notice: Option<&str>) -> Shown {
    let allowed = redirect_uri.and_then(|asked| redirects::allowed(&site.app.redirect_uris.0, asked));
    let to = match (allowed, notice) {
        (Some(allowed), _) => allowed,
        (None, Some(notice)) if site.settings.login.on_pages() => site.kept.at_with("/login", "notice", notice),
        (None, _) => site.way_on().0,
    };
    let mut cookies = vec![remembered::clear(loginrocket)];
    cookies.extend(social::clear(loginrocket, site));
    cookies.extend(page_state::clear_all(loginrocket, &site.headers));
    page::redirect_with(loginrocket, &to, cookies)
}
