//! HTTP plumbing: what every handler and page leans on, and no feature.

mod app;
mod assets;
pub mod connections;
mod csv;
mod error;
mod extract;
mod guard;
mod lang;
pub mod live;
mod parts;

use askama::Template;
use axum::response::Html;

pub use self::app::App;
pub use self::assets::{asset_url, form_font, form_font_italic, form_fonts, router as assets};
pub use self::csv::csv;
pub use self::error::{Error, Message, render_errors};
pub use self::extract::{Cookies, Form, Now, Path, Query, cookie};
pub use self::guard::{
    POLICY_WITH_AGENT, is_inner_path, policy_leading_to, refuse_foreign_posts, security_headers,
};
pub use self::lang::{Lang, load_check};
pub use self::live::Live;
pub use self::parts::{FORM_LIMIT, Part, Parts};

/// A state as shape, colour and word.
#[derive(Clone, Debug)]
pub struct StateBadge {
    /// Ending of the badge's style class.
    pub kind: &'static str,
    pub icon: &'static str,
    pub word: String,
}

/// Renders a page.
pub fn page(template: &impl Template) -> Result<Html<String>, Error> {
    template.render().map(Html).map_err(Error::internal)
}
