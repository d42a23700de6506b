//! A surface's list of routes: addresses with their handlers, which know their methods, so that tests can go through all
//! of them.

use axum::Router;
use axum::handler::Handler;
use axum::routing::{MethodFilter, MethodRouter};

/// An address with its handlers.
pub struct Route<S> {
    path: &'static str,
    methods: Vec<&'static str>,
    handlers: MethodRouter<S>,
}

/// An address, with no handlers yet.
pub fn at<S: Clone + Send + Sync + 'static>(path: &'static str) -> Route<S> {
    Route { path, methods: Vec::new(), handlers: MethodRouter::new() }
}

impl<S: Clone + Send + Sync + 'static> Route<S> {
    /// With this handler for GET.
    #[must_use]
    pub fn get<T: 'static>(self, handler: impl Handler<T, S>) -> Self {
        self.take("GET", MethodFilter::GET, handler)
    }

    /// With this handler for POST.
    #[must_use]
    pub fn post<T: 'static>(self, handler: impl Handler<T, S>) -> Self {
        self.take("POST", MethodFilter::POST, handler)
    }

    /// With this handler for PUT.
    #[must_use]
    pub fn put<T: 'static>(self, handler: impl Handler<T, S>) -> Self {
        self.take("PUT", MethodFilter::PUT, handler)
    }

    /// With this handler for DELETE.
    #[must_use]
    pub fn delete<T: 'static>(self, handler: impl Handler<T, S>) -> Self {
        self.take("DELETE", MethodFilter::DELETE, handler)
    }

    fn take<T: 'static>(mut self, method: &'static str, filter: MethodFilter, handler: impl Handler<T, S>) -> Self {
        self.methods.push(method);
        Self { handlers: self.handlers.on(filter, handler), ..self }
    }
}

/// A router of these routes.
pub fn router<S: Clone + Send + Sync + 'static>(routes: Vec<Route<S>>) -> Router<S> {
    routes.into_iter().fold(Router::new(), |router, route| router.route(route.path, route.handlers))
}

/// Method and path of every route.
pub fn listed<S>(routes: &[Route<S>]) -> Vec<(&'static str, &'static str)> {
    routes.iter().flat_map(|route| route.methods.iter().map(|method| (*method, route.path))).collect()
}
