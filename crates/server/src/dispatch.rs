//! Which surface answers: told by the request's host, then by its path.
//!
//! On the base host (and by bare address): `/v1` is the API, `/healthz` and `/readyz` are for operators. Every other
//! host is a LoginRocket host or nobody's.

use std::net::{IpAddr, SocketAddr};
use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use axum::body::Body;
use axum::extract::{ConnectInfo, Request, State};
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use gantry_core::{Core, installation};
use gantry_web::address::ClientAddress;
use tower::ServiceExt;
use tower_http::catch_panic::CatchPanicLayer;

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

struct Surfaces {
    hosts: Hosts,
    base: Router,
    loginrocket: Router,
}

/// All surfaces as one service.
pub fn router(hosts: Hosts, core: Arc<Core>, api: Router, loginrocket: Router) -> Router {
    let base = api.route("/healthz", get(|| async { "ok\n" })).route("/readyz", get(ready).with_state(core));
    let surfaces = Surfaces { hosts, base, loginrocket };
    Router::new().fallback(dispatch).with_state(Arc::new(surfaces)).layer(CatchPanicLayer::new())
}

async fn dispatch(State(surfaces): State<Arc<Surfaces>>, mut request: Request) -> Response {
    let hosts = &surfaces.hosts;
    let peer = request.extensions().get::<ConnectInfo<SocketAddr>>().map(|info| info.0.ip().to_canonical());
    if let Some(peer) = peer {
        let address = proxy::client_address(peer, request.headers(), &hosts.trusted);
        request.extensions_mut().insert(ClientAddress(address));
        let forwarded = proxy::forwarded_host(peer, request.headers(), &hosts.trusted).map(str::to_owned);
        if let Some(host) = forwarded.and_then(|host| host.parse().ok()) {
            request.headers_mut().insert(header::HOST, host);
        }
    }
    let surface = if is_base(hosts, &request) { &surfaces.base } else { &surfaces.loginrocket };
    match tokio::time::timeout(hosts.timeout, surface.clone().oneshot(request)).await {
        Ok(answer) => answer.unwrap_or_else(|never| match never {}),
        Err(_) => (StatusCode::SERVICE_UNAVAILABLE, [(header::RETRY_AFTER, "1")], Body::empty()).into_response(),
    }
}

/// The base host, or an address of the machine itself: no LoginRocket host is a bare address.
fn is_base(hosts: &Hosts, request: &Request) -> bool {
    let of_header = || request.headers().get(header::HOST).and_then(|host| host.to_str().ok());
    let Some(authority) = request.uri().authority().map(axum::http::uri::Authority::as_str).or_else(of_header) else {
        return true;
    };
    let host = match authority.rsplit_once(':') {
        Some((host, port)) if port.bytes().all(|digit| digit.is_ascii_digit()) => host,
        _ => authority,
    };
    host.eq_ignore_ascii_case(&hosts.base)
        || host.trim_start_matches('[').trim_end_matches(']').parse::<IpAddr>().is_ok()
}

/// Whether requests can be served: the database answers.
async fn ready(State(core): State<Arc<Core>>) -> Response {
    match installation::open(&core).await {
        Ok(_) => "ready\n".into_response(),
        Err(error) => {
            tracing::warn!(%error, "not ready");
            (StatusCode::SERVICE_UNAVAILABLE, "not ready\n").into_response()
        }
    }
}
