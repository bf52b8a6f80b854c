#include <math.h>

// glibc 2.35 gave hypotf(3) a new version, the only symbol that is younger than 2.34 of all that the
// Swift runtime asks for. With one of its own, the program also runs where glibc is a year older. The
// squares of floats neither overflow nor lose anything as doubles.
float hypotf(float x, float y) { return (float)sqrt((double)x * x + (double)y * y); }
