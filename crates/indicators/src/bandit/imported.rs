//! B401-B415: modules whose every import is worth a look. A name begins with the row, so `pickletools` is `pickle`.

use crate::{
    finding::Severity::{self, High, Low},
    rule::{Check, Family, Names, Rule},
};

const fn row(
    id: &'static str,
    name: &'static str,
    cwe: u16,
    severity: Severity,
    names: &'static [&'static str],
    message: &'static str,
) -> Rule {
    Rule { id, name, family: Family::Bandit, cwe: Some(cwe), check: Check::Imports(Names { names, severity, message }) }
}

pub(super) static RULES: &[Rule] = &[
    row("B401", "import_telnetlib", 319, High, &["telnetlib"], "`{name}` is for a protocol in clear text"),
    row("B402", "import_ftplib", 319, High, &["ftplib"], "`{name}` is for a protocol in clear text"),
    row(
        "B403",
        "import_pickle",
        502,
        Low,
        &["pickle", "cPickle", "dill", "shelve"],
        "`{name}` is of a module that runs whatever its data says",
    ),
    row("B404", "import_subprocess", 78, Low, &["subprocess"], "`{name}` starts programs"),
    row(
        "B405",
        "import_xml_etree",
        20,
        Low,
        &["xml.etree.cElementTree", "xml.etree.ElementTree"],
        "`{name}` reads XML that may expand without end or reach for files; `defusedxml` does not",
    ),
    row(
        "B406",
        "import_xml_sax",
        20,
        Low,
        &["xml.sax"],
        "`{name}` reads XML that may expand without end or reach for files; `defusedxml` does not",
    ),
    row(
        "B407",
        "import_xml_expat",
        20,
        Low,
        &["xml.dom.expatbuilder"],
        "`{name}` reads XML that may expand without end or reach for files; `defusedxml` does not",
    ),
    row(
        "B408",
        "import_xml_minidom",
        20,
        Low,
        &["xml.dom.minidom"],
        "`{name}` reads XML that may expand without end or reach for files; `defusedxml` does not",
    ),
    row(
        "B409",
        "import_xml_pulldom",
        20,
        Low,
        &["xml.dom.pulldom"],
        "`{name}` reads XML that may expand without end or reach for files; `defusedxml` does not",
    ),
    row(
        "B411",
        "import_xmlrpclib",
        20,
        High,
        &["xmlrpc"],
        "`{name}` reads XML from the network that may expand without end",
    ),
    row(
        "B412",
        "import_httpoxy",
        284,
        High,
        &["wsgiref.handlers.CGIHandler", "twisted.web.twcgi.CGIScript", "twisted.web.twcgi.CGIDirectory"],
        "`{name}` lets a request set the proxy of a script (httpoxy)",
    ),
    row(
        "B413",
        "import_pycrypto",
        327,
        High,
        &[
            "Crypto.Cipher",
            "Crypto.Hash",
            "Crypto.IO",
            "Crypto.Protocol",
            "Crypto.PublicKey",
            "Crypto.Random",
            "Crypto.Signature",
            "Crypto.Util",
        ],
        "`{name}` is of pycrypto, which nobody mends any more",
    ),
    row(
        "B415",
        "import_pyghmi",
        319,
        High,
        &["pyghmi"],
        "`{name}` is for a protocol that does not protect itself (IPMI)",
    ),
];
