//! Resource providers and the kinds of resources they have: the rows of the tables.

use serde_json::{Map, Value};

use super::{Dialect, Field, Layout, PageStyle, Problem, Target};
use crate::api_version::is_at_least;
use crate::context::Context;
use crate::response::{HandlerResult, Response};
use crate::state::State;
use crate::store::Entry;

/// A resource provider: its table of resource kinds, and how it differs from other providers.
pub(crate) struct Provider {
    /// The full type of the top-level resource, which all other resources are below: `Microsoft.ApiCenter/services`.
    pub root_type: &'static str,
    /// The API versions; requests with others are refused.
    pub api_versions: &'static [&'static str],
    /// The API versions with deleted top-level resources, which can be restored.
    pub deleted_since: ApiVersions,
    /// The actions on the top-level resource.
    pub root_actions: &'static [Action],
    /// The kinds of resources below the top-level resource.
    pub kinds: &'static [ResourceKind],
    /// The wording of errors, and the layout of bodies.
    pub dialect: &'static dyn Dialect,
    /// Which members of `properties` are stored, and in which order.
    pub layout: Layout,
    /// How lists are paged.
    pub page_style: PageStyle,
    /// The status of a PUT that creates a resource.
    pub created_status: u16,
    /// Whether PATCH is supported, and `If-Match` is checked.
    pub supports_patch: bool,
    /// The API versions in which the response to a PATCH has the resource in its body; others respond with 204.
    pub patch_responds_with_body: ApiVersions,
}

impl Provider {
    /// The namespace, such as `Microsoft.ApiCenter`.
    pub(crate) fn namespace(&self) -> &'static str {
        self.root_type.split_once('/').map_or("", |(namespace, _)| namespace)
    }

    /// The type of the top-level resource without the namespace, such as `services`.
    pub(crate) fn root_name(&self) -> &'static str {
        self.root_type.split_once('/').map_or("", |(_, name)| name)
    }

    /// The kind with these types below the top-level resource, compared without regard to case.
    ///
    /// The types below a workspace are those below the top-level resource, if the kind exists in workspaces.
    pub(crate) fn kind(&self, types: &[&str]) -> Option<&'static ResourceKind> {
        let below_workspace = match types {
            [first, rest @ ..] if first.eq_ignore_ascii_case("workspaces") => rest,
            _ => &[],
        };
        self.kinds
            .iter()
            .find(|kind| kind.has_path(types) || kind.in_workspaces && kind.has_path(below_workspace))
    }

    /// The kind of the resource with this id.
    pub(crate) fn kind_of(&self, id: &str) -> Option<&'static ResourceKind> {
        self.kind(&types_of(id))
    }

    /// The full type of the resource with this id, such as `Microsoft.ApiCenter/services/workspaces/apis`.
    pub(crate) fn full_type(&self, id: &str) -> String {
        let mut full_type = self.root_type.to_owned();
        for name in types_of(id) {
            // The spelling of the table, not that of the id.
            let types = self.kinds.iter().flat_map(|kind| kind.path);
            full_type.push('/');
            full_type.push_str(types.copied().find(|t| t.eq_ignore_ascii_case(name)).unwrap_or(name));
        }
        full_type
    }
}

/// The types of a resource below its top-level resource.
fn types_of(id: &str) -> Vec<&str> {
    id[root_of(id).len()..].split('/').skip(1).step_by(2).collect()
}

/// A kind of resource below the top-level resource of a provider.
pub(crate) struct ResourceKind {
    /// The types of its path below the top-level resource, such as `["workspaces", "apis"]`.
    pub path: &'static [&'static str],
    /// Whether workspaces of API Management have it as well.
    pub in_workspaces: bool,
    /// What errors call it.
    pub label: &'static str,
    /// The API versions that have it.
    pub api_versions: ApiVersions,
    /// The names it may have.
    pub names: NameRule,
    /// The members of `properties`.
    pub fields: &'static [Field],
    /// Whether lists are in the order of the names, instead of the order in which the resources were created.
    pub is_sorted: bool,
    /// The body of the 404 for a resource of this kind.
    pub not_found: NotFound,
    /// Whether responses have an `ETag`.
    pub has_etag: bool,
    /// The members of `systemData`.
    pub system_data: SystemData,
    /// The status of a DELETE of a resource that exists; for one that does not exist it is always 204.
    pub deleted_status: u16,
    /// How many a parent may have.
    pub quota: Option<Quota>,
    /// What happens besides storing.
    pub hooks: Hooks,
    /// Responds to a write that ends with this status, if writes are long-running operations; `None` in API versions in
    /// which they are not.
    pub accept_write: Option<fn(&mut Context<'_>, u16) -> Option<Response>>,
    /// POST actions on a resource of this kind.
    pub actions: &'static [Action],
    /// Handles all requests instead of the engine.
    pub handler: Option<fn(&mut Context<'_>, &Target<'_>) -> HandlerResult>,
}

