/* SPDX-License-Identifier: Apache-2.0 */
/* The window options that several subcommands share. */
#include "cli.h"

int cli_take_window(const struct cli_window *window, int32_t rank, lax_window_options *o) {
    const char *of = "a tensor of this rank";
    *o = LAX_WINDOW_OPTIONS(.padding = NULL);
    int status =
        cli_take_list(&window->dimensions, "window-dimensions", rank, of, o->window_dimensions);
    if (!status)
        status = cli_take_list(&window->strides, "window-strides", rank, of, o->window_strides);
    if (!status)
        status = cli_take_list(&window->base_dilation, "base-dilation", rank, of, o->base_dilation);
    if (!status)
        status = cli_take_list(&window->window_dilation, "window-dilation", rank, of,
                               o->window_dilation);
    return status ? status : cli_take_pads(&window->padding, rank, of, &o->padding, o->pads);
}
