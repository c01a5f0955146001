//! Lists of a service that does not follow the rules.

use super::size::ListLimits;
use super::*;
use crate::json_body::MAX_MEMORY;
use crate::testing::{Canned, fake_service};
use crate::timeouts::Timeouts;

fn page(items: &[u32], next: bool) -> Canned {
    let mut body = json!({"value": items});
    if next {
        body["nextLink"] = json!(format!("/things?page={items:?}"));
    }
    (200, None, body)
}

async fn list_all(pages: &[Canned]) -> (Result<Vec<Value>>, usize) {
    let (service, client) = fake_service(pages, Timeouts::default());
    let target = Target::new("/things", "v");
    let outcome = list(&client, &target, None, None).await.map(|list| list.items);
    (outcome, service.requests().len())
}

async fn read_counted(first: Value, others: &[Canned]) -> (Result<Vec<Value>>, usize) {
    let pages: Vec<Canned> = std::iter::once((200, None, first)).chain(others.to_vec()).collect();
    let (service, client) = fake_service(&pages, Timeouts::default());
    let outcome = list_counted(&client, &Target::new("/things", "v"), 1).await;
    (outcome, service.requests().len())
}

#[tokio::test]
async fn all_pages_are_read_in_order() {
    let (items, requests) = list_all(&[page(&[1, 2], true), page(&[3], true), page(&[], false)]).await;
    assert_eq!((items.expect("a list"), requests), (vec![json!(1), json!(2), json!(3)], 3));
    for link in ["/things?page=2", "/things?$skip=2"] {
        let first = json!({"value": [1, 2], "count": 3, "nextLink": link});
        let (items, requests) = read_counted(first, &[page(&[3], false)]).await;
        assert_eq!((items.expect("a list"), requests), (vec![json!(1), json!(2), json!(3)], 2), "{link}");
    }
}

#[tokio::test]
async fn a_page_that_is_not_200_with_a_list_is_an_error() {
    for wrong in [
        (200, None, Value::Null),
        (204, None, Value::Null),
        (202, None, json!({"value": []})),
        (200, None, json!({"items": []})),
    ] {
        let (outcome, _) = list_all(&[page(&[1], true), wrong.clone()]).await;
        assert_eq!(outcome.expect_err("not a list").code(), "InvalidResponse", "{wrong:?}");
    }
}

#[tokio::test]
async fn the_pages_of_a_counted_list_are_requested_by_its_links() {
    let first =
        json!({"value": [1, 2], "count": 5, "nextLink": "/things?$filter=a%20b&%24skip=2&api-version=v"});
    // An item is added while the pages are read.
    let last = json!({"value": [5, 6], "nextLink": "/things?$skip=6"});
    let pages = [(200, None, first), page(&[3, 4], false), (200, None, last), page(&[7], false)];
    let (service, client) = fake_service(&pages, Timeouts::default());
    let target = Target::new("/things", "v").query("$filter", "a b");
    let items = list(&client, &target, None, None).await.expect("a list").items;
    assert_eq!(items, (1..=7).map(Value::from).collect::<Vec<_>>());
    let queries: Vec<String> = service
        .full_requests()
        .iter()
        .map(|request| request.url.query().unwrap_or_default().to_owned())
        .collect();
    assert_eq!(
        queries,
        [
            "%24filter=a%20b&api-version=v",
            "%24filter=a%20b&%24skip=2&api-version=v",
            "%24filter=a%20b&%24skip=4&api-version=v",
            "$skip=6",
        ]
    );
}

#[tokio::test]
async fn a_page_that_is_too_long_to_be_read_with_others_is_read_alone() {
    let long = json!({"value": ["x".repeat(MAX_CONCURRENT_PAGE)], "nextLink": "/things?$skip=3"});
    let first = json!({"value": [1], "count": 4, "nextLink": "/things?$skip=1"});
    let others = [page(&[2], true), (200, None, long.clone()), (200, None, long), page(&[4], false)];
    let (items, requests) = read_counted(first, &others).await;
    let items = items.expect("a list");
    assert_eq!((items.len(), &items[3], requests), (4, &json!(4), 5));
}

