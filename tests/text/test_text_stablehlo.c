/* SPDX-License-Identifier: Apache-2.0 */
#include "suites.h"
Suite *suite_text_stablehlo(void) { return suite_create("x"); }
