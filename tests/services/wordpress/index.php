<?php
// The front door for all paths, as WordPress's own index.php is, but with the settings beside it.

require __DIR__ . '/wp-config.php';
wp();
