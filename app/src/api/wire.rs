//! How server functions are called: JSON both ways, errors too.
//!
//! The protocol of leptos, with a side for browsers that is compiled once and not once for each function, and that
//! decodes as page data are decoded: a type has one decoder in the browser half, not two.

use std::pin::Pin;

use leptos::server_fn::client::Client;
use leptos::server_fn::codec::Json;

use leptos::server_fn::error::{FromServerFnError as _, ServerFnErrorErr};
use leptos::server_fn::request::ClientReq;
use leptos::server_fn::response::ClientRes as _;
use leptos::server_fn::server::Server;
use leptos::server_fn::{Bytes, ContentType, Decodes, Encodes, Format, FormatType, Http, Protocol};
use serde::Serialize;
use serde::de::DeserializeOwned;

use model::{Account, ProblemKind};

use super::{Answer, ApiError};
#[cfg(feature = "hydrate")]
use crate::routes;
use crate::state::{signed_in_again, whose_page};

const CONTENT_TYPE: &str = "application/json";

/// The protocol of every server function.
#[derive(Debug, Clone, Copy)]
pub struct Wire;

impl<Input, Output, C, S> Protocol<Input, Output, C, S, ApiError> for Wire
where
    Input: Serialize + DeserializeOwned + Send,
    Output: Serialize + DeserializeOwned + Send,
    C: Client<ApiError>,
    C::Request: OfPage,
    S: Server<ApiError>,
{
    const METHOD: http::Method = http::Method::POST;

    async fn run_server<F, Fut>(request: S::Request, function: F) -> Result<S::Response, ApiError>
    where
        F: Fn(Input) -> Fut + Send,
        Fut: Future<Output = Result<Output, ApiError>> + Send,
    {
        <Http<Json, Json> as Protocol<Input, Output, C, S, ApiError>>::run_server(request, function).await
    }

    async fn run_client(path: &str, input: Input) -> Result<Output, ApiError> {
        let question = serde_json::to_string(&input).map_err(|error| unserializable(&error))?;
        decode(&ask::<C>(path, question).await?).map_err(|error| unreadable(&error))
    }
}

/// The header that says whose page a call comes from. Somebody else's session is none for it.
pub const PAGE_OF: &str = "x-nestor-page-of";

/// A request that can say whose page it comes from.
pub trait OfPage {
    /// Says so.
    fn say_whose(&self, account: &str);
}

#[cfg(feature = "hydrate")]
impl OfPage for leptos::server_fn::request::browser::BrowserRequest {
    fn say_whose(&self, account: &str) {
        self.headers().set(PAGE_OF, account);
    }
}

// The server sends none.
#[cfg(not(feature = "hydrate"))]
impl<T> OfPage for T {
    fn say_whose(&self, _: &str) {}
}

/// Asks a function, as often as it takes for somebody to be signed in who may.
fn ask<C: Client<ApiError>>(path: &str, question: String) -> Pin<Box<dyn Future<Output = Answer<String>> + Send>>
where
    C::Request: OfPage,
{
    let path = path.to_owned();
    Box::pin(async move {
        loop {
            let request = C::Request::try_new_post(&path, CONTENT_TYPE, CONTENT_TYPE, question.clone())?;
            if let Some(account) = whose_page() {
                request.say_whose(&account);
            }
            match send::<C>(request).await {
                Err(error) if error.0.kind == ProblemKind::Unauthenticated => signed_in_again(error.0).await,
                answer => return answer,
            }
        }
    })
}

/// Sends a request and answers what came back; what came back with a status of an error is the error.
async fn send<C: Client<ApiError>>(request: C::Request) -> Answer<String> {
    let response = C::send(request).await?;
    let failed = response.status() >= 400;
    let text = response.try_into_string().await?;
    if failed { Err(decode(&text).unwrap_or_else(|error| unreadable(&error))) } else { Ok(text) }
}

/// Signs in without leaving the page.
///
/// # Errors
/// Why that did not work.
#[cfg(feature = "hydrate")]
pub async fn sign_in(name: &str, password: &str) -> Answer<Account> {
    use leptos::server_fn::client::browser::BrowserClient;
    use leptos::server_fn::request::browser::BrowserRequest;

    let form = format!("name={}&password={}", routes::encode(name), routes::encode(password));
    let kind = "application/x-www-form-urlencoded";
    let request = <BrowserRequest as ClientReq<ApiError>>::try_new_post(routes::LOGIN, kind, CONTENT_TYPE, form)?;
    decode(&send::<BrowserClient>(request).await?).map_err(|error| unreadable(&error))
}

/// The server signs in nowhere.
///
/// # Errors
/// Always.
#[cfg(not(feature = "hydrate"))]
pub async fn sign_in(_: &str, _: &str) -> Answer<Account> {
    Err(ApiError::from_server_fn_error(ServerFnErrorErr::Request(String::new())))
}

/// The one decoder of a type: page data are decoded by the same call.
fn decode<T: DeserializeOwned>(text: &str) -> Result<T, serde_json::Error> {
    serde_json::from_str(text)
}

fn unserializable(error: &serde_json::Error) -> ApiError {
    ApiError::from_server_fn_error(ServerFnErrorErr::Serialization(error.to_string()))
}

fn unreadable(error: &serde_json::Error) -> ApiError {
    ApiError::from_server_fn_error(ServerFnErrorErr::Deserialization(error.to_string()))
}

/// How an error is written down: as the answers are.
#[derive(Debug, Clone, Copy)]
pub struct Text;

impl ContentType for Text {
    const CONTENT_TYPE: &'static str = CONTENT_TYPE;
}

impl FormatType for Text {
    const FORMAT_TYPE: Format = Format::Text;
}

impl<T: Serialize> Encodes<T> for Text {
    type Error = serde_json::Error;

    fn encode(output: &T) -> Result<Bytes, Self::Error> {
        serde_json::to_vec(output).map(Bytes::from)
    }
}

impl<T: DeserializeOwned> Decodes<T> for Text {
    type Error = serde_json::Error;

    fn decode(bytes: Bytes) -> Result<T, Self::Error> {
        // What is no text is no JSON: the empty text says so.
        decode(std::str::from_utf8(&bytes).unwrap_or_default())
    }
}
