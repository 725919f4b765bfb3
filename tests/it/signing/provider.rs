//! A remote signing service of the tests: it keeps keys, speaks the Cloud
//! Signature Consortium's API, has a page of its own on which it asks the owner
//! of a key, and checks all that it is asked.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Arc, Mutex, MutexGuard};

use axum::extract::State;
use axum::http::{HeaderMap, StatusCode, Uri};
use axum::response::{Html, IntoResponse, Redirect, Response};
use axum::routing::{get, post};
use axum::{Json, Router};
use ecabinet::config::{SecureAddress, SigningService};
use openssl::base64::{decode_block, encode_block};
use openssl::md::Md;
use openssl::pkey_ctx::PkeyCtx;
use openssl::rsa::Padding;
use openssl::sha::sha256;
use openssl::x509::X509;
use pades::authority::Issued;
use reqwest::Url;
use serde_json::{Value, json};

use super::ways::issued;

/// By which name the service knows the one person it has.
pub const ACCOUNT: &str = "048190001234";
pub const SERVICE_PIN: &str = "86420975";
pub const SECRET: &str = "bí mật & lạ";
const CREDENTIAL: &str = "khóa-1";
const SHA_256: &str = "2.16.840.1.101.3.4.2.1";
const SHA_256_WITH_RSA: &str = "1.2.840.113549.1.1.11";

/// How the service behaves once it is asked to sign.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Mood {
    Signs,
    /// Never answers.
    Hangs,
    /// Answers with a failure of its own.
    Dies,
    /// Answers with a page for people.
    Talks,
    /// Answers with more than anybody waits for.
    Floods,
    /// Gives a signature too few.
    Forgets,
    /// Gives what is no Base64.
    Mumbles,
    /// Gives the signatures in another order.
    Swaps,
    /// Gives what it gave before.
    Replays,
    /// Signs with another key than the one it announced.
    Mistakes,
    /// Signs all but the last with the right key.
    MistakesOnce,
    /// Gives no token for a code: a failure of its own.
    Withholds,
}

pub struct Kept {
    pub key: Issued,
    other: Issued,
    /// Hashes that one authorisation may cover.
    pub most: usize,
    pub mood: Mood,
    /// `explicit`, `implicit`, `oauth2code`.
    pub mode: &'static str,
    /// Its codes answer what it sends when asked to.
    pub sends_codes: bool,
    /// What it asks instead of sending anything.
    pub question: Option<&'static str>,
    /// The code on the person's telephone.
    pub received: Option<String>,
    /// What its page says instead of a code, because its owner or it does not want to.
    pub declines: Option<&'static str>,
    /// Where it may send browsers back to.
    pub registered: String,
    pub status: &'static str,
    /// Codes that were not used yet.
    codes: BTreeSet<String>,
    last_code: u32,
    /// What each activation was given for; gone once used.
    activations: BTreeMap<String, Vec<Value>>,
    /// What its page gave each code for; gone once shown.
    agreed: BTreeMap<String, Agreed>,
    given: Vec<String>,
    asked: Vec<String>,
    /// Every body that came, as text.
    pub heard: Vec<String>,
}

/// What the owner of the key agreed to on its page.
struct Agreed {
    hashes: Vec<Value>,
    challenge: String,
    redirect: String,
}

/// The service with its one credential.
#[derive(Clone)]
pub struct Provider {
    pub base: String,
    kept: Arc<Mutex<Kept>>,
}

