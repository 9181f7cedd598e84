/* SPDX-License-Identifier: Apache-2.0 */
#include "suites.h"
Suite *suite_text_errors(void) { return suite_create("x"); }
