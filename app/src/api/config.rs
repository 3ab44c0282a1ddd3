//! The configurations of servers: what they run, part by part, and what edits would do.

use leptos::prelude::*;
use model::{
    AppliedConfiguration, ApplyRequest, ClassElsewhere, ConfigClasses, ConfigDefinitions, ConfigEdit, ConfigFinding,
    ConfigForm, ConfigHits, ConfigLint, ConfigNetworks, ConfigParameters, ConfigParts, ConfigPlan, ConfigTemplates,
    ConfigurationDifference, DdnsSettings, HookSettings, LoggerSettings, OptionDefinition, OptionOctets,
    OptionSettings, PacketTrial, ReloadOutlook, ReloadRequest, RevisionPage, SamplePacket, ServerName, SubnetKey,
    SubnetProposal, SubnetSettings, Unconfirmed,
};

use super::Answer;
use super::wire::Wire;

/// The parts of a part of what a server runs, from one of them on; of the whole where the path is empty.
#[server(endpoint = "config/show", protocol = Wire)]
pub async fn list_config_parts(
    server: ServerName,
    #[server(default)] path: String,
    #[server(default)] offset: u32,
) -> Answer<ConfigParts> {
    super::request::run(
        |services, actor| async move { services.configurations.parts(&actor, &server, &path, offset).await },
    )
    .await
}

/// A part of what a server runs, as text: JSON without secrets.
#[server(endpoint = "config/text", protocol = Wire)]
pub async fn get_config_text(server: ServerName, path: String) -> Answer<String> {
    super::request::run(|services, actor| async move { services.configurations.text(&actor, &server, &path).await })
        .await
}

/// The edits that lead from one text of the whole of what a server runs to another. Nothing is sent.
#[server(endpoint = "config/text-edits", protocol = Wire)]
pub async fn compare_config_texts(server: ServerName, before: String, after: String) -> Answer<Vec<ConfigEdit>> {
    super::request::run(|services, actor| async move {
        services.configurations.text_edits(&actor, &server, &before, &after).await
    })
    .await
}

/// The classes of a server by their names, those that Kea makes by itself left out.
#[server(endpoint = "config/class-names", protocol = Wire)]
pub async fn list_class_names(server: ServerName) -> Answer<Vec<String>> {
    super::request::run(|services, actor| async move { services.configurations.class_names(&actor, &server).await })
        .await
}

/// The parts of what a server runs whose name or value has a text in it.
#[server(endpoint = "config/search", protocol = Wire)]
pub async fn search_config(server: ServerName, text: String) -> Answer<ConfigHits> {
    super::request::run(|services, actor| async move { services.configurations.find(&actor, &server, &text).await })
        .await
}

/// The parameters of a part of what a server runs; of the server as a whole where the path is empty.
#[server(endpoint = "config/parameters", protocol = Wire)]
pub async fn list_config_parameters(server: ServerName, #[server(default)] path: String) -> Answer<ConfigParameters> {
    super::request::run(
        |services, actor| async move { services.configurations.parameters(&actor, &server, &path).await },
    )
    .await
}

/// The options of a part of what a server runs; of the server as a whole where the path is empty.
#[server(endpoint = "config/options", protocol = Wire)]
pub async fn list_config_options(server: ServerName, #[server(default)] path: String) -> Answer<OptionSettings> {
    super::request::run(|services, actor| async move { services.configurations.options(&actor, &server, &path).await })
        .await
}

/// What would go to clients of an option of the list at a path, written as JSON as Kea has it. Nothing is sent.
#[server(endpoint = "config/option-octets", protocol = Wire)]
pub async fn get_option_octets(server: ServerName, list: String, option: String) -> Answer<OptionOctets> {
    super::request::run(|services, actor| async move {
        services.configurations.option_octets(&actor, &server, &list, &option).await
    })
    .await
}