impl ResourceKind {
    fn has_path(&self, types: &[&str]) -> bool {
        self.path.len() == types.len() && self.path.iter().zip(types).all(|(a, b)| a.eq_ignore_ascii_case(b))
    }

    /// The last type of the path, such as `apis`.
    pub(crate) fn collection(&self) -> &'static str {
        self.path.last().copied().unwrap_or_default()
    }

    /// The action of this name, compared without regard to case.
    pub(crate) fn action(&self, name: &str) -> Option<&'static Action> {
        find_action(self.actions, name)
    }
}

/// The part of an id that names the top-level resource.
///
/// It has eight segments: `/subscriptions/S/resourceGroups/G/providers/NAMESPACE/TYPE/NAME`.
pub(super) fn root_of(id: &str) -> &str {
    id.match_indices('/').nth(8).map_or(id, |(index, _)| &id[..index])
}

/// The action of this name, compared without regard to case.
pub(super) fn find_action(actions: &'static [Action], name: &str) -> Option<&'static Action> {
    actions.iter().find(|action| action.name.eq_ignore_ascii_case(name))
}

/// A POST action.
pub(crate) struct Action {
    /// The last segment of the path.
    pub name: &'static str,
    /// Carries it out on the resource with this id, which exists.
    pub run: fn(&mut Context<'_>, id: &str) -> HandlerResult,
}

/// The API versions in which a resource kind exists; other versions do not have the type.
#[derive(Debug, Clone, Copy)]
pub(crate) enum ApiVersions {
    /// Every version.
    All,
    /// This version and later ones.
    Since(&'static str),
}

impl ApiVersions {
    /// Whether `version` is one of them.
    pub(crate) fn contains(self, version: &str) -> bool {
        match self {
            Self::All => true,
            Self::Since(first) => is_at_least(version, first),
        }
    }
}

/// The body of a 404; providers choose the shape.
#[derive(Debug, Clone, Copy)]
pub(crate) enum NotFound {
    /// The provider's usual body.
    Usual,
    /// The provider's usual body with this message.
    Message(&'static str),
    /// The problem details of RFC 9457.
    ProblemDetails,
}

/// The members of `systemData`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum SystemData {
    /// No `systemData` at all.
    None,
    /// Only `createdAt`.
    Created,
    /// `createdAt` and `lastModifiedAt`.
    CreatedAndModified,
}

/// How many resources of a kind a parent may have, by the plan of the top-level resource.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Quota {
    /// In the Free plan.
    pub free: usize,
    /// In the Standard plan.
    pub standard: usize,
}

/// The names that resources of a kind may have.
#[derive(Debug, Clone, Copy)]
pub(crate) struct NameRule {
    /// The least number of characters.
    pub min: usize,
    /// The greatest number of characters.
    pub max: usize,
    /// The characters.
    pub characters: NameCharacters,
    /// The only name there is, such as `policy`.
    pub only: Option<&'static str>,
}

/// The characters of names.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum NameCharacters {
    /// All characters.
    Any,
    /// The pattern `^[^*#&+:<>?]+$`.
    NoReserved,
    /// The pattern `^[a-zA-Z0-9-]+$`.
    AlphanumericOrHyphen,
    /// The pattern `^[a-zA-Z0-9_-]+$`.
    WordOrHyphen,
}

impl NameCharacters {
    fn contain(self, character: char) -> bool {
        match self {
            Self::Any => true,
            Self::NoReserved => !"*#&+:<>?".contains(character),
            Self::AlphanumericOrHyphen => character.is_ascii_alphanumeric() || character == '-',
            Self::WordOrHyphen => character.is_ascii_alphanumeric() || "_-".contains(character),
        }
    }

    fn pattern(self) -> &'static str {
        match self {
            Self::Any => "",
            Self::NoReserved => "[^*#&+:<>?]",
            Self::AlphanumericOrHyphen => "[a-zA-Z0-9-]",
            Self::WordOrHyphen => "[a-zA-Z0-9_-]",
        }
    }
}