impl Provider {
    pub async fn start(key: &Issued, most: usize) -> Self {
        let kept = Kept {
            key: key.clone(),
            other: issued("Nguyễn Văn secretary", 99),
            most,
            mood: Mood::Signs,
            mode: "explicit",
            sends_codes: false,
            question: None,
            received: None,
            declines: None,
            registered: "http://office.test/signing/services/thu/returns".to_owned(),
            status: "enabled",
            codes: BTreeSet::new(),
            last_code: 100_000,
            activations: BTreeMap::new(),
            agreed: BTreeMap::new(),
            given: Vec::new(),
            asked: Vec::new(),
            heard: Vec::new(),
        };
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let base = format!("http://{}/csc/v2", listener.local_addr().unwrap());
        let provider = Self { base, kept: Arc::new(Mutex::new(kept)) };
        let router = Router::new()
            .route("/csc/v2/oauth2/token", post(admit))
            .route("/csc/v2/oauth2/authorize", get(page))
            .route("/csc/v2/oauth2/answers", get(answer_page))
            .route("/csc/v2/{*call}", post(answer))
            .with_state(provider.clone());
        tokio::spawn(async move { axum::serve(listener, router).await });
        provider
    }

    pub fn settings_text(&self, secret: &str) -> String {
        let Self { base, .. } = self;
        format!(
            "name = \"thu\"\ntitle = \"Dịch vụ thử\"\nurl = \"{base}\"\ntoken_url = \"{base}/oauth2/token\"\n\
             client_id = \"van phong\"\nclient_secret = \"{secret}\"\nasks_code = true\nseconds = 2\n"
        )
    }

    pub fn settings(&self) -> SigningService {
        toml::from_str(&self.settings_text(SECRET)).unwrap()
    }

    /// With its page, on which people agree; nothing is typed in the office.
    pub fn settings_with_page(&self) -> SigningService {
        let page = SecureAddress::try_from(format!("{}/oauth2/authorize", self.base)).unwrap();
        SigningService { authorize_url: Some(page), asks_pin: false, asks_code: false, ..self.settings() }
    }

    /// With a button that has it send its code.
    pub fn settings_with_codes(&self) -> SigningService {
        SigningService { sends_code: true, ..self.settings() }
    }

    /// The owner of the key opens its page and answers; gives where it sends the browser.
    pub fn visit(&self, address: &str) -> String {
        assert!(address.starts_with(&format!("{}/oauth2/authorize?", self.base)), "{address}");
        let mut kept = self.kept();
        let declines = kept.declines;
        kept.ask_owner(&Url::parse(address).unwrap(), declines).unwrap()
    }

    pub fn kept(&self) -> MutexGuard<'_, Kept> {
        self.kept.lock().unwrap()
    }

    pub fn times(&self, call: &str) -> usize {
        self.kept().asked.iter().filter(|asked| *asked == call).count()
    }

    /// The code that the person's device shows now.
    pub fn code(&self) -> String {
        let mut kept = self.kept();
        kept.last_code += 1;
        let code = kept.last_code.to_string();
        kept.codes.insert(code.clone());
        code
    }
}

type Answer = (StatusCode, Json<Value>);

fn refused(error: &str) -> Answer {
    (StatusCode::BAD_REQUEST, Json(json!({ "error": error, "error_description": "no" })))
}

fn fine(answer: Value) -> Answer {
    (StatusCode::OK, Json(answer))
}

/// The fields of a query or form, each once.
fn fields(encoded: &str) -> BTreeMap<String, String> {
    let address = Url::parse(&format!("http://form/?{encoded}")).unwrap();
    let pairs: Vec<(String, String)> = address.query_pairs().into_owned().collect();
    let fields: BTreeMap<String, String> = pairs.iter().cloned().collect();
    assert_eq!(fields.len(), pairs.len(), "{encoded}");
    fields
}

async fn admit(State(provider): State<Provider>, body: String) -> Answer {
    let fields = fields(&body);
    let field = |name: &str| fields.get(name).map(String::as_str).unwrap_or_default();
    if field("client_id") != "van phong" || field("client_secret") != SECRET {
        return (StatusCode::UNAUTHORIZED, Json(json!({ "error": "invalid_client" })));
    }
    match field("grant_type") {
        "client_credentials" if field("scope") == "service" => {
            fine(json!({ "access_token": "admitted", "token_type": "Bearer", "expires_in": 3600 }))
        }
        "authorization_code" => {
            let mut kept = provider.kept();
            kept.asked.push("oauth2/token".to_owned());
            kept.redeem(field("code"), field("redirect_uri"), field("code_verifier"))
        }
        _ => refused("invalid_request"),
    }
}

