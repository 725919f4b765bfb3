//! The frame of every page: who is here, where one can go, how it is shown.

use axum::extract::FromRequestParts;
use axum::http::request::Parts;

use super::session::actor_of;
use super::{OrgRole, PersonId, Section, store};
use crate::notices;
use crate::web::{self, App, Cookies, Lang, asset_url};

/// A place of the main menu. `roles` empty: for everyone signed in.
#[derive(Clone, Copy, Debug)]
pub struct Place {
    pub section: Section,
    pub href: &'static str,
    pub icon: &'static str,
    pub text: &'static str,
    pub roles: &'static [OrgRole],
}

/// What `base.html` shows around a page.
#[derive(Debug)]
pub struct Chrome {
    pub lang: &'static str,
    pub theme: String,
    pub size: String,
    /// Said loudly on every page of an office that signs with test keys.
    pub banner: Option<String>,
    pub nav: Vec<NavItem>,
    pub person: Option<PersonLine>,
    pub organisation: String,
    pub unread: i64,
    pub version: &'static str,
    texts: Lang,
}

#[derive(Debug)]
pub struct NavItem {
    section: Section,
    pub href: &'static str,
    pub icon: &'static str,
    pub label: String,
    pub current: bool,
    pub count: i64,
}

#[derive(Debug)]
pub struct PersonLine {
    /// What scripts keep on the device bears it, as a device may pass from hand to hand.
    pub id: PersonId,
    pub name: String,
    pub position: String,
}

impl Chrome {
    /// The same frame with a place of the menu marked as the current one.
    pub fn at(mut self, section: Section) -> Self {
        for item in &mut self.nav {
            item.current = item.section == section;
        }
        self
    }

    pub fn t(&self, key: &str) -> String {
        self.texts.t(key)
    }

    /// A text with one gap filled.
    pub fn t1(&self, key: &str, name: &'static str, value: impl ToString) -> String {
        self.texts.t_with(key, &[(name, &value.to_string())])
    }

    /// A text with two gaps filled.
    pub fn t2(
        &self,
        key: &str,
        first: &'static str,
        one: impl ToString,
        second: &'static str,
        two: impl ToString,
    ) -> String {
        self.texts.t_with(key, &[(first, &one.to_string()), (second, &two.to_string())])
    }

    pub fn lang(&self) -> Lang {
        self.texts
    }

    pub fn asset(&self, name: &str) -> String {
        asset_url(name)
    }
}

impl FromRequestParts<App> for Chrome {
    type Rejection = web::Error;

    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Self, web::Error> {
        let cookies = Cookies::of(&parts.headers);
        let texts = Lang::from_code(cookies.get("lang"));
        let choice = |name: &str, allowed: &[&str], default: &str| {
            cookies.get(name).filter(|value| allowed.contains(value)).unwrap_or(default).to_owned()
        };
        let mut chrome = Self {
            lang: texts.code(),
            theme: choice("theme", &["auto", "light", "dark"], "auto"),
            size: choice("size", &["100", "125", "150"], "100"),
            banner: app.config.test_authority.then(|| texts.t("banner-test-office")),
            nav: Vec::new(),
            person: None,
            organisation: "E-cabinet".to_owned(),
            unread: 0,
            version: env!("CARGO_PKG_VERSION"),
            texts,
        };
        if let Some(actor) = actor_of(parts, app).await? {
            let mut tx = app.db.read().await?;
            chrome.organisation = store::organisation(&mut tx, actor.organisation).await?.name;
            chrome.unread = notices::unread_count(&mut tx, actor.person).await?;
            let visible =
                |place: &&Place| place.roles.is_empty() || place.roles.iter().any(|role| actor.is(*role));
            chrome.nav = app.places.iter().filter(visible).map(|place| nav_item(place, texts)).collect();
            chrome.person =
                Some(PersonLine { id: actor.person, name: actor.full_name, position: actor.position });
        }
        Ok(chrome)
    }
}

fn nav_item(place: &Place, texts: Lang) -> NavItem {
    NavItem {
        section: place.section,
        href: place.href,
        icon: place.icon,
        label: texts.t(place.text),
        current: false,
        count: 0,
    }
}
