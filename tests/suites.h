/* SPDX-License-Identifier: Apache-2.0 */
/* Declares the suites of suites.def. */
#ifndef LAX_TESTS_SUITES_H
#define LAX_TESTS_SUITES_H

#include <check.h>

#define SUITE(name, scope) Suite *suite_##name(void);
#include "suites.def"
#undef SUITE

#endif
