/* SPDX-License-Identifier: Apache-2.0 */
/* What the files of `lax image` share: pictures in memory and the convolutions on them. */
#ifndef LAX_CLI_IMAGE_H
#define LAX_CLI_IMAGE_H

#include "cli.h"

/* A picture is an f32 tensor [1, height, width, channels], row-major, 0 black to 1 white. */

int cli_image_alloc(struct cli *cli, int64_t height, int64_t width, int64_t channels,
                    lax_tensor *picture);
/* The picture's filter values, HWIO, as a convolution of one result pixel a picture pixel; at its
 * borders the picture goes on with the pixels of the border. I below the number of channels makes
 * groups: I = 1 convolves each channel by itself. */
int cli_image_convolve(struct cli *cli, const lax_tensor *picture, const lax_tensor *filter,
                       lax_tensor *out);
/* The same for each channel with one filter [height, width]. */
int cli_image_filter(struct cli *cli, const lax_tensor *picture, const float *values,
                     const int64_t size[2], lax_tensor *out);
int cli_image_gray(struct cli *cli, const lax_tensor *picture, lax_tensor *out);

/* The value that a share of the pixels stays below. */
int cli_image_quantile(struct cli *cli, const lax_tensor *picture, double share, float *value);

int cli_image_blur(struct cli *cli, const lax_tensor *picture, double sigma, lax_tensor *out);
int cli_image_sharpen(struct cli *cli, const lax_tensor *picture, lax_tensor *out);
int cli_image_sobel(struct cli *cli, const lax_tensor *picture, lax_tensor *out);
int cli_image_edges(struct cli *cli, const lax_tensor *picture, lax_tensor *out);
/* The filters of a file; several of them give a mosaic. */
int cli_image_file(struct cli *cli, const lax_tensor *picture, const char *path, lax_tensor *out);

#endif /* LAX_CLI_IMAGE_H */
