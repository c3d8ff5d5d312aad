/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Command lines of the tool, at random: each returns false if there is none for now. */
#ifndef SOAK_BUILD_H
#define SOAK_BUILD_H

#include "tools.h"

bool build_gc(struct tools *tools, struct run *run);
bool build_gc_check(struct tools *tools, struct run *run);
bool build_rm_selected(struct tools *tools, struct run *run);
bool build_rm_unused(struct tools *tools, struct run *run);
bool build_rm(struct tools *tools, struct run *run);
bool build_list(struct tools *tools, struct run *run);
bool build_list_holders(struct tools *tools, struct run *run);
bool build_list_ids(struct tools *tools, struct run *run);
bool build_stat(struct tools *tools, struct run *run);
bool build_cat(struct tools *tools, struct run *run);
bool build_attach_write(struct tools *tools, struct run *run);
bool build_set(struct tools *tools, struct run *run);
bool build_limits(struct tools *tools, struct run *run);
bool build_create(struct tools *tools, struct run *run);
bool build_reuse(struct tools *tools, struct run *run);

#endif
