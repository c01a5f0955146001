//! What a command comes down to: requests as data, decided before anything is sent.

use serde_json::Value;

use super::edit::Edit;
use super::schema::Schema;

/// Where a request goes: a path under the ARM endpoint, with its query and headers.
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
    /// Whether a POST may be sent again when its answer was lost: it replaces what is there, or changes nothing.
    pub repeatable: bool,
}

impl Target {
    /// A path without further query and headers.
    #[must_use]
    pub fn new(path: impl Into<String>, api_version: &'static str) -> Self {
        Self { path: path.into(), api_version, query: Vec::new(), headers: Vec::new(), repeatable: false }
    }

    /// The same as the place of an action that may be sent again when its answer was lost.
    #[must_use]
    pub fn repeatable(mut self) -> Self {
        self.repeatable = true;
        self
    }

    /// The same with a query parameter.
    #[must_use]
    pub fn query(mut self, name: &'static str, value: impl Into<String>) -> Self {
        self.query.push((name, value.into()));
        self
    }

    /// The same with a header.
    #[must_use]
    pub fn header(mut self, name: &'static str, value: impl Into<String>) -> Self {
        self.headers.push((name, value.into()));
        self
    }

    /// The same with something appended to its path.
    #[must_use]
    pub fn join(mut self, tail: &str) -> Self {
        self.path.push('/');
        self.path.push_str(tail);
        self
    }
}

/// What a `wait` waits for: whichever of these comes first.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Until {
    /// The resource answers and its provisioning has succeeded.
    pub created: bool,
    /// The same of a resource that must be there already.
    pub updated: bool,
    /// The resource answers.
    pub exists: bool,
    /// The resource is gone.
    pub deleted: bool,
    /// A `JMESPath` expression over the shown resource is true.
    pub custom: Option<String>,
}

/// One thing to do.
#[derive(Debug, Clone)]
pub enum Action {
    /// Read one resource.
    Get,
    /// Read all pages of a collection.
    List {
        /// Stop after so many items, and say how to go on.
        max_items: Option<usize>,
        /// Where an earlier list stopped.
        next_token: Option<String>,
    },
    /// Create or replace a resource.
    Put {
        /// The body; None sends none.
        body: Option<Value>,
        /// Take `location` from this resource group when the body has none.
        location_of: Option<String>,
    },
    /// Read a resource, change it, and put it back.
    Update {
        /// The changes to the shown form.
        edits: Vec<Edit>,
        /// What must hold after the edits, such as a member that is never sent back.
        settle: fn(&mut Value),
    },
    /// Remove a resource.
    Delete,
    /// An action.
    Post {
        /// The body; None sends none.
        body: Option<Value>,
        /// Take `location` from this resource group when the body has none.
        location_of: Option<String>,
    },
    /// Ask whether something is there; the result is true, and it is an error where it is not there.
    Head,
    /// Ask again and again.
    Wait {
        /// What for.
        until: Until,
        /// Seconds between two asks.
        interval: u64,
        /// Seconds after which to give up.
        timeout: u64,
    },
}

/// One request, or one long-running operation.
#[derive(Debug, Clone)]
pub struct Job {
    /// Where.
    pub at: Target,
    /// What.
    pub action: Action,
    /// The shape of the answer; None prints it as it came.
    pub schema: Option<&'static Schema>,
    /// Do not wait for a long-running operation, and print nothing.
    pub no_wait: bool,
    /// Print nothing, whatever is answered.
    pub silent: bool,
}

impl Job {
    /// A job that is waited for, with its answer printed.
    #[must_use]
    pub fn new(at: Target, action: Action, schema: Option<&'static Schema>) -> Self {
        Self { at, action, schema, no_wait: false, silent: false }
    }
}

/// What a command comes down to.
///
/// One job per resource: several when `--ids` names several, and then the result is a list.
#[derive(Debug, Clone)]
pub struct Plan {
    /// What to do, in order.
    pub jobs: Vec<Job>,
    /// What to ask on a terminal before anything is sent; None for a command that does not ask.
    pub confirm: Option<String>,
}

impl From<Job> for Plan {
    fn from(job: Job) -> Self {
        Self { jobs: vec![job], confirm: None }
    }
}
