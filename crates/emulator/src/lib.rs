//! A local stand-in for the part of Azure Resource Manager that azr uses.
//!
//! [`Emulator::respond`] is a function from a request to an answer; [`server`] puts it on a port, [`in_process`]
//! behind the client's transport, and [`state`] keeps its world in a file.

pub mod apic;
pub mod apim;
pub mod authorization;
pub mod chance;
pub mod conduct;
pub mod context;
pub mod faults;
pub mod filter;
pub mod fleeting;
pub mod gate;
pub mod groups;
pub mod http;
pub mod identity;
pub mod inbound;
pub mod links;
pub mod login;
pub mod metadata;
pub mod options;
pub mod providers;
pub mod quirks;
pub mod request_log;
pub mod route;
pub mod sample;
pub mod server;
pub mod stamp;
pub mod state;
pub mod store;
#[cfg(test)]
mod testing;
pub mod throttle;
pub mod tls;
pub mod world;

use std::path::Path;
use std::sync::{Mutex, MutexGuard, PoisonError};

use time::OffsetDateTime;
use url::Url;

use azr_core::error::Result;
use context::{Context, Reply};
use http::{Answer, Call};
pub use options::Options;
use route::Route;
use state::StateFile;
use throttle::Throttle;
use world::World;

/// The emulator: a world, and how to behave in it.
pub struct Emulator {
    world: Mutex<World>,
    options: Options,
    throttle: Throttle,
    state: Option<Mutex<Kept>>,
}

/// The state file, and which state of the world it holds.
struct Kept {
    file: StateFile,
    fingerprint: Option<u64>,
}

impl Emulator {
    /// An emulator of this world, kept nowhere.
    #[must_use]
    pub fn new(world: World, options: Options) -> Self {
        Self { world: Mutex::new(world), throttle: Throttle::new(options.throttle), options, state: None }
    }

    /// An emulator whose world is kept in a file; a new file starts with the sample data.
    ///
    /// Fails when another process holds the file, or when it cannot be read.
    pub fn open(path: &Path, options: Options) -> Result<Self> {
        Self::open_with(path, options, |world| sample::load(world, OffsetDateTime::now_utc()))
    }

    /// An emulator whose world is kept in a file; a new file starts with what `start` puts in.
    pub fn open_with(path: &Path, options: Options, start: impl FnOnce(&mut World)) -> Result<Self> {
        let (file, world) = StateFile::open(path)?;
        let fingerprint = world.as_ref().map(World::fingerprint);
        let world = world.unwrap_or_else(|| {
            let mut world = World::default();
            start(&mut world);
            world
        });
        let state = Some(Mutex::new(Kept { file, fingerprint }));
        Ok(Self { world: Mutex::new(world), throttle: Throttle::new(options.throttle), options, state })
    }

    /// The settings.
    #[must_use]
    pub fn options(&self) -> &Options {
        &self.options
    }

    /// Looks at the world, or changes it behind the services' backs.
    pub fn with_world<T>(&self, work: impl FnOnce(&mut World) -> T) -> T {
        work(&mut self.lock())
    }

    /// Writes the world to its file, if it has one and anything changed since it was last written.
    pub fn save(&self) -> Result<()> {
        let Some(state) = &self.state else { return Ok(()) };
        let mut kept = state.lock().unwrap_or_else(PoisonError::into_inner);
        let world = self.lock();
        let now = Some(world.fingerprint());
        if kept.fingerprint != now {
            kept.file.save(&world)?;
            kept.fingerprint = now;
        }
        Ok(())
    }

    /// Answers one request.
    pub fn respond(&self, call: &Call) -> Answer {
        if links::is_link(&call.path) {
            return links::respond(&self.lock(), call);
        }
        if let Some(answer) = self.options.login.as_ref().and_then(|login| login.respond(call)) {
            return answer;
        }
        let (left, throttled) = self.throttle.take(call);
        if metadata::is_about(call) {
            return gate::stamp_headers(metadata::endpoints(call), call, left);
        }
        let answer = match (gate::authenticate(call, &self.options), throttled) {
            (Err(refused), _) | (Ok(()), Some(refused)) => refused,
            (Ok(()), None) => self.routed(call).unwrap_or_else(|refused| refused),
        };
        let mut answer = gate::stamp_headers(answer, call, left);
        if call.method == "HEAD" {
            answer.body.clear();
        }
        answer
    }