/// Asks the owner of the key, who answers by a link.
async fn page(State(provider): State<Provider>, uri: Uri) -> Html<String> {
    let link = |answer: &str, words: &str| {
        let query = uri.query().unwrap_or_default().replace('&', "&amp;");
        format!("<p><a href=\"{}/oauth2/answers?{query}&amp;answer={answer}\">{words}</a></p>", provider.base)
    };
    let links = [link("yes", "Đồng ý cho ký"), link("no", "Không đồng ý")].concat();
    Html(format!(
        "<!DOCTYPE html><html lang=vi><title>Dịch vụ thử</title><link rel=icon href=\"data:,\"><h1>Cho dùng khóa?</h1>{links}"
    ))
}

async fn answer_page(State(provider): State<Provider>, uri: Uri) -> Response {
    let address = Url::parse(&format!("http://page{uri}")).unwrap();
    let declines = (!address.as_str().ends_with("&answer=yes")).then_some("access_denied");
    match provider.kept().ask_owner(&address, declines) {
        Ok(back) => Redirect::to(&back).into_response(),
        Err(why) => (StatusCode::BAD_REQUEST, why).into_response(),
    }
}

async fn answer(State(provider): State<Provider>, uri: Uri, headers: HeaderMap, body: String) -> Response {
    let call = uri.path().trim_start_matches("/csc/v2/").to_owned();
    let asked: Value = serde_json::from_str(&body).unwrap();
    let mood = {
        let mut kept = provider.kept();
        kept.asked.push(call.clone());
        kept.heard.push(body);
        kept.mood
    };
    if call == "info" {
        let methods =
            ["credentials/list", "credentials/info", "credentials/authorize", "signatures/signHash"];
        let info = fine(json!({ "name": "Máy chủ thử\u{1b}[2J", "specs": "2.0.0.2", "methods": methods }));
        return info.into_response();
    }
    let bearer = headers.get("authorization").and_then(|value| value.to_str().ok()?.strip_prefix("Bearer "));
    let signs = call == "signatures/signHash";
    // A token for a credential admits to the call that signs with it, and to nothing else used here (§8.4).
    let is_agreed = signs && bearer.is_some_and(|token| provider.kept().activations.contains_key(token));
    if bearer != Some("admitted") && !is_agreed {
        return (StatusCode::UNAUTHORIZED, Json(json!({ "error": "invalid_token" }))).into_response();
    }
    if signs && mood == Mood::Hangs {
        std::future::pending::<()>().await;
    }
    let mut kept = provider.kept();
    if call == "credentials/getChallenge" {
        return kept.challenge(&asked);
    }
    let answer = match call.as_str() {
        "credentials/list" if asked["userID"] == ACCOUNT => {
            fine(json!({ "credentialIDs": ["khác", CREDENTIAL] }))
        }
        "credentials/info" if asked["credentialID"] == "khác" => fine(kept.info(&kept.other.certificate)),
        "credentials/info" if asked["credentialID"] == CREDENTIAL => fine(kept.info(&kept.key.certificate)),
        "credentials/authorize" if asked["credentialID"] == CREDENTIAL => kept.authorise(&asked),
        "signatures/signHash" if asked["credentialID"] == CREDENTIAL => kept.sign(&asked),
        _ => refused("invalid_request"),
    };
    answer.into_response()
}

