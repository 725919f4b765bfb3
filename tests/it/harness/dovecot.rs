//! A real IMAP server for the test run: Dovecot. Every user there is has one
//! password; each test takes a user of its own.

use std::fs;
use std::net::TcpListener;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::OnceLock;
use std::time::Duration;

use ecabinet::config::{Mailbox, MailboxAddress};
use openssl::asn1::Asn1Time;
use openssl::bn::BigNum;
use openssl::hash::MessageDigest;
use openssl::pkey::PKey;
use openssl::rsa::Rsa;
use openssl::x509::extension::{BasicConstraints, SubjectAlternativeName};
use openssl::x509::{X509, X509NameBuilder};
use tokio::io::{AsyncBufReadExt, AsyncReadExt, AsyncWriteExt, BufReader};
use tokio::net::TcpStream;

use super::left_out;
use super::server::{Server, has_program};

static SERVER: OnceLock<Option<Dovecot>> = OnceLock::new();
pub const PASSWORD: &str = "mat-khau";

pub struct Dovecot {
    port: u16,
    tls_port: u16,
    /// Who vouches for the server.
    pub authority: PathBuf,
    _server: Server,
}

impl Dovecot {
    /// `None`: not installed here.
    pub async fn start() -> Option<&'static Self> {
        let server = SERVER.get_or_init(start).as_ref()?;
        let mut look = tokio::time::interval(Duration::from_millis(50));
        for _ in 0..600 {
            look.tick().await;
            if TcpStream::connect(("127.0.0.1", server.port)).await.is_ok() {
                return Some(server);
            }
        }
        panic!("the IMAP server does not answer");
    }

    /// The settings of a user's box, for the organisation of the tests.
    pub fn mailbox(&self, user: &str) -> Mailbox {
        mailbox(&format!("imap://{user}:mat-khau@127.0.0.1:{}/INBOX", self.port))
    }

    /// The same over TLS, trusting the server's authority.
    pub fn secure_mailbox(&self, user: &str) -> Mailbox {
        let url = format!("imaps://{user}:mat-khau@localhost:{}/INBOX", self.tls_port);
        Mailbox { authority_file: self.authority.display().to_string(), ..mailbox(&url) }
    }

    /// Lays a letter into a folder.
    pub async fn deliver(&self, user: &str, letter: &[u8]) {
        let command = format!("APPEND INBOX {{{}+}}\r\n", letter.len());
        self.say(user, &[[command.as_bytes(), letter].concat()]).await;
    }

    /// Says commands, each of which must succeed, and gives all that was answered.
    pub async fn say(&self, user: &str, commands: &[Vec<u8>]) -> String {
        let mut stream = BufReader::new(TcpStream::connect(("127.0.0.1", self.port)).await.unwrap());
        let login = format!("LOGIN {user} {PASSWORD}").into_bytes();
        let mut said = String::new();
        for command in [login].iter().chain(commands) {
            stream.write_all(&[b"x ", command.as_slice(), b"\r\n"].concat()).await.unwrap();
            loop {
                let mut line = String::new();
                assert!(stream.read_line(&mut line).await.unwrap() > 0, "the server hung up: {said}");
                said += &line;
                if line.starts_with("x ") {
                    assert!(line.starts_with("x OK"), "{line}");
                    break;
                }
            }
        }
        said
    }
}

/// A box for the organisation of the tests, with short patience.
pub fn mailbox(url: &str) -> Mailbox {
    Mailbox {
        organisation: "anhai".to_owned(),
        url: MailboxAddress::try_from(url.to_owned()).unwrap(),
        authority_file: String::new(),
        pause_seconds: 1,
        answer_seconds: 20,
    }
}

fn start() -> Option<Dovecot> {
    if !has_program("dovecot") {
        left_out("IMAP", "dovecot is not on the path; apt-get install dovecot-imapd");
        return None;
    }
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().to_owned();
    let held = [0; 2].map(|_| TcpListener::bind("127.0.0.1:0").unwrap());
    let [port, tls_port] = held.map(|listener| listener.local_addr().unwrap().port());
    certify(&path);
    // Dovecot opens no box of root's.
    let is_root = said("id", "-u") == "0";
    let (user, group) = if is_root {
        ("nobody".to_owned(), "nogroup".to_owned())
    } else {
        (said("id", "-un"), said("id", "-gn"))
    };
    fs::create_dir(path.join("mail")).unwrap();
    fs::write(path.join("dovecot.conf"), settings(&path, (&user, &group), (port, tls_port))).unwrap();
    let prefix = if is_root { "runuser -u nobody -- " } else { "" };
    if is_root {
        assert!(Command::new("chown").args(["-R", "nobody"]).arg(&path).status().unwrap().success());
    }
    let command = format!("exec {prefix}dovecot -F -c {}", path.join("dovecot.conf").display());
    Some(Dovecot {
        port,
        tls_port,
        authority: path.join("cert.pem"),
        _server: Server::start(&command, folder),
    })
}