/// The edits that set an option of a vendor in the list of options at a path, with the option around it. `vendor`: the number
/// of its enterprise; empty: option 43. `code` empty: the value is the whole. Nothing is sent.
#[server(endpoint = "config/vendor-option", protocol = Wire)]
pub async fn set_vendor_option(
    server: ServerName,
    list: String,
    #[server(default)] vendor: String,
    #[server(default)] code: String,
    value: String,
) -> Answer<Vec<ConfigEdit>> {
    super::request::run(|services, actor| async move {
        services.configurations.vendor_option(&actor, &server, &list, &vendor, &code, &value).await
    })
    .await
}

/// The hook libraries that a server has loaded, and those that may be added.
#[server(endpoint = "config/hooks", protocol = Wire)]
pub async fn list_config_hooks(server: ServerName) -> Answer<HookSettings> {
    super::request::run(|services, actor| async move { services.configurations.hooks(&actor, &server).await }).await
}

/// The client classes of a server, in the order in which Kea looks at them.
#[server(endpoint = "config/classes", protocol = Wire)]
pub async fn list_config_classes(server: ServerName) -> Answer<ConfigClasses> {
    super::request::run(|services, actor| async move { services.configurations.classes(&actor, &server).await }).await
}

/// How classes of a server stand on the others of its family, with the edits that make them the same there: one, with others
/// perhaps, or all where none is named. Nothing is sent.
#[server(endpoint = "config/class-elsewhere", protocol = Wire)]
pub async fn list_class_elsewhere(
    server: ServerName,
    #[server(default)] class: String,
    #[server(default)] others: Vec<String>,
) -> Answer<Vec<ClassElsewhere>> {
    super::request::run(|services, actor| async move {
        let classes: Vec<String> = std::iter::once(class).chain(others).filter(|class| !class.is_empty()).collect();
        services.configurations.class_elsewhere(&actor, &server, &classes).await
    })
    .await
}

/// Which classes of a server a packet belongs to, and which subnets and pools are open to it, were these edits made. Nothing
/// is sent.
#[server(endpoint = "config/try-packet", protocol = Wire)]
pub async fn try_packet(
    server: ServerName,
    packet: SamplePacket,
    #[server(default)] edits: Vec<ConfigEdit>,
) -> Answer<PacketTrial> {
    super::request::run(|services, actor| async move {
        services.configurations.try_packet(&actor, &server, &packet, &edits).await
    })
    .await
}

/// The definitions of options that a server has beside Kea's own.
#[server(endpoint = "config/definitions", protocol = Wire)]
pub async fn list_config_definitions(server: ServerName) -> Answer<ConfigDefinitions> {
    super::request::run(|services, actor| async move { services.configurations.definitions(&actor, &server).await })
        .await
}

/// The edits that make a definition of an option, or put one in the place of that at a path; what uses it follows another
/// code, name or space. What is wrong is said of the member that it is wrong with. Nothing is sent.
#[server(endpoint = "config/define", protocol = Wire)]
pub async fn define_option(
    server: ServerName,
    #[server(default)] path: String,
    definition: OptionDefinition,
) -> Answer<Vec<ConfigEdit>> {
    super::request::run(|services, actor| async move {
        services.configurations.define_option(&actor, &server, &path, &definition).await
    })
    .await
}

/// The shared networks of a server; with the path of one of them also its subnets, and the first of the others that have the
/// text in prefix, name, number or shared network.
#[server(endpoint = "config/networks", protocol = Wire)]
pub async fn list_shared_networks(
    server: ServerName,
    #[server(default)] path: String,
    #[server(default)] text: String,
) -> Answer<ConfigNetworks> {
    super::request::run(|services, actor| async move {
        services.configurations.networks(&actor, &server, &path, &text).await
    })
    .await
}

/// The loggers of a server, and those that may be added.
#[server(endpoint = "config/loggers", protocol = Wire)]
pub async fn list_config_loggers(server: ServerName) -> Answer<LoggerSettings> {
    super::request::run(|services, actor| async move { services.configurations.loggers(&actor, &server).await }).await
}

