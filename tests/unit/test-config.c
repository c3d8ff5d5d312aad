/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Policy files in a directory of their own: what is read, merged, refused and shown. */
#include "unit.h"

#include <fcntl.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "config.h"
#include "setting.h"

#include "gc-conf.h"

static const struct config_paths paths = {"vendor", "site", "site.d", false};

/* What a test works with: the directory is the current one. */
struct scene {
	char directory[32];
	char message[1024]; /* what was last written to stderr */
};

/* Who trust.c believes to be. */
static uid_t believed;

uid_t __wrap_geteuid(void);
uid_t __wrap_geteuid(void)
{
	return believed;
}

static void put_bytes(const char *name, const char *text, size_t size)
{
	FILE *file = fopen(name, "w");

	assert_non_null(file);
	assert_int_equal(fwrite(text, 1, size, file), size);
	assert_int_equal(fclose(file), 0);
	assert_int_equal(chmod(name, 0644), 0);
}

static void put(const char *name, const char *text)
{
	put_bytes(name, text, strlen(text));
}

static int set_up(void **state)
{
	struct scene *scene = calloc(1, sizeof(*scene));

	strcpy(scene->directory, "/tmp/test-config.XXXXXX");
	*state = scene;
	return mkdtemp(scene->directory) && chdir(scene->directory) == 0 &&
			       mkdir("site.d", 0755) == 0
		       ? 0
		       : -1;
}

static int tear_down(void **state)
{
	struct scene *scene = *state;
	char command[64];

	believed = 0;
	snprintf(command, sizeof(command), "rm -rf %s", scene->directory);
	free(scene);
	return chdir("/") || system(command);
}

/* config_read_paths() with what it writes to stderr kept. */
static int read_paths(struct scene *scene, const struct config_paths *from,
		      struct config *config)
{
	const int saved = dup(STDERR_FILENO);
	FILE *kept = tmpfile();
	int result;

	assert_non_null(kept);
	dup2(fileno(kept), STDERR_FILENO);
	result = config_read_paths(from, config);
	dup2(saved, STDERR_FILENO);
	close(saved);
	rewind(kept);
	scene->message[fread(scene->message, 1, sizeof(scene->message) - 1, kept)] = '\0';
	fclose(kept);
	return result;
}

static void read_well(struct scene *scene, struct config *config)
{
	const int result = read_paths(scene, &paths, config);

	assert_string_equal(scene->message, "");
	assert_int_equal(result, 0);
}

/* Reading fails with this message, and leaves nothing. */
static void read_badly_from(struct scene *scene, const struct config_paths *from,
			    const char *message)
{
	struct config config;
	char expected[1024];

	assert_int_equal(read_paths(scene, from, &config), -1);
	snprintf(expected, sizeof(expected), "shmtool gc: %s\n", message);
	assert_string_equal(scene->message, expected);
	assert_int_equal(config.protects.count, 0);
	assert_null(config.protects.item);
	assert_null(config.gc.item);
	assert_null(config.rules.item);
}

static void read_badly(struct scene *scene, const char *message)
{
	read_badly_from(scene, &paths, message);
}

/* To be freed. */
static char *show(const struct config *config)
{
	char *text = NULL;
	size_t size;
	FILE *file = open_memstream(&text, &size);

	config_show(config, file);
	fclose(file);
	return text;
}

static void without_files_the_defaults_hold_and_the_built_in_rules(void **state)
{
	struct config config;
	struct policy policy;

	read_well(*state, &config);
	policy = config_policy(&config, 7, true);
	assert_int_equal(policy.older_than, 60 * 60);
	assert_int_equal(policy.keyed_older_than, 24 * 60 * 60);
	assert_false(policy.keyed);
	assert_false(policy.system);
	assert_false(policy.locked);
	assert_false(policy.ignore_last_user);
	assert_int_equal(policy.caller, 7);
	assert_true(policy.any_owner);
	assert_ptr_equal(policy.protects, &config.protects);
	assert_true(config.log);
	assert_true(config.max == UINT64_MAX);
	assert_true(config.max_bytes == UINT64_MAX);
	assert_int_equal(config.protects.count, 3);
	assert_string_equal(config.protects.item[0].name, "NTP reference clock");
	assert_int_equal(config.protects.item[0].filter.keys.item[0].first, 0x4e545030);
	assert_int_equal(config.protects.item[0].filter.keys.item[0].last, 0x4e54512f);
	assert_string_equal(config.protects.item[1].name, "gpsd");
	assert_int_equal(config.protects.item[1].filter.keys.item[0].first, 0x47505344);
	assert_string_equal(config.protects.item[2].name, "PostgreSQL");
	assert_int_equal(config.protects.item[2].filter.keys.item[0].first, 1);
	assert_int_equal(config.protects.item[2].filter.keys.item[0].last, 0xffffffff);
	assert_int_equal(config.protects.item[2].filter.min_size, 56);
	assert_int_equal(config.protects.item[2].filter.max_size, 56);
	config_release(&config);
}

