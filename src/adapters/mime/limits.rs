//! Whatever a stranger sends stays within the limits of what is read.

use proptest::prelude::*;

use super::{cut_quote, read};

proptest! {
    #[test]
    fn whatever_comes_stays_within_the_limits(
        headers in proptest::collection::vec(
            "(From|To|Subject|Message-ID|References|Content-Type|Content-Transfer-Encoding|Date): [ -~\r\n\u{fc}]{0,80}",
            0..8,
        ),
        parts in proptest::collection::vec(proptest::collection::vec(any::<u8>(), 0..200), 0..70),
        cut in 0_usize..4000,
    ) {
        let mut raw = format!(
            "{}\r\nContent-Type: multipart/mixed; boundary=x\r\n\r\n", headers.join("\r\n"),
        ).into_bytes();
        for part in &parts {
            raw.extend(b"--x\r\nContent-Disposition: attachment; filename=\"../../a/");
            raw.extend(part);
            raw.extend(b"\"\r\n\r\n");
            raw.extend(part);
            raw.extend(b"\r\n");
        }
        raw.truncate(raw.len().saturating_sub(cut));
        if let Some(mail) = read(&raw) {
            let fields = [&mail.message_id, &mail.from.name, &mail.from.address, &mail.subject];
            for field in fields.into_iter().chain(&mail.answers) {
                prop_assert!(field.chars().count() <= 1000 && !field.contains(char::is_control));
            }
            prop_assert!(mail.to.len() <= 200 && mail.answers.len() <= 20);
            prop_assert!(mail.text.len() <= 256 << 10 && !mail.text.contains('\0'));
            prop_assert!(mail.attachments.len() <= 50);
            for file in &mail.attachments {
                prop_assert!(!file.name.is_empty() && file.name.chars().count() <= 100);
                prop_assert!(!file.name.contains(['/', '\\']) && !file.name.contains(char::is_control));
                prop_assert!(!file.name.starts_with('.') && file.bytes.len() <= 4 * raw.len());
            }
            prop_assert!(mail.text.contains(cut_quote(&mail.text)));
        }
    }
}
