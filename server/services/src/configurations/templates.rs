//! What common devices and ways to boot need, as edits of what a server runs.

use keaconf::{Change, Daemon, Document, Edit, Op, TEMPLATES, Template, Words, differences, only_in};
use model::{
    ConfigEdit, ConfigTemplate, ConfigTemplateField, ConfigTemplates, Family, FieldError, Permission, ServerName,
};

use super::Configurations;
use super::subnet::name;
use super::view::{read_path, written};
use crate::{Actor, Error, Result};

impl Configurations {
    /// The templates of a server, and where they may hold.
    pub async fn templates(&self, actor: &Actor, server: &ServerName) -> Result<ConfigTemplates> {
        let document = self.show(actor, server).await?;
        let family = family(&document)?;
        let words = Words::new(&document, &document);
        let templates = TEMPLATES.iter().filter(|template| template.families.contains(&family));
        let places = document.parts().into_iter().map(|part| {
            let named = name(part.map).map(|name| format!(" {name}")).unwrap_or_default();
            (part.path.to_string(), format!("{}{named}", words.name(&part.path)))
        });
        Ok(ConfigTemplates {
            templates: templates.map(|template| shown(template, family)).collect(),
            places: places.collect(),
        })
    }

    /// The edits that make a template with these values by the names of its fields, in these shared networks and subnets
    /// alone, or on the whole server where none is named; what is there already gives place. Nothing is sent.
    pub async fn fill_template(
        &self,
        actor: &Actor,
        server: &ServerName,
        name: &str,
        values: &[(String, String)],
        places: &[String],
    ) -> Result<Vec<ConfigEdit>> {
        actor.may(Permission::Reserve)?;
        let template = Template::named(name).ok_or_else(|| Error::not_found(format!("the template “{name}”")))?;
        let document = self.show(actor, server).await?;
        let family = family(&document)?;
        refuse_faulty(template, family, values)?;
        let values: Vec<(&str, &str)> = values.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
        let edits = template.edits(family, &values).map_err(|text| Error::invalid("values", text))?;
        let places = places.iter().map(|path| read_path(path)).collect::<Result<Vec<_>>>()?;
        let mut edits = only_in(edits, &places);
        if places.is_empty() {
            edits.extend(unlimited(&document, &edits));
        }
        let wanted = document.overlaid(&edits).map_err(|text| Error::invalid("places", text))?;
        Ok(differences(&document, &wanted).iter().map(Change::to_edit).map(|edit| written(&edit)).collect())
    }
}

/// Classes that are there for some subnets alone are for the whole server again.
fn unlimited(document: &Document, edits: &[Edit]) -> Vec<Edit> {
    let limit = edits.iter().map(|edit| document.part_of(edit).member("only-in-additional-list"));
    let set = limit.filter(|path| document.get(path).is_ok_and(|limit| limit.as_bool() == Some(true)));
    set.map(|path| Edit { path, op: Op::Set(false.into()) }).collect()
}

pub(super) fn family(document: &Document) -> Result<Family> {
    match document.daemon {
        Daemon::Dhcp4 => Ok(Family::V4),
        Daemon::Dhcp6 => Ok(Family::V6),
        _ => Err(Error::invalid("server", "this daemon has no clients that get addresses")),
    }
}

fn shown(template: &Template, family: Family) -> ConfigTemplate {
    let field = |field: &keaconf::Field| ConfigTemplateField {
        name: field.name.to_owned(),
        label: field.label.to_owned(),
        example: field.takes.example(family).to_owned(),
        optional: field.optional,
    };
    ConfigTemplate {
        name: template.name.to_owned(),
        title: template.title.to_owned(),
        fields: template.fields.iter().map(field).collect(),
    }
}

fn refuse_faulty(template: &Template, family: Family, values: &[(String, String)]) -> Result<()> {
    let given =
        |name: &str| values.iter().rev().find(|(known, _)| known == name).map_or("", |(_, value)| value.as_str());
    let fault = |field: &keaconf::Field| Some(FieldError::new(field.name, field.fault(family, given(field.name))?));
    let fields: Vec<_> = template.fields.iter().filter_map(fault).collect();
    if fields.is_empty() { Ok(()) } else { Err(Error::Invalid { fields }) }
}