static void a_vendor_file_is_read_instead_of_the_text_built_in(void **state)
{
	struct config config;

	put("vendor", "[gc]\nkeyed = yes\n");
	read_well(*state, &config);
	assert_true(config.keyed);
	assert_int_equal(config.protects.count, 0);
	config_release(&config);
}

static void a_later_file_wins_for_each_key(void **state)
{
	struct config config;

	put("vendor", "[gc]\nmax = 1\nmax-bytes = 1K\nolder-than = 1m\nlog = no\n");
	put("site", "[gc]\nmax = 2\nmax-bytes = 2K\nolder-than = 2m\n");
	put("site.d/10-b.conf", "[gc]\nmax = 4\n");
	put("site.d/10-B.conf", "[gc]\nmax = 3\nmax-bytes = 3K\n");
	read_well(*state, &config);
	assert_int_equal(config.max, 4);
	assert_int_equal(config.max_bytes, 3072);
	assert_int_equal(config.older_than, 120);
	assert_false(config.log);
	config_release(&config);
	put("site.d/20.conf", "[gc]\nmax = unlimited\nmax-bytes = unlimited\n");
	read_well(*state, &config);
	assert_true(config.max == UINT64_MAX);
	assert_true(config.max_bytes == UINT64_MAX);
	config_release(&config);
}

static void in_the_directory_only_visible_names_in_conf_count(void **state)
{
	struct config config;

	put("site.d/a.conf~", "x");
	put("site.d/a.conf.bak", "x");
	put("site.d/.a.conf", "x");
	put("site.d/.conf", "x");
	put("site.d/README", "x");
	read_well(*state, &config);
	config_release(&config);
	put("site.d/a.conf", "x");
	read_badly(*state,
		   "site.d/a.conf:1: outside of any section: expected a line such as "
		   "[gc] above it");
}

static void rules_of_all_files_are_in_force(void **state)
{
	struct config config;

	put("site",
	    "[protect one]\nkey = 1\n[gc]\nkeyed = yes\n[protect two]\nkey = 2\n");
	put("site.d/a.conf", "[protect gpsd]\nkey = 3\n");
	read_well(*state, &config);
	assert_int_equal(config.protects.count, 6);
	assert_string_equal(config.protects.item[3].name, "one");
	assert_string_equal(config.protects.item[4].name, "two");
	assert_string_equal(config.protects.item[5].name, "gpsd");
	assert_true(config.keyed);
	config_release(&config);
}

static void every_condition_fills_its_field(void **state)
{
	const struct filter *filter;
	struct config config;

	put("vendor", "[protect all]\n"
		      "key = 0x10-0x1f\nkey = 7\nowner = root\ncreator = 12\ngroup = 13\n"
		      "min-size = 1K\nmax-size = 1K\nmode = u=rw\ncommand = a b;c\n"
		      "[protect exact]\nsize = 5\n");
	read_well(*state, &config);
	filter = &config.protects.item[0].filter;
	assert_int_equal(filter->keys.count, 2);
	assert_int_equal(filter->keys.item[0].last, 0x1f);
	assert_int_equal(filter->keys.item[1].first, 7);
	assert_true(filter->owner.set && filter->owner.id == 0);
	assert_true(filter->creator.set && filter->creator.id == 12);
	assert_true(filter->group.set && filter->group.id == 13);
	assert_int_equal(filter->min_size, 1024);
	assert_int_equal(filter->max_size, 1024);
	assert_int_equal(filter->mode, 0600);
	assert_string_equal(config.protects.item[0].command, "a b;c");
	filter = &config.protects.item[1].filter;
	assert_int_equal(filter->min_size, 5);
	assert_int_equal(filter->max_size, 5);
	assert_null(config.protects.item[1].command);
	config_release(&config);
}

