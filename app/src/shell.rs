//! The HTML document around the console.

use http::request::Parts;
use leptos::config::LeptosOptions;
use leptos::nonce::use_nonce;
use leptos::prelude::*;
use leptos_meta::MetaTags;

use crate::App;
use crate::pages::pieces::Piece;
use crate::routes;
use crate::state::Theme;

/// What is said where JavaScript is off, in the place of the buttons that need it: `style/no-script.css` leaves them out.
const NO_SCRIPT: &str = "JavaScript is off: you can look, search, filter and sort. Buttons that change something are left out, as they need it.";

/// The document. `files_of` lists the files of a piece by its name: those of the page are asked for with the program.
/// Leptos' own hydration scripts are not used: their preload links hold the nonce in `crossorigin`.
pub fn shell(options: LeptosOptions, files_of: fn(&str) -> Vec<&'static str>) -> impl IntoView {
    let theme = use_context::<Theme>().unwrap_or_default();
    let LeptosOptions { site_pkg_dir, output_name, .. } = options;
    let base = format!("/{site_pkg_dir}");
    let script = format!("{base}/{output_name}.js");
    let loader = format!("{base}/pieces.js");
    let wasm = format!("{base}/{output_name}_bg.wasm");
    let path = use_context::<Parts>().map(|request| request.uri.path().to_owned()).unwrap_or_default();
    let piece = Piece::of(&path);
    // What is there before works without JavaScript.
    let signed_in = path != routes::LOGIN && path != routes::SETUP;
    let pieces = piece.map(|piece| files_of(piece.name())).unwrap_or_default();
    let start =
        format!(r#"import init, {{ hydrate }} from "{script}"; init({{ module_or_path: "{wasm}" }}).then(hydrate);"#);
    // Until the program has taken over, nobody follows when somebody goes back: the page would stay what it was.
    let back = "const at=location.pathname+location.search;onpopstate=()=>{if(location.pathname+location.search!=at)location.reload()}";
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
                <noscript>
                    <link rel="stylesheet" href=format!("{base}/no-script.css")/>
                </noscript>
                <link rel="modulepreload" href=script/>
                <link rel="modulepreload" href=loader/>
                <link rel="preload" href=wasm r#as="fetch" crossorigin="anonymous" r#type="application/wasm"/>
                {pieces
                    .into_iter()
                    .map(|file| {
                        let file = format!("{base}/{file}");
                        view! { <link rel="preload" href=file r#as="fetch" crossorigin="anonymous" r#type="application/wasm"/> }
                    })
                    .collect_view()}
                <script nonce=use_nonce()>{back}</script>
                <script type="module" nonce=use_nonce()>
                    {start}
                </script>
                <MetaTags/>
            </head>
            <body>
                <App/>
                {signed_in.then(|| view! { <noscript><p class="no-script">{NO_SCRIPT}</p></noscript> })}
            </body>
        </html>
    }
}
