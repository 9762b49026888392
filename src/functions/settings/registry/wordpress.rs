//! WordPress: whose users wp-synch imports.

use super::{Kind, Setting, url_or_nothing};

/// All of them.
pub(super) const WORDPRESS: &[Setting] = &[WORDPRESS_URL, WORDPRESS_USER, WORDPRESS_PASSWORD];

/// The site.
pub const WORDPRESS_URL: Setting = Setting::new(
    Kind::Text,
    "wordpress-url",
    "The address of the WordPress site whose users wp-synch imports, such as https://shop.example.",
)
.checked(url_or_nothing);
/// Who asks there.
pub const WORDPRESS_USER: Setting = Setting::new(
    Kind::Text,
    "wordpress-user",
    "The WordPress user that wp-synch asks as; one who may list and edit users.",
);
/// The application password.
pub const WORDPRESS_PASSWORD: Setting = Setting::new(
    Kind::Password,
    "wordpress-password",
    "An application password of that user (WordPress: Users, Profile, Application Passwords).",
);
