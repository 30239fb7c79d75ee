//! The runtime environment a stack is chosen for: what markers and wheel tags are judged against.

use uv_pep440::Version;
use uv_pep508::MarkerEnvironment;
use uv_platform_tags::Tags;

/// One runtime environment, described by an interpreter or stated by the user.
#[derive(Clone, Debug)]
pub struct RuntimeEnvironment {
    /// What PEP 508 markers are evaluated with.
    pub markers: MarkerEnvironment,
    /// The wheel tags it accepts, best first (PEP 425, 600, 656).
    pub tags: Tags,
    /// The full Python version (`3.11.7`); what `Requires-Python` is judged against.
    pub python: Version,
    /// The platform, spelt as `--python-platform` takes it (`x86_64-manylinux_2_36`).
    pub platform: String,
}