impl Kept {
    /// Sends a code, or asks a question (CSC API 2.0 §11.8).
    fn challenge(&mut self, asked: &Value) -> Response {
        let is_known =
            asked["credentialID"] == CREDENTIAL && asked["authObjectID"] == "OTP" && self.sends_codes;
        match (is_known, self.mood, self.question) {
            (false, ..) => refused("invalid_request").into_response(),
            (true, Mood::Dies, _) => StatusCode::SERVICE_UNAVAILABLE.into_response(),
            (true, _, Some(question)) => {
                self.codes.insert("Lụa".to_owned());
                fine(json!({ "challenge": question })).into_response()
            }
            (true, _, None) => {
                self.last_code += 1;
                let code = self.last_code.to_string();
                self.codes.insert(code.clone());
                self.received = Some(code);
                StatusCode::NO_CONTENT.into_response()
            }
        }
    }

    fn info(&self, own: &X509) -> Value {
        let issuer =
            std::fs::read(concat!(env!("CARGO_MANIFEST_DIR"), "/certs-dev/sub-ca.cert.pem")).unwrap();
        let chain = [own, &X509::from_pem(&issuer).unwrap()].map(|one| encode_block(&one.to_der().unwrap()));
        let auth = match self.mode {
            "explicit" => {
                let code = if self.sends_codes { "ChallengeResponse" } else { "OTP" };
                json!({ "mode": "explicit", "expression": "PIN AND OTP", "objects": [
                    { "type": "Password", "id": "PIN" }, { "type": code, "id": "OTP" } ] })
            }
            mode => json!({ "mode": mode }),
        };
        json!({
            "key": { "status": self.status, "algo": [SHA_256_WITH_RSA], "len": 2048 },
            "cert": { "status": "valid", "certificates": chain },
            "auth": auth,
            "SCAL": "2",
            "multisign": self.most,
        })
    }

    fn authorise(&mut self, asked: &Value) -> Answer {
        let hashes = asked["hashes"].as_array().unwrap().clone();
        let typed = |id: &str| {
            let told = asked["authData"].as_array().unwrap().iter().find(|one| one["id"] == id);
            told.map(|one| one["value"].as_str().unwrap().to_owned()).unwrap_or_default()
        };
        let are_hashes = hashes.iter().all(|hash| decode_block(hash.as_str().unwrap()).unwrap().len() == 32);
        let fits = asked["numSignatures"] == hashes.len() && hashes.len() <= self.most && are_hashes;
        if !fits || asked["hashAlgorithmOID"] != SHA_256 {
            return refused("invalid_request");
        }
        if self.mode == "explicit" {
            if typed("PIN") != SERVICE_PIN {
                return refused("invalid_pin");
            }
            // Each code is good once.
            if !self.codes.remove(&typed("OTP")) {
                return refused("invalid_otp");
            }
        }
        let activation = format!("activation {}", self.asked.len());
        self.activations.insert(activation.clone(), hashes);
        fine(json!({ "SAD": activation, "expiresIn": 300 }))
    }

    /// What the page does with a request (RFC 6749 §4.1.1, CSC API 2.0 §8.4.2).
    ///
    /// `Err`: whoever sent the browser is not known, so it is not sent back.
    fn ask_owner(&mut self, address: &Url, declines: Option<&str>) -> Result<String, String> {
        let fields = fields(address.query().unwrap_or_default());
        let field = |name: &str| fields.get(name).map(String::as_str).unwrap_or_default();
        if field("client_id") != "van phong" || field("redirect_uri") != self.registered {
            return Err(format!("unknown client: {fields:?}"));
        }
        let encoded: Vec<&str> = field("hashes").split(',').collect();
        let hashes: Vec<Value> = encoded.iter().map(|hash| json!(encode_block(&url_safe(hash)))).collect();
        let is_whole = field("response_type") == "code"
            && field("scope") == "credential"
            && field("credentialID") == CREDENTIAL
            && field("numSignatures") == hashes.len().to_string()
            && field("hashAlgorithmOID") == SHA_256
            && field("code_challenge_method") == "S256"
            && url_safe(field("code_challenge")).len() == 32
            && encoded.iter().all(|hash| url_safe(hash).len() == 32)
            && hashes.len() <= self.most;
        let mut back = Url::parse(field("redirect_uri")).unwrap();
        let error = if is_whole { declines } else { Some("invalid_request") };
        match error {
            Some(error) => {
                back.query_pairs_mut().append_pair("error", error).append_pair("error_description", "no");
            }
            None => {
                self.last_code += 1;
                let code = format!("mã {}", self.last_code);
                back.query_pairs_mut().append_pair("code", &code);
                let (challenge, redirect) =
                    (field("code_challenge").to_owned(), field("redirect_uri").to_owned());
                self.agreed.insert(code, Agreed { hashes, challenge, redirect });
            }
        }
        back.query_pairs_mut().append_pair("state", field("state"));
        Ok(back.into())
    }

