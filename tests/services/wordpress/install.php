<?php
// Sets up the site with its administrator and the users of a file, and prints an application password
// of the administrator.

const ADMIN = ['user_login' => 'admin', 'user_email' => 'admin@wordpress.example'];

// WordPress expects to be asked over HTTP.
$_SERVER['HTTP_HOST'] = 'localhost';
$_SERVER['SERVER_PROTOCOL'] = 'HTTP/1.1';
define('WP_INSTALLING', true);
require __DIR__ . '/wp-config.php';
require ABSPATH . 'wp-admin/includes/upgrade.php';

function must($result)
{
    if (is_wp_error($result)) {
        throw new Exception($result->get_error_message());
    }
    return $result;
}

$password = wp_generate_password();
$installed = wp_install('Shop', ADMIN['user_login'], ADMIN['user_email'], false, '', $password);

// The addresses that the REST API is documented with, /wp-json/…
$wp_rewrite->set_permalink_structure('/%postname%/');
flush_rewrite_rules();

// Installed, it remembers its options; and only what is set needs a row, each a few questions to the
// database.
wp_installing(false);
add_filter('insert_user_meta', fn($rows) => array_intersect_key($rows, array_flip(['nickname', 'first_name', 'last_name'])));
$wpdb->query('START TRANSACTION');
foreach (json_decode(file_get_contents($argv[1]), true, 512, JSON_THROW_ON_ERROR) as $user) {
    must(wp_insert_user($user + ['user_pass' => $password]));
}
$wpdb->query('COMMIT');

[$secret] = must(WP_Application_Passwords::create_new_application_password($installed['user_id'], ['name' => 'Chat']));
echo $secret;
