//! Which surface answers: told by the request's host, then by its path.
//!
//! On the base host (and by bare address): `/v1` is the API, `/healthz` and `/readyz` are for operators. Every other
//! host is a LoginRocket host or nobody's. What the framework itself would answer gets the surface's shape here.

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

/// What tells the surfaces apart.
pub struct Hosts {
    /// The host of the API.
    pub base: String,
    /// Whose word on addresses and hosts is taken.
    pub trusted: TrustedProxies,
    /// Longest time for an answer.
    pub timeout: Duration,
}

/// All surfaces as one service; cheap to clone. It stands before every request, so it is a plain service rather than
/// one more router.
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
    /// Puts them together: the base host's own routes, and the pages of all others.
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

    /// What the routes answer, in time; a panic costs its own request, nothing else.
    async fn answer_of(&self, routes: &Router, request: Request) -> Response {
        let answer = AssertUnwindSafe(routes.clone().oneshot(request)).catch_unwind();
        match tokio::time::timeout(self.hosts.timeout, answer).await {
            Ok(Ok(answer)) => answer.unwrap_or_else(|never| match never {}),
            Ok(Err(_)) => StatusCode::INTERNAL_SERVER_ERROR.into_response(),
            Err(_) => (StatusCode::SERVICE_UNAVAILABLE, [(header::RETRY_AFTER, "1")], Body::empty()).into_response(),
        }
    }
}

/// Whether this is an error that no handler of ours has put into words: it is neither JSON nor a page nor a script.
fn is_bare(answer: &Response) -> bool {
    let status = answer.status();
    if !status.is_client_error() && !status.is_server_error() {
        return false;
    }
    let kind = answer.headers().get(header::CONTENT_TYPE).and_then(|kind| kind.to_str().ok()).unwrap_or_default();
    let is_ours = ["application/json", "text/html", "application/javascript"].iter().any(|own| kind.starts_with(own));
    !is_ours
}

/// The base host, or an address of the machine itself: no LoginRocket host is a bare address.
fn is_base(hosts: &Hosts, request: &Request) -> bool {
    let of_header = || request.headers().get(header::HOST).and_then(|host| host.to_str().ok());
    let Some(authority) = request.uri().authority().map(axum::http::uri::Authority::as_str).or_else(of_header) else {
        return true;
    };
    // The usual spelling, without a look at each letter.
    if authority.parse::<SocketAddr>().is_ok() || authority.eq_ignore_ascii_case(&hosts.base) {
        return true;
    }
    // The scheme matters to the port only, and any port will do.
    let Some(origin) = WebOrigin::at(Scheme::Http, authority) else { return false };
    let host = origin.host();
    host.eq_ignore_ascii_case(&hosts.base)
        || host.trim_start_matches('[').trim_end_matches(']').parse::<IpAddr>().is_ok()
}

/// Whether requests can be served: the database answers and takes writes.
async fn ready(State(core): State<Arc<Core>>) -> Response {
    match installation::check_ready(&core).await {
        Ok(()) => "ready\n".into_response(),
        Err(error) => {
            tracing::warn!(%error, "not ready");
            (StatusCode::SERVICE_UNAVAILABLE, [(header::RETRY_AFTER, "1")]).into_response()
        }
    }
}
