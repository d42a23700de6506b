//! What all surfaces have in common, whatever their routes.

mod shapes;
mod slashes;