fn said(program: &str, option: &str) -> String {
    let done = Command::new(program).arg(option).output().unwrap();
    String::from_utf8(done.stdout).unwrap().trim().to_owned()
}

fn settings(path: &Path, (user, group): (&str, &str), (port, tls_port): (u16, u16)) -> String {
    let folder = path.display();
    format!(
        "protocols = imap\nbase_dir = {folder}/run\nstate_dir = {folder}/state\nlog_path = {folder}/log\n\
         listen = 127.0.0.1\nssl = yes\nssl_cert = <{folder}/cert.pem\nssl_key = <{folder}/key.pem\n\
         disable_plaintext_auth = no\nauth_mechanisms = plain\nmail_location = maildir:{folder}/mail/%n\n\
         mail_max_userip_connections = 100\n\
         default_internal_user = {user}\ndefault_internal_group = {group}\ndefault_login_user = {user}\n\
         passdb {{\n driver = static\n args = password={PASSWORD}\n}}\n\
         userdb {{\n driver = static\n args = home={folder}/mail/%n\n}}\n\
         service imap-login {{\n chroot =\n\
         inet_listener imap {{\n port = {port}\n }}\n inet_listener imaps {{\n port = {tls_port}\n ssl = yes\n }}\n}}\n\
         service anvil {{\n chroot =\n}}\n"
    )
}

/// A certificate for `localhost` that vouches for itself.
fn certify(folder: &Path) {
    let key = PKey::from_rsa(Rsa::generate(2048).unwrap()).unwrap();
    let mut name = X509NameBuilder::new().unwrap();
    name.append_entry_by_text("CN", "localhost").unwrap();
    let name = name.build();
    let mut builder = X509::builder().unwrap();
    builder.set_version(2).unwrap();
    builder.set_serial_number(&BigNum::from_u32(1).unwrap().to_asn1_integer().unwrap()).unwrap();
    builder.set_subject_name(&name).unwrap();
    builder.set_issuer_name(&name).unwrap();
    builder.set_not_before(&Asn1Time::days_from_now(0).unwrap()).unwrap();
    builder.set_not_after(&Asn1Time::days_from_now(2).unwrap()).unwrap();
    builder.set_pubkey(&key).unwrap();
    let names =
        SubjectAlternativeName::new().dns("localhost").build(&builder.x509v3_context(None, None)).unwrap();
    builder.append_extension(names).unwrap();
    builder.append_extension(BasicConstraints::new().ca().build().unwrap()).unwrap();
    builder.sign(&key, MessageDigest::sha256()).unwrap();
    fs::write(folder.join("cert.pem"), builder.build().to_pem().unwrap()).unwrap();
    fs::write(folder.join("key.pem"), key.private_key_to_pem_pkcs8().unwrap()).unwrap();
}

/// A server of ours that says what it is told to: after its greeting, each
/// line it reads is answered by the script, which may hang, talk or hang up.
pub struct Scripted {
    pub port: u16,
}

impl Scripted {
    /// `answer` gets the tag and the command and gives what is said; `None` hangs up.
    pub async fn start(
        answer: impl Fn(&str, &str) -> Option<Vec<u8>> + Send + Sync + Clone + 'static,
    ) -> Self {
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let port = listener.local_addr().unwrap().port();
        tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                let answer = answer.clone();
                tokio::spawn(async move {
                    let mut stream = BufReader::new(stream);
                    stream.write_all(b"* OK ready\r\n").await.ok();
                    let mut line = String::new();
                    while stream.read_line(&mut line).await.is_ok_and(|read| read > 0) {
                        let (tag, command) = line.trim_end().split_once(' ').unwrap_or_default();
                        let Some(said) = answer(tag, command) else { return };
                        if stream.write_all(&said).await.is_err() {
                            return;
                        }
                        line.clear();
                    }
                    // Until the other side goes.
                    stream.read_to_end(&mut Vec::new()).await.ok();
                });
            }
        });
        Self { port }
    }

    pub fn mailbox(&self) -> Mailbox {
        let url = format!("imap://vanthu:x@127.0.0.1:{}/INBOX", self.port);
        Mailbox { answer_seconds: 1, ..mailbox(&url) }
    }
}
