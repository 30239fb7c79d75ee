//! What is known about releases: advisories joined by alias, severities, affected versions, the dossier.
