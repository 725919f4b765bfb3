//! Keys on a token: SoftHSM2, each test with a token and a process of its own.

use std::path::{Path, PathBuf};
use std::process::Command;

use cryptoki::context::{CInitializeArgs, CInitializeFlags, Pkcs11};
use cryptoki::object::{Attribute, CertificateType, KeyType, ObjectClass};
use cryptoki::session::UserType;
use cryptoki::types::AuthPin;
use pades::authority::{Issued, KeyKind};
use pades::sign::{
    Batch, BatchDocument, BatchOutcome, KeyChoice, RsaPadding, SignOptions, Signer, SignerError, TokenError,
    TokenModule, TokenSigner, sign,
};
use pades::verify::Verdict;

use crate::office::{issued, judge, now, paper};
use crate::oracles::{has, openssl_says_valid, pdfsig_says_valid};

const PIN: &str = "135790";
const LABEL: &str = "Văn thư";
/// Where the module stands on common systems.
const MODULES: [&str; 4] = [
    "/usr/lib/softhsm/libsofthsm2.so",
    "/usr/lib/x86_64-linux-gnu/softhsm/libsofthsm2.so",
    "/usr/lib64/pkcs11/libsofthsm2.so",
    "/usr/local/lib/softhsm/libsofthsm2.so",
];

/// A fresh token in a folder of its own.
pub struct Token {
    module: PathBuf,
    folder: PathBuf,
}

impl Token {
    /// Gives the token inside a process that has `SOFTHSM2_CONF` set; outside, starts that process.
    ///
    /// The module reads its settings from the environment, and a test must not change the environment of
    /// the others that run beside it.
    pub fn in_own_process(test: &str) -> Option<Token> {
        if !has("softhsm2-util", "--version") {
            return None;
        }
        let Some(module) = MODULES.iter().map(PathBuf::from).find(|path| path.exists()) else {
            println!("skipped: no SoftHSM2 module");
            return None;
        };
        if let Ok(folder) = std::env::var("PADES_TEST_TOKEN") {
            return Some(Token { module, folder: folder.into() });
        }
        let folder =
            std::env::temp_dir().join(format!("pades-token-{}-{test}", std::process::id()).replace(':', "-"));
        std::fs::create_dir_all(folder.join("tokens")).unwrap();
        let settings = format!("directories.tokendir = {}\n", folder.join("tokens").display());
        std::fs::write(folder.join("softhsm2.conf"), settings).unwrap();
        run(
            &folder,
            "softhsm2-util",
            &["--init-token", "--free", "--label", LABEL, "--pin", PIN, "--so-pin", "24680"],
        );
        let own = std::env::current_exe().unwrap();
        let told = run(&folder, own.to_str().unwrap(), &["--exact", test, "--nocapture"]);
        assert!(told.contains("1 passed"), "the name of the test is wrong: {told}");
        std::fs::remove_dir_all(&folder).unwrap();
        None
    }

    /// Imports a private key with the token's own tool.
    fn import(&self, person: &Issued, label: &str, id: &str) {
        let file = self.folder.join(format!("{label}.pem"));
        std::fs::write(&file, person.key.private_key_to_pem_pkcs8().unwrap()).unwrap();
        let path = file.to_str().unwrap();
        run(
            &self.folder,
            "softhsm2-util",
            &["--import", path, "--token", LABEL, "--label", label, "--id", id, "--pin", PIN],
        );
    }

    /// Creates objects through the module itself.
    fn create(&self, objects: &[Vec<Attribute>]) {
        let context = Pkcs11::new(&self.module).unwrap();
        let _ = context.initialize(CInitializeArgs::new(CInitializeFlags::OS_LOCKING_OK));
        let slot = context.get_slots_with_initialized_token().unwrap()[0];
        let session = context.open_rw_session(slot).unwrap();
        session.login(UserType::User, Some(&AuthPin::new(PIN.into()))).unwrap();
        for object in objects {
            session.create_object(object).unwrap();
        }
    }

    fn module(&self) -> TokenModule {
        TokenModule::load(&self.module).unwrap()
    }
}