#[tokio::test]
async fn pages_that_repeat_end_the_list() {
    let endless = json!({"value": [{"name": "echo"}], "count": 19_000, "nextLink": "/things?$skip=1"});
    let (outcome, requests) =
        read_counted(endless, &[(200, None, json!({"value": [{"name": "echo"}]}))]).await;
    assert!(outcome.expect_err("a repeated page").to_string().contains("the same items"));
    assert!(requests <= 3, "{requests}");
    let circle: Vec<Canned> = (0..4)
        .map(|n| (200, None, json!({"value": [n % 2], "nextLink": format!("/things?page={n}")})))
        .collect();
    let (outcome, requests) = list_all(&circle).await;
    assert!(outcome.expect_err("a circle with other links").to_string().contains("the same items"));
    assert_eq!(requests, 3);
    let link = json!({"value": [1], "nextLink": "/things?page=1"});
    let same_link = json!({"value": [2], "nextLink": "/things?page=1"});
    let (outcome, _) = list_all(&[(200, None, link), (200, None, same_link)]).await;
    assert!(outcome.expect_err("a circle").to_string().contains("already read"));
}

#[tokio::test]
async fn pages_without_items_end_the_list() {
    let empty =
        |number: usize| (200, None, json!({"value": [], "nextLink": format!("/things?page={number}")}));
    let mut pages: Vec<Canned> = (0..MAX_EMPTY_PAGES).map(empty).collect();
    pages.push(page(&[1], false));
    let (items, _) = list_all(&pages).await;
    assert_eq!(items.expect("a list").len(), 1);
    let endless: Vec<Canned> = (0..MAX_EMPTY_PAGES + 2).map(empty).collect();
    let (outcome, requests) = list_all(&endless).await;
    assert!(outcome.expect_err("no items").to_string().contains("have no items"));
    assert_eq!(requests, MAX_EMPTY_PAGES + 1);
}

#[tokio::test]
async fn a_count_beyond_the_limits_ends_the_list_at_once() {
    for count in [1_000_000_000_000_000_u64, 30_000] {
        let first = json!({"value": [1], "count": count, "nextLink": "/things?$skip=1"});
        let (outcome, requests) = read_counted(first, &[]).await;
        assert_eq!((outcome.expect_err("too many").code(), requests), ("LimitExceeded", 1), "{count}");
    }
}

#[tokio::test]
async fn a_list_has_limits() {
    let (_, client) = fake_service(&[page(&[1], false)], Timeouts::default());
    let target = Target::new("/things", "v");
    let limits = ListLimits { pages: 2, items: 5, text: 1000, memory: 1000 };
    for (pages, items, page_length, item_length, exceeded) in [
        (2, 2, 100, 10, None),
        (3, 1, 100, 10, Some("pages")),
        (1, 6, 100, 10, Some("items")),
        (1, 1, 1001, 10, Some("of JSON")),
        (1, 1, 100, 1001, Some("memory")),
    ] {
        let mut reader = ListReader::new(&client, &target).expect("a URL");
        reader.size = ListSize::with_limits(&target.path, limits);
        let mut read_page = |number: u32| {
            let items: Vec<String> = (0..items).map(|item| format!("{number}{item:0item_length$}")).collect();
            let body = json!({"value": items});
            let headers = http::HeaderMap::new();
            let mut page = JsonResponse { status: StatusCode::OK, headers, body, length: page_length };
            reader.take_items(&mut page)?.iter().try_for_each(|item| reader.size.add_kept_item(item))
        };
        let text =
            (0..pages).try_for_each(&mut read_page).err().map(|error| error.to_string()).unwrap_or_default();
        assert!(exceeded.map_or(text.is_empty(), |word| text.contains(word)), "{text}");
    }
}

#[tokio::test]
async fn the_memory_of_a_list_is_that_of_its_converted_items() {
    let (_, client) = fake_service(&[page(&[1, 2, 3], false)], Timeouts::default());
    let large = "x".repeat(MAX_MEMORY / 2);
    let convert = |_| Value::from(large.clone());
    let target = Target::new("/things", "v");
    let error = list_converted(&client, &target, None, None, &convert).await.expect_err("too large");
    assert_eq!(error.code(), "LimitExceeded");
    assert!(error.to_string().contains("memory"), "{error}");
}