/// The DNS updates of a server.
#[server(endpoint = "config/ddns", protocol = Wire)]
pub async fn get_ddns_settings(server: ServerName) -> Answer<DdnsSettings> {
    super::request::run(|services, actor| async move { services.configurations.ddns(&actor, &server).await }).await
}

/// What of a subnet can be edited.
#[server(endpoint = "config/subnet", protocol = Wire)]
pub async fn get_subnet_settings(subnet: SubnetKey) -> Answer<SubnetSettings> {
    super::request::run(|services, actor| async move { services.configurations.subnet(&actor, &subnet).await }).await
}

/// The edits that make several pools of one: one of addresses is split at an address, with which the second part begins, or
/// around a prefix; one of prefixes into its halves. Nothing is sent.
#[server(endpoint = "config/split-pool", protocol = Wire)]
pub async fn split_pool(server: ServerName, path: String, #[server(default)] at: String) -> Answer<Vec<ConfigEdit>> {
    super::request::run(|services, actor| async move {
        services.configurations.split_pool(&actor, &server, &path, &at).await
    })
    .await
}

/// What a new subnet of that prefix is proposed to be.
#[server(endpoint = "config/propose-subnet", protocol = Wire)]
pub async fn propose_subnet(server: ServerName, prefix: String) -> Answer<SubnetProposal> {
    super::request::run(|services, actor| async move {
        services.configurations.propose_subnet(&actor, &server, &prefix).await
    })
    .await
}

/// What stands against what a server runs, or against a part of it alone, or what is edited on a page alone, the worst first.
#[server(endpoint = "config/findings", protocol = Wire)]
pub async fn list_config_findings(
    server: ServerName,
    #[server(default)] path: String,
    #[server(default)] page: Option<ConfigForm>,
) -> Answer<Vec<ConfigFinding>> {
    super::request::run(|services, actor| async move {
        services.configurations.findings(&actor, &server, &path, page.as_ref()).await
    })
    .await
}

/// What stands against the text of a configuration file, and what differs in it from what a server runs. Nothing is sent.
#[server(endpoint = "config/lint", protocol = Wire)]
pub async fn lint_config(server: ServerName, text: String) -> Answer<ConfigLint> {
    super::request::run(|services, actor| async move { services.configurations.lint(&actor, &server, &text).await })
        .await
}

/// What edits would do to what a server runs, or what others changed of it meanwhile. `back`: the edits that take them back,
/// where they were planned before; `base`: the hash of what ran then. Nothing is sent.
#[server(endpoint = "config/plan", protocol = Wire)]
pub async fn plan_config(
    server: ServerName,
    edits: Vec<ConfigEdit>,
    #[server(default)] back: Option<String>,
    #[server(default)] base: Option<String>,
) -> Answer<ConfigPlan> {
    super::request::run(|services, actor| async move {
        services.configurations.preview(&actor, &server, &edits, back.as_deref(), base.as_deref()).await
    })
    .await
}

/// The edits that make the same in each of these subnets of a server, as far as it is not so there already. The paths of
/// `edits` begin in a subnet: `valid-lifetime`, `option-data`. Nothing is sent.
#[server(endpoint = "config/spread", protocol = Wire)]
pub async fn spread_config(server: ServerName, subnets: Vec<u32>, edits: Vec<ConfigEdit>) -> Answer<Vec<ConfigEdit>> {
    super::request::run(|services, actor| async move {
        services.configurations.spread(&actor, &server, &subnets, &edits).await
    })
    .await
}

/// The templates of a server for common devices and ways to boot, and where they may hold.
#[server(endpoint = "config/templates", protocol = Wire)]
pub async fn list_config_templates(server: ServerName) -> Answer<ConfigTemplates> {
    super::request::run(|services, actor| async move { services.configurations.templates(&actor, &server).await }).await
}

