<?php
// Loaded by WordPress of itself: the site sends no mail and calls nobody, not even itself.

add_filter('pre_wp_mail', '__return_false');
add_filter('pre_http_request', fn() => new WP_Error('alone', 'This site calls nobody.'));
