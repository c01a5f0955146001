//! Lists that change while they are read, and lists that lack something.

use serde_json::{Value, json};

use crate::request::ParsedRequest;
use crate::response::Response;
use crate::rng::SeededRng;
use crate::route::Route;

/// How much of the short lists still has a count that is then too large.
const SHARE_WITH_COUNT: f64 = 0.5;

/// The share of lists that are short.
const SHARE_OF_SHORT: f64 = 0.5;

/// What is different in the response to a list.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum ListChange {
    /// An item before this page was deleted: the page starts one item later.
    Deleted,
    /// An item was inserted before this page: the page starts with the last item of the one before.
    Inserted,
    /// The last item is missing; the count is of all items.
    Short,
    /// The last item is missing, and so is the count.
    ShortWithoutCount,
}

impl ListChange {
    /// The change of a page after the first.
    pub(super) fn shift(rng: &SeededRng, request: &ParsedRequest) -> Option<Self> {
        skipped(request).filter(|skip| *skip > 0 && is_list(request))?;
        Some(if rng.decide(request, 0.5) { Self::Deleted } else { Self::Inserted })
    }

    /// How a list is short, if it is.
    pub(super) fn shorten(rng: &SeededRng, request: &ParsedRequest) -> Option<Self> {
        if !is_list(request) || !rng.decide(request, SHARE_OF_SHORT) {
            return None;
        }
        let has_count = rng.decide(request, SHARE_WITH_COUNT);
        Some(if has_count { Self::Short } else { Self::ShortWithoutCount })
    }

    /// The name of the quirk in the log.
    pub(super) fn name(self) -> &'static str {
        match self {
            Self::Deleted | Self::Inserted => "shifting-pages",
            Self::Short | Self::ShortWithoutCount => "short-lists",
        }
    }

    /// The request for the page as it is after the change; `None` if it is the same.
    pub(super) fn request(self, request: &ParsedRequest) -> Option<ParsedRequest> {
        let skip = skipped(request)?;
        let skip = match self {
            Self::Deleted => skip + 1,
            Self::Inserted => skip.checked_sub(1)?,
            Self::Short | Self::ShortWithoutCount => return None,
        };
        let mut request = request.clone();
        let (_, value) = request.query.iter_mut().find(|(name, _)| name.eq_ignore_ascii_case("$skip"))?;
        *value = skip.to_string();
        Some(request)
    }

    /// Changes the response to a list, and says whether it is different.
    pub(super) fn apply(self, response: &mut Response) -> bool {
        let Some(mut body) =
            serde_json::from_slice::<Value>(response.body()).ok().filter(|_| response.status() == 200)
        else {
            return false;
        };
        let Some(items) = body["value"].as_array_mut() else { return false };
        if matches!(self, Self::Short | Self::ShortWithoutCount) && items.pop().is_none() {
            return false;
        }
        if let Some(count) = body["count"].as_u64() {
            body["count"] = match self {
                Self::Deleted => json!(count.saturating_sub(1)),
                Self::Inserted => json!(count + 1),
                Self::Short | Self::ShortWithoutCount => json!(count),
            };
        }
        if let (Self::ShortWithoutCount, Some(body)) = (self, body.as_object_mut()) {
            body.shift_remove("count");
        }
        *response.body_mut() = body.to_string().into();
        true
    }
}

/// Whether a request lists resources of API Management or API Center.
fn is_list(request: &ParsedRequest) -> bool {
    let route = Route::parse(&request.path);
    let has_lists = route.is("Microsoft.ApiManagement") || route.is("Microsoft.ApiCenter");
    request.method == "GET" && has_lists && route.rest.len() % 2 == 1
}

fn skipped(request: &ParsedRequest) -> Option<usize> {
    request.query("$skip")?.parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::response;
    use crate::testing::{CENTER, body, build_request};

    fn list(query: &str) -> ParsedRequest {
        build_request("GET", &format!("{CENTER}/workspaces/default/apis?{query}"))
    }

    #[test]
    fn only_later_pages_are_shifted() {
        let rng = SeededRng::new(1);
        assert_eq!(ListChange::shift(&rng, &list("")), None);
        assert_eq!(ListChange::shift(&rng, &build_request("GET", &format!("{CENTER}?$skip=3"))), None);
        let page = list("$skip=50");
        let changes: Vec<_> = (0..40).filter_map(|_| ListChange::shift(&rng, &page)).collect();
        assert_eq!(changes.len(), 40);
        for (change, skip) in [(ListChange::Deleted, "51"), (ListChange::Inserted, "49")] {
            assert!(changes.contains(&change));
            assert_eq!(change.request(&page).expect("a request").query("$skip"), Some(skip));
        }
    }

    #[test]
    fn short_lists_lack_an_item() {
        let short = |change: ListChange| {
            let mut response = response::json(200, &json!({"value": [1, 2], "count": 2}));
            assert!(change.apply(&mut response));
            body(&response)
        };
        assert_eq!(short(ListChange::Short), json!({"value": [1], "count": 2}));
        assert_eq!(short(ListChange::ShortWithoutCount), json!({"value": [1]}));
        let mut empty = response::json(200, &json!({"value": []}));
        assert!(!ListChange::Short.apply(&mut empty));
    }
}
