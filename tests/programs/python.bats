# SPDX-License-Identifier: GPL-2.0-or-later
# python with the module sysv_ipc.
load common

need_sysv_ipc() {
	/usr/bin/python3 -c 'import sysv_ipc' 2>/dev/null ||
		skip "the python module sysv_ipc is not installed"
}

# Write into a segment, detach it, wait for a line, and attach it again.
start_python() {
	need_sysv_ipc
	start /usr/bin/python3 -uc 'if True:
		import sysv_ipc
		m = sysv_ipc.SharedMemory(0x1b207, sysv_ipc.IPC_CREX, size=4096)
		m.write(b"colour")
		print("attached")
		input()
		m.detach()
		print("detached")
		input()
		m.attach()
		print(m.read(6).decode())
		input()'
	answers attached
	ID=$(ids)
}

@test "python's segment stays while python runs, attached or detached" {
	start_python
	harsh_gc
	kept "$ID" "1 attach"
	tell detach
	answers detached
	harsh_gc
	kept "$ID" "PID $PID \(python3\) is running"
	tell attach
	answers colour
}

@test "python's keyed segment goes when python is killed, with --keyed alone" {
	start_python
	kill_all "$PID"
	gc --system
	kept "$ID" "can find it by its key"
	gc --system --keyed
	removed "$ID"
}

@test "python attaches, reads and writes undisturbed while gc removes the orphans beside it" {
	need_users
	need_sysv_ipc
	start --reuid 60001 --regid 60001 --clear-groups /usr/bin/python3 -uc 'if True:
		import sysv_ipc, time
		sysv_ipc.SharedMemory(0x1b207, sysv_ipc.IPC_CREX, size=4096)
		n, end = 0, time.time() + 2
		while time.time() < end:
			m = sysv_ipc.SharedMemory(0x1b207)
			assert n == 0 or int(m.read(8)) == n
			n += 1
			m.write(b"%08d" % n)
			m.detach()
		print("undisturbed")'
	until has_ended "$PID"; do
		id=$("$ACTOR" user=60001 create)
		harsh_gc
		removed "$id"
	done
	wait "$PID"
	answers undisturbed
}
