//! Drawings: a few marks on a page, as SVG for people who zoom and PNG for places that show nothing else.
//!
//! [`Drawing`] is what there is to draw with, [`Axis`] puts numbers in their place, [`walks`] draws the run of a predictor
//! and [`trials`] what passed of what was tried.
//! Where a picture is written is the caller's.

mod axis;
mod drawing;
mod letters;
mod png;
mod raster;
mod svg;
mod trials;
mod walks;

use std::path::Path;

pub use self::{
    drawing::Drawing,
    trials::{Field, Map, trials},
    walks::walks,
};

/// The form of a picture.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Picture {
    /// Scalable vector graphics, with colours for a light and a dark page.
    Svg,
    /// Pixels, two for each unit of the drawing, on white.
    Png,
}

impl Picture {
    /// The form that a file's extension names.
    pub fn of(path: &Path) -> Option<Self> {
        let extension = path.extension()?.to_str()?;
        let is = |name: &str| extension.eq_ignore_ascii_case(name);
        [(Self::Svg, "svg"), (Self::Png, "png")].into_iter().find(|(_, name)| is(name)).map(|(form, _)| form)
    }

    /// The bytes of a drawing in this form.
    pub fn bytes(self, drawing: &Drawing) -> Vec<u8> {
        match self {
            Self::Svg => svg::text(drawing).into_bytes(),
            Self::Png => png::bytes(&raster::pixels(drawing)),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_extension_names_the_form() {
        let of = |path: &str| Picture::of(Path::new(path));
        assert_eq!(
            [of("a/walk.svg"), of("walk.PNG"), of("walk.jpeg"), of("svg"), of(".svg")],
            [Some(Picture::Svg), Some(Picture::Png), None, None, None]
        );
    }
}
