//! A surface's list of routes: paths with their handlers and methods, so that tests can iterate over all of them.

use axum::Router;
use axum::handler::Handler;
use axum::routing::{MethodFilter, MethodRouter};

/// Path with its handlers.
#[must_use]
pub struct Route<S> {
    path: &'static str,
    methods: Vec<&'static str>,
    handlers: MethodRouter<S>,
}

/// Creates a route without handlers.
pub fn at<S: Clone + Send + Sync + 'static>(path: &'static str) -> Route<S> {
    Route { path, methods: Vec::new(), handlers: MethodRouter::new() }
}

impl<S: Clone + Send + Sync + 'static> Route<S> {
    /// Adds the handler for GET.
    pub fn get<T: 'static>(self, handler: impl Handler<T, S>) -> Self {
        self.take("GET", MethodFilter::GET, handler)
    }

    /// Adds the handler for POST.
    pub fn post<T: 'static>(self, handler: impl Handler<T, S>) -> Self {
        self.take("POST", MethodFilter::POST, handler)
    }

    /// Adds the handler for PUT.
    pub fn put<T: 'static>(self, handler: impl Handler<T, S>) -> Self {
        self.take("PUT", MethodFilter::PUT, handler)
    }

    /// Adds the handler for DELETE.
    pub fn delete<T: 'static>(self, handler: impl Handler<T, S>) -> Self {
        self.take("DELETE", MethodFilter::DELETE, handler)
    }

    fn take<T: 'static>(mut self, method: &'static str, filter: MethodFilter, handler: impl Handler<T, S>) -> Self {
        self.methods.push(method);
        Self { handlers: self.handlers.on(filter, handler), ..self }
    }
}

/// Builds a router from these routes.
pub fn router<S: Clone + Send + Sync + 'static>(routes: Vec<Route<S>>) -> Router<S> {
    routes.into_iter().fold(Router::new(), |router, route| router.route(route.path, route.handlers))
}

/// Returns method and path of every route.
pub fn listed<S>(routes: &[Route<S>]) -> Vec<(&'static str, &'static str)> {
    routes.iter().flat_map(|route| route.methods.iter().map(|method| (*method, route.path))).collect()
}
