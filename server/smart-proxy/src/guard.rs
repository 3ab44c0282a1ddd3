//! Foreman is no browser: what a web page makes its visitors send is refused.

use axum::extract::Request;
use axum::http::header::{HOST, ORIGIN, REFERER};
use axum::http::{HeaderMap, HeaderName, Method, StatusCode, Uri};

use crate::refusal::Refusal;

const FETCH_SITE: HeaderName = HeaderName::from_static("sec-fetch-site");

/// Why this call is refused, if it comes from a page. An address that the user typed into the browser is let through.
pub(crate) fn from_a_page(request: &Request) -> Option<Refusal> {
    let headers = request.headers();
    if headers.contains_key(ORIGIN) || headers.get_all(FETCH_SITE).iter().any(|site| site != "none") {
        return Some(Refusal::new(StatusCode::FORBIDDEN, "Requests of web pages are refused"));
    }
    let reading = matches!(*request.method(), Method::GET | Method::HEAD);
    (reading && has_foreign_referer(headers)).then(|| Refusal::plain_forbidden("Forbidden"))
}

/// Whether the call was caused by a page of another host, or of one that cannot be read.
fn has_foreign_referer(headers: &HeaderMap) -> bool {
    let host = headers.get(HOST).and_then(|host| host.to_str().ok()).unwrap_or_default();
    headers.get_all(REFERER).iter().any(|referer| {
        let uri = referer.to_str().ok().and_then(|text| text.parse::<Uri>().ok());
        let from = uri.as_ref().and_then(Uri::authority).map(axum::http::uri::Authority::as_str);
        from.is_none_or(|from| !from.eq_ignore_ascii_case(host))
    })
}

#[cfg(test)]
mod tests {
    use axum::body::Body;

    use super::*;

    fn text(method: Method, name: &str, value: &str) -> Option<String> {
        let request = Request::builder().method(method).header(HOST, "proxy.example.com:8443").header(name, value);
        from_a_page(&request.body(Body::empty()).unwrap()).map(|refusal| refusal.text)
    }

    #[test]
    fn what_a_page_sends_is_refused() {
        let pages = Some("Requests of web pages are refused".to_owned());
        for (name, value) in [
            ("origin", "null"),
            ("origin", "https://proxy.example.com:8443"),
            ("sec-fetch-site", "cross-site"),
            ("sec-fetch-site", "same-origin"),
        ] {
            assert_eq!(text(Method::POST, name, value), pages, "{name}: {value}");
            assert_eq!(text(Method::GET, name, value), pages, "{name}: {value}");
        }
        assert_eq!(text(Method::GET, "sec-fetch-site", "none"), None);
        assert_eq!(text(Method::GET, "accept", "*/*"), None);
    }

    #[test]
    fn reading_for_another_host_is_refused() {
        let forbidden = Some("Forbidden".to_owned());
        for referer in ["https://evil.example/", "https://proxy.example.com.evil/", "about:blank", "\u{e4}", "/dhcp"] {
            assert_eq!(text(Method::GET, "referer", referer), forbidden, "{referer}");
            assert_eq!(text(Method::HEAD, "referer", referer), forbidden, "{referer}");
            assert_eq!(text(Method::POST, "referer", referer), None, "{referer}");
        }
        assert_eq!(text(Method::GET, "referer", "https://Proxy.example.com:8443/dhcp"), None);
    }
}
