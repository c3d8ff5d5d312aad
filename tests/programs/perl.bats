# SPDX-License-Identifier: GPL-2.0-or-later
# perl attaches a segment for the time of one shmread() or shmwrite() only.
load common

# Write into a segment, wait for a line, and read it again.
start_perl() {
	need_program perl
	start perl -e '
		$| = 1;
		$id = shmget($ARGV[0], 4096, 01600) // die "shmget: $!";
		shmwrite($id, "colour", 0, 6) or die "shmwrite: $!";
		print "ready\n";
		<STDIN>;
		shmread($id, $text, 0, 6) or die "shmread: $!";
		print "$text\n";
		<STDIN>' "$1"
	answers ready
}

# The same by way of tied hashes, each of which takes a segment.
start_shareable() {
	need_program perl
	perl -MIPC::Shareable -e 1 2>/dev/null || skip "IPC::Shareable is not installed"
	start perl -MIPC::Shareable -e '
		$| = 1;
		tie %h, "IPC::Shareable", {key => "test", create => 1, destroy => 0};
		%h = (colour => "green", shape => {corners => 7});
		print "ready\n";
		<STDIN>;
		print "$h{colour} $h{shape}{corners}\n";
		<STDIN>'
	answers ready
	has_segments 2
}

@test "perl's segment stays while perl runs, though nobody has it attached" {
	for key in 0 0x1b207; do
		start_perl $((key))
		id=$(ids)
		[ "$(field "$id" nattch)" = 0 ]
		harsh_gc
		kept "$id" "PID $PID \(perl\) is running"
		tell again
		answers colour
		kill_all "$PID"
		ipcrm --shmem-id "$id"
	done
}

@test "perl's private segment goes when perl is dead" {
	start_perl 0
	id=$(ids)
	kill_all "$PID"
	gc --system
	removed "$id"
}

@test "perl's keyed segment goes when perl is dead, with --keyed alone" {
	start_perl $((0x1b207))
	id=$(ids)
	kill_all "$PID"
	gc --system
	kept "$id" "can find it by its key"
	gc --system --keyed
	removed "$id"
}

@test "IPC::Shareable's segments stay while perl runs, and its data is there afterwards" {
	start_shareable
	before=$(ids)
	for id in $before; do [ "$(field "$id" nattch)" = 0 ]; done
	harsh_gc
	for id in $before; do kept "$id" "PID $PID \(perl\) is running"; done
	tell again
	answers "green 7"
}

@test "IPC::Shareable's data is there for the next perl, as its segments have keys" {
	start_shareable
	kill_all "$PID"
	gc --system
	for id in $(ids); do kept "$id" "can find it by its key"; done
	run timeout 20 perl -MIPC::Shareable -e '
		tie %h, "IPC::Shareable", {key => "test"};
		print "$h{colour} $h{shape}{corners}"'
	[ "$output" = "green 7" ]
}
