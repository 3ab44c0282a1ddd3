//! What common devices and ways to boot need, as a form shows it.

use serde::{Deserialize, Serialize};

/// What has to be known for a template.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ConfigTemplateField {
    /// Its name.
    pub name: String,
    /// What it is.
    pub label: String,
    /// A value, as people type it.
    pub example: String,
    /// Whether it may stay empty.
    pub optional: bool,
}

/// A template.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ConfigTemplate {
    /// Its name.
    pub name: String,
    /// What it is for.
    pub title: String,
    /// What has to be known.
    pub fields: Vec<ConfigTemplateField>,
}

/// The templates of a server, and where they may hold.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ConfigTemplates {
    /// Those of its family.
    pub templates: Vec<ConfigTemplate>,
    /// Its shared networks and subnets: path, and what people call each.
    pub places: Vec<(String, String)>,
}
