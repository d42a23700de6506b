//! What the product promises, through HTTP and on both databases. One binary; each test has a server and a database of
//! its own, a clock that stands still and seeded ids.

mod api;
mod commands;
mod crash;
mod database;
mod jobs;
mod loginrocket;
mod operator;
mod outage;
mod security;
mod social;
mod statements;
mod support;
mod surfaces;
mod tidy;
mod transfer;
