//! The root: what everything shares, and which page stands at which address.

use leptos::html;
use leptos::prelude::*;
use leptos_meta::{Title, provide_meta_context};
use leptos_router::components::{Outlet, ParentRoute, Route, Router, Routes};
use leptos_router::{SsrMode, path};

use crate::components::command_box::CommandBox;
use crate::components::icon::{Glyph, Icon, Logo};
use crate::components::keys::{KeyList, Keys};
use crate::components::rail::Rail;
use crate::components::sign_in::SignInAgain;
use crate::components::theme::ThemeSwitch;
use crate::components::toast::ToastRegion;
use crate::live::Live;
use crate::pages::login::LoginPage;
use crate::pages::not_found::NotFound;
use crate::pages::overview::OverviewPage;
use crate::pages::pieces::{Configuring, Equipping, Overseeing, Reserving};
use crate::pages::setup::SetupPage;
use crate::routes;
use crate::state::{Clock, Session, Toasts, keep_scroll};

/// The console.
#[component]
pub fn App() -> impl IntoView {
    provide_meta_context();
    Clock::provide();
    Live::provide();
    Toasts::provide();
    view! {
        <Title text="Nestor"/>
        <Router>
            <Routes fallback=|| {
                view! {
                    <Frame>
                        <NotFound/>
                    </Frame>
                }
            }>
                <Route path=path!("/login") view=LoginPage ssr=SsrMode::Async/>
                <Route path=path!("/setup") view=SetupPage ssr=SsrMode::Async/>
                <ParentRoute path=path!("") view=SignedIn ssr=SsrMode::Async>
                    <Route path=path!("/") view=OverviewPage ssr=SsrMode::Async/>
                    <Route path=path!("/networks") view=Reserving::Networks ssr=SsrMode::Async/>
                    <Route path=path!("/networks/bulk") view=Configuring::Bulk ssr=SsrMode::Async/>
                    <Route path=path!("/networks/new") view=Configuring::NewSubnet ssr=SsrMode::Async/>
                    <Route path=path!("/networks/:server/:id/settings") view=Configuring::Settings ssr=SsrMode::Async/>
                    <Route path=path!("/networks/:server/:id") view=Reserving::Subnet ssr=SsrMode::Async/>
                    <Route path=path!("/search") view=Overseeing::Search ssr=SsrMode::Async/>
                    <Route path=path!("/servers") view=Overseeing::Servers ssr=SsrMode::Async/>
                    <Route path=path!("/servers/:server/configuration") view=Configuring::Configuration ssr=SsrMode::Async/>
                    <Route path=path!("/servers/:server/parameters") view=Configuring::Parameters ssr=SsrMode::Async/>
                    <Route path=path!("/servers/:server/options") view=Configuring::Options ssr=SsrMode::Async/>
                    <Route path=path!("/servers/:server/definitions") view=Equipping::Definitions ssr=SsrMode::Async/>
                    <Route path=path!("/servers/:server/classes") view=Equipping::Classes ssr=SsrMode::Async/>
                    <Route path=path!("/servers/:server/shared-networks") view=Configuring::SharedNetworks ssr=SsrMode::Async/>
                    <Route path=path!("/servers/:server/ddns") view=Equipping::Ddns ssr=SsrMode::Async/>
                    <Route path=path!("/servers/:server/logging") view=Equipping::Logging ssr=SsrMode::Async/>
                    <Route path=path!("/servers/:server/history") view=Equipping::History ssr=SsrMode::Async/>
                    <Route path=path!("/servers/:server/check") view=Equipping::Check ssr=SsrMode::Async/>
                    <Route path=path!("/servers/:server/hooks") view=Equipping::Hooks ssr=SsrMode::Async/>
                    <Route path=path!("/servers/:server/findings") view=Equipping::Findings ssr=SsrMode::Async/>
                    <Route path=path!("/servers/:server/templates") view=Equipping::Templates ssr=SsrMode::Async/>
                    <Route path=path!("/foreman") view=Overseeing::Foreman ssr=SsrMode::Async/>
                    <Route path=path!("/changes") view=Overseeing::Changes ssr=SsrMode::Async/>
                    <Route path=path!("/account") view=Overseeing::Account ssr=SsrMode::Async/>
                    <Route path=path!("/import") view=Overseeing::Import ssr=SsrMode::Async/>
                </ParentRoute>
            </Routes>
        </Router>
    }
}

/// The frame around the page that the address names.
#[component]
fn SignedIn() -> impl IntoView {
    view! {
        <Frame>
            <Outlet/>
        </Frame>
    }
}

/// What stands around every page for those who are signed in.
#[component]
fn Frame(children: Children) -> impl IntoView {
    Session::provide();
    Live::here().follow();
    Keys::provide();
    keep_scroll();
    let content = NodeRef::<html::Main>::new();
    // The router takes links to a part of the page for itself, and moves no focus.
    let skip = move |_| {
        if let Some(content) = content.get_untracked() {
            drop(content.focus());
        }
    };
    view! {
        <a class="skip" href="#content" on:click=skip>
            "Skip to the content"
        </a>
        <div class="frame">
            <Rail/>
            <div class="stage">
                <header class="topbar">
                    <a class="brand brand-small" href=routes::OVERVIEW aria-label="Nestor, overview">
                        <Logo/>
                    </a>
                    <CommandBox/>
                    <AccountMenu/>
                </header>
                <main node_ref=content id="content" class="content" tabindex="-1">
                    {children()}
                </main>
            </div>
        </div>
        <ToastRegion/>
        <KeyList/>
        <SignInAgain/>
    }
    .into_any()
}

/// Who is signed in, how the console looks, and the way out.
#[component]
fn AccountMenu() -> impl IntoView {
    let session = Session::here();
    let keys = Keys::here();
    let show_keys = move |_| {
        if let Some(keys) = keys {
            keys.show();
        }
    };
    view! {
        <div class="account">
            <button type="button" class="account-button" popovertarget="account" aria-label="Account">
                <Icon glyph=Glyph::User/>
                <Suspense>
                    {move || Suspend::new(async move {
                        let account = session?.resource.await.ok()?;
                        Some(view! { <span class="account-name">{account.name.to_string()}</span> })
                    })}
                </Suspense>
                <Icon glyph=Glyph::ChevronDown/>
            </button>
            <div id="account" class="account-body" popover="auto">
                <Suspense>
                    {move || Suspend::new(async move {
                        let account = session?.resource.await.ok()?;
                        Some(
                            view! {
                                <p class="account-who">
                                    <strong>{account.name.to_string()}</strong>
                                    <span class="muted">{account.role.as_str()}</span>
                                </p>
                            },
                        )
                    })}
                </Suspense>
                <p class="account-links">
                    <a href=routes::ACCOUNT>"Password and version"</a>
                    <button type="button" class="link" popovertarget="account" on:click=show_keys>
                        "Keys "
                        <kbd>"?"</kbd>
                    </button>
                </p>
                <p class="account-label">"Theme"</p>
                <ThemeSwitch/>
                <form method="post" action=routes::LOGOUT>
                    <button type="submit" class="button button-wide">
                        <Icon glyph=Glyph::SignOut/>
                        "Sign out"
                    </button>
                </form>
            </div>
        </div>
    }
    .into_any()
}