    /// Gives a token for a code, once (RFC 6749 §4.1.3, RFC 7636 §4.6).
    fn redeem(&mut self, code: &str, redirect: &str, verifier: &str) -> Answer {
        if self.mood == Mood::Withholds {
            return (StatusCode::INTERNAL_SERVER_ERROR, Json(json!({ "error": "server_error" })));
        }
        let Some(agreed) = self.agreed.remove(code) else { return refused("invalid_grant") };
        let proves = sha256(verifier.as_bytes()).as_slice() == url_safe(&agreed.challenge);
        if agreed.redirect != redirect || !proves || verifier.len() < 43 {
            return refused("invalid_grant");
        }
        let token = format!("agreed {}", self.asked.len());
        self.activations.insert(token.clone(), agreed.hashes);
        fine(json!({ "access_token": token, "token_type": "Bearer", "expires_in": 300 }))
    }

    fn sign(&mut self, asked: &Value) -> Answer {
        // Used once, for just the hashes it was given for.
        let given = self.activations.remove(asked["SAD"].as_str().unwrap());
        let hashes = asked["hashes"].as_array().unwrap();
        if given.as_ref() != Some(hashes) || asked["signAlgo"] != SHA_256_WITH_RSA {
            return refused("invalid_request");
        }
        let last = hashes.len() - 1;
        let key = |place: usize| match self.mood {
            Mood::Mistakes => &self.other,
            Mood::MistakesOnce if place == last => &self.other,
            _ => &self.key,
        };
        let made = hashes.iter().enumerate();
        let mut values: Vec<String> =
            made.map(|(place, hash)| value(key(place), hash.as_str().unwrap())).collect();
        let before = std::mem::replace(&mut self.given, values.clone());
        match self.mood {
            Mood::Dies => {
                return (StatusCode::INTERNAL_SERVER_ERROR, Json(json!({ "error": "server_error" })));
            }
            Mood::Talks => return fine(json!("<html>Xin chào</html>")),
            Mood::Floods => return fine(json!({ "signatures": ["A".repeat(3 << 20)] })),
            Mood::Forgets => drop(values.pop()),
            Mood::Mumbles => values[0] = "không phải Base64".into(),
            Mood::Swaps => values.rotate_left(1),
            Mood::Replays => values = before,
            Mood::Signs | Mood::Hangs | Mood::Mistakes | Mood::MistakesOnce | Mood::Withholds => {}
        }
        fine(json!({ "signatures": values }))
    }
}

/// What is Base64 for addresses, without padding (RFC 4648 §5).
fn url_safe(text: &str) -> Vec<u8> {
    assert!(text.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"-_".contains(&byte)), "{text}");
    let padded =
        format!("{}{}", text.replace('-', "+").replace('_', "/"), "=".repeat((4 - text.len() % 4) % 4));
    decode_block(&padded).unwrap()
}

fn value(key: &Issued, hash: &str) -> String {
    let mut context = PkeyCtx::new(&key.key).unwrap();
    context.sign_init().unwrap();
    context.set_rsa_padding(Padding::PKCS1).unwrap();
    context.set_signature_md(Md::sha256()).unwrap();
    let mut value = Vec::new();
    context.sign_to_vec(&decode_block(hash).unwrap(), &mut value).unwrap();
    encode_block(&value)
}
