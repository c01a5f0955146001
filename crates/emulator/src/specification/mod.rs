//! Tests that every response about a resource is valid according to the published specifications.

mod actions;
mod center;
mod facts;
mod management;
mod walk;
