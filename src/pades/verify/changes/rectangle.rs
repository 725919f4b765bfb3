//! Areas on a page and how content moves them (ISO 32000-2 §7.9.5, §8.3.3).

use crate::pdf::{Dict, Object, Pdf, PdfError};

/// An area with sides along the axes of the page.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Rectangle {
    pub(crate) left: f64,
    pub(crate) bottom: f64,
    pub(crate) right: f64,
    pub(crate) top: f64,
}

impl Rectangle {
    /// The area of a key such as `/Rect`, whichever corners it names.
    pub(crate) fn of(pdf: &Pdf<'_>, dict: &Dict, key: &str) -> Result<Option<Rectangle>, PdfError> {
        let value = pdf.value(dict, key)?;
        let mut corners = Vec::new();
        for item in value.array().unwrap_or_default() {
            corners.extend(pdf.resolve(item)?.number());
        }
        Ok(match corners.as_slice() {
            [a, b, c, d] => Some(Rectangle::around(&[(*a, *b), (*c, *d)])),
            _ => None,
        })
    }

    /// The smallest area that holds all points.
    pub(crate) fn around(points: &[(f64, f64)]) -> Rectangle {
        let fold = |of: fn(&(f64, f64)) -> f64, with: fn(f64, f64) -> f64, from: f64| {
            points.iter().map(of).fold(from, with)
        };
        Rectangle {
            left: fold(|p| p.0, f64::min, f64::INFINITY),
            bottom: fold(|p| p.1, f64::min, f64::INFINITY),
            right: fold(|p| p.0, f64::max, f64::NEG_INFINITY),
            top: fold(|p| p.1, f64::max, f64::NEG_INFINITY),
        }
    }

    pub(crate) fn size(&self) -> f64 {
        (self.right - self.left).max(0.0) * (self.top - self.bottom).max(0.0)
    }

    /// How much of this area another one lies over, 0 to 1.
    pub(crate) fn share_under(&self, other: &Rectangle) -> f64 {
        let width = self.right.min(other.right) - self.left.max(other.left);
        let height = self.top.min(other.top) - self.bottom.max(other.bottom);
        let size = self.size();
        if size > 0.0 { width.max(0.0) * height.max(0.0) / size } else { 0.0 }
    }

    pub(crate) fn corners(&self) -> [(f64, f64); 4] {
        [(self.left, self.bottom), (self.right, self.bottom), (self.right, self.top), (self.left, self.top)]
    }
}

/// A transformation matrix `[a b c d e f]`.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Matrix(pub(crate) [f64; 6]);

impl Matrix {
    pub(crate) const IDENTITY: Matrix = Matrix([1.0, 0.0, 0.0, 1.0, 0.0, 0.0]);

    /// Six numbers, or nothing moved.
    pub(crate) fn of(object: &Object) -> Matrix {
        let numbers: Vec<f64> =
            object.array().unwrap_or_default().iter().filter_map(Object::number).collect();
        numbers.try_into().map_or(Matrix::IDENTITY, Matrix)
    }

    /// This one first, then another.
    pub(crate) fn then(&self, next: &Matrix) -> Matrix {
        let ([a, b, c, d, e, f], [g, h, i, j, k, l]) = (self.0, next.0);
        Matrix([
            a * g + b * i,
            a * h + b * j,
            c * g + d * i,
            c * h + d * j,
            e * g + f * i + k,
            e * h + f * j + l,
        ])
    }

    pub(crate) fn point(&self, (x, y): (f64, f64)) -> (f64, f64) {
        let [a, b, c, d, e, f] = self.0;
        (a * x + c * y + e, b * x + d * y + f)
    }

    pub(crate) fn area(&self, area: &Rectangle) -> Rectangle {
        Rectangle::around(&area.corners().map(|corner| self.point(corner)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_share_is_of_what_lies_under() {
        let area = |left, right| Rectangle { left, bottom: 0.0, right, top: 10.0 };
        assert_eq!(area(0.0, 10.0).share_under(&area(5.0, 100.0)), 0.5);
        assert_eq!(area(0.0, 100.0).share_under(&area(0.0, 10.0)), 0.1);
        assert_eq!(area(0.0, 10.0).share_under(&area(20.0, 30.0)), 0.0);
    }

    #[test]
    fn matrices_apply_in_order() {
        let scale = Matrix([2.0, 0.0, 0.0, 2.0, 0.0, 0.0]);
        let shift = Matrix([1.0, 0.0, 0.0, 1.0, 5.0, 0.0]);
        assert_eq!(scale.then(&shift).point((1.0, 1.0)), (7.0, 2.0));
        assert_eq!(shift.then(&scale).point((1.0, 1.0)), (12.0, 2.0));
    }
}
