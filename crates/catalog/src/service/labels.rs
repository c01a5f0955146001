//! The tags and products of the APIs of a service.

use std::collections::{BTreeSet, HashMap};

use super::ApimApi;

/// The tags and products of APIs, as far as an import needs them; by the name of the API in lower case.
#[derive(Debug, Clone, Default)]
pub struct ApiLabels {
    tags: HashMap<String, BTreeSet<Box<str>>>,
    products: HashMap<String, BTreeSet<Box<str>>>,
}

impl ApiLabels {
    /// Adds a tag of an API.
    pub fn add_tag(&mut self, api: &str, tag: &str) {
        self.tags.entry(api.to_lowercase()).or_default().insert(tag.into());
    }

    /// Adds a product of an API.
    pub fn add_product(&mut self, api: &str, product: &str) {
        self.products.entry(api.to_lowercase()).or_default().insert(product.into());
    }

    /// The tags of several APIs, sorted.
    #[must_use]
    pub fn tags_of(&self, apis: &[&ApimApi]) -> Vec<String> {
        labels_of(&self.tags, apis)
    }

    /// The products of several APIs, sorted.
    #[must_use]
    pub fn products_of(&self, apis: &[&ApimApi]) -> Vec<String> {
        labels_of(&self.products, apis)
    }
}

fn labels_of(labels: &HashMap<String, BTreeSet<Box<str>>>, apis: &[&ApimApi]) -> Vec<String> {
    let all = apis.iter().filter_map(|api| labels.get(&api.root_name().to_lowercase())).flatten();
    let all: BTreeSet<&str> = all.map(|label| &**label).collect();
    all.into_iter().map(str::to_owned).collect()
}
