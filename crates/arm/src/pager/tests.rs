//! Lists of a service that does not follow the rules.

use super::*;
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
    let first = json!({"value": [1, 2], "count": 3, "nextLink": "/things?page=2"});
    let (items, requests) = read_counted(first, &[page(&[3], false)]).await;
    assert_eq!((items.expect("a list"), requests), (vec![json!(1), json!(2), json!(3)], 2));
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
async fn pages_that_repeat_end_the_list() {
    let endless = json!({"value": [{"name": "echo"}], "count": 900_000, "nextLink": "/things?page=2"});
    let (outcome, requests) =
        read_counted(endless, &[(200, None, json!({"value": [{"name": "echo"}]}))]).await;
    assert!(outcome.expect_err("a repeated page").to_string().contains("the same items"));
    assert!(requests <= 3, "{requests}");
    let (outcome, _) = list_all(&[page(&[1], true), page(&[2], true), page(&[1], true)]).await;
    assert!(outcome.expect_err("a circle").to_string().contains("already read"));
}

#[tokio::test]
async fn a_list_has_limits() {
    let first = json!({"value": [1], "count": 1_000_000_000_000_000_u64, "nextLink": "/things?page=2"});
    let (outcome, requests) = read_counted(first, &[]).await;
    assert_eq!((outcome.expect_err("too many").code(), requests), ("LimitExceeded", 1));

    let (_, client) = fake_service(&[page(&[1], false)], Timeouts::default());
    let target = Target::new("/things", "v");
    let limits = ListLimits { pages: 2, items: 5, memory: 1000 };
    for (pages, length, memory, exceeded) in [
        (2, 2, 100, None),
        (3, 1, 100, Some("pages")),
        (1, 6, 100, Some("items")),
        (1, 1, 1001, Some("memory")),
    ] {
        let mut progress = ListProgress::new(&client, &target, limits).expect("a URL");
        let outcome = (0..pages).try_for_each(|number| {
            let body = json!({"value": (0..length).map(|n| number * 10 + n).collect::<Vec<u32>>()});
            let mut page =
                JsonResponse { status: StatusCode::OK, headers: http::HeaderMap::new(), body, memory };
            progress.take_items(&mut page).map(drop)
        });
        let text = outcome.err().map(|error| error.to_string()).unwrap_or_default();
        assert!(exceeded.map_or(text.is_empty(), |word| text.contains(word)), "{text}");
    }
}