static void comments_and_the_ends_of_lines_may_be_of_any_kind(void **state)
{
	char text[1024];
	struct config config;

	snprintf(
		text, sizeof(text),
		"\xef\xbb\xbf[gc] ; first\r\n# %0600d\n  ; \x1b\n\t\n;[gc]\nmax=5 ; five\r\n"
		"older-than = 2h\n[protect  caf\xc3\xa9 \t]\nkey = 5",
		0);
	put("vendor", text);
	read_well(*state, &config);
	assert_int_equal(config.max, 5);
	assert_int_equal(config.older_than, 7200);
	assert_string_equal(config.protects.item[0].name, "caf\xc3\xa9");
	assert_int_equal(config.protects.item[0].filter.keys.item[0].first, 5);
	config_release(&config);
}

#define A10 "aaaaaaaaaa"
#define A80 A10 A10 A10 A10 A10 A10 A10 A10

static void whatever_is_wrong_is_refused_with_its_line(void **state)
{
	static const struct {
		const char *text, *message;
	} wrong[] = {
		{"[gc]\n\noldr-than = 1h\n", "3: unknown key 'oldr-than'"},
		{"[gc]\nkey = 1\n", "2: unknown key 'key'"},
		{"[gc]\nKeyed = yes\n", "2: unknown key 'Keyed'"},
		{"[gc]\n= yes\n", "2: unknown key ''"},
		{"[protect x]\nkeyed = yes\n", "2: unknown key 'keyed'"},
		{"[gcc]\n", "1: unknown section 'gcc'"},
		{"[]\n", "1: unknown section ''"},
		{"[ gc]\n", "1: unknown section ' gc'"},
		{"[protects x]\n", "1: unknown section 'protects x'"},
		{"# c\nkeyed = yes\n[gc]\n",
		 "2: outside of any section: expected a line such as [gc] above it"},
		{"[gc]\nkeyed = maybe\n", "2: keyed 'maybe': expected yes or no"},
		{"[gc]\nkeyed =\n", "2: keyed '': expected yes or no"},
		{"[gc]\nkeyed = yes # or no\n",
		 "2: keyed 'yes # or no': expected yes or no"},
		{"[gc]\nolder-than = 12x\n",
		 "2: older-than '12x': expected a duration such as 90s, 15m, 1h, 2d or 1w"},
		{"[gc]\nmax = -1\n",
		 "2: max '-1': expected a number such as 100, or unlimited"},
		{"[gc]\nmax = 18446744073709551615\n",
		 "2: max '18446744073709551615' is out of range: expected a number such as "
		 "100, or unlimited"},
		{"[gc]\nmax-bytes = 99999999999G\n",
		 "2: max-bytes '99999999999G' is out of range: expected a size such as 4096, "
		 "64K or 1GiB, or unlimited"},
		{"[gc]\nkeyed = no\nlog = no\nkeyed = no\n",
		 "4: key 'keyed' is there twice"},
		{"[gc]\n[gc]\n", "2: [gc] is there twice"},
		{"[gc]\nkeyed\nlog = no\n", "2: neither a [section] nor KEY = VALUE"},
		{"[protect x]\ncommand =;\n",
		 "2: a value cannot begin with ';', as a comment does"},
		{"[gc\n", "1: ']' is missing"},
		{"[gc] keyed = yes\n", "1: unexpected text after ']': 'keyed = yes'"},
		{"[gc]\nmax = 1\n 2\n",
		 "3: the line is indented: begin it in the first column"},
		{"[gc]\nmax = 1\n [protect x]\n",
		 "3: the line is indented: begin it in the first column"},
		{"[gc]\nmax = 1\x1b[2J\n",
		 "2: a control character, or bytes that are no UTF-8"},
		{"[gc]\nmax = 1 ; \xe2\x80\xae\n",
		 "2: a control character, or bytes that are no UTF-8"},
		{"[gc]\n[protect \xc2\x9b]\n",
		 "2: a control character, or bytes that are no UTF-8"},
		{"[protect \xff]\nkey = 1\n",
		 "1: a control character, or bytes that are no UTF-8"},
		{"[protect]\nkey = 1\n", "1: [protect] needs a name: [protect NAME]"},
		{"[protect ]\nkey = 1\n", "1: [protect] needs a name: [protect NAME]"},
		{"[protect a\tb]\nkey = 1\n",
		 "1: a control character in the name 'a\\x09b'"},
		{"[protect " A80 "b]\n", "1: a name longer than 80 bytes: '" A80 "b'"},
		{"[protect x]\n[gc]\nkeyed = no\n",
		 "1: [protect x] has no condition: it would protect all"},
		{"[gc]\n[protect x]\n# key = 1\n",
		 "2: [protect x] has no condition: it would protect all"},
		{"[protect x]\nkey = 1\n[protect y]\nkey = 1\n[protect x]\nkey = 2\n",
		 "5: [protect x] is there twice"},
		{"[protect x]\nowner = 1\nowner = 2\n", "3: key 'owner' is there twice"},
		{"[protect x]\nowner = no-such-user\n",
		 "2: owner 'no-such-user': expected the name of a user that there is, or a "
		 "number such as 1000 or +1000"},
		{"[protect x]\ngroup = no-such-group\n",
		 "2: group 'no-such-group': expected the name of a group that there is, or a "
		 "number such as 1000 or +1000"},
		{"[protect x]\nkey = 0\n",
		 "2: key '0': expected a key other than 0, such as 0x0001b207, or two with "
		 "a dash between"},
		{"[protect x]\nkey = 2-1\n",
		 "2: key '2-1': expected a key other than 0, such as 0x0001b207, or two "
		 "with a dash between"},
		{"[protect x]\nmode = 01600\n",
		 "2: mode '01600' is out of range: expected permissions such as 0640 or "
		 "u=rw,g=r"},
		{"[protect x]\ncommand =\n",
		 "2: command '': expected the name of a process as in /proc/PID/comm, of at "
		 "most 15 bytes"},
		{"[protect x]\ncommand = postgres-checkpt\n",
		 "2: command 'postgres-checkpt': expected the name of a process as in "
		 "/proc/PID/comm, of at most 15 bytes"},
		{"[protect x]\nsize = 1\nmin-size = 1\n",
		 "1: [protect x] has both size and min-size or max-size"},
		{"[protect x]\nmax-size = 1\nsize = 1\n",
		 "1: [protect x] has both size and min-size or max-size"},
		{"[protect x]\nmin-size = 2K\nmax-size = 1K\n",
		 "1: [protect x] protects nothing: min-size is above max-size"},
		/* The first error is the one that is told. */
		{"[gc]\nfoo = 1\nbar = 2\n", "2: unknown key 'foo'"},
	};
	char message[512];

	for (size_t i = 0; i < COUNT(wrong); i++) {
		put("site", wrong[i].text);
		snprintf(message, sizeof(message), "site:%s", wrong[i].message);
		read_badly(*state, message);
	}
}

