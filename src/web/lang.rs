//! The two languages of the interface.

use std::borrow::Cow;
use std::collections::HashMap;
use std::convert::Infallible;

use axum::extract::FromRequestParts;
use axum::http::request::Parts;
use fluent_templates::fluent_bundle::FluentValue;
use fluent_templates::{LanguageIdentifier, Loader, langid, static_loader};

use super::{App, Cookies};

static_loader! {
    static TEXTS = {
        locales: "./locales",
        fallback_language: "vi",
        customise: |bundle| bundle.set_use_isolating(false),
    };
}

static VIETNAMESE: LanguageIdentifier = langid!("vi");
static ENGLISH: LanguageIdentifier = langid!("en");

/// The language a person reads the interface in.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Lang {
    #[default]
    Vi,
    En,
}

impl FromRequestParts<App> for Lang {
    type Rejection = Infallible;

    async fn from_request_parts(parts: &mut Parts, _: &App) -> Result<Self, Infallible> {
        Ok(Self::from_code(Cookies::of(&parts.headers).get("lang")))
    }
}

impl Lang {
    pub fn from_code(code: Option<&str>) -> Self {
        if code == Some("en") { Self::En } else { Self::Vi }
    }

    pub fn code(self) -> &'static str {
        match self {
            Self::Vi => "vi",
            Self::En => "en",
        }
    }

    fn identifier(self) -> &'static LanguageIdentifier {
        match self {
            Self::Vi => &VIETNAMESE,
            Self::En => &ENGLISH,
        }
    }

    /// The text under a key.
    pub fn t(self, key: &str) -> String {
        TEXTS.lookup(self.identifier(), key)
    }

    /// The text under a key with its gaps filled.
    pub fn t_with(self, key: &str, gaps: &[(&'static str, &str)]) -> String {
        let filled: HashMap<Cow<'static, str>, FluentValue<'_>> =
            gaps.iter().map(|(name, value)| (Cow::Borrowed(*name), FluentValue::try_number(value))).collect();
        TEXTS.lookup_with_args(self.identifier(), key, &filled)
    }
}

/// True when a key has a text in this very language, not by fallback.
pub fn load_check(lang: Lang, key: &str) -> bool {
    TEXTS.lookup_single_language::<String>(lang.identifier(), key, None).is_ok()
}