impl NameRule {
    /// Checks a name; the error says what is wrong with it.
    pub(crate) fn check(&self, name: &str) -> Result<(), String> {
        if let Some(only) = self.only.filter(|only| *only != name) {
            return Err(format!("The name '{name}' is not valid; the only valid name is '{only}'."));
        }
        let length = name.chars().count();
        if (self.min..=self.max).contains(&length) && name.chars().all(|c| self.characters.contain(c)) {
            return Ok(());
        }
        Err(match self.characters {
            NameCharacters::Any => {
                format!("The name must have {} to {} characters; it has {length}.", self.min, self.max)
            }
            _ => format!(
                "The name '{name}' is not valid; it must match the pattern '^{}{{{},{}}}$'.",
                self.characters.pattern(),
                self.min,
                self.max
            ),
        })
    }
}

/// What a kind does besides storing what it is sent.
#[derive(Clone, Copy)]
pub(crate) struct Hooks {
    /// Finds the resource that a name means in a collection.
    pub resolve: for<'a> fn(&'a State, collection: &str, name: &str) -> Option<&'a Entry>,
    /// Checks what the rules of the fields cannot express.
    pub validate: fn(&Context<'_>, &Target<'_>, &Map<String, Value>) -> Vec<Problem>,
    /// Completes a resource before it is stored.
    pub before_put: fn(&Context<'_>, &Target<'_>, &mut Draft),
    /// Updates other resources after one has been stored; the flag says whether it is new.
    pub after_put: fn(&mut Context<'_>, &Target<'_>, bool),
    /// Refuses a deletion, or updates other resources before it.
    pub before_delete: fn(&mut Context<'_>, &Target<'_>) -> Result<(), Response>,
    /// Changes the body of a response; lists do not call it.
    pub show: fn(&Context<'_>, &Entry, &mut Value),
}

/// A resource that is about to be stored.
pub(crate) struct Draft {
    /// Its `properties`.
    pub properties: Map<String, Value>,
    /// What no GET shows; `None` keeps what is stored.
    pub hidden: Option<Value>,
}

/// The hooks of a kind that is only stored.
pub(crate) const NO_HOOKS: Hooks = Hooks {
    resolve: |state, collection, name| state.store.get(&format!("{collection}/{name}")),
    validate: |_, _, _| Vec::new(),
    before_put: |_, _, _| {},
    after_put: |_, _, _| {},
    before_delete: |_, _| Ok(()),
    show: |_, _, _| {},
};

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_checked() {
        let strict =
            NameRule { min: 3, max: 5, characters: NameCharacters::AlphanumericOrHyphen, only: None };
        assert!(strict.check("a-1").is_ok());
        for bad in ["", "ab", "abcdef", "a_b", "äöü"] {
            assert!(strict.check(bad).is_err(), "{bad}");
        }
        let message = strict.check("a_b").expect_err("refused");
        assert!(message.contains("'^[a-zA-Z0-9-]{3,5}$'"), "{message}");
        let lenient = NameRule { min: 1, max: 80, characters: NameCharacters::NoReserved, only: None };
        assert!(lenient.check("a_b c").is_ok());
        assert!(lenient.check("a?b").is_err());
        let policy = NameRule { only: Some("policy"), ..lenient };
        assert!(policy.check("policy").is_ok() && policy.check("other").is_err());
    }

    #[test]
    fn some_kinds_exist_in_some_versions_only() {
        assert!(ApiVersions::All.contains("2022-08-01"));
        assert!(ApiVersions::Since("2024-06-01-preview").contains("2024-06-01-PREVIEW"));
        assert!(!ApiVersions::Since("2024-06-01-preview").contains("2024-03-01"));
    }
}