/// The edits that make a template, in these shared networks and subnets alone, or on the whole server where none is named.
/// Nothing is sent.
#[server(endpoint = "config/template", protocol = Wire)]
pub async fn fill_config_template(
    server: ServerName,
    name: String,
    values: Vec<(String, String)>,
    #[server(default)] places: Vec<String>,
) -> Answer<Vec<ConfigEdit>> {
    super::request::run(|services, actor| async move {
        services.configurations.fill_template(&actor, &server, &name, &values, &places).await
    })
    .await
}

/// Changes what a server runs, and has it saved. Parts that may harm the host are for administrators alone, who give their
/// password once more.
#[server(endpoint = "config/apply", protocol = Wire)]
pub async fn apply_config(
    server: ServerName,
    request: ApplyRequest,
    #[server(default)] password: Option<String>,
) -> Answer<AppliedConfiguration> {
    super::request::act(|services, caller| async move {
        let confirmed = super::request::confirm(&services, &caller.actor, password).await?;
        services.configurations.apply(&caller, &server, &request, confirmed).await
    })
    .await
}

/// What is known of what a server would lose if it loaded its saved file now. Nothing is asked of it.
#[server(endpoint = "config/reload-outlook", protocol = Wire)]
pub async fn get_reload_outlook(server: ServerName) -> Answer<ReloadOutlook> {
    super::request::run(|services, actor| async move { services.configurations.reload_outlook(&actor, &server).await })
        .await
}

/// Has a server load its saved file in the place of what it runs, and answers what that changed. What is not saved, and was
/// not named, is not lost: it refuses.
#[server(endpoint = "config/reload", protocol = Wire)]
pub async fn reload_config(
    server: ServerName,
    #[server(default)] request: ReloadRequest,
) -> Answer<AppliedConfiguration> {
    super::request::act(
        |services, caller| async move { services.configurations.reload(&caller, &server, &request).await },
    )
    .await
}

/// The changes of a server that are taken back unless they are confirmed.
#[server(endpoint = "config/unconfirmed", protocol = Wire)]
pub async fn list_unconfirmed(server: ServerName) -> Answer<Vec<Unconfirmed>> {
    super::request::run(|services, actor| async move { services.configurations.unconfirmed(&actor, &server).await })
        .await
}

/// Has changes of a server stay that would be taken back: all of them, or one. Their numbers.
#[server(endpoint = "config/confirm", protocol = Wire)]
pub async fn confirm_config(server: ServerName, #[server(default)] change: Option<i64>) -> Answer<Vec<i64>> {
    super::request::act(
        |services, caller| async move { services.configurations.confirm(&caller, &server, change).await },
    )
    .await
}

/// The revisions of what a server ran, newest first: those below a number, or the newest.
#[server(endpoint = "config/history", protocol = Wire)]
pub async fn list_revisions(server: ServerName, #[server(default)] before: Option<i64>) -> Answer<RevisionPage> {
    super::request::run(|services, actor| async move { services.configurations.history(&actor, &server, before).await })
        .await
}

/// Notes that somebody looked at the revisions of a server up to that one: what others changed until then is announced no more.
#[server(endpoint = "config/seen", protocol = Wire)]
pub async fn see_revisions(server: ServerName, number: i64) -> Answer<()> {
    super::request::change(
        |services, caller| async move { services.configurations.see(&caller, &server, number).await },
    )
    .await
}

/// What differs from one revision of a server to another, or to what it runs now.
#[server(endpoint = "config/difference", protocol = Wire)]
pub async fn get_config_difference(
    server: ServerName,
    from: i64,
    #[server(default)] to: Option<i64>,
) -> Answer<ConfigurationDifference> {
    super::request::run(
        |services, actor| async move { services.configurations.difference(&actor, &server, from, to).await },
    )
    .await
}

/// The edits that lead back to a revision, or in a part alone. Nothing is sent.
#[server(endpoint = "config/restoration", protocol = Wire)]
pub async fn restore_config(
    server: ServerName,
    number: i64,
    #[server(default)] path: String,
) -> Answer<Vec<ConfigEdit>> {
    super::request::run(|services, actor| async move {
        services.configurations.way_back(&actor, &server, number, &path).await
    })
    .await
}
