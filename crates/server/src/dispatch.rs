//! Dispatches requests to surfaces by host, then by path.
//!
//! On the base host and on bare IP addresses, `/v1` is the API, and `/healthz` and `/readyz` are for operators. Every
//! other host is a LoginRocket host or unknown. The framework's own error responses get the surface's format here.

use std::convert::Infallible;
use std::net::{IpAddr, SocketAddr};
use std::panic::AssertUnwindSafe;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};
use std::time::Duration;

use axum::Router;
use axum::body::Body;
use axum::extract::{ConnectInfo, Request, State};
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use futures_util::FutureExt;
use gantry_core::web_origin::{Scheme, WebOrigin};
use gantry_core::{Core, installation};
use gantry_loginrocket::{LoginRocket, RequestHead};
use gantry_web::address::ClientAddress;
use tower::{Service, ServiceExt};

use crate::canonical::canonical;
use crate::proxy::{self, TrustedProxies};

/// Settings for dispatching and answering requests.
pub struct Hosts {
    /// The host of the API.
    pub base: String,
    /// Proxies whose forwarding headers are trusted for addresses and hosts.
    pub trusted: TrustedProxies,
    /// Deadline for a response.
    pub timeout: Duration,
}

/// All surfaces as one service; cheap to clone. Every request passes through it, so it is a plain service instead of
/// another router.
#[derive(Clone)]
pub struct Surfaces(Arc<Parts>);

struct Parts {
    hosts: Hosts,
    core: Arc<Core>,
    base: Router,
    loginrocket: LoginRocket,
    pages: Router,
}

impl Surfaces {
    /// Assembles the surfaces: the API and health routes on the base host, the hosted pages on all other hosts.
    pub fn new(hosts: Hosts, api: Router, loginrocket: LoginRocket) -> Self {
        let core = Arc::clone(&loginrocket.core);
        let ready = get(ready).with_state(Arc::clone(&core));
        let base = api.route("/healthz", get(|| async { "ok\n" })).route("/readyz", ready);
        let pages = gantry_loginrocket::router(loginrocket.clone());
        Self(Arc::new(Parts { hosts, core, base, loginrocket, pages }))
    }
}

impl Service<Request> for Surfaces {
    type Response = Response;
    type Error = Infallible;
    type Future = Pin<Box<dyn Future<Output = Result<Response, Infallible>> + Send>>;

    fn poll_ready(&mut self, _: &mut Context<'_>) -> Poll<Result<(), Infallible>> {
        Poll::Ready(Ok(()))
    }

    fn call(&mut self, request: Request) -> Self::Future {
        let parts = Arc::clone(&self.0);
        Box::pin(async move { Ok(parts.answer(request).await) })
    }
}

impl Parts {
    async fn answer(&self, mut request: Request) -> Response {
        let hosts = &self.hosts;
        let peer = request.extensions().get::<ConnectInfo<SocketAddr>>().map(|info| info.0.ip().to_canonical());
        if let Some(peer) = peer {
            let address = proxy::client_address(peer, request.headers(), &hosts.trusted);
            request.extensions_mut().insert(ClientAddress(address));
            let forwarded = proxy::forwarded_host(peer, request.headers(), &hosts.trusted).map(str::to_owned);
            if let Some(host) = forwarded.and_then(|host| host.parse().ok()) {
                request.headers_mut().insert(header::HOST, host);
            }
        }
        if let Some(uri) = canonical(request.uri()) {
            *request.uri_mut() = uri;
        }
        if is_base(hosts, &request) {
            let answer = self.answer_of(&self.base, request).await;
            return if is_bare(&answer) { gantry_api::shape(&self.core, answer) } else { answer };
        }
        let head = RequestHead::of(&request);
        let answer = self.answer_of(&self.pages, request).await;
        if is_bare(&answer) { self.loginrocket.shape(&head, answer) } else { answer }
    }

    /// Runs the routes within the deadline. A panic fails only its own request.
    async fn answer_of(&self, routes: &Router, request: Request) -> Response {
        let answer = AssertUnwindSafe(routes.clone().oneshot(request)).catch_unwind();
        match tokio::time::timeout(self.hosts.timeout, answer).await {
            Ok(Ok(answer)) => answer.unwrap_or_else(|never| match never {}),
            Ok(Err(_)) => StatusCode::INTERNAL_SERVER_ERROR.into_response(),
            Err(_) => (StatusCode::SERVICE_UNAVAILABLE, [(header::RETRY_AFTER, "1")], Body::empty()).into_response(),
        }
    }
}

/// Returns whether this is an error response of the framework: one whose body is neither JSON, a page nor a script.
fn is_bare(answer: &Response) -> bool {
    let status = answer.status();
    if !status.is_client_error() && !status.is_server_error() {
        return false;
    }
    let kind = answer.headers().get(header::CONTENT_TYPE).and_then(|kind| kind.to_str().ok()).unwrap_or_default();
    let is_ours = ["application/json", "text/html", "application/javascript"].iter().any(|own| kind.starts_with(own));
    !is_ours
}

/// Returns whether the request is for the base host or a bare IP address, which is never a LoginRocket host.
fn is_base(hosts: &Hosts, request: &Request) -> bool {
    let of_header = || request.headers().get(header::HOST).and_then(|host| host.to_str().ok());
    let Some(authority) = request.uri().authority().map(axum::http::uri::Authority::as_str).or_else(of_header) else {
        return true;
    };
    // The scheme only affects the default port, and any port is accepted.
    let Some(origin) = WebOrigin::at(Scheme::Http, authority) else { return false };
    let host = origin.host();
    host.eq_ignore_ascii_case(&hosts.base)
        || host.trim_start_matches('[').trim_end_matches(']').parse::<IpAddr>().is_ok()
}

/// Answers 200 if requests can be served, that is if the database responds and accepts writes; else 503.
async fn ready(State(core): State<Arc<Core>>) -> Response {
    match installation::check_ready(&core).await {
        Ok(()) => "ready\n".into_response(),
        Err(error) => {
            tracing::warn!(%error, "not ready");
            (StatusCode::SERVICE_UNAVAILABLE, [(header::RETRY_AFTER, "1")]).into_response()
        }
    }
}
