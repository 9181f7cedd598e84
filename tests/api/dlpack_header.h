/* SPDX-License-Identifier: Apache-2.0 */
/* The part of the DLPack suite that needs the distribution's header; its structs and those of
 * dlpack_abi.h cannot meet in one file. */
#ifndef LAX_TESTS_DLPACK_HEADER_H
#define LAX_TESTS_DLPACK_HEADER_H

#include <check.h>

/* Adds nothing where there is no header. */
void dlpack_header_tests(TCase *tc);

#endif