static void a_line_that_is_too_long_for_inih_is_refused(void **state)
{
	struct config config;
	char text[512];

	snprintf(text, sizeof(text), "[gc]\nmax = 7 %*s; x\nkeyed = yes", 186, "");
	assert_int_equal(strcspn(text + 5, "\n"), 197);
	put("site", text);
	read_well(*state, &config);
	assert_true(config.keyed);
	config_release(&config);
	snprintf(text, sizeof(text), "[gc]\nmax = 7 %*s; x\nkeyed = yes", 187, "");
	put("site", text);
	read_badly(*state, "site:2: the line is longer than 197 bytes");
	snprintf(text, sizeof(text), "[gc]\nmax = 7 ; %*s keyed = yes\n", 400, "");
	put("site", text);
	read_badly(*state, "site:2: the line is longer than 197 bytes");
}

static void a_zero_byte_is_refused(void **state)
{
	static const char text[] = "[gc]\n# \0\nkeyed = yes\n";

	put_bytes("site", text, sizeof(text) - 1);
	read_badly(*state, "site:2: a zero byte: this is no text");
}

static void a_file_that_was_asked_for_must_be_there(void **state)
{
	static const struct config_paths asked = {"vendor", "\x1b[2Jfile", NULL, true};

	read_badly_from(*state, &asked, "\\x1b[2Jfile: No such file or directory");
}

