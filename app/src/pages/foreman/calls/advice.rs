//! What a call that went wrong means, and what to do about it.

use model::{CallOutcome, ForemanCall, Why};

use crate::components::badge::Tone;
use crate::pages::foreman::query::Tab;

/// What it means, and what to do.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Advice {
    /// How bad it is.
    pub(super) tone: Tone,
    /// What happened.
    pub(super) what: String,
    /// What to do.
    pub(super) todo: String,
    /// Where more is to be seen.
    pub(super) place: Option<Tab>,
}

impl Advice {
    fn new(tone: Tone, what: impl Into<String>, todo: impl Into<String>) -> Self {
        Self { tone, what: what.into(), todo: todo.into(), place: None }
    }

    fn at(self, place: Tab) -> Self {
        Self { place: Some(place), ..self }
    }
}

/// What to say about a call; none when it needs no words, or when what clashes says it all.
pub(super) fn advice(call: &ForemanCall) -> Option<Advice> {
    match call.outcome {
        CallOutcome::Answered => None,
        CallOutcome::NotFound => Some(nothing_there(call)),
        CallOutcome::Exhausted => Some(
            Advice::new(
                Tone::Warn,
                "No address was free in the range that Foreman asked for.",
                "Widen the IP range of the subnet in Foreman, enlarge the pool in Kea, or release holds that are not needed.",
            )
            .at(Tab::Holds),
        ),
        CallOutcome::Refused if call.why.iter().any(|why| matches!(why, Why::Clash { .. })) => None,
        CallOutcome::Refused => Some(refused(call)),
        CallOutcome::Failed => Some(failed(call)),
    }
}

fn nothing_there(call: &ForemanCall) -> Advice {
    if call.answer.starts_with("Subnet ") {
        return Advice::new(
            Tone::Warn,
            "Foreman named a subnet that no server here serves.",
            "Compare the network address in Foreman with the Subnets tab.",
        )
        .at(Tab::Subnets);
    }
    if call.answer.starts_with("No DHCP record") {
        return Advice::new(
            Tone::Neutral,
            "There is no such record.",
            "This is normal: Foreman checks before it creates a record and after it deletes one.",
        );
    }
    Advice::new(Tone::Neutral, "Nestor has no such route.", "It serves what Foreman’s DHCP and log pages need.")
}

fn refused(call: &ForemanCall) -> Advice {
    match call.status {
        0 => Advice::new(
            Tone::Bad,
            "The TLS connection did not come about, so nothing was called.",
            "The answer says which certificate is in the way. If you do not know the caller, do nothing.",
        )
        .at(Tab::Connect),
        403 => forbidden(call),
        421 => Advice::new(
            Tone::Bad,
            "The call was for a host name that is not one of Nestor’s. Nothing was changed.",
            "If this is your Foreman, add the name to host_names in the [smart_proxy] section of nestor.toml and restart Nestor, or correct the URL in Foreman.",
        )
        .at(Tab::Connect),
        409 => Advice::new(
            Tone::Bad,
            "It conflicts with an existing record. Nothing was changed.",
            "The conflict and what to do are below. Then retry in Foreman.",
        ),
        _ if call.answer.starts_with("No Subnet detected") => Advice::new(
            Tone::Bad,
            "Foreman named a subnet that no server here serves. Nothing was changed.",
            "Compare the network address in Foreman with the Subnets tab.",
        )
        .at(Tab::Subnets),
        _ => Advice::new(
            Tone::Bad,
            "The call was not valid.",
            "The answer says what is wrong. Correct it in Foreman and retry.",
        ),
    }
}

