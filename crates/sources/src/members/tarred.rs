//! The files of a tar archive.

use std::io::{self, Read};

use super::{Fault, account::Account};
use crate::tarball::{self, Limits, Member, TarError};

/// Reads a tar archive, decompressed and metered.
pub(super) fn read(account: &mut Account<'_>, reader: &mut dyn Read) {
    // Both are bounded by the account, which all nested archives share.
    let limits = Limits { entries: u64::MAX, total: u64::MAX };
    let mut counted = true;
    let result = tarball::each_member(reader, limits, &mut |path, member| {
        counted = account.count();
        if counted {
            take(account, path, member)?;
        }
        Ok(counted && !account.is_spent())
    });
    match result {
        Ok(()) if account.is_spent() => account.stopped(""),
        Ok(()) => {}
        Err(TarError::Ambiguous(path, why)) => {
            account.flaw(Fault::Lying, &path, why);
            account.flaw(Fault::Unreadable, "", "was not read beyond a member that can be read in two ways");
        }
        Err(error) => account.stopped(&error.to_string().replacen("it ", "", 1)),
    }
}

fn take(account: &mut Account<'_>, path: &str, member: Member<'_>) -> io::Result<()> {
    match member {
        Member::File(size, data) => {
            account.meet(path);
            let mut bytes = Vec::new();
            let share = account.share(size);
            data.take(share).read_to_end(&mut bytes)?;
            if (bytes.len() as u64) < share {
                return Err(io::ErrorKind::UnexpectedEof.into());
            }
            account.hand_on(path, &bytes, size);
        }
        Member::Link { target, hard } => {
            account.meet(path);
            account.link(path, target, hard);
        }
        // Two entries for one folder are what tar itself writes.
        Member::Folder => {
            if let Some(why) = super::name::fault(path).filter(|_| !super::name::plain(path).is_empty()) {
                account.flaw(Fault::Path, path, why);
            }
        }
        Member::Other(kind) => {
            account.meet(path);
            let detail = match kind {
                b'3' | b'4' => "is a device".to_string(),
                b'6' => "is a pipe".to_string(),
                b'S' => "is a sparse file, whose content was not looked at".to_string(),
                other => format!("is of the type `{}`, which was not looked at", char::from(other).escape_default()),
            };
            account.flaw(Fault::Special, path, &detail);
        }
    }
    Ok(())
}
