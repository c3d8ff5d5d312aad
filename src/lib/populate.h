/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Memory that is there before anybody needs it. */
#ifndef SHMTOOL_POPULATE_H
#define SHMTOOL_POPULATE_H

#include <stddef.h>

/*
 * Make every page of this part of a mapping be there, to read and to write, with the
 * values that it has: also while others change them. at is the beginning of a page. By
 * MADV_POPULATE_WRITE; before Linux 5.14, which has it not, by touching each page.
 *
 * Returns 0, or -1. EFAULT: there is no page for it, as where the pool of huge pages is
 * empty; before Linux 5.14 the touch is deadly then (SIGBUS). ENOMEM. But where the memory
 * of the system, or of a control group, ends, the kernel rather kills a process.
 */
int populate(char *at, size_t length);

#endif
