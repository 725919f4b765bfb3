//! Style sheets, scripts, fonts and icons, embedded in the program.

use axum::Router;
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use rust_embed::{EmbeddedFile, RustEmbed};

use super::{App, Path};

/// Made by `build.rs` from `static/`.
#[derive(RustEmbed)]
#[folder = "$CARGO_MANIFEST_DIR/static/dist"]
struct Bundle;

pub fn router() -> Router<App> {
    Router::new().route("/static/{*name}", get(serve)).route("/worker.js", get(worker))
}

/// The address of an asset. It changes with the content, so that browsers may
/// keep what they have for ever.
pub fn asset_url(name: &str) -> String {
    let version = Bundle::get(name).map(|file| hex::encode(&file.metadata.sha256_hash()[..6]));
    format!("/static/{name}?v={}", version.unwrap_or_default())
}

/// The typeface of official forms, in its four faces.
pub fn form_fonts() -> Vec<Vec<u8>> {
    Bundle::iter()
        .filter(|name| name.ends_with(".ttf"))
        .filter_map(|name| Bundle::get(&name))
        .map(|file| file.data.into_owned())
        .collect()
}

/// The upright face of official forms.
pub fn form_font() -> Vec<u8> {
    Bundle::get("Tinos_400Regular.ttf").map(|file| file.data.into_owned()).unwrap_or_default()
}

/// The slanted face of official forms.
pub fn form_font_italic() -> Vec<u8> {
    Bundle::get("Tinos_400Regular_Italic.ttf").map(|file| file.data.into_owned()).unwrap_or_default()
}

async fn serve(Path(name): Path<String>) -> Response {
    match Bundle::get(&name) {
        Some(file) => with_type(&name, file),
        None => StatusCode::NOT_FOUND.into_response(),
    }
}

/// The worker of the browser: at the root, because it serves only what lies
/// below its own address, and asked for anew each time, so that a new one
/// takes over.
async fn worker() -> Response {
    match Bundle::get("worker.js") {
        Some(file) => {
            let headers = [
                (header::CONTENT_TYPE, HeaderValue::from_static("text/javascript; charset=utf-8")),
                (header::CACHE_CONTROL, HeaderValue::from_static("no-cache")),
            ];
            (headers, file.data).into_response()
        }
        None => StatusCode::NOT_FOUND.into_response(),
    }
}

fn with_type(name: &str, file: EmbeddedFile) -> Response {
    let media_type = match name.rsplit_once('.').map(|(_, ending)| ending) {
        Some("css") => "text/css; charset=utf-8",
        Some("js") => "text/javascript; charset=utf-8",
        Some("svg") => "image/svg+xml",
        Some("woff2") => "font/woff2",
        Some("png") => "image/png",
        Some("webmanifest") => "application/manifest+json",
        _ => "application/octet-stream",
    };
    let headers = [
        (header::CONTENT_TYPE, HeaderValue::from_static(media_type)),
        (header::CACHE_CONTROL, HeaderValue::from_static("public, max-age=31536000, immutable")),
    ];
    (headers, file.data).into_response()
}
