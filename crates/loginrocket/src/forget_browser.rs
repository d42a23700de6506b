//! `/browser/forget`: makes the browser a stranger to everybody who logged in with it. A login that it remembers goes on.

use axum::extract::State;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use minijinja::context;

use crate::form::Form;
use crate::loginrocket::LoginRocket;
use crate::page::{self, Shown};
use crate::remembered;
use crate::site::Site;

pub async fn show(State(loginrocket): State<LoginRocket>, site: Site) -> Shown {
    let (back_url, back) = site.way_on();
    let about = context! { action => site.kept.at("/browser/forget"), keep => site.kept.query(), back_url, back };
    page::show(&loginrocket, &site, StatusCode::OK, "loginrocket/forget_browser.html", about)
}

pub async fn submit(State(loginrocket): State<LoginRocket>, form: Form) -> Response {
    let site = &form.site;
    let told = (&*site.say("forget-done-title"), &*site.say("forget-done"));
    let (url, label) = site.way_on();
    let shown = page::leading_on(&loginrocket, site, StatusCode::OK, told, (&url, &label));
    ([(axum::http::header::SET_COOKIE, remembered::clear_browser(&loginrocket))], shown).into_response()
}