static void what_is_there_but_cannot_be_read_is_an_error(void **state)
{
	assert_int_equal(symlink("nowhere", "site"), 0);
	read_badly(*state, "site: No such file or directory");
	assert_int_equal(unlink("site"), 0);
	assert_int_equal(mkdir("site", 0755), 0);
	read_badly(*state, "site: not a regular file");
	assert_int_equal(rmdir("site"), 0);
	assert_int_equal(mkfifo("site", 0600), 0);
	read_badly(*state, "site: not a regular file");
	assert_int_equal(unlink("site"), 0);
	assert_int_equal(symlink("site", "site"), 0);
	read_badly(*state, "site: Too many levels of symbolic links");
	assert_int_equal(unlink("site"), 0);
	assert_int_equal(rmdir("site.d"), 0);
	put("site.d", "");
	read_badly(*state, "site.d: Not a directory");
}

static void refuse_writable_directory(struct scene *scene,
				      const struct config_paths *from)
{
	char message[256];

	snprintf(message, sizeof(message),
		 "%s: not trusted, as others may write to it: chmod go-w %s",
		 scene->directory, scene->directory);
	read_badly_from(scene, from, message);
}

static void without_a_directory_there_are_no_more_files(void **state)
{
	struct config config;

	assert_int_equal(rmdir("site.d"), 0);
	read_well(*state, &config);
	config_release(&config);
	assert_int_equal(chmod(".", 0777), 0);
	refuse_writable_directory(*state, &paths);
}

static void root_refuses_what_others_may_write_to(void **state)
{
	struct config config;

	put("site", "");
	assert_int_equal(chmod("site", 0664), 0);
	read_badly(*state,
		   "site: not trusted, as others may write to it: chmod go-w site");
	believed = 1000;
	read_well(*state, &config);
	config_release(&config);
	believed = 0;

	assert_int_equal(chmod("site", 0644), 0);
	assert_int_equal(chmod(".", 0757), 0);
	put("vendor", "");
	refuse_writable_directory(*state, &paths);
}

static void root_follows_a_link_that_only_root_can_change(void **state)
{
	static const struct config_paths linked = {"safe/vendor", "site", NULL, true};
	struct config config;

	assert_int_equal(mkdir("safe", 0755), 0);
	put("safe/vendor", "");
	put("safe/file", "[gc]\nkeyed = yes\n");
	assert_int_equal(symlink("safe/file", "site"), 0);
	read_well(*state, &config);
	assert_true(config.keyed);
	config_release(&config);

	assert_int_equal(chmod(".", 0757), 0);
	refuse_writable_directory(*state, &linked);
	assert_int_equal(chmod(".", 01777), 0);
	read_well(*state, &config);
	config_release(&config);
}

static void in_a_sticky_directory_root_reads_a_file_but_no_directory(void **state)
{
	struct config config;

	put("site", "[gc]\nkeyed = yes\n");
	assert_int_equal(chmod(".", 01777), 0);
	read_well(*state, &config);
	assert_true(config.keyed);
	config_release(&config);
	assert_int_equal(chmod("site.d", 01777), 0);
	read_badly(*state,
		   "site.d: not trusted, as others may write to it: chmod go-w site.d");
}

static void root_refuses_what_another_user_owns(void **state)
{
	put("site", "");
	assert_int_equal(chown("site", 1000, (gid_t)-1), 0);
	read_badly(*state, "site: not trusted, as UID 1000 owns it: chown root site");
	assert_int_equal(chown("site", 0, (gid_t)-1), 0);
	assert_int_equal(rename("site", "other"), 0);
	assert_int_equal(symlink("other", "site"), 0);
	assert_int_equal(lchown("site", 1000, (gid_t)-1), 0);
	read_badly(*state, "site: not trusted, as this link is not root's");
	assert_int_equal(lchown("site", 0, (gid_t)-1), 0);
	assert_int_equal(chown("site.d", 1000, (gid_t)-1), 0);
	read_badly(*state, "site.d: not trusted, as UID 1000 owns it: chown root site.d");
}

