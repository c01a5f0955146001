//! The tags and products of the APIs of a service.

use std::collections::{BTreeSet, HashMap};

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

    /// The tags of the APIs with these names, sorted.
    #[must_use]
    pub fn tags_of(&self, apis: &[&str]) -> Vec<String> {
        labels_of(&self.tags, apis)
    }

    /// The products of the APIs with these names, sorted.
    #[must_use]
    pub fn products_of(&self, apis: &[&str]) -> Vec<String> {
        labels_of(&self.products, apis)
    }
}

fn labels_of(labels: &HashMap<String, BTreeSet<Box<str>>>, apis: &[&str]) -> Vec<String> {
    let all = apis.iter().filter_map(|api| labels.get(&api.to_lowercase())).flatten();
    let all: BTreeSet<&str> = all.map(|label| &**label).collect();
    all.into_iter().map(str::to_owned).collect()
}
