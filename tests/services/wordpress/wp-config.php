<?php
// The settings of the site; what they leave open is WordPress's own default.

$folder = dirname(__DIR__);
$table_prefix = 'wp_';

// MariaDB makes this database, and its root without a password, when it is set up.
define('DB_NAME', 'test');
define('DB_USER', 'root');
define('DB_PASSWORD', '');
define('DB_HOST', "localhost:$folder/socket");
define('DB_CHARSET', 'utf8mb4');

// Where the code is Debian's, the content is ours.
define('ABSPATH', '/usr/share/wordpress/');
define('WP_CONTENT_DIR', __DIR__ . '/content');

// Application passwords want HTTPS, or a site that is on its developer's machine.
define('WP_ENVIRONMENT_TYPE', 'local');
define('WP_HOME', 'http://' . $_SERVER['HTTP_HOST']);
define('WP_SITEURL', WP_HOME);

// Nothing of its own accord: see also content/mu-plugins.
define('DISABLE_WP_CRON', true);
define('AUTOMATIC_UPDATER_DISABLED', true);
define('WP_HTTP_BLOCK_EXTERNAL', true);

require ABSPATH . 'wp-settings.php';
