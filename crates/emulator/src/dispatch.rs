//! Which part of the emulator handles a request.

use crate::context::Context;
use crate::response::HandlerResult;
use crate::route::Route;
use crate::{
    apic, apim, arm_errors, authorization, providers, registration, subscriptions, user_assigned_identities,
};

/// Handles a request that has passed the front door.
pub(crate) fn dispatch(context: &mut Context<'_>) -> HandlerResult {
    let route = context.route;
    authorization::check_policy_token(context)?;
    match route.namespace {
        None => match route.all.first() {
            Some(first) if first.eq_ignore_ascii_case("tenants") && route.all.len() == 1 => {
                Ok(subscriptions::tenants())
            }
            Some(first) if first.eq_ignore_ascii_case("providers") => providers::list(context),
            Some(_) if is_provider_list(route) => providers::list(context),
            Some(first) if first.eq_ignore_ascii_case("subscriptions") => subscriptions::handle(context),
            _ => Err(arm_errors::unknown_route(route)),
        },
        Some(_) if providers::is_provider_request(context) => providers::handle(context),
        Some(_) if route.is("Microsoft.Authorization") => authorization::handle(context),
        Some(_) if route.subscription.is_none() => Err(arm_errors::unknown_route(route)),
        Some(_) if route.is("Microsoft.ApiCenter") => apic::handle(context),
        Some(_) if route.is("Microsoft.ApiManagement") => {
            if context.method() == "PUT" {
                registration::require_registered(context, "Microsoft.ApiManagement")?;
            }
            apim::handle(context)
        }
        Some(_) if route.is("Microsoft.ManagedIdentity") => user_assigned_identities::handle(context),
        Some(_) => Err(arm_errors::unknown_route(route)),
    }
}

/// Whether the path is `/subscriptions/S/providers`.
fn is_provider_list(route: &Route<'_>) -> bool {
    matches!(route.all[..], [_, _, last] if route.subscription.is_some() && last.eq_ignore_ascii_case("providers"))
}

#[cfg(test)]
mod tests {
    use crate::Options;
    use crate::response::ResponseExt as _;
    use crate::testing::{CENTER, ask, body, build_request, emulator};

    #[test]
    fn arm_checks_come_before_the_provider() {
        let azure = emulator(Options::default());
        let mut request = build_request("GET", CENTER);
        request.query.clear();
        let answer = azure.respond(&request);
        assert_eq!(answer.status(), 400);
        assert_eq!(body(&answer)["error"]["code"], "MissingApiVersionParameter");
        let other = ask(&azure, "GET", &CENTER.replace("/rg/", "/nope/"), None);
        assert_eq!(body(&other)["error"]["code"], "ResourceGroupNotFound");
        let nowhere = ask(&azure, "GET", "/subscriptions/s1/providers/Some.Thing/x", None);
        assert_eq!(body(&nowhere)["error"]["code"], "InvalidResourceNamespace");
        let posted = ask(&azure, "POST", "/subscriptions/s1/resourcegroups/rg", None);
        assert_eq!(posted.status(), 405);
    }

    #[test]
    fn every_response_has_the_headers_of_arm() {
        let azure = emulator(Options::default());
        let answer = ask(&azure, "GET", &CENTER.to_uppercase(), None);
        assert_eq!(answer.status(), 200);
        for name in
            ["x-ms-request-id", "x-ms-correlation-request-id", "x-ms-ratelimit-remaining-subscription-reads"]
        {
            assert!(answer.header(name).is_some(), "{name}");
        }
    }
}
