//! Calls by their qualified names, with what they do and what their results are.

use super::{super::traits::Traits, Act};
use crate::programs::STARTERS;

#[rustfmt::skip]
pub(super) static TABLE: &[(Act, Traits, &[&str])] = &[
    (Act::Run, Traits::NONE, &[
        "exec", "eval", "execfile", "types.FunctionType", "runpy.run_path", "code.InteractiveInterpreter().runcode",
    ]),
    (Act::Import, Traits::NONE, &[
        "__import__", "importlib.import_module", "importlib.__import__",
    ]),
    (Act::Attribute, Traits::NONE, &[
        "getattr",
    ]),
    (Act::Process, Traits::OUTPUT, STARTERS),
    (Act::Fetch, Traits::NETWORK, &[
        "requests.get", "requests.head", "requests.Session().get", "requests.session().get", "httpx.get",
        "httpx.stream", "httpx.Client().get", "httpx.AsyncClient().get", "aiohttp.ClientSession().get",
        "urllib.request.urlopen", "urllib2.urlopen", "urllib.urlopen", "urllib.request.urlretrieve",
        "urllib.urlretrieve", "urllib.request.URLopener().retrieve", "urllib.request.build_opener().open",
        "urllib3.PoolManager().request", "urllib3.request", "wget.download",
        "http.client.HTTPSConnection().getresponse", "http.client.HTTPConnection().getresponse",
        "httplib.HTTPSConnection().getresponse", "httplib.HTTPConnection().getresponse", "socket.socket().recv",
        "socket.socket().recvfrom", "socket.create_connection().recv", "ssl.wrap_socket().recv",
        "ftplib.FTP().retrbinary", "pycurl.Curl().perform", "cloudscraper.create_scraper().get", "gdown.download",
        "dns.resolver.resolve", "dns.resolver.query",
    ]),
    (Act::Send, Traits::NETWORK, &[
        "requests.post", "requests.put", "requests.patch", "requests.request", "requests.Session().post",
        "requests.Session().put", "requests.Session().request", "requests.session().post", "httpx.post", "httpx.put",
        "httpx.Client().post", "httpx.AsyncClient().post", "aiohttp.ClientSession().post",
        "aiohttp.ClientSession().put", "http.client.HTTPSConnection().request",
        "http.client.HTTPConnection().request", "httplib.HTTPSConnection().request",
        "httplib.HTTPConnection().request", "socket.socket().send", "socket.socket().sendall",
        "socket.socket().sendto", "socket.create_connection().send", "socket.create_connection().sendall",
        "smtplib.SMTP().sendmail", "smtplib.SMTP().send_message", "smtplib.SMTP_SSL().sendmail",
        "smtplib.SMTP_SSL().send_message", "ftplib.FTP().storbinary", "dhooks.Webhook().send",
        "discord_webhook.DiscordWebhook", "discord.Webhook.from_url().send", "discord.SyncWebhook.from_url().send",
        "telebot.TeleBot().send_message", "telebot.TeleBot().send_document", "websocket.create_connection().send",
        "websocket.WebSocket().send", "paramiko.SFTPClient().put", "urllib3.PoolManager().request_encode_body",
    ]),
    (Act::Login, Traits::NONE, &[
        "smtplib.SMTP().login", "smtplib.SMTP_SSL().login",
    ]),
    (Act::Resolve, Traits::NONE, &[
        "socket.gethostbyname", "socket.gethostbyname_ex", "socket.getaddrinfo", "dns.resolver.Resolver().resolve",
        "dns.resolver.Resolver().query",
    ]),
    (Act::Connect, Traits::NONE, &[
        "socket.socket().connect", "socket.socket().connect_ex", "socket.create_connection",
    ]),
    (Act::Duplicate, Traits::NONE, &[
        "os.dup2",
    ]),
    (Act::Terminal, Traits::NONE, &[
        "pty.spawn", "pty.fork",
    ]),
    (Act::Write, Traits::NONE, &[
        "open().write", "open().writelines", "io.open().write", "codecs.open().write", "os.fdopen().write",
        "os.write", "pathlib.Path().write_text", "pathlib.Path().write_bytes", "pathlib.Path().open().write",
        "tempfile.NamedTemporaryFile().write", "tempfile.TemporaryFile().write", "shutil.copyfileobj",
        "aiofiles.open().write", "pathlib.Path.home().write_text", "os.fdopen().writelines",
    ]),
    (Act::Copy, Traits::NONE, &[
        "shutil.copy", "shutil.copy2", "shutil.copyfile", "shutil.move", "os.rename", "os.replace", "os.link",
        "os.symlink",
    ]),
    (Act::Remove, Traits::NONE, &[
        "shutil.rmtree", "os.remove", "os.unlink", "os.rmdir", "pathlib.Path().unlink",
    ]),
    (Act::Open, Traits::NONE, &[
        "open", "io.open", "codecs.open", "sqlite3.connect", "pathlib.Path().open", "aiofiles.open",
    ]),
    (Act::Registry, Traits::NONE, &[
        "winreg.SetValueEx", "winreg.SetValue", "_winreg.SetValueEx", "winreg.CreateKey", "winreg.OpenKey",
        "winreg.CreateKeyEx", "winreg.OpenKeyEx",
    ]),
    (Act::Load, Traits::NONE, &[
        "ctypes.CDLL", "ctypes.cdll.LoadLibrary", "ctypes.WinDLL", "ctypes.windll.LoadLibrary", "ctypes.PyDLL",
    ]),
    (Act::ReadClipboard, Traits::WATCHED, &[
        "pyperclip.paste", "clipboard.paste", "win32clipboard.GetClipboardData", "tkinter.Tk().clipboard_get",
        "pyperclip.waitForNewPaste", "pandas.io.clipboard.paste",
    ]),
    (Act::WriteClipboard, Traits::NONE, &[
        "pyperclip.copy", "clipboard.copy", "win32clipboard.SetClipboardText", "win32clipboard.SetClipboardData",
        "tkinter.Tk().clipboard_append",
    ]),
    (Act::Decode, Traits::DECODED, &[
        "base64.b64decode", "base64.urlsafe_b64decode", "base64.standard_b64decode", "base64.b32decode",
        "base64.b16decode", "base64.b85decode", "base64.a85decode", "base64.decodebytes", "base64.decodestring",
        "binascii.unhexlify", "binascii.a2b_hex", "binascii.a2b_base64", "zlib.decompress", "gzip.decompress",
        "bz2.decompress", "lzma.decompress", "zlib.decompressobj().decompress", "codecs.decode", "bytes.fromhex",
        "bytearray.fromhex", "marshal.loads", "cryptography.fernet.Fernet().decrypt", "fernet.Fernet().decrypt",
        "Crypto.Cipher.AES.new().decrypt", "Cryptodome.Cipher.AES.new().decrypt", "chr",
        "pyaes.AESModeOfOperationGCM().decrypt",
    ]),
    (Act::Tell, Traits::MACHINE, &[
        "socket.gethostname", "socket.getfqdn", "platform.node", "platform.uname", "os.uname", "getpass.getuser",
        "os.getlogin", "uuid.getnode", "pwd.getpwuid", "psutil.net_if_addrs",
    ]),
    (Act::Tell, Traits::SECRET, &[
        "keyring.get_password", "keyring.get_credential", "browser_cookie3.chrome", "browser_cookie3.load",
        "browser_cookie3.firefox", "win32crypt.CryptUnprotectData", "secretstorage.get_default_collection",
        "ctypes.windll.crypt32.CryptUnprotectData",
    ]),
    (Act::Tell, Traits::WATCHED, &[
        "PIL.ImageGrab.grab", "ImageGrab.grab", "pyautogui.screenshot", "mss.mss().shot", "mss.mss().grab",
        "cv2.VideoCapture().read", "pynput.keyboard.Listener", "pynput.mouse.Listener", "keyboard.on_press",
        "keyboard.hook", "keyboard.record", "keyboard.on_release", "sounddevice.rec", "pyscreenshot.grab",
    ]),
    (Act::Tell, Traits::SOCKET, &[
        "socket.socket",
    ]),
    (Act::Tell, Traits::HOME, &[
        "os.path.expanduser", "pathlib.Path.home",
    ]),
    (Act::Tell, Traits::VARIABLE, &[
        "os.getenv", "os.environ.get", "os.environ.pop", "os.environ.setdefault",
    ]),
    (Act::Tell, Traits::ENVIRONMENT, &[
        "os.environ.copy", "os.environ.items", "os.environ.values",
    ]),
    (Act::Tell, Traits::ENCODED, &[
        "base64.b64encode", "base64.urlsafe_b64encode", "base64.b32encode", "binascii.hexlify", "zlib.compress",
        "gzip.compress", "base64.encodebytes",
    ]),
];
