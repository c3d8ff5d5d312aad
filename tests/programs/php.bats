# SPDX-License-Identifier: GPL-2.0-or-later
# PHP with shmop: data that one request leaves for the next, while nobody runs.
load common

php() {
	need_program php
	command php -r 'exit(function_exists("shmop_open") ? 0 : 1);' ||
		skip "php has no shmop"
	timeout 20 php -r "$1"
}

write='$s = shmop_open(0xff3, "c", 0644, 100); shmop_write($s, "cached", 0);'
read='$s = shmop_open(0xff3, "a", 0, 0); echo shmop_read($s, 0, 6);'

@test "PHP's segment stays when php has ended, and the next php reads it" {
	php "$write"
	id=$(ids)
	gc --system
	kept "$id" "can find it by its key"
	[ "$(php "$read")" = cached ]
}

@test "PHP's segment goes when php has ended, with --keyed" {
	php "$write"
	id=$(ids)
	harsh_gc
	removed "$id"
}
