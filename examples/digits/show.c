/* show.c - draws pictures of handwritten digits on the terminal, and below each the digit that the network
 * read. cc -isystem /usr/include/stb -o show show.c -lm
 *   ./show IMAGE.png SCORES.npy [IMAGE.png SCORES.npy]...
 * SCORES.npy is what `snug run --output` wrote for the picture: ten values, the largest at the digit read. */
#include <stdio.h>
#include <string.h>

#define STB_IMAGE_IMPLEMENTATION
#define STBI_ONLY_PNG
#include <stb_image.h>

enum { SIDE = 28, CLASSES = 10, PICTURES_PER_LINE = 5, DOTS_X = 2, DOTS_Y = 4 };

struct picture {
    const char *file;
    unsigned char pixels[SIDE][SIDE];
    int digit;
};

static int read_pixels(struct picture *picture)
{
    int width = 0, height = 0, channels = 0;
    unsigned char *pixels = stbi_load(picture->file, &width, &height, &channels, 1);
    if (pixels == NULL || width != SIDE || height != SIDE) {
        fprintf(stderr, "show: %s: not a picture of %d x %d pixels\n", picture->file, SIDE, SIDE);
        stbi_image_free(pixels);
        return 0;
    }
    memcpy(picture->pixels, pixels, sizeof picture->pixels);
    stbi_image_free(pixels);
    return 1;
}

/* A .npy file ends with its values; these are ten little-endian float32, as snug writes them. */
static int read_digit(struct picture *picture, const char *file)
{
    float scores[CLASSES];
    FILE *stream = fopen(file, "rb");
    int ok = stream != NULL && fseek(stream, -(long)sizeof scores, SEEK_END) == 0 &&
             fread(scores, sizeof scores, 1, stream) == 1;
    if (stream != NULL)
        fclose(stream);
    if (!ok) {
        fprintf(stderr, "show: %s: cannot read ten scores\n", file);
        return 0;
    }
    picture->digit = 0;
    for (int i = 1; i < CLASSES; i++) {
        if (scores[i] > scores[picture->digit])
            picture->digit = i;
    }
    return 1;
}

/* A Braille character has 2 x 4 dots: a bit each in U+2800 ... U+28FF, which take three bytes in UTF-8. */
static void draw_dots(const struct picture *picture, int y, int x)
{
    static const int bits[DOTS_Y][DOTS_X] = {{0x01, 0x08}, {0x02, 0x10}, {0x04, 0x20}, {0x40, 0x80}};
    int dots = 0;
    for (int row = 0; row < DOTS_Y; row++) {
        for (int column = 0; column < DOTS_X; column++) {
            if (picture->pixels[y + row][x + column] >= 96)
                dots |= bits[row][column];
        }
    }
    printf("\xE2%c%c", 0xA0 + (dots >> 6), 0x80 + (dots & 0x3F));
}

static void draw_line(const struct picture *pictures, int count)
{
    for (int y = 0; y < SIDE; y += DOTS_Y) {
        for (int i = 0; i < count; i++) {
            for (int x = 0; x < SIDE; x += DOTS_X)
                draw_dots(&pictures[i], y, x);
            putchar(' ');
        }
        putchar('\n');
    }
    for (int i = 0; i < count; i++)
        printf("    reads %d    ", pictures[i].digit);
    putchar('\n');
}

int main(int argc, char **argv)
{
    if (argc < 3 || argc % 2 == 0) {
        fprintf(stderr, "usage: show IMAGE.png SCORES.npy [IMAGE.png SCORES.npy]...\n");
        return 2;
    }
    struct picture line[PICTURES_PER_LINE];
    int count = 0;
    for (int i = 1; i < argc; i += 2) {
        line[count].file = argv[i];
        if (!read_pixels(&line[count]) || !read_digit(&line[count], argv[i + 1]))
            return 1;
        count++;
        if (count == PICTURES_PER_LINE || i + 2 == argc) {
            draw_line(line, count);
            count = 0;
        }
    }
    return 0;
}