/// Who may not call. The texts are those that the Smart Proxy has for it.
fn forbidden(call: &ForemanCall) -> Advice {
    let who = &call.caller;
    if call.answer.starts_with("Untrusted client") {
        return Advice::new(
            Tone::Bad,
            format!("{who} is not a trusted host. Nothing was changed."),
            format!(
                "If this is your Foreman, add “{who}” to trusted_hosts in the [smart_proxy] section of nestor.toml. The change takes effect within ten seconds, without a restart. If you do not know {who}, do nothing."
            ),
        )
        .at(Tab::Connect);
    }
    if call.answer.contains("client cert") || call.answer.contains("client SSL certificate") {
        return Advice::new(
            Tone::Bad,
            format!("{who} called without a client certificate, so it could not be identified. Nothing was changed."),
            "If this is your Foreman, give it one: SSL certificate, SSL private key and SSL CA file, under Administer › Settings › Authentication. The certificate’s name must be in trusted_hosts in the [smart_proxy] section of nestor.toml.",
        )
        .at(Tab::Connect);
    }
    Advice::new(
        Tone::Bad,
        "A web page made a browser send this call. Nothing was changed.",
        "Foreman sends no such calls: check what runs at the caller’s address.",
    )
}

fn failed(call: &ForemanCall) -> Advice {
    match call.status {
        503 => Advice::new(
            Tone::Bad,
            "The DHCP server did not answer.",
            "Check the server on the overview. Once it answers, retry in Foreman.",
        ),
        504 => Advice::new(
            Tone::Bad,
            "The DHCP server took too long, and it is not known whether a change was made.",
            "Search for the address or the MAC address before you retry in Foreman.",
        ),
        _ => Advice::new(
            Tone::Bad,
            "Something went wrong inside Nestor.",
            "Its log says more. If it happens again, report it with the details on this page.",
        ),
    }
}

#[cfg(test)]
mod tests {
    use super::super::words::tests::call;
    use super::*;

    fn ended(status: u16, outcome: CallOutcome, answer: &str) -> ForemanCall {
        ForemanCall { status, outcome, answer: answer.to_owned(), ..call("POST", "/dhcp/192.0.2.0", "") }
    }

    fn todo(status: u16, outcome: CallOutcome, answer: &str) -> String {
        advice(&ended(status, outcome, answer)).unwrap().todo
    }

    #[test]
    fn strangers_and_callers_without_a_certificate_get_different_advice() {
        let stranger = "Untrusted client foreman.example.org attempted to access /192.0.2.0. Check :trusted_hosts: in settings.yml";
        let said = todo(403, CallOutcome::Refused, stranger);
        assert!(said.contains("add “foreman.example.org” to trusted_hosts") && said.contains("nestor.toml"), "{said}");
        for bare in ["could not read client cert from environment", "No client SSL certificate supplied"] {
            assert!(todo(403, CallOutcome::Refused, bare).contains("SSL certificate"));
        }
        let page = advice(&ended(403, CallOutcome::Refused, "Requests of web pages are refused")).unwrap();
        assert!(page.what.contains("web page"));
    }

    #[test]
    fn what_never_reached_a_route_has_advice_of_its_own() {
        assert!(todo(421, CallOutcome::Refused, "“evil.example” is not a name of Nestor’s.").contains("host_names"));
        assert!(todo(0, CallOutcome::Refused, "Its certificate was refused: it has expired.").contains("certificate"));
    }

    #[test]
    fn a_missing_record_is_no_alarm_and_a_missing_subnet_is() {
        let tone = |answer: &str| advice(&ended(404, CallOutcome::NotFound, answer)).unwrap().tone;
        assert_eq!(tone("No DHCP record for MAC 192.0.2.0/02:00:00:00:00:01 found"), Tone::Neutral);
        assert_eq!(tone("Subnet 192.0.2.0 could not found"), Tone::Warn);
        assert!(advice(&ended(200, CallOutcome::Answered, "made")).is_none());
    }

    #[test]
    fn an_unknown_outcome_is_looked_at_before_it_is_tried_again() {
        assert!(todo(504, CallOutcome::Failed, "").contains("before you retry in Foreman"));
        assert!(todo(503, CallOutcome::Failed, "").contains("overview"));
    }
}
