//! What takes a look to be known: what the project's own code uses, what is in the base image. Only what prescriptions ask is
//! looked for, and nothing of it is run.

mod image;
mod usage;

use prescriptions::{Asked, Image, LibraryUsage};
use serde::{Deserialize, Serialize};

use crate::{error::AdviseError, request::Request, world::World};

/// What was seen, as far as it was asked; `None` where nobody looked.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Seen {
    /// The symbols of libraries that the project's code uses.
    pub(crate) usage: Option<LibraryUsage>,
    /// What is in the base image.
    #[serde(default)]
    pub(crate) image: Option<Image>,
}

impl Seen {
    /// Looks for what is asked. What could not be seen goes into `notes`.
    ///
    /// # Errors
    /// When a folder that is to be looked into is none.
    pub(crate) async fn look(
        asked: &Asked,
        request: &Request,
        world: &World<'_>,
        notes: &mut Vec<String>,
    ) -> Result<Self, AdviseError> {
        let image = image::image(asked, request, notes)?;
        let usage = usage::library_usage(asked, request, world, notes).await?;
        Ok(Self { usage, image })
    }
}
