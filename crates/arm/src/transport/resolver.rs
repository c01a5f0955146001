//! Resolution of host names, which refuses internal addresses for some of them.

use std::collections::HashSet;
use std::error::Error as StdError;
use std::fmt;
use std::net::{IpAddr, SocketAddr};
use std::sync::{Arc, Mutex, PoisonError};

use reqwest::dns::{Addrs, Name, Resolve, Resolving};

use crate::internal_address::is_internal_address;

/// A resolver for all connections of a client.
#[derive(Debug, Clone, Default)]
pub(super) struct GuardedResolver {
    /// The names, in lower case, that must lead to the internet.
    public_names: Arc<Mutex<HashSet<String>>>,
}

impl GuardedResolver {
    /// Refuses internal addresses for this name from now on.
    pub(super) fn restrict(&self, name: &str) {
        self.names().insert(name.to_ascii_lowercase());
    }

    /// Accepts internal addresses for this name from now on.
    pub(super) fn allow(&self, name: &str) {
        self.names().remove(&name.to_ascii_lowercase());
    }

    fn names(&self) -> std::sync::MutexGuard<'_, HashSet<String>> {
        // A set of names is never inconsistent.
        self.public_names.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Resolve for GuardedResolver {
    fn resolve(&self, name: Name) -> Resolving {
        let is_restricted = self.names().contains(&name.as_str().to_ascii_lowercase());
        Box::pin(async move {
            let addresses = tokio::net::lookup_host((name.as_str(), 0)).await;
            let addresses: Vec<SocketAddr> = addresses
                .map_err(|source| UnresolvedName { name: name.as_str().to_owned(), source })?
                .collect();
            let internal = addresses.iter().map(SocketAddr::ip).find(|ip| is_internal_address(*ip));
            if let Some(address) = internal.filter(|_| is_restricted) {
                return Err(InternalAddress(address).into());
            }
            let addresses: Addrs = Box::new(addresses.into_iter());
            Ok(addresses)
        })
    }
}

/// The error for a name that cannot be resolved, which may be that of a proxy.
#[derive(Debug)]
pub(super) struct UnresolvedName {
    pub(super) name: String,
    source: std::io::Error,
}

impl fmt::Display for UnresolvedName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "the host name '{}' could not be resolved", self.name)
    }
}

impl StdError for UnresolvedName {
    fn source(&self) -> Option<&(dyn StdError + 'static)> {
        Some(&self.source)
    }
}

/// The error for a name that leads to an internal address.
#[derive(Debug)]
pub(super) struct InternalAddress(IpAddr);

impl fmt::Display for InternalAddress {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "its name leads to the internal address {}", self.0)
    }
}

impl StdError for InternalAddress {}
