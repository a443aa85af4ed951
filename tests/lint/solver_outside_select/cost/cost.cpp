#include <Highs.h>
