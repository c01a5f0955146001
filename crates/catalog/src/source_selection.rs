//! What is read of a source besides its APIs: which of them have the requested tags and products, and the tags and
//! products of all of them.

use std::collections::HashSet;

use super::service::ApiLabels;
use super::source_reader::{Label, SourceReader};
use azr_core::error::{Error, Result};

/// The tags and products that an import needs to know.
#[derive(Debug, Clone, Copy, Default)]
pub struct SourceSelection<'a> {
    /// Only APIs with one of these tags, given by name or display name, if there are any.
    pub tags: &'a [String],
    /// Only APIs in one of these products, if there are any.
    pub products: &'a [String],
    /// Whether the tags of all APIs are needed.
    pub needs_tags: bool,
    /// Whether the products of all APIs are needed.
    pub needs_products: bool,
}

/// Reads the names, in lower case, of the APIs with the requested tags and products; None if neither is requested.
pub(crate) async fn read_members(
    reader: SourceReader<'_>,
    selection: &SourceSelection<'_>,
) -> Result<Option<HashSet<String>>> {
    let tagged = match selection.tags {
        [] => None,
        tags => Some(read_tagged_apis(reader, tags).await?),
    };
    let in_products = match selection.products {
        [] => None,
        products => Some(read_apis_in_products(reader, products).await?),
    };
    Ok(match (tagged, in_products) {
        (Some(tagged), Some(in_products)) => Some(&tagged & &in_products),
        (tagged, in_products) => tagged.or(in_products),
    })
}

async fn read_tagged_apis(reader: SourceReader<'_>, tags: &[String]) -> Result<HashSet<String>> {
    let mut names = HashSet::new();
    let mut used_tags: HashSet<String> = HashSet::new();
    let is_needed = |label: &Label| tags.iter().any(|tag| label.is_named(tag));
    let mut add = |label: &Label, api: &str| {
        used_tags.extend(tags.iter().filter(|tag| label.is_named(tag)).cloned());
        names.insert(api.to_owned());
    };
    reader.for_each_tagged(&is_needed, &mut add).await?;
    match tags.iter().find(|tag| !used_tags.contains(*tag)) {
        Some(unused) => {
            Err(Error::no_match(format!("--tag: no API of {} has the tag '{unused}'", reader.source)))
        }
        None => Ok(names),
    }
}

async fn read_apis_in_products(reader: SourceReader<'_>, products: &[String]) -> Result<HashSet<String>> {
    let mut names = HashSet::new();
    for product in products {
        let apis = reader.read_product_apis(product).await.map_err(|error| {
            if error.is_not_found() {
                let text = format!("--product: {} does not have a product '{product}'", reader.source);
                Error::no_match(text).with_hint("azr apim product list lists the products.")
            } else {
                error
            }
        })?;
        names.extend(apis);
    }
    Ok(names)
}

/// Reads the tags and products of all APIs, each only if it is needed: one list of tags, and one list for each product.
pub(crate) async fn read_labels(
    reader: SourceReader<'_>,
    selection: &SourceSelection<'_>,
) -> Result<ApiLabels> {
    let mut labels = ApiLabels::default();
    if selection.needs_tags {
        let mut add = |tag: &Label, api: &str| labels.add_tag(api, &tag.title);
        reader.for_each_tagged(&|_| true, &mut add).await?;
    }
    if selection.needs_products {
        for product in reader.read_products().await? {
            match reader.read_product_apis(&product.name).await {
                Ok(apis) => apis.iter().for_each(|api| labels.add_product(api, &product.title)),
                // The product was deleted after it was listed.
                Err(error) if error.is_not_found() => {}
                Err(error) => return Err(error),
            }
        }
    }
    Ok(labels)
}
