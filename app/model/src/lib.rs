//! The vocabulary that the browser and the server share.
//!
//! Plain values: no IO, no clock, nothing async. Constructors check what they are given, so that the browser refuses
//! bad input with the same words as the server. Formats of other systems (Kea's JSON, Foreman's JSON, SQL rows) have
//! types of their own elsewhere and never appear here.

mod address;
mod blacklist;
mod change;
mod client;
mod config_clash;
mod config_classes;
mod config_definitions;
mod config_form;
mod config_lint;
mod config_loggers;
mod config_networks;
mod config_orphans;
mod config_subnet;
mod config_template;
mod config_view;
mod configuration;
mod conflict;
mod expression;
mod family;
mod foreman;
mod hook;
mod host_name;
mod identifier;
mod labels;
mod lease;
mod networks;
mod option_catalogue;
mod option_data;
mod overview;
mod packet_trial;
mod page;
mod pair;
mod pool;
mod problem;
mod raw;
mod reason;
mod reservation;
mod reserve;
mod revision;
mod search;
mod server;
mod server_check;
mod silenced;
mod span;
mod subject;
mod subnet;
mod subnet_texts;
mod table;
mod time;
mod user;

pub use address::{AddressRange, RangeError};
pub use blacklist::{Exclusion, Hold, HoldKey, Suggestion};
pub use change::{
    Applied, Batch, Change, ChangeFilter, ChangePage, ChangeQuery, ChangeState, PeerOutcome, Verb, Version,
};
pub use client::{AddressRow, Client, ClientState, SpecialAddress};
pub use config_clash::ConfigClash;
pub use config_classes::{ClassElsewhere, ClassStanding, ConfigClass, ConfigClasses};
pub use config_definitions::{ConfigDefinition, ConfigDefinitions, DefinedOption, OptionDefinition};
pub use config_form::{ConfigForm, ConfigPlace};
pub use config_lint::{ConfigLint, ConfigLintLine};
pub use config_loggers::{ConfigLogger, DdnsSettings, LoggerChoice, LoggerOutput, LoggerSettings};
pub use config_networks::{ConfigNetwork, ConfigNetworks, NetworkSubnet};
pub use config_orphans::Orphans;
pub use config_subnet::{
    NetworkChoice, OptionOctets, OptionSetting, OptionSettings, PoolMore, PoolSetting, PrefixPoolSetting, SubnetChoice,
    SubnetProposal, SubnetSettings,
};
pub use config_template::{ConfigTemplate, ConfigTemplateField, ConfigTemplates};
pub use config_view::{
    ConfigCommand, ConfigEdit, ConfigFinding, ConfigHint, ConfigHits, ConfigOp, ConfigParameter, ConfigParameters,
    ConfigPart, ConfigPartner, ConfigParts, ConfigPlan, ConfigSummary, FindingLevel, HookAbility, HookChoice,
    HookFacts, HookSettings, ListElement, LoadedHook, ParameterGroup, ParameterKind,
};
pub use configuration::{
    AppliedConfiguration, ApplyRequest, ConfigurationChange, ReloadOutlook, ReloadRequest, Unconfirmed, UnsavedChange,
    WayBack,
};
pub use conflict::{Cause, Conflict, Severity};
pub use expression::{
    Evaluated, Expression, ExpressionError, Field, Function, Join, Kind as ExpressionKind, Name, Node, OptionRef,
    Outcome, Packet, PacketOption, PacketRelay, Pattern, Source, What,
};
pub use family::{Family, after, before, readable_count};
pub use foreman::{
    CallFilter, CallOutcome, CallPage, CallQuery, ForemanCall, ForemanSettings, ForemanSubnet, ForemanSubnets, Why,
};
pub use hook::Hook;
pub use host_name::{HostName, HostNameError};
pub use identifier::{HwAddress, Identifier, IdentifierError, IdentifierKind, Octets};
pub use ipnetwork::{IpNetwork, Ipv4Network, Ipv6Network};
pub use labels::Labels;
pub use lease::{Lease, LeaseState};
pub use networks::{NetworkOrder, NetworkPage, NetworkQuery, NetworkRow};
pub use option_catalogue::{OptionKind, STANDARD_OPTIONS, StandardOption};
pub use option_data::OptionDatum;
pub use overview::{Overview, Remedy, Shortage, SubnetConcern};
pub use packet_trial::{ClassTime, PacketTrial, SamplePacket, TriedClass, TriedPlace, TriedValue, Verdict};
pub use page::{AddressFilter, AddressPage, AddressQuery, AddressSort, PoolUse};
pub use pair::{Difference, Drift, Pair, Peer};
pub use pool::{Pool, PoolSettings, PrefixPool};
pub use problem::{FieldError, Problem, ProblemKind};
pub use raw::{RawKind, RawRecord};
pub use reason::{Reason, as_sentence};
pub use reservation::{NewReservation, Reservation, ReservationKey, Storage, StorageInfo};
pub use reserve::{Order, ReserveNext};
pub use revision::{
    ConfigurationDifference, OutsideChange, Revision, RevisionChange, RevisionOrigin, RevisionPage, RevisionWay,
};
pub use search::{ClientHit, FreeAddress, HintKind, SearchAnswer, SearchHint, SearchHints, SearchProgress};
pub use server::{Finding, Health, ServerName, ServerNameError, ServerStatus, Unsettled};
pub use server_check::{CheckArea, CheckLevel, CheckLine, CheckSummary, ServerCheck};
pub use silenced::{FindingKey, Silenced, Silencing};
pub use span::{exact_span, read_span};
pub use subject::{Content, Element, Subject};
pub use subnet::{Member, ReservationRules, Subnet, SubnetKey, SubnetList, SubnetSummary, Utilization};
pub use table::{BatchUndone, RowVerdict, Table, TableRow};
pub use time::{Seconds, Timestamp};
pub use user::{Account, PasswordError, Permission, Role, UserName, UserNameError, check_password};
