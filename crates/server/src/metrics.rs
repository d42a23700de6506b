//! `/metrics` for Prometheus, on a separate port, since it requires no authentication.

use std::sync::Arc;

use axum::Router;
use axum::extract::State;
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use gantry_core::{Core, metrics};

/// Returns the router that serves `/metrics`.
pub fn router(core: Arc<Core>) -> Router {
    Router::new().route("/metrics", get(show)).with_state(core)
}

async fn show(State(core): State<Arc<Core>>) -> Response {
    match metrics::text(&core).await {
        Ok(text) => {
            let kind = "application/openmetrics-text; version=1.0.0; charset=utf-8";
            ([(header::CONTENT_TYPE, kind)], text).into_response()
        }
        Err(error) => {
            tracing::warn!(%error, "the metrics cannot be read");
            StatusCode::SERVICE_UNAVAILABLE.into_response()
        }
    }
}
