//! A remote signing service of the tests: it keeps keys, speaks the Cloud
//! Signature Consortium's API, and checks all that it is asked.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Arc, Mutex, MutexGuard};

use axum::extract::State;
use axum::http::{HeaderMap, StatusCode, Uri};
use axum::routing::post;
use axum::{Json, Router};
use ecabinet::config::SigningService;
use openssl::base64::{decode_block, encode_block};
use openssl::md::Md;
use openssl::pkey_ctx::PkeyCtx;
use openssl::rsa::Padding;
use openssl::x509::X509;
use pades::authority::Issued;
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
}

pub struct Kept {
    pub key: Issued,
    other: Issued,
    /// Hashes that one authorisation may cover.
    pub most: usize,
    pub mood: Mood,
    /// `explicit`, `implicit`.
    pub mode: &'static str,
    pub status: &'static str,
    /// Codes that were not used yet.
    codes: BTreeSet<String>,
    last_code: u32,
    /// What each activation was given for; gone once used.
    activations: BTreeMap<String, Vec<Value>>,
    given: Vec<String>,
    asked: Vec<String>,
    /// Every body that came, as text.
    pub heard: Vec<String>,
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
            status: "enabled",
            codes: BTreeSet::new(),
            last_code: 100_000,
            activations: BTreeMap::new(),
            given: Vec::new(),
            asked: Vec::new(),
            heard: Vec::new(),
        };
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let base = format!("http://{}/csc/v2", listener.local_addr().unwrap());
        let provider = Self { base, kept: Arc::new(Mutex::new(kept)) };
        let router = Router::new()
            .route("/csc/v2/oauth2/token", post(admit))
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

async fn admit(body: String) -> Answer {
    let encoded =
        |text| percent_encoding::utf8_percent_encode(text, percent_encoding::NON_ALPHANUMERIC).to_string();
    let wanted = ["grant_type=client_credentials".to_owned(), format!("client_id={}", encoded("van phong"))];
    let has = |part: &String| body.split('&').any(|one| one == part);
    if wanted.iter().all(has) && has(&format!("client_secret={}", encoded(SECRET))) {
        fine(json!({ "access_token": "admitted", "token_type": "Bearer", "expires_in": 3600 }))
    } else {
        (StatusCode::UNAUTHORIZED, Json(json!({ "error": "invalid_client" })))
    }
}

async fn answer(State(provider): State<Provider>, uri: Uri, headers: HeaderMap, body: String) -> Answer {
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
        return fine(json!({ "name": "Máy chủ thử\u{1b}[2J", "specs": "2.0.0.2", "methods": methods }));
    }
    if headers.get("authorization").is_none_or(|value| value != "Bearer admitted") {
        return (StatusCode::UNAUTHORIZED, Json(json!({ "error": "invalid_token" })));
    }
    if call == "signatures/signHash" && mood == Mood::Hangs {
        std::future::pending::<()>().await;
    }
    let mut kept = provider.kept();
    match call.as_str() {
        "credentials/list" if asked["userID"] == ACCOUNT => {
            fine(json!({ "credentialIDs": ["khác", CREDENTIAL] }))
        }
        "credentials/info" if asked["credentialID"] == "khác" => fine(kept.info(&kept.other.certificate)),
        "credentials/info" if asked["credentialID"] == CREDENTIAL => fine(kept.info(&kept.key.certificate)),
        "credentials/authorize" if asked["credentialID"] == CREDENTIAL => kept.authorise(&asked),
        "signatures/signHash" if asked["credentialID"] == CREDENTIAL => kept.sign(&asked),
        _ => refused("invalid_request"),
    }
}

impl Kept {
    fn info(&self, own: &X509) -> Value {
        let issuer =
            std::fs::read(concat!(env!("CARGO_MANIFEST_DIR"), "/certs-dev/sub-ca.cert.pem")).unwrap();
        let chain = [own, &X509::from_pem(&issuer).unwrap()].map(|one| encode_block(&one.to_der().unwrap()));
        let auth = match self.mode {
            "explicit" => json!({ "mode": "explicit", "expression": "PIN AND OTP", "objects": [
                { "type": "Password", "id": "PIN" }, { "type": "OTP", "id": "OTP" } ] }),
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
            Mood::Signs | Mood::Hangs | Mood::Mistakes | Mood::MistakesOnce => {}
        }
        fine(json!({ "signatures": values }))
    }
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
