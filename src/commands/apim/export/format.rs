//! The formats of `--export-format`: what the service calls each, and how its files end.

use clap::ValueEnum;
use clap::builder::PossibleValue;

use azr_catalog::export_check::ExportedFormat;

/// A language for API definitions.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Language {
    /// OpenAPI 3, as JSON.
    OpenApiJson,
    /// OpenAPI 3, as YAML.
    OpenApiYaml,
    /// Swagger 2, as JSON.
    Swagger,
    /// WADL.
    Wadl,
    /// WSDL.
    Wsdl,
}

/// A value of `--export-format`: a language, as a file or as a link.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct ExportFormat {
    /// The value of the option.
    name: &'static str,
    /// The language of the document.
    language: Language,
    /// Whether the document is written to a file; else its link is printed.
    pub is_file: bool,
}

impl ExportFormat {
    const ALL: &'static [Self] = &[
        Self { name: "OpenApiJsonFile", language: Language::OpenApiJson, is_file: true },
        Self { name: "OpenApiJsonUrl", language: Language::OpenApiJson, is_file: false },
        Self { name: "OpenApiYamlFile", language: Language::OpenApiYaml, is_file: true },
        Self { name: "OpenApiYamlUrl", language: Language::OpenApiYaml, is_file: false },
        Self { name: "SwaggerFile", language: Language::Swagger, is_file: true },
        Self { name: "SwaggerUrl", language: Language::Swagger, is_file: false },
        Self { name: "WadlFile", language: Language::Wadl, is_file: true },
        Self { name: "WadlUrl", language: Language::Wadl, is_file: false },
        Self { name: "WsdlFile", language: Language::Wsdl, is_file: true },
        Self { name: "WsdlUrl", language: Language::Wsdl, is_file: false },
    ];

    /// The value of the option.
    #[must_use]
    pub(super) fn name(self) -> &'static str {
        self.name
    }

    /// The value of the request's `format` parameter.
    #[must_use]
    pub(super) fn query_value(self) -> &'static str {
        match self.language {
            Language::OpenApiJson => "openapi+json-link",
            Language::OpenApiYaml => "openapi-link",
            Language::Swagger => "swagger-link",
            Language::Wadl => "wadl-link",
            Language::Wsdl => "wsdl-link",
        }
    }

    /// The format and the extension in the file names that az gives: `openapi+json` and `json`.
    #[must_use]
    pub(super) fn file_name_parts(self) -> (&'static str, &'static str) {
        match self.language {
            Language::OpenApiJson => ("openapi+json", "json"),
            Language::OpenApiYaml => ("openapi", "yaml"),
            Language::Swagger => ("swagger", "json"),
            Language::Wadl => ("wadl", "xml"),
            Language::Wsdl => ("wsdl", "xml"),
        }
    }

    /// The format of its documents, for their check.
    #[must_use]
    pub(super) fn exported_format(self) -> ExportedFormat {
        match self.language {
            Language::OpenApiJson | Language::Swagger => ExportedFormat::OpenApiJson,
            Language::OpenApiYaml => ExportedFormat::OpenApiYaml,
            Language::Wadl => ExportedFormat::Wadl,
            Language::Wsdl => ExportedFormat::Wsdl,
        }
    }

    /// The language's name in messages.
    #[must_use]
    pub(super) fn language_name(self) -> &'static str {
        match self.language {
            Language::OpenApiJson | Language::OpenApiYaml => "OpenAPI",
            Language::Swagger => "Swagger",
            Language::Wadl => "WADL",
            Language::Wsdl => "WSDL",
        }
    }

    /// Whether its documents describe SOAP APIs, and only those.
    #[must_use]
    pub(super) fn is_wsdl(self) -> bool {
        self.language == Language::Wsdl
    }
}

impl ValueEnum for ExportFormat {
    fn value_variants<'a>() -> &'a [Self] {
        Self::ALL
    }

    fn to_possible_value(&self) -> Option<PossibleValue> {
        Some(PossibleValue::new(self.name))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_value_of_the_option_is_a_format_of_its_own() {
        for (n, format) in ExportFormat::ALL.iter().enumerate() {
            assert_eq!(ExportFormat::from_str(&format.name.to_lowercase(), true), Ok(*format));
            assert!(ExportFormat::ALL[..n].iter().all(|other| other.name != format.name));
            assert_eq!(format.name.ends_with("File"), format.is_file);
        }
    }
}
