/* SPDX-License-Identifier: Apache-2.0 */
#include "suites.h"
Suite *suite_text_hlo(void) { return suite_create("x"); }
