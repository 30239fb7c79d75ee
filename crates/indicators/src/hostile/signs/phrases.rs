//! Telling phrases, and what each tells.

use super::super::traits::Traits;

#[rustfmt::skip]
pub(super) static PHRASES: &[(Traits, &[&str])] = &[
    (Traits::BROWSER, &[
        r"\user data\default", "user data/default", "google/chrome/default", "/login data", "\\login data",
        "login data", r"\local state", "/local state", "logins.json", "key4.db", "cookies.sqlite",
        "local storage/leveldb", r"local storage\leveldb", r"\network\cookies", "/network/cookies",
        "bravesoftware/brave-browser", r"bravesoftware\brave-browser", "opera software", "yandexbrowser",
        "discordcanary", "discordptb", r"\discord\local", "telegram desktop", "mozilla/firefox/profiles",
        r"mozilla\firefox\profiles", "library/keychains", "find-generic-password",
    ]),
    (Traits::WALLET, &[
        "wallet.dat", "electrum/wallets", r"electrum\wallets", "exodus/exodus.wallet", r"exodus\exodus.wallet",
        "exodus.wallet", "metamask", "nkbihfbeogaeaoehlefnkodbefgpgknn", "atomic/local storage",
        r"atomic\local storage", "ethereum/keystore", r"ethereum\keystore", ".config/solana/id.json", "ledger live",
        "coinomi", "phantom wallet", "trust wallet", "guarda",
    ]),
    (Traits::CLOUD, &[
        ".aws/credentials", r".aws\credentials", ".aws/config", "application_default_credentials.json",
        ".azure/accesstokens", ".azure/msal_token_cache", ".kube/config", "gcloud/credentials.db",
        "/var/run/secrets/kubernetes.io", ".docker/config.json", ".config/gcloud", ".oci/config",
        ".terraform.d/credentials", ".vault-token",
    ]),
    (Traits::PRIVATE, &[
        ".ssh/id_", r".ssh\id_", "id_rsa", "id_ed25519", "id_ecdsa", ".ssh/authorized_keys", ".git-credentials",
        ".gnupg/", "/etc/shadow", ".netrc", ".bash_history", ".zsh_history", ".pgpass", ".my.cnf",
    ]),
    (Traits::PUBLISHER, &[
        ".npmrc", ".pypirc", ".cargo/credentials", ".gem/credentials", ".config/gh/hosts.yml",
    ]),
    (Traits::METADATA, &[
        "169.254.169.254", "metadata.google.internal", "169.254.170.2",
    ]),
    (Traits::CHANNEL, &[
        "discord.com", "discordapp.com", "api.telegram.org", "webhook.site", "requestbin", "pipedream.net",
        "ngrok.io", "ngrok-free", "ngrok.app", "trycloudflare.com", "oast.", "oastify.com", "interact.sh",
        "interactsh", "burpcollaborator", "dnslog.", "canarytokens", "pastebin.com/raw", "paste.ee", "rentry.co",
        "hastebin", "paste.rs", "transfer.sh", "file.io/", "gofile.io", "anonfiles", "0x0.st", "catbox.moe",
        "bashupload", "temp.sh", "beeceptor", "hookbin", "requestcatcher", "serveo.net", "localtunnel", "loca.lt",
        ".onion", "ceye.io", "telegra.ph", "api.anonfile", "store1.gofile",
    ]),
    (Traits::OWN_ADDRESS, &[
        "api.ipify.org", "ipinfo.io", "ifconfig.me", "ip-api.com", "icanhazip", "checkip.", "ipapi.co", "ident.me",
    ]),
    (Traits::PERSISTENT, &[
        r"currentversion\run", "/etc/cron", "crontab -", "| crontab", ".config/systemd/user", "/etc/systemd/system",
        "systemctl enable", "systemctl --user enable", ".config/autostart", "library/launchagents",
        "library/launchdaemons", r"start menu\programs\startup", "start menu/programs/startup", "schtasks /create",
        "schtasks", ".bashrc", ".zshrc", ".bash_profile", ".profile", "/etc/rc.local", "/etc/ld.so.preload",
        "launchctl load", "onlogon", "usercustomize", "/etc/profile.d",
    ]),
    (Traits::DOWNLOAD, &[
        "| sh", "|sh", "| bash", "|bash", "| python", "|python", "powershell -enc", "powershell -e ",
        "-encodedcommand", "-windowstyle hidden", "-w hidden", "downloadstring", "downloadfile(", "invoke-webrequest",
        "invoke-expression", "iex(", "iex (", "mshta http", "mshta.exe http", "certutil -urlcache",
        "certutil.exe -urlcache", "bitsadmin /transfer", "regsvr32 /s", "rundll32 javascript", "start-bitstransfer",
        "bash -c \"$(curl", "sh -c \"$(curl", "bash <(curl", "$(wget",
    ]),
    (Traits::SHELL, &[
        "/dev/tcp/", "bash -i", " sh -i", "/sh -i", "nc -e", "ncat -e", "nc.exe -e", "mkfifo /tmp", "socat exec",
        "netcat -e",
    ]),
    (Traits::MINING, &[
        "stratum+tcp", "stratum+ssl", "xmrig", "minerd", "cpuminer", "minexmr", "moneroocean", "supportxmr",
        "nanopool", "nicehash", "--donate-level", "nbminer", "t-rex -a", "ethminer", "randomx", "hashvault",
        "2miners", "phoenixminer", "xmr-stak",
    ]),
    (Traits::ANALYST, &[
        "vmtoolsd", "vboxservice", "vboxtray", "vmwaretray", "vmwareuser", "wireshark", "ollydbg", "x64dbg", "x32dbg",
        "ida64", "fiddler", "httpdebugger", "processhacker", "procmon.exe", "procmon64", "sbiedll", "qemu-ga",
        "wdagutilityaccount", "vboxguest", "vmmouse", "joeboxserver", "joeboxcontrol", "pestudio", "dumpcap",
        "df5serv", "prl_tools", "xenservice", "isdebuggerpresent", "sandboxie",
    ]),
    (Traits::SPREADING, &[
        "npm publish", "twine upload", ".github/workflows", ".git/hooks", "api.github.com/user/repos", "trufflehog",
        "shai-hulud", "gh repo create", "git push --force", "sitecustomize.py", "site-packages",
    ]),
    (Traits::DESTRUCTIVE, &[
        "rm -rf /", "rm -rf ~", "rm -rf $home", "rm -fr /", "rm -rf --no-preserve-root", "format c:", "del /f /s /q",
        "rd /s /q c:", "dd if=/dev/zero of=/dev/", "mkfs.", "vssadmin delete shadows", "cipher /w:",
        "shutdown /s", "shutdown /r", "shutdown -s -t", ":(){ :|:&",
    ]),
    (Traits::ASKS_MACHINE, &[
        "whoami", "hostname", "ipconfig", "ifconfig", "systeminfo", "uname -a", "wmic csproduct", "cat /etc/passwd",
    ]),
    (Traits::ASKS_ENVIRONMENT, &[
        "printenv",
    ]),
    (Traits::TOKEN_NAME, &[
        "aws_secret_access_key", "aws_access_key_id", "aws_session_token", "github_token", "gh_token", "npm_token",
        "pypi_token", "twine_password", "gitlab_token", "ci_job_token", "slack_token", "azure_client_secret",
        "openai_api_key", "anthropic_api_key", "actions_id_token_request_token", "docker_password", "vault_token",
        "stripe_secret_key",
    ]),
    (Traits::PAYMENT, &[
        "(bc1|[13])", "^0x[a-f0-9]{40}", "0x[a-fa-f0-9]{40}", "bc1[a-", "[13][a-km-z", "^t[a-za-z1-9]{33}",
        "4[0-9ab][1-9a-hj-np-z]{93}",
    ]),
    (Traits::BEFORE_TOKEN, &[
        "/api/webhooks/", "/bot",
    ]),
    (Traits::INLINE, &[
        "powershell", "pythonw", "cmd /c", "cmd.exe", "wscript", "cscript",
    ]),
];