static void root_goes_by_no_directory_of_another_on_the_way(void **state)
{
	static const struct config_paths below = {"vendor", "his/site/conf", NULL, true},
					 linked = {"vendor", "link/conf", NULL, true},
					 above = {"vendor", "his/../good", NULL, true},
					 listed = {"vendor", "good", "his/site", false};
	static const char message[] =
		"his: not trusted, as UID 1000 owns it: chown root his";
	struct config config;

	assert_int_equal(mkdir("his", 0755) || mkdir("his/site", 0755), 0);
	put("his/site/conf", "[gc]\n");
	put("good", "[gc]\n");
	assert_int_equal(symlink("his/site", "link"), 0);
	assert_int_equal(read_paths(*state, &linked, &config), 0);
	config_release(&config);
	assert_int_equal(chown("his", 1000, (gid_t)-1), 0);
	read_badly_from(*state, &below, message);
	read_badly_from(*state, &linked, message);
	read_badly_from(*state, &above, message);
	read_badly_from(*state, &listed, message);
	believed = 1000;
	assert_int_equal(read_paths(*state, &below, &config), 0);
	config_release(&config);
}

static void links_in_the_middle_of_a_path_are_roots_too(void **state)
{
	struct scene *scene = *state;
	const struct config_paths linked = {"vendor", "way/again/conf", NULL, true};
	struct config config;
	char absolute[64];

	snprintf(absolute, sizeof(absolute), "%s/safe/", scene->directory);
	assert_int_equal(mkdir("safe", 0755), 0);
	put("safe/conf", "[gc]\nkeyed = yes\n");
	assert_int_equal(symlink(absolute, "way") || symlink(".././safe", "safe/again"),
			 0);
	assert_int_equal(read_paths(scene, &linked, &config), 0);
	assert_true(config.keyed);
	config_release(&config);
	assert_int_equal(lchown("way", 1000, (gid_t)-1), 0);
	read_badly_from(scene, &linked, "way: not trusted, as this link is not root's");
}

static void a_path_without_end_or_sense_is_an_error(void **state)
{
	static const struct config_paths loop = {"vendor", "loop/conf", NULL, true},
					 slash = {"vendor", "site/", NULL, true},
					 file = {"vendor", "site/conf", NULL, true},
					 root = {"vendor", "/", NULL, true};

	put("site", "[gc]\n");
	assert_int_equal(symlink("loop", "loop"), 0);
	read_badly_from(*state, &loop, "loop/conf: Too many levels of symbolic links");
	read_badly_from(*state, &slash, "site/: Not a directory");
	read_badly_from(*state, &file, "site/conf: Not a directory");
	read_badly_from(*state, &root, "/: not a regular file");
}

static void show_says_where_each_line_is_from(void **state)
{
	struct config config;
	char *text;

	put("vendor", "[gc]\nmax = 5\n\n[protect gpsd]\nkey = 0x47505344\n");
	put("site", "[protect a ;b]\nkey=1-2\nkey=3 ; x\nowner = root\n"
		    "[gc]\nolder-than=  90m\n");
	put("site.d/a.conf", "[protect gpsd]\nsize = 64K\n[protect a ;b]\nmode = 0600\n");
	put("site.d/b.conf", "[protect gpsd]\nkey = 0x47505344\n");
	read_well(*state, &config);
	text = show(&config);
	assert_string_equal(
		text, "; vendor: read\n"
		      "; site: read\n"
		      "; site.d/a.conf: read\n"
		      "; site.d/b.conf: read\n"
		      "\n"
		      "[gc]\n"
		      "older-than = 90m                         ; site:6\n"
		      "keyed-older-than = 1d                    ; default\n"
		      "readable-older-than = 1d                 ; default\n"
		      "keyed = no                               ; default\n"
		      "system = no                              ; default\n"
		      "locked = no                              ; default\n"
		      "ignore-last-user = no                    ; default\n"
		      "max = 5                                  ; vendor:2\n"
		      "max-bytes = unlimited                    ; default\n"
		      "log = yes                                ; default\n"
		      "\n"
		      "[protect gpsd]                           ; vendor:4\n"
		      "key = 0x47505344                         ; vendor:5\n"
		      "\n"
		      "[protect a ;b]                           ; site:1\n"
		      "key = 1-2                                ; site:2\n"
		      "key = 3                                  ; site:3\n"
		      "owner = root                             ; site:4\n"
		      "\n"
		      "[protect gpsd (2)]                       ; site.d/a.conf:1\n"
		      "size = 64K                               ; site.d/a.conf:2\n"
		      "\n"
		      "[protect a ;b (2)]                       ; site.d/a.conf:3\n"
		      "mode = 0600                              ; site.d/a.conf:4\n");
	free(text);
	config_release(&config);
}

