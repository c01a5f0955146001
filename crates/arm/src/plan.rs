//! Plans: the requests of a command as data, before anything is sent.
//!
//! ```
//! use azr_arm::plan::{Action, Job, Plan, Target};
//!
//! let target = Target::new("/subscriptions/s/resourceGroups/g", "2024-11-01");
//! let plan = Plan::from(Job::new(target, Action::Get, None));
//! assert_eq!(plan.jobs.len(), 1);
//! ```

use serde_json::Value;

use crate::edit::Edit;
use crate::schema::Schema;
use azr_core::error::Result;

/// The target of a request: a path of the ARM endpoint, with its query and headers.
#[derive(Debug, Clone, PartialEq)]
pub struct Target {
    /// The path, not yet percent-encoded: `/subscriptions/…/apis/echo;rev=2`.
    pub path: String,
    /// The value of `api-version`.
    pub api_version: &'static str,
    /// Further query parameters, in order.
    pub query: Vec<(&'static str, String)>,
    /// Further headers, names in lower case.
    pub headers: Vec<(&'static str, String)>,
    /// Whether a POST may be sent again if its response is lost: it replaces a resource, or changes nothing.
    pub idempotent: bool,
    /// How often the request is sent at most while the service fails; None for the client's own limit.
    pub max_attempts: Option<u32>,
}

impl Target {
    /// A path without further query parameters and headers.
    #[must_use]
    pub fn new(path: impl Into<String>, api_version: &'static str) -> Self {
        Self {
            path: path.into(),
            api_version,
            query: Vec::new(),
            headers: Vec::new(),
            idempotent: false,
            max_attempts: None,
        }
    }

    /// The same target for a POST that may be sent again if its response is lost.
    #[must_use]
    pub fn idempotent(mut self) -> Self {
        self.idempotent = true;
        self
    }

    /// The same target for a request that is sent at most this often while the service fails.
    ///
    /// For a request that has an alternative. Throttled requests are sent again as usual.
    #[must_use]
    pub fn max_attempts(mut self, attempts: u32) -> Self {
        self.max_attempts = Some(attempts);
        self
    }

    /// The same target with a query parameter.
    #[must_use]
    pub fn query(mut self, name: &'static str, value: impl Into<String>) -> Self {
        self.query.push((name, value.into()));
        self
    }

    /// The same target with a header.
    #[must_use]
    pub fn header(mut self, name: &'static str, value: impl Into<String>) -> Self {
        self.headers.push((name, value.into()));
        self
    }

    /// The same target with a segment appended to its path.
    #[must_use]
    pub fn join(mut self, segment: &str) -> Self {
        self.path.push('/');
        self.path.push_str(segment);
        self
    }
}

/// The conditions of a `wait`, any of which ends it.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct WaitCondition {
    /// The resource exists and its provisioning has succeeded.
    pub created: bool,
    /// The same, for a resource that must exist already.
    pub updated: bool,
    /// The resource exists.
    pub exists: bool,
    /// The resource does not exist.
    pub deleted: bool,
    /// This `JMESPath` expression over the resource, as az shows it, is true.
    pub custom: Option<String>,
}

/// The method that writes an updated resource; the body is the entire resource with either.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum UpdateMethod {
    /// Replaces the resource.
    Put,
    /// Changes an existing resource, for a service whose az commands do the same.
    Patch,
}

/// What to do with a target.
#[derive(Debug, Clone)]
pub enum Action {
    /// Read one resource.
    Get,
    /// Read all pages of a collection.
    List {
        /// The maximum number of items; None for all.
        max_items: Option<usize>,
        /// az's token of an earlier list to continue.
        next_token: Option<String>,
    },
    /// Create or replace a resource.
    Put {
        /// The body; None sends none.
        body: Option<Value>,
        /// The resource group whose `location` a body without one gets.
        location_from_group: Option<String>,
    },
    /// Read a resource, edit it, and write it back.
    Update {
        /// How it is written back.
        method: UpdateMethod,
        /// The edits to the resource as az shows it.
        edits: Vec<Edit>,
        /// A change after the edits, such as the removal of a member that is never sent back.
        normalize: fn(&mut Value),
    },
    /// Delete a resource.
    Delete,
    /// Run an action of a resource.
    Post {
        /// The body; None sends none.
        body: Option<Value>,
        /// The resource group whose `location` a body without one gets.
        location_from_group: Option<String>,
    },
    /// Check that a resource exists; the result is true, or an error.
    Head,
    /// Poll a resource until a condition holds.
    Wait {
        /// The condition.
        condition: WaitCondition,
        /// Seconds between two polls.
        interval: u64,
        /// The timeout in seconds.
        timeout: u64,
    },
}

/// What the execution of a plan needs from its caller.
pub trait Observer: Send {
    /// Shows a message to the user: a token to continue with, a warning.
    fn show_message(&mut self, text: &str);
    /// Shows the state of a long-running operation.
    fn show_state(&mut self, state: &str);
    /// Whether an expression is true of a value (`wait --custom`).
    fn is_true(&self, expression: &str, value: &Value) -> Result<bool>;
}

/// One request, or one long-running operation.
#[derive(Debug, Clone)]
pub struct Job {
    /// The target.
    pub target: Target,
    /// What to do with it.
    pub action: Action,
    /// The schema of the result; None returns the response as it is.
    pub schema: Option<&'static Schema>,
    /// Do not wait for the long-running operation, and return no result.
    pub no_wait: bool,
    /// Return no result.
    pub silent: bool,
}

impl Job {
    /// A job that waits for its operation and returns its result.
    #[must_use]
    pub fn new(target: Target, action: Action, schema: Option<&'static Schema>) -> Self {
        Self { target, action, schema, no_wait: false, silent: false }
    }
}

/// The jobs of a command, one per resource.
///
/// With several (`--ids`), the result is a list.
#[derive(Debug, Clone)]
pub struct Plan {
    /// The jobs, in order.
    pub jobs: Vec<Job>,
    /// The question to confirm on a terminal before anything is sent; None for a command that does not ask.
    pub confirm: Option<String>,
}

impl From<Job> for Plan {
    fn from(job: Job) -> Self {
        Self { jobs: vec![job], confirm: None }
    }
}
