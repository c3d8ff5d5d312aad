/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "fuzz.h"

#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

char *fuzz_string(const uint8_t *data, size_t size)
{
	/* Of its own size, so that a step beyond the end is noticed. */
	char *text = malloc(size + 1);

	FUZZ_CHECK(text);
	if (size)
		memcpy(text, data, size);
	text[size] = '\0';
	return text;
}

int fuzz_file(const uint8_t *data, size_t size)
{
	static int file = -1;

	if (file < 0)
		file = memfd_create("fuzz", MFD_CLOEXEC);
	FUZZ_CHECK(file >= 0 && ftruncate(file, 0) == 0);
	FUZZ_CHECK(pwrite(file, data, size, 0) == (ssize_t)size);
	FUZZ_CHECK(lseek(file, 0, SEEK_SET) == 0);
	return file;
}

void fuzz_silence(void)
{
	static FILE *silence;

	if (silence)
		return;
	silence = fopen("/dev/null", "we");
	FUZZ_CHECK(silence);
#ifdef __GLIBC__
	stderr = silence;
#else
	FUZZ_CHECK(freopen("/dev/null", "w", stderr));
#endif
}
