//! Reads the tags and products of the APIs of a service.

use serde_json::Value;

use crate::service::ApiLabels;
use azr_arm::client::Client;
use azr_arm::pager;
use azr_arm::plan::Target;
use azr_core::error::Result;
use azr_core::id::ResourceId;
use azr_core::resource::APIM;

use super::root_name;

/// Reads the tags and products of all APIs, each only if it is needed: one list of tags, and one list for each product.
pub(crate) async fn read_labels(
    client: &Client,
    service: &ResourceId,
    needs_tags: bool,
    needs_products: bool,
    concurrency: usize,
) -> Result<ApiLabels> {
    let mut labels = ApiLabels::default();
    if needs_tags {
        let target = Target::new(format!("{service}/apisByTags"), APIM);
        let mut add = |item: Value, _| {
            let tag = &item["tag"];
            let id = tag["id"].as_str().and_then(|id| id.rsplit('/').next());
            if let (Some(api), Some(tag)) = (root_name(&item["api"]), tag["name"].as_str().or(id)) {
                labels.add_tag(&api, tag);
            }
        };
        pager::for_each_item(client, &target, concurrency, &mut add).await?;
    }
    if needs_products {
        let target = Target::new(format!("{service}/products"), APIM);
        let mut products = Vec::new();
        let mut add = |item: Value, _| {
            if let Some(name) = item["name"].as_str() {
                let title = item["properties"]["displayName"].as_str().unwrap_or(name);
                products.push((name.to_owned(), title.to_owned()));
            }
        };
        pager::for_each_item(client, &target, concurrency, &mut add).await?;
        for (name, title) in products {
            let target = Target::new(format!("{}/apis", service.child("products", &name)), APIM);
            let mut add = |item: Value, _| {
                if let Some(api) = root_name(&item) {
                    labels.add_product(&api, &title);
                }
            };
            match pager::for_each_item(client, &target, concurrency, &mut add).await {
                // The product was deleted after it was listed.
                Err(error) if error.is_not_found() => {}
                outcome => outcome?,
            }
        }
    }
    Ok(labels)
}