fn run(folder: &Path, program: &str, arguments: &[&str]) -> String {
    let output = Command::new(program)
        .args(arguments)
        .env("SOFTHSM2_CONF", folder.join("softhsm2.conf"))
        .env("PADES_TEST_TOKEN", folder)
        .output()
        .unwrap();
    let text = String::from_utf8_lossy(&[output.stdout, output.stderr].concat()).into_owned();
    assert!(output.status.success(), "{program}: {text}");
    text
}

fn certificate(person: &Issued, id: u8) -> Vec<Attribute> {
    vec![
        Attribute::Class(ObjectClass::CERTIFICATE),
        Attribute::CertificateType(CertificateType::X_509),
        Attribute::Token(true),
        Attribute::Private(false),
        Attribute::Id(vec![id]),
        Attribute::Subject(person.certificate.subject_name().to_der().unwrap()),
        Attribute::Value(person.certificate.to_der().unwrap()),
    ]
}

/// A private RSA key that wants the PIN for each signature.
fn cautious_key(person: &Issued, id: u8) -> Vec<Attribute> {
    let rsa = person.key.rsa().unwrap();
    vec![
        Attribute::Class(ObjectClass::PRIVATE_KEY),
        Attribute::KeyType(KeyType::RSA),
        Attribute::Token(true),
        Attribute::Private(true),
        Attribute::Sensitive(true),
        Attribute::Sign(true),
        Attribute::AlwaysAuthenticate(true),
        Attribute::Label(b"cautious".to_vec()),
        Attribute::Id(vec![id]),
        Attribute::Modulus(rsa.n().to_vec()),
        Attribute::PublicExponent(rsa.e().to_vec()),
        Attribute::PrivateExponent(rsa.d().to_vec()),
        Attribute::Prime1(rsa.p().unwrap().to_vec()),
        Attribute::Prime2(rsa.q().unwrap().to_vec()),
        Attribute::Exponent1(rsa.dmp1().unwrap().to_vec()),
        Attribute::Exponent2(rsa.dmq1().unwrap().to_vec()),
        Attribute::Coefficient(rsa.iqmp().unwrap().to_vec()),
    ]
}

fn choice(key: &str, person: &Issued) -> KeyChoice {
    KeyChoice {
        token: Some(LABEL.to_owned()),
        key: Some(key.to_owned()),
        certificates: person.chain.clone(),
        ..KeyChoice::default()
    }
}

fn signs(signer: &TokenSigner, rsa_padding: RsaPadding) {
    let pdf = paper();
    let options = SignOptions { rsa_padding, ..SignOptions::default() };
    let signed = sign(&pdf, &options, signer, None, now()).unwrap().onto(&pdf);
    assert_eq!(judge(&signed).verdict, Verdict::Valid);
    assert!(!has("openssl", "version") || openssl_says_valid(&signed));
    assert!(!has("pdfsig", "-v") || pdfsig_says_valid(&signed));
}

#[test]
fn a_token_signs_with_rsa_and_curves() {
    let Some(token) = Token::in_own_process("tokens::a_token_signs_with_rsa_and_curves") else { return };
    let kinds = [("rsa", KeyKind::Rsa2048), ("p256", KeyKind::P256), ("p384", KeyKind::P384)];
    for (number, (label, kind)) in (1..).zip(kinds) {
        let person = issued("Trần Văn Thư", kind);
        token.import(&person, label, &format!("0{number}"));
        token.create(&[certificate(&person, number)]);
        let signer = token.module().open(&choice(label, &person), PIN).unwrap();
        signs(&signer, RsaPadding::Pkcs1);
        if kind == KeyKind::Rsa2048 {
            signs(&signer, RsaPadding::Pss);
        }
    }
    let unclear = KeyChoice { key: None, ..choice("rsa", &issued("Ai", KeyKind::P256)) };
    assert_eq!(token.module().open(&unclear, PIN).unwrap_err(), TokenError::SeveralKeys);
    let sought = issued("Trần Văn Thư", KeyKind::P256);
    token.import(&sought, "another", "0A");
    token.create(&[certificate(&sought, 10)]);
    let certificates = [vec![sought.certificate.clone()], sought.chain.clone()].concat();
    let by_certificate = KeyChoice { of_certificate: true, certificates, ..unclear };
    let signer = token.module().open(&by_certificate, PIN).unwrap();
    assert_eq!(signer.certificates().first(), Some(&sought.certificate));
    signs(&signer, RsaPadding::Pkcs1);
}

