//! Reads lists of an API Management service or workspace: tags and products, and the APIs that have them.

use std::collections::HashSet;

use serde_json::{Value, json};

use super::import_source::ImportSource;
use azr_arm::client::Client;
use azr_arm::pager;
use azr_arm::plan::Target;
use azr_core::error::Result;
use azr_core::id::ResourceId;
use azr_core::revision::split_revision;

/// Reads from one source with one API version.
#[derive(Clone, Copy)]
pub(crate) struct SourceReader<'a> {
    pub(crate) client: &'a Client,
    pub(crate) source: &'a ImportSource,
    /// How many pages are read at the same time.
    pub(crate) concurrency: usize,
    pub(crate) api_version: &'static str,
}

/// The name of a tag or product, and the name that people see.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Label {
    pub(crate) name: String,
    pub(crate) title: String,
}

impl Label {
    fn read(item: &Value) -> Option<Self> {
        let name = item["name"].as_str()?.to_owned();
        let title = item["properties"]["displayName"].as_str().unwrap_or(&name).to_owned();
        Some(Self { name, title })
    }

    /// Whether a text is one of the names.
    pub(crate) fn is_named(&self, text: &str) -> bool {
        [&self.name, &self.title].iter().any(|name| name.eq_ignore_ascii_case(text))
    }
}

impl SourceReader<'_> {
    async fn for_each_item(&self, path: String, on_item: &mut (dyn FnMut(Value) + Send)) -> Result<()> {
        let target = Target::new(path, self.api_version);
        let mut length = 0;
        let mut add = |item, _| {
            length += 1;
            on_item(item);
        };
        let count = pager::for_each_item(self.client, &target, self.concurrency, &mut add).await?;
        pager::check_count(&target.path, length, count)
    }

    /// Calls `on_tagged` with each tag that is needed, and the name of each API that has it, in lower case.
    pub(crate) async fn for_each_tagged(
        &self,
        is_needed: &(dyn Fn(&Label) -> bool + Sync),
        on_tagged: &mut (dyn FnMut(&Label, &str) + Send),
    ) -> Result<()> {
        let id = self.source.id();
        if self.source.workspace_name().is_none() {
            let mut add = |item: Value| {
                let tag = &item["tag"];
                let name = tag["id"].as_str().and_then(|id| id.rsplit('/').next());
                let title = tag["name"].as_str().or(name);
                let label = name.or(title).zip(title);
                let label =
                    label.map(|(name, title)| Label { name: name.to_owned(), title: title.to_owned() });
                if let (Some(label), Some(api)) = (label.filter(is_needed), root_name(&item["api"])) {
                    on_tagged(&label, &api);
                }
            };
            return self.for_each_item(format!("{id}/apisByTags"), &mut add).await;
        }
        // A workspace does not list APIs by tag; its tags have links to APIs.
        for label in self.read_labels("tags").await?.into_iter().filter(is_needed) {
            for api in self.read_linked_apis(&id.child("tags", &label.name)).await? {
                on_tagged(&label, &api);
            }
        }
        Ok(())
    }

    /// Reads the products.
    pub(crate) async fn read_products(&self) -> Result<Vec<Label>> {
        self.read_labels("products").await
    }

    /// Reads the names, in lower case, of the APIs of a product.
    pub(crate) async fn read_product_apis(&self, product: &str) -> Result<HashSet<String>> {
        let id = self.source.id().child("products", product);
        if self.source.workspace_name().is_some() {
            return self.read_linked_apis(&id).await;
        }
        let mut names = HashSet::new();
        self.for_each_item(format!("{id}/apis"), &mut |item| names.extend(root_name(&item))).await?;
        Ok(names)
    }

    async fn read_labels(&self, collection: &str) -> Result<Vec<Label>> {
        let mut labels = Vec::new();
        let path = format!("{}/{collection}", self.source.id());
        self.for_each_item(path, &mut |item| labels.extend(Label::read(&item))).await?;
        Ok(labels)
    }

    /// Reads the names of the APIs that a tag or product of a workspace has links to.
    async fn read_linked_apis(&self, id: &ResourceId) -> Result<HashSet<String>> {
        let mut names = HashSet::new();
        let mut add = |item: Value| names.extend(root_name(&json!({"id": item["properties"]["apiId"]})));
        self.for_each_item(format!("{id}/apiLinks"), &mut add).await?;
        Ok(names)
    }
}

/// The name of an API in lower case, without its revision.
fn root_name(api: &Value) -> Option<String> {
    // The name of a tagged API is its display name, so the id comes first.
    let id = api["id"].as_str().and_then(|id| id.rsplit('/').next());
    let name = id.or_else(|| api["name"].as_str())?;
    Some(split_revision(name).0.to_lowercase())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_name_of_an_api_comes_from_its_id() {
        assert_eq!(
            root_name(&json!({"id": "/x/apis/Weather;rev=2", "name": "Our weather"})).as_deref(),
            Some("weather")
        );
        assert_eq!(root_name(&json!({"name": "Stock"})).as_deref(), Some("stock"));
        assert_eq!(root_name(&json!({"id": null})), None);
    }
}
