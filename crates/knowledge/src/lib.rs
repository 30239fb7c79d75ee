//! The knowledge base: index pages, metadata, advisories and runs, in one embedded file.
