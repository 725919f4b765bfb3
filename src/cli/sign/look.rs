//! What is signed, and how it shows.

use pades::sign::{Appearance, Font, Line, Permission, SignOptions};

use super::super::files;
use super::{Refusal, SignArguments};
use crate::identity::rules::clean_line;

/// For --text; every Vietnamese letter is in it.
const FONT: &[u8] = include_bytes!(concat!(
    env!("CARGO_MANIFEST_DIR"),
    "/static/node_modules/@expo-google-fonts/tinos/400Regular/Tinos_400Regular.ttf"
));
/// Points.
const TEXT_SIZE: f64 = 10.0;

#[derive(Clone, Copy, Debug)]
pub(super) struct Place {
    page: usize,
    rectangle: [f64; 4],
}

pub(super) fn place(text: &str) -> Result<Place, String> {
    let wanted = "five numbers: PAGE,X,Y,W,H";
    let parts: Vec<&str> = text.split(',').map(str::trim).collect();
    let [page, numbers @ ..] = parts.as_slice() else { return Err(wanted.to_owned()) };
    let page = page.parse().map_err(|_| wanted.to_owned())?;
    let numbers: Result<Vec<f64>, _> = numbers.iter().map(|number| number.parse()).collect();
    let rectangle = numbers.ok().and_then(|numbers| <[f64; 4]>::try_from(numbers).ok());
    Ok(Place { page, rectangle: rectangle.ok_or_else(|| wanted.to_owned())? })
}

pub(super) fn options(arguments: &SignArguments) -> Result<SignOptions, Refusal> {
    let appearance = arguments.visible.map(|place| appearance(arguments, place)).transpose()?;
    let password = arguments.password_env.as_deref().map(files::secret).transpose();
    let certify = arguments.certify.map(|number| match number {
        1 => Permission::Nothing,
        2 => Permission::Forms,
        _ => Permission::Annotations,
    });
    Ok(SignOptions {
        field: arguments.field.clone(),
        reason: arguments.reason.clone(),
        location: arguments.location.clone(),
        certify,
        appearance,
        password: password.map_err(Refusal::Usage)?.map(Into::into),
        ..SignOptions::default()
    })
}

fn appearance(arguments: &SignArguments, place: Place) -> Result<Appearance, Refusal> {
    let image = arguments.image.as_deref().map(files::read).transpose().map_err(Refusal::Usage)?;
    let text = arguments.text.as_deref().unwrap_or_default();
    let lines: Vec<Line> = text
        .split("\\n")
        .flat_map(str::lines)
        .filter_map(clean_line)
        .map(|text| Line { text, size: TEXT_SIZE })
        .collect();
    let font = (!lines.is_empty()).then(|| Font(FONT.to_vec()));
    Ok(Appearance { page: place.page, rectangle: place.rectangle, image, image_size: None, lines, font })
}
