/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "memfile.h"

#include <errno.h>
#include <sys/mman.h>
#include <sys/types.h>
#include <unistd.h>

#ifndef MFD_NOEXEC_SEAL
#define MFD_NOEXEC_SEAL 8U
#endif

int memfile_open(unsigned int flags, uint64_t size)
{
	/* Where the sysctl vm.memfd_noexec is 2, none is made without that. */
	int fd = memfd_create("shmtool", MFD_CLOEXEC | MFD_NOEXEC_SEAL | flags);
	int error;

	if (fd < 0 && errno == EINVAL) /* before Linux 6.3 */
		fd = memfd_create("shmtool", MFD_CLOEXEC | flags);
	if (fd < 0 || size == 0 || ftruncate(fd, (off_t)size) == 0)
		return fd;
	error = errno;
	close(fd);
	errno = error;
	return -1;
}
