//! For tests: a Dovecot of one's own, without rights, on free ports and in a temporary folder.

use std::{
    fs,
    net::{TcpListener, TcpStream},
    os::unix::{
        fs::{MetadataExt, PermissionsExt, chown},
        process::CommandExt,
    },
    path::{Path, PathBuf},
    process::{Child, Command, Stdio},
    thread,
    time::{Duration, Instant},
};

use tempfile::TempDir;

/// How long Dovecot may take to listen.
const PATIENCE: Duration = Duration::from_secs(20);

/// A running Dovecot, which ends when this is dropped.
pub struct Dovecot {
    /// For IMAP; in clear at first, and over TLS.
    pub imap: u16,
    pub imaps: u16,
    /// For POP3.
    pub pop3: u16,
    pub pop3s: u16,
    folder: TempDir,
    child: Child,
}

impl Dovecot {
    /// With this certificate for localhost and its key.
    pub fn start(chain: &Path, key: &Path) -> Self {
        // Somebody else may take a free port between the choice and the start.
        (0..5)
            .find_map(|_| Self::try_start(chain, key))
            .expect("Dovecot listens (packages dovecot-imapd and dovecot-pop3d)")
    }

    fn try_start(chain: &Path, key: &Path) -> Option<Self> {
        let folder = tempfile::tempdir().unwrap();
        let owner = Owner::of(folder.path());
        let free = [(); 4].map(|()| TcpListener::bind("127.0.0.1:0").unwrap());
        let [imap, imaps, pop3, pop3s] = free.map(|listener| listener.local_addr().unwrap().port());
        let path = |name: &str| folder.path().join(name);
        let mut configuration = include_str!("dovecot.conf").to_owned();
        for (name, value) in [
            ("@FOLDER@", folder.path().display().to_string()),
            ("@IMAP@", imap.to_string()),
            ("@IMAPS@", imaps.to_string()),
            ("@POP3@", pop3.to_string()),
            ("@POP3S@", pop3s.to_string()),
            ("@USER@", owner.user.clone()),
            ("@GROUP@", owner.group.clone()),
            ("@UID@", owner.uid.to_string()),
            ("@GID@", owner.gid.to_string()),
        ] {
            configuration = configuration.replace(name, &value);
        }
        fs::write(path("dovecot.conf"), configuration).unwrap();
        fs::copy(chain, path("server.pem")).unwrap();
        fs::copy(key, path("server.key")).unwrap();
        for name in ["run", "state", "mail", "mail/new", "mail/cur", "mail/tmp"] {
            fs::create_dir(path(name)).unwrap();
        }
        owner.give(folder.path());
        let child = Command::new("/usr/sbin/dovecot")
            .args(["-F", "-c"])
            .arg(path("dovecot.conf"))
            .current_dir(folder.path())
            .stderr(Stdio::null())
            .uid(owner.uid)
            .gid(owner.gid)
            .spawn()
            .ok()?;
        let mut dovecot = Self {
            imap,
            imaps,
            pop3,
            pop3s,
            folder,
            child,
        };
        dovecot.listens().then_some(dovecot)
    }

    fn listens(&mut self) -> bool {
        let started = Instant::now();
        while started.elapsed() < PATIENCE && self.child.try_wait().unwrap().is_none() {
            let mut ports = [self.imaps, self.pop3s].into_iter();
            if ports.all(|port| TcpStream::connect(("127.0.0.1", port)).is_ok()) {
                return true;
            }
            // There is nothing to wait on: Dovecot does not tell when it listens.
            thread::sleep(Duration::from_millis(20));
        }
        false
    }

    /// Puts a mail into the mailbox, as a delivery does.
    pub fn deliver(&self, name: &str, mail: &str) {
        let path = self.folder.path().join("mail/tmp").join(name);
        fs::write(&path, mail.replace('\n', "\r\n")).unwrap();
        Owner::of(self.folder.path()).give(&path);
        fs::rename(&path, self.folder.path().join("mail/new").join(name)).unwrap();
    }

    /// Takes the right to read a new mail away from the server.
    pub fn lock(&self, name: &str) {
        let path = self.folder.path().join("mail/new").join(name);
        fs::set_permissions(path, fs::Permissions::from_mode(0o0)).unwrap();
    }

    /// The names of the mails in the mailbox.
    pub fn names(&self) -> Vec<String> {
        let folders = ["mail/new", "mail/cur"].map(|name| entries(&self.folder.path().join(name)));
        let mut names: Vec<String> = folders
            .concat()
            .iter()
            .filter_map(|path| name(path))
            .collect();
        names.sort();
        names
    }

    /// The names of the mails in the mailbox that are marked as seen.
    pub fn seen(&self) -> Vec<String> {
        let seen = self.marked().into_iter();
        let mut names: Vec<String> = seen.filter_map(|path| name(&path)).collect();
        names.sort();
        names
    }

    /// Where they lie.
    pub fn marked(&self) -> Vec<PathBuf> {
        let mut paths = entries(&self.folder.path().join("mail/cur"));
        paths.retain(|path| {
            let flags = path.to_str().and_then(|path| path.rsplit_once(":2,"));
            flags.is_some_and(|(_, flags)| flags.contains('S'))
        });
        paths
    }
}

impl Drop for Dovecot {
    fn drop(&mut self) {
        // So that it ends its own children too.
        let _ = Command::new("kill")
            .arg(self.child.id().to_string())
            .status();
        let _ = self.child.wait();
    }
}

/// As whom Dovecot runs: never root, which it refuses to read mail as.
struct Owner {
    user: String,
    group: String,
    uid: u32,
    gid: u32,
}

impl Owner {
    /// Whoever made the folder; for root, nobody.
    fn of(folder: &Path) -> Self {
        let id = |what: &str, name: &str| {
            let told = Command::new("id").args([what, name]).output().unwrap();
            String::from_utf8(told.stdout).unwrap().trim().to_owned()
        };
        let owner = fs::metadata(folder).unwrap().uid();
        let name = if owner == 0 {
            "nobody".to_owned()
        } else {
            owner.to_string()
        };
        Self {
            user: id("-un", &name),
            group: id("-gn", &name),
            uid: id("-u", &name).parse().unwrap(),
            gid: id("-g", &name).parse().unwrap(),
        }
    }

    /// Makes the path and all below it this owner's, where that is for us to say.
    fn give(&self, path: &Path) {
        if chown(path, Some(self.uid), Some(self.gid)).is_err() {
            return;
        }
        if path.is_dir() {
            fs::set_permissions(path, fs::Permissions::from_mode(0o700)).unwrap();
            for entry in entries(path) {
                self.give(&entry);
            }
        }
    }
}

/// A mail's name as it was delivered.
fn name(path: &Path) -> Option<String> {
    let name = path.file_name()?.to_str()?;
    let (name, _flags) = name.split_once(":2,").unwrap_or((name, ""));
    Some(name.to_owned())
}

fn entries(folder: &Path) -> Vec<PathBuf> {
    fs::read_dir(folder)
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .collect()
}