static void the_text_built_in_is_named_as_such(void **state)
{
	struct config config;
	char *text;

	read_well(*state, &config);
	text = show(&config);
	assert_non_null(
		strstr(text, "\n[protect gpsd]                           ; built-in:"));
	free(text);
	config_release(&config);
}

/* Without the comments that tell where it was from. */
static void cut_sources(char *text)
{
	char *to = text;

	for (char *line = strtok(text, "\n"); line; line = strtok(NULL, "\n")) {
		size_t length = strlen(line);

		if (*line == ';')
			continue;
		if (strrchr(line, ';') && strrchr(line, ';') - line >= 40)
			length = (size_t)(strrchr(line, ';') - line);
		while (length && line[length - 1] == ' ')
			length--;
		memmove(to, line, length);
		to += length;
		*to++ = '\n';
	}
	*to = '\0';
}

static void what_is_shown_says_the_same_when_it_is_read(void **state)
{
	static const struct config_paths back = {"vendor", "shown", NULL, true};
	char deep[200] = "", path[256];
	struct config_paths from = paths;
	struct config config, again;
	char *text, *text_again;

	/* A path that fits no line, with what a terminal must not see. */
	memset(deep, 'd', sizeof(deep) - 1);
	deep[7] = '\x1b';
	assert_int_equal(mkdir(deep, 0755), 0);
	snprintf(path, sizeof(path), "%s/site", deep);
	from.site = path;
	put("vendor", "[protect x]\nkey = 1\n[protect " A80 "]\nkey = 1\n");
	put(path, "[protect caf\xc3\xa9]\nkey = 3\n[protect x]\nkey = 2\ncommand = b;c\n"
		  "[gc]\nlog = no\nmax = 3\nmax-bytes = 3G\nkeyed-older-than = 0\n");
	put("site.d/a.conf", "[protect x]\nkey = 1\n");
	assert_int_equal(read_paths(*state, &from, &config), 0);
	text = show(&config);
	assert_null(strchr(text, '\x1b'));
	put("shown", text);
	assert_int_equal(read_paths(*state, &back, &again), 0);
	text_again = show(&again);
	cut_sources(text);
	cut_sources(text_again);
	assert_string_equal(text_again, text);
	assert_non_null(strstr(text, "[protect x (2)]\nkey = 2\ncommand = b;c\n"));
	assert_false(again.log);
	assert_int_equal(again.max, 3);
	assert_int_equal(again.max_bytes, 3221225472);
	assert_int_equal(again.keyed_older_than, 0);
	free(text);
	free(text_again);
	config_release(&config);
	config_release(&again);
}

/* The text that is shown, to be freed, and what reading it gives. */
static char *read_shown(struct scene *scene, const struct config *config,
			struct config *again)
{
	static const struct config_paths back = {"shown", "nothing", NULL, false};
	char *text = show(config);

	put("shown", text);
	assert_int_equal(read_paths(scene, &back, again), 0);
	return text;
}

static void each_rule_is_shown_under_a_name_of_its_own(void **state)
{
	struct config config, again;

	put("vendor", "[protect x (2)]\nkey = 1\n[protect x]\nkey = 2\n"
		      "[protect " A80 "]\nkey = 3\n");
	put("site", "[protect x]\nkey = 4\n[protect " A80 "]\nkey = 5\n");
	put("site.d/a.conf", "[protect x]\nkey = 6\n[protect x (2)]\nkey = 7\n");
	put("site.d/b.conf", "[protect " A80 "]\nkey = 8\n");
	read_well(*state, &config);
	free(read_shown(*state, &config, &again));
	assert_int_equal(again.protects.count, 8);
	assert_string_equal(again.protects.item[3].name, "x (3)");
	assert_int_equal(again.protects.item[3].filter.keys.item[0].first, 4);
	assert_int_equal(strlen(again.protects.item[4].name), CONFIG_RULE_NAME - 4);
	assert_string_equal(again.protects.item[5].name, "x (4)");
	assert_string_equal(again.protects.item[6].name, "x (2) (2)");
	config_release(&config);
	config_release(&again);
}

