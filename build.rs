//! Bundles the front end from `static/` into `static/dist`, which the program
//! embeds. Needs Node ≥ 20 with npm; says so in one line when it is missing.

use std::path::Path;
use std::process::{Command, exit};
use std::{env, fs};

fn main() {
    println!("cargo::rerun-if-changed=static/css");
    println!("cargo::rerun-if-changed=static/js");
    println!("cargo::rerun-if-changed=static/icons.svg");
    println!("cargo::rerun-if-changed=static/mark.svg");
    println!("cargo::rerun-if-changed=static/icons.mjs");
    println!("cargo::rerun-if-changed=static/manifest.webmanifest");
    println!("cargo::rerun-if-changed=static/package-lock.json");
    println!("cargo::rerun-if-changed=locales");
    println!("cargo::rerun-if-env-changed=SKIP_WEB_BUILD");
    // For packagers who bring static/dist ready-made.
    if env::var_os("SKIP_WEB_BUILD").is_some() {
        return;
    }
    if !is_installed() {
        run("ci", &["--ignore-scripts", "--no-audit", "--no-fund", "--loglevel=error"]);
    }
    run("run", &["--silent", "build"]);
    for file in ["icons.svg", "mark.svg", "manifest.webmanifest"] {
        copy(file);
    }
    for face in FACES {
        copy(&format!("node_modules/@expo-google-fonts/tinos/{face}"));
    }
}

/// The typeface of official forms, which the program sets itself.
const FACES: [&str; 4] = [
    "400Regular/Tinos_400Regular.ttf",
    "400Regular_Italic/Tinos_400Regular_Italic.ttf",
    "700Bold/Tinos_700Bold.ttf",
    "700Bold_Italic/Tinos_700Bold_Italic.ttf",
];

/// Puts a file of `static/` into the bundle as it is.
fn copy(name: &str) {
    let from = Path::new("static").join(name);
    let to = Path::new("static/dist").join(from.file_name().unwrap_or_default());
    if let Err(error) = fs::copy(&from, to) {
        fail(&format!("static/{name} cannot be copied: {error}"));
    }
}

/// True when `node_modules` was made from the lock file as it is now.
fn is_installed() -> bool {
    let modified = |path: &str| fs::metadata(path).and_then(|data| data.modified()).ok();
    match (modified("static/node_modules/.package-lock.json"), modified("static/package-lock.json")) {
        (Some(installed), Some(locked)) => installed >= locked,
        _ => false,
    }
}

fn run(command: &str, arguments: &[&str]) {
    let done = Command::new("npm").arg(command).args(arguments).current_dir("static").status();
    match done {
        Ok(status) if status.success() => {}
        Ok(status) => fail(&format!("npm {command} ended with {status}; its own message stands above")),
        Err(_) => fail("npm is missing: install Node.js 20 or later (Debian: apt install nodejs npm)"),
    }
}

fn fail(reason: &str) -> ! {
    println!("cargo::error={reason}");
    exit(1);
}