#[test]
fn a_key_that_wants_its_pin_each_time_gets_it() {
    let Some(token) = Token::in_own_process("tokens::a_key_that_wants_its_pin_each_time_gets_it") else {
        return;
    };
    let person = issued("Trần Văn Thư", KeyKind::Rsa2048);
    token.create(&[cautious_key(&person, 9), certificate(&person, 9)]);
    let signer = token.module().open(&choice("cautious", &person), PIN).unwrap();
    signs(&signer, RsaPadding::Pkcs1);
    signs(&signer, RsaPadding::Pkcs1);
    signs(&signer, RsaPadding::Pss);
}

#[test]
fn a_wrong_pin_is_said_and_not_tried_again() {
    let Some(token) = Token::in_own_process("tokens::a_wrong_pin_is_said_and_not_tried_again") else {
        return;
    };
    let person = issued("Trần Văn Thư", KeyKind::P256);
    token.import(&person, "p256", "01");
    token.create(&[certificate(&person, 1)]);
    let (module, choice) = (token.module(), choice("p256", &person));
    let wrong = module.open(&choice, "000000").unwrap_err();
    assert_eq!(wrong, TokenError::Pin(SignerError::WrongPin));
    let signer = module.open(&choice, PIN).unwrap();
    // While one session is logged in, the PIN of another could not be checked.
    assert_eq!(module.open(&choice, "000000").unwrap_err(), TokenError::InUse);
    drop(signer);
    assert!(module.open(&choice, PIN).is_ok());
}

#[test]
fn what_is_missing_on_a_token_is_named() {
    let Some(token) = Token::in_own_process("tokens::what_is_missing_on_a_token_is_named") else { return };
    let person = issued("Trần Văn Thư", KeyKind::P256);
    let module = token.module();
    assert_eq!(module.tokens().unwrap(), [LABEL]);
    let open = |choice: &KeyChoice| module.open(choice, PIN).unwrap_err();
    assert_eq!(open(&choice("p256", &person)), TokenError::NoKey);
    let elsewhere = KeyChoice { token: Some("Khác".to_owned()), ..choice("p256", &person) };
    assert_eq!(open(&elsewhere), TokenError::NoToken);
    token.import(&person, "p256", "01");
    let bare = KeyChoice { certificates: Vec::new(), ..choice("p256", &person) };
    assert_eq!(open(&bare), TokenError::NoCertificate);
    let given = KeyChoice { certificates: vec![person.certificate.clone()], ..bare };
    assert!(module.open(&given, PIN).is_ok());
    assert!(matches!(TokenModule::load(Path::new("no-such-module.so")), Err(TokenError::Module(_))));
}

#[test]
fn a_batch_signs_with_one_login() {
    let Some(token) = Token::in_own_process("tokens::a_batch_signs_with_one_login") else { return };
    let person = issued("Trần Văn Thư", KeyKind::P256);
    token.import(&person, "p256", "01");
    token.create(&[certificate(&person, 1)]);
    let signer = token.module().open(&choice("p256", &person), PIN).unwrap();
    let batch = Batch { signer: &signer, stamping: None, workers: 4, now: now() };
    let load = |_: &usize| -> Result<_, ()> {
        Ok(BatchDocument { bytes: paper(), options: SignOptions::default() })
    };
    let summary = batch.run(0..50, load, |_, outcome| match outcome {
        BatchOutcome::Signed(document, signed) => {
            assert_eq!(judge(&signed.onto(&document.bytes)).verdict, Verdict::Valid);
        }
        other => panic!("{other:?}"),
    });
    assert_eq!(summary.signed, 50);
}