    /// Answers a request with this refusal, as Resource Manager would have answered it: nothing is done.
    ///
    /// Who brings no usable token hears of that first.
    pub fn refuse(&self, call: &Call, refusal: Answer) -> Answer {
        if links::is_link(&call.path) || self.is_login(call) {
            return refusal;
        }
        let (left, _) = self.throttle.take(call);
        let refusal = gate::authenticate(call, &self.options).err().unwrap_or(refusal);
        gate::stamp_headers(refusal, call, left)
    }

    /// Whether a request is about signing in, and there is somebody to sign in to.
    #[must_use]
    pub fn is_login(&self, call: &Call) -> bool {
        self.options.login.is_some() && login::is_login(&call.path)
    }

    fn routed(&self, call: &Call) -> Reply {
        let fetched = self.fetched(call);
        let mut world = self.lock();
        let route = Route::parse(&call.path);
        gate::check(&world, call, &route)?;
        dispatch(&mut Context { world: &mut world, call, route: &route, options: &self.options, fetched })
    }

    /// Whether answering this request may block, because a document of another host is to be fetched for it.
    #[must_use]
    pub fn may_block(&self, call: &Call) -> bool {
        self.options.fetch.is_some() && self.foreign_link(call).is_some()
    }

    /// The link to a document of another host that a request asks to import.
    fn foreign_link(&self, call: &Call) -> Option<Url> {
        apic::wanted_link(call).filter(|url| links::find(&self.lock(), url, call.now).is_none())
    }

    /// The document behind a foreign link, fetched before the world is locked: other requests need not wait for it.
    fn fetched(&self, call: &Call) -> Option<std::result::Result<String, String>> {
        let fetch = self.options.fetch.as_ref()?;
        self.foreign_link(call).map(|url| fetch(url.as_str()))
    }

    /// A panic elsewhere leaves resources whole: each is replaced by one assignment.
    fn lock(&self) -> MutexGuard<'_, World> {
        self.world.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn dispatch(context: &mut Context<'_>) -> Reply {
    let route = context.route;
    match route.namespace {
        None => match route.all.first() {
            Some(first) if first.eq_ignore_ascii_case("tenants") && route.all.len() == 1 => {
                Ok(groups::tenants())
            }
            Some(first) if first.eq_ignore_ascii_case("subscriptions") => groups::handle(context),
            _ => Err(gate::no_route(route)),
        },
        Some(_) if providers::is_about(context) => providers::handle(context),
        Some(_) if route.is("Microsoft.Authorization") => authorization::handle(context),
        Some(_) if route.subscription.is_none() => Err(gate::no_route(route)),
        Some(_) if route.is("Microsoft.ApiCenter") => apic::handle(context),
        Some(_) if route.is("Microsoft.ApiManagement") => {
            if context.method() == "PUT" {
                providers::require(context, "Microsoft.ApiManagement")?;
            }
            Ok(apim::handle(context.world, context.call))
        }
        Some(_) if route.is("Microsoft.ManagedIdentity") => identity::handle(context),
        Some(_) => Err(gate::no_route(route)),
    }
}

#[cfg(test)]
mod tests {
    use super::testing::{CENTER, ask, body, call, emulator};
    use super::*;

    #[test]
    fn arm_checks_come_before_the_provider() {
        let azure = emulator(Options::default());
        let mut request = call("GET", CENTER);
        request.query.clear();
        let answer = azure.respond(&request);
        assert_eq!(answer.status, 400);
        assert_eq!(body(&answer)["error"]["code"], "MissingApiVersionParameter");
        let other = ask(&azure, "GET", &CENTER.replace("/rg/", "/nope/"), None);
        assert_eq!(body(&other)["error"]["code"], "ResourceGroupNotFound");
        let nowhere = ask(&azure, "GET", "/subscriptions/s1/providers/Some.Thing/x", None);
        assert_eq!(body(&nowhere)["error"]["code"], "InvalidResourceNamespace");
        let posted = ask(&azure, "POST", "/subscriptions/s1/resourcegroups/rg", None);
        assert_eq!(posted.status, 405);
    }

    #[test]
    fn every_answer_bears_the_headers_of_arm() {
        let azure = emulator(Options::default());
        let answer = ask(&azure, "GET", &CENTER.to_uppercase(), None);
        assert_eq!(answer.status, 200);
        for name in
            ["x-ms-request-id", "x-ms-correlation-request-id", "x-ms-ratelimit-remaining-subscription-reads"]
        {
            assert!(answer.headers.iter().any(|(n, _)| n == name), "{name}");
        }
    }
}