static void a_value_is_shown_as_it_can_be_read(void **state)
{
	struct config config, again;
	char line[256], *text;

	snprintf(line, sizeof(line),
		 "[gc]\nolder-than=%0185ds\n[protect x]\ncommand=c;\n", 7);
	assert_int_equal(strcspn(line + 5, "\n"), 197);
	put("vendor", line);
	read_well(*state, &config);
	text = read_shown(*state, &config, &again);
	assert_int_equal(again.older_than, 7);
	assert_string_equal(again.protects.item[0].command, "c;");
	free(text);
	config_release(&config);
	config_release(&again);
}

static bool mentions(const char *text, const char *name)
{
	char line[64];

	snprintf(line, sizeof(line), "\n%s = ", name);
	return strstr(text, line);
}

static void the_vendor_file_shows_every_key_and_its_default(void **state)
{
	struct config config, usual;
	char *text = strdup(gc_conf), *to = text;
	char *shown, *expected;

	/* "#key = value" is a setting that is commented out; "# text" is text. */
	for (const char *from = text; *from; from++)
		if (*from != '#' || (from > text && from[-1] != '\n') ||
		    strchr(" \n", from[1]))
			*to++ = *from;
	*to = '\0';
	for (const struct setting *row = settings_gc; row->name; row++)
		assert_true(mentions(text, row->name));
	for (const struct setting *row = settings_protect; row->name; row++)
		assert_true(mentions(text, row->name));
	read_well(*state, &usual);
	put("vendor", text);
	read_well(*state, &config);
	assert_int_equal(config.protects.count, usual.protects.count + 2);
	shown = show(&config);
	expected = show(&usual);
	cut_sources(shown);
	cut_sources(expected);
	assert_int_equal(strncmp(shown, expected, strlen(expected)), 0);
	free(text);
	free(shown);
	free(expected);
	config_release(&config);
	config_release(&usual);
}

/* Whether this is root, and not that of a user namespace where nobody else is. */
static bool can_give_away(void)
{
	char path[] = "/tmp/test-config.XXXXXX";
	const int fd = mkstemp(path);
	const bool can = fd >= 0 && fchown(fd, 1000, (gid_t)-1) == 0;

	close(fd);
	unlink(path);
	return can;
}

#define TEST(function) cmocka_unit_test_setup_teardown(function, set_up, tear_down)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(without_files_the_defaults_hold_and_the_built_in_rules),
		TEST(a_vendor_file_is_read_instead_of_the_text_built_in),
		TEST(a_later_file_wins_for_each_key),
		TEST(in_the_directory_only_visible_names_in_conf_count),
		TEST(rules_of_all_files_are_in_force),
		TEST(every_condition_fills_its_field),
		TEST(comments_and_the_ends_of_lines_may_be_of_any_kind),
		TEST(whatever_is_wrong_is_refused_with_its_line),
		TEST(a_line_that_is_too_long_for_inih_is_refused),
		TEST(a_zero_byte_is_refused),
		TEST(a_file_that_was_asked_for_must_be_there),
		TEST(what_is_there_but_cannot_be_read_is_an_error),
		TEST(without_a_directory_there_are_no_more_files),
		TEST(root_refuses_what_others_may_write_to),
		TEST(root_follows_a_link_that_only_root_can_change),
		TEST(in_a_sticky_directory_root_reads_a_file_but_no_directory),
		TEST(a_path_without_end_or_sense_is_an_error),
		TEST(show_says_where_each_line_is_from),
		TEST(the_text_built_in_is_named_as_such),
		TEST(what_is_shown_says_the_same_when_it_is_read),
		TEST(each_rule_is_shown_under_a_name_of_its_own),
		TEST(a_value_is_shown_as_it_can_be_read),
		TEST(the_vendor_file_shows_every_key_and_its_default),
		/* The last: see below. */
		TEST(root_refuses_what_another_user_owns),
		TEST(root_goes_by_no_directory_of_another_on_the_way),
		TEST(links_in_the_middle_of_a_path_are_roots_too),
	};
	static char name[] = "shmtool gc";
	const bool whole = can_give_away();

	program_invocation_short_name = name;
	if (!whole)
		puts("# only root can give files away: their owner is not tested");
	return _cmocka_run_group_tests("config", tests, COUNT(tests) - (whole ? 0 : 3),
				       NULL, NULL);
}
