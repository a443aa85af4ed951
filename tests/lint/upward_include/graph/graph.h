#include "driver/compile.h"
