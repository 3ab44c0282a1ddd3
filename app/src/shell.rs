//! The HTML document around the console.

use leptos::config::LeptosOptions;
use leptos::nonce::use_nonce;
use leptos::prelude::*;
use leptos_meta::MetaTags;

use crate::App;
use crate::state::Theme;

/// The document. Leptos' own hydration scripts are not used: their preload links hold the nonce in `crossorigin`.
pub fn shell(options: LeptosOptions) -> impl IntoView {
    let theme = use_context::<Theme>().unwrap_or_default();
    let LeptosOptions { site_pkg_dir, output_name, .. } = options;
    let base = format!("/{site_pkg_dir}");
    let script = format!("{base}/{output_name}.js");
    let wasm = format!("{base}/{output_name}_bg.wasm");
    let start =
        format!(r#"import init, {{ hydrate }} from "{script}"; init({{ module_or_path: "{wasm}" }}).then(hydrate);"#);
    view! {
        <!DOCTYPE html>
        <html lang="en" data-theme=theme.as_str()>
            <head>
                <meta charset="utf-8"/>
                <meta name="viewport" content="width=device-width, initial-scale=1"/>
                <meta name="color-scheme" content="light dark"/>
                <meta name="description" content="Nestor, a web console for ISC Kea DHCP"/>
                <link rel="icon" type="image/svg+xml" href="/favicon.svg"/>
                <link rel="stylesheet" href=format!("{base}/main.css")/>
                <link rel="modulepreload" href=script/>
                <link rel="preload" href=wasm r#as="fetch" crossorigin="anonymous" r#type="application/wasm"/>
                <script type="module" nonce=use_nonce()>
                    {start}
                </script>
                <MetaTags/>
            </head>
            <body>
                <App/>
            </body>
        </html>
    }
}
